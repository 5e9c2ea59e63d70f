"""A word that can be pressed: a button of one line."""

from __future__ import annotations

from typing import ClassVar

from textual.app import RenderResult
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.widget import Widget

from screens.widgets import words


class Press(Widget, can_focus=True):
    """A button of one line.

    Args:
        label: already translated.
        key: the key that does the same wherever the focus is, as it is written; "" for none.
    """

    DEFAULT_CSS = """
    Press { width: auto; height: 1; background: $surface; color: $foreground; }
    Press:focus { text-style: reverse; color: $accent; background: $background; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter,space", "press", show=False)]

    class Pressed(Message):
        """Enter, space or a click.

        Attributes:
            press: the button.
        """

        def __init__(self, press: Press) -> None:
            super().__init__()
            self.press = press

        @property
        def control(self) -> Press:
            """The button, for `@on(..., "#id")`."""
            return self.press

    def __init__(self, label: str, key: str = "", *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._text = f" {key} {label} " if key else f" {label} "

    def get_content_width(self, container: Size, viewport: Size) -> int:  # noqa: ARG002  Textual's
        """As wide as its words."""
        return words.width(self._text)

    def render(self) -> RenderResult:
        """The words."""
        return words.plain(self._text)

    def action_press(self) -> None:
        """Tell that it was pressed."""
        self.post_message(self.Pressed(self))

    def on_click(self) -> None:
        """A click presses."""
        self.action_press()
