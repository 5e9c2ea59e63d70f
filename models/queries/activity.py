"""One's own sessions, and what one may use now."""

from __future__ import annotations

from typing import Final, NamedTuple

from models import db
from models.actor import Actor
from models.catalogue import permissions
from models.queries._reading import may_read


class SessionRow(NamedTuple):
    """Somebody's session. Times are UTC microseconds; `ended_at` None while it lasts."""

    id: int
    started_at: int
    seen_at: int
    address: str
    device: str
    terminal: str
    ended_at: int | None
    end: str | None


_LIMIT: Final = 200

_SESSIONS: Final = """
    SELECT id, started_at, seen_at, address, device, terminal, ended_at, "end" FROM session
    WHERE staff_id = ? ORDER BY started_at DESC, id DESC LIMIT ?
"""


def own_sessions(actor: Actor, limit: int = _LIMIT) -> tuple[SessionRow, ...]:
    """The actor's own sign-ins, the newest first."""
    may_read(actor, None)
    return sessions_of(actor.staff_id, limit)


def sessions_of(staff_id: int | None, limit: int) -> tuple[SessionRow, ...]:
    """The same for whoever was let read already."""
    return tuple(SessionRow(*row) for row in db.rows(_SESSIONS, (staff_id, limit)))


def held(actor: Actor) -> frozenset[str]:
    """What the actor may use now; what screens offer by.

    Raises:
        SessionEnded: the session was ended.
    """
    return frozenset(may_read(actor, None)) & frozenset(permissions())
