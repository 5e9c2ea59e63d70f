"""Letting in somebody who has proved who they are: from where, when and with what they may, and the session that begins."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, NamedTuple

from models import catalogue, db
from models.actor import Actor
from models.clock import HOUR
from models.errors import ClockWrong, DeviceNeeded, NotFromHere, NotNow, Refusal, WrongProof
from models.errors.proof import TOTP
from models.operations import _proof
from models.operations._journal import Journal
from models.operations._operation import unattended
from models.operations._people import person_of, thing
from models.queries import devices, shop
from models.queries._reading import held_by_person
from models.queries.security import policy
from models.rules import limits
from models.rules.policy import needs_totp
from models.tables import Device, Session, SignInLimit, Staff, Totp

_USED_BEFORE: Final = "SELECT 1 FROM session WHERE staff_id = ? AND address = ? LIMIT 1"
_ALIVE: Final = "SELECT id, started_at FROM session WHERE staff_id = ? AND ended_at IS NULL ORDER BY seen_at, id"

HOME: Final = "home"
"""The section, by its name in code, that everybody begins in."""


class Entrant(NamedTuple):
    """Somebody at the door: the row of the person, whether TOTP is on, and whether a one-time code comes before anything else."""

    staff: Any
    has_totp: bool
    is_barred: bool


Take = Callable[[Journal, Entrant], str]
"""Accepts a second factor once: what it proved by, "" when it is wrong."""


def entrant(staff_id: int) -> Entrant | None:
    """Who that is; None where there is nobody."""
    staff = Staff.get_or_none(Staff.id == staff_id)
    totp = Totp.get_or_none(Totp.staff == staff_id)
    return Entrant(staff, totp is not None and totp.active is not None, totp is not None and bool(totp.barred)) if staff else None


def fits(stranger: Actor, staff_id: int, now: int) -> bool:
    """Whether the device key that somebody came with is that person's, and good still; nothing is said against coming without one."""
    return not stranger.device or devices.opens(stranger.device, staff_id, now)


def by_second(entrant: Entrant, stranger: Actor, terminal: str, take: Take) -> Actor | Refusal:
    """Let in whoever's second factor is right, or say why not; either is in the log."""
    with unattended(stranger) as journal, db.database.savepoint() as taking:
        try:
            by = take(journal, entrant)
        except ClockWrong as wrong:
            _proof.refuse(journal, entrant.staff, "clock")
            return wrong
        if not by:
            _proof.refuse(journal, entrant.staff, "second factor")
            return WrongProof()
        if by != TOTP and _outside(entrant.staff, stranger, journal.now) is not None:
            taking.rollback()  # what is good once is not spent on being turned away
        return _let_in(journal, entrant, stranger, terminal, by)


def enter(entrant: Entrant, stranger: Actor, terminal: str) -> Actor | Refusal:
    """Let in whoever's password is right and who has no second factor, or say why not; either is in the log."""
    with unattended(stranger) as journal:
        return _let_in(journal, entrant, stranger, terminal, "password")


def _let_in(journal: Journal, entrant: Entrant, stranger: Actor, terminal: str, by: str) -> Actor | Refusal:
    staff = entrant.staff
    if (outside := _outside(staff, stranger, journal.now)) is not None:
        _proof.refuse(journal, staff, type(outside).__name__)
        return outside
    if entrant.is_barred:
        Totp.update(barred=False).where(Totp.staff == staff.id).execute()
    is_new = bool(stranger.address) and bool(staff.is_owner) and not db.rows(_USED_BEFORE, (staff.id, stranger.address))
    actor = _begin(journal, entrant, stranger, terminal)
    journal.actor = actor
    journal.record("session.start", thing(staff), new={"by": by})
    if by == _proof.RECOVERY:
        _proof.tell_recovery(journal, thing(staff))
    if is_new:
        journal.record("session.new_address", thing(staff), new={"address": stranger.address})
    return actor


def _outside(staff: Any, stranger: Actor, now: int) -> Refusal | None:
    """What the policy and the owner's limits have against it. The owner is free of them; address and hours do not count at the machine."""
    if staff.is_owner:
        return None
    if policy().policy.device_required and not stranger.device:
        return DeviceNeeded()
    limit = SignInLimit.get_or_none(SignInLimit.staff == staff.id)
    if limit is None or not stranger.address:
        return None
    if not limits.inside(stranger.address, limit.addresses):
        return NotFromHere()
    return None if limits.within(limit.hours, now, shop.zone()) else NotNow()


def _begin(journal: Journal, entrant: Entrant, stranger: Actor, terminal: str) -> Actor:
    staff, now = entrant.staff, journal.now
    _make_room(journal, staff)
    enrolling = not entrant.has_totp and not staff.is_owner and must_have_totp(staff, now)
    session_id = Session.insert(
        staff=staff.id,
        started_at=now,
        seen_at=now,
        proved_at=now,
        device=stranger.device,
        address=stranger.address,
        terminal=terminal,
        section="" if enrolling else HOME,
        enrolling=enrolling,
    ).execute()
    Staff.update(signed_in_at=now).where(Staff.id == staff.id).execute()
    if stranger.device:
        Device.update(used_at=now).where(Device.fingerprint == stranger.device).execute()
    return Actor(staff.login, staff.id, int(session_id), stranger.device, stranger.address)


def _make_room(journal: Journal, staff: Any) -> None:
    """End sessions whose time is up, and of too many the one idle longest."""
    rules = policy().policy
    alive = db.rows(_ALIVE, (staff.id,))
    expired = [session for session, started_at in alive if journal.now > started_at + rules.session_hours * HOUR]
    rest = [session for session, _ in alive if session not in expired]
    too_many = rest[: max(0, len(rest) + 1 - rules.sessions_each)]
    for ended, why in ((expired, "expired"), (too_many, "too many")):
        if ended:
            Session.update(ended_at=journal.now, end=why).where(Session.id.in_(ended)).execute()
            journal.record("session.end", thing(staff), new={"why": why, "sessions": len(ended)})


def must_have_totp(staff: Any, now: int) -> bool:
    """Whether the policy asks this person for TOTP, by what they may do now."""
    held = held_by_person(person_of(staff), staff.id, now)
    return needs_totp(policy().policy, high_risk=any(catalogue.permissions()[code].high_risk for code in held))
