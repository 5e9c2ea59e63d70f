"""The owner's policy: what is asked of every account."""

from __future__ import annotations

from models.actor import Actor
from models.errors import NothingChanged
from models.operations._journal import Thing
from models.operations._operation import OWNER, operation, save
from models.queries import security
from models.rules.policy import Policy, checked
from models.tables import Policy as PolicyTable, Shop


def edit(actor: Actor, version: int, wanted: Policy) -> None:
    """Change the policy. Times hold at once, in sessions that are open too; what is asked of passwords and TOTP, from the next on.

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
        journal.record("policy.edit", journal.subject, old={field: old[field] for field in new}, new=new)
