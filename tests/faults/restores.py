"""Restores that are killed, and restores while eight others write: the old shop or the new one, whole; nothing is in neither."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import tempfile
import time
from contextlib import closing
from pathlib import Path
from random import Random
from typing import Any, Final

from models import db, key_file, shop
from models.errors import DataUnusable, ShopstaffError
from models.operations import backup, departments, restoring, staff
from models.queries import chain
from models.rules import chat_index
from tests import factories
from tests.chats import CUSTOMER, STAFF, conversation
from tests.factories import CONSOLE
from tests.faults import writing
from tests.faults.registry import Counted
from tests.million import long_log
from tests.models.restoring import test_d6_by_chance

ENTRIES: Final = 3000
"""Of the shop's log, so that a restore takes long enough for kills to find it at every step."""

MESSAGES: Final = 500
"""That a customer wrote before the backup; one more came in since."""

WRITERS: Final = 8
SEED: Final = 6

WAYS: Final = ("into", "over", "new key")
"""What is restored into: a shop that is whole; one whose database is none; a whole one, with a new key file."""


def kills(rounds: int) -> Counted:
    """Kill -9 whoever restores, at a random moment."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        file = _furnished(folder)
        chance, seen, bad = Random(SEED), dict[str, int](), list[str]()
        longest = {way: _duration(folder, file, way) for way in WAYS}
        for number in range(rounds):
            way = WAYS[number % len(WAYS)]
            home = _fresh(folder, way)
            child = _restoring(home, file, way)
            time.sleep(chance.random() * longest[way] * 1.1)
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            found, wrong = _look(home, file, way)
            seen[found] = seen.get(found, 0) + 1
            bad += [f"round {number}, {way}: {each}" for each in wrong]
        return Counted(rounds, rounds, 0, tuple(bad), ", ".join(f"{found} {count}" for found, count in sorted(seen.items())))


def _furnished(folder: Path) -> Path:
    """A shop with a long log, a backup of it, and somebody who came since; the backup."""
    home = folder / "shop"
    long_log(home, ENTRIES, people=20)
    shop.open(home)
    try:
        founded = factories.Founded(home, CONSOLE)
        founded.person("bob")
        conversation("bob", "river", *[(CUSTOMER, f"还有货吗 {number}") for number in range(MESSAGES)])
        file = backup.make(CONSOLE, folder / "backup.zip").file
        staff.freeze(CONSOLE, founded.id_of("bob"))
        founded.person("since")
        conversation("bob", "river", (STAFF, "有的"))
    finally:
        shop.close()
    return file


def _fresh(folder: Path, way: str) -> Path:
    """A data folder as it is before a round."""
    home = folder / "home"
    shutil.rmtree(home, ignore_errors=True)
    shutil.copytree(folder / "shop", home)
    if way == "over":
        file = home / db.FILE_NAME
        file.write_bytes(b"garbage" + file.read_bytes()[7:])
    return home


def _restore(home: Path, file: Path, way: str) -> None:
    with restoring.prepare(CONSOLE, home, file, new_key=way == "new key") as prepared:
        prepared.apply()


def _restoring(home: Path, file: Path, way: str) -> int:
    """A process that restores; its number."""
    child = os.fork()
    if child == 0:
        try:
            _restore(home, file, way)
        finally:
            os._exit(0)
    return child


def _duration(folder: Path, file: Path, way: str) -> float:
    """Seconds that a restore takes."""
    home = _fresh(folder, way)
    began = time.monotonic()
    os.waitpid(_restoring(home, file, way), 0)
    return time.monotonic() - began


def _look(home: Path, file: Path, way: str) -> tuple[str, list[str]]:
    """Whether the old shop or the new is there, and what is wrong with it."""
    bad = []
    try:
        shop.open(home)
    except DataUnusable as error:
        if way != "over":
            return "none", [f"cannot be opened: {error}"]
        _restore(home, file, way)  # what was garbage may be garbage still: then it can be restored
        shop.open(home)
        found = "old"
    else:
        found = "new" if db.rows("SELECT 1 FROM audit_entry WHERE action = 'shop.restore'") else "old"
    try:
        status = dict(db.rows("SELECT login, status FROM staff WHERE login IN ('bob', 'since')"))
        expected = {"bob": "frozen", "since": "active" if found == "old" and way != "over" else "left"}
        if status != (expected if way != "over" else {"bob": "active"}) and not (way == "over" and status == expected):
            bad.append(f"{found}: {status}")
        bad += [f"{found}: {each}" for each in _messages(found, way)]
        if db.rows("PRAGMA integrity_check") != [("ok",)] or db.rows("PRAGMA foreign_key_check"):
            bad.append("integrity")
        if new := chain.verify(CONSOLE).new:
            bad.append(f"log: {new}")
        key_file.check(home)
        departments.add(CONSOLE, "Afterwards")
        left = [each.name for each in home.iterdir() if each.name in {"restoring", "shop.db-journal"}]
        bad += [f"{each} is left" for each in left]
    except (DataUnusable, sqlite3.Error) as error:
        bad.append(f"cannot be used: {error}")
    finally:
        shop.close()
    return found, bad


def _messages(found: str, way: str) -> list[str]:
    """What is wrong with the messages, or with the index of what is in them."""
    db.database.execute_sql("INSERT INTO message_text (message_text) VALUES ('integrity-check')")
    ((there,),) = db.rows("SELECT count(*) FROM message")
    ((hits,),) = db.rows("SELECT count(*) FROM message_text WHERE message_text MATCH ?", (chat_index.phrases("有货"),))
    expected = MESSAGES + (found == "old" and way != "over")
    return [] if (there, hits) == (expected, MESSAGES) else [f"{there} messages, {hits} found, for {expected} and {MESSAGES}"]


# ---- while others write


def under_load(rounds: int) -> Counted:
    """Restore while eight processes write: what they were told is done is in the shop, or in what was put aside by the restore."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        file = _furnished(folder)
        home, said = folder / "shop", folder / "said"
        said.mkdir()
        stop = folder / "stop"
        writers = [writing.CONTEXT.Process(target=_write, args=(home, said / str(number), stop), daemon=True) for number in range(WRITERS)]
        for writer in writers:
            writer.start()
        while len(list(said.iterdir())) < WRITERS:
            time.sleep(0.05)
        locked = 0
        for _round in range(rounds):
            time.sleep(0.1)
            try:
                _restore(home, file, "into")
            except DataUnusable:
                locked += 1
        time.sleep(0.3)
        stop.touch()
        for writer in writers:
            writer.join(60)
        told = [line for each in said.iterdir() for line in each.read_text().splitlines()]
        there = _departments(home / db.FILE_NAME)
        for kept in home.glob("shop-before-restore-*.db"):
            there |= _departments(kept)
        errors = [line for line in told if line.startswith("!")]
        done = [line for line in told if not line.startswith("!")]
        missing = [line for line in done if line not in there]
        bad = [*errors, *_damage(home)]
        now = len(_departments(home / db.FILE_NAME))
        return Counted(rounds, len(done), len(missing), tuple(bad), f"{locked} gave up, {now} of them since the last restore")


