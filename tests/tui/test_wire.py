"""Fewer bytes, the same picture: judged by a terminal."""

from __future__ import annotations

import pyte
import pytest
from hypothesis import given, settings, strategies as st

from tui import shown
from tui.wire import RESET, Wire, shortened

COLOURS = st.sampled_from(
    ["38;2;1;2;3", "38;2;9;9;9", "48;2;4;5;6", "48;2;7;7;7", "38;5;12", "48;5;3", "31", "42", "97", "101", "39", "49"]
)
ATTRIBUTES = st.sampled_from(["1", "3", "4", "7", "9"])
PENS = st.lists(st.one_of(COLOURS, ATTRIBUTES), min_size=1, max_size=4).map(";".join)
TEXTS = st.text(alphabet=st.sampled_from("ab  李✓ "), max_size=6)
MOVES = st.tuples(st.integers(1, 4), st.integers(1, 8)).map(lambda at: f"\x1b[{at[0]};{at[1]}H")
PIECES = st.one_of(
    st.tuples(PENS, TEXTS).map(lambda piece: f"\x1b[{piece[0]}m{piece[1]}{RESET}"),
    st.tuples(PENS, PENS, TEXTS).map(lambda piece: f"\x1b[{piece[0]}m\x1b[{piece[1]}m{piece[2]}{RESET}"),
    MOVES,
    MOVES.map(lambda move: f"\r\n{move}"),
    TEXTS,
)


def picture(*written: str) -> list[object]:
    """Every cell with its look, and where the cursor is."""
    screen = pyte.Screen(40, 30)
    stream = pyte.Stream(screen)
    for data in written:
        stream.feed(data)
    seen: list[object] = []
    for y in range(30):
        for x in range(40):
            cell = screen.buffer[y][x]
            blank = cell.data == " " and not (cell.reverse or cell.underscore or cell.strikethrough)
            seen.append((cell.data, cell.bg) if blank else cell)
    return [*seen, screen.cursor.x, screen.cursor.y]


@given(st.lists(PIECES, max_size=12), st.lists(PIECES, max_size=4))
def test_the_picture_is_the_same(first: list[str], second: list[str]) -> None:
    """Whatever is written, and whatever is written after it."""
    one, other = "".join(first), "".join(second)
    assert picture(shortened(one), shortened(other)) == picture(one, other)


@given(st.lists(PIECES, max_size=12))
def test_it_is_never_longer(pieces: list[str]) -> None:
    """Shortening shortens."""
    data = "".join(pieces)
    assert len(shortened(data)) <= len(data) + len(RESET)


ENDS = st.tuples(st.integers(1, 20), st.integers(1, 40)).map(lambda at: f"\x1b[{at[0]};{at[1]}H")
SPANS = st.lists(st.tuples(PENS, TEXTS), min_size=1, max_size=4).map(
    lambda pieces: "".join(f"\x1b[{pen}m{text}{RESET}" for pen, text in pieces)
)
LINES = st.dictionaries(st.integers(1, 4), st.tuples(st.integers(1, 8), SPANS), min_size=1)
FRAMES = st.tuples(LINES, ENDS).map(lambda made: "".join(f"\x1b[{y};{x}H{span}" for y, (x, span) in made[0].items()) + made[1])
ANYTHING = st.one_of(st.lists(PIECES, max_size=6).map("".join), st.sampled_from(["\x1b[3;3H", "\x1b[2J", "\x1b[?1049h", "\x07"]))


@settings(deadline=None)
@given(st.lists(st.one_of(FRAMES, FRAMES, FRAMES, ANYTHING), min_size=2, max_size=6))
def test_what_is_left_out_is_on_the_screen_already(frames: list[str]) -> None:
    """Frames one after the other, with wide characters, overlaps, and things that are no frames among them."""
    wire = Wire()
    wire.forget((40, 30))
    assert picture(*[wire.shorten(frame) for frame in frames]) == picture(*frames)


