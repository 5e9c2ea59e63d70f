"""One field."""

from __future__ import annotations

from collections.abc import Callable

from textual import on
from textual.app import ComposeResult
from textual.containers import Container
from textual.widgets import Static

from models.errors import Wrong
from models.i18n import _
from screens.dialogs._dialog import Dialog
from screens.later import scheduled
from screens.widgets import words
from screens.widgets.field import Control, Field
from screens.widgets.press import Press


class Ask(Dialog[str | None]):
    """Asks for one line. Answers it, or None.

    Args:
        title: already translated.
        label: what the line is, already translated.
        name: the field's name, as models call it in what they raise.
        check: raises `Wrong` for what cannot be used; the line is then kept and the reason shown below it.
        error: what was wrong with `value`, already translated; for asking again.
    """

    def __init__(  # noqa: PLR0913  what a field and a dialog need together
        self,
        title: str,
        *,
        label: str,
        name: str = "",
        value: str = "",
        hint: str = "",
        limit: int = 0,
        password: bool = False,
        yes_label: str = "",
        check: Callable[[str], object] | None = None,
        error: str = "",
    ) -> None:
        super().__init__()
        self._title = title
        self._yes_label = yes_label
        self._check = check
        self._error = error
        self._field = Field(name, label, value=value, hint=hint, limit=limit, password=password)

    def compose(self) -> ComposeResult:
        """The field, and two ways out."""
        with Container(classes="box"):
            yield Static(words.plain(self._title), classes="title")
            yield self._field
            with Container(classes="buttons"):
                yield Press(_("Cancel"), "esc", id="cancel")
                yield Press(self._yes_label or _("Done"), "enter", id="yes")

    def on_mount(self) -> None:
        """Type at once."""
        self._field.label_width = min(22, words.width(self._field.label))
        self._field.error = self._error
        self._field.focus_control()

    @on(Control.Done)
    @on(Press.Pressed, "#yes")
    def _done(self) -> None:
        if self._field.complaint():
            self._field.focus_control()
            return
        try:
            if self._check is not None:
                self._check(self._field.value)
        except Wrong as error:
            self._field.error = str(error)
            self._field.focus_control()
            return
        scheduled(self.dismiss(self._field.value))

    @on(Press.Pressed, "#cancel")
    def _cancelled(self) -> None:
        self.action_cancel()
