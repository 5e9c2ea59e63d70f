"""What was done, by whom and to whom, as far as each may see it."""

from __future__ import annotations

from typing import Final, NamedTuple

from models import db
from models.actor import Actor
from models.catalogue import permissions
from models.events import sentence
from models.queries._reading import may_read


class ActivityRow(NamedTuple):
    """An entry of the log as one line. `at` is UTC microseconds."""

    seq: int
    at: int
    actor: str
    action: str
    sentence: str


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

_ABOUT: Final = """
    SELECT seq, at, actor, action, object_label FROM audit_entry
    WHERE object_kind = 'staff' AND object_id = ? ORDER BY seq DESC LIMIT ?
"""
_SESSIONS: Final = """
    SELECT id, started_at, seen_at, address, device, terminal, ended_at, "end" FROM session
    WHERE staff_id = ? ORDER BY started_at DESC, id DESC LIMIT ?
"""


def about(actor: Actor, staff_id: int, limit: int = _LIMIT) -> tuple[ActivityRow, ...]:
    """The newest entries about one person. About oneself is everybody's to read, but not from where others acted.

    Raises:
        NotAllowed: another's takes `audit.view.all`.
    """
    may_read(actor, None if actor.staff_id == staff_id else "audit.view.all")
    return tuple(
        ActivityRow(seq, at, by, action, sentence(action, label)) for seq, at, by, action, label in db.rows(_ABOUT, (staff_id, limit))
    )


def own_sessions(actor: Actor, limit: int = _LIMIT) -> tuple[SessionRow, ...]:
    """The actor's own sign-ins, the newest first."""
    may_read(actor, None)
    return tuple(SessionRow(*row) for row in db.rows(_SESSIONS, (actor.staff_id, limit)))


def held(actor: Actor) -> frozenset[str]:
    """What the actor may use now; what screens offer by.

    Raises:
        SessionEnded: the session was ended.
    """
    return frozenset(may_read(actor, None)) & frozenset(permissions())
