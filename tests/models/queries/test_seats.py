"""What the owner reads of seats: the ledger's order, what they cost, what ends; and who is told of it on the way in."""

from __future__ import annotations

import pytest

from models import clock, db
from models.clock import DAY
from models.operations import departures, seats as operations, staff
from models.queries import home, seats
from models.queries.seats import Ending, Notice, Seats, counted, ledger, summary
from tests import factories
from tests.factories import CONSOLE, Founded
from tests.screens.program import NOON


@pytest.fixture
def shop(little_shop: Founded) -> Founded:
    """Noon of 22 November in Shanghai, in a shop where seats are counted and two people work, one of them frozen."""
    clock.set_clock(lambda: NOON)
    db.database.execute_sql("INSERT OR REPLACE INTO setting (name, value) SELECT 'clock_from', max(seq) FROM audit_entry")
    little_shop.person("meg", gave=["manager"])
    little_shop.person("fred", gave=["warehouse"])
    little_shop.person("invited", status="invited")
    staff.freeze(CONSOLE, little_shop.id_of("fred"))
    operations.count(CONSOLE, on=True)
    return little_shop


def bought(number: int, since: int, until: int, price: int = 200) -> int:
    """Seats that are bought from one day to another, counted from today."""
    zone = "Asia/Shanghai"
    first = clock.start_of_day(clock.day(NOON + since * DAY, zone), zone)
    return factories.seats(number, "bought", price=price, since=first, until=clock.end_of_day(clock.day(NOON + until * DAY, zone), zone))


def told(shop: Founded, login: str = "owner") -> Notice | None:
    """What somebody is told of seats on the way in."""
    actor = shop.owner if login == "owner" else factories.signed_in(login)
    return home.today(actor).reminders.seats


def test_invited_and_frozen_people_take_a_seat_and_who_left_none(shop: Founded) -> None:
    """Nor the owner, nor whoever has a last day that is over, written down or not."""
    factories.seats(9)
    assert counted(NOON) == Seats(3, 9)
    departures.plan(CONSOLE, shop.id_of("fred"), clock.day(NOON, "Asia/Shanghai"))
    assert counted(NOON) == Seats(3, 9)
    assert counted(NOON + DAY) == Seats(2, 9)
    staff.leave(CONSOLE, shop.id_of("invited"))
    assert counted(NOON + DAY) == Seats(1, 9)
    operations.count(CONSOLE, on=False)
    assert counted(NOON) is None
    assert summary(shop.owner).counted is False


def test_the_ledger_shows_first_what_waits_and_last_what_is_past(shop: Founded) -> None:
    """Those that count by their end, those without one last of them; then what begins later, by its day; then the past, newest first."""
    endless, late, soon = factories.seats(1), bought(1, 0, 90), bought(1, -9, 3)
    far, near = bought(1, 50, 80), bought(1, 20, 50)
    old, older = bought(1, -60, -30), bought(1, -90, -60)
    waiting, waits_without_end = factories.seats(1, until=NOON + DAY, claimed=False), factories.seats(1, claimed=False)
    mistake = bought(1, 0, 30)
    operations.end(CONSOLE, mistake)
    order = [waiting, waits_without_end, soon, late, endless, near, far, mistake, old, older]
    assert [row.id for row in ledger(shop.owner)] == order
    assert seats.one(99, NOON) is None


def test_this_month_and_the_next_cost_what_is_charged_in_them(shop: Founded) -> None:
    """What ends, begins or was ended early meanwhile included; gifts cost nothing, and what was charged stays charged."""
    factories.seats(50)
    bought(1, -30, 60, price=1)  # from 23 October on: charged on 23 November, and on 23 December
    bought(1, -92, -1, price=10)  # from 22 August through yesterday: charged the last time on 22 October
    bought(1, 15, 45, price=100)  # begins in December
    operations.end(CONSOLE, bought(1, -1, 60, price=1_000))  # from yesterday, ended today
    operations.end(CONSOLE, bought(1, 20, 60, price=10_000))  # ended before it began
    found = summary(shop.owner)
    assert (found.this_month, found.next_month) == (1_001, 101)
    assert (found.seats, found.unclaimed, found.later) == (Seats(3, 51), 0, 1)


def test_what_ends_within_two_weeks_is_warned_of_with_what_it_leaves(shop: Founded) -> None:
    """The first moment at which there are fewer, how many fewer there will be at the lowest, and none of what others make up for."""
    factories.seats(2)
    last = bought(3, -20, 14)
    assert summary(shop.owner).ending is None  # its last moment is a little further off
    operations.end(CONSOLE, last)
    first = bought(3, -20, 9)
    bought(1, -20, 11)
    ends = seats.one(first, NOON)
    assert ends is not None
    assert summary(shop.owner).ending == Ending(4, ends.until or 0, 2)
    bought(3, 10, 40)  # from the moment the first ends
    found = summary(shop.owner).ending
    assert found is not None
    assert (found.number, found.left) == (1, 5)
    bought(1, 9, 40)  # before the other ends
    assert summary(shop.owner).ending is None
    assert summary(shop.owner).later == 4


def test_the_owner_is_told_what_waits_what_ends_and_that_there_are_too_few(shop: Founded) -> None:
    """Whoever onboards is told of too few only, and whom to ask; nobody is told anything where they are not counted."""
    assert told(shop) == Notice(Seats(3, 0), 0, None, "owner", is_owner=True)
    assert told(shop, "meg") == Notice(Seats(3, 0), 0, None, "owner", is_owner=False)
    enough = factories.seats(3)
    assert told(shop) is None
    factories.seats(2, claimed=False)
    ends = bought(1, -20, 9)
    found = told(shop)
    assert found is not None
    assert (found.unclaimed, found.ending and found.ending.left, found.seats.over) == (2, 3, 0)
    assert told(shop, "meg") is None
    operations.end(CONSOLE, ends)
    operations.end(CONSOLE, enough)
    operations.count(CONSOLE, on=False)
    assert told(shop) is None
    assert told(shop, "meg") is None


def test_staff_who_do_not_onboard_hear_nothing_of_seats(shop: Founded) -> None:
    """It is nothing that they could do anything about."""
    operations.count(CONSOLE, on=False)
    shop.person("sue", post="service", gave=["customer_service"])
    operations.count(CONSOLE, on=True)
    assert told(shop, "sue") is None
