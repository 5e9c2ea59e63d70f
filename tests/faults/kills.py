"""D1: processes that write are killed, at any moment, inside commits too."""

from __future__ import annotations

import time
from pathlib import Path
from random import Random
from typing import Final

from models import db, sqlite
from tests.faults import writing
from tests.faults.registry import Counted
from tests.faults.state import lost, wrong

WRITERS: Final = 3
IN_ONE_SHOP: Final = 25
"""Rounds that one shop has to live through, each upon what the last left."""

SECONDS: Final = (0.02, 0.35)
"""From the start of the writers to the kill: the first ones die while they open the shop."""

ENDLESS: Final = 10_000


def with_rollback_journal(rounds: int) -> Counted:
    """As shops are, wherever SQLite has the WAL-reset bug."""
    return _killed(rounds, sqlite.DELETE)


def with_wal(rounds: int) -> Counted:
    """As shops are where it has not; here whatever SQLite there is."""
    return _killed(rounds, sqlite.WAL)


def _killed(rounds: int, journal: str) -> Counted:
    random = Random(f"{journal} {rounds}")
    acknowledged, gone, inside, bad = 0, 0, 0, []
    for first in range(0, rounds, IN_ONE_SHOP):
        with writing.shops(journal, on_disk=True) as (home, said):
            for number in range(first, min(first + IN_ONE_SHOP, rounds)):
                _kill_writers(home, said, number, random)
                inside += _is_half_done(home)
                found = wrong(home)
                done, errors, _ended = writing.heard(said)
                missing = lost(home, done)
                bad += [f"round {number}: {each}" for each in (*errors, *missing, *found)]
                if bad:
                    return Counted(number + 1, acknowledged + len(done), len(missing), tuple(bad))
            acknowledged, gone = acknowledged + len(done), gone + len(missing)
    return Counted(rounds, acknowledged, gone, tuple(bad), f"{inside} of them left something half written")


def _kill_writers(home: Path, said: Path, number: int, random: Random) -> None:
    """Start the writers, and kill each at a moment of its own."""
    seeds = [random.randrange(1 << 30) for _ in range(WRITERS)]
    writers = [
        writing.CONTEXT.Process(target=writing.write, args=(home, said, f"r{number}w{place}", seed, ENDLESS))
        for place, seed in enumerate(seeds)
    ]
    ends = sorted((random.uniform(*SECONDS), place) for place in range(WRITERS))
    for writer in writers:
        writer.start()
    began = time.monotonic()
    for moment, place in ends:
        time.sleep(max(0, began + moment - time.monotonic()))
        writers[place].kill()
    for writer in writers:
        writer.join()


def _is_half_done(home: Path) -> bool:
    """Whether a kill struck inside a transaction: its journal is there. A write-ahead log always is, and tells by its uncommitted end."""
    journal = home / f"{db.FILE_NAME}-journal"
    return journal.exists() and journal.stat().st_size > 0
