"""One's own TOTP: begun, verified, replaced, turned off. Nobody else can do any of it; `security.reset` voids."""

from __future__ import annotations

from typing import Any, NamedTuple

from models import db, key_file
from models.actor import Actor
from models.errors import OwnerAlone, SessionEnded, TotpMissing, TotpRequired, WrongProof
from models.operations import _proof
from models.operations._entering import must_have_totp
from models.operations._journal import Journal
from models.operations._operation import operation
from models.operations._people import thing
from models.queries import moments, shop
from models.rules import lockout, totp
from models.tables import RecoveryCode, Session, Staff, Totp

_USED_BEFORE = "SELECT value FROM setting WHERE name = 'totp_generation'"


class Enrolment(NamedTuple):
    """What an authenticator app needs: `uri` as a QR code, `secret` in groups of four where there is no camera. Shown, never kept."""

    uri: str
    secret: str

    def __repr__(self) -> str:
        return "Enrolment()"  # the seed belongs into no message


def begin(actor: Actor) -> Enrolment:
    """Derive a new seed for the actor; TOTP is on, or moves to it, only when a code of it was verified by `confirm`.

    Each enrolment takes a generation that was never used before.

    Raises:
        ProofNeeded, SessionEnded, SessionLocked: as elsewhere.
    """
    with operation(actor, None, "totp.begin", proof=True, enrolling=True) as journal:
        staff = _me(journal)
        known = Totp.get_or_none(Totp.staff == staff.id)
        generation = max(known.generation if known is not None else 0, _used_before()) + 1
        if known is None:
            Totp.insert(staff=staff.id, generation=generation, pending=generation).execute()
        else:
            Totp.update(generation=generation, pending=generation).where(Totp.staff == staff.id).execute()
        journal.record("totp.begin", thing(staff), new={"generation": generation})
        seed = totp.seed(key_file.current(), staff.id, generation)
        return Enrolment(totp.uri(seed, shop.current().code, staff.login), totp.grouped(totp.base32(seed)))


def confirm(actor: Actor, code: str) -> None:
    """Turn TOTP on, or over to the phone that was begun with: its code proves that it has the seed.

    Raises:
        WrongProof: the code is wrong.
        SignInLocked: too many attempts failed.
        ClockWrong: codes cannot be judged now.
        TotpMissing: nothing was begun.
    """
    attempt = _proof.count(actor, actor.name, lockout.SECOND)
    with operation(actor, None, "totp.on", enrolling=True) as journal:
        staff = _me(journal)
        known = Totp.get_or_none(Totp.staff == staff.id)
        if known is None or known.pending is None:
            raise TotpMissing
        moments.require_clock(journal.now)
        step = totp.match(totp.seed(key_file.current(), staff.id, known.pending), code, journal.now, 0)
        if step is None:
            raise WrongProof
        old = {"generation": known.active} if known.active is not None else None
        drift = totp.drift_of(step, journal.now)
        on = {
            "active": known.pending,
            "pending": None,
            "last_step": step,
            "drift": drift,
            "since": journal.now,
            "put_off_at": None,
            "barred": False,
        }
        Totp.update(**on).where(Totp.staff == staff.id).execute()
        _proof.forgive(attempt)
        Session.update(enrolling=False, proved_at=journal.now).where(Session.id == actor.session_id).execute()
        _doubt_others(journal, staff)
        journal.record("totp.on", thing(staff), old=old, new={"generation": known.pending})


def _used_before() -> int:
    """The number that enrolments go on from after a restore, whoever's they are: what was used before it nobody can tell."""
    found = db.row(_USED_BEFORE)
    return int(found[0]) if found else 0


def _doubt_others(journal: Journal, staff: Any) -> None:
    """End one's other sessions that waited for TOTP, and let no proof count that was given elsewhere.

    Whoever is in there has shown no more than the password. Were they let in by what somebody else did with a phone, a stolen password
    would do.
    """
    others = (Session.staff == staff.id, Session.id != journal.actor.session_id, Session.ended_at.is_null())
    Session.update(proved_at=0).where(*others).execute()
    waiting = (*others, Session.enrolling == True)  # noqa: E712  peewee builds SQL of it
    if ended := Session.update(ended_at=journal.now, end="elsewhere").where(*waiting).execute():
        journal.record("session.end", thing(staff), new={"why": "elsewhere", "sessions": ended})


def turn_off(actor: Actor) -> None:
    """Do without TOTP; the recovery codes go with it.

    Raises:
        TotpRequired: the policy asks the person for it; of the owner it is not demanded.
        TotpMissing: it is off.
        ProofNeeded, SessionEnded, SessionLocked: as elsewhere.
    """
    with operation(actor, None, "totp.off", proof=True) as journal:
        staff = _me(journal)
        if not staff.is_owner and must_have_totp(staff, journal.now):
            raise TotpRequired
        if not void(journal, staff.id):
            raise TotpMissing
        journal.record("totp.off", thing(staff))


def put_off(actor: Actor) -> None:
    """Do not be led to TOTP at the next sign-ins: the owner alone may put it off, and is reminded.

    Raises:
        OwnerAlone: it is somebody else.
    """
    with operation(actor, None, "totp.put_off") as journal:
        staff = _me(journal)
        if not staff.is_owner:
            raise OwnerAlone
        later = {"put_off_at": journal.now, "pending": None}
        Totp.insert(staff=staff.id, **later).on_conflict(conflict_target=[Totp.staff], update=later).execute()
        journal.record("totp.put_off", thing(staff))


def void(journal: Journal, staff_id: int, *, barred: bool = False) -> bool:
    """Take TOTP and the recovery codes from somebody inside an operation that is open; whether it was on.

    The generation stays, so no seed ever comes back.

    Args:
        barred: the person gives a one-time code at the next sign-in.
    """
    off = {"active": None, "pending": None, "since": None, "drift": 0, "barred": barred}
    was_on = Totp.update(**off).where(Totp.staff == staff_id, Totp.active.is_null(is_null=False)).execute()
    if not was_on:
        Totp.update(pending=None).where(Totp.staff == staff_id).execute()
    if not was_on and barred:
        Totp.insert(staff=staff_id, barred=True).on_conflict(conflict_target=[Totp.staff], update={"barred": True}).execute()
    void_recovery(journal, staff_id)
    return bool(was_on)


def void_recovery(journal: Journal, staff_id: int) -> None:
    """Void every recovery code of somebody inside an operation that is open."""
    live = (RecoveryCode.staff == staff_id, RecoveryCode.used_at.is_null(), RecoveryCode.void_at.is_null())
    RecoveryCode.update(void_at=journal.now).where(*live).execute()


def _me(journal: Journal) -> Any:
    """The actor's own row; the operator at the machine has none."""
    staff = Staff.get_or_none(Staff.id == journal.actor.staff_id)
    if staff is None:
        raise SessionEnded
    journal.subject = thing(staff)
    return staff
