"""What tests of screens stand on: the real program around one screen, and its picture as text."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.screen import Screen

from models import i18n
from models.actor import Actor
from models.i18n import Language
from screens.base import BareScreen, DeskScreen, DetailScreen
from screens.sections import SECTIONS, Section, section_named
from tests.screens.look import settle
from tui.app import ShopstaffApp
from tui.language import speak

SOMEBODY = Actor("alice", 1, 1)

DeskFactory = Callable[..., AbstractAsyncContextManager[tuple["AroundOneScreen", Pilot[int]]]]
"""What the fixture `desk` gives: `desk(screen, may={...}, size=(80, 24), language="en", actor=...)`."""


@pytest.fixture(autouse=True)
def _english_again() -> Iterator[None]:
    """A test that speaks another language leaves none of it to the next."""
    yield
    i18n.install("en")


@pytest.fixture
def desk(tmp_path: Path) -> DeskFactory:
    """The real program around one screen, with no shop of its own: whoever is signed in may do what the test says."""

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
        app = AroundOneScreen(tmp_path, may or set())
        async with app.run_test(size=size) as pilot:
            await app.come(screen, actor)
            await settle(pilot)
            yield app, pilot

    return start


class Elsewhere(DeskScreen):
    """The sections that the test is not about."""


class AroundOneScreen(ShopstaffApp):
    """The program, come straight to one screen."""

    def __init__(self, home: Path, may: set[str]) -> None:
        super().__init__(home)
        self._may = frozenset(may)
        self._made: tuple[str, Screen[Any]] | None = None

    def read_access(self) -> None:
        """Whoever is signed in may do what the test says."""
        self._held = self._may

    def entry_screen(self) -> Screen[Any]:
        """Where somebody who is not signed in is."""
        return BareScreen()

    def section_screen(self, section: Section) -> Screen[Any]:
        """The screen that is tested, in its section; nothing in the others."""
        if self._made is not None and self._made[0] == section.name:
            return self._made[1]
        return Elsewhere()

    async def come(self, screen: Callable[[], Screen[Any]], actor: Actor) -> None:
        """Come to the screen: before anybody is signed in, in its section, or on top of one."""
        with self._context():
            made = screen()
            if isinstance(made, BareScreen):
                await self.switch_screen(made)
                return
            is_section = isinstance(made, DeskScreen) and not isinstance(made, DetailScreen)
            if is_section:
                self._made = (getattr(made, "SECTION", "") or SECTIONS[0].name, made)
                self._may |= {section_named(self._made[0]).needs} - {""}
            self.sign_in(actor)
            if self._made is not None:
                self.go(self._made[0])
            else:
                await self.push_screen(made)
