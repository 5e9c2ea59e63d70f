"""Where a backup is unpacked and made ready: a data folder of its own in the data folder, which nobody else opens, `restoring`.

One restore at a time: whoever holds the lock. What one that was killed has left is removed by the next, or when the shop is opened.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from models import backup_file, db, disk, key_file, migrations, sqlite, sqlite_salvage
from models.errors import BackupUnusable, DataUnusable, KeyMissing, KeyUnfit, ShopDamaged, ShopLocked
from models.i18n import N_
from models.rules import totp

FOLDER: Final = "restoring"
_LOCK: Final = "lock"
"""The file by which the data folder is held against others who would change what the shop lies in."""

_FOLDERS: Final = ("inbox", "outbox")

_FOREIGN: Final = N_("what is in it does things by itself that no shop of ours does")
_KEY_CHECK: Final = "SELECT value FROM setting WHERE name = 'key_check'"


@contextmanager
def folder(home: Path) -> Iterator[Path]:
    """The folder to make ready in, empty; the data folder is made where there is none, and gone again if nothing came of it.

    Raises:
        ShopLocked: somebody else restores at this moment.
        DataUnusable: it cannot be made.
    """
    is_new = not home.exists()
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = os.open(home / _LOCK, os.O_CREAT | os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise disk.in_plain_words(error) or error from error
    staging = home / FOLDER
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise ShopLocked from error
        _remove(staging)
        try:
            staging.mkdir(mode=0o700)
        except OSError as error:
            raise disk.in_plain_words(error) or error from error
        try:
            yield staging
        finally:
            _remove(staging)
    finally:
        if is_new:
            _undo(home)
        os.close(lock)


def _undo(home: Path) -> None:
    """Remove a data folder that was made for nothing; one in which something came of it stays."""
    if not (home / db.FILE_NAME).exists():
        with suppress(OSError):
            (home / _LOCK).unlink()
            home.rmdir()


def furnish(home: Path) -> None:
    """Make the folders that each data folder has, where they are missing."""
    with suppress(OSError):
        for name in _FOLDERS:
            (home / name).mkdir(mode=0o700, exist_ok=True)


def tidy(home: Path) -> None:
    """Remove what a restore has left that was killed; one that is under way is left alone."""
    if not (home / FOLDER).exists():
        return
    with suppress(OSError, DataUnusable), folder(home):
        pass


def open_copy(staging: Path, file: Path) -> None:
    """Connect the calling thread to the copy in `staging`, with tables as they are today.

    Raises:
        BackupUnusable: it has triggers or views that are none of ours.
        ShopNewer, ShopDamaged: it is a newer Shopstaff's; no shop is in it.
    """
    copy = staging / db.FILE_NAME
    sqlite.check_header(copy)
    db.point_at(copy, sqlite.DELETE)
    try:
        with db.plainly():
            db.database.connect()
            if not all(sqlite_salvage.is_ours(*acting) for acting in db.rows(sqlite_salvage.ACTING)):
                raise BackupUnusable(str(file), _FOREIGN)
            migrations.bring_up_to_date(copy)
    except UnicodeDecodeError as error:  # SQLite quotes what is damaged
        raise ShopDamaged from error


def put_key(home: Path, staging: Path, wanted: str, given: Path | None, *, new: bool) -> bytes:
    """Have the key that will be in force lie in `staging`, beside the copy.

    Args:
        wanted: the check value of the key that belongs to the backup.
        given: a copy of the key file; None for the one in the data folder.
        new: make a new key.

    Returns:
        The key.

    Raises:
        KeyMissing: there is none.
        KeyUnfit, KeyExposed: it is not the one that belongs to the backup.
        BackupUnusable: it cannot be read.
    """
    if new:
        key = secrets.token_bytes(key_file.BYTES)
    else:
        key = _given(given) if given is not None else key_file.read(home)
        if totp.check_value(key) != wanted:
            raise KeyUnfit
    try:
        key_file.write(staging, key)
    except OSError as error:
        raise disk.in_plain_words(error) or error from error
    return key


def _given(file: Path) -> bytes:
    """What is in the copy of the key file; on a stick it may well be readable to others."""
    try:
        number = os.open(file, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)  # not to wait for ever at what is no file
        try:
            return os.read(number, key_file.BYTES + 1)
        finally:
            os.close(number)
    except FileNotFoundError as error:
        raise KeyMissing from error
    except (OSError, ValueError) as error:  # a null character is the ValueError
        raise backup_file.unreadable(file, error) from error


def key_check() -> str:
    """The check value of the key that the open copy belongs to."""
    found = db.row(_KEY_CHECK)
    return str(found[0]) if found else ""


def _remove(staging: Path) -> None:
    with suppress(OSError):
        shutil.rmtree(staging)
