"""What is taken out of the shop: people, roles, and what everybody may do, an object at a time, as other programs read them.

The keys are a promise to those programs. Times are RFC 3339 in UTC; None where there is none. A role is called by its code, an own one
by its name; a department by its path in the language in force.

Read window by window: no transaction stays open for longer than a window takes, and ten thousand people need the memory of a few hundred.
Whoever hands an export out records it first (`operations.exports.record`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from models import access_sql, clock, db
from models.actor import Actor
from models.catalogue import in_order, permissions
from models.checking import source_row
from models.queries import roles as role_queries
from models.queries._reading import may_read
from models.queries.departments import paths
from models.rules.access import Person, Source, judge

Row = dict[str, Any]
"""One object of an export: what JSON says of it."""

WINDOW: Final = 250
"""People who are read at once: their grants take a weak machine some 50 ms."""

_PEOPLE: Final = """
    SELECT s.id, s.login, s.name, s.nickname, s.number, s.phone, s.email, s.department_id, s.post, s.status, s.is_owner, s.signed_in_at,
        t.active IS NOT NULL, s.leaves_at
    FROM staff s LEFT JOIN totp t ON t.staff_id = s.id WHERE s.login > ? ORDER BY s.login LIMIT ?
"""
_GIFTS: Final = """
    SELECT g.staff_id, 'role', coalesce(r.code, r.name), g.since, g.until, g.granted_by
    FROM role_grant g JOIN role r ON r.id = g.role_id
    WHERE g.staff_id IN ({people}) AND g.ended_at IS NULL AND (g.until IS NULL OR g.until >= {now})
    UNION ALL
    SELECT e.staff_id, 'extra', e.permission, e.since, e.until, e.granted_by
    FROM extra e WHERE e.staff_id IN ({people}) AND e.ended_at IS NULL AND (e.until IS NULL OR e.until >= {now})
    ORDER BY 2, 3
"""
_HOLDERS: Final = """
    SELECT g.role_id, s.login FROM role_grant g JOIN staff s ON s.id = g.staff_id
    WHERE g.ended_at IS NULL AND (g.until IS NULL OR g.until >= ?) AND s.status <> 'left' ORDER BY s.login
"""


def staff(actor: Actor) -> Iterator[Row]:
    """Everybody who works or worked here, by login.

    Each is `login name nickname number phone email department post status roles extras totp last_sign_in`; `roles` and `extras` are what
    was given and has not ended.

    Raises:
        NotAllowed, SessionEnded: as every read.
    """
    may_read(actor, "staff.view")
    return (row for window in _windows() for row in _staff_rows(window))


def person(actor: Actor, staff_id: int) -> Row:
    """One person, as in `staff`; there is somebody with that id.

    Raises:
        NotAllowed, SessionEnded: as every read; one's own is everybody's.
    """
    may_read(actor, None if actor.staff_id == staff_id else "staff.view")
    (row,) = _staff_rows(db.rows(_PEOPLE.replace("s.login > ?", "s.id = ?"), (staff_id, 1)))
    return row


def roles(actor: Actor) -> Iterator[Row]:
    """Every open role: `role name preset permissions holders`.

    Raises:
        NotAllowed, SessionEnded: as every read.
    """
    listed = role_queries.listed(actor)
    inside = role_queries.content()
    holders: dict[int, list[str]] = {}
    for role_id, login in db.rows(_HOLDERS, (clock.now(),)):
        holders.setdefault(role_id, []).append(login)
    return (
        {
            "role": row.key,
            "name": row.label,
            "preset": row.preset,
            "permissions": list(in_order(inside.get(row.id, ()))),
            "holders": holders.get(row.id, []),
        }
        for row in listed
    )


def access(actor: Actor) -> Iterator[Row]:
    """What everybody's grants amount to under their post, one object a person and permission: `login status permission risk sources`.

    People who are not active yet, or are frozen, are judged as if they were; their status says that they are not.

    Raises:
        NotAllowed, SessionEnded: as every read.
    """
    may_read(actor, "staff.view")
    return (row for window in _windows() for row in _access_rows(window))


def count(what: str) -> int:
    """How many things an export of `what` tells of: roles, or people."""
    table = "role WHERE closed_at IS NULL" if what == "roles" else "staff"
    return int(db.rows(f"SELECT count(*) FROM {table}")[0][0])  # noqa: S608  one of two texts of ours


def _windows() -> Iterator[list[tuple[Any, ...]]]:
    after = ""
    while window := db.rows(_PEOPLE, (after, WINDOW)):
        yield window
        after = window[-1][1]


def _staff_rows(window: Iterable[tuple[Any, ...]]) -> Iterator[Row]:
    window = list(window)
    gifts: dict[tuple[int, str], list[Row]] = {}
    people = ", ".join(str(row[0]) for row in window)
    for staff_id, kind, name, since, until, by in db.rows(_GIFTS.format(people=people, now=clock.now())):
        gift = {
            "role" if kind == "role" else "permission": name,
            "from": clock.rfc3339_if(since),
            "until": clock.rfc3339_if(until),
            "by": by,
        }
        gifts.setdefault((staff_id, kind), []).append(gift)
    where = paths()
    for staff_id, login, name, nickname, number, phone, email, department, post, status, _is_owner, signed_in, totp, _leaves_at in window:
        yield {
            "login": login,
            "name": name,
            "nickname": nickname,
            "number": number,
            "phone": phone,
            "email": email,
            "department": where.get(department, ""),
            "post": post,
            "status": status,
            "roles": gifts.get((staff_id, "role"), []),
            "extras": gifts.get((staff_id, "extra"), []),
            "totp": bool(totp),
            "last_sign_in": clock.rfc3339_if(signed_in),
        }


def _access_rows(window: Iterable[tuple[Any, ...]]) -> Iterator[Row]:
    now = clock.now()
    for staff_id, login, *_profile, post, status, is_owner, _signed_in, _totp, leaves_at in window:
        who = Person(login, status, post, bool(is_owner), access_sql.leaving(leaves_at, db.rows, now))
        held: dict[str, list[Source]] = {}
        for holding in access_sql.holdings(db.rows(access_sql.HOLDINGS, (staff_id,))):
            held.setdefault(holding.permission, []).append(holding.source)
        for code, permission in permissions().items():
            if code not in held and not who.is_owner:
                continue
            verdict = judge(who, permission, held.get(code, ()), now)
            if verdict.granted:
                sources = [source_row(source) for source in verdict.sources]
                yield {"login": login, "status": status, "permission": code, "risk": permission.risk, "sources": sources}
