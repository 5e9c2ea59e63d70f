"""A picture of a terminal, as a camera would take it, and what another program reads off it.

Cells are filled as terminals fill them: half blocks to the edge of their half. Letters are no more than marks, for there is no font; they
are there so that what stands around a QR code is not emptier than it is.
"""

from __future__ import annotations

import shutil
import struct
import subprocess
import zlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final, NamedTuple

import pyte
import pytest

Colour = tuple[int, int, int]

WIDTH: Final = 8
HEIGHT: Final = 16
"""Pixels of a cell."""

NAMED: Final[dict[str, Colour]] = {
    "black": (0, 0, 0),
    "red": (170, 0, 0),
    "green": (0, 170, 0),
    "brown": (170, 85, 0),
    "blue": (0, 0, 170),
    "magenta": (170, 0, 170),
    "cyan": (0, 170, 170),
    "white": (170, 170, 170),
}
"""The colours of a PC's text console, the dullest there are; the bright ones have 85 more of each."""

DARK: Final[tuple[Colour, Colour]] = ((170, 170, 170), (0, 0, 0))
LIGHT: Final[tuple[Colour, Colour]] = ((0, 0, 0), (255, 255, 255))
"""What a terminal writes with, and on, unless it is told otherwise."""

BLOCKS: Final = {"▀": (True, False), "▄": (False, True), "█": (True, True), " ": (False, False), "": (False, False)}
"""Characters that are drawn as they are: whether the upper and the lower half are filled."""


class Cell(NamedTuple):
    """A character, "" behind one of double width; what it is written with, and what on."""

    text: str
    ink: Colour
    ground: Colour


def pixels(rows: Iterable[Sequence[Cell]]) -> list[bytes]:
    """Rows of cells as lines of pixels: red, green and blue, a byte each."""
    return [b"".join(_drawn(cell, line) for cell in row) for row in rows for line in range(HEIGHT)]


def _drawn(cell: Cell, line: int) -> bytes:
    """One line of a cell's pixels."""
    ink, ground = bytes(cell.ink), bytes(cell.ground)
    if cell.text in BLOCKS:
        return (ink if BLOCKS[cell.text][2 * line // HEIGHT] else ground) * WIDTH
    edge = not HEIGHT // 4 <= line < HEIGHT - HEIGHT // 4
    return ground * WIDTH if edge else ground + ink * (WIDTH - 2) + ground


def picture(screen: pyte.Screen, path: Path, *, colours: tuple[Colour, Colour] = DARK) -> None:
    """Write what a terminal shows to a PNG file.

    Args:
        colours: what the terminal writes with, and on, unless it is told otherwise; `DARK` or `LIGHT`.
    """
    rows = [[_seen(screen.buffer[y][x], colours) for x in range(screen.columns)] for y in range(screen.lines)]
    lines = pixels(rows)
    header = struct.pack(">IIBBBBB", screen.columns * WIDTH, len(lines), 8, 2, 0, 0, 0)  # 8 bits, red-green-blue (PNG, 11.2.1)
    data = zlib.compress(b"".join(b"\0" + line for line in lines))
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", data) + _chunk(b"IEND", b""))


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _seen(char: pyte.screens.Char, colours: tuple[Colour, Colour]) -> Cell:
    ink, ground = (_colour(name, default) for name, default in zip((char.fg, char.bg), colours, strict=True))
    return Cell(char.data, ground, ink) if char.reverse else Cell(char.data, ink, ground)


def _colour(name: str, default: Colour) -> Colour:
    """A colour as pyte calls it: by name, or by six hexadecimal digits."""
    if name == "default":
        return default
    dull = name.removeprefix("bright")
    if dull not in NAMED:
        red, green, blue = bytes.fromhex(name)
        return red, green, blue
    red, green, blue = (part + 85 * (dull != name) for part in NAMED[dull])
    return red, green, blue


def read_qr(path: Path) -> str:
    """What `zbarimg` reads off a picture that has a QR code in it; "" when it sees none. Skips the test where there is no such program."""
    program = shutil.which("zbarimg")
    if program is None:
        pytest.skip("no `zbarimg` on this machine")
    command = [program, "--quiet", "--raw", "--nodbus", "-Sdisable", "-Sqrcode.enable", str(path)]
    seen = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert seen.returncode in {0, 4}, seen.stderr  # 4: no code found
    return seen.stdout.rstrip("\n")
