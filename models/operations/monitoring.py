"""What is done about somebody who is signed in: their session is ended, or all of theirs.

It keeps nobody out: whoever still may signs in again. Freezing is what shuts out.
"""

from __future__ import annotations

from typing import Any, Final

from models import text
from models.actor import Actor
from models.errors import NothingChanged, Unknown
from models.operations._journal import Journal
from models.operations._operation import operation
from models.operations._people import manageable, thing
from models.tables import Session

PERMISSION: Final = "staff.freeze"
"""What it takes: whoever may shut a person out may also only send them to the door."""

ENDED: Final = "ended"
"""How a session is kept that somebody else ended."""


def end_session(actor: Actor, session_id: int, *, reason: str = "") -> None:
    """End a session of somebody else's; their screen closes within seconds and says so.

    One's own sessions are ended by `security.end_session`, and the one that one acts in by signing out.

    Args:
        reason: for the log; it may be empty.

    Raises:
        NotAllowed: it takes `staff.freeze`.
        OwnerProtected, OwnAccount, OutOfReach: it is the owner's, one's own, or that of somebody whose access is wider than the actor's.
        Unknown: it has ended.
        ProofNeeded, SessionEnded, SessionLocked, EnrolFirst: as elsewhere.
    """
    reason = text.clean("reason", reason, limit=200)
    with operation(actor, PERMISSION, "session.end", proof=True, damaged=True) as journal:
        session = Session.get_or_none(Session.id == session_id, Session.ended_at.is_null())
        if session is None:
            raise Unknown("session", str(session_id))
        _end(journal, manageable(journal, session.staff.id), reason, Session.id == session_id)


def end_sessions(actor: Actor, staff_id: int, *, reason: str = "") -> int:
    """End every session of somebody else's; how many those were.

    Raises:
        NothingChanged: there is none.
        NotAllowed, OwnerProtected, OwnAccount, OutOfReach, Unknown, ProofNeeded: as `end_session`.
    """
    reason = text.clean("reason", reason, limit=200)
    with operation(actor, PERMISSION, "session.end", proof=True, damaged=True) as journal:
        ended = _end(journal, manageable(journal, staff_id), reason)
        if not ended:
            raise NothingChanged
        return ended


def _end(journal: Journal, staff: Any, reason: str, *which: object) -> int:
    alive = (Session.staff == staff.id, Session.ended_at.is_null(), *which)
    ended = int(Session.update(ended_at=journal.now, end=ENDED).where(*alive).execute())
    if ended:
        journal.record("session.end", thing(staff), new={"why": ENDED, "sessions": ended, **({"reason": reason} if reason else {})})
    return ended
