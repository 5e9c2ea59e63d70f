"""Proving who one is: attempts are counted before they are answered, and each factor is judged in one place.

An attempt counts as failed from before it is looked at, so that many at once, or one whose process is killed, escape no count; success
takes the count back.
"""

from __future__ import annotations

import hmac
from typing import Any, Final, NamedTuple

from models import clock, db, key_file
from models.actor import Actor
from models.clock import SECOND
from models.errors import SignInLocked, WrongProof
from models.operations import _hashing
from models.operations._journal import Journal, Thing
from models.operations._operation import unattended
from models.operations._people import thing
from models.queries import moments
from models.rules import codes, limits, lockout, totp
from models.rules.lockout import Factor
from models.tables import Credential, Failure, OneTimeCode, RecoveryCode, Staff, Totp

AT_MACHINE: Final = "local"
"""The source of attempts at the machine itself."""

RECOVERY: Final = "recovery"
"""What a recovery code proves by; TOTP and one-time codes have their names in `models.errors.proof`."""

_FAILURES: Final = "SELECT at FROM failure WHERE account = ? AND source = ? AND factor = ?"
_KEPT: Final = "SELECT password FROM credential WHERE staff_id = ?"


class Attempt(NamedTuple):
    """An attempt that was counted.

    Attributes:
        login: the login as it would be kept; "" for what cannot be one.
        account: a keyed hash of it.
        source: the device, the address, or `AT_MACHINE`.
    """

    login: str
    account: bytes
    source: str
    factor: Factor


def count(whoever: Actor, login: str, factor: Factor) -> Attempt:
    """Count an attempt as failed, before it is looked at.

    Raises:
        SignInLocked: too many failed before; it is in the log. Nothing else tells whether anybody has that login.
    """
    account = hmac.digest(key_file.current(), b"shopstaff attempt\0" + login.encode(), "sha256")
    attempt = Attempt(login, account, whoever.device or limits.neighbourhood(whoever.address) or AT_MACHINE, factor)
    with db.transaction():
        now = clock.now()
        failures = [at for (at,) in db.rows(_FAILURES, (account, attempt.source, factor))]
        until = lockout.locked_until(factor, failures, now)
        if until is None:
            Failure.delete().where(Failure.at < now - lockout.KEPT).execute()
            Failure.insert(account=account, source=attempt.source, factor=factor, at=now).execute()
        else:
            with unattended(whoever) as journal:
                refuse(journal, Staff.get_or_none(Staff.login == login), "locked")
    if until is not None:
        raise SignInLocked(max(1, -((now - until) // SECOND)))
    return attempt


def forgive(attempt: Attempt) -> None:
    """Forget what was counted, inside the transaction of what succeeded."""
    same = (Failure.account == attempt.account, Failure.source == attempt.source, Failure.factor == attempt.factor)
    Failure.delete().where(*same).execute()


def refuse(journal: Journal, staff: Any, because: str, action: str = "session.refuse") -> None:
    """Tell of an attempt that failed. What was typed is not told: it may be a password in the wrong field."""
    journal.record(action, thing(staff) if staff is not None else Thing("staff", None, "?"), new={"because": because})


def password_of(staff_id: int | None) -> str | None:
    """The kept form of somebody's password, as far as there is one."""
    found = db.row(_KEPT, (staff_id,))
    return str(found[0]) if found else None


def is_password(staff_id: int | None, password: str) -> str | None:
    """The kept form that `password` was found to be right for; None when it is wrong. Hashes, so not inside a transaction."""
    digest = password_of(staff_id)
    return digest if _hashing.verify(digest, password) else None


def require_password(actor: Actor, password: str) -> str:
    """The kept form of the actor's password, if `password` is it. Hashes, so not inside a transaction.

    Raises:
        WrongProof: it is not; it is in the log.
        SignInLocked: too many attempts failed.
    """
    attempt = count(actor, actor.name, lockout.PASSWORD)
    digest = is_password(actor.staff_id, password)
    with db.transaction():
        if digest is not None:
            forgive(attempt)
            return digest
        with unattended(actor) as journal:
            journal.record("session.prove.refuse", Thing("staff", actor.staff_id, actor.name), new={"because": "password"})
    raise WrongProof


def still(staff_id: int, digest: str) -> bool:
    """Whether the password that was proved is the one in force, inside the transaction that counts on it."""
    current = Credential.get_or_none(Credential.staff == staff_id)
    return current is not None and current.password == digest


def take_totp(staff_id: int, code: str, now: int) -> bool:
    """Accept a code of somebody's phone, once: whoever takes a step first has it.

    Raises:
        ClockWrong: the machine's clock cannot be believed.
    """
    known = _active(staff_id, now)
    return known is not None and _take_step(known, totp.match(known.seed, code, now, known.drift), now)


def take_two(staff_id: int, first: str, second: str, now: int) -> bool:
    """Accept two codes in a row of a phone whose clock is off by minutes, and follow it from then on.

    Raises:
        ClockWrong: the machine's clock cannot be believed.
    """
    known = _active(staff_id, now)
    return known is not None and _take_step(known, totp.resync(known.seed, first, second, now), now)


class _Active(NamedTuple):
    """TOTP that is on."""

    staff_id: int
    generation: int
    drift: int
    seed: bytes


def _active(staff_id: int, now: int) -> _Active | None:
    known = Totp.get_or_none(Totp.staff == staff_id)
    if known is None or known.active is None:
        return None
    moments.require_clock(now)
    return _Active(staff_id, known.active, known.drift, totp.seed(key_file.current(), staff_id, known.active))


def _take_step(known: _Active, step: int | None, now: int) -> bool:
    if step is None:
        return False
    later = (Totp.staff == known.staff_id, Totp.active == known.generation, Totp.last_step < step)
    return bool(Totp.update(last_step=step, drift=totp.drift_of(step, now)).where(*later).execute())


def tell_recovery(journal: Journal, whose: Thing) -> None:
    """Tell that a recovery code was used, and how many are left."""
    live = (RecoveryCode.staff == whose.id, RecoveryCode.kept_at.is_null(is_null=False), RecoveryCode.used_at.is_null())
    left = RecoveryCode.select().where(*live, RecoveryCode.void_at.is_null()).count()
    journal.record("recovery.use", whose, new={"left": left})


def take_recovery(staff_id: int, code: str, now: int) -> bool:
    """Use a recovery code up."""
    live = (RecoveryCode.staff == staff_id, RecoveryCode.kept_at.is_null(is_null=False), RecoveryCode.used_at.is_null())
    mine = (*live, RecoveryCode.void_at.is_null(), RecoveryCode.digest == codes.digest(code))
    return codes.normalised(code) != "" and bool(RecoveryCode.update(used_at=now).where(*mine).execute())


def take_code(staff_id: int, purpose: str, code: str, now: int) -> bool:
    """Use a one-time code up; of several who try at once, one succeeds. A clock that is set back makes none good again."""
    at = moments.reached(now)
    live = (OneTimeCode.staff == staff_id, OneTimeCode.used_at.is_null(), OneTimeCode.void_at.is_null(), OneTimeCode.expires_at >= at)
    mine = (*live, OneTimeCode.purpose == purpose, OneTimeCode.digest == codes.digest(code))
    return codes.normalised(code) != "" and bool(OneTimeCode.update(used_at=now).where(*mine).execute())
