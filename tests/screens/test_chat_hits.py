"""Searching in what was written, by keyboard: what is found, opened at the message, and what that leaves in the log; and the filter."""

from __future__ import annotations

import re
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from models import db
from models.actor import Actor
from models.clock import DAY, HOUR
from models.operations import chat_reading, staff as operations
from models.operations.chat_reading import Found
from models.queries.chats import Filter
from screens.chat_filter import ChatFilterScreen
from screens.chat_hits import HitsScreen
from screens.chats import ChatsScreen
from tests.chats import CUSTOMER, STAFF, conversation
from tests.factories import Founded, signed_in
from tests.screens.look import LANGUAGES, SIZES, grid
from tests.screens.program import NOON, program
from tests.screens.test_chats import _cursors_rest_at_once, entries, front, go, look, read, rows, shop

__all__ = ["_cursors_rest_at_once", "shop"]


def flat(app: Any) -> str:
    """The screen in one line."""
    return " ".join(grid(app).replace("│", " ").split())


def hits(app: Any) -> list[str]:
    """The customers of what was found, from top to bottom."""
    return [hit.customer for hit in front(app).source.found]


@pytest.fixture
def talker(shop: Founded) -> Founded:
    """Beside the others a long conversation of Li Lei's, with a refund in the middle of it."""
    said = [(CUSTOMER if number % 2 else STAFF, "我要退款 now" if number == 150 else f"line {number}") for number in range(300)]
    conversation("lilei", "talker", *said, at=NOON - 2 * DAY)
    return shop


async def test_what_is_found_is_listed_with_the_words_marked_and_opened_at_the_message(talker: Founded) -> None:
    """The newest first, everybody's whose one may read; enter opens the conversation where it was said; esc comes back, and back."""
    async with program(talker.home, actor=signed_in("lilei"), size=(120, 40)) as (app, pilot):
        await go(pilot, "7", "slash", "退", "款", "enter")
        assert isinstance(front(app), HitsScreen)
        assert "Chats · “退款”" in grid(app)
        assert hits(app) == ["爱吃糖的猫", "talker"]
        assert "2 found" in grid(app)
        assert entries(talker) == [("lilei", "chat.search", "Customer service")]
        await go(pilot, "down")
        assert "line 149" in grid(app)
        assert "line 151" in grid(app)
        await go(pilot, "right", *["pagedown"] * 5)
        assert "我要退款 now" not in read(app)
        numbers = [int(number) for number in re.findall("line ([0-9]+)", grid(app))]
        assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
        assert numbers[0] > 190
        await go(pilot, "escape", "up", "enter")
        assert any("退款什么时候到账？" in line for line in read(app))
        assert entries(talker)[1:] == [("lilei", "chat.read", "hanmei")]
        await go(pilot, "escape", "escape")
        assert type(front(app)) is ChatsScreen
        assert rows(app)[0] == "爱吃糖的猫"


async def test_at_80_columns_what_is_found_has_the_whole_width(talker: Founded) -> None:
    """The reader takes its place; of a colleague's it says first what opening it means."""
    async with program(talker.home, actor=signed_in("lilei")) as (app, pilot):
        await go(pilot, "7", "slash", "退", "款", "enter")
        assert "│" not in grid(app)
        await go(pilot, "enter")
        assert "written in the log" in flat(app)
        assert len(entries(talker)) == 1
        await go(pilot, "enter")
        assert "爱吃糖的猫 · 韩梅梅" in grid(app)
        await go(pilot, "escape", "down", "enter")
        assert "我要退款 now" in grid(app)
        assert "line 149" in grid(app)


