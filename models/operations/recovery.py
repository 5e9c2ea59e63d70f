"""One's own recovery codes: in place of the phone, each once."""

from __future__ import annotations

from typing import Final

from models.actor import Actor
from models.errors import SessionEnded, TotpMissing, WrongProof
from models.operations import _proof
from models.operations._operation import operation
from models.operations._people import thing
from models.operations.totp import void_recovery
from models.rules import codes, lockout
from models.tables import RecoveryCode, Staff, Totp

NUMBER: Final = 8
"""Codes made at once: enough for years of lost phones, few enough to write down."""


def make(actor: Actor) -> tuple[str, ...]:
    """Make new recovery codes. They are in force, and the old ones void, when `keep` was told one of them: they were written down, then.

    Returns:
        The codes: the only time that they can be seen.

    Raises:
        TotpMissing: there is nothing that they could stand in for.
        ProofNeeded, SessionEnded, SessionLocked: as elsewhere.
    """
    made = tuple(codes.new() for _ in range(NUMBER))
    with operation(actor, None, "recovery.make", proof=True) as journal:
        staff = Staff.get_or_none(Staff.id == actor.staff_id)
        if staff is None:
            raise SessionEnded
        if not Totp.select().where(Totp.staff == staff.id, Totp.active.is_null(is_null=False)).exists():
            raise TotpMissing
        RecoveryCode.delete().where(RecoveryCode.staff == staff.id, RecoveryCode.kept_at.is_null()).execute()
        RecoveryCode.insert_many(
            [(staff.id, codes.digest(code), journal.now) for code in made], ("staff", "digest", "created_at")
        ).execute()
        journal.record("recovery.make", thing(staff), new={"codes": len(made)})
    return made


def keep(actor: Actor, code: str) -> None:
    """Put the codes that were made last in force: one of them, typed back, shows that they were kept. It stays good.

    Raises:
        WrongProof: it is none of them.
        SignInLocked: too many attempts failed.
        SessionEnded, SessionLocked: as elsewhere.
    """
    attempt = _proof.count(actor, actor.name, lockout.SECOND)
    with operation(actor, None, "recovery.keep") as journal:
        staff = Staff.get_or_none(Staff.id == actor.staff_id)
        if staff is None:
            raise SessionEnded
        waiting = (RecoveryCode.staff == staff.id, RecoveryCode.kept_at.is_null(), RecoveryCode.void_at.is_null())
        made = [row.id for row in RecoveryCode.select(RecoveryCode.id).where(*waiting)]
        if not RecoveryCode.select().where(*waiting, RecoveryCode.digest == codes.digest(code)).exists():
            raise WrongProof
        void_recovery(journal, staff.id)
        RecoveryCode.update(kept_at=journal.now, void_at=None).where(RecoveryCode.id.in_(made)).execute()
        _proof.forgive(attempt)
        journal.record("recovery.keep", thing(staff), new={"codes": len(made)})
