"""One-time codes: nobody sets another's password, they get a code to set their own."""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

from models import catalogue, db
from models.actor import Actor
from models.clock import DAY
from models.errors import Invalid
from models.i18n import N_
from models.operations import _offers
from models.operations._journal import Journal
from models.operations._operation import operation
from models.operations._people import in_status, manageable, thing
from models.queries.security import policy
from models.rules import codes
from models.tables import OneTimeCode

MIN_DAYS: Final = 1
MAX_DAYS: Final = 21
"""Days that an activation code may be good for; how many it is usually, the policy says."""

RESET_DAYS: Final = 1
"""Days that the one-time code of a reset is good for: somebody waits for it."""

MANAGE: Final = "staff.manage"
RESET: Final = "staff.security.reset"

_WAITS_AFTER_RESET: Final = """
    SELECT 1 FROM staff w LEFT JOIN credential c ON c.staff_id = w.id LEFT JOIN totp t ON t.staff_id = w.id
    WHERE w.id = ? AND w.status = 'active' AND (c.staff_id IS NULL OR t.barred = 1)
"""
"""Somebody whose password, or TOTP, was reset, and who has not come back in."""


class FreshCode(NamedTuple):
    """A code that was just made: the only time that it can be seen. It is good through `expires_at`, UTC microseconds."""

    login: str
    code: str
    expires_at: int

    def __repr__(self) -> str:
        return f"FreshCode(login={self.login!r})"  # the code belongs into no message


def checked_days(days: int) -> int:
    """`days` within bounds.

    Raises:
        Invalid: it is not.
    """
    if not MIN_DAYS <= days <= MAX_DAYS:
        raise Invalid("days", N_("A code is good for {least} to {most} days."), least=MIN_DAYS, most=MAX_DAYS)
    return days


def renew(actor: Actor, staff_id: int, *, days: int | None = None) -> FreshCode:
    """Make a new code for somebody who waits for one; the one before it is void.

    Args:
        days: that an activation code is good for; None for what the policy says. After a reset it is a day.

    Raises:
        NotAllowed: it takes `staff.manage`, after a reset `staff.security.reset`.
        WrongStatus: the person waits for no code.
        OwnerProtected, OwnAccount, OutOfReach, Invalid, Unknown, ProofNeeded: as elsewhere.
    """
    after_reset = bool(db.rows(_WAITS_AFTER_RESET, (staff_id,)))
    with operation(actor, RESET if after_reset else MANAGE, "staff.code", proof=True) as journal:
        staff = manageable(journal, staff_id)
        waits = bool(db.rows(_WAITS_AFTER_RESET, (staff_id,)))
        if not waits or not after_reset:
            in_status(staff, catalogue.INVITED)
        days = RESET_DAYS if waits else policy().policy.activation_days if days is None else days
        fresh = issue(journal, staff_id, days, purpose="reset" if waits else "activation")
        _offers.withdraw(journal, staff)
        journal.record("staff.code", thing(staff), new={"days": days})
        return fresh


def issue(journal: Journal, staff_id: int, days: int, *, purpose: Literal["activation", "reset"] = "activation") -> FreshCode:
    """Make a code inside an operation that is open, and void the one before it."""
    expires_at = journal.now + checked_days(days) * DAY
    code = codes.new()
    live = (OneTimeCode.staff == staff_id, OneTimeCode.used_at.is_null(), OneTimeCode.void_at.is_null())
    OneTimeCode.update(void_at=journal.now).where(*live).execute()
    OneTimeCode.insert(staff=staff_id, purpose=purpose, digest=codes.digest(code), created_at=journal.now, expires_at=expires_at).execute()
    return FreshCode(journal.subject.label if journal.subject else "", code, expires_at)
