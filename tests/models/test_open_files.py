"""What this process has open, so that SQLite's locks are not lost by opening and closing a file beside it."""

from __future__ import annotations

import fcntl
import multiprocessing
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

import pytest

from models import acting, bare, db, open_files, shop, sqlite, unclean
from tests.factories import Founded

_CONTEXT: Final = multiprocessing.get_context("spawn")
_MEMBER: Final = 128
"""The byte of the shared memory on which everybody in WAL mode has a lock (wal.c)."""


def test_a_file_is_open_by_whatever_name(tmp_path: Path) -> None:
    """Not before, and not afterwards; what is not there is not."""
    file, other = tmp_path / "file", tmp_path / "other"
    file.write_bytes(b"")
    other.symlink_to(file)
    assert not open_files.has(str(file))
    with file.open("rb"):
        assert open_files.has(str(file)) and open_files.has(str(other))
    assert not open_files.has(str(file))
    assert not open_files.has(str(tmp_path / "missing"))


def test_where_nobody_says_what_is_open_everything_may_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A look that is left out does no harm; one that takes locks away does."""
    (tmp_path / "file").write_bytes(b"")
    monkeypatch.setattr(open_files, "_OWN", str(tmp_path / "missing"))
    assert open_files.has(str(tmp_path / "file"))


def _try_lock(file: str, byte: int, found: multiprocessing.queues.Queue[bool]) -> None:
    held = os.open(file, os.O_RDWR)
    try:
        fcntl.lockf(held, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, byte)
    except OSError:
        found.put(False)
    else:
        found.put(True)
    os.close(held)


def others_can_lock(file: str, byte: int) -> bool:
    """Whether another process gets the lock that this one should hold."""
    found = _CONTEXT.Queue()
    process = _CONTEXT.Process(target=_try_lock, args=(file, byte, found))
    process.start()
    try:
        return bool(found.get(timeout=60))
    finally:
        process.join()


@contextmanager
def in_wal(home: Path) -> Iterator[str]:
    """The shop with a write-ahead log, open in this process; its shared memory."""
    with closing(sqlite3.connect(home / db.FILE_NAME)) as plain:
        plain.execute("PRAGMA journal_mode = wal")
        plain.execute("INSERT OR REPLACE INTO setting (name, value) VALUES ('journal_mode', 'wal')")
        plain.commit()
    shop.open(home)
    with db.transaction():  # something is in the log from here on
        db.write_many("INSERT OR REPLACE INTO setting (name, value) VALUES (?, ?)", [("clock_seen", "1")])
    assert (home / f"{db.FILE_NAME}-wal").stat().st_size
    try:
        yield f"{home / db.FILE_NAME}-shm"
    finally:
        shop.close()


def test_d2_looking_at_a_file_that_is_open_takes_no_lock_away(little_shop: Founded) -> None:
    """Nor does asking on a bare connection, or looking at the header: where one did, the next to leave deleted everybody's log."""
    shop.close()
    with in_wal(little_shop.home) as shared:
        assert not others_can_lock(shared, _MEMBER)
        unclean.note(str(little_shop.home / db.FILE_NAME))
        assert not others_can_lock(shared, _MEMBER)
        acting.ask(str(little_shop.home), "owner", "goods.view", "look", "tester")
        with bare.opened(str(little_shop.home)):
            pass
        sqlite.check_header(little_shop.home / db.FILE_NAME)
        assert not others_can_lock(shared, _MEMBER)


def test_d2_a_transaction_keeps_its_lock_whoever_looks_at_the_file(little_shop: Founded) -> None:
    """With the rollback journal, too: another thread that asks something must not let a second writer in."""
    file = little_shop.home / db.FILE_NAME
    with db.transaction():
        db.write_many("INSERT OR REPLACE INTO setting (name, value) VALUES (?, ?)", [("clock_seen", "1")])
        assert not others_can_lock(str(file), 0x40000001)
        sqlite.check_header(file)
        unclean.note(str(file))
        assert not others_can_lock(str(file), 0x40000001)
