"""Work figures: how many conversations each colleague received, how fast they answered, and who still waits.

What is counted, and how, says `models.rules.figures`. Numbers are everybody's who may see them: `data.staffperf.view` knows no departments.
The names of customers are not: who waits is listed as far as the reader may read conversations (`chat_scope`), and beyond that counted.
One's own figures anybody may see.

A day is a range of messages' numbers, and is one read of some 20 ms with 30,000 messages: no lock is held for longer. Times are taken by
the millisecond, in the order of the messages' numbers.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final, NamedTuple

from models import clock, db, sqlite
from models.actor import Actor
from models.errors import Cancelled, Unknown
from models.queries import chat_scope, shop
from models.queries._reading import may_read
from models.queries.departments import paths
from models.rules import chat_index, figures as rules
from models.rules.figures import Counts, CustomerDay, Period
from models.rules.progress import Asked, Progress, unasked, unheard

PERMISSION: Final = "data.staffperf.view"

# First and last of the day by conversation in one pass. Where the colleague's first message of the day stands behind the customer's first,
# that is the answer; else it is looked for, unless the conversation says that there is none.
_DAY: Final = """
    SELECT c.staff_id, c.id, c.customer, 1000 * (CASE
            WHEN d.spoke > d.asked THEN d.spoke >> 20
            WHEN c.waiting_since IS NULL OR d.asked >> 20 <= c.waiting_since / 1000 THEN (
                SELECT m.id >> 20 FROM message m INDEXED BY message_conversation
                WHERE m.conversation_id = c.id AND m.id > d.asked AND m.sender = 'staff' ORDER BY m.id LIMIT 1)
        END - (d.asked >> 20)),
        CASE WHEN d.last >> 20 >= c.waiting_since / 1000 THEN max(c.waiting_since, 1000 * (d.asked >> 20)) END
    FROM (
        SELECT conversation_id, min(id) FILTER (WHERE sender = 'customer') AS asked, max(id) FILTER (WHERE sender = 'customer') AS last,
            min(id) FILTER (WHERE sender = 'staff') AS spoke
        FROM message NOT INDEXED WHERE id BETWEEN ? AND ? GROUP BY conversation_id HAVING asked IS NOT NULL
    ) d CROSS JOIN conversation c ON c.id = d.conversation_id
"""
_OF_ONE: Final = f"{_DAY} WHERE c.staff_id = ?"
_PEOPLE: Final = f"SELECT id, login, name, status, department_id FROM staff WHERE id IN {sqlite.LISTED} ORDER BY login"  # noqa: S608  ours


class Person(NamedTuple):
    """A colleague to whom customers wrote in the period.

    Attributes:
        department: its path, where they belong now; "" for none.
        is_own: whether that is the reader.
        counts: of the whole period.
        days: of the days on which somebody wrote to them.
    """

    id: int
    login: str
    name: str
    status: str
    department: str
    is_own: bool
    counts: Counts
    days: dict[str, Counts]

    def on(self, day: str) -> Counts:
        """A day's figures."""
        return self.days.get(day, rules.NOTHING)


class Waiting(NamedTuple):
    """A customer-day that is unanswered, of a conversation that the reader may read.

    Attributes:
        since: when the customer wrote what nobody has answered, UTC microseconds.
    """

    day: str
    since: int
    conversation_id: int
    customer: str
    staff_id: int
    login: str
    name: str


class Figures(NamedTuple):
    """The figures of a period.

    Attributes:
        people: by login; who received nothing is not among them.
        total: of all of them together.
        daily: the same by day; every day of the period.
        waiting: who waits for an answer, the longest first, as far as the reader may read.
        beyond: how many more wait, by colleague.
    """

    period: Period
    people: tuple[Person, ...]
    total: Counts
    daily: dict[str, Counts]
    waiting: tuple[Waiting, ...]
    beyond: dict[int, int]


