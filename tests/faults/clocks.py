"""D8: the clock jumps while processes write: an hour, a day, to 1970 and back, for each process on its own."""

from __future__ import annotations

import time
from pathlib import Path
from random import Random
from typing import Final

from pyotp import TOTP, parse_uri

from models import clock, db, shop, sqlite
from models.actor import Actor
from models.clock import DAY, HOUR
from models.errors import ClockWrong, Refusal, SecondFactorNeeded
from models.operations import departures, onboarding, sessions, staff, totp
from models.operations.onboarding import Newcomer
from models.operations.staff import Profile
from models.queries import moments
from models.tables import Failure
from tests.factories import PASSWORD
from tests.faults import writing
from tests.faults.registry import Counted
from tests.faults.state import lost, wrong

JUMPS: Final = (0, HOUR, -HOUR, DAY, -DAY, writing.IN_1970)
WRITERS: Final = 3
EACH: Final = 12
"""Operations of a writer in a round, each by the clock as it is just then."""

IN_ONE_SHOP: Final = 10
CONSOLE: Final = Actor.console("faults")


def jumping(rounds: int) -> Counted:
    """So many rounds of writers whose clocks jump; after each, a phone code by every clock."""
    random, acknowledged, gone, bad, refused = Random(rounds), 0, 0, list[str](), 0
    for first in range(0, rounds, IN_ONE_SHOP):
        with writing.shops(sqlite.DELETE) as (home, said):
            phone = _prepare(home)
            for number in range(first, min(first + IN_ONE_SHOP, rounds)):
                bad += _write(home, said, number, random)
                times, strange = _codes(home, phone)
                refused += times
                bad += [f"round {number}: {each}" for each in (*strange, *wrong(home))]
            done, errors, _ended = writing.heard(said)
            missing = lost(home, done)
            bad += [*errors, *missing, *_departed(home)]
            acknowledged, gone = acknowledged + len(done), gone + len(missing)
    return Counted(rounds, acknowledged, gone, tuple(bad), f"{refused} phone codes refused by a clock that was behind")


def _prepare(home: Path) -> TOTP:
    """Somebody with a phone, somebody who leaves today, somebody who leaves in three days."""
    shop.open(home)
    for login, days in (("today", 0), ("later", 3)):
        code = onboarding.onboard(CONSOLE, Newcomer(login, Profile(login), "operations")).code
        sessions.activate(Actor.stranger(), login, code, PASSWORD)
        departures.plan(CONSOLE, writing.identity(login), clock.day(clock.now() + days * DAY, "Asia/Shanghai"))
    code = onboarding.onboard(CONSOLE, Newcomer("phone", Profile("phone"), "operations")).code
    sessions.activate(Actor.stranger(), "phone", code, PASSWORD)
    actor = sessions.sign_in(Actor.stranger(), "phone", PASSWORD)
    app = parse_uri(totp.begin(actor).uri)
    assert isinstance(app, TOTP)
    totp.confirm(actor, app.at(int(time.time())))
    shop.close()
    return app


def _write(home: Path, said: Path, number: int, random: Random) -> list[str]:
    seeds = [random.randrange(1 << 30) for _ in range(WRITERS)]
    writers = [
        writing.CONTEXT.Process(target=writing.write, args=(home, said, f"r{number}w{place}", seed, EACH, None, JUMPS))
        for place, seed in enumerate(seeds)
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(120)
        writer.kill()
    return [f"round {number}: a writer ended with {writer.exitcode}" for writer in writers if writer.exitcode != 0]


def _codes(home: Path, phone: TOTP) -> tuple[int, list[str]]:
    """A code of the phone, judged by each clock: how often it was refused for the clock, and where that was not as it has to be."""
    refused, strange = 0, list[str]()
    shop.open(home)
    try:
        for jump in JUMPS:
            with db.transaction():  # codes that were refused would keep the next ones waiting, by row P4
                Failure.delete().execute()
            clock.set_clock(writing.jumped(jump))
            behind = moments.is_behind(clock.now())
            answer = _entered(phone)
            refused += answer is ClockWrong
            if (answer is ClockWrong) != behind:
                strange.append(f"clock at {jump}: behind is {behind}, the code was answered by {answer}")
    finally:
        clock.set_clock(None)
        shop.close()
    return refused, strange


def _entered(phone: TOTP) -> type[Exception] | None:
    """How a sign-in with the right password and the right code ends; None where it lets in."""
    try:
        sessions.sign_in(Actor.stranger(), "phone", PASSWORD)
    except SecondFactorNeeded as needed:
        try:
            sessions.second_factor(Actor.stranger(), needed.proved, phone.at(int(clock.now() / clock.SECOND)))
        except Refusal as refusal:
            return type(refusal)
    return None


def _departed(home: Path) -> list[str]:
    """Nobody is gone for good by a clock that was ahead: who leaves in three days is there, who left comes back by a code."""
    shop.open(home)
    try:
        status = dict(db.rows("SELECT login, status FROM staff WHERE login IN ('today', 'later')"))
        if status["later"] != "active":
            return [f"who leaves in three days is {status['later']}"]
        if status["today"] == "left":
            code = staff.reinstate(CONSOLE, writing.identity("today")).code
            sessions.activate(Actor.stranger(), "today", code, PASSWORD)
    except Refusal as refusal:
        return [f"who left by a clock that was ahead cannot come back: {refusal!r}"]
    else:
        return []
    finally:
        shop.close()
