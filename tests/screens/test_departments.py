"""The department tree, by keyboard."""

from __future__ import annotations

import asyncio
import threading
import time
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion
from textual.pilot import Pilot

from models import clock, db
from models.actor import Actor
from models.catalogue import permissions
from models.i18n import Language
from models.operations import departments, staff
from models.queries import departments as queries
from screens import department_closing, departments as module
from screens.base import DetailScreen
from screens.departments import DepartmentsScreen
from screens.widgets.entry import Entry
from screens.widgets.list_view import ListView
from tests.factories import Founded
from tests.hostile import LITERAL, REFUSED
from tests.screens.conftest import DeskFactory
from tests.screens.look import LANGUAGES, SIZES, grid, settle

EVERYTHING = set(permissions())
MANAGE = "org.department.manage"


@pytest.fixture
def shop(little_shop: Founded) -> Founded:
    """Three people in customer service, two in its night shift; Carol leads it."""
    clock.set_clock(lambda: 1_772_500_000_000_000)
    service = queries.find("Customer service")
    night = departments.add(little_shop.owner, "Night shift", service)
    little_shop.person("alice", name="Alice Wang", post="service", gave=["customer_service"], department_id=service)
    little_shop.person("bob", name="Bob Zhao 赵博", post="service", gave=["customer_service"], department_id=service)
    little_shop.person("carol", name="李卡", post="service", gave=["service_lead"], department_id=service, status="invited")
    little_shop.person("dan", name="Dan Qian", gave=["manager"], department_id=night)
    little_shop.person("eve", name="Eve Sun", department_id=night)
    staff.freeze(little_shop.owner, little_shop.id_of("bob"))
    departments.set_head(little_shop.owner, service, 1, little_shop.id_of("carol"))
    return little_shop


def order() -> list[str]:
    """The names in the tree from top to bottom, each with its parent's."""
    rows = queries.tree(Actor.console("tester")).rows
    names = {row.id: row.label for row in rows}
    return [f"{names.get(row.parent_id or 0, '')}/{row.label}" for row in rows]


async def press(pilot: Pilot[Any], *keys: str) -> None:
    """Keys one after the other; `"type:…"` types."""
    for key in keys:
        for each in key.removeprefix("type:") if key.startswith("type:") else [key]:
            await pilot.press("space" if each == " " else each)
        await settle(pilot)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_the_tree_and_who_is_in_it(
    desk: DeskFactory, shop: Founded, size: tuple[int, int], language: Language, snapshot: SnapshotAssertion
) -> None:
    """Headcounts with those below on the left; on the right the head, how many are where, and who, with the marks of their status."""
    async with desk(DepartmentsScreen, may=EVERYTHING, actor=shop.owner, size=size, language=language) as (app, pilot):
        await press(pilot, "down")
        assert grid(app) == snapshot


async def test_the_tree_fits_a_phone(desk: DeskFactory, shop: Founded, snapshot: SnapshotAssertion) -> None:
    """At 60 by 20 the details stand below the tree."""
    async with desk(DepartmentsScreen, may=EVERYTHING, actor=shop.owner, size=(60, 20)) as (app, pilot):
        await press(pilot, "down")
        assert grid(app) == snapshot


async def test_a_new_department_stands_below_the_one_under_the_cursor(desk: DeskFactory, shop: Founded) -> None:
    """The cursor goes there; on the shop's line it stands directly below the shop."""
    async with desk(DepartmentsScreen, may={MANAGE}, actor=shop.owner) as (app, pilot):
        await press(pilot, "n", "type:Photo", "enter")
        await press(pilot, "n", "type:Studio", "enter")
        assert "/Photo" in order()
        assert "Photo/Studio" in order()
        assert "In      Photo" in grid(app)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("Operations", "is taken"),
        ("运营部", "is taken"),
        ("OPERATIONS", "is taken"),
        ("x" * 31, "At most 30 characters"),
        ("a/b", "stands between"),
        ("", "Something has to stand here"),
    ],
)
async def test_what_is_no_name_is_said_beside_what_was_typed(desk: DeskFactory, shop: Founded, typed: str, said: str) -> None:
    """Nothing of it is lost, and it can be put right there."""
    async with desk(DepartmentsScreen, may={MANAGE}, actor=shop.owner) as (app, pilot):
        before = order()
        await press(pilot, "n", f"type:{typed}", "enter")
        assert said in grid(app)
        assert order() == before
        await press(pilot, "end", "ctrl+u", "type:Photo", "enter")
        assert "/Photo" in order()


