"""Messages of customers as they are found again: by any two characters that follow each other, in whatever language.

The index of words that SQLite has (FTS5) is given pairs of characters in place of words: a search for `退款` is one lookup, one for
`cups` is the phrase of `cu up ps`. So every part of a text of two characters and more is found, which words, and the trigrams
that SQLite could make, would not do for Chinese.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Final

from models.text import key

LEAST: Final = 2
"""Characters that a word must have to be looked for."""

_PER_MILLISECOND: Final = 20
"""Bits of a message's number below the milliseconds of its time: so many messages may bear the same time, and a day's are one range."""

_BETWEEN: Final = "\u2423"
"""A token of its own between two words, so that pairs of different words never stand beside each other."""

_SIGNS: Final = {code: code + 0xFEE0 for code in range(0x21, 0x7F) if not chr(code).isalnum()}
"""ASCII's signs as their full-width forms: SQLite's `ascii` takes everything for a part of words but these and blanks."""


def tokens(text: str) -> str:
    """The pairs of characters of a message, as the index takes them: `好的 ok` is `好的 ␣ ok`."""
    return f" {_BETWEEN} ".join(_pairs(word) for word in key(text).translate(_SIGNS).split() if len(word) >= LEAST)


def words(wanted: str) -> tuple[str, ...]:
    """What is looked for, word by word, as it is compared; a message has to have all of them, anywhere in it."""
    return tuple(key(wanted).split())


def phrases(wanted: str) -> str:
    """What finds the messages that have every word of `wanted`, in the language of FTS5's column `text`.

    "" where no word has `LEAST` characters; shorter ones are left out, and are to be looked for in what is found.
    """
    pairs = (_pairs(word.translate(_SIGNS)) for word in words(wanted) if len(word) >= LEAST)
    return " AND ".join(f'"{phrase}"' for phrase in pairs)


def whose(staff_id: int) -> str:
    """A colleague as the index knows them, in its column `whose`."""
    return f"s{staff_id:d}"


def lowest_number(at: int) -> int:
    """The lowest number that a message of the moment `at`, UTC microseconds, can have."""
    return at // 1000 << _PER_MILLISECOND


def highest_number(at: int) -> int:
    """The highest number that a message of the same millisecond can have."""
    return (at // 1000 + 1 << _PER_MILLISECOND) - 1


def moment(number: int) -> int:
    """The moment that a message with this number bears, UTC microseconds, to the millisecond."""
    return (number >> _PER_MILLISECOND) * 1000


def _pairs(word: str) -> str:
    return " ".join(map("".join, pairwise(word)))
