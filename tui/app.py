"""The program: who is signed in, which sections are open, and the shop's data for whoever asks."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, ClassVar, Literal, ParamSpec, TypeVar

from textual.binding import BindingType
from textual.screen import Screen
from textual.worker import WorkerFailed

from models import i18n, shop
from models.actor import Actor
from models.errors import DataUnusable, SessionEnded, ShopMissing
from models.i18n import Language
from models.operations import sessions
from models.queries import activity, shop as shop_queries, standing
from screens.base import DeskScreen, PlainScreen, scheduled
from screens.desk import SampleAccount
from screens.sections import ENTRIES, OWNER, SECTIONS, Section, load, section_named
from tui import arrival, theme
from tui.language import choose, speak
from tui.typeahead import PatientApp

P = ParamSpec("P")
T = TypeVar("T")

ENTRY = "entry"
"""The mode of the screens before anybody is signed in."""


class ShopstaffApp(PatientApp):
    """The program.

    Args:
        home: the data folder; its shop is open already, unless `start` is to found one.
        start: the screen one enters by.
        console: the user of the operating system, who founds the shop.
        samples: the accounts of the sample shop.
    """

    CSS_PATH = Path(__file__).with_name("app.tcss")
    DEFAULT_MODE = ENTRY
    TITLE = "Shopstaff"
    BINDINGS: ClassVar[list[BindingType]] = []

    def __init__(
        self,
        home: Path | str,
        *,
        start: Literal["sign_in", "setup"] = "sign_in",
        console: str = "",
        samples: Sequence[SampleAccount] = (),
    ) -> None:
        plain = theme.is_plain(os.environ)
        super().__init__(Path(home), plain=plain)
        self._operator = Actor.console(console)
        self._stranger = Actor.stranger(arrival.address(os.environ))
        self._terminal = arrival.terminal(os.environ)
        self._samples = samples
        self._ending: Actor | None = None
        self._home = Path(home)
        self._actor: Actor | None = None
        self._held: frozenset[str] = frozenset()
        self._start: str = start
        self._reason = ""
        for each in theme.THEMES:
            self.register_theme(each)
        self.theme = theme.PLAIN.name if plain else theme.DARK.name
        self.add_mode(ENTRY, self.entry_screen)

    # ---- who is here

    @property
    def actor(self) -> Actor | None:
        """Who is signed in."""
        return self._actor

    @property
    def home(self) -> str:
        """The data folder."""
        return str(self._home)

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
    def terminal(self) -> str:
        """The terminal's name, by which sessions are told apart; "" when it has none."""
        return self._terminal

    @property
    def sample_accounts(self) -> Sequence[SampleAccount]:
        """The accounts of the sample shop; none in a shop of one's own."""
        return self._samples

    def may(self, permission: str) -> bool:
        """Whether the person signed in held that permission when it was last read; `OWNER` is the owner's."""
        return permission in self._held

    def read_access(self) -> None:
        """Read again what the person signed in may do.

        Raises:
            SessionEnded: the session was ended, or the account is not active.
        """
        self._held = frozenset()
        if (actor := self._actor) is not None:
            self._held = activity.held(actor) | ({OWNER} if standing.of(actor).is_owner else set())

    async def in_shop(self, fn: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `fn` in a thread that has the shop's data open."""

        def run() -> T:
            with shop.connection():
                return fn(*args, **kwargs)

        return await asyncio.to_thread(run)

    # ---- coming and going

    def sign_in(self, actor: Actor) -> None:
        """Open the sections for `actor`, whose session stands."""
        self._actor = self._ending = actor
        self.read_access()
        speak(self.wanted_language())
        for section in SECTIONS:
            self.add_mode(section.name, partial(self.section_screen, section))
        scheduled(self.switch_mode(SECTIONS[0].name))
        scheduled(self.remove_mode(ENTRY))

    def sign_out(self, reason: str = "") -> None:
        """Close everything; at the shop's own terminal, or with a reason to be read, show the sign-in screen."""
        if self._actor is None:
            return
        self._actor = None
        self._held = frozenset()
        self.empty_clipboard()
        if not self.at_terminal and not reason:
            self.exit()
            return
        ending, self._ending = self._ending, None
        self.run_worker(self._end_session(ending), group="session")
        speak(self.wanted_language())
        self._start, self._reason = "sign_in", reason
        self.add_mode(ENTRY, self.entry_screen)
        scheduled(self.switch_mode(ENTRY))
        for section in SECTIONS:
            scheduled(self.remove_mode(section.name))

    def _handle_exception(self, error: Exception) -> None:
        """End no more than the session where a dialog closes after it: what waited for the answer has nobody left to ask for."""
        if isinstance(error, WorkerFailed) and isinstance(error.error, SessionEnded):
            self.sign_out(str(error.error))
        else:
            super()._handle_exception(error)

    def end_session(self, ending: Actor | None = None) -> None:
        """End a session; waits for the database, so not on the event loop.

        Args:
            ending: whose; None for whoever is signed in still, if anybody is.

        Raises:
            DataUnusable: as every write.
        """
        ending = ending or self._ending
        if ending is not None:
            sessions.sign_out(ending)

    def hurry(self) -> None:
        """The program is ending: wait for no other writer."""
        shop.hurry()

    async def _end_session(self, ending: Actor | None) -> None:
        try:
            await asyncio.to_thread(self.end_session, ending)
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
        for name, stack in list(self._screen_stacks.items()):
            if name != self.current_mode and not any(map(_would_lose, stack)):
                scheduled(self.remove_mode(name))
                self.add_mode(name, partial(self.section_screen, section_named(name)))
        for screen in self.screen_stack:
            screen.refresh(recompose=True)

    def turn_colours(self) -> None:
        """From dark to light, or back; a terminal with colours of its own keeps them."""
        others = {theme.DARK.name: theme.LIGHT.name, theme.LIGHT.name: theme.DARK.name}
        self.theme = others.get(self.theme, self.theme)

    def entry_screen(self) -> Screen[Any]:
        """The screen one enters by, made when it is to be shown."""
        made = load(ENTRIES[self._start])
        return made(self._reason) if self._reason else made()

    def section_screen(self, section: Section) -> Screen[Any]:
        """A section's screen; its module is read only when it is first opened."""
        return load(section.screen)()

    # ---- sections

    def open_screens(self) -> Sequence[Screen[Any]]:
        """Every screen that is open, in whatever section, the one in front first."""
        stacks = [self.screen_stack, *(stack for name, stack in self._screen_stacks.items() if name != self.current_mode)]
        return [screen for stack in stacks for screen in reversed(stack)]

    def sections(self) -> Sequence[Section]:
        """The sections that the person signed in may open."""
        if self._actor is None:
            return ()
        return [section for section in SECTIONS if not section.needs or self.may(section.needs)]

    def go(self, section: str, **where: object) -> None:
        """Open a section; where it is to point at something, with its own screen in front."""
        if section not in [each.name for each in self.sections()]:
            return
        scheduled(self.switch_mode(section))
        if where:
            self.call_later(self._arrive, section, where)

    async def _arrive(self, section: str, where: dict[str, object]) -> None:
        if self.current_mode != section:
            return
        while len(self.screen_stack) > 1:
            await self.pop_screen()
        if isinstance(self.screen, DeskScreen):
            self.screen.call_after_refresh(self.screen.arrive, **where)


def _would_lose(screen: Screen[Any]) -> bool:
    return isinstance(screen, PlainScreen) and bool(screen.would_lose())


def run(home: Path, *, console: str, samples: Sequence[SampleAccount] = ()) -> int:
    """Open the screens on the shop in `home`; where there is none yet, those that set one up.

    Args:
        console: the user of the operating system, in whose name a shop is founded.
        samples: the accounts of the sample shop, offered on the sign-in screen.

    Returns:
        The exit code.

    Raises:
        DataUnusable: the data cannot be used.
    """
    start: Literal["sign_in", "setup"] = "sign_in"
    try:
        shop.open(home)
    except ShopMissing:
        shop.open(home, create=True)
        start = "setup"
    try:
        app = ShopstaffApp(home, start=start, console=console, samples=samples)
        speak(app.wanted_language())
        try:
            app.run()
        finally:
            app.end_session()
        return app.return_code or 0
    finally:
        shop.close()