async def test_hostile_text_that_was_pasted_is_no_name(desk: DeskFactory, shop: Founded) -> None:
    """However it got past the terminal: the operation is what refuses, and what was pasted stays to be put right."""
    async with desk(DepartmentsScreen, may={MANAGE}, actor=shop.owner) as (app, pilot):
        before = order()
        await press(pilot, "n")
        for name, payload in list(REFUSED.items())[::12]:  # all of them are the rule's to try
            app.screen.query_one(Entry).value = payload
            await press(pilot, "enter")
            assert app.screen.is_modal, name
            assert "\x1b" not in grid(app), name
        assert order() == before


async def test_names_are_shown_letter_by_letter(desk: DeskFactory, little_shop: Founded) -> None:
    """Markup in the name of a department or a person is text, in the tree, beside it and in every dialog."""
    payloads = [payload for payload in LITERAL.values() if "/" not in payload and len(payload) <= 30]
    for payload in payloads:
        departments.add(little_shop.owner, payload)
    little_shop.person("mark", name="王[/]伟[bold", department_id=queries.find(payloads[0]))
    async with desk(DepartmentsScreen, may=EVERYTHING, actor=little_shop.owner, size=(120, 40)) as (app, pilot):
        await press(pilot, "down", "down", "down", "down")
        for payload in payloads:
            await press(pilot, "down")
            assert grid(app).count(" ".join(payload.split())) == 2
            await press(pilot, "d")
            assert " ".join(payload.split()) in grid(app)
            await press(pilot, "escape", "m", "escape", "e", "escape")
        await press(pilot, *["up"] * (len(payloads) - 1))
        assert "王[/]伟[bold" in grid(app)
        await press(pilot, "h")
        assert "王[/]伟[bold" in grid(app)


async def test_renaming_starts_from_the_name_and_tells_who_was_first(desk: DeskFactory, shop: Founded) -> None:
    """Somebody else's name is not overwritten before it was seen; after that it is."""
    async with desk(DepartmentsScreen, may={MANAGE}, actor=shop.owner) as (app, pilot):
        await press(pilot, "down", "e")
        assert "Rename Customer service" in grid(app)
        row = queries.tree(shop.owner).rows[0]
        departments.rename(shop.owner, row.id, row.version, "Helpers")
        await press(pilot, "ctrl+u", "type:Care", "enter")
        assert "Rename Helpers" in grid(app)
        assert "changed by somebody else" in " ".join(grid(app).split())
        assert "/Helpers" in order()
        await press(pilot, "enter")
        assert "/Care" in order()
        assert not app.screen.is_modal


async def test_a_department_moves_to_what_was_chosen_and_never_into_itself(desk: DeskFactory, shop: Founded) -> None:
    """Itself and what is below it are not among the places."""
    async with desk(DepartmentsScreen, may={MANAGE}, actor=shop.owner) as (app, pilot):
        await press(pilot, "down", "m")
        said = [option.label.strip() for option in app.screen._options]  # type: ignore[attr-defined]  # of Choose
        assert said == ["Little Shop", "Operations", "Warehouse", "Finance"]
        assert "it is here" in grid(app)
        await press(pilot, "down", "enter")
        assert order()[:3] == ["/Operations", "Operations/Customer service", "Customer service/Night shift"]
        assert app.screen.query_one("#tree", ListView).key == queries.find("Operations/Customer service")
        await press(pilot, "m", "home", "enter")
        assert order()[-2] == "/Customer service"


