"""The staff, by keyboard: finding people, filtering, and acting on one or many."""

from __future__ import annotations

from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from models import db
from models.i18n import Language
from models.queries import staff as queries
from screens.staff import StaffScreen
from screens.staff_detail import StaffDetailScreen
from screens.widgets.entry import Entry
from screens.widgets.list_view import ListView
from tests.crowd import crowd
from tests.factories import Founded, signed_in
from tests.hostile import LITERAL, REFUSED
from tests.screens.conftest import DeskFactory
from tests.screens.look import LANGUAGES, SIZES, grid, settle
from tests.screens.people import may, peopled, press, status


@pytest.fixture
def shop(little_shop: Founded) -> Founded:
    """A handful of people in every state."""
    return peopled(little_shop)


def shown(app: Any) -> list[str]:
    """The logins in the list, as far as they are in view."""
    people = app.screen.query_one("#people", ListView)
    return [str(row.cells[1]) for row in people.source.window(0, 20)]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_everybody_with_marks_that_need_no_colour(
    desk: DeskFactory, shop: Founded, size: tuple[int, int], language: Language, snapshot: SnapshotAssertion
) -> None:
    """● active, ○ invited, ◐ frozen; who left is not among them. Where it is wide, post, last sign-in and number stand beside."""
    async with desk(StaffScreen, may=may(shop.owner), actor=shop.owner, size=size, language=language) as (app, _pilot):
        assert grid(app) == snapshot


async def test_a_phone_shows_who_it_is_and_where(desk: DeskFactory, shop: Founded, snapshot: SnapshotAssertion) -> None:
    """At 60 by 20 the less telling columns are gone and everything works."""
    async with desk(StaffScreen, may=may(shop.owner), actor=shop.owner, size=(60, 20)) as (app, pilot):
        assert grid(app) == snapshot
        await press(pilot, "slash", "type:zs", "enter", "enter")
        assert isinstance(app.screen, StaffDetailScreen)


async def test_every_letter_filters_at_once(desk: DeskFactory, shop: Founded) -> None:
    """Slash, letters, and the people are found by name, pinyin, initials, number and phone; letters are no commands meanwhile."""
    async with desk(StaffScreen, may=may(shop.owner), actor=shop.owner) as (app, pilot):
        await press(pilot, "slash", "type:z")
        assert shown(app) == ["bob", "zhangsan"]
        await press(pilot, "type:s")
        assert shown(app) == ["zhangsan"]
        for typed, found in (
            ("zhangsan", "zhangsan"),
            ("小张", "zhangsan"),
            ("a-007", "zhangsan"),
            ("1380013", "zhangsan"),
            ("lika", "carol"),
        ):
            app.screen.query_one("#search", Entry).value = typed
            await settle(pilot)
            assert shown(app) == [found]
        await press(pilot, "down")
        assert app.focused is app.screen.query_one("#people")
        await press(pilot, "enter")
        assert isinstance(app.screen, StaffDetailScreen)
        await press(pilot, "escape")
        assert shown(app) == ["carol"]


async def test_esc_takes_away_one_thing_after_the_other(desk: DeskFactory, shop: Founded) -> None:
    """What is searched for, then the ticks, then the filters; then it is not offered any more."""
    async with desk(StaffScreen, may=may(shop.owner), actor=shop.owner) as (app, pilot):
        await press(pilot, "f", "type:customer service department", "enter")
        assert shown(app) == ["bob", "carol", "zhangsan"]
        await press(pilot, "space", "slash", "type:car")
        assert shown(app) == ["carol"]
        assert "Customer service · 1 person · 1 ticked" in grid(app)
        await press(pilot, "escape")
        assert shown(app) == ["bob", "carol", "zhangsan"]
        assert app.screen.query_one("#search", Entry).value == ""
        await press(pilot, "escape")
        assert "ticked" not in grid(app)
        await press(pilot, "escape")
        assert len(shown(app)) == 6
        assert "Everybody who has not left · 6 people" in grid(app)
        assert app.screen.check_action("clear", ()) is False


