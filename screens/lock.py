"""The screen above all others while the session is locked: it shows nothing of what is below, and lets only the password through."""

from __future__ import annotations

from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.widgets import Input, Static

from models.errors import SessionEnded, ShopstaffError, WrongProof
from models.i18n import N_, _
from models.queries import shop
from screens.base import BareScreen, PlainScreen
from screens.dialogs.confirm import Confirm
from screens.widgets import words
from screens.widgets.field import Control, Field
from screens.widgets.form import Form
from screens.widgets.press import Press
from screens.widgets.verdict import Verdict


class LockScreen(BareScreen):
    """Asks for the password of whoever is signed in, or signs them out."""

    DEFAULT_CSS = """
    LockScreen Form { height: auto; }
    """

    ABOUT = N_("The session is locked. Your password opens it again, and everything is as you left it.")
    CSS_PATH = "entry.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+q", "leave", N_("Sign out"), tooltip=N_("Ends the session. What was typed and not saved is lost.")),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._busy = False

    def heading(self) -> str:
        """The shop."""
        doorway = shop.doorway()
        return _("{shop} · Locked").format(shop=doorway.name if doorway is not None else "Shopstaff")

    def compose_content(self) -> ComposeResult:
        """Whose session it is, a field, what is wrong, and two ways on."""
        who = self.desk.actor.name if self.desk.actor is not None else ""
        said = _("The session is locked. The password of {login} opens it again, as it was left.").format(login=who)
        yield Static(words.plain(said), classes="said")
        yield Form(Field("password", _("Password"), password=True), submit=N_("Unlock"))
        yield Verdict()
        with Container(classes="presses"):
            yield Press(_("Unlock"), id="unlock")
            yield Press(_("Sign out"), "ctrl+q", id="leave")

    @property
    def field(self) -> Field:
        """Where the password is typed."""
        return self.query_one(Field)

    @property
    def verdict(self) -> Verdict:
        """The line below it."""
        return self.query_one(Verdict)

    def on_mount(self) -> None:
        """Type at once."""
        for field in self.query(Field):  # there is none where the program ends this very moment
            field.focus_control()

    @on(Control.Changed)
    def _typed(self, event: Control.Changed) -> None:
        if event.value and not self._busy:
            self.verdict.clear()

    @on(Press.Pressed, "#unlock")
    def _pressed(self) -> None:
        self.query_one(Form).action_submit()

    @on(Form.Submitted)
    def _submitted(self) -> None:
        if self._busy:
            return
        password = self.field.value
        with self.prevent(Input.Changed):
            self.field.value = ""
        self.field.focus_control()
        if password:
            self._busy = True
            self._unlock(password)

    @work(exclusive=True, group="unlock", description="unlock")  # without one, it would be the arguments: the password
    async def _unlock(self, password: str) -> None:
        self.verdict.wait(_("Checking …"))
        try:
            await self.desk.unlock(password)
        except SessionEnded as ended:
            self.desk.session_ended(ended)
        except WrongProof:
            self.verdict.refuse(_("That is not your password."))
        except ShopstaffError as refused:
            self.verdict.refuse(str(refused))
        finally:
            self._busy = False

    @on(Press.Pressed, "#leave")
    @work(exclusive=True, group="dialog")
    async def action_leave(self) -> None:
        """Sign out; asks only when something would be lost, and does not say what."""
        lost = any(isinstance(screen, PlainScreen) and screen.would_lose() for screen in self.desk.open_screens())
        question = _("Sign out? What was typed and not saved is lost.")
        if not lost or await self.app.push_screen_wait(Confirm(question, yes_label=_("Sign out"))):
            self.desk.sign_out()
