"""The one list that every list is: it asks for the window it shows, and repaints the lines that changed.

Built on the line API, because a table that lays every row out costs 2.5 s for 10,000 of them and repaints whole screens; this one
takes the same time and memory for 100 rows and for 100,000, and a step of the cursor writes two lines.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import ClassVar, Final

from rich.segment import Segment
from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.geometry import Region, Size
from textual.message import Message
from textual.strip import Strip
from textual.style import Style
from textual.widget import Widget

from models.i18n import N_
from models.text import visible
from screens.widgets import words
from screens.widgets.list_rows import ALWAYS, Cell, Column, Key, ListSource, Row, Sort, Source, pieces, titles, widths
from screens.widgets.list_window import RowWindow

__all__ = ["ALWAYS", "Column", "Key", "ListSource", "ListView", "Row", "Sort", "Source"]

TICKED: Final = "✓ "
NOT_TICKED: Final = "· "
BLANK: Final = "  "
THUMB: Final = " ┃"
WHEEL: Final = 3
"""Rows that one notch of a mouse wheel moves."""


class ListView(Widget, can_focus=True):
    """Rows under a cursor.

    Args:
        columns: from left to right.
        source: where the rows come from; `show` gives another.
        ticks: whether space ticks rows.
        choose: the marked (`N_`) word for what Enter does, as the key bar says it; "" where Enter does nothing.
        empty: says what to do when there are no rows: one sentence, already translated, or a function that makes it.
        header: whether the titles of the columns are shown.
    """

    DEFAULT_CSS = """
    ListView {
        height: 1fr;
        width: 1fr;
        overflow: hidden hidden;
    }
    ListView > .list--header { color: $text-muted; text-style: none; }
    ListView > .list--heading { color: $accent; text-style: bold; }
    ListView > .list--dim { color: $text-muted; }
    ListView > .list--empty { color: $text-muted; }
    ListView > .list--cursor { background: $background; color: $accent; text-style: reverse; }
    ListView > .list--rest { background: $panel; text-style: bold; }
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "list--header", "list--heading", "list--dim", "list--empty", "list--cursor", "list--rest",
    }  # fmt: skip

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

    class RowMessage(Message):
        """Something happened to one row.

        Attributes:
            list: the list it happened in.
            key: the row's key; None where there is no row.
            row: the row.
        """

        def __init__(self, list_view: ListView, row: Row | None) -> None:
            super().__init__()
            self.list: Final = list_view
            self.row: Final = row
            self.key: Final = None if row is None else row.key

        @property
        def control(self) -> ListView:
            """The list, for `@on(..., "#id")`."""
            return self.list

    class Chosen(RowMessage):
        """Enter on a row."""

        row: Row
        key: Key

    class CursorMoved(RowMessage):
        """The cursor came to another row, or the rows were read again; `row` is None when there are none."""

        def can_replace(self, message: Message) -> bool:
            """Only where the cursor came to rest matters: a key held down must not queue a read for every row it passed."""
            return isinstance(message, ListView.CursorMoved) and message.list is self.list

    class Ticked(RowMessage):
        """Space on a row; whether it is ticked now stands in `list.ticked`, which the receiver may change."""

        row: Row
        key: Key

    class SortAsked(Message):
        """Somebody asks to sort by a column; the receiver answers with `show(source, sort=...)`."""

        def __init__(self, list_view: ListView, sort: Sort) -> None:
            super().__init__()
            self.list: Final = list_view
            self.sort: Final = sort

        @property
        def control(self) -> ListView:
            """The list, for `@on(..., "#id")`."""
            return self.list

    def __init__(
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
        name: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes, name=name)
        self.columns: Sequence[Column] = columns
        self.ticks = ticks
        self.empty = empty
        self.key_labels = {"choose": choose}
        self._sort = sort
        self._ticked: set[Key] = set()
        self._rows = RowWindow(source if source is not None else ListSource())
        self._header = int(header and any(column.title for column in columns))
        self._widths: list[tuple[int, int]] = []

    # ---- what is shown

    @property
    def source(self) -> Source:
        """Where the rows come from."""
        return self._rows.source

    @property
    def sort(self) -> Sort | None:
        """What the rows are sorted by, as the header shows it."""
        return self._sort

    @property
    def count(self) -> int:
        """How many rows there are."""
        return self._rows.count

    @property
    def cursor(self) -> int:
        """The row under the cursor, counted from 0; -1 when there is none."""
        return self._rows.cursor

    @property
    def current(self) -> Row | None:
        """The row under the cursor."""
        return self._rows.current

    @property
    def key(self) -> Key | None:
        """The key of the row under the cursor."""
        row = self.current
        return None if row is None else row.key

    @property
    def ticked(self) -> frozenset[Key]:
        """The keys of the rows that are ticked, whether they are in view or not."""
        return frozenset(self._ticked)

    @ticked.setter
    def ticked(self, keys: Iterable[Key]) -> None:
        self._ticked = set(keys)
        self.refresh()

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

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
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
        before, top = self.cursor, self._rows.top
        self._rows.go(place, direction)
        if self._rows.top != top:
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

    def on_resize(self, event: events.Resize) -> None:
        """Fit the columns to the new width, and keep the cursor in view."""
        self._rows.page = max(1, event.size.height - self._header)
        self._rows.into_view()
        edges = 1 + (len(TICKED) if self.ticks else 0) + len(BLANK)
        self._widths = widths(self.columns, event.size.width - edges)
        self.refresh()

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As high as its rows, where `height: auto` asks."""
        return self._header + max(1, self.count)

    # ---- painting

    def _repaint(self, place: int) -> None:
        y = place - self._rows.top + self._header
        if place >= 0 and 0 <= y < self.size.height:
            self.refresh(Region(self.gutter.left, self.gutter.top + y, self.size.width, 1))

    def render_line(self, y: int) -> Strip:
        """One line: the titles, a row, or what stands where there are no rows."""
        if not self.count:
            return self._empty_line(y)
        if y < self._header:
            return self._line("list--header", titles(self.columns, self._widths, self._sort, self.ticks))
        place = self._rows.top + y - self._header
        row = self._rows.row(place)
        if row is None:
            return self._line("", "")
        if row.heading:
            return self._line("list--heading", " " + visible(str(row.cells[0])))
        edge = self._edge(y)
        tick = (BLANK if not row.tickable else TICKED if row.key in self._ticked else NOT_TICKED) if self.ticks else ""
        laid = [" " + tick, *pieces(row, self.columns, self._widths), edge]
        if place == self.cursor:
            # On the bar the bar's colour is the only one: readable whatever the colours, and one piece to write.
            return self._line("list--cursor" if self.has_focus else "list--rest", "".join(map(str, laid)))
        if all(isinstance(piece, str) for piece in laid):
            return self._line("list--dim" if row.dim else "", "".join(map(str, laid)))
        return self._styled_line(laid, self.get_visual_style("list--dim") if row.dim else self.visual_style)

    def _edge(self, y: int) -> str:
        """The last cells of a row: a mark where, of all rows, the ones in view are."""
        page = self._rows.page
        if self.count <= page:
            return BLANK
        size = max(1, page * page // self.count)
        start = (page - size) * self._rows.top // (self.count - page)
        return THUMB if start <= y - self._header < start + size else BLANK

    def _empty_line(self, y: int) -> Strip:
        said = self.empty() if callable(self.empty) else self.empty
        lines = words.wrap(said, max(1, self.size.width - 2))
        return self._line("list--empty", " " + lines[y] if y < len(lines) else "")

    def _line(self, component: str, text: str) -> Strip:
        style = self.get_component_rich_style(component) if component else self.rich_style
        return Strip([Segment(words.fit(text, self.size.width), style)], self.size.width)

    def _styled_line(self, laid: Sequence[Cell], style: Style) -> Strip:
        """A row with colours: neighbours of one style are one segment, because each costs a sequence of bytes."""
        whole = Content.assemble(*laid)
        rendered = whole.render(style, "", self.app.stylesheet.parse_style)
        return Strip([Segment(text, part.rich_style) for text, part in rendered]).adjust_cell_length(self.size.width, style.rich_style)
