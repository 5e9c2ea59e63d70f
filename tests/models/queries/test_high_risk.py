"""High-risk acts by day: every one that somebody may see is counted, on the shop's day that it fell on."""

from __future__ import annotations

import json

import pytest

from models import clock, db
from models.actor import Actor
from models.clock import HOUR
from models.entry_sql import Entry, Thing
from models.operations import roles
from models.operations._journal import write
from models.queries import high_risk
from models.queries.audit import Wanted, page
from models.queries.high_risk import DAYS
from models.queries.shop import current
from tests.factories import DAY, Founded, signed_in
from tests.models.doors import Watch


def done(actor: Actor, at: int, action: str, label: str = "bob", kind: str = "staff") -> None:
    """Write an act of somebody's down, whenever it was."""
    with db.transaction():
        write(actor, at, [Entry(action, Thing(kind, None, label), {}, {"act": "x"} if kind == "permission" else {})])


def counts(actor: Actor) -> dict[str, int]:
    """The days with any, as the actor sees them."""
    return {day.day: day.acts for day in high_risk.daily(actor) if day.acts}


@pytest.fixture
def now(little_shop: Founded, watch: Watch) -> int:
    """Noon in Shanghai, long after the shop was founded: what founding wrote is over."""
    del little_shop
    at = (watch.now // DAY + 100) * DAY + 4 * HOUR
    clock.set_clock(lambda: at)
    return at


def test_thirty_days_today_last(little_shop: Founded, now: int) -> None:
    """Each with its first moment; days without anything are among them."""
    days = high_risk.daily(little_shop.console)
    assert len(days) == DAYS
    assert [day.acts for day in days] == [0] * DAYS
    assert days[-1].day == clock.day(now, "Asia/Shanghai")
    assert all(clock.day(day.since, "Asia/Shanghai") == day.day for day in days)
    assert all(clock.day(day.since - 1, "Asia/Shanghai") < day.day for day in days)


def test_acts_fall_on_the_shops_days(little_shop: Founded, now: int) -> None:
    """The last moment of a day and the first of the next one are two days; what is older, or not high-risk, does not count."""
    first = high_risk.daily(little_shop.console)
    for at in (first[0].since - 1, first[0].since, first[5].since - 1, first[5].since, now):
        done(little_shop.console, at, "security.limit")
        done(little_shop.console, at, "staff.edit")
    assert counts(little_shop.console) == {first[0].day: 1, first[4].day: 1, first[5].day: 1, first[-1].day: 1}


def test_acts_in_other_programs_have_the_risk_of_their_permission(little_shop: Founded, now: int) -> None:
    """Allowed or refused, of a high-risk permission; of others, and of a thing that is merely called so, not."""
    today = clock.day(now, "Asia/Shanghai")
    done(little_shop.console, now, "program.allow", "refund.approve", "permission")
    done(little_shop.console, now, "program.refuse", "refund.approve", "permission")
    done(little_shop.console, now, "program.allow", "goods.view", "permission")
    done(little_shop.console, now, "staff.edit", "refund.approve", "permission")
    done(little_shop.console, now, "program.allow", "refund.approve", "staff")
    assert counts(little_shop.console) == {today: 2}


def test_each_sees_what_the_log_shows_them(little_shop: Founded, now: int) -> None:
    """The owner everything, a lead the department and below, staff their own: as many as the log lists."""
    roles.add(little_shop.console, "Lead", ("audit.view",))
    little_shop.person("leo", gave=["Lead"], department_id=1)
    little_shop.person("ann", department_id=1)
    little_shop.person("zoe", department_id=2)
    for login, times in (("leo", 1), ("ann", 2), ("zoe", 4)):
        for _time in range(times):
            done(Actor(login), now, "security.limit")
    seen = {"leo": 3, "ann": 2, "zoe": 4}
    for login, expected in seen.items():
        actor = signed_in(login)
        assert sum(counts(actor).values()) == expected
        assert len(page(actor, Wanted(risk="high", since=now - 29 * DAY)).rows) == expected
    everything = sum(counts(little_shop.console).values())
    assert everything == len(page(little_shop.console, Wanted(risk="high", since=now - 29 * DAY)).rows)
    assert everything >= 7


def test_what_a_clock_that_ran_ahead_wrote_counts_today(little_shop: Founded, now: int) -> None:
    """The log lists it among the newest; it must not be missing from the bars."""
    done(little_shop.console, now + 3 * DAY, "security.limit")
    assert counts(little_shop.console) == {clock.day(now, "Asia/Shanghai"): 1}


def test_where_clocks_change_no_act_is_lost(little_shop: Founded) -> None:
    """A day of 23 hours and one of 25 begin and end where the zone says."""
    for_ever = clock.instant("2026-03-30T12:00:00.000000Z")
    clock.set_clock(lambda: for_ever)
    db.database.execute_sql("UPDATE shop SET zone = 'Europe/Berlin'")
    assert current().zone == "Europe/Berlin"
    days = high_risk.daily(little_shop.console)
    by_day = {day.day: day.since for day in days}
    assert by_day["2026-03-30"] - by_day["2026-03-29"] == 23 * HOUR
    for at in (by_day["2026-03-29"], by_day["2026-03-30"] - 1):
        done(little_shop.console, at, "security.limit")
    assert counts(little_shop.console)["2026-03-29"] == 2


def test_a_log_without_anything_of_late(little_shop: Founded, now: int) -> None:
    """Where nothing at all was written for thirty days, thirty days of nothing are shown."""
    assert json.dumps(counts(little_shop.console)) == "{}"
    assert now > 0
