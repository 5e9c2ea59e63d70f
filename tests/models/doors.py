"""Coming in: a clock to move, a phone with a clock of its own, and the way through both factors."""

from __future__ import annotations

from typing import Final

import pytest
from pyotp import TOTP, parse_uri

from models import clock, db
from models.actor import Actor, Proved
from models.clock import SECOND
from models.errors import SecondFactorNeeded
from models.operations import recovery, sessions, totp
from models.rules.passwords import Cost
from tests.factories import PASSWORD, STRANGER

CHEAP: Final = Cost(memory=64, passes=1, lanes=1)
STEP: Final = 30 * SECOND
NEW: Final = "walnut drum 58 river"
"""A password that nobody has yet."""

AFAR: Final = Actor.stranger("203.0.113.7")
NEAR: Final = Actor.stranger("198.51.100.20")


class Watch:
    """The machine's clock; `now` is UTC microseconds."""

    def __init__(self) -> None:
        self.now = (clock.now() // STEP + 1) * STEP + 5 * SECOND

    def __call__(self) -> int:
        """What it shows."""
        return self.now

    def passes(self, seconds: float) -> None:
        """Let time go by, or back."""
        self.now += round(seconds * SECOND)


class Phone:
    """An authenticator app that was shown a QR code.

    Attributes:
        ahead: seconds that its clock is ahead of the machine's.
    """

    def __init__(self, uri: str, ahead: float = 0) -> None:
        app = parse_uri(uri)
        assert isinstance(app, TOTP)
        self.app: Final = app
        self.ahead = ahead

    def code(self, steps: int = 0) -> str:
        """What it shows, or showed or will show so many steps from now."""
        return self.app.at(int(clock.now() / SECOND + self.ahead), counter_offset=steps)

    def wrong(self) -> str:
        """Six digits that it shows at no time near now."""
        near = {self.code(steps) for steps in range(-90, 91)}
        return next(code for code in map("{:06}".format, range(1000)) if code not in near)


def enrol(actor: Actor, ahead: float = 0) -> Phone:
    """Set up TOTP; the code that was shown is used up."""
    phone = Phone(totp.begin(actor).uri, ahead)
    totp.confirm(actor, phone.code())
    return phone


def recovery_codes(actor: Actor) -> tuple[str, ...]:
    """Make recovery codes and show that they were kept."""
    made = recovery.make(actor)
    recovery.keep(actor, made[0])
    return made


def proved(login: str, stranger: Actor = STRANGER, password: str = PASSWORD) -> Proved:
    """Show the password of somebody who has a second factor."""
    with pytest.raises(SecondFactorNeeded) as needed:
        sessions.sign_in(stranger, login, password)
    return needed.value.proved


def come_in(login: str, code: str, stranger: Actor = STRANGER, password: str = PASSWORD) -> Actor:
    """Sign in with both factors."""
    return sessions.second_factor(stranger, proved(login, stranger, password), code)


def failures() -> int:
    """How many attempts are counted."""
    return int((db.row("SELECT count(*) FROM failure") or (0,))[0])


def told(action: str) -> list[str]:
    """What the log says of every entry of an action, oldest first."""
    return [new for (new,) in db.rows("SELECT new FROM audit_entry WHERE action = ? ORDER BY seq", (action,))]
