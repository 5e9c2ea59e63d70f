"""What needs doing today, by keyboard."""

from __future__ import annotations

from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from models import clock, db
from models.actor import Actor
from models.errors import SignInRefused
from models.operations import codes, devices, drafts, ownership, sessions, staff as operations
from models.queries import home as home_queries
from screens.devices import DevicesScreen
from screens.home import HomeScreen
from screens.home_rows import lines
from screens.my_access import MyAccessScreen
from screens.my_security import MySecurityScreen
from screens.my_security_sign_ins import SignInsScreen
from screens.sections import SECTIONS
from screens.staff import StaffScreen
from screens.staff_detail import StaffDetailScreen
from screens.widgets.list_view import ListView
from tests import hostile
from tests.device_keys import ed25519
from tests.factories import PASSWORD, Founded, signed_in
from tests.models.doors import AFAR, NEAR, enrol, recovery_codes
from tests.screens.look import LANGUAGES, SIZES, grid, settle
from tests.screens.program import DAY, NOON, at_noon, program
from tui.app import ShopstaffApp


def row_of(app: ShopstaffApp, text: str) -> str:
    """The line of the screen that says `text`; "" for none."""
    return next((line for line in grid(app).splitlines() if text in line), "")


def put_on(app: ShopstaffApp, key: str) -> None:
    """Put the cursor on a row of the home screen."""
    assert isinstance(app.screen, HomeScreen)
    assert app.screen.query_one(ListView).select(key), key


def front(app: ShopstaffApp) -> type[Any]:
    """The class of the screen in front, asked for anew each time."""
    return type(app.screen)


@pytest.mark.parametrize(("downs", "section"), [(0, "departments"), (1, "roles"), (2, "staff")])
async def test_the_owner_of_a_fresh_shop_is_shown_the_first_steps(little_shop: Founded, downs: int, section: str) -> None:
    """Departments, roles, the first person: enter goes there, the last straight into the wizard."""
    async with program(little_shop.home, actor=little_shop.owner) as (app, pilot):
        assert "First steps" in grid(app)
        await pilot.press(*["down"] * downs, "enter")
        await settle(pilot)
        assert app.current_mode == section
        if section == "staff":
            assert front(app).__name__ == "OnboardScreen"


async def test_one_person_is_gone_to_and_several_are_listed(little_shop: Founded) -> None:
    """The line names who it is; behind several stands the list of just those people."""
    little_shop.person("alice", name="Alice Wang", status="invited")
    codes.renew(little_shop.owner, little_shop.id_of("alice"), days=1)
    little_shop.person("bob", name="Bob Zhao", gave=["design"])
    async with program(little_shop.home, actor=little_shop.owner) as (app, pilot):
        assert "Alice Wang" in row_of(app, "Activation code runs out")
        assert "in 23 hours" in row_of(app, "Activation code runs out") or "in 1 day" in row_of(app, "Activation code runs out")
        put_on(app, "code")
        await pilot.press("enter")
        await settle(pilot)
        assert isinstance(app.screen, StaffDetailScreen)
        assert "Alice Wang" in grid(app).splitlines()[0]
        await pilot.press("escape", "1")
        await settle(pilot)
        put_on(app, "unplaced")
        assert "2" in row_of(app, "In no department")
        await pilot.press("enter")
        await settle(pilot)
        assert isinstance(app.screen, StaffScreen)
        assert "In no department · 2 people" in grid(app)
        assert "Wang Fang" not in grid(app)


async def test_what_was_done_is_gone_when_one_comes_back(little_shop: Founded) -> None:
    """The list is read again each time; the cursor stays where it was as far as it can."""
    little_shop.person("alice", name="Alice Wang", gave=["design"])
    operations.freeze(little_shop.owner, little_shop.id_of("alice"))
    async with program(little_shop.home, actor=little_shop.owner) as (app, pilot):
        assert "Alice Wang" in row_of(app, "Frozen, holding grants")
        await pilot.press("9")
        await settle(pilot)
        operations.unfreeze(little_shop.owner, little_shop.id_of("alice"))
        await pilot.press("1")
        await settle(pilot)
        assert not row_of(app, "Frozen")