async def test_other_words_are_looked_for_from_there(shop: Founded) -> None:
    """Nothing found is said in a sentence; what cannot be looked for, too; the search in one's own leaves no trace."""
    async with program(shop.home, actor=signed_in("hanmei")) as (app, pilot):
        await go(pilot, "7", "slash", "z", "z", "enter")
        assert "Nobody wrote that. / looks for something else." in flat(app)
        await go(pilot, "slash", "backspace", "backspace", "enter", "slash", "x", "enter")
        assert "At least one word needs two characters." in flat(app)
        await go(pilot, "slash", "backspace", "到", "账", "enter")
        assert hits(app) == ["爱吃糖的猫"]
        assert entries(shop) == []


async def test_that_the_index_is_damaged_stays_where_the_messages_would_be(shop: Founded) -> None:
    """Longer than what is said in passing; other words could not be found either, so looking for them is not offered."""
    with db.transaction():
        db.write_many("UPDATE message_text_data SET block = ? WHERE id > 10", [(b"\xff\x07" * 64,)])
    async with program(shop.home, actor=signed_in("hanmei")) as (app, pilot):
        await go(pilot, "7", "slash", "退", "款", "enter")
        assert isinstance(front(app), HitsScreen)
        app.clear_notifications()
        await go(pilot)
        assert "The index of messages is damaged" in flat(app)
        assert "doctor --index" in flat(app)
        assert "looks for something else" not in flat(app)


async def test_nothing_typed_is_no_search(shop: Founded) -> None:
    """Enter in an empty field, or down out of it, is back in the list."""
    async with program(shop.home, actor=shop.owner) as (app, pilot):
        await go(pilot, "7", "slash", "enter")
        assert type(front(app)) is ChatsScreen
        assert front(app).list.has_focus
        await go(pilot, "slash", "a", "down")
        assert front(app).list.has_focus
        await go(pilot, "slash", "escape")
        assert front(app).list.has_focus
        assert "type:" not in grid(app)
        assert entries(shop) == []


async def test_more_is_found_as_one_goes_down_and_is_one_search_in_the_log(shop: Founded) -> None:
    """A page at a time."""
    conversation("bob", "talker", *[(CUSTOMER, f"refund {number}") for number in range(130)], at=NOON - 5 * HOUR)
    async with program(shop.home, actor=shop.owner) as (app, pilot):
        await go(pilot, "7", "slash", *"refund", "enter")
        assert "50+ found" in grid(app)
        await go(pilot, "end", "end", "end", "end")
        assert "130 found" in grid(app)
        assert "refund 0" in grid(app)
        assert [action for _who, action, _thing in entries(shop)][:1] == ["chat.search.all"]


async def test_a_search_that_stopped_goes_on_by_a_key(shop: Founded, monkeypatch: pytest.MonkeyPatch) -> None:
    """It says how far it looked back; `m` looks further."""
    real = chat_reading.find

    def stops(actor: Actor, wanted: Filter, *, before: int | None = None, limit: int = 50) -> Found:
        if before is None:
            return Found((), more=True, before=1 << 62, searched_to=NOON - DAY)
        return real(actor, wanted, limit=limit)

    monkeypatch.setattr(chat_reading, "find", stops)
    async with program(shop.home, actor=signed_in("hanmei")) as (app, pilot):
        await go(pilot, "7", "slash", "退", "款", "enter")
        assert "Nothing is found back to 2026-11-21. m searches further back." in flat(app)
        assert "looked back to 2026-11-21: m goes on" in flat(app)
        await go(pilot, "m")
        assert hits(app) == ["爱吃糖的猫"]
        assert front(app).check_action("read_on", ()) is False


async def test_who_may_no_longer_read_what_was_found_sees_none_of_it(shop: Founded) -> None:
    """Another department: what was found is looked for anew, with what one may read now."""
    async with program(shop.home, actor=signed_in("lilei")) as (app, pilot):
        await go(pilot, "7", "slash", "退", "款", "enter")
        assert hits(app) == ["爱吃糖的猫"]
        operations.move(shop.console, shop.id_of("lilei"), 2)
        await look(app, pilot)
        await go(pilot, "down")
        assert hits(app) == []


