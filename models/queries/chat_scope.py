"""Whose conversations somebody may read: the one place that says so.

One's own are everybody's who works here. `chat.record.team` reaches those of whoever belongs to one's own department, or to one below
it, at the moment of asking, people who have left included; who belongs to no department reads their own only. `chat.record.all`, the
owner and the operator at the machine read everybody's.
"""

from __future__ import annotations

import json
from typing import Final, NamedTuple

from models import clock, db, sqlite
from models.actor import Actor
from models.queries._reading import held_by
from models.queries.departments import within
from models.rules import sharing
from models.rules.delegation import Held

OWN: Final = sharing.OWN
TEAM: Final = sharing.TEAM
ALL: Final = sharing.ALL

TEAM_CODE: Final = sharing.TEAM_CODE
ALL_CODE: Final = sharing.ALL_CODE

_DEPARTMENT: Final = "SELECT department_id FROM staff WHERE id = ?"


class Scope(NamedTuple):
    """How far somebody reads.

    Attributes:
        name: "own", "team" or "all".
        staff_id: the reader; None for the operator at the machine, who has no conversations.
        department_ids: the reader's department and those below it, where they hold `chat.record.team`; empty otherwise.
        code: the permission that reaches beyond one's own; "" where none does.
        missing: the permission that reaching further would take; "" where everything is reached.
        department_id: the reader's own, at the top of `department_ids`; None where that is empty.
    """

    name: str
    staff_id: int | None
    department_ids: frozenset[int]
    code: str
    missing: str
    department_id: int | None

    def takes(self, staff_id: int, department_id: int | None) -> str | None:
        """What lets the reader read the conversations of a colleague: a permission, "" of their own, None where nothing does.

        The narrowest is named: who may read everybody's uses no more than `chat.record.team` within their own team.

        Args:
            department_id: where the colleague belongs now.
        """
        if staff_id == self.staff_id:
            return ""
        if department_id in self.department_ids:
            return TEAM_CODE
        return ALL_CODE if self.name == ALL else None


def scope(actor: Actor) -> Scope:
    """How far the actor reads, at this moment.

    Raises:
        SessionEnded, SessionLocked, EnrolFirst: as every read.
    """
    now = clock.now()
    return of(actor, held_by(actor, now))


def of(actor: Actor, held: Held) -> Scope:
    """How far somebody reads who holds what was judged already."""
    inside: frozenset[int] = frozenset()
    department_id = None
    if actor.staff_id is not None and TEAM_CODE in held:
        ((department_id,),) = db.rows(_DEPARTMENT, (actor.staff_id,))
        if department_id is not None:
            inside = within(department_id)
    if ALL_CODE in held:
        return Scope(ALL, actor.staff_id, inside, ALL_CODE, "", department_id)
    missing = ALL_CODE if TEAM_CODE in held else TEAM_CODE
    if inside:
        return Scope(TEAM, actor.staff_id, inside, TEAM_CODE, missing, department_id)
    return Scope(OWN, actor.staff_id, inside, "", missing, None)


def condition(seen: Scope, staff: str = "s") -> tuple[str, tuple[object, ...]]:
    """What lets a colleague's conversations through, as SQL over the table `staff`, and what its question marks stand for.

    The text is the same for everybody who reads as far, so that it is prepared once.

    Args:
        staff: what the query calls the table.
    """
    if seen.name == ALL:
        return "1 = 1", ()
    if seen.name == TEAM:
        return f"({staff}.id = ? OR {staff}.department_id IN {sqlite.LISTED})", (seen.staff_id, json.dumps(sorted(seen.department_ids)))
    return f"{staff}.id = ?", (seen.staff_id,)


def colleagues(seen: Scope, conversation: str = "c") -> tuple[str, tuple[object, ...]]:
    """As `condition`, over the table `conversation` alone: each colleague's conversations are read by their index.

    Args:
        conversation: what the query calls the table.
    """
    who, whose = condition(seen)
    if seen.name == ALL:
        return who, whose
    return f"{conversation}.staff_id IN (SELECT s.id FROM staff s WHERE {who})", whose  # noqa: S608  our own text only
