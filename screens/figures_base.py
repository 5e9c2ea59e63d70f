"""What the screens of work figures have in common: a period, and the figures of it, counted in the background."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from threading import Event
from typing import ClassVar, Final

from textual import work
from textual.binding import Binding, BindingType

from models.errors import Cancelled
from models.i18n import N_, _
from models.queries import figures
from models.queries.figures import Figures
from models.rules.figures import PERIODS, WEEK, Period
from screens.dialogs.ask import Ask
from screens.dialogs.choose import Choose, Option
from screens.dialogs.working import EVERY
from screens.home_rows import BETWEEN
from screens.plain import PlainScreen
from screens.widgets import words
from screens.widgets.list_view import ListView
from screens.widgets.said import Said

FROM_TO: Final = "from"
"""The option of a period that one types."""


class CountingScreen(PlainScreen):
    """Shows something of a period's figures: a line with id "about", and a list.

    Args:
        period: which days; the last seven where one comes from elsewhere.
        own: whether they are the reader's own.
    """

    def __init__(self, period: Period | None = None, *, own: bool = False) -> None:
        super().__init__()
        self.period = period if period is not None else figures.usual(WEEK)
        self.own = own
        self.found: Figures | None = None
        self._stop = Event()
        self._share = 0

    @property
    def list(self) -> ListView:
        """What is shown of them."""
        return self.query_one(ListView)

    def show_figures(self, found: Figures) -> None:
        """Show them."""
        raise NotImplementedError

    def about(self, found: Figures) -> str:  # noqa: ARG002  for those who say something of them
        """What stands above the list, beside the days."""
        return ""

    def which(self) -> str:
        """Which days, as the line above the list says it; keys stand between backquotes."""
        return days_words(self.period)

    # ---- counting

    def reload(self) -> None:
        """Count again, in the background; until then, what was counted stays."""
        self._stop.set()
        self._say()
        self._count()

    @work(exclusive=True, group="figures")
    async def _count(self) -> None:
        stop, self._share, period = Event(), 0, self.period
        self._stop = stop
        telling = self.set_interval(EVERY, self._say)
        try:
            with self.refusals_shown(), suppress(Cancelled):
                read = figures.mine if self.own else figures.figures
                found = await self.ask(read, period, progress=self._tell, cancelled=stop.is_set)
                self.found = found
                self.show_figures(found)
        finally:
            telling.stop()
        if not stop.is_set() and self.is_mounted:
            self._say()
            self.refresh_bindings()

    def _tell(self, done: int, total: int) -> None:
        self._share = done * 100 // max(total, 1)

    def _say(self) -> None:
        found = self.found
        said = [self.which()]
        if found is None or found.period != self.period:
            said.append(_("counting … {share} %").format(share=self._share))
        else:
            said.append(self.about(found))
        self.query_one("#about", Said).update(words.with_keys(BETWEEN.join(filter(None, said))))

    def on_unmount(self) -> None:
        """Nobody waits for them any more."""
        self._stop.set()

    @property
    def is_counting(self) -> bool:
        """Whether nothing was counted of these days yet."""
        return self.found is None or self.found.period != self.period

    def nobody(self) -> str:
        """What stands in place of an empty list."""
        if self.is_counting:
            return _("Counting …")
        return _("No customer wrote in this time. `←` looks at the time before, `p` at another.")


class PeriodScreen(CountingScreen):
    """One of which one may choose the period."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "p", "period", N_("Period"), tooltip=N_("Choose which days: today, a week, a month, or from a day until a day"), show=False
        ),
        Binding("left", "move(-1)", N_("Time before"), tooltip=N_("The same length of time, before that"), show=False),
        Binding("right", "move(1)", N_("Time after"), tooltip=N_("The same length of time, after that"), show=False),
    ]

    def which(self) -> str:
        """Which days, and the keys to others."""
        return _("`←` {days} `→` `p` others").format(days=days_words(self.period))

    def action_move(self, by: int) -> None:
        """The period before, or after."""
        self.look_at(figures.moved(self.period, by))

    def look_at(self, period: Period) -> None:
        """Show another period."""
        if period != self.period:
            self.period = period
            self.reload()

    @work(exclusive=True, group="dialog")
    async def action_period(self) -> None:
        """Choose one."""
        options = [Option(name, _(title), days_words(figures.usual(name))) for name, title in PERIODS.items()]
        options.append(Option(FROM_TO, _("From a day until a day …")))
        name = await self.app.push_screen_wait(Choose(_("Which days?"), options, current=self._kind(), search=False))
        if name == FROM_TO:
            await self._ask_days()
        elif name is not None:
            self.look_at(figures.usual(str(name)))

    def _kind(self) -> str:
        return next((name for name in PERIODS if figures.usual(name) == self.period), FROM_TO)

    async def _ask_days(self) -> None:
        since = await self._ask_day("since", _("Since"), self.period.since, lambda day: figures.typed(day, day))
        if since is None:
            return
        until = await self._ask_day("until", _("Until"), self.period.until, lambda day: figures.typed(since, day))
        if until is not None:
            self.look_at(figures.typed(since, until))

    async def _ask_day(self, name: str, label: str, value: str, check: Callable[[str], object]) -> str | None:
        days = _("as 2026-12-31")
        return await self.app.push_screen_wait(Ask(_("Which days?"), label=label, name=name, value=value, hint=days, limit=20, check=check))


def days_words(period: Period) -> str:
    """Which days."""
    if period.since == period.until:
        return period.since
    return _("{since} to {until}").format(since=period.since, until=period.until)