async def test_a_department_without_a_head_is_gone_to(little_shop: Founded) -> None:
    """With the cursor on it."""
    department = db.row("SELECT id FROM department WHERE preset = 'warehouse'")
    assert department is not None
    little_shop.person("alice", department_id=department[0])
    async with program(little_shop.home, actor=little_shop.owner) as (app, pilot):
        assert "Warehouse" in row_of(app, "No head")
        put_on(app, "headless")
        await pilot.press("enter")
        await settle(pilot)
        assert app.current_mode == "departments"
        assert app.screen.query_one("#tree", ListView).key == department[0]


async def test_a_wizard_left_half_filled_is_offered_again(little_shop: Founded) -> None:
    """By the name that was typed, before everything else; enter leads back into it."""
    little_shop.person("bob")
    drafts.keep(little_shop.owner, home_queries.DRAFT, {"step": 1, "person": {"login": "carol", "name": "Carol [bold]Li"}})
    async with program(little_shop.home, actor=little_shop.owner) as (app, pilot):
        assert "Carol [bold]Li" in row_of(app, "Go on onboarding")
        put_on(app, "draft")
        await pilot.press("enter")
        await settle(pilot)
        assert app.current_mode == "staff"
        assert "You were onboarding Carol [bold]Li" in grid(app)


@pytest.mark.parametrize("payload", [{}, {"person": "x"}, {"person": {"name": None}}, {"person": {"login": "carol"}}])
async def test_a_draft_of_any_shape_is_offered(little_shop: Founded, payload: dict[str, object]) -> None:
    """What another version kept is no reason to fail."""
    little_shop.person("bob")
    drafts.keep(little_shop.owner, home_queries.DRAFT, payload)
    async with program(little_shop.home, actor=little_shop.owner) as (app, _pilot):
        assert "just now" in row_of(app, "Go on onboarding")


async def test_staff_without_administration_see_what_they_have(little_shop: Founded) -> None:
    """Roles, what they may do in short, what ends soon, and when they were last here; enter leads to more."""
    now = clock.now()
    person = little_shop.person("alice", gave=["customer_service"], post="service", until=now + 5 * DAY)
    async with program(little_shop.home, actor=person) as (app, pilot):
        assert "What needs doing" not in grid(app)
        assert "Customer service" in row_of(app, "Roles")
        assert "Goods 1 · Orders 2" in row_of(app, "You may")
        assert "Customer service · until" in row_of(app, "Ends soon")
        assert [section.name for section in app.sections()] == ["home", "me"]
        await pilot.press("enter")
        await settle(pilot)
        assert front(app) is MyAccessScreen


async def test_the_last_sign_ins_lead_to_all_of_them(little_shop: Founded) -> None:
    """With where they came from; enter goes to one's own."""
    person = little_shop.person("alice")
    with db.transaction():
        db.database.execute_sql("UPDATE session SET address = '203.0.113.9' WHERE id = ?", (person.session_id,))
    again = signed_in("alice")
    async with program(little_shop.home, actor=again) as (app, pilot):
        assert "from 203.0.113.9" in grid(app)
        put_on(app, f"session {person.session_id}")
        await pilot.press("enter")
        await settle(pilot)
        assert isinstance(app.screen, SignInsScreen)
        assert [type(screen) for screen in app.screen_stack] == [MyAccessScreen, SignInsScreen]


