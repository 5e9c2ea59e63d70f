"""Leaving on a day that is planned: judged when asked, so that no job has to run for it."""

from __future__ import annotations

from typing import Any

from models import catalogue, clock, text
from models.actor import Actor
from models.errors import NothingChanged
from models.operations import _leaving
from models.operations._journal import Journal, moment
from models.operations._leaving import PLAN, UNPLAN, because
from models.operations._operation import operation, save
from models.operations._people import in_status, manageable, thing
from models.queries.shop import zone
from models.tables import Staff

PERMISSION = "staff.offboard"


def plan(actor: Actor, staff_id: int, on: str, *, reason: str = "", version: int | None = None) -> int:
    """Have a person leave at the end of a day: past its last moment, in the shop's time zone, their access has ended for good.

    Planning again changes the day. Freezing and unfreezing leave it as it is.

    Args:
        on: the day, as 2026-12-31; today at the earliest.
        version: of the person as the editor saw them; None to take them as they are now.

    Returns:
        The last moment, UTC microseconds.

    Raises:
        Invalid: it is no date, or over.
        NothingChanged: that very day is planned already.
        NotAllowed: it takes `staff.offboard`.
        OwnerProtected, OwnAccount, OutOfReach, WrongStatus, Stale, ProofNeeded, Unknown: as elsewhere.
    """
    reason = text.clean("reason", reason, limit=200)
    with operation(actor, PERMISSION, PLAN, proof=True) as journal:
        staff = manageable(journal, staff_id)
        in_status(staff, catalogue.INVITED, catalogue.ACTIVE, catalogue.FROZEN)
        return set_day(journal, staff, on, reason, version)


def set_day(journal: Journal, staff: Any, on: str, reason: str, version: int | None = None) -> int:
    """The same inside an operation that is open, of somebody whom it has judged already."""
    leaves_at = clock.end_of_day(on, zone(), field="on", not_before=journal.now)
    if leaves_at == staff.leaves_at:
        raise NothingChanged
    save(Staff, staff.id, version, staff.name, leaves_at=leaves_at, leaves_by=journal.actor.name)
    journal.record(PLAN, thing(staff), old={"on": moment(staff.leaves_at)}, new={"on": moment(leaves_at), **because(reason)})
    return leaves_at


def unplan(actor: Actor, staff_id: int) -> None:
    """Take back the day on which a person was to leave.

    Raises:
        NothingChanged: none is planned.
        WrongStatus: it was over once, though the clock went back since.
        NotAllowed: it takes `staff.offboard`.
        OwnerProtected, OwnAccount, OutOfReach, ProofNeeded, Unknown: as elsewhere.
    """
    with operation(actor, PERMISSION, UNPLAN, proof=True) as journal:
        staff = manageable(journal, staff_id)
        if staff.leaves_at is None:
            raise NothingChanged
        in_status(staff, catalogue.INVITED, catalogue.ACTIVE, catalogue.FROZEN)
        _leaving.stay(journal, staff)
