"""A session that is ended in one process is over in another: by the very next look at it."""

from __future__ import annotations

import multiprocessing
import time
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Final

import pytest

from models import shop
from models.actor import Actor
from models.errors import SessionEnded, ShopLocked
from models.operations import security, sessions, staff
from models.queries import standing
from tests.factories import Founded, signed_in

pytestmark = pytest.mark.slow

ROUNDS: Final = 100
EVERY: Final = 0.01
"""Seconds between two looks."""

WITHIN: Final = 2.5
"""Seconds that a look may be late by: half of what is promised, the other half is the time between two looks of a screen."""

PATIENCE: Final = 120


def idle(home: Path, line: Connection) -> None:
    """Be the other process: look at each session that is named until it is over, and tell when that was and why."""
    shop.open(home)
    try:
        while (actor := line.recv()) is not None:
            looks = 0
            try:
                while True:
                    with suppress(ShopLocked), shop.impatient():  # in the middle of a commit of the other's
                        standing.of(Actor(*actor))
                    looks += 1
                    if looks == 1:
                        line.send("alive")
                    time.sleep(EVERY)
            except SessionEnded as ended:
                line.send((time.monotonic(), ended.why))
    finally:
        shop.close()


def test_p10_a_session_ended_in_one_process_is_over_in_another(little_shop: Founded) -> None:
    """A hundred rounds, by every way of ending one in turn; the other knows why."""
    little_shop.person("dana")
    dana = little_shop.id_of("dana")
    ways = ("frozen", "elsewhere", "signed out", "left")
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=idle, args=(little_shop.home, theirs), daemon=True)
    process.start()
    late: list[float] = []
    try:
        for turn in range(ROUNDS):
            actor = signed_in("dana", ages=True)  # the other process takes stamps for what they are
            ours.send(tuple(actor))
            assert ours.poll(PATIENCE)
            assert ours.recv() == "alive"
            why = ways[turn % len(ways)] if turn < ROUNDS - 1 else "left"
            if why == "frozen":
                staff.freeze(little_shop.owner, dana)
            elif why == "elsewhere":
                security.end_session(signed_in("dana"), int(actor.session_id or 0))
            elif why == "signed out" or turn < ROUNDS - 1:
                why = "signed out"
                sessions.sign_out(actor)
            else:
                staff.leave(little_shop.owner, dana)
            done = time.monotonic()
            assert ours.poll(PATIENCE)
            at, told = ours.recv()
            assert told == why
            late.append(at - done)
            if why == "frozen":
                staff.unfreeze(little_shop.owner, dana)
    finally:
        ours.send(None)
        process.join(10)
        if process.is_alive():
            process.kill()
    assert len(late) == ROUNDS
    assert max(late) < WITHIN
