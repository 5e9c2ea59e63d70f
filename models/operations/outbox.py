"""Files for people to take along, written into the data folder's `outbox`: our names, never over an existing file, for nobody else to read.

Not in the log: what such a file holds was made, or read, by an act that is.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import Final

from models import clock, db
from models.errors import DiskFull, ShopReadOnly
from models.queries.shop import zone

FOLDER: Final = "outbox"

_NO_ROOM: Final = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_NEW: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


def put(what: str, kind: str, content: str | bytes | Iterable[str]) -> Path:
    """Write a new file, 0600, durably.

    Args:
        what: what it is and whose, as `hand-over-alice`: ours, not somebody's free text; the moment is added.
        kind: the end of its name, as `html`.
        content: all of it, or its pieces, which are asked for one after the other; if one cannot be had, no part of the file is left.

    Returns:
        Where it is.

    Raises:
        DiskFull, ShopReadOnly: it could not be written; no part of it is left.
    """
    pieces: Iterable[str | bytes] = (content,) if isinstance(content, str | bytes) else content
    home = db.home()
    with _in_plain_words(), _folder(home) as folder:
        name, file = _new(folder, f"{what}-{_moment()}", kind)
        try:
            with os.fdopen(file, "wb") as stream:
                stream.writelines(piece.encode() if isinstance(piece, str) else piece for piece in pieces)
                stream.flush()
                os.fsync(stream.fileno())
            os.fsync(folder)
        except BaseException:
            with suppress(OSError):
                os.unlink(name, dir_fd=folder)
            raise
        return home / FOLDER / name


def take_back(path: Path) -> None:
    """Remove a file that `put` wrote a moment ago, because what it tells of did not come about."""
    with suppress(OSError), _folder(path.parent.parent) as folder:
        os.unlink(path.name, dir_fd=folder)


def _moment() -> str:
    """Now, in the shop's time zone, as it can stand in a name: `20261231-140500`."""
    at, tz = clock.now(), zone()
    second = at // clock.SECOND % 60
    return f"{clock.minute(at, tz).translate(_PLAIN)}{second:02}"


_PLAIN: Final = {ord("-"): None, ord(":"): None, ord(" "): "-"}


def _new(folder: int, stem: str, kind: str) -> tuple[str, int]:
    """A file that was not there before: its name, and the file open for writing."""
    for number in count(1):
        name = f"{stem}.{kind}" if number == 1 else f"{stem}-{number}.{kind}"
        with suppress(FileExistsError):
            return name, os.open(name, _NEW, 0o600, dir_fd=folder)
    raise AssertionError  # numbers do not end


@contextmanager
def _folder(home: Path) -> Iterator[int]:
    """The outbox, open: whatever happens to its name meanwhile, files land in it. A link in its place is refused."""
    with suppress(FileExistsError):
        (home / FOLDER).mkdir(0o700)
    folder = os.open(home / FOLDER, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        yield folder
    finally:
        os.close(folder)


@contextmanager
def _in_plain_words() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise (DiskFull if error.errno in _NO_ROOM else ShopReadOnly) from error
