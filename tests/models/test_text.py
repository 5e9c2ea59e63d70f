"""What text from outside may contain: attacked with a corpus, and with whatever hypothesis can think of."""

from __future__ import annotations

import csv
import io
import subprocess
import sys
import time
import unicodedata

import pytest
from hypothesis import example, given, strategies as st

from models import text
from models.errors import Invalid
from tests.hostile import LITERAL, REFUSED, WELCOME

ANYTHING = st.text(st.characters(codec=None, exclude_categories=()), max_size=60)
"""Every code point there is, halves of pairs included."""

INVISIBLE = {"Cc", "Cf", "Cs", "Zl", "Zp"}
"""Categories of Unicode: control, format, surrogate, line and paragraph separator."""

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def accepted(value: str, *, lines: bool = False) -> bool:
    """Whether a long field takes `value`."""
    try:
        text.clean("name", value, limit=1000, lines=lines)
    except Invalid:
        return False
    return True


def test_the_corpus_is_as_large_as_it_promises() -> None:
    """Fewer payloads would prove less than the security design asks for."""
    assert len(REFUSED) >= 40
    assert len(set(REFUSED.values())) == len(REFUSED)


@pytest.mark.parametrize("payload", REFUSED.values(), ids=REFUSED)
def test_p17_what_cannot_be_seen_is_refused_in_every_field(payload: str) -> None:
    """The special fields are no way around `clean`."""
    with pytest.raises(Invalid) as refused:
        text.clean("name", payload, limit=1000)
    assert refused.value.field == "name"
    for field in (text.login, text.shop_code, text.phone, text.email, text.number):
        with pytest.raises(Invalid):
            field("x", payload)


@pytest.mark.parametrize("payload", REFUSED.values(), ids=REFUSED)
def test_the_refusal_does_not_repeat_the_attack(payload: str) -> None:
    """The line beside the field goes to the same terminal that the payload was meant for."""
    with pytest.raises(Invalid) as refused:
        text.clean("name", payload, limit=1000)
    assert str(refused.value).isprintable()
    assert text.visible(str(refused.value)) == str(refused.value)


@pytest.mark.parametrize("payload", REFUSED.values(), ids=REFUSED)
def test_p17_what_is_there_anyway_is_shown_as_a_replacement(payload: str) -> None:
    """Something written by an older version, or straight into the database, still does not reach the terminal."""
    shown = text.visible(payload)
    assert text.REPLACEMENT in shown
    assert len(shown) == len(payload)
    assert accepted(shown.replace(text.REPLACEMENT, "?"))


@pytest.mark.parametrize("value", [*WELCOME.values(), *LITERAL.values()], ids=[*WELCOME, *LITERAL])
def test_real_names_and_mere_punctuation_are_kept_as_they_are(value: str) -> None:
    """Nobody is told that they cannot be called what they are called; markup is only letters to us."""
    kept = text.clean("name", value, limit=100)
    assert kept == unicodedata.normalize("NFC", value)
    assert text.visible(kept) == kept


@given(ANYTHING)
@example("\u2002\u0301x")
@example("a\u0301 \n\u0301")
def test_cleaning_twice_changes_nothing_more(value: str) -> None:
    """What was kept can be edited and saved again without a change or a complaint."""
    for lines in (False, True):
        try:
            kept = text.clean("name", value, limit=1000, lines=lines)
        except Invalid:
            continue
        assert text.clean("name", kept, limit=1000, lines=lines) == kept
        assert text.visible(kept, lines=lines) == kept
        assert unicodedata.is_normalized("NFC", kept)


@given(ANYTHING)
def test_p17_nothing_that_is_shown_can_steer_a_terminal(value: str) -> None:
    """Neither a control character, nor a format character, nor half of a pair is left; and nothing is lost from sight."""
    shown = text.visible(value)
    assert len(shown) == len(value)
    assert not [c for c in shown if unicodedata.category(c) in INVISIBLE]
    assert text.visible(shown) == shown
    shown.encode()


@given(ANYTHING)
def test_the_two_ends_agree(value: str) -> None:
    """What the entrance takes is what the exit shows unchanged; a replacement character alone may be shown and not be typed."""
    value = unicodedata.normalize("NFC", f"x{value.replace(text.REPLACEMENT, '')}x")
    assert accepted(value) == (text.visible(value) == value)
    assert not accepted(value + text.REPLACEMENT)


