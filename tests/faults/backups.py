"""Backups made while the process is killed, and while eight others write: what has a final name is good, always."""

from __future__ import annotations

import os
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Final

from models import acting, backup_file, db, shop, sqlite
from models.errors import DataUnusable
from models.operations import backup
from models.queries import copies
from tests.factories import CONSOLE
from tests.faults.registry import Counted
from tests.million import long_log

ENTRIES: Final = 3000
"""Of the shop's log: enough for a backup to take 60 ms, so that kills find it at every step."""

WRITERS: Final = 8
SEED: Final = 5


def kills(rounds: int) -> Counted:
    """Kill -9 whoever makes a backup, at a random moment: half of it with either journal. Each is looked at that has a final name."""
    return _both(_kills, rounds)


def under_load(rounds: int) -> Counted:
    """Make backups while eight processes write as fast as they can: each is whole, and has what was acknowledged before it began."""
    return _both(_under_load, rounds)


def _both(run: Callable[[Path, int, str], Counted], rounds: int) -> Counted:
    """Half of the rounds with either journal, the odd one with the rollback journal, in a folder that is gone afterwards."""
    found = []
    for journal, some in ((sqlite.DELETE, (rounds + 1) // 2), (sqlite.WAL, rounds // 2)):
        with tempfile.TemporaryDirectory() as folder:
            found.append(run(Path(folder), some, journal))
    one, other = found
    return Counted(rounds, one.acknowledged + other.acknowledged, one.lost + other.lost, one.bad + other.bad, f"{one.note}; {other.note}")


def _kills(folder: Path, rounds: int, journal: str) -> Counted:
    home = _shop(folder, journal)
    chance, seen, bad, longest = Random(SEED), dict[str, int](), list[str](), _duration(home)
    for _round in range(rounds):
        child, begun = _forked(lambda tell: _make_for_ever(home, tell))
        os.read(begun, 1)
        time.sleep(chance.random() * longest * 1.2)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.close(begun)
        bad += _look(home / "backups", seen, folder / "out.db")
    with _open(home):
        backup.make(CONSOLE)
    bad += [f"left behind: {file.name}" for file in (home / "backups").iterdir() if not backup_file.is_ours(file.name)]
    bad.remove(f"left behind: {backup.LOCK}")
    return Counted(rounds, len(seen), 0, tuple(bad), f"{journal}: {len(seen)} under a final name")


def _under_load(folder: Path, rounds: int, journal: str) -> Counted:
    home, stop = _shop(folder, journal), folder / "stop"
    writers = [_forked(lambda tell: _write_for_ever(home, stop, tell)) for _n in range(WRITERS)]
    for _child, begun in writers:
        os.read(begun, 1)
    try:
        counted = _loaded(home, folder, rounds)
    finally:
        stop.touch()
        waits = [_ended(*each) for each in writers]
    return counted._replace(note=f"{journal}: {counted.note}, a writer waited {max(waits):.1f} s at most")


def _loaded(home: Path, folder: Path, rounds: int) -> Counted:
    slowest, lost, bad = 0.0, 0, list[str]()
    with _open(home):
        for number in range(rounds):
            ((before,),) = db.rows("SELECT max(seq) FROM audit_entry")
            began = time.monotonic()
            made = backup.make(CONSOLE, folder / f"{number}{backup_file.SUFFIX}")
            slowest = max(slowest, time.monotonic() - began)
            lost += max(0, before - made.manifest.entries)
            bad += check(made.file, folder / "out.db")
            made.file.unlink()
        ((written,),) = db.rows("SELECT max(seq) FROM audit_entry")
    return Counted(rounds, written, lost, tuple(bad), f"{written - ENTRIES:,} entries meanwhile, a backup took {slowest:.1f} s at most")


# ---- the shop


def _shop(folder: Path, journal: str) -> Path:
    home = folder / "home"
    long_log(home, ENTRIES, people=20)
    if journal != sqlite.DELETE:
        with _open(home):
            db.database.execute_sql("UPDATE setting SET value = ? WHERE name = 'journal_mode'", (journal,))
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
    except BaseException as error:  # noqa: BLE001  nothing of it may reach what was forked
        os.write(tell, repr(error).encode())
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
    if status:
        raise AssertionError(said)
    return float(said)


# ---- looking


def _look(folder: Path, seen: dict[str, int], out: Path) -> Iterator[str]:
    """What is bad of what has a final name and was not looked at yet."""
    for file in folder.glob(f"*{backup_file.SUFFIX}"):
        if not file.name.startswith(".") and seen.get(file.name) != file.stat().st_ino:
            yield from check(file, out)
            seen[file.name] = file.stat().st_ino


def check(file: Path, out: Path) -> Iterator[str]:
    """Get the database out, look at all of it, and say what is bad."""
    out.unlink(missing_ok=True)
    try:
        told = backup_file.extract(file, out)
        found = copies.examine(out)
    except DataUnusable as error:
        yield f"{file.name}: {error}"
    else:
        if (found.damage, found.entries, found.head) != ((), told.entries, told.head):
            yield f"{file.name} holds something else than it says"
