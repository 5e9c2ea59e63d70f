"""What seats cost, month by month."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, strategies as st

from models.errors import Invalid
from models.rules import seat_costs
from models.rules.seat_costs import MOST_MONTHS, Purchase, amount, begins, charged_on, cost, last_day, months_of, price, whole

DAYS = st.dates(date(2000, 1, 1), date(2099, 12, 31))
MONTHS = st.integers(1, MOST_MONTHS)


def bought(first: str, months: int, *, number: int = 5, cents: int = 200, ended: str = "") -> Purchase:
    """Seats that begin on a day and are bought for some months."""
    day = date.fromisoformat(first)
    return Purchase(number, cents, day, begins(day, months), date.fromisoformat(ended) if ended else None)


@pytest.mark.parametrize(
    ("first", "month", "begun"),
    [
        ("2026-11-22", 0, "2026-11-22"),
        ("2026-11-22", 2, "2027-01-22"),
        ("2026-01-31", 1, "2026-02-28"),
        ("2028-01-31", 1, "2028-02-29"),
        ("2026-01-31", 2, "2026-03-31"),  # not the 28th: each month is counted from the first
        ("2026-01-31", 3, "2026-04-30"),
        ("2028-02-29", 12, "2029-02-28"),
        ("2028-02-29", 48, "2032-02-29"),
        ("2026-12-31", 12, "2027-12-31"),
    ],
)
def test_a_month_begins_on_the_same_day_or_on_the_months_last(first: str, month: int, begun: str) -> None:
    """As people count months, and never skipping a short one."""
    assert begins(date.fromisoformat(first), month).isoformat() == begun
    assert last_day(date.fromisoformat(first), month) == date.fromisoformat(begun) - timedelta(days=1)


def test_a_month_beyond_all_calendars_is_refused() -> None:
    """And the last one of all is not."""
    assert begins(date(9999, 11, 30), 1) == date(9999, 12, 30)
    with pytest.raises(OverflowError):
        begins(date(9999, 12, 1), 1)


def test_a_purchase_is_charged_in_its_months_and_in_no_other() -> None:
    """Bought on the last of January for three months: three charges, the last on 31 March; nothing in April, and nothing before."""
    seats = bought("2026-01-31", 3)
    assert [charged_on(seats, date(2026, month, 15)) for month in range(1, 6)] == [
        date(2026, 1, 31),
        date(2026, 2, 28),
        date(2026, 3, 31),
        None,
        None,
    ]
    assert charged_on(seats, date(2025, 12, 1)) is None
    assert charged_on(seats, date(2027, 1, 1)) is None
    assert cost([seats, bought("2026-02-10", 1, number=2, cents=50)], date(2026, 2, 1)) == 1_100


def test_what_was_charged_before_an_early_end_stays_charged() -> None:
    """The day it is ended on was charged, if a month began on it; one that had not begun costs nothing at all."""
    assert charged_on(bought("2026-11-22", 12, ended="2026-12-22"), date(2026, 12, 1)) == date(2026, 12, 22)
    assert charged_on(bought("2026-11-22", 12, ended="2026-12-21"), date(2026, 12, 1)) is None
    assert charged_on(bought("2026-11-22", 12, ended="2026-12-21"), date(2026, 11, 1)) == date(2026, 11, 22)
    assert charged_on(bought("2026-11-22", 12, ended="2026-11-21"), date(2026, 11, 1)) is None


def test_a_purchase_without_end_is_charged_every_month() -> None:
    """The table allows it, whoever wrote it; it was made for no number of months."""
    seats = bought("2026-11-22", 1)._replace(after=None)
    assert charged_on(seats, date(2046, 2, 1)) == date(2046, 2, 22)
    assert months_of(seats) == 0


@given(DAYS.filter(lambda day: 2 <= day.day <= 27), MONTHS, st.sampled_from([(0, 0), (-1, -1), (1, 1), (-1, 0), (0, 1), (1, 0), (0, -1)]))
def test_another_time_zone_adds_no_month_and_takes_none(first: date, months: int, moved: tuple[int, int]) -> None:
    """In another zone both ends may fall on the day before or after; where clocks are changed in between, only one of them."""
    begin, end = map(timedelta, moved)
    assert months_of(Purchase(1, 1, first + begin, begins(first, months) + end, None)) == months


@given(st.lists(st.tuples(st.integers(1, 10_000), st.integers(0, 1_000_000), DAYS, MONTHS), max_size=5), st.data())
def test_the_months_together_are_what_is_charged_and_none_is_negative(made: list[tuple[int, int, date, int]], data: st.DataObject) -> None:
    """Whatever is bought and ended whenever: each month's sum is that of its charges, and they add up to number × price × months begun."""
    purchases, expected = [], 0
    for number, cents, first, months in made:
        ended = data.draw(st.none() | st.dates(first - timedelta(40), begins(first, months) + timedelta(40)))
        purchases.append(Purchase(number, cents, first, begins(first, months), ended))
        begun = [begins(first, place) for place in range(months)]
        expected += number * cents * sum(ended is None or day <= ended for day in begun)
        assert months_of(purchases[-1]) == months
    each = [cost(purchases, begins(date(2000, 1, 1), place)) for place in range(12 * 110 + 1)] if made else []
    assert sum(each) == expected
    assert all(month >= 0 for month in each)


@given(DAYS, MONTHS)
def test_the_months_of_a_purchase_follow_each_other_without_a_gap(first: date, months: int) -> None:
    """Each begins later than the one before, one in every calendar month, and another purchase can begin where this one ends."""
    days = [begins(first, place) for place in range(months + 1)]
    assert all(28 <= (later - day).days <= 31 for day, later in pairwise(days))
    assert last_day(first, months) + timedelta(days=1) == days[-1]


@pytest.mark.parametrize(
    ("typed", "cents"),
    [("2", 200), ("2.00", 200), ("2.5", 250), ("２．５", 250), (" 0.05 ", 5), ("0", 0), ("2。5", 250), ("10000", 1_000_000)],
)
def test_a_price_is_understood_as_people_type_it(typed: str, cents: int) -> None:
    """In full-width digits, too, and with the full stop of a Chinese input method."""
    assert price(typed) == cents


@pytest.mark.parametrize("typed", ["", "two", "-2", "2,50", "1,234", "2.", ".5", "2.005", "1e3", "¥2", "²", "٢", "9" * 5_000, "2\n"])
def test_what_is_no_price_is_refused(typed: str) -> None:
    """A comma is refused rather than guessed at: to some it is a point, to others nothing."""
    with pytest.raises(Invalid, match=r"A price looks like 2 or 2\.50\."):
        price(typed)


@pytest.mark.parametrize("typed", ["10000.01", "999999999"])
def test_a_price_has_a_bound(typed: str) -> None:
    """Somebody's hand slipped."""
    with pytest.raises(Invalid, match=r"From 0 to 10,000\.00\."):
        price(typed)


@given(st.integers(0, 1_000_000))
def test_an_amount_is_read_back_as_it_was_written(cents: int) -> None:
    """Thousands apart, which are written for the eye."""
    assert price(amount(cents).replace(",", "")) == cents


def test_a_number_has_its_bounds() -> None:
    """In any width; what is none is out of them."""
    assert [whole(typed, 10_000, "number") for typed in ("1", " 10000 ", "１２")] == [1, 10_000, 12]
    for typed in ("0", "10001", "-1", "1.5", "", "x", "9" * 5_000, "²"):
        with pytest.raises(Invalid, match=r"From 1 to 10,000\."):
            whole(typed, 10_000, "number")
    assert seat_costs.within(3, 3, "months") == 3
