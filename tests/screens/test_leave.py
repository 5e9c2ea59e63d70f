"""Leaving, by keyboard: what ends, at once or at the end of a day, and that nothing happens unasked."""

from __future__ import annotations

import pytest
from textual.widgets import Input

from models import clock
from models.operations import departures, requests
from models.queries import staff as queries
from screens.leave import LeaveScreen
from screens.staff import StaffScreen
from screens.staff_detail import StaffDetailScreen
from screens.widgets.fact_list import FactList
from screens.widgets.form import Form
from tests.factories import DAY, Founded, signed_in
from tests.models.operations.acts import entries
from tests.screens.conftest import DeskFactory
from tests.screens.look import grid
from tests.screens.people import NOON, may, peopled, press, status

IN_40_DAYS = "2026-04-10"


@pytest.fixture
def shop(little_shop: Founded) -> Founded:
    """People in every state, at noon."""
    return peopled(little_shop)


def leaves_at(shop: Founded, login: str) -> str | None:
    """When somebody leaves."""
    at = queries.detail(shop.owner, shop.id_of(login)).leaves_at
    return None if at is None else clock.day(at, "Asia/Shanghai")


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (60, 20)])
async def test_everything_that_ends_and_the_way_to_end_it_are_on_one_screen(
    desk: DeskFactory, shop: Founded, size: tuple[int, int]
) -> None:
    """At every size; the focus is on when."""
    async with desk(lambda: LeaveScreen(shop.id_of("carol")), may=may(shop.owner), actor=shop.owner, size=size) as (app, pilot):
        seen = grid(app)
        assert "Carol Li 李卡 leaves" in seen
        assert "What ends for good" in seen
        assert "Service lead" in seen
        assert "today, at once" in seen
        assert "Last day" not in seen
        keys = [fact.key for fact in app.screen.query_one(FactList).facts]
        assert {"grant:role:service_lead", "grant:role:operations", "sessions"} <= set(keys)
        await press(pilot, "shift+tab", "end")
        assert app.screen.query_one(FactList).has_focus


async def test_leaving_at_once_asks_with_cancel_in_front(desk: DeskFactory, shop: Founded) -> None:
    """Enter and esc change nothing; the key that confirms is another than the one that asked."""
    async with desk(lambda: LeaveScreen(shop.id_of("carol")), may=may(shop.owner), actor=shop.owner) as (app, pilot):
        await press(pilot, "ctrl+s", "enter", "ctrl+s", "escape", "ctrl+s", "ctrl+s")
        assert status(shop, "carol") == "active"
        await press(pilot, "escape", "tab", "type:moves away", "ctrl+s", "y")
        assert not isinstance(app.screen, LeaveScreen)
    assert status(shop, "carol") == "left"
    (entry,) = [entry for entry in entries() if entry.action == "staff.leave" and entry.label == "carol"]
    assert entry.new == {"status": "left", "reason": "moves away"}


async def test_a_day_is_typed_and_said_back_with_its_distance(desk: DeskFactory, shop: Founded) -> None:
    """Below the field while it is typed, in the question, on the profile, in the list."""
    async with desk(lambda: StaffDetailScreen(shop.id_of("carol")), may=may(shop.owner), actor=shop.owner, size=(120, 40)) as (app, pilot):
        await press(pilot, "l", "right", "tab", f"type:{IN_40_DAYS}")
        assert "2026-04-10 (in 40 days)" in grid(app)
        await press(pilot, "tab", "type:retires", "enter")
        assert "leaves on 2026-04-10 (in 40 days)" in grid(app)
        await press(pilot, "y")
        assert isinstance(app.screen, StaffDetailScreen)
        assert "2026-04-10 (in 40 days)" in grid(app)
    assert (leaves_at(shop, "carol"), status(shop, "carol")) == (IN_40_DAYS, "active")
    async with desk(StaffScreen, may=may(shop.owner), actor=shop.owner, size=(120, 40)) as (app, _pilot):
        assert "leaves 2026-04-10" in grid(app)


@pytest.mark.parametrize("typed", ["", "soon", "2001-01-01", "2026-02-30"])
async def test_what_is_no_day_is_said_beside_it(desk: DeskFactory, shop: Founded, typed: str) -> None:
    """Nothing is asked, nothing planned; what was typed stays."""
    async with desk(lambda: LeaveScreen(shop.id_of("carol")), may=may(shop.owner), actor=shop.owner) as (app, pilot):
        await press(pilot, "right", "tab", f"type:{typed}", "ctrl+s")
        assert isinstance(app.screen, LeaveScreen)
        field = app.screen.query_one(Form).control_named("on")
        assert field is not None
        assert field.error
        assert app.screen.query_one(Form).text("on") == typed
    assert leaves_at(shop, "carol") is None


