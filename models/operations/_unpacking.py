"""Getting a backup out of its file, and looking at all of it, before anything is done with it."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from models import backup_file, clock, db, migrations, sqlite
from models.backup_file import Manifest
from models.errors import BackupUnusable, KeyLost, KeyMissing, ShopDamaged, ShopNewer
from models.i18n import N_
from models.operations import _staging
from models.queries import copies, damage
from models.queries.damage import Accepted
from models.rules.progress import Asked, Progress

_HASH: Final = "SELECT hash FROM audit_entry WHERE seq = ?"
_BY_KEY: Final = "restore"
_SAME: Final = ("shop", "code", "entries", "head", "key_check")
"""What the database and the manifest have to agree on: by the second people decide on a restore."""

_LOG_DAMAGED: Final = N_("its log is damaged, from entry {seq} on")
_NOT_THE_SAME: Final = N_("it does not hold what it says of itself")


def made_ready(
    staging: Path, home: Path, file: Path, key: Path | None, progress: Progress, cancelled: Asked, *, new_key: bool
) -> tuple[Manifest, tuple[Accepted, ...]]:
    """Unpack the backup, look at all of it, and connect the calling thread; what it says of itself, and what of its log was accepted."""
    if backup_file.manifest(file).schema and not migrations.known().issuperset(backup_file.manifest(file).schema):
        raise ShopNewer
    copy = staging / db.FILE_NAME
    manifest = backup_file.extract(file, copy, progress=lambda done, total: progress(40 * done // max(1, total), 100), cancelled=cancelled)
    try:
        wanted = manifest.key_check
        try:
            _staging.put_key(home, staging, wanted, key, new=new_key)
        except KeyMissing as error:
            raise (KeyLost() if key is None else error) from error
        _staging.open_copy(staging, file)
        accepted = damage.known().accepted
        found = copies.examine(
            copy, (), accepted, progress=lambda done, total: progress(40 + 60 * done // max(1, total), 100), cancelled=cancelled
        )
    except ShopDamaged as error:
        raise BackupUnusable(str(file), backup_file.DAMAGED) from error
    if any(getattr(found, name) != getattr(manifest, name) for name in _SAME):
        raise BackupUnusable(str(file), _NOT_THE_SAME)
    if found.damage and not new_key:
        raise BackupUnusable(str(file), _LOG_DAMAGED, seq=found.damage[0].first)
    now = clock.now()
    return manifest, (*accepted, *(Accepted(each, _BY_KEY, now, found.entries) for each in found.damage))


def reopen(file: Path) -> None:
    """Connect the calling thread again to what it had open."""
    db.point_at(file, sqlite.choose_journal())
    if file.exists():
        with db.plainly():
            db.database.connect()


def hash_of(number: int) -> bytes | None:
    """The hash of an entry of the copy."""
    found = db.row(_HASH, (number,))
    return bytes(found[0]) if found is not None else None
