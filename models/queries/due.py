"""What is due with people, as conditions of SQL: the home screen counts by them, the list of staff filters by them.

All of them speak of the table `staff s`. `now` is UTC microseconds.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from models import db
from models.catalogue import OPERATIONS, permissions
from models.clock import DAY
from models.i18n import N_
from models.rules.delegation import Held

CODE: Final = "code"
FROZEN: Final = "frozen"
ENDING: Final = "ending"
LEAVING: Final = "leaving"
UNPLACED: Final = "unplaced"
SILENT: Final = "silent"

LABELS: Final = {
    CODE: N_("Activation code runs out"),
    FROZEN: N_("Frozen, holding grants"),
    ENDING: N_("Access ends soon"),
    LEAVING: N_("Leaves soon"),
    SILENT: N_("Active, never signed in"),
    UNPLACED: N_("In no department"),
}
"""What each is called; marked (`N_`)."""

CODE_DAYS: Final = 2
"""So many days before an activation code runs out it is due."""
ENDING_DAYS: Final = 14
"""Likewise before a grant ends."""
LEAVING_DAYS: Final = 14
"""Likewise before somebody leaves."""
SILENT_DAYS: Final = 7
"""So many days after an account was activated its person should have signed in."""


class Condition(NamedTuple):
    """A condition, and what fills its question marks."""

    sql: str
    parameters: tuple[object, ...] = ()


class Kind(NamedTuple):
    """A way in which something is due with people.

    Attributes:
        where: who is meant.
        at: the moment it is about, in SQL: when it ends, or since when it has been so; NULL where there is none.
        needs: permissions of which one lets the actor do something about it.
    """

    where: Condition
    at: str
    needs: tuple[str, ...]


_CODE_END: Final = "(SELECT o.expires_at FROM one_time_code o WHERE o.staff_id = s.id AND o.used_at IS NULL AND o.void_at IS NULL)"
_GRANT: Final = "SELECT {what} FROM {table} g WHERE g.ended_at IS NULL AND {condition}"


def _of_grants(what: str, condition: str, together: str) -> str:
    return f" {together} ".join(_GRANT.format(what=what, table=table, condition=condition) for table in ("role_grant", "extra"))


_FIRST_END: Final = "(SELECT min(until) FROM ({}))".format(_of_grants("g.until", "g.staff_id = s.id AND g.until >= {now}", "UNION ALL"))  # noqa: S608  our own text only


def kinds(now: int) -> dict[str, Kind]:
    """Everything that can be due, the most urgent first."""
    ends = (now, now + ENDING_DAYS * DAY)
    held = _of_grants("1", "g.staff_id = s.id AND (g.until IS NULL OR g.until >= ?)", "UNION ALL")
    # The + has SQLite read every grant in turn: by an index, none of which says when they end, it takes four times as long.
    ending = _of_grants("g.staff_id", "g.until BETWEEN ? AND ?", "UNION").replace("g.ended_at", "+g.ended_at")
    return {
        CODE: Kind(
            Condition(f"s.status = 'invited' AND coalesce({_CODE_END}, 0) <= ?", (now + CODE_DAYS * DAY,)), _CODE_END, ("staff.manage",)
        ),
        FROZEN: Kind(Condition(f"s.status = 'frozen' AND EXISTS ({held})", (now, now)), "NULL", ("staff.freeze", "staff.offboard")),
        ENDING: Kind(
            Condition(f"s.status <> 'left' AND s.id IN ({ending})", (*ends, *ends)), _FIRST_END.format(now=int(now)), ("staff.manage",)
        ),
        LEAVING: Kind(
            Condition("s.status <> 'left' AND s.leaves_at BETWEEN ? AND ?", (now, now + LEAVING_DAYS * DAY)),
            "s.leaves_at",
            ("staff.offboard",),
        ),
        SILENT: Kind(
            Condition("s.status = 'active' AND s.signed_in_at IS NULL AND s.activated_at <= ?", (now - SILENT_DAYS * DAY,)),
            "s.activated_at",
            ("staff.manage",),
        ),
        UNPLACED: Kind(Condition("s.status <> 'left' AND s.department_id IS NULL"), "s.created_at", ("staff.manage",)),
    }


def condition(due: str, actor_id: int | None, held: Held, now: int) -> Condition:
    """Who is due in the way `due`, as far as the actor can do something about it: neither themselves, nor the owner, nor who is wider.

    Raises:
        KeyError: nothing is due in a way of that name.
    """
    where, reach = kinds(now)[due].where, within_reach(held, now)
    return Condition(f"{where.sql} AND s.is_owner = 0 AND s.id <> ? AND {reach.sql}", (*where.parameters, actor_id or 0, *reach.parameters))


def within_reach(held: Held, now: int) -> Condition:
    """Whose potential access is no wider than what the actor holds, of the table `staff s`: as `rules.delegation` says, for all at once."""
    beyond = [permission for permission in permissions().values() if permission.code not in held and not permission.owner_only]
    if not beyond:
        return Condition("1")
    anybody = [permission.code for permission in beyond if permission.post != OPERATIONS]
    codes = (*anybody, *(permission.code for permission in beyond if permission.post == OPERATIONS))
    low, high = _marks(len(anybody)), _marks(len(codes) - len(anybody))
    inside = f"(permission IN ({low}) OR (s.post = '{OPERATIONS}' AND permission IN ({high})))"
    holds = "g.staff_id = s.id AND g.ended_at IS NULL AND (g.until IS NULL OR g.until >= ?)"
    by_role = f"SELECT 1 FROM role_grant g JOIN role_permission p ON p.role_id = g.role_id WHERE {holds} AND {inside}"  # noqa: S608  ours
    by_extra = f"SELECT 1 FROM extra g WHERE {holds} AND {inside}"  # noqa: S608  our own text only
    return Condition(f"NOT EXISTS ({by_role}) AND NOT EXISTS ({by_extra})", (now, *codes, now, *codes))


def _marks(number: int) -> str:
    return ", ".join("?" * number)


def owner_is_alone() -> bool:
    """Whether there is no account beside the owner's, those of people who left included."""
    return not db.rows("SELECT 1 FROM staff WHERE is_owner = 0 LIMIT 1")