async def test_moving_to_where_it_is_changes_nothing(desk: DeskFactory, shop: Founded) -> None:
    """And says nothing."""
    async with desk(DepartmentsScreen, may={MANAGE}, actor=shop.owner) as (app, pilot):
        before = shop.log()
        await press(pilot, "down", "m", "enter")
        assert not app.screen.is_modal
        assert shop.log() == before


async def test_a_move_that_was_overtaken_is_told(desk: DeskFactory, shop: Founded) -> None:
    """The tree stays as the other left it, and is shown so."""
    async with desk(DepartmentsScreen, may={MANAGE}, actor=shop.owner) as (app, pilot):
        await press(pilot, "down", "m")
        row = queries.tree(shop.owner).rows[0]
        departments.move(shop.owner, row.id, row.version, queries.find("Finance"))
        await press(pilot, "down", "enter")
        assert "changed by somebody else" in " ".join(grid(app).split())
        assert "Finance/Customer service" in order()


@pytest.mark.parametrize("keys", [("left_square_bracket", "right_square_bracket"), ("shift+up", "shift+down")])
async def test_places_are_exchanged_by_brackets_or_arrows(desk: DeskFactory, shop: Founded, keys: tuple[str, str]) -> None:
    """The cursor goes along; at the edge nothing happens, however often the key is pressed."""
    up, down = keys
    async with desk(DepartmentsScreen, may={MANAGE}, actor=shop.owner) as (app, pilot):
        await press(pilot, "end", up, up)
        assert order()[:2] == ["/Customer service", "Customer service/Night shift"]
        assert order()[2:] == ["/Finance", "/Operations", "/Warehouse"]
        await pilot.press(*[up] * 5)
        await settle(pilot)
        assert order()[0] == "/Finance"
        assert app.screen.query_one("#tree", ListView).cursor == 1
        await press(pilot, *[down] * 5)
        assert order()[-1] == "/Finance"
        assert "already so" not in grid(app)


async def test_the_head_is_found_by_typing_or_nobody(desk: DeskFactory, shop: Founded) -> None:
    """By pinyin, too; the list starts on whoever it is now."""
    async with desk(DepartmentsScreen, may={MANAGE}, actor=shop.owner) as (app, pilot):
        await press(pilot, "down")
        assert "Head    李卡" in grid(app)
        await press(pilot, "h")
        assert app.screen.query_one(ListView).key == shop.id_of("carol")
        await press(pilot, "type:zhaobo", "enter")
        assert "Head    Bob Zhao 赵博" in grid(app)
        await press(pilot, "h", "home", "pageup", "enter")
        assert "Head    –" in grid(app)
        await press(pilot, "h", "type:nobody at all")
        assert "Nobody is called that." in grid(app)
        await press(pilot, "enter", "escape")
        assert "Head    –" in grid(app)


async def test_an_empty_department_is_closed_after_asking(desk: DeskFactory, shop: Founded) -> None:
    """Enter means cancel, the key that asked does not confirm, and y does."""
    async with desk(DepartmentsScreen, may=EVERYTHING, actor=shop.owner) as (app, pilot):
        await press(pilot, "end", "d", "enter")
        assert "/Finance" in order()
        await press(pilot, "d", "d", "escape")
        assert "/Finance" in order()
        await press(pilot, "d", "y")
        assert "/Finance" not in order()
        assert "Closed." in grid(app)


async def test_who_is_in_the_way_is_named_and_moved(desk: DeskFactory, shop: Founded) -> None:
    """People and departments both; then it closes."""
    async with desk(DepartmentsScreen, may=EVERYTHING, actor=shop.owner) as (app, pilot):
        await press(pilot, "down", "d")
        for said in ("Night shift, with 2 people", "Alice Wang  alice", "Bob Zhao 赵博  bob", "李卡  carol"):
            assert said in grid(app)
        await press(pilot, "y")
        assert "Customer service" not in [option.label.strip() for option in app.screen._options]  # type: ignore[attr-defined]  # of Choose
        await press(pilot, "down", "enter")
        assert order()[:2] == ["/Operations", "Operations/Night shift"]
        assert "/Customer service" not in order()
        assert [entry[1:] for entry in shop.log("department.close")] == [("department.close", "Customer service")]
        assert "4 moved, and closed." in grid(app)


