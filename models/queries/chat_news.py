"""Whether anything may be otherwise with the conversations than a moment ago: for screens that go on by themselves."""

from __future__ import annotations

from models import clock, db
from models.actor import Actor


def token(_actor: Actor) -> tuple[int, int]:
    """Two numbers, one of which is another once somebody else has written anything, or a minute has gone by.

    Raises:
        DataUnusable: as every read.
    """
    return db.changes(), clock.now() // clock.MINUTE
