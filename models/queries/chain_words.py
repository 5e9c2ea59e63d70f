"""What verifying the log came to, in words, in the language in force: for the screen and the command line alike."""

from __future__ import annotations

from typing import Final

from models import clock
from models.i18n import N_, _, ngettext
from models.queries.chain import HOLDS, Report
from models.queries.damage import Accepted
from models.rules.audit_damage import REWRITTEN, TRUNCATED

_ANSWERS: Final = {
    HOLDS: N_("Entry {number} is the one that this code was made of: the log still has exactly that past."),
    REWRITTEN: N_("Entry {number} is not the one that this code was made of: the log was written anew, in part or whole."),
    TRUNCATED: N_("The log has no entry {number} any more: its end is gone."),
}
_DAMAGED_SINCE: Final = N_("Entry {number} is the one that this code was made of, but the log before it is not as it was written.")


def whole(report: Report) -> str:
    """That nothing was found."""
    said = ngettext("The log is whole: {n:,} entry.", "The log is whole: {n:,} entries, each follows from the one before.", report.entries)
    return said.format(n=report.entries)


def known(accepted: Accepted, tz: str) -> str:
    """Damage that was accepted, by whom and when, in the time zone `tz`."""
    moment = clock.minute(accepted.at, tz)
    return _("{damage} Accepted by {who} on {moment}.").format(damage=accepted.damage, who=accepted.by, moment=moment)


def holds(report: Report) -> bool:
    """Whether a code was asked for and the log has exactly its past: its entry is there, and nothing before it is damaged."""
    asked = report.asked
    if asked is None or report.answer != HOLDS:
        return False
    return not any(each.first <= asked.number for each in (*report.new, *(before.damage for before in report.known)))


def answer(report: Report) -> str:
    """What became of the code that was asked for; "" where none was."""
    if report.asked is None:
        return ""
    said = _DAMAGED_SINCE if report.answer == HOLDS and not holds(report) else _ANSWERS[report.answer]
    return _(said).format(number=report.asked.number)
