"""Conversations as they are listed: whose one may read, by filters, those with the newest message first. None of what was said is in it."""

from __future__ import annotations

import json
from typing import Any, Final, NamedTuple

from models import db, sqlite, text
from models.actor import Actor
from models.queries import chat_scope
from models.queries.chat_scope import Scope
from models.rules import chat_index

MOST: Final = 10_000
"""So many conversations a list with a filter holds: the newest. A list without has all of them."""

_END: Final = (1 << 63) - 1
"""The highest number and the latest moment that can be stored."""


class Filter(NamedTuple):
    """Which conversations, or which messages; all empty means everything that one may read.

    Attributes:
        words: what a message has to have, each of them. For `chat_reading.find`: to look into what colleagues wrote is an act that leaves
            an entry, so a list pays no regard to them.
        customer: a part of what the marketplace calls the customer, in whatever case and width.
        staff_id: whose conversations.
        since: conversations with a message of that moment or later, UTC microseconds, judged by the millisecond; likewise `until`.
        unanswered: only those in which the customer waits.
    """

    words: str = ""
    customer: str = ""
    staff_id: int | None = None
    since: int | None = None
    until: int | None = None
    unanswered: bool = False


class ConversationRow(NamedTuple):
    """A conversation as one line. Times are UTC microseconds.

    Attributes:
        login: the colleague's; likewise `name`.
        is_own: whether that is the reader.
        messages: how many there are.
        waiting_since: when the customer wrote what nobody has answered yet; None where the colleague had the last word.
    """

    id: int
    customer: str
    staff_id: int
    login: str
    name: str
    is_own: bool
    last_at: int
    messages: int
    waiting_since: int | None


class Waiting(NamedTuple):
    """Customers who wait for an answer: one's own, and all whose conversations one may read, one's own included."""

    own: int
    reachable: int


_ROWS: Final = f"""
    SELECT c.id, c.customer, c.staff_id, s.login, s.name, c.last_at, c.messages, c.waiting_since
    FROM {sqlite.each()} j CROSS JOIN conversation c ON c.id = j.value JOIN staff s ON s.id = c.staff_id
    WHERE {{who}} ORDER BY c.last_at DESC, c.id DESC
"""  # noqa: S608  our own text only
_FOUND: Final = """
    SELECT c.id FROM conversation c JOIN staff s ON s.id = c.staff_id
    WHERE {where} ORDER BY c.last_at DESC, c.id DESC LIMIT ? OFFSET ?
"""
_COUNT: Final = "SELECT count(*) FROM conversation c JOIN staff s ON s.id = c.staff_id WHERE {where}"
_BEFORE: Final = """
    SELECT count(*) FROM conversation c JOIN staff s ON s.id = c.staff_id
    WHERE {where} AND (c.last_at, c.id) > (SELECT k.last_at, k.id FROM conversation k WHERE k.id = ?)
"""
_BETWEEN: Final = """
    EXISTS (SELECT 1 FROM message m WHERE m.conversation_id = c.id AND m.id BETWEEN ? AND ?)
"""
_OWN: Final = "SELECT 1 FROM conversation WHERE staff_id = ? LIMIT 1"


class Listing:
    """The conversations that a filter lets through, window by window. How far the reader reads is judged anew at every call."""

    def __init__(self, actor: Actor, wanted: Filter) -> None:
        self._actor, self._wanted = actor, wanted
        self._conditions, self._terms = conditions(wanted)

    def count(self) -> int:
        """How many there are."""
        with db.reading():
            where, terms = self._where(chat_scope.scope(self._actor))
            ((number,),) = db.rows(_COUNT.format(where=where), terms)
            return int(number)

    def window(self, offset: int, limit: int) -> list[ConversationRow]:
        """The rows from `offset` on, at most `limit`."""
        with db.reading():
            seen = chat_scope.scope(self._actor)
            where, terms = self._where(seen)
            ids = [identity for (identity,) in db.rows(_FOUND.format(where=where), (*terms, limit, offset))]
            return rows(seen, ids)

    def position(self, key: object) -> int | None:
        """Where the conversation with the id `key` stands; None when the filter keeps it out."""
        with db.reading():
            where, terms = self._where(chat_scope.scope(self._actor))
            if not db.rows(_COUNT.format(where=f"{where} AND c.id = ?"), (*terms, key))[0][0]:
                return None
            ((number,),) = db.rows(_BEFORE.format(where=where), (*terms, key))
            return int(number)

    def _where(self, seen: Scope) -> tuple[str, tuple[object, ...]]:
        who, whose = chat_scope.condition(seen)
        return " AND ".join([who, *self._conditions]), (*whose, *self._terms)


