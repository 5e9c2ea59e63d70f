"""The way to the data for questions that have to be answered at once: a bare connection, and no peewee.

It cannot write, but for the one that `check --act` takes.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from os import listdir
from typing import Final

from models import sqlite
from models.errors import ShopDamaged, ShopMissing, ShopNewer, ShopReadOnly

_MIGRATIONS: Final = __file__.rpartition("/")[0] + "/migrations"
_APPLIED: Final = "SELECT name FROM schema_migration"
_SHOP: Final = "SELECT language, zone FROM shop"
_DOORWAY: Final = "SELECT name, language FROM shop"


class OutdatedError(Exception):
    """The tables are an older Shopstaff's: open the shop, which brings them up to date, and ask again."""


def language(home: str) -> str | None:
    """The language of the shop in `home`; None where nothing can be read. For saying why nothing can be done, in the right one."""
    try:
        with opened(home) as connection:
            return shop(connection, home)[0]
    except (OutdatedError, ShopDamaged, ShopMissing, ShopNewer, ShopReadOnly):
        return None


def doorway(home: str) -> tuple[str, str | None]:
    """The name and the language of the shop in `home`, which strangers may see.

    Raises:
        OutdatedError, DataUnusable: as `shop`; opening it says more, or brings it up to date.
    """
    with opened(home) as connection:
        shop(connection, home)
        ((name, language),) = connection.execute(_DOORWAY)
        return name, language


@contextmanager
def opened(home: str) -> Iterator[sqlite3.Connection]:
    """One read transaction: what is read together was so at one moment.

    Raises:
        DataUnusable: there is no shop, or it cannot be read.
    """
    with _connected(home, sqlite.connect_read_only) as connection:
        connection.execute("BEGIN")
        yield connection


@contextmanager
def writing(home: str) -> Iterator[sqlite3.Connection]:
    """One write transaction: at the end of the block it is on the disk; whatever is raised in there, or at the end, leaves nothing.

    Raises:
        DataUnusable: there is no shop, or it cannot be written: locked, full, read-only, damaged.
    """
    with _connected(home, sqlite.connect_to_write) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield connection
        connection.execute("COMMIT")


@contextmanager
def _connected(home: str, connect: Callable[[str], sqlite3.Connection]) -> Iterator[sqlite3.Connection]:
    """A connection that is closed at the end, which takes back what was not committed; its errors are told in words of ours."""
    file = f"{home}/{sqlite.FILE_NAME}"
    try:
        sqlite.check_header(file)
    except FileNotFoundError:
        raise ShopMissing(home) from None
    try:
        connection = connect(file)
        try:
            yield connection
        finally:
            connection.close()
    except UnicodeDecodeError as error:  # SQLite quotes what is damaged
        raise ShopDamaged from error
    except sqlite3.Error as error:
        if (plain := sqlite.in_plain_words(error, file=file)) is not None:
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
