"""Activating an account, or coming back after a reset: a code that was handed over, and a password of one's own."""

from __future__ import annotations

from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from models.errors import CodeRefused, Invalid, SecondFactorNeeded, ShopstaffError, SignInLocked
from models.i18n import N_, _
from models.operations import sessions
from models.queries import security, shop
from models.rules import codes
from screens.base import BareScreen, scheduled
from screens.dialogs.confirm import Confirm
from screens.second_factor import SecondFactorScreen
from screens.widgets import words
from screens.widgets.field import Field
from screens.widgets.form import Form
from screens.widgets.new_password import NewPassword, once_more, typed_twice
from screens.widgets.verdict import Verdict


class ActivateScreen(BareScreen):
    """Sets somebody's own password and signs them in.

    Answers what comes next where that is not all: the second factor, or what the sign-in screen is to say.

    Args:
        login: what was typed on the sign-in screen already.
        code: the account's code, where the sample shop knows it.
    """

    ABOUT = N_(
        "Sets your own password with the activation or reset code that you were handed. The code works once; whoever gave it to you can "
        "make another."
    )
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
        said = _("You were handed an activation or reset code. Choose a password of your own: nobody else will know it.")
        yield Static(words.plain(said), classes="said")
        code = _("{length} letters and digits. Small or large letters, spaces and dashes make no difference.").format(length=codes.LENGTH)
        yield Form(
            self._whose(),
            Field("code", _("Your code"), value=self._code, hint=code),
            NewPassword(_("Password"), self._known, minimum=security.policy().policy.password_length),
            once_more(),
            submit=N_("Activate"),
        )
        yield Verdict()

    def _whose(self) -> Field:
        """Whose account it is: where a device key tells it, nobody else's."""
        field = Field("login", _("Login"), value=self._login)
        field.disabled = self.desk.comes_as is not None
        return field

    def _known(self) -> list[str]:
        doorway = shop.doorway()
        return [str(self.form.values().get("login") or ""), doorway.name if doorway is not None else ""]

    @property
    def key_labels(self) -> dict[str, str]:
        """What `esc` does where there is no signing in to go back to."""
        knock = self.desk.comes_as
        return {"back": N_("Leave")} if knock is not None and knock.invited else {}

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
        verdict = self.query_one(Verdict)
        verdict.wait(_("Activating …"))
        said = ""
        with self.refusals_shown(event.form):
            try:
                await self._activate(event.form)
            except CodeRefused as refused:
                self._refuse(event.form, str(refused))
            except SignInLocked as refused:
                said = str(refused)
            else:
                await self._enter(event.form)
                return
        self._busy = False
        verdict.clear()
        if said:
            verdict.refuse(said)

    @staticmethod
    def _refuse(form: Form, said: str) -> None:
        """Say it beside the code, which is where one was mistaken most likely."""
        if (code := form.control_named("code")) is not None:
            code.error = said
            code.focus_control()

    async def _activate(self, form: Form) -> None:
        code = form.text("code")
        if not codes.normalised(code):
            raise Invalid("code", N_("A code has {length} letters and digits; this has another form."), length=codes.LENGTH)
        password = typed_twice(form)
        await self.desk.in_shop(sessions.activate, self.desk.stranger, form.text("login"), code, password)

    async def _enter(self, form: Form) -> None:
        """Sign in with the password that was just set; where that is not enough, or refused, go on from the sign-in screen."""
        login, password = form.text("login"), form.text("password")
        form.fill({"code": "", "password": "", "again": ""})  # they are kept in memory long after nobody sees them
        try:
            self.desk.sign_in(await self.desk.in_shop(sessions.sign_in, self.desk.stranger, login, password, terminal=self.desk.terminal))
        except SecondFactorNeeded as needed:
            scheduled(self.dismiss(SecondFactorScreen(needed.proved, needed.kind)))
        except ShopstaffError as refused:
            scheduled(self.dismiss(_("Your password is set. {refused}").format(refused=refused)))
