"""One person out of everybody."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.widgets import Input, Static

from models.i18n import N_, _
from screens.dialogs._dialog import Dialog, scheduled
from screens.widgets import words
from screens.widgets.entry import Entry
from screens.widgets.list_view import ALWAYS, Column, Key, ListView, Source

NOBODY: Final = 0
"""The answer that nobody is to be it; no person has this id."""


class ChoosePerson(Dialog[Key | None]):
    """Finds a person by typing. Answers the id, or None; the rows come from wherever people are kept, a window at a time.

    Args:
        title: already translated.
        find: the people that were meant by what was typed; their rows have a mark, login, name and department.
        current: the id that the cursor starts on.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "move(1)", show=False),
        Binding("up", "move(-1)", show=False),
        Binding("pagedown", "page(1)", show=False),
        Binding("pageup", "page(-1)", show=False),
        Binding("enter", "take", N_("Choose"), show=False),
    ]

    DEFAULT_CSS = """
    ChoosePerson ListView { height: 12; }
    """

    def __init__(self, title: str, find: Callable[[str], Source], *, current: Key | None = None) -> None:
        super().__init__()
        self._title = title
        self._find = find
        self._current = current

    def compose(self) -> ComposeResult:
        """A title, a field, the people."""
        columns = (
            Column("mark", width=1, keep=ALWAYS),
            Column("login", width=12, keep=ALWAYS),
            Column("name", keep=ALWAYS),
            Column("department", keep=1),
        )
        with Container(classes="box"):
            yield Static(words.plain(self._title), classes="title")
            yield Entry(placeholder=_("Type to search"))
            yield ListView(*columns, source=self._find(""), header=False, choose="", empty=_("Nobody is called that."))

    @property
    def shown(self) -> ListView:
        """The people that are shown."""
        return self.query_one(ListView)

    def on_mount(self) -> None:
        """Start on who it is now."""
        if self._current is not None:
            self.shown.select(self._current)
        self.query_one(Entry).focus()

    @on(Input.Changed)
    def _searched(self, event: Input.Changed) -> None:
        self.shown.show(self._find(event.value))
        self.shown.action_edge(-1)

    @on(Input.Submitted)
    def action_take(self) -> None:
        """Answer with whoever is under the cursor."""
        if (key := self.shown.key) is not None:
            scheduled(self.dismiss(key))

    @on(ListView.Chosen)
    def _chosen(self, event: ListView.Chosen) -> None:
        scheduled(self.dismiss(event.key))

    def action_move(self, rows: int) -> None:
        """Move the cursor while the focus stays in the search field."""
        self.shown.action_step(rows)

    def action_page(self, pages: int) -> None:
        """The same by what fits on the screen."""
        self.shown.action_page(pages)
