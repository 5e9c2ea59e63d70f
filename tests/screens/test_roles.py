"""The list of roles, and the screens that it opens: two side by side, and who holds one."""

from __future__ import annotations

from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion
from textual.pilot import Pilot

from models import clock, db
from models.catalogue import permissions
from models.i18n import Language
from models.operations import onboarding, roles, staff
from models.operations._operation import operation as shop_operation
from models.operations.staff import Profile
from models.queries import roles as queries
from models.rules.grants import RoleGift
from screens import role_holders
from screens.base import DetailScreen
from screens.role_compare import RoleCompareScreen
from screens.role_detail import RoleDetailScreen
from screens.role_holders import RoleHoldersScreen
from screens.roles import RolesScreen
from screens.widgets.entry import Entry
from screens.widgets.list_view import ListView
from tests.factories import DAY, Founded
from tests.hostile import LITERAL, REFUSED
from tests.screens.conftest import DeskFactory
from tests.screens.look import LANGUAGES, SIZES, grid, settle

EVERYTHING = set(permissions())
MANAGE = "org.role.manage"
NOW = 1_772_500_000_000_000


@pytest.fixture
def shop(little_shop: Founded) -> Founded:
    """A role of the shop's own, and people who hold roles."""
    clock.set_clock(lambda: NOW)
    roles.add(little_shop.owner, "王[red]伟 night desk", ["refund.approve", "chat.offline.claim"])
    little_shop.person("alice", name="Alice Wang", post="service", gave=["customer_service"])
    little_shop.person("bob", name="Bob Zhao 赵博", post="service", gave=["customer_service"], until=NOW + 40 * DAY)
    little_shop.person("carol", name="李卡", gave=["service_lead", "customer_service"], status="invited", by=little_shop.owner)
    little_shop.person("dan", name="Dan Qian", gave=["operations"])
    staff.freeze(little_shop.owner, little_shop.id_of("bob"))
    return little_shop


async def press(pilot: Pilot[Any], *keys: str) -> None:
    """Keys one after the other; `"type:…"` types."""
    for key in keys:
        for each in key.removeprefix("type:") if key.startswith("type:") else [key]:
            await pilot.press("space" if each == " " else each)
        await settle(pilot)


def labels(shop: Founded) -> list[str]:
    """The roles there are."""
    return [row.label for row in queries.listed(shop.owner)]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_the_list(desk: DeskFactory, shop: Founded, size: tuple[int, int], language: Language, snapshot: SnapshotAssertion) -> None:
    """How many permissions, how many of them high-risk, whether for one post only, how many holders; what is in it where there is room."""
    async with desk(RolesScreen, may=EVERYTHING, actor=shop.owner, size=size, language=language) as (app, pilot):
        await press(pilot, "down")
        assert grid(app) == snapshot


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_the_holders(
    desk: DeskFactory, shop: Founded, size: tuple[int, int], language: Language, snapshot: SnapshotAssertion
) -> None:
    """Since when, until when, by whom."""
    role_id = shop.role_id("customer_service")
    async with desk(lambda: RoleHoldersScreen(role_id), may=EVERYTHING, actor=shop.owner, size=size, language=language) as (app, _pilot):
        assert grid(app) == snapshot


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_two_side_by_side(
    desk: DeskFactory, shop: Founded, size: tuple[int, int], language: Language, snapshot: SnapshotAssertion
) -> None:
    """Only where they differ, and the sentence about the one under the cursor."""
    two = shop.role_id("service_lead"), shop.role_id("warehouse")
    async with desk(lambda: RoleCompareScreen(*two), may=EVERYTHING, actor=shop.owner, size=size, language=language) as (app, _pilot):
        assert grid(app) == snapshot


