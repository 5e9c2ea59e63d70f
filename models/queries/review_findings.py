"""What an access review finds: what lies unused, what ends, what nobody confirmed, who and what belongs nowhere.

Reading it takes `audit.view.all`. Everything is read in milliseconds but what lies unused, for which `queries.review_unused` asks the log.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

from models import clock, db
from models.actor import Actor
from models.catalogue import permission_label, permissions, role_label
from models.clock import DAY
from models.i18n import N_
from models.queries import separation
from models.queries._everybody import working
from models.queries._reading import may_read
from models.queries._together import Violator
from models.queries.due import ENDING_DAYS
from models.queries.review import LINE, PERMISSION, GrantKey

SEPARATION: Final = "separation"
UNUSED: Final = "unused"
ENDING: Final = "ending"
UNCONFIRMED: Final = "unconfirmed"
UNPLACED: Final = "unplaced"
EMPTY: Final = "empty"

LABELS: Final = {
    SEPARATION: N_("Holds together what is kept apart"),
    UNUSED: N_("Not used for 90 days, as far as the log knows"),
    ENDING: N_("Ends within 14 days"),
    UNCONFIRMED: N_("Not confirmed for a year"),
    UNPLACED: N_("In no department"),
    EMPTY: N_("Roles that nobody holds"),
}
"""What each is called, the most urgent first; marked (`N_`)."""

YEAR: Final = 365
"""So many days after it was given, or last confirmed, a line is to be confirmed anew."""


class Found(NamedTuple):
    """One thing that was found. What does not apply is None or "".

    Attributes:
        staff_id: whom it is about.
        grant: the line it is about, which can be confirmed or taken away.
        role_id: the role that nobody holds.
        code: the permission that lies unused; or one that is held together with `other`, which is kept apart from it.
        high: whether it is high-risk.
        at: UTC microseconds: when it ends; when it was last confirmed, or given; when it was last used, None for never.
    """

    staff_id: int | None = None
    grant: GrantKey | None = None
    role_id: int | None = None
    code: str = ""
    other: str = ""
    high: bool = False
    at: int | None = None


class FoundRow(NamedTuple):
    """The same with names to show: the person's, and the label of the role or the permission.

    Attributes:
        key: names the row among those of its kind.
    """

    key: str
    found: Found
    login: str
    name: str
    label: str


class Finding:
    """Everything of one kind that was found, window by window.

    Attributes:
        kind: a key of `LABELS`.
    """

    def __init__(self, kind: str, found: list[Found]) -> None:
        self.kind: Final = kind
        self._found = found
        self._places: dict[object, int] | None = None

    def count(self) -> int:
        """How many there are."""
        return len(self._found)

    def people(self) -> int:
        """How many people it is about."""
        return len({each.staff_id for each in self._found} - {None})

    def high(self) -> int:
        """How much of it is high-risk."""
        return sum(each.high for each in self._found)

    def window(self, offset: int, limit: int) -> list[FoundRow]:
        """The rows from `offset` on, at most `limit`."""
        part = self._found[offset : offset + limit]
        names = _names(part)
        labels = _labels(part)
        return [FoundRow(_key(each), each, *names.get(each.staff_id, ("", "")), _label(each, labels)) for each in part]

    def position(self, key: object) -> int | None:
        """Where the row with that key stands; None where there is none."""
        if self._places is None:
            self._places = {_key(each): place for place, each in enumerate(self._found)}
        return self._places.get(key)


def _key(found: Found) -> str:
    if found.grant is not None:
        return f"{found.grant.kind}:{found.grant.id}"
    return f"{found.staff_id or ''}:{found.code or found.role_id or ''}:{found.other}"


def _names(part: list[Found]) -> dict[int | None, tuple[str, str]]:
    ids = ", ".join({str(each.staff_id) for each in part if each.staff_id is not None})
    return {row[0]: row[1:] for row in db.rows(f"SELECT id, login, name FROM staff WHERE id IN ({ids})")}  # noqa: S608  ids only


def _labels(part: list[Found]) -> dict[GrantKey | int, str]:
    """The labels of roles and of grants."""
    ids = {kind: ", ".join(str(each.grant.id) for each in part if each.grant and each.grant.kind == kind) for kind in ("role", "extra")}
    roles_of = "SELECT g.id, r.code, r.name FROM role_grant g JOIN role r ON r.id = g.role_id WHERE g.id IN ({})"
    labels: dict[GrantKey | int, str] = {}
    for grant_id, code, name in db.rows(roles_of.format(ids["role"])):
        labels[GrantKey("role", grant_id)] = role_label(code, name)
    for grant_id, code in db.rows(f"SELECT id, permission FROM extra WHERE id IN ({ids['extra']})"):  # noqa: S608  ids only
        labels[GrantKey("extra", grant_id)] = permission_label(code)
    role_ids = ", ".join(str(each.role_id) for each in part if each.role_id is not None)
    for role_id, code, name in db.rows(f"SELECT id, code, name FROM role WHERE id IN ({role_ids})"):  # noqa: S608  ids only
        labels[role_id] = role_label(code, name)
    return labels


def _label(found: Found, labels: dict[GrantKey | int, str]) -> str:
    if found.code:
        return " + ".join(permission_label(code) for code in (found.code, found.other) if code)
    key = found.grant or found.role_id
    return labels.get(key, "") if key is not None else ""


_LINES: Final = """
    SELECT 'role', g.id, g.staff_id, {at} AS at, EXISTS (SELECT 1 FROM role_permission p WHERE p.role_id = g.role_id AND {high}), s.login
    FROM role_grant g JOIN staff s ON s.id = g.staff_id WHERE {line} AND {who} AND {which}
    UNION ALL
    SELECT 'extra', g.id, g.staff_id, {at} AS at, {extra_high}, s.login
    FROM extra g JOIN staff s ON s.id = g.staff_id WHERE {line} AND {who} AND {which}
    ORDER BY at, s.login, 1 DESC, 2
