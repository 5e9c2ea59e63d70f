"""Standing in and taking over, by keyboard: who, what, until when, and nothing before its end was shown."""

from __future__ import annotations

import pytest

from models import clock, db
from models.actor import Actor
from models.catalogue import permissions
from models.operations import departments, grants, succession
from models.queries import staff as queries
from models.rules.grants import AccessChange, ExtraGift
from screens.leave import LeaveScreen
from screens.my_access import MyAccessScreen
from screens.staff_detail import StaffDetailScreen
from screens.succession import ReplaceScreen, StandInScreen
from screens.succession_preview import SuccessionPreviewScreen
from screens.widgets.form import Form
from screens.widgets.list_view import ListView
from tests.factories import DAY, Founded, signed_in
from tests.screens.conftest import DeskFactory
from tests.screens.look import grid
from tests.screens.people import NOON, may, peopled, press, status
from tui.app import ShopstaffApp

UNTIL = "2026-03-31"


@pytest.fixture
def shop(little_shop: Founded) -> Founded:
    """People in every state, at noon."""
    return peopled(little_shop)


def held(shop: Founded, login: str) -> dict[str, tuple[str, str]]:
    """What somebody holds, each with its day and whom they stand in for."""
    found = queries.grants(shop.owner, shop.id_of(login))
    return {grant.key: (clock.day(grant.until, "Asia/Shanghai") if grant.until else "", grant.stands_for) for grant in found}


def stand_in(shop: Founded, colleague: str = "carol", who: str = "zhangsan") -> StandInScreen:
    """The screen, for two people."""
    return StandInScreen(shop.id_of(colleague), shop.id_of(who))


def at(app: ShopstaffApp) -> type:
    """The kind of the screen in front."""
    return type(app.screen)


async def test_somebody_stands_in_from_the_persons_own_screen(desk: DeskFactory, shop: Founded) -> None:
    """What, who, until when, then the preview to its end, then `y`."""
    async with desk(lambda: StaffDetailScreen(shop.id_of("carol")), may=may(shop.owner), actor=shop.owner) as (app, pilot):
        await press(pilot, "s", "enter")
        assert "Who stands in for Carol Li" in grid(app)
        await press(pilot, "type:zhangsan", "enter")
        assert at(app) is StandInScreen
        assert "张三 stands in for Carol Li" in grid(app)
        await press(pilot, f"type:{UNTIL}")
        assert "2026-03-31 (in 30 days)" in grid(app)
        await press(pilot, "enter")
        assert at(app) is SuccessionPreviewScreen
        assert "service_lead" not in held(shop, "zhangsan")
        await press(pilot, "end", "y")
        assert at(app) is StaffDetailScreen
    assert held(shop, "zhangsan")["service_lead"] == (UNTIL, "Carol Li 李卡")
    assert held(shop, "zhangsan")["operations"] == (UNTIL, "Carol Li 李卡")
    assert held(shop, "carol")["service_lead"] == ("", "")


async def test_what_is_not_ticked_is_not_given(desk: DeskFactory, shop: Founded) -> None:
    """All of it is ticked at first; with nothing ticked there is nothing to check."""
    async with desk(lambda: stand_in(shop), may=may(shop.owner), actor=shop.owner) as (app, pilot):
        rows = app.screen.query_one(ListView)
        assert rows.ticked == {f"role:{shop.role_id('service_lead')}", f"role:{shop.role_id('operations')}"}
        await press(pilot, f"type:{UNTIL}", "shift+tab", "home", "space", "down", "space", "enter")
        assert at(app) is StandInScreen
        assert rows.ticked == frozenset()
        await press(pilot, "home", "space", "enter", "end", "y")
    given = {key for key, (until, _for) in held(shop, "zhangsan").items() if until == UNTIL}
    assert len(given) == 1