async def test_what_both_have_is_shown_when_asked_for(desk: DeskFactory, shop: Founded) -> None:
    """And hidden again; two that do not differ say so."""
    two = shop.role_id("service_lead"), shop.role_id("customer_service")
    async with desk(lambda: RoleCompareScreen(*two), actor=shop.owner, size=(80, 40)) as (app, pilot):
        both = app.screen.query_one("#both", ListView)
        differences = set(queries.detail(shop.owner, two[0]).permissions) ^ set(queries.detail(shop.owner, two[1]).permissions)
        assert {both.source.window(place, 1)[0].key for place in range(both.count)} >= differences
        assert "View goods" not in grid(app)
        await press(pilot, "a")
        assert "✓    ✓      View goods" in grid(app)
        await press(pilot, "a")
        assert "View goods" not in grid(app)
    twin = roles.add(shop.owner, "Twin", queries.detail(shop.owner, two[0]).permissions)
    async with desk(lambda: RoleCompareScreen(two[0], twin), actor=shop.owner) as (app, pilot):
        assert "Both have the same permissions" in grid(app)
        await press(pilot, "a")
        assert "View goods" in grid(app)


async def test_a_role_is_compared_with_one_that_is_chosen(desk: DeskFactory, shop: Founded) -> None:
    """Any but itself."""
    async with desk(RolesScreen, actor=shop.owner) as (app, pilot):
        await press(pilot, "equals_sign")
        assert "Compare Customer service with" in grid(app)
        await press(pilot, "type:warehouse", "enter")
        assert isinstance(app.screen, RoleCompareScreen)
        assert "A  Customer service" in grid(app)
        assert "B  Warehouse" in grid(app)
        await press(pilot, "escape")
        assert isinstance(app.screen, RolesScreen)


async def test_a_new_role_opens_to_be_ticked(desk: DeskFactory, shop: Founded) -> None:
    """It starts empty, and the cursor is on it when one comes back."""
    async with desk(RolesScreen, may=EVERYTHING, actor=shop.owner) as (app, pilot):
        await press(pilot, "n", "type:Photos", "enter")
        assert isinstance(app.screen, RoleDetailScreen)
        assert "Role · Photos" in grid(app)
        assert "0 permissions" in grid(app)
        await press(pilot, "escape")
        assert app.screen.query_one("#roles", ListView).key == shop.role_id("Photos")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("Manager", "is taken"),
        ("店长", "is taken"),
        ("customer_service", "is taken"),
        ("x" * 41, "At most 40 characters"),
        ("", "Something has to"),
    ],
)
async def test_what_is_no_name_is_said_beside_what_was_typed(desk: DeskFactory, shop: Founded, typed: str, said: str) -> None:
    """Nothing of it is lost, and it can be put right there."""
    async with desk(RolesScreen, may=EVERYTHING, actor=shop.owner) as (app, pilot):
        before = labels(shop)
        await press(pilot, "n", f"type:{typed}", "enter")
        assert said in grid(app)
        assert app.screen.query_one(Entry).value == typed
        assert labels(shop) == before
        await press(pilot, "ctrl+u", "type:Photos", "enter")
        assert "Photos" in labels(shop)


async def test_hostile_text_that_was_pasted_is_no_name(desk: DeskFactory, shop: Founded) -> None:
    """However it got past the terminal: the operation is what refuses."""
    async with desk(RolesScreen, may=EVERYTHING, actor=shop.owner) as (app, pilot):
        before = labels(shop)
        await press(pilot, "n")
        for name, payload in list(REFUSED.items())[::12]:  # all of them are the operation's to try
            app.screen.query_one(Entry).value = payload
            await press(pilot, "enter")
            assert app.screen.is_modal, name
            assert "\x1b" not in grid(app), name
        assert labels(shop) == before


