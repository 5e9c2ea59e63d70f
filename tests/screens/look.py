"""Looking at the screen: its picture as text, cell by cell."""

from __future__ import annotations

from typing import Any, Final, cast

from rich.segment import Segment
from textual._compositor import LayoutUpdate
from textual.app import App
from textual.pilot import Pilot

from tui.modes import LOCK

SIZES: Final = [(80, 24), (120, 40)]
"""The terminals that every screen is looked at on."""

LANGUAGES: Final = ["en", "zh"]


async def settle(pilot: Pilot[Any]) -> None:
    """Wait until nothing is left to do: workers that wait for no person and no lock, messages, painting."""
    app = pilot.app
    for _round in range(2):
        await pilot.pause()
        busy = [worker for worker in app.workers if not worker.is_finished]
        if busy and not app.screen.is_modal and app.current_mode != LOCK:
            await app.workers.wait_for_complete(busy)
    await pilot.pause()


def segments(app: App[Any]) -> list[list[Segment]]:
    """The rows of the screen as they go to the terminal, with everything that lies over it."""
    app.screen._on_timer_update()
    full = app.screen._compositor.render_update(full=True, screen_stack=app._background_screens)
    return [[segment for strip in row for segment in strip] for row in cast("LayoutUpdate", full).strips]


def grid(app: App[Any]) -> str:
    """The screen as text, cell by cell, with everything that lies over it; a double-width character takes the room of two."""
    return "\n".join("".join(segment.text for segment in row).rstrip() for row in segments(app)).rstrip("\n") + "\n"
