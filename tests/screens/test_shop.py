"""The shop's own section, by keyboard."""

from __future__ import annotations

from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from models import db
from models.i18n import language
from models.operations import shop as operations, staff
from models.queries import shop
from screens.dialogs.confirm import Confirm
from screens.home import HomeScreen
from screens.shop import ShopEditScreen, ShopScreen
from screens.widgets.fact_list import FactList
from tests import hostile
from tests.factories import Founded
from tests.screens.look import LANGUAGES, SIZES, grid, settle
from tests.screens.program import at_noon, error, focused, form, program, put
from tui.app import ShopstaffApp


def front(app: ShopstaffApp) -> type[Any]:
    """The class of the screen in front, asked for anew each time."""
    return type(app.screen)


async def test_the_shop_is_renamed_by_keyboard(little_shop: Founded) -> None:
    """Enter on a line begins in that field, enter goes on, ctrl+s saves; the log has what changed and nothing else."""
    async with program(little_shop.home, actor=little_shop.owner) as (app, pilot):
        await pilot.press("8")
        await settle(pilot)
        assert front(app) is ShopScreen
        await pilot.press("down", "enter")
        await settle(pilot)
        assert front(app) is ShopEditScreen
        assert focused(app) == "code"
        await pilot.press("up", *" 二店", "down", *["backspace"] * 4, *"2nd", "ctrl+s")
        await settle(pilot)
        assert front(app) is ShopScreen
        assert "Little Shop 二店" in grid(app)
        assert "little-2nd:login" in grid(app)
    assert (shop.current().name, shop.current().code, shop.current().version) == ("Little Shop 二店", "little-2nd", 2)


async def test_what_is_wrong_is_said_beside_its_field(little_shop: Founded) -> None:
    """Nothing typed is lost, nothing is saved; least of all what would steer a terminal."""
    wrong = [
        ("name", ""),
        ("name", "x" * 41),
        ("code", "Little Shop"),
        ("code", "店"),
        *(("name", text) for text in hostile.A_FEW.values()),
    ]
    async with program(little_shop.home, actor=little_shop.owner) as (app, pilot):
        await pilot.press("8")
        await settle(pilot)
        await pilot.press("e")
        await settle(pilot)
        for field, typed in wrong:
            put(app, **{"name": "Little Shop", "code": "little-shop", field: typed})
            await pilot.press("ctrl+s")
            await settle(pilot)
            assert error(app, field), typed
            assert focused(app) == field
            assert form(app).text(field) == typed
    assert shop.current().version == 1


async def test_what_somebody_else_saved_meanwhile_is_not_overwritten(little_shop: Founded) -> None:
    """It is told, and shown: beside the field that was touched too, in the one that was not. Saving again is a decision."""
    async with program(little_shop.home, actor=little_shop.owner) as (app, pilot):
        await pilot.press("8")
        await settle(pilot)
        await pilot.press("e")
        await settle(pilot)
        put(app, name="Mine")
        operations.edit(little_shop.console, 1, name="[bold]Theirs", code="theirs", language="en", zone="Asia/Shanghai")
        await pilot.press("ctrl+s")
        await settle(pilot)
        assert front(app) is ShopEditScreen
        assert shop.current().name == "[bold]Theirs"
        assert "Nothing was overwritten" in grid(app)
        assert "Meanwhile somebody else wrote: [bold]Theirs" in grid(app)
        assert form(app).values() == {"name": "Mine", "code": "theirs", "language": "en", "zone": "Asia/Shanghai"}
        await pilot.press("ctrl+s")
        await settle(pilot)
        assert front(app) is ShopScreen
    assert (shop.current().name, shop.current().code) == ("Mine", "theirs")


async def test_another_language_is_spoken_at_once_to_whoever_chose_none(little_shop: Founded) -> None:
    """The owner, who follows the shop, reads Chinese; a manager who chose English would not."""
    async with program(little_shop.home, actor=little_shop.owner) as (app, pilot):
        await pilot.press("8")
        await settle(pilot)
        assert app.screen.query_one(FactList).select("language")
        await pilot.press("enter")
        await settle(pilot)
        assert focused(app) == "language"
        await pilot.press("right", "ctrl+s")
        await settle(pilot)
        assert front(app) is ShopScreen
        assert language() == "zh"
        assert "简体中文" in grid(app)
        assert "8 店铺" in grid(app).splitlines()[0]
    staff.set_language(little_shop.owner, "en")
    async with program(little_shop.home, actor=little_shop.owner) as (app, pilot):
        assert language() == "en"
        assert "Home" in grid(app)


async def test_saving_what_is_so_already_just_closes(little_shop: Founded) -> None:
    """No entry, no complaint."""
    before = little_shop.log()
    async with program(little_shop.home, actor=little_shop.owner) as (app, pilot):
        await pilot.press("8")
        await settle(pilot)
        await pilot.press("e")
        await settle(pilot)
        await pilot.press("ctrl+s")
        await settle(pilot)
        assert front(app) is ShopScreen
        assert little_shop.log() == before


async def test_going_back_asks_only_when_something_was_typed(little_shop: Founded) -> None:
    """Cancel keeps the form."""
    async with program(little_shop.home, actor=little_shop.owner) as (app, pilot):
        await pilot.press("8")
        await settle(pilot)
        await pilot.press("e")
        await settle(pilot)
        await pilot.press("x", "escape")
        await settle(pilot)
        assert front(app) is Confirm
        await pilot.press("enter", "backspace", "escape")
        await settle(pilot)
        assert front(app) is ShopScreen


async def test_who_may_not_edit_the_shop_does_not_see_the_section(little_shop: Founded) -> None:
    """Neither its number nor its name; and the operation would refuse."""
    person = little_shop.person("alice", gave=["service_lead"])
    async with program(little_shop.home, actor=person) as (app, pilot):
        assert "Shop" not in grid(app).splitlines()[0]
        await pilot.press("8")
        await settle(pilot)
        assert front(app) is HomeScreen


async def test_a_permission_lost_meanwhile_is_told(little_shop: Founded) -> None:
    """The screen offered it a moment ago; the operation judges anew, and nothing that was typed is gone."""
    person = little_shop.person("alice", extras=["shop.info.edit"])
    async with program(little_shop.home, actor=person) as (app, pilot):
        await pilot.press("8")
        await settle(pilot)
        await pilot.press("e")
        await settle(pilot)
        put(app, name="Mine")
        with db.transaction():
            db.database.execute_sql("UPDATE extra SET ended_at = 1, ended_by = 'x'")
        await pilot.press("ctrl+s")
        await settle(pilot)
        assert "You may not do this" in grid(app)
        assert form(app).text("name") == "Mine"
    assert shop.current().name == "Little Shop"
    assert [who for who, _action, _label in little_shop.log("act.refuse")] == ["alice"]


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("spoken", LANGUAGES)
async def test_how_it_looks(little_shop: Founded, snapshot: SnapshotAssertion, size: tuple[int, int], spoken: str) -> None:
    """The facts, and the form."""
    at_noon(little_shop, language=spoken)
    async with program(little_shop.home, actor=little_shop.owner, size=size) as (app, pilot):
        await pilot.press("8")
        await settle(pilot)
        assert grid(app) == snapshot
        await pilot.press("e")
        await settle(pilot)
        put(app, code="小")
        await pilot.press("ctrl+s")
        await settle(pilot)
        assert grid(app) == snapshot
