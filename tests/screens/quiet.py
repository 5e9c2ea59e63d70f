"""Waiting for what matters instead of by the clock: until a program in this process has nothing left to do.

Textual waits until the process has used next to no processor for twentieths of a second, twice after every key: a test of a screen is then
waiting most of its time, and on a busy machine does not wait long enough. An event loop knows better whether something is left.
"""

from __future__ import annotations

import asyncio
from asyncio.base_events import BaseEventLoop
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import process_time
from typing import Any, Final

import pytest
from textual._context import active_app

HELD: Final = 0.1
"""Seconds without any work after which a thread is thought to be held by the test itself."""
AWAKE: Final = 0.001
"""Seconds of the processor in that time that show the opposite."""
BREATH: Final = 0.005
"""Seconds."""

_jobs: set[asyncio.Future[Any]] = set()
"""What threads do for an event loop."""


@contextmanager
def quiet() -> Iterator[None]:
    """While this holds, `pilot.press` and `pilot.pause` wait until nothing is left to do, and no longer."""
    start: Callable[..., asyncio.Future[Any]] = BaseEventLoop.run_in_executor

    def run_in_executor(loop: BaseEventLoop, *args: Any) -> asyncio.Future[Any]:
        job = start(loop, *args)
        _jobs.add(job)
        job.add_done_callback(_jobs.discard)
        return job

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BaseEventLoop, "run_in_executor", run_in_executor)
        patch.setattr("textual.pilot.wait_for_idle", nothing_left)
        patch.setattr("textual.app.wait_for_idle", nothing_left)
        yield


async def nothing_left(_least: float = 0, most: float = 10) -> None:
    """Wait until no task can go on, no thread works, and the screen in front is painted; timers of the program's own are not waited for.

    Args:
        most: seconds after which it is left at that.
    """
    loop = asyncio.get_running_loop()
    end = loop.time() + most
    while loop.time() < end:
        await _no_task_can_go_on(loop)
        jobs = [job for job in _jobs if job.get_loop() is loop]
        if jobs:
            if await _are_held(jobs):
                return
        elif not await _paint(loop):
            return


async def _no_task_can_go_on(loop: asyncio.AbstractEventLoop) -> None:
    ready = loop._ready  # type: ignore[attr-defined]  # what asyncio is about to run; nothing public tells
    while True:
        await asyncio.sleep(0)
        if not ready:
            return


async def _are_held(jobs: list[asyncio.Future[Any]]) -> bool:
    """Whether threads wait for something that only the test can give them; else one of them has done something meanwhile."""
    before = process_time()
    done, _working = await asyncio.wait(jobs, timeout=HELD, return_when=asyncio.FIRST_COMPLETED)
    return not done and process_time() - before < AWAKE


async def _paint(loop: asyncio.AbstractEventLoop) -> bool:
    """Do what the screen in front would do at its next frame; whether there was anything to do."""
    app = active_app.get(None)
    if app is None or not app.is_running or not app.screen_stack:
        return False
    if app._batch_count or app._resize_timer is not None:  # painting waits for a timer of Textual's own
        await asyncio.sleep(BREATH)
        return True
    app.screen._on_timer_update()
    return bool(loop._ready)  # type: ignore[attr-defined]  # as above
