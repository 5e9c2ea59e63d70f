"""High-risk acts of the last days, counted by day: what stands out in the log."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Final, NamedTuple

from models import clock, db, sqlite
from models.actor import Actor
from models.clock import MINUTE
from models.events import HIGH, PERMISSION, PROGRAMS
from models.queries.audit import sight
from models.queries.audit_words import of_risk
from models.queries.shop import zone

DAYS: Final = 30
"""As far back as one looks, today included."""

SLOT: Final = 15 * MINUTE
"""Acts are counted by quarters of an hour, microseconds: wherever a day begins, it begins with one."""

_FIRST: Final = "SELECT seq FROM audit_entry WHERE at >= ? ORDER BY at, seq LIMIT 1"
# Of so few days the entries themselves are read, in their order: the indexes by action and permission would lead all over the table.
_COUNTED: Final = f"""
    SELECT min(at, ?4) / ?1, count(*) FROM audit_entry NOT INDEXED
    WHERE seq >= ?2 AND at >= ?3 AND (?5 IS NULL OR actor IN (SELECT value FROM {sqlite.each("?5")}))
          AND (action IN (SELECT value FROM {sqlite.each("?6")}) OR object_kind = '{PERMISSION}'
               AND object_label IN (SELECT value FROM {sqlite.each("?7")}) AND action IN (SELECT value FROM {sqlite.each("?8")}))
    GROUP BY 1
"""  # noqa: S608  our own text only


class Day(NamedTuple):
    """A day of the shop's, and the high-risk acts that fell on it.

    Attributes:
        day: `2026-12-31`.
        since: its first moment, UTC microseconds.
        acts: how many.
    """

    day: str
    since: int
    acts: int


def daily(actor: Actor, days: int = DAYS) -> tuple[Day, ...]:
    """How many high-risk acts the actor may see of each of the last days, the oldest first, today last.

    What a clock that ran ahead wrote down for later counts today: the log lists it, too.

    Raises:
        SessionEnded, SessionLocked, EnrolFirst: as every read.
    """
    with db.connection():
        seen = sight(actor).actors
        here, last = zone(), clock.now()
        begun = _begun(clock.day(last, here), days, here)
        first = db.row(_FIRST, (begun[0][1],))
        counts = dict.fromkeys((day for day, _since in begun), 0)
        if first is not None:
            own, labels = of_risk(HIGH)
            actors = None if seen is None else _json(seen)
            terms = (SLOT, first[0], begun[0][1], last, actors, _json(own), _json(labels), _json(PROGRAMS))
            for slot, number in db.rows(_COUNTED, terms):
                counts[clock.day(max(slot * SLOT, begun[0][1]), here)] += number
    return tuple(Day(day, since, counts[day]) for day, since in begun)


def _begun(today: str, days: int, here: str) -> list[tuple[str, int]]:
    """The last days with their first moments, the oldest first."""
    ends = [date.fromisoformat(today) - timedelta(days=back) for back in range(days, -1, -1)]
    moments = [clock.end_of_day(end.isoformat(), here) + 1 for end in ends[:-1]]
    return [(end.isoformat(), since) for end, since in zip(ends[1:], moments, strict=True)]


def _json(values: frozenset[str] | tuple[str, ...]) -> str:
    return json.dumps(sorted(values))
