"""Conversations on screen, by keyboard: the list, the reader beside it, whose are opened and what that leaves in the log."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from time import process_time
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion
from textual.pilot import Pilot

from models import clock, db
from models.clock import DAY, HOUR, MINUTE
from models.operations import chat_intake, departments, staff as operations
from screens import chat_desk
from screens.chats import ChatsScreen
from tests.chats import AUTO, CUSTOMER, STAFF, conversation
from tests.factories import Founded, signed_in
from tests.hostile import LITERAL
from tests.screens.look import LANGUAGES, SIZES, grid, settle
from tests.screens.people import press
from tests.screens.program import NOON, at_noon, program


@pytest.fixture(autouse=True)
def _cursors_rest_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for a cursor to rest."""
    monkeypatch.setattr(chat_desk, "REST", 0.001)


@pytest.fixture
def shop(little_shop: Founded) -> Iterator[Founded]:
    """A lead and a colleague in customer service, one in the night shift below, somebody without a department; some conversations."""
    at_noon(little_shop)
    night = departments.add(little_shop.owner, "Night shift", 1)
    little_shop.person("lilei", name="Li Lei", post="service", gave=["service_lead"], department_id=1)
    little_shop.person("hanmei", name="韩梅梅", post="service", gave=["customer_service"], department_id=1)
    little_shop.person("bob", name="Bob Zhao", post="service", gave=["customer_service"], department_id=night)
    little_shop.person("olga", name="Olga", gave=["design"], department_id=2)
    little_shop.person("nora", name="Nora Body", post="service", gave=["service_lead"])
    conversation("lilei", "小河1988", (CUSTOMER, "这个杯子还有货吗？"), (AUTO, "亲，稍等。"), (STAFF, "有的😀"), at=NOON - 2 * HOUR)
    conversation("lilei", "Jane", (CUSTOMER, "Is it dishwasher safe?"), at=NOON - DAY)
    conversation("hanmei", "爱吃糖的猫", (CUSTOMER, "退款什么时候到账？"), at=NOON - HOUR)
    conversation("bob", "night-owl", (CUSTOMER, "Anybody there?"), (STAFF, "Here I am."), at=NOON - 3 * DAY)
    conversation("olga", "printer", (CUSTOMER, "The banner is ready."), at=NOON - 9 * DAY)
    yield little_shop
    clock.set_clock(None)


def front(app: Any) -> Any:
    """The screen in front, whatever it is."""
    return app.screen


def rows(app: Any) -> list[str]:
    """The customers in the list, from top to bottom."""
    shown = front(app).list
    return [str(row.cells[1]) for row in shown.source.window(0, 50)]


def entries(shop: Founded) -> list[tuple[str, str, str]]:
    """What the log says of reading conversations."""
    return shop.log("chat.read", "chat.read.all", "chat.search", "chat.search.all")


def read(app: Any) -> list[str]:
    """What the reader shows of what was written."""
    return [line.partition("│")[2] for line in grid(app).splitlines()[5:-1]]


async def rest(pilot: Pilot[Any]) -> None:
    """Let the cursor rest."""
    await pilot.pause(0.01)
    await settle(pilot)


async def look(app: Any, pilot: Pilot[Any]) -> None:
    """What the program does every few seconds, where another process has written meanwhile."""
    app._changes = front(app)._news = None
    app.look()
    await rest(pilot)


async def go(pilot: Pilot[Any], *keys: str) -> None:
    """Keys, after each of which the cursor rests."""
    for key in keys:
        await press(pilot, key)
        await rest(pilot)


async def test_ones_own_is_shown_at_once_and_a_colleagues_when_it_is_opened(shop: Founded) -> None:
    """The reader says before that the log will; afterwards it is shown whenever the cursor comes back, and the log says it once."""
    async with program(shop.home, actor=signed_in("lilei")) as (app, pilot):
        await go(pilot, "7")
        assert rows(app) == ["爱吃糖的猫", "小河1988", "Jane", "night-owl"]
        assert "enter opens" in grid(app)
        assert "退款" not in grid(app)
        await go(pilot, "down")
        assert "这个杯子还有货吗？" in grid(app)
        assert entries(shop) == []
        await go(pilot, "up", "enter")
        assert "退款什么时候到账？" in grid(app)
        assert entries(shop) == [("lilei", "chat.read", "hanmei")]
        await go(pilot, "escape", "down", "up")
        assert "退款什么时候到账？" in grid(app)
        assert entries(shop) == [("lilei", "chat.read", "hanmei")]


