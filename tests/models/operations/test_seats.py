"""The ledger of seats: who may write in it, what counts, what is refused; and that nobody comes in without a free seat."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from models import clock, db, shop as shops
from models.clock import DAY
from models.errors import Invalid, NothingChanged, OwnerAlone, SeatNone, SeatsOver, Unknown
from models.operations import onboarding, seats, shop, staff
from models.operations.onboarding import Newcomer
from models.operations.staff import Profile
from models.queries import seats as queries
from models.queries.seats import COUNTS, ENDED, LATER, OVER, WAITING, Seats
from tests import factories
from tests.factories import CONSOLE, Founded
from tests.models.operations.acts import Entry, recorded, refused

NEW_YEAR = clock.instant("2027-01-31T04:00:00Z")
"""Noon of 31 January in Shanghai."""


class Watch:
    """A clock that tests move."""

    now = NEW_YEAR

    def __call__(self) -> int:
        """What it shows."""
        return self.now


@pytest.fixture
def at(little_shop: Founded) -> Watch:
    """It is 31 January; the shop stands since long before."""
    watch = Watch()
    clock.set_clock(watch)
    db.database.execute_sql("INSERT OR REPLACE INTO setting (name, value) SELECT 'clock_from', max(seq) FROM audit_entry")
    return watch


def states() -> dict[int, str]:
    """What has become of each line."""
    return {row.id: row.state for row in queries.ledger(CONSOLE)}


def line(seats_id: int) -> queries.SeatsRow:
    """A line as it is now."""
    return next(row for row in queries.ledger(CONSOLE) if row.id == seats_id)


def day(us: int | None) -> str:
    """In the shop's zone, to the minute."""
    return "" if us is None else clock.minute(us, "Asia/Shanghai")


def come_in(login: str) -> None:
    """Somebody is onboarded."""
    onboarding.onboard(CONSOLE, Newcomer(login, Profile(login), "service"))


def test_nobody_but_the_owner_and_the_operator_writes_in_the_ledger(little_shop: Founded) -> None:
    """A manager who tries is refused, changes nothing, and is in the log, whatever they try."""
    manager = little_shop.person("meg", gave=["manager"])
    bought = seats.buy(little_shop.owner, 1, 200, 1)
    tries: tuple[Callable[[], object], ...] = (
        lambda: seats.count(manager, on=True),
        lambda: seats.gift(manager, 5),
        lambda: seats.claim(manager, bought),
        lambda: seats.buy(manager, 5, 200, 1),
        lambda: seats.renew(manager, bought),
        lambda: seats.end(manager, bought),
        lambda: queries.ledger(manager),
        lambda: queries.summary(manager),
    )
    for attempt in tries[:6]:
        assert str(refused(attempt, OwnerAlone)) == "Only the owner may do this."
    for attempt in tries[6:]:
        with pytest.raises(OwnerAlone):
            attempt()
    assert seats.gift(CONSOLE, 5) == bought + 1


def test_each_act_is_an_entry_with_what_was_meant(little_shop: Founded, at: Watch) -> None:
    """Lines by their number, money as it is written, days as moments; of an end, what it ended."""
    first, last = "2027-01-30T16:00:00.000000Z", "2027-02-27T15:59:59.999999Z"
    assert recorded(lambda: seats.count(CONSOLE, on=True)) == [
        Entry("console:tester", "seats.count", "Little Shop", {"counted": False}, {"counted": True})
    ]
    days = {"since": first, "until": last}
    assert recorded(lambda: seats.buy(CONSOLE, 3, 250, 1))[0].new == {"line": 1, "seats": 3, "price": "2.50", "months": 1, **days}
    assert recorded(lambda: seats.gift(CONSOLE, 2))[0].new == {"line": 2, "seats": 2, "since": first, "until": None}
    assert recorded(lambda: seats.claim(CONSOLE, 2))[0].new == {"line": 2, "seats": 2, "since": first, "until": None}
    (ended,) = recorded(lambda: seats.end(CONSOLE, 1))
    assert (ended.action, ended.old) == ("seats.end", {"line": 1, "kind": "bought", "seats": 3, **days})
    assert {row.id: (row.recorded_by, row.claimed_by, row.ended_by) for row in queries.ledger(CONSOLE)} == {
        1: ("console:tester", "console:tester", "console:tester"),
        2: ("console:tester", "console:tester", None),
    }


def test_seats_that_are_bought_count_through_the_day_before_another_month_would_begin(little_shop: Founded, at: Watch) -> None:
    """31 January and a month: through 27 February, to its last moment; the first day counts from its beginning."""
    bought = seats.buy(CONSOLE, 3, 200, 1)
    assert [day(line(bought).since), day(line(bought).until)] == ["2027-01-31 00:00", "2027-02-27 23:59"]
    at.now = line(bought).until or 0
    assert states() == {bought: COUNTS}
    at.now += 1
    assert states() == {bought: OVER}
    refused(lambda: seats.end(CONSOLE, bought), SeatsOver)


