"""What only SQLite understands of a file in whatever state: what is in it as far as it can be told, and what in it acts by itself."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Final, NamedTuple
from urllib.parse import quote

from models.sqlite import append_only

ACTING: Final = "SELECT type, tbl_name, sql FROM sqlite_master WHERE type IN ('trigger', 'view')"
"""What a database does by itself."""

_TABLES: Final = "SELECT name FROM sqlite_master WHERE type = 'table'"
_TYPES: Final = {"INTEGER": int, "TEXT": str, "BLOB": bytes}


class Column(NamedTuple):
    """A column, and what may be in it.

    Attributes:
        must: whether there is always something.
    """

    name: str
    kind: type
    must: bool


def connect(file: Path) -> sqlite3.Connection:
    """A connection that never writes. Where the schema may be written, which it is not, SQLite reads a file that was cut off."""
    connection = sqlite3.connect(f"file:{quote(str(file))}?mode=ro", uri=True, isolation_level=None)
    for pragma in ("writable_schema = 1", "query_only = 1", "trusted_schema = 0"):
        connection.execute(f"PRAGMA {pragma}")
    connection.text_factory = lambda text: text.decode(errors="replace")
    return connection


def tables(connection: sqlite3.Connection) -> frozenset[str] | None:
    """The names of the tables; None where they cannot be read."""
    try:
        return frozenset(str(name) for (name,) in connection.execute(_TABLES))
    except sqlite3.Error:
        return None


def columns(connection: sqlite3.Connection, table: str) -> list[Column]:
    """The columns of a table that is there."""
    described = connection.execute(f"PRAGMA table_info({table})")
    return [Column(str(name), _TYPES.get(kind, bytes), bool(must or key)) for _number, name, kind, must, _default, key in described]


def is_ours(kind: str, table: str, sql: str) -> bool:
    """Whether something that acts by itself is one of the triggers by which the log is append-only."""
    return kind == "trigger" and sql in append_only(table)
