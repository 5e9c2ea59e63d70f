"""How far somebody's reach goes: what a screen asks before it offers to change another's account."""

from __future__ import annotations

from typing import Final, NamedTuple

from models import access_sql, catalogue, clock, db
from models.actor import Actor
from models.device_sql import LIVE
from models.errors import OwnAccount, OwnerProtected, Refusal, Unknown
from models.queries import handing_over, requests
from models.queries._reading import may_read
from models.queries.departments import paths
from models.queries.handing_over import HandedOver
from models.queries.staff import Grant, grants
from models.rules.access import potential
from models.rules.delegation import within_reach

OFFBOARD: Final = "staff.offboard"


class Leaving(NamedTuple):
    """What ends when a person leaves.

    Attributes:
        grants: roles and extras that were not taken back.
        sessions: how many are open.
        code_expires_at: until when a one-time code is good, UTC microseconds; None where there is none.
        heads: paths of the departments that they are head of.
        devices: names of the device keys that open the shop for them, or will once they are unfrozen.
        requests: how many of their requests wait for an answer.
        conversations: what does not end: their conversations with customers, and who reads them afterwards.
    """

    grants: tuple[Grant, ...]
    sessions: int
    code_expires_at: int | None
    heads: tuple[str, ...]
    devices: tuple[str, ...]
    requests: int
    conversations: HandedOver


def in_the_way(actor: Actor, staff_id: int) -> Refusal | None:
    """What keeps the actor from managing a person, as an operation would say it; None where nothing does.

    Raises:
        NotAllowed: it takes `staff.view`.
        Unknown: there is nobody with that id.
    """
    held = may_read(actor, "staff.view")
    found = db.row(access_sql.PERSON_BY_ID, (staff_id,))
    if found is None:
        raise Unknown("staff", str(staff_id))
    now = clock.now()
    person = access_sql.person(found, db.rows, now)
    if person.is_owner:
        return OwnerProtected()
    if staff_id == actor.staff_id:
        return OwnAccount()
    holdings = access_sql.holdings(db.rows(access_sql.HOLDINGS, (staff_id,)))
    try:
        within_reach(held, potential(person, holdings, catalogue.permissions(), now))
    except Refusal as refusal:
        return refusal
    return None


_OPEN: Final = "SELECT count(*) FROM session WHERE staff_id = ? AND ended_at IS NULL"
_CODE: Final = "SELECT max(expires_at) FROM one_time_code WHERE staff_id = ? AND used_at IS NULL AND void_at IS NULL AND expires_at >= ?"
_DEVICES: Final = f"SELECT d.name FROM device d WHERE d.staff_id = ?2 AND {LIVE} ORDER BY d.added_at, d.id"  # noqa: S608  our own text only
_HEADS: Final = "SELECT id FROM department WHERE head_id = ? AND closed_at IS NULL ORDER BY id"


def headed(staff_id: int) -> tuple[str, ...]:
    """Paths of the departments that a person is head of; for what has judged already who asks."""
    known = paths()
    return tuple(known[identity] for (identity,) in db.rows(_HEADS, (staff_id,)))


def leaving(actor: Actor, staff_id: int) -> Leaving:
    """What ends when a person leaves today.

    Raises:
        NotAllowed: it takes `staff.offboard`, and what `staff.grants` takes.
        SessionEnded: as every read.
    """
    may_read(actor, OFFBOARD)
    given = grants(actor, staff_id)
    ((sessions,),) = db.rows(_OPEN, (staff_id,))
    now = clock.now()
    ((code,),) = db.rows(_CODE, (staff_id, now))
    devices = tuple(name for (name,) in db.rows(_DEVICES, (now, staff_id)))
    return Leaving(
        given, int(sessions), code, headed(staff_id), devices, len(requests.open_of(staff_id, now)), handing_over.of(staff_id, now)
    )
