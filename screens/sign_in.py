"""Signing in."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.widgets import Input, Static

from models.errors import DataUnusable, SecondFactorNeeded, ShopstaffError
from models.i18n import N_, _
from screens.base import BareScreen, scheduled
from screens.later import later
from screens.widgets import words
from screens.widgets.field import Control, Field
from screens.widgets.form import Form
from screens.widgets.press import Press
from screens.widgets.verdict import Verdict

if TYPE_CHECKING:
    from models.operations import sessions
    from models.rules import codes
    from screens import activate, second_factor
    from screens.second_factor import SecondFactorScreen
    from screens.widgets import list_view
    from screens.widgets.list_view import ListView
else:  # not needed before the screen is seen
    activate, codes, second_factor = later("screens.activate"), later("models.rules.codes"), later("screens.second_factor")
    list_view, sessions = later("screens.widgets.list_view"), later("models.operations.sessions")


class SignInScreen(BareScreen):
    """Login and password, from there to the second factor; or the way to an account's activation.

    Args:
        reason: why the session before this ended, already translated.
    """

    ABOUT = N_("Signs you in with the login and password of your own account. Who has an activation code activates the account first.")
    CSS_PATH = "entry.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "ctrl+n",
            "activate",
            N_("Activate"),
            tooltip=N_("Sets your own password with the activation or reset code that you were handed."),
        ),
    ]

    def __init__(self, reason: str = "") -> None:
        super().__init__()
        self._reason = reason
        self._busy = False
        self._typed: tuple[str, str] = ("", "")

    def heading(self) -> str:
        """The shop."""
        return _("{shop} · Sign in").format(shop=self.desk.shop_name or "Shopstaff")

    def compose_content(self) -> ComposeResult:
        """Two fields, one line for what is wrong, the other way in."""
        yield Static(words.plain(self._reason), classes="reason -shown" if self._reason else "reason")
        yield Form(
            self._login(),
            Field("password", _("Password"), password=True, id="password"),
            submit=N_("Sign in"),
        )
        yield Verdict()
        with Container(classes="presses"):
            yield Press(_("Sign in"), id="enter")
            yield Press(_("Activate an account"), "ctrl+n", id="activate")
        if self.desk.sample_accounts:
            yield Static(words.plain(_("A sample shop. These accounts open it:")), classes="said samples")
            yield self._samples()

    def _login(self) -> Field:
        """Who signs in: where a device key tells it, nobody else does."""
        knock = self.desk.comes_as
        if knock is None:
            return Field("login", _("Login"), id="login")
        field = Field("login", _("Login"), value=knock.login, hint=_("Told by the device key that you come with."), id="login")
        field.disabled = True
        return field

    def _samples(self) -> ListView:
        accounts = self.desk.sample_accounts
        rows = [list_view.Row(account.login, (account.login, account.password, _(account.about))) for account in accounts]
        login = max(words.width(account.login) for account in accounts)
        password = max(words.width(account.password) for account in accounts)
        return list_view.ListView(
            list_view.Column("login", N_("Login"), width=max(8, login), keep=list_view.ALWAYS),
            list_view.Column("password", N_("Password"), width=max(8, password)),
            list_view.Column("about", N_("Who"), keep=3),
            source=list_view.ListSource(rows),
            choose=N_("Sign in"),
        )

    @property
    def form(self) -> Form:
        """Login and password."""
        return self.query_one(Form)

    def on_mount(self) -> None:
        """Type at once; in a sample shop, pick at once."""
        for samples in self.query("ListView"):  # by its name: it is not imported where there is none
            samples.focus()
            return
        if self.desk.comes_as is not None and self.desk.comes_as.invited:
            self.action_activate()
        for control in [each for each in self.form.controls if not each.disabled][:1]:  # none where the program ends this very moment
            control.focus_control()

    def on_key(self, event: events.Key) -> None:
        """What is typed while the accounts of the sample have the focus is the beginning of a login, and not lost."""
        login = self._field("login")
        if event.character is not None and event.character.isalnum() and not isinstance(self.focused, Input) and not login.disabled:
            event.stop()
            entry = login.entry
            entry.focus()
            entry.insert_text_at_cursor(event.character)

    @on(Control.Changed)
    def _changed(self, event: Control.Changed) -> None:
        if event.value and not self._busy:
            self.query_one(Verdict).clear()

    @on(Press.Pressed, "#enter")
    def _pressed(self) -> None:
        self.form.action_submit()

    @on(Form.Submitted)
    def _submitted(self) -> None:
        if self._busy:
            return
        login, password = self.form.text("login"), self.form.text("password")
        for name, typed in (("login", login), ("password", password)):
            if not typed:
                self._field(name).focus_control()
                return
        # Emptied at once rather than when the answer is there: what is typed meanwhile is the next attempt's, and stays.
        self._field("password").value = ""
        self._busy = True
        self._typed = login, password
        self._enter()

    def on_list_view_chosen(self, event: ListView.Chosen) -> None:
        """Sign in with the account of the sample that was picked."""
        account = next(account for account in self.desk.sample_accounts if account.login == event.key)
        if codes.normalised(account.password):
            self._go_activate(activate.ActivateScreen(account.login, account.password))
        elif not self._busy:
            self._busy = True
            self._field("login").value = account.login
            self._typed = account.login, account.password
            self._enter()

    @work(group="change")
    async def _enter(self) -> None:
        # Not handed over as arguments: whatever opens from here is told which worker opened it, and keeps it with its arguments.
        (login, password), self._typed = self._typed, ("", "")
        verdict = self.query_one(Verdict)
        verdict.wait(_("Signing in …"))
        try:
            self.desk.sign_in(await self.desk.in_shop(sessions.sign_in, self.desk.stranger, login, password, terminal=self.desk.terminal))
        except SecondFactorNeeded as needed:
            # Nothing waits here for the answer, and the refusal itself is not handed on: either would keep the password.
            self._go_on(second_factor.SecondFactorScreen(needed.proved, needed.kind))
        except DataUnusable as unusable:
            if not self.form.text("password"):
                with self.prevent(Input.Changed):  # which would take away what is said now
                    self._field("password").value = password  # nothing is wrong with it
            verdict.refuse(str(unusable))
        except ShopstaffError as refused:
            verdict.refuse(str(refused))
            self._field("password").focus_control()
        finally:
            self._busy = False

    def _go_on(self, screen: SecondFactorScreen) -> None:
        self.query_one(Verdict).clear()
        self._field("password").focus_control()  # for whoever comes back
        scheduled(self.app.push_screen(screen, self._came_back))

    def _came_back(self, said: str | None) -> None:
        """From the second factor, or from activation, with what is to be said."""
        if said:
            self.query_one(Verdict).refuse(said)
            self._field("password").focus_control()

    def _field(self, name: str) -> Field:
        return self.form.query_one(f"#{name}", Field)

    @on(Press.Pressed, "#activate")
    def action_activate(self) -> None:
        """Go and set one's own password with a code."""
        self._go_activate(activate.ActivateScreen(self.form.text("login")))

    def _go_activate(self, screen: activate.ActivateScreen) -> None:
        scheduled(self.app.push_screen(screen, self._activated))

    def _activated(self, result: SecondFactorScreen | str | None) -> None:
        """Whose password is set is not always in by that."""
        if isinstance(result, second_factor.SecondFactorScreen):
            self._go_on(result)
        elif result is None and self.desk.comes_as is not None and self.desk.comes_as.invited:
            self.desk.leave()  # there is no signing in before that
        else:
            self._came_back(result)
