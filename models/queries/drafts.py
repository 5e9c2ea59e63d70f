"""Wizards that were left half filled."""

from __future__ import annotations

import json
from typing import Any, Final, NamedTuple

from models import db
from models.actor import Actor
from models.errors import EnrolFirst, SessionEnded, SessionLocked
from models.queries import standing


class KeptDraft(NamedTuple):
    """What was typed, and when it was kept (UTC microseconds)."""

    payload: dict[str, Any]
    saved_at: int


_DRAFT: Final = "SELECT payload, saved_at FROM draft WHERE staff_id = ? AND kind = ?"


def kept(actor: Actor, kind: str) -> KeptDraft | None:
    """The actor's own draft of a kind of wizard; None where there is none, and in a session that may read nothing now."""
    try:
        standing.require(actor)
    except (SessionEnded, SessionLocked, EnrolFirst):
        return None
    found = db.row(_DRAFT, (actor.staff_id, kind))
    return KeptDraft(json.loads(found[0]), found[1]) if found else None
