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
    each = max(1, rounds // 2 // PROCESSES)
    tried, acknowledged, gone, bad = 0, 0, 0, []
    for journal in (sqlite.DELETE, sqlite.WAL):
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
            bad += [*errors, *missing, *wrong(home)]
            if ended != PROCESSES:
                bad.append(f"{journal}: only {ended} of {PROCESSES} came to their end")
        tried, acknowledged, gone = tried + PROCESSES * each, acknowledged + len(done), gone + len(missing)
    return Counted(tried, acknowledged, gone, tuple(bad))
