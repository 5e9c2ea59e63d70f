"""Customers who wait for an answer, the longest first, and their conversations beside them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container

from models.i18n import N_, _, ngettext
from models.queries import shop
from models.queries.figures import PERMISSION, Figures
from models.rules.figures import Period
from screens.base import DetailScreen
from screens.chat_desk import ChatDesk
from screens.chat_reader import Subject
from screens.figures_base import CountingScreen
from screens.figures_rows import WAITING, WaitingSource
from screens.home_rows import BETWEEN
from screens.widgets.list_view import ListView
from screens.widgets.said import Said


class FiguresWaitingScreen(ChatDesk, CountingScreen, DetailScreen):
    """A line for each customer and day without an answer, as far as one may read conversations; how many more there are is said.

    Args:
        period: which days.
        staff_id: whose customers; None for everybody's.
        called: that person's name.
        own: whether they are the reader's own.
    """

    CSS_PATH = ["chats.tcss", "figures.tcss"]  # type: ignore[assignment]  # Textual takes several; the class above has one
    AUTO_FOCUS = "#waiting"
    SECTION = "chats"
    ABOUT = N_(
        "Customers whose last message of a day nobody has answered up to now, the longest wait first. Only those are listed whose "
        "conversations you may read. Enter opens the conversation; of a colleague's, that you read it is written in the log."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "out", N_("Back"), tooltip=N_("From the reader to the list, from there to the figures")),
    ]

    def __init__(self, period: Period, staff_id: int | None, called: str, *, own: bool = False) -> None:
        super().__init__()
        self.period, self.own = period, own
        self._staff_id = staff_id
        self._called = called
        self._source: WaitingSource | None = None

    def heading(self) -> str:
        """Whose."""
        return _("Unanswered · {name}").format(name=self._called) if self._called else _("Unanswered")

    def is_allowed(self) -> bool:
        """One's own anybody may see."""
        return self.own or self.may(PERMISSION)

    def compose_content(self) -> ComposeResult:
        """How many, who they are, and the reader."""
        yield Said(id="about")
        with Container(id="split"):
            yield ListView(*WAITING, choose=N_("Read"), empty=self._nobody, id="waiting")
            yield from self.reader()

    @property
    def list(self) -> ListView:
        """Who waits."""
        return self.query_one("#waiting", ListView)

    def subject(self) -> Subject | None:
        """The conversation of the customer under the cursor."""
        each = self._source.at(self.list.key) if self._source is not None else None
        return None if each is None else Subject(each.conversation_id, each.staff_id == self.actor.staff_id)

    def held(self) -> Iterable[int]:
        """Those of the customers who are listed."""
        return () if self._source is None else (each.conversation_id for each in self._source.waiting)

    def let_go(self, kept: frozenset[int]) -> None:
        """List no other customers; how many more there are is counted again."""
        if self._source is not None:
            self._source = WaitingSource([each for each in self._source.waiting if each.conversation_id in kept], shop.zone())
            self.list.show(self._source)
            super().reload()

    # ---- showing

    def reload(self) -> None:
        """Count again; what is open of what may no longer be read is closed at once."""
        self.judge()
        super().reload()

    def about(self, found: Figures) -> str:
        """How many, and how many more one may not read."""
        shown, more = self._shown(found)
        said = [ngettext("{n} unanswered", "{n} unanswered", shown).format(n=f"{shown:,}")]
        if more:
            said.append(_beyond(more))
        return BETWEEN.join(said)

    def show_figures(self, found: Figures) -> None:
        """Show who waits."""
        waiting = [each for each in found.waiting if self._staff_id in {None, each.staff_id}]
        self._source = WaitingSource(waiting, shop.zone())
        self.list.show(self._source)

    def _shown(self, found: Figures) -> tuple[int, int]:
        """How many are listed, and how many more there are."""
        if self._staff_id is None:
            return len(found.waiting), sum(found.beyond.values())
        listed = sum(each.staff_id == self._staff_id for each in found.waiting)
        return listed, found.beyond.get(self._staff_id, 0)

    def _nobody(self) -> str:
        if self.found is None:
            return _("Counting …")
        more = self._shown(self.found)[1]
        return _beyond(more) if more else _("Every customer has an answer. `esc` goes back.")

    # ---- keys

    def action_out(self) -> None:
        """From the reader to the list; from there to the figures."""
        if self.list.has_focus:
            self.action_back()
        else:
            self.action_to_list()


def _beyond(number: int) -> str:
    """That there are others."""
    return ngettext("{n} more, which you may not read", "{n} more, which you may not read", number).format(n=f"{number:,}")
