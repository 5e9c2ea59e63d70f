"""Asking for more access, by keyboard: from Me, from a no, and what one is told of the answer."""

from __future__ import annotations

from typing import Any

import pytest

from models import clock
from models.actor import Actor
from models.errors import Invalid
from models.operations import requests as operations, roles
from models.queries import asking, requests as queries
from models.rules.requests import MOST_DAYS, MOST_OPEN
from models.tables import Request
from screens.dialogs.why import WhyDialog
from screens.my_access import MyAccessScreen
from screens.request_new import RequestNewScreen, days_of
from screens.requests import RequestsScreen
from screens.widgets.fact_list import FactList
from screens.widgets.list_view import ListView
from tests import hostile
from tests.factories import Founded
from tests.screens.look import SIZES, grid, settle
from tests.screens.people import press
from tests.screens.program import DAY, NOON, at_noon, error, program, put
from tui.app import ShopstaffApp

ZONE = "Asia/Shanghai"


def front(app: ShopstaffApp) -> type[Any]:
    """The class of the screen in front."""
    return type(app.screen)


def words(app: ShopstaffApp) -> str:
    """What the screen says, in one line."""
    return " ".join(grid(app).replace("│", " ").split())


@pytest.fixture
def bob(little_shop: Founded) -> Actor:
    """A customer-service person without any access; the clock stands at noon."""
    at_noon(little_shop)
    return little_shop.person("bob", name="Bob Zhao", post="service")


@pytest.mark.parametrize("size", [*SIZES, (60, 20)], ids=str)
async def test_the_whole_way_of_a_permission(little_shop: Founded, bob: Actor, size: tuple[int, int]) -> None:
    """From Me to the list, found by typing, with what it lets one do and how risky that is; then it waits."""
    async with program(little_shop.home, actor=bob, size=size) as (app, pilot):
        await press(pilot, "9", "r")
        assert front(app) is RequestsScreen
        assert "You have asked for nothing yet: n asks for a role or a permission." in words(app)
        await press(pilot, "n", "type:approve ref", "enter")
        assert front(app) is RequestNewScreen
        assert "Ask for: Approve refunds" in grid(app)
        assert "Pays money back to buyers. (high risk ▲)" in words(app)
        assert "With it comes what it needs: View orders, View refunds." in words(app)
        assert "30 days from its approval on; until 2026-12-22 (in 30 days) if that is today" in words(app)
        await press(pilot, *["backspace"] * 2, "type:2026-12-01", "enter")
        assert "9 days from its approval on" in words(app)
        await press(pilot, "type:The sale", "enter")
        assert front(app) is RequestsScreen
        assert "… Approve refunds ▲" in words(app)
        assert "waits for an answer" in words(app)
        await press(pilot, "enter")
        assert "Reason: The sale" in grid(app)
    (row,) = queries.own(bob).window(0, 9)
    assert (row.key, row.days, row.reason, row.status) == ("refund.approve", 9, "The sale", "open")


async def test_a_role_says_what_would_come_of_it(little_shop: Founded, bob: Actor) -> None:
    """As far as the post lets it through; many permissions are named in part."""
    until = operations.approve(little_shop.owner, operations.ask(bob, role_id=little_shop.role_id("service_lead"), days=3, reason="x"))
    async with program(little_shop.home, actor=bob) as (app, pilot):
        await press(pilot, "9", "r", "n", "type:operations", "enter")
        assert "permissions · " in words(app)
        assert "cut by the post" in words(app)
        assert "View goods" in words(app)
        await press(pilot, "escape", "n", "type:lead")
        assert "until 2026-11-25" in words(app)
        await press(pilot, "enter")
        assert "14 permissions · 1 high-risk ▲" in words(app)
        assert "… and 2 more" in words(app)
        assert "You have it now, until 2026-11-25 (in 3 days)." in words(app)
        await press(pilot, "enter", "type:Longer", "ctrl+s")
    assert queries.own(bob).window(0, 1)[0].key == "service_lead"
    assert until == clock.end_of_day("2026-11-25", ZONE)


async def test_what_is_wrong_is_said_beside_its_field(little_shop: Founded, bob: Actor) -> None:
    """Nothing is asked for; what was typed stays, and is not thrown away without asking."""
    async with program(little_shop.home, actor=bob) as (app, pilot):
        await press(pilot, "9", "r", "n", "type:view goods", "enter", "ctrl+s")
        assert error(app, "reason") == "Something has to stand here."
        for typed, said in (("0", "Count at least"), ("400", "From 1 to 366"), ("soon", "A day looks like"), ("", "Say for how many")):
            put(app, days=typed, reason="x")
            await press(pilot, "ctrl+s")
            assert said in error(app, "days")
            assert "at most 366 days" in words(app) or said in words(app)
        put(app, days="30", reason="x" * 301)
        await press(pilot, "ctrl+s")
        assert "At most 300" in error(app, "reason")
        await press(pilot, "escape")
        assert "Discard what was typed?" in grid(app)
        await press(pilot, "y")
        assert front(app) is RequestsScreen
    assert queries.own(bob).count() == 0


