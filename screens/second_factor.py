"""The second half of signing in: the password was right, and the code is still to come."""

from __future__ import annotations

from typing import ClassVar, Final

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.widgets import Input, Static

from models import clock
from models.actor import Actor, Proved
from models.clock import MINUTE, SECOND
from models.errors import ClockWrong, DataUnusable, Invalid, ShopstaffError, SignInLocked, WrongProof
from models.errors.proof import TOTP
from models.i18n import N_, _, ngettext
from models.operations import sessions
from models.queries import moments, security, shop
from models.rules import codes, totp
from screens.base import BareScreen, scheduled
from screens.widgets import words
from screens.widgets.field import Control, Field
from screens.widgets.form import Form
from screens.widgets.press import Press
from screens.widgets.verdict import Verdict

FIRST: Final = "code"
NEXT: Final = "next"
"""The names of the fields."""


class SecondFactorScreen(BareScreen):
    """Asks for a phone code, a recovery code in its place, or the reset code.

    Nothing is looked at before Enter: a typing error that submits itself would be one of five tries, and the first six characters of a
    recovery code may be digits. Answers what the sign-in screen is to say, "" for nothing; where the code is right, the person is in.

    Args:
        proved: whose password was right.
        kind: what is asked for, as `SecondFactorNeeded` says.
    """

    ABOUT = N_("Asks for your phone code, another every half minute, or for one of your recovery codes. Each is taken once.")
    CSS_PATH = "entry.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", N_("Back")),
        Binding(
            "ctrl+r",
            "two_codes",
            N_("Two codes in a row"),
            tooltip=N_("For a phone whose clock is wrong: two codes, one after the other, show by how much."),
        ),
    ]

    def __init__(self, proved: Proved, kind: str) -> None:
        super().__init__()
        self._proved = proved
        self._is_phone = kind == TOTP
        self._two = False
        self._busy = False

    def heading(self) -> str:
        """The shop, as on the screen before."""
        doorway = shop.doorway()
        return _("{shop} · Sign in").format(shop=doorway.name if doorway is not None else "Shopstaff")

    def compose_content(self) -> ComposeResult:
        """What is asked for, and a field for it; or two."""
        yield Static(words.plain(self._asked()), classes="said")
        yield Form(*self._fields(), submit=N_("Sign in"))
        yield Verdict()
        with Container(classes="presses"):
            yield Press(_("Sign in"), id="enter")
            if self._is_phone and not self._two:
                yield Press(_("Two codes in a row"), "ctrl+r", id="two")

    def _asked(self) -> str:
        if not self._is_phone:
            return _("The phone codes of {login} were reset. Type the reset code that you were handed.").format(login=self._proved.login)
        if self._two:
            return _(
                "The clock of your phone may be wrong. Type the code that it shows, wait for the next one and type that, too: if it is not "
                "more than 20 minutes off, its codes are good again."
            )
        return _("The password is right. Type the phone code that your app shows for {login}.").format(login=self._proved.login)

    def _fields(self) -> list[Field]:
        if self._two:
            return [Field(FIRST, _("First code")), Field(NEXT, _("Next code"))]
        if self._is_phone:
            hint = _("Six digits, others every half minute. Without your phone: one of your recovery codes.")
        else:
            hint = _("{length} letters and digits. Small or large letters, spaces and dashes make no difference.").format(
                length=codes.LENGTH
            )
        return [Field(FIRST, _("Phone code") if self._is_phone else _("Reset code"), hint=hint)]

    @property
    def form(self) -> Form:
        """What is asked for."""
        return self.query_one(Form)

    @property
    def verdict(self) -> Verdict:
        """The line below it."""
        return self.query_one(Verdict)

    def on_mount(self) -> None:
        """Type at once; say at once where phone codes are of no use."""
        self._begin()
        left = self._proved.at + sessions.PATIENCE - clock.now()
        self.set_timer(max(left, 0) / SECOND, self._give_up)
        if self._is_phone:
            try:
                moments.require_clock(clock.now())
            except ClockWrong as wrong:
                self.verdict.refuse(str(wrong))

    def _begin(self) -> None:
        self.form.controls[0].focus_control()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A code that was handed over has none that follows."""
        if action == "two_codes":
            return self._is_phone and not self._two
        return super().check_action(action, parameters)

    # ---- the way back

    def action_back(self) -> None:
        """From two codes to one, from there to the password."""
        if self._busy:
            return
        if self._two:
            self._ask_for(two=False)
        else:
            scheduled(self.dismiss(""))

    def _give_up(self) -> None:
        if not self._busy and self.is_active:
            scheduled(self.dismiss(self._too_late()))

    def _too_late(self) -> str:
        minutes = sessions.PATIENCE // MINUTE
        return _("That took longer than {minutes} minutes. Type your password again.").format(minutes=minutes)

    # ---- two codes

    @on(Press.Pressed, "#two")
    def action_two_codes(self) -> None:
        """Ask for two codes in a row."""
        if not self._busy:
            self._ask_for(two=True)

    @work(exclusive=True, group="form")
    async def _ask_for(self, *, two: bool) -> None:
        self._two = two
        await self.recompose()
        self._begin()
        self.refresh_bindings()

    # ---- signing in

    @on(Control.Changed)
    def _typed(self, event: Control.Changed) -> None:
        if event.value and not self._busy:
            self.verdict.clear()

    @on(Press.Pressed, "#enter")
    def _pressed(self) -> None:
        self.form.action_submit()

    @on(Form.Submitted)
    def _submitted(self) -> None:
        if self._busy:
            return
        if clock.now() > self._proved.at + sessions.PATIENCE:
            scheduled(self.dismiss(self._too_late()))
            return
        typed = [self.form.text(control.name or "") for control in self.form.controls]
        for control, code in zip(self.form.controls, typed, strict=True):
            if not code.strip():
                control.focus_control()
                return
        try:
            self._check(typed)
        except Invalid as wrong:  # not worth one of five tries
            self.form.show(wrong)
            return
        for control in self.form.controls:
            control.value = ""
        self._busy = True
        self._enter(typed)

    def _check(self, typed: list[str]) -> None:
        """Refuse what has not the form of a code.

        Raises:
            Invalid: says which field.
        """
        if not self._is_phone:
            if not codes.normalised(typed[0]):
                raise Invalid(FIRST, N_("A code has {length} letters and digits; this has another form."), length=codes.LENGTH)
        elif self._two:
            for name, code in zip((FIRST, NEXT), typed, strict=True):
                if not totp.normalised(code):
                    raise Invalid(name, N_("Six digits; this has another form."))
            if totp.normalised(typed[0]) == totp.normalised(typed[1]):
                raise Invalid(NEXT, N_("That is the same code: wait for the next one."))
        elif not (totp.normalised(typed[0]) or codes.normalised(typed[0])):
            raise Invalid(
                FIRST, N_("Six digits, or a recovery code of {length} letters and digits; this has another form."), length=codes.LENGTH
            )

    @work(group="change", description="code")  # without one, it would be the arguments: the code
    async def _enter(self, typed: list[str]) -> None:
        self.verdict.wait(_("Signing in …"))
        try:
            actor, left = await self.desk.in_shop(self._prove, typed)
        except (WrongProof, SignInLocked, ClockWrong) as refused:
            self.verdict.refuse(str(refused))
            self._begin()
        except DataUnusable as unusable:
            with self.prevent(Input.Changed):  # which would take away what is said now
                for control, code in zip(self.form.controls, typed, strict=True):
                    control.value = control.value or code  # nothing is wrong with it
            self.verdict.refuse(str(unusable))
        except ShopstaffError as refused:
            scheduled(self.dismiss(str(refused)))
        else:
            self._let_in(actor, left)
        finally:
            self._busy = False

    def _prove(self, typed: list[str]) -> tuple[Actor, int | None]:
        """Sign in; also how many recovery codes are left where one was used. Waits for the database, so not on the event loop."""
        stranger, terminal = self.desk.stranger, self.desk.terminal
        if self._two:
            return sessions.resynchronise(stranger, self._proved, *typed, terminal=terminal), None
        actor = sessions.second_factor(stranger, self._proved, *typed, terminal=terminal)
        used = self._is_phone and codes.normalised(typed[0])
        return actor, security.own(actor).recovery_left if used else None

    def _let_in(self, actor: Actor, left: int | None) -> None:
        try:
            self.desk.sign_in(actor)
        except ShopstaffError as refused:  # ended again already
            scheduled(self.dismiss(str(refused)))
            return
        if left is not None:
            said = ngettext("{count} recovery code is left.", "{count} recovery codes are left.", left).format(count=left)
            self.toast(f"{said} {_('Make new ones soon.')}" if left <= security.FEW_CODES else said)
