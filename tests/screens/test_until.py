"""The end of a grant, as people type it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from models import clock
from models.errors import Invalid
from screens.until import parsed
from tests.hostile import LITERAL, REFUSED

ZONE = "Asia/Shanghai"
NOON = 1_772_337_600_000_000
"""2026-03-01 12:00 there, UTC microseconds."""


@pytest.fixture(autouse=True)
def _noon() -> Iterator[None]:
    clock.set_clock(lambda: NOON)
    yield
    clock.set_clock(None)


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("2026-12-31", "2026-12-31"),
        (" 2026/12/31 ", "2026-12-31"),
        ("２０２６－１２－３１", "2026-12-31"),
        ("2026-03-01", "2026-03-01"),
        ("+1", "2026-03-02"),
        ("+30d", "2026-03-31"),
        ("+ 30 D", "2026-03-31"),
        ("＋３０天", "2026-03-31"),
        ("+2w", "2026-03-15"),
        ("+2周", "2026-03-15"),
        ("+3660d", "2036-03-08"),
    ],
)
def test_a_day_holds_through_its_last_instant(typed: str, day: str) -> None:
    """However it was typed."""
    assert parsed(typed, ZONE) == clock.end_of_day(day, ZONE)


@pytest.mark.parametrize("typed", ["", " ", "\u3000"])
def test_nothing_is_no_end(typed: str) -> None:
    """Not an error."""
    assert parsed(typed, ZONE) is None


@pytest.mark.parametrize(
    "typed", ["2026-02-28", "2026-02-30", "tomorrow", "+", "+0d", "+0", "-3d", "+3661d", "+9999w", "+99999d", "+1h", "30", "2026-12", "+٣d"]
)
def test_what_is_no_day_or_over_is_refused_beside_its_field(typed: str) -> None:
    """A day that is over, that is none, or that is too far."""
    with pytest.raises(Invalid) as error:
        parsed(typed, ZONE)
    assert error.value.field == "until"


@pytest.mark.parametrize("typed", [*LITERAL.values(), *REFUSED.values()], ids=[*LITERAL, *REFUSED])
def test_whatever_else_is_typed_is_refused(typed: str) -> None:
    """And nothing but that."""
    with pytest.raises(Invalid):
        parsed(typed, ZONE)
