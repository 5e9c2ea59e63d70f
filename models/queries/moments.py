"""Whether the machine's clock can be believed: it is compared with the latest time that was seen."""

from __future__ import annotations

from typing import Final

from models import clock, db, latest as models_latest
from models.clock import MINUTE
from models.errors import ClockWrong
from models.queries.shop import zone

BEHIND: Final = 2 * MINUTE
"""So much earlier than the latest time seen the clock may be, microseconds; a clock that is set right jumps by less."""


def latest() -> int:
    """The latest time that was seen, UTC microseconds."""
    return models_latest.latest(db.rows)


def reached(now: int) -> int:
    """`now`, or the latest time that was seen where that is later: by this a clock that is set back makes nothing good again."""
    return max(now, latest())


def is_behind(now: int) -> bool:
    """Whether `now` is so much earlier than what was seen that the clock cannot be right."""
    return now < latest() - BEHIND


def require_clock(now: int) -> None:
    """Refuse to judge by a clock that is wrong.

    Raises:
        ClockWrong: says what it shows, and what was seen.
    """
    if is_behind(now):
        here = zone()
        raise ClockWrong(clock.minute(now, here), clock.minute(latest(), here))
