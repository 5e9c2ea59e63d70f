"""Deciding on requests, by keyboard: from Home, with the reason and the whole preview, and never one's own."""

from __future__ import annotations

from typing import Any

import pytest

from models import clock
from models.actor import Actor
from models.operations import departments, grants, requests as operations, roles, separation, staff as people
from models.operations.staff import Profile
from models.queries import requests as queries, staff
from models.rules.grants import AccessChange, ExtraGift
from models.tables import Request, Session
from screens.dialogs.ask import Ask
from screens.dialogs.prove import Prove
from screens.dialogs.tell import Tell
from screens.home import HomeScreen
from screens.request_decide import RequestDecideScreen
from screens.request_waiting import RequestHistoryScreen, RequestsWaitingScreen
from screens.widgets.list_view import ListView
from tests import hostile
from tests.factories import PASSWORD, Founded
from tests.screens.look import SIZES, grid, settle
from tests.screens.people import press
from tests.screens.program import NOON, at_noon, program
from tui.app import ShopstaffApp

ZONE = "Asia/Shanghai"


def front(app: ShopstaffApp) -> type[Any]:
    """The class of the screen in front."""
    return type(app.screen)


def words(app: ShopstaffApp) -> str:
    """What the screen says, in one line."""
    return " ".join(grid(app).replace("│", " ").split())


def end(day: str) -> int:
    """The last instant of a day in the shop."""
    return clock.end_of_day(day, ZONE)


def given(actor: Actor) -> set[tuple[str, int | None]]:
    """What somebody was given, until when."""
    return {(grant.key, grant.until) for grant in staff.given(actor.staff_id or 0)}


def answered(actor: Actor) -> tuple[str, str, str]:
    """What became of somebody's latest request, by whom, with which word."""
    row = queries.own(actor).window(0, 1)[0]
    return row.status, row.decided_by, row.word


@pytest.fixture
def bob(little_shop: Founded) -> Actor:
    """An operations person of the night shift without any access; the clock stands at noon."""
    at_noon(little_shop)
    night = departments.add(little_shop.owner, "Night shift", 1)
    return little_shop.person("bob", name="Bob Zhao", department_id=night)


@pytest.fixture
def boss(little_shop: Founded) -> Actor:
    """A manager; the clock stands at noon."""
    at_noon(little_shop)
    return little_shop.person("boss", name="Big Boss", gave=["manager"])


def ask(actor: Actor, code: str = "goods.price.edit", days: int = 30) -> int:
    """Ask for a permission."""
    return operations.ask(actor, permission=code, days=days, reason="The sale of the year")


async def to_list(app: ShopstaffApp, pilot: Any) -> None:
    """From Home to what waits."""
    assert app.screen.query_one(ListView).select("requests")
    await press(pilot, "enter")
    assert front(app) is RequestsWaitingScreen


@pytest.mark.parametrize("size", [*SIZES, (60, 20)], ids=str)
async def test_the_whole_way_of_a_yes(little_shop: Founded, bob: Actor, boss: Actor, size: tuple[int, int]) -> None:
    """The number at home, who wants what, why, who that is, what it would change, yes; then nothing waits."""
    ask(bob)
    async with program(little_shop.home, actor=boss, size=size) as (app, pilot):
        assert "1 Request waits for you just now · Bob Zhao" in words(app)
        await to_list(app, pilot)
        assert "1 request waits for you" in grid(app).splitlines()[0]
        assert "Bob Zhao Change price ▲ 30 days just now" in words(app)
        await press(pilot, "enter")
        assert front(app) is RequestDecideScreen
        said = words(app)
        assert "Bob Zhao asks for: Change price ▲" in said
        assert "Bob Zhao (bob) · Operations · Customer service" in said
        assert "Night shift" in said
        assert "asked just now, for 30 days · would be given until 2026-12-22 (in 30 days)" in said
        assert "Reason: The sale of the year" in said
        assert "+2 −0 · 2 permissions · 1 high-risk ▲" in said
        await press(pilot, "end", "y")
        assert front(app) is RequestsWaitingScreen
        assert "Approved: Bob Zhao has it until 2026-12-22 (in 30 days)." in words(app)
        assert "No request waits for you: h shows" in words(app)
        await press(pilot, "escape")
        assert front(app) is HomeScreen
        assert "waits for you" not in grid(app)
    assert given(bob) == {("goods.view", end("2026-12-22")), ("goods.price.edit", end("2026-12-22"))}


