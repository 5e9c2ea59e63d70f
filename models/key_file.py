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

from models import clock, db, disk
from models.errors import DataUnusable, DiskFull, KeyExposed, KeyMissing, KeyWrong, ShopReadOnly
from models.rules import totp

NAME: Final = "key"
READY: Final = "key.restored"
"""The name of a key that a restore is about to put in, which counts once the database does that it belongs to."""

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


def read(home: Path, name: str = NAME) -> bytes:
    """The key in `home`, whole and closed to others.

    Raises:
        KeyMissing: there is none.
        KeyExposed: others can read it.
        KeyWrong: it is something else.
    """
    path = home / name
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
    if found is not None and _is_left_by_restore(home, str(found[0])):
        take_over(home)
    if found is None or totp.check_value(read(home)) != found[0]:
        raise KeyWrong


def _is_left_by_restore(home: Path, wanted: str) -> bool:
    """Whether a restore was cut off after it had put the database in, whose key lies ready."""
    if not os.path.lexists(home / READY):
        return False
    try:
        return totp.check_value(read(home, READY)) == wanted
    except DataUnusable:
        return False


def take_over(home: Path) -> None:
    """Have the key that lies ready be the key; another one that was there is put aside, under a name that nothing else has."""
    path, ready = home / NAME, home / READY
    if path.exists() and path.read_bytes() != ready.read_bytes():
        stamp = clock.rfc3339(clock.now())[:19].replace(":", "")
        path.rename(home / f"{NAME}-before-restore-{stamp}Z-{secrets.token_hex(2)}")
    ready.rename(path)
    disk.settle(home)


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
            write(home, secrets.token_bytes(BYTES))
        except OSError as error:
            raise DiskFull() if error.errno == errno.ENOSPC else ShopReadOnly() from error
    with db.transaction():
        db.database.execute_sql(_KEEP, (totp.check_value(read(home)),))


def write(home: Path, key: bytes, name: str = NAME) -> None:
    """Write a key whole, and have it on the disk, name and all, before the database counts on it.

    Raises:
        OSError: it cannot be.
    """
    half = home / f"{name}.new"
    file = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC, MODE)
    try:
        os.fchmod(file, MODE)  # one that was left half written by something else may be open to others
        os.write(file, key)
        os.fsync(file)
    finally:
        os.close(file)
    half.rename(home / name)
    disk.settle(home)