@pytest.mark.parametrize(
    ("typed", "days"), [("7", 7), ("+7d", 7), (" +2w ", 14), ("２０", 20), ("2026-11-23", 1), ("2027-11-23", MOST_DAYS), ("+6周", 42)]
)
def test_days_are_a_number_a_distance_or_a_day(little_shop: Founded, typed: str, days: int) -> None:
    """Counted from today in the shop."""
    at_noon(little_shop)
    assert days_of(typed, ZONE) == days
    assert asking.end(days, NOON, ZONE) > NOON


@pytest.mark.parametrize("typed", ["", " ", "0", "-1", "367", "2026-11-22", "2026-11-21", "2027-11-24", "soon", "²", "9" * 12])
def test_other_days_are_none(little_shop: Founded, typed: str) -> None:
    """Today is too soon to end, and longer than a year too long."""
    at_noon(little_shop)
    with pytest.raises(Invalid) as caught:
        days_of(typed, ZONE)
    assert caught.value.field == "days"


async def test_a_no_leads_to_asking(little_shop: Founded, bob: Actor) -> None:
    """`r` in the answer; not where the answer is yes, nor where nobody could give it, nor about somebody else."""
    little_shop.person("boss", gave=["manager"])
    operations.approve(little_shop.owner, operations.ask(bob, permission="rate.reply", days=3, reason="x"))
    async with program(little_shop.home, actor=bob) as (app, pilot):
        await press(pilot, "9")
        for code, asks in (("rate.reply", False), ("finance.withdraw", False), ("goods.price.edit", False), ("goods.view", True)):
            assert app.screen.query_one(FactList).select(f"permission:{code}" if code == "rate.reply" else "name")
            await press(pilot, "w", *(() if code == "rate.reply" else (f"type:{code}", "enter")))
            assert front(app) is WhyDialog
            assert ("r Ask for it" in grid(app)) is asks
            await press(pilot, "r")
            if not asks:
                assert front(app) is WhyDialog
                await press(pilot, "escape")
        assert front(app) is RequestNewScreen
        assert "Ask for: View goods" in grid(app)
        await press(pilot, "enter", "type:Curious", "enter")
        assert front(app) is MyAccessScreen
    assert queries.own(bob).window(0, 1)[0].key == "goods.view"
    async with program(little_shop.home, actor=little_shop.owner) as (app, pilot):
        await press(pilot, "4", "/", "type:bob", "enter", "enter", "w", "type:goods", "enter")
        assert front(app) is WhyDialog
        assert "Ask for it" not in grid(app)


async def test_what_waits_is_withdrawn_after_a_question(little_shop: Founded, bob: Actor) -> None:
    """What was answered cannot be; what was answered meanwhile is said."""
    for code in ("goods.view", "rate.reply"):
        operations.ask(bob, permission=code, days=3, reason="x")
    async with program(little_shop.home, actor=bob) as (app, pilot):
        await press(pilot, "9", "r", "w")
        assert "Withdraw your request for “Reply to reviews”?" in words(app)
        await press(pilot, "escape", "w", "y")
        assert "– Reply to reviews" in words(app)
        assert "w Withdraw" not in grid(app)
        await press(pilot, "w", "down", "w")
        assert "for “View goods”?" in words(app)
        operations.decline(little_shop.owner, 1, "no")
        await press(pilot, "y")
        assert "This request is no longer open." in words(app)
        assert "declined by owner: no" in words(app)
    assert [row.status for row in queries.own(bob).window(0, 9)] == ["withdrawn", "declined"]


async def test_the_most_that_may_wait_is_said(little_shop: Founded, bob: Actor) -> None:
    """What was typed stays."""
    for code in ("goods.view", "rate.reply", "refund.view", "chat.receive", "staff.view")[:MOST_OPEN]:
        operations.ask(bob, permission=code, days=3, reason="x")
    async with program(little_shop.home, actor=bob) as (app, pilot):
        await press(pilot, "9", "r", "n", "type:view orders", "enter", "enter", "type:More", "enter")
        assert front(app) is RequestNewScreen
        assert "You have 5 open requests already." in words(app)


