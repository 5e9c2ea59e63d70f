"""Ticking what is in a role, and saving it."""

from __future__ import annotations

from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion
from textual.pilot import Pilot

from models import clock, db
from models.catalogue import permissions
from models.i18n import Language
from models.operations import roles
from models.queries import roles as queries
from screens.base import DeskScreen
from screens.role_detail import RoleDetailScreen
from screens.role_holders import RoleHoldersScreen
from screens.widgets.list_view import ListView
from tests.factories import Founded
from tests.screens.conftest import DeskFactory
from tests.screens.look import LANGUAGES, SIZES, grid, settle

EVERYTHING = set(permissions())
MANAGE = "org.role.manage"


@pytest.fixture
def shop(little_shop: Founded) -> Founded:
    """Four people with the role of design; a post cuts what one of them could gain, and another has it from elsewhere."""
    clock.set_clock(lambda: 1_772_500_000_000_000)
    little_shop.person("alice", name="Alice Wang", gave=["design"])
    little_shop.person("bob", name="Bob Zhao 赵博", gave=["design"], status="invited")
    little_shop.person("carol", name="李卡", gave=["design", "operations"])
    little_shop.person("dan", name="Dan Qian", post="service", gave=["design"])
    return little_shop


async def press(pilot: Pilot[Any], *keys: str) -> None:
    """Keys one after the other; `"type:…"` types."""
    for key in keys:
        for each in key.removeprefix("type:") if key.startswith("type:") else [key]:
            await pilot.press("space" if each == " " else each)
        await settle(pilot)


async def tick(pilot: Pilot[Any], *codes: str) -> None:
    """Space on permissions."""
    for code in codes:
        assert pilot.app.screen.query_one("#matrix", ListView).select(code)
        await press(pilot, "space")


def codes(shop: Founded, role: str = "design") -> set[str]:
    """What is in a role."""
    return set(queries.detail(shop.owner, shop.role_id(role)).permissions)


def said(app: Any) -> str:
    """What stands on the screen, or in the dialog in front of it, whatever the lines."""
    lines = grid(app).splitlines()
    if app.screen.is_modal:
        lines = [line.split("│")[1] for line in lines if line.count("│") >= 2]
    return " ".join(" ".join(lines).split())


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_the_matrix(desk: DeskFactory, shop: Founded, size: tuple[int, int], language: Language, snapshot: SnapshotAssertion) -> None:
    """Area by area, with the risk, the post, the needs, and the sentence about the one under the cursor; what is not saved is counted."""
    role_id = shop.role_id("design")
    async with desk(lambda: RoleDetailScreen(role_id), may=EVERYTHING, actor=shop.owner, size=size, language=language) as (app, pilot):
        await tick(pilot, "goods.cost.view", "trade.buyer.reveal")
        assert grid(app) == snapshot


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_what_saving_changes_for_whom(
    desk: DeskFactory, shop: Founded, size: tuple[int, int], language: Language, snapshot: SnapshotAssertion
) -> None:
    """By name; what the post cuts and what another role gives as well does not count."""
    role_id = shop.role_id("design")
    async with desk(lambda: RoleDetailScreen(role_id), may=EVERYTHING, actor=shop.owner, size=size, language=language) as (app, pilot):
        await tick(pilot, "goods.price.edit", "decor.publish", "refund.approve")
        await press(pilot, "ctrl+s")
        assert grid(app) == snapshot


async def test_ticking_brings_what_is_needed_and_says_so(desk: DeskFactory, shop: Founded) -> None:
    """And unticking takes what needs it; the count follows."""
    async with desk(lambda: RoleDetailScreen(shop.role_id("design")), may=EVERYTHING, actor=shop.owner) as (app, pilot):
        await tick(pilot, "refund.approve")
        assert "Also ticked: View orders, View refunds" in grid(app)
        assert "7 permissions" in grid(app)
        assert "+3 not saved" in grid(app)
        assert "Pays money back to buyers." in grid(app)
        await tick(pilot, "goods.view")
        assert "Also unticked: Edit goods" in grid(app)
        assert "+3 −2 not saved" in grid(app)
        await press(pilot, "down")
        assert "Also unticked" not in grid(app)
        assert codes(shop) == {"goods.view", "goods.edit", "decor.edit", "decor.publish"}