async def test_nothing_is_confirmed_past_its_end(desk: DeskFactory, shop: Founded) -> None:
    """At 80×24 the preview of a lead's access is longer than the screen."""
    async with desk(lambda: stand_in(shop, who="alice", colleague="carol"), may=may(shop.owner), actor=shop.owner) as (app, pilot):
        await press(pilot, f"type:{UNTIL}", "enter", "y")
        assert at(app) is SuccessionPreviewScreen
        assert "service_lead" not in held(shop, "alice")
        await press(pilot, "escape", "escape")
        assert "Discard what was typed?" in grid(app)


@pytest.mark.parametrize("typed", ["", "soon", "2001-01-01"])
async def test_an_end_is_asked_for_beside_its_field(desk: DeskFactory, shop: Founded, typed: str) -> None:
    """Standing in without end would be none."""
    async with desk(lambda: stand_in(shop), may=may(shop.owner), actor=shop.owner) as (app, pilot):
        await press(pilot, f"type:{typed}", "ctrl+s")
        assert at(app) is StandInScreen
        field = app.screen.query_one(Form).control_named("until")
        assert field is not None
        assert field.error


async def test_who_holds_all_of_it_is_told_so(desk: DeskFactory, shop: Founded) -> None:
    """There is nothing to check."""
    async with desk(lambda: stand_in(shop, colleague="zhangsan", who="bob"), may=may(shop.owner), actor=shop.owner) as (app, pilot):
        await press(pilot, f"type:{UNTIL}", "enter")
        assert at(app) is StandInScreen
    assert held(shop, "bob") == {"customer_service": ("", "")}


async def test_who_holds_nothing_has_nothing_to_stand_in_with(desk: DeskFactory, shop: Founded) -> None:
    """An empty list is a sentence."""
    shop.person("eve")
    async with desk(lambda: stand_in(shop, colleague="eve"), may=may(shop.owner), actor=shop.owner) as (app, pilot):
        assert "Nothing was given to them" in grid(app)
        await press(pilot, f"type:{UNTIL}", "enter")
        assert at(app) is StandInScreen


async def test_a_hundred_extras_are_listed_and_ticked(desk: DeskFactory, shop: Founded) -> None:
    """The list scrolls; the field of the day stays in view."""
    codes = [code for code, permission in permissions().items() if not permission.owner_only]
    grants.change(shop.owner, shop.id_of("dave"), AccessChange(give_extras=tuple(ExtraGift(code) for code in codes)))
    async with desk(lambda: stand_in(shop, colleague="dave", who="alice"), may=may(shop.owner), actor=shop.owner) as (app, pilot):
        assert app.screen.query_one(ListView).count > 40
        assert "Until" in grid(app)
        await press(pilot, f"type:{UNTIL}", "shift+tab", "end")
        assert "Until" in grid(app)


async def test_who_takes_over_holds_everything_and_the_other_leaves(desk: DeskFactory, shop: Founded) -> None:
    """From the screen of leaving, which closes with it."""
    departments.set_head(shop.owner, 1, 1, shop.id_of("carol"))
    async with desk(lambda: LeaveScreen(shop.id_of("carol")), may=may(shop.owner), actor=shop.owner) as (app, pilot):
        await press(pilot, "s", "down", "enter", "type:zhangsan", "enter")
        assert at(app) is ReplaceScreen
        assert "Head of" in grid(app)
        assert "Last day" not in grid(app)
        assert "Reason" not in grid(app)
        await press(pilot, "right", "tab", "type:retires", "enter", "end")
        assert at(app) is SuccessionPreviewScreen
        assert status(shop, "carol") == "active"
        await press(pilot, "y")
        assert at(app) not in {LeaveScreen, ReplaceScreen, SuccessionPreviewScreen}
    assert status(shop, "carol") == "left"
    assert held(shop, "zhangsan")["service_lead"] == ("", "")
    assert db.rows("SELECT head_id FROM department WHERE id = 1") == [(shop.id_of("zhangsan"),)]


