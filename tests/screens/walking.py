"""Coming to a place by its keys, in this process."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from textual.pilot import Pilot

from models import shop
from tests.places import Place, prepare, steps
from tests.screens.look import grid, settle
from tests.screens.program import program
from tui.app import ShopstaffApp

PATIENCE = 20.0
"""Seconds."""


@asynccontextmanager
async def walk(place: Place, home: Path) -> AsyncIterator[tuple[ShopstaffApp, Pilot[int]]]:
    """The program on the shop in `home`, in which one has come to `place`."""
    prepare(place, home)
    shop.open(home, create=not place.founded)
    try:
        async with program(home, start="sign_in" if place.founded else "setup", leads=True) as (app, pilot):
            for step in steps(place):
                await _take(app, pilot, step)
            yield app, pilot
    finally:
        shop.close()


async def _take(app: ShopstaffApp, pilot: Pilot[Any], step: tuple[str, str]) -> None:
    kind, what = step
    if kind == "wait":
        end = asyncio.get_running_loop().time() + PATIENCE
        while what not in grid(app):
            assert asyncio.get_running_loop().time() < end, f"waited for {what!r}; the screen shows:\n{grid(app)}"
            await pilot.pause(0.02)
        await settle(pilot)
    elif kind == "type":
        await pilot.press(*what)
    else:
        await pilot.press({"esc": "escape"}.get(what, what))
        await pilot.pause()
