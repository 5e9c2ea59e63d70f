"""Requests for more access: one's own, and what became of those of others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from models import clock, db
from models.actor import Actor
from models.catalogue import permission_label, role_label
from models.clock import DAY
from models.errors import RequestGone
from models.queries import due, moments
from models.queries._reading import may_read

PERMISSION: Final = "staff.manage"
"""What deciding takes."""

OPEN: Final = "open"
APPROVED: Final = "approved"
DECLINED: Final = "declined"
WITHDRAWN: Final = "withdrawn"
LAPSED: Final = "lapsed"
"""What can become of a request. Lapsed is one that nobody answered before its person left, took over the shop, or its role was closed."""

ANSWERS: Final = 3
"""So many answers are told on the home screen, the newest first."""

ANSWERED: Final = 7 * DAY
"""So long after it was given, microseconds."""


class RequestRow(NamedTuple):
    """A request. Times are UTC microseconds.

    Attributes:
        name: of who asked, as `login`, `post` and `department_id` are.
        role_id: the role that was asked for; None where it was a permission.
        key: the role's code or name; the permission's code.
        status: `OPEN`, `APPROVED`, `DECLINED`, `WITHDRAWN` or `LAPSED`.
        decided_by: a login, or `console:<os user>`; "" while nobody has.
        until: the end of what was given.
        word: what whoever declined it said.
    """

    id: int
    staff_id: int
    login: str
    name: str
    post: str
    department_id: int | None
    role_id: int | None
    key: str
    label: str
    days: int
    reason: str
    asked_at: int
    status: str
    decided_at: int | None
    decided_by: str
    until: int | None
    word: str


_BACK: Final = "SELECT object_id, max(at) AS at FROM audit_entry WHERE action = 'staff.reinstate' GROUP BY object_id"
_LIVE: Final = """
    (q.status = 'open' AND s.status <> 'left' AND s.is_owner = 0 AND (s.leaves_at IS NULL OR s.leaves_at >= {now})
    AND (q.role_id IS NULL OR r.closed_at IS NULL) AND q.asked_at > coalesce(b.at, 0))
"""
"""Whether a request waits for an answer. Whoever is reinstated has asked for nothing yet."""

_FROM: Final = f"""
    FROM request q JOIN staff s ON s.id = q.staff_id LEFT JOIN role r ON r.id = q.role_id LEFT JOIN ({_BACK}) b ON b.object_id = s.id
"""
_COLUMNS: Final = """
    q.id, q.staff_id, s.login, s.name, s.post, s.department_id, q.role_id, coalesce(q.permission, r.code, r.name), r.code, r.name, q.days,
    q.reason, q.asked_at, CASE WHEN q.status <> 'open' THEN q.status WHEN {live} THEN 'open' ELSE 'lapsed' END,
    q.decided_at, coalesce(q.decided_by, ''), q.until, q.word
"""


def rows(where: str, parameters: Sequence[object], now: int, rest: str = "ORDER BY q.id DESC") -> list[RequestRow]:
    """Requests that `where` lets through; `{live}` in it stands for those that wait for an answer.

    Args:
        now: how far time has come, where that matters: no clock that is set back revives what somebody who left has asked for.
    """
    live = _LIVE.format(now=int(now))
    sql = f"SELECT {_COLUMNS} {_FROM} WHERE {where} {rest}".replace("{live}", live)
    return [_row(found) for found in db.rows(sql, parameters)]


def _row(found: Sequence[Any]) -> RequestRow:
    *who, role_id, key, code, name = found[:10]
    label = permission_label(key) if role_id is None else role_label(code, name)
    return RequestRow._make((*who, role_id, key, label, *found[10:]))


class Listing:
    """Requests, the newest first, window by window."""

    def __init__(self, where: str, parameters: tuple[object, ...]) -> None:
        self._where = where
        self._parameters = parameters

    def count(self) -> int:
        """How many there are."""
        return self._count("1", ())

    def window(self, offset: int, limit: int) -> list[RequestRow]:
        """The rows from `offset` on, at most `limit`."""
        return rows(self._where, (*self._parameters, limit, offset), moments.reached(clock.now()), "ORDER BY q.id DESC LIMIT ? OFFSET ?")

    def position(self, key: object) -> int | None:
        """Where the request with the id `key` stands; None when it is none of these."""
        return self._count("q.id > ?", (key,)) if self._count("q.id = ?", (key,)) else None

    def _count(self, more: str, parameters: tuple[object, ...]) -> int:
        sql = f"SELECT count(*) FROM request q JOIN staff s ON s.id = q.staff_id WHERE {self._where} AND {more}"  # noqa: S608  our own text only
        ((number,),) = db.rows(sql, (*self._parameters, *parameters))
        return int(number)


def own(actor: Actor) -> Listing:
    """Everything that the actor ever asked for.

    Raises:
        SessionEnded, SessionLocked, EnrolFirst: as every read.
    """
    may_read(actor, None)
    return Listing("q.staff_id = ?", (actor.staff_id,))


def history(actor: Actor) -> Listing:
    """What everybody within the actor's reach ever asked for.

    Raises:
        NotAllowed, SessionEnded: as every read; it takes `staff.manage`.
    """
    reach = due.within_reach(may_read(actor, PERMISSION), clock.now())
    return Listing(reach.sql, reach.parameters)


def answers(actor: Actor) -> tuple[RequestRow, ...]:
    """What of one's own was answered in the last days, the latest answer first.

    Raises:
        SessionEnded, SessionLocked, EnrolFirst: as every read.
    """
    may_read(actor, None)
    return answers_to(actor.staff_id)


def answers_to(staff_id: int | None) -> tuple[RequestRow, ...]:
    """The same for whoever was let read already."""
    now = clock.now()
    where = "q.staff_id = ? AND q.status IN ('approved', 'declined') AND q.decided_at >= ?"
    return tuple(rows(where, (staff_id, now - ANSWERED, ANSWERS), now, "ORDER BY q.decided_at DESC, q.id DESC LIMIT ?"))


def open_of(staff_id: int, now: int) -> tuple[RequestRow, ...]:
    """What somebody asked for and nobody has answered, the oldest first; for an operation, which has judged already who asks."""
    return tuple(rows("q.staff_id = ? AND {live}", (staff_id,), moments.reached(now), "ORDER BY q.id"))


def opened(request_id: int, now: int) -> RequestRow:
    """One request that waits for an answer; likewise for an operation.

    Raises:
        RequestGone: it does not, any more or at all.
    """
    for row in rows("q.id = ? AND {live}", (request_id,), moments.reached(now)):
        return row
    raise RequestGone
