"""A person's profile, by keyboard: what is shown to whom, and what can be done to whom."""

from __future__ import annotations

from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from models import clock
from models.i18n import Language
from models.operations import departments, grants, security, staff as operations
from models.queries import audit, staff as queries
from models.rules.grants import AccessChange, ExtraGift, RoleGift
from screens.staff_detail import StaffDetailScreen
from screens.widgets.fact_list import FactList
from tests.factories import DAY, Founded, signed_in
from tests.guarded import totp_on
from tests.screens.conftest import DeskFactory
from tests.screens.look import LANGUAGES, SIZES, grid
from tests.screens.people import NOON, may, peopled, press, status

END = clock.end_of_day("2026-12-31", "Asia/Shanghai")
ACTIONS = ("edit", "access", "move", "freeze", "unfreeze", "offboard", "reinstate", "code", "reset", "limits", "why")


@pytest.fixture
def shop(little_shop: Founded) -> Founded:
    """A handful of people in every state; Carol has an extra until the end of the year, and one that is over."""
    shop = peopled(little_shop)
    carol = shop.id_of("carol")
    clock.set_clock(lambda: NOON - 9 * DAY)
    grants.change(shop.console, carol, AccessChange(give_extras=(ExtraGift("marketing.coupon.send", NOON - 4 * DAY),)))
    clock.set_clock(lambda: NOON)
    grants.change(shop.owner, carol, AccessChange(give_extras=(ExtraGift("audit.view", END),)))
    departments.set_head(shop.owner, 1, 1, carol)
    return shop


def of(shop: Founded, login: str) -> StaffDetailScreen:
    """The profile of somebody."""
    return StaffDetailScreen(shop.id_of(login))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_a_profile_from_top_to_bottom(
    desk: DeskFactory, shop: Founded, size: tuple[int, int], language: Language, snapshot: SnapshotAssertion
) -> None:
    """Person, roles and extras with giver and end, permissions by area with source and what the post cuts, security, activity."""
    owner = shop.owner
    async with desk(lambda: of(shop, "carol"), may=may(owner), actor=owner, size=size, language=language) as (app, pilot):
        assert grid(app) == snapshot(name="top")
        await press(pilot, "right", "right")
        assert grid(app) == snapshot(name="access")
        await press(pilot, "end")
        assert grid(app) == snapshot(name="bottom")


async def test_left_and_right_go_from_part_to_part(desk: DeskFactory, shop: Founded) -> None:
    """Each part's heading comes to the top, as far as there is enough below it."""
    async with desk(lambda: of(shop, "carol"), may=may(shop.owner), actor=shop.owner) as (app, pilot):
        for title, first in (("Roles and extras", "grant:"), ("What this amounts to", "permission:"), ("Security", "totp")):
            await press(pilot, "right")
            fact = app.screen.query_one(FactList).fact
            assert fact is not None
            assert fact.key.startswith(first)
            assert title in (grid(app) if title == "Security" else grid(app).splitlines()[1])
        await press(pilot, "left", "left", "left", "left")
        assert grid(app).splitlines()[1].strip() == "Person"


@pytest.mark.parametrize(
    ("login", "offered"),
    [
        ("carol", {"edit", "access", "move", "freeze", "offboard", "reset", "limits", "why"}),
        ("bob", {"edit", "access", "move", "unfreeze", "offboard", "reset", "limits", "why"}),
        ("dave", {"edit", "access", "move", "freeze", "offboard", "code", "limits", "why"}),
        ("gone", {"edit", "move", "reinstate", "why"}),
        ("owner", {"edit", "move", "why"}),
    ],
)
async def test_what_goes_with_the_status_is_offered_and_nothing_else(
    desk: DeskFactory, shop: Founded, login: str, offered: set[str]
) -> None:
    """By the owner, who may everything."""
    async with desk(lambda: of(shop, login), may=may(shop.owner), actor=shop.owner) as (app, _pilot):
        assert {action for action in ACTIONS if app.screen.check_action(action, ())} == offered


@pytest.mark.parametrize(
    ("who", "login", "offered", "dimmed"),
    [
        ("alice", "carol", {"edit", "access", "move", "freeze", "offboard", "reset", "why"}, set()),
        ("alice", "owner", {"why"}, set()),
        ("alice", "alice", {"edit", "why"}, set()),
        ("carol", "alice", {"why"}, set()),
        ("carol", "carol", {"edit", "why"}, set()),
        ("lead", "carol", {"why"}, {"edit", "access", "move"}),
        ("lead", "zhangsan", {"edit", "access", "move", "why"}, set()),
    ],
)
async def test_what_reaches_too_far_is_dimmed_or_not_there(
    desk: DeskFactory, shop: Founded, who: str, login: str, offered: set[str], dimmed: set[str]
) -> None:
    """A manager, somebody who only looks, and somebody who may manage but holds less: dimmed where only the reach is short."""
    shop.person("lead", gave=["customer_service"], extras=["staff.manage"])
    actor = signed_in(who)
    async with desk(lambda: of(shop, login), may=may(actor), actor=actor) as (app, _pilot):
        answers = {action: app.screen.check_action(action, ()) for action in ACTIONS}
        assert {action for action, answer in answers.items() if answer} == offered
        assert {action for action, answer in answers.items() if answer is None} == dimmed
        assert ("This reaches further" in grid(app)) is bool(dimmed)


