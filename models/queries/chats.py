"""Conversations as they are listed: whose one may read, by filters, those with the newest message first. None of what was said is in it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, Final, NamedTuple

from models import db, sqlite, text
from models.actor import Actor
from models.queries import chat_scope
from models.queries.chat_scope import Scope
from models.rules import chat_index

MOST: Final = 5_000
"""So many conversations a list with a filter holds: the newest. A list without has all of them."""

_NARROW: Final = 5_000
"""So many conversations are looked at one by one, by the index of their colleagues."""

_MANY: Final = 100_000
"""Messages of a time; of fewer it is quicker to ask which conversations they are in than to ask each conversation."""

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
_WINDOW: Final = "SELECT c.id FROM conversation c WHERE {where} ORDER BY {order} LIMIT ? OFFSET ?"
_COUNT: Final = "SELECT count(*) FROM conversation c WHERE {where}"
_IN_ORDER: Final = "c.last_at DESC, c.id DESC"
_SORTED: Final = "+c.last_at DESC, c.id DESC"
"""The same order, for a filter that lets few through: to find these and sort them is quicker than to read all by their time."""

_BEFORE: Final = "(c.last_at, c.id) > (SELECT k.last_at, k.id FROM conversation k WHERE k.id = ?)"
_MESSAGES: Final = "SELECT count(*) FROM (SELECT 1 FROM message WHERE id BETWEEN ? AND ? LIMIT ?)"
_AMONG: Final = "c.id IN (SELECT m.conversation_id FROM message m WHERE m.id BETWEEN ? AND ?)"
_BETWEEN: Final = """
    c.last_at >= ? AND c.first_at <= ? AND (c.last_at <= ? OR c.first_at >= ?
        OR EXISTS (SELECT 1 FROM message m WHERE m.conversation_id = c.id AND m.id BETWEEN ? AND ?))
"""
_WAITING: Final = "c.waiting_since IS NOT NULL"
_OWN: Final = "SELECT 1 FROM conversation WHERE staff_id = ? LIMIT 1"


class Listing:
    """The conversations that a filter lets through, window by window. How far the reader reads is judged anew at every call.

    Without a filter, each window is read by an index. What a filter lets through is found at once, the newest `MOST`, and again with each
    `count`: so a list that is scrolled through stands still, and one that is read again has what is new.
    """

    def __init__(self, actor: Actor, wanted: Filter) -> None:
        self._actor, self._wanted = actor, wanted
        self._is_filtered = wanted._replace(words="", staff_id=None) != Filter()
        self._ids: list[int] | None = None

    @property
    def is_cut(self) -> bool:
        """Whether there are more than `MOST`, so that a narrower filter would show others."""
        return self._ids is not None and len(self._ids) > MOST

    def count(self) -> int:
        """How many there are."""
        with db.reading():
            seen = chat_scope.scope(self._actor)
            if self._is_filtered:
                self._ids = self._found(seen)
                return min(len(self._ids), MOST)
            where, terms = self._whose(seen)
            ((number,),) = db.rows(_COUNT.format(where=where), terms)
            return int(number)

    def window(self, offset: int, limit: int) -> list[ConversationRow]:
        """The rows from `offset` on, at most `limit`."""
        with db.reading():
            seen = chat_scope.scope(self._actor)
            if self._is_filtered:
                return rows(seen, self._kept(seen)[offset : offset + limit])
            where, terms = self._whose(seen)
            found = db.rows(_WINDOW.format(where=where, order=_IN_ORDER), (*terms, limit, offset))
            return rows(seen, [identity for (identity,) in found])

    def position(self, key: object) -> int | None:
        """Where the conversation with the id `key` stands; None when the filter keeps it out."""
        with db.reading():
            seen = chat_scope.scope(self._actor)
            if self._is_filtered:
                kept = self._kept(seen)
                return kept.index(key) if key in kept and rows(seen, [key]) else None
            where, terms = self._whose(seen)
            if db.rows(_COUNT.format(where=f"{where} AND c.id = ?"), (*terms, key)) == [(0,)]:
                return None
            ((number,),) = db.rows(_COUNT.format(where=f"{where} AND {_BEFORE}"), (*terms, key))
            return int(number)

    def _kept(self, seen: Scope) -> list[int]:
        """What was found, found now where nothing was yet."""
        if self._ids is None:
            self._ids = self._found(seen)
        return self._ids[:MOST]

    def _found(self, seen: Scope) -> list[int]:
        where, terms = self._whose(seen)
        ((number,),) = db.rows(_COUNT.format(where=where), terms)
        is_narrow = number <= _NARROW
        if not is_narrow:
            where, terms = self._whose(seen, "+c")  # by no index: one after the other is quicker than many by their colleague
        more, values, order = _asked(self._wanted, is_narrow=is_narrow)
        where = " AND ".join([where, *more])
        found = db.rows(_WINDOW.format(where=where, order=order), (*terms, *values, MOST + 1, 0))
        return [identity for (identity,) in found]

    def _whose(self, seen: Scope, conversation: str = "c") -> tuple[str, tuple[object, ...]]:
        where, terms = chat_scope.colleagues(seen, conversation)
        if self._wanted.staff_id is None:
            return where, terms
        return f"{where} AND {conversation}.staff_id = ?", (*terms, self._wanted.staff_id)


def listing(actor: Actor, wanted: Filter | None = None) -> Listing:
    """The conversations that `wanted` lets through, of those whose one may read.

    Raises:
        SessionEnded, SessionLocked, EnrolFirst: as every read; so do the calls of what is returned.
    """
    chat_scope.scope(actor)
    return Listing(actor, wanted or Filter())


def _asked(wanted: Filter, *, is_narrow: bool) -> tuple[list[str], list[object], str]:
    """What a filter asks beside whose, what its question marks stand for, and the order in which it is best read."""
    where, terms = conditions(wanted)
    if wanted.since is None and wanted.until is None:
        return where, terms, _SORTED
    low, high = numbers(wanted)
    if not is_narrow and db.rows(_MESSAGES, (low, high, _MANY)) != [(_MANY,)]:
        return [*where, _AMONG], [*terms, low, high], _SORTED
    since, until = moments(wanted)
    return [*where, _BETWEEN], [*terms, since, until, until, since, low, high], _SORTED if where or is_narrow else _IN_ORDER


def conditions(wanted: Filter) -> tuple[list[str], list[object]]:
    """What a filter asks of a conversation, words and time apart, as SQL over `conversation c`, and what its question marks stand for."""
    where: list[str] = []
    terms: list[object] = []
    if customer := text.key(text.visible(wanted.customer)):
        where.append("instr(c.search, ?) > 0")
        terms.append(customer)
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


def readable(actor: Actor, ids: Iterable[int]) -> frozenset[int]:
    """Which of some conversations the actor may read now: for what is on a screen already.

    Raises:
        SessionEnded, SessionLocked, EnrolFirst: as every read.
    """
    with db.reading():
        return frozenset(row.id for row in rows(chat_scope.scope(actor), sorted(ids)))


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
        ((mine,),) = db.rows(_COUNT.format(where=f"{_WAITING} AND c.staff_id = ?"), (seen.staff_id,))
        if not seen.code:
            return Waiting(mine, mine)
        who, whose = chat_scope.colleagues(seen)
        ((reachable,),) = db.rows(_COUNT.format(where=f"{_WAITING} AND {who}"), whose)
        return Waiting(mine, reachable)
