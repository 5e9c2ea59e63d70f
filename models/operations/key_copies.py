"""A copy of the key file, which is in no backup: without it nobody's phone codes work after a restore."""

from __future__ import annotations

import hmac
import os
from contextlib import suppress
from pathlib import Path
from typing import Final

from models import backup_file, clock, db, key_file, text
from models.actor import Actor
from models.errors import DataUnusable, Invalid
from models.i18n import N_
from models.operations._backing import IN_DATA, allow, is_inside, shop
from models.operations._operation import OWNER, operation
from models.queries import backups
from models.queries.backups import KEY_COPIED
from models.rules import totp

SUFFIX: Final = ".shopstaff.key"

_SET: Final = "INSERT INTO setting (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value"
_CODE: Final = "SELECT code FROM shop"
_WITH_BACKUPS: Final = N_(
    "{folder} has backups in it, which the key file must not lie beside: whoever found both would have everything. Choose another stick."
)


def copy_key(actor: Actor, target: Path) -> Path:
    """Copy the key file into the new file `target`, 0600, and on the disk: at the console only.

    Args:
        target: a file, or a folder, where it is given a name of ours. One that is there already is fine if it is the very same.

    Returns:
        The file.

    Raises:
        ConsoleAlone: it is not the operator at the machine.
        Invalid: it would lie in the data folder, or beside backups.
        KeyMissing, KeyExposed, KeyWrong: the key file is not as it has to be.
        BackupImpossible: it cannot be written, or something else is there.
        DataUnusable: as every change.
    """
    allow(actor, "backup.key", console=True, damaged=True)
    home = db.home()
    key_file.check(home)
    key = key_file.read(home)
    (code,) = db.row(_CODE) or ("",)
    file = target / f"{code}{SUFFIX}" if target.is_dir() else target
    _require_apart(file, home)
    was_there = _is_same(file, key)
    if not was_there:
        _write(file, key)
    try:
        with operation(actor, OWNER, "backup.key", damaged=True) as journal:
            db.write_many(_SET, [(KEY_COPIED, backups.told_of_key(journal.now, str(file.absolute()), totp.check_value(key)))])
            journal.record("backup.key", shop(), new={"file": text.visible(file.name)})
    except BaseException:
        if not was_there:
            with suppress(OSError):  # nothing leaves without its entry
                file.unlink()
        raise
    return file


def _require_apart(file: Path, home: Path) -> None:
    if is_inside(file, home):
        raise Invalid("target", IN_DATA, file=file)
    last = backups.judged(clock.now()).last
    if (last is not None and Path(last.where).parent.resolve() == file.parent.resolve()) or _has_backups(file.parent):
        raise Invalid("target", _WITH_BACKUPS, folder=file.parent)


def _has_backups(folder: Path) -> bool:
    try:
        return any(listed.manifest is not None for listed in backups.in_folder(folder))
    except DataUnusable:  # it cannot be read: writing says why
        return False


def _is_same(file: Path, key: bytes) -> bool:
    """Whether a plain file is there already that is this very key."""
    try:
        number = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        return hmac.compare_digest(os.read(number, len(key) + 1), key)
    except OSError:  # a folder; a disk that fails
        return False
    finally:
        os.close(number)


def _write(file: Path, key: bytes) -> None:
    backup_file.put(file, lambda stream: stream.write(key))
