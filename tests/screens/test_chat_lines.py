"""A conversation as lines: days, who and when, wrapped texts, and the words that were looked for."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, strategies as st
from textual.content import Content

from models import clock
from models.operations.chat_reading import MessageRow
from models.rules import chat_index
from models.text import visible
from screens.chat_lines import FOUND, Look, around, day_line, lines, places
from screens.widgets import words
from tests.hostile import LITERAL, REFUSED

NOON = 1_772_337_600_000_000
"""2026-03-01 12:00 in Shanghai, UTC microseconds."""

LOOK = Look(40, "小河1988", "Li Lei", "Asia/Shanghai")


def message(text: str, sender: str = "customer", at: int = NOON) -> MessageRow:
    """A message."""
    return MessageRow(at, at, sender, text)


def laid(*said: MessageRow, look: Look = LOOK) -> list[str]:
    """The lines of messages that follow each other."""
    found = list(lines(said[0], None, look))
    for before, each in pairwise(said):
        found += lines(each, before, look)
    return [line.plain for line in found]


def marked(content: Content) -> list[str]:
    """What is marked as found."""
    return [content.plain[span.start : span.end] for span in content.spans if span.style == FOUND]


def test_ours_stand_further_in_behind_a_bar_without_any_colour() -> None:
    """Customer, colleague and what was said automatically are told apart by where and what stands before it."""
    found = laid(message("在吗"), message("Hello", "auto"), message("在的", "staff"))
    assert found[1:] == [
        " 小河1988  12:00",
        " 在吗",
        "      ┆ automatic  12:00",
        "      ┆ Hello",
        "      ┃ Li Lei  12:00",
        "      ┃ 在的",
    ]


def test_who_and_when_stand_once_as_long_as_both_are_the_same() -> None:
    """A second message in the same minute needs no heading; one a minute later does, and one of another day a day."""
    found = laid(
        message("one"), message("two", at=NOON + 1), message("three", at=NOON + clock.MINUTE), message("four", at=NOON + clock.DAY)
    )
    assert [line.strip(" ─") for line in found] == [
        *("2026-03-01", "小河1988  12:00", "one", "two", "小河1988  12:01", "three"),
        *("2026-03-02", "小河1988  12:00", "four"),
    ]


def test_days_are_the_shops() -> None:
    """Midnight is that of the shop's time zone, and today is said to be."""
    clock.set_clock(lambda: NOON)
    try:
        late = message("late", at=NOON + 11 * clock.HOUR + 59 * clock.MINUTE)
        assert "2026-03-01 · today" in day_line(late, LOOK).plain
        assert "2026-03-02" in day_line(message("", at=late.at + clock.MINUTE), LOOK).plain
        assert "2026-03-01" in day_line(message("", at=late.at + clock.MINUTE), LOOK._replace(zone="UTC")).plain
    finally:
        clock.set_clock(None)


@pytest.mark.parametrize("cells", [1, 8, 20, 43, 120])
@pytest.mark.parametrize("sender", ["customer", "staff", "auto"])
def test_no_line_is_wider_than_the_reader(cells: int, sender: str) -> None:
    """Chinese counts two cells; words longer than a line are cut; a name that is too long, too. Below 20 cells nothing is promised."""
    text = "这个杯子还有货吗？" * 9 + " " + "x" * 300 + " 😀👍🏽 end\n\nlast"
    look = LOOK._replace(cells=cells, customer="很长的名字" * 20, colleague="Very Long Name " * 9)
    found = lines(message(text, sender), None, look)
    assert "".join(line.plain for line in found).replace(" ", "").count("x") == 300
    if cells >= 20:
        assert max(line.cell_length for line in found) <= cells


def test_nothing_hostile_is_left_and_nothing_is_markup() -> None:
    """What steers becomes a sign for itself, what looks like markup is shown as it was written."""
    for name, text in (REFUSED | LITERAL).items():
        found = lines(message(text), None, LOOK._replace(cells=400))
        shown = "\n".join(line.plain for line in found)
        assert shown == visible(shown, lines=True), name
    assert any(LITERAL["markup action"] in line for line in laid(message(LITERAL["markup action"]), look=LOOK._replace(cells=400)))


def test_words_that_were_looked_for_are_marked_across_lines_and_case() -> None:
    """Every place, in whatever width and case; a word that is broken over two lines in both."""
    look = LOOK._replace(cells=20, wanted=chat_index.words("refund 退款"))
    found = lines(message("ＲＥＦＵＮＤ, 我要退款！    Refund of 一二三四五退款"), None, look)
    assert "".join(each for line in found for each in marked(line)) == "ＲＥＦＵＮＤ退款Refund退款"
    broken = lines(message("一二三四五六七八退款"), None, look)
    assert [marked(line) for line in broken if marked(line)] == [["退"], ["款"]]


def test_words_that_overlap_are_marked_as_one() -> None:
    """And none at all where nothing is looked for, or nothing is there."""
    assert sorted(places("aaaa", ("aaa", "aa"))) == [0, 1, 2, 3]
    assert places("aaaa", ("", "b")) == frozenset()
    assert places("re fund", ("refund",)) == frozenset()


@given(st.text(st.sampled_from("退款货 \nabA，。x😀"), max_size=60), st.integers(20, 50))
def test_what_is_marked_is_what_is_found(text: str, cells: int) -> None:
    """However a text is wrapped: letters that are marked are those of the words, as many and in that order."""
    wanted = chat_index.words("退款 ab")
    found = places(text, wanted)
    shown = lines(message(text), None, LOOK._replace(cells=cells, wanted=wanted))[2:]
    assert "".join(each for line in shown for each in marked(line)) == "".join(text[place] for place in sorted(found))


def test_a_snippet_begins_a_little_before_what_was_found() -> None:
    """In one line; from the beginning where that is near, else behind an ellipsis; a text without the words from its beginning."""
    near = around("我的退款\n呢", ("退款",), 8, 40)
    assert near.plain == "我的退款 呢"
    assert marked(near) == ["退款"]
    far = around("一二三四五六七八九十退款呢", ("退款",), 8, 40)
    assert far.plain == "…七八九十退款呢"
    assert around("nothing of it", ("退款",), 8, 7).plain == "nothing of it"
    assert words.width(around("x" * 900, ("y",), 8, 40).plain) == 48
