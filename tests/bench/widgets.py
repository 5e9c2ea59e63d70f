"""What the list and the line of keys cost, beside Textual's own: `python -m tests.bench.widgets`.

Each is a program of its own in a real pty of 80 by 24 with true colours; the numbers are medians.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any, Final

os.environ["TEXTUAL_DISABLE_KITTY_KEY"] = "1"
os.environ["TEXTUAL_ANIMATIONS"] = "none"

from textual.app import App, ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import DataTable, Footer, Header, Input

from models.actor import Actor
from screens.base import BareScreen, DetailScreen
from screens.widgets.field import Field
from screens.widgets.form import Form
from screens.widgets.list_view import ALWAYS, Column, Key, ListView, Row
from tests.bench.terminal import Counting
from tui.app import ShopstaffApp
from tui.hardening import HardenedApp

NAMES: Final = "login", "name", "department", "post", "status", "phone", "roles", "since"
FIELDS: Final = "login", "name", "nickname", "number", "phone", "email"
COUNTS: Final = 100, 10_000, 100_000
BUDGET: Final = {"first paint": 12_000, "row": 400, "scrolled row": 3600, "letter": 1200, "Tab": 5000}
"""Bytes a key may write."""


def cells(place: int) -> tuple[str, ...]:
    """A row of a list of people."""
    return (f"login{place}", f"李雷{place}", "客服部", "service", "active", "13800000000", "Customer service", "2026-01-31")


class Many:
    """Rows made when they are asked for, as a database would."""

    def __init__(self, count: int) -> None:
        self._count = count

    def count(self) -> int:
        """As many as there are to be."""
        return self._count

    def window(self, offset: int, limit: int) -> Sequence[Row]:
        """Some of them."""
        return [Row(place, cells(place)) for place in range(offset, min(self._count, offset + limit))]

    def position(self, key: Key) -> int | None:
        """The key is the place."""
        return int(key)


class OurList(HardenedApp):
    """Nothing but our list."""

    def __init__(self, count: int) -> None:
        super().__init__(Path())
        self._count = count

    def compose(self) -> ComposeResult:
        """The list."""
        yield ListView(*(Column(name, name, keep=ALWAYS - place) for place, name in enumerate(NAMES)), source=Many(self._count))


class TheirList(App[None]):
    """Nothing but Textual's table, filled in one go."""

    def __init__(self, count: int) -> None:
        super().__init__()
        self._count = count

    def compose(self) -> ComposeResult:
        """The table."""
        table: DataTable[str] = DataTable(cursor_type="row")
        table.add_columns(*NAMES)
        table.add_rows(cells(place) for place in range(self._count))
        yield table


class OurForm(DetailScreen):
    """Six fields."""

    SECTION = "staff"

    def heading(self) -> str:
        """Something."""
        return "New person"

    def compose_content(self) -> ComposeResult:
        """Six fields."""
        yield Form(*(Field(name, name) for name in FIELDS))


class OurForms(ShopstaffApp):
    """The program with a form of six fields."""

    def read_access(self) -> None:
        """Everything."""
        self._held = frozenset({"staff.view"})

    def entry_screen(self) -> BareScreen:
        """Nothing."""
        return BareScreen()

    async def on_ready(self) -> None:
        """Open the form."""
        self._actor = Actor("alice", 1, 1)
        await self.push_screen(OurForm())


class TheirForms(App[None]):
    """Six inputs between Textual's header and footer."""

    BINDINGS = [("ctrl+s", "save", "Save"), ("escape", "back", "Back"), ("f2", "one", "One"), ("f3", "two", "Two")]

    def compose(self) -> ComposeResult:
        """Six inputs."""
        yield Header()
        yield VerticalScroll(*(Input(placeholder=name) for name in FIELDS), can_focus=False)
        yield Footer()


PROGRAMS: Final[dict[str, Callable[[int], App[Any]]]] = {
    "ours": OurList,
    "theirs": TheirList,
    "our form": lambda _count: OurForms("."),
    "their form": lambda _count: TheirForms(),
}


def measure(name: str, count: int, keys: Mapping[str, Sequence[str]]) -> dict[str, tuple[float, float, float]]:
    """Bytes, milliseconds and milliseconds of processor time of the first paint and of each kind of key."""
    with Counting("-m", "tests.bench.widgets", "--run", name, str(count)) as terminal:
        first = terminal.first_paint(shows="login")
        found = {"first paint": (float(first.written), first.seconds * 1000, first.cpu * 1000)}
        for kind, pressed in keys.items():
            answers = [terminal.press(key) for key in pressed]
            answers = answers[len(answers) // 3 :]  # the first ones fill caches
            found[kind] = (
                median(answer.written for answer in answers),
                median(answer.seconds for answer in answers) * 1000,
                sum(answer.cpu for answer in answers) / len(answers) * 1000,
            )
        found["memory"] = (terminal.memory() * 1024.0, 0.0, 0.0)
    return found


def table(title: str, rows: Sequence[tuple[str, dict[str, tuple[float, float, float]]]]) -> None:
    """Print what was found, and how it compares with the row before."""
    print(f"\n{title}")
    kinds = list(rows[0][1])
    print(f"{'':22}" + "".join(f"{kind:>24}" for kind in kinds))
    for name, found in rows:
        line = "".join(
            f"{found[kind][0] / 2**20:>21.1f} MB"
            if kind == "memory"
            else f"{found[kind][0]:>9.0f} B{found[kind][1]:>6.0f}{found[kind][2]:>6.0f} ms"
            for kind in kinds
        )
        print(f"{name:22}{line}")


def main() -> None:
    """Measure and print."""
    keys = {"row": ["down"] * 12, "scrolled row": ["down"] * 30, "page": ["pagedown"] * 6}
    lists = [(f"{name} {count:,}", measure(name, count, keys)) for name in ("ours", "theirs") for count in COUNTS]
    table("A list of eight columns: bytes, time to the last of them, processor time", lists)
    forms = {"letter": list("abcdefgh"), "Tab": ["tab"] * 12}
    both = [(name, measure(name, 0, forms)) for name in ("our form", "their form")]
    table("A form of six fields", both)
    for name, found in (lists[0], both[0]):
        for kind in found.keys() & BUDGET.keys():
            print(f"{name}, {kind}: {found[kind][0] / BUDGET[kind]:.2f} of what it may write")
    of = dict(lists)
    flat = of["ours 100,000"]["first paint"][1] / of["ours 100"]["first paint"][1]
    print(f"\nours, 100,000 rows ÷ 100 rows, to first paint: {flat:.2f}")
    print(f"ours ÷ theirs, 10,000 rows, to first paint: {of['ours 10,000']['first paint'][1] / of['theirs 10,000']['first paint'][1]:.2f}")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--run"]:
        PROGRAMS[sys.argv[2]](int(sys.argv[3])).run()
    else:
        main()
