"""Seats: how many people may have an account, where that is counted at all."""

from __future__ import annotations

from typing import NamedTuple

from models import db
from models.queries import moments


class Seats(NamedTuple):
    """How many seats there are, and how many are taken."""

    used: int
    total: int

    @property
    def free(self) -> int:
        """How many more people may come in."""
        return max(0, self.total - self.used)


_SEATS = """
    SELECT (SELECT count(*) FROM staff WHERE is_owner = 0 AND status <> 'left' AND (leaves_at IS NULL OR leaves_at >= ?2)),
           (SELECT coalesce(sum(number), 0) FROM seat
            WHERE claimed_at IS NOT NULL AND ended_at IS NULL AND since <= ?1 AND (until IS NULL OR ?1 <= until))
    FROM shop WHERE seats_counted = 1
"""


def counted(now: int) -> Seats | None:
    """The seats at `now`; None where they are not counted. The owner takes none, nor does who left, written down or not."""
    found = db.row(_SEATS, (now, moments.reached(now)))
    return Seats(*found) if found else None
