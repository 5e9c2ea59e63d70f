"""What only SQLite understands of the index of words in messages (FTS5): whether it can be had, whether it is sound, making it anew.

It holds nothing that the messages do not: whatever happens to it, nothing is lost.
"""

from __future__ import annotations

import sqlite3
from typing import Final

from models.rules import chat_index
from models.rules.progress import Progress, unheard
from models.sqlite import HAS_TABLE
from models.sqlite_damage import WORDS, checked, damage_in, read_through

CREATE: Final = f"CREATE VIRTUAL TABLE {WORDS} USING fts5 (text, whose, content = '', columnsize = 0, tokenize = 'ascii')"

_KEPT_IN: Final = (f"{WORDS}_data", f"{WORDS}_idx", f"{WORDS}_config")
_COMPARE: Final = f"INSERT INTO {WORDS} ({WORDS}) VALUES ('integrity-check')"  # noqa: S608  our own name
"""Has FTS5 read all of its index; it writes nothing, and takes the lock of who writes."""

_CAN: Final = "SELECT 1 FROM pragma_module_list WHERE name = 'fts5'"
_FORGET: Final = "DELETE FROM sqlite_master WHERE name = ?"
_COUNT: Final = "SELECT count(*) FROM message"
_MESSAGES: Final = """
    SELECT m.id, m.text, c.staff_id FROM message m JOIN conversation c ON c.id = m.conversation_id
    WHERE m.id > ? ORDER BY m.id LIMIT ?
"""
_FILL: Final = f"INSERT INTO {WORDS} (rowid, text, whose) VALUES (?, ?, ?)"  # noqa: S608  likewise
_BATCH: Final = 2_000
"""Messages that are in memory at once."""

_BEFORE: Final = -(1 << 63)


def can_be_had(connection: sqlite3.Connection) -> bool:
    """Whether this SQLite can make and read such an index; 40 µs."""
    return connection.execute(_CAN).fetchone() is not None


def is_there(connection: sqlite3.Connection) -> bool:
    """Whether the file has one: an older shop has not."""
    return connection.execute(HAS_TABLE, (WORDS,)).fetchone() is not None


def find_damage(connection: sqlite3.Connection, *, lightly: bool = False) -> str:
    """What is wrong with the index, in SQLite's words; "" where nothing is.

    Args:
        connection: one that may write, though nothing is, unless it looks lightly.
        lightly: only read what it is kept in, some thousand rows at a time; FTS5 reads it all at once, and nobody writes meanwhile.
    """
    try:
        for table in _KEPT_IN:
            if said := _missing(connection, table) or (not lightly and checked(connection, table, quick=True)):
                return said
        if lightly:
            return read_through(connection, _KEPT_IN[0])
        connection.execute(_COMPARE)
    except sqlite3.DatabaseError as error:
        return damage_in(error)
    return ""


def _missing(connection: sqlite3.Connection, table: str) -> str:
    return "" if connection.execute(HAS_TABLE, (table,)).fetchone() else f"no such table: {table}"


def has_sound_pages(connection: sqlite3.Connection) -> bool:
    """Whether every page that the index is kept in is as it has to be, whatever FTS5 makes of what is written there.

    Args:
        connection: one that is closed afterwards: FTS5 keeps what it saw of a damaged index.
    """
    try:
        return not any(_missing(connection, table) or checked(connection, table, quick=True) for table in _KEPT_IN)
    except sqlite3.DatabaseError as error:
        return not damage_in(error)


def make_anew(connection: sqlite3.Connection, *, drop: bool, progress: Progress = unheard) -> int:
    """Make the index from the messages, within the transaction that is open; they are only read.

    Args:
        connection: one that has not used the index.
        drop: take the old one away page by page, which takes `has_sound_pages`. What is damaged is not followed to what it says are its
            pages, for they may be others': then they become nobody's, until `write_anew`.
        progress: told how many messages were read, and how many there are.

    Returns:
        How many messages there are.
    """
    connection.execute("PRAGMA writable_schema = 1")  # so that FTS5, which may be unable to, need not open the old one
    for table in (WORDS, *(() if drop else _KEPT_IN)):
        connection.execute(_FORGET, (table,))
    connection.execute("PRAGMA writable_schema = RESET")
    if drop:
        for table in _KEPT_IN:
            connection.execute(f"DROP TABLE {table}")
    connection.execute(CREATE)
    (there,) = connection.execute(_COUNT).fetchone()
    last, done = _BEFORE, 0
    while messages := connection.execute(_MESSAGES, (last, _BATCH)).fetchall():
        connection.executemany(
            _FILL, [(number, chat_index.tokens(text), chat_index.whose(staff_id)) for number, text, staff_id in messages]
        )
        last, done = messages[-1][0], done + len(messages)
        progress(done, there)
    return done


def write_anew(connection: sqlite3.Connection, into: str) -> None:
    """Write what is open into the empty file `into`, without pages that are nobody's."""
    connection.execute("VACUUM INTO ?", (into,))
