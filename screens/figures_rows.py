"""The rows of work figures: a person, a day, all together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from textual.content import Content

from models import clock
from models.catalogue import LEFT
from models.i18n import N_, _, ngettext
from models.queries.figures import Figures, Person, Waiting
from models.rules.figures import Counts, lasting
from screens.widgets import words
from screens.widgets.blocks import bar, drawn, fitted, per_block
from screens.widgets.list_view import ALWAYS, Column, Key, Row, Sort

ALL: Final = "all"
"""The key of the line of all together."""

SMALL: Final = 16
LARGE: Final = 31
"""Blocks of a line: on a narrow screen, and where a month has one for each day."""

SHORT: Final = 8
LONG: Final = 20
"""Cells of the longest bar: on a narrow screen, and on another."""

FIRST_SORT: Final[Sort] = ("received", "down")

_NUMBERS: Final = (
    Column("received", N_("Received"), width=10, align="right", sortable=True, keep=7),
    Column("answered", N_("Answered"), width=10, align="right", sortable=True, keep=2),
    Column("first_answer", N_("First answer"), width=14, align="right", sortable=True, keep=5),
    Column("unanswered", N_("Unanswered"), width=12, align="right", sortable=True, keep=6),
)


def people_columns(cells: int) -> tuple[Column, ...]:
    """Of the list of people, with room for so many blocks."""
    return (
        Column("name", N_("Name"), sortable=True, keep=ALWAYS, least=12, flex=2),
        Column("login", N_("Login"), width=12, keep=1),
        *_NUMBERS,
        Column("days", N_("By day"), width=cells, keep=3),
    )


def day_columns(cells: int) -> tuple[Column, ...]:
    """Of the list of days, with bars as long as that."""
    return (
        Column("day", N_("Day"), width=12, sortable=True, keep=ALWAYS),
        *(column._replace(sortable=False) for column in _NUMBERS),
        Column("bar", width=cells, keep=1),
    )


WAITING: Final = (
    Column("since", N_("Waits since"), width=17, keep=ALWAYS),
    Column("ago", width=14, keep=1),
    Column("customer", N_("Customer"), keep=ALWAYS, least=10, flex=2),
    Column("name", N_("Colleague"), keep=3, least=8),
)


def people_rows(found: Figures, sort: Sort, cells: int) -> list[Row]:
    """All together first, then the people in their order; all their blocks are of one scale."""
    if not found.people:
        return []
    days = found.period.days
    received = {person.id: fitted([person.on(day).received for day in days], cells) for person in found.people}
    most = max(max(each) for each in received.values())
    together = drawn(fitted([found.daily[day].received for day in days], cells))
    first = Row(ALL, (words.plain(_("All together"), "bold"), "", *_cells(found.total), words.plain(together, "$accent")))
    rows = [
        Row(person.id, (person.name, person.login, *_cells(person.counts), _blocks(received[person.id], most)), dim=person.status == LEFT)
        for person in sorted_people(found.people, sort)
    ]
    return [first, *rows]


def sorted_people(people: Sequence[Person], sort: Sort) -> list[Person]:
    """By a column; who has nothing in it comes last either way, and who is alike stands by login."""
    column, way = sort
    if column == "name":
        return sorted(people, key=lambda person: (person.name.casefold(), person.login), reverse=way == "down")
    known = [person for person in people if getattr(person.counts, column) is not None]
    sign = -1 if way == "down" else 1
    known.sort(key=lambda person: sign * int(getattr(person.counts, column)))
    return [*known, *(person for person in people if getattr(person.counts, column) is None)]


def day_rows(days: dict[str, Counts], total: Counts, way: str, cells: int) -> list[Row]:
    """All together first, then a row for each day, the newest first unless they are to rise."""
    if not total.received:
        return []
    most = max(counts.received for counts in days.values())
    rows = [
        Row(
            day,
            (day, *_cells(counts), words.plain(bar(counts.received, most, cells), "$accent")),
            dim=not counts.received,
        )
        for day, counts in sorted(days.items(), reverse=way == "down")
    ]
    return [Row(ALL, (words.plain(_("All together"), "bold"), *_cells(total), "")), *rows]


class WaitingSource:
    """Who waits for an answer; a row is made when it is shown."""

    def __init__(self, waiting: Sequence[Waiting], zone: str) -> None:
        self.waiting = waiting
        self._zone = zone

    def count(self) -> int:
        """How many rows there are."""
        return len(self.waiting)

    def window(self, offset: int, limit: int) -> Sequence[Row]:
        """The rows from `offset` on, `limit` of them at most."""
        return [self._row(each) for each in self.waiting[offset : offset + limit]]

    def position(self, key: Key) -> int | None:
        """Where the row with that key is; None when they wait no longer."""
        return next((place for place, each in enumerate(self.waiting) if waiting_key(each) == key), None)

    def at(self, key: Key | None) -> Waiting | None:
        """Who a row is about."""
        place = None if key is None else self.position(key)
        return None if place is None else self.waiting[place]

    def _row(self, each: Waiting) -> Row:
        return Row(waiting_key(each), (clock.minute(each.since, self._zone), clock.distance(each.since), each.customer, each.name))


def waiting_key(each: Waiting) -> str:
    """Names a row: one conversation may wait of several days."""
    return f"{each.conversation_id}:{each.day}"


def blocks_words(days: int, cells: int) -> str:
    """What a block stands for, where it is not one day."""
    each = per_block(days, cells)
    return "" if each == 1 else ngettext("a block is {n} day", "a block is {n} days", each).format(n=each)


def _cells(counts: Counts) -> tuple[str | Content, ...]:
    waits = f"{counts.unanswered:,}"
    return (
        f"{counts.received:,}",
        f"{counts.answered:,}",
        lasting(counts.first_answer),
        words.plain(waits, "$text-warning") if counts.unanswered else waits,
    )


def _blocks(numbers: Sequence[int], most: int) -> Content:
    return words.plain(drawn(numbers, most), "$accent")
