"""The wait that tests of screens stand on: it sees what is left to do, and ends."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable

from textual import work
from textual.app import App, ComposeResult
from textual.widgets import Static


class Chain(App[None]):
    """Each step of what it does is brought about by the one before: a key, a worker, a thread, a message, a frame, and a thread again."""

    BINDINGS = [("a", "begin")]

    def __init__(self, think: Callable[[], object]) -> None:
        super().__init__()
        self._think = think
        self.said = ""

    def compose(self) -> ComposeResult:
        """A line."""
        yield Static("nothing yet")

    @work
    async def action_begin(self) -> None:
        """The first half, and what follows when that was painted."""
        await asyncio.to_thread(self._think)
        self.query_one(Static).update("half")
        self.call_after_refresh(self.go_on)

    @work
    async def go_on(self) -> None:
        """The second half."""
        await asyncio.to_thread(self._think)
        self.said = "done"


async def test_what_a_key_sets_off_is_done_when_the_key_has_been_pressed() -> None:
    """Threads that sleep as well as those that work, and what comes after the next frame."""
    for think in (lambda: time.sleep(0.03), lambda: sum(range(300_000)), lambda: None):
        app = Chain(think)
        async with app.run_test() as pilot:
            await pilot.press("a")
            assert app.said == "done"


async def test_a_thread_that_the_test_holds_is_not_waited_for() -> None:
    """Else a test could not look at the screen meanwhile."""
    held = threading.Event()
    app = Chain(lambda: held.wait(30))
    async with app.run_test() as pilot:
        started = time.monotonic()
        await pilot.press("a")
        assert time.monotonic() - started < 10
        assert app.said == ""
        held.set()
        await pilot.pause()
        assert app.said == "done"


async def test_a_terminal_that_was_resized_is_laid_out_anew() -> None:
    """Which Textual puts off by a timer."""
    app = Chain(time.monotonic)
    async with app.run_test(size=(80, 24)) as pilot:
        for size in ((120, 40), (60, 20), (80, 24)):
            await pilot.resize_terminal(*size)
            assert app.screen.size == size
            assert app.query_one(Static).size.width == size[0]


async def test_an_app_that_has_ended_is_not_waited_for() -> None:
    """A key may end it."""
    app = Chain(time.monotonic)
    async with app.run_test() as pilot:
        app.exit()
        await pilot.pause()
    assert not app.is_running