async def test_a_role_that_was_closed_meanwhile_is_said(little_shop: Founded, bob: Actor) -> None:
    """Nothing is asked for."""
    role = roles.add(little_shop.owner, "Live host", ["goods.view"])
    async with program(little_shop.home, actor=bob) as (app, pilot):
        await press(pilot, "9", "r", "n", "type:live host", "enter")
        roles.close(little_shop.owner, role, None)
        await press(pilot, "enter", "type:More", "enter")
        assert front(app) is RequestNewScreen
        assert "There is no role" in words(app)


async def test_answers_come_home(little_shop: Founded, bob: Actor) -> None:
    """For a week, each a line that leads to one's requests: what was said, and until when it was given."""
    wanted = [operations.ask(bob, permission=code, days=3, reason="x") for code in ("goods.view", "rate.reply")]
    operations.approve(little_shop.owner, wanted[0])
    operations.decline(little_shop.owner, wanted[1], "[b]Not now[/b]")
    async with program(little_shop.home, actor=bob, size=(120, 40)) as (app, pilot):
        assert "✗ Request declined Reply to reviews · [b]Not now[/b]" in words(app)
        assert "✓ Request approved View goods · until 2026-11-25 (in 3 days)" in words(app)
        await press(pilot, "enter")
        assert front(app) is RequestsScreen
        assert "approved by owner, until 2026-11-25 (in 3 days)" in words(app)
        clock.set_clock(lambda: NOON + 8 * DAY)
        await press(pilot, "escape", "1")
        assert "Request declined" not in grid(app)


async def test_the_owner_has_nothing_to_ask_for(little_shop: Founded) -> None:
    """So the key is not offered."""
    async with program(little_shop.home, actor=little_shop.owner) as (app, pilot):
        await press(pilot, "9")
        assert "Requests" not in grid(app)
        await press(pilot, "r")
        assert front(app) is MyAccessScreen


async def test_who_has_everything_finds_nothing_to_ask_for(little_shop: Founded) -> None:
    """One sentence where a list would be."""
    at_noon(little_shop)
    everything = [role for (role,) in Request.raw("SELECT coalesce(code, name) FROM role").tuples()]
    person = little_shop.person("alice", gave=everything)
    async with program(little_shop.home, actor=person) as (app, pilot):
        await press(pilot, "9", "r", "n")
        assert "There is nothing that you could ask for." in words(app)


async def test_a_long_answer_is_scrolled_to_its_end(little_shop: Founded, bob: Actor) -> None:
    """Three hundred characters of reason and of word do not fit a small terminal at once."""
    wanted = operations.ask(bob, permission="goods.view", days=3, reason="why " * 74)
    operations.decline(little_shop.owner, wanted, "because " * 36 + "no further")
    async with program(little_shop.home, actor=bob) as (app, pilot):
        await press(pilot, "9", "r", "enter")
        assert "Settled: " not in grid(app)
        await press(pilot, "end")
        assert "no further Settled: 2026-11-22 12:00" in words(app)


@pytest.mark.parametrize("number", [1, 200])
async def test_many_requests_are_a_list_like_any_other(little_shop: Founded, bob: Actor, number: int) -> None:
    """The newest on top, the first at the end."""
    row = {"staff": bob.staff_id, "permission": "goods.view", "asked_at": NOON, "decided_at": NOON, "decided_by": "owner", "word": "no"}
    Request.insert_many([{**row, "days": 1 + each, "reason": f"r{each}", "status": "declined"} for each in range(number)]).execute()
    async with program(little_shop.home, actor=bob) as (app, pilot):
        await press(pilot, "9", "r", "end", "enter")
        assert "Reason: r0" in grid(app)
        await press(pilot, "escape")
        assert app.screen.query_one(ListView).count == number


@pytest.mark.parametrize("payload", [*hostile.A_FEW.values(), *list(hostile.LITERAL.values())[:6]], ids=ascii)
async def test_a_hostile_reason_is_only_text(little_shop: Founded, bob: Actor, payload: str) -> None:
    """Whatever is there anyway is shown as text, in the list, in the dialog, on the home screen."""
    decided = {"status": "declined", "decided_at": NOON, "decided_by": payload, "word": payload}
    wanted = operations.ask(bob, permission="goods.view", days=1, reason="x")
    text = payload.encode("utf-8", "replace").decode()
    Request.update(**{**decided, "decided_by": text, "word": text, "reason": text}).where(Request.id == wanted).execute()
    async with program(little_shop.home, actor=bob) as (app, pilot):
        await press(pilot, "9", "r", "enter")
        await settle(pilot)
        assert "Asked for: View goods" in grid(app)
        assert not set("\x1b\x9b\u202e\u200b") & set(grid(app))
