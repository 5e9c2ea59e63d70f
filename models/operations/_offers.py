"""The one offer of the shop that can be open, and what ends it."""

from __future__ import annotations

from typing import Any

from models.operations._journal import Journal
from models.operations._people import thing
from models.tables import OwnerOffer


def end(journal: Journal, how: str) -> Any:
    """Close the offer that is open; the row of whom it was made to, None where none was."""
    offered = OwnerOffer.get_or_none(OwnerOffer.ended_at.is_null())
    if offered is None:
        return None
    OwnerOffer.update(ended_at=journal.now, end=how).where(OwnerOffer.id == offered.id).execute()
    return offered.heir


def withdraw(journal: Journal, staff: Any) -> None:
    """Take back an offer that somebody made or was made, inside an operation that shuts them out or voids what they prove themselves by.

    Whoever has the code of a reset could come in as the heir, and accept: a manager would be the owner.
    """
    if staff.is_owner or OwnerOffer.select().where(OwnerOffer.heir == staff.id, OwnerOffer.ended_at.is_null()).exists():
        heir = end(journal, "withdrawn")
        if heir is not None:
            journal.record("owner.withdraw", thing(heir))
