"""What can be done here."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Container
from textual.widgets import Static

from models.i18n import _
from screens.dialogs._dialog import Dialog
from screens.widgets import words
from screens.widgets.key_bar import Hint
from screens.widgets.list_view import ALWAYS, Column, ListSource, ListView, Row

KEY_WIDTH = 14


class Help(Dialog[None]):
    """The keys that do something on the screen it was asked on, with a sentence about each.

    Args:
        hints: what could be pressed there.
        about: what the screen is for, already translated.
    """

    DEFAULT_CSS = """
    Help > .box { width: 76; }
    Help ListView { height: auto; max-height: 18; }
    """

    def __init__(self, hints: Sequence[Hint], about: str = "") -> None:
        super().__init__()
        self._hints = hints
        self._about = about

    def compose(self) -> ComposeResult:
        """What the screen is for, and its keys."""
        rows = [Row(place, (hint.key, hint.help or hint.label), dim=not hint.enabled) for place, hint in enumerate(self._hints)]
        with Container(classes="box"):
            yield Static(words.plain(_("What can be done here")), classes="title")
            if self._about:
                yield Static(words.plain(self._about), classes="said")
            yield ListView(Column("key", width=KEY_WIDTH, keep=ALWAYS), Column("what"), source=ListSource(rows), header=False, choose="")

    def on_mount(self) -> None:
        """Let the arrows scroll."""
        self.query_one(ListView).focus()
