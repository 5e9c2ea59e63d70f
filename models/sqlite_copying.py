"""What only SQLite understands of copying a database, and of looking at the copy."""

from __future__ import annotations

import sqlite3
from pathlib import Path


def is_whole(connection: sqlite3.Connection) -> bool:
    """Whether every page, index and reference of what is open is as it has to be."""
    return list(connection.execute("PRAGMA integrity_check(1)")) == [("ok",)] and not list(connection.execute("PRAGMA foreign_key_check"))


def pages(connection: sqlite3.Connection) -> int:
    """How many pages there are."""
    (number,) = connection.execute("PRAGMA page_count").fetchone()
    return int(number)


def hold_moment(connection: sqlite3.Connection) -> None:
    """Read what is there at this moment, and nothing later, from now on; with a write-ahead log, nobody waits for that."""
    connection.execute("BEGIN")
    connection.execute("PRAGMA schema_version").fetchone()


def connect_to_fill(file: Path) -> sqlite3.Connection:
    """A connection to a file that is thrown away unless all of it was written: no journal, and no waiting for the disk."""
    connection = sqlite3.connect(file, isolation_level=None)
    for pragma in ("journal_mode = OFF", "synchronous = OFF"):
        connection.execute(f"PRAGMA {pragma}").fetchall()
    return connection


def leave_alone(connection: sqlite3.Connection) -> None:
    """Have the file need no other beside it: what was copied from a shop with a write-ahead log says that it has one, too."""
    connection.execute("PRAGMA journal_mode = DELETE").fetchone()
