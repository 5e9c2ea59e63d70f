"""Whether the machine's clock can be believed: it is compared with the latest time that was seen."""

from __future__ import annotations

from typing import Final

from models import clock, db
from models.clock import MINUTE
from models.errors import ClockWrong
from models.queries.shop import zone

BEHIND: Final = 2 * MINUTE
"""So much earlier than the latest time seen the clock may be, microseconds; a clock that is set right jumps by less."""

_SEEN: Final = "SELECT (SELECT value FROM setting WHERE name = 'clock_seen'), (SELECT value FROM setting WHERE name = 'clock_from')"
_LOGGED: Final = "SELECT at FROM audit_entry WHERE seq > ? ORDER BY at DESC, seq DESC LIMIT 1"


def latest() -> int:
    """The latest time that was seen, UTC microseconds: in the log since somebody accepted the clock, or in a session that was alive."""
    seen, since = db.row(_SEEN) or (None, None)
    logged = db.row(_LOGGED, (int(since or 0),))
    return max(int(seen or 0), int(logged[0]) if logged else 0)


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
