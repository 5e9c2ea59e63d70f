"""What every read has in common: who may read, and what they hold now."""

from __future__ import annotations

from models import access_sql, clock, db
from models.actor import Actor
from models.catalogue import permissions
from models.errors import NotAllowed, SessionEnded
from models.queries import standing
from models.rules.access import Person, allowed
from models.rules.delegation import Held


def held_by(actor: Actor, now: int | None = None, *, enrolling: bool = False) -> Held:
    """What the actor may use now, read from the database, each code with its last instant (None: without end).

    Args:
        enrolling: whether this can be done before TOTP is set up.

    Raises:
        SessionEnded: the session was ended, or the account is not active.
        SessionLocked, EnrolFirst: the password, or TOTP, comes first.
    """
    now = clock.now() if now is None else now
    standing.require(actor, now, enrolling=enrolling)
    return held_in_standing(actor, now)


def held_in_standing(actor: Actor, now: int) -> Held:
    """What the actor may use now, where the session was looked at already; the operator at the machine has the owner's rights."""
    if actor.is_console:
        return dict.fromkeys(permissions())
    found = db.row(access_sql.PERSON_BY_ID, (actor.staff_id,))
    if found is None:
        raise SessionEnded
    return held_by_person(access_sql.person(found, db.rows, now), int(found[0]), now)


def held_by_person(who: Person, staff_id: int, now: int) -> Held:
    """What a person may use now, each code with its last instant."""
    return allowed(who, db.rows(access_sql.GIVEN, (staff_id,)), permissions(), now)


def may_read(actor: Actor, permission: str | None) -> Held:
    """Let the read go on, or refuse it; None for what everybody may read.

    Raises:
        SessionEnded, SessionLocked, EnrolFirst: as `held_by`.
        NotAllowed: the actor does not hold `permission`.
    """
    held = held_by(actor)
    if permission is not None and permission not in held:
        raise NotAllowed(permission)
    return held
