"""What a disk that takes no more means: full, failing, or closed to writing. And how much room there is."""

from __future__ import annotations

import errno
import os
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from models.errors import DataUnusable, DiskFailing, DiskFull, ShopReadOnly

if TYPE_CHECKING:
    from pathlib import Path  # `check` has no time to import it

LITTLE: Final = 64 * 1024 * 1024
"""Bytes: below so much free space, writing may fail any day."""

_FULL: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
"""No room, or none for this user, or for a file of this size: whoever makes room gets all three to end."""

_CLOSED: Final = (errno.EROFS, errno.EACCES, errno.EPERM)
_TRIED: Final = 1024 * 1024
"""Bytes that have to fit for a disk to have room: more than any act of one person writes."""

_PIECE: Final = bytes(64 * 1024)


def free(folder: str) -> int:
    """Bytes that the owner of the data may still write where `folder` lies.

    Raises:
        OSError: there is no such folder, or it is closed.
    """
    found = os.statvfs(folder)
    return found.f_bavail * found.f_frsize


def in_plain_words(error: OSError) -> DataUnusable | None:
    """What the system's refusal means to a person; None when it is not about the disk."""
    if error.errno in _FULL:
        return DiskFull()
    if error.errno == errno.EIO:
        return DiskFailing()
    return ShopReadOnly() if error.errno in _CLOSED else None


def why_not(file: str) -> DataUnusable:
    """Why `file` could not be written, which SQLite knows and does not tell: tried out beside it, as far out as it goes.

    Returns:
        `DiskFull` or `ShopReadOnly` as the system says; `DiskFailing` where this is taken, and that was not.
    """
    return trouble(file) or DiskFailing()


def trouble(file: str) -> DataUnusable | None:
    """What keeps a file from growing that lies beside `file` and is as long; None where nothing does."""
    probe = f"{file}-room"
    beyond = 0
    try:
        with suppress(FileNotFoundError):  # a folder that has no shop yet
            beyond = os.stat(file).st_size  # noqa: PTH116  no pathlib here, for `check`
        fresh = os.open(probe, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        try:
            with suppress(FileNotFoundError):  # somebody else tries at this moment, by the same name
                os.unlink(probe)  # noqa: PTH108  likewise
            for start in range(beyond, beyond + _TRIED, len(_PIECE)):
                os.pwrite(fresh, _PIECE, start)
            os.fsync(fresh)
        finally:
            os.close(fresh)
    except OSError as error:
        return in_plain_words(error) or DiskFailing()
    return None


def settle(path: Path | str) -> None:
    """Have what was written of a file, or the names in a folder, on the disk.

    Raises:
        OSError: the disk says no.
    """
    file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(file)
    finally:
        os.close(file)
