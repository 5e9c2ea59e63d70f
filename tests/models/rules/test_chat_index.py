"""Messages are found by any two characters that follow each other."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
from hypothesis import given, strategies as st

from models.rules import chat_index
from models.text import key, visible

SAID = (
    "这个杯子还有货吗？我想要红色的",
    "Where is my parcel? Order #88812 ｎｏｔ received!!",
    "退款 please, the cup is broken 😢😢",
    "好",
    "ab bc cd",
)


def found(wanted: str, texts: tuple[str, ...] = SAID) -> list[int]:
    """The places of the texts that SQLite's index of words finds."""
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("CREATE VIRTUAL TABLE t USING fts5 (text, whose, content = '', columnsize = 0, tokenize = 'ascii')")
        for place, text in enumerate(texts):
            connection.execute("INSERT INTO t (rowid, text, whose) VALUES (?, ?, 's1')", (place, chat_index.tokens(text)))
        match = chat_index.phrases(wanted)
        return [place for (place,) in connection.execute("SELECT rowid FROM t WHERE t MATCH ? ORDER BY rowid", (f"text : ({match})",))]


@pytest.mark.parametrize(
    ("wanted", "places"),
    [
        ("杯子", [0]),
        ("退款", [2]),
        ("arce", [1]),
        ("NOT", [1]),
        ("８８８", [1]),
        ("!!", [1]),
        ("😢😢", [2]),
        ("the cup", [2]),
        ("cup the", [2]),
        ("红色 杯子", [0]),
        ("红色 parcel", []),
        ("abcd", []),
        ('" OR "', [1]),
        ("#88812 e", [1]),
    ],
)
def test_any_two_characters_that_follow_each_other_are_found(wanted: str, places: list[int]) -> None:
    """Parts of Chinese and of other words, signs, whatever the width and case; every word has to be there."""
    assert found(wanted) == places


@pytest.mark.parametrize("wanted", ["", " ", "好", "a b c", "\u3000"])
def test_what_has_no_two_characters_is_no_search(wanted: str) -> None:
    """Whoever asks says so; nothing is looked up."""
    assert chat_index.phrases(wanted) == ""


def test_a_message_of_one_character_has_no_pairs() -> None:
    """It is kept, and found by everything but its text."""
    assert chat_index.tokens("好") == ""


SIGNS = '"*^():-+{}#!?'
_texts = st.text(alphabet=f"ab 好退款A１ß{SIGNS}😢", max_size=12)


@given(texts=st.lists(_texts, min_size=1, max_size=5).map(tuple), wanted=_texts)
def test_the_index_finds_what_reading_everything_finds(texts: tuple[str, ...], wanted: str) -> None:
    """As far as words have two characters; nothing that is typed means anything to FTS5."""
    words = [word for word in chat_index.words(wanted) if len(word) >= chat_index.LEAST]
    if words:
        read = [place for place, text in enumerate(texts) if all(any(word in part for part in key(text).split()) for word in words)]
        assert found(wanted, texts) == read


@given(st.text(max_size=40))
def test_nothing_that_is_written_upsets_the_index(text: str) -> None:
    """Whatever passes for text: what is kept of a message is what may be shown."""
    shown = visible(text, lines=True)
    wanted = [word for word in chat_index.words(shown) if len(word) >= chat_index.LEAST]
    if wanted and not any("\ufffd" in word for word in wanted):
        assert found(wanted[0], (shown,)) == [0]


def test_numbers_rise_with_time() -> None:
    """A moment's numbers lie between those of the millisecond before and the one after, with room for a million messages."""
    moment = 1_795_000_000_123_456
    low, high = chat_index.lowest_number(moment), chat_index.highest_number(moment)
    assert high - low + 1 == 1 << 20
    assert chat_index.highest_number(moment - 1000) + 1 == low
    assert chat_index.lowest_number(moment + 1000) == high + 1
    assert chat_index.lowest_number(4_102_444_800_000_000) < 1 << 63
