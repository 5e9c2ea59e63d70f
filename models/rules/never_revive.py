"""What a restore takes of two states of the shop, an earlier one that comes back and a newer one that goes: the stricter of both.

Nobody may be able to do, or to sign in with, anything afterwards that they could not right before.
"""

from __future__ import annotations

from typing import Final

from models.catalogue import ACTIVE, FROZEN, INVITED, LEFT, OPERATIONS
from models.rules.policy import TOTP_CHOICES, Policy

_STRICTNESS: Final = {ACTIVE: 0, INVITED: 1, FROZEN: 2, LEFT: 3}
_LOOSER_IS_LESS: Final = frozenset({"password_length"})
"""Numbers of the policy of which the higher is the stricter; of all others it is the lower."""


def status(earlier: str, newer: str) -> str:
    """The status of an account: who was shut out, by either, stays so; who has activated it since need not do so again."""
    if earlier == INVITED and newer == ACTIVE:
        return ACTIVE
    return max(earlier, newer, key=lambda each: _STRICTNESS.get(each, len(_STRICTNESS)))


def post(earlier: str, newer: str) -> str:
    """The post, which is a ceiling: the lower."""
    return earlier if earlier != OPERATIONS else newer


def sooner(one: int | None, other: int | None) -> int | None:
    """The end that comes first; None is none."""
    return min((each for each in (one, other) if each is not None), default=None)


def overlap(earlier: tuple[int, int | None], newer: tuple[int, int | None]) -> tuple[int, int | None] | None:
    """From when until when a grant holds that both have; None where they never hold together."""
    since, until = max(earlier[0], newer[0]), sooner(earlier[1], newer[1])
    return None if until is not None and until < since else (since, until)


def policy(earlier: Policy, newer: Policy) -> Policy:
    """Of each of its parts the stricter."""
    chosen: dict[str, object] = {
        field: (max if field in _LOOSER_IS_LESS else min)(getattr(earlier, field), getattr(newer, field))
        for field in Policy._fields
        if field not in {"totp", "device_required"}
    }
    totp = min(earlier.totp, newer.totp, key=TOTP_CHOICES.index)
    return Policy(**{**chosen, "totp": totp, "device_required": earlier.device_required or newer.device_required})  # type: ignore[arg-type]  # by name
