"""Restoring a backup: at the console only.

It is made ready in a folder of its own, looked at whole, brought up to date, relieved of everything that must not come back, and given its
entry; then it takes the place of what is there, at one stroke.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final, NamedTuple

from models import anchors, backup_file, clock, db, key_file, text
from models.actor import Actor
from models.anchors import Anchor
from models.backup_file import Manifest
from models.errors import AnotherShop, ShopDamaged, ShopLocked
from models.latest import latest
from models.operations import _never_revive, _staging, _swap, _unpacking
from models.operations._backing import allow
from models.operations._journal import Entry, Thing, moment, write
from models.queries import damage, restoring
from models.queries.damage import ACCEPTED, DAMAGE, Accepted
from models.queries.newer import Newer
from models.queries.restoring import Line, Preview
from models.rules import totp
from models.rules.progress import Asked, Progress, unasked, unheard

TRIES: Final = 10
"""So often it is made ready anew because somebody wrote meanwhile, what is a matter of moments."""

_KEPT: Final = "newer.db"
_SET: Final = "INSERT INTO setting (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value"
_UNSET: Final = "DELETE FROM setting WHERE name = ?"
_SHOP: Final = "SELECT name FROM shop"
_HEAD: Final = "SELECT seq, hash FROM audit_entry ORDER BY seq DESC LIMIT 1"
_HASH: Final = "SELECT hash FROM audit_entry WHERE seq = ?"


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


class _UndoneError(Exception):
    """Nothing of it is to be kept."""


class _Ready(NamedTuple):
    """A copy that is ready: what is told of it, the head of its log, and the anchors that still hold."""

    preview: Preview
    head: Anchor
    still: tuple[Anchor, ...]
    was_there: bool


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
        self._done = False
        self._old = _swap.Old(home / db.FILE_NAME)
        self.preview = self._look()

    def apply(self, progress: Progress = unheard) -> Restored:
        """Restore it.

        Args:
            progress: told in pages how far the last part is, which can no more be stopped.

        Raises:
            ShopLocked: others write all the time.
            DataUnusable: it cannot be written; nothing was changed.
        """
        for _try in range(TRIES):
            try:
                return self._apply(progress)
            except _swap.ChangedError:
                self._begin_anew()
        raise ShopLocked

    def _apply(self, progress: Progress) -> Restored:
        kept = self._home / f"shop-before-restore-{_stamp(clock.now())}.db"
        try:
            with _swap.plainly(), db.transaction():
                ready = self._ready()
            self._lay_key()
            if self._old.was_there:
                kept = _swap.name(self._staging / _KEPT, kept)
            if not self._is_written(progress):
                db.database.close()
                _swap.rename_over(self._staging / db.FILE_NAME, self._old)
            self._done = True
            self._finish(ready)
        except BaseException:
            if not self._done:
                self._undo(kept)
            raise
        finally:
            self._old.close()
        return Restored(ready.preview, kept if ready.was_there else None, ready.head.number)

    def _is_written(self, progress: Progress) -> bool:
        """Write the copy into the old database, where that is one."""
        if self._old.is_database:
            with suppress(ShopDamaged):
                _swap.write_into(db.database.connection(), self._old, progress)
                return True
        return False

    def _begin_anew(self) -> None:
        """Have the copy be as it was unpacked: what was applied to it is not true any more."""
        copy = self._staging / db.FILE_NAME
        db.database.close()
        _swap.remove(copy)
        backup_file.extract(self._file, copy)
        _staging.open_copy(self._staging, self._file)

    def _lay_key(self) -> None:
        """Have the key lie ready before the database is there that it belongs to."""
        with _swap.plainly():
            key_file.write(self._home, key_file.read(self._staging), key_file.READY)

    def _undo(self, kept: Path) -> None:
        """Leave nothing behind of a restore that came to nothing."""
        if self._old.was_there:
            _swap.remove(kept)
        with suppress(OSError):
            (self._home / key_file.READY).unlink(missing_ok=True)

    def _finish(self, ready: _Ready) -> None:
        """What follows once the database is in: were it cut off here, the start would see to the key, and the anchors do no harm."""
        key_file.take_over(self._home)
        with suppress(OSError):
            anchors.begin_anew(self._home, f"{anchors.NAME}-before-restore-{_stamp(clock.now())}", [*ready.still, ready.head])

    # ---- looking

    def _look(self) -> Preview:
        """Do all of it, and take it back."""
        preview: list[Preview] = []
        try:
            with suppress(_UndoneError), db.transaction():
                preview.append(self._ready().preview)
                raise _UndoneError
        finally:
            self._old.close()
            _swap.remove(self._staging / _KEPT)
        return preview[0]

    def _ready(self) -> _Ready:
        """Read what is there, apply it to the copy, and write the entry, inside the transaction that is open."""
        newer = self._newer()
        now = clock.now()
        kept = anchors.read(self._home)
        still = tuple(each for each in kept if _hash_of(each.number) == each.digest)
        beyond = [each for each in kept if each not in still]
        other_key = newer is not None and newer.setting("key_check") not in {None, _staging.key_check()}
        self._reseal()
        reached = max(now, latest(db.rows), newer.latest if newer is not None else 0)
        lines = _never_revive.apply(newer, self._actor.name, now, reached, no_phones=self._new_key or other_key)
        forged = next((each for each in beyond if each.number <= self._manifest.entries), None)
        if newer is not None and newer.end is not None and newer.common < self._manifest.entries:
            lines.append(Line("forked"))
        elif forged is not None:
            lines.append(Line("anchor", what=str(forged.number)))
        end = max((each.number for each in beyond), default=0)
        preview = restoring.preview(self._file.name, self._manifest, newer, lines, new_key=self._new_key, kept=end)
        self._accept(preview, max([now, *(each.at for each in beyond)]))
        return _Ready(preview, self._tell(preview, now), still, self._old.was_there)

    def _newer(self) -> Newer | None:
        """What can be read of the data that is there.

        Raises:
            AnotherShop: it is another shop's.
        """
        kept = self._staging / _KEPT
        if not self._old.keep(kept):
            return None
        newer = Newer(kept, self._manifest.entries, _hash_of)
        if newer.is_another or (newer.end is None and newer.setting("key_check") not in {None, self._manifest.key_check}):
            raise AnotherShop(self._manifest.shop)
        return newer if newer.is_shop or newer.unread else None

    def _reseal(self) -> None:
        """What was accepted of the log in the backup counts by the key; with a new one, by that. What was found is looked for anew."""
        if self._new_key:
            check = [("key_check", totp.check_value(key_file.current()))]
            db.write_many(_SET, check)
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


def _hash_of(number: int) -> bytes | None:
    """The hash of an entry of the copy."""
    found = db.row(_HASH, (number,))
    return bytes(found[0]) if found is not None else None


def _stamp(at: int) -> str:
    return f"{clock.rfc3339(at)[:19].replace(':', '')}Z"
