"""Which of many backups are kept: the newest of each of so many days, weeks and months."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from datetime import date
from typing import Final, NamedTuple

DAYS: Final = 7
WEEKS: Final = 4
MONTHS: Final = 12


class Made(NamedTuple):
    """When a backup was made.

    Attributes:
        at: UTC microseconds.
        day: the day that was in the shop.
    """

    at: int
    day: date


def kept(made: Mapping[str, Made]) -> frozenset[str]:
    """The names of those that are kept: of each of the last 7 days, 4 weeks and 12 months that have any, the newest; so always the newest.

    Days without a backup count for nothing: whoever was closed for a month does not come back to an empty folder. Of two of one moment, the
    later by its name is the newer.
    """
    names = sorted(made, key=lambda name: (made[name].at, name), reverse=True)
    found: set[str] = set()
    for period, most in ((_day, DAYS), (_week, WEEKS), (_month, MONTHS)):
        found |= _newest(names, made, period, most)
    return frozenset(found)


def _newest(names: list[str], made: Mapping[str, Made], period: Callable[[date], Hashable], most: int) -> set[str]:
    """The newest of each of the `most` last periods, of names that are in order, the newest first."""
    found: dict[Hashable, str] = {}
    for name in names:
        found.setdefault(period(made[name].day), name)
    return set(list(found.values())[:most])


def _day(day: date) -> Hashable:
    return day


def _week(day: date) -> Hashable:
    return day.isocalendar()[:2]


def _month(day: date) -> Hashable:
    return day.year, day.month
