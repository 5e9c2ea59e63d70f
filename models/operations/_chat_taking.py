"""Writing messages into their conversations, inside the transaction that is open: each once, however often it comes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from models import db, sqlite, text
from models.rules import chat_index, chat_lines
from models.rules.chat_lines import Bad, Line
from models.rules.chat_talk import Talk, gone_on

# Each is asked once for all lines. CROSS JOIN: for every one of them the index is looked into, whatever SQLite thinks of their number.
_STAFF: Final = f"SELECT s.login, s.id FROM {sqlite.each()} j CROSS JOIN staff s ON s.login = j.value"  # noqa: S608  ours
_THERE: Final = f"""
    SELECT m.ref, c.customer, c.staff_id, m.at, m.sender, m.text
    FROM {sqlite.each()} j CROSS JOIN message m ON m.ref = j.value JOIN conversation c ON c.id = m.conversation_id
"""  # noqa: S608  ours
_NUMBERS: Final = f"SELECT value, (SELECT max(id) FROM message WHERE id BETWEEN value AND value + ?) FROM {sqlite.each()}"  # noqa: S608  ours
_CONVERSATIONS: Final = f"""
    SELECT c.customer, c.staff_id, c.id, (SELECT max(id) FROM message WHERE conversation_id = c.id),
           c.first_at, c.last_at, c.messages, c.waiting_since
    FROM {sqlite.each()} j CROSS JOIN conversation c ON c.customer = j.value
"""  # noqa: S608  ours
_LAST: Final = "SELECT coalesce(max(id), 0) FROM conversation"
_ADD: Final = """
    INSERT INTO conversation (id, customer, search, staff_id, first_at, last_at, messages, waiting_since) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
"""
_GO_ON: Final = "UPDATE conversation SET first_at = ?, last_at = ?, messages = ?, waiting_since = ? WHERE id = ?"
_MESSAGE: Final = "INSERT INTO message (id, conversation_id, ref, at, sender, text) VALUES (?, ?, ?, ?, ?, ?)"
_INDEX: Final = "INSERT INTO message_text (rowid, text, whose) VALUES (?, ?, ?)"
_LATE: Final = """
    UPDATE conversation SET waiting_since = (
        SELECT min(at) FROM message WHERE conversation_id = ?1 AND sender = 'customer' AND id > coalesce(
            (SELECT id FROM message WHERE conversation_id = ?1 AND sender = 'staff' ORDER BY id DESC LIMIT 1), 0))
    WHERE id = ?1
"""

_Between = tuple[str, int]
"""A customer, and a colleague by id."""


class _New(NamedTuple):
    """A message that is to be written."""

    number: int
    between: _Between
    line: Line


class _Known(NamedTuple):
    """A conversation that is there, and the number of its last message."""

    id: int
    last: int
    talk: Talk


def take(lines: Sequence[Line]) -> list[bool | Bad]:
    """Write what is new of `lines`, whose order tells what was said first in the same millisecond.

    Returns:
        Of each: whether it is new; False is known already, with the same content. Or why it cannot be taken.
    """
    staff: dict[str, int] = dict(db.rows(_STAFF, (_array({line.login for line in lines}),)))
    there = {ref: tuple(content) for ref, *content in db.rows(_THERE, (_array({line.ref for line in lines}),))}
    numbers = _Numbers(lines)
    verdicts: list[bool | Bad] = []
    fresh: list[_New] = []
    for line in lines:
        staff_id = staff.get(line.login)
        if staff_id is None:
            verdicts.append(chat_lines.nobody(line.login, line.ref))
            continue
        content = (line.customer, staff_id, line.at, line.sender, line.text)
        if (was := there.get(line.ref)) is not None:
            verdicts.append(False if was == content else Bad(chat_lines.OTHER, chat_lines.ANOTHER, ref=line.ref))
        elif (number := numbers.next(line.at)) is None:
            verdicts.append(Bad(chat_lines.TIME, chat_lines.CROWDED, ref=line.ref))
        else:
            there[line.ref] = content
            fresh.append(_New(number, (line.customer, staff_id), line))
            verdicts.append(True)
    if fresh:
        _write(sorted(fresh))
    return verdicts


class _Numbers:
    """Gives messages their numbers: those of a millisecond follow those that are there."""

    def __init__(self, lines: Iterable[Line]) -> None:
        lows = {chat_index.lowest_number(line.at) for line in lines}
        self._last: dict[int, int | None] = dict(db.rows(_NUMBERS, (chat_index.highest_number(0), _array(lows))))

    def next(self, at: int) -> int | None:
        """The number of one more message of that moment; None where there is none left."""
        low = chat_index.lowest_number(at)
        last = self._last[low]
        number = low if last is None else last + 1
        if number > chat_index.highest_number(at):
            return None
        self._last[low] = number
        return number


def _write(fresh: Sequence[_New]) -> None:
    """Write messages, which stand in the order of their numbers: in any other, each would be a piece of its own of the index of words."""
    told: dict[_Between, list[_New]] = {}
    for each in fresh:
        told.setdefault(each.between, []).append(each)
    known = {
        (customer, staff_id): _Known(identity, last or 0, Talk(*talk))
        for customer, staff_id, identity, last, *talk in db.rows(_CONVERSATIONS, (_array({customer for customer, _staff_id in told}),))
    }
    ((newest,),) = db.rows(_LAST)
    added, gone, late, ids = [], [], [], {}
    for between, said in told.items():
        before = known.get(between)
        talk = gone_on(before.talk if before is not None else None, ((each.line.at, each.line.sender) for each in said))
        if before is None:
            newest += 1
            ids[between] = newest
            added.append((newest, between[0], text.key(between[0]), between[1], *talk))
        else:
            ids[between] = before.id
            gone.append((*talk, before.id))
            if said[0].number < before.last:
                late.append((before.id,))
    db.write_many(_ADD, added)
    db.write_many(_GO_ON, gone)
    db.write_many(_MESSAGE, [(number, ids[between], line.ref, line.at, line.sender, line.text) for number, between, line in fresh])
    db.write_many(_INDEX, [(number, chat_index.tokens(line.text), chat_index.whose(staff_id)) for number, (_, staff_id), line in fresh])
    db.write_many(_LATE, late)


def _array(values: Iterable[object]) -> str:
    return json.dumps(list(values), ensure_ascii=False)
