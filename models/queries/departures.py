"""Departures that are planned: whether the day of any is over.

By the machine's clock alone: a later time that was seen ends access as well, but while it may have been a mistake nobody is written
down for good by it.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from models import db

_NEXT: Final = "SELECT min(leaves_at) FROM staff WHERE leaves_at IS NOT NULL"
_OVER: Final = "SELECT id, leaves_at, leaves_by FROM staff WHERE leaves_at IS NOT NULL AND leaves_at < ? ORDER BY leaves_at, id"
_AHEAD: Final = "SELECT login FROM staff WHERE status = 'left' AND left_at > ? ORDER BY login"


def are_over(now: int) -> bool:
    """Whether somebody's day is over at `now` (UTC microseconds) and nobody has written down yet that they left."""
    ((first,),) = db.rows(_NEXT)
    return first is not None and int(first) < now


class Over(NamedTuple):
    """Somebody whose day is over: its last moment, and who planned it."""

    staff_id: int
    at: int
    by: str


def over(now: int) -> tuple[Over, ...]:
    """Who that is at `now`, the earliest first."""
    return tuple(Over(*row) for row in db.rows(_OVER, (now,)))


def ahead(now: int) -> tuple[str, ...]:
    """The logins of those who were written down as having left at a moment that is still to come at `now`: the clock was ahead then."""
    return tuple(login for (login,) in db.rows(_AHEAD, (now,)))
