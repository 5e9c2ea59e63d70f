"""The first section: what needs doing today, as a list one can act on."""

from __future__ import annotations

from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from models.i18n import N_, _
from models.queries import home, shop
from screens.base import DeskScreen, scheduled
from screens.figures_way import SEES_ALL, figures_screen
from screens.home_reminders import OFFERED
from screens.home_rows import REQUESTS, Line, lines
from screens.sections import load
from screens.widgets.list_view import ALWAYS, Column, Key, ListSource, ListView

_OPENS: Final = {
    OFFERED: "screens.give_shop_heir:TakeShopScreen",
    REQUESTS: "screens.request_waiting:RequestsWaitingScreen",
}
"""Lines that open a screen of this section, which is read when somebody goes there: few ever are offered a shop."""


class HomeScreen(DeskScreen):
    """What needs doing today, what one has oneself, and when one was last here."""

    SECTION = "home"
    ABOUT = N_("What needs doing today, as far as you can do it, and what you have yourself. Enter goes there.")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("g", "figures", N_("Figures"), tooltip=N_("How many customers colleagues answer, and how fast")),
    ]
    NEEDS: ClassVar[dict[str, str]] = {"figures": SEES_ALL}

    def __init__(self) -> None:
        super().__init__()
        self._lines: dict[Key, Line] = {}

    def compose_content(self) -> ComposeResult:
        """One list."""
        yield ListView(
            Column("number", width=5, align="right", keep=ALWAYS),
            Column("what", width=26, keep=ALWAYS),
            Column("detail", keep=ALWAYS),
            header=False,
            choose=N_("Go there"),
            empty=lambda: _("Nothing needs doing today."),
        )

    @property
    def list(self) -> ListView:
        """What there is to do."""
        return self.query_one(ListView)

    def reload(self) -> None:
        """Read again what needs doing."""
        shown = lines(self.read(home.today), shop.zone())
        self._lines = {line.row.key: line for line in shown}
        self.list.show(ListSource([line.row for line in shown]))

    @on(ListView.Chosen)
    def _go(self, event: ListView.Chosen) -> None:
        way = self._lines[event.key].way
        if event.key in _OPENS:
            scheduled(self.app.push_screen(load(_OPENS[str(event.key)])()))
        elif way is not None:
            self.desk.go(way.section, **way.where)

    def action_figures(self) -> None:
        """Show the work figures."""
        scheduled(self.app.push_screen(figures_screen(self)))
