"""What somebody is to be told about their own account when they come in, as long as it holds."""

from __future__ import annotations

from typing import Final, NamedTuple

from models import clock, db
from models.actor import Actor
from models.catalogue import permissions
from models.clock import DAY
from models.device_sql import LIVE
from models.queries import backups, ownership, seats
from models.queries.backups import Status
from models.queries.ownership import OfferRow
from models.queries.seats import Notice
from models.queries.security import FEW_CODES
from models.rules.delegation import Held
from models.rules.policy import Policy, needs_totp

ADDRESSES: Final = 3
"""So many new addresses are told, the newest first."""

KNOWN: Final = 7 * DAY
"""So long after the first sign-in from an address one from the same address shows nothing new about it, microseconds."""

KEY_DAYS: Final = 14
"""So many days before it ends, one is told of a device key: long enough to enrol another, and to be let in with the old one meanwhile."""

ONBOARDING: Final = "staff.manage"
"""Whoever holds it is told where there are more people than seats."""

_ENDING: Final = f"SELECT d.id, d.name, d.expires_at FROM device d WHERE d.staff_id = ?2 AND {LIVE} AND d.expires_at <= ?3 ORDER BY 3, 1"  # noqa: S608  our own text only
_NEW_ADDRESSES: Final = """
    SELECT e.address, e.at FROM audit_entry e
    WHERE e.action = 'session.new_address' AND e.object_id = ?1 AND e.session IS NOT ?2
    AND NOT EXISTS (
        SELECT 1 FROM session s
        WHERE s.staff_id = ?1 AND s.id > e.session AND s.id <> ?2 AND (s.address <> e.address OR s.started_at > e.at + ?3)
    )
    ORDER BY e.seq DESC LIMIT ?4
"""
_PROTECTION: Final = """
    SELECT p.totp, t.since, t.put_off_at, (
        SELECT count(*) FROM recovery_code r WHERE r.staff_id = ?1 AND r.kept_at IS NOT NULL AND r.used_at IS NULL AND r.void_at IS NULL
    ), (SELECT is_owner FROM staff WHERE id = ?1) FROM policy p LEFT JOIN totp t ON t.staff_id = ?1
"""
_FAILED: Final = """
    SELECT count(*) OVER (), e.at, e.address FROM audit_entry e
    WHERE e.object_kind = 'staff' AND e.object_id = ?1 AND e.session IS NOT ?2
    AND e.action IN ('session.refuse', 'session.prove.refuse', 'staff.activate.refuse')
    AND e.seq > coalesce((
        SELECT max(b.seq) FROM audit_entry b WHERE b.actor = ?3 AND b.action = 'session.start' AND b.session < ?2
    ), 0)
    ORDER BY e.seq DESC LIMIT 1
"""


class Address(NamedTuple):
    """An address that one's account was used from for the first time, and when; UTC microseconds."""

    address: str
    at: int


class Failed(NamedTuple):
    """Attempts on one's account that failed since the sign-in before this one.

    Attributes:
        number: how many.
        at: when the last was, UTC microseconds.
        address: where that came from; "" for the machine itself.
    """

    number: int
    at: int
    address: str


class EndingKey(NamedTuple):
    """A device key of one's own that will soon open nothing any more: its id, its name, and its last moment, UTC microseconds."""

    id: int
    name: str
    until: int


class Reminders(NamedTuple):
    """What there is to be told.

    Attributes:
        offer: the offer of the shop that one made, or that one was made.
        is_heir: whether it was made to the reader.
        lacks_totp: whether the policy asks for TOTP, and it is off.
        put_off: whether the owner, who lacks it, chose to set it up later.
        codes_left: good recovery codes, where they are few; None where they are not.
        addresses: new ones since one was last told.
        failed: None where no attempt failed.
        keys: one's own device keys that end within `KEY_DAYS`, the first to end first.
        backup: how things stand with backups, where there is something to remind the owner of.
        seats: where seats are counted and there is something to tell: the owner, and whoever onboards.
    """

    offer: OfferRow | None
    is_heir: bool
    lacks_totp: bool
    put_off: bool
    codes_left: int | None
    addresses: tuple[Address, ...]
    failed: Failed | None
    keys: tuple[EndingKey, ...] = ()
    backup: Status | None = None
    seats: Notice | None = None


NOTHING: Final = Reminders(None, is_heir=False, lacks_totp=False, put_off=False, codes_left=None, addresses=(), failed=None)
"""Nothing to be told."""


def of(actor: Actor, held: Held) -> Reminders:
    """What the actor is to be told, who may read and holds `held`; the operator at the machine has no account to be told of."""
    if actor.staff_id is None:
        return NOTHING
    ((asked, since, put_off_at, left, is_owner),) = db.rows(_PROTECTION, (actor.staff_id,))
    offer = ownership.open_to(actor.staff_id, clock.now())
    required = needs_totp(Policy(totp=asked), high_risk=any(permissions()[code].high_risk for code in held))
    return Reminders(
        offer,
        offer is not None and offer.heir_id == actor.staff_id,
        required and since is None,
        required and since is None and put_off_at is not None,
        left if since is not None and left <= FEW_CODES else None,
        _new_addresses(actor),
        _failed(actor),
        _ending(actor),
        _backup() if is_owner else None,
        seats.notice(is_owner=bool(is_owner)) if is_owner or ONBOARDING in held else None,
    )


def _backup() -> Status | None:
    found = backups.judged(clock.now())
    return None if found.is_well else found


def _new_addresses(actor: Actor) -> tuple[Address, ...]:
    """Told until the sign-in after the one that was told, and not settled by coming from that address again: that may be the stranger."""
    return tuple(Address(*row) for row in db.rows(_NEW_ADDRESSES, (actor.staff_id, actor.session_id, KNOWN, ADDRESSES)))


def _ending(actor: Actor) -> tuple[EndingKey, ...]:
    now = clock.now()
    return tuple(EndingKey(*row) for row in db.rows(_ENDING, (now, actor.staff_id, now + KEY_DAYS * DAY)))


def _failed(actor: Actor) -> Failed | None:
    found = db.row(_FAILED, (actor.staff_id, actor.session_id, actor.name))
    return Failed(*found) if found else None
