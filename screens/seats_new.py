"""New seats in the ledger: bought by the month, or gifted."""

from __future__ import annotations

from typing import NamedTuple

from textual import on, work
from textual.app import ComposeResult

from models import clock
from models.errors import Wrong
from models.i18n import N_, _, ngettext
from models.operations import seats as operations
from models.queries import seats as queries, shop
from models.rules import seat_costs
from models.rules.seat_costs import MOST_MONTHS, MOST_SEATS
from screens import seat_words, until
from screens.base import scheduled
from screens.dialogs.confirm import Confirm
from screens.form_screen import FormScreen
from screens.sections import OWNER
from screens.widgets import words
from screens.widgets.control import Control
from screens.widgets.field import Field
from screens.widgets.form import Form
from screens.widgets.said import Said

_NUMBER, _PRICE, _DAY = 9, 12, 20
"""The most characters of each."""

YEAR = 12
"""Months that are offered at first."""


class NewSeatsScreen(FormScreen):
    """What both have in common. Answers the id of the new line."""

    SECTION = "shop"
    TAKES = OWNER

    def number(self) -> int:
        """How many."""
        return seat_costs.whole(self.form.text("number"), MOST_SEATS, "number")

    def since(self) -> int | None:
        """The first moment of the day that was typed; None for today."""
        typed = self.form.text("since").strip()
        return seat_costs.near(clock.start_of_day(typed, shop.zone()), clock.now(), "since") if typed else None


class GiftSeatsScreen(NewSeatsScreen):
    """Writes down seats that the marketplace gives for nothing."""

    ABOUT = N_("Seats that the marketplace gives for nothing. They count once they are claimed, which is one key in the list.")

    def heading(self) -> str:
        """What it is."""
        return _("Gifted seats")

    def compose_content(self) -> ComposeResult:
        """How many, and from when to when."""
        yield Form(
            Field("number", _("Seats"), limit=_NUMBER),
            Field("since", _("Begins"), hint=_("The first day, as 2026-12-31; empty for today."), limit=_DAY),
            Field("until", _("Until"), hint=_("2026-12-31, or +30d from today; empty for no end"), limit=_DAY),
        )

    @on(Form.Submitted)
    @work(exclusive=True, group="change")
    async def _save(self, event: Form.Submitted) -> None:
        with self.refusals_shown(event.form):
            last = until.parsed(event.form.text("until"), shop.zone())
            line = await self.ask(operations.gift, self.number(), self.since(), last)
            self.toast(_("Written down. c claims them."))
            scheduled(self.dismiss(line))


class _Wanted(NamedTuple):
    """What is to be bought; `since` is None for today."""

    number: int
    price: int
    months: int
    since: int | None


class BuySeatsScreen(NewSeatsScreen):
    """Writes down seats that are bought by the month; says what they will cost, and asks."""

    DEFAULT_CSS = """
    BuySeatsScreen #cost { height: 2; width: 100%; padding: 0 1; }
    """
    ABOUT = N_(
        "Seats that are bought by the month. They count from their first day on, and end by themselves. Each of their months begins on "
        "the same day of the month, or on its last day where it has no such day; then the month is charged."
    )

    def heading(self) -> str:
        """What it is."""
        return _("Buy seats")

    def compose_content(self) -> ComposeResult:
        """How many, for how much and how long; and what that comes to."""
        price = _("For a seat and month. The marketplace asks 2 yuan.")
        yield Form(
            Field("number", _("Seats"), limit=_NUMBER),
            Field("price", _("Price"), value=seat_costs.amount(seat_costs.USUAL_PRICE), hint=price, limit=_PRICE),
            Field("months", _("Months"), value=str(YEAR), limit=_NUMBER),
            Field("since", _("Begins"), hint=_("The first day, as 2026-12-31; empty for today."), limit=_DAY),
            submit=N_("Buy"),
        )
        yield Said(id="cost")

    def typed(self) -> _Wanted:
        """What stands in the fields.

        Raises:
            Invalid: one of them cannot be used; it names which.
        """
        form = self.form
        price = seat_costs.price(form.text("price"))
        return _Wanted(self.number(), price, seat_costs.whole(form.text("months"), MOST_MONTHS, "months"), self.since())

    def _comes_to(self, wanted: _Wanted) -> list[str]:
        """From when to when, and what it costs."""
        zone = shop.zone()
        first = clock.now() if wanted.since is None else wanted.since
        last = queries.last_moment(first, wanted.months, zone)
        days = _("From {first} to {last}").format(first=clock.day(first, zone), last=clock.day(last, zone))
        return [days, seat_words.monthly(wanted.number, wanted.price, wanted.months)]

    @on(Control.Changed)
    def _changed(self) -> None:
        """Say what it comes to, as soon as everything stands there."""
        try:
            said = "\n".join(self._comes_to(self.typed()))
        except Wrong:  # something is still missing
            said = ""
        self.query_one("#cost", Said).update(words.plain(said))

    @on(Form.Submitted)
    @work(exclusive=True, group="change")
    async def _save(self, event: Form.Submitted) -> None:
        with self.refusals_shown(event.form):
            wanted = self.typed()
            question = ngettext("Buy {n} seat?", "Buy {n} seats?", wanted.number).format(n=wanted.number)
            if not await self.app.push_screen_wait(Confirm(question, yes_label=_("Buy"), detail=self._comes_to(wanted))):
                return
            line = await self.ask(operations.buy, *wanted)
            self.toast(_("Written down."))
            scheduled(self.dismiss(line))
