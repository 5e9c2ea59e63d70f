"""Changing one's own password."""

from __future__ import annotations

from textual import on, work
from textual.app import ComposeResult

from models.errors import Invalid, SignInLocked, WrongProof
from models.i18n import N_, _, ngettext
from models.operations import security as operations
from models.queries import security, sign_ins
from screens.base import DetailScreen, scheduled
from screens.widgets.control import Control
from screens.widgets.field import Field
from screens.widgets.form import Form
from screens.widgets.new_password import NewPassword, once_more, typed_twice
from screens.widgets.verdict import Verdict


class ChangePasswordScreen(DetailScreen):
    """The old password, and the new one twice. Answers True when it was changed."""

    SECTION = "me"
    AUTO_FOCUS = "Form Entry"
    CSS_PATH = "my_security.tcss"
    ABOUT = N_("Sets a new password. Nobody else knows it, and nobody can read it: whoever forgets it is given a code to set another.")

    def __init__(self) -> None:
        super().__init__()
        self._busy = False

    def heading(self) -> str:
        """What this is."""
        return _("Change the password")

    def compose_content(self) -> ComposeResult:
        """Three fields, and what becomes of them."""
        names, minimum = self.read(security.own_names), security.policy().policy.password_length
        yield Form(
            Field("old", _("Password until now"), password=True),
            NewPassword(_("New password"), lambda: names, minimum=minimum),
            once_more(),
            submit=N_("Change"),
        )
        yield Verdict()

    @property
    def form(self) -> Form:
        """What is asked for."""
        return self.query_one(Form)

    def would_lose(self) -> str:
        """What was typed."""
        return _("Discard what was typed?") if self.form.is_changed else ""

    @on(Control.Changed)
    def _typed(self) -> None:
        if not self._busy:
            self.query_one(Verdict).clear()

    @on(Form.Submitted)
    @work(group="change")
    async def _submitted(self, event: Form.Submitted) -> None:
        if self._busy:
            return
        self._busy = True
        self.query_one(Verdict).wait(_("Changing …"))
        try:
            with self.refusals_shown(event.form):
                await self._change(event.form)
        finally:
            self._busy = False
            for verdict in self.query(Verdict):  # none where one was signed out meanwhile
                verdict.clear()

    async def _change(self, form: Form) -> None:
        old = form.text("old")
        if not old:
            raise Invalid("old", N_("Type the password that you signed in with."))
        new = typed_twice(form)
        others = len(self.read(sign_ins.open_sessions)) - 1
        try:
            await self.ask(operations.change_password, old, new)
        except WrongProof:
            raise Invalid("old", N_("That is not your password.")) from None
        except SignInLocked as locked:
            self._say_beside_old(form, str(locked))
            return
        said = [_("Your password is changed.")]
        if others > 0:
            said.append(ngettext("Your other session was ended.", "Your {n} other sessions were ended.", others).format(n=others))
        self.toast(" ".join(said))
        scheduled(self.dismiss(True))

    @staticmethod
    def _say_beside_old(form: Form, said: str) -> None:
        if (field := form.control_named("old")) is not None:
            field.error = said
            field.focus_control()