async def test_nothing_is_approved_whose_end_was_not_shown(little_shop: Founded, bob: Actor) -> None:
    """A role with much in it, on a small terminal: `y` waits for the end; the keys are all there."""
    operations.ask(bob, role_id=little_shop.role_id("manager"), days=1, reason="x" * 300)
    async with program(little_shop.home, actor=little_shop.owner) as (app, pilot):
        await to_list(app, pilot)
        await press(pilot, "enter", "y", "y")
        assert front(app) is RequestDecideScreen
        assert "More below." in grid(app)
        assert "y Approve  d Decline  u Until" in grid(app).splitlines()[-1]
        assert given(bob) == set()
        await press(pilot, "end", "y")
        assert front(app) is RequestsWaitingScreen
    assert {key for key, _until in given(bob)} == {"manager"}


async def test_the_end_may_be_another(little_shop: Founded, bob: Actor) -> None:
    """Shown with the preview; nothing typed brings back what was asked for, what cannot be is refused."""
    ask(bob)
    async with program(little_shop.home, actor=little_shop.owner) as (app, pilot):
        await to_list(app, pilot)
        await press(pilot, "enter", "u", *["backspace"] * 10, "type:2020-01-01", "enter")
        assert "That day is over." in words(app)
        await press(pilot, *["backspace"] * 10, "type:+400d", "enter")
        assert "At most 366 days from today." in words(app)
        await press(pilot, *["backspace"] * 5, "type:+3d", "enter")
        assert front(app) is RequestDecideScreen
        assert "would be given until 2026-11-25 (in 3 days)" in words(app)
        await press(pilot, "u", *["backspace"] * 10, "enter")
        assert "would be given until 2026-12-22 (in 30 days)" in words(app)
        await press(pilot, "u", "escape", "u", *["backspace"] * 10, "type:2026-11-30", "enter", "end", "y")
    assert {until for _key, until in given(bob)} == {end("2026-11-30")}


async def test_a_no_takes_a_word(little_shop: Founded, bob: Actor, boss: Actor) -> None:
    """Without one the dialog stays; the person reads it."""
    ask(bob)
    async with program(little_shop.home, actor=boss) as (app, pilot):
        await to_list(app, pilot)
        await press(pilot, "enter", "d", "enter")
        assert front(app) is Ask
        assert "Something has to stand here." in words(app)
        await press(pilot, "escape", "d", "type:Not this year", "enter")
        assert front(app) is RequestsWaitingScreen
        assert "Declined. Bob Zhao sees it on the home screen." in words(app)
    assert answered(bob) == ("declined", "boss", "Not this year")
    assert given(bob) == set()


async def test_who_proved_it_long_ago_proves_it_again(little_shop: Founded, bob: Actor, boss: Actor) -> None:
    """It is a change of access like any other."""
    ask(bob)
    async with program(little_shop.home, actor=boss) as (app, pilot):
        await to_list(app, pilot)
        await press(pilot, "enter", "end")
        Session.update(proved_at=NOON - 301 * clock.SECOND).where(Session.id == boss.session_id).execute()
        await press(pilot, "y")
        assert front(app) is Prove
        await press(pilot, f"type:{PASSWORD}", "enter")
        for _each in range(50):
            await pilot.pause(0.05)
            await settle(pilot)
            if front(app) is RequestsWaitingScreen:
                break
        assert front(app) is RequestsWaitingScreen
    assert answered(bob)[:2] == ("approved", "boss")


async def test_what_changed_since_the_preview_is_shown_anew(little_shop: Founded, bob: Actor, boss: Actor) -> None:
    """A role that grew, a person whom somebody changed: nothing is given; then it is read to its end again."""
    role = roles.add(little_shop.owner, "Live host", ["goods.view"])
    operations.ask(bob, role_id=role, days=3, reason="x")
    async with program(little_shop.home, actor=boss) as (app, pilot):
        await to_list(app, pilot)
        await press(pilot, "enter", "end")
        roles.edit(little_shop.owner, role, None, codes=["goods.view", "finance.bill.view"])
        await press(pilot, "y")
        assert front(app) is RequestDecideScreen
        assert "was changed by somebody" in words(app)
        await press(pilot, "end")
        assert "View bills" in grid(app)
        detail = staff.detail(boss, bob.staff_id or 0)
        people.edit(little_shop.owner, detail.id, detail.version, Profile(detail.name, "Bobby"))
        await press(pilot, "y")
        assert front(app) is RequestDecideScreen
        assert given(bob) == set()
        await press(pilot, "end", "y")
        assert front(app) is RequestsWaitingScreen
    assert {key for key, _until in given(bob)} == {"Live host"}


