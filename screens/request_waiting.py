"""Requests of others: those that wait for one's decision, and what became of all of them."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from models.i18n import N_, _, ngettext
from models.queries import deciding, requests as queries, shop
from models.queries.requests import RequestRow
from screens.base import DetailScreen, scheduled
from screens.dialogs.tell import Tell
from screens.home_rows import ago
from screens.request_decide import RequestDecideScreen
from screens.request_rows import RequestSource, days_words, detail, what
from screens.widgets.list_view import ALWAYS, Column, ListSource, ListView, Row


class RequestsWaitingScreen(DetailScreen):
    """What waits for one's decision, the oldest first."""

    SECTION = "home"
    TAKES = queries.PERMISSION
    AUTO_FOCUS = "#waiting"
    ABOUT = N_("Requests that you may decide on: you manage who asked, and hold what they ask for. Nobody decides on their own.")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("h", "history", N_("History"), tooltip=N_("Shows what was asked for before, and what became of it.")),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._number = 0

    def heading(self) -> str:
        """How many."""
        if not self._number:
            return _("Requests of others")
        return ngettext("{n} request waits for you", "{n} requests wait for you", self._number).format(n=self._number)

    def compose_content(self) -> ComposeResult:
        """The list."""
        yield ListView(
            Column("name", N_("Name"), least=10, keep=ALWAYS, flex=2),
            Column("what", N_("Asked for"), least=14, keep=ALWAYS, flex=3),
            Column("days", N_("For"), width=8, align="right", keep=4),
            Column("since", N_("Asked"), width=14, keep=3),
            Column("reason", N_("Reason"), least=14, keep=2, flex=3),
            empty=lambda: _("No request waits for you: `h` shows what was asked for before."),
            id="waiting",
        )

    @property
    def list(self) -> ListView:
        """What waits."""
        return self.query_one("#waiting", ListView)

    def reload(self) -> None:
        """Read again what waits."""
        found = self.read(deciding.waiting)
        self._number = len(found)
        self.list.show(ListSource([_row(row) for row in found]))
        self.refresh_top()

    @on(ListView.Chosen, "#waiting")
    def _open(self, event: ListView.Chosen) -> None:
        scheduled(self.app.push_screen(RequestDecideScreen(int(event.key))))

    def action_history(self) -> None:
        """What was asked for before."""
        scheduled(self.app.push_screen(RequestHistoryScreen()))


def _row(row: RequestRow) -> Row:
    return Row(row.id, (row.name, what(row), days_words(row.days), ago(row.asked_at), row.reason))


class RequestHistoryScreen(DetailScreen):
    """What everybody within one's reach ever asked for, the newest first."""

    SECTION = "home"
    TAKES = queries.PERMISSION
    AUTO_FOCUS = "#history"
    ABOUT = N_("What people asked for and what became of it: … waits, ✓ approved, ✗ declined, – withdrawn or lapsed. Enter shows it whole.")

    def heading(self) -> str:
        """Whose."""
        return _("Requests of everybody you manage")

    def compose_content(self) -> ComposeResult:
        """The list."""
        yield ListView(
            Column("mark", width=1, keep=ALWAYS),
            Column("name", N_("Name"), least=10, keep=ALWAYS, flex=2),
            Column("what", N_("Asked for"), least=14, keep=ALWAYS, flex=3),
            Column("asked", N_("On"), width=10, keep=3),
            Column("days", N_("For"), width=8, align="right", keep=2),
            Column("answer", N_("Answer"), least=16, keep=4, flex=4),
            empty=lambda: _("Nobody has asked for anything yet: `esc` goes back."),
            id="history",
        )

    def reload(self) -> None:
        """Read them again."""
        self.query_one("#history", ListView).show(RequestSource(self.read(queries.history), shop.zone(), whose=True))

    @on(ListView.Chosen, "#history")
    def _open(self, event: ListView.Chosen) -> None:
        source = event.list.source
        row = source.request(event.key) if isinstance(source, RequestSource) else None
        if row is not None:
            scheduled(self.app.push_screen(Tell(what(row), detail(row, shop.zone()))))
