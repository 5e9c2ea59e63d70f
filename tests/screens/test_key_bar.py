"""The line of keys, the line of sections, and text in cells."""

from __future__ import annotations

from time import process_time
from typing import ClassVar

import pytest
from hypothesis import given, strategies as st
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Input

from models import i18n
from models.i18n import N_, Language
from screens.sections import SECTIONS
from screens.widgets import words
from screens.widgets.key_bar import Hint, KeyBar, fitted, key_name
from screens.widgets.tab_bar import Tab, TabBar
from tests.screens.look import LANGUAGES, grid
from tui.language import speak

FIXED = [Hint(":", "Commands", "palette", enabled=True), Hint("?", "Help", "help", enabled=True), Hint("q", "Leave", "leave", enabled=True)]
OFFERED = [
    Hint(key, label, label, enabled=True) for key, label in [("n", "New"), ("e", "Rename"), ("m", "Move"), ("d", "Close"), ("i", "Import")]
]


@pytest.mark.parametrize("cells", range(1, 121, 7))
def test_the_line_is_exactly_as_wide_as_the_terminal(cells: int) -> None:
    """Whatever there is room for, nothing is cut in the middle, and the right side stays where it is."""
    line = fitted(OFFERED, FIXED, cells)
    if cells >= 12:
        assert line.cell_length == cells
        assert "?" in line.plain
    for label in ("New", "Rename", "Move", "Close", "Import"):
        assert label in line.plain or label[:2] not in line.plain


def test_what_is_offered_last_goes_first() -> None:
    """On a narrow terminal the first keys are still there, and commands, help and leaving with their keys."""
    line = fitted(OFFERED, FIXED, 40).plain
    assert line.startswith(" n New  e Rename  m Move")
    assert "Import" not in line
    assert line.endswith(" : ? q ")
    assert fitted(OFFERED, FIXED, 80).plain.endswith(": Commands  ? Help  q Leave  ")


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("question_mark", "?"),
        ("escape", "esc"),
        ("ctrl+s", "ctrl+s"),
        ("slash", "/"),
        ("n", "n"),
        ("pagedown", "pgdn"),
        ("ctrl+left", "ctrl+←"),
    ],
)
def test_keys_are_written_as_people_know_them(key: str, name: str) -> None:
    """Not as Textual calls them."""
    assert key_name(key) == name


class Counting(KeyBar):
    """Counts how often it was painted."""

    painted = 0

    def render(self) -> Content:
        """Count."""
        self.painted += 1
        return self._line


class Around(App[None]):
    """Two fields and the line."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "save", N_("Save")),
        Binding("n", "new", N_("New")),
        Binding("ctrl+o", "odd", ""),
    ]

    saving: bool | None = True

    def compose(self) -> ComposeResult:
        """Both."""
        yield Input(id="one")
        yield Input(id="two")
        yield Counting(["new"])

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Saving can be forbidden."""
        return self.saving if action == "save" else super().check_action(action, parameters)


async def test_it_is_painted_only_when_it_says_something_else() -> None:
    """A focus that moves between fields leaves it alone: that is where a stock footer spends a tenth of a second."""
    async with Around().run_test() as pilot:
        await pilot.pause()
        bar = pilot.app.query_one(Counting)
        before = bar.painted
        for _time in range(5):
            await pilot.press("tab")
            await pilot.pause()
        assert bar.painted == before
        pilot.app.set_focus(None)
        await pilot.pause()
        await pilot.pause()
        assert bar.painted == before + 1, "now n is no letter any more"
        assert "n New" in grid(pilot.app)


async def test_what_a_field_would_swallow_is_not_offered() -> None:
    """With the focus in a line, letters are text and no keys."""
    async with Around().run_test() as pilot:
        await pilot.pause()
        assert "ctrl+s Save" in grid(pilot.app)
        assert "New" not in grid(pilot.app)


async def test_none_dims_and_false_hides() -> None:
    """As Textual has it."""
    app = Around()
    async with app.run_test() as pilot:
        for saving, shown, style in [(None, True, "$text-disabled dim"), (False, False, ""), (True, True, "$accent bold")]:
            app.saving = saving
            app.screen.refresh_bindings()
            await pilot.pause()
            await pilot.pause()
            line = app.query_one(Counting)._line
            assert ("Save" in line.plain) is shown
            assert not style or str(line.spans[0].style) == style


async def test_it_speaks_the_language_of_the_moment() -> None:
    """Labels are translated when they are shown, not when the module was read."""

    class Chinese:
        def gettext(self, message: str) -> str:
            return {"Save": "保存"}.get(message, message)

        def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
            return msgid1 if n == 1 else msgid2

    async with Around().run_test() as pilot:
        await pilot.pause()
        i18n.install("zh", Chinese())
        pilot.app.screen.refresh_bindings()
        await pilot.pause()
        await pilot.pause()
        assert "ctrl+s 保存" in grid(pilot.app)


TABS = [Tab(1, "home", N_("Home")), Tab(4, "staff", N_("Staff")), Tab(9, "me", N_("Me"))]


