"""Backups made while the process is killed, and while eight others write: what has a final name is good, always.

Each function breaks things in a folder of its own, says what it saw in a line, and fails with an assertion where something was lost.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Final

from models import acting, backup_file, db, shop, sqlite
from models.operations import backup
from models.queries import copies
from tests.factories import CONSOLE
from tests.million import long_log

ENTRIES: Final = 3000
"""Of the shop's log: enough for a backup to take 60 ms, so that kills find it at every step."""

WRITERS: Final = 8


def kills(folder: Path, rounds: int, *, journal: str = sqlite.DELETE, seed: int = 5) -> str:
    """Make backups and kill -9 whoever makes them at a random moment; every file under a final name is whole, and nothing else stays.

    Args:
        folder: an empty one, for shop and backups.
        rounds: how many are killed.
    """
    home = _shop(folder, journal)
    chance, seen, killed, longest = Random(seed), dict[str, int](), 0, _duration(home)
    for _round in range(rounds):
        child, begun = _forked(lambda tell: _make_for_ever(home, tell))
        os.read(begun, 1)
        time.sleep(chance.random() * longest * 1.2)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.close(begun)
        killed += 1
        _look(home / "backups", seen, folder / "out.db")
    with _open(home):
        backup.make(CONSOLE)
    left = [file.name for file in (home / "backups").iterdir() if not backup_file.is_ours(file.name)]
    assert left == [backup.LOCK], f"left behind: {left}"
    return f"{killed} kills during backup ({journal}), {len(seen)} backups under a final name, all good"


def under_load(folder: Path, rounds: int, *, journal: str = sqlite.DELETE) -> str:
    """Make backups while eight processes write as fast as they can; every one is whole, and has what was acknowledged before it began."""
    home, stop = _shop(folder, journal), folder / "stop"
    writers = [_forked(lambda tell: _write_for_ever(home, stop, tell)) for _n in range(WRITERS)]
    for _child, begun in writers:
        os.read(begun, 1)
    slowest = 0.0
    with _open(home):
        for number in range(rounds):
            ((before,),) = db.rows("SELECT max(seq) FROM audit_entry")
            began = time.monotonic()
            made = backup.make(CONSOLE, folder / f"{number}{backup_file.SUFFIX}")
            slowest = max(slowest, time.monotonic() - began)
            assert made.manifest.entries >= before, "an entry was lost that was there before"
            _check(made.file, folder / "out.db")
            made.file.unlink()
        ((written,),) = db.rows("SELECT max(seq) FROM audit_entry")
    stop.touch()
    waits = sorted(_ended(*each) for each in writers)
    return (
        f"{rounds} of {rounds} backups good under {WRITERS} writers ({journal}), {written - ENTRIES:,} writes meanwhile, "
        f"slowest backup {slowest:.2f} s, longest wait of a writer {waits[-1]:.2f} s"
    )


# ---- the shop


def _shop(folder: Path, journal: str) -> Path:
    home = folder / "home"
    if journal == sqlite.DELETE:
        long_log(home, ENTRIES, people=20)
    else:
        long_log(home, ENTRIES, people=20)
        with _open(home):
            db.database.execute_sql("UPDATE setting SET value = ? WHERE name = 'journal_mode'", (journal,))
    shop.close()
    return home


@contextmanager
def _open(home: Path) -> Iterator[None]:
    shop.open(home)
    try:
        yield
    finally:
        shop.close()


def _duration(home: Path) -> float:
    """Seconds that a backup takes here."""
    with _open(home):
        began = time.monotonic()
        backup.make(CONSOLE)
        return time.monotonic() - began


# ---- processes


def _forked(do: Callable[[int], None]) -> tuple[int, int]:
    """A process that does `do`, which is given a pipe to tell on: its number, and the other end. It must not outlive us."""
    end, tell = os.pipe()
    child = os.fork()
    if child:
        os.close(tell)
        return child, end
    code = 1
    try:
        os.close(end)
        do(tell)
        code = 0
    finally:
        os._exit(code)


def _make_for_ever(home: Path, tell: int) -> None:
    shop.open(home)
    os.write(tell, b".")
    while True:
        backup.make(CONSOLE)


def _write_for_ever(home: Path, stop: Path, tell: int) -> None:
    longest, writes = 0.0, 0
    while not stop.exists():
        began = time.monotonic()
        acting.ask(str(home), "owner", "goods.view", "look", "tester")
        longest = max(longest, time.monotonic() - began)
        writes += 1
        if writes == 1:
            os.write(tell, b".")
    os.write(tell, f"{longest}".encode())


def _ended(child: int, end: int) -> float:
    """The longest wait that a writer tells of once it has ended, and that it ended well."""
    said = os.read(end, 100)
    os.close(end)
    _pid, status = os.waitpid(child, 0)
    assert status == 0, "a writer failed"
    return float(said)


# ---- looking


def _look(folder: Path, seen: dict[str, int], out: Path) -> None:
    """Check what has a final name and was not checked yet."""
    for file in folder.glob(f"*{backup_file.SUFFIX}"):
        if not file.name.startswith(".") and seen.get(file.name) != file.stat().st_ino:
            _check(file, out)
            seen[file.name] = file.stat().st_ino


def _check(file: Path, out: Path) -> None:
    """Get the database out, and look at all of it."""
    out.unlink(missing_ok=True)
    told = backup_file.extract(file, out)
    found = copies.examine(out)
    assert (found.damage, found.entries, found.head) == ((), told.entries, told.head), f"{file.name} is bad"
    out.unlink()
