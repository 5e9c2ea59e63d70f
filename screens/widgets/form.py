"""Forms: labelled fields, with what is wrong beside the field it is wrong in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Final

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.message import Message
from textual.widget import Widget

from models.errors import Wrong
from models.i18n import N_
from screens.widgets import words
from screens.widgets.field import Control, Value

LABEL_LEAST: Final = 8
LABEL_MOST: Final = 22


class Form(VerticalScroll, can_focus=False):
    """Fields under each other. Enter goes on to the next one and, in the last, submits; ctrl+s submits from anywhere.

    Children are `Field`, `Choice`, `TickBox` and whatever else is to stand between them.
    """

    DEFAULT_CSS = """
    Form { height: 1fr; width: 1fr; padding: 1 1 0 1; overflow: hidden auto; scrollbar-size-vertical: 1; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "submit", N_("Save")),
        Binding("up", "previous", show=False),
        Binding("down", "next", show=False),
    ]

    class Submitted(Message):
        """The form is to be acted on.

        Attributes:
            form: the form; `form.values()` is what stands in it.
        """

        def __init__(self, form: Form) -> None:
            super().__init__()
            self.form: Final = form

        @property
        def control(self) -> Form:
            """The form, for `@on(..., "#id")`."""
            return self.form

    def __init__(self, *children: Widget, submit: str = N_("Save"), id: str | None = None, classes: str | None = None) -> None:
        super().__init__(*children, id=id, classes=classes)
        self.key_labels = {"submit": submit}
        self._at_first: Mapping[str, Value] = {}

    @property
    def controls(self) -> list[Control]:
        """The fields that are shown, from top to bottom."""
        return [control for control in self.query(Control) if control.display]

    def control_named(self, name: str) -> Control | None:
        """The field of that name, if there is one."""
        return next((control for control in self.query(Control) if control.name == name), None)

    def values(self) -> dict[str, Value]:
        """What stands in the fields, by their names; fields that are not shown are left out."""
        return {control.name or "": control.value for control in self.controls}

    def text(self, name: str) -> str:
        """What stands in a field, as text.

        Raises:
            KeyError: there is no such field.
        """
        control = self.control_named(name)
        if control is None:
            raise KeyError(name)
        return str(control.value or "")

    def fill(self, values: Mapping[str, Value]) -> None:
        """Put values into the fields; `is_changed` counts from here."""
        for control in self.query(Control):
            if (name := control.name or "") in values:
                control.value = values[name]
        self._at_first = self.values()

    @property
    def is_changed(self) -> bool:
        """Whether anything was typed since the form was filled."""
        return dict(self._at_first) != self.values()

    def on_mount(self) -> None:
        """Align the fields under each other."""
        widest = max((words.width(control.label) for control in self.query(Control)), default=0)
        for control in self.query(Control):
            control.label_width = max(LABEL_LEAST, min(widest, LABEL_MOST))
        if not self._at_first:
            self._at_first = self.values()

    def show(self, error: Wrong) -> bool:
        """Put what is wrong beside its field and go there; whether there is such a field."""
        control = self.control_named(error.field)
        if control is None or not control.display:
            return False
        self.clear()
        control.error = str(error)
        control.focus_control()
        return True

    def clear(self) -> None:
        """Take away what was said to be wrong."""
        for control in self.query(Control):
            control.error = ""

    def action_submit(self) -> None:
        """Submit, unless a field already says what is wrong in it."""
        for control in self.controls:
            if control.complaint():
                control.focus_control()
                return
        self.clear()
        self.post_message(self.Submitted(self))

    def action_next(self) -> None:
        """Go to the next field."""
        self._step(1)

    def action_previous(self) -> None:
        """Go to the field before."""
        self._step(-1)

    def _step(self, by: int) -> bool:
        controls = [control for control in self.controls if not control.disabled]
        at = next((place for place, control in enumerate(controls) if control.has_focus_inside()), -1)
        if 0 <= at + by < len(controls):
            controls[at + by].focus_control()
            return True
        return False

    @on(Control.Done)
    def _done(self, event: Control.Done) -> None:
        event.stop()
        if not self._step(1):
            self.action_submit()
