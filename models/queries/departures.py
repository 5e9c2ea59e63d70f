"""Departures that are planned: whether the day of any is over."""

from __future__ import annotations

from typing import Final, NamedTuple

from models import db
from models.queries import moments

_NEXT: Final = "SELECT min(leaves_at) FROM staff WHERE leaves_at IS NOT NULL"
_OVER: Final = "SELECT id, leaves_at, leaves_by FROM staff WHERE leaves_at IS NOT NULL AND leaves_at < ? ORDER BY leaves_at, id"


def are_over(now: int) -> bool:
    """Whether somebody's day is over at `now` (UTC microseconds) and nobody has written down yet that they left."""
    ((first,),) = db.rows(_NEXT)
    return first is not None and int(first) < moments.reached(now)


class Over(NamedTuple):
    """Somebody whose day is over: its last moment, and who planned it."""

    staff_id: int
    at: int
    by: str


def over(now: int) -> tuple[Over, ...]:
    """Who that is, the earliest first."""
    return tuple(Over(*row) for row in db.rows(_OVER, (moments.reached(now),)))