@pytest.mark.parametrize("code", permissions())
def test_every_permission_has_a_sentence_that_fits(code: str) -> None:
    """With its facts in the four lines below the list at 80 columns, in both languages."""
    permission = permissions()[code]
    for sentence, width in ((permission.consequence_en, 1), (permission.consequence_zh, 2)):
        assert 0 < len(sentence) * width <= 2 * 76


async def test_saving_asks_with_the_names_and_then_does_it(desk: DeskFactory, shop: Founded) -> None:
    """Enter means cancel and loses no tick; y saves, and the log says what came and went."""
    async with desk(lambda: RoleDetailScreen(shop.role_id("design")), may=EVERYTHING, actor=shop.owner, size=(120, 40)) as (app, pilot):
        await tick(pilot, "goods.price.edit", "decor.publish")
        await press(pilot, "ctrl+s")
        assert "Design: +1 −1 for 3 people." in said(app)
        assert "+ Change price▲ − Publish shop pages" in said(app)
        assert "Alice Wang (alice), Bob Zhao 赵博 (bob)" in said(app)
        assert "− Publish shop pages 李卡 (carol)" in said(app)
        assert "1 holder can do the same as before" in said(app)
        await press(pilot, "enter")
        assert "+1 −1 not saved" in grid(app)
        await press(pilot, "ctrl+s", "y")
        assert "Saved." in grid(app)
        assert "not saved" not in grid(app)
        assert codes(shop) == {"goods.view", "goods.edit", "decor.edit", "goods.price.edit"}
        assert shop.log("role.edit") == [("owner", "role.edit", "Design")]


async def test_a_role_that_nobody_holds_says_that_nothing_changes_for_anybody(desk: DeskFactory, shop: Founded) -> None:
    """It is asked all the same: it may be given tomorrow."""
    async with desk(lambda: RoleDetailScreen(shop.role_id("finance")), may=EVERYTHING, actor=shop.owner) as (app, pilot):
        await press(pilot, "ctrl+s")
        assert "Nothing was changed." in grid(app)
        await tick(pilot, "data.staffperf.view")
        await press(pilot, "ctrl+s")
        assert "Finance: +1. Nobody can do more or less by it now." in said(app)
        await press(pilot, "y")
        assert "data.staffperf.view" in codes(shop, "finance")


async def test_the_second_to_save_is_told_what_changed_and_keeps_the_ticks(desk: DeskFactory, shop: Founded) -> None:
    """Nothing is overwritten until they saw it and save again."""
    design = shop.role_id("design")
    async with desk(lambda: RoleDetailScreen(design), may=EVERYTHING, actor=shop.owner) as (app, pilot):
        await tick(pilot, "goods.price.edit")
        roles.edit(shop.owner, design, 1, codes=["goods.view", "goods.edit", "decor.edit", "rate.reply"])
        await press(pilot, "ctrl+s", "y")
        assert "Design was changed by somebody else meanwhile." in said(app)
        assert "Meanwhile: + Reply to reviews − Publish shop pages" in said(app)
        assert codes(shop) == {"goods.view", "goods.edit", "decor.edit", "rate.reply"}
        await press(pilot, "escape")
        assert "+2 −1 not saved" in grid(app)
        assert {"goods.price.edit", "decor.publish"} <= app.screen.query_one("#matrix", ListView).ticked
        await press(pilot, "ctrl+s", "y")
        assert codes(shop) == {"goods.view", "goods.edit", "decor.edit", "decor.publish", "goods.price.edit"}


