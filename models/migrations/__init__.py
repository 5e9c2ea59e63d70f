"""Numbered changes to the tables, each applied once, in order, by `bring_up_to_date`.

A copy of the shop's file is made before anything is changed, and two processes that start at once take turns.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from models.db import database, plainly, rows
from models.errors import ShopNewer
from models.sqlite import HAS_TABLE

HISTORY: Final = "schema_migration"
_HERE: Final = Path(__file__).parent


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
    """Apply what is missing, after a copy of `file` was made beside it. The caller holds the folder's lock."""
    if is_up_to_date():
        return
    from playhouse.migrations import Runner  # here, because it is needed once in the life of a shop

    if done := applied():
        _copy(file, done)
    with plainly():
        Runner(database, str(_HERE), table_name=HISTORY).up()


def _copy(file: Path, done: Iterable[str]) -> None:
    """Keep the shop as it was after `done`, under a name that says so."""
    target = sqlite3.connect(file.with_name(f"{file.stem}-after-{max(done)}.db"))
    try:
        database.connection().backup(target)
    finally:
        target.close()
