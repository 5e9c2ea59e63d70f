"""Whom an act is done to, and whether the actor's reach allows it."""

from __future__ import annotations

from typing import Any

from models import access_sql, catalogue, clock, db
from models.errors import OwnAccount, OwnerProtected, SeatNone, Unknown, WrongStatus
from models.operations._journal import Journal, Thing
from models.queries import seats
from models.rules import delegation
from models.rules.access import Holding, Person, potential
from models.tables import Staff


def thing(staff: Any) -> Thing:
    """A person as the object of an entry."""
    return Thing("staff", staff.id, staff.login)


def found(journal: Journal, staff_id: int) -> Any:
    """The person's row; what is refused from here on names them.

    Raises:
        Unknown: there is no such person.
    """
    staff = Staff.get_or_none(Staff.id == staff_id)
    if staff is None:
        raise Unknown("staff", str(staff_id))
    journal.subject = thing(staff)
    return staff


def manageable(journal: Journal, staff_id: int) -> Any:
    """The row of somebody whose access, post or status the actor may change.

    Raises:
        Unknown: there is no such person.
        OwnerProtected: it is the owner.
        OwnAccount: it is the actor.
        OutOfReach: the person's potential access is wider than the actor's own.
    """
    staff = found(journal, staff_id)
    if staff.is_owner:
        raise OwnerProtected
    if staff.id == journal.actor.staff_id:
        raise OwnAccount
    delegation.within_reach(journal.held, potential_of(journal, staff))
    return staff


def in_status(staff: Any, *statuses: str) -> None:
    """Refuse what does not go with the person's status, and anything where their day was over once: a clock that went back proves nothing.

    Raises:
        WrongStatus: the person is in none of `statuses`.
    """
    if staff.status not in statuses:
        raise WrongStatus(staff.login, staff.status)
    if person_of(staff).has_gone(clock.now()):
        raise WrongStatus(staff.login, catalogue.LEFT)


def person_of(staff: Any) -> Person:
    """What judging needs, from a row of the table."""
    leaves_at = access_sql.leaving(staff.leaves_at, db.rows, clock.now())
    return Person(staff.login, staff.status, staff.post, bool(staff.is_owner), leaves_at)


def holdings_of(staff: Any) -> list[Holding]:
    """What was given to the person and not taken back."""
    return access_sql.holdings(db.rows(access_sql.HOLDINGS, (staff.id,)))


def potential_of(journal: Journal, staff: Any) -> frozenset[str]:
    """What all the person's unexpired grants would amount to."""
    return potential(person_of(staff), holdings_of(staff), catalogue.permissions(), journal.now)


def require_seats(now: int, wanted: int = 1) -> None:
    """Refuse to let `wanted` more people in than there are seats, where seats are counted.

    Raises:
        SeatNone: not enough seats are free.
    """
    known = seats.counted(now)
    if known is not None and wanted > known.free:
        raise SeatNone(*known)