async def test_what_was_found_of_a_colleague_who_was_moved_away_is_gone(talker: Founded) -> None:
    """The words of theirs that the list shows, and what is open of it; what was found of others stays, and is no search more."""
    async with program(talker.home, actor=signed_in("lilei"), size=(120, 40)) as (app, pilot):
        await go(pilot, "7", "slash", "退", "款", "enter", "enter")
        assert "退款什么时候到账？" in grid(app)
        operations.move(talker.console, talker.id_of("hanmei"), 2)
        await look(app, pilot)
        assert hits(app) == ["talker"]
        assert "什么时候" not in grid(app)
        assert "1 found" in grid(app)
        assert entries(talker) == [("lilei", "chat.search", "Customer service"), ("lilei", "chat.read", "hanmei")]


async def test_the_filter_says_which_to_show(shop: Founded) -> None:
    """Customer, colleague, time and unanswered, each as the line above the list says it; ctrl+n takes all away."""
    async with program(shop.home, actor=shop.owner) as (app, pilot):
        await go(pilot, "7", "f", *"NIGHT", "ctrl+s")
        assert rows(app) == ["night-owl"]
        assert "customer “NIGHT”" in grid(app)
        await go(pilot, "f", "ctrl+n", "f", "tab", "enter", *"hmm", "enter", "ctrl+s")
        assert rows(app) == ["爱吃糖的猫"]
        assert "韩梅梅's conversations" in grid(app)
        await go(pilot, "f", "tab", "enter", "up", "up", "up", "enter", *"2d", "tab", "tab", "space", "ctrl+s")
        assert rows(app) == ["爱吃糖的猫", "Jane"]
        assert "unanswered · from 2026-11-20" in grid(app)
        await go(pilot, "escape")
        assert len(rows(app)) == 5


async def test_what_is_wrong_in_the_filter_stands_beside_the_field(shop: Founded) -> None:
    """A time that is none, an end before the beginning; esc changes nothing."""
    async with program(shop.home, actor=shop.owner) as (app, pilot):
        await go(pilot, "7", "f", "tab", "tab", *"soon", "ctrl+s")
        assert isinstance(app.screen, ChatFilterScreen)
        assert "A time looks like" in grid(app)
        await go(pilot, *["backspace"] * 4, *"2026-11-22", "tab", *"2026-11-01", "ctrl+s")
        assert "before the beginning" in grid(app)
        await go(pilot, "escape", "y")
        assert len(rows(app)) == 5 or isinstance(app.screen, ChatFilterScreen)


async def test_who_reads_their_own_only_is_asked_for_no_colleague(shop: Founded) -> None:
    """There is nobody to choose from; and a filter counts for the search as well."""
    async with program(shop.home, actor=signed_in("hanmei")) as (app, pilot):
        await go(pilot, "7", "f")
        assert "Colleague" not in grid(app)
        await go(pilot, *"nobody", "ctrl+s")
        assert rows(app) == []
        await go(pilot, "slash", "退", "款", "enter")
        assert hits(app) == []
        assert "customer “nobody”" in grid(app)


async def test_a_lead_without_a_department_reads_their_own_only(shop: Founded) -> None:
    """Whatever the role says."""
    conversation("nora", "first", (CUSTOMER, "退款 please"), at=NOON - HOUR)
    async with program(shop.home, actor=signed_in("nora")) as (app, pilot):
        await go(pilot, "7", "slash", "退", "款", "enter")
        assert hits(app) == ["first"]
        assert "Your conversations" in grid(app)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_how_it_looks(talker: Founded, snapshot: SnapshotAssertion, size: tuple[int, int], language: str) -> None:
    """What was found, and the filter."""
    db.database.execute_sql("UPDATE shop SET language = ?", (language,))
    async with program(talker.home, actor=signed_in("lilei"), size=size) as (app, pilot):
        await go(pilot, "7", "slash", "退", "款", "enter", "down")
        assert grid(app) == snapshot
