"""Why somebody may, or may not."""

from __future__ import annotations

from typing import cast

from textual import on
from textual.app import ComposeResult
from textual.containers import Container, VerticalScroll
from textual.widgets import Static

from models.catalogue import permissions
from models.errors import ShopstaffError
from models.explain import explain
from models.i18n import _
from models.queries import access, shop
from screens.desk import Desk
from screens.dialogs._dialog import Dialog
from screens.widgets import words
from screens.widgets.press import Press


class WhyDialog(Dialog[None]):
    """Answers for one person and one permission: allowed or not, through what, what is in the way, and who could give it.

    Args:
        staff_id: the person.
        code: the permission's.
    """

    DEFAULT_CSS = """
    WhyDialog > .box { width: 76; }
    WhyDialog .about { height: auto; width: 100%; color: $text-muted; margin-bottom: 1; }
    WhyDialog .lines { height: auto; max-height: 14; scrollbar-size-vertical: 1; }
    WhyDialog .lines Static { height: auto; width: 100%; }
    """

    def __init__(self, staff_id: int, code: str) -> None:
        super().__init__()
        self._staff_id = staff_id
        self._code = code

    def compose(self) -> ComposeResult:
        """What the permission is, the answer, and the way out."""
        with Container(classes="box"):
            permission = permissions().get(self._code)
            risk = words.plain(f"  {words.HIGH_RISK}", "$text-error") if permission and permission.high_risk else ""
            yield Static(words.join(permission.label if permission else self._code, risk), classes="title")
            yield Static(words.plain(permission.consequence if permission else ""), classes="about")
            with VerticalScroll(classes="lines"):
                yield Static(words.plain("\n".join(self._answer())))
            with Container(classes="buttons"):
                yield Press(_("Close"), "esc", id="close")

    def _answer(self) -> list[str]:
        actor = cast("Desk", self.app).actor
        if actor is None:
            return []
        try:
            why = access.why(actor, self._staff_id, self._code)
        except ShopstaffError as refused:
            return [str(refused)]
        first, *rest = explain(why, shop.zone())
        return [f"{words.MAY if why.verdict.allowed else words.MAY_NOT} {first}", *rest]

    def on_mount(self) -> None:
        """The way out has the focus."""
        self.query_one("#close", Press).focus()

    @on(Press.Pressed, "#close")
    def _close_pressed(self) -> None:
        self.action_cancel()
