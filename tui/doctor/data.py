"""The shop's data: whether it opens, whether it is sound, and where it is not, what puts it right."""

from __future__ import annotations

import shlex
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Final, NamedTuple

from models import clock, shop, unclean
from models.actor import Actor
from models.errors import (
    DataUnusable,
    DiskFailing,
    DiskFull,
    KeyExposed,
    KeyMissing,
    KeyWrong,
    ShopDamaged,
    ShopLocked,
    ShopMissing,
    ShopNewer,
    SqliteUnfit,
)
from models.i18n import N_
from models.operations import journaling
from models.queries import chain, damage, devices, moments
from tui.doctor import backup, holding, room
from tui.doctor.finding import WRONG, Finding, Sentence, fine, look, wrong

PATIENCE: Final = 3.0
"""Seconds for which a lock that others have is waited for: longer than any act of one person takes."""

_PAUSE: Final = 0.1

DATA: Final = N_("Data")
_KEY, _LOG, _CLOCK, _SOUND, _JOURNAL = N_("Key file"), N_("Log"), N_("Clock"), N_("Soundness"), N_("Journal")

_DATA_RIGHT: Final = N_("Opens, and the tables are this version's.")
_DATA_TODO: Final = N_("Nothing else works before this does. docs/security.md and docs/ssh.md say more.")
_MISSING_TODO: Final = N_("If there was one: is this the right folder, and is its disk mounted? Else bring the last backup back: {restore}")
_RESTORE_TODO: Final = N_("Bring the last backup back, which keeps what is there under another name: {restore}")
_NEWER_TODO: Final = N_("Install the version that was in use last, or a newer one; the data is as it should be.")
_FULL_TODO: Final = N_("“shopstaff doctor --free” gives back what is held for this day; then make room where {home} lies.")
_KEY_RIGHT: Final = N_("There, closed to others, and this shop's.")
_SOUND_RIGHT: Final = N_("SQLite finds everything as it should be ({mib} MiB in {seconds} seconds).")
_SOUND_CUT: Final = N_("Whoever wrote last was cut off, as by a power cut. What was half done was taken back, and the data is sound.")
_SOUND_CUT_TODO: Final = N_(
    "Nothing. If it comes again and again, see to the power supply, and shut the machine down before it is switched off."
)
_SOUND_NOT: Final = N_("Damaged, as by a failing disk. SQLite says: {said}")
_INDEX: Final = N_("Index of messages")
_INDEX_RIGHT: Final = N_("As it should be.")
_INDEX_NOT: Final = N_("Damaged: messages cannot be searched, and no new ones are taken in; none is lost. SQLite says: {said}")
_INDEX_TODO: Final = N_("Have everybody leave the screens, then: shopstaff doctor --index")
_UNFIT_TODO: Final = N_(
    "Install Shopstaff anew with another Python; that of Debian and that of Ubuntu have it. The data is as it should be."
)
_JOURNAL_RIGHT: Final = N_("“{mode}”, with which SQLite {version} loses nothing that was done.")
_JOURNAL_WRONG: Final = N_("“{mode}”, with which SQLite {version} on this machine can lose what was done.")
_JOURNAL_TODO: Final = N_("Have everybody leave the screens, then: shopstaff doctor --journal delete")
_LOG_RIGHT: Final = N_("{n} entries; its end is as it was written. Its code now: {code}")
_LOG_DAMAGED: Final = N_("Damaged, so nothing can be changed: {damage}")
_LOG_TODO: Final = N_("Find out who could have done it: “shopstaff audit verify” reads it all; “shopstaff audit accept” goes on with it.")
_LOG_ACCEPTED: Final = N_("Damaged in {n} places, which {by} accepted.")
_LOG_LOOK: Final = N_("“shopstaff audit verify” names them.")
_CLOCK_RIGHT: Final = N_("Not behind what was seen.")
_CLOCK_BEHIND: Final = N_("Behind the latest time seen, {latest}: phone codes are refused.")
_CLOCK_TODO: Final = N_("Set the machine's clock; if it is right, “shopstaff doctor --clock” accepts it.")


class Opened(NamedTuple):
    """What opening the data tells.

    Attributes:
        keys: how many device keys are good.
        usable: whether it can be used.
    """

    findings: list[Finding]
    keys: int = 0
    usable: bool = False


