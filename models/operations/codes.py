"""One-time codes: nobody sets another's password, they get a code to set their own."""

from __future__ import annotations

from typing import Final, NamedTuple

from models import catalogue
from models.actor import Actor
from models.clock import DAY
from models.errors import Invalid
from models.i18n import N_
from models.operations._journal import Journal
from models.operations._operation import operation
from models.operations._people import in_status, manageable, thing
from models.rules import codes
from models.tables import OneTimeCode

DAYS: Final = 7
"""Days that an activation code is good for, unless somebody chooses otherwise within `MIN_DAYS` and `MAX_DAYS`."""
MIN_DAYS: Final = 1
MAX_DAYS: Final = 21


class FreshCode(NamedTuple):
    """A code that was just made: the only time that it can be seen. It is good through `expires_at`, UTC microseconds."""

    login: str
    code: str
    expires_at: int


def checked_days(days: int) -> int:
    """`days` within bounds.

    Raises:
        Invalid: it is not.
    """
    if not MIN_DAYS <= days <= MAX_DAYS:
        raise Invalid("days", N_("A code is good for {least} to {most} days."), least=MIN_DAYS, most=MAX_DAYS)
    return days


def renew(actor: Actor, staff_id: int, *, days: int = DAYS) -> FreshCode:
    """Make a new activation code for somebody who was invited; the one before it is void.

    Raises:
        NotAllowed: it takes `staff.manage`.
        WrongStatus: the person is not waiting to be activated.
        OwnerProtected, OwnAccount, OutOfReach, Invalid, Unknown: as elsewhere.
    """
    with operation(actor, "staff.manage", "staff.code") as journal:
        staff = manageable(journal, staff_id)
        in_status(staff, catalogue.INVITED)
        fresh = issue(journal, staff_id, days)
        journal.record("staff.code", thing(staff), new={"days": days})
        return fresh


def issue(journal: Journal, staff_id: int, days: int) -> FreshCode:
    """Make a code inside an operation that is open, and void the one before it."""
    expires_at = journal.now + checked_days(days) * DAY
    code = codes.new()
    live = (OneTimeCode.staff == staff_id, OneTimeCode.used_at.is_null(), OneTimeCode.void_at.is_null())
    OneTimeCode.update(void_at=journal.now).where(*live).execute()
    OneTimeCode.insert(
        staff=staff_id, purpose="activation", digest=codes.digest(code), created_at=journal.now, expires_at=expires_at
    ).execute()
    return FreshCode(journal.subject.label if journal.subject else "", code, expires_at)
