"""Signing in and out.

Hashing takes long, so it is never done inside a transaction; whatever it was about is read again inside.
"""

from __future__ import annotations

from typing import Final

from models import catalogue, clock, db, text
from models.actor import Actor, Proved
from models.clock import MINUTE
from models.errors import CodeRefused, Invalid, Refusal, SecondFactorNeeded, SignInRefused
from models.errors.proof import CODE, TOTP
from models.i18n import N_
from models.operations import _entering, _hashing, _proof
from models.operations._entering import Entrant
from models.operations._journal import Journal, Thing
from models.operations._operation import unattended
from models.operations._people import person_of, thing
from models.operations.settling import settle
from models.queries import damage, security
from models.rules import codes, lockout, passwords, totp
from models.tables import Credential, Device, OneTimeCode, Session, SpentPassword, Staff, Totp as TotpTable

PATIENCE: Final = 5 * MINUTE
"""So long after the password the code is taken, microseconds: time to find the phone."""

SIGNED_OUT: Final = "signed out"
"""How a session is kept that its person ended."""

_SPENT: Final = "SELECT password FROM spent_password WHERE staff_id = ?"
_ID: Final = "SELECT id FROM staff WHERE login = ?"


def sign_in(stranger: Actor, login: str, password: str, *, terminal: str = "") -> Actor:
    """Sign a person in, or find out that a second factor is needed.

    Args:
        stranger: where the attempt comes from.
        terminal: the terminal's name, to tell sessions apart.

    Returns:
        The person as an actor, in the session that begins.

    Raises:
        SecondFactorNeeded: the password was right; `second_factor` goes on from there.
        SignInRefused: whatever the reason; it is in the log. A failed attempt takes as long as any.
        SignInLocked: too many attempts failed.
        NotFromHere, NotNow, DeviceNeeded: it is the person, who may not come in like this.
    """
    settle()
    attempt = _proof.count(stranger, meant(login), lockout.PASSWORD)
    (staff_id,) = db.row(_ID, (attempt.login,)) or (None,)
    digest = _proof.is_password(staff_id, password)
    fresh = _hashing.rehashed(digest, password) if digest is not None else None
    with db.transaction():
        entrant = _entering.entrant(staff_id) if staff_id is not None else None
        because = _refused(entrant, digest, stranger)
        if entrant is None or digest is None or because:
            outcome: Actor | Refusal = _refuse(stranger, entrant, because)
        else:
            _proof.forgive(attempt)
            if fresh is not None:
                Credential.update(password=fresh).where(Credential.staff == staff_id).execute()
            if entrant.has_totp or entrant.is_barred:
                proved = Proved(attempt.login, entrant.staff.id, fresh or digest, clock.now())
                outcome = SecondFactorNeeded(proved, TOTP if entrant.has_totp else CODE)
            else:
                outcome = _entering.enter(entrant, stranger, terminal)
    return _told(outcome)


def second_factor(stranger: Actor, proved: Proved, code: str, *, terminal: str = "") -> Actor:
    """Sign in whoever has shown the password and now shows the code: of the phone, a recovery code, or after a reset the one-time code.

    Raises:
        WrongProof: the code is wrong, was used or is too old.
        SignInRefused: the password has changed meanwhile, or is too long ago.
        SignInLocked, NotFromHere, NotNow, DeviceNeeded: as `sign_in`.
        ClockWrong: codes of a phone cannot be judged now.
    """

    def take(journal: Journal, entrant: Entrant) -> str:
        staff_id = entrant.staff.id
        if entrant.is_barred:
            return CODE if _proof.take_code(staff_id, "reset", code, journal.now) else ""
        if totp.normalised(code):
            return TOTP if _proof.take_totp(staff_id, code, journal.now) else ""
        return _proof.RECOVERY if _proof.take_recovery(staff_id, code, journal.now) else ""

    return _second(stranger, proved, terminal, take)