def test_no_invisible_character_of_the_standard_is_taken() -> None:
    """The list is written out by hand; the Unicode database checks it, character by character."""
    invisible = [chr(code) for code in range(0x110000) if unicodedata.category(chr(code)) in INVISIBLE]
    assert len(invisible) > 2_000
    assert [ascii(c) for c in invisible if accepted(f"a{c}b") or text.visible(c) != text.REPLACEMENT] == []


def test_every_noncharacter_is_refused() -> None:
    """All 66."""
    codes = [*range(0xFDD0, 0xFDF0), *(plane * 0x10000 + low for plane in range(17) for low in (0xFFFE, 0xFFFF))]
    assert [hex(code) for code in codes if accepted(f"a{chr(code)}b")] == []


def test_every_assigned_ideograph_is_welcome() -> None:
    """Also those of the newest extensions, which this Python may not know yet."""
    ranges = [(0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0x20000, 0x2A6DF), (0x2A700, 0x2EE5D), (0x30000, 0x33479)]
    for first, last in ranges:
        for start in range(first, last + 1, 200):
            assert accepted("".join(map(chr, range(start, min(start + 200, last + 1)))))


def test_lines_may_stay_where_there_are_lines() -> None:
    """A note has lines; a name has not. What Windows puts before a line feed goes."""
    assert text.clean("note", " one  two \r\n\n three\n", limit=100, lines=True) == "one two\n\nthree"
    with pytest.raises(Invalid, match="One line only"):
        text.clean("name", "one\ntwo", limit=100)
    with pytest.raises(Invalid):
        text.clean("note", "one\rtwo", limit=100, lines=True)
    with pytest.raises(Invalid):
        text.clean("note", "one\n\u0301two", limit=100, lines=True)
    assert text.visible("one\ntwo") == "one�two"
    assert text.visible("one\ntwo", lines=True) == "one\ntwo"


def test_white_space_is_folded() -> None:
    """Ideographic, no-break and thin spaces are spaces; those at the ends are nothing."""
    assert text.clean("name", "\u3000李\xa0\u2009 雷 ", limit=10) == "李 雷"
    assert text.clean("name", " \u3000 ", limit=10) == ""
    with pytest.raises(Invalid, match="Something has to stand here"):
        text.clean("name", " \u3000 ", limit=10, required=True)


def test_the_limit_counts_characters_as_they_are_kept() -> None:
    """Ten ideographs are ten, however many bytes; an accent that composes is none; spaces that go are none."""
    assert text.clean("name", "𠮷" * 10, limit=10) == "𠮷" * 10
    assert text.clean("name", "e\u0301" * 10, limit=10) == "é" * 10
    assert text.clean("name", " " * 50 + "x" * 10, limit=10) == "x" * 10
    with pytest.raises(Invalid, match="At most 10 characters; these are 11"):
        text.clean("name", "𠮷" * 11, limit=10)


@pytest.mark.parametrize("payload", ["x" * 10_000_000, "\u0301" * 10_000_000, "\x1b" * 10_000_000, " " * 10_000_000])
def test_ten_million_characters_are_refused_at_once(payload: str) -> None:
    """Before any work was spent on them."""
    started = time.perf_counter()
    for field in (text.login, text.shop_code, text.phone, text.email, text.number):
        with pytest.raises(Invalid):
            field("x", payload)
    with pytest.raises(Invalid):
        text.clean("name", payload, limit=1000)
    assert time.perf_counter() - started < 0.5


def test_a_replacement_character_may_be_shown_and_not_be_typed() -> None:
    """Wherever it stands, it says that something was lost on the way here."""
    for value in ("�", "�lice", "alice�"):
        assert not accepted(value)
        assert text.visible(value) == value


def test_the_limits_are_those_that_are_promised() -> None:
    """By the product's design, and so that the URI of a TOTP picture stays under 106 bytes."""
    assert (text.LOGIN_LIMIT, text.SHOP_CODE_LIMIT, text.PHONE_LIMIT, text.EMAIL_LIMIT, text.NUMBER_LIMIT) == (18, 12, 20, 120, 20)
    assert text.phone("phone", "1" * 20) == text.number("number", "1" * 20) == "1" * 20
    assert text.shop_code("code", "x" * 12) == "x" * 12


