"""How a list looks: titles, rows, the bar under the cursor. What one can do with it is `list_view`'s."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import ClassVar, Final

from rich.segment import Segment
from textual import events
from textual.content import Content
from textual.geometry import Region, Size
from textual.strip import Strip
from textual.style import Style
from textual.widget import Widget

from models.text import visible
from screens.widgets import words
from screens.widgets.list_rows import Cell, Column, Key, Row, Sort, Source, pieces, titles, widths
from screens.widgets.list_window import RowWindow

TICKED: Final = "✓ "
NOT_TICKED: Final = "· "
BLANK: Final = "  "
THUMB: Final = " ┃"


class ListPaper(Widget):
    """Rows, drawn line by line: a line is drawn when it is in view and has changed, and as one piece where it has one colour."""

    DEFAULT_CSS = """
    ListPaper { height: 1fr; width: 1fr; overflow: hidden hidden; }
    ListPaper > .list--header { color: $text-muted; }
    ListPaper > .list--heading { color: $accent; text-style: bold; }
    ListPaper > .list--dim { color: $text-muted; }
    ListPaper > .list--empty { color: $text-muted; }
    ListPaper > .list--cursor { background: $background; color: $accent; text-style: reverse; }
    ListPaper > .list--rest { background: $panel; text-style: bold; }
    ListPaper:ansi > .list--dim { text-style: dim; }
    ListPaper:ansi > .list--rest { text-style: bold underline; }
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "list--header",
        "list--heading",
        "list--dim",
        "list--empty",
        "list--cursor",
        "list--rest",
    }

    def __init__(
        self,
        columns: Sequence[Column],
        rows: RowWindow,
        *,
        ticks: bool,
        header: bool,
        empty: str | Callable[[], str],
        id: str | None,
        classes: str | None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self.columns = columns
        self.ticks: Final = ticks
        self.empty = empty
        self._rows = rows
        self._sort: Sort | None = None
        self._ticked: set[Key] = set()
        self._header: Final = int(header and any(column.title for column in columns))
        self._widths: list[tuple[int, int]] = []
        self._fitted_to = Size(0, 0)

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

    def take_columns(self, columns: Sequence[Column]) -> None:
        """Have other columns, from the next time that rows are shown; they have titles if the former ones had."""
        if columns != self.columns:
            self.columns = columns
            self._fitted_to = Size(0, 0)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002  Textual's
        """As high as its rows, where `height: auto` asks."""
        return self._header + max(1, self.count)

    def _fit(self) -> None:
        """Fit the columns to the width and the window to the height there is; before the first line, so that nothing is drawn twice."""
        if self._fitted_to == self.size:
            return
        self._fitted_to = self.size
        self._rows.page = max(1, self.size.height - self._header)
        self._rows.into_view()
        edges = 1 + (len(TICKED) if self.ticks else 0) + len(BLANK)
        self._widths = widths(self.columns, self.size.width - edges)

    def on_resize(self, event: events.Resize) -> None:  # noqa: ARG002  Textual's
        """Keep the cursor in view."""
        self._fit()

    def _repaint(self, place: int) -> None:
        y = place - self._rows.top + self._header
        if place >= 0 and 0 <= y < self.size.height:
            self.refresh(Region(self.gutter.left, self.gutter.top + y, self.size.width, 1))

    def render_line(self, y: int) -> Strip:
        """One line: the titles, a row, or what stands where there are no rows."""
        self._fit()
        if not self.count:
            return self._empty_line(y)
        if y < self._header:
            return self._line("list--header", titles(self.columns, self._widths, self._sort, indent=len(BLANK) * self.ticks + 1))
        row = self._rows.row(self._rows.top + y - self._header)
        return self._line("", "") if row is None else self._row_line(row, y)

    def _row_line(self, row: Row, y: int) -> Strip:
        if row.heading:
            return self._line("list--heading", " " + visible(str(row.cells[0])))
        place = self._rows.top + y - self._header
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
        lines = words.with_keys(said).wrap(max(1, self.size.width - 2))
        return self._styled_line([" ", lines[y].rstrip()] if y < len(lines) else [], self.get_visual_style("list--empty"))

    def _line(self, component: str, text: str) -> Strip:
        style = self.get_component_rich_style(component) if component else self.rich_style
        return Strip([Segment(words.fit(text, self.size.width), style)], self.size.width)

    def _styled_line(self, laid: Sequence[Cell], style: Style) -> Strip:
        """A row with colours: neighbours of one style are one segment, because each costs a sequence of bytes."""
        whole = Content.assemble(*laid)
        rendered = whole.render(style, "", self.app.stylesheet.parse_style)
        return Strip([Segment(text, part.rich_style) for text, part in rendered]).adjust_cell_length(self.size.width, style.rich_style)
