"""Taking data out is an act of its own, whoever does it."""

from __future__ import annotations

from models.actor import Actor
from models.events import USES
from models.operations._journal import Thing, Values
from models.operations._operation import operation
from models.tables import Shop


def record(actor: Actor, what: str, rows: int, told: Values | None = None) -> None:
    """Write down that `what` ("staff", "roles", "access", "audit", "review" or "figures") was exported, before it is handed out.

    This goes on while the log is damaged: nothing of the shop is changed by it, and it may be what one needs then.

    Args:
        rows: how much it is.
        told: what the entry says beside that.

    Raises:
        NotAllowed: it takes what `events.USES` says.
    """
    action = f"export.{what}"
    with operation(actor, USES[action], action, damaged=True) as journal:
        journal.record(action, Thing("shop", 1, Shop.get().name), new={"rows": rows, **(told or {})})
