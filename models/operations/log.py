"""Verifying the log, and what follows from damage: nothing is changed any more until somebody at the console goes on with it."""

from __future__ import annotations

from contextlib import suppress
from typing import Final

from models import db
from models.actor import Actor
from models.errors import ConsoleAlone, DataUnusable, NothingChanged
from models.operations._journal import Thing
from models.operations._operation import housekeeping, operation
from models.queries import chain, damage
from models.queries.chain import PERMISSION, Report
from models.queries.damage import ACCEPTED, DAMAGE, Accepted
from models.rules.audit_damage import Damage
from models.rules.progress import Asked, Progress, unasked, unheard

TOLD: Final = 20
"""Damages that an entry names one by one."""

_SET: Final = "INSERT INTO setting (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value"
_UNSET: Final = "DELETE FROM setting WHERE name = ?"
_SHOP: Final = "SELECT name FROM shop"


def verify(
    actor: Actor,
    *,
    progress: Progress = unheard,
    cancelled: Asked = unasked,
    code: str = "",
) -> Report:
    """Verify the log, as `chain.verify` does, and write down what came of it, where it can be written.

    Damage that nobody has accepted makes the shop read-only from here on. A code that does not fit does not: whoever may verify could
    have made it up.

    Raises:
        NotAllowed: it takes `audit.view.all`.
        Invalid: `code` is none.
        Cancelled: somebody stopped it; nothing is written.
    """
    report = chain.verify(actor, progress=progress, cancelled=cancelled, code=code)
    with suppress(DataUnusable):
        keep(report.new)
        with operation(actor, PERMISSION, "audit.verify", damaged=True) as journal:
            new: dict[str, object] = {"entries": report.entries, "whole": report.is_whole}
            if report.new:
                new["damage"] = _named(report.new)
            if report.asked is not None:
                new |= {"compared": report.asked.number, "answer": report.answer}
            journal.record("audit.verify", _shop(), new=new)
    return report


def accept(actor: Actor) -> tuple[Damage, ...]:
    """Go on with a log that was found damaged: at the console only.

    The log is verified for it: what was kept of earlier finds stands in the database, where whoever tampered could have written more of
    it than there is, to have later damage pass for known.

    Returns:
        What is accepted by it, which may be nothing any more; `chain.verify` names it as known from now on.

    Raises:
        ConsoleAlone: it is not the operator at the machine.
        NothingChanged: no damage is known that was not accepted.
        KeyMissing, KeyExposed, KeyWrong: the key file is not as it has to be.
    """
    new = (chain.verify(actor).new or chain.judge()) if actor.is_console and damage.is_damaged() else ()
    with operation(actor, None, "audit.accept", damaged=True) as journal:
        journal.subject = _shop()
        if not actor.is_console:
            raise ConsoleAlone
        known = damage.known()
        if not known.found:
            raise NothingChanged
        head = chain.head()
        number = head.number if head is not None else 0
        fresh = [Accepted(each, actor.name, journal.now, number) for each in new]
        db.write_many(_SET, [(ACCEPTED, damage.sealed([*known.accepted, *fresh]))])
        db.write_many(_UNSET, [(DAMAGE,)])
        journal.record("audit.accept", journal.subject, new={"damage": _named(new)})
        return new


def judge() -> None:
    """Look at the end of the log when the shop is opened, and keep what is found as `keep` does. Nobody's act, so not in the log."""
    if found := chain.judge():
        with suppress(DataUnusable):  # what cannot be written cannot be changed either
            keep(found)


def keep(found: tuple[Damage, ...]) -> None:
    """Have nothing be changed from now on, in whatever process, because `found` was; what is found anew replaces what was.

    Args:
        found: nothing takes nothing back.
    """
    if found and found != damage.known().found:
        with housekeeping():
            db.write_many(_SET, [(DAMAGE, damage.told(found))])


def _named(found: tuple[Damage, ...]) -> list[dict[str, object]]:
    return [each._asdict() for each in found[:TOLD]]


def _shop() -> Thing:
    return Thing("shop", 1, str((db.row(_SHOP) or ("",))[0]))
