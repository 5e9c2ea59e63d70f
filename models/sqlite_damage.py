"""What only SQLite understands of damage: finding it, so that nobody who writes meanwhile waits for long."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection
from typing import Final

from models.errors import IndexDamaged, ShopDamaged
from models.sqlite import in_plain_words

WORDS: Final = "message_text"
"""The index of the words in messages, and how the tables are called in which it is kept: it can be made anew, and is looked at apart."""

WINDOW: Final = 5_000
"""Rows that are read at once of what is long: 4 ms here, 80 on a machine twenty times slower."""

_TABLES: Final = "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY rowid"


def find_damage(
    connection: sqlite3.Connection, *, quick: bool = True, left_out: Collection[str] = (), lightly: Collection[str] = ()
) -> str:
    """What SQLite finds wrong with the file, in its own words; "" where it is sound. The index of messages is left out.

    Each table is a read of its own, so that nobody who writes waits for all of them.

    Args:
        quick: leave out whether the indexes agree with their tables, which takes most of the time.
        left_out: tables that are not looked at.
        lightly: tables that are too long for one read: their rows are read, some thousand at a time, and nothing else.
    """
    try:
        for table in (str(name) for (name,) in connection.execute(_TABLES).fetchall() if not is_index(name) and name not in left_out):
            said = read_through(connection, table) if table in lightly else checked(connection, table, quick=quick)
            if said:
                return said
    except UnicodeDecodeError as error:  # what is damaged is quoted
        return str(error)
    except sqlite3.DatabaseError as error:
        return damage_in(error)
    return ""


def is_index(table: str) -> bool:
    """Whether a table is the index of messages, or one of those in which it is kept."""
    return table == WORDS or table.startswith(f"{WORDS}_")


def is_asked(sql: str) -> bool:
    """Whether a query is about the index of messages."""
    return WORDS in sql


def damage_in(error: sqlite3.DatabaseError) -> str:
    """What SQLite says where that is about damage.

    Raises:
        sqlite3.DatabaseError: it is about something else.
    """
    if isinstance(in_plain_words(error), ShopDamaged | IndexDamaged):
        return str(error)
    raise error


def checked(connection: sqlite3.Connection, table: str, *, quick: bool) -> str:
    """What SQLite finds wrong with a table in one read; "" where it is sound."""
    escaped = table.replace("'", "''")
    (said,) = connection.execute(f"PRAGMA {'quick_check' if quick else 'integrity_check'}('{escaped}')").fetchone()
    return "" if said == "ok" else str(said)


def read_through(connection: sqlite3.Connection, table: str) -> str:
    """What SQLite finds wrong while it reads every row of a table, some thousand at a time; "" where nothing is."""
    name = table.replace('"', '""')
    columns = " + ".join(
        f'ifnull(length("{column}"), 0)' for (_number, column, *_) in connection.execute(f'PRAGMA table_info("{name}")').fetchall()
    )
    window = f'SELECT max(k), sum(n) FROM (SELECT rowid AS k, {columns} AS n FROM "{name}" WHERE rowid > ? ORDER BY rowid LIMIT {WINDOW})'  # noqa: S608  the file's own names
    last: int | None = -(1 << 63)
    while last is not None:
        ((last, _read),) = connection.execute(window, (last,)).fetchall()
    return ""