async def test_renaming_keeps_the_ticks(desk: DeskFactory, shop: Founded) -> None:
    """The name is saved at once, the ticks are still to be saved; a name that is taken is said beside it."""
    async with desk(lambda: RoleDetailScreen(shop.role_id("design")), may=EVERYTHING, actor=shop.owner) as (app, pilot):
        await tick(pilot, "goods.price.edit")
        await press(pilot, "e", "ctrl+u", "type:Finance", "enter")
        assert "is taken" in grid(app)
        await press(pilot, "ctrl+u", "type:Pictures", "enter")
        assert "Role · Pictures" in grid(app)
        assert "+1 not saved" in grid(app)
        assert "goods.price.edit" not in codes(shop)
        await press(pilot, "ctrl+s", "y")
        assert "goods.price.edit" in codes(shop)
        await press(pilot, "e", "ctrl+u", "type:Photos", "enter")
        assert "Role · Photos" in grid(app)


async def test_a_rename_that_was_overtaken_is_told(desk: DeskFactory, shop: Founded) -> None:
    """What was typed stays, over the name that somebody else gave."""
    design = shop.role_id("design")
    async with desk(lambda: RoleDetailScreen(design), may=EVERYTHING, actor=shop.owner) as (app, pilot):
        await press(pilot, "e")
        roles.edit(shop.owner, design, 1, name="Looks")
        await press(pilot, "ctrl+u", "type:Pictures", "enter")
        assert "Rename Looks" in grid(app)
        assert "changed by somebody else" in said(app)
        assert queries.detail(shop.owner, design).row.label == "Looks"
        await press(pilot, "enter")
        assert "Role · Pictures" in grid(app)


async def test_unsaved_ticks_are_not_lost_without_asking(desk: DeskFactory, shop: Founded) -> None:
    """Esc asks, q too; with nothing ticked esc just leaves."""
    async with desk(lambda: RoleDetailScreen(shop.role_id("design")), may=EVERYTHING, actor=shop.owner) as (app, pilot):
        await tick(pilot, "goods.price.edit")
        for key in ("escape", "q"):
            await press(pilot, key)
            assert "Discard what you ticked?" in grid(app)
            await press(pilot, "enter")
            assert "+1 not saved" in grid(app)
        await tick(pilot, "goods.price.edit")
        await press(pilot, "escape")
        assert not isinstance(app.screen, RoleDetailScreen)
        assert isinstance(app.screen, DeskScreen)


async def test_ticks_outlive_a_look_at_the_holders(desk: DeskFactory, shop: Founded) -> None:
    """Coming back reads nothing over them."""
    async with desk(lambda: RoleDetailScreen(shop.role_id("design")), may=EVERYTHING, actor=shop.owner) as (app, pilot):
        await tick(pilot, "goods.price.edit")
        await press(pilot, "h")
        assert isinstance(app.screen, RoleHoldersScreen)
        await press(pilot, "escape")
        assert "+1 not saved" in grid(app)


@pytest.mark.parametrize("code", [code for code, permission in permissions().items() if permission.owner_only])
async def test_what_is_the_owners_alone_is_ticked_by_nobody(desk: DeskFactory, shop: Founded, code: str) -> None:
    """Not even by the owner; the reason is said."""
    async with desk(lambda: RoleDetailScreen(shop.role_id("design")), may=EVERYTHING, actor=shop.owner) as (app, pilot):
        await tick(pilot, code)
        assert "belongs to the owner alone" in grid(app)
        assert "the owner's alone" in grid(app)
        assert "not saved" not in grid(app)
        assert code not in app.screen.query_one("#matrix", ListView).ticked


