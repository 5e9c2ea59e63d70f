"""A clock that is wrong: noticed by the latest time that was seen, told, and set right at the machine."""

from __future__ import annotations

import pytest

from models import clock, db
from models.errors import ClockWrong, ConsoleAlone, NothingChanged, SessionEnded, WrongProof
from models.operations import ownership, presence, roles, sessions
from models.queries import activity, moments
from tests.factories import CONSOLE, PASSWORD, STRANGER, Founded, signed_in
from tests.models.doors import AFAR, Phone, Watch, come_in, enrol, proved, recovery_codes, told
from tests.models.operations.acts import recorded, refused

pytestmark = pytest.mark.usefixtures("cheap")

HOUR = 3600
DAY = 24 * HOUR


@pytest.fixture
def phone(little_shop: Founded, watch: Watch) -> Phone:
    """The owner's, whose clock stays right whatever the machine's does."""
    return enrol(little_shop.owner)


def shift(watch: Watch, phone: Phone, seconds: float) -> None:
    """The machine's clock jumps; the phone's does not."""
    watch.passes(seconds)
    phone.ahead -= seconds


@pytest.mark.parametrize("back", [121, HOUR, DAY, "1970"])
def test_d8_with_a_clock_that_went_back_no_code_is_judged_and_recovery_codes_work(
    little_shop: Founded, watch: Watch, phone: Phone, back: float | str
) -> None:
    """Whatever the code, and it says why: codes that were used long ago would be good again. Passwords work, and the log goes on."""
    made = recovery_codes(little_shop.owner)
    watch.passes(60)
    roles.add(CONSOLE, "Mine", ["goods.view"])
    right = phone.code()
    latest = clock.minute(watch.now, "Asia/Shanghai")
    watch.now = 5 if back == "1970" else watch.now - int(back) * clock.SECOND
    moment = watch.now
    assert moments.is_behind(moment)
    for code in (right, phone.code(), phone.code(1)):
        with pytest.raises(ClockWrong) as wrong:
            come_in("owner", code)
        assert latest in str(wrong.value)
        assert clock.minute(moment, "Asia/Shanghai") in str(wrong.value)
    with pytest.raises(ClockWrong):
        presence.prove(little_shop.owner, right)
    with pytest.raises(ClockWrong):
        sessions.resynchronise(STRANGER, proved("owner"), phone.code(), phone.code(1))
    assert told("session.refuse") == ['{"because":"clock"}'] * 4
    come_in("owner", made[3], AFAR)
    little_shop.person("bob")
    sessions.sign_in(STRANGER, "bob", PASSWORD)


def test_d8_two_minutes_back_are_no_wrong_clock(little_shop: Founded, watch: Watch, phone: Phone) -> None:
    """A clock that is set right jumps by less."""
    watch.passes(300)
    presence.seen(signed_in("owner", ages=True))
    roles.add(CONSOLE, "Mine", ["goods.view"])
    shift(watch, phone, -120)
    assert not moments.is_behind(watch.now)
    watch.passes(-0.000001)
    assert moments.is_behind(watch.now)


@pytest.mark.parametrize("ahead", [HOUR, DAY, 365 * DAY])
def test_d8_with_a_clock_that_went_ahead_codes_are_wrong_until_it_is_set_right(
    little_shop: Founded, watch: Watch, phone: Phone, ahead: float
) -> None:
    """The machine cannot know; set right, its clock is behind what it saw, and the operator says that it is right."""
    made = recovery_codes(little_shop.owner)
    watch.passes(60)
    shift(watch, phone, ahead)
    with pytest.raises(WrongProof):
        come_in("owner", phone.code())
    come_in("owner", made[1])
    shift(watch, phone, -ahead)
    with pytest.raises(ClockWrong):
        come_in("owner", phone.code())
    before = watch.now
    old, new = ownership.accept_clock(CONSOLE)
    assert (old, new) == (before + ahead * clock.SECOND, before)
    come_in("owner", phone.code())
    assert moments.latest() == before


def test_d8_the_operator_accepts_the_present_time_with_an_entry(little_shop: Founded, watch: Watch, phone: Phone) -> None:
    """At the machine alone, and only where it is behind; later times are taken for the latest again."""
    refused(lambda: ownership.accept_clock(CONSOLE), NothingChanged)
    watch.passes(-DAY)
    refused(lambda: ownership.accept_clock(little_shop.owner), ConsoleAlone)
    (entry,) = recorded(lambda: ownership.accept_clock(CONSOLE))
    assert (entry.actor, entry.action, entry.label) == ("console:tester", "clock.accept", "Little Shop")
    assert entry.old == {"latest": clock.rfc3339(watch.now + DAY * clock.SECOND)}
    assert entry.new == {"now": clock.rfc3339(watch.now)}
    refused(lambda: ownership.accept_clock(CONSOLE), NothingChanged)
    watch.passes(HOUR)
    roles.add(CONSOLE, "Mine", ["goods.view"])
    watch.passes(-HOUR)
    assert moments.is_behind(watch.now)


def test_d8_a_step_that_was_used_stays_used_whatever_the_clock(little_shop: Founded, watch: Watch, phone: Phone) -> None:
    """Accepting an earlier time brings no old code back."""
    watch.passes(60)
    seen = [phone.code(steps) for steps in (-1, 0)]
    come_in("owner", phone.code())
    watch.passes(-DAY)
    ownership.accept_clock(CONSOLE)
    watch.passes(DAY)
    for code in seen:
        with pytest.raises(WrongProof):
            come_in("owner", code)


def test_d8_a_clock_that_was_ahead_locks_nobody_out_and_leaves_no_session_behind(little_shop: Founded, watch: Watch) -> None:
    """Failures of next year would count as of now for a year, and a session of then would last as long."""
    for _ in range(5):
        with pytest.raises(Exception, match="do not match"):
            sessions.sign_in(AFAR, "owner", "wrong")
    db.rows("DELETE FROM failure")
    watch.passes(365 * DAY)
    ahead = sessions.sign_in(STRANGER, "owner", PASSWORD)
    for _ in range(5):
        with pytest.raises(Exception, match="do not match"):
            sessions.sign_in(AFAR, "owner", "wrong")
    watch.passes(-365 * DAY)
    with pytest.raises(Exception, match="Too many"):
        sessions.sign_in(AFAR, "owner", PASSWORD)
    ownership.accept_clock(CONSOLE)
    assert sessions.sign_in(AFAR, "owner", PASSWORD)
    with pytest.raises(SessionEnded):
        activity.held(ahead)


def test_d8_what_a_session_saw_counts_as_seen(little_shop: Founded, watch: Watch) -> None:
    """A shop in which nothing is done for days still knows what day it is."""
    owner = signed_in("owner", ages=True)
    watch.passes(500)
    presence.seen(owner)
    assert moments.latest() == watch.now
    watch.passes(-200)
    presence.seen(owner)
    assert moments.latest() == watch.now + 200 * clock.SECOND
