"""What tests of screens stand on: the real program around one screen, and its picture as text."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import pytest
from textual.pilot import Pilot
from textual.screen import Screen

from models import clock, db, i18n
from models.actor import Actor
from models.i18n import Language
from screens.base import BareScreen, DeskScreen, DetailScreen
from screens.sections import SECTIONS, Section, section_named
from tests.models.doors import Watch
from tests.screens.look import settle
from tests.screens.quiet import quiet
from tui.app import ShopstaffApp
from tui.language import speak

P = ParamSpec("P")
T = TypeVar("T")

SOMEBODY = Actor("alice", 1, 1)

DeskFactory = Callable[..., AbstractAsyncContextManager[tuple["AroundOneScreen", Pilot[int]]]]
"""What the fixture `desk` gives: `desk(screen, may={...}, size=(80, 24), language="en", actor=...)`."""


@pytest.fixture(scope="session", autouse=True)
def _nobody_waits_by_the_clock() -> Iterator[None]:
    """See `quiet`."""
    with quiet():
        yield


@pytest.fixture(autouse=True)
def _english_again() -> Iterator[None]:
    """A test that speaks another language leaves none of it to the next."""
    yield
    i18n.install("en")


@pytest.fixture
def watch() -> Iterator[Watch]:
    """The machine's clock, which stands still until the test moves it; it starts five seconds into a time step of TOTP."""
    watch = Watch()
    clock.set_clock(watch)
    yield watch
    clock.set_clock(None)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> DeskFactory:
    """The real program around one screen, with no shop of its own: whoever is signed in may do what the test says."""
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)

    @asynccontextmanager
    async def start(
        screen: Callable[[], Screen[Any]],
        *,
        may: set[str] | None = None,
        size: tuple[int, int] = (80, 24),
        language: Language = "en",
        actor: Actor = SOMEBODY,
    ) -> AsyncIterator[tuple[AroundOneScreen, Pilot[int]]]:
        speak(language)
        app = AroundOneScreen(tmp_path, screen, may or set())
        async with app.run_test(size=size, notifications=True) as pilot:
            await app.come(actor)
            await settle(pilot)
            yield app, pilot

    return start


class Elsewhere(DeskScreen):
    """The sections that the test is not about."""


class AroundOneScreen(ShopstaffApp):
    """The program, come straight to one screen."""

    def __init__(self, home: Path, make: Callable[[], Screen[Any]], may: set[str]) -> None:
        super().__init__(home)
        self._make = make
        self._made: Screen[Any] | None = None
        self._may = frozenset(may)

    def read_access(self) -> None:
        """Whoever is signed in may do what the test says."""
        self._held = self._may

    def leads(self) -> bool:
        """Nothing comes before the screen that is tested."""
        return False

    def show_clock(self, *, behind: bool) -> None:
        """Nothing is said of the clock, which the test has stopped where it likes."""

    def wanted_language(self) -> Language:
        """The one that the test speaks."""
        return i18n.language()

    def end_session(self, ending: Actor | None = None, why: str = "") -> None:
        """As ever where the test has opened a shop; elsewhere there is no session to end."""
        if not db.database.is_closed():
            super().end_session(ending, why)

    async def in_shop(self, fn: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """In a thread; with the shop's data where the test has opened one."""
        if db.database.is_closed():
            return await asyncio.to_thread(fn, *args, **kwargs)
        return await super().in_shop(fn, *args, **kwargs)

    def entry_screen(self) -> Screen[Any]:
        """The screen that is tested, where it is one of those before anybody is signed in."""
        if self._made is None:
            self._made = self._make()
            if isinstance(self._made, BareScreen):
                return self._made
        return BareScreen()

    def section_screen(self, section: Section) -> Screen[Any]:
        """The screen that is tested, in its section; nothing in the others."""
        if self._made is not None and section.name == self._section:
            return self._made
        return Elsewhere()

    @property
    def _section(self) -> str:
        if isinstance(self._made, DetailScreen) or not isinstance(self._made, DeskScreen):
            return ""
        return self._made.SECTION or SECTIONS[0].name

    async def come(self, actor: Actor) -> None:
        """Come to the screen, if it is not where one is already: in its section, or on top of one."""
        if self._made is None or isinstance(self._made, BareScreen):
            return
        with self._context():
            if self._section:
                self._may |= {section_named(self._section).needs} - {""}
            self.sign_in(actor)
            if self._section:
                self.go(self._section)
            else:
                await self.push_screen(self._made)