async def test_activity_is_for_who_may_read_it_and_for_oneself(desk: DeskFactory, shop: Founded) -> None:
    """Part of the log, or one's own; it has what its reader sees in the log."""
    alice, carol, dan = signed_in("alice"), signed_in("carol"), shop.person("dan", extras=["staff.view"])
    seen = ((alice, "bob", True), (carol, "bob", True), (carol, "carol", True), (dan, "carol", False), (dan, "dan", True))
    for actor, login, there in seen:
        async with desk(lambda login=login: of(shop, login), may=may(actor), actor=actor, size=(80, 200)) as (app, _pilot):
            assert ("Activity" in grid(app)) is there
            assert ("owner: Froze bob" in grid(app)) is (actor is alice)


async def test_why_is_asked_of_the_permission_under_the_cursor_or_of_any(desk: DeskFactory, shop: Founded) -> None:
    """Enter on a line, also on one that goes on below; `w` finds any other."""
    async with desk(lambda: of(shop, "carol"), may=may(shop.owner), actor=shop.owner) as (app, pilot):
        await press(pilot, "enter")
        assert not app.screen.is_modal  # nothing opens on a name
        await press(pilot, "right", "right", "down", "enter")
        assert "carol may use “View goods” now." in grid(app)
        assert "Through the role “Operations”, given by console:tester on 2026-03-01" in grid(app)
        await press(pilot, "escape", "w", "type:withdraw", "enter")
        assert "It belongs to the owner alone and cannot be given." in grid(app)
        await press(pilot, "escape", "w", "type:goods.price.edit", "enter")
        assert "✗ carol may not use “Change price” now." in grid(app)
        assert "The post has to change first. Who could do that: Wang Fang (owner)" in grid(app)


async def test_freezing_and_thawing(desk: DeskFactory, shop: Founded) -> None:
    """The heading follows; Cancel has the focus."""
    async with desk(lambda: of(shop, "carol"), may=may(shop.owner), actor=shop.owner) as (app, pilot):
        await press(pilot, "z", "enter")
        assert status(shop, "carol") == "active"
        await press(pilot, "z", "y")
        assert status(shop, "carol") == "frozen"
        assert "◐ frozen" in grid(app).splitlines()[0]
        await press(pilot, "z", "y")
        assert status(shop, "carol") == "active"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_leaving_shows_first_what_ends(
    desk: DeskFactory, shop: Founded, size: tuple[int, int], language: Language, snapshot: SnapshotAssertion
) -> None:
    """Roles, extras that still hold, the department that loses its head, sessions, codes; then `y`."""
    owner = shop.owner
    async with desk(lambda: of(shop, "carol"), may=may(owner), actor=owner, size=size, language=language) as (app, pilot):
        await press(pilot, "l")
        assert grid(app) == snapshot
        await press(pilot, "l", "ctrl+s", "enter")
        assert status(shop, "carol") == "active"
        await press(pilot, "l", "ctrl+s", "y")
        assert status(shop, "carol") == "left"


async def test_leaving_the_program_is_another_key_than_leaving_the_shop(desk: DeskFactory, shop: Founded) -> None:
    """`q` signs out the reader; nobody else's access ends by it."""
    async with desk(lambda: of(shop, "carol"), may=may(shop.owner), actor=shop.owner) as (app, pilot):
        await press(pilot, "q")
        assert app.actor is None
    assert status(shop, "carol") == "active"


async def test_somebody_without_anything_leaves_in_one_line(desk: DeskFactory, shop: Founded) -> None:
    """There is nothing to list."""
    shop.person("eve", status="invited")
    operations.freeze(shop.owner, shop.id_of("eve"))
    clock.set_clock(lambda: NOON + 30 * DAY)
    owner = shop.owner
    async with desk(lambda: of(shop, "eve"), may=may(owner), actor=owner) as (app, pilot):
        await press(pilot, "l")
        assert "Nothing was given to them, and no session is open." in " ".join(grid(app).split())
        await press(pilot, "ctrl+s", "y")
        assert "– left" in grid(app).splitlines()[0]


async def test_coming_back_brings_a_card_with_a_code(desk: DeskFactory, shop: Founded) -> None:
    """The only time it is shown; the person is invited, with nothing."""
    async with desk(lambda: of(shop, "gone"), may=may(shop.owner), actor=shop.owner) as (app, pilot):
        await press(pilot, "r", "y")
        assert type(app.screen).__name__ == "HandOverScreen"
        assert "gone" in grid(app)
    assert status(shop, "gone") == "invited"
    assert queries.grants(shop.owner, shop.id_of("gone")) == ()


