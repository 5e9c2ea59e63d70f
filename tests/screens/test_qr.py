"""The QR code on the screen: a camera reads it, whatever the colours."""

from __future__ import annotations

import itertools

import pytest
import zxingcpp
from rich.cells import cell_len
from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from rich.terminal_theme import DEFAULT_TERMINAL_THEME, DIMMED_MONOKAI, TerminalTheme
from textual.theme import Theme

from models.i18n import Language, _
from screens.widgets.qr import QrCode, rows_of
from tests.screens.code_shown import LONGEST, CodeShown, uri
from tests.screens.conftest import AroundOneScreen, DeskFactory
from tests.screens.look import LANGUAGES, grid, segments, settle
from tests.terminal.picture import Cell, pixels
from tui import theme
from tui.app import ShopstaffApp

SHORTEST, LARGEST_OF_19 = 60, 78
DARK, LIGHT = DIMMED_MONOKAI, DEFAULT_TERMINAL_THEME
"""Terminals by what they write on, unless they are told otherwise."""


def cells(app: ShopstaffApp, terminal: TerminalTheme) -> list[list[Cell]]:
    """The screen as a terminal shows it."""
    return [list(itertools.chain.from_iterable(_cells(segment, terminal) for segment in row)) for row in segments(app)]


def _cells(segment: Segment, terminal: TerminalTheme) -> list[Cell]:
    style = segment.style or Style()
    ink = (style.color or Color.default()).get_truecolor(terminal, foreground=True)
    ground = (style.bgcolor or Color.default()).get_truecolor(terminal, foreground=False)
    if style.reverse:
        ink, ground = ground, ink
    characters = itertools.chain.from_iterable([char, *[""] * (cell_len(char) - 1)] for char in segment.text)
    return [Cell(char, (*ink,), (*ground,)) for char in characters]


def code_segments(app: AroundOneScreen) -> list[Segment]:
    """The pieces of the screen that the code is drawn with."""
    region = app.screen.query_one(QrCode).region
    found = [row[0] for row in segments(app)[region.y : region.bottom]]
    assert {len(segment.text) for segment in found} == {region.width}
    return found


def code_pens(app: AroundOneScreen) -> set[str]:
    """What the terminal is told about the colours of the code."""
    styles = [segment.style for segment in code_segments(app) if segment.style]
    # Made anew, because a style of Rich's remembers what it once said to another terminal.
    fresh = [Style(color=style.color, bgcolor=style.bgcolor) for style in styles]
    return {style.render("█", color_system=app.console._color_system).partition("m")[0] for style in fresh}


