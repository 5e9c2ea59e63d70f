"""What forms are made of: a line to type into, a choice, a box to tick. Each draws its own label, and what is wrong, itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar, Final

from textual import events, on, work
from textual.app import ComposeResult, RenderResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Input

from models.i18n import N_, _
from screens.dialogs.choose import Choose, Option
from screens.widgets import words
from screens.widgets.entry import Entry

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
        self.label: Final = label
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


class Field(Control):
    """A line to type into.

    Args:
        value: what stands in it at first.
        password: shown as dots, never copied.
        limit: the most characters; longer text is kept and complained about, never cut.
        placeholder: shown while it is empty; already translated.
    """

    DEFAULT_CSS = """
    Field > Entry { margin: 0 0 0 12; }
    """

    def __init__(  # noqa: PLR0913  what a line to type into can be is all said here
        self,
        name: str,
        label: str,
        *,
        value: str = "",
        hint: str = "",
        password: bool = False,
        limit: int = 0,
        placeholder: str = "",
        id: str | None = None,
    ) -> None:
        super().__init__(name, label, hint=hint, id=id)
        self._limit = limit
        self._entry = Entry(value, password=password, placeholder=placeholder)

    def compose(self) -> ComposeResult:
        """The line itself."""
        yield self._entry

    @property
    def value(self) -> str:
        """What was typed."""
        return self._entry.value

    @value.setter
    def value(self, value: Value) -> None:
        self._entry.value = "" if value is None else str(value)

    @property
    def entry(self) -> Entry:
        """The line itself."""
        return self._entry

    def focus_control(self) -> None:
        """Put the focus into the line."""
        self._entry.focus()

    def has_focus_inside(self) -> bool:
        """Whether the focus is in the line."""
        return self._entry.has_focus

    def watch_label_width(self, width: int) -> None:
        """Begin the line where the label ends."""
        self._entry.styles.margin = (0, 0, 0, width + 2)

    def complaint(self) -> str:
        """Too long, or nothing."""
        length = len(self.value)
        too_long = self._limit and length > self._limit
        self.error = _("At most {limit} characters; this has {length}.").format(limit=self._limit, length=length) if too_long else ""
        return self.error

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        if self.error or (self._limit and len(event.value) > self._limit):
            self.complaint()
        self.post_message(self.Changed(self, event.value))

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        self.post_message(self.Done())


class _Line(Control, can_focus=True):
    """A field that is one line and has the focus itself."""

    DEFAULT_CSS = ""

    def watch_has_focus(self, value: bool) -> None:  # noqa: FBT001  Textual's
        """Show where the focus is."""
        super().watch_has_focus(value)
        self.refresh()

    def watch_label_width(self) -> None:
        """Draw again, further left or right."""
        self.refresh()

    def _look(self) -> str:
        return "$accent reverse" if self.has_focus else ""


class Choice(_Line):
    """One out of several: left and right go through them, Enter opens them as a list.

    Args:
        options: pairs of key and label, already translated; or a function that makes them when they are asked for.
        value: the key that is chosen at first.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", N_("Choose")),
        Binding("left", "turn(-1)", show=False),
        Binding("right,space", "turn(1)", show=False),
    ]

    chosen: reactive[str | int | None] = reactive(None, init=False)

    def __init__(
        self,
        name: str,
        label: str,
        options: Sequence[tuple[str | int, str]] | Callable[[], Sequence[tuple[str | int, str]]],
        *,
        value: str | int | None = None,
        hint: str = "",
        id: str | None = None,
    ) -> None:
        super().__init__(name, label, hint=hint, id=id)
        self._given = options
        self.set_reactive(Choice.chosen, value)

    @property
    def options(self) -> Sequence[tuple[str | int, str]]:
        """What can be chosen now."""
        return self._given() if callable(self._given) else self._given

    @property
    def value(self) -> str | int | None:
        """The key of what is chosen."""
        return self.chosen

    @value.setter
    def value(self, value: Value) -> None:
        self.chosen = value

    def watch_chosen(self, chosen: str | int | None) -> None:
        """Tell of it."""
        self.error = ""
        self.post_message(self.Changed(self, chosen))

    def _value_line(self) -> Content:
        label = next((label for key, label in self.options if key == self.chosen), "")
        return words.plain(f" < {label or _('none')} > ", self._look())

    def action_turn(self, by: int) -> None:
        """Choose the next one, or the one before."""
        keys = [key for key, _label in self.options]
        if keys:
            at = keys.index(self.chosen) if self.chosen in keys else (-1 if by > 0 else 0)
            self.chosen = keys[(at + by) % len(keys)]

    @work(exclusive=True)
    async def action_open(self) -> None:
        """Choose from a list."""
        options = [Option(key, label) for key, label in self.options]
        picked = await self.app.push_screen_wait(Choose(self.label, options, current=self.chosen))
        if picked is not None:
            self.chosen = picked
            self.post_message(self.Done())


class TickBox(_Line):
    """Yes or no: space ticks it.

    Args:
        value: whether it is ticked at first.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "tick", N_("Tick")),
        Binding("enter", "done", show=False),
    ]

    ticked: reactive[bool] = reactive(False, init=False)

    def __init__(self, name: str, label: str, *, value: bool = False, hint: str = "", id: str | None = None) -> None:
        super().__init__(name, label, hint=hint, id=id)
        self.set_reactive(TickBox.ticked, value)

    @property
    def value(self) -> bool:
        """Whether it is ticked."""
        return self.ticked

    @value.setter
    def value(self, value: Value) -> None:
        self.ticked = bool(value)

    def watch_ticked(self, ticked: bool) -> None:  # noqa: FBT001  Textual's
        """Tell of it."""
        self.error = ""
        self.post_message(self.Changed(self, ticked))

    def _value_line(self) -> Content:
        return words.plain(f" {words.MAY if self.ticked else '·'} ", self._look())

    def action_tick(self) -> None:
        """Tick it, or take the tick away."""
        self.ticked = not self.ticked

    def action_done(self) -> None:
        """Go on to the next field."""
        self.post_message(self.Done())

    def on_click(self, event: events.Click) -> None:
        """A click ticks."""
        event.stop()
        self.action_tick()