def test_days_are_the_shops_own_also_where_clocks_are_changed(little_shop: Founded, at: Watch) -> None:
    """In a zone whose clocks change in between, and in one whose midnight is left out, they begin and end with days all the same."""
    for zone, since, end in (("Europe/Berlin", "2027-03-15", "2027-04-14"), ("Asia/Beirut", "2027-02-28", "2027-03-27")):
        version = db.rows("SELECT version FROM shop")[0][0]
        shop.edit(CONSOLE, version, name="Little Shop", code="little-shop", language="en", zone=zone)
        row = line(seats.buy(CONSOLE, 1, 200, 1, clock.start_of_day(since, zone) + 5))
        assert (row.since, row.until) == (clock.start_of_day(since, zone), clock.end_of_day(end, zone))
        again = line(seats.renew(CONSOLE, row.id))
        assert again.since == (row.until or 0) + 1
        assert queries.purchase(again, zone).first == queries.purchase(row, zone).after


def test_gifted_seats_count_once_they_are_claimed_and_not_before_their_day(little_shop: Founded, at: Watch) -> None:
    """And not twice; what is bought is claimed as it is written down; what is over cannot be claimed any more."""
    gifted = seats.gift(CONSOLE, 5, NEW_YEAR + DAY, NEW_YEAR + 3 * DAY)
    lapses = seats.gift(CONSOLE, 5, None, NEW_YEAR + DAY)
    assert states() == {gifted: WAITING, lapses: WAITING}
    seats.claim(CONSOLE, gifted)
    assert states()[gifted] == LATER
    refused(lambda: seats.claim(CONSOLE, gifted), NothingChanged)
    refused(lambda: seats.claim(CONSOLE, seats_id=99), Unknown)
    at.now += DAY
    assert states()[gifted] == COUNTS
    at.now += DAY
    assert states()[lapses] == OVER
    refused(lambda: seats.claim(CONSOLE, lapses), SeatsOver)
    bought = seats.buy(CONSOLE, 1, 0, 1)
    refused(lambda: seats.claim(CONSOLE, bought), NothingChanged)
    at.now += 2 * DAY
    assert states()[gifted] == OVER


def test_what_is_ended_stays_in_the_ledger_and_is_not_ended_twice(little_shop: Founded, at: Watch) -> None:
    """Whether it counted, waited or was to begin; an end is not taken back by claiming."""
    waiting, counts = seats.gift(CONSOLE, 1), seats.buy(CONSOLE, 1, 200, 1)
    later = seats.buy(CONSOLE, 1, 200, 1, NEW_YEAR + 9 * DAY)
    for each in (waiting, counts, later):
        seats.end(CONSOLE, each)
        refused(partial(seats.end, CONSOLE, each), SeatsOver)
        refused(partial(seats.claim, CONSOLE, each), SeatsOver)
    assert set(states().values()) == {ENDED}
    refused(lambda: seats.end(CONSOLE, 99), Unknown)
    refused(lambda: seats.renew(CONSOLE, counts), SeatsOver)


def test_the_same_seats_are_bought_again_from_the_moment_they_end(little_shop: Founded, at: Watch) -> None:
    """As many, at the same price, for as many months; only once, unless there are two alike; over ones from today on."""
    bought = seats.buy(CONSOLE, 3, 250, 2)
    again = line(seats.renew(CONSOLE, bought))
    assert (again.number, again.price, day(again.since), day(again.until)) == (3, 250, "2027-03-31 00:00", "2027-05-30 23:59")
    refused(lambda: seats.renew(CONSOLE, bought), NothingChanged)
    seats.buy(CONSOLE, 3, 250, 2)
    seats.renew(CONSOLE, bought)
    refused(lambda: seats.renew(CONSOLE, bought), NothingChanged)
    gifted, endless = seats.gift(CONSOLE, 1), factories.seats(1, "bought")
    for each in (gifted, endless, 99):
        refused(partial(seats.renew, CONSOLE, each), Unknown)
    over = factories.seats(1, "bought", price=200, since=NEW_YEAR - 60 * DAY, until=NEW_YEAR - 30 * DAY)
    assert day(line(seats.renew(CONSOLE, over)).since) == "2027-01-31 00:00"


