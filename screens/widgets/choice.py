"""Fields that hold no text: one out of several, and yes or no."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import events, work
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.reactive import reactive

from models.i18n import N_, _
from screens.later import later
from screens.widgets import words
from screens.widgets.control import Control, Value

if TYPE_CHECKING:
    from screens.dialogs import choose
else:  # not needed before it is opened
    choose = later("screens.dialogs.choose")


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
        options = [choose.Option(key, label) for key, label in self.options]
        picked = await self.app.push_screen_wait(choose.Choose(self.label, options, current=self.chosen))
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
