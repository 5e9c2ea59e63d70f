"""How somebody who was handed a code gets to the screens: with a device key of their own, or at the shop's terminal."""

from __future__ import annotations

from typing import Final

from models import clock, db
from models.actor import Actor
from models.device_sql import LIVE
from models.queries._reading import may_read
from models.queries.protection import RESET
from models.rules.hand_over import AT_TERMINAL, Reset, Way

MANAGE: Final = "staff.manage"

_WAY: Final = f"""
    SELECT EXISTS (SELECT 1 FROM device d WHERE d.staff_id = s.id AND {LIVE}), p.device_required AND NOT s.is_owner
    FROM staff s JOIN policy p ON p.id = 1 WHERE s.login = ?2
"""  # noqa: S608  our own text only


def of(actor: Actor, login: str, reset: Reset | None, command: str) -> Way:
    """The way in of somebody whose code was just made.

    Args:
        reset: what was reset; None for who comes in for the first time.
        command: what connects to this machine over SSH; "" where that is not known.

    Raises:
        NotAllowed: it takes `staff.manage`, after a reset `staff.security.reset`.
        SessionEnded, SessionLocked, EnrolFirst: as every read.
    """
    may_read(actor, MANAGE if reset is None else RESET)
    found = db.row(_WAY, (clock.now(), login))
    return Way(bool(found[0]), bool(found[1]), command) if found else AT_TERMINAL