@pytest.mark.parametrize("key", ["y", "d"])
@pytest.mark.parametrize("meanwhile", ["withdrawn", "approved", "left"])
async def test_what_was_settled_meanwhile_closes(little_shop: Founded, bob: Actor, boss: Actor, key: str, meanwhile: str) -> None:
    """It says so, and the list is as it is now."""
    wanted = ask(bob)
    acts = {
        "withdrawn": lambda: operations.withdraw(bob, wanted),
        "approved": lambda: operations.approve(little_shop.owner, wanted),
        "left": lambda: people.leave(little_shop.owner, bob.staff_id or 0),
    }
    async with program(little_shop.home, actor=boss) as (app, pilot):
        await to_list(app, pilot)
        await press(pilot, "enter", "end", *(("d", "type:no") if key == "d" else ()))
        acts[meanwhile]()
        await press(pilot, "enter" if key == "d" else "y")
        assert front(app) is RequestsWaitingScreen
        assert "This request is no longer open." in words(app)
        assert "No request waits for you" in words(app)
    assert queries.history(little_shop.owner).window(0, 1)[0].decided_by in {"bob", "owner", ""}


async def test_what_was_settled_before_it_was_opened_closes_at_once(little_shop: Founded, bob: Actor, boss: Actor) -> None:
    """Of two who look at the same list, the second is told."""
    wanted = ask(bob)
    async with program(little_shop.home, actor=boss) as (app, pilot):
        await to_list(app, pilot)
        operations.decline(little_shop.owner, wanted, "no")
        await press(pilot, "enter")
        assert front(app) is RequestsWaitingScreen
        assert "This request is no longer open." in words(app)


async def test_who_lost_the_right_since_the_preview_approves_nothing(little_shop: Founded, bob: Actor, boss: Actor) -> None:
    """Judged at the moment of approving; coming back to the list, it closes."""
    ask(bob)
    async with program(little_shop.home, actor=boss) as (app, pilot):
        await to_list(app, pilot)
        await press(pilot, "enter", "end")
        grants.change(little_shop.owner, boss.staff_id or 0, AccessChange(take_roles=(little_shop.role_id("manager"),)))
        await press(pilot, "y")
        assert "You may not do this" in words(app)
        assert given(bob) == set()
        await press(pilot, "escape")
        assert front(app) not in {RequestDecideScreen, RequestsWaitingScreen}
    assert answered(bob)[0] == "open"


async def test_what_cannot_be_given_so_long_can_be_given_shorter(little_shop: Founded, bob: Actor) -> None:
    """What one holds until a day, until that day."""
    ask(bob, "rate.reply")
    brief = little_shop.person("brief", extras=["staff.manage"])
    grants.change(little_shop.owner, brief.staff_id or 0, AccessChange(give_extras=(ExtraGift("rate.reply", end("2026-11-30")),)))
    async with program(little_shop.home, actor=brief) as (app, pilot):
        await to_list(app, pilot)
        await press(pilot, "enter")
        assert "You hold “Reply to reviews” yourself only until an earlier date." in words(app)
        await press(pilot, "y")
        assert front(app) is RequestDecideScreen
        await press(pilot, "u", *["backspace"] * 10, "type:2026-11-30", "enter")
        assert "+1 −0" in words(app)
        await press(pilot, "end", "y")
        assert front(app) is RequestsWaitingScreen
    assert given(bob) == {("rate.reply", end("2026-11-30"))}


async def test_what_somebody_gave_meanwhile_is_said_and_can_be_declined(little_shop: Founded, bob: Actor, boss: Actor) -> None:
    """There is nothing to approve."""
    ask(bob, "rate.reply")
    async with program(little_shop.home, actor=boss) as (app, pilot):
        await to_list(app, pilot)
        await press(pilot, "enter", "end")
        grants.change(little_shop.owner, bob.staff_id or 0, AccessChange(give_extras=(ExtraGift("rate.reply"),)))
        await press(pilot, "y")
        assert front(app) is RequestDecideScreen
        assert "This is held already, until that day or longer." in words(app)
        await press(pilot, "d", "type:You have it", "enter")
    assert answered(bob) == ("declined", "boss", "You have it")


