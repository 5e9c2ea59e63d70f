"""Backups of the shop. The key file is in none of them: `key_copies` copies that."""

from __future__ import annotations

import fcntl
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import date
from itertools import count
from pathlib import Path
from typing import Final, NamedTuple

from models import __version__, anchors, backup_file, clock, db, snapshot, sqlite, text
from models.actor import Actor
from models.backup_file import Manifest
from models.errors import BackupImpossible, DataUnusable, Invalid, LogDamaged, ShopDamaged
from models.i18n import N_
from models.operations import indexing, log
from models.operations._backing import IN_DATA, allow, is_inside, shop
from models.operations._operation import OWNER, housekeeping, operation
from models.queries import backups, copies, damage
from models.queries.backups import FAILED, FOLDER, MADE
from models.queries.shop import zone
from models.rules import retention
from models.rules.progress import Asked, Progress, unasked, unheard

COPY: Final = ".copy.db"
"""The database, while it is looked at and packed; in the data folder's own `backups`, wherever the backup goes."""

LOCK: Final = ".lock"

_SET: Final = "INSERT INTO setting (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value"
_UNSET: Final = "DELETE FROM setting WHERE name = ?"
_IS_THERE: Final = "SELECT 1 FROM audit_entry WHERE seq = ? AND hash = ?"
LITTLE: Final = 1024 * 1024
"""Bytes that stay free in the data folder while a backup is made."""

_BESIDE: Final = ("", "-journal", "-wal", "-shm")
_SHARES: Final = {"copy": (0, 10), "look": (10, 55), "pack": (65, 35)}
"""Hundredths of the whole: where a part of the work begins, and how much it is."""

_ANOTHER: Final = N_("another backup is being made at this moment")
_NO_FOLDER: Final = N_("there is no folder {folder}")
_RESTORED: Final = N_("another backup was restored meanwhile")
_NO_ROOM: Final = N_("it takes {mib} MiB of free space in {folder}")


class Made(NamedTuple):
    """A backup that was made.

    Attributes:
        key_copied: whether the key file, which is not in it, was ever copied.
    """

    file: Path
    manifest: Manifest
    key_copied: bool


def make(actor: Actor, target: Path | None = None, *, progress: Progress = unheard, cancelled: Asked = unasked) -> Made:
    """Make a backup while the shop goes on: copied, looked at whole, packed, and only then given its name.

    Args:
        target: a folder, where it is given a name of ours, and older backups of this shop go once there are enough; or a file. None for
            the data folder's own `backups`. Elsewhere for the operator at the machine alone.
        progress: told in hundredths how far it is.

    Raises:
        OwnerAlone: only the owner may.
        ConsoleAlone: with a target, only the operator at the machine.
        Invalid: the target is in the data folder.
        BackupImpossible: it cannot be written; another one is being made.
        LogDamaged, ShopDamaged: what would be kept is not whole.
        Cancelled: it was stopped.
        DataUnusable: as every change.
    """
    allow(actor, "backup.make", console=target is not None)
    home = db.home()
    with _alone(home):
        try:
            folder, name = _place(home, target)
            made = _made(actor, folder, name, progress, cancelled)
        except DataUnusable as error:
            _keep_failure(error)
            raise
        if not name:
            _thin(folder, made)
    return made


def _place(home: Path, target: Path | None) -> tuple[Path, str]:
    """The folder, and the name that somebody chose; "" where it is to be one of ours."""
    own = home / FOLDER
    if target is None:
        return own, ""
    folder, name = (target, "") if target.is_dir() else (target.parent, target.name)
    if not folder.is_dir():
        raise BackupImpossible(_NO_FOLDER, folder=folder)
    if is_inside(folder, home) and not is_inside(folder, own):
        raise Invalid("target", IN_DATA, file=target)
    return folder, name


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    """Hold the folder of backups against others that would make one; what those left that were killed is removed.

    Raises:
        BackupImpossible: there is one; the folder cannot be written.
    """
    own = home / FOLDER
    with backup_file.in_plain_words(own / LOCK):
        own.mkdir(mode=0o700, exist_ok=True)
        file = os.open(own / LOCK, os.O_CREAT | os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC, backup_file.MODE)
    try:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BackupImpossible(_ANOTHER) from error
        _remove_copy(own)
        yield
    finally:
        os.close(file)


def _remove_copy(own: Path) -> None:
    for beside in _BESIDE:
        with suppress(OSError):
            (own / f"{COPY}{beside}").unlink(missing_ok=True)
    with suppress(OSError):
        (own / indexing.ANEW).unlink(missing_ok=True)


