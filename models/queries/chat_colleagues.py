"""The colleagues whose conversations somebody may read, to choose one from: those who have any, whether they still work here or not."""

from __future__ import annotations

from typing import Final, NamedTuple

from models import db
from models.actor import Actor
from models.errors import Unknown
from models.queries import chat_scope
from models.queries.departments import paths
from models.rules import finding


class ColleagueRow(NamedTuple):
    """Somebody with conversations.

    Attributes:
        status: of the account, as `catalogue.STATUSES` has it.
        department: where they belong now, as a path; "" for nowhere.
    """

    id: int
    login: str
    name: str
    status: str
    department: str


_ROWS: Final = """
    SELECT s.id, s.login, s.name, s.status, s.department_id FROM staff s WHERE {where} ORDER BY s.login LIMIT ? OFFSET ?
"""
_COUNT: Final = "SELECT count(*) FROM staff s WHERE {where}"
_NAME: Final = "SELECT s.name FROM staff s WHERE {where} AND s.id = ?"
_HAS: Final = "EXISTS (SELECT 1 FROM conversation c WHERE c.staff_id = s.id)"
_MEANT: Final = r"s.login || ' ' || s.name || ' ' || s.nickname || ' ' || s.pinyin || ' ' || s.initials LIKE ? ESCAPE '\'"
"""Without phones and staff numbers, by which people are found elsewhere: whoever reads conversations need not know these."""

_EVERY: Final = -1


class Colleagues:
    """Who is meant by what was typed, window by window. How far the reader reads is judged anew at every call."""

    def __init__(self, actor: Actor, typed: str) -> None:
        self._actor = actor
        self._terms = [f"%{word}%" for word in finding.needle(typed).split()]

    def count(self) -> int:
        """How many there are."""
        where, terms = self._where()
        ((number,),) = db.rows(_COUNT.format(where=where), terms)
        return int(number)

    def window(self, offset: int, limit: int) -> list[ColleagueRow]:
        """The rows from `offset` on, at most `limit`."""
        where, terms = self._where()
        known = paths()
        found = db.rows(_ROWS.format(where=where), (*terms, limit, offset))
        return [ColleagueRow._make((*row[:4], known.get(row[4], ""))) for row in found]

    def position(self, key: object) -> int | None:
        """Where the person with the id `key` stands; None when they are not among them."""
        return next((place for place, row in enumerate(self.window(0, _EVERY)) if row.id == key), None)

    def _where(self) -> tuple[str, tuple[object, ...]]:
        who, whose = chat_scope.condition(chat_scope.scope(self._actor))
        return " AND ".join([who, *[f"({_MEANT})"] * len(self._terms), _HAS]), (*whose, *self._terms)


def listing(actor: Actor, typed: str = "") -> Colleagues:
    """The colleagues with conversations that the actor may read and who are meant by what was typed, the actor among them.

    Raises:
        SessionEnded, SessionLocked, EnrolFirst: as every read; so do the calls of what is returned.
    """
    chat_scope.scope(actor)
    return Colleagues(actor, typed)


def called(actor: Actor, staff_id: int) -> str:
    """The name of one of them.

    Raises:
        Unknown: the actor may read none of that person's conversations, or there are none.
        SessionEnded, SessionLocked, EnrolFirst: as every read.
    """
    who, whose = chat_scope.condition(chat_scope.scope(actor))
    found = db.row(_NAME.format(where=f"{who} AND {_HAS}"), (*whose, staff_id))
    if found is None:
        raise Unknown("staff", str(staff_id))
    return str(found[0])
