"""Who is signed in now: since when, from where, on which device, how long they have been idle, and in which section.

Of whom the log may be read (`queries.audit`): `audit.view` shows who belongs to one's own department or one below it, now;
`audit.view.all`, the owner and the operator at the machine see everybody. What is one's own is everybody's. A session is judged by the
same rules as when its person goes on in it (`queries.standing`), but in SQL: one whose time is up is not there, though nobody has written
down that it ended.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from models import clock, db
from models.actor import Actor
from models.catalogue import ACTIVE
from models.clock import HOUR, MINUTE, SECOND
from models.queries import audit, moments, standing

SEEN_LATE: Final = MINUTE + 5 * SECOND
"""A last key is written once a minute at most, and a look or two later: who was seen within this may be typing; microseconds."""

_TREE: Final = """
    WITH RECURSIVE inside(id) AS (
        SELECT department_id FROM staff WHERE id = :me AND department_id IS NOT NULL
        UNION SELECT d.id FROM department d JOIN inside i ON d.parent_id = i.id
    )
"""
_WITHIN: Final = {
    audit.ALL: "1",
    audit.DEPARTMENT: "(s.staff_id = :me OR w.department_id IN (SELECT id FROM inside))",
    audit.OWN: "s.staff_id = :me",
}
# The + keeps SQLite from going through everybody's sessions of all years: those that did not end have an index, and are few.
_ALIVE: Final = f"""
    FROM session s JOIN policy p ON p.id = 1 JOIN staff w ON w.id = s.staff_id LEFT JOIN device d ON d.fingerprint = s.device
    WHERE s.ended_at IS NULL AND +w.status = '{ACTIVE}'
    AND :now <= s.started_at + p.session_hours * {HOUR} AND +s.started_at <= :now + :ahead
    AND (d.expires_at IS NULL OR d.expires_at >= :reached) AND (w.leaves_at IS NULL OR w.leaves_at >= :reached)
"""
_IS_LOCKED: Final = f"""(s.locked_at IS NOT NULL
    OR s.seen_at + p.idle_minutes * {MINUTE} + {standing.GRACE} < :now OR s.seen_at > :now + :ahead)"""
_COLUMNS: Final = f"""
    s.id, s.staff_id, w.login, w.name, w.is_owner, s.started_at, s.seen_at, s.address,
    coalesce(CASE WHEN d.staff_id = s.staff_id THEN d.name END, s.device), s.device, s.terminal, s.section, {_IS_LOCKED}, s.enrolling
"""
_ORDER: Final = "ORDER BY s.seen_at DESC, s.id DESC"


class SignedIn(NamedTuple):
    """A session that goes on. Times are UTC microseconds.

    Attributes:
        name: the person's.
        seen_at: the last key in it, late by a minute at most.
        address: "" at the machine itself.
        device: the device key by the name that was given to it; the fingerprint of one that is not the person's; "" without one.
        fingerprint: the key's; "" without one.
        section: where they were when they were last seen, by its name in code; "" where that is not known.
        is_locked: whether it waits for the password; `is_enrolling`: whether nothing can be done in it but to set up TOTP.
        is_own: whether it is one of the reader's own; `is_this`: whether it is the very one.
    """

    id: int
    staff_id: int
    login: str
    name: str
    is_owner: bool
    started_at: int
    seen_at: int
    address: str
    device: str
    fingerprint: str
    terminal: str
    section: str
    is_locked: bool
    is_enrolling: bool
    is_own: bool
    is_this: bool

    def idle(self, now: int) -> int:
        """For how long no key was pressed, microseconds; 0 where somebody may be typing."""
        apart = now - self.seen_at
        return apart if apart > SEEN_LATE else 0


class Listing:
    """Sessions, who pressed a key last first, window by window.

    Args:
        actor: who reads.
        scope: how much, as `audit.reach` says it.
        now: the moment at which they are judged.
    """

    def __init__(self, actor: Actor, scope: str, now: int) -> None:
        self._actor = actor
        self._alive = f"{_ALIVE} AND {_WITHIN[scope]}"
        reached = moments.reached(now)
        self._judged: dict[str, object] = {"now": now, "reached": reached, "ahead": standing.AHEAD, "me": actor.staff_id}

    def count(self) -> int:
        """How many there are."""
        ((number,),) = self._rows(f"SELECT count(*) {self._alive}")
        return int(number)

    def people(self) -> int:
        """How many people they are of."""
        ((number,),) = self._rows(f"SELECT count(DISTINCT s.staff_id) {self._alive}")
        return int(number)

    def window(self, offset: int, limit: int) -> list[SignedIn]:
        """The rows from `offset` on, at most `limit`."""
        found = self._rows(f"SELECT {_COLUMNS} {self._alive} {_ORDER} LIMIT :limit OFFSET :offset", limit=limit, offset=offset)
        return [self._row(row) for row in found]

    def position(self, key: object) -> int | None:
        """Where the session with the id `key` stands; None where it is none of them."""
        found = self._rows(f"SELECT s.seen_at, s.id {self._alive} AND s.id = :key", key=key)
        if not found:
            return None
        ((seen_at, session_id),) = found
        before = "(s.seen_at, s.id) > (:seen, :key)"
        ((number,),) = self._rows(f"SELECT count(*) {self._alive} AND {before}", seen=seen_at, key=session_id)
        return int(number)

    def of(self, staff_id: int) -> list[SignedIn]:
        """One person's."""
        return [self._row(row) for row in self._rows(f"SELECT {_COLUMNS} {self._alive} AND s.staff_id = :whose {_ORDER}", whose=staff_id)]

    def _rows(self, sql: str, **more: object) -> list[tuple[Any, ...]]:
        return db.rows(_TREE + sql, {**self._judged, **more})

    def _row(self, row: tuple[Any, ...]) -> SignedIn:
        *facts, is_locked, is_enrolling = row
        facts[4] = bool(facts[4])
        own = facts[1] == self._actor.staff_id
        this = own and facts[0] == self._actor.session_id
        return SignedIn._make((*facts, bool(is_locked), bool(is_enrolling), own, this))


def listing(actor: Actor) -> Listing:
    """Who is signed in now, as far as the actor may see it.

    Raises:
        SessionEnded, SessionLocked, EnrolFirst: as every read.
    """
    now = clock.now()
    return Listing(actor, audit.reach(actor), now)