async def test_when_all_is_in_order_it_says_so(little_shop: Founded) -> None:
    """One line, on which enter does nothing."""
    department = db.row("SELECT id FROM department")
    assert department is not None
    little_shop.person("alice", department_id=department[0])
    enrol(little_shop.owner)
    recovery_codes(little_shop.owner)
    with db.transaction():
        db.database.execute_sql("UPDATE department SET head_id = ? WHERE id = ?", (little_shop.id_of("alice"), department[0]))
    async with program(little_shop.home, actor=little_shop.owner) as (app, pilot):
        assert "All is in order." in row_of(app, "Nothing")
        await pilot.press("enter")
        await settle(pilot)
        assert app.current_mode == "home"


async def test_names_are_shown_as_they_stand(little_shop: Founded) -> None:
    """Neither markup nor anything that would steer the terminal, wherever it came from."""
    for place, name in enumerate((hostile.LITERAL | hostile.REFUSED).values()):
        little_shop.person(f"person{place}")
        with db.transaction():
            db.database.execute_sql(
                "UPDATE staff SET name = ? WHERE login = ?", (name.encode("utf-8", "replace").decode(), f"person{place}")
            )
    hostile_names = [name for (name,) in db.rows("SELECT name FROM staff WHERE is_owner = 0 ORDER BY id")]
    async with program(little_shop.home, actor=little_shop.owner, size=(200, 30)) as (app, pilot):
        for start in range(0, len(hostile_names), home_queries.NAMED):
            shown = grid(app)
            assert all(line.isprintable() for line in shown.splitlines())
            for name in hostile_names[start : start + home_queries.NAMED]:
                if name in hostile.LITERAL.values():
                    assert name in shown
            with db.transaction():
                db.database.execute_sql(
                    "UPDATE staff SET department_id = 1 WHERE id IN (SELECT id FROM staff WHERE department_id IS NULL AND is_owner = 0 "
                    "ORDER BY created_at, login LIMIT ?)",
                    (home_queries.NAMED,),
                )
            await pilot.press("9", "1")
            await settle(pilot)


def test_every_line_that_leads_somewhere_names_a_section(little_shop: Founded) -> None:
    """And no two rows have one key, or the cursor would jump."""
    little_shop.person("alice", gave=["design"], until=clock.now() + DAY)
    shown = lines(home_queries.today(little_shop.owner), "Asia/Shanghai")
    assert len({line.row.key for line in shown}) == len(shown)
    assert {line.way.section for line in shown if line.way is not None} <= {section.name for section in SECTIONS}


@pytest.mark.parametrize(
    ("key", "says"),
    [
        ("totp", "No phone codes"),
        ("failed", "the last"),
        ("address 0", "203.0.113.7"),
    ],
)
async def test_what_one_is_reminded_of_leads_to_where_it_is_settled(little_shop: Founded, key: str, says: str) -> None:
    """Each is one line; enter goes to one's own security, or to one's sign-ins."""
    sessions.sign_in(NEAR, "owner", PASSWORD)
    sessions.sign_in(AFAR, "owner", PASSWORD)
    with pytest.raises(SignInRefused):
        sessions.sign_in(AFAR, "owner", "walnut ferry 58 harbour")
    async with program(little_shop.home, actor=sessions.sign_in(NEAR, "owner", PASSWORD)) as (app, pilot):
        assert says in grid(app)
        put_on(app, key)
        await pilot.press("enter")
        await settle(pilot)
        assert front(app) is (MySecurityScreen if key == "totp" else SignInsScreen)


async def test_a_device_key_that_ends_soon_leads_to_ones_device_keys(little_shop: Founded) -> None:
    """With its name, the day, and how long that is; gone once the key is."""
    at_noon(little_shop)
    bob = little_shop.person("bob")
    staff_id = bob.staff_id or 0
    key = devices.add(bob, staff_id, ed25519("bob"), name="[b]phone", until=NOON + 9 * DAY)
    async with program(little_shop.home, actor=bob) as (app, pilot):
        assert "Device key ends" in row_of(app, "[b]phone, on 2026-12-01 (in 9 days)")
        put_on(app, f"device {key}")
        await pilot.press("enter")
        await settle(pilot)
        assert front(app) is DevicesScreen
        devices.revoke(bob, key)
        await pilot.press("escape", "1")
        await settle(pilot)
        assert not row_of(app, "Device key ends")


