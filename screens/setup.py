"""The first start: a shop is founded, and its owner signed in."""

from __future__ import annotations

from typing import Final

from textual import on, work
from textual.app import ComposeResult
from textual.widgets import Static

from models import catalogue, clock, i18n
from models.actor import Actor
from models.errors import AlreadyFounded
from models.i18n import N_, _, known_language
from models.operations import sessions, shop
from models.operations.shop import NAME_LIMIT, Founding
from models.text import LOGIN_LIMIT, SHOP_CODE_LIMIT
from screens.base import BareScreen, scheduled
from screens.languages import LANGUAGE_NAMES
from screens.sign_in import SignInScreen
from screens.widgets import words
from screens.widgets.field import Choice, Control, Field, Value
from screens.widgets.form import Form
from screens.widgets.new_password import NewPassword, once_more, typed_twice
from screens.widgets.zone_choice import ZoneChoice

TYPED: Final = ("name", "code", "login", "owner", "password", "again")


class SetupScreen(BareScreen):
    """Founds the shop."""

    ABOUT = N_("Sets up the shop of this installation: there is exactly one. Everything but your login can be changed later.")

    CSS_PATH = "entry.tcss"

    def __init__(self) -> None:
        super().__init__()
        self._busy = False
        self._kept: dict[str, Value] = {"language": i18n.language(), "zone": clock.machine_zone()}

    def heading(self) -> str:
        """What this is."""
        return _("Shopstaff · Set up a shop")

    def compose_content(self) -> ComposeResult:
        """What will be made, and what is needed for it."""
        said = _(
            "There is no shop here yet. This sets one up, with {departments} departments and {roles} roles to begin with. "
            "You can change or drop each of them."
        ).format(departments=len(catalogue.PRESET_DEPARTMENTS), roles=len(catalogue.preset_roles()))
        yield Static(words.plain(said), classes="said")
        yield Form(*self._fields(), submit=N_("Set up"))
        yield Static("", classes="busy")

    def _fields(self) -> list[Control]:
        code = _("Small letters, digits and dashes, {least} to {most}.").format(least=2, most=SHOP_CODE_LIMIT)
        login = _("Small letters, digits, dots and dashes, {least} to {most}; for good.").format(least=2, most=LOGIN_LIMIT)
        return [
            Field("name", _("Shop's name"), value=self._text("name"), limit=NAME_LIMIT),
            Field("code", _("Short code"), value=self._text("code"), hint=code),
            Choice("language", _("Language"), LANGUAGE_NAMES, value=self._text("language"), id="language"),
            ZoneChoice("zone", _("Time zone"), value=self._text("zone")),
            Field("login", _("Your login"), value=self._text("login"), hint=login),
            Field("owner", _("Your name"), value=self._text("owner"), limit=NAME_LIMIT),
            NewPassword(_("Password"), self._known, value=self._text("password")),
            once_more(value=self._text("again")),
        ]

    def _text(self, name: str) -> str:
        return str(self._kept.get(name) or "")

    def _known(self) -> list[str]:
        typed = self.form.values()
        return [str(typed.get(name) or "") for name in ("name", "code", "login", "owner")]

    @property
    def form(self) -> Form:
        """What is asked for."""
        return self.query_one(Form)

    def on_mount(self) -> None:
        """Type at once."""
        self.form.controls[0].focus_control()

    async def recompose(self) -> None:
        """In another language, with everything that was typed, and the focus where it was."""
        self._kept = self.form.values()
        there = next((control.name for control in self.form.controls if control.has_focus_inside()), None)
        self._forget()
        await super().recompose()
        self._kept = {}
        if there is not None and (control := self.form.control_named(there)) is not None:
            control.focus_control()

    @on(Control.Changed, "#language")
    def _speak(self, event: Control.Changed) -> None:
        language = known_language(str(event.value))
        if language is not None and language != i18n.language():
            self.desk.set_language(language)

    def would_lose(self) -> str:
        """What was typed."""
        typed = any(self.form.text(name) for name in TYPED)
        return _("Leave without setting up? What you typed is not kept.") if typed else ""

    @on(Form.Submitted)
    @work(group="change")
    async def _submitted(self, event: Form.Submitted) -> None:
        if self._busy:
            return
        self._busy = True
        self._say(_("Setting up …"))
        try:
            with self.refusals_shown(event.form):
                await self._found(event.form)
        finally:
            self._busy = False
            self._say("")

    def _say(self, text: str) -> None:
        for line in self.query(".busy").results(Static):  # none where the shop stands and this screen is gone
            line.update(words.plain(text))

    async def _found(self, form: Form) -> None:
        password = typed_twice(form)
        names = ("name", "code", "language", "zone", "login", "owner")
        wanted = Founding(**{name: form.text(name) for name in names}, password=password)
        try:
            actor = await self.desk.in_shop(found_and_enter, self.desk.operator, self.desk.stranger, wanted, self.desk.terminal)
        except AlreadyFounded as already:
            scheduled(self.app.push_screen(SignInScreen(str(already))))
            return
        self._forget()
        self.desk.sign_in(actor)

    def _forget(self) -> None:
        """Leave no password in the fields: they are kept in memory long after nobody sees them any more."""
        self.form.fill(dict.fromkeys(("password", "again"), ""))


def found_and_enter(operator: Actor, stranger: Actor, wanted: Founding, terminal: str) -> Actor:
    """Found the shop, at what a hash may cost on this machine, and sign its owner in. Measuring takes a second or two.

    Raises:
        AlreadyFounded: there is a shop here.
        Wrong: a field cannot be used; nothing was founded.
    """
    wanted = shop.checked(wanted)  # before anybody waits
    shop.found(operator, wanted, cost=shop.calibrated())
    return sessions.sign_in(stranger, wanted.login, wanted.password, terminal=terminal)
