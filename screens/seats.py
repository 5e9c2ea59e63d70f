"""Seats: how many there are, how many are taken, what they cost; and the ledger of what was gifted and bought."""

from __future__ import annotations

from typing import ClassVar, Final

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content

from models import clock
from models.i18n import N_, _, ngettext
from models.operations import seats as operations
from models.queries import seats as queries, shop
from models.queries.seats import BOUGHT, ENDED, OVER, WAITING, SeatsRow
from models.rules import seat_costs
from screens import seat_words
from screens.base import DetailScreen, scheduled
from screens.dialogs.confirm import Confirm
from screens.dialogs.tell import Tell
from screens.seats_new import BuySeatsScreen, GiftSeatsScreen
from screens.sections import OWNER
from screens.widgets import words
from screens.widgets.list_view import ALWAYS, Column, ListSource, ListView, Row
from screens.widgets.said import Said

_BESIDE: Final = 4
"""Cells left and right of what is told: its padding, and the mark."""

_COUNTING: Final = ("count", "uncount")


class SeatsScreen(DetailScreen):
    """How things stand, then the ledger."""

    DEFAULT_CSS = """
    SeatsScreen #status { height: auto; max-height: 60%; width: 100%; padding: 0 1; }
    SeatsScreen #ledger { height: 1fr; }
    SeatsScreen.-high #status { padding: 1; }
    """
    SECTION = "shop"
    TAKES = OWNER
    AUTO_FOCUS = "#ledger"
    ABOUT = N_(
        "Seats that were gifted or bought by the month. The owner takes none; everybody else does who has not left, invited and frozen "
        "people, too. A purchase is charged on the first day of each of its months."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("c", "claim", N_("Claim"), tooltip=N_("Claims gifted seats: from then on they count")),
        Binding("r", "renew", N_("Buy again"), tooltip=N_("Buys as many at the same price from the moment these end")),
        Binding("n", "buy", N_("Buy"), tooltip=N_("Writes down seats that are bought by the month")),
        Binding("g", "gift", N_("Gifted"), tooltip=N_("Writes down seats that the marketplace gives for nothing")),
        Binding("x", "end", N_("End now"), tooltip=N_("Ends seats at once: they were a mistake, or are cancelled")),
        Binding("t", "count", N_("Count"), tooltip=N_("From then on nobody comes in without a free seat")),
        Binding("t", "uncount", N_("Stop counting"), tooltip=N_("From then on nobody is refused for want of a seat")),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._rows: dict[object, SeatsRow] = {}
        self._counted = False

    def heading(self) -> str:
        """What this is."""
        return _("Seats")

    def compose_content(self) -> ComposeResult:
        """The words, then the list."""
        yield Said(id="status")
        yield ListView(
            Column("mark", width=1, keep=ALWAYS),
            Column("number", N_("Seats"), width=6, align="right", keep=ALWAYS),
            Column("kind", N_("Kind"), width=7, keep=7),
            Column("price", N_("Price"), width=9, align="right", keep=5),
            Column("since", N_("Begins"), width=10, keep=4),
            Column("until", N_("Until"), width=25, keep=ALWAYS),
            Column("state", N_("State"), least=12, keep=8),
            Column("by", N_("Recorded by"), width=12, keep=3),
            choose=N_("Details"),
            empty=lambda: _("No seats yet: `n` writes down bought ones, `g` gifted ones."),
            id="ledger",
        )

    @property
    def ledger(self) -> ListView:
        """The list."""
        return self.query_one("#ledger", ListView)

    @property
    def line(self) -> SeatsRow | None:
        """The line under the cursor."""
        return self._rows.get(self.ledger.key)

    def reload(self) -> None:
        """Read everything again."""
        self._tell()
        zone = shop.zone()
        self._rows = {row.id: row for row in self.read(queries.ledger)}
        self.ledger.show(ListSource([_row(row, zone) for row in self._rows.values()]))
        self.refresh_bindings()

    @on(events.Resize)
    def _tell(self) -> None:
        """Say how things stand, in lines as long as the screen is wide now."""
        with self.refusals_shown():
            found = self.read(queries.summary)
            self._counted = found.counted
            cells = self.app.size.width - _BESIDE
            told: list[Content] = []
            for said_mark, style, said in seat_words.lines(found, shop.zone()):
                broken = "\n  ".join(words.wrap(said, cells))
                told.append(words.plain(("\n" if told else "") + f"{said_mark} {broken}", style))
            self.query_one("#status", Said).update(words.join(*told))

    @on(ListView.CursorMoved, "#ledger")
    def _moved(self) -> None:
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What can be done with the line under the cursor, and whichever way counting can be turned."""
        if action in _COUNTING and (action == "count") == self._counted:
            return False
        if action in {"claim", "renew", "end"} and not _can(action, self.line):
            return False
        return super().check_action(action, parameters)

    @on(ListView.Chosen, "#ledger")
    def _chosen(self, event: ListView.Chosen) -> None:
        row = self._rows[event.key]
        scheduled(self.app.push_screen(Tell(_title(row), seat_words.detail(row, shop.zone()))))

    # ---- changing

    def action_buy(self) -> None:
        """Write down bought ones."""
        scheduled(self.app.push_screen(BuySeatsScreen(), self._show))

    def action_gift(self) -> None:
        """Write down gifted ones."""
        scheduled(self.app.push_screen(GiftSeatsScreen(), self._show))

    def _show(self, line: object) -> None:
        """Go to a line that is new."""
        if isinstance(line, int):
            self.reload()
            self.ledger.select(line)

    @work(exclusive=True, group="change")
    async def action_claim(self) -> None:
        """Claim those under the cursor: they cost nothing, so nothing is asked."""
        if (row := self.line) is None:
            return
        with self.refusals_shown():
            await self.ask(operations.claim, row.id)
            self.toast(ngettext("{n} seat claimed.", "{n} seats claimed.", row.number).format(n=row.number))
        self.reload()

    @work(exclusive=True, group="change")
    async def action_renew(self) -> None:
        """Buy those under the cursor again, if the owner is sure."""
        row, zone = self.line, shop.zone()
        if row is None or row.until is None:
            return
        months = seat_costs.months_of(queries.purchase(row, zone))
        first = max(row.until + 1, clock.now())
        with self.refusals_shown():
            days = {"first": clock.day(first, zone), "last": clock.day(queries.last_moment(first, months, zone), zone)}
            question = ngettext("Buy {n} seat again?", "Buy {n} seats again?", row.number).format(n=row.number)
            detail = [_("From {first} to {last}").format(**days), seat_words.monthly(row.number, row.price, months)]
            if await self.app.push_screen_wait(Confirm(question, yes_label=_("Buy"), detail=detail)):
                line = await self.ask(operations.renew, row.id)
                self.toast(_("Written down."))
                self._show(line)

    @work(exclusive=True, group="change")
    async def action_end(self) -> None:
        """End those under the cursor at once, if the owner is sure."""
        if (row := self.line) is None:
            return
        question = ngettext("End {n} seat at once?", "End {n} seats at once?", row.number).format(n=row.number)
        detail = [_("They stay in the ledger, as ended. Nobody is shut out; nobody new comes in where none is free.")]
        if row.kind == BOUGHT:
            detail.append(_("What was charged until now stays charged."))
        if await self.app.push_screen_wait(Confirm(question, yes_label=_("End now"), detail=detail)):
            with self.refusals_shown():
                await self.ask(operations.end, row.id)
                self.toast(_("Ended."))
            self.reload()

    @work(exclusive=True, group="change")
    async def action_count(self) -> None:
        """Have them counted, if the owner is sure."""
        known = self.read(queries.summary).seats
        detail = [_("Nobody is shut out. Without a free seat nobody new comes in, and nobody who left comes back.")]
        if not known.free:
            detail.append(_("People now: {used}. Seats: {seats}.").format(used=known.used, seats=known.total))
        await self._count(_("Count seats from now on?"), _("Count"), detail, on=True)

    @work(exclusive=True, group="change")
    async def action_uncount(self) -> None:
        """Have them counted no longer, if the owner is sure."""
        detail = [_("Nobody is refused for want of a seat then. The ledger stays as it is.")]
        await self._count(_("Stop counting seats?"), _("Stop counting"), detail, on=False)

    async def _count(self, question: str, yes: str, detail: list[str], *, on: bool) -> None:
        if await self.app.push_screen_wait(Confirm(question, yes_label=yes, detail=detail)):
            with self.refusals_shown():
                await self.ask(operations.count, on=on)
                self.toast(_("Seats are counted.") if on else _("Seats are not counted any more."))
            self.reload()


def _can(action: str, row: SeatsRow | None) -> bool:
    """Whether something can be done with a line."""
    if row is None:
        return False
    if action == "claim":
        return row.state == WAITING
    if action == "renew":
        return row.kind == BOUGHT and row.state != ENDED and row.until is not None
    return row.state not in {OVER, ENDED}


def _title(row: SeatsRow) -> str:
    said = ngettext("{n} seat, {kind}", "{n} seats, {kind}", row.number)
    return said.format(n=row.number, kind=_(seat_words.KINDS[row.kind]))


def _row(row: SeatsRow, zone: str) -> Row:
    first, last = seat_words.span(row, zone)
    price = seat_costs.amount(row.price) if row.kind == BOUGHT else ""
    sign, style = seat_words.mark(row)
    cells = (
        words.plain(sign, style),
        f"{row.number:,}",
        _(seat_words.KINDS[row.kind]),
        price,
        first,
        last,
        seat_words.state(row),
        row.recorded_by,
    )
    return Row(row.id, cells, dim=row.state in {OVER, ENDED})
