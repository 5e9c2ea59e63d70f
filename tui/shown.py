"""What the terminal shows, cell by cell, so that only what is another than before goes over the line.

Textual paints whole lines of a widget again, however little of them is another: a letter in a search costs every row below it. Here each
frame is read as the terminal reads it, and what is the same in every cell is left out. Where it cannot be told how wide a terminal draws
something (emoji that join, marks that stack), the line is sent as it came and taken for unknown.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from time import monotonic
from typing import Final, NamedTuple
from unicodedata import category, east_asian_width

from rich.cells import get_character_cell_size

TRUSTED: Final = 30.0
"""Seconds for which a whole screen is believed to be as it was sent. Then the next whole one is sent whole: it paints over what others
have written on the terminal meanwhile (a message to everybody, the kernel)."""

BRIDGED: Final = 7
"""Cells that stay as they are between two that change, up to which they are sent again: going past them takes a sequence as long."""

_FRAME: Final = re.compile("(?:\x1b\\[[0-9]+;[0-9]+H(?:[^\x00-\x1f\x7f]|\x1b\\[[0-9;]*m)*(?:\r?\n(?=\x1b\\[[0-9]+;[0-9]+H))?)+")
_MOVE: Final = re.compile("\x1b\\[([0-9]+);([0-9]+)H")
_PEN: Final = re.compile("\x1b\\[([0-9;]*)m")
_TINTS: Final = range(0x1F3FB, 0x1F400)  # of the emoji before them
_FLAGS: Final = range(0x1F1E6, 0x1F200)  # two are one
_PLAIN: Final = range(0xA0, 0x530), range(0x2010, 0x2C00)
"""Latin, Greek, Cyrillic; punctuation, arrows, lines, signs. Other narrow scripts join their letters, or run the other way."""

Cell = tuple[str, str]
"""A character and its pen; the second cell of a wide character has no character."""

Alike = Callable[[str, str], bool]


class Piece(NamedTuple):
    """What a frame writes from one place on.

    Attributes:
        pen: what was set before it.
        data: text and pens.
    """

    y: int
    x: int
    pen: str
    data: str


class Shown:
    """The cells of one terminal.

    Args:
        same_on_blanks: whether a blank looks alike in two pens.
    """

    def __init__(self, same_on_blanks: Alike) -> None:
        self._same_on_blanks = same_on_blanks
        self._size: tuple[int, int] | None = None
        self._rows: dict[int, dict[int, Cell]] = {}
        self._last: dict[int, list[Piece]] = {}
        self._cursor = (0, 0)
        self._whole_at = 0.0

    def forget(self, size: tuple[int, int] | None = None) -> None:
        """What is shown is not known any more.

        Args:
            size: columns and rows from now on; None where they stay.
        """
        self._size = size or self._size
        self._rows.clear()
        self._last.clear()
        self._cursor = (0, 0)
        self._whole_at = 0.0

    def news(self, data: str) -> str | None:
        """What of a frame is not on the screen yet; None where that cannot be told, and nothing of it is known from now on."""
        if self._size is None or not _FRAME.fullmatch(data):
            self.forget()
            return None
        pieces = list(_pieces(data))
        end = pieces.pop()
        rows: dict[int, list[Piece]] = {}
        for piece in pieces:
            rows.setdefault(piece.y, []).append(piece)
        if (end.data and _PEN.sub("", end.data)) or any(not 0 < y <= self._size[1] for y in (*rows, end.y)):
            self.forget()
            return None
        if len(rows) == self._size[1] and (now := monotonic()) - self._whole_at > TRUSTED:
            self.forget()
            self._whole_at = now
        out = "".join(self._row(y, written) for y, written in rows.items() if written != self._last.get(y))
        if not out and self._cursor == (end.y, end.x):
            return ""
        self._cursor = end.y, end.x
        return f"{out}\x1b[{end.y};{end.x}H"

    def _row(self, y: int, pieces: list[Piece]) -> str:
        """What to send of a row."""
        before, self._last[y] = self._last.get(y), pieces
        if y not in self._rows and before is not None:
            self._rows[y] = self._cells(before) or {}  # read only now: most rows of a first paint stay as they are
        new = self._cells(pieces) if y in self._rows else None
        if new is None:  # as it came
            self._rows.pop(y, None)
            return "".join(
                f"\x1b[{y};{piece.x}H" + (f"\x1b[{piece.pen}m" if piece.pen else "") + f"{piece.data}\x1b[0m" for piece in pieces
            )
        old = self._rows[y]
        changed = [x for x, cell in new.items() if not self._alike(old.get(x), cell)]
        out = [_written(y, run, new) for run in _runs(sorted(changed), new)]
        for x in new:  # half of a wide character that is written over is nothing that could be relied upon
            if old.get(x, ("x", ""))[0] == "" and x - 1 not in new:
                old.pop(x - 1, None)
            if old.get(x + 1, ("x", ""))[0] == "" and x + 1 not in new:
                old.pop(x + 1, None)
        old.update(new)
        return "".join(out)

    def _cells(self, pieces: list[Piece]) -> dict[int, Cell] | None:
        """The cells that are written; None where that is not certain, or one is written twice."""
        cells: dict[int, Cell] = {}
        columns = self._size[0] if self._size else 0
        for piece in pieces:
            x, pen = piece.x, piece.pen
            for style, text in _styled(piece.data):
                pen = _after(pen, style) if style is not None else pen
                for character in text:
                    width = _width(character)
                    if not width or x in cells or x + width - 1 > columns or x < 1:
                        return None
                    cells[x] = character, pen
                    if width > 1:
                        if x + 1 in cells:
                            return None
                        cells[x + 1] = "", pen
                    x += width
        return cells

    def _alike(self, old: Cell | None, new: Cell) -> bool:
        if old == new:
            return True
        return old is not None and old[0] == new[0] == " " and self._same_on_blanks(old[1], new[1])


def _pieces(data: str) -> Iterator[Piece]:
    """What a frame writes, a place at a time; the pen goes on from one to the next."""
    pen = ""
    parts = _MOVE.split(data)
    for y, x, text in zip(parts[1::3], parts[2::3], parts[3::3], strict=True):
        piece = Piece(int(y), int(x), pen, text.rstrip("\r\n"))
        yield piece
        for style in _PEN.findall(text):
            pen = _after(pen, style)


def _styled(data: str) -> Iterator[tuple[str | None, str]]:
    """Pens and the text after each; None for the text before the first."""
    parts = _PEN.split(data)
    yield None, parts[0]
    yield from zip(parts[1::2], parts[2::2], strict=True)


def _after(pen: str, style: str) -> str:
    """The pen once `style` was set as well; nothing but zeros takes everything back."""
    return ";".join(filter(None, (pen, style))) if style.strip("0;") else ""


def _runs(changed: list[int], new: dict[int, Cell]) -> Iterator[range]:
    """Cells to be sent in one go: those that change, and what is written between them where that is short."""
    start = last = 0
    for x in changed:
        if start and x - last - 1 <= BRIDGED and all(between in new for between in range(last + 1, x)):
            last = x
            continue
        if start:
            yield _whole(start, last, new)
        start = last = x
    if start:
        yield _whole(start, last, new)


def _whole(start: int, last: int, new: dict[int, Cell]) -> range:
    """From the first to the last cell, with both halves of what is wide."""
    start -= new[start][0] == ""
    last += new.get(last + 1, ("x", ""))[0] == ""
    return range(start, last + 1)


def _written(y: int, run: range, new: dict[int, Cell]) -> str:
    """A run of cells as a terminal takes it."""
    out, have = [f"\x1b[{y};{run.start}H"], ""
    for x in run:
        character, pen = new[x]
        if pen != have:
            out.append(f"\x1b[0m\x1b[{pen}m" if pen and have else f"\x1b[{pen or 0}m")
            have = pen
        out.append(character)
    if have:
        out.append("\x1b[0m")
    return "".join(out)


@lru_cache(4096)
def _width(character: str) -> int:
    """How many cells a character takes; 0 where terminals differ, or it joins the one before it."""
    if " " <= character <= "~":
        return 1
    code = ord(character)
    if category(character)[0] in "MC" or code in _TINTS or code in _FLAGS:
        return 0
    width = 2 if east_asian_width(character) in "WF" else 1
    if width == 1 and not any(code in script for script in _PLAIN):
        return 0
    return width if width == get_character_cell_size(character) else 0
