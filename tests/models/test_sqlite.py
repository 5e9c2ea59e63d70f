"""What only SQLite understands, tried where it hurts: a writer that is killed in the middle of a transaction."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from models import checking, db, shop, sqlite
from tests.factories import Founded

KILLED = """
import os, signal, sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("PRAGMA cache_size = 5")  # so small that the file itself is written to before the end
connection.execute("BEGIN IMMEDIATE")
connection.executemany("INSERT INTO setting VALUES (?, ?)", ((f"half{number}", "x" * 500) for number in range(2000)))
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def cut_off(little_shop: Founded) -> Path:
    """The folder of a shop whose last writer died with half a transaction in the file."""
    home = little_shop.home
    db.database.close()
    subprocess.run([sys.executable, "-c", KILLED, str(home / db.FILE_NAME)], check=False)
    assert any((home / f"{db.FILE_NAME}-{kind}").exists() for kind in ("journal", "wal")), "nothing was left half done"
    return home


def test_a_shop_opens_after_a_power_cut(cut_off: Path) -> None:
    """The half transaction is taken back, and the shop is as it was."""
    shop.open(cut_off)
    assert db.rows("SELECT count(*) FROM setting WHERE name LIKE 'half%'") == [(0,)]
    assert db.rows("PRAGMA quick_check") == [("ok",)]


def test_check_answers_after_a_power_cut(cut_off: Path) -> None:
    """Other programs go on asking at every click; it may be hours until somebody opens the screens."""
    assert checking.ask(str(cut_off), "owner", "goods.view").verdict.allowed


def test_a_read_only_connection_writes_nothing(little_shop: Founded) -> None:
    """Neither by mistake nor by force."""
    bare = sqlite.connect_read_only(little_shop.home / db.FILE_NAME)
    try:
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            bare.execute("INSERT INTO setting VALUES ('a', 'b')")
    finally:
        bare.close()


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    """At once, by its first page."""
    file = tmp_path / "shop.db"
    file.write_bytes(sqlite.HEADER + bytes(4096))
    with pytest.raises(sqlite3.DatabaseError):
        sqlite.connect_read_only(file)
