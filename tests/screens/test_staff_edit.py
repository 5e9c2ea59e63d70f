"""Editing a profile: nothing typed is lost, and nothing of somebody else's is overwritten unseen."""

from __future__ import annotations

import pytest
from syrupy.assertion import SnapshotAssertion

from models.i18n import Language
from models.operations import staff as operations
from models.operations.staff import Profile
from models.queries import staff as queries
from screens.staff_edit import StaffEditScreen
from screens.widgets.form import Form
from tests.factories import Founded, signed_in
from tests.screens.conftest import DeskFactory
from tests.screens.look import LANGUAGES, SIZES, grid
from tests.screens.people import may, peopled, press


@pytest.fixture
def shop(little_shop: Founded) -> Founded:
    """A handful of people."""
    return peopled(little_shop)


def of(shop: Founded, login: str) -> StaffEditScreen:
    """Somebody's profile, to be changed."""
    return StaffEditScreen(shop.id_of(login))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_the_fields(desk: DeskFactory, shop: Founded, size: tuple[int, int], language: Language, snapshot: SnapshotAssertion) -> None:
    """All five, as they are."""
    async with desk(lambda: of(shop, "zhangsan"), may=may(shop.owner), actor=shop.owner, size=size, language=language) as (app, _pilot):
        assert grid(app) == snapshot


async def test_what_was_typed_is_saved(desk: DeskFactory, shop: Founded) -> None:
    """From any field, by one key."""
    async with desk(lambda: of(shop, "carol"), may=may(shop.owner), actor=shop.owner) as (app, pilot):
        await press(pilot, "enter", "type:Caro", "ctrl+s")
        assert not isinstance(app.screen, StaffEditScreen)
    assert queries.detail(shop.owner, shop.id_of("carol")).nickname == "Caro"


async def test_what_is_wrong_stands_beside_its_field_and_what_was_typed_stays(desk: DeskFactory, shop: Founded) -> None:
    """A phone that is none."""
    async with desk(lambda: of(shop, "carol"), may=may(shop.owner), actor=shop.owner) as (app, pilot):
        await press(pilot, "down", "down", "down", "type:call me", "ctrl+s")
        assert isinstance(app.screen, StaffEditScreen)
        assert "call me" in grid(app)
        assert "✗ " in grid(app)
        await press(pilot, "escape")
        assert "Discard what was typed?" in grid(app)
        await press(pilot, "escape")
        assert isinstance(app.screen, StaffEditScreen)
    assert queries.detail(shop.owner, shop.id_of("carol")).phone == ""


async def test_saving_nothing_only_closes(desk: DeskFactory, shop: Founded) -> None:
    """No entry, no question."""
    before = shop.log("staff.edit")
    async with desk(lambda: of(shop, "carol"), may=may(shop.owner), actor=shop.owner) as (app, pilot):
        await press(pilot, "ctrl+s")
        assert not isinstance(app.screen, StaffEditScreen)
    assert shop.log("staff.edit") == before


async def test_of_two_who_edit_the_second_sees_what_the_first_wrote(desk: DeskFactory, shop: Founded) -> None:
    """Beside what was typed where both wrote, in the field where only the other did; saving again is then on purpose."""
    carol = shop.id_of("carol")
    async with desk(lambda: of(shop, "carol"), may=may(shop.owner), actor=shop.owner) as (app, pilot):
        await press(pilot, "down", "type:Mine")
        theirs = Profile("Carol Li 李卡", "Theirs", "C-1")
        operations.edit(signed_in("alice"), carol, queries.detail(shop.owner, carol).version, theirs)
        await press(pilot, "ctrl+s")
        assert queries.detail(shop.owner, carol).nickname == "Theirs"
        assert "changed by somebody else meanwhile" in grid(app)
        assert "Meanwhile somebody else wrote: Theirs" in grid(app)
        assert app.screen.query_one(Form).text("nickname") == "Mine"
        assert app.screen.query_one(Form).text("number") == "C-1"
        await press(pilot, "ctrl+s")
    found = queries.detail(shop.owner, carol)
    assert (found.nickname, found.number) == ("Mine", "C-1")


async def test_of_ones_own_only_how_one_is_reached(desk: DeskFactory, shop: Founded) -> None:
    """Name and number are not there to be typed into; the owner's own are."""
    carol = signed_in("carol")
    async with desk(lambda: of(shop, "carol"), may=may(carol), actor=carol) as (app, pilot):
        assert set(app.screen.query_one(Form).values()) == {"nickname", "phone", "email"}
        await press(pilot, "type:Caro", "ctrl+s")
    assert queries.detail(shop.owner, shop.id_of("carol")).nickname == "Caro"
    async with desk(lambda: of(shop, "owner"), may=may(shop.owner), actor=shop.owner) as (app, _pilot):
        assert set(app.screen.query_one(Form).values()) == {"name", "nickname", "number", "phone", "email"}