def _made(actor: Actor, folder: Path, name: str, progress: Progress, cancelled: Asked) -> Made:
    home, at = db.home(), clock.now()
    backup_file.sweep(folder)
    _require_room(home, folder)
    copy = home / FOLDER / COPY
    kept, accepted = anchors.read(home), damage.known().accepted  # before the copy, which is the newer
    try:
        with backup_file.in_plain_words(copy):
            snapshot.take(home / db.FILE_NAME, copy, progress=_share("copy", progress), cancelled=cancelled)
        found = _examined(copy, lambda: copies.examine(copy, kept, accepted, progress=_share("look", progress), cancelled=cancelled))
        if found.damage:
            log.keep(found.damage)
            raise LogDamaged(min(each.first for each in found.damage))
        manifest = _manifest(found, at)
        file = folder / (name or _free(folder, manifest))
        manifest = backup_file.write(copy, file, manifest, progress=_share("pack", progress), cancelled=cancelled)
    finally:
        _remove_copy(home / FOLDER)
    try:
        return _record(actor, file, manifest)
    except BaseException:
        with suppress(OSError):  # nothing leaves without its entry
            file.unlink()
        raise


def _examined(copy: Path, examine: Callable[[], copies.Contents]) -> copies.Contents:
    """What is in the copy. An index of messages that is damaged does not keep a backup from being made: in the copy it is made anew.

    Raises:
        ShopDamaged, Cancelled: as `copies.examine`.
    """
    found = None
    with suppress(ShopDamaged):
        found = examine()
    with _plainly(copy):
        said = indexing.damage_in_copy(copy)
        if said:
            indexing.keep(said)
        if found is not None and not said:
            return found
        if not indexing.mend_copy(copy, anew=bool(said)):
            raise ShopDamaged
    return examine()


@contextmanager
def _plainly(copy: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise sqlite.in_plain_words(error, file=str(copy)) or error from error


def _share(part: str, progress: Progress) -> Progress:
    first, share = _SHARES[part]
    return lambda done, total: progress(first + share * done // max(1, total), 100)


def _require_room(home: Path, folder: Path) -> None:
    """Fail before the disk is full rather than when it is: others are writing.

    Raises:
        BackupImpossible: there is too little.
    """
    needed = (home / db.FILE_NAME).stat().st_size + LITTLE
    with backup_file.in_plain_words(folder):
        if home.stat().st_dev == folder.stat().st_dev:
            needed += needed // 3  # what it is packed into
        room = os.statvfs(home)
    if room.f_bavail * room.f_frsize < needed:
        raise BackupImpossible(_NO_ROOM, mib=needed // 1024 // 1024 + 1, folder=home)


def _manifest(found: copies.Contents, at: int) -> Manifest:
    return Manifest(
        format=backup_file.FORMAT,
        shop=found.shop,
        code=found.code,
        made_at=at,
        version=__version__,
        schema=found.schema,
        entries=found.entries,
        head=found.head,
        key_check=found.key_check,
        bytes=0,
        sha256="",
        first=found.first,
    )


def _free(folder: Path, manifest: Manifest) -> str:
    """A name of ours that nothing in `folder` has: two of one second are numbered."""
    names = (manifest.name if n == 1 else f"{manifest.stem}-{n}{backup_file.SUFFIX}" for n in count(1))
    return next(name for name in names if not os.path.lexists(folder / name))


def _record(actor: Actor, file: Path, manifest: Manifest) -> Made:
    with operation(actor, OWNER, "backup.make") as journal:
        if db.row(_IS_THERE, (manifest.entries, manifest.head)) is None:  # of a shop that was, and would be taken for this one's newest
            raise BackupImpossible(_RESTORED)
        told = backups.told_of_made(manifest.made_at, str(file.absolute()), manifest.entries)
        db.write_many(_SET, [(MADE, told)])
        db.write_many(_UNSET, [(FAILED,)])
        new = {"file": text.visible(file.name), "entries": manifest.entries, "anchor": manifest.code_of_log}
        journal.record("backup.make", shop(), new=new)
        return Made(file, manifest, backups.judged(journal.now).key_copied)


def _keep_failure(error: DataUnusable) -> None:
    """Keep why there is none, for whoever looks next; where nothing can be written, that is what they will find."""
    reason = getattr(error, "reason", error.words)
    told = backups.told_of_failed(clock.now(), reason, error.facts)
    with suppress(DataUnusable), housekeeping():
        db.write_many(_SET, [(FAILED, told)])


def _thin(folder: Path, made: Made) -> None:
    """Let older backups of this very shop go from `folder`, once there are enough; never one that we did not name."""
    ours: dict[str, retention.Made] = {}
    tz = zone()
    with suppress(DataUnusable):
        for listed in backups.in_folder(folder):
            manifest = listed.manifest
            if manifest is not None and manifest.is_named(listed.file.name) and _is_same_shop(manifest, made.manifest):
                ours[listed.file.name] = retention.Made(manifest.made_at, date.fromisoformat(clock.day(manifest.made_at, tz)))
    for name in ours.keys() - retention.kept(ours) - {made.file.name}:
        with suppress(OSError):
            (folder / name).unlink()


def _is_same_shop(one: Manifest, other: Manifest) -> bool:
    """Whether both are of one shop: codes are chosen by people, the first entry of a log is not."""
    return one.code == other.code and one.first is not None and one.first == other.first
