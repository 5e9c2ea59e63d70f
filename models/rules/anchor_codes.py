"""The head of the log as a person can write it down: `1234-7KQF-2M9X-8RTA-B3C4`, the number of an entry and the beginning of its hash.

15 characters, 75 bits, are the hash's: nobody finds another log with the same code (2^75 tries; NIST SP 800-131A asks for 112 bits where a
collision would do, which it does not here: the log that the code is of is there already). The last character tells slips of the pen from
a log that was rewritten: it notices 31 of 32.
"""

from __future__ import annotations

import hmac
from hashlib import sha256
from typing import Final, NamedTuple

from models.rules import codes

BYTES: Final = 10
"""Of the hash that are looked at: 16 characters, of which the last gives its room to the check."""

LENGTH: Final = 16
"""Characters behind the number."""

LONGEST: Final = 18
"""Digits of a number; no log comes that far."""


class AnchorCode(NamedTuple):
    """What a code says.

    Attributes:
        number: of the entry.
        letters: the beginning of its hash.
    """

    number: int
    letters: str


def code(number: int, digest: bytes) -> str:
    """The code of the entry `number`, whose hash is `digest`."""
    letters = _letters(digest)
    return f"{number}-{codes.grouped(letters + _check(number, letters))}"


def read(text: str) -> AnchorCode | None:
    """What somebody meant by `text`, in any case, width and grouping; None when it is no such code, or has a slip in it."""
    meant = codes.letters(text)
    number, letters, check = meant[:-LENGTH], meant[-LENGTH:-1], meant[-1:]
    if not number.isdecimal() or len(number) > LONGEST or _check(int(number), letters) != check:
        return None
    return AnchorCode(int(number), letters)


def fits(wanted: AnchorCode, digest: bytes) -> bool:
    """Whether an entry of the hash `digest` is the one that the code was made of."""
    return hmac.compare_digest(wanted.letters, _letters(digest))


def _letters(digest: bytes) -> str:
    return codes.written(digest[:BYTES])[: LENGTH - 1]


def _check(number: int, letters: str) -> str:
    return codes.ALPHABET[sha256(f"{number}-{letters}".encode()).digest()[0] % len(codes.ALPHABET)]
