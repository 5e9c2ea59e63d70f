"""Screens of several parts, of which one is seen: a line that names them, a search, a list in each."""

from __future__ import annotations

from typing import ClassVar, Generic, TypeVar

from textual import on
from textual.content import Content
from textual.widgets import Input

from models.i18n import _
from models.queries import protection, review
from screens.plain import PlainScreen
from screens.widgets import words
from screens.widgets.entry import Entry
from screens.widgets.list_view import ListView
from screens.widgets.tab_bar import OPEN

W = TypeVar("W", protection.Wanted, review.Wanted)


class PartsScreen(PlainScreen, Generic[W]):
    """One part at a time. It has an `Entry` named "search", and for each part a `ListView` of its name.

    Args:
        part: the one that is seen first.
        wanted: what is looked for in it, in which order.
    """

    PARTS: ClassVar[dict[str, tuple[str, str]]] = {}
    """The parts, each with the key that opens it, and what it is called; marked."""

    def __init__(self, part: str, wanted: W) -> None:
        super().__init__()
        self._part = part
        self._wanted: W = wanted

    @property
    def list(self) -> ListView:
        """The list that is seen."""
        return self.query_one(f"#{self._part}", ListView)

    def reload(self) -> None:
        """Read again what the part shows."""
        raise NotImplementedError

    def show_found(self) -> None:
        """Show what is looked for anew, in the part that is seen."""
        self.reload()

    def wanted_anew(self) -> W:
        """What is looked for in a part that is opened: all of it."""
        return self._wanted._replace(query="")

    def _parts(self) -> Content:
        said = [words.plain(f" {key} {_(title)} ", OPEN if part == self._part else "") for part, (key, title) in self.PARTS.items()]
        return Content(" ").join(said)

    # ---- going about

    def action_part(self, part: str) -> None:
        """Show a part: all of it."""
        self._wanted = self.wanted_anew()
        self._open(part)

    def action_turn(self, step: int) -> None:
        """Show the next part, or the one before."""
        names = [*self.PARTS]
        self.action_part(names[(names.index(self._part) + step) % len(names)])

    def _open(self, part: str) -> None:
        self._part = part
        search = self.query_one("#search", Entry)
        with search.prevent(Input.Changed):
            search.value = self._wanted.query
        with self.refusals_shown():
            self.reload()
        self.list.focus()
        self.refresh_bindings()

    def action_search(self) -> None:
        """Type what to look for."""
        self.query_one("#search", Entry).focus()

    def action_to_list(self) -> None:
        """From the search to what it found."""
        self.list.focus()

    @on(Input.Submitted, "#search")
    def _entered(self) -> None:
        self.list.focus()

    @on(Input.Changed, "#search")
    def _searched(self, event: Input.Changed) -> None:
        if event.value != self._wanted.query:
            self._wanted = self._wanted._replace(query=event.value)
            with self.refusals_shown():
                self.show_found()
                self.list.action_edge(-1)

    @on(ListView.SortAsked)
    def _sorted(self, event: ListView.SortAsked) -> None:
        column, way = event.sort
        self._wanted = self._wanted._replace(sort=column, descending=way == "down")
        with self.refusals_shown():
            self.show_found()
