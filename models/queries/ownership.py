"""The offer of the shop, as its owner and its heir see it."""

from __future__ import annotations

from typing import Final, NamedTuple

from models import clock, db
from models.actor import Actor
from models.queries import standing

_OPEN: Final = """
    SELECT h.id, h.login, h.name, w.login, w.name, o.post, o.offered_at, o.expires_at
    FROM owner_offer o JOIN staff h ON h.id = o.heir_id JOIN staff w ON w.is_owner = 1
    WHERE o.ended_at IS NULL AND o.expires_at >= ?1 AND (o.heir_id = ?2 OR w.id = ?2 OR ?2 IS NULL)
"""


class OfferRow(NamedTuple):
    """An offer that is open. Times are UTC microseconds.

    Attributes:
        post: what the owner becomes when it is accepted.
        until: the last moment of it.
    """

    heir_id: int
    heir_login: str
    heir: str
    owner_login: str
    owner: str
    post: str
    offered_at: int
    until: int


def offered(actor: Actor) -> OfferRow | None:
    """The offer that the actor made, or that was made to them; None where none is open. Nobody else is told of it.

    Raises:
        SessionEnded, SessionLocked, EnrolFirst: as every read.
    """
    now = clock.now()
    standing.require(actor, now)
    return open_to(actor.staff_id, now)


def open_to(staff_id: int | None, now: int) -> OfferRow | None:
    """The same for a person who may read, by id; None in place of one for the operator at the machine, who sees it in any case."""
    found = db.row(_OPEN, (now, staff_id))
    return OfferRow(*found) if found else None
