"""TOTP: the codes that a phone shows, six digits for every half minute (RFC 6238 with SHA-1, which every authenticator app speaks).

Seeds are kept nowhere: each follows from the shop's key, the account and the number of its enrolment. A moment is an integer, UTC
microseconds; a step counts the half minutes since 1970. Which steps were used already is for the caller to keep.
"""

from __future__ import annotations

import hmac
from base64 import b32encode
from typing import Final

from models.rules.codes import BETWEEN
from models.text import half_width

STEP: Final = 30
"""Seconds that a code stands for."""

DIGITS: Final = 6

WINDOW: Final = 1
"""Steps before and after the one expected that are taken, too: somebody types slowly, or a phone is half a minute off."""

SEED_BYTES: Final = 20
"""160 bits, as RFC 4226 (4, R6) recommends; as Base32 they need no padding."""

RESYNC_STEPS: Final = 40
"""Steps, 20 minutes, that a phone's clock may be off and still be followed (RFC 6238, 6)."""

_GROUP: Final = 4
_LONG: Final = 64  # characters: what is longer is no code, however it is spaced
_SEED: Final = b"shopstaff totp seed\0"
_CHECK: Final = b"shopstaff key check\0"


def seed(key: bytes, staff_id: int, generation: int) -> bytes:
    """The secret of one enrolment.

    Args:
        key: what the shop's key file holds.
        staff_id: whose; no two accounts share a seed.
        generation: the number of the enrolment, never used before for this account; an old phone is worth nothing after the next.
    """
    return hmac.digest(key, _SEED + staff_id.to_bytes(8, "big") + generation.to_bytes(8, "big"), "sha256")[:SEED_BYTES]


def check_value(key: bytes) -> str:
    """What the database keeps to recognise `key` by: 64 hexadecimal digits that tell nothing of it."""
    return hmac.digest(key, _CHECK, "sha256").hex()


def base32(seed: bytes) -> str:
    """`seed` as it is typed into an app that has no camera: 32 characters."""
    return b32encode(seed).decode()


def grouped(base32: str) -> str:
    """`base32` in groups of four with spaces between, as it is shown; apps take it with them."""
    return " ".join(base32[start : start + _GROUP] for start in range(0, len(base32), _GROUP))


def uri(seed: bytes, shop_code: str, login: str) -> str:
    """What the QR code says: `otpauth://totp/…`.

    At most 106 bytes for the longest shop code and login there can be, so that the picture fits a terminal of 24 rows: nothing that is
    usual anyway (SHA-1, six digits, 30 seconds) is said.
    """
    from pyotp import TOTP  # here, because few start-ups come to a code, and it takes 40 ms

    return TOTP(base32(seed)).provisioning_uri(name=login, issuer_name=shop_code)


def normalised(code: str) -> str:
    """The six digits that somebody meant by `code`, whatever white space and dashes are in it and how wide they are.

    "" when it is no such code: other digits than these ten, more or fewer, anything else.
    """
    if len(code) > _LONG:
        return ""
    code = half_width(code.translate(BETWEEN))
    return code if len(code) == DIGITS and code.isascii() and code.isdigit() else ""


def step_at(us: int) -> int:
    """The step that the moment `us` falls in."""
    return us // (STEP * 1_000_000)


def code_at(seed: bytes, step: int) -> str:
    """The code of `step`, which is 0 or more."""
    from pyotp import TOTP  # here, because few start-ups come to a code, and it takes 40 ms

    return TOTP(base32(seed), digits=DIGITS, interval=STEP).generate_otp(step)


def match(seed: bytes, code: str, now_us: int, drift: int) -> int | None:
    """The step that `code` belongs to: the one expected now, or one beside it.

    Of two that have the same code it is the nearest. Takes as long for a wrong code as for a right one. Whoever accepts the code keeps the
    step, and accepts none again that is not later.

    Args:
        seed: of the enrolment.
        code: as typed.
        now_us: this moment.
        drift: steps that the phone's clock was ahead of ours when its last code was accepted; negative when behind.
    """
    return _nearest(seed, (code,), step_at(now_us) + drift, WINDOW)


def resync(seed: bytes, first: str, second: str, now_us: int) -> int | None:
    """The step that `second` belongs to, where it is the code right after `first` on a phone whose clock is up to 20 minutes off."""
    return _nearest(seed, (first, second), step_at(now_us), RESYNC_STEPS)


def drift_of(step: int, now_us: int) -> int:
    """How many steps the phone is ahead of us whose code for `step` was accepted now: kept for the next time, never above 20 minutes."""
    return max(-RESYNC_STEPS, min(step - step_at(now_us), RESYNC_STEPS))


def _nearest(seed: bytes, codes: tuple[str, ...], middle: int, reach: int) -> int | None:
    """The step nearest to `middle`, at most `reach` away, at which the last of `codes` stands and the others in the steps before it."""
    typed = "".join(map(normalised, codes))
    before = len(codes) - 1
    first = max(0, middle - reach - before)
    shown = [code_at(seed, step) for step in range(first, middle + reach + 1)]
    found: int | None = None
    for place in range(before, len(shown)):  # all of them, so that the time says nothing of where the code was found
        step = first + place
        same = hmac.compare_digest("".join(shown[place - before : place + 1]), typed)
        if same and (found is None or abs(step - middle) < abs(found - middle)):
            found = step
    return found
