"""What becomes of somebody's conversations when they leave: they stay, and are read by whoever reads those of their department.

Nothing is handed over by anybody. People keep the department they had, a department that was closed keeps its place in the tree, and
`chat_scope` asks for both at the moment of reading.
"""

from __future__ import annotations

import json
from typing import Final, NamedTuple

from models import db, sqlite
from models.actor import Actor
from models.catalogue import ACTIVE
from models.queries._everybody import Everybody, members
from models.queries._reading import may_read
from models.queries.departments import paths
from models.rules.departments import below
from models.rules.sharing import ALL_CODE, TEAM_CODE


class HandedOver(NamedTuple):
    """Somebody's conversations, and who reads them once they have left.

    Attributes:
        conversations: how many there are.
        waiting: customers who wait for an answer; `since` when the first of them wrote, UTC microseconds, None where nobody waits.
        department: the path of theirs; "" for none, where nobody reads them who does not read all.
        readers: how many colleagues may read them now, the person and the owner apart.
    """

    conversations: int
    waiting: int
    since: int | None
    department: str
    readers: int


_CONVERSATIONS: Final = "SELECT count(*), count(waiting_since), min(waiting_since) FROM conversation WHERE staff_id = ?"
_PERSON: Final = "SELECT department_id FROM staff WHERE id = ?"
_PARENTS: Final = "SELECT id, parent_id FROM department"
_ACTIVE: Final = f"SELECT id FROM staff WHERE status = '{ACTIVE}' AND is_owner = 0 AND id <> ?"  # noqa: S608  our own text only
_LEFT: Final = f"SELECT id FROM staff WHERE status = 'left' AND department_id IN {sqlite.LISTED} ORDER BY id"  # noqa: S608  as above
_THERE: Final = f"{_ACTIVE} AND department_id IN {sqlite.LISTED}"


def of(staff_id: int, now: int) -> HandedOver:
    """What there is of a person; for what has judged already who asks.

    Args:
        now: the moment that the readers are judged at, UTC microseconds.
    """
    ((conversations, waiting, since),) = db.rows(_CONVERSATIONS, (staff_id,))
    if not conversations:
        return HandedOver(0, 0, None, "", 0)
    ((department_id,),) = db.rows(_PERSON, (staff_id,))
    department = paths()[department_id] if department_id is not None else ""
    return HandedOver(conversations, waiting, since, department, _readers(staff_id, department_id, now))


def _readers(staff_id: int, department_id: int | None, now: int) -> int:
    everybody = Everybody(now)
    found = _among(everybody.may(ALL_CODE), db.rows(_ACTIVE, (staff_id,)))
    if department_id is not None:
        there = json.dumps(sorted(_above(department_id)))
        found |= _among(everybody.may(TEAM_CODE), db.rows(_THERE, (staff_id, there)))
    return len(found)


def _among(people: int, rows: list[tuple[int]]) -> set[int]:
    return set(members(people)) & {staff_id for (staff_id,) in rows}


def _above(department_id: int) -> set[int]:
    """A department and those above it, whose people read it."""
    parents: dict[int, int | None] = dict(db.rows(_PARENTS))
    found: set[int] = set()
    at: int | None = department_id
    while at is not None:
        found.add(at)
        at = parents[at]
    return found


def left_in(actor: Actor, department_id: int) -> tuple[int, ...]:
    """The ids of those who have left and belong to a department, or to a closed one below it; those of open ones below move with these.

    Raises:
        NotAllowed, SessionEnded: as every read.
    """
    may_read(actor, "staff.view")
    closed: dict[int, int | None] = dict(db.rows(f"{_PARENTS} WHERE closed_at IS NOT NULL"))
    inside = below({**closed, department_id: None}, department_id)
    return tuple(staff_id for (staff_id,) in db.rows(_LEFT, (json.dumps(sorted(inside)),)))
