"""Files that somebody put into the data folder's `inbox`, for screens, which take no paths.

Those that tell of people take `staff.manage`. Public keys are everybody's to read: at the shop's own terminal, where nothing can be pasted,
they are the only way to enrol one.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final, NamedTuple

from models import db
from models.actor import Actor
from models.errors import Invalid
from models.i18n import N_
from models.queries._reading import may_read
from models.rules.device_keys import LONGEST
from models.rules.sheets import FILE, MAX_BYTES

FOLDER: Final = "inbox"
SUFFIX: Final = ".csv"
KEY_SUFFIX: Final = ".pub"
PERMISSION: Final = "staff.manage"

_GONE: Final = N_("This file is no longer in the inbox, or cannot be read.")


class Waiting(NamedTuple):
    """A file in the inbox: its size in bytes, when it was last changed in UTC microseconds."""

    name: str
    size: int
    changed_at: int


def folder() -> Path:
    """Where the inbox is."""
    return db.home() / FOLDER


def files(actor: Actor) -> tuple[Waiting, ...]:
    """The CSV files in the inbox, the latest first. Links are none of them, wherever they point.

    Raises:
        NotAllowed, SessionEnded: as every read.
    """
    may_read(actor, PERMISSION)
    return _files(SUFFIX)


def keys(actor: Actor) -> tuple[Waiting, ...]:
    """The files of public keys in the inbox, the latest first. Links are none of them.

    Raises:
        SessionEnded, SessionLocked, EnrolFirst: as every read.
    """
    may_read(actor, None)
    return _files(KEY_SUFFIX)


def _files(suffix: str) -> tuple[Waiting, ...]:
    found = []
    with suppress(OSError), os.scandir(folder()) as entries:
        for entry in entries:
            if entry.name.casefold().endswith(suffix) and not entry.name.startswith(".") and entry.is_file(follow_symlinks=False):
                known = entry.stat(follow_symlinks=False)
                found.append(Waiting(entry.name, known.st_size, known.st_mtime_ns // 1000))
    return tuple(sorted(found, key=lambda file: (-file.changed_at, file.name)))


def read(actor: Actor, name: str) -> bytes:
    """What is in a file of the inbox; of one that is too large, enough to be refused for it.

    Raises:
        Invalid: there is no such file, it is a link or no file at all, or it cannot be read; the field is `file`.
        NotAllowed, SessionEnded: as every read.
    """
    may_read(actor, PERMISSION)
    return _content(name, SUFFIX, MAX_BYTES)


def key(actor: Actor, name: str) -> str:
    """What is in a file of a public key; of one that is too large, enough to be refused for it.

    Raises:
        Invalid: as `read`.
        SessionEnded, SessionLocked, EnrolFirst: as every read.
    """
    may_read(actor, None)
    return _content(name, KEY_SUFFIX, LONGEST).decode("utf-8", "replace")


def _content(name: str, suffix: str, most: int) -> bytes:
    if "/" in name or "\0" in name or not name.casefold().endswith(suffix):
        raise Invalid(FILE, _GONE)
    with _opened(name) as file:
        if not stat.S_ISREG(os.fstat(file).st_mode):
            raise Invalid(FILE, _GONE)
        with os.fdopen(file, "rb", closefd=False) as stream:
            return stream.read(most + 1)


@contextmanager
def _opened(name: str) -> Iterator[int]:
    """The file, open for reading; neither it nor the inbox may be a link, and a pipe must not make anybody wait."""
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        inbox = os.open(folder(), flags | os.O_DIRECTORY)
        try:
            file = os.open(name, flags | os.O_NONBLOCK, dir_fd=inbox)
        finally:
            os.close(inbox)
        try:
            yield file
        finally:
            os.close(file)
    except OSError as error:
        raise Invalid(FILE, _GONE) from error
