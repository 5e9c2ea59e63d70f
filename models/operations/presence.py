"""A session while it lasts: last seen, locked and unlocked, and proof given once more."""

from __future__ import annotations

from typing import Final

from models import clock, db
from models.actor import Actor
from models.clock import MINUTE
from models.errors import ClockWrong, Refusal, WrongProof
from models.errors.proof import PASSWORD, TOTP
from models.operations import _proof
from models.operations._journal import Thing
from models.operations._operation import housekeeping, unattended
from models.operations._proof import Attempt
from models.queries import moments, standing
from models.queries.standing import Standing
from models.rules import lockout, totp
from models.tables import Session

SEEN_EVERY: Final = MINUTE
"""A session's last-seen is written so often at most, microseconds: an SD card counts writes."""

_CLOCK_SEEN: Final = "INSERT INTO setting (name, value) VALUES ('clock_seen', ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value"


def seen(actor: Actor, section: str = "") -> None:
    """Note that a key was pressed in the actor's session. Not what a locked one is opened by. Nobody's act, so not in the log.

    Args:
        section: where, by the section's name in code. It is written with the key, so that going about costs no write of its own.
    """
    now = clock.now()
    if standing.of(actor, now).is_locked:
        return
    with housekeeping():
        Session.update(seen_at=now, section=section).where(_mine(actor), Session.seen_at < now - SEEN_EVERY).execute()
        if now > moments.latest():
            db.write_many(_CLOCK_SEEN, [(str(now),)])


def lock(actor: Actor, *, why: str = "asked") -> None:
    """Have the session wait for the password, because its person goes away or has not pressed a key for long; one that waits already stays.

    Raises:
        SessionEnded: it was ended.
    """
    with db.transaction():
        standing.of(actor)
        if Session.update(locked_at=clock.now()).where(_mine(actor), Session.locked_at.is_null()).execute():
            with unattended(actor) as journal:
                journal.record("session.lock", _me(actor), new={"why": why})


def unlock(actor: Actor, password: str) -> None:
    """Open a locked session again, with the password.

    Raises:
        WrongProof: the password is wrong.
        SignInLocked: too many attempts failed.
        SessionEnded: it was ended, or its time is up.
    """
    standing.of(actor)
    attempt = _proof.count(actor, actor.name, lockout.PASSWORD)
    digest = _proof.is_password(actor.staff_id, password)
    with db.transaction():
        stands = standing.of(actor)
        if digest is None or not _proof.still(actor.staff_id or 0, digest):
            outcome: Refusal | None = _failed(actor, "password")
        else:
            outcome = None
            _proof.forgive(attempt)
            with unattended(actor) as journal:
                Session.update(locked_at=None, seen_at=journal.now).where(_mine(actor)).execute()
                if stands.proof != TOTP:
                    Session.update(proved_at=journal.now).where(_mine(actor)).execute()
                journal.record("session.unlock", _me(actor))
    if outcome is not None:
        raise outcome


def prove(actor: Actor, secret: str) -> None:
    """Prove once more who one is: by a code of the phone where TOTP is on (a recovery code does as well), else by the password.

    Raises:
        WrongProof: it is wrong, or was used.
        SignInLocked: too many attempts failed.
        ClockWrong: codes of a phone cannot be judged now.
        SessionEnded, SessionLocked, EnrolFirst: as elsewhere.
    """
    stands = standing.require(actor, enrolling=True)
    if stands is None:
        return
    if stands.proof == TOTP:
        attempt = _proof.count(actor, actor.name, lockout.SECOND)
        outcome = _prove(actor, attempt, secret, None)
    else:
        attempt = _proof.count(actor, actor.name, lockout.PASSWORD)
        digest = _proof.is_password(actor.staff_id, secret)
        outcome = _prove(actor, attempt, "", digest or "")
    if outcome is not None:
        raise outcome


def _prove(actor: Actor, attempt: Attempt, code: str, digest: str | None) -> Refusal | None:
    """Note the proof, inside one transaction; `digest` is what the password was right for, None where a code is judged."""
    with db.transaction():
        stands = standing.require(actor, enrolling=True)
        try:
            by = _by_code(actor, code) if digest is None else _by_password(actor, stands, digest)
        except ClockWrong as wrong:
            _failed(actor, "clock")
            return wrong
        if not by:
            return _failed(actor, "second factor" if digest is None else "password")
        _proof.forgive(attempt)
        with unattended(actor) as journal:
            Session.update(proved_at=journal.now, seen_at=journal.now).where(_mine(actor)).execute()
            journal.record("session.prove", _me(actor), new={"by": by})
            if by == _proof.RECOVERY:
                _proof.tell_recovery(journal, _me(actor))
    return None


def _by_code(actor: Actor, code: str) -> str:
    """Accept a code of the phone or a recovery code: which it was, "" when it is wrong."""
    now, staff_id = clock.now(), actor.staff_id or 0
    if totp.normalised(code):
        return TOTP if _proof.take_totp(staff_id, code, now) else ""
    return _proof.RECOVERY if _proof.take_recovery(staff_id, code, now) else ""


def _by_password(actor: Actor, stands: Standing | None, digest: str) -> str:
    """Accept the password; "" when it was changed meanwhile, or TOTP was turned on and it is no longer enough."""
    enough = stands is not None and stands.proof == PASSWORD and _proof.still(actor.staff_id or 0, digest)
    return PASSWORD if enough else ""


def _failed(actor: Actor, because: str) -> Refusal:
    with unattended(actor) as journal:
        journal.record("session.prove.refuse", _me(actor), new={"because": because})
    return WrongProof()


def _me(actor: Actor) -> Thing:
    return Thing("staff", actor.staff_id, actor.name)


def _mine(actor: Actor) -> object:
    return (Session.id == actor.session_id) & (Session.staff == actor.staff_id) & Session.ended_at.is_null()