async def test_a_reminder_is_gone_when_it_is_settled(little_shop: Founded) -> None:
    """Phone codes that were set up, recovery codes that were made: home is read again when one comes back to it."""
    little_shop.person("bob")
    async with program(little_shop.home, actor=little_shop.owner) as (app, pilot):
        assert row_of(app, "No phone codes")
        await pilot.press("9")
        await settle(pilot)
        enrol(little_shop.owner)
        await pilot.press("1")
        await settle(pilot)
        assert not row_of(app, "No phone codes")
        assert "0 left" in row_of(app, "Recovery codes")
        recovery_codes(little_shop.owner)
        await pilot.press("9")
        await settle(pilot)
        await pilot.press("1")
        await settle(pilot)
        assert not row_of(app, "Recovery codes")


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("spoken", LANGUAGES)
async def test_how_reminders_look(little_shop: Founded, snapshot: SnapshotAssertion, size: tuple[int, int], spoken: str) -> None:
    """All of them at once, of an owner who was away."""
    at_noon(little_shop, language=spoken)
    heir = little_shop.person("carol", name="Carol Li 李卡")
    assert heir.staff_id is not None
    ownership.offer(little_shop.owner, heir.staff_id, "service", PASSWORD)
    clock.set_clock(lambda: NOON + 60_000_000)
    sessions.sign_in(NEAR, "owner", PASSWORD)
    for stranger in (AFAR, Actor.stranger("2001:db8:85a3::8a2e:370:7334")):
        sessions.sign_in(stranger, "owner", PASSWORD)
        with pytest.raises(SignInRefused):
            sessions.sign_in(stranger, "owner", "walnut ferry 58 harbour")
    clock.set_clock(lambda: NOON)
    async with program(little_shop.home, actor=sessions.sign_in(NEAR, "owner", PASSWORD), size=size) as (app, _pilot):
        assert grid(app) == snapshot
        enrol(heir)
        async with program(little_shop.home, actor=heir, size=size) as (other, _other_pilot):
            assert grid(other) == snapshot


@pytest.mark.parametrize("size", [*SIZES, (60, 20)], ids=str)
@pytest.mark.parametrize("spoken", LANGUAGES)
async def test_how_it_looks(little_shop: Founded, snapshot: SnapshotAssertion, size: tuple[int, int], spoken: str) -> None:
    """A busy morning of a manager."""
    at_noon(little_shop, language=spoken)
    manager = little_shop.person("mei", name="Mei Lin 林梅", gave=["manager"], until=NOON + 20 * DAY)
    for login, name in (("alice", "Alice Wang 王爱丽"), ("bob", "Bob Zhao 赵波"), ("carol", "Carol Li 李卡"), ("dan", "Dan Wu 吴丹")):
        little_shop.person(login, name=name, gave=["design"], until=NOON + 9 * DAY, status="invited", department_id=1)
    codes.renew(little_shop.owner, little_shop.id_of("bob"), days=1)
    operations.freeze(little_shop.owner, little_shop.id_of("dan"))
    drafts.keep(manager, home_queries.DRAFT, {"person": {"name": "Eve Sun 孙伊"}})
    async with program(little_shop.home, actor=manager, size=size) as (app, pilot):
        await pilot.press("down")
        await settle(pilot)
        assert grid(app) == snapshot


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("spoken", LANGUAGES)
async def test_how_a_fresh_shop_looks(little_shop: Founded, snapshot: SnapshotAssertion, size: tuple[int, int], spoken: str) -> None:
    """Three steps."""
    at_noon(little_shop, language=spoken)
    async with program(little_shop.home, actor=little_shop.owner, size=size) as (app, _pilot):
        assert grid(app) == snapshot
