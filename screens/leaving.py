"""What shutting somebody out does, for good or for a while: what ends when they leave, and what freezing and unfreezing mean."""

from __future__ import annotations

from typing import Final

from models import clock
from models.i18n import N_, _, ngettext
from models.queries.reach import Leaving
from screens.staff_facts import grant_words

FREEZE: Final = N_("Freeze {name}? They are signed out at once. Until they are unfrozen, no password and no device key lets them in.")
UNFREEZE: Final = N_("Unfreeze {name}? They can sign in again. Their password and their device keys work as before.")


def held_words(leaving: Leaving, zone: str) -> list[str]:
    """A line for each role, extra, code and department that a person is head of, and one each for their sessions and device keys.

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
    if n := len(leaving.devices):
        said = ngettext("{n} device key, which opens nothing any more: {names}", "{n} device keys, which open nothing any more: {names}", n)
        lines.append(said.format(n=n, names=_(", ").join(leaving.devices)))
    if leaving.code_expires_at is not None:
        lines.append(_("An activation code, good until {day}").format(day=clock.day(leaving.code_expires_at, zone)))
    return lines or [_("Nothing was given to them, and no session is open.")]
