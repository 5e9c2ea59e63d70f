"""Words on the screen: data made harmless, and text fitted to cells.

Textual parses every `str` that reaches a widget as markup, so a name like `[@click=app.quit]` would become a button. Whatever a person
typed therefore passes `plain` on its way to a widget (the list does so with its cells), and a Chinese character counts for the two
cells it fills.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, Literal

from rich.cells import cell_len, set_cell_size
from textual.content import Content

from models.i18n import ngettext
from models.text import visible

Align = Literal["left", "right"]

MAY: Final = "✓"
MAY_NOT: Final = "✗"
HIGH_RISK: Final = "▲"
ACTIVE: Final = "●"
INVITED: Final = "○"
FROZEN: Final = "◐"
LEFT: Final = "–"
"""The marks that carry a meaning everywhere; colour only helps."""

STATUS_MARKS: Final[dict[str, str]] = {"active": ACTIVE, "invited": INVITED, "frozen": FROZEN, "left": LEFT}
"""The mark of a person's status."""

ELLIPSIS: Final = "…"

_HAN: Final = "\u2e80-\u9fff\uf900-\ufaff\uff00-\uff65\U00020000-\U0003ffff“”‘’…—"
_PIECE: Final = f"( *)([{_HAN}]|[^ {_HAN}]+)"  # compiled when first used: it takes a millisecond
_CLOSES: Final = frozenset("，。、；：？！）》」』】”’…—,.;:?!)]%")
_OPENS: Final = frozenset("（《「『【“‘([")


def plain(text: str, style: str = "", *, lines: bool = True) -> Content:
    """`text` as data: nothing in it is markup, and nothing in it steers the terminal.

    Args:
        style: a Textual style for all of it, as `bold` or `$text-error`; ours, never data.
        lines: whether line feeds stay.
    """
    shown = visible(text, lines=lines)
    return Content.styled(shown, style) if style else Content(shown)


def join(*parts: str | Content) -> Content:
    """Content out of parts; a `str` among them is data or our own words, never markup."""
    return Content.assemble(*(plain(part) if isinstance(part, str) else part for part in parts))


def with_keys(sentence: str) -> Content:
    """One of our own sentences, with the keys that stand between backquotes in it shown as keys: "`n` makes the first"."""
    parts = sentence.split("`")
    return join(*(plain(part, "bold $accent") if place % 2 else part for place, part in enumerate(parts)))


def width(text: str | Content) -> int:
    """How many cells `text` fills."""
    return cell_len(text) if isinstance(text, str) else text.cell_length


def fit(text: str, cells: int, align: Align = "left") -> str:
    """`text` cut or padded to exactly `cells` cells; where something was cut off stands an ellipsis."""
    length = cell_len(text)
    if length < cells:
        blank = " " * (cells - length)
        return text + blank if align == "left" else blank + text
    if length == cells:
        return text
    if cells <= 1:
        return ELLIPSIS[:cells]
    # A double-width character that would straddle the edge is replaced by a blank, which the ellipsis then closes up to.
    return set_cell_size(set_cell_size(text, cells - 1).rstrip(" ") + ELLIPSIS, cells)


def fit_content(text: Content, cells: int, align: Align = "left") -> Content:
    """The same for text with styles of its own."""
    if text.cell_length > cells:
        return text.truncate(cells, ellipsis=True, pad=True)
    short = cells - text.cell_length
    return text.pad_right(short) if align == "left" else text.pad_left(short)


def capped(items: Sequence[str], most: int = 100) -> list[str]:
    """The first `most` of `items`, and how many more there are: nobody reads ten thousand names in a dialog."""
    more = len(items) - most
    if more <= 0:
        return list(items)
    return [*items[:most], ngettext("… and {count} more", "… and {count} more", more).format(count=more)]


def wrap(text: str, cells: int) -> list[str]:
    """`text` in lines of at most `cells` cells: broken at blanks and between Chinese characters, as Chinese is printed.

    No line begins with a mark that closes something, none ends with one that opens it; a word longer than a line is cut.
    """
    if cells < 1:
        return []
    return [line for paragraph in visible(text, lines=True).split("\n") for line in _filled(paragraph, cells)]


def _filled(paragraph: str, cells: int) -> list[str]:
    lines, line = [], ""
    for blank, piece in _pieces(paragraph):
        longer = f"{line} {piece}" if blank and line else line + piece
        if cell_len(longer) <= cells:
            line = longer
            continue
        if line:
            lines.append(line)
        *cut, line = _cut(piece, cells)
        lines += cut
    return [*lines, line]


def _cut(piece: str, cells: int) -> list[str]:
    """A word in pieces that fit."""
    cut, at = [], 0
    while cell_len(front := _front(piece, at, cells)) > cells:
        head = set_cell_size(front, cells).rstrip() or front[:1]
        cut.append(head)
        at += len(head)
    return [*cut, front]


def _front(piece: str, at: int, cells: int) -> str:
    """What of a word is surely enough for a line, from the place `at` on: to measure all of it for every line would take seconds."""
    size = 2 * cells + 8
    while len(front := piece[at : at + size]) == size and cell_len(front) <= cells + 2:  # there is much in it that takes no room
        size *= 2
    return front


def _pieces(paragraph: str) -> list[tuple[bool, str]]:
    """What is not to be broken, each with whether a blank stands before it."""
    pieces: list[tuple[bool, str]] = []
    for found in re.finditer(_PIECE, paragraph.rstrip(" ")):  # else thousands of blanks at the end are looked through from each of them
        blank, piece = bool(found[1]), found[2]
        if pieces and not blank and (piece[0] in _CLOSES or pieces[-1][1][-1] in _OPENS):
            pieces[-1] = (pieces[-1][0], pieces[-1][1] + piece)
        else:
            pieces.append((blank, piece))
    return pieces
