"""What screens say of the conversations of somebody who leaves, whose department closes, who is taken over from; by keyboard."""

from __future__ import annotations

import pytest

from models import clock
from models.operations import staff as operations
from models.queries import departments as queries, staff
from models.rules.sharing import TEAM_CODE
from screens import department_closing
from screens.departments import DepartmentsScreen
from screens.leave import LeaveScreen
from screens.staff_detail import StaffDetailScreen
from screens.succession import ReplaceScreen
from screens.widgets.fact_list import FactList
from tests.chats import CUSTOMER, STAFF, conversation
from tests.factories import Founded
from tests.screens.conftest import DeskFactory
from tests.screens.look import grid
from tests.screens.people import NOON, may, peopled, press

SIZES = [(80, 24), (120, 40), (60, 20)]
EVERYTHING = {"org.department.manage", "staff.view", "staff.manage"}


@pytest.fixture
def shop(little_shop: Founded) -> Founded:
    """Bob of the night shift wrote with three customers; two of them wait."""
    shop = peopled(little_shop)
    conversation("bob", "river", (CUSTOMER, "还有货吗"), (STAFF, "有的"), at=NOON - 3 * clock.HOUR)
    conversation("bob", "hill", (CUSTOMER, "发货了吗"), at=NOON - 2 * clock.HOUR)
    conversation("bob", "sea", (CUSTOMER, "在吗"), at=NOON - clock.HOUR)
    return shop


def said(app: object, key: str) -> str:
    """What a fact says; "" where it is not there."""
    facts = app.screen.query_one(FactList).facts  # type: ignore[attr-defined]  # an app of ours
    return next((" / ".join(fact.said) for fact in facts if fact.key == key), "")


@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_leaving_says_what_stays_who_reads_it_and_who_waits(desk: DeskFactory, shop: Founded, size: tuple[int, int]) -> None:
    """Below what ends; carol reads the team's by her role, alice everything by hers."""
    async with desk(lambda: LeaveScreen(shop.id_of("bob")), may=may(shop.owner), actor=shop.owner, size=size) as (app, pilot):
        reads = "read by whoever reads those of Customer service/Night shift: now the owner and 2 colleagues"
        assert said(app, "conversations") == f"3 with customers / {reads}"
        assert said(app, "waiting") == "2 customers wait for an answer / since 2026-03-01 10:00 (2 hours ago): somebody has to see to it"
        await press(pilot, "shift+tab", "end")
        assert "Unanswered" in grid(app)
    async with desk(lambda: LeaveScreen(shop.id_of("carol")), may=may(shop.owner), actor=shop.owner) as (app, _pilot):
        assert (said(app, "conversations"), said(app, "waiting")) == ("", "")
        assert "What stays" not in grid(app)


async def test_of_somebody_in_no_department_it_says_so(desk: DeskFactory, shop: Founded) -> None:
    """Nobody's team reads them; and where nobody waits nothing is said of it."""
    conversation("dave", "river", (CUSTOMER, "1"), (STAFF, "2"), at=NOON - clock.HOUR)
    async with desk(lambda: LeaveScreen(shop.id_of("dave")), may=may(shop.owner), actor=shop.owner) as (app, _pilot):
        assert said(app, "conversations").endswith("no department's: read by whoever reads all, now the owner and 1 colleague")
        assert said(app, "waiting") == ""


async def test_where_nobody_else_reads_it_the_owner_is_said_to_do_so_alone(desk: DeskFactory, shop: Founded) -> None:
    """Alice, who reads everything, is the one who leaves, and belongs to no department: no number of colleagues is said."""
    operations.move_many(shop.owner, [shop.id_of("alice")], None)
    conversation("alice", "river", (CUSTOMER, "1"), (STAFF, "2"), at=NOON - clock.HOUR)
    async with desk(lambda: LeaveScreen(shop.id_of("alice")), may=may(shop.owner), actor=shop.owner) as (app, _pilot):
        assert said(app, "conversations").endswith("read by whoever reads all, now the owner alone")