def test_marks_may_stand_on_a_base_but_not_in_a_tower() -> None:
    """Four, as scripts need them; the fifth would be painted over the line above."""
    bases = "x" + "\u0323" * text.MARKS
    assert accepted(bases * 3)
    assert not accepted(f"{bases}\u0323")
    assert text.visible(f"{bases}\u0323\u0323y") == f"{bases}��y"
    assert not accepted("a\n\u0323")
    assert text.visible("\u0323a") == "�a"


def test_a_variation_selector_needs_something_that_varies() -> None:
    """One after an ideograph or a picture; anywhere else, or a second, it carries what nobody sees."""
    assert accepted("葛\U000e0100")
    assert accepted("❤\ufe0f")
    assert not accepted("葛\U000e0100\U000e0100")
    assert not accepted("❤\U000e0100")
    assert not accepted("葛\ufe0f")
    assert not accepted("1\ufe0f")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Café", "CAFE\u0301"),
        ("客服部", "客服部"),
        ("ＡＢＣ", "abc"),
        ("Straße", "STRASSE"),
        ("葛城", "葛\U000e0100城"),
        ("Night\u3000 shift ", "night shift"),
        ("ﬁn", "FIN"),
        ("İstanbul", "i̇stanbul"),
    ],
)
def test_names_that_people_would_call_the_same_have_one_key(one: str, other: str) -> None:
    """Or there would be two departments of one name."""
    assert text.key(one) == text.key(other)


def test_different_names_have_different_keys() -> None:
    """Accents tell people apart."""
    assert text.key("Zoë") != text.key("Zoe")
    assert text.key("曾") != text.key("曽")


@given(ANYTHING)
@example("\u0345\u1fb3")
def test_a_key_is_its_own_key(value: str) -> None:
    """What was stored can be compared with what is asked for, and the case of what is asked for does not matter."""
    once = text.key(value)
    assert text.key(once) == once
    assert text.key(value) == text.key(unicodedata.normalize("NFD", value))


@pytest.mark.parametrize(
    ("typed", "kept"), [("alice", "alice"), (" Alice ", "alice"), ("ＬＩ．lei－2", "li.lei-2"), ("a1", "a1"), ("a" * 18, "a" * 18)]
)
def test_a_login_is_kept_small(typed: str, kept: str) -> None:
    """However it was typed; an input method may have left full-width letters."""
    assert text.login("login", typed) == kept
    assert text.login("login", kept) == kept


@pytest.mark.parametrize(
    "typed", ["a", "1a", "_a", "a" * 19, "li lei", "李雷", "\u212aate", "boſs", "ａ", "a@b", "alice\n", "a/b", "аlice", "é1"]
)
def test_what_is_no_login_is_refused(typed: str) -> None:
    """Neither a Kelvin sign nor a long s nor a Cyrillic a makes a second spelling of somebody's login."""
    with pytest.raises(Invalid) as refused:
        text.login("login", typed)
    assert refused.value.field == "login"


@given(ANYTHING)
def test_a_login_that_was_taken_has_the_form(value: str) -> None:
    """ASCII, bounded, its own casefold; the same for a shop's code."""
    for field, limit in ((text.login, text.LOGIN_LIMIT), (text.shop_code, text.SHOP_CODE_LIMIT)):
        try:
            kept = field("x", value)
        except Invalid:
            continue
        assert kept.isascii()
        assert kept[0].isalpha()
        assert 2 <= len(kept) <= limit
        assert kept == kept.casefold() == field("x", kept)


def test_an_empty_login_says_that_it_is_missing() -> None:
    """Rather than what a login looks like."""
    with pytest.raises(Invalid, match="Something has to stand here"):
        text.login("login", " \u3000")


def test_a_shop_code_is_shorter_and_has_no_dots() -> None:
    """It stands before every login."""
    assert text.shop_code("code", "Little-Shop") == "little-shop"
    for typed in ("little.shop", "little_shop", "x" * 13, "x", "小店"):
        with pytest.raises(Invalid):
            text.shop_code("code", typed)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("", ""),
        ("13800001234", "13800001234"),
        ("＋８６（１０）1234－5678", "+86(10)1234-5678"),
        ("138\u20110000–1234", "138-0000-1234"),
        ("138\u20120000\u22121234\u20105", "138-0000-1234-5"),
        (" 12345 ", "12345"),
    ],
)
def test_a_telephone_number_is_kept_as_people_write_it(typed: str, kept: str) -> None:
    """Full-width digits and typographic dashes are what they were meant for."""
    assert text.phone("phone", typed) == kept