async def test_a_new_code_is_shown_on_a_card(desk: DeskFactory, shop: Founded) -> None:
    """After asking; the log says that there is one, not which."""
    async with desk(lambda: of(shop, "dave"), may=may(shop.owner), actor=shop.owner) as (app, pilot):
        await press(pilot, "c", "escape", "c", "y")
        assert type(app.screen).__name__ == "HandOverScreen"
    assert [entry.action for entry in audit.about(shop.owner, "staff", shop.id_of("dave")).rows].count("staff.code") == 1


async def test_moving_starts_where_the_person_is(desk: DeskFactory, shop: Founded) -> None:
    """One step down, and they are in the next department."""
    async with desk(lambda: of(shop, "zhangsan"), may=may(shop.owner), actor=shop.owner) as (app, pilot):
        await press(pilot, "m", "down", "enter")
        assert "张三 was moved." in grid(app)
    assert queries.detail(shop.owner, shop.id_of("zhangsan")).department == "Customer service/Night shift"


async def test_what_was_changed_meanwhile_is_told(desk: DeskFactory, shop: Founded) -> None:
    """Moved by somebody else while the departments were being read: nothing is overwritten, and the profile shows where they are."""
    zhang = shop.id_of("zhangsan")
    async with desk(lambda: of(shop, "zhangsan"), may=may(shop.owner), actor=shop.owner) as (app, pilot):
        await press(pilot, "m")
        operations.move(signed_in("alice"), zhang, 3)
        await press(pilot, "down", "enter")
        assert "changed by somebody else meanwhile" in grid(app)
        assert "Warehouse" in grid(app)
    assert queries.detail(shop.owner, zhang).department == "Warehouse"


async def test_a_role_that_is_over_is_shown_as_over(desk: DeskFactory, shop: Founded) -> None:
    """With when it ended."""
    dave = shop.id_of("dave")
    grants.change(shop.owner, dave, AccessChange(give_roles=(RoleGift(shop.role_id("design"), NOON + DAY),)))
    clock.set_clock(lambda: NOON + 5 * DAY)
    async with desk(lambda: of(shop, "dave"), may=may(shop.owner), actor=shop.owner, size=(120, 40)) as (app, _pilot):
        assert "it ended on 2026-03-02 (4 days ago)" in grid(app)
        assert "once the account is activated: 7 permissions" in grid(app)


async def test_p9_protection_is_shown_to_who_could_reset_it_and_to_nobody_else(desk: DeskFactory, shop: Founded) -> None:
    """The owner, a manager who reaches so far, oneself; not whoever only sees who works here."""
    totp_on(shop, "carol", recovery=2)
    security.limit(shop.owner, shop.id_of("carol"), addresses="10.0.0.0/8", hours="mon-fri 09:00-18:00")
    for who, login, sees in (
        ("owner", "carol", True),
        ("alice", "carol", True),
        ("carol", "carol", True),
        ("carol", "alice", False),
        ("alice", "owner", False),
        ("owner", "gone", False),
    ):
        actor = signed_in(who)
        async with desk(lambda login=login: of(shop, login), may=may(actor), actor=actor, size=(80, 200)) as (app, _pilot):
            shown = grid(app)
            assert ("Phone codes" in shown) is sees, (who, login)
            assert ("Password   " in shown) is sees, (who, login)
            if sees:
                assert "on since 2026-03-01 12:00 (just now)" in shown
                assert "2 left" in shown
                assert "10.0.0.0/8" in shown
                assert "Mon–Fri 09:00–18:00" in shown


def code_shown(app: Any) -> str:
    """The code on the card in front."""
    return str(app.screen._fresh.code)


async def test_p9_a_reset_from_the_profile_by_a_manager(desk: DeskFactory, shop: Founded) -> None:
    """What was lost is chosen, what follows is said, the code is shown once; the profile waits for it, and c makes a new one."""
    totp_on(shop, "carol")
    alice = signed_in("alice")
    async with desk(lambda: of(shop, "carol"), may=may(alice), actor=alice, size=(80, 60)) as (app, pilot):
        assert app.screen.check_action("code", ()) is False
        await press(pilot, "r", "down", "enter")
        assert "Reset the phone codes of Carol" in grid(app)
        await press(pilot, "y")
        first = code_shown(app)
        assert "Type this reset code when you are asked for it." in grid(app)
        await press(pilot, "escape", "y", "end")
        assert "void: waits for the reset code" in grid(app)
        await press(pilot, "c", "y")
        assert code_shown(app) != first
    assert [line[:2] for line in shop.log("security.reset", "staff.code")] == [("alice", "security.reset"), ("alice", "staff.code")]


async def test_p9_a_reset_that_is_refused_meanwhile_says_why(desk: DeskFactory, shop: Founded) -> None:
    """The permission was taken while the dialog stood open."""
    carl = shop.person("carl", gave=["customer_service"], extras=["staff.security.reset"])
    async with desk(lambda: of(shop, "zhangsan"), may=may(carl), actor=carl) as (app, pilot):
        await press(pilot, "r")
        grants.change(shop.owner, shop.id_of("carl"), AccessChange(take_extras=("staff.security.reset",)))
        app._may = frozenset(may(carl))
        await press(pilot, "y")
        assert type(app.screen) is StaffDetailScreen
        assert "Reset security" in grid(app)
    assert shop.log("security.reset") == []
