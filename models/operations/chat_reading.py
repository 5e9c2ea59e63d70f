"""Reading conversations, and looking into them: one's own leaves no trace, a colleague's is an entry of the log.

A conversation that is opened is an entry once in a session, a search is one as a whole, not with every page; of the operator at the
machine each is one. What cannot be written down is not read.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any, Final, NamedTuple

from models import catalogue, db, text
from models.actor import Actor
from models.errors import NotAllowed, Unknown
from models.operations._journal import Journal, Thing, moment
from models.operations._operation import operation
from models.queries import chat_scope, chat_search
from models.queries.audit_changes import values
from models.queries.chat_scope import Scope
from models.queries.chat_search import Found, Hit
from models.queries.chats import Filter
from models.tables import ChatOpening

__all__ = ["PAGE", "Filter", "Found", "Hit", "MessageRow", "Reading", "find", "open_conversation"]

PAGE: Final = 100
"""Messages that are read at once, without another wish."""

_LARGEST: Final = 500
"""No page is larger, whatever is asked for."""

_ACTIONS: Final = {chat_scope.TEAM_CODE: "chat.read", chat_scope.ALL_CODE: "chat.read.all"}


class MessageRow(NamedTuple):
    """One message.

    Attributes:
        at: UTC microseconds.
        sender: "customer", "staff" or "auto".
    """

    id: int
    at: int
    sender: str
    text: str


class Reading(NamedTuple):
    """A part of a conversation.

    Attributes:
        staff_id: the colleague's; likewise `login` and `name`.
        is_own: whether that is the reader.
        waiting_since: when the customer wrote what nobody has answered yet, UTC microseconds; None where nobody waits.
        total: how many messages there are in all.
        messages: oldest first.
        more_before: whether there are older ones than these; likewise `more_after`.
    """

    id: int
    customer: str
    staff_id: int
    login: str
    name: str
    is_own: bool
    waiting_since: int | None
    total: int
    messages: tuple[MessageRow, ...]
    more_before: bool
    more_after: bool


class _Head(NamedTuple):
    customer: str
    staff_id: int
    total: int
    waiting_since: int | None
    login: str
    name: str
    department_id: int | None


class _Page(NamedTuple):
    before: int | None
    after: int | None
    limit: int


class _Meanwhile(Exception):
    """Something has changed between looking and writing the entry: look again."""


_HEAD: Final = """
    SELECT c.customer, c.staff_id, c.messages, c.waiting_since, s.login, s.name, s.department_id
    FROM conversation c JOIN staff s ON s.id = c.staff_id WHERE c.id = ?
"""
_OPENED: Final = "SELECT 1 FROM chat_opening WHERE session_id = ? AND conversation_id = ?"
_OLDER: Final = "SELECT id, at, sender, text FROM message WHERE conversation_id = ? AND id < ? ORDER BY id DESC LIMIT ?"
_NEWER: Final = "SELECT id, at, sender, text FROM message WHERE conversation_id = ? AND id > ? ORDER BY id LIMIT ?"
_ANY_OLDER: Final = "SELECT 1 FROM message WHERE conversation_id = ? AND id < ? LIMIT 1"
_ANY_NEWER: Final = "SELECT 1 FROM message WHERE conversation_id = ? AND id > ? LIMIT 1"
_END: Final = (1 << 63) - 1


def open_conversation(
    actor: Actor, conversation_id: int, *, before: int | None = None, after: int | None = None, limit: int = PAGE
) -> Reading:
    """A part of a conversation: its newest messages, or those next to a message. Whether the actor may is judged at every call.

    Whoever may not read everything learns nothing by trying numbers: whether there is such a conversation is not said.

    Args:
        before: the number of a message; the newest ones older than that.
        after: the number of a message; the oldest ones newer than that.

    Raises:
        NotAllowed: it is a colleague's, out of the actor's reach; the attempt is in the log.
        Unknown: there is none with that id, for whoever may read all.
        SessionEnded, SessionLocked, EnrolFirst: as every read.
        DataUnusable: the entry could not be written, so nothing is shown.
    """
    page = _Page(_bounded(before), _bounded(after), max(1, min(limit, _LARGEST)))
    while True:
        with db.reading():
            seen, head = chat_scope.scope(actor), _head(conversation_id)
            if head is not None and _is_silent(actor, seen, head, conversation_id):
                return _read(seen, conversation_id, head, page)
        with suppress(_Meanwhile), operation(actor, None, "chat.read", damaged=True) as journal:
            return _open(journal, conversation_id, page)


def _bounded(number: int | None) -> int | None:
    """A number as far as it can be stored: none is beyond."""
    return None if number is None else max(0, min(number, _END))


def _is_silent(actor: Actor, seen: Scope, head: _Head, conversation_id: int) -> bool:
    """Whether it may be read without another word: one's own, and what this session has opened before and still may."""
    takes = seen.takes(head.staff_id, head.department_id)
    return takes == "" or (takes is not None and bool(db.rows(_OPENED, (actor.session_id, conversation_id))))


