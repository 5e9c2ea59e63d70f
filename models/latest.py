"""The latest time that was seen, as SQL that both peewee's connection and a bare one can run."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

_SEEN: Final = "SELECT (SELECT value FROM setting WHERE name = 'clock_seen'), (SELECT value FROM setting WHERE name = 'clock_from')"
_LOGGED: Final = "SELECT at FROM audit_entry WHERE seq > ? ORDER BY at DESC, seq DESC LIMIT 1"

Rows = Callable[[str, Sequence[object]], Iterable[tuple[Any, ...]]]
"""Runs a query, on whichever connection there is."""


def latest(rows: Rows) -> int:
    """The latest time that was seen, UTC microseconds: in the log since somebody accepted the clock, or in a session that was alive."""
    ((seen, since),) = rows(_SEEN, ())
    return max(int(seen or 0), *(int(at) for (at,) in rows(_LOGGED, (int(since or 0),))), 0)
