"""High-risk acts on screen: a bar for each day, said in words, too, and the acts themselves."""

from __future__ import annotations

from typing import Any, Final

import pytest

from models import clock, db
from models.operations import roles
from models.queries.high_risk import DAYS, Day
from screens.audit import AuditScreen
from screens.audit_entry import EntryScreen
from screens.high_risk import HighRiskScreen, bars, said
from screens.widgets.list_view import ListView
from tests.factories import AGELESS, DAY, Founded
from tests.screens.conftest import DeskFactory
from tests.screens.look import grid, settle
from tests.screens.people import may, press

NOW: Final = clock.instant("2031-04-10T04:00:00.000000Z")
"""Noon in Shanghai, long after any shop of a test was founded."""


@pytest.fixture
def shop(little_shop: Founded) -> Founded:
    """A shop in which nothing was done for years; the owner is signed in."""
    db.database.execute_sql("UPDATE session SET started_at = ?1, seen_at = ?1, proved_at = ?1", (NOW + AGELESS,))
    clock.set_clock(lambda: NOW)
    return little_shop


def make(shop: Founded, name: str, days_ago: int) -> None:
    """A high-risk act, so many days ago."""
    clock.set_clock(lambda: NOW - days_ago * DAY)
    roles.add(shop.console, name, ("goods.view",))
    clock.set_clock(lambda: NOW)


def listed(app: Any) -> list[str]:
    """The sentences in the list."""
    shown = app.screen.query_one("#entries", ListView)
    return [str(row.cells[3]) for row in shown.source.window(0, 40)]


def days(*acts: int) -> tuple[Day, ...]:
    """Days with so many acts each."""
    return tuple(Day(f"2026-03-{place + 1:02}", place, number) for place, number in enumerate(acts))


def test_a_bar_is_as_high_as_its_day_was_busy() -> None:
    """The busiest is full, one act is never nothing, and nothing is a dot."""
    assert bars(days(0, 1, 50, 100)).plain == "·▁▄█"
    assert bars(days(3, 3)).plain == "██"
    assert bars(days(0, 0)).plain == "··"
    assert bars(()).plain == ""
    assert bars(days(0, 1, 8), 1).plain == "·▁█"


def test_the_bars_are_said_in_words() -> None:
    """How many, today, and the busiest day, of two alike the later one."""
    assert said(days(1, 4, 4, 2)) == "11 in all, 2 today; most on 2026-03-03: 4"
    assert said(days(0, 0)) == "None in this time."


async def test_no_high_risk_act_is_one_sentence(desk: DeskFactory, shop: Founded) -> None:
    """What was done longer ago than thirty days is not among them."""
    async with desk(HighRiskScreen, may=may(shop.owner), actor=shop.owner) as (app, pilot):
        assert "None in this time." in grid(app)
        assert "·" * DAYS in grid(app)
        assert "Nothing" in grid(app)
        await press(pilot, "left", "right")
        assert listed(app) == []


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (120, 40)], ids=str)
async def test_the_last_days_one_by_one(desk: DeskFactory, shop: Founded, size: tuple[int, int]) -> None:
    """Left and right go from day to day on which there was anything; esc, or right of today, shows all; enter opens the entry."""
    make(shop, "Host", 5)
    make(shop, "Guest", 5)
    make(shop, "Scout", 0)
    async with desk(AuditScreen, may=may(shop.owner), actor=shop.owner, size=size) as (app, pilot):
        await press(pilot, "h")
        assert isinstance(app.screen, HighRiskScreen)
        assert "····█····▄" in grid(app)
        assert "3 in all, 1 today; most on 2031-04-05: 2" in grid(app)
        assert listed(app) == ["Made the role Scout", "Made the role Guest", "Made the role Host"]
        await press(pilot, "left")
        assert listed(app) == ["Made the role Scout"]
        await press(pilot, "left")
        assert listed(app) == ["Made the role Guest", "Made the role Host"]
        assert "from 2031-04-05 · until 2031-04-05" in grid(app)
        await press(pilot, "left")
        assert len(listed(app)) == 2, "before that there was nothing"
        await press(pilot, "right", "right")
        assert len(listed(app)) == 3
        await press(pilot, "left", "escape")
        assert len(listed(app)) == 3
        await press(pilot, "enter")
        assert isinstance(app.screen, EntryScreen)
        await press(pilot, "escape", "escape")
        assert isinstance(app.screen, AuditScreen)


async def test_at_midnight_the_days_move_on(desk: DeskFactory, shop: Founded) -> None:
    """What was thirty days ago yesterday is not shown tomorrow."""
    make(shop, "Host", 29)
    async with desk(HighRiskScreen, may=may(shop.owner), actor=shop.owner) as (app, pilot):
        assert listed(app) == ["Made the role Host"]
        clock.set_clock(lambda: NOW + DAY)
        assert isinstance(app.screen, HighRiskScreen)
        app.screen.look_again()
        await settle(pilot)
        assert listed(app) == []
