"""How long somebody waits who got it wrong too often.

Counted for each account and each place that it is tried from, and for each factor by itself. A moment is an integer: microseconds, UTC.
A failure later than now, which a clock that was set back leaves behind, counts as one of now: setting a clock back shortens no wait.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal

Factor = Literal["password", "second", "code"]

PASSWORD: Final = "password"  # noqa: S105  the name of a factor
SECOND: Final = "second"
"""A TOTP code or a recovery code: six digits are guessed sooner than a password, so these are rationed."""
CODE: Final = "code"
"""A one-time code, for activation or after a reset."""

_SECOND: Final = 1_000_000
_MINUTE: Final = 60 * _SECOND
_HOUR: Final = 60 * _MINUTE

KEPT: Final = 24 * _HOUR
"""How long a failure matters, microseconds; what is older need not be handed in."""

FREE: Final = 4
"""Failures that cost no wait: people mistype."""

SHORTEST: Final = 30 * _SECOND
LONGEST: Final = 15 * _MINUTE
"""Microseconds: the wait after the fifth failure, and what it doubles up to. Some hundred guesses in a day, for good."""

RATIONS: Final = ((5, 5 * _MINUTE), (20, _HOUR), (50, 24 * _HOUR))
"""Failures of the second factor and the time, microseconds, in which there may be no more of them.

With three codes of a million good at any moment, 50 a day find one in 18 years on average, and only who knows the password may try.
"""


def locked_until(factor: Factor, failures: Sequence[int], now: int) -> int | None:
    """The moment from which `factor` may be tried again; None when that is now.

    Args:
        factor: `PASSWORD`, `SECOND` or `CODE`.
        failures: when it was got wrong since it was last got right, in any order.
        now: this moment.
    """
    recent = sorted((min(failure, now) for failure in failures if failure > now - KEPT), reverse=True)
    until = _rationed(recent) if factor == SECOND else _doubling(recent)
    return until if until is not None and until > now else None


def _doubling(recent: Sequence[int]) -> int | None:
    if len(recent) <= FREE:
        return None
    doublings = min(len(recent) - FREE - 1, (LONGEST // SHORTEST).bit_length())  # no more, or the number becomes as long as the list
    return recent[0] + min(SHORTEST << doublings, LONGEST)


def _rationed(recent: Sequence[int]) -> int | None:
    return max((recent[most - 1] + window for most, window in RATIONS if len(recent) >= most), default=None)
