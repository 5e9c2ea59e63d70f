"""What dialogs that pick one row of a list have in common: a field to search with above it, and keys that reach the list from there."""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.widgets import Input

from models.i18n import N_
from screens.dialogs._dialog import Dialog
from screens.later import scheduled
from screens.widgets.entry import Entry
from screens.widgets.list_view import Key, ListView, Source


class Picker(Dialog[Key | None]):
    """Answers the key of the row that was picked, or None.

    Args:
        title: already translated.
        current: the key that the cursor starts on.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "move(1)", show=False),
        Binding("up", "move(-1)", show=False),
        Binding("pagedown", "page(1)", show=False),
        Binding("pageup", "page(-1)", show=False),
        Binding("enter", "take", N_("Choose"), show=False),
    ]

    def __init__(self, title: str, current: Key | None) -> None:
        super().__init__()
        self._title = title
        self._current = current

    @abstractmethod
    def found(self, text: str) -> Source:
        """The rows that were meant by `text`."""

    @property
    def shown(self) -> ListView:
        """The rows that are shown."""
        return self.query_one(ListView)

    def on_mount(self) -> None:
        """Start on what is chosen now, in the field where there is one."""
        if self._current is not None:
            self.shown.select(self._current)
        fields = self.query(Entry)
        (fields.first() if fields else self.shown).focus()

    @on(Input.Changed)
    def _searched(self, event: Input.Changed) -> None:
        self.shown.show(self.found(event.value))
        self.shown.action_edge(-1)

    @on(Input.Submitted)
    def action_take(self) -> None:
        """Answer with what is under the cursor."""
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
