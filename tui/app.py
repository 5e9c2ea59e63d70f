"""The program: who is signed in, which sections are open, and the shop's data for whoever asks."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, ParamSpec, TypeVar

from textual.screen import Screen
from textual.worker import WorkerFailed

from models import i18n
from models.actor import Actor
from models.errors import DataUnusable, SessionEnded, SessionLocked, ShopstaffError
from models.i18n import Language
from screens.base import PlainScreen
from screens.desk import SampleAccount
from screens.later import later
from tui import arrival, holding, theme
from tui.language import choose, speak
from tui.watch import WatchedApp

if TYPE_CHECKING:
    from models import shop
    from models.operations import sessions
    from models.queries import devices, security, shop as shop_queries
    from models.queries.devices import Knock
else:  # not needed before the first screen is seen
    shop, sessions, shop_queries = later("models.shop"), later("models.operations.sessions"), later("models.queries.shop")
    devices, security = later("models.queries.devices"), later("models.queries.security")

P = ParamSpec("P")
T = TypeVar("T")


class ShopstaffApp(WatchedApp):
    """The program.

    Args:
        home: the data folder; its shop is open already, unless `start` is to found one, or `opens` opens it.
        start: the screen one enters by.
        console: the user of the operating system, who founds the shop.
        samples: the accounts of the sample shop.
        device: fingerprint of the device key that sshd let in; "" at the machine itself.
        knock: whose it is; None at the machine itself.
        way_in: what connects to this machine over SSH; "" where that is not known.
        opens: opens the shop when there is something to see, or a key is pressed.
        shop_name: what the shop is called until then.
    """

    CSS_PATH = Path(__file__).with_name("app.tcss")
    TITLE = "Shopstaff"

    def __init__(  # noqa: PLR0913  how somebody comes in is all said here
        self,
        home: Path | str,
        *,
        start: Literal["sign_in", "setup"] = "sign_in",
        console: str = "",
        samples: Sequence[SampleAccount] = (),
        device: str = "",
        knock: Knock | None = None,
        way_in: str = "",
        opens: Callable[[], None] | None = None,
        shop_name: str = "",
    ) -> None:
        plain = theme.is_plain(os.environ)
        super().__init__(Path(home), start=start, plain=plain)
        self._operator = Actor.console(console)
        self._stranger = Actor.stranger(arrival.address(os.environ), device)
        self._knock = knock
        self._way_in = way_in
        self._terminal = arrival.terminal(os.environ)
        self._samples = samples
        self._ending: Actor | None = None
        self._parting = self._why = ""
        self._home = Path(home)
        self._opens = opens
        self._shop_name = shop_name
        for each in theme.THEMES:
            self.register_theme(each)
        self.theme = theme.PLAIN.name if plain else theme.DARK.name

    # ---- who is here

    @property
    def home(self) -> str:
        """The data folder."""
        return str(self._home)

    @property
    def shop_name(self) -> str:
        """The shop's name, which strangers may see; "" where none was founded yet."""
        if self._opens is not None:
            return self._shop_name
        doorway = shop_queries.doorway()
        return doorway.name if doorway is not None else ""

    @property
    def at_terminal(self) -> bool:
        """Whether this is the shop's own terminal rather than a connection over SSH."""
        return "SSH_CONNECTION" not in os.environ

    @property
    def operator(self) -> Actor:
        """The operator of the machine, in whose name a shop is founded."""
        return self._operator

    @property
    def stranger(self) -> Actor:
        """Whoever is at the sign-in screen, with where they come from."""
        return self._stranger

    @property
    def comes_as(self) -> Knock | None:
        """Whose device key sshd let in here, so that nobody else signs in; None at the machine itself."""
        return self._knock

    @property
    def way_in(self) -> str:
        """What connects to this machine over SSH; "" where that is not known."""
        return self._way_in

    @property
    def terminal(self) -> str:
        """The terminal's name, by which sessions are told apart; "" when it has none."""
        return self._terminal

    @property
    def sample_accounts(self) -> Sequence[SampleAccount]:
        """The accounts of the sample shop; none in a shop of one's own."""
        return self._samples

    def read_access(self) -> None:
        """Read again what the person signed in may do.

        Raises:
            SessionEnded: the session was ended, or the account is not active.
        """
        self._held = frozenset() if self._actor is None else holding.held(self._actor)

    async def in_shop(self, fn: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `fn` in a thread that has the shop's data open. What it answers comes when the session is not locked."""

        def run() -> T:
            with shop.connection():
                return fn(*args, **kwargs)

        asked = self._actor
        try:
            return await asyncio.to_thread(run)
        finally:
            await self.while_open(asked)

    # ---- coming and going

    def sign_in(self, actor: Actor) -> None:
        """Let `actor` in, whose session stands: to the sections, or first to what comes before them."""
        self._actor = self._ending = actor
        if self._knock is not None:
            self._knock = self._knock._replace(invited=False)
        try:
            leads = self.leads()
            speak(self.wanted_language())
            self.begin_watch()
            if leads:
                self.open_enrolment()
            else:
                self.enter()
        except ShopstaffError:
            self._actor = None
            raise

    def leads(self) -> bool:
        """Whether the person signed in is led to setting up TOTP before anything else.

        Raises:
            SessionEnded: the session was ended, or the account is not active.
        """
        return self._actor is not None and security.own(self._actor).leads

    def enter(self) -> None:
        """Open the sections."""
        self.read_access()
        self.open_sections()

    def session_ended(self, ended: SessionEnded) -> None:
        """Close everything because the session has ended, and say why."""
        self.sign_out(str(ended), why=ended.why)

    def sign_out(self, reason: str = "", *, why: str = "") -> None:
        """Close everything; at the shop's own terminal, or with a reason to be read, show the sign-in screen.

        Args:
            why: how the session is kept, if it has not ended yet; "" for signed out.
        """
        if self._actor is None:
            return
        self._actor = None
        self._held = frozenset()
        self.end_watch()
        self.clear_notifications()
        self.empty_clipboard()
        if not self.at_terminal and not (reason and self._opens_still()):
            self._why = why
            self.leave(reason)
            return
        ending, self._ending = self._ending, None
        self.run_worker(self._end_session(ending, why), group="session")
        speak(self.wanted_language())
        self._start, self._reason = "sign_in", reason
        self.close_sections()

    def leave(self, reason: str = "") -> None:
        """End the program; `reason` is said on the terminal as it was before."""
        self._parting = reason
        self.exit()

    def _opens_still(self) -> bool:
        """Whether whoever is here may sign in again: by the device key they came with, where they came with one."""
        try:
            return self._knock is None or devices.knock(self._stranger.device) is not None
        except DataUnusable:  # it cannot be told now; whoever still may comes back
            return False

    @property
    def parting(self) -> str:
        """What is to be said once the screens are closed; "" for nothing."""
        return self._parting

    def _handle_exception(self, error: Exception) -> None:
        """End no more than the session, or what a screen had begun, where that goes on after the session has ended or was locked."""
        cause = error.error if isinstance(error, WorkerFailed) else error
        if isinstance(cause, SessionEnded):
            self.session_ended(cause)
        elif isinstance(cause, SessionLocked) and cause is not error:
            self.lock()
        else:
            super()._handle_exception(error)

    def end_session(self, ending: Actor | None = None, why: str = "") -> None:
        """End a session; waits for the database, so not on the event loop.

        Args:
            ending: whose; None for whoever is signed in still, if anybody is.
            why: how it is kept; "" for the reason that was given on the way out, if there was one, else for signed out.

        Raises:
            DataUnusable: as every write.
        """
        ending = ending or self._ending
        if ending is not None:
            sessions.sign_out(ending, why=why or self._why or sessions.SIGNED_OUT)

    def hurry(self) -> None:
        """The program is ending: wait for no other writer."""
        if self._opens is None:
            shop.hurry()

    async def _end_session(self, ending: Actor | None, why: str) -> None:
        try:
            await asyncio.to_thread(self.end_session, ending, why)
        except DataUnusable as unusable:
            self.notify(str(unusable), severity="error", markup=False)

    def wanted_language(self) -> Language:
        """The language that the person chose, else the shop's, else the environment's."""
        return choose(*shop_queries.languages(self._actor), os.environ)

    def follow_language(self) -> None:
        """Read again whose choice of language counts: the person's, else the shop's, else the environment's."""
        wanted = self.wanted_language()
        if wanted != i18n.language():
            self.set_language(wanted)

    def set_language(self, language: Language) -> None:
        """Say everything in `language` from now on; what is in front is made anew, everything else when it is next opened.

        Where something was typed and not saved, it stays as it is.
        """
        speak(language)
        self.renew([name for name, stack in self._screen_stacks.items() if not any(map(_would_lose, stack))])
        for screen in self.screen_stack:
            screen.refresh(recompose=True)

    def turn_colours(self) -> None:
        """From dark to light, or back; a terminal with colours of its own keeps them."""
        others = {theme.DARK.name: theme.LIGHT.name, theme.LIGHT.name: theme.DARK.name}
        self.theme = others.get(self.theme, self.theme)


def _would_lose(screen: Screen[Any]) -> bool:
    return isinstance(screen, PlainScreen) and bool(screen.would_lose())
