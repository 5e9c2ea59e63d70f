"""The access review: who can do what, by person and by permission, what is high-risk first, and how much of it was looked at lately.

Reading it takes `audit.view.all`. What is reviewed are lines: a role or an extra of somebody who has not left, which holds or is yet to
begin. Access is told as if everybody were active: who is invited or frozen comes into it with one key.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from models import access_sql, clock, db
from models.actor import Actor
from models.catalogue import permission_label, permissions, role_label
from models.clock import DAY
from models.errors import Unknown
from models.queries import last_use
from models.queries._everybody import HOLDS, Everybody, members, working
from models.queries._reading import may_read
from models.queries.departments import paths
from models.queries.last_use import Holds, Use
from models.rules import finding
from models.rules.access import Person, Source, judge
from models.text import key as folded

PERMISSION: Final = "audit.view.all"
"""What reading the review takes."""

CONFIRMED_DAYS: Final = 90
"""A line that was confirmed within so many days counts as reviewed: a review each quarter."""

RISKS: Final = ("high", "medium", "low")
"""In the order in which they are reviewed."""

LINE: Final = "g.ended_at IS NULL AND (g.until IS NULL OR g.until >= {now})"
"""A grant `g` that is a line of the review, of somebody who has not left."""


class GrantKey(NamedTuple):
    """What names a line: "role" or "extra", and the id of the grant."""

    kind: str
    id: int


class Wanted(NamedTuple):
    """Which people, in which order.

    Attributes:
        query: part of login, name, nickname, number, phone, pinyin or initials.
        sort: "risk" (high-risk permissions), "login" or "name".
    """

    query: str = ""
    sort: str = "risk"
    descending: bool = True


class PersonRow(NamedTuple):
    """Somebody and what they can do, in a line. Times are UTC microseconds.

    Attributes:
        roles: labels of the roles that hold now; `extras` likewise.
        permissions: how many they may use; `high`: how many of those are high-risk.
        until: the first end among their lines; None where none ends.
        lines: how many they have; `confirmed`: how many of those were confirmed within `CONFIRMED_DAYS`.
    """

    id: int
    login: str
    name: str
    department: str
    post: str
    status: str
    is_owner: bool
    roles: tuple[str, ...]
    extras: tuple[str, ...]
    permissions: int
    high: int
    until: int | None
    lines: int
    confirmed: int


class PermissionRow(NamedTuple):
    """A permission and how many may use it."""

    code: str
    label: str
    risk: str
    people: int


class HolderRow(NamedTuple):
    """Somebody who may use a permission: through what, until when (None: without end), and what the log knows of their using it."""

    id: int
    login: str
    name: str
    status: str
    is_owner: bool
    sources: tuple[Source, ...]
    until: int | None
    use: Use


class Coverage(NamedTuple):
    """How many lines there are, and how many of them were confirmed within `CONFIRMED_DAYS`."""

    lines: int
    confirmed: int


_LINES: Final = """
    SELECT s.id, g.until, g.confirmed_at FROM role_grant g JOIN staff s ON s.id = g.staff_id WHERE {line} AND {who}
    UNION ALL
    SELECT s.id, g.until, g.confirmed_at FROM extra g JOIN staff s ON s.id = g.staff_id WHERE {line} AND {who}
"""
_OF_PEOPLE: Final = f"SELECT id, count(*), coalesce(sum(confirmed_at >= ?), 0), min(until) FROM ({_LINES}) GROUP BY id"  # noqa: S608  our own text only
_COUNTED: Final = """
    SELECT count(*) AS lines, coalesce(sum(g.confirmed_at >= ?1), 0) AS confirmed FROM {table} g NOT INDEXED
    WHERE {{line}} AND g.staff_id NOT IN (SELECT s.id FROM staff s WHERE NOT ({{who}}))
"""
_COVERAGE: Final = f"""
    SELECT sum(lines), sum(confirmed) FROM ({_COUNTED.format(table="role_grant")} UNION ALL {_COUNTED.format(table="extra")})
