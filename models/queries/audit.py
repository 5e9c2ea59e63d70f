"""The log as it is read: who sees what of it, looked through by filters, newest first.

One's own entries are everybody's. `audit.view` reaches the entries of whoever belongs to one's own department, or to one below it,
at the moment of asking; `audit.view.all`, the owner and the operator at the machine see everything, strangers' attempts included.
"""

from __future__ import annotations

import json
from typing import Any, Final, NamedTuple

from models import db, sqlite
from models.actor import Actor
from models.errors import Unknown
from models.events import PROGRAMS, risk_of, sentence
from models.queries._reading import may_read
from models.queries.audit_changes import Change, changes, values
from models.queries.audit_filters import END, Asked, Wanted, logins_in, spans
from models.queries.audit_streams import Found, search
from models.rules import anchor_codes

__all__ = [
    "ALL",
    "DEPARTMENT",
    "OWN",
    "PAGE",
    "Change",
    "EntryDetail",
    "EntryRow",
    "Page",
    "Sight",
    "Wanted",
    "about",
    "entry",
    "page",
    "reach",
    "sight",
]

ALL: Final = "all"
DEPARTMENT: Final = "department"
OWN: Final = "own"

PAGE: Final = 200


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


class EntryDetail(NamedTuple):
    """Everything about an entry.

    Attributes:
        session: the number of the session it was done in; None for none.
        device: the device key by the name it was given, else by its fingerprint; "" without one.
        address: "" at the machine itself.
        code: its number and the beginning of its hash, as `audit verify` takes it.
    """

    row: EntryRow
    session: int | None
    device: str
    address: str
    changes: tuple[Change, ...]
    code: str


_MINE: Final = "SELECT department_id FROM staff WHERE id = ?"
_ROWS: Final = f"""
    SELECT e.seq, e.at, e.actor, coalesce(s.name, ''), e.action, e.object_kind, e.object_id, e.object_label, e.new
    FROM {sqlite.each()} j CROSS JOIN audit_entry e ON e.seq = j.value LEFT JOIN staff s ON s.login = e.actor ORDER BY e.seq DESC
"""  # noqa: S608  our own text only
_ENTRY: Final = """
    SELECT e.actor, e.session, coalesce((SELECT d.name FROM device d WHERE d.fingerprint = e.device), e.device),
        e.address, e.old, e.new, e.hash
    FROM audit_entry e WHERE e.seq = ?
"""
_MOMENT: Final = "SELECT at FROM audit_entry WHERE seq >= ? ORDER BY seq LIMIT 1"


class Sight(NamedTuple):
    """How much of the log somebody sees: what that is called, and whose entries; None for everybody's."""

    name: str
    actors: frozenset[str] | None


def reach(actor: Actor) -> str:
    """How much of the log the actor sees: "all", "department" or "own".

    Raises:
        SessionEnded, SessionLocked, EnrolFirst: as every read.
    """
    return sight(actor).name


def sight(actor: Actor) -> Sight:
    """How much of the log the actor sees, and whose entries that is.

    Raises:
        SessionEnded, SessionLocked, EnrolFirst: as every read.
    """
    held = may_read(actor, None)
    if "audit.view.all" in held:
        return Sight(ALL, None)
    if "audit.view" in held:
        ((department_id,),) = db.rows(_MINE, (actor.staff_id,))
        if department_id is not None:
            return Sight(DEPARTMENT, logins_in(department_id) | {actor.name})
    return Sight(OWN, frozenset({actor.name}))


def page(actor: Actor, wanted: Wanted, before: int | None = None, limit: int = PAGE) -> Page:
    """The newest entries that `wanted` lets through and the actor may see.

    Args:
        before: the number of an entry; only older ones are given.

    Raises:
        SessionEnded, SessionLocked, EnrolFirst: as every read.
    """
    with db.connection():
        return _page(sight(actor).actors, wanted, before, limit)


def about(actor: Actor, kind: str, thing_id: int, before: int | None = None, limit: int = PAGE) -> Page:
    """The newest entries about one thing. About oneself is everybody's to read, whoever acted.

    Raises:
        SessionEnded, SessionLocked, EnrolFirst: as every read.
    """
    with db.connection():
        seen = sight(actor).actors
        return _page(None if kind == "staff" and thing_id == actor.staff_id else seen, Wanted(kind=kind, thing_id=thing_id), before, limit)


def numbers(actor: Actor, wanted: Wanted, before: int | None = None, limit: int = PAGE) -> Found:
    """As `page`, the numbers alone; `reached` is what to ask for the next ones with, 0 where nothing older is left.

    Raises:
        SessionEnded, SessionLocked, EnrolFirst: as every read.
    """
    with db.connection():
        return _found(sight(actor).actors, wanted, before, limit)


def _found(seen: frozenset[str] | None, wanted: Wanted, before: int | None, limit: int) -> Found:
    asked = Asked(seen, wanted)
    seqs: list[int] = []
    for floor, bound in spans(wanted, before) if asked.can_match else ():
        if floor < bound:
            found = search(asked.cuts(bound, floor), asked.tests, bound, floor, limit - len(seqs))
            seqs += found.seqs
            if found.reached:
                return Found(seqs, found.reached)
    return Found(seqs, 0)


def _page(seen: frozenset[str] | None, wanted: Wanted, before: int | None, limit: int) -> Page:
    found = _found(seen, wanted, before, limit + 1)
    rows = tuple(_row(row) for row in db.rows(_ROWS, (json.dumps(found.seqs[:limit]),)))
    if len(found.seqs) > limit:
        return Page(rows, more=True, searched_to=None, before=rows[-1].seq)
    if found.reached:
        return Page(rows, more=True, searched_to=db.rows(_MOMENT, (found.reached,))[0][0], before=found.reached)
    return Page(rows, more=False, searched_to=None, before=None)


def _row(row: tuple[Any, ...]) -> EntryRow:
    seq, at, actor, name, action, kind, thing_id, label, new = row
    said = str(values(new).get("act") or label) if action in PROGRAMS else label
    return EntryRow(seq, at, actor, name, action, sentence(action, said), risk_of(action, label), kind, thing_id, label)


def entry(actor: Actor, seq: int) -> EntryDetail:
    """One entry, with what it changed.

    Raises:
        Unknown: there is none with that number, or the actor may not see it.
        SessionEnded, SessionLocked, EnrolFirst: as every read.
    """
    with db.connection():
        seen = sight(actor).actors
        found = db.row(_ENTRY, (seq,)) if 0 < seq < END else None
        if found is None or (seen is not None and found[0] not in seen):
            raise Unknown("entry", str(seq))
        (line,) = db.rows(_ROWS, (json.dumps([seq]),))
        _by, session, device, address, old, new, digest = found
        return EntryDetail(_row(line), session, device, address, changes(line[4], old, new), anchor_codes.code(seq, digest))
