"""One person out of everybody."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from textual.app import ComposeResult
from textual.containers import Container
from textual.widgets import Static

from models.i18n import _
from screens.dialogs._picker import Picker
from screens.widgets import words
from screens.widgets.entry import Entry
from screens.widgets.list_view import ALWAYS, Column, Key, ListView, Source

NOBODY: Final = 0
"""The answer that nobody is to be it; no person has this id."""


class ChoosePerson(Picker):
    """Finds a person by typing. Answers the id, or None; the rows come from wherever people are kept, a window at a time.

    Args:
        title: already translated.
        find: the people that were meant by what was typed; their rows have a mark, login, name and department.
        current: the id that the cursor starts on.
    """

    DEFAULT_CSS = """
    ChoosePerson ListView { height: 12; }
    """

    def __init__(self, title: str, find: Callable[[str], Source], *, current: Key | None = None) -> None:
        super().__init__(title, current)
        self._find = find

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
            yield ListView(*columns, source=self.found(""), header=False, choose="", empty=_("Nobody is called that."))

    def found(self, text: str) -> Source:
        """The people that were meant by what was typed."""
        return self._find(text)