async def test_who_cannot_be_moved_is_told_with_the_reason_and_it_stays_open(desk: DeskFactory, shop: Founded) -> None:
    """A manager of the tree does not move the manager of the shop, nor themselves."""
    service = queries.find("Customer service")
    mover = shop.person("mover", extras=["staff.manage", MANAGE, "goods.view", *CUSTOMER_SERVICE], department_id=service)
    staff.move(shop.owner, shop.id_of("dan"), service)
    async with desk(DepartmentsScreen, may=EVERYTHING, actor=mover, size=(120, 40)) as (app, pilot):
        await press(pilot, "down", "d", "y", "down", "enter")
        said = " ".join(grid(app).replace("│", " ").split())
        assert "3 were moved; these were not, so it stays open" in said
        assert "dan: This reaches further than your own access" in said
        assert "mover: Nobody changes their own access" in said
        await press(pilot, "escape")
        assert "/Customer service" in order()
        assert "Operations/Night shift" in order()


async def test_many_people_are_moved_with_a_bar_and_can_be_stopped(
    desk: DeskFactory, shop: Founded, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some at once, so that others can write in between; who was moved when it was stopped stays moved, and it stays open."""
    monkeypatch.setattr(department_closing, "AT_ONCE", 1)
    held, going = threading.Event(), threading.Event()
    move_many = staff.move_many

    def slowly(actor: Actor, people: list[int], target: int | None) -> staff.Bulk:
        bulk = move_many(actor, people, target)
        going.set()
        assert held.wait(20)
        return bulk

    monkeypatch.setattr(staff, "move_many", slowly)
    async with desk(DepartmentsScreen, may=EVERYTHING, actor=shop.owner) as (app, pilot):
        await press(pilot, "down", "d", "y", "down")
        await pilot.press("enter")
        await asyncio.to_thread(going.wait, 20)
        assert "Moving people" in grid(app)
        await pilot.press("escape")
        held.set()
        await settle(pilot)
        assert "Stopped: 2 were moved." in grid(app)
        assert "/Customer service" in order()
    assert [label for _by, _action, label in shop.log("staff.move")] == ["alice"]


async def test_many_people_are_moved_to_the_last(desk: DeskFactory, shop: Founded, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody who was moved there meanwhile is in nobody's way."""
    monkeypatch.setattr(department_closing, "AT_ONCE", 1)
    async with desk(DepartmentsScreen, may=EVERYTHING, actor=shop.owner) as (app, pilot):
        await press(pilot, "down", "d", "y", "down")
        staff.move(shop.owner, shop.id_of("bob"), queries.find("Operations"))
        await press(pilot, "enter")
        await settle(pilot)
        assert "3 moved, and closed." in grid(app)
        assert "/Customer service" not in order()


CUSTOMER_SERVICE = ["trade.order.remark", "refund.view", "rate.reply", "marketing.coupon.send", "chat.offline.claim"]


async def test_who_may_change_the_tree_alone_is_told_who_is_in_the_way(desk: DeskFactory, shop: Founded) -> None:
    """Nothing is offered that would be refused."""
    dan = shop.person("tree", extras=[MANAGE])
    async with desk(DepartmentsScreen, may={MANAGE}, actor=dan) as (app, pilot):
        await press(pilot, "down", "d")
        assert "Alice Wang  alice" in grid(app)
        assert "y Move" not in grid(app)
        await press(pilot, "escape")
        assert not app.screen.is_modal


async def test_what_one_may_not_do_is_not_offered(desk: DeskFactory, shop: Founded) -> None:
    """With `staff.view` alone the tree can be read; on the shop's own line there is only a new department to ask for."""
    eve = shop.person("reader", extras=["staff.view"])
    async with desk(DepartmentsScreen, actor=eve) as (app, pilot):
        await press(pilot, "down", "n", "e", "m", "d", "h", "left_square_bracket")
        assert not app.screen.is_modal
        assert "New" not in grid(app)
    async with desk(DepartmentsScreen, may={MANAGE}, actor=shop.owner) as (app, pilot):
        await press(pilot, "e", "m", "d", "h", "left_square_bracket")
        assert not app.screen.is_modal


async def test_a_permission_that_was_taken_meanwhile_refuses_in_a_toast(desk: DeskFactory, shop: Founded) -> None:
    """The screen still offers it; the operation is what refuses, and the log has it."""
    eve = shop.person("reader", extras=["staff.view"])
    async with desk(DepartmentsScreen, may={MANAGE}, actor=eve) as (app, pilot):
        await press(pilot, "n", "type:Mine", "enter")
        assert "You may not do this" in grid(app)
        assert "/Mine" not in order()
        assert shop.log("act.refuse")[-1][0] == "reader"


async def test_folding_hides_what_is_below(desk: DeskFactory, shop: Founded) -> None:
    """Left folds, then goes up; right unfolds, then goes in; who points at a department finds it unfolded."""
    async with desk(DepartmentsScreen, actor=shop.owner) as (app, pilot):
        tree = app.screen.query_one("#tree", ListView)
        await press(pilot, "down", "left")
        assert "▶ Customer service" in grid(app)
        assert tree.count == 5
        await press(pilot, "left")
        assert tree.cursor == 0
        await press(pilot, "right", "right", "right")
        assert "Head    –" in grid(app)
        assert tree.count == 6
        await press(pilot, "left", "left")
        assert tree.count == 5
        app.screen.arrive(department_id=queries.find("Customer service/Night shift"))  # type: ignore[attr-defined]  # of our screens
        await settle(pilot)
        assert "Dan Qian" in grid(app)


class Profile(DetailScreen):
    """Stands for a person's own screen."""

    def __init__(self, staff_id: int) -> None:
        super().__init__()
        self.staff_id = staff_id


async def test_enter_opens_the_staff_of_a_department_and_a_person(
    desk: DeskFactory, shop: Founded, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The shop's line opens everybody; from a person one comes back here."""
    monkeypatch.setattr(module, "load", lambda name: Profile)
    gone: list[dict[str, object]] = []
    async with desk(DepartmentsScreen, actor=shop.owner) as (app, pilot):
        monkeypatch.setattr(app, "go", lambda section, **where: gone.append({"section": section, **where}))
        await press(pilot, "enter", "down", "enter", "tab", "enter")
        assert gone == [
            {"section": "staff", "department_id": None},
            {"section": "staff", "department_id": queries.find("Customer service")},
        ]
        assert isinstance(app.screen, Profile)
        assert app.screen.staff_id == shop.id_of("alice")
        await press(pilot, "escape")
        assert isinstance(app.screen, DepartmentsScreen)


async def test_three_hundred_departments_stay_quick(desk: DeskFactory, shop: Founded) -> None:
    """A step of the cursor through a big tree; the limit is far above what it takes."""
    db.write_many(
        "INSERT INTO department (version, parent_id, name, position) VALUES (1, ?, ?, ?)",
        [(None if number < 30 else number % 30 + 6, f"Department {number}", number) for number in range(300)],
    )
    async with desk(DepartmentsScreen, may={MANAGE}, actor=shop.owner) as (app, pilot):
        tree = app.screen.query_one("#tree", ListView)
        assert tree.count == 306
        started = time.perf_counter()
        for _step in range(20):
            await pilot.press("down")
        assert (time.perf_counter() - started) / 20 < 0.2
        await press(pilot, "end")
        assert tree.cursor == 305