"""  # noqa: S608  as above
"""The same lines, counted through the grants as they lie, past the few who are gone: a quarter of the time of asking who each is."""
_ROWS: Final = "SELECT s.id, s.login, s.name, s.department_id, s.post, s.status, s.is_owner FROM staff s WHERE s.id IN ({ids})"
_GIVEN: Final = f"""
    SELECT g.staff_id, 'role', r.code, r.name FROM role_grant g JOIN role r ON r.id = g.role_id WHERE g.staff_id IN ({{ids}}) AND {HOLDS}
    UNION ALL
    SELECT g.staff_id, 'extra', g.permission, NULL FROM extra g WHERE g.staff_id IN ({{ids}}) AND {HOLDS}
    ORDER BY 1, 2 DESC, 3
"""  # noqa: S608  our own text only
_ORDERED: Final = "SELECT s.id FROM staff s WHERE {where} ORDER BY {sort} {way}, s.login {way}"
_SORTS: Final = {"login": "s.login", "name": "s.pinyin", "risk": "s.login"}


class Ordered:
    """Ids that stand in an order, window by window."""

    def __init__(self, ids: list[int]) -> None:
        self._ids = ids
        self._places: dict[object, int] | None = None

    def count(self) -> int:
        """How many there are."""
        return len(self._ids)

    def position(self, key: object) -> int | None:
        """Where `key` stands; None where it does not."""
        if self._places is None:
            self._places = {each: place for place, each in enumerate(self._ids)}
        return self._places.get(key)

    def _part(self, offset: int, limit: int) -> list[int]:
        return self._ids[offset : offset + limit]


class People(Ordered):
    """People and what they can do, window by window; who comes in which place stands when it is made."""

    def __init__(self, ids: list[int], everybody: Everybody, now: int) -> None:
        super().__init__(ids)
        self._everybody = everybody
        self._now = now

    def window(self, offset: int, limit: int) -> list[PersonRow]:
        """The rows from `offset` on, at most `limit`."""
        return rows_of(self._part(offset, limit), self._everybody, self._now)


def rows_of(ids: list[int], everybody: Everybody, now: int) -> list[PersonRow]:
    """People and what they can do, in the order of `ids`."""
    listed = ", ".join(map(str, ids))
    line, who = LINE.format(now=int(now)), f"s.id IN ({listed})"
    lines = {row[0]: row[1:] for row in db.rows(_OF_PEOPLE.format(line=line, who=who), (now - CONFIRMED_DAYS * DAY,))}
    given: dict[tuple[int, str], list[str]] = {}
    for staff_id, kind, code, name in db.rows(_GIVEN.format(ids=listed, now=int(now))):
        given.setdefault((staff_id, kind), []).append(role_label(code, name) if kind == "role" else permission_label(code))
    where, found = paths(), {}
    for staff_id, login, name, department, post, status, is_owner in db.rows(_ROWS.format(ids=listed)):
        may = [permission.high_risk for code, permission in permissions().items() if everybody.may(code) >> staff_id & 1]
        number, confirmed, until = lines.get(staff_id, (0, 0, None))
        gifts = (tuple(given.get((staff_id, "role"), ())), tuple(given.get((staff_id, "extra"), ())))
        about = (staff_id, login, name, where.get(department, ""), post, status, bool(is_owner))
        found[staff_id] = PersonRow(*about, *gifts, len(may), sum(may), until, number, confirmed)
    return [found[staff_id] for staff_id in ids]


def people(actor: Actor, wanted: Wanted | None = None) -> People:
    """Everybody who has not left and whom `wanted` lets through.

    Raises:
        NotAllowed, SessionEnded: as every read; it takes `audit.view.all`.
    """
    may_read(actor, PERMISSION)
    wanted, now = wanted or Wanted(), clock.now()
    where, terms = [working(now)], list[object]()
    for word in finding.needle(wanted.query).split():
        where.append("s.search LIKE ? ESCAPE '\\'")
        terms.append(f"%{word}%")
    way = "DESC" if wanted.descending and wanted.sort != "risk" else "ASC"
    ids = [row[0] for row in db.rows(_ORDERED.format(where=" AND ".join(where), sort=_SORTS[wanted.sort], way=way), terms)]
    everybody = Everybody(now)
    if wanted.sort == "risk":
        high = everybody.counts(code for code, permission in permissions().items() if permission.high_risk)
        ids.sort(key=lambda each: high.get(each, 0), reverse=wanted.descending)
    return People(ids, everybody, now)


def by_permission(actor: Actor, query: str = "") -> tuple[PermissionRow, ...]:
    """Every permission and how many may use it, the riskiest first, then in the catalogue's order.

    Args:
        query: part of its code, or of its label in either language.

    Raises:
        NotAllowed, SessionEnded: as `people`.
    """
    may_read(actor, PERMISSION)
    everybody, terms = Everybody(clock.now()), folded(query).split()
    rows = [
        PermissionRow(code, permission.label, permission.risk, everybody.may(code).bit_count())
        for code, permission in permissions().items()
        if all(term in folded(f"{code} {permission.label_en} {permission.label_zh}") for term in terms)
    ]
    return tuple(sorted(rows, key=lambda row: RISKS.index(row.risk)))


class Holders(Ordered):
    """Those who may use one permission, by login, window by window."""

    def __init__(self, code: str, ids: list[int], now: int) -> None:
        super().__init__(ids)
        self._code = code
        self._now = now

    def window(self, offset: int, limit: int) -> list[HolderRow]:
        """The rows from `offset` on, at most `limit`."""
        ids = self._part(offset, limit)
        found = {row[0]: row for row in db.rows(_ROWS.format(ids=", ".join(map(str, ids))))}
        uses = last_use.uses([Holds(found[staff_id][1], staff_id, self._code) for staff_id in ids])
        return [self._row(found[staff_id], use) for staff_id, use in zip(ids, uses, strict=True)]

    def names(self) -> list[tuple[str, str]]:
        """Login and name of all of them."""
        inside = frozenset(self._ids)
        return [row[1:] for row in db.rows("SELECT id, login, name FROM staff ORDER BY login") if row[0] in inside]

    def _row(self, row: tuple[Any, ...], use: Use) -> HolderRow:
        staff_id, login, name, _department, post, status, is_owner = row
        sources = access_sql.sources(db.rows(access_sql.HOLDINGS, (staff_id,))).get(self._code, [])
        verdict = judge(Person(login, status, post, bool(is_owner)), permissions()[self._code], sources, self._now)
        return HolderRow(staff_id, login, name, status, bool(is_owner), verdict.sources, verdict.until, use)


def holders(actor: Actor, code: str) -> Holders:
    """Who may use one permission.

    Raises:
        Unknown: the catalogue does not know it.
        NotAllowed, SessionEnded: as `people`.
    """
    may_read(actor, PERMISSION)
    if code not in permissions():
        raise Unknown("permission", code)
    now = clock.now()
    ids = members(Everybody(now).may(code))
    order = [row[0] for row in db.rows("SELECT id FROM staff ORDER BY login")]
    inside = frozenset(ids)
    return Holders(code, [each for each in order if each in inside], now)


def coverage(actor: Actor) -> Coverage:
    """How much of it all was confirmed lately.

    Raises:
        NotAllowed, SessionEnded: as `people`.
    """
    may_read(actor, PERMISSION)
    return _coverage()


def count() -> int:
    """How many lines there are: what the log says of an export."""
    return _coverage().lines


def _coverage() -> Coverage:
    now = clock.now()
    lines = _COVERAGE.format(line=LINE.format(now=int(now)), who=working(now))
    return Coverage(*db.rows(lines, (now - CONFIRMED_DAYS * DAY,))[0])