async def test_what_is_kept_apart_is_not_approved(little_shop: Founded, bob: Actor, boss: Actor) -> None:
    """The preview says so; the operation says so, too."""
    grants.change(little_shop.owner, bob.staff_id or 0, AccessChange(give_extras=(ExtraGift("refund.approve"),)))
    separation.declare(little_shop.owner, "finance.bill.view", "refund.approve", reason="Who pays does not check.")
    ask(bob, "finance.bill.view")
    async with program(little_shop.home, actor=boss) as (app, pilot):
        await to_list(app, pilot)
        await press(pilot, "enter", "end", "y")
        assert front(app) is RequestDecideScreen
        assert "y Approve" not in grid(app)
        assert "Approve refunds" in words(app)
        await press(pilot, "d", "type:Kept apart", "enter")
    assert answered(bob)[0] == "declined"


async def test_nobody_is_shown_their_own(little_shop: Founded, boss: Actor) -> None:
    """Nor what they asked for from a second account; it is on others' home screens."""
    twin = little_shop.person("twin", name="Twin")
    for each in (boss, twin):
        detail = staff.detail(little_shop.console, each.staff_id or 0)
        people.edit(little_shop.console, detail.id, detail.version, Profile(detail.name, phone="13800138000"))
    ask(twin)
    async with program(little_shop.home, actor=boss) as (app, _pilot):
        assert "waits for you" not in grid(app)
    async with program(little_shop.home, actor=little_shop.owner) as (app, _pilot):
        assert "1 Request waits for you" in words(app)


async def test_who_may_not_decide_is_told_of_nothing(little_shop: Founded, bob: Actor) -> None:
    """No number at home."""
    ask(bob)
    sue = little_shop.person("sue", gave=["operations"], extras=["staff.view"])
    for actor in (bob, sue):
        async with program(little_shop.home, actor=actor) as (app, _pilot):
            assert "waits for you" not in grid(app)


async def test_many_wait_and_are_named_once_each(little_shop: Founded, boss: Actor) -> None:
    """Two hundred of forty people: three are named at home, the list has all of them, the oldest first."""
    ids = [little_shop.person(f"p{number}", name=f"P {number}").staff_id for number in range(40)]
    row = {"days": 1, "reason": "x", "status": "open"}
    for turn, code in enumerate(("goods.view", "rate.reply", "refund.view", "chat.receive", "staff.view")):
        Request.insert_many(
            [{**row, "staff": each, "permission": code, "asked_at": NOON - (5 - turn) * clock.HOUR} for each in ids]
        ).execute()
    async with program(little_shop.home, actor=boss) as (app, pilot):
        assert "200 Requests wait for you 5 hours ago · P 0 · P 1 · P 2 · …" in words(app)
        await to_list(app, pilot)
        assert "200 requests wait for you" in grid(app).splitlines()[0]
        await press(pilot, "end", "enter")
        assert "P 39 asks for: View staff" in grid(app).splitlines()[0]
        await press(pilot, "end", "y")
        assert "199 requests wait for you" in grid(app).splitlines()[0]


async def test_history_shows_what_became_of_each(little_shop: Founded, bob: Actor, boss: Actor) -> None:
    """The whole of one at Enter; with nothing in it, one sentence."""
    async with program(little_shop.home, actor=boss) as (app, pilot):
        app.push_screen(RequestsWaitingScreen())
        await settle(pilot)
        assert "Requests of others" in grid(app).splitlines()[0]
        await press(pilot, "h")
        assert front(app) is RequestHistoryScreen
        assert "Nobody has asked for anything yet" in words(app)
        operations.decline(little_shop.owner, ask(bob), "Ask in May")
        await press(pilot, "escape", "h", "enter")
        assert front(app) is Tell
        said = words(app)
        for each in (
            "By: Bob Zhao (bob) · Operations",
            "Reason: The sale of the year",
            "Answer: declined by owner: Ask in May",
            "Settled: 2026-11-22",
        ):
            assert each in said


@pytest.mark.parametrize("payload", list(hostile.LITERAL.values())[:8], ids=ascii)
async def test_a_hostile_reason_decides_nothing(little_shop: Founded, bob: Actor, boss: Actor, payload: str) -> None:
    """It is text in the list and before the preview, and offers no key of its own."""
    wanted = ask(bob)
    Request.update(reason=payload).where(Request.id == wanted).execute()
    async with program(little_shop.home, actor=boss) as (app, pilot):
        await to_list(app, pilot)
        await press(pilot, "enter")
        assert front(app) is RequestDecideScreen
        assert "Reason: " in grid(app)
        assert not set("\x1b\x9b\u202e\u200b") & set(grid(app))
    assert answered(bob)[0] == "open"
