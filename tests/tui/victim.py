"""A program to be attacked in a terminal of its own: `python -m tests.tui.victim FOLDER`."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

os.environ["TEXTUAL_DISABLE_KITTY_KEY"] = "1"
os.environ["TEXTUAL_ANIMATIONS"] = "none"

from rich.segment import Segment
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Static

from screens.widgets.entry import Entry
from tests.hostile import REFUSED
from tui.hardening import HardenedApp

SECRET = "correct horse battery"


class Careless(Widget):
    """Draws what somebody typed without looking at it."""

    DEFAULT_CSS = "Careless { height: 20; }"

    def render_line(self, y: int) -> Strip:
        """One hostile text a line."""
        hostile = list(REFUSED.values())
        return Strip([Segment(hostile[y % len(hostile)])])


class Forgotten:
    """Thrown away as soon as it is made.

    Args:
        last: what it does then.
    """

    def __init__(self, last: Callable[[], None]) -> None:
        self._last = last

    def __del__(self) -> None:
        self._last()


class Victim(HardenedApp):
    """A password, careless drawing, a link, and a mistake on ctrl+r."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+q", "leave"),
        Binding("ctrl+r", "mistake"),
        Binding("ctrl+t", "worker_mistake"),
        Binding("ctrl+y", "unnoticed_mistakes"),
    ]

    def compose(self) -> ComposeResult:
        """The form."""
        yield Entry(password=True)
        yield Static("[@click=app.leave]leave[/] ready")
        yield Careless()

    def action_leave(self) -> None:
        """Leave as one should."""
        self.exit(7)

    def action_mistake(self) -> None:
        """A mistake of ours while a password is in a local variable."""
        password = self.query_one(Entry).value
        raise RuntimeError(f"cannot use {password}")

    def action_worker_mistake(self) -> None:
        """The same in a worker."""

        async def fails() -> None:
            self.action_mistake()

        self.run_worker(fails())

    def action_unnoticed_mistakes(self) -> None:
        """The same where nobody waits for it: in a task, in a thread, while something is thrown away, and in a message of a library."""

        async def task() -> None:
            self.action_mistake()

        asyncio.get_running_loop().create_task(task())
        threading.Thread(target=self.action_mistake).start()
        Forgotten(self.action_mistake)
        logging.getLogger("a library").error(self.query_one(Entry).value)


if __name__ == "__main__":
    app = Victim(Path(sys.argv[1]))
    app.run()
    sys.exit(app.return_code or app.return_value or 0)
