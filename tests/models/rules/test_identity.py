"""Who counts as one person, whatever the spelling and however long the way round."""

from __future__ import annotations

import time
from collections.abc import Iterable

import pytest
from hypothesis import given, strategies as st

from models.rules.identity import FIELDS, STILL, Mark, mark, phone, together

MOBILE = "13800138000"


def accounts_of(start: int, marked: Iterable[tuple[int, Mark]]) -> set[int]:
    """Who is one person, where nothing was ever changed."""
    return set(together(start, [(account, each, STILL) for account, each in marked]))


@pytest.mark.parametrize(
    "spelling",
    [
        "138 0013 8000",
        "138-0013-8000",
        "(138) 0013-8000",
        "+86 138 0013 8000",
        "+8613800138000",
        "0086 13800138000",
        "86-138-0013-8000",
        "013800138000",
        "+86 (0) 138 0013 8000",
        "00 86 0138 0013 8000",
        "１３８００１３８０００",
        "13800138000-1",
        "13800138000 (2)",
    ],
)
def test_a_mobile_number_is_one_number_however_it_is_written(spelling: str) -> None:
    """Blanks, brackets, dashes, the country's code, a trunk zero, an extension that it cannot have."""
    assert phone(spelling) == MOBILE


@pytest.mark.parametrize(
    ("one", "other"), [("010-6552 9988", "+86 10 65529988"), ("0571 8502 2088", "0086-571-85022088"), ("8612345", "861 2345")]
)
def test_a_landline_is_one_number_too(one: str, other: str) -> None:
    """A short number that begins like the country's code keeps its beginning."""
    assert phone(one) == phone(other)
    assert phone("8612345") == "8612345"


@pytest.mark.parametrize(("one", "other"), [("13800138000", "13800138001"), ("010-65529988", "020-65529988"), ("65529988", "010-65529988")])
def test_other_numbers_are_other_numbers(one: str, other: str) -> None:
    """An area code that one left out is not guessed."""
    assert phone(one) != phone(other)


def test_an_address_and_a_staff_number_are_compared_as_names_are() -> None:
    """In any case and width."""
    assert mark("email", "Li.Lei@Example.COM") == mark("email", "ｌｉ．ｌｅｉ@example.com")
    assert mark("number", "a-007") == mark("number", "Ａ-007")
    assert mark("email", "a@example.com") != mark("number", "a@example.com")


@pytest.mark.parametrize("field", FIELDS)
def test_nothing_is_shared_by_those_who_have_nothing(field: str) -> None:
    """Else everybody whose profile is empty would be one person; a telephone number of zeros is none."""
    assert mark(field, "") is None
    assert mark("phone", "000-00") is None


def test_who_shares_something_with_a_third_alone_is_another_person() -> None:
    """2 has the phone of 1 and the address of 3. People write their own, so a third could else keep two from deciding for each other."""
    a, b, c = ("phone", "1"), ("email", "2"), ("number", "3")
    marked = [(1, a), (2, a), (2, b), (3, b), (3, c)]
    assert accounts_of(1, marked) == {1, 2}
    assert accounts_of(2, marked) == {1, 2, 3}
    assert accounts_of(3, marked) == {2, 3}
    assert accounts_of(4, marked) == {4}


def test_what_both_once_had_tells_until_the_first_of_them_gave_it_up() -> None:
    """The last such moment of all that they had in common; what one has now is had later than everything else."""
    a, b = ("phone", "1"), ("email", "2")
    assert together(1, [(1, a, 5), (2, a, 9)]) == {1: STILL, 2: 5}
    assert together(1, [(1, a, 5), (1, a, STILL), (2, a, 3), (2, a, 9)]) == {1: STILL, 2: 9}
    assert together(1, [(1, a, 5), (1, b, 7), (2, a, 9), (2, b, STILL), (3, a, STILL)]) == {1: STILL, 2: 7, 3: 5}


@given(st.lists(st.tuples(st.integers(1, 8), st.tuples(st.sampled_from(FIELDS), st.sampled_from("abc")))))
def test_to_be_one_person_goes_both_ways(marked: list[tuple[int, tuple[str, str]]]) -> None:
    """Whichever of two is looked at."""
    for start in range(1, 9):
        found = accounts_of(start, marked)
        assert start in found
        assert all(start in accounts_of(other, marked) for other in found)


def test_ten_thousand_people_with_one_telephone_take_no_quadratic_time() -> None:
    """A shop that wrote its own number into every profile."""
    begun = time.perf_counter()
    assert len(accounts_of(1, [(account, ("phone", "1")) for account in range(1, 10_001)])) == 10_000
    assert time.perf_counter() - begun < 2
