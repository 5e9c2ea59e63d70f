"""The seats of the sample shop: gifted and claimed, bought for a year and for the busy month, and a gift that waits."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import partial
from typing import Final

from models import clock
from models.operations import seats
from models.rules import seat_costs
from tui import sample
from tui.sample_days import Days, Event

FIRST: Final = 10
"""Gifted and claimed on the first day."""
YEAR: Final = 6
"""Bought for a year, soon after."""
BUSY: Final = 6
"""Bought for a month, of which so many days are left (fewer where a month is too short):"""
LEFT: Final = 11
WAITING: Final = 2
"""A gift that nobody has claimed, and that can be for so many days:"""
WAITS: Final = 25


def events(days: Days, seen_to: Callable[[int], int]) -> Iterator[Event]:
    """All of it, in no order.

    Args:
        seen_to: when, on a day so many days ago, the owner sees to the staff: the minute of that day.
    """
    yield Event(days.day(sample.FOUNDED, 643), partial(_count, days))
    yield Event(days.day(95, seen_to(95) + 2), partial(_buy, days, YEAR, 12))
    yield Event(days.day(21, seen_to(21) + 2), partial(_buy, days, BUSY, 1, _a_month_before(days)))
    yield Event(days.day(6, seen_to(6) + 2), partial(_be_given, days))


def _count(days: Days) -> None:
    owner = days.actor(sample.OWNER[0])
    seats.claim(owner, seats.gift(owner, FIRST))
    seats.count(owner, on=True)


def _buy(days: Days, number: int, months: int, since: int | None = None) -> None:
    seats.buy(days.actor(sample.OWNER[0]), number, seat_costs.USUAL_PRICE, months, since)


def _a_month_before(days: Days) -> int:
    """The first moment of seats that are bought for a month and end in `LEFT` days, or a little sooner."""
    after = date.fromisoformat(clock.day(days.midnight, days.zone)) + timedelta(days=LEFT + 1)
    return clock.start_of_day(seat_costs.begins(after, -1).isoformat(), days.zone)


def _be_given(days: Days) -> None:
    seats.gift(days.actor(sample.OWNER[0]), WAITING, until=days.end(WAITS))
