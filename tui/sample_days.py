"""Time in the sample shop, and who is there: everything happens at its moment, and whoever does something signs in first."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Final, NamedTuple

from models import clock
from models.acting import Asked
from models.actor import Actor
from models.i18n import Language
from models.operations import sessions
from tui import sample

AT_COUNTER: Final = Actor.stranger()

Both = tuple[str, str]
"""What is called one thing in English and another in Chinese."""


class Event(NamedTuple):
    """Something that happens: when, UTC microseconds, and what; or, in another program, what is asked there."""

    at: int
    act: Callable[[], object] = bool
    asked: Asked | None = None


class Days:
    """The days so far: what time it is, who is signed in, who has which password and device key.

    Attributes:
        keys: fingerprints of device keys by login.
    """

    def __init__(self, language: Language) -> None:
        self.language: Final[Language] = language
        self.zone: Final = clock.HOME_ZONE
        self.now: Final = clock.now()
        self.midnight: Final = clock.end_of_day(clock.day(self.now, self.zone), self.zone) + 1 - clock.DAY
        self.keys: Final[dict[str, str]] = {}
        self.passwords: Final = dict(sample.PASSWORDS)
        self.moment = 0
        self._signed_in: dict[str, Actor] = {}

    def begin(self) -> None:
        """From here on the clock shows the moment at which things happen."""
        clock.set_clock(lambda: self.moment)

    def go_to(self, moment: int) -> None:
        """To `moment` or a little later: never back, never beyond now."""
        moment += secrets.randbelow(50 * clock.SECOND)
        self.moment = min(max(moment, self.moment + clock.SECOND), self.now)

    def day(self, days_ago: int, minute: int) -> int:
        """A minute of a day that was so many days ago; of today, so many minutes before now, whatever time it is. UTC microseconds."""
        return self.midnight - days_ago * clock.DAY + minute * clock.MINUTE if days_ago else self.now - minute * clock.MINUTE

    def end(self, days: int | None) -> int | None:
        """The end of the day in so many days from today."""
        return self.midnight + (days + 1) * clock.DAY - 1 if days is not None else None

    def said(self, both: Both) -> str:
        """What it is called in the shop's language."""
        return both[self.language == "zh"]

    def actor(self, login: str, terminal: str = "tty2") -> Actor:
        """Somebody, signed in a minute ago at least: over SSH whoever has a device key by then, and the owner; else at the machine."""
        if login not in self._signed_in:
            key = self.keys.get(login, "")
            whence = Actor.stranger(sample.ADDRESSES[login], key) if key or login == sample.OWNER[0] else AT_COUNTER
            self._signed_in[login] = sessions.sign_in(
                whence, login, self.passwords[login], terminal="pts/1" if whence.address else terminal
            )
            self.go_to(self.moment + clock.MINUTE)
        return self._signed_in[login]

    def go_home(self) -> None:
        """Everybody signs out."""
        for actor in self._signed_in.values():
            self.go_to(self.moment + 4 * clock.MINUTE)
            sessions.sign_out(actor)
        self._signed_in.clear()