@pytest.mark.parametrize("typed", ["1234", "1" * 21, "(((((", "12-34", "call me", "123456x", "١٢٣٤٥٦", "=12345", "²³⁴⁵⁶"])
def test_what_nobody_could_dial_is_refused(typed: str) -> None:
    """Five digits at least, twenty characters at most, nothing but digits and what stands between them."""
    with pytest.raises(Invalid):
        text.phone("phone", typed)


@pytest.mark.parametrize("typed", ["", "alice@example.com", "a.b+c@sub.example.co", "李雷@例子.中国", "alice＠example．com"])
def test_an_address_that_could_be_one_is_taken(typed: str) -> None:
    """Also in Chinese, and with a full-width sign."""
    assert text.email("email", typed) == text.half_width(typed)


@pytest.mark.parametrize(
    "typed",
    ["alice", "alice@", "@example.com", "alice@example", "a b@example.com", "a@b@example.com", "a@example..com", "a@.com", "<a@b.com>"],
)
def test_an_address_that_could_not_be_one_is_refused(typed: str) -> None:
    """Mail to it would come back."""
    with pytest.raises(Invalid):
        text.email("email", typed)


def test_an_address_is_at_most_120_characters() -> None:
    """And judging one that is made to be hard takes no time."""
    assert text.email("email", "a" * 108 + "@example.com")
    with pytest.raises(Invalid, match="120"):
        text.email("email", "a" * 109 + "@example.com")
    started = time.perf_counter()
    with pytest.raises(Invalid):
        text.email("email", "a@" + "a." * 58)
    assert time.perf_counter() - started < 0.1


def test_a_staff_number_is_letters_digits_and_three_signs() -> None:
    """Whatever system the shop counts its people by."""
    for typed, kept in (("", ""), ("A-001/2.b", "A-001/2.b"), ("客服001", "客服001"), ("Ａ００１", "A001")):
        assert text.number("number", typed) == kept
    for typed in ("A 1", "1" * 21, "-./", "A_1", "=1", "#1", "1²"):
        with pytest.raises(Invalid):
            text.number("number", typed)


@pytest.mark.parametrize("start", FORMULA_STARTS)
def test_p17_no_cell_is_a_formula(start: str) -> None:
    """A spreadsheet evaluates what starts like this; the apostrophe makes it text. Blanks before it do not hide it."""
    assert text.csv_cell(f"{start}1+1") == f"'{start}1+1"
    assert text.csv_cell(f" {start}1+1") == f"' {start}1+1"


@given(st.text(st.sampled_from("'=+-@\t\r ＝a1"), max_size=8) | ANYTHING)
def test_a_quoted_cell_comes_back_as_it_was(value: str) -> None:
    """A file that was exported can be imported; and no cell that was written starts like a formula."""
    cell = text.csv_cell(value)
    assert text.csv_value(cell) == value
    assert not cell.startswith(FORMULA_STARTS)
    assert not cell.lstrip().startswith(FORMULA_STARTS)


@given(st.lists(ANYTHING.filter(lambda value: not any("\ud800" <= c <= "\udfff" for c in value)), min_size=1, max_size=4))
def test_cells_survive_a_file(values: list[str]) -> None:
    """Through the writer and the reader that exports and imports use."""
    file = io.StringIO(newline="")
    csv.writer(file).writerow(map(text.csv_cell, values))
    file.seek(0)
    assert [text.csv_value(cell) for cell in next(csv.reader(file, strict=True))] == values


def test_harmless_cells_are_left_alone() -> None:
    """Only what needs an apostrophe gets one."""
    for value in ("alice", "", "1-2", "a=b", "'quoted'", "李雷", "2026-12-31"):
        assert text.csv_cell(value) == value


def test_names_are_cleaned_fast_enough_for_a_large_import() -> None:
    """10,000 rows of eight cells are cleaned and shown in a moment, the rare ones too."""
    values = ["张伟", "Alice Wang", "迪丽热巴·迪力木拉提", "𠮷野家", "Zoë", "13800001234", "客服部/夜班", "小美😀"] * 10_000
    started = time.process_time()  # of this process alone: others may be busy
    for value in values:
        text.visible(text.clean("name", value, limit=60))
    assert time.process_time() - started < 3  # three times the room that a busy machine needs


def test_importing_text_builds_nothing() -> None:
    """Commands that read no names start without it: no large pattern is compiled before it is needed."""
    script = "import re; n = len(re._cache); import models.text; print(len(re._cache) - n)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "0"
