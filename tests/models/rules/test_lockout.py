"""Lock-out: mistyping costs nothing, guessing takes years, and no clock that is set back opens anything."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given, strategies as st

from models.rules import lockout
from models.rules.lockout import CODE, PASSWORD, SECOND, Factor, locked_until

S = 1_000_000
MINUTE = 60 * S
HOUR = 60 * MINUTE
DAY = 24 * HOUR
NOW = 1_800_000_000 * S

FACTORS: tuple[Factor, ...] = (PASSWORD, CODE, SECOND)
FAILURES = st.lists(st.integers(NOW - 2 * DAY, NOW + DAY), max_size=80)


def wait(factor: Factor, *ago: int, now: int = NOW) -> float:
    """Seconds to wait after failures so many seconds ago."""
    until = locked_until(factor, [now - seconds * S for seconds in ago], now)
    return 0 if until is None else (until - now) / S


def guessed(factor: Factor, span: int, *, every: int = S) -> list[int]:
    """When somebody got it wrong who tries again `every` so long, and at once when that is refused and a wait is over, for `span`."""
    now, failures = NOW, list[int]()
    while now < NOW + span:
        if (until := locked_until(factor, failures, now)) is not None:
            now = until
            continue
        failures.append(now)
        now += every
    return failures


def most_within(times: Sequence[int], window: int) -> int:
    """The most of `times` in any stretch as long as `window`, its end not included."""
    return max(sum(start <= time < start + window for time in times) for start in times)


@pytest.mark.parametrize("factor", [PASSWORD, CODE])
@pytest.mark.parametrize(
    ("failures", "seconds"),
    [(0, 0), (1, 0), (4, 0), (5, 30), (6, 60), (7, 120), (8, 240), (9, 480), (10, 900), (11, 900), (50, 900), (10_000, 900)],
)
def test_p4_the_fifth_failure_costs_30_seconds_and_each_further_one_twice_as_much(factor: Factor, failures: int, seconds: int) -> None:
    """Up to a quarter of an hour."""
    assert wait(factor, *[0] * failures) == seconds


@pytest.mark.parametrize(
    ("ago", "seconds"),
    [
        ((0, 10, 20, 30, 40), 30),
        ((29, 100, 200, 300, 400), 1),
        ((30, 100, 200, 300, 400), 0),
        ((31, 31, 31, 31, 31), 0),
        ((59, 100, 200, 300, 400, 500), 1),
        ((899, *range(1000, 1009)), 1),
        ((900, *range(1000, 1009)), 0),
        ((0, 86_399, 86_399, 86_399, 86_399), 30),
        ((0, 86_400, 86_400, 86_400, 86_400), 0),
    ],
)
def test_p4_the_wait_runs_from_the_latest_failure(ago: tuple[int, ...], seconds: float) -> None:
    """And what is a day old is forgotten."""
    for factor in (PASSWORD, CODE):
        assert wait(factor, *ago) == seconds


@pytest.mark.parametrize(
    ("ago", "seconds"),
    [
        ((0, 0, 0, 0), 0),
        ((0, 0, 0, 0, 0), 300),
        ((0, 10, 20, 30, 40), 260),
        ((0, 10, 20, 30, 299), 1),
        ((0, 10, 20, 30, 300), 0),
        ((0, 10, 20, 30, 300, 400), 0),
        ((0, *[301] * 19), 3299),
        ((*[301] * 19,), 0),
        ((0, *[301] * 18, 3599), 1),
        ((0, *[301] * 18, 3600), 0),
        ((0, *[3601] * 49), 82_799),
        ((*[3601] * 49,), 0),
        ((0, *[3601] * 48, 86_399), 1),
        ((0, *[3601] * 48, 86_400), 0),
        ((*[0] * 20, *[4000] * 30), 82_400),
    ],
)
def test_p4_the_second_factor_is_rationed(ago: tuple[int, ...], seconds: float) -> None:
    """Five in five minutes, twenty in an hour, fifty in a day; the longest wait counts."""
    assert wait(SECOND, *ago) == seconds


@pytest.mark.parametrize("every", [S, 7 * S, 61 * S, 181 * S, 10 * MINUTE])
def test_p4_no_pace_of_guessing_gets_more_than_the_rations(every: int) -> None:
    """Three days long, at whatever rhythm."""
    failures = guessed(SECOND, 3 * DAY, every=every)
    for most, window in ((5, 5 * MINUTE), (20, HOUR), (50, DAY)):
        assert most_within(failures, window) <= most
    assert len(failures) >= 150, "the rations are there to be used"


@pytest.mark.parametrize("factor", [PASSWORD, CODE])
def test_p4_guessing_a_password_all_day_gets_a_hundred_guesses(factor: Factor) -> None:
    """On every day of a week: what is forgotten after a day is made up for by then."""
    failures = guessed(factor, 7 * DAY)
    assert most_within(failures, DAY) <= 108
    assert len(failures) > 600


@pytest.mark.parametrize("factor", FACTORS)
def test_p4_a_clock_that_is_set_back_shortens_no_wait(factor: Factor) -> None:
    """Failures from the future count as of now."""
    for ahead in (1, 3600, 86_400, 10**9):
        assert wait(factor, *[-ahead] * 5) == wait(factor, *[0] * 5) > 0
        assert wait(factor, *[-ahead] * 60) == wait(factor, *[0] * 60) > 0
        assert wait(factor, *[-ahead] * 4) == 0
        assert wait(factor, -ahead, 50, 50, 50, 50) == wait(factor, 0, 50, 50, 50, 50) > 0


@given(st.sampled_from(FACTORS), FAILURES, st.data())
def test_p4_the_order_of_failures_means_nothing(factor: Factor, failures: list[int], data: st.DataObject) -> None:
    """Nor whether they come in a list or a tuple."""
    shuffled = tuple(data.draw(st.permutations(failures)))
    assert locked_until(factor, shuffled, NOW) == locked_until(factor, failures, NOW)


@given(st.sampled_from(FACTORS), FAILURES, st.integers(NOW - 2 * DAY, NOW))
def test_p4_another_failure_never_shortens_the_wait(factor: Factor, failures: list[int], another: int) -> None:
    """Whenever it was."""
    before, after = locked_until(factor, failures, NOW), locked_until(factor, [*failures, another], NOW)
    assert before is None or (after is not None and after >= before)


@given(st.sampled_from(FACTORS), FAILURES, st.integers(0, DAY))
def test_p4_every_wait_is_over_at_some_time(factor: Factor, failures: list[int], passed: int) -> None:
    """It lies ahead, is no longer than promised, and waiting never makes it longer; what is forgotten meanwhile may make it shorter."""
    longest = DAY if factor == SECOND else 15 * MINUTE
    past = [min(failure, NOW) for failure in failures]
    until = locked_until(factor, past, NOW)
    assert until == locked_until(factor, failures, NOW)
    later = locked_until(factor, past, NOW + passed)
    if until is None:
        assert later is None
    else:
        assert NOW < until <= NOW + longest
        assert later is None or NOW + passed < later <= until
        assert locked_until(factor, past, until) is None


@given(st.sampled_from(FACTORS), st.lists(st.integers(NOW - DAY // 2, NOW), max_size=80), st.integers(0, DAY // 3))
def test_p4_a_promised_wait_holds_to_the_end(factor: Factor, failures: list[int], passed: int) -> None:
    """As long as nothing is old enough to be forgotten: no sooner, no later."""
    until = locked_until(factor, failures, NOW)
    assert locked_until(factor, failures, NOW + passed) == (until if until is not None and until > NOW + passed else None)


@given(st.sampled_from(FACTORS), FAILURES)
def test_p4_what_is_a_day_old_need_not_be_kept(factor: Factor, failures: list[int]) -> None:
    """Throwing it away changes no answer."""
    kept = [failure for failure in failures if failure > NOW - lockout.KEPT]
    assert locked_until(factor, kept, NOW) == locked_until(factor, failures, NOW)


def test_nobody_waits_who_never_failed() -> None:
    """Whatever the factor, and before 1970 as well."""
    for factor in FACTORS:
        assert locked_until(factor, (), NOW) is None
        assert locked_until(factor, (), -NOW) is None
        assert locked_until(factor, [-NOW] * 5, -NOW) is not None
