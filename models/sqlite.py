"""What only SQLite understands, all of it, so that another database is one more file like this one.

Which journal: acknowledged means durable, so a rollback journal with `synchronous=EXTRA`; WAL with FULL only in versions of
SQLite that are free of the WAL-reset bug. Never NORMAL.
"""

from __future__ import annotations

import sqlite3
from os.path import abspath
from typing import TYPE_CHECKING, Final

from models import disk, open_files, unclean
from models.errors import DataUnusable, DiskFailing, DiskFull, IndexDamaged, ShopDamaged, ShopLocked, ShopReadOnly

if TYPE_CHECKING:
    from pathlib import Path  # `check` has no time to import it

FILE_NAME: Final = "shop.db"

BUSY_SECONDS: Final = 15
"""How long a writer waits for another: longer than any transaction of ours on a weak machine, shorter than patience."""

DELETE: Final = "delete"
WAL: Final = "wal"

VERSION: Final = sqlite3.sqlite_version
"""Of the SQLite that this Python has."""

_WAL_RESET_FIXED: Final = ((3, 51, 3), (3, 50, 7), (3, 44, 6))
"""First releases of their lines in which a WAL reset cannot lose a committed transaction (sqlite.org, release notes)."""

_SYNCHRONOUS: Final = {DELETE: 3, WAL: 2}  # EXTRA, FULL

HEADER: Final = b"SQLite format 3\x00"

HAS_TABLE: Final = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?"

_READ_JOURNAL: Final = "SELECT value FROM setting WHERE name = 'journal_mode'"


def wal_is_safe(version: tuple[int, ...] = sqlite3.sqlite_version_info) -> bool:
    """Whether this SQLite is free of the WAL-reset bug."""
    if version >= _WAL_RESET_FIXED[0]:
        return True
    return any(version[:2] == fixed[:2] and version >= fixed for fixed in _WAL_RESET_FIXED[1:])


def choose_journal() -> str:
    """The journal mode for a new shop on this machine."""
    return WAL if wal_is_safe() else DELETE


def pragmas(journal: str) -> dict[str, str | int]:
    """What every connection sets, and must read back as set."""
    return {
        "journal_mode": journal,
        "synchronous": _SYNCHRONOUS[journal],
        "foreign_keys": 1,
        "recursive_triggers": 1,  # without it INSERT OR REPLACE would delete an entry of the log past its trigger
        "trusted_schema": 0,
        "cell_size_check": 1,
        "temp_store": 2,  # memory: nothing of the shop lands in a shared temporary folder
    }


def set_pragmas(connection: sqlite3.Connection, journal: str) -> None:
    """Set what `pragmas` says and read every one back.

    Raises:
        sqlite3.OperationalError: one did not take, naming it.
    """
    for name, value in pragmas(journal).items():
        connection.execute(f"PRAGMA {name} = {value}")
        (is_now,) = connection.execute(f"PRAGMA {name}").fetchone()
        if is_now != value:
            raise sqlite3.OperationalError(f"PRAGMA {name} is {is_now}, not {value}")


def changes(connection: sqlite3.Connection) -> int:
    """A number that is another one after somebody else's connection has committed something; 20 µs, and nothing of the shop is read."""
    (number,) = connection.execute("PRAGMA data_version").fetchone()
    return int(number)


def wait(connection: sqlite3.Connection, seconds: float) -> None:
    """Wait for other writers so long from now on, and no longer."""
    connection.execute(f"PRAGMA busy_timeout = {int(seconds * 1000)}")


def connect_read_only(file: Path | str) -> sqlite3.Connection:
    """A bare connection that cannot write; for the start-up paths that must not wait for peewee.

    What a writer was doing when it lost its power lies half done in the file, and only who may write can take it back: that is done first.
    """
    path = _address(file)
    connection = _connect(path, "ro")
    try:
        connection.execute(_READ)
    except sqlite3.OperationalError as error:
        connection.close()
        if error.sqlite_errorcode not in _HALF_DONE:
            raise
        unclean.mark(abspath(file))  # noqa: PTH100  no pathlib here
        writer = _connect(path, "rw")
        try:
            writer.execute(_READ)
        finally:
            writer.close()
        connection = _connect(path, "ro")
    connection.execute("PRAGMA query_only = 1")
    return connection


_READ: Final = "PRAGMA schema_version"
"""Reads the file, by which SQLite first takes back what was left half done."""

_HALF_DONE: Final = (sqlite3.SQLITE_READONLY_ROLLBACK, sqlite3.SQLITE_READONLY_RECOVERY)


def connect_to_write(file: Path | str) -> sqlite3.Connection:
    """A bare connection that may write, set like any other; for what must neither wait for peewee nor be lost.

    Raises:
        sqlite3.Error: the file cannot be opened or read; one of `pragmas` did not take.
    """
    unclean.note(abspath(file))  # noqa: PTH100  no pathlib here
    connection = _connect(_address(file), "rw")
    try:
        set_pragmas(connection, journal_of(connection) or choose_journal())
    except (sqlite3.Error, UnicodeDecodeError):
        connection.close()
        raise
    return connection


