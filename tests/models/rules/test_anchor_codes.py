"""The head of the log on paper: written by hand, read by hand."""

from __future__ import annotations

import re
from hashlib import sha256

import pytest

from models.rules import anchor_codes, codes
from models.rules.anchor_codes import code, fits, read

DIGEST = sha256(b"an entry").digest()


def test_a_code_is_the_number_and_groups_of_four() -> None:
    """15 characters of five bits each are the hash's."""
    made = code(1234, DIGEST)
    assert re.fullmatch(rf"1234(-[{codes.ALPHABET}]{{4}}){{4}}", made)
    meant = read(made)
    assert meant is not None
    assert (meant.number, len(meant.letters) * 5) == (1234, 75)
    assert fits(meant, DIGEST)
    assert not fits(meant, sha256(b"another").digest())


@pytest.mark.parametrize(("old", "new"), [("-", " "), ("-", ""), ("-", " - "), ("-", "\n")])
def test_it_is_read_in_any_case_and_grouping(old: str, new: str) -> None:
    """As people write."""
    made = code(98765, DIGEST)
    assert read(made.lower().replace(old, new)) == read(made)


def test_letters_that_look_like_digits_are_read_as_those() -> None:
    """The alphabet has neither I, L nor O."""
    made = code(100, DIGEST)
    assert read(made.replace("0", "O").replace("1", "I")) == read(made)


def test_nearly_every_slip_of_the_pen_is_noticed() -> None:
    """One wrong character anywhere, two that changed places: at most one of twenty passes for another code."""
    made = code(4711, DIGEST)
    slips = {made[:at] + letter + made[at + 1 :] for at in range(len(made)) for letter in codes.ALPHABET if made[at] != "-"} - {made}
    slips |= {made[:at] + made[at + 1] + made[at] + made[at + 2 :] for at in range(len(made) - 1)} - {made}
    wrong = {slip for slip in slips if (meant := read(slip)) is not None and meant != read(made)}
    assert len(wrong) < len(slips) / 20


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1234",
        "-",
        "1234-ABCD",
        "x" * 500,
        "主播",
        "1234-7KQF-2M9X-8RTA-B3C",
        "AAAA-7KQF-2M9X-8RTA-B3C4",
        f"{'9' * 19}-7KQF-2M9X-8RTA-B3C4",
    ],
)
def test_what_is_no_code_is_none(text: str) -> None:
    """Too short, too long, no number, no such letters."""
    assert read(text) is None


def test_the_largest_number_is_read() -> None:
    """And one with a digit more is not."""
    largest = 10**anchor_codes.LONGEST - 1
    assert read(code(largest, DIGEST)) is not None
    assert read(code(largest + 1, DIGEST)) is None
