"""One's own comings and goings: every sign-in and attempt at one, the sessions that are open, from where and when one may sign in.

Of oneself alone. What others did is the log's, and takes a permission.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from models import clock, db
from models.actor import Actor
from models.clock import HOUR, MINUTE
from models.queries import standing
from models.queries._reading import may_read
from models.queries.audit_changes import values
from models.queries.security import policy

PAGE: Final = 200

# The + keeps SQLite from the index by action, which everybody's entries are in.
_OWN: Final = """
    e.object_kind = 'staff' AND e.object_id = ?
    AND +e.action IN ('session.start', 'session.refuse', 'session.prove.refuse', 'staff.activate.refuse')
"""
_COUNT: Final = f"SELECT count(*) FROM audit_entry e WHERE {_OWN}"  # noqa: S608  our own text only
_ROWS: Final = f"""
    SELECT e.seq, e.at, e.action, e.new, e.address, coalesce(d.name, e.device), s.terminal, s.id, s.ended_at, s."end"
    FROM audit_entry e LEFT JOIN session s ON s.id = e.session AND s.staff_id = e.object_id
    LEFT JOIN device d ON d.fingerprint = e.device AND d.staff_id = e.object_id
    WHERE {_OWN}
"""  # noqa: S608  our own text only
_WINDOW: Final = f"{_ROWS} ORDER BY e.seq DESC LIMIT ? OFFSET ?"
_BEFORE: Final = f"{_ROWS} AND e.seq < ? ORDER BY e.seq DESC LIMIT ?"
_EARLIER: Final = """
    SELECT seq, at FROM audit_entry e
    WHERE e.object_kind = 'staff' AND e.object_id = ? AND +e.action = 'session.start' AND e.session < ? ORDER BY seq DESC LIMIT 1
"""
_FAILED: Final = f"SELECT count(*), max(e.at) FROM audit_entry e WHERE {_OWN} AND e.action <> 'session.start' AND e.seq > ?"  # noqa: S608  ours
_OPEN: Final = """
    SELECT s.id, s.started_at, s.seen_at, s.address, coalesce(d.name, s.device), s.terminal, s.locked_at
    FROM session s LEFT JOIN device d ON d.fingerprint = s.device AND d.staff_id = s.staff_id
    WHERE s.staff_id = ? AND s.ended_at IS NULL AND s.started_at >= ? ORDER BY s.id = ? DESC, s.seen_at DESC, s.id DESC
"""
_LIMIT: Final = "SELECT addresses, hours FROM sign_in_limit WHERE staff_id = ?"
_FOR_EVER: Final = 1 << 62


class SignIn(NamedTuple):
    """One came in, or somebody tried to. Times are UTC microseconds.

    Attributes:
        seq: its number in the log.
        because: why it was refused, as the log says it; "" of a sign-in.
        by: what a sign-in was proved by; "" of a refusal.
        inside: whether it failed within a session: the password or code was asked for once more.
        address: "" at the machine itself.
        device: the device key by the name that the person gave it; the fingerprint of one that is none of theirs; "" without one.
        terminal: "" where it is not known, as of refusals at the door.
        session: the session that began, or within which it failed; None at the door.
        ended_at: when that session ended; None while it lasts, and at the door.
        end: why it ended.
    """

    seq: int
    at: int
    because: str
    by: str
    inside: bool
    address: str
    device: str
    terminal: str
    session: int | None
    ended_at: int | None
    end: str | None

    @property
    def came_in(self) -> bool:
        """Whether it was a sign-in."""
        return not self.because


class Failed(NamedTuple):
    """Attempts that failed since the sign-in before this one. Times are UTC microseconds.

    Attributes:
        since: when that sign-in was; None where this is the first.
        since_seq: its number in the log; what is later than that is new to the person.
        last_at: when the last attempt failed; None where none did.
    """

    number: int
    since: int | None
    since_seq: int
    last_at: int | None


class OpenSession(NamedTuple):
    """A session that is open. Times are UTC microseconds.

    Attributes:
        seen_at: the last key in it, late by a minute at most.
        device: as of a `SignIn`.
        is_locked: whether it waits for the password.
        is_this: whether it is the one that asks.
    """

    id: int
    started_at: int
    seen_at: int
    address: str
    device: str
    terminal: str
    is_locked: bool
    is_this: bool


class SignInLimits(NamedTuple):
    """From where and when one may sign in, as `models.rules.limits` writes it; "" for anywhere, and for any time."""

    addresses: str
    hours: str


class Listing:
    """One's own sign-ins and refusals, the newest first, window by window."""

    def __init__(self, staff_id: int | None) -> None:
        self._staff_id = staff_id

    def count(self) -> int:
        """How many there are."""
        ((number,),) = db.rows(_COUNT, (self._staff_id,))
        return int(number)

    def window(self, offset: int, limit: int) -> list[SignIn]:
        """The rows from `offset` on, at most `limit`."""
        return [_sign_in(row) for row in db.rows(_WINDOW, (self._staff_id, limit, offset))]

    def position(self, key: object) -> int | None:
        """Where the one with the number `key` stands; None where it is none of them."""
        ((there, newer),) = db.rows(
            f"SELECT coalesce(sum(e.seq = ?2), 0), coalesce(sum(e.seq > ?2), 0) FROM audit_entry e WHERE {_OWN.replace('?', '?1')}",  # noqa: S608  ours
            (self._staff_id, key),
        )
        return int(newer) if there else None


