"""A file that holds room back, for the day the disk is full: `shopstaff doctor --free` gives it up, and what makes room can be done.

It is as long as what it holds back and full of chance, so that no file system keeps it in less.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import Final

from models import clock, disk

NAME: Final = "ballast"
BYTES: Final = 1024 * 1024
"""An act takes 10 to 40 kB of journal until it is done: enough for some fifty of them."""

PAUSE: Final = 24 * 60 * 60
"""Seconds for which it is not made anew after it was given up: where a quota is what is full, free space does not tell."""


def size(home: Path) -> int:
    """Bytes that it holds back now; 0 where it was given up, or never was."""
    try:
        found = (home / NAME).lstat()
    except OSError:
        return 0
    return found.st_size


def keep(home: Path) -> bool:
    """See to it that it is there, where there is room for it and more; whether it is, now. Never fails a start.

    A look at the file is all it takes where it is.
    """
    file = home / NAME
    try:
        found = file.lstat()
    except FileNotFoundError:
        found = None
    except OSError:
        return False
    if found is not None and (found.st_size >= BYTES or (not found.st_size and abs(clock.now() / clock.SECOND - found.st_mtime) < PAUSE)):
        return found.st_size > 0
    try:
        if disk.free(str(home)) < disk.LITTLE + BYTES:
            return False
        _write(file)
    except OSError:
        with suppress(OSError):
            file.unlink()
        return False
    return True


def give_up(home: Path) -> int:
    """Give back what it holds. An empty file stays, by which the next start knows not to take it again at once.

    Returns:
        How many bytes that were; 0 where there was nothing to give.

    Raises:
        DataUnusable: the folder cannot be written.
    """
    held = size(home)
    try:
        if held:
            os.close(os.open(home / NAME, os.O_WRONLY | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC))
    except OSError as error:
        raise disk.in_plain_words(error) or error from error
    return held


def _write(file: Path) -> None:
    fresh = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    with os.fdopen(fresh, "wb") as stream:
        stream.write(os.urandom(BYTES))
        stream.flush()
        os.fsync(stream.fileno())
