"""Why somebody may, or may not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, cast

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, VerticalScroll
from textual.widgets import Static

from models.catalogue import area_label, permissions
from models.errors import ShopstaffError
from models.explain import explain
from models.i18n import N_, _
from models.queries import access, asking, shop
from models.queries.asking import Offer
from models.rules.access import Verdict
from screens.desk import Desk
from screens.dialogs._dialog import Dialog
from screens.dialogs.choose import Option
from screens.later import scheduled
from screens.sections import load
from screens.widgets import words
from screens.widgets.press import Press


def permission_options(verdicts: Mapping[str, Verdict]) -> list[Option]:
    """Every permission, to choose one of, with whether the person of those verdicts may use it."""
    marks = {code: words.MAY if code in verdicts and verdicts[code].allowed else words.MAY_NOT for code in permissions()}
    return [Option(code, f"{marks[code]} {each.label}", area_label(each.area), also=code) for code, each in permissions().items()]


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

    BINDINGS: ClassVar[list[BindingType]] = [Binding("r", "ask_for_it", N_("Ask for it"))]

    def __init__(self, staff_id: int, code: str) -> None:
        super().__init__()
        self._staff_id = staff_id
        self._code = code
        self._allowed = False
        self._offer: Offer | None = None

    def compose(self) -> ComposeResult:
        """What the permission is, the answer, and the ways out."""
        answer = self._answer()
        self._offer = self._find_offer()
        with Container(classes="box"):
            permission = permissions().get(self._code)
            risk = words.plain(f"  {words.HIGH_RISK}", "$text-error") if permission and permission.high_risk else ""
            yield Static(words.join(permission.label if permission else self._code, risk), classes="title")
            yield Static(words.plain(permission.consequence if permission else ""), classes="about")
            with VerticalScroll(classes="lines"):
                yield Static(words.plain("\n".join(answer)))
            with Container(classes="buttons"):
                if self._offer is not None:
                    yield Press(_("Ask for it"), "r", id="ask")
                yield Press(_("Close"), "esc", id="close")

    def _answer(self) -> list[str]:
        actor = cast("Desk", self.app).actor
        if actor is None:
            return []
        try:
            why = access.why(actor, self._staff_id, self._code)
        except ShopstaffError as refused:
            return [str(refused)]
        self._allowed = why.verdict.allowed
        first, *rest = explain(why, shop.zone())
        return [f"{words.MAY if why.verdict.allowed else words.MAY_NOT} {first}", *rest]

    def _find_offer(self) -> Offer | None:
        """What one may ask for oneself, where the answer is no."""
        actor = cast("Desk", self.app).actor
        if actor is None or actor.staff_id != self._staff_id:
            return None
        try:
            offers = asking.offers(actor)
        except ShopstaffError:  # the answer says the same, in its own words
            return None
        found = (offer for offer in offers if offer.subject.role_id is None and offer.subject.key == self._code)
        return next((offer for offer in found if not self._allowed), None)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only what one lacks, and may have, can be asked for."""
        if action == "ask_for_it":
            return self._offer is not None
        return super().check_action(action, parameters)

    @on(Press.Pressed, "#ask")
    def action_ask_for_it(self) -> None:
        """Go on to asking for it."""
        screen: Any = load("screens.request_new:RequestNewScreen")
        app, offer = self.app, self._offer
        self.action_cancel()
        scheduled(app.push_screen(screen(offer)))

    def on_mount(self) -> None:
        """The way out has the focus."""
        self.query_one("#close", Press).focus()

    @on(Press.Pressed, "#close")
    def _close_pressed(self) -> None:
        self.action_cancel()
