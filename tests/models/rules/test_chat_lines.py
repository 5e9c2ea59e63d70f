"""Lines that hand over messages: whatever is in one, it is taken as it was meant, or refused with a reason."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, strategies as st

from models import clock, i18n, text
from models.rules import chat_lines
from models.rules.chat_lines import AHEAD, LONGEST, Bad, Line, kept, moment, parsed
from tests.hostile import REFUSED

NOW = clock.instant("2026-11-22T12:00:00+00:00")
GOOD = {
    "id": "tb-88812",
    "customer": "小河1988",
    "staff": "lilei",
    "at": "2026-11-22T09:31:07+08:00",
    "from": "customer",
    "text": "这个杯子还有货吗？",
}


def line(**changes: Any) -> bytes:
    """A good line, changed; what is None is left out."""
    return json.dumps({key: value for key, value in (GOOD | changes).items() if value is not None}).encode() + b"\n"


def refused(data: bytes) -> Bad:
    """Why a line is refused."""
    found = parsed(data, NOW)
    assert isinstance(found, Bad)
    return found


def taken(data: bytes) -> Line:
    """What is taken of a line."""
    found = parsed(data, NOW)
    assert isinstance(found, Line), found
    return found


def test_a_line_is_read_as_it_was_meant() -> None:
    """Every field of it."""
    at = clock.instant("2026-11-22T01:31:07+00:00")
    assert taken(line()) == Line("tb-88812", "小河1988", "lilei", at, "customer", "这个杯子还有货吗？")


@pytest.mark.parametrize("ending", [b"", b"\n", b"\r\n"])
def test_it_does_not_matter_how_a_line_ends(ending: bytes) -> None:
    """Nor whether the file begins with a mark of its encoding, nor what keys there are besides."""
    data = json.dumps(GOOD | {"shop": 7, "tags": [{"a": {}}], "huge": 10**400}, ensure_ascii=False).encode()
    assert taken(b"\xef\xbb\xbf" + data + ending) == taken(line())


NO_JSON = (
    b"\n",
    b"{\n",
    b"null\n",
    b"[]\n",
    b'"text"\n',
    b"7\n",
    b"id,customer,staff\n",
    b"{} {}\n",
    b"{'id': 1}\n",
    b"\xff\xfe\n",
    b'{"id": "\xff"}\n',
    b'{"id": "\xed\xa0\x80"}\n',
    b"\x00\x00\x00\n",
    b"[" * 60_000 + b"\n",
    b'{"a":' * 12_000 + b"\n",
    b'{"n": ' + b"9" * 60_000 + b"}\n",
    line()[:-2] + b', "x": NaN}\n',
    line()[:-2] + b', "x": -Infinity}\n',
    json.dumps(GOOD).encode("utf-16"),
)


@pytest.mark.parametrize("data", NO_JSON, ids=lambda data: repr(data[:12] + data[-12:]))
def test_what_is_no_json_is_refused(data: bytes) -> None:
    """However deep, large or odd it is; one that does not end may have been cut off, and it says so."""
    assert refused(data).because == (chat_lines.JSON if data.endswith(b"\n") else chat_lines.CUT)


@given(st.integers(1, len(line()) - 2))
def test_a_line_that_was_cut_off_anywhere_says_so(length: int) -> None:
    """It is never taken for a whole one."""
    assert refused(line()[:length]) == Bad(chat_lines.CUT, chat_lines.CUT_OFF)


@given(st.binary(max_size=200))
def test_no_bytes_raise(data: bytes) -> None:
    """They are refused."""
    assert isinstance(parsed(data, NOW), Bad)


@given(st.recursive(st.none() | st.booleans() | st.floats() | st.integers() | st.text(), st.lists, max_leaves=5))
def test_no_value_raises_in_any_field(value: object) -> None:
    """It is taken, or refused with words; what is taken can be stored and shown."""
    for field in GOOD:
        found = parsed(json.dumps(GOOD | {field: value}).encode(), NOW)
        if isinstance(found, Bad):
            assert found.message
        else:
            assert all(text.visible(str(each), lines=True) == str(each) for each in found)


def test_a_key_that_stands_twice_is_refused() -> None:
    """Nobody knows which was meant; in other keys, too."""
    for extra in (b', "id": "tb-2"}\n', b', "id": "tb-88812"}\n', b', "x": {"y": 1, "y": 1}}\n'):
        assert refused(line()[:-2] + extra).reason == chat_lines.TWICE


@pytest.mark.parametrize("field", GOOD)
@pytest.mark.parametrize("value", [None, 7, 1.5, True, [], {}, ["tb-1"]], ids=repr)
def test_every_field_has_to_be_there_and_to_be_text(field: str, value: object) -> None:
    """A number is no text: 1, 1.0 and "1" would be one id here and three there."""
    for data in (line(**{field: value}), json.dumps(GOOD | {field: value}).encode()):
        bad = refused(data)
        assert (bad.because, bad.field, bad.reason) == (chat_lines.FIELD, field, chat_lines.NO_TEXT)
        assert field in bad.message
        assert bad.ref == (None if field == "id" else "tb-88812")


@pytest.mark.parametrize(
    "ref",
    ["", " ", "x" * 201, "x" * 10_000, "a\x00b", "a\nb", "\ud800", "a\u200bb", "\x1b[2J"],
    ids=lambda each: f"{each[:9]!r}{len(each)}",
)
def test_an_id_is_something_that_can_be_seen(ref: str) -> None:
    """And is kept as it is: what is not the same is another message."""
    assert refused(line(id=ref)).field == "id"


@pytest.mark.parametrize("ref", ["0", "x" * 200, "tb 1", "消息-1", "e\u0301", "é", " a", "A"])
def test_an_id_is_kept_as_it_is(ref: str) -> None:
    """Neither composed nor stripped nor folded: two ids never become one."""
    assert taken(line(id=ref)).ref == ref


@pytest.mark.parametrize(
    "customer", ["", "  ", "x" * 101, "x" * 300, "a\x00b", "a\nb", "\ud800", "a\u202eb"], ids=lambda each: f"{each[:9]!r}{len(each)}"
)
def test_a_customer_has_a_name_that_can_be_seen(customer: str) -> None:
    """On one line."""
    bad = refused(line(customer=customer))
    assert (bad.because, bad.field) == (chat_lines.FIELD, "customer")


def test_a_customer_is_called_the_same_however_it_was_composed() -> None:
    """And has at most a hundred characters."""
    assert taken(line(customer=" Rene\u0301  K ")).customer == "Ren\u00e9 K"
    assert taken(line(customer="河" * 100)).customer == "河" * 100


@pytest.mark.parametrize(("login", "meant"), [("lilei", "lilei"), ("LiLei", "lilei"), ("ｌｉｌｅｉ", "lilei"), (" lilei ", "lilei")])
def test_a_login_is_read_as_everywhere(login: str, meant: str) -> None:
    """Capitals and width do not matter."""
    assert taken(line(staff=login)).login == meant


@pytest.mark.parametrize(
    "login", ["", "李雷", "x" * 19, "x" * 9999, "little-shop:lilei", "\ud800", "a\x1b[2J"], ids=lambda each: f"{each[:9]!r}{len(each)}"
)
def test_what_can_be_no_login_is_nobody(login: str) -> None:
    """And is told as far as it can be shown."""
    bad = refused(line(staff=login))
    assert (bad.because, bad.ref) == (chat_lines.LOGIN, "tb-88812")
    assert text.visible(bad.message) == bad.message
    assert len(bad.message) < 120


@pytest.mark.parametrize("sender", ["", "Customer", "robot", "STAFF", "\ud800"])
def test_a_message_is_from_one_of_three(sender: str) -> None:
    """In the words of the format."""
    assert refused(line(**{"from": sender})).reason == chat_lines.NO_SENDER


@pytest.mark.parametrize("sender", chat_lines.SENDERS)
def test_each_of_the_three_is_taken(sender: str) -> None:
    """As it is."""
    assert taken(line(**{"from": sender})).sender == sender


MOMENTS = {
    "2026-11-22T09:31:07+08:00": "2026-11-22T01:31:07.000000Z",
    "2026-11-22T01:31:07Z": "2026-11-22T01:31:07.000000Z",
    "2026-11-22t01:31:07z": "2026-11-22T01:31:07.000000Z",
    "2026-11-22 01:31:07-00:00": "2026-11-22T01:31:07.000000Z",
    "2026-11-21T20:01:07-05:30": "2026-11-22T01:31:07.000000Z",
    "2026-11-22T01:31:07.123456789Z": "2026-11-22T01:31:07.123456Z",
    "2026-11-22T01:31:07.5Z": "2026-11-22T01:31:07.500000Z",
    "2026-11-22T01:31:07.000000000000000000000001Z": "2026-11-22T01:31:07.000000Z",
    "2016-12-31T23:59:60Z": "2017-01-01T00:00:00.000000Z",
    "2017-01-01T07:59:60.25+08:00": "2017-01-01T00:00:00.250000Z",
    "2024-02-29T00:00:00Z": "2024-02-29T00:00:00.000000Z",
    "9999-12-31T23:59:59Z": "9999-12-31T23:59:59.000000Z",
}


@pytest.mark.parametrize("written", MOMENTS)
def test_a_moment_is_read_as_rfc_3339_writes_it(written: str) -> None:
    """With any distance from UTC, as fine as one likes, with the second that there is once in some years."""
    found = moment(written)
    assert found is not None
    assert clock.rfc3339(found) == MOMENTS[written]


@given(st.datetimes(timezones=st.timezones()))
def test_every_moment_that_python_writes_is_read_alike(at: Any) -> None:
    """Where its distance from UTC is whole minutes, as the form has it."""
    if at.utcoffset().total_seconds() % 60 == 0:
        assert moment(at.isoformat()) == clock.instant(at.isoformat())


NO_MOMENTS = (
    "",
    "now",
    "1795310000",
    "2026-11-22",
    "2026-11-22T09:31:07",
    "2026-11-22T09:31+08:00",
    "2026-11-22T09:31:07+0800",
    "2026-11-22T09:31:07+08",
    "2026-11-22T09:31:07 +08:00",
    "2026-11-22T24:00:00Z",
    "2026-11-22T09:60:00Z",
    "2026-11-22T09:31:61Z",
    "2026-11-22T09:31:60Z",
    "2026-11-22T09:31:07+24:00",
    "2026-11-22T09:31:07+08:60",
    "2026-02-29T00:00:00Z",
    "2026-13-01T00:00:00Z",
    "0000-01-01T00:00:00Z",
    "+12026-01-01T00:00:00Z",
    "-0001-01-01T00:00:00Z",
    "２０２６-11-22T09:31:07Z",
    "2026-11-22T09:31:07.Z",
    "2026-11-22T09:31:07Z\n",
    "2026-W47-7T09:31:07Z",
)


@pytest.mark.parametrize("written", NO_MOMENTS)
def test_what_is_no_moment_is_refused(written: str) -> None:
    """Above all one without its distance from UTC: it would be eight hours off."""
    assert moment(written) is None
    bad = refused(line(at=written))
    assert (bad.because, bad.reason) == (chat_lines.TIME, chat_lines.NO_TIME)


def test_what_is_from_before_2000_has_no_time() -> None:
    """It bears that of a clock that was never set."""
    assert refused(line(at="1999-12-31T23:59:59.999999Z")).because == chat_lines.TIME
    assert taken(line(at="2000-01-01T00:00:00Z")).at == chat_lines.EARLIEST
    assert refused(line(at="0001-01-01T00:00:00+23:59")).reason == chat_lines.TOO_EARLY


def test_what_is_in_the_future_is_refused_for_now() -> None:
    """Two minutes ahead another clock may be. Why it is refused is said with what this one shows: it may be that one."""
    assert taken(line(at=clock.rfc3339(NOW + AHEAD))).at == NOW + AHEAD
    bad = refused(line(at=clock.rfc3339(NOW + AHEAD + 1)))
    assert bad.because == chat_lines.FUTURE
    assert "2026-11-22T12:00:00Z" in bad.message
    assert refused(line(at="9999-12-31T23:59:59-23:59")).because == chat_lines.FUTURE


def test_a_text_has_ten_thousand_characters_at_most() -> None:
    """All of them outside the first plane, escaped, are a line that is not too long."""
    assert len(line(text="😂" * 5_400)) < LONGEST
    assert taken(line(text="货" * 10_000)).text == "货" * 10_000
    bad = refused(line(text="x" * 10_001))
    assert (bad.because, bad.field) == (chat_lines.LONG, "text")
    assert "10001" in bad.message


def test_a_line_has_64_kib_at_most() -> None:
    """Whatever is in it."""
    spare = LONGEST - len(line(note=""))
    assert taken(line(note="x" * spare))
    assert refused(line(note="x" * (spare + 1))).because == chat_lines.LONG
    assert refused(b"x" * 1_000_000).because == chat_lines.LONG


@pytest.mark.parametrize("words", ["", "好的", "a\nb", "ok 👍🏽", "café — “ja”", "１２３，。！", "👩", "❤️"])
def test_a_text_is_kept_as_it_was_written(words: str) -> None:
    """An empty one, too: a picture has no words, and when it came counts."""
    assert taken(line(text=words)).text == words


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("a\r\nb\rc\u2028d\x85e", "a\nb\nc\nd\ne"),
        ("a\tb", "a b"),
        ("👩\u200d👩\u200d👧", "👩👩👧"),
        ("❤️\u200d🔥", "❤️🔥"),
        ("a\u200db", "a�b"),
        ("\u200d👩", "�👩"),
        ("a\x1b[2Jb", "a�[2Jb"),
        ("\ud800", "�"),
        ("a\x00b", "a�b"),
        ("abc\u202edef", "abc�def"),
        ("z" + "\u0301" * 9, "z" + "\u0301" * 4 + "�" * 5),
    ],
    ids=repr,
)
def test_what_must_not_be_shown_is_not_kept(written: str, shown: str) -> None:
    """Lines stay, joined pictures stand beside each other, the rest leaves its mark."""
    assert taken(line(text=written)).text == shown


@pytest.mark.parametrize("payload", REFUSED.values(), ids=REFUSED)
def test_p17_no_hostile_text_is_kept(payload: str) -> None:
    """Of no kind, in no field; a text that was kept is kept the same once more."""
    found = kept(payload)
    assert text.visible(found, lines=True) == found == kept(found)
    for field in ("id", "customer"):
        answer = parsed(line(**{field: payload[:80]}), NOW)
        assert all(text.visible(each) == each for each in ((answer.message,) if isinstance(answer, Bad) else (answer.ref, answer.customer)))


@given(st.text())
def test_p17_what_is_kept_may_be_shown(words: str) -> None:
    """Whatever it was; and what was kept is not changed again."""
    found = kept(words)
    assert text.visible(found, lines=True) == found == kept(found)


def test_every_reason_is_said_in_words() -> None:
    """With the field that it is about, where it is about one."""
    bad = [refused(data) for data in (line(id=""), line(customer="a\x00"), line(text=7), line(staff="?"), line(at="x"), b"[\n", b"[")]
    assert [each.message for each in bad if "{" in each.message] == []
    assert bad[0].message.startswith(("“id”", "id"))


def test_reasons_are_said_in_the_language_in_force() -> None:
    """The word for programs stays what it is."""
    bad = refused(line(staff="nobody here"))
    i18n.install("zh")
    try:
        assert bad.because == "staff"
        assert bad.message
    finally:
        i18n.install("en")
