"""Are you sure?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, VerticalScroll
from textual.widgets import Static

from models.i18n import N_, _
from screens.dialogs._dialog import Dialog
from screens.later import scheduled
from screens.widgets import words
from screens.widgets.press import Press


class Confirm(Dialog[bool]):
    """Asks before something is destroyed or widened. Answers True or False.

    Cancel has the focus every time, and the key that confirms has to be another than the one that asked.

    Args:
        question: what will happen, in a sentence; already translated. Names in it are data and safe.
        yes_key: the letter that confirms.
        yes_label: what it does, already translated.
        detail: more lines below, as who is affected; scrolled where they are many.
    """

    DEFAULT_CSS = """
    Confirm .detail { height: auto; max-height: 12; margin-top: 1; scrollbar-size-vertical: 1; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "scroll(1)", show=False),
        Binding("up,k", "scroll(-1)", show=False),
        Binding("pagedown", "scroll(10)", show=False),
        Binding("pageup", "scroll(-10)", show=False),
    ]

    cancelled = False

    def __init__(self, question: str, *, yes_key: str = "y", yes_label: str = "", detail: str | Sequence[str] = ()) -> None:
        super().__init__()
        self._question = question
        self._yes_key = yes_key
        self._yes_label = yes_label
        self._detail = [detail] if isinstance(detail, str) and detail else list(detail)
        self._bindings.bind(yes_key, "confirm", N_("Yes"))

    def compose(self) -> ComposeResult:
        """The question, what it means, and two ways out."""
        with Container(classes="box"):
            yield Static(words.plain(self._question), classes="said")
            if self._detail:
                with VerticalScroll(classes="detail", can_focus=False):
                    yield Static(words.plain("\n".join(self._detail)), classes="said")
            with Container(classes="buttons"):
                yield Press(_("Cancel"), "esc", id="cancel")
                yield Press(self._yes_label or _("Yes"), self._yes_key, id="yes")

    def on_mount(self) -> None:
        """Cancel has the focus."""
        self.query_one("#cancel", Press).focus()

    def action_scroll(self, lines: int) -> None:
        """Move what it means by some lines, while Cancel keeps the focus."""
        for detail in self.query(".detail"):
            detail.scroll_relative(y=lines, animate=False)

    @on(Press.Pressed, "#yes")
    def action_confirm(self) -> None:
        """Yes."""
        scheduled(self.dismiss(True))

    @on(Press.Pressed, "#cancel")
    def _cancel_pressed(self) -> None:
        self.action_cancel()