class Tabs(App[None]):
    """The line of sections."""

    def __init__(self, who: str) -> None:
        super().__init__()
        self.who = who

    def compose(self) -> ComposeResult:
        """The line."""
        yield TabBar(TABS, "staff", self.who)


@pytest.mark.parametrize(
    ("width", "line"),
    [
        (60, " 1 Home  4 Staff  9 Me" + " " * 32 + "alice"),
        (29, " 1 Home  4 Staff  9 Me alice"),
        (28, " 1 Home 4 Staff 9 Me  alice"),
        (27, " 1 Home 4 Staff 9 Me alice"),
        (26, " 1 4 Staff 9        alice"),
        (20, " 1 4 Staff 9  alice"),
        (10, " 1… alice"),
    ],
)
async def test_sections_shrink_to_their_numbers(width: int, line: str) -> None:
    """Where there is no room for names, the open one keeps its name; who is signed in is always there."""
    async with Tabs("alice").run_test(size=(width, 3)) as pilot:
        assert grid(pilot.app).splitlines()[0] == line.rstrip()


class AllTabs(Tabs):
    """Every section there is."""

    def compose(self) -> ComposeResult:
        """The line."""
        yield TabBar([Tab(section.number, section.name, section.title) for section in SECTIONS], "chats", self.who)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("who", "shown"), [("owner", "owner"), ("a-very-long-login", "")])
async def test_all_nine_have_their_names_at_80_columns(language: Language, who: str, shown: str) -> None:
    """Whoever is signed in: a login that is too long is cut before a section loses its name."""
    speak(language)
    async with AllTabs(who).run_test(size=(80, 3)) as pilot:
        line = grid(pilot.app).splitlines()[0]
        assert words.width(line) <= 80
        for section in SECTIONS:
            assert f"{section.number} {i18n._(section.title)}" in line
        assert line.endswith(shown) if shown else "a-very" in line


async def test_a_login_cannot_pass_for_something_else() -> None:
    """It is data."""
    async with Tabs("[@click=app.quit]\x1b[31m").run_test(size=(80, 3)) as pilot:
        assert "[@click=app.quit]�[31m" in grid(pilot.app)


@pytest.mark.parametrize("text", ["", "a", "abc", "李", "李雷", "a李b雷c", "é", "e\u0301", "👩‍💻 x", "ｗｉｄｅ", "✓ ▲ ● ○ ◐ –"])
@pytest.mark.parametrize("cells", range(12))
@pytest.mark.parametrize("align", ["left", "right"])
def test_text_fits_its_cells_exactly(text: str, cells: int, align: words.Align) -> None:
    """Never a cell more or less, however wide its characters."""
    fitted_text = words.fit(text, cells, align)
    assert words.width(fitted_text) == cells
    if words.width(text) <= cells:
        assert fitted_text.strip(" ") == text.strip(" ")
    assert words.width(words.fit_content(words.plain(text), cells, align)) == cells


def test_wrapped_lines_fit_and_lose_nothing() -> None:
    """Broken at blanks, and anywhere between Chinese characters."""
    text = "Nothing was changed. 什么都没有改变,请再看一遍。 Averylongwordthatfitsnowhereatall"
    lines = words.wrap(text, 12)
    assert max(words.width(line) for line in lines) <= 12
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert words.wrap(text, 0) == []


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("按 / 后输入姓名、拼音或首字母。", ["按 / 后输入", "姓名、拼音", "或首字母。"]),
        ("长期有效，至 2027-01-01", ["长期有效，", "至", "2027-01-01"]),
        ("他说“好的”，就走", ["他说“好", "的”，就走"]),
        ("one two three", ["one two", "three"]),
        ("extraordinarily", ["extraordina", "rily"]),
        ("first\n\nthird", ["first", "", "third"]),
        ("", [""]),
    ],
)
def test_lines_break_where_chinese_is_broken(text: str, lines: list[str]) -> None:
    """Between characters, but a closing mark stays with what it closes and an opening one with what it opens."""
    assert words.wrap(text, 11) == lines


@pytest.mark.parametrize(
    "text", ["\ufdfa" * 10_000, "e" + "\u0301\u1161" * 5_000, "👨👩" * 5_000, " " * 10_000, "x" + " " * 9_999, "。" * 10_000]
)
def test_the_longest_text_that_a_customer_can_send_is_broken_in_no_time(text: str) -> None:
    """Letters of many parts, what takes no room, nothing but blanks: a hundredth of a second, where all at each line would take one."""
    start = process_time()
    lines = words.wrap(text, 40)
    assert process_time() - start < 0.25
    assert "".join(lines).replace(" ", "") == words.plain(text).plain.replace(" ", "")


@given(st.text(alphabet="ab，。“”（） 李雷𠀀x", max_size=60), st.integers(2, 20))
def test_nothing_is_lost_in_breaking_and_nothing_stands_out(text: str, cells: int) -> None:
    """Blanks apart, the lines are the text, and each fits."""
    lines = words.wrap(text, cells)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(words.width(line) <= cells for line in lines)
