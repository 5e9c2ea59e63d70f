"""Something that has to be read before one goes on: too much for a line in passing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from textual import on
from textual.app import ComposeResult
from textual.containers import Container, VerticalScroll
from textual.widgets import Static

from models.i18n import _
from screens.dialogs._dialog import Dialog
from screens.widgets import words
from screens.widgets.press import Press

FEW: Final = 8
"""Lines that need no scrolling on the smallest terminal."""


class Tell(Dialog[None]):
    """Says something and waits until it was read.

    Args:
        title: already translated.
        lines: already translated; names in them are data and safe.
    """

    DEFAULT_CSS = """
    Tell .detail { height: auto; max-height: 14; margin-top: 1; scrollbar-size-vertical: 1; }
    Tell .detail Static { height: auto; width: 100%; }
    """

    def __init__(self, title: str, lines: Sequence[str]) -> None:
        super().__init__()
        self._title = title
        self._lines = lines

    def compose(self) -> ComposeResult:
        """The lines, and the way out."""
        with Container(classes="box"):
            yield Static(words.plain(self._title), classes="title")
            with VerticalScroll(classes="detail", can_focus=len(self._lines) > FEW):
                yield Static(words.plain("\n".join(self._lines)))
            with Container(classes="buttons"):
                yield Press(_("Close"), "esc", id="close")

    def on_mount(self) -> None:
        """The way out has the focus, unless there is something to scroll."""
        (self.query_one(VerticalScroll) if len(self._lines) > FEW else self.query_one("#close")).focus()

    @on(Press.Pressed, "#close")
    def _pressed(self) -> None:
        self.action_cancel()
