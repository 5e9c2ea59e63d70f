"""One verdict, soon: the way to the data that `shopstaff check` takes, for programs that ask at every click.

A bare connection that cannot write, the same SQL text and the same judge as everywhere else, and neither peewee nor anything else
that takes longer to import than to answer.
"""

from __future__ import annotations

from sqlite3 import Connection
from typing import NamedTuple

from models import access_sql, clock
from models.bare import opened, shop
from models.catalogue import permissions
from models.errors import Unknown
from models.rules.access import Source, Verdict, judge


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
    with opened(home) as connection:
        return answer(connection, home, login, code, clock.now(), grantors=grantors)


def answer(connection: Connection, home: str, login: str, code: str, now: int, *, grantors: bool = False) -> Answer:
    """As `ask`, inside a transaction that is open, at a moment in UTC microseconds."""
    language, zone = shop(connection, home)
    if code not in permissions():
        raise Unknown("permission", code)
    row = connection.execute(access_sql.PERSON, (login.strip().casefold(),)).fetchone()
    if row is None:
        raise Unknown("staff", login)
    person = access_sql.person(row, lambda sql, given: connection.execute(sql, given).fetchall(), now)
    holdings = access_sql.holdings(connection.execute(access_sql.HOLDINGS, (row[0],)))
    verdict = judge(person, permissions()[code], [holding.source for holding in holdings if holding.permission == code], now)
    who: tuple[tuple[str, str], ...] = ()
    if grantors and not verdict.granted:
        who = access_sql.grantors(lambda sql, given: connection.execute(sql, given).fetchall(), code, row[0], now)
    return Answer(person.login, verdict, language, zone, who)


def source_row(source: Source) -> dict[str, str | None]:
    """Where a permission comes from: `kind name by from until`. The owner's comes from nobody, and always was."""
    given = source.kind != "owner"
    return {
        "kind": source.kind,
        "name": source.name,
        "by": source.by if given else None,
        "from": clock.rfc3339(source.since) if given else None,
        "until": clock.rfc3339_if(source.until),
    }
