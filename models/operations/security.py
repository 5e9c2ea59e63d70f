"""Protection of accounts: one's own password and sessions, and what is reset or limited for others."""

from __future__ import annotations

from typing import Any, Final, Literal, overload

from models import catalogue, clock, db
from models.actor import Actor
from models.errors import Invalid, NothingChanged, OwnerProtected, Unknown, WrongProof
from models.errors.proof import TOTP
from models.i18n import N_
from models.operations import _hashing, _offers, _proof, devices as device_operations, sessions, totp as totp_operations
from models.operations._journal import Journal
from models.operations._operation import OWNER, operation
from models.operations._people import found, in_status, manageable, thing
from models.operations.codes import RESET, RESET_DAYS, FreshCode, issue
from models.queries import standing
from models.rules import limits
from models.tables import Credential, Session, SignInLimit, Staff

_KEEP_SPENT: Final = """
    INSERT INTO spent_password SELECT staff_id, password FROM credential WHERE staff_id = ?
    ON CONFLICT (staff_id) DO UPDATE SET password = excluded.password
"""
"""A password that was reset may be known to others, so it must not come back; a second reset finds none to keep."""


def change_password(actor: Actor, old: str, new: str) -> None:
    """Set one's own password anew; one's other sessions end.

    Where TOTP is off `old` is the proof that a change to security asks for, so that nobody types it twice.

    Raises:
        WrongProof: `old` is wrong; it is in the log.
        SignInLocked: too many attempts failed.
        Invalid: `new` is the old one.
        PasswordWeak: `new` would be guessed, or is too short for the policy.
        ProofNeeded, SessionEnded, SessionLocked, EnrolFirst: as elsewhere.
    """
    stands = standing.require(actor)
    has_totp = stands is not None and stands.proof == TOTP
    if has_totp:
        standing.require_proof(stands, clock.now())  # before the hashing; judged again with the change
    digest = _proof.require_password(actor, old)  # a new one that is too weak is no failed attempt
    if new == old:
        raise Invalid("password", N_("That is your password already."))
    sessions.check_new(actor.staff_id, new)
    hashed = _hashing.digest(new)
    with operation(actor, None, "security.password", proof=has_totp) as journal:
        staff = Staff.get(Staff.id == actor.staff_id)
        if not _proof.still(staff.id, digest):
            raise WrongProof
        Credential.update(password=hashed, changed_at=journal.now).where(Credential.staff == staff.id).execute()
        sessions.end_all(journal, staff, "password", but=actor.session_id)
        journal.record("security.password", thing(staff))


@overload
def reset(actor: Actor, staff_id: int, *, password: Literal[True], totp: bool = False, devices: bool = False) -> FreshCode: ...
@overload
def reset(actor: Actor, staff_id: int, *, password: bool = False, totp: Literal[True], devices: bool = False) -> FreshCode: ...
@overload
def reset(actor: Actor, staff_id: int, *, password: bool = False, totp: bool = False, devices: bool = False) -> FreshCode | None: ...
def reset(actor: Actor, staff_id: int, *, password: bool = False, totp: bool = False, devices: bool = False) -> FreshCode | None:
    """Void somebody's password, TOTP with the recovery codes, or device keys: they were lost, or somebody else may have them.

    Sessions end. The person gets a one-time code, good for a day: where the password is void it lets them set a new one, where TOTP is,
    it is asked for after the password at the next sign-in. What was not reset stays as it is.

    Returns:
        The code; None where only device keys were voided, which no code brings back.

    Raises:
        NotAllowed: it takes `staff.security.reset`.
        Invalid: nothing was chosen.
        WrongStatus: the person is invited, or has left.
        OwnerProtected, OwnAccount, OutOfReach, Unknown, ProofNeeded: as elsewhere.
    """
    if not (password or totp or devices):
        raise Invalid("what", N_("Choose what to reset."))
    with operation(actor, RESET, "security.reset", proof=True) as journal:
        staff = manageable(journal, staff_id)
        in_status(staff, catalogue.ACTIVE, catalogue.FROZEN)
        voided = void(journal, staff, password=password, totp=totp, devices=devices)
        journal.record("security.reset", thing(staff), new={"reset": voided})
        return issue(journal, staff_id, RESET_DAYS, purpose="reset") if password or totp else None


def void(journal: Journal, staff: Any, *, password: bool, totp: bool, devices: bool = False) -> list[str]:
    """Void what somebody proves who they are with, inside an operation that is open; what was voided, by name.

    Their sessions end, and an offer of the shop that they made or were made.
    """
    if password:
        db.write_many(_KEEP_SPENT, [(staff.id,)])
        Credential.delete().where(Credential.staff == staff.id).execute()
    if totp:
        totp_operations.void(journal, staff.id, barred=not password)
    if devices:
        device_operations.void(journal, staff, "reset")
    sessions.end_all(journal, staff, "reset" if password or totp else "device")  # whose keys alone are void waits for no code
    _offers.withdraw(journal, staff)
    return [name for name, chosen in (("password", password), ("totp", totp), ("devices", devices)) if chosen]


def end_session(actor: Actor, session_id: int) -> None:
    """End one of one's own sessions, such as that of a computer one walked away from.

    Raises:
        Unknown: it is none of one's own, or has ended.
        SessionEnded, SessionLocked, EnrolFirst: as elsewhere.
    """
    with operation(actor, None, "session.end") as journal:
        own = (Session.id == session_id, Session.staff == actor.staff_id, Session.ended_at.is_null())
        if not Session.update(ended_at=journal.now, end="elsewhere").where(*own).execute():
            raise Unknown("session", str(session_id))
        journal.record("session.end", thing(Staff.get(Staff.id == actor.staff_id)), new={"why": "elsewhere", "sessions": 1})


def end_others(actor: Actor) -> int:
    """End every session of one's own but this one; how many those were.

    Raises:
        NothingChanged: there is no other.
        SessionEnded, SessionLocked, EnrolFirst: as elsewhere.
    """
    with operation(actor, None, "session.end") as journal:
        staff = Staff.get_or_none(Staff.id == actor.staff_id)
        ended = sessions.end_all(journal, staff, "elsewhere", but=actor.session_id) if staff is not None else 0
        if not ended:
            raise NothingChanged
        return ended


def limit(actor: Actor, staff_id: int, *, addresses: str, hours: str) -> None:
    """Say from where and when somebody may sign in; "" for anywhere, and for any time. It counts from the next sign-in on.

    Args:
        addresses: addresses and ranges, as `limits.addresses` takes them.
        hours: working hours in the shop's time zone, as `limits.hours` takes them.

    Raises:
        OwnerAlone: only the owner may.
        OwnerProtected: nobody shuts the owner out.
        Invalid, Unknown, NothingChanged, ProofNeeded: as elsewhere.
    """
    new = {"addresses": limits.addresses("addresses", addresses), "hours": limits.hours("hours", hours)}
    with operation(actor, OWNER, "security.limit", proof=True) as journal:
        staff = found(journal, staff_id)
        if staff.is_owner:
            raise OwnerProtected
        known = SignInLimit.get_or_none(SignInLimit.staff == staff_id)
        old = {field: getattr(known, field) if known is not None else "" for field in new}
        if new == old:
            raise NothingChanged
        SignInLimit.insert(staff=staff_id, **new).on_conflict(conflict_target=[SignInLimit.staff], update=new).execute()
        journal.record("security.limit", thing(staff), old=old, new=new)
