"""Files that the command line reads and writes, in places that people name: new ones only, for nobody else to read."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import IO, Final

from models.i18n import N_
from tui.cli.faults import UsageError

_NEW: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
EXISTS: Final = N_("{file} is there already, and nothing is written over. Choose another name.")
_NOT_WRITTEN: Final = N_("{file} cannot be written: {reason}.")
NOT_READ: Final = N_("{file} cannot be read: {reason}.")
_TOO_LONG: Final = N_("{file} is longer than {limit} MB.")


@contextmanager
def new_file(path: str, encoding: str = "utf-8") -> Iterator[IO[str]]:
    """A file that was not there before, 0600, on the disk when the block ends; if the block fails, it is gone again.

    Raises:
        UsageError: it is there already, or cannot be written.
    """
    try:
        number = os.open(path, _NEW, 0o600)
    except FileExistsError as error:
        raise UsageError(EXISTS, file=path) from error
    except (OSError, ValueError) as error:  # a null character is the ValueError
        raise UsageError(_NOT_WRITTEN, file=path, reason=_reason(error)) from error
    try:
        with os.fdopen(number, "w", encoding=encoding, errors="replace", newline="") as file:
            yield file
            keep(file, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(path)  # noqa: PTH108  the path is text, as it was typed
        raise


def require_new(path: str) -> None:
    """See before any work whether a file can be made there later; a disk that is full by then is another matter.

    Raises:
        UsageError: it is there already, its folder is not, or takes no files.
    """
    try:
        with suppress(FileNotFoundError):
            os.lstat(path)
            raise UsageError(EXISTS, file=path)
        folder = os.path.dirname(path) or ("." if path else "")  # noqa: PTH120  as above
        os.stat(folder and f"{folder}/.")  # noqa: PTH116  as above
        if not os.access(folder, os.W_OK | os.X_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    except (OSError, ValueError) as error:  # a null character is the ValueError
        raise UsageError(_NOT_WRITTEN, file=path, reason=_reason(error)) from error


def keep(file: IO[str], path: str) -> None:
    """Have what was written on the disk, name and all.

    Raises:
        UsageError: it cannot be.
    """
    try:
        file.flush()
        os.fsync(file.fileno())
        folder = os.open(os.path.dirname(path) or ".", os.O_RDONLY | os.O_DIRECTORY)  # noqa: PTH120  as above
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        raise UsageError(_NOT_WRITTEN, file=path, reason=_reason(error)) from error


def read_file(path: str, limit: int) -> bytes:
    """What is in a file of at most `limit` bytes.

    Raises:
        UsageError: it cannot be read, or is longer.
    """
    data = read_start(path, limit + 1)
    if len(data) > limit:
        raise UsageError(_TOO_LONG, file=path, limit=limit // 1024 // 1024)
    return data


def read_start(path: str, most: int) -> bytes:
    """The first `most` bytes of a file.

    Raises:
        UsageError: it cannot be read.
    """
    try:
        with open(path, "rb") as file:  # noqa: PTH123  the path is text, as it was typed
            return file.read(most)
    except (OSError, ValueError) as error:
        raise UsageError(NOT_READ, file=path, reason=_reason(error)) from error


def _reason(error: Exception) -> str:
    """What the system says of it, in its own words."""
    return (error.strerror or type(error).__name__) if isinstance(error, OSError) else str(error)
