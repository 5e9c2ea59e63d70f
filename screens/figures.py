"""Work figures: how much and how fast each colleague answers customers, and who still waits."""

from __future__ import annotations

from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from models.i18n import N_, _, ngettext
from models.operations import figures_export as operations
from models.queries.figures import PERMISSION, Figures
from models.rules.figures import Period
from screens.base import DetailScreen, scheduled
from screens.figures_base import PeriodScreen
from screens.figures_days import FiguresDaysScreen, MyFiguresScreen
from screens.figures_rows import ALL, FIRST_SORT, LARGE, SMALL, blocks_words, people_columns, people_rows
from screens.figures_waiting import FiguresWaitingScreen
from screens.home_rows import BETWEEN
from screens.taking_out import take_out
from screens.widgets.list_view import ListSource, ListView, Sort
from screens.widgets.said import Said


class FiguresScreen(DetailScreen, PeriodScreen):
    """Everybody to whom customers wrote, and all together."""

    CSS_PATH = "figures.tcss"
    AUTO_FOCUS = "ListView"
    SECTION = "chats"
    TAKES = PERMISSION
    ABOUT = N_(
        "How many customers wrote to each colleague, each counted once a day; how long the first answer took, in the middle; how many of "
        "these have not been answered up to now. The blocks show how many wrote day by day, the last day on the right, all on one scale. "
        "All together, whoever wrote to two people on one day counts once."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("u", "waiting", N_("Unanswered"), tooltip=N_("Show who waits for an answer, the longest first")),
        Binding("m", "mine", N_("My figures"), tooltip=N_("Show your own figures, day by day"), show=False),
        Binding("x", "export", N_("Export"), tooltip=N_("Write these figures into the outbox, as a page to print or as data")),
    ]

    def __init__(self, period: Period | None = None) -> None:
        super().__init__(period)
        self._sort: Sort = FIRST_SORT

    def heading(self) -> str:
        """What this is."""
        return _("Work figures")

    def compose_content(self) -> ComposeResult:
        """Which days, and the people."""
        yield Said(id="about")
        yield ListView(*people_columns(self._blocks), choose=N_("By day"), empty=self.nobody, sort=self._sort)

    @property
    def _blocks(self) -> int:
        return LARGE if self.app.size.width >= 100 else SMALL

    def about(self, found: Figures) -> str:
        """How many people, and what a block is."""
        people = ngettext("{n} colleague", "{n} colleagues", len(found.people)).format(n=f"{len(found.people):,}")
        return BETWEEN.join(filter(None, [people, blocks_words(len(found.period.days), self._blocks)]))

    def show_figures(self, found: Figures) -> None:
        """Show the people."""
        self.list.take_columns(people_columns(self._blocks))
        self.list.show(ListSource(people_rows(found, self._sort, self._blocks)), sort=self._sort)

    @on(ListView.SortAsked)
    def _sorted(self, event: ListView.SortAsked) -> None:
        self._sort = event.sort
        if self.found is not None:
            self.show_figures(self.found)

    @on(ListView.Chosen)
    def _chosen(self, event: ListView.Chosen) -> None:
        if event.key == ALL:
            scheduled(self.app.push_screen(FiguresDaysScreen(self.period, None, "")))
        elif self.found is not None:
            person = next(each for each in self.found.people if each.id == event.key)
            scheduled(self.app.push_screen(FiguresDaysScreen(self.period, person.id, person.name)))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """The operator, who has no figures, does not use screens; what is not counted yet cannot be taken out."""
        if action in {"waiting", "export"} and (self.found is None or not self.found.people):
            return None
        return super().check_action(action, parameters)

    def action_waiting(self) -> None:
        """Show who waits for an answer."""
        scheduled(self.app.push_screen(FiguresWaitingScreen(self.period, None, "")))

    def action_mine(self) -> None:
        """Show one's own."""
        scheduled(self.app.push_screen(MyFiguresScreen(self.period)))

    @work(exclusive=True, group="change")
    async def action_export(self) -> None:
        """Write them into the outbox."""
        await take_out(self, _("Export the work figures"), _("Writing the work figures"), operations.put_into_outbox, self.period)
