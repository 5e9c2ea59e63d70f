"""What forms are made of: a line to type into, a choice, a box to tick."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.widgets import Input

from models.i18n import _
from screens.widgets.choice import Choice, TickBox
from screens.widgets.control import Control, Value
from screens.widgets.entry import Entry

__all__ = ["Choice", "Control", "Field", "TickBox", "Value"]


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
