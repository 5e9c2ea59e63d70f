"""What a list shows: its columns, its rows, and where the rows come from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal, NamedTuple, Protocol

from textual.content import Content

from models.i18n import _
from models.text import visible
from screens.widgets import words
from screens.widgets.words import Align

Key = int | str
"""What names a row for as long as it lives: the id of a person, the code of a permission."""

Cell = str | Content
"""A `str` is data and is shown as it stands; a `Content` brings styles of its own."""

GAP: Final = 2
"""Cells between two columns."""

RISING: Final = "↑"
FALLING: Final = "↓"


class Column(NamedTuple):
    """A column of a list.

    Attributes:
        key: names the column when somebody asks to sort by it.
        title: marked (`N_`), translated when shown; "" for none.
        width: in cells; 0 for a column that shares what the others leave.
        align: numbers right, everything else left.
        sortable: whether one may ask to sort by it.
        keep: how long the column stays when the list is narrow; the lowest goes first, `ALWAYS` never.
        least: cells that a column without a width must have, or a column has to go.
        flex: how large a share it takes of what the others leave.
    """

    key: str
    title: str = ""
    width: int = 0
    align: Align = "left"
    sortable: bool = False
    keep: int = 1
    least: int = 8
    flex: int = 1


ALWAYS: Final = 9
"""A column that keeps this long is never dropped."""


class Row(NamedTuple):
    """A row of a list.

    Attributes:
        key: names the row; unique within its list.
        cells: one for each column.
        dim: shown with less weight: somebody who left, something that cannot be had.
        heading: a line that groups what follows; only its first cell is shown, and the cursor passes over it.
        tickable: whether space ticks it.
    """

    key: Key
    cells: tuple[Cell, ...]
    dim: bool = False
    heading: bool = False
    tickable: bool = True


class Source(Protocol):
    """Where the rows of a list come from: it is asked for no more than the window that is shown."""

    def count(self) -> int:
        """How many rows there are."""
        ...

    def window(self, offset: int, limit: int) -> Sequence[Row]:
        """The rows from `offset` on, `limit` of them at most."""
        ...

    def position(self, key: Key) -> int | None:
        """Where the row with that key is now, counted from 0; None if it is gone."""
        ...


class ListSource:
    """Rows that are few enough to be in memory: a tree of departments, the permissions of a role."""

    def __init__(self, rows: Sequence[Row] = ()) -> None:
        self._rows = rows
        self._positions: dict[Key, int] | None = None

    def count(self) -> int:
        """How many rows there are."""
        return len(self._rows)

    def window(self, offset: int, limit: int) -> Sequence[Row]:
        """The rows from `offset` on, `limit` of them at most."""
        return self._rows[offset : offset + limit]

    def position(self, key: Key) -> int | None:
        """Where the row with that key is, counted from 0."""
        if self._positions is None:
            self._positions = {row.key: place for place, row in enumerate(self._rows)}
        return self._positions.get(key)


Sort = tuple[str, Literal["up", "down"]]
"""The key of the column a list is sorted by, and whether values rise or fall."""


def widths(columns: Sequence[Column], cells: int) -> list[tuple[int, int]]:
    """Which columns fit into `cells` cells, and how wide each is: pairs of (place among `columns`, width)."""
    shown = list(range(len(columns)))
    while len(shown) > 1 and _needed(columns, shown) > cells:
        loose = [place for place in shown if columns[place].keep < ALWAYS]
        if not loose:
            break
        # Of two that keep as long, the one further right goes.
        shown.remove(min(loose, key=lambda place: (columns[place].keep, -place)))
    spare = max(0, cells - _needed(columns, shown))
    shares = sum(columns[place].flex for place in shown if not columns[place].width)
    given: list[tuple[int, int]] = []
    for place in shown:
        column = columns[place]
        if column.width:
            given.append((place, column.width))
            continue
        share = spare * column.flex // shares if shares else 0
        spare -= share
        shares -= column.flex
        given.append((place, column.least + share))
    return given


def _needed(columns: Sequence[Column], shown: Sequence[int]) -> int:
    cells = sum(columns[place].width or columns[place].least for place in shown)
    return cells + GAP * (len(shown) - 1)


def pieces(row: Row, columns: Sequence[Column], given: Sequence[tuple[int, int]]) -> list[Cell]:
    """The row's cells, cut and padded to the widths they were given, with as few pieces as its styles allow."""
    laid: list[Cell] = []
    text = ""
    for place, cells in given:
        text += " " * GAP if place != given[0][0] else ""
        cell = row.cells[place] if place < len(row.cells) else ""
        if isinstance(cell, str):
            text += words.fit(visible(cell), cells, columns[place].align)
        else:
            if text:
                laid.append(text)
            laid.append(words.fit_content(cell, cells, columns[place].align))
            text = ""
    laid.append(text)
    return laid


def titles(columns: Sequence[Column], given: Sequence[tuple[int, int]], sort: Sort | None, *, indent: int) -> str:
    """The line above the rows: the titles, and a mark on the one that is sorted by."""
    laid = " " * indent
    for place, cells in given:
        column = columns[place]
        title = _(column.title) if column.title else ""
        if sort is not None and sort[0] == column.key:
            title = f"{title} {RISING if sort[1] == 'up' else FALLING}"
        laid += words.fit(title, cells, column.align) + " " * GAP
    return laid
