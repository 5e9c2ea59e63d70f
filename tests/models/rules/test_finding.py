"""Finding people the way they are called, typed and dialled."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Iterator

import pytest
from hypothesis import assume, example, given, settings, strategies as st

from models import text
from models.errors import Invalid
from models.rules import finding, surnames
from models.rules.finding import NEEDLE_LIMIT, pinyin
from tests.hostile import LITERAL, REFUSED, WELCOME

ANYTHING = st.text(st.characters(codec=None, exclude_categories=()), max_size=30)
NAMES = st.text(st.sampled_from("李雷张三丰单曾吕女绿王美丽𠮷 ·-' ABCdefÉüöñ１２３4%_\\.ßﬁか김"), min_size=1, max_size=12)


@pytest.fixture(scope="module")
def sql() -> Iterator[sqlite3.Connection]:
    """The database that does the searching."""
    connection = sqlite3.connect(":memory:")
    yield connection
    connection.close()


def found(sql: sqlite3.Connection, haystack: str, query: str) -> bool:
    """Whether the search would show a person with `haystack`, as SQL runs it."""
    (answer,) = sql.execute("SELECT ? LIKE '%' || ? || '%' ESCAPE ?", (haystack, finding.needle(query), finding.ESCAPE)).fetchone()
    return bool(answer)


def person(name: str, *, login: str = "", nickname: str = "", number: str = "", phone: str = "") -> str:
    """What somebody is found by."""
    return finding.search_text(login, name, nickname, number, phone, *pinyin(name))


@pytest.mark.parametrize(
    ("name", "full", "initials"),
    [
        ("李雷", "lilei", "ll"),
        ("张三", "zhangsan", "zs"),
        ("单雄信", "shanxiongxin", "sxx"),
        ("曾国藩", "zengguofan", "zgf"),
        ("仇英", "qiuying", "qy"),
        ("解缙", "xiejin", "xj"),
        ("吕布", "lvbu", "lb"),
        ("查良镛", "zhaliangyong", "zly"),
        ("朴树", "piaoshu", "ps"),
        ("区寄", "ouji", "oj"),
        ("盖叫天", "gejiaotian", "gjt"),
        ("任盈盈", "renyingying", "ryy"),
        ("華羅庚", "hualuogeng", "hlg"),
        ("尉迟恭", "yuchigong", "ycg"),
        ("尉遲恭", "yuchigong", "ycg"),
        ("万俟卨", "moqixie", "mqx"),
        ("单于丹", "chanyudan", "cyd"),
        ("长孙无忌", "zhangsunwuji", "zswj"),
        ("令狐冲", "linghuchong", "lhc"),
        ("欧阳娜娜", "ouyangnana", "oynn"),
        ("乐正绫", "yuezhengling", "yzl"),
        ("吐谷浑明", "tuyuhunming", "tyhm"),
        ("曾", "zeng", "z"),
        ("迪丽热巴·迪力木拉提", "dilirebadilimulati", "dlrbdlmlt"),
        ("Alice Wang", "alicewang", "aw"),
        ("Alice 曾", "alicezeng", "az"),
        ("Li Lei 李雷", "lileililei", "llll"),
        ("李 雷", "lilei", "ll"),
        ("Zoë Ångström", "zoeangstrom", "za"),
        ("Jean-Luc O’Neill", "jeanluconeill", "jlo"),
        ("ＡＢ 王", "abwang", "aw"),
        ("王2", "wang2", "w2"),
        ("小美😀", "xiaomei", "xm"),
        ("𠮷野", "𠮷ye", "𠮷y"),
        ("葛\U000e0100城", "gecheng", "gc"),
        ("김철수", "김철수", "김"),
        ("", "", ""),
        ("😀", "", ""),
    ],
)
def test_names_are_read_as_names(name: str, full: str, initials: str) -> None:
    """Surnames as surnames, also of two characters; Latin words as they stand; what has no reading as itself."""
    assert pinyin(name) == (full, initials)


def test_a_surname_is_read_so_at_the_beginning_only() -> None:
    """单 in the middle of a name is a word, as are 区 and 查."""
    assert pinyin("李单").full == "lidan"
    assert pinyin("王区查").full == "wangqucha"


def test_the_table_of_surnames_is_whole() -> None:
    """As many syllables as characters, in plain letters, and the usual ones are there."""
    assert set("单曾仇解查朴区盖任华翟乐覃种召员折黑秘那尉卜") <= set(surnames.READINGS)
    assert {"尉迟", "万俟", "单于", "长孙", "令狐", "澹台", "耶律"} <= set(surnames.READINGS)
    for surname, syllables in surnames.READINGS.items():
        assert len(surname) == len(syllables)
        assert all(syllable.isascii() and syllable.isalpha() and syllable.islower() for syllable in syllables)
    assert max(map(len, surnames.READINGS)) == surnames.LONGEST


@given(ANYTHING)
@settings(deadline=None)
def test_a_reading_can_be_stored_and_searched(name: str) -> None:
    """Letters and digits only, one initial a syllable, whatever the name is made of."""
    full, initials = pinyin(text.visible(name))
    assert len(initials) <= len(full)
    assert set(initials) <= set(full)
    assert not set(full) & set(" \t\n%_\\'-·")
    assert full == full.casefold()


@pytest.mark.parametrize(
    "query",
    [
        "李雷",
        "雷",
        "李 雷",
        "lilei",
        "Li Lei",
        "li  lei",
        "li'lei",
        "lǐ léi",
        "LILEI",
        "ｌｉｌｅｉ",
        "ilei",
        "ll",
        "LL",
        "alice",
        "小雷",
        "A-12",
        "a12",
        "12/3",
        "138-0000-1234",
        "138 0000",
        "13800001234",
        "+86 138",
        "＋８６（138）",
        "0000.1234",
        "１３８",
        "",
        "  ",
        "\u3000",
    ],
)
def test_a_person_is_found_by_whatever_is_remembered(sql: sqlite3.Connection, query: str) -> None:
    """Any part of any of it, in any width and case, with or without what stands between."""
    haystack = person("李雷", login="alice", nickname="小雷", number="A-12/3", phone="+86 138-0000-1234")
    assert found(sql, haystack, query)


@pytest.mark.parametrize(
    "query",
    [
        "韩",
        "han",
        "leili",
        "lll",
        "139",
        "bob",
        "lei小",
        "ll138",
        "%",
        "_",
        "\\",
        "%%",
        "a%e",
        "l_lei",
        "-",
        "+",
        ".",
        "'; --",
        "\x00",
        "\ud800",
    ],
)
def test_nobody_is_found_by_what_is_not_there(sql: sqlite3.Connection, query: str) -> None:
    """Not across two fields, and not by a pattern: `%` and `_` are characters like others."""
    haystack = person("李雷", login="alice", nickname="小雷", number="A-12/3", phone="+86 138-0000-1234")
    assert not found(sql, haystack, query)


@pytest.mark.parametrize("query", ["lv", "lu", "lü", "lyu", "lvmeng", "lumeng", "Lü Meng", "LYU MENG", "lǚ méng", "lm", "吕"])
def test_u_with_two_dots_is_found_as_it_is_typed(sql: sqlite3.Connection, query: str) -> None:
    """As `v` by input methods, as `u` by everybody else, as `yu` in passports."""
    assert found(sql, person("吕蒙"), query)


def test_pinyin_that_somebody_corrected_is_what_counts(sql: sqlite3.Connection) -> None:
    """However it was written: with tones, dots, spaces or capitals."""
    for full in ("lvmeng", "Lü Meng", "lǚ méng"):
        haystack = finding.search_text("meng", "吕蒙", "", "", "", full, "L.M.")
        assert all(found(sql, haystack, query) for query in ("lvmeng", "lumeng", "lü", "lm"))


def test_names_of_other_scripts_are_found(sql: sqlite3.Connection) -> None:
    """With or without their accents."""
    assert found(sql, person("Zoë Ångström"), "zoe angstrom")
    assert found(sql, person("Zoe Angstrom"), "ZOË")
    assert found(sql, person("STRASSE"), "straße")
    assert found(sql, person("Nguyễn Thị Hồng Ánh"), "hong anh")
    assert found(sql, person("Jean-Luc O’Neill"), "jeanluc o'neill")
    assert found(sql, person("迪丽热巴·迪力木拉提"), "热巴迪力")
    assert found(sql, person("迪丽热巴·迪力木拉提"), "dlrb")


@given(NAMES, st.data())
@settings(deadline=None)
@example("王1-2", None)
def test_every_part_of_every_field_finds(sql: sqlite3.Connection, name: str, data: st.DataObject | None) -> None:
    """There is no name of which a part, typed again, would not find the person."""
    try:
        name = text.clean("name", name, limit=20, required=True)
    except Invalid:
        assume(False)
    start = data.draw(st.integers(0, len(name) - 1)) if data else 1
    end = data.draw(st.integers(start + 1, len(name))) if data else len(name)
    query = name[start:end]
    assume(any(c.isalnum() for c in query) and not query[0].isspace())
    for haystack in (person(name), person("王", nickname=name), person("王", number=name), person("王", phone=name)):
        assert found(sql, haystack, query)
    assert found(sql, person(name), pinyin(name).full)
    assert found(sql, person(name), pinyin(name).initials)


@given(ANYTHING | st.text(st.sampled_from("%_\\ab王-"), max_size=300))
@example("%" * 100_000)
def test_a_needle_is_a_pattern_that_sqlite_takes(sql: sqlite3.Connection, query: str) -> None:
    """Bounded, every special character escaped, no half of a pair that could not be bound."""
    wanted = finding.needle(query)
    assert len(wanted) <= 2 * NEEDLE_LIMIT
    assert "\n" not in wanted
    found(sql, "anything", query)
    literal = wanted.replace("\\\\", "").replace("\\%", "").replace("\\_", "")
    assert not set(literal) & set("%_\\")


@pytest.mark.parametrize("payload", [*REFUSED.values(), *LITERAL.values()], ids=[*REFUSED, *LITERAL])
def test_hostile_queries_are_only_text(sql: sqlite3.Connection, payload: str) -> None:
    """They find nobody who is not called so."""
    assert not found(sql, person("李雷", login="lei"), payload)


@pytest.mark.parametrize("name", WELCOME.values(), ids=WELCOME)
def test_every_welcome_name_is_found_by_itself(sql: sqlite3.Connection, name: str) -> None:
    """As a whole and by its first two characters."""
    assert found(sql, person(name), name)
    assert found(sql, person(name), name[:2])


def test_nothing_repeats_in_what_is_stored() -> None:
    """A Latin name is its own pinyin; it is stored once."""
    assert person("Alice", login="alice", nickname="ALICE").split("\n") == ["alice", "a"]
    assert finding.search_text("", "", "", "", "", "", "") == ""


def test_searching_and_latin_names_read_no_dictionary() -> None:
    """It takes 0.4 s: only a Chinese name that is saved may ask for it."""
    script = (
        "import sys; from models.rules import finding as f; f.needle('李雷'); f.pinyin('Alice'); "
        "f.search_text('a', '李', '', '', '', 'li', 'l'); print('pypinyin' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
