"""Somebody has to prove who they are, and has not, or not yet. Exit code 1."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from models.errors.refusals import Refusal
from models.i18n import N_, ngettext

if TYPE_CHECKING:
    from models.actor import Proved

TOTP: Final = "totp"
PASSWORD: Final = "password"  # noqa: S105  the name of a factor
CODE: Final = "code"
"""What somebody proves who they are with: a phone code, their password, a reset code."""


class SignInLocked(Refusal):
    """Too many attempts failed, from here and for that login: the next is looked at in `seconds`.

    The same whether or not anybody has the login.
    """

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds=seconds)
        self.seconds: Final = seconds

    def __str__(self) -> str:
        if self.seconds < 100:
            return ngettext(
                "Too many attempts failed. Try again in {number} second.",
                "Too many attempts failed. Try again in {number} seconds.",
                self.seconds,
            ).format(number=self.seconds)
        minutes = -(-self.seconds // 60)
        return ngettext(
            "Too many attempts failed. Try again in {number} minute.", "Too many attempts failed. Try again in {number} minutes.", minutes
        ).format(number=minutes)


class SecondFactorNeeded(Refusal):
    """The password was right, and is not enough.

    Args:
        proved: to be handed to `sessions.second_factor` with the code.
        kind: `TOTP`, or `CODE` after a reset.
    """

    words = N_("Type the phone code or reset code as well.")

    def __init__(self, proved: Proved, kind: str) -> None:
        super().__init__()
        self.proved: Final = proved
        self.kind: Final = kind


class NotFromHere(Refusal):
    """The owner lets this person sign in from certain addresses only."""

    words = N_("You may not sign in from this address. Ask the owner.")


class NotNow(Refusal):
    """The owner lets this person sign in at certain hours only."""

    words = N_("You may not sign in at this hour. Ask the owner.")


class DeviceNeeded(Refusal):
    """People sign in over SSH with a device key only."""

    words = N_("This shop is entered over SSH, with a device key of your own. Ask the owner.")


class KeyRefused(Refusal):
    """The device key that sshd let somebody in by opens nothing: it was revoked, it ended, or its person is not active."""

    words = N_("This device key opens nothing here. Ask the owner.")


class EnrolFirst(Refusal):
    """The session can do nothing but set up TOTP."""

    words = N_("Set up your phone codes first.")


class SessionLocked(Refusal):
    """The session waits for the password."""

    words = N_("This session is locked. Type your password.")


class ProofNeeded(Refusal):
    """The last proof is too long ago for a change to access or security.

    Args:
        kind: what is asked for, `TOTP` or `PASSWORD`.
    """

    words = N_("Prove once more that it is you.")

    def __init__(self, kind: str) -> None:
        super().__init__()
        self.kind: Final = kind


class WrongProof(Refusal):
    """The password or code of somebody who is signed in is wrong, used already, or too old."""

    words = N_("That is wrong, was used already, or came too late.")


class ClockWrong(Refusal):
    """The machine's clock is behind the latest time seen, so that no phone code can be judged."""

    words = N_(
        "The machine's clock is wrong: it shows {now}, but it was {latest} before. Phone codes cannot be checked; recovery codes work."
    )

    def __init__(self, now: str, latest: str) -> None:
        super().__init__(now=now, latest=latest)


class TotpMissing(Refusal):
    """It takes TOTP, and the person has none."""

    words = N_("This takes phone codes. Set them up first, in your security.")


class TotpRequired(Refusal):
    """The shop's policy asks the person for TOTP."""

    words = N_("The shop asks you for phone codes, so they stay on.")


class OfferGone(Refusal):
    """The offer of the shop was withdrawn, answered, or is more than a day old."""

    words = N_("This offer is no longer open.")
