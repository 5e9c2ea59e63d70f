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

_JOINER: Final = "\u200d"
"""What holds an emoji together that is made of others; in what was taken in there is none."""

WORDS_LIMIT: Final = 100
"""Characters of what is looked for."""

PATIENCE: Final = 0.15
"""Seconds after which a search stops where it is, and says how far it came."""

_FEW: Final = 40
"""So many colleagues are asked of the index; of more it is quicker to ask each message."""

_MOST: Final = 2_000
"""So many numbers are taken from the index at once."""

_PARTS: Final = 1_024
"""Where a search stops is the end of such a part of the whole time, never at a message: that would tell of one that may not be read."""

_CONVERSATIONS: Final = 300
_MESSAGES: Final = 5_000
"""Where a customer has no more conversations and messages than these, all are read: a frequent word is found in too many others'."""


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


_ENDS: Final = "SELECT (SELECT min(id) FROM message), (SELECT max(id) FROM message)"
_THEIRS: Final = "SELECT c.id, c.messages FROM conversation c CROSS JOIN staff s ON s.id = c.staff_id WHERE {where} LIMIT ?"
_SAID: Final = f"""
    SELECT m.id, m.text FROM {sqlite.each()} j CROSS JOIN message m INDEXED BY message_conversation ON m.conversation_id = j.value
    WHERE m.id BETWEEN ? AND ? ORDER BY m.id DESC
"""  # noqa: S608  our own text only
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
        each: every word, as it is compared; likewise `short`, those that the index does not know, for being too short.
    """

    words: str
    phrases: str
    each: tuple[str, ...]
    short: tuple[str, ...]


class _Asked(NamedTuple):
    """What a message has to meet beside its words, as SQL over its conversation and colleague, and what the index is asked."""

    where: str
    terms: tuple[object, ...]
    match: str


def wanted(typed: str) -> Wanted:
    """What is looked for, from what was typed.

    Raises:
        Invalid: nothing, too long, hostile, or no word has two characters.
    """
    words = text.clean("words", typed.replace(_JOINER, ""), limit=WORDS_LIMIT, required=True)
    phrases = chat_index.phrases(words)
    if not phrases:
        raise Invalid("words", N_("At least one word needs two characters."))
    each = chat_index.words(words)
    return Wanted(words, phrases, each, tuple(word for word in each if len(word) < chat_index.LEAST))


def search(seen: Scope, looked_for: Wanted, filters: Filter, before: int | None, limit: int) -> Found:
    """The newest messages that have all the words, of those that may be read and that the filter lets through."""
    oldest, newest = db.rows(_ENDS)[0]
    if oldest is None:
        return Found((), more=False, before=None, searched_to=None)
    low, high = chats.numbers(filters)
    floor, top = max(oldest, low), min(newest, high, newest if before is None else before - 1)
    asked = _asked(seen, looked_for, filters)
    if (theirs := _theirs(asked, filters)) is not None:
        said = db.rows(_SAID, (json.dumps(theirs), floor, top))
        ids = [number for number, words in said if _has(words, looked_for.each)]
        return _page(_hits(ids[: limit + 1], asked, ()), limit, None)
    return _by_index(looked_for, asked, (floor, top, (newest - oldest) // _PARTS + 1), limit)


def _by_index(looked_for: Wanted, asked: _Asked, span: tuple[int, int, int], limit: int) -> Found:
    """Ask the index for more and more, the newest first, until there is enough, or patience ends.

    The index is always asked down to the end: it looks there anyway for what is not found before.
    """
    floor, top, width = span
    until, goes_on, size = perf_counter() + PATIENCE, top, limit + 1
    hits: list[Hit] = []
    while goes_on >= floor:
        ids = [number for (number,) in db.rows(sqlite_words.NEWEST, (asked.match, floor, goes_on, size))]
        hits += _hits(ids, asked, looked_for.short)
        if len(hits) > limit or len(ids) < size:
            break
        goes_on, size = ids[-1] - 1, min(size * 4, _MOST)
        reached = top + 1 - (top - goes_on) // width * width
        if perf_counter() > until and reached <= top:
            return _page([hit for hit in hits if hit.message_id >= reached], limit, reached)
    return _page(hits, limit, None)


def _page(hits: list[Hit], limit: int, reached: int | None) -> Found:
    """A page of what was found.

    Args:
        reached: where the search stopped; None where it did not.
    """
    if len(hits) > limit:
        return Found(tuple(hits[:limit]), more=True, before=hits[limit - 1].message_id, searched_to=None)
    if reached is not None:
        return Found(tuple(hits), more=True, before=reached, searched_to=chat_index.moment(reached))
    return Found(tuple(hits), more=False, before=None, searched_to=None)


def _asked(seen: Scope, looked_for: Wanted, filters: Filter) -> _Asked:
    who, whose = chat_scope.condition(seen)
    conditions, values = chats.conditions(filters)
    where, terms = " AND ".join([who, *conditions]), (*whose, *values)
    if filters.staff_id is not None:
        match = sqlite_words.matching(looked_for.phrases, [chat_index.whose(filters.staff_id)])
        return _Asked(f"{where} AND c.staff_id = ?", (*terms, filters.staff_id), match)
    staff = [] if seen.name == chat_scope.ALL else db.rows(_STAFF.format(who=who), (*whose, _FEW + 1))
    few = [chat_index.whose(identity) for (identity,) in staff] if 0 < len(staff) <= _FEW else None
    return _Asked(where, terms, sqlite_words.matching(looked_for.phrases, few))


def _theirs(asked: _Asked, filters: Filter) -> list[int] | None:
    """The conversations of the customer who is asked for, where they are few; None otherwise."""
    if not filters.customer:
        return None
    found = db.rows(_THEIRS.format(where=asked.where), (*asked.terms, _CONVERSATIONS + 1))
    is_few = len(found) <= _CONVERSATIONS and sum(messages for _id, messages in found) <= _MESSAGES
    return [identity for identity, _messages in found] if is_few else None


def _hits(ids: list[int], asked: _Asked, short: tuple[str, ...]) -> list[Hit]:
    found: list[tuple[Any, ...]] = db.rows(_HITS.format(where=asked.where), (json.dumps(ids), *asked.terms))
    return [hit for hit in map(Hit._make, found) if _has(hit.text, short)]


def _has(said: str, words: tuple[str, ...]) -> bool:
    if not words:
        return True
    said = text.key(said)
    return all(word in said for word in words)
