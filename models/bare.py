"""The way to the data for questions that have to be answered at once: a bare connection that cannot write, and no peewee."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from os import listdir
from typing import Final

from models import sqlite
from models.errors import ShopDamaged, ShopMissing, ShopNewer, ShopReadOnly

_MIGRATIONS: Final = __file__.rpartition("/")[0] + "/migrations"
_APPLIED: Final = "SELECT name FROM schema_migration"
_SHOP: Final = "SELECT language, zone FROM shop"


class OutdatedError(Exception):
    """The tables are an older Shopstaff's: open the shop, which brings them up to date, and ask again."""


def language(home: str) -> str | None:
    """The language of the shop in `home`; None where nothing can be read. For saying why nothing can be done, in the right one."""
    try:
        with opened(home) as connection:
            return shop(connection, home)[0]
    except (OutdatedError, ShopDamaged, ShopMissing, ShopNewer, ShopReadOnly):
        return None


@contextmanager
def opened(home: str) -> Iterator[sqlite3.Connection]:
    """One read transaction: what is read together was so at one moment.

    Raises:
        DataUnusable: there is no shop, or it cannot be read.
    """
    file = f"{home}/{sqlite.FILE_NAME}"
    try:
        sqlite.check_header(file)
    except FileNotFoundError:
        raise ShopMissing(home) from None
    try:
        connection = sqlite.connect_read_only(file)
        try:
            connection.execute("BEGIN")
            yield connection
        finally:
            connection.close()
    except sqlite3.Error as error:
        if (plain := sqlite.in_plain_words(error)) is not None:
            raise plain from error
        raise


def shop(connection: sqlite3.Connection, home: str) -> tuple[str, str]:
    """The shop's language and time zone.

    Raises:
        OutdatedError: the tables have to be brought up to date first.
        ShopMissing, ShopNewer: there is no shop; a newer Shopstaff's.
    """
    if not connection.execute(sqlite.HAS_TABLE, ("schema_migration",)).fetchone():
        raise ShopMissing(home)
    applied = {name for (name,) in connection.execute(_APPLIED)}
    known = {name[:-3] for name in listdir(_MIGRATIONS) if name[:1].isdigit() and name.endswith(".py")}  # noqa: PTH208  pathlib takes too long to import
    if applied - known:
        raise ShopNewer
    if applied != known:
        raise OutdatedError
    found = connection.execute(_SHOP).fetchone()
    if found is None:
        raise ShopMissing(home)
    return found[0], found[1]
