"""What the owner asks of every account, and the bounds within which it stays safe."""

from __future__ import annotations

from typing import Final, NamedTuple

from models.errors import Invalid
from models.i18n import N_

EVERYONE: Final = "everyone"
HIGH_RISK: Final = "high_risk"
NOBODY: Final = "nobody"
TOTP_CHOICES: Final = (EVERYONE, HIGH_RISK, NOBODY)
"""Who has to use TOTP, the strictest first."""

BOUNDS: Final[dict[str, tuple[int, int]]] = {
    "devices_each": (1, 20),
    "idle_minutes": (5, 60),
    "session_hours": (1, 24),
    "sessions_each": (1, 5),
    "proof_minutes": (1, 15),
    "password_length": (12, 64),
    "activation_days": (1, 21),
}
"""The least and the most of each number."""


class Policy(NamedTuple):
    """What is asked of every account.

    Attributes:
        totp: who has to use TOTP, one of `TOTP_CHOICES`.
        device_required: whether people sign in over SSH with a device key only, never at the shop's own terminal; the owner is exempt.
        devices_each: device keys that one account has at once.
        idle_minutes: without a key for so long, a session asks for the password.
        session_hours: a session ends after so long, whatever is done in it.
        sessions_each: sessions that one account has at once; one more ends the one idle longest.
        proof_minutes: a change to access or security asks for proof again when the last is older.
        password_length: characters that a new password has at least; NIST SP 800-63B-4 asks for 8 beside a second factor, 15 without one.
        activation_days: days that an activation code is good for, unless somebody chooses otherwise.
    """

    totp: str = HIGH_RISK
    device_required: bool = False
    devices_each: int = 5
    idle_minutes: int = 10
    session_hours: int = 12
    sessions_each: int = 3
    proof_minutes: int = 5
    password_length: int = 12
    activation_days: int = 7


def checked(policy: Policy) -> Policy:
    """`policy`, if it is safe.

    Raises:
        Invalid: a value is out of bounds; it names which.
    """
    if policy.totp not in TOTP_CHOICES:
        raise Invalid("totp", N_("Choose who has to use phone codes."))
    for field, (least, most) in BOUNDS.items():
        if not least <= getattr(policy, field) <= most:
            raise Invalid(field, N_("From {least} to {most}."), least=least, most=most)
    return policy


def needs_totp(policy: Policy, *, high_risk: bool) -> bool:
    """Whether somebody has to use TOTP; `high_risk` says whether their access has anything of that in it."""
    return policy.totp == EVERYONE or (policy.totp == HIGH_RISK and high_risk)
