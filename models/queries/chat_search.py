"""Finding what was said to customers: the index gives the numbers of messages, the newest first; the rest is asked of each."""

from __future__ import annotations

import json
from time import perf_counter
from typing import Any, Final, NamedTuple

from models import db, sqlite, sqlite_words, text
from models.errors import Invalid
from models.i18n import N_
from models.queries import chat_scope, chats
from models.queries.chat_scope import Scope
from models.queries.chats import Filter
from models.rules import chat_index

WORDS_LIMIT: Final = 100
"""Characters of what is looked for."""

PATIENCE: Final = 0.15
"""Seconds after which a search stops where it is, and says how far it came."""

_FEW: Final = 40
"""So many colleagues are asked of the index; of more it is quicker to ask each message."""

_CHUNK: Final = 500


class Hit(NamedTuple):
    """A message that was found.

    Attributes:
        login: of the colleague whose conversation it is in; likewise `name`.
        at: UTC microseconds.
        sender: "customer", "staff" or "auto".
    """

    message_id: int
    conversation_id: int
    customer: str
    login: str
    name: str
    at: int
    sender: str
    text: str


class Found(NamedTuple):
    """Messages, the newest first.

    Attributes:
        more: whether there may be older ones.
        before: what to ask for the next page with; None where nothing older is left.
        searched_to: where the search stopped before it had found enough: the moment down to which it looked, UTC microseconds.
    """

    hits: tuple[Hit, ...]
    more: bool
    before: int | None
    searched_to: int | None


_OLDEST: Final = "SELECT min(id), max(id) FROM message"
_STAFF: Final = "SELECT s.id FROM staff s WHERE {who} LIMIT ?"
_HITS: Final = f"""
    SELECT m.id, c.id, c.customer, s.login, s.name, m.at, m.sender, m.text
    FROM {sqlite.each()} j CROSS JOIN message m ON m.id = j.value CROSS JOIN conversation c ON c.id = m.conversation_id
    CROSS JOIN staff s ON s.id = c.staff_id
    WHERE {{where}} ORDER BY m.id DESC
"""  # noqa: S608  our own text only


class Wanted(NamedTuple):
    """What is looked for.

    Attributes:
        words: as they were typed, cleaned.
        phrases: what is asked of the index.
        short: words that the index does not know, for being too short.
    """

    words: str
    phrases: str
    short: tuple[str, ...]


def wanted(typed: str) -> Wanted:
    """What is looked for, from what was typed.

    Raises:
        Invalid: nothing, too long, hostile, or no word has two characters.
    """
    words = text.clean("words", typed.replace("\u200d", ""), limit=WORDS_LIMIT, required=True)
    phrases = chat_index.phrases(words)
    if not phrases:
        raise Invalid("words", N_("At least one word needs two characters."))
    return Wanted(words, phrases, tuple(word for word in chat_index.words(words) if len(word) < chat_index.LEAST))


def search(seen: Scope, asked: Wanted, filters: Filter, before: int | None, limit: int) -> Found:
    """The newest messages that have all the words, of those that may be read and that the filter lets through."""
    until = perf_counter() + PATIENCE
    floor, top = _span(filters, before)
    match, where, terms = _restricted(seen, asked, filters)
    hits: list[Hit] = []
    while floor <= top:
        ids = [number for (number,) in db.rows(sqlite_words.NEWEST, (match, floor, top, _CHUNK))]
        hits += [hit for hit in _hits(ids, where, terms) if _has(hit.text, asked.short)]
        if len(hits) > limit:
            return Found(tuple(hits[:limit]), more=True, before=hits[limit - 1].message_id, searched_to=None)
        if len(ids) < _CHUNK:
            break
        top = ids[-1] - 1
        if perf_counter() > until:
            return Found(tuple(hits), more=True, before=top + 1, searched_to=chat_index.moment(top))
    return Found(tuple(hits), more=False, before=None, searched_to=None)


def _span(filters: Filter, before: int | None) -> tuple[int, int]:
    first, last = (db.row(_OLDEST) or (None, None))[:2]
    if first is None:
        return 1, 0
    low, high = chats.numbers(filters)
    return max(first, low), min(last, high, last if before is None else before - 1)


def _restricted(seen: Scope, asked: Wanted, filters: Filter) -> tuple[str, str, tuple[object, ...]]:
    who, whose = chat_scope.condition(seen)
    conditions, terms = chats.conditions(filters._replace(since=None, until=None))
    staff = None
    if filters.staff_id is not None:
        staff = [filters.staff_id]
    elif seen.name != chat_scope.ALL:
        staff = [identity for (identity,) in db.rows(_STAFF.format(who=who), (*whose, _FEW + 1))]
    if staff is None or len(staff) > _FEW:
        match = sqlite_words.matching(asked.phrases)
    else:
        match = sqlite_words.matching(asked.phrases, map(chat_index.whose, staff))
    return match, " AND ".join([who, *conditions]), (*whose, *terms)


def _hits(ids: list[int], where: str, terms: tuple[object, ...]) -> list[Hit]:
    found: list[tuple[Any, ...]] = db.rows(_HITS.format(where=where), (json.dumps(ids), *terms))
    return [Hit._make(row) for row in found]


def _has(said: str, short: tuple[str, ...]) -> bool:
    return not short or all(word in text.key(said) for word in short)