def journal_of(connection: sqlite3.Connection) -> str | None:
    """The journal mode that was chosen when the shop was made; None where there are no tables, or nothing is written of it."""
    if not connection.execute(HAS_TABLE, ("setting",)).fetchone():
        return None
    found = connection.execute(_READ_JOURNAL).fetchone()
    if found and found[0] not in _SYNCHRONOUS:
        raise sqlite3.DatabaseError(f"{_MALFORMED}: a journal mode that was never written")
    return str(found[0]) if found else None


def version(connection: sqlite3.Connection) -> int:
    """A number that is another one after somebody has changed the tables: `set_version` is part of every such change."""
    (number,) = connection.execute("PRAGMA user_version").fetchone()
    return int(number)


def set_version(connection: sqlite3.Connection, number: int) -> None:
    """Have `version` be `number`, once the transaction that is open is committed."""
    connection.execute(f"PRAGMA user_version = {number:d}")


def is_consistent(connection: sqlite3.Connection) -> bool:
    """Whether everything that refers to something refers to what is there: within a transaction, before it counts."""
    return connection.execute("PRAGMA foreign_key_check").fetchone() is None


def _address(file: Path | str) -> str:
    return abspath(file).replace("%", "%25").replace("?", "%3f").replace("#", "%23")  # noqa: PTH100  no pathlib here; sqlite.org/uri.html, 3.1


def _connect(path: str, mode: str) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{path}?mode={mode}", uri=True, timeout=BUSY_SECONDS, isolation_level=None)


def check_header(file: Path | str) -> None:
    """Refuse a file that is neither empty nor a database, before SQLite gets to see it. One that this process has open was seen already.

    Raises:
        ShopDamaged: it is something else.
        ShopReadOnly: it cannot be read.
        FileNotFoundError: there is none.
    """
    if open_files.has(str(file)):
        return
    try:
        with open(file, "rb") as stream:  # noqa: PTH123  pathlib is not worth importing for this
            start = stream.read(len(HEADER))
    except FileNotFoundError:
        raise
    except OSError as error:
        raise ShopReadOnly from error
    if start not in {b"", HEADER}:
        raise ShopDamaged


_MALFORMED: Final = "malformed"
_PLAIN: Final[tuple[tuple[str, type[DataUnusable]], ...]] = (
    ("full", DiskFull),
    ("readonly", ShopReadOnly),
    ("read-only", ShopReadOnly),
    ("unable to open", ShopReadOnly),
    ("locked", ShopLocked),
    ("busy", ShopLocked),
    (_MALFORMED, ShopDamaged),
    ("invalid fts5", IndexDamaged),
    ("fts5: corruption", IndexDamaged),  # so from SQLite 3.44 on, where it says "malformed" before
    ("vtable constructor", IndexDamaged),
    ("not a database", ShopDamaged),
    ("could not decode", ShopDamaged),  # Python's word for text that is none
    ("unsupported file format", ShopDamaged),
    ("failed: audit_entry.seq", ShopDamaged),  # the number after the last one is taken: the index and its table differ
    ("too big", ShopDamaged),  # a length that nobody wrote
    ("disk i/o", DiskFailing),
)

_ASK_DISK: Final = (DiskFailing, ShopReadOnly)
"""What SQLite says of a disk that is full as well: where the limit is a quota's, or the size of a file, or a journal finds no room."""


def in_plain_words(
    error: BaseException, kinds: type[Exception] | tuple[type[Exception], ...] = sqlite3.Error, *, file: str = ""
) -> DataUnusable | None:
    """What a database error means to a person; None when it is a mistake of ours.

    The first cause counts: a full disk hides behind "cannot rollback", one `__context__` below.

    Args:
        kinds: what counts as an error of the database.
        file: the database, for what only its disk can tell.
    """
    found, short, vtab = None, False, False
    seen: BaseException | None = error
    while seen is not None:
        said = str(seen).lower()
        if isinstance(seen, kinds):
            found = next((kind for mark, kind in _PLAIN if mark in said), found)
            code = getattr(seen, "sqlite_errorcode", None)
            short, vtab = short or code == sqlite3.SQLITE_IOERR_SHORT_READ, vtab or code == sqlite3.SQLITE_CORRUPT_VTAB
        seen = seen.__context__
    if short:  # the file ends where it says that it goes on
        return ShopDamaged()
    if vtab:  # the only virtual table is the index of messages
        return IndexDamaged()
    if found in _ASK_DISK and file:
        told = disk.why_not(file)
        return told if found is DiskFailing or isinstance(told, DiskFull) else found()
    return found() if found else None


def each(parameter: str = "?") -> str:
    """A table with a row for every element of the JSON list that is handed over, in its column `value`."""
    return f"json_each({parameter})"


LISTED: Final = f"(SELECT value FROM {each()})"  # noqa: S608  our own text only
"""What is in a JSON list, to stand behind IN."""


def gathered(column: str, condition: str) -> str:
    """The values of the rows that meet a condition, as a JSON list, in their order."""
    return f"json_group_array({column}) FILTER (WHERE {condition})"


def part(column: str, key: str) -> str:
    """The text under `key` in a column of JSON; "" where there is none, or the JSON is damaged."""
    return f"CASE WHEN json_valid({column}) THEN coalesce(json_extract({column}, '$.{key}'), '') ELSE '' END"


def append_only(table: str) -> tuple[str, str]:
    """The triggers that let rows of `table` be neither updated nor deleted."""
    return (
        f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END",
        f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END",
    )
