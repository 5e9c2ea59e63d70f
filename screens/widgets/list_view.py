"""The one list that every list is: it asks for the window it shows, and repaints the lines that changed.

Built on the line API, because a table that lays every row out costs 2.5 s for 10,000 of them and repaints whole screens; this one
takes the same time and memory for 100 rows and for 100,000, and a step of the cursor writes two lines.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, Final

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message

from models.i18n import N_
from screens.widgets.list_paper import ListPaper
from screens.widgets.list_rows import ALWAYS, Column, Key, ListSource, Row, Sort, Source
from screens.widgets.list_window import RowWindow

__all__ = ["ALWAYS", "Column", "Key", "ListSource", "ListView", "Row", "Sort", "Source"]

WHEEL: Final = 3
"""Rows that one notch of a mouse wheel moves."""


class ListView(ListPaper, can_focus=True):
    """Rows under a cursor.

    Args:
        columns: from left to right.
        source: where the rows come from; `show` gives another.
        ticks: whether space ticks rows.
        choose: the marked (`N_`) word for what Enter does, as the key bar says it; "" where Enter does nothing.
        empty: says what to do when there are no rows: one sentence, already translated, or a function that makes it.
        header: whether the titles of the columns are shown.
        sort: what the rows of `source` are sorted by.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "choose", N_("Open")),
        Binding("space", "tick", N_("Tick")),
        Binding("s", "sort", N_("Sort")),
        Binding("up,k", "step(-1)", N_("Up"), show=False),
        Binding("down,j", "step(1)", N_("Down"), show=False),
        Binding("pageup,ctrl+b", "page(-1)", N_("A page up"), show=False),
        Binding("pagedown,ctrl+f", "page(1)", N_("A page down"), show=False),
        Binding("home", "edge(-1)", N_("To the first"), show=False),
        Binding("end", "edge(1)", N_("To the last"), show=False),
    ]

    class Told(Message):
        """Something happened in a list.

        Attributes:
            list: the list.
        """

        def __init__(self, list_view: ListView) -> None:
            super().__init__()
            self.list: Final = list_view

        @property
        def control(self) -> ListView:
            """The list, for `@on(..., "#id")`."""
            return self.list

    class OfRow(Told):
        """Something happened to a row.

        Attributes:
            row: the row.
            key: its key.
        """

        def __init__(self, list_view: ListView, row: Row) -> None:
            super().__init__(list_view)
            self.row: Final = row
            self.key: Final = row.key

    class Chosen(OfRow):
        """Enter on a row."""

    class Ticked(OfRow):
        """Space on a row; whether it is ticked now stands in `list.ticked`, which the receiver may change."""

    class CursorMoved(Told):
        """The cursor came to another row, or the rows were read again.

        Attributes:
            row: the row; None when there are none.
            key: its key.
        """

        def __init__(self, list_view: ListView, row: Row | None) -> None:
            super().__init__(list_view)
            self.row: Final = row
            self.key: Final = None if row is None else row.key

        def can_replace(self, message: Message) -> bool:
            """Only where the cursor came to rest matters: a key held down must not queue a read for every row it passed."""
            return isinstance(message, ListView.CursorMoved) and message.list is self.list

    class SortAsked(Told):
        """Somebody asks for another order; the receiver answers with `show(source, sort=event.sort)`.

        Attributes:
            sort: the column's key, and "up" or "down".
        """

        def __init__(self, list_view: ListView, sort: Sort) -> None:
            super().__init__(list_view)
            self.sort: Final = sort

    def __init__(  # noqa: PLR0913  what a list can be is all said here
        self,
        *columns: Column,
        source: Source | None = None,
        ticks: bool = False,
        choose: str = N_("Open"),
        empty: str | Callable[[], str] = "",
        header: bool = True,
        sort: Sort | None = None,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        rows = RowWindow(source if source is not None else ListSource())
        super().__init__(columns, rows, ticks=ticks, header=header, empty=empty, id=id, classes=classes)
        self.key_labels = {"choose": choose}
        self._sort = sort

    def show(self, source: Source, *, sort: Sort | None = None) -> None:
        """Show other rows, or the same in another order; the cursor stays on its row where that is still there."""
        self._sort = sort if sort is not None else self._sort
        self.reload(source)

    def reload(self, source: Source | None = None) -> None:
        """Read the rows again. The cursor stays on its row; if that is gone, on whatever took its place."""
        before = self.count
        self._rows.read(source)
        self.refresh(layout=before != self.count and self.styles.auto_dimensions)
        if not before or not self.count:
            self.refresh_bindings()
        self.post_message(self.CursorMoved(self, self.current))

    def select(self, key: Key) -> bool:
        """Put the cursor on a row; whether it is there."""
        place = self.source.position(key)
        if place is None:
            return False
        self._go(place, 1)
        return True

    # ---- keys

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002  Textual's
        """Offer only what the list can do now."""
        if action == "choose":
            return bool(self.key_labels["choose"]) and self.cursor >= 0
        if action == "tick":
            return self.ticks and self.cursor >= 0
        if action == "sort":
            return self.count > 1 and any(column.sortable for column in self.columns)
        return True

    def action_step(self, rows: int) -> None:
        """Move the cursor by some rows."""
        self._go(self.cursor + rows, rows)

    def action_page(self, pages: int) -> None:
        """Move the cursor by what fits on the screen."""
        self.action_step(pages * max(1, self._rows.page - 1))

    def action_edge(self, direction: int) -> None:
        """Move the cursor to the first or the last row."""
        self._go(0 if direction < 0 else self.count - 1, -direction)

    def action_choose(self) -> None:
        """Tell that the row under the cursor was chosen."""
        if (row := self.current) is not None:
            self.post_message(self.Chosen(self, row))

    def action_tick(self) -> None:
        """Tick the row under the cursor, or take its tick away."""
        row = self.current
        if row is None or not row.tickable:
            return
        self._ticked.symmetric_difference_update((row.key,))
        self._repaint(self.cursor)
        self.post_message(self.Ticked(self, row))

    def action_sort(self) -> None:
        """Ask for the next order: up, down, then the next column that can be sorted by."""
        keys = [column.key for column in self.columns if column.sortable]
        key, way = self._sort or (keys[-1], "down")
        after = keys[(keys.index(key) + 1) % len(keys)] if key in keys else keys[0]
        self.post_message(self.SortAsked(self, (key, "down") if way == "up" and key in keys else (after, "up")))

    def _go(self, place: int, direction: int) -> None:
        """Move the cursor and repaint what that changes: two lines, or the rows where it scrolls."""
        before, top, count = self.cursor, self._rows.top, self.count
        self._rows.go(place, direction)
        if self._rows.top != top or self.count != count:
            self.refresh()
        elif self.cursor != before:
            self._repaint(before)
            self._repaint(self.cursor)
        if self.cursor != before:
            self.post_message(self.CursorMoved(self, self.current))

    # ---- mouse and size

    def on_click(self, event: events.Click) -> None:
        """Put the cursor where the mouse is; a click on the row under the cursor chooses it."""
        place = self._rows.top + event.get_content_offset_capture(self).y - self._header
        row = self._rows.row(place)
        if row is None or row.heading:
            return
        if place == self.cursor and self.check_action("choose", ()):
            self.action_choose()
        else:
            self._go(place, 1)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Move on by a notch."""
        event.stop()
        self.action_step(WHEEL)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Move back by a notch."""
        event.stop()
        self.action_step(-WHEEL)

    def on_mount(self) -> None:
        """Read what the constructor was given."""
        if not self._rows.count:
            self.reload()
