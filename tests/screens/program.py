"""The whole program on a shop of the test's own: from the door on, nothing in it stood in for."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path
from typing import Any, Literal
from unittest import mock

from textual.pilot import Pilot

from models import clock, db
from models.actor import Actor
from models.queries import devices
from screens.desk import SampleAccount
from screens.widgets.form import Form
from tests.factories import Founded
from tests.screens.look import settle
from tui.app import ShopstaffApp
from tui.language import speak

NOON = 1_795_320_000_000_000
"""2026-11-22 12:00 in Shanghai, UTC microseconds: when snapshots are taken."""

HOUR = 3_600_000_000
DAY = 24 * HOUR

Program = tuple[ShopstaffApp, Pilot[int]]


@asynccontextmanager
async def program(
    home: Path,
    *,
    start: Literal["sign_in", "setup"] = "sign_in",
    actor: Actor | None = None,
    samples: Sequence[SampleAccount] = (),
    size: tuple[int, int] = (80, 24),
    connection: str = "",
    device: str = "",
    leads: bool = False,
) -> AsyncIterator[Program]:
    """Start the program as `tui.app.run` does, with `actor` signed in if one is given.

    Args:
        connection: what sshd says of the connection, "" at the shop's own terminal.
        device: fingerprint of the device key that sshd let in, which has to open something; "" for none.
        leads: whether who has to is led to phone codes on the way in; most tests are about something else.
    """
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in {"SSH_CONNECTION", "SSH_USER_AUTH", "SSH_TTY", "LANGUAGE", "LC_ALL"}
    }
    environment |= {"SSH_CONNECTION": connection} if connection else {}
    with ExitStack() as patched:
        patched.enter_context(mock.patch.dict(os.environ, environment, clear=True))
        patched.enter_context(mock.patch("tui.arrival.terminal", return_value=""))
        if not leads:
            patched.enter_context(mock.patch.object(ShopstaffApp, "leads", return_value=False))
        knock = devices.knock(device) if device else None
        assert bool(knock) == bool(device)
        app = ShopstaffApp(home, start=start, console="tester", samples=samples, device=device, knock=knock)
        speak(app.wanted_language())
        async with app.run_test(size=size, notifications=True) as pilot:
            if actor is not None:
                with app._context():
                    app.sign_in(actor)
            await settle(pilot)
            yield app, pilot


def at_noon(shop: Founded, *, language: str = "en") -> None:
    """Stop the clock at `NOON`, in a shop that was founded the day before and speaks `language`; for snapshots."""
    clock.set_clock(lambda: NOON)
    with db.transaction():
        db.database.execute_sql("UPDATE shop SET founded_at = ?, language = ?", (NOON - DAY, language))
        db.database.execute_sql("UPDATE staff SET created_at = ?1, activated_at = ?1 WHERE is_owner = 1", (NOON - DAY,))
        db.database.execute_sql("UPDATE session SET started_at = ?1, seen_at = ?2, proved_at = ?2", (NOON - HOUR, NOON))
        # What founding it left in the log is later than noon where the test runs later: the clock is not to be thought wrong for that.
        db.database.execute_sql("INSERT OR REPLACE INTO setting (name, value) SELECT 'clock_from', max(seq) FROM audit_entry")


async def until(pilot: Pilot[int], happened: Callable[[], bool]) -> None:
    """Wait for something that another thread brings about; ten seconds at most."""
    async with asyncio.timeout(10):
        while not happened():
            await pilot.pause(0.02)


def form(app: ShopstaffApp) -> Form:
    """The form of the screen in front."""
    return app.screen.query_one(Form)


def error(app: ShopstaffApp, field: str) -> str:
    """What is said to be wrong with a field."""
    control = form(app).control_named(field)
    assert control is not None
    return control.error


def focused(app: ShopstaffApp) -> str | None:
    """The name of the field that has the focus."""
    return next((control.name for control in form(app).controls if control.has_focus_inside()), None)


def put(app: ShopstaffApp, **values: Any) -> None:
    """Put into fields what no keyboard could type, as a paste would."""
    for name, value in values.items():
        control = form(app).control_named(name)
        assert control is not None
        control.value = value