def listing(actor: Actor, wanted: Filter | None = None) -> Listing:
    """The conversations that `wanted` lets through, of those whose one may read.

    Raises:
        SessionEnded, SessionLocked, EnrolFirst: as every read; so do the calls of what is returned.
    """
    chat_scope.scope(actor)
    return Listing(actor, wanted or Filter())


def conditions(wanted: Filter) -> tuple[list[str], list[object]]:
    """What a filter asks of a conversation, its words apart, as SQL over `conversation c`, and what its question marks stand for."""
    where: list[str] = []
    terms: list[object] = []
    if wanted.customer.strip():
        where.append("instr(c.search, ?) > 0")
        terms.append(text.key(text.visible(wanted.customer)))
    if wanted.staff_id is not None:
        where.append("c.staff_id = ?")
        terms.append(wanted.staff_id)
    if wanted.since is not None or wanted.until is not None:
        where += ["c.last_at >= ?", "c.first_at <= ?", _BETWEEN]
        terms += [*moments(wanted), *numbers(wanted)]
    if wanted.unanswered:
        where.append("c.waiting_since IS NOT NULL")
    return where, terms


def moments(wanted: Filter) -> tuple[int, int]:
    """From when until when, UTC microseconds."""
    return max(wanted.since or 0, 0) // 1000 * 1000, min(_END if wanted.until is None else wanted.until, _END)


def numbers(wanted: Filter) -> tuple[int, int]:
    """The lowest and the highest number that a message of that time can have."""
    since, until = moments(wanted)
    return min(chat_index.lowest_number(since), _END), min(chat_index.highest_number(until), _END)


def rows(seen: Scope, ids: list[int]) -> list[ConversationRow]:
    """Some conversations, those among them that may be read."""
    who, whose = chat_scope.condition(seen)
    return [_row(seen, row) for row in db.rows(_ROWS.format(who=who), (json.dumps(ids), *whose))]


def _row(seen: Scope, row: tuple[Any, ...]) -> ConversationRow:
    identity, customer, staff_id, login, name, last_at, messages, waiting_since = row
    return ConversationRow(identity, customer, staff_id, login, name, staff_id == seen.staff_id, last_at, messages, waiting_since)


def any_for(actor: Actor) -> bool:
    """Whether there is anything for the actor to read: whoever reads beyond their own, and whoever has conversations.

    Raises:
        SessionEnded, SessionLocked, EnrolFirst: as every read.
    """
    with db.reading():
        seen = chat_scope.scope(actor)
        return bool(seen.code) or db.row(_OWN, (seen.staff_id,)) is not None


def waiting(actor: Actor) -> Waiting:
    """How many customers wait for an answer.

    Raises:
        SessionEnded, SessionLocked, EnrolFirst: as every read.
    """
    with db.reading():
        seen = chat_scope.scope(actor)
        who, whose = chat_scope.condition(seen)
        own = "c.waiting_since IS NOT NULL AND c.staff_id = ?"
        ((mine,),) = db.rows(_COUNT.format(where=own), (seen.staff_id,))
        if not seen.code:
            return Waiting(mine, mine)
        ((reachable,),) = db.rows(_COUNT.format(where=f"c.waiting_since IS NOT NULL AND {who}"), whose)
        return Waiting(mine, reachable)
