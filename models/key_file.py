"""The key file: what everybody's TOTP seeds are derived from, apart from the database and in none of its backups.

32 random bytes, mode 0600, beside the database. The database knows its check value only, by which a wrong one is noticed.
"""

from __future__ import annotations

import errno
import os
import secrets
import stat
from pathlib import Path
from typing import Final

from models import db
from models.errors import DiskFull, KeyExposed, KeyMissing, KeyWrong, ShopReadOnly
from models.rules import totp

NAME: Final = "key"
BYTES: Final = 32
MODE: Final = 0o600

_CHECK: Final = "SELECT value FROM setting WHERE name = 'key_check'"
_KEEP: Final = "INSERT INTO setting (name, value) VALUES ('key_check', ?) ON CONFLICT DO NOTHING"


def current() -> bytes:
    """The key of the shop that is open.

    Raises:
        KeyMissing, KeyExposed, KeyWrong: it is not as it has to be.
    """
    return read(db.home())


def read(home: Path) -> bytes:
    """The key in `home`, whole and closed to others.

    Raises:
        KeyMissing: there is none.
        KeyExposed: others can read it.
        KeyWrong: it is something else.
    """
    path = home / NAME
    try:
        file = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)  # not to wait for ever at what is no file
    except FileNotFoundError as error:
        raise KeyMissing from error
    except OSError as error:
        raise KeyWrong from error
    try:
        kind = os.fstat(file)
        if stat.S_ISREG(kind.st_mode) and kind.st_mode & 0o077:
            raise KeyExposed(str(path))
        found = os.read(file, BYTES + 1) if stat.S_ISREG(kind.st_mode) else b""
    finally:
        os.close(file)
    if len(found) != BYTES:
        raise KeyWrong
    return found


def is_known() -> bool:
    """Whether the open database has a check value, so that nothing but its own key will do."""
    return db.row(_CHECK) is not None


def check(home: Path) -> None:
    """Refuse a key that is not this shop's.

    Raises:
        KeyMissing, KeyExposed, KeyWrong: it is not as it has to be.
    """
    found = db.row(_CHECK)
    if found is None or totp.check_value(read(home)) != found[0]:
        raise KeyWrong


def make(home: Path) -> None:
    """Give a shop that has none yet its key; the caller holds the folder's lock.

    A key that lies there already was made by somebody who was interrupted before the database knew of it.

    Raises:
        KeyExposed, KeyWrong, DataUnusable: it cannot be made or kept.
    """
    if is_known():
        return
    if not os.path.lexists(home / NAME):
        try:
            _write(home)
        except OSError as error:
            raise DiskFull() if error.errno == errno.ENOSPC else ShopReadOnly() from error
    with db.transaction():
        db.database.execute_sql(_KEEP, (totp.check_value(read(home)),))


def _write(home: Path) -> None:
    """Write a new key whole, and have it on the disk, name and all, before the database counts on it."""
    half = home / f"{NAME}.new"
    file = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC, MODE)
    try:
        os.fchmod(file, MODE)  # one that was left half written by something else may be open to others
        os.write(file, secrets.token_bytes(BYTES))
        os.fsync(file)
    finally:
        os.close(file)
    half.rename(home / NAME)
    folder = os.open(home, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
