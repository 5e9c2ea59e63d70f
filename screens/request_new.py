"""Asking for a role or a permission: what it lets one do, for how long, and why."""

from __future__ import annotations

from datetime import date
from typing import Final

from textual import on, work
from textual.app import ComposeResult
from textual.widgets import Static

from models import clock
from models.catalogue import OPERATIONS, in_order, permission_label, permissions, risk_label
from models.errors import Invalid, SessionEnded, Wrong
from models.explain import end_words
from models.i18n import N_, _, ngettext
from models.operations import requests as operations
from models.queries import asking, shop, staff
from models.queries.asking import Offer
from models.rules import requests as rules
from models.rules.requests import REASON_LIMIT
from models.text import half_width
from screens.base import DetailScreen, scheduled
from screens.preview_rows import SEPARATOR
from screens.until import parsed
from screens.widgets import words
from screens.widgets.field import Control, Field
from screens.widgets.form import Form

USUAL: Final = "30"
"""Days that stand there at first: a month, as a sale or somebody's leave lasts."""

NAMED: Final = 12
"""So many permissions of a role are named; the others are counted."""


def days_of(typed: str, zone: str) -> int:
    """For how many days was meant: `30`, `+30d`, `+6w`, or a day such as `2026-12-31`, counted from today.

    Args:
        zone: the shop's time zone.

    Raises:
        Invalid: it is none of these, or too few or too many.
    """
    text = half_width(typed).strip()
    if not text:
        raise Invalid("days", N_("Say for how many days, or until which day."))
    end = parsed(f"+{text}" if text.isdecimal() and text.isascii() else text, zone, field="days") or 0
    today, last = (date.fromisoformat(clock.day(moment, zone)) for moment in (clock.now(), end))
    return rules.days((last - today).days)


class RequestNewScreen(DetailScreen):
    """What is asked for, for how long and why. Answers the id of the request once it was made.

    Args:
        offer: what is asked for.
    """

    DEFAULT_CSS = """
    RequestNewScreen #about { height: auto; max-height: 8; width: 100%; padding: 1 1 0 1; }
    """
    SECTION = "me"
    AUTO_FOCUS = "Form Entry"
    ABOUT = N_("Asks for more access. Whoever may give it to you sees your request on their home screen; you see the answer on yours.")

    def __init__(self, offer: Offer) -> None:
        super().__init__()
        self._offer = offer

    def heading(self) -> str:
        """What is asked for."""
        return _("Ask for: {what}").format(what=self._offer.label)

    def compose_content(self) -> ComposeResult:
        """What it is, and the fields."""
        yield Static(id="about")
        yield Form(
            Field("days", _("For how long"), value=USUAL, hint=self._days_hint(USUAL), limit=20),
            Field("reason", _("Reason"), hint=_("Whoever decides reads it: what you need it for."), limit=REASON_LIMIT),
            submit=N_("Ask for it"),
        )

    @property
    def form(self) -> Form:
        """The fields."""
        return self.query_one(Form)

    def reload(self) -> None:
        """Say what it is, as it is now."""
        if (staff_id := self.actor.staff_id) is None:
            raise SessionEnded
        again = (offer for offer in self.read(asking.offers) if offer.subject[:2] == self._offer.subject[:2])
        self._offer = next(again, self._offer)
        post = self.read(staff.detail, staff_id).post
        self.query_one("#about", Static).update(words.plain("\n".join(self._about(post))))
        self.refresh_top()

    def would_lose(self) -> str:
        """What was typed."""
        return _("Discard what was typed?") if self.form.is_changed else ""

    def _about(self, post: str) -> list[str]:
        """What it lets one do."""
        subject = self._offer.subject
        lines = []
        if subject.role_id is None:
            permission = permissions()[subject.key]
            mark = f" {words.HIGH_RISK}" if permission.high_risk else ""
            lines.append(_("{consequence} ({risk})").format(consequence=permission.consequence, risk=risk_label(permission.risk) + mark))
            if needs := in_order(subject.codes - {subject.key}):
                lines.append(_("With it comes what it needs: {permissions}.").format(permissions=_named(needs)))
        else:
            gives = [code for code in in_order(subject.codes) if post == OPERATIONS or permissions()[code].post != OPERATIONS]
            high = sum(permissions()[code].high_risk for code in gives)
            told = [ngettext("{n} permission", "{n} permissions", len(gives)).format(n=len(gives))]
            if high:
                told.append(ngettext("{n} high-risk", "{n} high-risk", high).format(n=high) + f" {words.HIGH_RISK}")
            if cut := len(subject.codes) - len(gives):
                told.append(ngettext("{n} cut by the post", "{n} cut by the post", cut).format(n=cut))
            lines += [SEPARATOR.join(told), _named(gives)]
        if self._offer.until is not None:
            lines.append(_("You have it now, {end}.").format(end=end_words(self._offer.until, shop.zone())))
        return lines

    @staticmethod
    def _days_hint(typed: str) -> str:
        zone = shop.zone()
        try:
            days = days_of(typed, zone)
        except Wrong:
            return _("Days, such as 30, or a day such as 2026-12-31; at most {most} days").format(most=rules.MOST_DAYS)
        said = ngettext(
            "{n} day from its approval on; {end} if that is today", "{n} days from its approval on; {end} if that is today", days
        )
        return said.format(n=days, end=end_words(asking.end(days, clock.now(), zone), zone))

    @on(Control.Changed)
    def _typed(self, event: Control.Changed) -> None:
        if event.field.name == "days":
            event.field.hint = self._days_hint(str(event.value))

    @on(Form.Submitted)
    @work(exclusive=True, group="change")
    async def _submitted(self, event: Form.Submitted) -> None:
        form, subject = event.form, self._offer.subject
        with self.refusals_shown(form):
            days = days_of(form.text("days"), shop.zone())
            permission = subject.key if subject.role_id is None else None
            made = await self.ask(operations.ask, role_id=subject.role_id, permission=permission, days=days, reason=form.text("reason"))
            self.toast(_("Asked. You see the answer on your home screen."))
            scheduled(self.dismiss(made))


def _named(codes: list[str] | tuple[str, ...]) -> str:
    return _(", ").join(words.capped([permission_label(code) for code in codes], NAMED))
