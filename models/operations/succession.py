"""Having somebody stand in for a colleague until a day, or take over from one for good. It takes `staff.manage`."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any, Final

from models import catalogue, text
from models.actor import Actor
from models.errors import Invalid, NotAllowed, NothingChanged, OwnerProtected
from models.i18n import N_
from models.operations import _leaving, departments, departures, grants
from models.operations._journal import Journal, Values, moment
from models.operations._leaving import because
from models.operations._operation import operation, save
from models.operations._people import found, in_status, manageable, thing
from models.queries import succession as queries
from models.rules.succession import Held, giving, passed_on, taking
from models.tables import Extra, RoleGrant, Staff

PERMISSION: Final = "staff.manage"
HEADS: Final = "org.department.manage"
"""What it takes beside that, where the successor becomes head of departments."""

NOW: Final = "now"
"""In place of a day: whoever is replaced leaves at once."""

_HERE: Final = (catalogue.INVITED, catalogue.ACTIVE, catalogue.FROZEN)


def stand_in(  # noqa: PLR0913  who, for whom, with what and until when is all asked for at once
    actor: Actor,
    absent_id: int,
    stand_in_id: int,
    role_ids: Collection[int],
    extras: Collection[str],
    until: int | None,
    *,
    version: int | None = None,
    seen: Collection[str] | None = None,
) -> None:
    """Give a person roles and extras that an absent colleague holds, until a day, at the latest their own end.

    What the person holds as long already stays theirs. The colleague, who may be the actor, loses nothing.

    Args:
        role_ids: of roles that the colleague holds; `extras` are codes likewise.
        until: the last instant, UTC microseconds.
        version: of the person who stands in, as the editor saw them; None to take them as they are now.
        seen: the codes that the preview showed as allowed.

    Raises:
        Invalid: there is no end, or it is over.
        NothingChanged: nothing was chosen, or the person holds all of it as long already.
        Stale: somebody changed the person, or what the colleague holds.
        OutOfReach, UntilTooLate, OwnerOnly, OwnAccount, OwnerProtected, WrongStatus, Incompatible, Unknown: as `grants.change`.
        NotAllowed, ProofNeeded: it takes `staff.manage`.
    """
    if until is None:
        raise Invalid("until", N_("Standing in needs an end."))
    with operation(actor, PERMISSION, "staff.stand_in", proof=True) as journal:
        absent = _colleague(journal, absent_id)
        staff = _successor(journal, absent_id, stand_in_id, version)
        held = queries.chosen(absent_id, role_ids, extras, journal.now)
        gifts = passed_on(held, queries.held(stand_in_id), journal.now, until)
        extras_given = grants.apply(journal, staff, giving(gifts), seen)
        _mark(journal, staff, absent.id, [gift.role_id for gift in gifts], [gift.permission for gift in extras_given])
        journal.record("staff.stand_in", thing(staff), new={"for": absent.login, "until": moment(until), **_told(gifts)})


def replace(
    actor: Actor,
    former_id: int,
    successor_id: int,
    *,
    leaves: str = "",
    reason: str = "",
    version: int | None = None,
    seen: Collection[str] | None = None,
) -> None:
    """Have one person take over everything that another holds, with the same ends, and what they are head of; the other loses it.

    What the successor holds as long already stays theirs.

    Args:
        leaves: `NOW`, or the day at whose end the other one leaves, as 2026-12-31; "" where they stay.
        reason: why they leave.
        version: of the successor as the editor saw them; None to take them as they are now.
        seen: the codes that the preview showed as allowed.

    Raises:
        NothingChanged: there is nothing to take over, and nobody leaves.
        Invalid: the day is none, or over.
        NotAllowed: it takes `staff.manage`, with departments to head also `HEADS`, and `staff.offboard` where they leave.
        Stale, OutOfReach, UntilTooLate, OwnerOnly, OwnAccount, OwnerProtected, WrongStatus, Incompatible, Unknown, ProofNeeded: as
            `stand_in`.
    """
    reason = text.clean("reason", reason, limit=200)
    with operation(actor, PERMISSION, "staff.replace", proof=True) as journal:
        former = manageable(journal, former_id)
        in_status(former, *_HERE)
        staff = _successor(journal, former_id, successor_id, version)
        held = tuple(each for each in queries.held(former_id) if each.until is None or each.until >= journal.now)
        gifts = passed_on(held, queries.held(successor_id), journal.now)
        heads = _lead(journal, former, staff)
        if not held and not heads and not leaves:
            raise NothingChanged
        also = {key: value for key, value in (("heads", heads), ("leaves", leaves)) if value}
        journal.record("staff.replace", thing(staff), new={"for": former.login, **_told(gifts), **also})
        grants.apply(journal, staff, giving(gifts), seen)
        for gift in gifts:  # for whom the other stood in, the successor does
            if gift.stands_for not in {None, successor_id}:
                _mark(journal, staff, gift.stands_for, [gift.role_id], [gift.permission])
        _let_go(journal, former, held, leaves, reason, moves=bool(held or heads))


def _colleague(journal: Journal, absent_id: int) -> Any:
    """The row of whom somebody stands in for: within reach, or the actor."""
    absent = found(journal, absent_id)
    if absent.is_owner:
        raise OwnerProtected
    if absent.id != journal.actor.staff_id:
        manageable(journal, absent_id)
    in_status(absent, *_HERE)
    return absent


def _successor(journal: Journal, colleague_id: int, staff_id: int, version: int | None) -> Any:
    """The row of whoever is given something, saved as somebody else's act."""
    staff = manageable(journal, staff_id)
    if staff_id == colleague_id:
        raise NothingChanged
    in_status(staff, *_HERE)
    save(Staff, staff_id, version, staff.name)
    return staff