async def test_the_other_may_stay_or_leave_on_a_day(desk: DeskFactory, shop: Founded) -> None:
    """The day is asked for where it is meant, and checked."""
    ids = (shop.id_of("carol"), shop.id_of("zhangsan"))
    async with desk(lambda: ReplaceScreen(*ids), may=may(shop.owner), actor=shop.owner) as (app, pilot):
        await press(pilot, "right", "right", "ctrl+s")
        assert at(app) is ReplaceScreen
        await press(pilot, "type:+30d")
        assert "2026-03-31 (in 30 days)" in grid(app)
        await press(pilot, "ctrl+s", "end", "y")
    assert status(shop, "carol") == "active"
    assert queries.detail(shop.owner, ids[0]).leaves_at is not None
    assert held(shop, "carol") == {}


async def test_who_may_not_end_accounts_is_not_offered_it(desk: DeskFactory, shop: Founded) -> None:
    """The other stays, with nothing."""
    ids = (shop.id_of("carol"), shop.id_of("zhangsan"))
    async with desk(lambda: ReplaceScreen(*ids), may=may(shop.owner) - {"staff.offboard"}, actor=shop.owner) as (app, pilot):
        await press(pilot, "right", "right")
        assert "stays, with nothing" in grid(app)
        assert app.screen.query_one(Form).text("leaves") == ""


async def test_what_changed_since_the_preview_has_to_be_read_anew(desk: DeskFactory, shop: Founded) -> None:
    """Somebody gave the successor something meanwhile: it is said, and `y` waits for the end once more."""
    ids = (shop.id_of("carol"), shop.id_of("zhangsan"))
    async with desk(lambda: ReplaceScreen(*ids), may=may(shop.owner), actor=shop.owner) as (app, pilot):
        await press(pilot, "ctrl+s", "end")
        grants.change(shop.console, ids[0], AccessChange(take_roles=(shop.role_id("operations"),)))
        await press(pilot, "y")
        assert at(app) is SuccessionPreviewScreen
        assert "service_lead" in held(shop, "carol")
        await press(pilot, "end", "y")
        assert "operations" not in held(shop, "zhangsan")
        assert "service_lead" in held(shop, "zhangsan")


async def test_nobody_stands_in_for_themselves(desk: DeskFactory, shop: Founded) -> None:
    """The same person chosen twice is said to be so."""
    async with desk(lambda: StaffDetailScreen(shop.id_of("carol")), may=may(shop.owner), actor=shop.owner) as (app, pilot):
        await press(pilot, "s", "enter", "type:carol", "enter")
        assert at(app) is StaffDetailScreen
        await press(pilot, "s", "escape")
        await press(pilot, "s", "enter", "escape")
        assert at(app) is StaffDetailScreen


async def test_one_has_somebody_stand_in_for_oneself_but_hands_nothing_over(desk: DeskFactory, shop: Founded) -> None:
    """Going on holiday, from one's own profile."""
    alice: Actor = signed_in("alice")
    async with desk(lambda: StaffDetailScreen(shop.id_of("alice")), may=may(alice), actor=alice) as (app, pilot):
        await press(pilot, "s")
        assert "Take over for good" not in grid(app)
        await press(pilot, "enter", "type:carol", "enter", f"type:{UNTIL}", "enter", "end", "y")
    assert held(shop, "carol")["manager"] == (UNTIL, "Alice Wang")


async def test_for_whom_one_stands_in_is_said_to_oneself(desk: DeskFactory, shop: Founded) -> None:
    """On My access, and on the profile; somebody who left meanwhile closes the screens."""
    carol, zhang = shop.id_of("carol"), shop.id_of("zhangsan")
    succession.stand_in(shop.owner, carol, zhang, [shop.role_id("service_lead")], (), NOON + 30 * DAY)
    someone = signed_in("zhangsan")
    async with desk(MyAccessScreen, may=set(), actor=someone, size=(120, 40)) as (app, _pilot):
        assert "standing in for Carol Li 李卡" in grid(app)
    async with desk(lambda: StaffDetailScreen(zhang), may=may(shop.owner), actor=shop.owner, size=(120, 40)) as (app, _pilot):
        assert "standing in for Carol Li 李卡" in grid(app)
    async with desk(lambda: stand_in(shop, who="gone"), may=may(shop.owner), actor=shop.owner) as (app, _pilot):
        assert at(app) is not StandInScreen