async def test_names_are_shown_letter_by_letter(desk: DeskFactory, little_shop: Founded) -> None:
    """Markup in the name of a role or a person is text: in the list, beside it, in dialogs, and in the titles of what it opens."""
    payloads = [" ".join(payload.split()) for payload in LITERAL.values() if len(payload) <= 40][::3]
    for payload in payloads:
        roles.add(little_shop.owner, payload, ["goods.view"])
    little_shop.person("mark", name="[@click=app.exit]Mark[/]", gave=payloads)
    async with desk(RolesScreen, may=EVERYTHING, actor=little_shop.owner, size=(120, 40)) as (app, pilot):
        for payload in payloads:
            app.screen.query_one("#roles", ListView).select(little_shop.role_id(payload))
            await settle(pilot)
            assert grid(app).count(payload[:20]) == 2
            assert payload in grid(app)
            assert "[@click=app.exit]Mark[/]" in grid(app)
            await press(pilot, "d")
            assert "[@click=app.exit]Mark[/]  mark" in grid(app)
            await press(pilot, "h")
            assert f"{payload} · 1 holder" in grid(app)
            assert "[@click=app.exit]Mark[/]" in grid(app)
            await press(pilot, "escape", "enter")
            assert f"Role · {payload}" in grid(app)
            await press(pilot, "escape", "c")
            assert f"Copy {payload}" in grid(app)
            await press(pilot, "escape")


async def test_a_copy_has_the_same_permissions_and_a_name_of_its_own(desk: DeskFactory, shop: Founded) -> None:
    """A name is offered; another can be typed."""
    async with desk(RolesScreen, may=EVERYTHING, actor=shop.owner) as (app, pilot):
        await press(pilot, "down", "c", "enter")
        assert "Role · Service lead, copy" in grid(app)
        copy = queries.find("Service lead, copy")
        assert queries.detail(shop.owner, copy.id).permissions == queries.detail(shop.owner, shop.role_id("service_lead")).permissions


async def test_a_role_beyond_ones_own_access_is_not_copied(desk: DeskFactory, shop: Founded) -> None:
    """It names the permission in the way, and the log has who tried."""
    eve = shop.person("eve", extras=[MANAGE, "goods.view"])
    async with desk(RolesScreen, may={MANAGE}, actor=eve, size=(120, 40)) as (app, pilot):
        await press(pilot, "down", "c", "enter")
        assert "further than your own access" in " ".join(grid(app).split())
        assert "Service lead, copy" not in labels(shop)
        assert shop.log("act.refuse")[-1] == ("eve", "act.refuse", "Service lead, copy")


async def test_a_role_that_nobody_holds_is_closed_after_asking(desk: DeskFactory, shop: Founded) -> None:
    """Enter means cancel, y does it."""
    async with desk(RolesScreen, may=EVERYTHING, actor=shop.owner) as (app, pilot):
        await press(pilot, "down", "down", "down", "d", "enter")
        assert "Marketing" in labels(shop)
        await press(pilot, "d", "y")
        assert "Marketing" not in labels(shop)
        assert "Closed." in grid(app)
        assert app.screen.query_one("#roles", ListView).key == shop.role_id("design")


async def test_who_holds_a_role_is_in_the_way_of_closing_it(desk: DeskFactory, shop: Founded) -> None:
    """They are named, and one key away."""
    async with desk(RolesScreen, may=EVERYTHING, actor=shop.owner) as (app, pilot):
        await press(pilot, "d")
        assert "3 people hold Customer service" in grid(app)
        assert "Bob Zhao 赵博  bob" in grid(app)
        await press(pilot, "y")
        assert "Customer service" in labels(shop)
        await press(pilot, "h")
        assert isinstance(app.screen, RoleHoldersScreen)


