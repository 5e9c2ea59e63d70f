"""Acts in other programs: one verdict, as `checking` gives it, and who was allowed or refused what, in one transaction.

So the till, or whatever else asks "may alice change a price?", need keep no log of its own. Without an entry there is no answer: an act
that has no name is not allowed. Nothing in here needs peewee: other programs ask at every click.
"""

from __future__ import annotations

from collections.abc import Iterable
from sqlite3 import Connection
from typing import Final, NamedTuple

from models import checking, clock, text
from models.actor import Actor
from models.bare import writing
from models.checking import Answer
from models.entry_sql import Thing, append, entry
from models.errors import Invalid
from models.events import PERMISSION, PROGRAM_ALLOW, PROGRAM_REFUSE
from models.i18n import N_

LIMIT: Final = 200
"""Most characters of what is to be done: a line in the log."""


class Asked(NamedTuple):
    """What another program asks: may the person with that login use the permission with that code, for this act?"""

    login: str
    code: str
    act: str


def ask(home: str, login: str, code: str, act: str, operator: str, *, grantors: bool = False) -> Answer:
    """Judge one permission of one person now, and write down what they were about to do with it.

    The entry's actor is the person, in no session; through whose command that came to be known stands in it. It is no operation: nobody
    acts on the shop by it, so it is written also while a damaged log lets nothing be changed.

    Args:
        act: what is to be done, in the other program's words.
        operator: the user of the operating system who asks for it.
        grantors: also find out who could give it, if it is lacking.

    Raises:
        Invalid: `act` is empty, too long or hostile.
        Unknown: there is no such person or permission; nothing was written.
        OutdatedError: the tables have to be brought up to date first.
        DataUnusable: there is no shop, or it cannot be written.
    """
    asked = Asked(login, code, _readable(act))
    with writing(home) as connection:
        return _asked(connection, home, asked, operator, grantors=grantors)


def ask_all(home: str, asked: Iterable[Asked], operator: str) -> list[Answer]:
    """As `ask`, one after another, all in one transaction: where one raises, nothing of any was written.

    Args:
        asked: each is judged, and written down, at the moment at which it is drawn.
    """
    with writing(home) as connection:
        return [_asked(connection, home, each._replace(act=_readable(each.act)), operator) for each in asked]


def _readable(act: str) -> str:
    said = text.clean("act", act, limit=LIMIT)
    if not said:
        raise Invalid("act", N_("What they are about to do is not said: it takes a line of text."))
    return said


def _asked(connection: Connection, home: str, asked: Asked, operator: str, *, grantors: bool = False) -> Answer:
    """One of them, inside a write transaction that is open."""
    now = clock.now()
    answer = checking.answer(connection, home, asked.login, asked.code, now, grantors=grantors)
    told: dict[str, object] = {"act": asked.act, "through": Actor.console(operator).name}
    if not answer.verdict.allowed:
        told["because"] = [obstacle.kind for obstacle in answer.verdict.obstacles]
    action = PROGRAM_ALLOW if answer.verdict.allowed else PROGRAM_REFUSE
    thing = Thing(PERMISSION, None, asked.code)
    append(connection.execute, connection.executemany, Actor(answer.login), now, [entry(action, thing, new=told)])
    return answer
