"""Wizards that were left half filled."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from models import db
from models.actor import Actor


class KeptDraft(NamedTuple):
    """What was typed, and when it was kept (UTC microseconds)."""

    payload: dict[str, Any]
    saved_at: int


def kept(actor: Actor, kind: str) -> KeptDraft | None:
    """The actor's own draft of a kind of wizard, or None."""
    found = db.row("SELECT payload, saved_at FROM draft WHERE staff_id = ? AND kind = ?", (actor.staff_id, kind))
    return KeptDraft(json.loads(found[0]), found[1]) if found else None
