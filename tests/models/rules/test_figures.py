"""What is counted of conversations, and over which days."""

from __future__ import annotations

from datetime import date
from statistics import median as textbook

import pytest
from hypothesis import given, strategies as st

from models.clock import DAY, HOUR, MINUTE, SECOND
from models.errors import Invalid
from models.rules import figures
from models.rules.figures import Counts, CustomerDay, Period, Unanswered, checked, counted, lasting, median, moved, usual

TODAY = "2026-11-22"


def asked(staff_id: int, customer: str, took: int | None = None, waits: int | None = None) -> CustomerDay:
    """A customer-day; conversations are numbered by who has them."""
    return CustomerDay(staff_id, staff_id * 100 + len(customer), customer, took, waits)


@given(st.lists(st.integers(0, 10**12)))
def test_the_median_is_the_textbooks(values: list[int]) -> None:
    """Of an even number the mean of the middle two, rounded down; of nothing there is none."""
    assert median(values) == (
        int(textbook(values)) if len(values) % 2 else sum(sorted(values)[len(values) // 2 - 1 :][:2]) // 2 if values else None
    )


def test_nothing_is_counted_of_nothing() -> None:
    """No day, and a day on which nobody wrote."""
    assert counted([]) == ({}, {}, figures.NOTHING, {}, ())
    assert counted([(TODAY, [])]) == ({}, {}, figures.NOTHING, {TODAY: figures.NOTHING}, ())


def test_a_customer_who_wrote_to_two_colleagues_on_one_day_counts_once_in_the_total() -> None:
    """With each of them they count; on two days they count twice."""
    found = counted([("2026-11-21", [asked(1, "a", 10), asked(2, "a", 30), asked(2, "bb")]), (TODAY, [asked(1, "a")])])
    assert found.people == {1: Counts(2, 1, 10, 0), 2: Counts(2, 1, 30, 0)}
    assert found.total == Counts(3, 2, 20, 0)
    assert found.daily == {"2026-11-21": Counts(2, 2, 20, 0), TODAY: Counts(1, 0, None, 0)}
    assert found.days == {1: {"2026-11-21": Counts(1, 1, 10, 0), TODAY: Counts(1, 0, None, 0)}, 2: {"2026-11-21": Counts(2, 1, 30, 0)}}


def test_the_median_of_several_days_is_no_median_of_medians() -> None:
    """Every answer weighs the same."""
    found = counted([("2026-11-21", [asked(1, "a", 1), asked(1, "bb", 2), asked(1, "ccc", 3)]), (TODAY, [asked(1, "a", 100)])])
    assert found.people[1].first_answer == 2
    assert found.total.first_answer == 2


def test_who_was_answered_once_may_wait_still_and_the_longest_wait_comes_first() -> None:
    """A customer-day can be both; what waits is each colleague's, in the total as well."""
    found = counted([("2026-11-21", [asked(1, "a", 5, 90), asked(2, "a", None, 40)]), (TODAY, [asked(1, "a", None, 95)])])
    assert found.people == {1: Counts(2, 1, 5, 2), 2: Counts(1, 0, None, 1)}
    assert found.total == Counts(2, 1, 5, 3)
    assert found.daily["2026-11-21"].unanswered == 2
    assert found.unanswered == (
        Unanswered("2026-11-21", 40, 201, "a", 2),
        Unanswered("2026-11-21", 90, 101, "a", 1),
        Unanswered(TODAY, 95, 101, "a", 1),
    )


@pytest.mark.parametrize(
    ("name", "today", "period"),
    [
        ("today", TODAY, (TODAY, TODAY)),
        ("week", TODAY, ("2026-11-16", TODAY)),
        ("days", TODAY, ("2026-10-24", TODAY)),
        ("month", TODAY, ("2026-11-01", TODAY)),
        ("month", "2026-11-01", ("2026-11-01", "2026-11-01")),
        ("before", TODAY, ("2026-10-01", "2026-10-31")),
        ("before", "2026-01-31", ("2025-12-01", "2025-12-31")),
        ("before", "2028-03-31", ("2028-02-01", "2028-02-29")),
    ],
)
def test_the_usual_periods(name: str, today: str, period: tuple[str, str]) -> None:
    """Today is in all but the last one."""
    assert usual(name, today) == period
    assert [*figures.PERIODS] == ["today", "week", "days", "month", "before"]


def test_a_period_has_its_days() -> None:
    """Both ends included."""
    assert Period("2026-02-27", "2026-03-01").days == ("2026-02-27", "2026-02-28", "2026-03-01")
    assert usual("week", TODAY).days[-1] == TODAY
    assert len(usual("days", TODAY).days) == 30


@pytest.mark.parametrize(
    ("since", "until", "field"),
    [
        ("1999-12-31", "2000-01-05", "since"),
        ("2026-11-23", "2026-11-24", "since"),
        ("2026-11-20", "2026-11-19", "until"),
        ("2026-08-01", "2026-11-01", "until"),  # 93 days
    ],
)
def test_a_period_that_is_none_is_refused_by_its_field(since: str, until: str, field: str) -> None:
    """Too old, yet to come, backwards, or longer than three months."""
    with pytest.raises(Invalid) as refused:
        checked(since, until, TODAY)
    assert refused.value.field == field
    assert "{" not in str(refused.value)


def test_days_to_come_are_left_out() -> None:
    """A period may be said to go on."""
    assert checked("2026-11-20", "2026-12-31", TODAY) == ("2026-11-20", TODAY)
    assert checked("2026-08-01", "2026-10-31", TODAY) == ("2026-08-01", "2026-10-31")


@pytest.mark.parametrize(
    ("period", "by", "after"),
    [
        ((TODAY, TODAY), -1, ("2026-11-21", "2026-11-21")),
        ((TODAY, TODAY), 1, (TODAY, TODAY)),
        (("2026-11-16", TODAY), -1, ("2026-11-09", "2026-11-15")),
        (("2026-11-09", "2026-11-15"), 1, ("2026-11-16", TODAY)),
        (("2026-11-10", "2026-11-16"), 1, ("2026-11-16", TODAY)),  # no further than today
        (("2026-11-01", TODAY), -1, ("2026-10-01", "2026-10-31")),
        (("2026-10-01", "2026-10-31"), -1, ("2026-09-01", "2026-09-30")),
        (("2026-09-01", "2026-09-30"), 1, ("2026-10-01", "2026-10-31")),
        (("2026-10-01", "2026-10-31"), 1, ("2026-11-01", TODAY)),
        (("2026-11-01", TODAY), 1, ("2026-11-01", TODAY)),
        (("2026-01-01", "2026-01-31"), -1, ("2025-12-01", "2025-12-31")),
        (("2000-01-01", "2000-01-07"), -1, ("2000-01-01", "2000-01-07")),
        (("2026-11-01", "2026-11-01"), -1, ("2026-10-31", "2026-10-31")),  # a day, not a month
    ],
)
def test_the_period_before_and_after(period: tuple[str, str], by: int, after: tuple[str, str]) -> None:
    """As long, months by months, none beyond today."""
    assert moved(Period(*period), by, TODAY) == after


@given(st.integers(0, 91), st.integers(0, 400), st.lists(st.sampled_from((-1, 1)), max_size=20))
def test_wherever_one_moves_it_is_a_period(length: int, ago: int, way: list[int]) -> None:
    """Never empty, never to come, never longer than is allowed."""
    last = date.fromisoformat(TODAY).toordinal() - ago
    period = Period(date.fromordinal(last - length).isoformat(), date.fromordinal(last).isoformat())
    for by in way:
        period = moved(period, by, TODAY)
        assert checked(*period, TODAY) == period


@pytest.mark.parametrize(
    ("took", "said"),
    [
        (None, "–"),
        (0, "0 s"),
        (59 * SECOND + 499_999, "59 s"),
        (59 * SECOND + 500_001, "1 min 0 s"),
        (200 * SECOND, "3 min 20 s"),
        (2 * HOUR + 5 * MINUTE, "2 h 5 min"),
        (4 * DAY + 3 * HOUR, "4 d 3 h"),
    ],
)
def test_how_long_something_took_in_words(took: int | None, said: str) -> None:
    """Two units at most."""
    assert lasting(took) == said
