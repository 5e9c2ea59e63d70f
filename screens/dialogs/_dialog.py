"""What all dialogs have in common: a box over the screen, closed by esc."""

from __future__ import annotations

from typing import ClassVar, TypeVar

from textual.binding import Binding, BindingType
from textual.reactive import Reactive
from textual.screen import ModalScreen
from textual.widget import Widget

from models.i18n import N_
from screens.later import scheduled

T = TypeVar("T")


class Dialog(ModalScreen[T]):
    """A box over the screen. It gives its answer by `dismiss`, and None (or what `cancelled` says) on esc."""

    DEFAULT_CSS = """
    Dialog { align: center middle; background: $background 60%; }
    Dialog > .box {
        width: 64; max-width: 100%; height: auto; max-height: 100%;
        background: $surface; border: round $accent; padding: 0 1;
        overflow: hidden auto;
    }
    Dialog .title { text-style: bold; height: auto; width: 100%; }
    Dialog .said { height: auto; width: 100%; }
    Dialog .buttons { height: 1; width: 100%; margin-top: 1; align-horizontal: right; layout: horizontal; }
    Dialog .buttons Press { margin-left: 2; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "cancel", N_("Cancel"))]

    focused: Reactive[Widget | None] = Reactive(None, repaint=False)
    """The widget with the focus; that it changes is no reason to paint everything."""

    cancelled: T | None = None

    def action_cancel(self) -> None:
        """Close it without an answer."""
        scheduled(self.dismiss(self.cancelled))