def read(app: ShopstaffApp, terminal: TerminalTheme = DARK) -> list[str]:
    """What a camera reads that knows no code but dark on light."""
    lines = pixels(cells(app, terminal))
    grey = memoryview(b"".join(line[::3] for line in lines)).cast("B", (len(lines), len(lines[0]) // 3))
    codes = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
    return [found.text for found in zxingcpp.read_barcodes(grey, formats=codes, try_invert=False)]


@pytest.fixture(params=[theme.DARK, theme.LIGHT, theme.PLAIN], ids=lambda each: str(each.name))
def colours(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, desk: DeskFactory) -> Theme:
    """A theme, in a terminal that the program uses it in."""
    if request.param is theme.PLAIN:
        monkeypatch.setenv("TERM", "xterm")
        monkeypatch.delenv("COLORTERM", raising=False)
    assert isinstance(request.param, Theme)
    return request.param


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
@pytest.mark.parametrize("length", [SHORTEST, LARGEST_OF_19, LARGEST_OF_19 + 1, LONGEST])
async def test_p6_a_camera_reads_the_code_off_the_screen(desk: DeskFactory, size: tuple[int, int], length: int, colours: Theme) -> None:
    """Dark on light in every theme, on dark terminals and on light ones, from the shortest text to the longest there is room for."""
    async with desk(lambda: CodeShown(uri(length)), size=size) as (app, pilot):
        if colours is theme.LIGHT:
            await pilot.press("ctrl+t")
            await settle(pilot)
        assert app.theme == colours.name
        for terminal in (DARK, LIGHT):
            assert read(app, terminal) == [uri(length)]


@pytest.mark.parametrize(("length", "cells_needed"), [(SHORTEST, 19), (LARGEST_OF_19, 19), (LARGEST_OF_19 + 1, 21), (LONGEST, 21)])
def test_p6_the_code_is_no_larger_than_it_must_be(length: int, cells_needed: int) -> None:
    """With the heading and the keys, the largest leaves a row of the smallest terminal."""
    for light in (False, True):
        rows = rows_of(uri(length), light=light)
        assert len(rows) == cells_needed
        assert {len(row) for row in rows} == {2 * cells_needed - 1}
        assert set("".join(rows)) == set(" ▀▄█")


def test_p6_a_code_drawn_by_its_light_modules_is_the_other_one() -> None:
    """Half by half, the half row below the code, too."""
    others = str.maketrans(" ▀▄█", "█▄▀ ")
    assert [row.translate(others) for row in rows_of(uri())] == rows_of(uri(), light=True)


@pytest.mark.parametrize("environment", [{"NO_COLOR": "1"}, {"TERM": "dumb"}], ids=lambda each: next(iter(each)))
async def test_p6_without_colours_the_code_is_made_for_a_dark_terminal(
    desk: DeskFactory, monkeypatch: pytest.MonkeyPatch, environment: dict[str, str]
) -> None:
    """`i` makes it one for a light terminal, and back; no colour is sent."""
    monkeypatch.delenv("COLORTERM", raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    async with desk(CodeShown, size=(80, 24)) as (app, pilot):
        assert {segment.style.color for segment in code_segments(app) if segment.style} <= {None, Color.default()}
        assert (read(app, DARK), read(app, LIGHT)) == ([uri()], [])
        await pilot.press("shift+tab")
        await settle(pilot)
        assert "i Invert" in grid(app)
        await pilot.press("i")
        await settle(pilot)
        assert (read(app, DARK), read(app, LIGHT)) == ([], [uri()])
        await pilot.press("i")
        await settle(pilot)
        assert (read(app, DARK), read(app, LIGHT)) == ([uri()], [])


async def test_p6_where_colours_are_the_terminals_own_the_code_can_be_inverted(desk: DeskFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is drawn in those that every terminal has; whoever made black light and white dark presses `i`."""
    monkeypatch.setenv("TERM", "linux")
    monkeypatch.delenv("COLORTERM", raising=False)
    async with desk(CodeShown, size=(80, 24)) as (app, pilot):
        assert code_pens(app) == {"\x1b[30;47"}
        assert read(app) == [uri()]
        await pilot.press("shift+tab", "i")
        await settle(pilot)
        assert read(app) == []
        assert code_pens(app) == {"\x1b[30;47"}


@pytest.mark.parametrize(("many", "pen"), [("truecolor", "38;2;0;0;0;48;2;255;255;255"), ("", "38;5;16;48;5;231")], ids=["true", "256"])
async def test_p6_where_black_is_black_there_is_nothing_to_invert(
    desk: DeskFactory, monkeypatch: pytest.MonkeyPatch, many: str, pen: str
) -> None:
    """The code takes neither the focus nor a key; of 256 colours it takes two that no palette changes."""
    monkeypatch.setenv("COLORTERM", many)
    async with desk(CodeShown, size=(80, 24)) as (app, pilot):
        assert code_pens(app) == {f"\x1b[{pen}"}
        await pilot.press("shift+tab")
        await settle(pilot)
        screen = app.screen
        assert isinstance(screen, CodeShown)
        assert not screen.code.has_focus
        screen.code.action_invert()
        await settle(pilot)
        assert read(app) == [uri()]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", [(60, 20), (40, 24), (80, 22), (20, 10), (3, 3)])
async def test_p6_where_there_is_no_room_a_sentence_says_what_to_do(desk: DeskFactory, size: tuple[int, int], language: Language) -> None:
    """Half a code is none; the words beside it are there all the same, and the code is, too, as soon as there is room."""
    async with desk(CodeShown, size=size, language=language) as (app, pilot):
        assert not set(grid(app)) & set("▀▄█")
        assert read(app) == []
        if size[0] >= 60:
            said = _("No room for the QR code, which takes {width}×{height} cells: type the key into your app instead.")
            beside = size[0] // 2
            left = "".join("".join(cell.text for cell in row[:beside]) for row in cells(app, DARK))
            assert said.format(width=41, height=21).replace(" ", "") in left.replace(" ", "")
            assert "JBSW Y3DP" in grid(app)
        await pilot.resize_terminal(80, 24)
        await settle(pilot)
        assert read(app) == [uri()]
        await pilot.resize_terminal(*size)
        await settle(pilot)
        assert not set(grid(app)) & set("▀▄█")


async def test_p6_the_code_can_come_later_and_change(desk: DeskFactory) -> None:
    """A screen is there before the key is made; and a key may be made anew."""
    async with desk(lambda: CodeShown(""), size=(80, 24)) as (app, pilot):
        screen = app.screen
        assert isinstance(screen, CodeShown)
        assert screen.code.size.width == 0
        for text in (uri(SHORTEST), uri(LONGEST), "x"):
            screen.code.show(text)
            await settle(pilot)
            assert read(app) == [text]
        screen.code.show("")
        await settle(pilot)
        assert read(app) == []
        assert not set(grid(app)) & set("▀▄█")


async def test_p6_what_the_code_says_is_kept_nowhere_in_words(desk: DeskFactory) -> None:
    """The widget holds the picture, not the secret: nothing that prints an object prints it."""
    async with desk(CodeShown, size=(80, 24)) as (app, _pilot):
        screen = app.screen
        assert isinstance(screen, CodeShown)
        assert uri() not in repr(vars(screen.code))
