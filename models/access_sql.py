"""The SQL that access is read with, kept as text: built anew at each call it would cost seventeen times as much.

Both peewee's connection and the bare one of `shopstaff check` run it. A test compares its names with the tables.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from models.catalogue import closure, permissions
from models.latest import Rows, latest
from models.rules.access import Holding, Person, Source, allowed, potential

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
    for code, *source in rows:
        if code in found:
            found[code].append(Source._make(source))
        else:
            found[code] = [Source._make(source)]
    return found


def holdings(rows: Iterable[tuple[Any, ...]]) -> list[Holding]:
    """What a person holds, from the rows of `HOLDINGS`."""
    return [Holding(row[0], Source(*row[1:])) for row in rows]


_OWNER: Final = "SELECT login, name FROM staff WHERE is_owner = 1"
_MANAGERS: Final = """
    SELECT DISTINCT s.name, s.id, s.login, s.status, s.post, s.is_owner, s.leaves_at FROM staff s
    LEFT JOIN role_grant g ON g.staff_id = s.id AND g.ended_at IS NULL
    LEFT JOIN role_permission p ON p.role_id = g.role_id AND p.permission = 'staff.manage'
    LEFT JOIN extra e ON e.staff_id = s.id AND e.permission = 'staff.manage' AND e.ended_at IS NULL
    WHERE s.status = 'active' AND s.is_owner = 0 AND (p.permission IS NOT NULL OR e.permission IS NOT NULL)
    ORDER BY s.login
"""


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
    needed = {"staff.manage"} | closure(code)
    for target in rows(PERSON_BY_ID, (staff_id,)):
        needed |= potential(person(target, rows, now), holdings(rows(HOLDINGS, (staff_id,))), permissions(), now)
    for name, *row in rows(_MANAGERS, ()):
        who = person(tuple(row), rows, now)
        held = allowed(who, sources(rows(HOLDINGS, (row[0],))), permissions(), now)
        if row[0] != staff_id and needed <= held.keys():
            found.append((who.login, name))
    return tuple(found)
