"""How an entry gets its place in the log: the SQL and the linking, for peewee's connection and for the bare one of `check --act` alike.

Whoever appends has a write transaction open, so no other writer can take the numbers.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from models.actor import Actor
from models.events import SENTENCES
from models.latest import Rows
from models.rules.audit_chain import FIRST, link

Values = Mapping[str, object]

WriteMany = Callable[[str, Sequence[Sequence[object]]], object]
"""Runs one statement for many rows, on the same connection."""

_HEAD: Final = "SELECT seq, hash FROM audit_entry ORDER BY seq DESC LIMIT 1"
_INSERT: Final = """
    INSERT INTO audit_entry
    (seq, at, actor, session, device, address, action, object_kind, object_id, object_label, old, new, hash)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""


class Thing(NamedTuple):
    """What an act was done to, under the name that it had then.

    Attributes:
        kind: "staff", "role", "department", "shop", "permission".
        label: a login, a code, or the name of what has neither.
    """

    kind: str
    id: int | None
    label: str


class Entry(NamedTuple):
    """An act, before it has its place in the chain."""

    action: str
    thing: Thing
    old: Values
    new: Values


def entry(action: str, thing: Thing, *, old: Values | None = None, new: Values | None = None) -> Entry:
    """An act of the vocabulary. No secret may be in `old` or `new`.

    Raises:
        KeyError: the action is not in the vocabulary.
    """
    if action not in SENTENCES:
        raise KeyError(action)
    return Entry(action, thing, old or {}, new or {})


def append(rows: Rows, write_many: WriteMany, actor: Actor, now: int, entries: Iterable[Entry]) -> None:
    """Append `entries` to the chain, inside the write transaction that is open.

    Args:
        actor: whom they name.
        now: the moment of the acts, UTC microseconds. Where the clock was set back it is before the head's: numbers tell the order.
    """
    seq, previous = next(iter(rows(_HEAD, ())), (0, FIRST))
    linked = []
    for each in entries:
        seq += 1
        who = (actor.name, actor.session_id, actor.device, actor.address)
        fields = (seq, now, *who, each.action, *each.thing, _json(each.old), _json(each.new))
        previous = link(previous, fields)
        linked.append((*fields, previous))
    write_many(_INSERT, linked)


def _json(values: Values) -> str:
    return json.dumps(values, ensure_ascii=False, separators=(",", ":")) if values else ""
