"""A copy made while others write: page by page, at once, or not at all; nobody waits for long."""

from __future__ import annotations

import resource
import signal
import sqlite3
from pathlib import Path

import pytest

from models import snapshot, sqlite, sqlite_copying
from models.errors import BackupImpossible, Cancelled, DiskFull, ShopDamaged, ShopLocked
from models.snapshot import _Watch

ROWS = 4000


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A database of some 4 MB."""
    file = tmp_path / "source.db"
    with sqlite3.connect(file) as made:
        made.execute("CREATE TABLE t (n INTEGER PRIMARY KEY, filler TEXT)")
        made.executemany("INSERT INTO t VALUES (?, ?)", [(n, "x" * 1000) for n in range(ROWS)])
    made.close()
    return file


def write(file: Path) -> None:
    """Commit something."""
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("UPDATE t SET filler = random() WHERE n = 1")
    other.close()


def count(file: Path) -> int:
    """Rows in a copy that is whole."""
    copy = sqlite3.connect(file)
    try:
        assert copy.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        return int(copy.execute("SELECT count(*) FROM t").fetchone()[0])
    finally:
        copy.close()


def test_d5_a_copy_is_made_step_by_step(source: Path, tmp_path: Path) -> None:
    """And tells how far it is."""
    steps: list[int] = []
    snapshot.take(source, tmp_path / "copy", progress=lambda done, _total: steps.append(done))
    assert count(tmp_path / "copy") == ROWS
    assert len(steps) > 5 and steps == sorted(steps)
    assert (tmp_path / "copy").stat().st_mode & 0o777 == 0o600


def test_d5_a_quota_is_told_as_a_full_disk(source: Path, tmp_path: Path) -> None:
    """SQLite tells it as a disk that fails, which nobody has to buy for it."""
    kept = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, kept[1]))
        with pytest.raises(DiskFull):
            snapshot.take(source, tmp_path / "copy")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, kept)
        signal.signal(signal.SIGXFSZ, handler)


def test_d5_whoever_writes_in_between_gets_in_and_it_begins_anew(source: Path, tmp_path: Path) -> None:
    """A few times; after too many it is done at once, for which they wait."""
    written = 0

    def disturb(done: int, _total: int) -> None:
        nonlocal written
        if done and written < 1000:
            written += 1
            write(source)

    snapshot.take(source, tmp_path / "copy", progress=disturb)
    assert written
    assert count(tmp_path / "copy") == ROWS


def test_d5_a_shop_that_is_written_to_all_the_time_is_copied_at_once(source: Path, tmp_path: Path) -> None:
    """After so many times of beginning anew."""
    asked = 0

    def disturb() -> bool:
        nonlocal asked
        asked += 1
        if asked % 3 == 0 and asked < 1000:
            write(source)
        return False

    snapshot.take(source, tmp_path / "copy", cancelled=disturb)
    assert snapshot.RESTARTS < asked < 1000
    assert count(tmp_path / "copy") == ROWS


def test_d5_nobody_is_made_to_wait_too_long(source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where doing it at once would, it goes on page by page, and gives up in the end."""
    monkeypatch.setattr(snapshot, "LONGEST", 0.0)
    monkeypatch.setattr(snapshot, "PATIENCE", 0.3)
    asked = 0

    def disturb() -> bool:
        nonlocal asked
        asked += 1
        if asked % 3 == 0:
            write(source)
        return False

    with pytest.raises(BackupImpossible, match="quieter hour"):
        snapshot.take(source, tmp_path / "copy", cancelled=disturb)


def test_d5_while_somebody_commits_it_waits_and_hears_who_asks_to_stop(source: Path, tmp_path: Path) -> None:
    """In small steps."""
    holder = sqlite3.connect(source, isolation_level=None)
    asked = 0

    def stop() -> bool:
        nonlocal asked
        asked += 1
        if asked == 2:
            holder.execute("BEGIN EXCLUSIVE")
        return asked > 4

    with pytest.raises(Cancelled):
        snapshot.take(source, tmp_path / "copy", cancelled=stop)
    holder.close()


def test_d5_whoever_is_stopped_in_a_commit_stops_no_backup_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    """After as long as writers wait for each other."""
    monkeypatch.setattr(sqlite, "BUSY_SECONDS", 0.0)
    watch = _Watch(lambda _done, _total: None, lambda: False)
    with pytest.raises(ShopLocked):
        watch(sqlite3.SQLITE_BUSY, 10, 10)


def test_d5_what_cannot_be_copied_is_told(tmp_path: Path, source: Path) -> None:
    """No database; over something; onto a disk that is full, as far as SQLite says so."""
    (tmp_path / "letter").write_bytes(b"hello" * 1000)
    with pytest.raises(ShopDamaged):
        snapshot.take(tmp_path / "letter", tmp_path / "copy")
    with pytest.raises(FileExistsError):
        snapshot.take(source, tmp_path / "copy")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sqlite_copying, "connect_to_fill", _too_small)
        with pytest.raises(DiskFull):
            snapshot.take(source, tmp_path / "other")


def _too_small(file: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(file, isolation_level=None)
    connection.execute("PRAGMA max_page_count = 5")
    return connection
