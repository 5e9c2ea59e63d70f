"""Where one reads in a conversation: a message and a line of it, whatever is read before and behind it."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from models.operations.chat_reading import MessageRow
from screens.chat_window import MOST, MessageWindow, Spot


def messages(first: int, last: int) -> list[MessageRow]:
    """Messages whose ids are their numbers."""
    return [MessageRow(number, number, "customer", "") for number in range(first, last + 1)]


def window(first: int, last: int, *, page: int = 10, heights: Sequence[int] = (2, 3, 1)) -> MessageWindow:
    """A window in which message n is as high as `heights` says, one after the other and again."""
    made: MessageWindow = MessageWindow(lambda place: heights[made.messages[place].id % len(heights)])
    made.page = page
    made.fill(messages(first, last), set())
    return made


def read(shown: MessageWindow) -> list[tuple[int, int]]:
    """The lines in view, by the ids of their messages."""
    return [(shown.messages[spot.message].id, spot.line) for spot in shown.in_view()]


def test_the_end_is_the_last_line_at_the_bottom() -> None:
    """Neither further, however far one scrolls, nor less; and from there one is at the end."""
    shown = window(1, 30)
    at_first = shown.is_at_end
    shown.step(10_000)
    assert (at_first, shown.is_at_end) == (False, True)
    last = shown.messages[-1].id
    assert read(shown)[-1] == (last, (2, 3, 1)[last % 3] - 1)
    assert len(read(shown)) == 10


@pytest.mark.parametrize("step", [1, 3, 8, -1, -3, -8])
def test_steps_pass_every_line_once(step: int) -> None:
    """Forth or back, in whatever strides, the lines follow each other as they do in one go."""
    lines = read(window(1, 40, page=10_000))
    end = len(lines) - 10
    shown = window(1, 40)
    if step < 0:
        shown.to_end()
    for turn in range(len(lines)):
        at = max(0, min(end, (0 if step > 0 else end) + turn * step))
        assert read(shown) == lines[at : at + 10]
        shown.step(step)


def test_a_short_conversation_stands_at_the_top_and_does_not_move() -> None:
    """Fewer lines than there is room for: nothing scrolls, and its end is in view; so of none at all."""
    shown = window(1, 2)
    for step in (1, -1, 100, -100):
        shown.step(step)
        assert shown.top == Spot(0, 0)
    assert shown.is_at_end
    shown.fill([], set())
    shown.step(5)
    assert read(shown) == []
    assert shown.wanting() is None
    shown.refit(5, at_end=True)
    assert shown.top == Spot(0, 0)


def test_older_messages_do_not_move_what_is_in_view() -> None:
    """The same lines stand where they stood."""
    shown = window(101, 160)
    shown.more = {"before"}
    shown.step(4)
    before = read(shown)
    assert shown.wanting() == "before"
    shown.add_before(messages(1, 100), more=False)
    assert read(shown) == before
    assert shown.more == set()
    shown.to_start()
    assert read(shown)[0] == (1, 0)


def test_the_first_message_may_lose_the_line_of_its_day_when_an_older_one_comes_before_it() -> None:
    """Its other lines stay where they were."""
    made: MessageWindow = MessageWindow(lambda place: 3 if made.messages[place].id == 10 and place else 4)
    made.page = 5
    made.fill(messages(10, 20), {"before"})
    made.step(2)
    made.add_before(messages(1, 9), more=True)
    assert made.messages[made.top.message].id == 10
    assert made.top.line == 1
    assert made.more == {"before"}


def test_whoever_is_at_the_end_follows_and_whoever_is_not_stays() -> None:
    """New messages bring along the one, and leave the other reading."""
    shown = window(1, 30)
    shown.to_end()
    shown.add_after(messages(31, 33), more=False)
    assert read(shown)[-1][0] == 33
    shown.step(-5)
    before = read(shown)
    shown.add_after(messages(34, 40), more=False)
    assert read(shown) == before
    assert not shown.is_at_end


def test_no_more_than_so_many_messages_are_kept() -> None:
    """Reading back drops the newest, reading on the oldest; on that side there are more from then on."""
    shown = window(1000, 1000 + MOST - 1)
    shown.more = {"before"}
    shown.add_before(messages(900, 999), more=True)
    assert len(shown.messages) == MOST
    assert shown.messages[0].id == 900
    assert shown.more == {"before", "after"}
    shown.to_end()
    before = read(shown)
    shown.add_after(messages(shown.messages[-1].id + 1, shown.messages[-1].id + 50), more=False)
    assert len(shown.messages) == MOST
    assert read(shown)[0] == before[0]
    assert shown.more == {"before"}


def test_a_message_one_comes_for_is_a_third_down() -> None:
    """With what was said before it above it; at the edges as far as there is something."""
    shown = window(1, 60)
    shown.to_message(30)
    assert [number for number, line in read(shown)].index(30) == 3
    shown.to_message(1)
    assert shown.top == Spot(0, 0)
    shown.to_message(60)
    assert shown.is_at_end
    shown.to_message(61)  # it is gone: the last there is
    assert shown.is_at_end


def test_more_is_asked_for_before_one_comes_to_the_end() -> None:
    """On the side that is near, where there is more, and only then."""
    shown = window(1, 100)
    assert shown.wanting() is None
    shown.more = {"before", "after"}
    assert shown.wanting() == "before"
    shown.to_message(50)
    assert shown.wanting() is None
    shown.to_end()
    assert shown.wanting() == "after"
    assert not shown.is_at_end  # there are newer ones


def test_another_size_keeps_the_place() -> None:
    """The first line stays the first, where its message has it still; whoever was at the end is there again."""
    shown = window(1, 60)
    shown.to_message(20)
    before = shown.top
    shown.refit(5, at_end=False)
    assert shown.top == before
    shown.refit(20, at_end=True)
    assert shown.is_at_end
