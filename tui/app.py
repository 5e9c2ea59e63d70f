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

from models import shop
from models.actor import Actor
from models.i18n import Language
from models.queries._reading import held_by
from screens.base import DeskScreen, scheduled
from screens.sections import ENTRIES, SECTIONS, Section, load, section_named
from tui import theme
from tui.driver import HardenedApp
from tui.language import speak

P = ParamSpec("P")
T = TypeVar("T")

ENTRY = "entry"
"""The mode of the screens before anybody is signed in."""


class ShopstaffApp(HardenedApp):
    """The program.

    Args:
        home: the data folder; its shop is open already, unless `start` is to found one.
        start: the screen one enters by.
    """

    CSS_PATH = "app.tcss"
    DEFAULT_MODE = ENTRY
    TITLE = "Shopstaff"
    BINDINGS: ClassVar[list[BindingType]] = []

    def __init__(self, home: Path | str, *, start: Literal["sign_in", "setup"] = "sign_in") -> None:
        super().__init__(Path(home))
        self._home = Path(home)
        self._actor: Actor | None = None
        self._held: frozenset[str] = frozenset()
        self._start: str = start
        self._reason = ""
        for each in theme.THEMES:
            self.register_theme(each)
        self.theme = theme.DARK.name
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

    def may(self, permission: str) -> bool:
        """Whether the person signed in held that permission when it was last read."""
        return permission in self._held

    def read_access(self) -> None:
        """Read again what the person signed in may do.

        Raises:
            SessionEnded: the session was ended, or the account is not active.
        """
        self._held = frozenset(held_by(self._actor)) if self._actor is not None else frozenset()

    async def in_shop(self, fn: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `fn` in a thread that has the shop's data open; then read again what that may have changed about one's own access."""

        def run() -> T:
            with shop.connection():
                return fn(*args, **kwargs)

        return await asyncio.to_thread(run)

    # ---- coming and going

    def sign_in(self, actor: Actor) -> None:
        """Open the sections for `actor`, whose session stands."""
        self._actor = actor
        self.read_access()
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
        if not self.at_terminal and not reason:
            self.exit()
            return
        self._start, self._reason = "sign_in", reason
        self.add_mode(ENTRY, self.entry_screen)
        scheduled(self.switch_mode(ENTRY))
        for section in SECTIONS:
            scheduled(self.remove_mode(section.name))

    def set_language(self, language: Language) -> None:
        """Say everything in `language` from now on; what is in front is made anew, everything else when it is next opened."""
        speak(language)
        for name in list(self._screen_stacks):
            if name != self.current_mode:
                scheduled(self.remove_mode(name))
                self.add_mode(name, partial(self.section_screen, section_named(name)))
        for screen in self.screen_stack:
            screen.refresh(recompose=True)

    def entry_screen(self) -> Screen[Any]:
        """The screen one enters by, made when it is to be shown."""
        made = load(ENTRIES[self._start])
        return made(self._reason) if self._reason else made()

    def section_screen(self, section: Section) -> Screen[Any]:
        """A section's screen; its module is read only when it is first opened."""
        return load(section.screen)()

    # ---- sections

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
