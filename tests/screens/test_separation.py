"""Keeping permissions apart, by keyboard; and that every preview says so before anybody is asked to confirm."""

from __future__ import annotations

from typing import Any

import pytest
from textual.pilot import Pilot

from models.catalogue import permissions
from models.operations import grants, roles, separation
from models.queries import separation as queries, staff as staff_queries
from models.rules.grants import AccessChange, ExtraGift, RoleGift
from screens.access_change import AccessChangeScreen
from screens.onboard import OnboardScreen
from screens.role_detail import RoleDetailScreen
from screens.roles import RolesScreen
from screens.sections import OWNER
from screens.separation import SeparationScreen, ViolationsScreen
from screens.widgets.list_view import ListView
from tests.factories import Founded
from tests.screens.conftest import DeskFactory
from tests.screens.look import SIZES, grid, settle
from tests.screens.people import may, peopled, press

REFUND, BILLS = "refund.approve", "finance.bill.view"
EVERYTHING = {*permissions(), OWNER}


@pytest.fixture
def shop(little_shop: Founded) -> Founded:
    """A handful of people; Erin held both before they were kept apart."""
    shop = peopled(little_shop)
    shop.person("erin", name="Erin [b]", gave=["service_lead"], extras=[BILLS])
    return shop


@pytest.fixture
def apart(shop: Founded) -> Founded:
    """The same, where refunds and bills are kept apart."""
    separation.declare(shop.owner, REFUND, BILLS, reason="Who pays [red] does not book.")
    return shop


def said(app: Any) -> str:
    """What stands on the screen, or in the dialog in front of it, whatever the lines."""
    lines = grid(app).splitlines()
    if app.screen.is_modal:
        lines = [line.split("│")[1] for line in lines if line.count("│") >= 2]
    return " ".join(" ".join(lines).split())


def in_front(app: Any) -> str:
    """The screen that is in front."""
    return type(app.screen).__name__


async def tick(pilot: Pilot[Any], key: str) -> None:
    """Put the cursor on a row of what can be given and tick it."""
    pilot.app.screen.query_one("#offers", ListView).select(key)
    await settle(pilot)
    await press(pilot, "space")


# ---- the list


async def test_an_empty_list_is_one_sentence_and_one_key_with_an_example(desk: DeskFactory, shop: Founded) -> None:
    """And nothing that could be withdrawn."""
    async with desk(SeparationScreen, may=EVERYTHING, actor=shop.owner) as (app, _pilot):
        assert "Nothing is kept apart yet: n does, as “Approve refunds” from “View bills”" in said(app)
        assert app.screen.check_action("withdraw", ()) is False


@pytest.mark.parametrize("size", [*SIZES, (60, 20)], ids=str)
async def test_declaring_asks_with_who_holds_both_now(desk: DeskFactory, shop: Founded, size: tuple[int, int]) -> None:
    """Two are searched for, a reason may be given; Enter on the question means cancel."""
    async with desk(SeparationScreen, may=EVERYTHING, actor=shop.owner, size=size) as (app, pilot):
        for _turn in range(2):
            await press(pilot, "n", "type:approve ref", "enter")
            assert "Kept apart from which?" in said(app)
            await press(pilot, "type:view bills", "enter")
            assert "Keep “Approve refunds” and “View bills” apart: why?" in said(app)
            await press(pilot, "type:so that", "enter")
            assert "Keep “Approve refunds” and “View bills” apart from now on?" in said(app)
            assert "2 people hold both now, and go on holding both: Alice Wang (alice) Erin [b] (erin)" in said(app)
            assert "Roles that have both in them: “Manager”. Take one of the two out before you give them again." in said(app)
            await press(pilot, "enter" if _turn == 0 else "y")
            assert bool(queries.listed(shop.owner)) is bool(_turn)
        assert "Kept apart." in grid(app)
        assert "so that" in grid(app)
    assert [(row.one, row.other, row.reason, row.people) for row in queries.listed(shop.owner)] == [(BILLS, REFUND, "so that", 2)]


@pytest.mark.parametrize("keys", [("escape",), ("enter", "escape"), ("enter", "enter", "escape"), ("enter", "enter", "enter", "escape")])
async def test_esc_leaves_at_every_step_and_nothing_is_declared(desk: DeskFactory, shop: Founded, keys: tuple[str, ...]) -> None:
    """Back in the list."""
    async with desk(SeparationScreen, may=EVERYTHING, actor=shop.owner) as (app, pilot):
        await press(pilot, "n", *keys)
        assert in_front(app) == "SeparationScreen"
    assert queries.listed(shop.owner) == ()