def figures(actor: Actor, period: Period, *, progress: Progress = unheard, cancelled: Asked = unasked) -> Figures:
    """Everybody's figures of a period.

    Raises:
        NotAllowed: it takes `data.staffperf.view`, before counting and after.
        Cancelled: it was stopped.
        SessionEnded, SessionLocked, EnrolFirst: as every read.
    """
    may_read(actor, PERMISSION)
    found = gathered(actor, period, None, progress, cancelled)
    may_read(actor, PERMISSION)
    return found


def mine(actor: Actor, period: Period, *, progress: Progress = unheard, cancelled: Asked = unasked) -> Figures:
    """One's own figures of a period: `people` is empty, or oneself.

    Raises:
        Unknown: the operator at the machine answers no customers.
        Cancelled: it was stopped.
        SessionEnded, SessionLocked, EnrolFirst: as every read.
    """
    may_read(actor, None)
    if actor.staff_id is None:
        raise Unknown("staff", actor.name)
    return gathered(actor, period, actor.staff_id, progress, cancelled)


def usual(name: str) -> Period:
    """One of `rules.PERIODS`, up to this moment in the shop's time zone."""
    return rules.usual(name, _today())


def typed(since: str, until: str) -> Period:
    """The period between two days that somebody typed; days to come are left out.

    Raises:
        Invalid: of `since` or `until`: it is no day, or not such a period.
    """
    zone = shop.zone()
    first, last = clock.start_of_day(since, zone), clock.end_of_day(until, zone)
    return rules.checked(clock.day(first, zone), clock.day(last, zone), _today())


def moved(period: Period, by: int) -> Period:
    """The period before (-1) or after (1), as `rules.moved` says."""
    return rules.moved(period, by, _today())


def bounds(period: Period) -> tuple[int, int]:
    """The first and the last moment of a period in the shop's time zone, UTC microseconds."""
    zone, before = shop.zone(), date.fromisoformat(period.since) - timedelta(days=1)
    return clock.end_of_day(before.isoformat(), zone) + 1, clock.end_of_day(period.until, zone)


def gathered(actor: Actor, period: Period, staff_id: int | None, progress: Progress, cancelled: Asked) -> Figures:
    """The figures of everybody, or of one person, for a reader who was let read already, or is about to be judged.

    Raises:
        Cancelled: it was stopped.
        SessionEnded, SessionLocked, EnrolFirst: as every read; judged before, and after, since counting takes its time.
    """
    may_read(actor, None)
    found = rules.counted(_days(period, staff_id, progress, cancelled))
    with db.connection():
        seen, known, here = chat_scope.scope(actor), db.rows(_PEOPLE, (json.dumps([*found.people]),)), paths()
    named = {identity: (login, name) for identity, login, name, _status, _department in known}
    reached = {identity for identity, *_about, department_id in known if seen.takes(identity, department_id) is not None}
    people = tuple(
        Person(
            *(identity, login, name, status, here.get(department_id, ""), identity == actor.staff_id),
            found.people[identity],
            found.days[identity],
        )
        for identity, login, name, status, department_id in known
    )
    beyond: dict[int, int] = {}
    for each in found.unanswered:
        if each.staff_id not in reached:
            beyond[each.staff_id] = beyond.get(each.staff_id, 0) + 1
    waiting = tuple(Waiting(*each, *named[each.staff_id]) for each in found.unanswered if each.staff_id in reached)
    return Figures(period, people, found.total, found.daily, waiting, beyond)


def _days(period: Period, staff_id: int | None, progress: Progress, cancelled: Asked) -> Iterator[tuple[str, list[CustomerDay]]]:
    """Each day with its customer-days."""
    zone, days = shop.zone(), period.days
    text, of = (_DAY, ()) if staff_id is None else (_OF_ONE, (staff_id,))
    begin, _last = bounds(period)
    for place, day in enumerate(days):
        if cancelled():
            raise Cancelled
        progress(place, len(days))
        end = clock.end_of_day(day, zone)
        terms = (chat_index.lowest_number(begin), chat_index.highest_number(end), *of)
        yield day, [CustomerDay(*row) for row in db.rows(text, terms)]
        begin = end + 1
    progress(len(days), len(days))


def _today() -> str:
    return clock.day(clock.now(), shop.zone())