@pytest.mark.parametrize(
    ("number", "price", "months", "since", "field"),
    [
        (0, 200, 1, 0, "number"),
        (-5, 200, 1, 0, "number"),
        (10_001, 200, 1, 0, "number"),
        (1, -1, 1, 0, "price"),
        (1, 1_000_001, 1, 0, "price"),
        (1, 200, 0, 0, "months"),
        (1, 200, 121, 0, "months"),
        (1, 200, 1, 3_654, "since"),
        (1, 200, 1, -3_654, "since"),
        (1, 200, 1, 1 << 40, "since"),
        (1, 200, 1, -32, "months"),  # over by now
    ],
)
def test_a_purchase_has_its_bounds(little_shop: Founded, at: Watch, number: int, price: int, months: int, since: int, field: str) -> None:
    """However it was called: screens and the command line are not the only ones."""
    assert refused(lambda: seats.buy(CONSOLE, number, price, months, NEW_YEAR + since * DAY), Invalid).field == field
    assert seats.buy(CONSOLE, 10_000, 1_000_000, 120, NEW_YEAR + 3_650 * DAY)


def test_a_gift_has_its_bounds(little_shop: Founded, at: Watch) -> None:
    """It does not end before it begins, or before today, or in a thousand years."""
    for number, since, until, field in ((0, 0, 0, "number"), (1, 9_999, 9_999, "since"), (1, 0, 9_999, "until"), (1, 5, 4, "until")):
        act = partial(seats.gift, CONSOLE, number, NEW_YEAR + since * DAY, NEW_YEAR + until * DAY)
        assert refused(act, Invalid).field == field
    assert refused(lambda: seats.gift(CONSOLE, 1, NEW_YEAR - 9 * DAY, NEW_YEAR - DAY), Invalid).field == "until"
    assert line(seats.gift(CONSOLE, 1, NEW_YEAR, NEW_YEAR)).state == WAITING


def test_counting_is_turned_on_with_more_people_than_seats_and_nobody_is_shut_out(little_shop: Founded, at: Watch) -> None:
    """From then on nobody comes in and nobody comes back, until there are seats, or it is turned off."""
    for login in ("alice", "bob"):
        come_in(login)
    refused(lambda: seats.count(CONSOLE, on=False), NothingChanged)
    seats.count(CONSOLE, on=True)
    refused(lambda: seats.count(CONSOLE, on=True), NothingChanged)
    assert (known := queries.counted(at.now)) == Seats(2, 0)
    assert known is not None
    assert (known.free, known.over) == (0, 2)
    assert [row[0] for row in db.rows("SELECT status FROM staff WHERE is_owner = 0")] == ["invited", "invited"]
    refused(lambda: come_in("carol"), SeatNone)
    bob = little_shop.id_of("bob")
    staff.leave(CONSOLE, bob)
    refused(lambda: staff.reinstate(CONSOLE, bob), SeatNone)
    seats.buy(CONSOLE, 2, 200, 1)
    staff.reinstate(CONSOLE, bob)
    refused(lambda: come_in("carol"), SeatNone)
    seats.count(CONSOLE, on=False)
    come_in("carol")


def test_after_their_last_moment_nobody_new_comes_in_and_who_is_here_stays(little_shop: Founded, at: Watch) -> None:
    """Purchases that begin later do not count before; a clock that is set back makes seats good again for nobody."""
    seats.count(CONSOLE, on=True)
    bought = seats.buy(CONSOLE, 2, 200, 1)
    seats.buy(CONSOLE, 5, 200, 1, NEW_YEAR + 60 * DAY)
    come_in("alice")
    last = line(bought).until or 0
    at.now = last
    come_in("bob")
    at.now = last + 1
    assert queries.counted(at.now) == Seats(2, 0)
    refused(lambda: come_in("carol"), SeatNone)
    seats.gift(CONSOLE, 1)  # leaves an entry, by which it is known how late it was
    at.now = last - 60 * clock.SECOND
    assert queries.counted(at.now) == Seats(2, 0)


def _race(home: Path, login: str, start: Any, answers: Any) -> None:
    start.wait()
    shops.open(home)
    try:
        come_in(login)
        answers.put("in")
    except SeatNone:
        answers.put("none")
    finally:
        shops.close()


def test_two_who_are_onboarded_at_once_for_the_last_seat_do_not_both_get_it(little_shop: Founded) -> None:
    """From two processes that begin together."""
    seats.count(CONSOLE, on=True)
    factories.seats(1)
    spawn = multiprocessing.get_context("fork")
    start, answers = spawn.Barrier(2), spawn.Queue()
    shops.close()
    racers = [spawn.Process(target=_race, args=(little_shop.home, login, start, answers)) for login in ("alice", "bob")]
    for racer in racers:
        racer.start()
    assert sorted(answers.get(timeout=30) for _racer in racers) == ["in", "none"]
    for racer in racers:
        racer.join(30)
    shops.open(little_shop.home)
    assert queries.counted(clock.now()) == Seats(1, 1)
