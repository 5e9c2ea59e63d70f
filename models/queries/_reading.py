"""What every read has in common: who may read, and what they hold now."""

from __future__ import annotations

from models import access_sql, clock, db
from models.actor import Actor
from models.catalogue import ACTIVE, permissions
from models.errors import NotAllowed, SessionEnded
from models.rules.access import Person, allowed
from models.rules.delegation import Held


def is_live(actor: Actor) -> bool:
    """Whether the actor's session has not been ended; the console has none to end."""
    return actor.is_console or db.row(access_sql.SESSION_LIVES, (actor.session_id, actor.staff_id)) is not None


def held_by(actor: Actor, now: int | None = None) -> Held:
    """What the actor may use now, read from the database, each code with its last instant (None: without end).

    Raises:
        SessionEnded: the session was ended, or the account is not active.
    """
    if actor.is_console:
        return dict.fromkeys(permissions())
    if not is_live(actor):
        raise SessionEnded
    found = db.row(access_sql.PERSON_BY_ID, (actor.staff_id,))
    if found is None or (who := access_sql.person(found)).status != ACTIVE:
        raise SessionEnded
    return held_by_person(who, int(found[0]), clock.now() if now is None else now)


def held_by_person(who: Person, staff_id: int, now: int) -> Held:
    """What a person may use now, each code with its last instant."""
    return allowed(who, access_sql.sources(db.rows(access_sql.HOLDINGS, (staff_id,))), permissions(), now)


def may_read(actor: Actor, permission: str | None) -> Held:
    """Let the read go on, or refuse it; None for what everybody may read.

    Raises:
        SessionEnded: as `held_by`.
        NotAllowed: the actor does not hold `permission`.
    """
    held = held_by(actor)
    if permission is not None and permission not in held:
        raise NotAllowed(permission)
    return held
