"""Which backups are kept."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from hypothesis import given, strategies as st

from models.rules.retention import DAYS, MONTHS, WEEKS, Made, kept

DAY = 86_400_000_000


def made(*days: str) -> dict[str, Made]:
    """A backup at noon of each day, named by it."""
    return {day: on(date.fromisoformat(day)) for day in days}


def on(day: date, hour: int = 12) -> Made:
    """A backup of a day."""
    moment = datetime(day.year, day.month, day.day, hour, tzinfo=UTC)
    return Made(int(moment.timestamp()) * 1_000_000, day)


def test_d5_seven_days_four_weeks_and_twelve_months_are_kept() -> None:
    """After two years of a backup every day: the last week, the Sundays before it, and the last day of each month before those."""
    end = date(2026, 11, 22)  # a Sunday
    days = [end - timedelta(days=n) for n in range(730)]
    every = {day.isoformat(): on(day) for day in days}
    assert sorted(kept(every), reverse=True) == [
        *("2026-11-22", "2026-11-21", "2026-11-20", "2026-11-19", "2026-11-18", "2026-11-17", "2026-11-16"),
        *("2026-11-15", "2026-11-08", "2026-11-01"),
        *("2026-10-31", "2026-09-30", "2026-08-31", "2026-07-31", "2026-06-30", "2026-05-31", "2026-04-30", "2026-03-31", "2026-02-28"),
        *("2026-01-31", "2025-12-31"),
    ]


def test_d5_of_one_day_the_newest_is_kept() -> None:
    """And of two of one moment the one whose name comes later, which was made later."""
    day = date(2026, 11, 22)
    assert kept({"early": on(day, 3), "late": on(day, 20), "noon": on(day)}) == {"late"}
    assert kept({"a": on(day), "a-2": on(day)}) == {"a-2"}


def test_d5_days_without_a_backup_count_for_nothing() -> None:
    """Whoever was closed for a year comes back to what was there."""
    old = made("2024-01-01", "2024-01-02", "2024-01-03")
    assert kept(old | made("2026-11-22")) == {*old, "2026-11-22"}
    assert kept({}) == set()


def test_d5_weeks_are_not_cut_by_the_turn_of_the_year() -> None:
    """Monday the 29th of December and Sunday the 4th of January are of one week."""
    week = [date(2025, 12, 29) + timedelta(days=n) for n in range(7)]
    later = [date(2026, 6, 1) + timedelta(days=n) for n in range(7)]
    found = kept({day.isoformat(): on(day) for day in (*week, *later)})
    assert {day for day in found if day < "2026-06"} == {"2025-12-31", "2026-01-04"}  # the last of its month; the last of its week


@given(st.dictionaries(st.text(min_size=1, max_size=4), st.integers(0, 1500 * DAY), max_size=60))
def test_d5_the_newest_always_stays_and_never_too_many(moments: dict[str, int]) -> None:
    """Whatever there is; and what is kept is kept again, so that sweeping twice takes nothing more."""
    every = {name: Made(at, date(2022, 1, 1) + timedelta(days=at // DAY)) for name, at in moments.items()}
    found = kept(every)
    assert len(found) <= DAYS + WEEKS + MONTHS
    assert found <= set(every)
    if every:
        assert max(every, key=lambda name: (every[name].at, name)) in found
    assert kept({name: every[name] for name in found}) == found


@given(st.sets(st.integers(0, 800), min_size=1, max_size=200))
def test_d5_sweeping_every_time_loses_nothing_that_sweeping_once_would_keep(days: set[int]) -> None:
    """A backup is made and older ones go, day after day: what is left is what had been left of all of them."""
    every: dict[str, Made] = {}
    left: dict[str, Made] = {}
    for n in sorted(days):
        day = date(2024, 1, 1) + timedelta(days=n)
        every[day.isoformat()] = left[day.isoformat()] = on(day)
        left = {name: left[name] for name in kept(left)}
    assert set(left) == kept(every)
