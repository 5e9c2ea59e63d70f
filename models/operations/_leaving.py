"""What leaving does, whoever sees to it: an operation today, or on the day that was planned whoever writes first after it.

`depart` and `stay`, which takes back what was planned, are parts of operations; `settle` writes down whose day is over.
"""

from __future__ import annotations

import json
from typing import Any, Final

from models import catalogue, clock, db
from models.actor import Actor
from models.operations import _offers, departments, devices, sessions, totp
from models.operations._journal import Journal, Values, moment, write
from models.operations._operation import save
from models.operations._people import thing
from models.queries import damage, departures
from models.queries.staff import given
from models.tables import Credential, Extra, OneTimeCode, RoleGrant, SpentPassword, Staff

PLAN: Final = "staff.leave.plan"
UNPLAN: Final = "staff.leave.unplan"

NOT_PLANNED: Final[dict[str, None]] = {"leaves_at": None, "leaves_by": None}
"""The columns of somebody whose departure is not planned."""

_PLANNED: Final = "SELECT new FROM audit_entry WHERE action = ? AND object_kind = 'staff' AND object_id = ? ORDER BY seq DESC LIMIT 1"


def depart(journal: Journal, staff: Any, why: Values) -> None:
    """End a person's access for good, at the journal's moment: grants, sessions, password, codes and device keys.

    Args:
        why: what the entry says beside what it always says.
    """
    left = {"status": catalogue.LEFT, "left_at": journal.now, "activated_at": None, **NOT_PLANNED}
    save(Staff, staff.id, None, staff.name, **left)
    old = {"status": staff.status, **_given(staff)}
    sessions.end_all(journal, staff, "left")
    _offers.withdraw(journal, staff)
    ended = {"ended_at": journal.now, "ended_by": journal.actor.name}
    for table in (RoleGrant, Extra):
        table.update(**ended).where(table.staff == staff.id, table.ended_at.is_null()).execute()
    _void(journal, staff)
    departments.pass_on(journal, staff, None)
    journal.record("staff.leave", thing(staff), old=old, new={"status": catalogue.LEFT, **why})


def stay(journal: Journal, staff: Any) -> None:
    """Take back a departure that was planned; nothing happens where none was."""
    if staff.leaves_at is None:
        return
    save(Staff, staff.id, None, staff.name, **NOT_PLANNED)
    journal.record(UNPLAN, thing(staff), old={"on": moment(staff.leaves_at)}, new={"on": None})


def settle() -> None:
    """Write down everybody whose day is over, in one transaction: they left at its last moment, under the name of who planned it.

    Of several processes that come at once, the first does it.

    Raises:
        LogDamaged: somebody has to look at the log first.
    """
    with db.transaction():
        damage.require_whole()
        now = clock.now()
        for staff_id, at, by in departures.over(now):
            journal = Journal(Actor(by), at, {})
            depart(journal, Staff.get(Staff.id == staff_id), {"on": moment(at), **because(_reason(staff_id))})
            write(journal.actor, now, journal.entries)


def because(reason: str) -> dict[str, object]:
    """A reason, as entries say it; nothing where none was given."""
    return {"reason": reason} if reason else {}


def _reason(staff_id: int) -> str:
    """Why somebody's departure was planned, as it was last said."""
    found = db.row(_PLANNED, (PLAN, staff_id))
    try:
        said = json.loads(found[0])["reason"] if found else ""
    except (ValueError, TypeError, KeyError):  # none was given; or somebody wrote into the log, which is for verifying to find
        return ""
    return str(said)


def _void(journal: Journal, staff: Any) -> None:
    """Password, codes and device keys of somebody who leaves prove nothing any more."""
    devices.void(journal, staff, "left")
    totp.void(journal, staff.id)
    for table in (Credential, SpentPassword):
        table.delete().where(table.staff == staff.id).execute()
    live = (OneTimeCode.staff == staff.id, OneTimeCode.used_at.is_null(), OneTimeCode.void_at.is_null())
    OneTimeCode.update(void_at=journal.now).where(*live).execute()


def _given(staff: Any) -> dict[str, object]:
    """What somebody holds, as the log writes it: each with its end."""
    held: dict[str, object] = {}
    grants = given(staff.id)
    for kind, what in (("role", "roles"), ("extra", "extras")):
        if found := [[grant.key, moment(grant.until)] for grant in grants if grant.kind == kind]:
            held[what] = found
    return held