@pytest.mark.parametrize(
    ("typed", "said", "found"),
    [
        ("frozen", "frozen · 1 person", ["bob"]),
        ("left", "left · 1 person", ["gone"]),
        ("invited", "invited · 1 person", ["dave"]),
        ("operations post", "post Operations · 3 people", ["alice", "dave", "owner"]),
        ("night", "Night shift · 1 person", ["bob"]),
        ("service lead role", "role Service lead · 1 person", ["carol"]),
    ],
)
async def test_one_line_says_who_is_shown(desk: DeskFactory, shop: Founded, typed: str, said: str, found: list[str]) -> None:
    """Choosing the same again takes the filter away."""
    async with desk(StaffScreen, may=may(shop.owner), actor=shop.owner) as (app, pilot):
        await press(pilot, "f", f"type:{typed}", "enter")
        assert shown(app) == found
        assert said in grid(app)
        await press(pilot, "f", f"type:{typed}", "enter")
        assert len(shown(app)) == 6


async def test_filters_go_together_and_all_go_at_once(desk: DeskFactory, shop: Founded, snapshot: SnapshotAssertion) -> None:
    """The dialog marks what is chosen, and offers everybody first."""
    async with desk(StaffScreen, may=may(shop.owner), actor=shop.owner, size=(80, 30)) as (app, pilot):
        await press(pilot, "f", "type:frozen", "enter", "f", "type:customer service department", "enter")
        assert shown(app) == ["bob"]
        await press(pilot, "f")
        assert grid(app) == snapshot
        await press(pilot, "enter")
        assert len(shown(app)) == 6


async def test_columns_sort_up_and_down(desk: DeskFactory, shop: Founded) -> None:
    """The header shows by which and which way; the cursor stays on its person."""
    async with desk(StaffScreen, may=may(shop.owner), actor=shop.owner, size=(120, 24)) as (app, pilot):
        await press(pilot, "end")
        assert app.screen.query_one("#people", ListView).key == shop.id_of("zhangsan")
        await press(pilot, "s")
        assert "Login ↓" in grid(app)
        assert shown(app)[0] == "zhangsan"
        await press(pilot, "s")
        assert "Name ↑" in grid(app)
        assert app.screen.query_one("#people", ListView).key == shop.id_of("zhangsan")


async def test_nobody_is_found(desk: DeskFactory, shop: Founded) -> None:
    """One sentence and one key."""
    async with desk(StaffScreen, may=may(shop.owner), actor=shop.owner) as (app, pilot):
        await press(pilot, "slash", "type:xyzzy")
        assert "Nobody is found. esc clears what you look for." in grid(app)
        await press(pilot, "down", "z", "m", "enter")
        assert isinstance(app.screen, StaffScreen)


async def test_a_shop_with_nobody_but_its_owner_says_what_to_do(desk: DeskFactory, little_shop: Founded) -> None:
    """Two keys; not said to who may do neither."""
    owner = little_shop.owner
    async with desk(StaffScreen, may=may(owner), actor=owner) as (app, _pilot):
        assert "No staff yet: n onboards the first, i imports a file." in grid(app)
    async with desk(StaffScreen, may={"staff.view"}, actor=owner) as (app, _pilot):
        assert "No staff yet" not in grid(app)


async def test_freezing_asks_first_and_the_same_key_thaws(desk: DeskFactory, shop: Founded) -> None:
    """Cancel has the focus; the key that confirms is another; what is offered follows the person under the cursor."""
    async with desk(StaffScreen, may=may(shop.owner), actor=shop.owner) as (app, pilot):
        await press(pilot, "z")
        assert "Freeze Alice Wang? They are signed out at once." in grid(app)
        await press(pilot, "enter")
        assert status(shop, "alice") == "active"
        await press(pilot, "z", "z", "y")
        assert status(shop, "alice") == "frozen"
        assert "Alice Wang is frozen." in grid(app)
        await press(pilot, "z")
        assert "Unfreeze Alice Wang?" in grid(app)
        await press(pilot, "y")
        assert status(shop, "alice") == "active"