def _damage(home: Path) -> list[str]:
    """What is wrong with the database and its log."""
    shop.open(home)
    try:
        found = [str(each) for each in chain.verify(CONSOLE).new]
        return found if db.rows("PRAGMA integrity_check") == [("ok",)] else [*found, "integrity"]
    finally:
        shop.close()


def _write(home: Path, said: Path, stop: Path) -> None:
    """Add departments until told to stop, and tell of each once it is done."""
    shop.open(home)
    with said.open("a", encoding="utf-8") as tell:
        number = 0
        while not stop.exists():
            name = f"W{said.name} {number}"
            number += 1
            try:
                departments.add(CONSOLE, name)
            except ShopstaffError as error:
                tell.write(f"!{type(error).__name__}: {error}\n")
            else:
                tell.write(f"{name}\n")
            tell.flush()
            time.sleep(0.02)
    shop.close()


def _departments(file: Path) -> set[Any]:
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as bare:
        return {name for (name,) in bare.execute("SELECT name FROM department WHERE name LIKE 'W%'")}


# ---- whatever happens in between


def by_chance(rounds: int) -> Counted:
    """Acts between backups and restores, by chance: each round is a shop of its own, of which nobody can do more after any restore."""
    with tempfile.TemporaryDirectory() as name:
        total, bad = test_d6_by_chance.rounds(rounds, Path(name))
    return Counted(rounds, total["acts"], 0, tuple(bad), f"{total['restores']} restores of {total['backups']} backups")
