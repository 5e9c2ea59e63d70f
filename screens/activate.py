"""Activating an account: a code that was handed over, and a password of one's own."""

from __future__ import annotations

from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from models.actor import Actor
from models.errors import CodeRefused, Invalid
from models.i18n import N_, _
from models.operations import sessions
from models.queries import shop
from models.rules import codes
from screens.base import BareScreen, scheduled
from screens.dialogs.confirm import Confirm
from screens.widgets import words
from screens.widgets.field import Field
from screens.widgets.form import Form
from screens.widgets.new_password import NewPassword, once_more, typed_twice


class ActivateScreen(BareScreen):
    """Sets somebody's own password and signs them in.

    Args:
        login: what was typed on the sign-in screen already.
        code: the account's code, where the sample shop knows it.
    """

    ABOUT = N_("Sets your own password with the code that you were handed. The code works once; whoever gave it to you can make another.")
    CSS_PATH = "entry.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "back", N_("Back"))]

    def __init__(self, login: str = "", code: str = "") -> None:
        super().__init__()
        self._login = login
        self._code = code
        self._busy = False

    def heading(self) -> str:
        """What this is, and where."""
        doorway = shop.doorway()
        return _("{shop} · Activate an account").format(shop=doorway.name if doorway is not None else "Shopstaff")

    def compose_content(self) -> ComposeResult:
        """Login and code, and the new password twice."""
        said = _("You were handed a login and a code. Choose a password of your own: nobody else will know it.")
        yield Static(words.plain(said), classes="said")
        code = _("{length} letters and digits. Small or large letters, spaces and dashes make no difference.").format(length=codes.LENGTH)
        yield Form(
            Field("login", _("Login"), value=self._login),
            Field("code", _("Code"), value=self._code, hint=code),
            NewPassword(_("Password"), self._known),
            once_more(),
            submit=N_("Activate"),
        )
        yield Static("", classes="refused")

    def _known(self) -> list[str]:
        doorway = shop.doorway()
        return [str(self.form.values().get("login") or ""), doorway.name if doorway is not None else ""]

    @property
    def form(self) -> Form:
        """What is asked for."""
        return self.query_one(Form)

    def on_mount(self) -> None:
        """Type what is missing."""
        missing = next((control for control in self.form.controls if not control.value), self.form.controls[0])
        missing.focus_control()

    def would_lose(self) -> str:
        """What was typed."""
        typed = any(self.form.text(name) for name in ("password", "again")) or self.form.text("code") != self._code
        return _("Discard what you typed?") if typed else ""

    @work(exclusive=True, group="dialog")
    async def action_back(self) -> None:
        """Go back to signing in; asks only when something was typed."""
        lost = self.would_lose()
        if not lost or await self.app.push_screen_wait(Confirm(lost, yes_label=_("Discard"))):
            scheduled(self.dismiss(None))

    @on(Form.Submitted)
    @work(group="change")
    async def _submitted(self, event: Form.Submitted) -> None:
        if self._busy:
            return
        self._busy = True
        self._say(_("Activating …"), "$text-muted")
        said = ""
        with self.refusals_shown(event.form):
            try:
                await self._activate(event.form)
            except CodeRefused as refused:
                said = f"{words.MAY_NOT} {refused}"
        self._busy = False
        self._say(said)

    async def _activate(self, form: Form) -> None:
        code = form.text("code")
        if not codes.normalised(code):
            raise Invalid("code", N_("A code has {length} letters and digits; this has another form."), length=codes.LENGTH)
        password = typed_twice(form)
        actor = await self.desk.in_shop(activate_and_enter, self.desk.stranger, form.text("login"), code, password, self.desk.terminal)
        self.desk.sign_in(actor)

    def _say(self, text: str, style: str = "") -> None:
        for line in self.query(".refused").results(Static):  # none where the person is in and this screen is gone
            line.update(words.plain(text, style))


def activate_and_enter(stranger: Actor, login: str, code: str, password: str, terminal: str) -> Actor:
    """Activate an account and sign its person in.

    Raises:
        CodeRefused: whatever the reason.
        PasswordWeak: the password would be guessed; the code is still good.
    """
    sessions.activate(stranger, login, code, password)
    return sessions.sign_in(stranger, login, password, terminal=terminal)