async def test_the_second_is_one_that_can_be_kept_apart_from_the_first(desk: DeskFactory, apart: Founded) -> None:
    """Neither what it needs, nor itself, nor what it is kept apart from already, nor what is the owner's alone."""
    async with desk(SeparationScreen, may=EVERYTHING, actor=apart.owner) as (app, pilot):
        await press(pilot, "n", "type:withdraw money")
        assert "Nothing is called that." in said(app)
        await press(pilot, "escape", "n", "type:approve ref", "enter")
        for label in ("view bills", "view refunds", "view orders", "approve refunds"):
            await press(pilot, f"type:{label}")
            assert "Nothing is called that." in said(app), label
            await press(pilot, *["backspace"] * len(label))


async def test_what_nobody_holds_both_of_says_so(desk: DeskFactory, shop: Founded) -> None:
    """A pair without anybody in its way."""
    manager = shop.role_id("manager")
    roles.edit(shop.console, manager, None, codes=["staff.view"])
    async with desk(SeparationScreen, may=EVERYTHING, actor=shop.owner) as (app, pilot):
        await press(pilot, "n", "type:change freight", "enter", "type:edit shop pages", "enter", "enter")
        assert "Nobody holds both now." in said(app)
        assert "Roles that have both" not in said(app)


async def test_withdrawing_asks_and_cancel_has_the_focus(desk: DeskFactory, apart: Founded) -> None:
    """It widens what can be given."""
    async with desk(SeparationScreen, may=EVERYTHING, actor=apart.owner) as (app, pilot):
        assert "Who pays [red] does not book." in grid(app)
        await press(pilot, "x", "enter")
        assert len(queries.listed(apart.owner)) == 1
        await press(pilot, "x")
        assert "Let “View bills” and “Approve refunds” be given together again?" in said(app)
        await press(pilot, "y")
        assert "Withdrawn." in grid(app)
    assert queries.listed(apart.owner) == ()


async def test_what_somebody_withdrew_meanwhile_is_told(desk: DeskFactory, apart: Founded) -> None:
    """And the list is read again."""
    async with desk(SeparationScreen, may=EVERYTHING, actor=apart.owner) as (app, pilot):
        separation.withdraw(apart.console, 1)
        await press(pilot, "x", "y")
        assert "These two are not kept apart, or no longer." in said(app)
        assert "Nothing is kept apart yet" in said(app)


@pytest.mark.parametrize("size", [*SIZES, (60, 20)], ids=str)
async def test_enter_shows_who_holds_both_and_through_what(desk: DeskFactory, apart: Founded, size: tuple[int, int]) -> None:
    """Enter again opens the person."""
    async with desk(SeparationScreen, may=EVERYTHING, actor=apart.owner, size=size) as (app, pilot):
        await press(pilot, "enter")
        assert in_front(app) == "ViolationsScreen"
        assert "2 people hold both" in grid(app)
        await press(pilot, "down")
        assert "Erin [b]" in grid(app)
        assert "View bills: extra" in grid(app)
        assert "Approve refunds: role Service lead" in grid(app)
        await press(pilot, "enter")
        assert in_front(app) == "StaffDetailScreen"


async def test_a_pair_that_nobody_holds_has_an_empty_list(desk: DeskFactory, apart: Founded) -> None:
    """One sentence; and where it is withdrawn meanwhile, the screen closes."""
    declared = separation.declare(apart.owner, "decor.edit", "logistics.freight.edit")
    grants.change(apart.console, apart.id_of("alice"), AccessChange(take_roles=(apart.role_id("manager"),)))
    pair = ViolationsScreen(declared)
    async with desk(lambda: pair, may=EVERYTHING, actor=apart.owner) as (app, pilot):
        assert "Nobody holds both: esc goes back." in said(app)
        separation.withdraw(apart.console, declared)
        pair.look_again()
        await settle(pilot)
        assert in_front(app) != "ViolationsScreen"


async def test_the_list_opens_from_the_roles_for_the_owner_alone(desk: DeskFactory, apart: Founded) -> None:
    """Whoever manages roles is not offered it."""
    async with desk(RolesScreen, may=EVERYTHING, actor=apart.owner) as (app, pilot):
        await press(pilot, "a")
        assert in_front(app) == "SeparationScreen"


