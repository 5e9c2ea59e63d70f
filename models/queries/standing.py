"""How a session stands: alive, locked, and whether its last proof is fresh."""

from __future__ import annotations

from typing import Final, NamedTuple

from models import clock, db
from models.actor import Actor
from models.catalogue import ACTIVE, LEFT
from models.clock import HOUR, MINUTE
from models.errors import EnrolFirst, OwnerAlone, ProofNeeded, SessionEnded, SessionLocked
from models.errors.proof import PASSWORD, TOTP
from models.queries import moments

GRACE: Final = 2 * MINUTE
"""A session's last-seen is written once a minute at most, so it is late by that; microseconds."""

AHEAD: Final = 2 * MINUTE
"""So far ahead of the clock a session may have been stamped; what is further ahead was stamped before somebody set the clock back."""

_STANDING: Final = """
    SELECT s.started_at, s.seen_at, s.proved_at, s.locked_at, s.enrolling, p.session_hours, p.idle_minutes, p.proof_minutes,
           w.is_owner, t.active, d.expires_at, w.leaves_at
    FROM session s JOIN policy p ON p.id = 1 JOIN staff w ON w.id = s.staff_id LEFT JOIN totp t ON t.staff_id = s.staff_id
    LEFT JOIN device d ON d.fingerprint = s.device
    WHERE s.id = ? AND s.staff_id = ? AND s.ended_at IS NULL AND w.status = ?
"""


_ENDED: Final = 'SELECT "end" FROM session WHERE id = ? AND staff_id = ?'

EXPIRED: Final = "expired"
"""How a session is kept whose time was up."""

KEY: Final = "key"
"""How a session is kept whose device key came to its end date."""

CLOCK: Final = "clock"
"""How a session is kept that began later than it is now."""


class Standing(NamedTuple):
    """How an actor's session stands. Times are UTC microseconds.

    Attributes:
        ends_at: when it ends, whatever is done in it: after its hours, with the device key that opened it, or when its person leaves.
        idle_at: when it asks for the password, unless a key is pressed.
        seen_at: the last key, as far as it was written down.
        proved_until: until when a change to access or security asks for no other proof.
        is_locked: whether it waits for the password.
        is_enrolling: whether nothing can be done in it but to set up TOTP.
        proof: what a new proof is asked by, `TOTP` or `PASSWORD`.
    """

    ends_at: int
    idle_at: int
    seen_at: int
    proved_until: int
    is_locked: bool
    is_enrolling: bool
    is_owner: bool
    proof: str


def of(actor: Actor, now: int | None = None) -> Standing:
    """How the session of a person stands.

    Raises:
        SessionEnded: it was ended or its time is up, or the account is not active; it says which.
    """
    now = clock.now() if now is None else now
    found = db.row(_STANDING, (actor.session_id, actor.staff_id, ACTIVE))
    if found is None:
        raise SessionEnded(_why(actor))
    started_at, seen_at, proved_at, locked_at, enrolling, hours, idle, proof, is_owner, totp, key_ends_at, leaves_at = found
    ends_at, idle_at = started_at + hours * HOUR, seen_at + idle * MINUTE
    if now > ends_at:
        raise SessionEnded(EXPIRED)
    if key_ends_at is not None:
        if moments.reached(now) > key_ends_at:
            raise SessionEnded(KEY)
        ends_at = min(ends_at, key_ends_at)
    if leaves_at is not None:
        if moments.reached(now) > leaves_at:
            raise SessionEnded(LEFT)
        ends_at = min(ends_at, leaves_at)
    if started_at > now + AHEAD:
        raise SessionEnded(CLOCK)
    is_locked = locked_at is not None or not idle_at + GRACE >= now >= seen_at - AHEAD
    proved_until = proved_at + proof * MINUTE if proved_at <= now + AHEAD else 0
    kind = TOTP if totp is not None else PASSWORD
    return Standing(ends_at, idle_at, seen_at, proved_until, is_locked, bool(enrolling), bool(is_owner), kind)


def _why(actor: Actor) -> str:
    """Why the actor's session ended, as it is kept; "" where it did not."""
    (why,) = db.row(_ENDED, (actor.session_id, actor.staff_id)) or (None,)
    return str(why or "")


def require(actor: Actor, now: int | None = None, *, enrolling: bool = False) -> Standing | None:
    """Let a person go on, or say what comes first; None for the operator at the machine, of whom nothing is asked.

    Args:
        enrolling: whether this can be done before TOTP is set up.

    Raises:
        SessionEnded: as `of`.
        SessionLocked: the password comes first.
        EnrolFirst: TOTP comes first.
    """
    if actor.is_console:
        return None
    standing = of(actor, now)
    if standing.is_locked:
        raise SessionLocked
    if standing.is_enrolling and not enrolling:
        raise EnrolFirst
    return standing


def require_proof(standing: Standing | None, now: int) -> None:
    """Ask for proof again where the last is too old; never of the operator at the machine.

    Raises:
        ProofNeeded: says what is asked for.
    """
    if standing is not None and now > standing.proved_until:
        raise ProofNeeded(standing.proof)


def require_owner(actor: Actor) -> None:
    """Let only the owner, and the operator at the machine, read this.

    Raises:
        SessionEnded, SessionLocked, EnrolFirst: as `require`.
        OwnerAlone: it is somebody else.
    """
    standing = require(actor)
    if standing is not None and not standing.is_owner:
        raise OwnerAlone
