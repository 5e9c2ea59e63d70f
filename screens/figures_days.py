"""Work figures day by day: of one person, of all together, or one's own."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from models.i18n import N_, _
from models.queries.figures import PERMISSION, Figures
from models.rules.figures import NOTHING, Counts, Period
from screens.base import DetailScreen, scheduled
from screens.figures_base import PeriodScreen
from screens.figures_rows import LONG, SHORT, day_columns, day_rows
from screens.figures_waiting import FiguresWaitingScreen
from screens.widgets.list_view import ListSource, ListView, Sort
from screens.widgets.said import Said


class FiguresDaysScreen(DetailScreen, PeriodScreen):
    """A row for each day, the newest first.

    Args:
        period: which days.
        staff_id: whose figures; None for all together.
        called: that person's name.
        own: whether they are the reader's own.
    """

    CSS_PATH = "figures.tcss"
    AUTO_FOCUS = "ListView"
    SECTION = "chats"
    TAKES = PERMISSION
    ABOUT = N_(
        "How many customers wrote on each day, how long the first answer took, in the middle, and how many of these have not been answered "
        "up to now. An answer that came on a later day counts for the day of the question."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("u", "waiting", N_("Unanswered"), tooltip=N_("Show who waits for an answer, the longest first")),
    ]

    def __init__(self, period: Period | None, staff_id: int | None, called: str, *, own: bool = False) -> None:
        super().__init__(period, own=own)
        self._staff_id = staff_id
        self._called = called
        self._sort: Sort = ("day", "down")

    def heading(self) -> str:
        """Whose."""
        if self.own:
            return _("My figures")
        return _("Work figures · {name}").format(name=self._called or _("All together"))

    def compose_content(self) -> ComposeResult:
        """Which days, and each of them."""
        yield Said(id="about")
        yield ListView(*day_columns(self._bar), choose="", empty=self.nobody, sort=self._sort)

    @property
    def _bar(self) -> int:
        return LONG if self.app.size.width >= 100 else SHORT

    def _counts(self, found: Figures) -> tuple[dict[str, Counts], Counts]:
        """By day, and of the whole period."""
        if self._staff_id is None and not self.own:
            return found.daily, found.total
        person = next((each for each in found.people if self.own or each.id == self._staff_id), None)
        if person is None:
            return {}, NOTHING
        return {day: person.on(day) for day in found.period.days}, person.counts

    def show_figures(self, found: Figures) -> None:
        """Show the days."""
        self.list.take_columns(day_columns(self._bar))
        self.list.show(ListSource(day_rows(*self._counts(found), self._sort[1], self._bar)), sort=self._sort)

    @on(ListView.SortAsked)
    def _sorted(self, event: ListView.SortAsked) -> None:
        self._sort = event.sort
        if self.found is not None:
            self.show_figures(self.found)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Where nobody wrote, nobody waits."""
        if action == "waiting" and (self.found is None or not self._counts(self.found)[1].received):
            return None
        return super().check_action(action, parameters)

    def action_waiting(self) -> None:
        """Show who waits for an answer of this person, or of anybody."""
        scheduled(self.app.push_screen(FiguresWaitingScreen(self.period, self._staff_id, self._called, own=self.own)))


class MyFiguresScreen(FiguresDaysScreen):
    """One's own, which anybody may see."""

    TAKES = ""

    def __init__(self, period: Period | None = None) -> None:
        super().__init__(period, None, "", own=True)
