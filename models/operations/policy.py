"""The owner's policy: what is asked of every account."""

from __future__ import annotations

from typing import Final

from models import db
from models.actor import Actor
from models.errors import NothingChanged
from models.operations._journal import Journal, Thing
from models.operations._operation import OWNER, operation, save
from models.queries import security
from models.rules.policy import Policy, checked
from models.tables import Policy as PolicyTable, Session, Shop

_WITHOUT_KEY: Final = """
    SELECT w.id, w.login, count(*) FROM session e JOIN staff w ON w.id = e.staff_id
    WHERE e.ended_at IS NULL AND e.device = '' AND w.is_owner = 0 GROUP BY w.id ORDER BY w.login
"""


def edit(actor: Actor, version: int, wanted: Policy) -> None:
    """Change the policy. Times hold at once, in sessions that are open too; what is asked of passwords and TOTP, from the next on.

    Where device keys are required from now on, sessions that were begun without one end, the owner's apart.

    Raises:
        OwnerAlone: only the owner may.
        Invalid: a value is out of its bounds.
        Stale: it was changed meanwhile.
        NothingChanged, ProofNeeded, SessionEnded, SessionLocked: as elsewhere.
    """
    wanted = checked(wanted)
    with operation(actor, OWNER, "policy.edit", proof=True) as journal:
        shop = Shop.get()
        journal.subject = Thing("shop", 1, shop.name)
        old = security.policy().policy._asdict()
        new = {field: value for field, value in wanted._asdict().items() if value != old[field]}
        if not new:
            raise NothingChanged
        save(PolicyTable, 1, version, shop.name, **new)
        if new.get("device_required"):
            _end_without_key(journal)
        journal.record("policy.edit", journal.subject, old={field: old[field] for field in new}, new=new)


def _end_without_key(journal: Journal) -> None:
    """End the sessions that nobody could begin any more: those of everybody but the owner that no device key opened."""
    for staff_id, login, number in db.rows(_WITHOUT_KEY):
        open_still = (Session.staff == staff_id, Session.ended_at.is_null(), Session.device == "")
        Session.update(ended_at=journal.now, end="policy").where(*open_still).execute()
        journal.record("session.end", Thing("staff", staff_id, login), new={"why": "policy", "sessions": number})