async def test_what_one_does_not_hold_is_dim_and_says_why_when_tried(desk: DeskFactory, shop: Founded) -> None:
    """Also where it is only needed; what one holds can be ticked and saved."""
    roles.add(shop.owner, "Looks", ["goods.view"])
    eve = shop.person("eve", extras=[MANAGE, "goods.view", "goods.edit"])
    async with desk(lambda: RoleDetailScreen(shop.role_id("Looks")), may={MANAGE}, actor=eve) as (app, pilot):
        matrix = app.screen.query_one("#matrix", ListView)
        dim = {row.key for place in range(matrix.count) if (row := matrix.source.window(place, 1)[0]).dim}
        assert dim == permissions().keys() - {"goods.view", "goods.edit", MANAGE, "staff.view"}
        await tick(pilot, "goods.price.edit")
        assert "“Change price” is in the way" in said(app)
        assert "not yours to give" in said(app)
        await tick(pilot, "refund.approve")
        assert "“View orders” is in the way" in grid(app)
        await tick(pilot, "goods.edit")
        await press(pilot, "ctrl+s", "y")
        assert codes(shop, "Looks") == {"goods.view", "goods.edit"}


async def test_a_role_beyond_ones_access_or_held_by_oneself_opens_read_only(desk: DeskFactory, shop: Founded) -> None:
    """With the reason in a line; nothing is ticked, renamed or saved."""
    shop.person("fay", gave=["design"], extras=[MANAGE])
    dan = shop.person("eve", extras=[MANAGE, "goods.view"])
    reader = shop.person("reader", extras=["staff.view"])
    fay = shop.person("hal", gave=["design"], extras=[MANAGE])
    for actor, reason in ((dan, "further than your own access"), (reader, "it needs “Manage roles”"), (fay, "You hold this role yourself")):
        async with desk(lambda: RoleDetailScreen(shop.role_id("design")), may={MANAGE}, actor=actor) as (app, pilot):
            assert "Read only: " in grid(app)
            assert reason in said(app)
            assert "ctrl+s" not in grid(app)
            await tick(pilot, "goods.view")
            assert "goods.view" in app.screen.query_one("#matrix", ListView).ticked
            await press(pilot, "e", "ctrl+s")
            assert not app.screen.is_modal
            await press(pilot, "escape")
            assert not isinstance(app.screen, RoleDetailScreen)
    assert not shop.log("role.edit")


async def test_a_role_that_was_closed_meanwhile_closes_its_screen(desk: DeskFactory, shop: Founded) -> None:
    """It says that there is none any more."""
    finance = shop.role_id("finance")
    async with desk(lambda: RoleDetailScreen(finance), may=EVERYTHING, actor=shop.owner) as (app, pilot):
        await press(pilot, "h")
        roles.close(shop.owner, finance, 1)
        await press(pilot, "escape")
        assert not isinstance(app.screen, RoleDetailScreen)
        assert "There is no role" in grid(app)


async def test_a_permission_that_the_catalogue_no_longer_has_can_be_taken_out(desk: DeskFactory, shop: Founded) -> None:
    """It stands at the end under its code."""
    design = shop.role_id("design")
    db.write_many("INSERT INTO role_permission (role_id, permission) VALUES (?, ?)", [(design, "goods.gone")])
    async with desk(lambda: RoleDetailScreen(design), may=EVERYTHING, actor=shop.owner) as (app, pilot):
        await press(pilot, "end")
        assert "No longer in the catalogue" in grid(app)
        await tick(pilot, "goods.price.edit")
        await press(pilot, "ctrl+s", "y")
        assert "There is no permission “goods.gone”" in said(app)
        await tick(pilot, "goods.price.edit")
        await press(pilot, "end")
        await press(pilot, "space", "ctrl+s", "y")
        assert "goods.gone" not in codes(shop)


async def test_it_fits_a_phone(desk: DeskFactory, shop: Founded, snapshot: SnapshotAssertion) -> None:
    """At 60 by 20 the sentence is still there."""
    async with desk(lambda: RoleDetailScreen(shop.role_id("design")), may=EVERYTHING, actor=shop.owner, size=(60, 20)) as (app, pilot):
        await press(pilot, "down")
        assert "Puts new listings on sale." in grid(app)
        assert grid(app) == snapshot