async def test_the_owner_reads_everybodys(shop: Founded) -> None:
    """Whose each is stands in the list; opening one is an entry of the kind that reaches everybody."""
    async with program(shop.home, actor=shop.owner) as (app, pilot):
        await go(pilot, "7")
        assert "Everybody's conversations · 5 conversations" in grid(app)
        assert "韩梅梅" in grid(app)
        await go(pilot, "tab", "enter")
        assert "退款什么时候到账？" in grid(app)
        assert entries(shop) == [("owner", "chat.read.all", "hanmei")]


async def test_who_has_only_their_own_is_not_told_whose_they_are(shop: Founded) -> None:
    """No column for colleagues, nobody else's customers, nothing in the log."""
    async with program(shop.home, actor=signed_in("hanmei")) as (app, pilot):
        assert "7 Chats" in grid(app)
        await go(pilot, "7")
        assert rows(app) == ["爱吃糖的猫"]
        assert "Colleague" not in grid(app)
        assert "退款什么时候到账？" in grid(app)
        assert "1 message · ◆ unanswered for 60 min" in grid(app) or "unanswered for 1 h" in grid(app)
        assert entries(shop) == []


async def test_the_section_comes_with_the_first_message_and_goes_with_the_access(shop: Founded) -> None:
    """Who has nothing to read has no such section; one who leads nobody, being nowhere, neither, until a customer writes."""
    async with program(shop.home, actor=signed_in("nora")) as (app, pilot):
        assert "7 Chats" not in grid(app)
        await press(pilot, "7")
        assert not isinstance(app.screen, ChatsScreen)
        conversation("nora", "first", (CUSTOMER, "Hello?"), at=NOON - MINUTE)
        app._changes = -1
        app.look()
        await settle(pilot)
        assert "7 Chats" in grid(app)
        await go(pilot, "7")
        assert "Hello?" in grid(app)


async def test_moving_a_reader_to_another_department_closes_what_was_open(shop: Founded) -> None:
    """At the next look, in the middle of reading: the list and the reader show no more than may be read now."""
    lilei = signed_in("lilei")
    async with program(shop.home, actor=lilei) as (app, pilot):
        await go(pilot, "7", "enter")
        assert "退款什么时候到账？" in grid(app)
        operations.move(shop.console, shop.id_of("lilei"), 2)
        await look(app, pilot)
        assert "退款" not in grid(app)
        assert rows(app) == ["小河1988", "Jane", "printer"]
        assert shop.log("act.refuse") == []


async def test_moving_a_colleague_away_closes_what_was_open_of_theirs(shop: Founded) -> None:
    """The reader reads as far as before: what is shown is closed all the same, and nothing is tried that the log would tell of."""
    async with program(shop.home, actor=signed_in("lilei")) as (app, pilot):
        await go(pilot, "7", "enter")
        operations.move(shop.console, shop.id_of("hanmei"), 2)
        for _again in range(2):
            await look(app, pilot)
            assert "退款" not in grid(app)
        assert rows(app) == ["小河1988", "Jane", "night-owl"]
        assert not app._notifications
        assert shop.log("act.refuse") == []


