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


def whole(report: Report) -> str:
    """That nothing was found."""
    said = ngettext("The log is whole: {n:,} entry.", "The log is whole: {n:,} entries, each follows from the one before.", report.entries)
    return said.format(n=report.entries)


def known(accepted: Accepted, tz: str) -> str:
    """Damage that was accepted, by whom and when, in the time zone `tz`."""
    moment = clock.minute(accepted.at, tz)
    return _("{damage} Accepted by {who} on {moment}.").format(damage=accepted.damage, who=accepted.by, moment=moment)


def answer(report: Report) -> str:
    """What became of the code that was asked for; "" where none was."""
    return _(_ANSWERS[report.answer]).format(number=report.asked.number) if report.asked is not None else ""
