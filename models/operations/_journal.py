"""Writing the log, inside the transaction of what it tells of."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final, NamedTuple

from models import clock, db
from models.actor import Actor
from models.events import SENTENCES
from models.rules.audit_chain import FIRST, link

Values = Mapping[str, object]

_HEAD: Final = "SELECT seq, hash FROM audit_entry ORDER BY seq DESC LIMIT 1"
_INSERT: Final = """
    INSERT INTO audit_entry
    (seq, at, actor, session, device, address, action, object_kind, object_id, object_label, old, new, hash)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""


class Thing(NamedTuple):
    """What an act was done to, under the name that it had then.

    Attributes:
        kind: "staff", "role", "department" or "shop".
        label: a login, or the name of what has none.
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


def moment(us: int | None) -> str | None:
    """A moment as the log writes it, RFC 3339 in UTC; None for no end."""
    return clock.rfc3339_if(us)


def _json(values: Values) -> str:
    return json.dumps(values, ensure_ascii=False, separators=(",", ":")) if values else ""


def write(actor: Actor, now: int, entries: list[Entry]) -> None:
    """Append `entries` to the chain. A transaction is open, so no other writer can take the numbers."""
    seq, previous = db.row(_HEAD) or (0, FIRST)
    rows = []
    for entry in entries:
        seq += 1
        fields = (
            seq,
            now,
            actor.name,
            actor.session_id,
            actor.device,
            actor.address,
            entry.action,
            *entry.thing,
            _json(entry.old),
            _json(entry.new),
        )
        previous = link(previous, fields)
        rows.append((*fields, previous))
    db.write_many(_INSERT, rows)


class Journal:
    """What an operation tells of itself; written when it ends.

    Attributes:
        actor: who acts.
        now: the moment of the act, UTC microseconds: one for the whole transaction.
        held: what the actor may use now, each code with its last instant.
        subject: what the act is about, as soon as that is known: a refusal names it.
    """

    def __init__(self, actor: Actor, now: int, held: Mapping[str, int | None]) -> None:
        self.actor = actor
        self.now: Final = now
        self.held: Final = held
        self.subject: Thing | None = None
        self.entries: Final[list[Entry]] = []

    def record(self, action: str, thing: Thing, *, old: Values | None = None, new: Values | None = None) -> None:
        """Tell one act. No secret may be in `old` or `new`.

        Raises:
            KeyError: the action is not in the vocabulary.
        """
        if action not in SENTENCES:
            raise KeyError(action)
        self.entries.append(Entry(action, thing, old or {}, new or {}))