async def test_a_day_that_is_planned_is_shown_changed_and_taken_back(desk: DeskFactory, shop: Founded) -> None:
    """The form begins with it."""
    departures.plan(shop.owner, shop.id_of("carol"), IN_40_DAYS)
    async with desk(lambda: StaffDetailScreen(shop.id_of("carol")), may=may(shop.owner), actor=shop.owner) as (app, pilot):
        await press(pilot, "l")
        assert "2026-04-10 (in 40 days), planned by owner" in grid(app)
        assert app.screen.query_one(Form).text("on") == IN_40_DAYS
        await press(pilot, "tab", "end", *["backspace"] * 10, "type:+10d", "ctrl+s", "y")
        assert leaves_at(shop, "carol") == "2026-03-11"
        await press(pilot, "l", "u", "enter")
        assert leaves_at(shop, "carol") == "2026-03-11"
        await press(pilot, "u", "y")
        assert isinstance(app.screen, StaffDetailScreen)
    assert leaves_at(shop, "carol") is None


async def test_what_was_not_planned_is_not_offered_to_be_taken_back(desk: DeskFactory, shop: Founded) -> None:
    """The key does nothing; typing a letter into a field is typing it."""
    async with desk(lambda: LeaveScreen(shop.id_of("carol")), may=may(shop.owner), actor=shop.owner) as (app, pilot):
        await press(pilot, "u")
        assert isinstance(app.screen, LeaveScreen)
        await press(pilot, "tab", "type:us")
        assert app.screen.query_one(Form).text("reason") == "us"
        await press(pilot, "escape")
        assert "Discard what was typed?" in grid(app)


async def test_somebody_who_left_meanwhile_is_shown_no_longer(desk: DeskFactory, shop: Founded) -> None:
    """Their day came while the screen was open; the next thing that is tried writes it down and says so."""
    departures.plan(shop.owner, shop.id_of("carol"), IN_40_DAYS)
    async with desk(lambda: StaffDetailScreen(shop.id_of("carol")), may=may(shop.owner), actor=shop.owner) as (app, pilot):
        await press(pilot, "l")
        clock.set_clock(lambda: NOON + 60 * DAY)
        await press(pilot, "u", "y")
        assert status(shop, "carol") == "left"
        assert isinstance(app.screen, StaffDetailScreen)


async def test_the_version_that_was_shown_is_the_one_that_is_planned(desk: DeskFactory, shop: Founded) -> None:
    """Somebody else planned another day meanwhile: it is said, and theirs stays."""
    async with desk(lambda: LeaveScreen(shop.id_of("carol")), may=may(shop.owner), actor=shop.owner) as (app, pilot):
        await press(pilot, "right", "tab", f"type:{IN_40_DAYS}", "ctrl+s")
        departures.plan(shop.console, shop.id_of("carol"), "2026-12-31")
        await press(pilot, "y")
        assert isinstance(app.screen, LeaveScreen)
        assert isinstance(app.focused, Input)
    assert leaves_at(shop, "carol") == "2026-12-31"


async def test_who_may_not_offboard_is_offered_no_leaving(desk: DeskFactory, shop: Founded) -> None:
    """Nor standing in without the right to give."""
    async with desk(lambda: StaffDetailScreen(shop.id_of("carol")), may={"staff.view"}, actor=shop.owner) as (app, pilot):
        await press(pilot, "l", "s")
        assert isinstance(app.screen, StaffDetailScreen)
        assert "Leaving" not in grid(app)


async def test_requests_that_wait_are_shown_among_what_ends(desk: DeskFactory, shop: Founded) -> None:
    """So that whoever lets somebody go knows what is still asked for; one that was withdrawn is not."""
    zhang = signed_in("zhangsan")
    first = requests.ask(zhang, permission="refund.approve", days=3, reason="to help")
    requests.ask(zhang, permission="refund.refuse", days=3, reason="to help")
    requests.withdraw(zhang, first)
    async with desk(lambda: LeaveScreen(shop.id_of("zhangsan")), may=may(shop.owner), actor=shop.owner) as (app, _pilot):
        (fact,) = [fact for fact in app.screen.query_one(FactList).facts if fact.key == "requests"]
        assert fact.said == ("1 waits for an answer",)