@pytest.mark.parametrize("odd", ["e\u0301", "👩\u200d🚀", "👍\U0001f3fd", "🇨🇳", "\u200b", "กำ", "שלום"])
def test_a_line_whose_width_is_anybodys_guess_is_sent_as_it_is(odd: str) -> None:
    """And what else is written on it later as well, until the line is written without."""
    wire = Wire()
    wire.forget((40, 30))
    wire.shorten("\x1b[1;1Hab cd\x1b[1;1H")
    sent = wire.shorten(f"\x1b[1;1Hab {odd} cd\x1b[1;1H")
    assert f"ab {odd} cd" in sent
    assert "ab cd" in wire.shorten("\x1b[1;1Hab cd\x1b[1;1H")


def test_of_a_letter_only_the_letter_is_sent() -> None:
    """The rows below it, which a search paints again, are the same."""
    wire = Wire()
    wire.forget((80, 24))
    frame = "".join(f"\x1b[{y};1H\x1b[31m{y:<80}{RESET}" for y in range(1, 25))
    assert len(wire.shorten(f"{frame}\x1b[1;1H")) > 24 * 80
    sent = wire.shorten(frame.replace("7 ", "7x") + "\x1b[7;3H")
    assert sent == f"\x1b[7;2H\x1b[31mx\x1b[17;3Hx\x1b[7;3H{RESET}"


def test_a_frame_that_is_on_the_screen_is_not_sent_again() -> None:
    """Until something else was written over it, or the terminal was made another size, or is another screen."""
    wire = Wire()
    wire.forget((80, 24))
    frame = f"\x1b[1;1H\x1b[31m{'x' * 80}{RESET}\x1b[1;1H"
    assert wire.shorten(frame)
    assert wire.shorten("\x1b[?2026l")
    assert wire.shorten("\x1b[?2026h")
    assert not wire.shorten(frame)
    assert wire.shorten("\x1b[1;2Hy\x1b[1;1H")
    assert wire.shorten(frame) == f"\x1b[1;2H\x1b[31mx\x1b[1;1H{RESET}"
    for other in ("\x1b[?1049h", "\x1b[2J", "anything"):
        assert not wire.shorten(frame)
        assert wire.shorten(other) == other
        assert len(wire.shorten(frame)) > 80
    wire.forget()
    assert len(wire.shorten(frame)) > 80


def test_the_cursor_is_where_it_is_wanted() -> None:
    """Input methods show what is being typed there, though nothing else has changed."""
    wire = Wire()
    wire.forget((80, 24))
    wire.shorten("\x1b[1;1Hab\x1b[1;1H")
    assert wire.shorten("\x1b[1;1Hab\x1b[5;7H") == "\x1b[5;7H"
    assert not wire.shorten("\x1b[5;7H")


def test_a_whole_screen_paints_over_what_others_wrote(monkeypatch: pytest.MonkeyPatch) -> None:
    """The kernel, or a message to everybody: not at every frame, but after a while."""
    moment = [1000.0]
    monkeypatch.setattr(shown, "monotonic", lambda: moment[0])
    wire = Wire()
    wire.forget((80, 24))
    frame = "".join(f"\x1b[{y};1H{y:<80}" for y in range(1, 25)) + "\x1b[1;1H"
    assert wire.shorten(frame)
    assert not wire.shorten(frame)
    moment[0] += shown.TRUSTED + 1
    assert wire.shorten("\x1b[1;1H1\x1b[1;1H") == ""
    assert len(wire.shorten(frame)) > 24 * 80
    assert not wire.shorten(frame)


def test_what_is_blank_needs_no_foreground() -> None:
    """Two blank pieces on one background are one, whatever colour their letters would have."""
    data = f"\x1b[1;1H\x1b[38;2;1;1;1;48;2;5;5;5m  {RESET}\x1b[48;2;5;5;5m  {RESET}\x1b[1;38;2;9;9;9;48;2;5;5;5m   {RESET}"
    assert shortened(data) == f"\x1b[1;1H\x1b[38;2;1;1;1;48;2;5;5;5m       {RESET}"