async def test_who_waits_can_be_gone_to_by_whoever_may_read_it(desk: DeskFactory, shop: Founded) -> None:
    """The key is there where it leads somewhere."""
    plain = shop.person("plain", extras=["staff.offboard", "staff.manage"])
    for actor, login, there in ((shop.owner, "bob", True), (plain, "bob", False), (shop.owner, "carol", False)):
        async with desk(lambda login=login: LeaveScreen(shop.id_of(login)), may=may(actor), actor=actor) as (app, _pilot):
            assert bool(app.screen.check_action("waiting", ())) is there
    gone: list[tuple[str, dict[str, object]]] = []
    async with desk(lambda: LeaveScreen(shop.id_of("bob")), may=may(shop.owner), actor=shop.owner) as (app, pilot):
        app.go = lambda section, **where: gone.append((section, where))  # type: ignore[method-assign]  # an app of ours
        await press(pilot, "c")
    assert gone == [("chats", {"unanswered": True, "staff_id": shop.id_of("bob")})]


async def test_taking_over_says_that_conversations_stay(desk: DeskFactory, shop: Founded) -> None:
    """They pass to nobody: what was written was written by the colleague."""
    async with desk(
        lambda: ReplaceScreen(shop.id_of("bob"), shop.id_of("zhangsan")), may=may(shop.owner), actor=shop.owner, size=(120, 40)
    ) as (app, _pilot):
        assert "What stays" in grid(app)
        assert said(app, "waiting").startswith("2 customers wait")


async def test_a_department_that_is_merged_takes_who_left_along(desk: DeskFactory, shop: Founded, monkeypatch: pytest.MonkeyPatch) -> None:
    """Into the one that its people go to: whoever reads theirs reads what was left. They are moved in turns, too, and not counted."""
    monkeypatch.setattr(department_closing, "AT_ONCE", 1)
    operations.leave(shop.owner, shop.id_of("bob"))
    night = queries.find("Customer service/Night shift")
    for login in ("late", "later"):
        shop.person(login, department_id=night)
        operations.leave(shop.owner, shop.id_of(login))
    shop.person("nina", department_id=night)
    async with desk(DepartmentsScreen, may=EVERYTHING, actor=shop.owner) as (app, pilot):
        await press(pilot, "down", "down", "d", "y", "down", "enter")
        assert "1 moved, and closed." in grid(app)
    places = {login: staff.detail(shop.console, shop.id_of(login)).department for login in ("bob", "late", "later", "nina")}
    assert set(places.values()) == {"Operations"}


@pytest.mark.parametrize(("label", "reads"), [("Night shift", "Customer service"), ("Operations", "the whole shop")])
async def test_an_empty_department_says_who_reads_what_was_left(desk: DeskFactory, shop: Founded, label: str, reads: str) -> None:
    """The one above it; at the top whoever reads all. They stay in it, closed as it is."""
    for login in ("bob", "alice"):
        operations.leave(shop.owner, shop.id_of(login))
    async with desk(DepartmentsScreen, may=EVERYTHING, actor=shop.owner) as (app, pilot):
        await press(pilot, *["down"] * (2 if label == "Night shift" else 3), "d")
        told = " ".join(grid(app).replace("│", " ").split())
        assert f"Close {label}? It is empty." in told
        assert f"What 1 who has left wrote to customers is read then by whoever reads that of {reads}." in told
        await press(pilot, "y")
        assert "Closed." in grid(app)
    assert staff.detail(shop.console, shop.id_of("bob")).department == "Customer service/Night shift"


async def test_who_has_left_can_be_moved_from_their_profile(desk: DeskFactory, shop: Founded) -> None:
    """So that another department reads what they wrote."""
    async with desk(lambda: StaffDetailScreen(shop.id_of("gone")), may=may(shop.owner), actor=shop.owner) as (app, pilot):
        await press(pilot, "m", "down", "enter")
        assert "was moved" in grid(app)
    assert staff.detail(shop.console, shop.id_of("gone")).department == "Customer service"
    assert TEAM_CODE not in {grant.key for grant in staff.grants(shop.console, shop.id_of("gone"))}