@pytest.mark.parametrize("login", ["owner", "alice"])
async def test_what_does_not_go_is_not_offered(desk: DeskFactory, shop: Founded, login: str) -> None:
    """A manager does not see a key for freezing the owner or themselves."""
    alice = signed_in("alice")
    async with desk(StaffScreen, may=may(alice), actor=alice) as (app, pilot):
        app.screen.query_one("#people", ListView).select(shop.id_of(login))
        await settle(pilot)
        assert app.screen.check_action("freeze", ()) is False
        await press(pilot, "z")
        assert isinstance(app.screen, StaffScreen)


async def test_who_only_looks_is_offered_only_looking(desk: DeskFactory, shop: Founded) -> None:
    """`staff.view` alone: search, filter, open, why."""
    carol = signed_in("carol")
    async with desk(StaffScreen, may=may(carol), actor=carol) as (app, pilot):
        for action in ("onboard", "import", "move", "freeze", "unfreeze"):
            assert app.screen.check_action(action, ()) is False
        await press(pilot, "z", "m", "n", "i")
        assert isinstance(app.screen, StaffScreen)
        await press(pilot, "enter")
        assert isinstance(app.screen, StaffDetailScreen)


async def test_a_refusal_is_said_and_changes_nothing(desk: DeskFactory, shop: Founded) -> None:
    """Somebody took the permission meanwhile: the screen offered it, the operation refuses it, the log has it."""
    lead = shop.person("lead", extras=["staff.freeze"])
    async with desk(StaffScreen, may=may(lead), actor=lead) as (app, pilot):
        await press(pilot, "z", "y")
        assert "This reaches further than your own access" in grid(app)
        assert status(shop, "alice") == "active"
        assert shop.log("act.refuse")[-1] == ("lead", "act.refuse", "alice")


async def test_many_are_ticked_and_moved_and_who_is_left_out_is_named(
    desk: DeskFactory, shop: Founded, snapshot: SnapshotAssertion
) -> None:
    """Ticks outlast a search; the refusal of each stands beside the name."""
    alice = signed_in("alice")
    async with desk(StaffScreen, may=may(alice), actor=alice) as (app, pilot):
        await press(pilot, "space", "slash", "type:dave", "enter", "space", "escape", "end", "space")
        assert "3 ticked" in grid(app)
        await press(pilot, "m", "down", "down", "down", "down", "enter")
        assert grid(app) == snapshot
        await press(pilot, "escape")
        assert "ticked" not in grid(app)
    for login in ("dave", "zhangsan"):
        assert queries.detail(shop.owner, shop.id_of(login)).department == "Warehouse"
    assert queries.detail(shop.owner, shop.id_of("alice")).department == "Operations"


async def test_one_is_moved_without_a_tick(desk: DeskFactory, shop: Founded) -> None:
    """The person under the cursor; esc moves nobody."""
    async with desk(StaffScreen, may=may(shop.owner), actor=shop.owner) as (app, pilot):
        await press(pilot, "m")
        assert "Move Alice Wang to" in grid(app)
        await press(pilot, "escape")
        assert queries.detail(shop.owner, shop.id_of("alice")).department == "Operations"
        await press(pilot, "m", "down", "enter")
        assert "1 person moved." in grid(app)
        assert queries.detail(shop.owner, shop.id_of("alice")).department == "Customer service"


async def test_others_point_at_people(desk: DeskFactory, shop: Founded) -> None:
    """Home at the invited, departments and roles at theirs, a name at its profile: what was searched for before is gone."""
    async with desk(StaffScreen, may=may(shop.owner), actor=shop.owner) as (app, pilot):
        screen = app.screen
        assert isinstance(screen, StaffScreen)
        await press(pilot, "slash", "type:zs")
        for where, found in (
            ({"status": "invited"}, ["dave"]),
            ({"department_id": 1}, ["bob", "carol", "zhangsan"]),
            ({"role_id": shop.role_id("manager")}, ["alice"]),
        ):
            screen.arrive(**where)
            await settle(pilot)
            assert shown(app) == found
        screen.arrive(staff_id=shop.id_of("carol"))
        await settle(pilot)
        assert isinstance(app.screen, StaffDetailScreen)
        await press(pilot, "escape")
        assert app.screen.query_one("#people", ListView).key == shop.id_of("carol")


