"""What somebody does to the log who has the database, and neither Shopstaff nor its key file: in SQL, triggers dropped first."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final

from models import db
from models.rules.audit_chain import FIRST, link

COLUMNS: Final = (
    *("seq", "at", "actor", "session", "device", "address", "action"),
    *("object_kind", "object_id", "object_label", "old", "new", "hash"),
)
Row = tuple[Any, ...]


@contextmanager
def attacker(home: Path) -> Iterator[sqlite3.Connection]:
    """The database of the shop in `home`, without the triggers of the log; committed at the end."""
    with closing(sqlite3.connect(home / db.FILE_NAME)) as bare:
        for (name,) in bare.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            bare.execute(f"DROP TRIGGER {name}")
        yield bare
        bare.commit()


def rows(home: Path) -> list[Row]:
    """The log, whole."""
    with closing(sqlite3.connect(home / db.FILE_NAME)) as bare:
        return bare.execute(f"SELECT {', '.join(COLUMNS)} FROM audit_entry ORDER BY seq").fetchall()


def rewrite(home: Path, log: Sequence[Row]) -> None:
    """Put `log` in the place of the log."""
    with attacker(home) as bare:
        bare.execute("DELETE FROM audit_entry")
        bare.executemany(f"INSERT INTO audit_entry VALUES ({', '.join('?' * 13)})", log)


def recomputed(log: Sequence[Row]) -> list[Row]:
    """`log` with numbers from 1 on and hashes that fit, as somebody who knows the format makes them."""
    made, previous = [], FIRST
    for number, row in enumerate(log, 1):
        fields = (number, *row[1:-1])
        previous = link(previous, fields)
        made.append((*fields, previous))
    return made


def renumbered(log: Sequence[Row]) -> list[Row]:
    """`log` with numbers from 1 on, and the hashes that are there."""
    return [(number, *row[1:]) for number, row in enumerate(log, 1)]


def forged(row: Row, **fields: object) -> Row:
    """`row` with other fields."""
    return tuple(fields.get(name, value) for name, value in zip(COLUMNS, row, strict=True))


def leaf_of(home: Path, number: int) -> int:
    """The page of the database that has an entry: the one whose change makes it unreadable."""
    with closing(sqlite3.connect(home / db.FILE_NAME)) as bare:
        root = int(bare.execute("SELECT rootpage FROM sqlite_master WHERE name = 'audit_entry'").fetchone()[0])
        size = int(bare.execute("PRAGMA page_size").fetchone()[0])
    data = (home / db.FILE_NAME).read_bytes()
    page = root
    while data[(page - 1) * size] == 5:  # an interior page of a table (sqlite.org/fileformat2.html, 1.6)
        page = _child(data[(page - 1) * size : page * size], number)
    return page


def _child(page: bytes, number: int) -> int:
    cells = int.from_bytes(page[3:5], "big")
    for cell in range(cells):
        at = int.from_bytes(page[12 + 2 * cell : 14 + 2 * cell], "big")
        key, place = 0, at + 4
        while True:
            key = key << 7 | page[place] & 0x7F
            if page[place] < 0x80:
                break
            place += 1
        if number <= key:
            return int.from_bytes(page[at : at + 4], "big")
    return int.from_bytes(page[8:12], "big")
