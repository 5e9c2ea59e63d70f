"""Taking data out is an act of its own, whoever does it."""

from __future__ import annotations

from models.actor import Actor
from models.operations._journal import Thing
from models.operations._operation import operation
from models.tables import Shop


def record(actor: Actor, what: str, rows: int) -> None:
    """Write down that `what` ("staff", "roles" or "access") was exported, before it is handed out.

    Raises:
        NotAllowed: it takes `staff.view`.
    """
    with operation(actor, "staff.view", f"export.{what}") as journal:
        journal.record(f"export.{what}", Thing("shop", 1, Shop.get().name), new={"rows": rows})
