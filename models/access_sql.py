"""The SQL that access is read with, kept as text: built anew at each call it would cost seventeen times as much.

Both peewee's connection and the bare one of `shopstaff check` run it. A test compares its names with the tables.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from models.catalogue import closure, permissions
from models.latest import Rows, latest
from models.rules.access import Given, Holding, Person, Source, allowed, potential

PERSON: Final = "SELECT id, login, status, post, is_owner, leaves_at FROM staff WHERE login = ?"
PERSON_BY_ID: Final = "SELECT id, login, status, post, is_owner, leaves_at FROM staff WHERE id = ?"

HOLDINGS: Final = """
    SELECT p.permission, 'role', coalesce(r.code, r.name), g.granted_by, g.since, g.until, r.name
    FROM role_grant g JOIN role r ON r.id = g.role_id JOIN role_permission p ON p.role_id = r.id
    WHERE g.staff_id = ?1 AND g.ended_at IS NULL
    UNION ALL
    SELECT e.permission, 'extra', e.permission, e.granted_by, e.since, e.until, NULL
    FROM extra e WHERE e.staff_id = ?1 AND e.ended_at IS NULL
"""
"""One row a permission and grant that was not taken back, of one person, valid or not."""

GIVEN: Final = """
    SELECT p.permission, g.since, g.until FROM role_grant g JOIN role_permission p ON p.role_id = g.role_id
    WHERE g.staff_id = ?1 AND g.ended_at IS NULL
    UNION ALL
    SELECT e.permission, e.since, e.until FROM extra e WHERE e.staff_id = ?1 AND e.ended_at IS NULL
"""
"""The same, with no more of it than judging without explaining takes."""


def person(row: tuple[Any, ...], rows: Rows, now: int) -> Person:
    """What judging needs, from a row of `PERSON`.

    Args:
        now: the moment they are judged at, UTC microseconds.
    """
    _id, login, status, post, is_owner, leaves_at = row
    return Person(login, status, post, bool(is_owner), leaving(leaves_at, rows, now))


def leaving(leaves_at: int | None, rows: Rows, now: int) -> int | None:
    """When somebody leaves, as the judge is told it: whose day was over once is gone, and no clock that is set back revives them."""
    if leaves_at is not None and now <= leaves_at < latest(rows):
        return now - 1
    return leaves_at


def sources(rows: Iterable[tuple[Any, ...]]) -> dict[str, list[Source]]:
    """What gives each code, from the rows of `HOLDINGS`."""
    found: dict[str, list[Source]] = {}
    new = tuple.__new__  # half the time of `Source(…)`, and a person has a hundred
    for row in rows:
        source = new(Source, row[1:])
        if (code := row[0]) in found:
            found[code].append(source)
        else:
            found[code] = [source]
    return found


def holdings(rows: Iterable[tuple[Any, ...]]) -> list[Holding]:
    """What a person holds, from the rows of `HOLDINGS`."""
    return [Holding(row[0], Source(*row[1:])) for row in rows]


_OWNER: Final = "SELECT login, name FROM staff WHERE is_owner = 1"
_MANAGERS: Final = """
    SELECT s.name, s.id, s.login, s.status, s.post, s.is_owner, s.leaves_at FROM staff s
    WHERE s.id IN ({ids}) AND s.status = 'active' AND s.is_owner = 0 ORDER BY s.login
"""
_HOLDS: Final = "g.ended_at IS NULL AND g.since <= ?1 AND (g.until IS NULL OR g.until >= ?1)"
_CONTENT: Final = "SELECT p.role_id, p.permission FROM role_permission p WHERE p.permission IN ({codes})"
_BY_ROLE: Final = f"SELECT g.staff_id, g.role_id FROM role_grant g WHERE {_HOLDS}"  # noqa: S608  our own text only
_BY_EXTRA: Final = f"SELECT g.staff_id, g.permission FROM extra g WHERE {_HOLDS} AND g.permission IN ({{codes}})"  # noqa: S608  as above
_GIVEN_TO: Final = """
    SELECT g.staff_id, p.permission, g.since, g.until FROM role_grant g JOIN role_permission p ON p.role_id = g.role_id
    WHERE g.staff_id IN ({ids}) AND g.ended_at IS NULL
    UNION ALL
    SELECT e.staff_id, e.permission, e.since, e.until FROM extra e WHERE e.staff_id IN ({ids}) AND e.ended_at IS NULL
"""


def _holders(rows: Rows, codes: frozenset[str], now: int) -> str:
    """The ids of everybody who was given all of `codes`, to stand in SQL; whether it takes effect is not judged."""
    bits = {code: 1 << place for place, code in enumerate(sorted(codes))}
    quoted = ", ".join(f"'{code}'" for code in bits)
    inside: dict[int, int] = {}
    for role_id, code in rows(_CONTENT.format(codes=quoted), ()):
        inside[role_id] = inside.get(role_id, 0) | bits[code]
    held: dict[int, int] = {}
    for staff_id, role_id in rows(_BY_ROLE, (now,)):
        held[staff_id] = held.get(staff_id, 0) | inside.get(role_id, 0)
    for staff_id, code in rows(_BY_EXTRA.format(codes=quoted), (now,)):
        held[staff_id] = held.get(staff_id, 0) | bits[code]
    everything = (1 << len(bits)) - 1
    return ", ".join(str(int(staff_id)) for staff_id, some in held.items() if some == everything)


def grantors(rows: Rows, code: str, staff_id: int, now: int) -> tuple[tuple[str, str], ...]:
    """Login and name of everybody who could give `code` to a person: the owner, and managers, the person apart.

    A manager has to hold it with everything it needs, and nothing less than the person.

    Args:
        rows: runs a query, on whichever connection there is.
        now: the moment they are judged at, UTC microseconds.
    """
    if permissions()[code].owner_only:
        return ()
    found: list[tuple[str, str]] = [(login, name) for login, name in rows(_OWNER, ())]
    needed = frozenset({"staff.manage"} | closure(code))
    for target in rows(PERSON_BY_ID, (staff_id,)):
        needed |= potential(person(target, rows, now), holdings(rows(HOLDINGS, (staff_id,))), permissions(), now)
    ids = _holders(rows, needed, now)
    given: dict[int, list[Given]] = {}
    for holder, *gift in rows(_GIVEN_TO.format(ids=ids), ()):
        given.setdefault(holder, []).append((gift[0], gift[1], gift[2]))
    for name, *row in rows(_MANAGERS.format(ids=ids), ()):
        who = person(tuple(row), rows, now)
        if row[0] != staff_id and needed <= allowed(who, given[row[0]], permissions(), now).keys():
            found.append((who.login, name))
    return tuple(found)
