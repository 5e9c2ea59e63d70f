"""`shopstaff audit verify` and `shopstaff audit accept`: whether the log is as it was written, and going on where it is not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from models.errors import Invalid, NothingChanged
from models.i18n import N_, _, ngettext
from models.operations import log
from models.queries.chain import HOLDS, Report
from models.queries.chain_words import answer, holds, known, whole
from models.queries.shop import zone
from models.rules.audit_damage import Damage
from tui.cli.console import Console
from tui.cli.faults import UNUSABLE, UsageError, remark
from tui.cli.output import print_rows
from tui.cli.progress import percent
from tui.doctor.finding import FINE, LOOK, WRONG

_COLUMNS: Final = ("verdict", "kind", "first", "last", "found")
WHOLE: Final = "whole"
ANCHOR: Final = "anchor"
HEAD: Final = "head"
"""What a line is about that tells of no damage: the whole log, the code that was asked for, the code to write down."""

_OPTION: Final = N_("{option}: {reason}")


def verify(console: Console) -> int:
    """Read the whole log and print a line for everything found.

    Returns:
        0 where nothing was found but what was accepted, 3 where something was.
    """
    with console.shop() as actor:
        try:
            with percent() as progress:
                report = log.verify(actor, progress=progress, code=console.asked.anchor or "")
        except Invalid as wrong:
            raise UsageError(_OPTION, option="--anchor", reason=wrong) from wrong
        print_rows(list(_rows(report, zone())), _COLUMNS, as_json=console.asked.json)
        if report.head is not None:
            remark(
                _(
                    "Write the last code down and keep it away from this machine: “shopstaff audit verify --anchor CODE” then says whether "
                    "the log still has this past. Without it, a rewrite of everything by whoever has the machine cannot be seen."
                )
            )
    return 0 if report.is_whole else UNUSABLE


def accept(console: Console) -> int:
    """Go on with a log that was found damaged; it stays in the log who did, and what was found."""
    with console.shop() as actor:
        try:
            found = log.accept(actor)
        except NothingChanged:
            remark(_("No damage to the log is known that was not accepted. Nothing was changed."))
            return 0
        print_rows([_row(LOOK, each, str(each)) for each in found], _COLUMNS, as_json=console.asked.json)
        remark(_("Changes are possible again. The log has who accepted this, and “shopstaff audit verify” goes on naming it."))
    return 0


def _rows(report: Report, tz: str) -> Iterator[dict[str, object]]:
    for damage in report.new:
        yield _row(WRONG, damage, str(damage))
    if report.untold:
        more = ngettext("{n:,} more place is damaged.", "{n:,} more places are damaged.", report.untold).format(n=report.untold)
        yield {"verdict": WRONG, "kind": "", "first": None, "last": None, "found": more}
    for each in report.known:
        yield _row(LOOK, each.damage, known(each, tz))
    if not report.new and not report.known:
        yield _row(FINE, Damage(WHOLE, 1, report.entries), whole(report))
    if report.asked is not None:
        verdict = FINE if holds(report) else LOOK if report.answer == HOLDS else WRONG
        yield _row(verdict, Damage(ANCHOR, report.asked.number, report.asked.number), answer(report))
    if report.head is not None:
        yield _row(FINE, Damage(HEAD, report.head.number, report.head.number), report.head.code)


def _row(verdict: str, damage: Damage, found: str) -> dict[str, object]:
    return {"verdict": verdict, "kind": damage.kind, "first": damage.first, "last": damage.last, "found": found}
