"""Wizards left half filled: kept at every step, so that a dropped connection loses nothing. Nobody's act, so not in the log."""

from __future__ import annotations

import json
from collections.abc import Mapping

from models import clock
from models.actor import Actor
from models.operations._operation import housekeeping
from models.tables import Draft


def keep(actor: Actor, kind: str, payload: Mapping[str, object]) -> None:
    """Keep what was typed so far, in place of what was kept before. Never give it a secret."""
    with housekeeping():
        if actor.staff_id is not None:
            Draft.delete().where(Draft.staff == actor.staff_id, Draft.kind == kind).execute()
            Draft.insert(staff=actor.staff_id, kind=kind, payload=json.dumps(payload, ensure_ascii=False), saved_at=clock.now()).execute()


def drop(actor: Actor, kind: str) -> None:
    """Forget what was kept: the wizard is done, or was given up."""
    with housekeeping():
        Draft.delete().where(Draft.staff == actor.staff_id, Draft.kind == kind).execute()
