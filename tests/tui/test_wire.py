"""Fewer bytes, the same picture: judged by a terminal."""

from __future__ import annotations

import pyte
from hypothesis import given, strategies as st

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


def test_a_frame_that_is_on_the_screen_is_not_sent_again() -> None:
    """Until something else was written, or the terminal was made another size."""
    wire = Wire()
    frame = f"\x1b[1;1H\x1b[31m{'x' * 80}{RESET}"
    assert wire.shorten(frame)
    assert wire.shorten("\x1b[?2026l")
    assert wire.shorten("\x1b[?2026h")
    assert not wire.shorten(frame)
    assert wire.shorten("\x1b[2;2Hy")
    assert wire.shorten(frame)
    assert not wire.shorten(frame)
    wire.forget()
    assert wire.shorten(frame)


def test_what_is_blank_needs_no_foreground() -> None:
    """Two blank pieces on one background are one, whatever colour their letters would have."""
    data = f"\x1b[1;1H\x1b[38;2;1;1;1;48;2;5;5;5m  {RESET}\x1b[48;2;5;5;5m  {RESET}\x1b[1;38;2;9;9;9;48;2;5;5;5m   {RESET}"
    assert shortened(data) == f"\x1b[1;1H\x1b[38;2;1;1;1;48;2;5;5;5m       {RESET}"