async def test_many_names_in_a_question_are_scrolled_while_cancel_keeps_the_focus(desk: DeskFactory, shop: Founded) -> None:
    """The arrows move them; enter is still cancel; beyond a hundred it says how many more."""
    design = shop.role_id("design")
    people = [
        onboarding.Newcomer(f"p{number:03}", Profile(f"Person {number:03}"), "operations", None, (RoleGift(design),))
        for number in range(130)
    ]
    with shop_operation(shop.owner, "staff.manage", "staff.onboard") as journal:
        onboarding.insert(journal, [onboarding.prepare(newcomer) for newcomer in people])
    async with desk(RolesScreen, may=EVERYTHING, actor=shop.owner) as (app, pilot):
        app.screen.query_one("#roles", ListView).select(design)
        await press(pilot, "d")
        assert "130 people hold Design" in grid(app)
        assert "Person 000" in grid(app)
        await press(pilot, "down", "down")
        assert "Person 000" not in grid(app)
        await press(pilot, *["pagedown"] * 10)
        assert "Person 099" in grid(app)
        assert "… and 30 more" in grid(app)
        await press(pilot, "pageup", "k", "enter")
        assert isinstance(app.screen, RolesScreen)


class PersonScreen(DetailScreen):
    """Stands for a person's own screen."""

    def __init__(self, staff_id: int) -> None:
        super().__init__()
        self.staff_id = staff_id


async def test_a_holder_opens_and_one_comes_back(desk: DeskFactory, shop: Founded, monkeypatch: pytest.MonkeyPatch) -> None:
    """Enter on a person; esc twice to the list of roles."""
    monkeypatch.setattr(role_holders, "load", lambda name: PersonScreen)
    async with desk(RolesScreen, actor=shop.owner) as (app, pilot):
        await press(pilot, "h", "down", "enter")
        assert isinstance(app.screen, PersonScreen)
        assert app.screen.staff_id == shop.id_of("bob")
        await press(pilot, "escape", "escape")
        assert isinstance(app.screen, RolesScreen)


async def test_a_role_that_nobody_holds_says_where_roles_are_given(desk: DeskFactory, shop: Founded) -> None:
    """One sentence and one key."""
    async with desk(lambda: RoleHoldersScreen(shop.role_id("design")), actor=shop.owner) as (app, _pilot):
        assert "Nobody holds this role yet: 4 opens the staff" in grid(app)
        assert "0 holders" in grid(app)


async def test_what_one_may_not_do_is_not_offered(desk: DeskFactory, shop: Founded) -> None:
    """With `staff.view` alone roles are read, compared, and their holders seen."""
    eve = shop.person("eve", extras=["staff.view"])
    async with desk(RolesScreen, actor=eve) as (app, pilot):
        for key in ("n", "e", "c", "d"):
            await press(pilot, key)
            assert isinstance(app.screen, RolesScreen)
        for said in ("New", "Edit", "Copy", "Close"):
            assert f" {said}" not in grid(app).splitlines()[-1]
        await press(pilot, "enter")
        assert isinstance(app.screen, RoleDetailScreen)


async def test_a_shop_without_roles_says_how_to_make_one(desk: DeskFactory, shop: Founded) -> None:
    """And offers nothing that takes a role; with one there is nothing to compare it with."""
    db.rows("UPDATE role SET closed_at = 1")
    async with desk(RolesScreen, may=EVERYTHING, actor=shop.owner, size=(120, 40)) as (app, pilot):
        assert "No roles yet: n makes the first." in grid(app)
        await press(pilot, "e", "c", "equals_sign", "h", "d", "enter")
        assert isinstance(app.screen, RolesScreen)
        await press(pilot, "n", "type:Only", "enter", "escape", "equals_sign")
        assert isinstance(app.screen, RolesScreen)
        assert "Only" in grid(app)


async def test_five_hundred_roles_are_a_list_like_any_other(desk: DeskFactory, shop: Founded) -> None:
    """The last is reached by one key, and found by typing where one is chosen."""
    db.write_many("INSERT INTO role (version, name) VALUES (1, ?)", [(f"Role {number:03}",) for number in range(500)])
    async with desk(RolesScreen, may=EVERYTHING, actor=shop.owner) as (app, pilot):
        await press(pilot, "equals_sign", "type:role 499", "enter")
        assert "B  Role 499" in grid(app)
        await press(pilot, "escape", "end", "up")
        assert "Role 499" in grid(app)
        assert app.screen.query_one("#roles", ListView).count == 510
