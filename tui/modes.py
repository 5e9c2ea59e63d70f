"""Sections and their screens: each section has screens of its own (a mode, as Textual calls it), kept while another is in front."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final

from textual.screen import Screen

from models.actor import Actor
from models.i18n import _
from screens.base import DeskScreen, DetailScreen, PlainScreen, scheduled
from screens.sections import ENTRIES, SECTIONS, Section, load, section_named
from tui.styles import LastingStylesheet
from tui.typeahead import PatientApp

ENTRY: Final = "entry"
"""The mode of the screens before anybody is signed in."""

ENROL: Final = "enrol"
"""The mode of what somebody who is signed in does before the sections open."""

LOCK: Final = "lock"
"""The mode of the screen that is above all others while the session is locked."""


class ModedApp(PatientApp, inherit_bindings=False):
    """An application of sections, of which each person sees those that are open to them.

    Args:
        home: the data folder.
        start: the screen one enters by.
        plain: whether to use the terminal's own sixteen colours and no others.
    """

    DEFAULT_MODE = ENTRY

    def __init__(self, home: Path, *, start: str, plain: bool) -> None:
        super().__init__(home, plain=plain)
        self.stylesheet = LastingStylesheet(variables=self.get_css_variables())
        self._actor: Actor | None = None
        self._held: frozenset[str] = frozenset()
        self._shown = self._held
        self._is_inside = False
        self._clock_behind = False
        self._log_damaged = False
        self._room_little = False
        self._start = start
        self._reason = ""
        self.add_mode(ENTRY, self.entry_screen)

    @property
    def actor(self) -> Actor | None:
        """Who is signed in."""
        return self._actor

    @property
    def is_locked(self) -> bool:
        """Whether the session waits for the password, and nothing else can be done."""
        return self.current_mode == LOCK

    def may(self, permission: str) -> bool:
        """Whether the person signed in held that permission when it was last read.

        `OWNER` asks whether it is the owner, `CHATS` whether there are conversations that they may read.
        """
        return permission in self._held

    # ---- screens

    def entry_screen(self) -> Screen[Any]:
        """The screen one enters by, made when it is to be shown."""
        made = load(ENTRIES[self._start])
        return made(self._reason) if self._reason else made()

    def section_screen(self, section: Section) -> Screen[Any]:
        """A section's screen; its module is read only when it is first opened."""
        return load(section.screen)()

    def open_screens(self) -> Sequence[Screen[Any]]:
        """Every screen that is open, in whatever section, the one in front first."""
        stacks = [self.screen_stack, *(stack for name, stack in self._screen_stacks.items() if name != self.current_mode)]
        return [screen for stack in stacks for screen in reversed(stack)]

    def lock_screen(self) -> Screen[Any]:
        """The screen that is above all others while the session is locked."""
        return load(ENTRIES[LOCK])()

    @property
    def clock_behind(self) -> bool:
        """Whether the machine's clock cannot be right."""
        return self._clock_behind

    def show_clock(self, *, behind: bool) -> None:
        """Say on every screen that the machine's clock cannot be right, or no longer."""
        if behind != self._clock_behind:
            self._clock_behind = behind
            self._say_warnings()

    @property
    def log_damaged(self) -> bool:
        """Whether the log was found damaged, so that nothing can be changed."""
        return self._log_damaged

    def show_log(self, *, damaged: bool) -> None:
        """Say on every screen that the log is damaged, or that somebody has accepted it."""
        if damaged != self._log_damaged:
            self._log_damaged = damaged
            self._say_warnings()

    @property
    def room_little(self) -> bool:
        """Whether the disk is nearly full."""
        return self._room_little

    def show_room(self, *, little: bool) -> None:
        """Say to whoever can do something about it that the disk is nearly full, or no longer."""
        if little != self._room_little:
            self._room_little = little
            self._say_warnings()

    def _say_warnings(self) -> None:
        for screen in self.open_screens():
            if isinstance(screen, PlainScreen):
                screen.say_warnings()

    # ---- sections

    def sections(self) -> Sequence[Section]:
        """The sections that the person signed in may open; none while the session is locked."""
        if not self._is_inside or self.is_locked:
            return ()
        return [section for section in SECTIONS if not section.needs or self.may(section.needs)]

    def go(self, section: str, **where: object) -> None:
        """Open a section; where it is to point at something, with its own screen in front. One that is in front already reads anew."""
        if section not in [each.name for each in self.sections()]:
            return
        if section == self.current_mode and not where and isinstance(self.screen, PlainScreen):
            self.screen.look_again()
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

    def open_enrolment(self) -> None:
        """Go from the entry to what comes before the sections."""
        self.add_mode(ENROL, load(ENTRIES[ENROL]))
        self._move(ENROL)

    def open_sections(self) -> None:
        """Go on to the first section."""
        self._is_inside = True
        self._shown = self._held
        for section in SECTIONS:
            self.add_mode(section.name, partial(self.section_screen, section))
        self._move(SECTIONS[0].name)

    def _move(self, mode: str) -> None:
        before = self.current_mode
        scheduled(self.switch_mode(mode))
        scheduled(self.remove_mode(before))

    def close_sections(self) -> None:
        """Go back to the entry; every screen of every section ends, and what was locked with them."""
        self._is_inside = False
        self.add_mode(ENTRY, self.entry_screen)
        scheduled(self.switch_mode(ENTRY))
        for name in (*(section.name for section in SECTIONS), ENROL, LOCK):
            if name in self._modes:
                scheduled(self.remove_mode(name))

    def renew(self, sections: Iterable[str]) -> None:
        """Let sections that are not in front begin anew when they are next opened; what is open in them ends."""
        for name in sections:
            if name in self._screen_stacks and name != self.current_mode:
                scheduled(self.remove_mode(name))
                self.add_mode(name, partial(self.section_screen, section_named(name)))

    # ---- what is no longer allowed

    def follow_access(self) -> None:
        """Show no more than the person may see now: what they may do is another than it was."""
        self._shown = self._held
        allowed = [section.name for section in self.sections()]
        for screen in self.screen_stack:
            if not _is_allowed(screen):
                self.withdraw(screen)
                break
        if self.current_mode not in allowed:
            self.withdraw(self.screen_stack[0])
        for name, stack in list(self._screen_stacks.items()):
            if name not in allowed or not all(map(_is_allowed, stack)):
                self.renew([name])
        for screen in list(self.screen_stack):
            if isinstance(screen, PlainScreen) and screen.is_mounted:
                screen.look_again()

    def withdraw(self, screen: Screen[Any], because: str = "") -> None:
        """Close a screen that is no longer allowed, and what is in front of it; a section gives way to the first one.

        Args:
            because: what is said of it; already translated.
        """
        if screen not in self.screen_stack:
            return
        self.notify(because or _("This is no longer yours to see."), severity="error", markup=False)
        gone = self.current_mode
        if isinstance(screen, DetailScreen) and screen is not self.screen_stack[0]:
            while self.screen is not screen:
                scheduled(self.pop_screen())
            scheduled(screen.dismiss(None))
        elif self._is_inside and gone != SECTIONS[0].name:
            scheduled(self.switch_mode(SECTIONS[0].name))
            self.renew([gone])


def _is_allowed(screen: Screen[Any]) -> bool:
    return not isinstance(screen, PlainScreen) or screen.is_allowed()
