"""Numbered changes to the tables, each applied once, in order, by `bring_up_to_date`.

A copy of the shop's file is made before anything is changed; all that is missing is one transaction; and processes that start at once
take turns. `PRAGMA user_version` becomes how many there were, by which those that are running notice (`judge`).
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable
from contextlib import closing, suppress
from pathlib import Path
from typing import Final

from models import disk, sqlite
from models.db import database, in_plain_words, plainly, rows
from models.errors import DataUnusable, ShopDamaged, ShopNewer
from models.sqlite import HAS_TABLE

HISTORY: Final = "schema_migration"
KEPT: Final = 2
"""So many copies of earlier shops stay; the older ones go once a newer one is whole."""

COPIES: Final = "shop-after-*.db"
_HERE: Final = Path(__file__).parent
_KEEP_JOURNAL: Final = "INSERT INTO setting (name, value) VALUES ('journal_mode', ?) ON CONFLICT DO NOTHING"


def known() -> frozenset[str]:
    """The names of the migrations that this Shopstaff has."""
    return frozenset(file.stem for file in _HERE.glob("[0-9]*.py"))


def applied() -> frozenset[str]:
    """The names of the migrations that the open shop has been through."""
    if not rows(HAS_TABLE, (HISTORY,)):
        return frozenset()
    return frozenset(name for (name,) in rows(f"SELECT name FROM {HISTORY}"))  # noqa: S608  the name is our own constant


def is_up_to_date() -> bool:
    """Whether nothing is to be done.

    Raises:
        ShopNewer: the shop has been through a migration that this Shopstaff does not know.
    """
    done = applied()
    if done - known():
        raise ShopNewer
    return done == known()


def bring_up_to_date(file: Path) -> None:
    """Apply what is missing, after a copy of `file` was made beside it. The caller holds the folder's lock.

    Raises:
        DiskFull: for the copy, or for what is to be changed; nothing was.
        DataUnusable: as every write.
    """
    if is_up_to_date():
        return
    if done := applied():
        _copy(file, done)
    with plainly():
        database.pragma(
            "foreign_keys", 0
        )  # a table that is made anew would take along what refers to it; within a transaction it is too late
        try:
            _apply()
        finally:
            database.pragma("foreign_keys", 1)


def _apply() -> None:
    """Everything that is missing, as one transaction: cut off anywhere, the shop is as it was before."""
    from playhouse.migrations import Runner  # here, because it is needed once in the life of a shop

    with database.transaction("EXCLUSIVE"):
        Runner(database, str(_HERE), table_name=HISTORY).up()
        database.execute_sql(_KEEP_JOURNAL, (database.journal,))
        if not sqlite.is_consistent(database.connection()):
            raise ShopDamaged
        sqlite.set_version(database.connection(), len(applied()))


def _copy(file: Path, done: Iterable[str]) -> None:
    """Keep the shop as it was after `done`, under a name that says so, and that it has once it is whole and on the disk."""
    target = file.with_name(COPIES.replace("*", max(done)))
    part = target.with_name(f"{target.name}.part")
    try:
        part.unlink(missing_ok=True)
        os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
        with closing(sqlite3.connect(part)) as copy:
            database.connection().backup(copy)
        disk.settle(part)
        part.rename(target)
        disk.settle(target.parent)
    except (OSError, sqlite3.Error) as error:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise _plain(error) or error from error
    _thin(target)


def _plain(error: OSError | sqlite3.Error) -> DataUnusable | None:
    return disk.in_plain_words(error) if isinstance(error, OSError) else in_plain_words(error)


def _thin(newest: Path) -> None:
    """Let the oldest copies go; their names sort as they were made."""
    copies = sorted(newest.parent.glob(COPIES))
    for old in copies[:-KEPT]:
        with suppress(OSError):
            old.unlink()
