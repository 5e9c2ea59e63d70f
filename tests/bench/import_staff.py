"""What importing 10,000 people costs, beside the same INSERTs by hand: `python -m tests.bench.import_staff`.

Both write the same rows, entries of the log included, in one transaction on a database that lies on the same disk. Pinyin is shown apart:
it is worked out before the transaction begins, and its dictionary alone takes longer to read than many an import.
"""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any, Final

from models import clock, db, shop, sqlite
from models.operations import importing, onboarding
from models.operations.onboarding import Newcomer, Prepared
from models.queries.importing import examine
from models.rules.roster import Roster, parse
from tests.factories import CONSOLE, template
from tests.rosters import csv_of, mixed

GOOD, BAD, ROUNDS = 10_000, 100, 5
BUDGET: Final = 4.0
TABLES: Final = ("department", "staff", "role_grant", "extra", "one_time_code", "audit_entry")


def timed(work: Callable[[], object]) -> float:
    """Seconds that it takes."""
    start = perf_counter()
    work()
    return perf_counter() - start


def by_hand(file: Path, rows: dict[str, list[tuple[Any, ...]]]) -> None:
    """The same rows, by the bare driver, in one transaction."""
    connection = sqlite3.connect(file, isolation_level=None)
    sqlite.set_pragmas(connection, sqlite.choose_journal())
    connection.execute("BEGIN IMMEDIATE")
    for table, added in rows.items():
        connection.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(added[0]))})", added)
    connection.execute("COMMIT")
    connection.close()


def one_round(folder: Path, data: bytes, known: dict[Newcomer, Prepared]) -> dict[str, float]:
    """Each part once, on a new shop."""
    template(folder / "ours")
    template(folder / "by hand")
    shop.open(folder / "ours")
    before = {table: set(db.rows(f"SELECT * FROM {table}")) for table in TABLES}
    found: list[Roster] = []
    seconds = {"reading the file": timed(lambda: found.append(parse(data, zone="Asia/Shanghai", now=clock.now())))}
    (roster,) = found
    seconds["judging its rows"] = timed(lambda: examine(CONSOLE, roster))
    prepare = onboarding.prepare

    def remembered(newcomer: Newcomer) -> Prepared:
        if newcomer not in known:
            known[newcomer] = prepare(newcomer)
        return known[newcomer]

    seconds["pinyin"] = timed(lambda: [importing._prepared(row) for row in roster.rows if not row.problems])
    onboarding.prepare = remembered
    [importing._prepared(row) for row in roster.rows if not row.problems]
    seconds["import, pinyin apart"] = timed(lambda: importing.run(CONSOLE, roster, skip_bad=True))
    onboarding.prepare = prepare
    added = {table: [row for row in db.rows(f"SELECT * FROM {table}") if row not in before[table]] for table in TABLES}
    assert len(added["staff"]) == GOOD
    shop.close()
    shop.open(folder / "by hand")
    have = {table: set(db.rows(f"SELECT * FROM {table}")) for table in TABLES}
    shop.close()
    assert {table: len(rows) for table, rows in have.items()} == {table: len(rows) for table, rows in before.items()}
    seconds["by hand"] = timed(lambda: by_hand(folder / "by hand" / db.FILE_NAME, added))
    return seconds


def main() -> int:
    """Print the table."""
    data = csv_of(*mixed(GOOD, BAD))
    known: dict[Newcomer, Prepared] = {}
    rounds = []
    for _round in range(ROUNDS):
        with TemporaryDirectory() as folder:
            rounds.append(one_round(Path(folder), data, known))
    print(f"{GOOD:,} people and {BAD} bad rows, medians of {ROUNDS}")
    for part in rounds[0]:
        print(f"  {part:22}{median(each[part] for each in rounds) * 1000:8.0f} ms")
    ratio = median(each["import, pinyin apart"] / each["by hand"] for each in rounds)
    print(f"  import ÷ by hand      {ratio:8.2f}  (budget {BUDGET:.2f})")
    return 0


if __name__ == "__main__":
    sys.exit(main())