def _open(journal: Journal, conversation_id: int, page: _Page) -> Reading:
    journal.subject = Thing("conversation", conversation_id if abs(conversation_id) <= _END else None, f"#{conversation_id}")
    seen, head = chat_scope.of(journal.actor, journal.held), _head(conversation_id)
    if head is None and seen.name == chat_scope.ALL:
        raise Unknown("conversation", str(conversation_id))
    takes = None if head is None else seen.takes(head.staff_id, head.department_id)
    if head is None or takes is None:
        raise NotAllowed(seen.missing)
    if _is_silent(journal.actor, seen, head, conversation_id):
        raise _Meanwhile
    if journal.actor.session_id is not None:
        ChatOpening.insert(session=journal.actor.session_id, conversation=conversation_id, at=journal.now).execute()
    told = {"customer": head.customer, "messages": head.total}
    journal.record(_ACTIONS[takes], Thing("staff", head.staff_id, head.login), new=told)
    return _read(seen, conversation_id, head, page)


def _head(conversation_id: int) -> _Head | None:
    found = db.row(_HEAD, (conversation_id,)) if 0 < conversation_id <= _END else None
    return None if found is None else _Head._make(found)


def _read(seen: Scope, conversation_id: int, head: _Head, page: _Page) -> Reading:
    if page.after is not None:
        found = db.rows(_NEWER, (conversation_id, page.after, page.limit))
    else:
        found = db.rows(_OLDER, (conversation_id, _END if page.before is None else page.before, page.limit))[::-1]
    messages = tuple(MessageRow._make(row) for row in found)
    older = bool(messages) and bool(db.rows(_ANY_OLDER, (conversation_id, messages[0].id)))
    newer = bool(messages) and bool(db.rows(_ANY_NEWER, (conversation_id, messages[-1].id)))
    is_own = head.staff_id == seen.staff_id
    return Reading(
        conversation_id, head.customer, head.staff_id, head.login, head.name, is_own, head.waiting_since, head.total, messages, older, newer
    )


_SHOP: Final = "SELECT name FROM shop"
_DEPARTMENT: Final = "SELECT preset, name FROM department WHERE id = ?"
_LOGIN: Final = "SELECT s.login FROM staff s WHERE {who} AND s.id = ?"
_LAST: Final = "SELECT session, new FROM audit_entry WHERE actor = ? AND action = ? ORDER BY seq DESC LIMIT 1"


def find(actor: Actor, filters: Filter, *, before: int | None = None, limit: int = 50) -> Found:
    """Messages with all the words of a filter, the newest first, of those that the actor may read.

    Where that reaches beyond the actor's own it is an entry, once for all pages of the search.

    Args:
        before: as the page before gave it.

    Raises:
        Invalid: nothing is looked for, or nothing that can be found.
        SessionEnded, SessionLocked, EnrolFirst: as every read.
        DataUnusable: the entry could not be written, so nothing is shown.
    """
    asked, limit = chat_search.wanted(filters.words), max(1, min(limit, _LARGEST))
    while True:
        with db.reading():
            seen = chat_scope.scope(actor)
            found = chat_search.search(seen, asked, filters, before, limit)
            told = _told(seen, asked.words, filters)
            is_own = not seen.code or (filters.staff_id is not None and filters.staff_id == seen.staff_id)
            if is_own or (before is not None and _goes_on(actor, seen, told)):
                return found
        with suppress(_Meanwhile), operation(actor, None, "chat.search", damaged=True) as journal:
            if chat_scope.of(actor, journal.held) != seen:
                raise _Meanwhile
            number = f"{len(found.hits)}+" if found.more else len(found.hits)
            journal.record(_searched(seen), _where(seen), new={**told, "found": number})
            return found


def _told(seen: Scope, words: str, filters: Filter) -> dict[str, Any]:
    """The search, as the log writes it; nothing of what was not asked for, and no login that the reader may not know."""
    who, whose = chat_scope.condition(seen)
    colleague = db.row(_LOGIN.format(who=who), (*whose, filters.staff_id)) or (f"#{filters.staff_id}",)
    told = {
        "words": words,
        "customer": text.visible(filters.customer),
        "colleague": filters.staff_id and colleague[0],
        "since": moment(filters.since),
        "until": moment(filters.until),
        "unanswered": filters.unanswered,
    }
    return {key: value for key, value in told.items() if value}


def _searched(seen: Scope) -> str:
    return "chat.search.all" if seen.name == chat_scope.ALL else "chat.search"


def _where(seen: Scope) -> Thing:
    if seen.name == chat_scope.ALL:
        return Thing("shop", 1, db.rows(_SHOP)[0][0])
    ((preset, name),) = db.rows(_DEPARTMENT, (seen.department_id,))
    return Thing("department", seen.department_id, catalogue.department_label(preset, name))


def _goes_on(actor: Actor, seen: Scope, told: dict[str, Any]) -> bool:
    """Whether this very search is the last one that the session has an entry of, so that a further page needs none."""
    last = db.row(_LAST, (actor.name, _searched(seen)))
    if last is None or actor.session_id is None or last[0] != actor.session_id:
        return False
    return {key: value for key, value in values(last[1]).items() if key != "found"} == told
