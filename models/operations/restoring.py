"""Restoring a backup: at the console only.

It is made ready in a folder of its own, looked at whole, brought up to date, relieved of everything that must not come back, and given its
entry; then it takes the place of what is there, at one stroke.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final, NamedTuple

from models import anchors, backup_file, clock, db, key_file, text
from models.actor import Actor
from models.anchors import Anchor
from models.backup_file import Manifest
from models.errors import AnotherShop, ShopDamaged
from models.operations import _never_revive, _staging, _swap, _unpacking
from models.operations._backing import allow
from models.operations._journal import Entry, Thing, moment, write
from models.queries import damage, restoring
from models.queries.damage import ACCEPTED, DAMAGE, Accepted
from models.queries.newer import Newer
from models.queries.restoring import Line, Preview
from models.rules import totp
from models.rules.progress import Asked, Progress, unasked, unheard

_KEPT: Final = "newer.db"
_SET: Final = "INSERT INTO setting (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value"
_UNSET: Final = "DELETE FROM setting WHERE name = ?"
_SHOP: Final = "SELECT name FROM shop"
_HEAD: Final = "SELECT seq, hash FROM audit_entry ORDER BY seq DESC LIMIT 1"


class Restored(NamedTuple):
    """What became of it.

    Attributes:
        preview: what changed.
        kept: where the data lies that was there; None where there was none.
        number: of the entry that tells of it.
    """

    preview: Preview
    kept: Path | None
    number: int


Keep = Callable[[Path], bool]
"""Copies what is there into a new file; whether there is anything."""


class _UndoneError(Exception):
    """Nothing of it is to be kept."""


class _Ready(NamedTuple):
    """A copy that is ready: what is told of it, the head of its log, and the anchors that still hold."""

    preview: Preview
    head: Anchor
    still: tuple[Anchor, ...]
    kept: Path | None


class Prepared:
    """A backup that is ready to take the place of what is there.

    Attributes:
        preview: what would change, as things are at this moment.
    """

    def __init__(
        self, actor: Actor, home: Path, staging: Path, manifest: Manifest, file: Path, accepted: tuple[Accepted, ...], *, new_key: bool
    ) -> None:
        self._actor = actor
        self._home = home
        self._staging = staging
        self._manifest = manifest
        self._file = file
        self._accepted = accepted
        self._new_key = new_key
        self._copy = staging / db.FILE_NAME
        self.preview = self._look()

    def apply(self, progress: Progress = unheard) -> Restored:
        """Restore it.

        Args:
            progress: told in pages how far the last part is, which can no more be stopped.

        Raises:
            ShopLocked: others write all the time.
            DataUnusable: it cannot be written; nothing was changed.
        """
        old = _swap.Old(self._home / db.FILE_NAME)
        try:
            ready = self._written_into(old, progress) or self._put_over(old)
            self._finish(ready)
        finally:
            old.close()
        return Restored(ready.preview, ready.kept, ready.head.number)

    def _written_into(self, old: _swap.Old, progress: Progress) -> _Ready | None:
        """Write the copy into the old database; None where that is none."""
        found: list[_Ready] = []
        if not old.has_header:
            return None
        try:
            _swap.write_into(self._copy, old, lambda: self._make_ready(old.keep_locked, found), progress)
        except BaseException as error:
            if found and _swap.is_in(old, found[0].head):  # ctrl+c while the disk took the last of it: too late
                return found[0]
            self._undo(found)
            if not isinstance(error, ShopDamaged):
                raise
            self._begin_anew()
            return None
        return found[0]

    def _put_over(self, old: _swap.Old) -> _Ready:
        """Put the copy in the place of nothing, or of what is no database."""
        found: list[_Ready] = []
        try:
            with old.locked():
                self._make_ready(old.keep_all, found)
                db.database.close()
                _swap.rename_over(self._copy, old)
        except BaseException:
            if self._copy.exists():  # else it is in, with the key that lies ready
                self._undo(found)
            raise
        return found[0]

    def _make_ready(self, keep: Keep, found: list[_Ready]) -> None:
        """Make the copy what it is to be, and have beside the data what goes with it."""
        with _swap.plainly(), db.transaction():
            found.append(self._ready(keep))
        with _swap.plainly():
            key_file.write(self._home, key_file.read(self._staging), key_file.READY)
            if found[0].kept is not None:
                kept = _swap.name(self._staging / _KEPT, self._home / f"shop-before-restore-{_stamp(clock.now())}.db")
                found[0] = found[0]._replace(kept=kept)

    def _begin_anew(self) -> None:
        """Have the copy be as it was unpacked: what was applied to it is not true any more."""
        db.database.close()
        _swap.remove(self._copy)
        backup_file.extract(self._file, self._copy)
        _staging.open_copy(self._staging, self._file)

    def _undo(self, found: list[_Ready]) -> None:
        """Leave nothing behind of what came to nothing."""
        for ready in found:
            if ready.kept is not None:
                _swap.remove(ready.kept)
        with suppress(OSError):
            (self._home / key_file.READY).unlink(missing_ok=True)

    def _finish(self, ready: _Ready) -> None:
        """What follows once the database is in: were it cut off here, the start would see to the key, and the anchors do no harm."""
        key_file.take_over(self._home)
        _staging.furnish(self._home)
        with suppress(OSError):
            anchors.begin_anew(self._home, f"{anchors.NAME}-before-restore-{_stamp(clock.now())}", [*ready.still, ready.head])

    def _look(self) -> Preview:
        """Do all of it, and take it back."""
        preview: list[Preview] = []
        old = _swap.Old(self._home / db.FILE_NAME)
        try:
            with suppress(_UndoneError), db.transaction():
                preview.append(self._ready(old.keep).preview)
                raise _UndoneError
        finally:
            old.close()
            _swap.remove(self._staging / _KEPT)
        return preview[0]

    def _ready(self, keep: Keep) -> _Ready:
        """Read what is there, apply it to the copy, and write the entry, inside the transaction that is open."""
        kept_there = keep(self._staging / _KEPT)
        newer = self._newer() if kept_there else None
        now = clock.now()
        kept = anchors.read(self._home)
        still = tuple(each for each in kept if _unpacking.hash_of(each.number) == each.digest)
        beyond = [each for each in kept if each not in still]
        other_key = newer is not None and newer.setting("key_check") not in {None, _staging.key_check()}
        self._reseal()
        lines = _never_revive.apply(newer, self._actor.name, now, no_phones=self._new_key or other_key)
        forged = next((each for each in beyond if each.number <= self._manifest.entries), None)
        if newer is not None and newer.is_forked:
            lines.append(Line("forked"))
        elif forged is not None:
            lines.append(Line("anchor", what=str(forged.number)))
        end = max((each.number for each in beyond), default=0)
        preview = restoring.preview(self._file.name, self._manifest, newer, lines, new_key=self._new_key, kept=end)
        self._accept(preview, max([now, *(each.at for each in beyond)]))
        return _Ready(preview, self._tell(preview, now), still, self._staging / _KEPT if kept_there else None)

    def _newer(self) -> Newer | None:
        """What can be read of the data that is there.

        Raises:
            AnotherShop: it is another shop's.
        """
        newer = Newer(self._staging / _KEPT, self._manifest.entries, _unpacking.hash_of)
        if newer.is_another or (newer.end is None and newer.setting("key_check") not in {None, self._manifest.key_check}):
            raise AnotherShop(self._manifest.shop)
        return newer if newer.is_shop or newer.unread else None

    def _reseal(self) -> None:
        """What was accepted of the log in the backup counts by the key; with a new one, by that. What was found is looked for anew."""
        if self._new_key:
            db.write_many(_SET, [("key_check", totp.check_value(key_file.current()))])
        db.write_many(_UNSET, [(DAMAGE,)])

    def _accept(self, preview: Preview, at: int) -> None:
        """Tell of what is gone of the log as of damage that somebody went on with, so that it is named and nothing else is."""
        accepted = list(self._accepted)
        if preview.gap is not None:
            common = preview.gap.first - 1
            accepted.append(Accepted(preview.gap, self._actor.name, at, common))
        if accepted:
            db.write_many(_SET, [(ACCEPTED, damage.sealed(accepted))])

    def _tell(self, preview: Preview, now: int) -> Anchor:
        """Write the entry; the head of the log, which it is."""
        ((name,),) = db.rows(_SHOP)
        parts = {part: len(preview.of(part)) for part in restoring.PARTS if part != restoring.LOST and preview.of(part)}
        new = {
            "file": text.visible(self._file.name),
            "made": moment(self._manifest.made_at),
            "entries": self._manifest.entries,
            "anchor": self._manifest.code_of_log,
            "lost": preview.gap.last - preview.gap.first + 1 if preview.gap is not None else preview.lost,
            **parts,
            **({"key": "new"} if self._new_key else {}),
        }
        write(self._actor, now, [Entry("shop.restore", Thing("shop", 1, str(name)), {}, new)])
        ((number, digest),) = db.rows(_HEAD)
        return Anchor(int(number), clock.now() + 1, bytes(digest))  # later than what was accepted, so that it counts


@contextmanager
def prepare(
    actor: Actor,
    home: Path,
    file: Path,
    *,
    key: Path | None = None,
    new_key: bool = False,
    progress: Progress = unheard,
    cancelled: Asked = unasked,
) -> Iterator[Prepared]:
    """Make the backup `file` ready to be restored into `home`; nothing there is changed by it.

    Whatever shop the calling thread has open is closed for it, and open again afterwards.

    Args:
        home: the data folder; it is made where there is none.
        key: a copy of the key file; None where that is in `home` still.
        new_key: go on with a new key file, because the old one is lost: everybody's phone codes are void by it.
        progress: told in hundredths how far it is.

    Raises:
        ConsoleAlone: only the operator at the machine may.
        BackupUnusable: it is no backup, damaged, or holds something else than it says.
        ShopNewer: a newer Shopstaff made it.
        KeyLost, KeyMissing, KeyWrong, KeyExposed: the key that belongs to it is not there.
        AnotherShop: another shop's data is in `home`.
        Cancelled: it was stopped.
        DataUnusable: there is no room for it; the data that is there is locked.
    """
    if not actor.is_console:
        allow(actor, "shop.restore", console=True)
    before = None if db.database.deferred or db.database.is_closed() else Path(str(db.database.database))
    try:
        with _staging.folder(home) as staging:
            try:
                manifest, accepted = _unpacking.made_ready(staging, home, file, key, progress, cancelled, new_key=new_key)
                yield Prepared(actor, home, staging, manifest, file, accepted, new_key=new_key)
            finally:
                if not db.database.deferred:
                    db.database.close()
    finally:
        if before is not None:
            _unpacking.reopen(before)


def _stamp(at: int) -> str:
    return f"{clock.rfc3339(at)[:19].replace(':', '')}Z"
