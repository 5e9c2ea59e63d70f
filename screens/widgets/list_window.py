"""The part of a list that is in memory: a window of rows, the cursor, and what is at the top. Knows nothing of screens."""

from __future__ import annotations

from collections.abc import Sequence

from screens.widgets.list_rows import Row, Source

SMALLEST = 48
"""Rows that are read at once at least, so that a small screen does not ask at every step."""


class RowWindow:
    """Rows of a source, of which only the ones near the cursor are held.

    Attributes:
        source: where the rows come from.
        count: how many there are; as many as there were when they were last read.
        cursor: the row under the cursor, counted from 0; -1 when there is none.
        top: the first row that is shown.
        page: how many rows there is room for.
    """

    def __init__(self, source: Source) -> None:
        self.source = source
        self.count = 0
        self.cursor = -1
        self.top = 0
        self.page = 1
        self._rows: Sequence[Row] = ()
        self._start = 0

    def row(self, place: int) -> Row | None:
        """The row at `place`; reads the rows around it where it is not in memory."""
        if not 0 <= place < self.count:
            return None
        if not self._start <= place < self._start + len(self._rows):
            limit = max(3 * self.page, SMALLEST)
            self._start = max(0, min(place - limit // 2, self.count - limit))
            self._rows = self.source.window(self._start, limit)
            if len(self._rows) < min(limit, self.count - self._start):
                self.count = self.source.count()  # some were taken away since they were counted
        index = place - self._start
        return self._rows[index] if index < len(self._rows) else None

    @property
    def current(self) -> Row | None:
        """The row under the cursor."""
        return self.row(self.cursor)

    def read(self, source: Source | None = None) -> None:
        """Read again, from another source if one is given; the cursor stays on its row, or on what took that row's place."""
        row = self.current
        below = self.cursor - self.top
        if source is not None:
            self.source = source
        self._rows = ()
        self.count = self.source.count()
        place = self.source.position(row.key) if row is not None else None
        if place is not None:
            self.top = place - below
        self.go(self.cursor if place is None else place, 1)

    def go(self, place: int, direction: int) -> None:
        """Put the cursor on the row at `place`, or on the nearest in `direction` (1 down, -1 up) that it may be on."""
        counted = self.count
        self.cursor = self._selectable(max(0, min(place, self.count - 1)), direction)
        if self.count != counted:
            self.cursor = self._selectable(max(0, min(place, self.count - 1)), direction)
        self.into_view()

    def into_view(self) -> None:
        """Choose the top so that the cursor is shown, moving it as little as that takes."""
        top = self.top
        if self.cursor >= 0:
            top = max(self.cursor - self.page + 1, min(top, self.cursor))
            above = self.row(top - 1) if top == self.cursor and self.page > 1 else None
            if above is not None and above.heading:
                top -= 1  # a heading stays with its first row
        self.top = max(0, min(top, self.count - self.page))

    def _selectable(self, place: int, direction: int) -> int:
        for step in (direction, -direction):
            at = place
            while (row := self.row(at)) is not None:
                if not row.heading:
                    return at
                at += step
        return -1