async def test_who_manages_roles_is_not_offered_it(desk: DeskFactory, apart: Founded) -> None:
    """The key does nothing."""
    async with desk(RolesScreen, may=set(permissions()), actor=apart.owner) as (app, pilot):
        await press(pilot, "a")
        assert in_front(app) == "RolesScreen"


# ---- previews


@pytest.mark.parametrize("size", [*SIZES, (60, 20)], ids=str)
async def test_a_change_of_access_says_so_beside_the_ticks_and_cannot_be_confirmed(
    desk: DeskFactory, apart: Founded, size: tuple[int, int]
) -> None:
    """Before anybody is asked: `y` is not offered, and does nothing."""
    carol = apart.id_of("carol")
    grants.change(apart.owner, carol, AccessChange("operations"))
    async with desk(lambda: AccessChangeScreen(carol), may=may(apart.owner), actor=apart.owner, size=size) as (app, pilot):
        await tick(pilot, f"extra:{BILLS}")
        assert "✗ “View bills” and “Approve refunds” are kept apart in this shop: this cannot be given." in said(app)
        await press(pilot, "enter")
        assert in_front(app) == "AccessPreviewScreen"
        assert "✗ “View bills” and “Approve refunds” are kept apart in this shop: this cannot be given." in said(app)
        assert "“View bills”: extra. “Approve refunds”: role Service lead." in said(app)
        assert "This cannot be confirmed: esc goes back." in said(app)
        await press(pilot, "end", "y")
        assert in_front(app) == "AccessPreviewScreen"
        assert app.screen.check_action("confirm", ()) is False
        await press(pilot, "escape")
        await tick(pilot, f"extra:{BILLS}")
        assert "kept apart" not in grid(app)
    assert BILLS not in {grant.key for grant in staff_queries.grants(apart.owner, carol)}


async def test_what_was_in_one_hand_before_is_said_and_can_be_confirmed(desk: DeskFactory, apart: Founded) -> None:
    """It is no fault of this change."""
    erin = apart.id_of("erin")
    async with desk(lambda: AccessChangeScreen(erin), may=may(apart.owner), actor=apart.owner) as (app, pilot):
        await tick(pilot, "extra:decor.edit")
        assert "and were in one hand before: take one away." in said(app)
        await press(pilot, "enter", "end", "y")
        assert in_front(app) != "AccessPreviewScreen"
    assert "decor.edit" in {grant.key for grant in staff_queries.grants(apart.owner, erin)}


async def test_a_pair_that_is_declared_while_a_preview_is_read_is_refused_and_then_shown(desk: DeskFactory, shop: Founded) -> None:
    """The operation judges anew; nothing is changed."""
    dave = shop.id_of("dave")
    async with desk(lambda: AccessChangeScreen(dave), may=may(shop.owner), actor=shop.owner) as (app, pilot):
        await tick(pilot, f"extra:{BILLS}")
        await tick(pilot, f"extra:{REFUND}")
        await press(pilot, "enter", "end")
        separation.declare(shop.console, REFUND, BILLS)
        await press(pilot, "y")
        assert "Dave would hold both “View bills” and “Approve refunds”" in said(app)
        assert in_front(app) == "AccessPreviewScreen"
    assert {grant.key for grant in staff_queries.grants(shop.owner, dave)} == {"warehouse"}


async def test_the_wizard_says_so_and_offers_no_yes(desk: DeskFactory, apart: Founded) -> None:
    """In the ticks and in the last step; what is unticked can be created."""
    async with desk(OnboardScreen, may=may(apart.owner), actor=apart.owner, size=(120, 40)) as (app, pilot):
        await press(pilot, "type:newcomer", "tab", "type:New Comer", "ctrl+s")
        await press(pilot, "tab", "right", "ctrl+s")
        await tick(pilot, f"extra:{REFUND}")
        await tick(pilot, f"role:{apart.role_id('finance')}")
        assert "kept apart in this shop: this cannot be given." in said(app)
        await press(pilot, "enter")
        assert "4 of 4" in grid(app)
        assert "kept apart in this shop: this cannot be given." in said(app)
        assert "I have checked this" not in grid(app)
        await press(pilot, "end", "y")
        assert "newcomer" not in staff_queries.logins()
        await press(pilot, "escape")
        await tick(pilot, f"extra:{REFUND}")
        await press(pilot, "enter", "end", "y")
    assert "newcomer" in staff_queries.logins()