"""
_UNPLACED: Final = "SELECT s.id FROM staff s WHERE {who} AND s.department_id IS NULL AND s.is_owner = 0 ORDER BY s.login"
_EMPTY: Final = """
    SELECT r.id, EXISTS (SELECT 1 FROM role_permission p WHERE p.role_id = r.id AND {high}) FROM role r
    WHERE r.closed_at IS NULL AND NOT EXISTS
    (SELECT 1 FROM role_grant g JOIN staff s ON s.id = g.staff_id WHERE g.role_id = r.id AND {line} AND {who})
    ORDER BY r.id
"""


def findings(actor: Actor) -> tuple[Finding, ...]:
    """Everything that was found but what lies unused; kinds of which there is nothing are left out.

    Raises:
        NotAllowed, SessionEnded: as every read; it takes `audit.view.all`.
    """
    return tuple(found for kind in _READERS if (found := of(actor, kind)).count())


def of(actor: Actor, kind: str) -> Finding:
    """Everything of one kind that was found; of any but `UNUSED`.

    Raises:
        NotAllowed, SessionEnded: as `findings`.
    """
    may_read(actor, PERMISSION)
    return Finding(kind, _READERS[kind](actor, clock.now()))


def _kept_apart(actor: Actor, _now: int) -> list[Found]:
    return [_apart(each) for each in separation.together(actor)]


def _ending(_actor: Actor, now: int) -> list[Found]:
    return _lines(now, "g.until", f"g.until <= {int(now + ENDING_DAYS * DAY)}")


def _unconfirmed(_actor: Actor, now: int) -> list[Found]:
    return _lines(now, "max(g.since, coalesce(g.confirmed_at, 0))", f"at <= {int(now - YEAR * DAY)}")


def _unplaced(_actor: Actor, now: int) -> list[Found]:
    return [Found(staff_id=row[0]) for row in db.rows(_UNPLACED.format(who=working(now)))]


def _empty(_actor: Actor, now: int) -> list[Found]:
    rows = db.rows(_EMPTY.format(line=LINE.format(now=int(now)), who=working(now), high=_high("p")))
    return [Found(role_id=role_id, high=bool(high)) for role_id, high in rows]


_READERS: Final[dict[str, Callable[[Actor, int], list[Found]]]] = {
    SEPARATION: _kept_apart,
    ENDING: _ending,
    UNCONFIRMED: _unconfirmed,
    UNPLACED: _unplaced,
    EMPTY: _empty,
}


def _apart(found: Violator) -> Found:
    high = any(permissions()[code].high_risk for code in (found.one, found.other))
    return Found(found.staff_id, code=found.one, other=found.other, high=high, at=found.until)


def _lines(now: int, at: str, which: str) -> list[Found]:
    texts = {"line": LINE.format(now=int(now)), "who": working(now), "at": at, "which": which}
    rows = db.rows(_LINES.format(high=_high("p"), extra_high=_high("g"), **texts))
    return [Found(staff_id, GrantKey(kind, grant_id), high=bool(high), at=when) for kind, grant_id, staff_id, when, high, _login in rows]


def _high(table: str) -> str:
    """Whether what `table` names is high-risk, in SQL."""
    codes = ", ".join(f"'{code}'" for code, permission in permissions().items() if permission.high_risk)
    return f"{table}.permission IN ({codes})"
