"""Screens that are one form."""

from __future__ import annotations

from models.i18n import _
from screens.base import DetailScreen
from screens.widgets.form import Form


class FormScreen(DetailScreen):
    """A form that begins with its first field. Leaving asks where something was typed."""

    @property
    def form(self) -> Form:
        """The fields."""
        return self.query_one(Form)

    def on_mount(self) -> None:
        """Begin with the first."""
        self.form.controls[0].focus_control()

    def would_lose(self) -> str:
        """What was typed."""
        return _("Discard what was typed?") if self.form.is_changed else ""
