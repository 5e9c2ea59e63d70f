"""Noticing that the last one to write was cut off: a power cut, a kill. SQLite takes back what lay half done, and leaves no trace of it.

So it is noticed before SQLite sees the file, and an empty file `unclean` says so until the database was found sound.
"""

from __future__ import annotations

import fcntl
import os
from contextlib import suppress
from typing import Final

from models import open_files

NAME: Final = "unclean"
_RESERVED: Final = 0x40000001
"""The byte of the database that whoever writes has locked (sqlite.org/fileformat2.html, 1.6), and `_MEMBER` that of the shared memory
which everybody in WAL mode has."""

_MEMBER: Final = 128


def note(file: str) -> bool:
    """Look whether `file`, a database, was left half done, and keep that in mind. One that this process has open was looked at before.

    Returns:
        Whether it is known to have been, by this or an earlier look, and nobody has looked it through since.
    """
    if not open_files.has(file) and _is_left(file):
        mark(file)
        return True
    return os.path.lexists(_mark(file))


def mark(file: str) -> None:
    """Keep in mind that `file` was left half done; where nothing can be written, nothing gets worse either."""
    with suppress(OSError):
        os.close(os.open(_mark(file), os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600))


def forget(file: str) -> None:
    """It was looked through and is sound."""
    with suppress(OSError):
        os.unlink(_mark(file))  # noqa: PTH108  as above


def is_noted(file: str) -> bool:
    """Whether it was left half done and not looked through since."""
    return os.path.lexists(_mark(file))


def _mark(file: str) -> str:
    return os.path.join(os.path.dirname(file), NAME)  # noqa: PTH118, PTH120  as above


def _is_left(file: str) -> bool:
    """Whether there is a journal, or a write-ahead log, and nobody who is at work with it."""
    if _has(f"{file}-journal"):
        return _is_free(file, _RESERVED, os.O_RDONLY, fcntl.LOCK_SH)
    if _has(f"{file}-wal"):
        return _is_free(f"{file}-shm", _MEMBER, os.O_RDWR, fcntl.LOCK_EX)
    return False


def _has(file: str) -> bool:
    try:
        return os.stat(file).st_size > 0  # noqa: PTH116  as above
    except OSError:
        return False


def _is_free(file: str, byte: int, flags: int, kind: int) -> bool:
    """Whether nobody holds a lock on that byte that keeps this one off; true where there is no such file."""
    try:
        held = os.open(file, flags | os.O_CLOEXEC)
    except FileNotFoundError:
        return True
    except OSError:
        return False
    try:
        fcntl.lockf(held, kind | fcntl.LOCK_NB, 1, byte)
    except OSError:
        return False
    finally:
        os.close(held)  # which lets go of the lock as well
    return True
