"""Setting up one's phone codes: at sign-in where the shop asks for it, or to replace the phone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Final

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Horizontal, VerticalScroll
from textual.widgets import Static

from models.errors import (
    ClockWrong,
    DataUnusable,
    Invalid,
    SessionEnded,
    SessionLocked,
    ShopstaffError,
    SignInLocked,
    TotpMissing,
    WrongProof,
)
from models.i18n import N_, _
from models.operations import totp as operations
from models.operations.totp import Enrolment
from models.queries import security
from models.queries.security import Own
from models.rules import totp
from screens.base import DetailScreen, scheduled
from screens.dialogs.confirm import Confirm
from screens.plain import PlainScreen
from screens.recovery_codes import RecoveryCodesScreen
from screens.widgets import words
from screens.widgets.field import Control, Field
from screens.widgets.form import Form
from screens.widgets.press import Press
from screens.widgets.qr import QrCode
from screens.widgets.said import Said
from screens.widgets.verdict import Verdict

GROUPS: Final = 4
"""Groups of the key in a line: half of it."""


class EnrolTotpScreen(DetailScreen):
    """Shows the key as a picture and in letters, and turns phone codes on, or over to this phone, once a code proves that it is there.

    Makes recovery codes afterwards, unless there are enough. Answers True when the codes are on the phone, False when they were left as
    they were.
    """

    ABOUT = N_(
        "Sets up phone codes. Any authenticator app does, and it works without internet. From then on a phone code is asked for beside "
        "your password."
    )
    CSS_PATH = "entry.tcss"

    def __init__(self) -> None:
        super().__init__()
        self._enrolment: Enrolment | None = None
        self._busy = False

    def heading(self) -> str:
        """What this is."""
        return _("Phone codes (TOTP)")

    def compose_content(self) -> ComposeResult:
        """The picture on the left; what to do with it, and the field, beside it."""
        with Horizontal(classes="phone"):
            yield QrCode()
            with VerticalScroll(classes="beside", can_focus=False):
                for said in self._why():
                    yield Static(words.plain(said), classes="said why")
                yield Static(words.plain(_("Scan this with an authenticator app, any that you like.")), classes="said")
                yield Static(words.plain(_("Without a camera, type the key into it:")), classes="said")
                yield Said(classes="key")
                yield Static(words.plain(_("Then type the six digits that it shows. It needs no internet.")), classes="said")
                yield Form(Field("code", _("Phone code")), submit=N_("Turn on"))
                yield Verdict()

    def _why(self) -> Sequence[str]:
        """Why somebody was led here, already translated; nothing for whoever came by themselves."""
        return ()

    @property
    def form(self) -> Form:
        """The field for the code."""
        return self.query_one(Form)

    @property
    def verdict(self) -> Verdict:
        """The line below it."""
        return self.query_one(Verdict)

    def on_mount(self) -> None:
        """Make a key, and type at once."""
        self.form.controls[0].focus_control()
        self._begin()

    async def recompose(self) -> None:
        """In another language, with the same key."""
        await super().recompose()
        self._show_key()
        self.form.controls[0].focus_control()

    def _show_key(self) -> None:
        made = self._enrolment
        self.query_one(QrCode).show(made.uri if made else "")
        groups = made.secret.split() if made else []
        lines = [" ".join(groups[start : start + GROUPS]) for start in range(0, len(groups), GROUPS)]
        self.query_one(".key", Said).update(words.plain("\n".join(lines), "bold"))
        self._keep_in_view()

    @on(events.Resize)
    def _keep_in_view(self) -> None:
        """On a small terminal what is typed, and what is said of it, is below what to do."""
        self.call_after_refresh(self.query_one(".beside", VerticalScroll).scroll_end, animate=False)

    @work(group="change")
    async def _begin(self) -> None:
        self._busy = True
        try:
            with self.refusals_shown():
                try:
                    self._enrolment = await self.ask(operations.begin)
                except (SessionEnded, SessionLocked):
                    raise
                except ShopstaffError as refused:
                    self.not_begun(refused)
                    return
                self._show_key()
                self.verdict.clear()
        finally:
            self._busy = False

    def not_begun(self, refused: ShopstaffError) -> None:
        """There is nothing to do here without a key: close, and say why there is none.

        Raises:
            ShopstaffError: `refused`.
        """
        scheduled(self.dismiss(False))
        raise refused

    # ---- the code

    @on(Control.Changed)
    def _typed(self, event: Control.Changed) -> None:
        if event.value and not self._busy:
            self.verdict.clear()

    @on(Form.Submitted)
    def _submitted(self) -> None:
        code = self.form.text("code")
        if self._busy:
            return
        if self._enrolment is None:
            self._begin()
        elif not code.strip():
            return
        elif not totp.normalised(code):
            self.form.show(Invalid("code", N_("Six digits; this has another form.")))
        else:
            self.form.controls[0].value = ""
            self._busy = True
            self._confirm(code)

    @work(group="change", description="code")  # without one, it would be the arguments: the code
    async def _confirm(self, code: str) -> None:
        self.verdict.wait(_("Looking …"))
        try:
            with self.refusals_shown():
                try:
                    await self.ask(operations.confirm, code)
                except WrongProof:
                    self._refuse(_("That is not what the app shows now for this key."))
                except (SignInLocked, ClockWrong, DataUnusable) as refused:
                    self._refuse(str(refused))
                except TotpMissing:  # it was ended, or completed, elsewhere meanwhile
                    self._begin()
                else:
                    self._go_on(self.read(security.own))
        finally:
            self._busy = False

    def _refuse(self, said: str) -> None:
        self.verdict.refuse(said)
        self._keep_in_view()

    def _go_on(self, own: Own) -> None:
        self._enrolment = None
        if own.few_codes:
            scheduled(self.app.push_screen(RecoveryCodesScreen(), self._kept))
        else:
            self._kept()

    def _kept(self, _answer: object = None) -> None:
        """Recovery codes are there, or were left for later."""
        self.toast(_("Your phone codes are on: they are asked for from now on."))
        self.finish(done=True)

    def finish(self, *, done: bool) -> None:
        """Go back to where one came from."""
        scheduled(self.dismiss(done))

    @work(exclusive=True, group="dialog")
    async def action_back(self) -> None:
        """Leave everything as it is."""
        if not self._busy:
            self.finish(done=False)


class EnrolFirstScreen(EnrolTotpScreen):
    """The same on the way in: nothing else can be done before, save by the owner, who may put it off."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "back", N_("Sign out"))]

    def __init__(self) -> None:
        super().__init__()
        self._must = True

    @property
    def key_labels(self) -> dict[str, str]:
        """What `esc` does here."""
        return {} if self._must else {"back": N_("Later")}

    def compose_content(self) -> ComposeResult:
        """As ever, and a way past it for the owner."""
        with self.refusals_shown():
            self._must = self.read(security.own).enrolling
        yield from super().compose_content()
        if not self._must:
            with Container(classes="presses"):
                yield Press(_("Later"), "esc", id="later")

    def _why(self) -> Sequence[str]:
        if self._must:
            return (_("For what you may do here, the shop asks for more than a password."),)
        return (_("The shop is yours: protect your account by more than a password."),)

    def refresh_top(self) -> None:
        """What one may do is not known before this is done."""
        PlainScreen.refresh_top(self)

    def would_lose(self) -> str:
        """Whoever must, and does not, cannot stay."""
        return _("Sign out? Before you have set this up, there is nothing that you can do here.") if self._must else ""

    def not_begun(self, refused: ShopstaffError) -> None:
        """There is nowhere else to go: say why, and let Enter try again."""
        self.verdict.refuse(str(refused))

    def finish(self, *, done: bool) -> None:  # noqa: ARG002  either way is the way in
        """Go in."""
        with self.refusals_shown():
            self.desk.enter()

    @on(Press.Pressed, "#later")
    def _later(self) -> None:
        self.action_back()

    @work(exclusive=True, group="dialog")
    async def action_back(self) -> None:
        """Put it off, or sign out; that asks."""
        if self._busy:
            return
        if self._must:
            if await self.app.push_screen_wait(Confirm(self.would_lose(), yes_label=_("Sign out"))):
                self.desk.sign_out()
            return
        with self.refusals_shown():
            await self.ask(operations.put_off)
            self.toast(_("You are reminded in a week."))
            self.finish(done=False)