# ---- roles


@pytest.mark.parametrize("size", [*SIZES, (60, 20)], ids=str)
async def test_the_second_of_a_pair_is_not_ticked_in_a_role_and_says_why(desk: DeskFactory, apart: Founded, size: tuple[int, int]) -> None:
    """What it is kept apart from stands beside it all the time."""
    role = apart.role_id("finance")
    async with desk(lambda: RoleDetailScreen(role), may=EVERYTHING, actor=apart.owner, size=size) as (app, pilot):
        matrix = app.screen.query_one("#matrix", ListView)
        matrix.select(REFUND)
        await settle(pilot)
        assert "kept apart from View bills" in said(app)
        await press(pilot, "space")
        assert "Finance would hold both “View bills” and “Approve refunds”, which this shop keeps apart." in said(app)
        assert REFUND not in matrix.ticked
        matrix.select(BILLS)
        await settle(pilot)
        await press(pilot, "space")
        matrix.select(REFUND)
        await settle(pilot)
        await press(pilot, "space")
        assert REFUND in matrix.ticked


async def test_saving_a_role_says_in_whom_two_would_come_together(desk: DeskFactory, apart: Founded) -> None:
    """Instead of asking; nothing is saved, and what was ticked stays."""
    host = roles.add(apart.owner, "Host", ["goods.view"])
    for login in ("erin", "dave"):
        grants.change(apart.owner, apart.id_of(login), AccessChange(give_extras=(ExtraGift("decor.edit"),)))
        grants.change(apart.owner, apart.id_of(login), AccessChange(give_roles=(RoleGift(host),)))
    separation.declare(apart.owner, "decor.edit", "rate.reply")
    separation.declare(apart.owner, "decor.edit", "goods.shelf")
    async with desk(lambda: RoleDetailScreen(host), may=EVERYTHING, actor=apart.owner) as (app, pilot):
        app.screen.query_one("#matrix", ListView).select("goods.shelf")
        await settle(pilot)
        await press(pilot, "space", "ctrl+s")
        assert "✗ Dave and 1 more person would hold both “Edit shop pages” and “List and delist”" in said(app)
        assert "Take one of the two from them first, or leave it out of the role: Dave (dave) Erin [b] (erin)" in said(app)
        await press(pilot, "y", "escape")
        assert "+1 not saved" in grid(app)
    assert roles.content(host) == {"goods.view"}


async def test_a_role_that_got_the_other_of_a_pair_meanwhile_is_not_saved(desk: DeskFactory, apart: Founded) -> None:
    """What is ticked here and what somebody saved there would be both in one role."""
    host = roles.add(apart.owner, "Host", ["goods.view"])
    async with desk(lambda: RoleDetailScreen(host), may=EVERYTHING, actor=apart.owner) as (app, pilot):
        app.screen.query_one("#matrix", ListView).select(BILLS)
        await settle(pilot)
        await press(pilot, "space")
        separation.withdraw(apart.console, 1)
        await press(pilot, "ctrl+s", "escape")
        app.screen.query_one("#matrix", ListView).select("rate.reply")
        await settle(pilot)
        await press(pilot, "space")
        separation.declare(apart.console, BILLS, "rate.reply")
        await press(pilot, "ctrl+s")
        assert "Host would hold both" in said(app)
        assert "A role cannot have both. Untick one of the two." in said(app)
    assert roles.content(host) == {"goods.view"}


async def test_of_many_pairs_at_once_two_are_named_and_the_others_counted(desk: DeskFactory, apart: Founded) -> None:
    """A role with everything in it meets every pair; the list below has room still."""
    for other in ("goods.view", "staff.view", "decor.edit"):
        separation.declare(apart.owner, "rate.reply", other)
    dave = apart.id_of("dave")
    async with desk(lambda: AccessChangeScreen(dave), may=may(apart.owner), actor=apart.owner, size=(60, 20)) as (app, pilot):
        await tick(pilot, f"role:{apart.role_id('manager')}")
        await press(pilot, "enter")
        assert grid(app).count("✗ “") == 2
        assert "… and 2 more" in said(app)
        assert "This cannot be confirmed: esc goes back." in said(app)
        assert "Goods" in grid(app)