async def test_onboarding_is_a_key_away(desk: DeskFactory, shop: Founded) -> None:
    """`n`, `i`, or somebody who comes here to onboard."""
    async with desk(StaffScreen, may=may(shop.owner), actor=shop.owner) as (app, pilot):
        screen = app.screen
        assert isinstance(screen, StaffScreen)
        for open_it, name in ((("n",), "OnboardScreen"), (("i",), "ImportScreen")):
            await press(pilot, *open_it)
            assert type(app.screen).__name__ == name
            await press(pilot, "escape")
            assert app.screen is screen
        screen.arrive(onboard=True)
        await settle(pilot)
        assert type(app.screen).__name__ == "OnboardScreen"


async def test_strange_names_are_shown_letter_by_letter(desk: DeskFactory, little_shop: Founded) -> None:
    """In the list, in a question, on the profile; as far as there is room."""
    owner = little_shop.owner
    for place, name in enumerate(LITERAL.values()):
        little_shop.person(f"person{place:02}", name=name[:40])
    async with desk(StaffScreen, may=may(owner), actor=owner, size=(150, 32)) as (app, pilot):
        people = app.screen.query_one("#people", ListView)
        for place in range(len(LITERAL)):
            staff_id = little_shop.id_of(f"person{place:02}")
            kept = queries.detail(owner, staff_id).name
            people.select(staff_id)
            await settle(pilot)
            assert kept[:20] in grid(app)
            await press(pilot, "z")
            assert kept.split()[0][:40] in grid(app)
            await press(pilot, "escape")
        await press(pilot, "enter")
        assert list(LITERAL.values())[-1] in grid(app)


async def test_text_that_no_field_takes_is_harmless_where_it_is_anyway(desk: DeskFactory, little_shop: Founded) -> None:
    """Written into the database by another program: shown as replacement characters, and nothing breaks."""
    crowd(len(REFUSED))
    for login, name in zip(range(1, 1 + len(REFUSED)), REFUSED.values(), strict=True):
        stored = name.encode("utf-8", "replace").decode()
        db.database.execute_sql("UPDATE staff SET name = ?1, nickname = ?1, number = ?1 WHERE login = ?2", (stored, f"person{login:05}"))
    owner = little_shop.owner
    async with desk(StaffScreen, may=may(owner), actor=owner, size=(120, 40)) as (app, pilot):
        for _page in range(4):
            await press(pilot, "z", "escape", "enter")
            await press(pilot, "escape", "pagedown")
            text = grid(app)
            assert not {character for character in text if ord(character) < 32 or 0x7F <= ord(character) < 0xA0} - {"\n"}
            assert "\N{REPLACEMENT CHARACTER}" in text
            assert not {"\u202e", "\u200b", "\u2066"} & set(text)


async def test_ten_thousand_people_are_a_window(desk: DeskFactory, little_shop: Founded) -> None:
    """End, home, a search and a step back: never more rows than are near the screen."""
    crowd(10_000)
    owner = little_shop.owner
    async with desk(StaffScreen, may=may(owner), actor=owner) as (app, pilot):
        assert "10001 people" in grid(app)
        await press(pilot, "end")
        assert "person10000" in grid(app)
        people = app.screen.query_one("#people", ListView)
        assert len(people._rows._rows) < 100
        await press(pilot, "slash", "type:zhangsanwei", "down", "end", "home")
        assert "张三伟" in grid(app)
        assert people.count < 10_000


async def test_the_help_speaks_one_language(desk: DeskFactory, shop: Founded) -> None:
    """Also where it names keys that are none of our own: tab, and copying."""
    async with desk(StaffScreen, may=may(shop.owner), actor=shop.owner, size=(120, 60), language="zh") as (app, pilot):
        await press(pilot, "question_mark", *["down"] * 12)
        assert "shift+tab" in grid(app)
        assert not {"Focus", "Copy", "selected"} & set(grid(app).split())
