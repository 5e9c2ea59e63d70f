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

SECONDS: Final = (0.02, 0.5)
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
            done: list[writing.Said] = []
            missing: list[str] = []
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
    """Whether a kill struck inside a transaction: its rollback journal is there, or the write-ahead log does not end with a commit."""
    file = home / db.FILE_NAME
    journal, log = file.with_name(f"{file.name}-journal"), file.with_name(f"{file.name}-wal")
    if journal.exists():
        return journal.stat().st_size > 0
    return log.exists() and _ends_half(log.read_bytes())


def _ends_half(log: bytes) -> bool:
    """Whether the last frame of a write-ahead log that belongs to it is no commit's (sqlite.org/fileformat2.html, 4.1)."""
    size, salts, at, half = int.from_bytes(log[8:12], "big"), log[16:24], 32, False
    while size and log[at + 8 : at + 16] == salts:
        half = log[at + 4 : at + 8] == bytes(4)
        at += 24 + size
    return half