def listing(actor: Actor) -> Listing:
    """Every sign-in and refusal of the actor's own, for a list that asks for what it shows.

    Raises:
        SessionEnded, SessionLocked, EnrolFirst: as every read.
    """
    may_read(actor, None)
    return Listing(actor.staff_id)


def sign_ins(actor: Actor, limit: int = PAGE, before: int | None = None) -> tuple[SignIn, ...]:
    """The actor's own sign-ins and refusals, the newest first.

    Args:
        before: the number of the last one that was read; the next page follows it.

    Raises:
        SessionEnded, SessionLocked, EnrolFirst: as every read.
    """
    may_read(actor, None)
    return tuple(_sign_in(row) for row in db.rows(_BEFORE, (actor.staff_id, _FOR_EVER if before is None else before, limit)))


def failed(actor: Actor) -> Failed:
    """What failed since the actor signed in the time before this.

    Raises:
        SessionEnded, SessionLocked, EnrolFirst: as every read.
    """
    may_read(actor, None)
    seq, since = db.row(_EARLIER, (actor.staff_id, actor.session_id)) or (0, None)
    ((number, last_at),) = db.rows(_FAILED, (actor.staff_id, seq))
    return Failed(number, since, seq, last_at)


def open_sessions(actor: Actor) -> tuple[OpenSession, ...]:
    """The actor's own sessions that are open, this one first, then the ones used last.

    Raises:
        SessionEnded, SessionLocked, EnrolFirst: as every read.
    """
    may_read(actor, None)
    rules, now = policy().policy, clock.now()
    idle = rules.idle_minutes * MINUTE + standing.GRACE
    found = db.rows(_OPEN, (actor.staff_id, now - rules.session_hours * HOUR, actor.session_id))
    return tuple(
        OpenSession(id, started, seen, address, device, terminal, locked is not None or now > seen + idle, id == actor.session_id)
        for id, started, seen, address, device, terminal, locked in found
    )


def sign_in_limits(actor: Actor) -> SignInLimits:
    """From where and when the actor may sign in, as far as the owner said.

    Raises:
        SessionEnded, SessionLocked, EnrolFirst: as every read.
    """
    may_read(actor, None)
    return SignInLimits(*(db.row(_LIMIT, (actor.staff_id,)) or ("", "")))


def _sign_in(row: tuple[Any, ...]) -> SignIn:
    seq, at, action, new, address, device, terminal, session, ended_at, end = row
    told = values(str(new))
    came_in = action == "session.start"
    return SignIn(
        seq,
        at,
        "" if came_in else str(told.get("because") or "?"),
        str(told.get("by") or "") if came_in else "",
        not came_in and session is not None,
        address,
        device,
        terminal or "",
        session,
        ended_at,
        end,
    )
