"""What shutting somebody out does, for good or for a while: what ends when they leave, and what freezing and unfreezing mean."""

from __future__ import annotations

from typing import Final

from models import clock
from models.errors import Invalid
from models.i18n import N_, _, ngettext
from models.queries.handing_over import HandedOver
from models.queries.reach import Leaving
from models.queries.staff import StaffDetail
from screens.staff_facts import given
from screens.staff_rows import leaves_words
from screens.until import parsed
from screens.widgets import words
from screens.widgets.fact_list import Fact, heading

FREEZE: Final = N_("Freeze {name}? They are signed out at once. Until they are unfrozen, no password and no device key lets them in.")
UNFREEZE: Final = N_("Unfreeze {name}? They can sign in again. Their password and their device keys work as before.")


def facts(detail: StaffDetail, leaving: Leaving, zone: str) -> list[Fact]:
    """Everything that ends when a person leaves, and when they do where that is planned.

    Args:
        zone: the shop's time zone.
    """
    now = clock.now()
    shown = []
    if detail.leaves_at is not None:
        said = _("{day}, planned by {by}").format(day=leaves_words(detail.leaves_at, zone), by=detail.leaves_by)
        shown = [heading(_("Planned"), "planned", part=True), Fact("leaves", _("Leaves"), (said,), mark=words.plain("→", "$text-warning"))]
    live = tuple(grant for grant in leaving.grants if grant.until is None or grant.until >= now)
    ends = given(live, zone, is_owner=False)[1:] if live else []
    ends += [Fact(f"head:{place}", _("Head of"), (path,)) for place, path in enumerate(leaving.heads)]
    if leaving.sessions:
        said = ngettext("{n} open session", "{n} open sessions", leaving.sessions).format(n=leaving.sessions)
        ends.append(Fact("sessions", _("Sessions"), (said,)))
    if n := len(leaving.devices):
        said = ngettext("{n} device key, which opens nothing any more: {names}", "{n} device keys, which open nothing any more: {names}", n)
        ends.append(Fact("devices", _("Device keys"), (said.format(n=n, names=_(", ").join(leaving.devices)),)))
    if leaving.code_expires_at is not None:
        said = _("An activation code, good until {day}").format(day=clock.day(leaving.code_expires_at, zone))
        ends.append(Fact("code", _("Code"), (said,)))
    if leaving.requests:
        said = ngettext("{n} waits for an answer", "{n} wait for an answer", leaving.requests).format(n=leaving.requests)
        ends.append(Fact("requests", _("Requests"), (said,)))
    if not ends:
        ends = [Fact("nothing", _("Nothing"), (_("Nothing was given to them, and no session is open."),), dim=True)]
    title = heading(_("What ends for good; the login is never given to anybody else"), "ends", part=True)
    return [*shown, title, *ends, *conversations(leaving.conversations, zone)]


def conversations(handed: HandedOver, zone: str) -> list[Fact]:
    """What somebody wrote with customers stays, and who reads it then; and who of the customers waits. Nothing where there is none."""
    if not handed.conversations:
        return []
    facts = [heading(_("What stays"), "stays", part=True)]
    count = ngettext("{n:,} with a customer", "{n:,} with customers", handed.conversations).format(n=handed.conversations)
    others = ngettext("and {n} colleague", "and {n} colleagues", handed.readers) if handed.readers else _("alone")
    read = (
        _("read by whoever reads those of {department}: now the owner {others}")
        if handed.department
        else _("no department's: read by whoever reads all, now the owner {others}")
    )
    facts.append(
        Fact(
            "conversations", _("Conversations"), (count, read.format(department=handed.department, others=others.format(n=handed.readers)))
        )
    )
    if handed.waiting and handed.since is not None:
        waits = ngettext("{n:,} customer waits for an answer", "{n:,} customers wait for an answer", handed.waiting).format(
            n=handed.waiting
        )
        since = _("since {moment} ({distance}): somebody has to see to it")
        said = since.format(moment=clock.minute(handed.since, zone), distance=clock.distance(handed.since))
        facts.append(Fact("waiting", _("Unanswered"), (waits, said), mark=words.plain("!", "$text-warning")))
    return facts


def day_hint(typed: str, zone: str) -> str:
    """What stands below the field of a day: how long that is from now, or how a day is written."""
    try:
        at = parsed(typed, zone)
    except Invalid:
        at = None
    return _("2026-12-31, or +30d from today; through its last moment") if at is None else leaves_words(at, zone)


def day_typed(field: str, typed: str, zone: str) -> int:
    """The last moment of the day that was typed.

    Raises:
        Invalid: it is none, or over, or nothing was typed.
    """
    at = parsed(typed, zone, field=field)
    if at is None:
        raise Invalid(field, N_("A day looks like 2026-12-31."))
    return at
