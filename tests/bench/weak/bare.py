"""Textual alone, to stand beside: `python -m tests.bench.weak.bare smallest`, or `usual` and a number of people.

Nothing of ours is imported. The usual app is what one writes first: header, input, table, footer, and a second screen alike.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Final

os.environ["TEXTUAL_DISABLE_KITTY_KEY"] = "1"
os.environ["TEXTUAL_ANIMATIONS"] = "none"

from textual.app import App, ComposeResult
from textual.screen import Screen
from textual.widgets import DataTable, Footer, Header, Input, Static

SHOWN: Final = 200
"""Rows of people that are found: more would be slower, and nobody pages further."""

COLUMNS: Final = "login", "name", "department", "post", "status", "phone"
_NAMES: Final = "Zhang San", "Wang Fang", "Li Li", "Zhao Wei", "Liu Na", "Chen Jing", "Yang Min", "Huang Lei"


class Smallest(App[None]):
    """One Static."""

    def compose(self) -> ComposeResult:
        """The Static."""
        yield Static("painted")


class Usual(Screen[None]):
    """A list that is searched as one types.

    Args:
        people: its rows.
    """

    def __init__(self, people: Sequence[tuple[str, ...]]) -> None:
        super().__init__()
        self._people = people

    def compose(self) -> ComposeResult:
        """Header, input, table, footer."""
        yield Header()
        yield Input(placeholder="search", select_on_focus=True)
        yield DataTable(cursor_type="row")
        yield Footer()

    def on_mount(self) -> None:
        """Show everybody, with the table in front."""
        table: DataTable[str] = self.query_one(DataTable)
        table.add_columns(*COLUMNS)
        table.add_rows(self._people[:SHOWN])
        table.focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Show whom the text finds."""
        table: DataTable[str] = self.query_one(DataTable)
        wanted = event.value.casefold()
        found = [person for person in self._people if any(wanted in cell.casefold() for cell in person)]
        table.clear()
        table.add_rows(found[:SHOWN])


class UsualApp(App[None]):
    """Two such screens.

    Args:
        count: people in each.
    """

    BINDINGS = [("1", "show('one')", "Home"), ("2", "show('two')", "Staff"), ("slash", "search", "Search"), ("escape", "list", "List")]

    def __init__(self, count: int) -> None:
        super().__init__()
        self._rows = [
            (f"person{place:05}", _NAMES[place % 8], "Customer service", "operations", "active", f"138{place:08}")
            for place in range(1, count + 1)
        ]

    def on_mount(self) -> None:
        """Both screens, one in front."""
        for name in ("one", "two"):
            self.install_screen(Usual(self._rows), name)
        self.push_screen("one")

    def action_show(self, name: str) -> None:
        """Come to one of them."""
        self.switch_screen(name)

    def action_list(self) -> None:
        """Out of it again, with nothing typed."""
        self.screen.query_one(Input).value = ""
        self.screen.query_one(DataTable).focus()

    def action_search(self) -> None:
        """Into the input."""
        self.screen.query_one(Input).focus()


if __name__ == "__main__":
    (UsualApp(int(sys.argv[2])) if sys.argv[1] == "usual" else Smallest()).run()