def resynchronise(stranger: Actor, proved: Proved, first: str, second: str, *, terminal: str = "") -> Actor:
    """Sign in whose phone's clock is off by up to 20 minutes, by two codes in a row; it is followed from then on.

    Raises:
        WrongProof, SignInRefused, SignInLocked, NotFromHere, NotNow, DeviceNeeded, ClockWrong: as `second_factor`.
    """
    return _second(
        stranger,
        proved,
        terminal,
        lambda journal, entrant: TOTP if _proof.take_two(entrant.staff.id, first, second, journal.now) else "",
    )


def _second(stranger: Actor, proved: Proved, terminal: str, take: _entering.Take) -> Actor:
    settle()
    attempt = _proof.count(stranger, proved.login, lockout.SECOND)
    with db.transaction():
        entrant = _entering.entrant(proved.staff_id)
        because = _refused(entrant, proved.digest, stranger)
        if not because and not proved.at <= clock.now() <= proved.at + PATIENCE:
            because = "password"  # it was shown too long ago
        if entrant is None or because:
            outcome: Actor | Refusal = _refuse(stranger, entrant, because)
        else:
            outcome = _entering.by_second(entrant, stranger, terminal, take)
            if isinstance(outcome, Actor):
                _proof.forgive(attempt)
    return _told(outcome)


def _refused(entrant: Entrant | None, digest: str | None, stranger: Actor) -> str:
    """Why nobody is let in, as the log says it; "" when the password is theirs, the account active, and a device key their own."""
    if entrant is None:
        return "unknown"
    if not _entering.fits(stranger, entrant.staff.id, clock.now()):
        return "device"
    if digest is None or not _proof.still(entrant.staff.id, digest):
        return "password"
    return "" if entrant.staff.status == catalogue.ACTIVE and not person_of(entrant.staff).has_gone(clock.now()) else "status"


def _refuse(stranger: Actor, entrant: Entrant | None, because: str) -> Refusal:
    with unattended(stranger) as journal:
        _proof.refuse(journal, entrant.staff if entrant else None, because)
    return SignInRefused()


def turn_away(stranger: Actor) -> None:
    """Tell of somebody whom sshd let in by a device key that opens nothing any more, or by none that can be told; it is in the log."""
    with unattended(stranger) as journal:
        key = Device.get_or_none(Device.fingerprint == stranger.device)
        staff = key.staff if key is not None else None
        is_good = staff is not None and _entering.fits(stranger, staff.id, journal.now)
        _proof.refuse(journal, staff, "status" if is_good else "device")


def _told(outcome: Actor | Refusal) -> Actor:
    """What a transaction came to, once it is committed."""
    if isinstance(outcome, Refusal):
        raise outcome
    return outcome


def sign_out(actor: Actor, *, why: str = SIGNED_OUT) -> None:
    """End the actor's own session; nothing happens when it has ended already."""
    with db.transaction():
        alive = Session.get_or_none(Session.id == actor.session_id, Session.ended_at.is_null())
        if alive is None:
            return
        with unattended(actor) as journal:
            Session.update(ended_at=journal.now, end=why).where(Session.id == actor.session_id).execute()
            journal.record("session.end", Thing("staff", actor.staff_id, actor.name), new={"why": why})


def end_all(journal: Journal, staff: Staff, why: str, *, but: int | None = None) -> int:
    """End every session of a person inside an operation that is open, save that of the id `but`; how many those were."""
    alive = [row.id for row in Session.select(Session.id).where(Session.staff == staff.id, Session.ended_at.is_null()) if row.id != but]
    if alive:
        Session.update(ended_at=journal.now, end=why).where(Session.id.in_(alive)).execute()
        journal.record("session.end", thing(staff), new={"why": why, "sessions": len(alive)})
    return len(alive)


