"""Seats on screen, by keyboard: the ledger, buying, claiming, ending, counting; and what is said where none is free."""

from __future__ import annotations

from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion
from textual.pilot import Pilot
from textual.screen import Screen

from models import clock
from models.i18n import LANGUAGES, Language
from models.operations import seats as operations, staff
from models.queries import seats
from screens.base import scheduled
from screens.dialogs.confirm import Confirm
from screens.dialogs.tell import Tell
from screens.home import HomeScreen
from screens.import_staff_check import ImportCheckScreen
from screens.onboard import OnboardScreen
from screens.seats import SeatsScreen
from screens.seats_new import BuySeatsScreen, GiftSeatsScreen
from screens.shop import ShopScreen
from screens.staff_detail import StaffDetailScreen
from screens.widgets.list_view import ListView
from tests import factories
from tests.factories import CONSOLE, DAY, Founded
from tests.rosters import csv_of
from tests.screens.look import SIZES, grid, settle
from tests.screens.program import NOON, Program, at_noon, error, program, put
from tui.app import ShopstaffApp

SMALL = (60, 20)


def said(app: ShopstaffApp) -> str:
    """The screen in one line, so that it does not matter where lines end."""
    return " ".join(grid(app).split())


def at(app: ShopstaffApp, screen: type[Screen[Any]]) -> bool:
    """Whether that screen is in front."""
    return isinstance(app.screen, screen)


async def press(pilot: Pilot[int], *keys: str) -> None:
    """Keys one after the other, each settled; longer words are typed."""
    for key in keys:
        await pilot.press(*(key if len(key) > 1 and key not in NAMES else [key]))
        await settle(pilot)


NAMES = {"enter", "escape", "tab", "down", "up", "end", "home", "ctrl+s", "backspace"}


async def to_seats(opened: Program) -> None:
    """Come to the screen."""
    app, pilot = opened
    await press(pilot, "8", "s")
    assert at(app, SeatsScreen)


@pytest.fixture
def shop(little_shop: Founded) -> Founded:
    """Noon of 22 November; two people work here."""
    at_noon(little_shop)
    little_shop.person("meg", name="Meg Ma", gave=["manager"])
    little_shop.person("gone", name="Gone Girl", gave=["warehouse"])
    return little_shop


def furnish() -> None:
    """A line of every kind and state."""
    operations.count(CONSOLE, on=True)
    factories.seats(5, since=NOON - 60 * DAY)
    factories.seats(2, since=NOON, until=NOON + 30 * DAY - clock.SECOND, claimed=False)
    factories.seats(4, "bought", price=200, since=NOON - 20 * DAY, until=NOON + 9 * DAY)
    operations.buy(CONSOLE, 3, 250, 12, NOON + 20 * DAY)
    factories.seats(1, "bought", price=200, since=NOON - 90 * DAY, until=NOON - DAY)
    operations.end(CONSOLE, factories.seats(10_000, "bought", price=1_000_000, since=NOON - 90 * DAY, until=NOON + 3_000 * DAY))


@pytest.mark.parametrize("size", [*SIZES, SMALL])
@pytest.mark.parametrize("language", LANGUAGES)
async def test_how_it_looks(shop: Founded, snapshot: SnapshotAssertion, size: tuple[int, int], language: Language) -> None:
    """Every state in the ledger, what it costs, what waits, what ends."""
    at_noon(shop, language=language)
    furnish()
    async with program(shop.home, actor=shop.owner, size=size) as opened:
        await to_seats(opened)
        assert grid(opened[0]) == snapshot


async def test_an_empty_ledger_says_which_keys_fill_it(shop: Founded) -> None:
    """And that seats are not counted."""
    async with program(shop.home, actor=shop.owner) as opened:
        app, _pilot = opened
        await to_seats(opened)
        assert "n writes down bought ones, g gifted ones" in said(app)
        assert "Seats are not counted: nobody is refused for want of one. 2 of 0 seats are taken" in said(app)


async def test_seats_are_bought_after_it_was_said_what_they_cost(shop: Founded) -> None:
    """Live below the form, and once more when it asks; full-width digits are understood; the cursor stands on the new line."""
    async with program(shop.home, actor=shop.owner) as opened:
        app, pilot = opened
        await to_seats(opened)
        await press(pilot, "n", "5")
        assert at(app, BuySeatsScreen)
        assert "10.00 a month, 120.00 in 12 months" in said(app)
        await press(pilot, "tab", "tab", "backspace", "backspace", "1", "tab", "2026-12-31")
        put(app, price="２．５")
        await settle(pilot)
        assert "From 2026-12-31 to 2027-01-30 12.50 a month, 12.50 in 1 month" in said(app)
        await press(pilot, "ctrl+s")
        assert at(app, Confirm)
        await press(pilot, "enter")  # Cancel has the focus
        assert seats.ledger(CONSOLE) == ()
        await press(pilot, "ctrl+s", "y")
        assert at(app, SeatsScreen)
        (row,) = seats.ledger(CONSOLE)
        assert (row.number, row.price, row.recorded_by) == (5, 250, "owner")
        assert app.screen.query_one("#ledger", ListView).key == row.id


