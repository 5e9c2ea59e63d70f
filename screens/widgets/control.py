"""What every field of a form is: it draws its own label on the left, and a hint or what is wrong below."""

from __future__ import annotations

from typing import Final

from textual.app import RenderResult
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from screens.widgets import words

INDENT: Final = 3
"""Cells between the label's column and what stands beside it: a gap, and the padding of the line to type into."""

WRONG: Final = f"{words.MAY_NOT} "

Value = str | bool | int | None
"""What can stand in a field: text, a tick, the key of an option."""


class Control(Widget):
    """A field of a form: its label on the left, a hint or what is wrong below.

    Args:
        name: the field's name; `Wrong.field` finds it by that.
        label: already translated.
        hint: stands below until something is wrong; already translated.
    """

    DEFAULT_CSS = """
    Control { height: 2; width: 1fr; layout: horizontal; }
    """

    class Done(Message):
        """Enter: the person is through with this field."""

    class Changed(Message):
        """Another value stands in the field.

        Attributes:
            field: the field.
            value: what stands in it.
        """

        def __init__(self, field: Control, value: Value) -> None:
            super().__init__()
            self.field: Final = field
            self.value: Final = value

        @property
        def control(self) -> Control:
            """The field, for `@on(..., "#id")`."""
            return self.field

    label_width: reactive[int] = reactive(10, init=False)
    error: reactive[str] = reactive("", init=False)
    hint: reactive[str] = reactive("", init=False)

    def __init__(self, name: str, label: str, *, hint: str = "", id: str | None = None) -> None:
        super().__init__(name=name, id=id)
        self.label = label
        self.set_reactive(Control.hint, hint)

    @property
    def value(self) -> Value:
        """What stands in the field."""
        raise NotImplementedError

    @value.setter
    def value(self, value: Value) -> None:
        raise NotImplementedError

    def focus_control(self) -> None:
        """Put the focus into the field."""
        self.focus()

    def has_focus_inside(self) -> bool:
        """Whether the focus is in the field."""
        return self.has_focus

    def complaint(self) -> str:
        """What is wrong as far as the field itself can tell; "" when nothing is. It also shows it."""
        return ""

    def watch_error(self) -> None:
        """Make room for what is wrong."""
        self._resize_to_words()

    def watch_hint(self) -> None:
        """Make room for the hint."""
        self._resize_to_words()

    def on_resize(self) -> None:
        """Wrap what stands below anew."""
        self._resize_to_words()

    def _below(self) -> list[str]:
        mark = len(WRONG) if self.error else 0
        return words.wrap(self.error or self.hint, max(10, self.size.width - self.label_width - INDENT - mark))

    def _resize_to_words(self) -> None:
        height = 1 + max(1, len(self._below()))
        if self.styles.height is None or self.styles.height.value != height:
            self.styles.height = height

    def _value_line(self) -> Content:
        """What stands beside the label, where no child of the field draws it."""
        return Content("")

    def render(self) -> RenderResult:
        """The label, the value, and what is below."""
        first = words.plain(words.fit(self.label, self.label_width) + "  ", "$text-muted") + self._value_line()
        style = "$text-error" if self.error else "$text-muted"
        marks = [WRONG, " " * len(WRONG)] if self.error else ["", ""]
        left = " " * (self.label_width + INDENT)
        lines = [words.plain(left + marks[place > 0] + line, style) for place, line in enumerate(self._below())]
        return Content("\n").join([first, *lines])
