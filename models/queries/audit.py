"""The log as it is read: who sees what of it, looked through by filters, newest first.

One's own entries are everybody's. `audit.view` reaches the entries of whoever belongs to one's own department, or to one below it,
at the moment of asking; `audit.view.all`, the owner and the operator at the machine see everything, strangers' attempts included.
"""

from __future__ import annotations

import json
from typing import Any, Final, NamedTuple

from models import db
from models.actor import Actor
from models.errors import Unknown
from models.events import PROGRAMS, actions_in, risk_of, sentence
from models.queries._reading import may_read
from models.queries.departments import within
from models.rules.delegation import Held

ALL: Final = "all"
DEPARTMENT: Final = "department"
OWN: Final = "own"

PAGE: Final = 200


class Wanted(NamedTuple):
    """Which entries; all empty means everything that one may see.

    Attributes:
        words: what was typed: people, things, what was done.
        by: the login of who acted; `console:<os user>` for the operator.
        department_id: who acted belongs to it now, or to one below it.
        area: as `models.events.AREAS`; `action`: as `models.events.SENTENCES`; `risk`: "low", "medium" or "high".
        kind: what it was done to: "staff", "role", "department", …; with `thing_id`, that one thing.
        since: the first moment, UTC microseconds; likewise `until`, the last.
    """

    words: str = ""
    by: str = ""
    department_id: int | None = None
    area: str = ""
    action: str = ""
    risk: str = ""
    kind: str = ""
    thing_id: int | None = None
    since: int | None = None
    until: int | None = None


class EntryRow(NamedTuple):
    """An entry of the log as one line.

    Attributes:
        at: UTC microseconds.
        name: the full name of who acted; "" for the operator at the machine and for strangers.
        sentence: what was done, in the language in force; of an act in another program, with what that program said.
        label: what it was done to, under the name that it had then.
    """

    seq: int
    at: int
    actor: str
    name: str
    action: str
    sentence: str
    risk: str
    kind: str
    thing_id: int | None
    label: str


class Page(NamedTuple):
    """Entries, the newest first.

    Attributes:
        more: whether there may be older ones.
        searched_to: where the search stopped before it had found enough: the moment down to which it looked, UTC microseconds.
        before: what to ask for the next page with; None where nothing older is left.
    """

    rows: tuple[EntryRow, ...]
    more: bool
    searched_to: int | None
    before: int | None


class Change(NamedTuple):
    """One thing that an act changed, or said, in words; "" where there was, or is, nothing."""

    label: str
    old: str
    new: str


class EntryDetail(NamedTuple):
    """Everything about an entry.

    Attributes:
        session: the number of the session it was done in; None for none.
        device: the device key by the name it was given, else by its fingerprint; "" without one.
        address: "" at the machine itself.
        code: the short form of its hash.
    """

    row: EntryRow
    session: int | None
    device: str
    address: str
    changes: tuple[Change, ...]
    code: str


_INSIDE: Final = "(actor IN (SELECT s.login FROM staff s JOIN json_each(?) d ON d.value = s.department_id))"
_MINE: Final = "SELECT department_id FROM staff WHERE id = ?"


def reach(actor: Actor) -> str:
    """How much of the log the actor sees: "all", "department" or "own".

    Raises:
        SessionEnded, SessionLocked, EnrolFirst: as every read.
    """
    held = may_read(actor, None)
    return _reach(actor, held)[0]


def _reach(actor: Actor, held: Held) -> tuple[str, int | None]:
    if "audit.view.all" in held:
        return ALL, None
    if "audit.view" in held:
        ((department_id,),) = db.rows(_MINE, (actor.staff_id,))
        if department_id is not None:
            return DEPARTMENT, department_id
    return OWN, None


def page(actor: Actor, wanted: Wanted, before: int | None = None, limit: int = PAGE) -> Page:
    """The newest entries that `wanted` lets through and the actor may see.

    Args:
        before: the number of an entry; only older ones are given.

    Raises:
        SessionEnded, SessionLocked, EnrolFirst: as every read.
    """
    scope, department_id = _reach(actor, may_read(actor, None))
    where, terms = ["seq < ?"], list[object]([before if before is not None else 1 << 62])
    inside = {DEPARTMENT: department_id}.get(scope)
    for tree in (inside, wanted.department_id):
        if tree is not None:
            own = " OR actor = ?" if tree is inside and scope == DEPARTMENT else ""
            where.append(f"({_INSIDE}{own})")
            terms += [json.dumps(sorted(within(tree))), *([actor.name] if own else [])]
    if scope == OWN:
        where.append("actor = ?")
        terms.append(actor.name)
    for column, value in (("actor", wanted.by), ("action", wanted.action), ("object_kind", wanted.kind), ("object_id", wanted.thing_id)):
        if value not in {"", None}:
            where.append(f"{column} = ?")
            terms.append(value)
    for bound, value in (("at >= ?", wanted.since), ("at <= ?", wanted.until)):
        if value is not None:
            where.append(bound)
            terms.append(value)
    if wanted.area:
        where.append("action IN (SELECT value FROM json_each(?))")
        terms.append(json.dumps(actions_in(wanted.area)))
    found = db.rows(f"{_ROWS} WHERE {' AND '.join(where)} ORDER BY seq DESC LIMIT ?", (*terms, limit + 1))
    rows = tuple(_row(row) for row in found[:limit])
    more = len(found) > limit
    return Page(rows, more, None, rows[-1].seq if more else None)


_ROWS: Final = """
    SELECT seq, at, actor, coalesce((SELECT name FROM staff WHERE login = actor), ''), action, object_kind, object_id, object_label, new
    FROM audit_entry
"""


def _row(row: tuple[Any, ...]) -> EntryRow:
    seq, at, actor, name, action, kind, thing_id, label, new = row
    said = json.loads(new).get("act", label) if action in PROGRAMS and new else label
    return EntryRow(seq, at, actor, name, action, sentence(action, said), risk_of(action, label), kind, thing_id, label)


def entry(actor: Actor, seq: int) -> EntryDetail:
    """One entry, with what it changed.

    Raises:
        Unknown: there is none with that number, or the actor may not see it.
        SessionEnded, SessionLocked, EnrolFirst: as every read.
    """
    found = page(actor, Wanted(), seq + 1, 1).rows
    if not found or found[0].seq != seq:
        raise Unknown("entry", str(seq))
    ((session, device, address, digest),) = db.rows("SELECT session, device, address, hash FROM audit_entry WHERE seq = ?", (seq,))
    return EntryDetail(found[0], session, device, address, (), digest.hex()[:8])
