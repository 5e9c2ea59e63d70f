"""Entries of the log as rows: read page by page as the cursor comes near, so that a million cost what a hundred do."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final, Protocol

from textual.content import Content

from models import clock
from models.actor import Actor
from models.events import HIGH
from models.i18n import N_, _
from models.queries.audit import ALL, PAGE, EntryRow, Page, Wanted
from screens.widgets import words
from screens.widgets.list_view import ALWAYS, Column, Key, Row

COLUMNS: Final = (
    Column("risk", width=1, keep=ALWAYS),
    Column("at", N_("When"), width=16, keep=ALWAYS),
    Column("who", N_("Who acted"), least=10, keep=ALWAYS, flex=1),
    Column("what", N_("What was done"), least=20, keep=ALWAYS, flex=4),
)

AHEAD: Final = 100
"""So near the end of what was read the cursor comes before the next page is read."""

_CONSOLE: Final = "console:"


class Reading(Protocol):
    """How a page of the log is read, as `models.queries.audit.page` for whoever is signed in."""

    def __call__(self, wanted: Wanted, before: int | None, limit: int) -> Page:
        """The newest entries that `wanted` lets through, older than the number `before`."""
        ...


def risk_mark(risk: str) -> str | Content:
    """▲ of what is high-risk, and nothing of the rest."""
    return words.plain(words.HIGH_RISK, "$text-error") if risk == HIGH else ""


def who(actor: str, name: str) -> str:
    """Who acted, in few words: the name of a person; else the login, the operator at the machine, or a stranger."""
    if Actor(actor).is_console:
        return _("operator ({user})").format(user=actor.removeprefix(_CONSOLE))
    return name or actor or _("a stranger")


def who_in_full(actor: str, name: str) -> str:
    """The same with name and login both, and where an operator sat."""
    if Actor(actor).is_console:
        return _("operator at the machine ({user})").format(user=actor.removeprefix(_CONSOLE))
    return f"{name} · {actor}" if name else actor or _("a stranger")


class Entries(Protocol):
    """The entries behind a list."""

    @property
    def more(self) -> bool:
        """Whether there may be older ones that were not read."""
        ...

    @property
    def searched_to(self) -> int | None:
        """Down to which moment a search looked before it stopped; None where it did not."""
        ...

    @property
    def newest(self) -> int:
        """The number of the first; 0 where there is none."""
        ...

    def count(self) -> int:
        """How many there are, as far as they were read."""
        ...

    def window(self, offset: int, limit: int) -> Sequence[Row]:
        """The rows from `offset` on."""
        ...

    def position(self, key: Key) -> int | None:
        """Where the entry with that number stands."""
        ...

    def at(self, place: int) -> EntryRow | None:
        """The entry in that place."""
        ...

    def read_on(self) -> None:
        """Read the next page."""
        ...

    def anew(self) -> Entries:
        """The same entries with whatever came since on top."""
        ...


class Found:
    """Entries that a filter lets through. They are never changed, so what was read is kept, and only what came since is read again.

    Args:
        zone: the shop's time zone.
    """

    def __init__(self, read: Reading, wanted: Wanted, zone: str) -> None:
        self._read, self._wanted, self._zone = read, wanted, zone
        self._rows: list[EntryRow] = []
        self._places: dict[Key, int] = {}
        self._top = next((entry.seq for entry in read(Wanted(), None, 1).rows), 0)
        self._page = Page((), more=True, searched_to=None, before=None)
        self.read_on()

    @property
    def more(self) -> bool:
        """Whether there may be older ones that were not read."""
        return self._page.before is not None

    @property
    def searched_to(self) -> int | None:
        """Down to which moment a search looked before it stopped; None where it did not."""
        return self._page.searched_to

    @property
    def newest(self) -> int:
        """The number of the first; 0 where there is none."""
        return self._rows[0].seq if self._rows else 0

    def count(self) -> int:
        """How many were read."""
        return len(self._rows)

    def window(self, offset: int, limit: int) -> Sequence[Row]:
        """The rows from `offset` on."""
        return [_row(entry, self._zone) for entry in self._rows[offset : offset + limit]]

    def position(self, key: Key) -> int | None:
        """Where the entry with that number stands, as far as they were read."""
        return self._places.get(key)

    def at(self, place: int) -> EntryRow | None:
        """The entry in that place; the next page is read where that is needed."""
        if place == len(self._rows) and self.more and self.searched_to is None:
            self.read_on()
        return self._rows[place] if 0 <= place < len(self._rows) else None

    def read_on(self) -> None:
        """Read the next page."""
        self._page = self._read(self._wanted, self._page.before, PAGE)
        self._take(self._page.rows)

    def _take(self, rows: Sequence[EntryRow]) -> None:
        self._places |= {entry.seq: len(self._rows) + place for place, entry in enumerate(rows)}
        self._rows += rows

    def anew(self) -> Found:
        """The same entries with whatever came since on top; from the start where so much came that the two do not meet."""
        fresh = Found(self._read, self._wanted, self._zone)
        met, reached = fresh._page.before, self._page.before
        if met is not None and met <= self._top and (reached is None or reached <= met):
            fresh._take([entry for entry in self._rows if entry.seq < met])
            fresh._page = self._page
        return fresh


class Everything:
    """The whole log, nothing filtered: its numbers have no gaps, so any place in it can be read at once.

    Args:
        zone: the shop's time zone.
    """

    more = False
    searched_to = None

    def __init__(self, read: Reading, zone: str) -> None:
        self._read, self._zone = read, zone
        self.newest: Final = next((entry.seq for entry in read(Wanted(), None, 1).rows), 0)
        self._held: Mapping[int, EntryRow] = {}

    def count(self) -> int:
        """How many there are."""
        return self.newest

    def window(self, offset: int, limit: int) -> Sequence[Row]:
        """The rows from `offset` on. Where a number is missing the log was tampered with, and the row says so."""
        first = self.newest - offset
        found = self._held = {entry.seq: entry for entry in self._read(Wanted(), first + 1, limit).rows}
        return [
            _row(found[seq], self._zone) if seq in found else Row(seq, ("", "", "", _("Entry {seq} is missing.").format(seq=seq)), dim=True)
            for seq in range(first, max(0, first - limit), -1)
        ]

    def position(self, key: Key) -> int | None:
        """Where the entry with that number stands."""
        return self.newest - key if isinstance(key, int) and 0 < key <= self.newest else None

    def at(self, place: int) -> EntryRow | None:
        """The entry in that place; of a missing one, the next older."""
        if not 0 <= place < self.newest:
            return None
        if (entry := self._held.get(self.newest - place)) is not None:
            return entry
        return next(iter(self._read(Wanted(), self.newest - place + 1, 1).rows), None)

    def read_on(self) -> None:
        """All of it can be read already."""

    def anew(self) -> Everything:
        """The same with whatever came since on top."""
        return Everything(self._read, self._zone)


def entries(read: Reading, wanted: Wanted, zone: str, reach: str) -> Entries:
    """The entries that `wanted` lets through.

    Args:
        reach: how much of the log the reader sees.
    """
    if reach == ALL and wanted == Wanted():
        return Everything(read, zone)
    return Found(read, wanted, zone)


def _row(entry: EntryRow, zone: str) -> Row:
    return Row(entry.seq, (risk_mark(entry.risk), clock.minute(entry.at, zone), who(entry.actor, entry.name), entry.sentence))


def moment_to_second(us: int, zone: str) -> str:
    """A moment with its seconds: `2026-12-31 14:05:09`."""
    return f"{clock.minute(us, zone)}:{us // clock.SECOND % 60:02}"


Step = Callable[[int, int], int | None]
"""Goes from the entry of a number to its neighbour in a list, and answers its number: 1 for the older, -1 for the newer one."""