async def test_what_cannot_be_bought_is_said_beside_its_field(shop: Founded) -> None:
    """Nothing is asked, nothing is lost; leaving asks."""
    async with program(shop.home, actor=shop.owner) as opened:
        app, pilot = opened
        await to_seats(opened)
        await press(pilot, "n", "0", "ctrl+s")
        assert error(app, "number") == "From 1 to 10,000."
        await press(pilot, "tab", *["backspace"] * 4, "2,5", "ctrl+s")
        assert error(app, "price") == "A price looks like 2 or 2.50."
        await press(pilot, "tab", "tab", "9999-12-31", "ctrl+s")
        assert at(app, BuySeatsScreen)
        await press(pilot, "escape")
        assert "Discard what was typed?" in said(app)
        await press(pilot, "y")
        assert at(app, SeatsScreen)
        assert seats.ledger(CONSOLE) == ()


async def test_gifted_seats_are_written_down_and_claimed_by_one_key(shop: Founded) -> None:
    """Which is offered on lines that wait, and not on others."""
    async with program(shop.home, actor=shop.owner) as opened:
        app, pilot = opened
        await to_seats(opened)
        await press(pilot, "g", "5", "tab", "tab", "+30d", "ctrl+s")
        assert "5 gifted seats wait to be claimed: c claims them." in said(app)
        assert "c Claim" in grid(app)
        await press(pilot, "c")
        assert "5 seats claimed." in said(app)
        assert "c Claim" not in grid(app)
        (row,) = seats.ledger(CONSOLE)
        assert (row.state, clock.day(row.until or 0, "Asia/Shanghai")) == ("counts", "2026-12-22")
        await press(pilot, "g", "ctrl+s")
        assert at(app, GiftSeatsScreen)
        assert error(app, "number") == "From 1 to 10,000."


async def test_seats_are_bought_again_and_ended_after_asking(shop: Founded) -> None:
    """Each says what follows; the key that asks is not the key that confirms."""
    operations.buy(CONSOLE, 5, 200, 1)
    async with program(shop.home, actor=shop.owner) as opened:
        app, pilot = opened
        await to_seats(opened)
        await press(pilot, "r")
        assert "Buy 5 seats again?" in said(app)
        assert "From 2026-12-22 to 2027-01-21" in said(app)
        await press(pilot, "r", "enter")
        assert len(seats.ledger(CONSOLE)) == 1
        await press(pilot, "r", "y")
        assert [row.state for row in seats.ledger(CONSOLE)] == ["counts", "later"]
        await press(pilot, "home", "r", "y")
        assert "already so" in said(app)
        await press(pilot, "x")
        assert "What was charged until now stays charged." in said(app)
        await press(pilot, "y")
        assert [row.state for row in seats.ledger(CONSOLE)] == ["later", "ended"]
        await press(pilot, "end")
        assert "x End" not in grid(app)
        await press(pilot, "enter")
        assert at(app, Tell)
        assert "Ended 2026-11-22 12:00 by owner" in said(app)


async def test_counting_is_turned_on_and_off_after_asking(shop: Founded) -> None:
    """With more people than seats it says so, and does it."""
    async with program(shop.home, actor=shop.owner) as opened:
        app, pilot = opened
        await to_seats(opened)
        await press(pilot, "t")
        assert "People now: 2. Seats: 0." in said(app)
        await press(pilot, "y")
        assert "More people than seats, 2 to 0: nobody is shut out" in said(app)
        await press(pilot, "t", "y")
        assert not seats.is_counted()
    assert [entry[1] for entry in shop.log("seats.count")] == ["seats.count"] * 2


async def test_where_no_seat_is_free_everybody_is_told_what_to_do(shop: Founded) -> None:
    """On the way in, in the wizard, before an import and when somebody is to come back; the owner where to go, others whom to ask."""
    gone = shop.id_of("gone")
    staff.leave(CONSOLE, gone)
    operations.count(CONSOLE, on=True)
    inbox = shop.home / "inbox"
    inbox.mkdir(exist_ok=True)
    (inbox / "people.csv").write_bytes(csv_of({"name": "First"}))
    for login, what in (("owner", "You add seats in the shop's section: 8, then s."), ("meg", "Ask the owner, owner.")):
        async with program(shop.home, actor=shop.owner if login == "owner" else factories.signed_in(login)) as opened:
            app, pilot = opened
            assert at(app, HomeScreen)
            assert "Too few seats" in said(app)
            await press(pilot, "4", "n")
            assert at(app, OnboardScreen)
            assert what in said(app)
            await press(pilot, "escape", "i", "enter")
            assert at(app, ImportCheckScreen)
            assert what in said(app)
            scheduled(app.push_screen(StaffDetailScreen(gone)))
            await settle(pilot)
            await press(pilot, "r")
            assert at(app, Tell)
            assert " ".join(what.split()[:2]) in said(app)  # its lines end elsewhere, in a box


async def test_home_leads_the_owner_to_seats_that_wait_or_end(shop: Founded) -> None:
    """How many, when, and what that leaves."""
    furnish()
    async with program(shop.home, actor=shop.owner, size=(120, 40)) as opened:
        app, pilot = opened
        assert "Gifted seats to claim" in said(app)
        assert "4 Seats end soon 2026-12-01 (in 9 days): 5 for 2 people" in said(app)
        app.screen.query_one(ListView).select("seats gifted")
        await press(pilot, "enter")
        assert at(app, SeatsScreen)


async def test_a_manager_is_not_offered_the_seats(shop: Founded) -> None:
    """Nor is the key anything to them."""
    async with program(shop.home, actor=factories.signed_in("meg")) as opened:
        app, pilot = opened
        await press(pilot, "8", "s")
        assert at(app, ShopScreen)
        assert "s Seats" not in grid(app)
