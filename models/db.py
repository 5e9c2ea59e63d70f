"""The one database of this process: its connections, one per thread, and its transactions.

Every write transaction is `BEGIN IMMEDIATE`: it waits its turn at the start and is never told "locked" in the middle. Whatever
SQLite says when it cannot go on becomes a `DataUnusable` that a person can read.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import peewee

from models import sqlite, sqlite_damage
from models.errors import DataUnusable, IndexDamaged, ShopDamaged

FILE_NAME: Final = sqlite.FILE_NAME


class _Database(peewee.SqliteDatabase):
    """peewee's SQLite whose pragmas are read back."""

    journal: str = sqlite.DELETE
    version: int | None = None
    judge: Callable[[], object] | None = None

    def _set_pragmas(self, connection: sqlite3.Connection) -> None:
        self.journal = sqlite.journal_of(connection) or self.journal  # another process may have changed it meanwhile
        sqlite.set_pragmas(connection, self.journal)


database: Final = _Database(None, autoconnect=False, lock_type="IMMEDIATE", pragmas={"foreign_keys": 1})


def point_at(file: Path, journal: str) -> None:
    """Make `file` the database of this process; connections of this thread to another are closed first."""
    if not database.is_closed():
        database.close()
    database.journal, database.version, database.judge = journal, None, None
    database.init(str(file), timeout=sqlite.BUSY_SECONDS)


def home() -> Path:
    """The data folder of what is open."""
    return Path(str(database.database)).parent


def set_journal(journal: str) -> None:
    """Have the file that is open written with another journal; whoever connects from now on reads which, where it is written down.

    Raises:
        ShopLocked: somebody else has it open.
    """
    with plainly():
        sqlite.set_pragmas(database.connection(), journal)
    database.journal = journal


def guard(judge: Callable[[], object]) -> None:
    """Have `judge` asked whenever somebody has changed the tables of what is open, before anything is written to them.

    Args:
        judge: reads the tables; raises what keeps this process from them.
    """
    database.version = sqlite.version(database.connection())
    database.judge = judge


def heed() -> None:
    """See whether the tables of what is open are still those that were judged; 12 µs where they are.

    Raises:
        ShopNewer: a newer Shopstaff has brought them further meanwhile.
        DataUnusable: as every read.
    """
    if database.judge is None:
        return
    try:
        found = sqlite.version(database.connection())
    except sqlite3.Error as error:
        raise in_plain_words(error) or error from error
    if found != database.version:
        judge, database.judge = database.judge, None  # it reads, and what goes wrong with that is not heeded again
        try:
            judge()
        finally:
            database.judge = judge
        database.version = found


_ERRORS: Final = (sqlite3.Error, peewee.PeeweeException)


def in_plain_words(error: BaseException, sql: str = "") -> DataUnusable | None:
    """What a database error means to a person, peewee's own included; None when it is a mistake of ours.

    Args:
        sql: what was asked; where that is the index of messages alone, nothing else is damaged.
    """
    found = sqlite.in_plain_words(error, _ERRORS, file=str(database.database or ""))
    return IndexDamaged() if isinstance(found, ShopDamaged) and sqlite_damage.is_asked(sql) else found


@contextmanager
def plainly() -> Iterator[None]:
    """Turn database errors inside into `DataUnusable`.

    Raises:
        DataUnusable: locked, full, read-only, damaged.
    """
    try:
        yield
    except _ERRORS as error:
        if (plain := in_plain_words(error)) is not None:
            raise plain from error
        heed()
        raise


@contextmanager
def connection() -> Iterator[None]:
    """A connection for the calling thread: the one it has, else one that closes at the end."""
    if not database.is_closed():
        yield
        return
    with plainly():
        database.connect()
    try:
        yield
    finally:
        database.close()


class _Afterwards(threading.local):
    """What each thread does once its transaction is committed."""

    def __init__(self) -> None:
        self.acts: dict[Callable[..., object], dict[str, bool]] = {}


_afterwards: Final = _Afterwards()


@contextmanager
def transaction() -> Iterator[None]:
    """One write transaction on the calling thread's connection, opened if there is none."""
    with connection():
        is_outermost = not database.in_transaction()
        if is_outermost:
            _afterwards.acts.clear()
        with plainly(), database.transaction():
            if is_outermost:
                heed()
            yield
        if is_outermost:
            for act, how in _afterwards.acts.items():
                act(**how)


@contextmanager
def reading() -> Iterator[None]:
    """One moment of what is stored for all reads inside, so that who may read is judged by the same moment as what is read.

    Nothing may be written inside. Within a transaction it is part of that one. Keep it short: while it lasts, no writer of a rollback
    journal can finish.
    """
    with connection():
        if database.in_transaction():
            yield
            return
        with plainly(), database.transaction("DEFERRED"):
            yield


def afterwards(act: Callable[..., object], **how: bool) -> None:
    """Call `act` once the transaction that is open is committed, and never if it is not: once, with whatever was said true of it once."""
    kept = _afterwards.acts.setdefault(act, {})
    for name, value in how.items():
        kept[name] = value or kept.get(name, False)


def rows(sql: str, parameters: Sequence[object] | Mapping[str, object] = ()) -> list[tuple[Any, ...]]:
    """All rows of a query whose text is kept: sixteen times sooner than building it anew."""
    if database.is_closed():
        with connection():
            return rows(sql, parameters)
    try:
        return list(database.execute_sql(sql, parameters))
    except (sqlite3.Error, peewee.PeeweeException) as error:  # as `plainly` does, without what a context manager costs
        if (plain := in_plain_words(error, sql)) is not None:
            raise plain from error
        heed()  # what is missing may be in other tables by now
        raise


def row(sql: str, parameters: Sequence[object] = ()) -> tuple[Any, ...] | None:
    """The first row of a query, or None."""
    found = rows(sql, parameters)
    return found[0] if found else None


def changes() -> int:
    """A number that is another one after another connection than the calling thread's has committed something.

    Raises:
        DataUnusable: as every read.
    """
    with plainly():
        return sqlite.changes(database.connection())


@contextmanager
def impatient() -> Iterator[None]:
    """Inside, the calling thread's connection waits for no writer: what is locked is refused at once.

    Raises:
        ShopLocked: somebody is writing this very moment.
    """
    with plainly():
        sqlite.wait(database.connection(), 0)
    try:
        yield
    finally:
        sqlite.wait(database.connection(), sqlite.BUSY_SECONDS)


def write_many(sql: str, parameters: Sequence[Sequence[object]]) -> None:
    """Run one statement for many rows inside the transaction that is open.

    Raises:
        IndexDamaged: it is for the index of messages, which is damaged; what else goes wrong is said by the transaction.
    """
    try:
        database.connection().executemany(sql, parameters)
    except sqlite3.Error as error:
        if isinstance(plain := in_plain_words(error, sql), IndexDamaged):
            raise plain from error
        raise
