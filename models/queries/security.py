"""What protects accounts: the policy, and one's own protection."""

from __future__ import annotations

from typing import Final, NamedTuple

from models import clock, db
from models.actor import Actor
from models.catalogue import permissions
from models.clock import DAY
from models.errors import SessionEnded
from models.errors.proof import PASSWORD, TOTP
from models.queries import standing
from models.queries._reading import held_in_standing
from models.rules.policy import Policy, needs_totp

FEW_CODES: Final = 2
"""At so many recovery codes left the person is told to make new ones."""

PUT_OFF: Final = 7 * DAY
"""So long the owner, having put TOTP off, is not led to it again at sign-in, microseconds."""

_POLICY: Final = """
    SELECT version, totp, device_required, devices_each, idle_minutes, session_hours, sessions_each, proof_minutes, password_length,
        activation_days
    FROM policy
"""
_NAMES: Final = """
    SELECT s.login, s.name, s.nickname, s.pinyin, s.number, s.phone, s.email, p.name, p.code FROM staff s, shop p WHERE s.id = ?
"""
_OWN: Final = """
    SELECT t.since, t.put_off_at, c.changed_at, w.is_owner,
        (SELECT count(*) FROM recovery_code r WHERE r.staff_id = w.id AND r.kept_at IS NOT NULL AND r.used_at IS NULL AND r.void_at IS NULL)
    FROM staff w LEFT JOIN totp t ON t.staff_id = w.id LEFT JOIN credential c ON c.staff_id = w.id WHERE w.id = ?
"""


class PolicyRow(NamedTuple):
    """The policy, and the version it was read at."""

    version: int
    policy: Policy


class Own(NamedTuple):
    """How somebody's own account is protected. Times are UTC microseconds.

    Attributes:
        totp_since: since when TOTP is on; None while it is off.
        totp_required: whether the policy asks them for it.
        enrolling: whether they can do nothing before they have set it up.
        leads: whether it is to be offered at sign-in before anything else.
        recovery_left: recovery codes that are good still.
        password_changed_at: None where there is no password.
        proof: what a new proof is asked by, `TOTP` or `PASSWORD`.
    """

    totp_since: int | None
    totp_required: bool
    enrolling: bool
    leads: bool
    recovery_left: int
    password_changed_at: int | None
    proof: str

    @property
    def few_codes(self) -> bool:
        """Whether recovery codes are running out."""
        return self.totp_since is not None and self.recovery_left <= FEW_CODES


def policy() -> PolicyRow:
    """What is asked of every account; everybody may know."""
    ((version, totp, device, *numbers),) = db.rows(_POLICY)
    return PolicyRow(int(version), Policy(totp, bool(device), *numbers))


def names_around(staff_id: int | None) -> list[str]:
    """What everybody at the shop knows of a person and of the shop, none of which makes a password; for `passwords.known`."""
    return [str(name) for name in db.row(_NAMES, (staff_id,)) or () if name]


def own_names(actor: Actor) -> list[str]:
    """The same of the actor, for judging a password while it is typed.

    Raises:
        SessionEnded, SessionLocked, EnrolFirst: as `standing.require`.
    """
    standing.require(actor)
    return names_around(actor.staff_id)


def own(actor: Actor) -> Own:
    """How the actor's own account is protected; can be asked before TOTP is set up.

    Raises:
        SessionEnded, SessionLocked: as `standing.require`.
    """
    now = clock.now()
    stands = standing.require(actor, now, enrolling=True)
    found = db.row(_OWN, (actor.staff_id,))
    if found is None:  # the operator at the machine has no account
        raise SessionEnded
    since, put_off_at, changed_at, is_owner, left = found
    held = held_in_standing(actor, now)
    required = needs_totp(policy().policy, high_risk=any(permissions()[code].high_risk for code in held))
    enrolling = stands is not None and stands.is_enrolling
    put_off = put_off_at is not None and put_off_at <= now < put_off_at + PUT_OFF
    leads = enrolling or (bool(is_owner) and required and since is None and not put_off)
    return Own(since, required, enrolling, leads, left, changed_at, TOTP if since is not None else PASSWORD)
