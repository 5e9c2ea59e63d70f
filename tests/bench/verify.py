"""Verifying the log, against a loop that only reads its rows: `python -m tests.bench.verify [ENTRIES …]`.

Processor time, the better of some rounds each, in one process on one file; the wall clock beside it. Also: the longest read transaction of
all, the memory that verifying a log takes, and what the look at its end costs at every start.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from typing import Final

from models import anchors, db, shop
from models.queries import chain
from models.queries.chain import TAIL, WINDOW
from tests.crowd import crowd
from tests.factories import CONSOLE, template
from tests.million import fill

COUNTS: Final = (10_000, 100_000, 1_000_000)
RATIO: Final = 2.7
START_MS: Final = 2.0
READ_MS: Final = 200.0
ROUNDS: Final = 3

_ROWS: Final = """
    SELECT seq, at, actor, session, device, address, action, object_kind, object_id, object_label, old, new, hash
    FROM audit_entry WHERE seq > ? ORDER BY seq LIMIT ?
"""


def read_only() -> None:
    """Read every row, in the same windows, and do nothing with it."""
    last = 0
    while found := db.rows(_ROWS, (last, WINDOW)):
        for _row in found:
            pass
        last = found[-1][0]


def verify() -> None:
    """Verify, and be sure that it was."""
    report = chain.verify(CONSOLE)
    if not report.is_whole:
        raise RuntimeError(report)


def timed(act: Callable[[], None]) -> tuple[float, float]:
    """Seconds of processor time, and on the wall, of the best round."""
    spent = []
    for _round in range(ROUNDS):
        wall, cpu = perf_counter(), process_time()
        act()
        spent.append((process_time() - cpu, perf_counter() - wall))
    return min(spent)


def longest_read() -> float:
    """Milliseconds of the longest read transaction: of one window."""
    last, longest = 0, 0.0
    while True:
        begin = process_time()
        found = db.rows(_ROWS, (last, WINDOW))
        longest = max(longest, process_time() - begin)
        if not found:
            return longest * 1000
        last = found[-1][0]


def start() -> float:
    """Milliseconds of the look at the end of the log, the best of many."""
    anchors.keep(now=True)
    spent = []
    for _round in range(100):
        begin = perf_counter()
        if chain.judge():
            raise RuntimeError
        spent.append(perf_counter() - begin)
    return min(spent) * 1000


def main() -> None:
    """Measure and print."""
    counts = [int(word) for word in sys.argv[1:]] or list(COUNTS)
    print(f"{'entries':>10}{'reads':>10}{'verifies':>10}{'ratio':>8}{'wall':>10}{'window':>10}{'memory':>10}{'start':>10}")
    for count in counts:
        with TemporaryDirectory() as folder:
            home = Path(folder) / "home"
            template(home)
            shop.open(home)
            crowd(50)
            fill(count)
            reads, _wall = timed(read_only)
            before = getrusage(RUSAGE_SELF).ru_maxrss
            verifies, wall = timed(verify)
            grown = (getrusage(RUSAGE_SELF).ru_maxrss - before) / 1024
            line = f"{count:>10,}{reads:>9.2f}s{verifies:>9.2f}s{verifies / reads:>8.2f}{wall:>9.2f}s"
            print(f"{line}{longest_read():>7.1f} ms{grown:>7.1f} MB{start():>7.2f} ms", flush=True)
            shop.close()
    print(f"limits: ratio {RATIO}, window {READ_MS:.0f} ms, start {START_MS:.0f} ms (the last {TAIL} entries)")


if __name__ == "__main__":
    main()
