"""Wizards that were left half filled."""

from __future__ import annotations

import json
from typing import Any, Final, NamedTuple

from models import db
from models.actor import Actor


class KeptDraft(NamedTuple):
    """What was typed, and when it was kept (UTC microseconds)."""

    payload: dict[str, Any]
    saved_at: int


_DRAFT: Final = """
    SELECT payload, saved_at FROM draft WHERE staff_id = ? AND kind = ?
    AND EXISTS (SELECT 1 FROM session WHERE id = ? AND staff_id = ? AND ended_at IS NULL)
"""


def kept(actor: Actor, kind: str) -> KeptDraft | None:
    """The actor's own draft of a kind of wizard; None where there is none, and in a session that has ended."""
    found = db.row(_DRAFT, (actor.staff_id, kind, actor.session_id, actor.staff_id))
    return KeptDraft(json.loads(found[0]), found[1]) if found else None
