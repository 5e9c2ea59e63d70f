"""Whose chat records somebody reads, by keyboard: what is said of it, what is offered, and that it goes the way of all access."""

from __future__ import annotations

import pytest

from models import clock
from models.actor import Actor
from models.operations import grants, staff as operations
from models.queries import staff as queries
from models.rules.grants import AccessChange, ExtraGift
from models.rules.sharing import ALL_CODE, TEAM_CODE
from screens.access_change import AccessPreviewScreen
from screens.dialogs.choose import Choose
from screens.dialogs.why import WhyDialog
from screens.my_access import MyAccessScreen
from screens.sharing_words import SHARING
from screens.staff_detail import StaffDetailScreen
from screens.widgets.fact_list import FactList
from tests.factories import DAY, Founded, signed_in
from tests.models.operations.acts import entries
from tests.screens.conftest import DeskFactory
from tests.screens.look import grid
from tests.screens.people import NOON, may, peopled, press

END = clock.end_of_day("2026-12-31", "Asia/Shanghai")
SIZES = [(80, 24), (120, 40), (60, 20)]


@pytest.fixture
def shop(little_shop: Founded) -> Founded:
    """People in every state, at noon, and two of operations: ann in customer service, lone in no department."""
    shop = peopled(little_shop)
    shop.person("ann", name="Ann Ma", department_id=1)
    shop.person("lone", name="No One", extras=[TEAM_CODE])
    return shop


def extras(shop: Founded, login: str) -> dict[str, int | None]:
    """The two, as they are held."""
    return {each.key: each.until for each in queries.grants(shop.console, shop.id_of(login)) if each.key in {TEAM_CODE, ALL_CODE}}


def said(app: object) -> str:
    """What the profile says of it."""
    facts = app.screen.query_one(FactList).facts  # type: ignore[attr-defined]  # an app of ours
    return " / ".join(next(fact.said for fact in facts if fact.key == SHARING))


def give(shop: Founded, login: str, *gifts: ExtraGift) -> None:
    """By the operator."""
    grants.change(shop.console, shop.id_of(login), AccessChange(give_extras=gifts))


@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_the_setting_is_chosen_looked_at_and_made_so(desk: DeskFactory, shop: Founded, size: tuple[int, int]) -> None:
    """From own to team until a day, to all, to own: each through the preview, each an entry as every extra is."""
    profile, owner = StaffDetailScreen(shop.id_of("ann")), shop.owner
    async with desk(lambda: profile, may=may(owner), actor=owner, size=size) as (app, pilot):
        assert said(app) == "own only"
        await press(pilot, "t")
        assert "Whose chat records does Ann Ma read?" in grid(app)
        await press(pilot, "down", "enter", "type:2026-12-31", "enter")
        assert isinstance(app.screen, AccessPreviewScreen)
        assert "Team chat records" in grid(app)
        assert extras(shop, "ann") == {}, "nothing is changed before it was looked at"
        await press(pilot, "end", "y")
        assert extras(shop, "ann") == {TEAM_CODE: END}
        assert said(app).startswith("team: Customer service and below / team: extra, until 2026-12-31")
        await press(pilot, "t", "down", "enter", "enter", "end", "y")
        assert extras(shop, "ann") == {TEAM_CODE: END, ALL_CODE: END}, "the end that was there is offered"
        assert said(app).startswith("all: of everybody in the shop")
        await press(pilot, "t", "home", "enter", "end", "y")
        assert (extras(shop, "ann"), said(app)) == ({}, "own only")
    acts = [(entry.action, entry.label) for entry in entries() if entry.label == "ann" and entry.action.startswith("extra.")]
    assert acts == [("extra.grant", "ann")] * 2 + [("extra.revoke", "ann")] * 2


async def test_going_back_changes_nothing(desk: DeskFactory, shop: Founded) -> None:
    """From the choice, from the end, from the preview; and choosing what is so already says so."""
    async with desk(lambda: StaffDetailScreen(shop.id_of("ann")), may=may(shop.owner), actor=shop.owner) as (app, pilot):
        await press(pilot, "t", "escape", "t", "down", "enter", "escape", "t", "down", "enter", "enter", "escape")
        assert isinstance(app.screen, StaffDetailScreen)
        await press(pilot, "t", "enter")
        assert "Nothing is changed by that." in grid(app)
        await press(pilot, "t", "down", "enter", "type:yesterday", "enter")
        assert "A day looks like" in grid(app)
    assert extras(shop, "ann") == {}


