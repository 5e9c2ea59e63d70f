"""D2: many processes write at once, with either journal."""

from __future__ import annotations

from models import sqlite
from tests.faults import writing
from tests.faults.registry import Counted
from tests.faults.state import lost, wrong

PROCESSES = 8
PATIENCE = 300
"""Seconds that a writer has, on a machine that does other things."""


def many(rounds: int) -> Counted:
    """`rounds` operations tried, half of them with each journal, by eight processes at once."""
    one, other = with_rollback_journal(rounds // 2), with_wal(rounds // 2)
    return Counted(one.rounds + other.rounds, one.acknowledged + other.acknowledged, one.lost + other.lost, one.bad + other.bad)


def with_rollback_journal(rounds: int) -> Counted:
    """Eight processes, rollback journal with EXTRA."""
    return _together(rounds, sqlite.DELETE)


def with_wal(rounds: int) -> Counted:
    """Eight processes, write-ahead log with FULL."""
    return _together(rounds, sqlite.WAL)


def _together(rounds: int, journal: str) -> Counted:
    each = max(1, rounds // PROCESSES)
    with writing.shops(journal) as (home, said):
        barrier = writing.CONTEXT.Barrier(PROCESSES)
        writers = [
            writing.CONTEXT.Process(target=writing.write, args=(home, said, f"w{number}", number, each, barrier))
            for number in range(PROCESSES)
        ]
        for writer in writers:
            writer.start()
        for writer in writers:
            writer.join(PATIENCE)
            writer.kill()
        done, errors, ended = writing.heard(said)
        missing = lost(home, done)
        bad = [*errors, *missing, *wrong(home)]
    if ended != PROCESSES:
        bad.append(f"{journal}: only {ended} of {PROCESSES} came to their end")
    return Counted(PROCESSES * each, len(done), len(missing), tuple(bad))
