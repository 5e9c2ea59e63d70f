"""High-risk acts of the last thirty days: a bar for each day, and the acts themselves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content

from models import clock
from models.events import HIGH
from models.i18n import N_, _, ngettext
from models.queries import high_risk
from models.queries.audit import Wanted
from models.queries.high_risk import Day
from screens.audit_of import EntriesOfScreen
from screens.audit_ways import VIEW
from screens.widgets import words
from screens.widgets.blocks import drawn
from screens.widgets.said import Said


class HighRiskScreen(EntriesOfScreen):
    """What was done lately that is high-risk, as far as one may see it."""

    TAKES = VIEW
    ABOUT = N_("High-risk acts of the last 30 days, as far as you may see them. Each bar is a day, today's is the last one.")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "day(-1)", N_("Day before"), tooltip=N_("Go to the high-risk acts of an earlier day"), show=False),
        Binding("right", "day(1)", N_("Day after"), tooltip=N_("Go to the high-risk acts of a later day"), show=False),
    ]

    def __init__(self) -> None:
        super().__init__(Wanted(risk=HIGH), "")
        self._days: tuple[Day, ...] = ()

    def heading(self) -> str:
        """What it is."""
        return _("High-risk acts")

    def about(self) -> str:
        """Over how long."""
        return ngettext("The last {n} day", "The last {n} days", high_risk.DAYS).format(n=high_risk.DAYS)

    def compose_content(self) -> ComposeResult:
        """The bars, and the list."""
        yield Said(id="bars")
        yield from super().compose_content()

    def reload(self) -> None:
        """Count the days again, and read what came since."""
        self._days = self.read(high_risk.daily)
        since = self._days[0].since
        if self.base.since != since:  # another day began
            wanted, self.base = self.wanted, self.base._replace(since=since)
            self.wanted = wanted._replace(since=since) if wanted.since is None or wanted.since < since else wanted
        super().reload()

    def fetch(self) -> None:
        """Read the entries, and mark the day they are of."""
        super().fetch()
        self.query_one("#bars", Said).update(words.join(bars(self._days, self._day), "\n", said(self._days)))

    @property
    def _day(self) -> int | None:
        """The place of the one day that is shown; None where all are."""
        since = self.wanted.since
        if self.wanted.until is None:
            return None
        return next((place for place, day in enumerate(self._days) if day.since == since), None)

    def action_day(self, by: int) -> None:
        """Show only the next day, or the one before, on which there was anything; past today, all of them again."""
        at = self._day
        place = (len(self._days) if at is None else at) + by
        while 0 <= place < len(self._days) and not self._days[place].acts:
            place += by
        if place < 0 or (at is None and by > 0):
            return
        ends = [day.since - 1 for day in self._days[1:]]
        until = ends[place] if place < len(ends) else clock.now()
        since = self._days[place].since if place < len(self._days) else self.base.since
        self.want(self.wanted._replace(since=since, until=until if place < len(self._days) else None))


def bars(days: Sequence[Day], chosen: int | None = None) -> Content:
    """One block a day, as high as the day was busy.

    Args:
        chosen: the place of the day that is shown alone.
    """
    each = drawn([day.acts for day in days])
    if chosen is None:
        return words.plain(each, "$accent")
    one = words.plain(each[chosen], "$accent reverse")
    return words.join(words.plain(each[:chosen], "$accent"), one, words.plain(each[chosen + 1 :], "$accent"))


def said(days: Sequence[Day]) -> str:
    """The same in words: how many there were, today, and on the busiest day."""
    whole = sum(day.acts for day in days)
    if not whole:
        return _("None in this time.")
    busiest = max(reversed(days), key=lambda day: day.acts)
    facts = {"whole": f"{whole:,}", "today": f"{days[-1].acts:,}", "most": f"{busiest.acts:,}", "day": busiest.day}
    return _("{whole} in all, {today} today; most on {day}: {most}").format(**facts)