async def test_who_reads_on_in_what_was_taken_this_moment_sees_no_more_of_it(shop: Founded) -> None:
    """Before anything was looked at again, a key asks for older messages: refused, and what was shown is closed."""
    conversation("hanmei", "talker", *[(CUSTOMER, f"line {number}") for number in range(300)], at=NOON - HOUR, apart=MINUTE // 10)
    async with program(shop.home, actor=signed_in("lilei")) as (app, pilot):
        await go(pilot, "7", "enter")
        assert "line 299" in grid(app)
        operations.move(shop.console, shop.id_of("hanmei"), 2)
        await go(pilot, "home")
        assert "line" not in grid(app)


async def test_who_is_frozen_while_reading_is_out(shop: Founded) -> None:
    """The next look closes everything."""
    async with program(shop.home, actor=signed_in("lilei")) as (app, pilot):
        await go(pilot, "7", "enter")
        operations.freeze(shop.owner, shop.id_of("lilei"))
        app.look()
        await settle(pilot)
        assert "退款" not in grid(app)
        assert "Password" in grid(app)


async def test_what_comes_in_meanwhile_is_shown_without_jumping(shop: Founded) -> None:
    """A new message moves its conversation up; the cursor stays on its own, and the reader at its end follows."""
    async with program(shop.home, actor=signed_in("lilei")) as (app, pilot):
        await go(pilot, "7", "end", "up")
        assert front(app).list.key is not None
        assert "Is it dishwasher safe?" in grid(app)
        conversation("lilei", "Jane", (CUSTOMER, "Are you still there?"), at=NOON - MINUTE)
        front(app)._news = None
        app.look()
        await rest(pilot)
        assert rows(app)[0] == "Jane"
        assert front(app).list.cursor == 0
        assert "Are you still there?" in grid(app)
        assert "2 messages" in grid(app)


async def test_who_reads_further_up_stays_there(shop: Founded) -> None:
    """What comes in meanwhile does not take away what one reads; `end` goes there."""
    long = [(CUSTOMER, f"line {number}") for number in range(60)]
    conversation("lilei", "talker", *long, at=NOON - 3 * HOUR)
    async with program(shop.home, actor=signed_in("lilei")) as (app, pilot):
        await go(pilot, "7")
        await go(pilot, *["down"] * rows(app).index("talker"))
        await go(pilot, "right", "pageup", "pageup")
        before = read(app)
        conversation("lilei", "talker", (CUSTOMER, "the newest"), at=NOON - MINUTE)
        front(app)._news = None
        app.look()
        await rest(pilot)
        assert read(app) == before
        assert "the newest" not in grid(app)
        await go(pilot, "end")
        assert "the newest" in grid(app)


async def test_thousands_of_messages_are_read_a_page_at_a_time(shop: Founded) -> None:
    """From the newest back to the first and forth again, by keys alone; no more than a few pages are asked for at the edges."""
    conversation("hanmei", "talker", *[(CUSTOMER, f"line {number}") for number in range(1500)], at=NOON - 2 * DAY, apart=MINUTE)
    async with program(shop.home, actor=signed_in("hanmei")) as (app, pilot):
        await go(pilot, "7")
        await go(pilot, *["down"] * rows(app).index("talker"))
        assert "line 1499" in grid(app)
        paper = front(app).chat.paper
        assert len(paper.window.messages) == 100
        await go(pilot, "right", *["pageup"] * 12)
        assert len(paper.window.messages) > 100
        await go(pilot, "home")
        assert "line 0" in grid(app)
        await go(pilot, *["pagedown"] * 9)
        numbers = [int(number) for number in re.findall("line ([0-9]+)", grid(app))]
        assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
        assert numbers[0] > 50
        await go(pilot, "end")
        assert "line 1499" in grid(app)
        assert "1,500 messages" in grid(app)


@pytest.mark.slow
async def test_ten_thousand_conversations_are_gone_through_by_keyboard(shop: Founded) -> None:
    """From end to end, those that wait alone, and one by search: each key is answered in much less than a second."""
    said = {"staff": "lilei", "from": "customer"}
    lines = (
        {"id": f"m{n}", "customer": f"c{n}", "at": clock.rfc3339(NOON - 2 * DAY - n * MINUTE), "text": f"cup {n}"} for n in range(10_000)
    )
    chat_intake.bring_in(shop.console, (json.dumps(each | said).encode() for each in lines), "many")
    async with program(shop.home, actor=signed_in("lilei")) as (app, pilot):
        start = process_time()
        await go(pilot, "7", "end", "pageup", "home", "u", "end", "pagedown", "u")
        assert "10,004 conversations" in grid(app)
        await go(pilot, "end")
        assert front(app).subject() is not None
        assert "c9999" in grid(app)
        await go(pilot, "slash", *"9998", "enter")
        assert [hit.customer for hit in front(app).source.found] == ["c9998"]
        assert process_time() - start < 3


async def test_on_a_narrow_terminal_the_reader_takes_the_place_of_the_list(shop: Founded) -> None:
    """Enter reads, esc comes back; a colleague's says what opening it means before it is opened, once."""
    async with program(shop.home, actor=signed_in("lilei"), size=(60, 20)) as (app, pilot):
        await go(pilot, "7", "enter")
        assert "written in the log" in " ".join(grid(app).split())
        assert entries(shop) == []
        await go(pilot, "enter")
        assert "退款什么时候到账？" in grid(app)
        assert "Customer " not in grid(app)
        await go(pilot, "escape")
        assert "小河1988" in grid(app)
        await go(pilot, "down", "enter")
        assert "这个杯子还有货吗？" in grid(app)
        await go(pilot, "escape", "end", "enter")
        assert "Here I am." in grid(app)
        assert entries(shop) == [("lilei", "chat.read", "hanmei"), ("lilei", "chat.read", "bob")]


async def test_unanswered_ones_are_listed_alone(shop: Founded) -> None:
    """`u` turns it on and off, the line above says so, esc takes it away."""
    async with program(shop.home, actor=shop.owner) as (app, pilot):
        await go(pilot, "7", "u")
        assert rows(app) == ["爱吃糖的猫", "Jane", "printer"]
        assert "Everybody's conversations · unanswered · 3 conversations" in grid(app)
        await go(pilot, "u")
        assert len(rows(app)) == 5
        await go(pilot, "u", "escape")
        assert len(rows(app)) == 5


async def test_home_says_who_waits_and_leads_there(shop: Founded) -> None:
    """One's own and the team's apart; enter goes to just those. Nothing is said where nobody waits."""
    async with program(shop.home, actor=signed_in("lilei")) as (app, pilot):
        assert "1  Customer waits for you" in grid(app)
        assert "in conversations of your department" in grid(app)
        front(app).list.select("unanswered")
        await go(pilot, "enter")
        assert rows(app) == ["Jane"]
        assert "Li Lei's conversations · unanswered" in grid(app)
        await go(pilot, "1")
        front(app).list.select("unanswered others")
        await go(pilot, "enter")
        assert rows(app) == ["爱吃糖的猫", "Jane"]
    async with program(shop.home, actor=signed_in("hanmei")) as (app, pilot):
        front(app).list.select("unanswered")
        await go(pilot, "enter")
        assert "Your conversations · unanswered" in grid(app)
    async with program(shop.home, actor=shop.owner) as (app, pilot):
        assert "in your colleagues' conversations" in grid(app)
        assert "waits for you" not in grid(app)
    async with program(shop.home, actor=signed_in("bob")) as (app, pilot):
        assert "Customer" not in grid(app).replace("Customer service", "")


async def test_where_there_is_nothing_one_sentence_says_so(little_shop: Founded) -> None:
    """To the owner what brings them in, to a lead what will be here."""
    lead = little_shop.person("lilei", name="Li Lei", post="service", gave=["service_lead"], department_id=1)
    async with program(little_shop.home, actor=little_shop.owner) as (app, pilot):
        await go(pilot, "7")
        assert "shopstaff chat import" in " ".join(grid(app).replace("│", " ").split())
        await go(pilot, "u")
        assert "esc shows all" in " ".join(grid(app).replace("│", " ").split())
        await go(pilot, "enter", "tab", "enter", "right", "u", "end", "home")
    async with program(little_shop.home, actor=lead) as (app, pilot):
        await go(pilot, "7")
        assert "write to you and your colleagues" in " ".join(grid(app).replace("│", " ").split())


async def test_data_is_never_markup(shop: Founded) -> None:
    """A customer called like a button, and what such a one writes."""
    name = LITERAL["markup action"]
    conversation("hanmei", name, (CUSTOMER, LITERAL["markup"]), (STAFF, "\x1b[2J" + LITERAL["format string"]), at=NOON - MINUTE)
    async with program(shop.home, actor=signed_in("hanmei"), size=(120, 40)) as (app, pilot):
        await go(pilot, "7")
        assert f"{name} · 韩梅梅" in grid(app)
        assert LITERAL["markup"] in grid(app)
        assert "�[2J{0.__class__}" in grid(app)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_how_it_looks(shop: Founded, snapshot: SnapshotAssertion, size: tuple[int, int], language: str) -> None:
    """The list with its marks, and a conversation with all three voices."""
    db.database.execute_sql("UPDATE shop SET language = ?", (language,))
    async with program(shop.home, actor=signed_in("lilei"), size=size) as (app, pilot):
        await go(pilot, "7", "down")
        assert grid(app) == snapshot