def activate(stranger: Actor, login: str, code: str, password: str) -> None:
    """Let a person set their own password with the code they were handed, at first or after a reset; they can sign in then.

    Raises:
        CodeRefused: whatever the reason; it is in the log.
        SignInLocked: too many attempts failed.
        LogDamaged: somebody has to look at the log first; the code is still good.
        PasswordWeak, Invalid: the password would be guessed, or is the one that was reset; the code is still good.
    """
    damage.require_whole()
    settle()
    attempt = _proof.count(stranger, meant(login), lockout.CODE)
    (staff_id,) = db.row(_ID, (attempt.login,)) or (None,)
    live = _live_code(staff_id)
    fits = staff_id is None or _entering.fits(stranger, staff_id, clock.now())
    good = codes.matches(code, bytes(live.digest) if live is not None else b"") and fits
    if good:
        with db.transaction():
            _proof.forgive(attempt)  # the code was right: a weak password is no failure
        check_new(staff_id, password)
        _refuse_spent(staff_id, password)
    hashed = _hashing.digest(password) if good else ""
    with unattended(stranger) as journal:
        staff = Staff.get_or_none(Staff.id == staff_id) if staff_id is not None else None
        done = staff is not None and good and live is not None and _activate(journal, stranger, staff, live.purpose, code, hashed)
        if not done:
            fits = staff is None or _entering.fits(stranger, staff.id, journal.now)
            _proof.refuse(journal, staff, "code" if fits else "device", "staff.activate.refuse")
    if not done:
        raise CodeRefused


def _activate(journal: Journal, stranger: Actor, staff: Staff, purpose: str, code: str, hashed: str) -> bool:
    wanted = catalogue.INVITED if purpose == "activation" else catalogue.ACTIVE
    if not _entering.fits(stranger, staff.id, journal.now):
        return False
    if Credential.select().where(Credential.staff == staff.id).exists():  # TOTP alone was reset: the password is theirs, and asked for
        return False
    if staff.status != wanted or person_of(staff).has_gone(journal.now) or not _proof.take_code(staff.id, purpose, code, journal.now):
        return False
    Credential.insert(staff=staff.id, password=hashed, changed_at=journal.now).execute()
    SpentPassword.delete().where(SpentPassword.staff == staff.id).execute()
    TotpTable.update(barred=False).where(TotpTable.staff == staff.id).execute()
    if purpose == "activation":
        Staff.update(status=catalogue.ACTIVE, activated_at=journal.now, version=Staff.version + 1).where(Staff.id == staff.id).execute()
    journal.actor = stranger._replace(name=staff.login, staff_id=staff.id)
    journal.record("staff.activate" if purpose == "activation" else "security.password", thing(staff))
    return True


def _live_code(staff_id: int | None) -> OneTimeCode | None:
    live = (OneTimeCode.staff == staff_id, OneTimeCode.used_at.is_null(), OneTimeCode.void_at.is_null())
    with db.connection():
        return OneTimeCode.get_or_none(*live)


def check_new(staff_id: int | None, password: str) -> None:
    """Refuse a new password that the policy or a guesser would not think much of. Takes long, so not inside a transaction.

    Raises:
        PasswordWeak: says what would help.
    """
    passwords.check(password, passwords.known(security.names_around(staff_id)), security.policy().policy.password_length)


def _refuse_spent(staff_id: int | None, password: str) -> None:
    """Refuse the password that was reset. Hashes, so not inside a transaction."""
    found = db.row(_SPENT, (staff_id,))
    if found is not None and _hashing.verify(found[0], password):
        raise Invalid("password", N_("This is the password that was reset. Choose another."))


def meant(login: str) -> str:
    """The login as it would be kept, also where the account is written in full, `little-shop:alice`.

    "" for what cannot be one, so that it takes the same path as an unknown one.
    """
    shop, colon, rest = login.partition(":")
    if colon and db.rows("SELECT 1 FROM shop WHERE code = ?", (shop.strip().lower(),)):
        login = rest
    try:
        return text.login("login", login)
    except Invalid:
        return ""
