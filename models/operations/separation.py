"""Keeping permissions apart. The owner's alone: it says who may never be given what."""

from __future__ import annotations

from models import db, text
from models.actor import Actor
from models.errors import NothingChanged, Unknown
from models.operations._journal import Thing
from models.operations._operation import OWNER, operation
from models.queries._together import counted, pairs
from models.rules.separation import Pair, declarable
from models.tables import Separation, Shop

REASON_LIMIT = 200
"""Characters of a reason, as of every other."""


def declare(actor: Actor, one: str, other: str, *, reason: str = "") -> int:
    """Declare that nobody may hold both of two permissions. It takes nothing from anybody: who holds both goes on holding them.

    Args:
        reason: why, for whoever is refused one of them; "" for none.

    Returns:
        Its id.

    Raises:
        OwnerAlone: only the owner may, and the operator at the machine.
        Unknown, OwnerOnly, Invalid: the two cannot be kept apart.
        NothingChanged: they are already.
        ProofNeeded, SessionEnded, SessionLocked: as elsewhere.
    """
    reason = text.clean("reason", reason, limit=REASON_LIMIT)
    with operation(actor, OWNER, "separation.declare", proof=True) as journal:
        shop = journal.subject = Thing("shop", 1, Shop.get().name)
        pair = declarable(one, other)
        if pair in pairs():
            raise NothingChanged
        row = {**pair._asdict(), "reason": reason, "declared_at": journal.now, "declared_by": actor.name}
        declared = int(Separation.insert(**row).execute())
        journal.record("separation.declare", shop, new=_told(pair, reason))
        return declared


def withdraw(actor: Actor, separation_id: int) -> None:
    """Let two permissions go together again.

    Raises:
        OwnerAlone: only the owner may, and the operator at the machine.
        Unknown: they are not kept apart, or no longer.
        ProofNeeded, SessionEnded, SessionLocked: as elsewhere.
    """
    with operation(actor, OWNER, "separation.withdraw", proof=True) as journal:
        shop = journal.subject = Thing("shop", 1, Shop.get().name)
        row = db.row("SELECT one, other, reason FROM separation WHERE id = ? AND ended_at IS NULL", (separation_id,))
        if row is None:
            raise Unknown("separation", str(separation_id))
        Separation.update(ended_at=journal.now, ended_by=actor.name).where(Separation.id == separation_id).execute()
        journal.record("separation.withdraw", shop, old=_told(Pair(row[0], row[1]), row[2]))


def _told(pair: Pair, reason: str) -> dict[str, object]:
    """What the log says of two that are kept apart: and how many held both at that moment."""
    return {**pair._asdict(), **({"reason": reason} if reason else {}), "people": counted([pair]).get(pair, 0)}
