"""When somebody last used a permission, as far as the log knows.

It knows of two kinds of use: what another program was allowed (`program.allow`, whose object is the permission), and acts of our own
that take one (`events.USES`). Looking leaves no entry, and a program that reports nothing is not heard of: where the log cannot tell,
nobody is said to have never used anything.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from itertools import chain
from typing import Any, Final, NamedTuple

from models import db
from models.catalogue import closure
from models.clock import DAY
from models.events import PROGRAM_ALLOW, USES
from models.rules.sharing import ALL_CODE, TEAM_CODE

UNUSED_DAYS: Final = 90
"""What was not used for so many days is said to be unused."""

_LOOKING: Final = frozenset({"staff.view", "audit.view.all", "data.staffperf.view"})
"""Used by looking, which leaves no entry; that somebody never took an export tells nothing."""

TOLD: Final = frozenset(USES.values()) - _LOOKING
"""Permissions each use of which is an entry of our own."""

_BEGINNING: Final = dict.fromkeys((TEAM_CODE, ALL_CODE), ("chat.import", "chat.deliver"))
"""Permissions on what a shop does not have from the first day on: the log tells of their uses since the first of these acts."""

_FIRST: Final = """
    WITH asked (code) AS (VALUES {asked})
    SELECT a.code, (SELECT e.at FROM audit_entry e WHERE e.object_kind = 'permission' AND e.object_label = a.code ORDER BY e.seq LIMIT 1)
    FROM asked a
"""
_BEGAN: Final = """
    WITH asked (code, act) AS (VALUES {asked})
    SELECT a.code, (SELECT e.at FROM audit_entry e WHERE e.action = a.act ORDER BY e.seq LIMIT 1)
    FROM asked a
"""
_OF_PROGRAMS: Final = f"""
    WITH asked (place, login, code) AS (VALUES {{asked}})
    SELECT a.place, (SELECT e.at FROM audit_entry e WHERE e.action = '{PROGRAM_ALLOW}'
        AND e.actor = a.login AND e.object_label = a.code ORDER BY e.seq DESC LIMIT 1)
    FROM asked a
"""  # noqa: S608  our own text only
_OF_OURS: Final = """
    WITH asked (place, login, act, staff_id) AS (VALUES {asked})
    SELECT a.place, (SELECT e.at FROM audit_entry e WHERE e.actor = a.login AND e.action = a.act
        AND (e.object_kind <> 'staff' OR e.object_id IS NOT a.staff_id)
        AND (e.action <> 'staff.leave' OR e.session IS NOT NULL) ORDER BY e.seq DESC LIMIT 1)
    FROM asked a
"""
"""Each is a probe of an index; of a person's own acts, the newest that was not done to their own account. A departure that was planned is
written down in no session, whenever anybody writes next: who planned it used their permission when they did."""

ONCE: Final = 2_000
"""So many are asked about in one statement: SQLite takes 32,766 values."""


class Holds(NamedTuple):
    """A person who holds a permission, by login and id, and its code."""

    login: str
    staff_id: int
    code: str


class Use(NamedTuple):
    """What the log knows of somebody's use of a permission. Times are UTC microseconds.

    Attributes:
        at: the last one; None where there is no entry of one.
        known_since: since when the log tells of uses of this permission; None where it cannot tell at all.
    """

    at: int | None
    known_since: int | None

    def unused(self, held_since: int, now: int) -> bool:
        """Whether somebody who has held it since `held_since` has let it lie for `UNUSED_DAYS`, as far as the log knows."""
        early = now - UNUSED_DAYS * DAY
        return held_since <= early and self.known_since is not None and self.known_since <= early and (self.at is None or self.at <= early)


def known_since(codes: Sequence[str]) -> dict[str, int]:
    """Since when the log tells of each permission's uses; what it cannot tell of is left out.

    Since ever, of what our own acts take, or since there is anything that they could be done to; since the first entry that anybody has of
    it, of everything else.
    """
    first = {code: at for code, at in _answers(_FIRST, [(code,) for code in codes]) if at is not None}
    began = [(code, act) for code in codes for act in _BEGINNING.get(code, ())]
    for known, at in _answers(_BEGAN, began):
        if at is not None:
            first[known] = min(at, first.get(known, at))
    ever = TOLD - _BEGINNING.keys()
    return {code: 0 if code in ever else first[code] for code in codes if code in ever or code in first}


@cache
def _acts(code: str) -> tuple[str, ...]:
    """What uses a permission: the acts that take it, and those that take one which cannot be held without it."""
    return tuple(action for action, takes in USES.items() if takes == code or (takes in TOLD and code in TOLD & closure(takes)))


def last(wanted: Sequence[Holds]) -> list[int | None]:
    """When each of `wanted` was last used, in the same order."""
    found: list[int | None] = [None] * len(wanted)
    for place, at in _answers(_OF_PROGRAMS, [(place, each.login, each.code) for place, each in enumerate(wanted)]):
        found[place] = at
    acts = [(place, each.login, action, each.staff_id) for place, each in enumerate(wanted) for action in _acts(each.code)]
    for place, at in _answers(_OF_OURS, acts):
        found[place] = max(filter(None, (found[place], at)), default=None)
    return found


def uses(wanted: Sequence[Holds]) -> list[Use]:
    """What the log knows of each of `wanted`, in the same order."""
    since = known_since(sorted({each.code for each in wanted}))
    return [Use(at, since.get(each.code)) for each, at in zip(wanted, last(wanted), strict=True)]


def _answers(sql: str, asked: Sequence[tuple[object, ...]]) -> Iterator[tuple[Any, ...]]:
    """What `sql` says of each of `asked`."""
    for start in range(0, len(asked), ONCE):
        part = asked[start : start + ONCE]
        marks = f"({', '.join('?' * len(part[0]))})"
        yield from db.rows(sql.format(asked=", ".join([marks] * len(part))), tuple(chain.from_iterable(part)))
