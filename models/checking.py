"""One verdict, soon: the way to the data that `shopstaff check` takes, for programs that ask at every click.

A bare connection that cannot write, the same SQL text and the same judge as everywhere else, and neither peewee nor anything else
that takes longer to import than to answer.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from os import listdir
from typing import Final, NamedTuple

from models import access_sql, clock, sqlite
from models.catalogue import permissions
from models.errors import ShopDamaged, ShopMissing, ShopNewer, ShopReadOnly, Unknown
from models.rules.access import Source, Verdict, judge

_MIGRATIONS: Final = __file__.rpartition("/")[0] + "/migrations"
_APPLIED: Final = "SELECT name FROM schema_migration"
_SHOP: Final = "SELECT language, zone FROM shop"


class OutdatedError(Exception):
    """The tables are an older Shopstaff's: open the shop, which brings them up to date, and ask again."""


class Answer(NamedTuple):
    """What was asked for, and what it takes to say it.

    Attributes:
        login: as it is kept.
        language: the shop's; likewise `zone`.
        grantors: login and name of everybody who could give what is lacking; empty when that was not asked for.
    """

    login: str
    verdict: Verdict
    language: str
    zone: str
    grantors: tuple[tuple[str, str], ...]


def ask(home: str, login: str, code: str, *, grantors: bool = False) -> Answer:
    """Judge one permission of one person now. Needs no actor: whoever can read the data folder has the owner's rights.

    Args:
        grantors: also find out who could give it, if it is lacking.

    Raises:
        Unknown: there is no such person or permission.
        OutdatedError: the tables have to be brought up to date first.
        DataUnusable: there is no shop, or it cannot be read.
    """
    with _opened(home) as connection:
        language, zone = _shop(connection, home)
        if code not in permissions():
            raise Unknown("permission", code)
        row = connection.execute(access_sql.PERSON, (login.strip().casefold(),)).fetchone()
        if row is None:
            raise Unknown("staff", login)
        person, now = access_sql.person(row), clock.now()
        holdings = access_sql.holdings(connection.execute(access_sql.HOLDINGS, (row[0],)))
        verdict = judge(person, permissions()[code], [holding.source for holding in holdings if holding.permission == code], now)
        who: tuple[tuple[str, str], ...] = ()
        if grantors and not verdict.granted:
            who = access_sql.grantors(lambda sql, given: connection.execute(sql, given).fetchall(), code, row[0], now)
        return Answer(person.login, verdict, language, zone, who)


def language(home: str) -> str | None:
    """The language of the shop in `home`; None where nothing can be read. For saying why nothing can be done, in the right one."""
    try:
        with _opened(home) as connection:
            return _shop(connection, home)[0]
    except (OutdatedError, ShopDamaged, ShopMissing, ShopNewer, ShopReadOnly):
        return None


def source_row(source: Source) -> dict[str, str | None]:
    """Where a permission comes from: `kind name by from until`. The owner's comes from nobody, and always was."""
    given = source.kind != "owner"
    return {
        "kind": source.kind,
        "name": source.name,
        "by": source.by if given else None,
        "from": clock.rfc3339(source.since) if given else None,
        "until": clock.rfc3339(source.until) if source.until is not None else None,
    }


@contextmanager
def _opened(home: str) -> Iterator[sqlite3.Connection]:
    """One read transaction: what is read together was so at one moment."""
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


def _shop(connection: sqlite3.Connection, home: str) -> tuple[str, str]:
    """The shop's language and time zone."""
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