def opened(home: Path, opening: Callable[[], AbstractContextManager[Actor]]) -> Opened:
    """Open the data and look through all of it, which takes a large shop some time."""
    file = home / room.DATABASE
    cut_off = unclean.note(str(file))
    try:
        with opening() as actor:
            now = clock.now()
            keys = sum(not key.has_ended(now) for _login, key in devices.everybodys(actor))
            findings = [fine(DATA, _DATA_RIGHT), fine(_KEY, _KEY_RIGHT), _log(), _clock(now), _journal(), holding.judged(file, _waited())]
            sound = _sound(file, cut_off=cut_off)
            return Opened([*findings, sound, _index(), *backup.judged(actor)], keys, usable=sound.verdict != WRONG)
    except (KeyMissing, KeyExposed, KeyWrong) as error:
        return Opened([fine(DATA, _DATA_RIGHT), Finding(WRONG, _KEY, error)])
    except ShopLocked as error:
        return Opened([Finding(WRONG, DATA, error), holding.judged(file, PATIENCE)])
    except DataUnusable as error:
        return Opened([_unusable(home, error)])


def _unusable(home: Path, error: DataUnusable) -> Finding:
    """Why the data cannot be used, and what puts that right."""
    if isinstance(error, DiskFailing):
        return room.failing(home, error)
    todo, facts = next(
        (found for kind, found in _todos(home) if isinstance(error, kind)),
        (_DATA_TODO, {}),
    )
    return Finding(WRONG, DATA, error, Sentence(todo, facts))


def _todos(home: Path) -> Iterator[tuple[type[DataUnusable], tuple[str, dict[str, object]]]]:
    restore = _restore(home)
    yield ShopMissing, (_MISSING_TODO, {"restore": restore})
    yield ShopDamaged, (_RESTORE_TODO, {"restore": restore})
    yield ShopNewer, (_NEWER_TODO, {})
    yield SqliteUnfit, (_UNFIT_TODO, {})
    yield DiskFull, (_FULL_TODO, {"home": home})


def _restore(home: Path) -> str:
    """The line that brings the newest backup back that lies here; names sort as they were made."""
    newest = max((home / "backups").glob("*.zip"), key=lambda file: file.name, default=None)
    return f"shopstaff --home {shlex.quote(str(home))} restore {shlex.quote(str(newest)) if newest else 'FILE'} (docs/recovery.md)"


def _sound(file: Path, *, cut_off: bool) -> Finding:
    """Whether every page is as it should be; finding out takes a second of a processor for a million entries."""
    start = time.monotonic()
    said = shop.look_through()
    if said:
        return wrong(_SOUND, _SOUND_NOT, _RESTORE_TODO, said=said, restore=_restore(file.parent))
    if cut_off:
        return look(_SOUND, _SOUND_CUT, _SOUND_CUT_TODO)
    return fine(_SOUND, _SOUND_RIGHT, mib=f"{file.stat().st_size / room.MIB:.0f}", seconds=f"{time.monotonic() - start:.1f}")


def _index() -> Finding:
    """Whether messages can be searched; all else goes on without."""
    if said := shop.look_through_index():
        return wrong(_INDEX, _INDEX_NOT, _INDEX_TODO, said=said)
    return fine(_INDEX, _INDEX_RIGHT)


def _waited() -> float:
    """Seconds for which somebody else kept one from writing, if that was longer than is usual; else 0."""
    start = time.monotonic()
    while not shop.can_be_written():
        if time.monotonic() - start > PATIENCE:
            return time.monotonic() - start
        time.sleep(_PAUSE)
    return 0.0


def _journal() -> Finding:
    found = journaling.current()
    facts = {"mode": found.mode, "version": found.version}
    if found.is_safe:
        return fine(_JOURNAL, _JOURNAL_RIGHT, **facts)
    return wrong(_JOURNAL, _JOURNAL_WRONG, _JOURNAL_TODO, **facts)


def _clock(now: int) -> Finding:
    if moments.is_behind(now):
        return look(_CLOCK, _CLOCK_BEHIND, _CLOCK_TODO, latest=clock.rfc3339(moments.latest()))
    return fine(_CLOCK, _CLOCK_RIGHT)


def _log() -> Finding:
    """What is known of the log; finding out takes longer than anybody waits for this."""
    known, head = damage.known(), chain.head()
    if known.found or head is None:
        return wrong(_LOG, _LOG_DAMAGED, _LOG_TODO, damage="; ".join(map(str, known.found)) or "–")
    if known.accepted:
        return look(_LOG, _LOG_ACCEPTED, _LOG_LOOK, n=len(known.accepted), by=known.accepted[-1].by)
    return fine(_LOG, _LOG_RIGHT, n=head.number, code=head.code)