async def test_what_a_role_gives_is_said_and_not_taken(desk: DeskFactory, shop: Founded) -> None:
    """Carol reads the team's as service lead: lowering the setting says that this stays, with an extra to take and without."""
    async with desk(lambda: StaffDetailScreen(shop.id_of("carol")), may=may(shop.owner), actor=shop.owner, size=(120, 40)) as (app, pilot):
        assert said(app) == "team: Customer service and below / team: role Service lead"
        await press(pilot, "t", "home", "enter")
        assert "stays, by the role Service lead." in grid(app)
        assert isinstance(app.screen, StaffDetailScreen)
        give(shop, "carol", ExtraGift(TEAM_CODE, END))
        await press(pilot, "t", "home", "enter")
        assert isinstance(app.screen, AccessPreviewScreen)
        assert "stays, by the role Service lead." in grid(app)
        await press(pilot, "end", "y")
        assert said(app) == "team: Customer service and below / team: role Service lead"


async def test_all_is_for_operations_alone(desk: DeskFactory, shop: Founded) -> None:
    """It stands there dim with its reason, and choosing it says no more; what was given all the same is said to be barred."""
    async with desk(lambda: StaffDetailScreen(shop.id_of("zhangsan")), may=may(shop.owner), actor=shop.owner) as (app, pilot):
        await press(pilot, "t")
        assert "kept for operations" in grid(app)
        await press(pilot, "end", "enter")
        assert isinstance(app.screen, StaffDetailScreen)
        assert "all: kept for operations" in grid(app)
        give(shop, "zhangsan", ExtraGift(ALL_CODE))
        app.screen.reload()
        assert "all: extra has it; the post, customer service, bars it" in said(app)
        assert said(app).startswith("team: ")


async def test_who_belongs_to_no_department_reads_their_own(desk: DeskFactory, shop: Founded) -> None:
    """Whatever the setting: the profile does not promise a team that there is not."""
    async with desk(lambda: StaffDetailScreen(shop.id_of("lone")), may=may(shop.owner), actor=shop.owner) as (app, pilot):
        assert said(app).startswith("own only: the team is one's department, and they belong to none")
        operations.move(shop.owner, shop.id_of("lone"), 2)
        app.screen.reload()  # type: ignore[attr-defined]  # a screen of ours
        assert said(app).startswith("team: Operations and below")
        assert "until" not in said(app)
        await press(pilot, "escape")


async def test_nobody_gives_what_they_do_not_hold(desk: DeskFactory, shop: Founded) -> None:
    """A lead who reads the team's offers that and no more; whoever reads further is out of their reach, and so are they themselves."""
    lead = shop.person("lead", extras=["staff.manage", TEAM_CODE])
    give(shop, "alice", ExtraGift(ALL_CODE))
    async with desk(lambda: StaffDetailScreen(shop.id_of("ann")), may=may(lead), actor=lead) as (app, pilot):
        await press(pilot, "t", "end")
        assert "beyond your own access" in grid(app)
        await press(pilot, "enter")
        assert "all: beyond your own access" in grid(app)
        await press(pilot, "t", "down", "enter", "enter", "end", "y")
    assert extras(shop, "ann") == {TEAM_CODE: None}
    for login, offered in (("alice", None), ("lead", False), ("gone", False), ("owner", False)):
        async with desk(lambda login=login: StaffDetailScreen(shop.id_of(login)), may=may(lead), actor=lead) as (app, pilot):
            assert app.screen.check_action("sharing", ()) is offered, login
            await press(pilot, "t")
            assert not isinstance(app.screen, Choose)


async def test_an_end_that_is_over_is_none(desk: DeskFactory, shop: Founded) -> None:
    """The extra is over: own only again, and nothing is offered as its end."""
    give(shop, "ann", ExtraGift(TEAM_CODE, NOON + DAY))
    clock.set_clock(lambda: NOON + 2 * DAY)
    async with desk(lambda: StaffDetailScreen(shop.id_of("ann")), may=may(shop.owner), actor=shop.owner) as (app, pilot):
        assert said(app) == "own only"
        await press(pilot, "t", "down", "enter", "enter", "end", "y")
    assert extras(shop, "ann") == {TEAM_CODE: None}


@pytest.mark.parametrize(
    ("login", "first"),
    [("carol", "team: Customer service and below"), ("zhangsan", "own only"), ("owner", "all: of everybody in the shop")],
)
async def test_one_reads_it_of_oneself_and_why(desk: DeskFactory, shop: Founded, login: str, first: str) -> None:
    """In My access, where Enter says why, and where nothing changes it."""
    actor: Actor = signed_in(login)
    async with desk(MyAccessScreen, may=may(actor), actor=actor) as (app, pilot):
        assert said(app).startswith(first)
        app.screen.query_one(FactList).select(SHARING)
        await press(pilot, "enter")
        assert isinstance(app.screen, WhyDialog)


async def test_of_who_has_left_nothing_is_said(desk: DeskFactory, shop: Founded) -> None:
    """They read none."""
    async with desk(lambda: StaffDetailScreen(shop.id_of("gone")), may=may(shop.owner), actor=shop.owner) as (app, _pilot):
        assert SHARING not in {fact.key for fact in app.screen.query_one(FactList).facts}
