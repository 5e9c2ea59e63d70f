"""What a person holds, as a list of what ends when they leave."""

from __future__ import annotations

from models import clock
from models.i18n import _, ngettext
from models.queries.reach import Leaving
from screens.staff_facts import grant_words


def held_words(leaving: Leaving, zone: str) -> list[str]:
    """A line for each role, extra, code and department that a person is head of, and one for their sessions.

    Args:
        zone: the shop's time zone.
    """
    now = clock.now()
    live = [grant for grant in leaving.grants if grant.until is None or grant.until >= now]
    lines = []
    for grant in live:
        said = _("Role {role}, {grant}") if grant.kind == "role" else _("Extra {role}, {grant}")
        lines.append(said.format(role=grant.label, grant=grant_words(grant, zone, now)))
    lines += [_("Head of {department}").format(department=path) for path in leaving.heads]
    if leaving.sessions:
        lines.append(ngettext("{n} open session", "{n} open sessions", leaving.sessions).format(n=leaving.sessions))
    if leaving.code_expires_at is not None:
        lines.append(_("An activation code, good until {day}").format(day=clock.day(leaving.code_expires_at, zone)))
    return lines or [_("Nothing was given to them, and no session is open.")]
