"""Who counts as one person: two accounts that share a phone, an e-mail or a staff number.

Two people who share an office telephone are one person to this; that is the price of a rule that a second account cannot get around.
Accounts that share something with a third, and nothing with each other, are two: people write their own phone and e-mail, so whoever put
the phone of one and the address of another into theirs could keep both from deciding on each other's requests.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from models.text import half_width, key

REMEMBERED: Final = 90
"""So many days before a request was made, what an account once had still tells whose it is: a quarter of a year, so that nobody
changes a number on Monday to approve on Tuesday."""

FIELDS: Final = ("phone", "email", "number")
"""What of a profile tells whose an account is."""

Mark = tuple[str, str]
"""A field, and what stands in it in the one spelling that all spellings of it have."""

STILL: Final = sys.maxsize
"""The last moment of what an account has now: later than every other."""

_CHINA: Final = "86"
_WITH_CODE: Final = 12  # digits: the country's code and the shortest number behind an area code, 10 for Beijing and eight of its own
_MOBILE: Final = re.compile("1[3-9][0-9]{9}")


@lru_cache(maxsize=65_536)
def phone(value: str) -> str:
    """A telephone number in the one spelling that all its spellings have: digits alone, without China's +86, 0086 and trunk zeros.

    What follows a whole Chinese mobile number is an extension, which mobile numbers have none of.
    """
    digits = re.sub("[^0-9]", "", half_width(value)).lstrip("0")
    if digits.startswith(_CHINA) and len(digits) >= _WITH_CODE:
        digits = digits.removeprefix(_CHINA).lstrip("0")
    mobile = _MOBILE.match(digits)
    return mobile[0] if mobile else digits


def mark(field: str, value: str) -> Mark | None:
    """What a field of a profile tells of whose it is; None where nothing stands in it."""
    said = phone(value) if field == "phone" else key(value)
    return (field, said) if said else None


def together(start: int, marked: Iterable[tuple[int, Mark, int]]) -> dict[int, int]:
    """Every account that counts as whom `start` belongs to, itself included, each with the last moment at which both had the same.

    Args:
        start: an account.
        marked: accounts, each with something that it has, or had, and the last moment at which it had that.
    """
    marked = tuple(marked)
    own: dict[Mark, int] = {}
    for account, each, at in marked:
        if account == start:
            own[each] = max(at, own.get(each, at))
    found: dict[int, int] = {}
    for account, each, at in marked:
        if each in own:
            shared = min(at, own[each])
            found[account] = max(shared, found.get(account, shared))
    return {**found, start: STILL}