def _lead(journal: Journal, former: Any, staff: Any) -> list[str]:
    """Make `staff` the head of whatever `former` is head of; those departments by name."""
    led = departments.pass_on(journal, former, staff)
    if led and HEADS not in journal.held:
        raise NotAllowed(HEADS)
    return led


def _let_go(journal: Journal, former: Any, held: Iterable[Held], leaves: str, reason: str, *, moves: bool) -> None:
    """Take everything from whoever is replaced; they leave, if that was asked for.

    Args:
        moves: whether anything passes to the successor.
    """
    if leaves and departures.PERMISSION not in journal.held:
        raise NotAllowed(departures.PERMISSION)
    journal.subject = thing(former)
    if leaves == NOW:
        _leaving.depart(journal, former, because(reason))
        return
    save(Staff, former.id, None, former.name)
    grants.apply(journal, former, taking(held), None)
    if leaves:
        try:
            departures.set_day(journal, former, leaves, reason)
        except NothingChanged:  # that very day is planned already, which is in nobody's way
            if not moves:
                raise


def _mark(journal: Journal, staff: Any, colleague_id: int | None, role_ids: list[int | None], codes: list[str]) -> None:
    """Say on what was given in this operation for whom the person stands in with it."""
    for table, which in ((RoleGrant, RoleGrant.role.in_(role_ids)), (Extra, Extra.permission.in_(codes))):
        fresh = (table.staff == staff.id, table.since == journal.now, table.ended_at.is_null(), which)
        table.update(stands_for=colleague_id).where(*fresh).execute()


def _told(gifts: Iterable[Held]) -> Values:
    """What passes, as the log writes it: each with its end."""
    told: dict[str, list[list[str | None]]] = {"roles": [], "extras": []}
    for gift in gifts:
        if gift.role_id is not None:
            told["roles"].append([grants.role_content(gift.role_id).name, moment(gift.until)])
        else:
            told["extras"].append([gift.permission, moment(gift.until)])
    return {kind: what for kind, what in told.items() if what}
