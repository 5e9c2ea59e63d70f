"""The lines of the access review: each role and extra of somebody, what it gives, when that was last used, who confirmed it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, NamedTuple

from models import clock, db
from models.actor import Actor
from models.catalogue import in_order, permission_label, permissions, role_label
from models.errors import Unknown
from models.queries import last_use
from models.queries._everybody import Everybody, working
from models.queries._reading import may_read
from models.queries.last_use import Holds, Use
from models.queries.review import LINE, PERMISSION, GrantKey, PersonRow, rows_of
from models.rules.access import allows


class Given(NamedTuple):
    """A permission that a line gives.

    Attributes:
        cut: whether the person's post keeps it from taking effect, or it is the owner's alone.
    """

    code: str
    label: str
    high: bool
    cut: bool
    use: Use


class Line(NamedTuple):
    """A role or an extra of somebody. Times are UTC microseconds.

    Attributes:
        role_id: of a role; None of an extra.
        key: the role's code, an own one's name; the permission's code.
        stands_for: the login of the colleague whom the person stands in for with it; "" where that is nobody.
        gives: what it gives, high-risk first.
    """

    grant: GrantKey
    staff_id: int
    login: str
    role_id: int | None
    key: str
    label: str
    by: str
    since: int
    until: int | None
    stands_for: str
    confirmed_at: int | None
    confirmed_by: str
    gives: tuple[Given, ...]

    @property
    def high(self) -> int:
        """How much of it is high-risk and takes effect."""
        return sum(given.high and not given.cut for given in self.gives)

    @property
    def used_at(self) -> int | None:
        """When any of it was last used, as far as the log knows."""
        return max((given.use.at for given in self.gives if given.use.at is not None), default=None)

    @property
    def is_told_of(self) -> bool:
        """Whether the log can tell of any use of it."""
        return any(given.use.known_since is not None for given in self.gives)

    def unused(self, now: int) -> tuple[Given, ...]:
        """What of it takes effect and was let lie, as far as the log knows."""
        return tuple(given for given in self.gives if not given.cut and given.use.unused(self.since, now))


class PersonReview(NamedTuple):
    """Somebody, what they can do, and their lines: roles, then extras.

    Attributes:
        version: of the person, for who takes something away.
    """

    row: PersonRow
    version: int
    lines: tuple[Line, ...]


_COLUMNS: Final = (
    "g.id, s.id, s.login, s.post, {role}, {code}, {name}, g.granted_by, g.since, g.until, w.login, g.confirmed_at, g.confirmed_by"
)
_ROLES: Final = f"""
    SELECT 'role', {_COLUMNS.format(role="r.id", code="r.code", name="r.name")}
    FROM role_grant g JOIN staff s ON s.id = g.staff_id JOIN role r ON r.id = g.role_id LEFT JOIN staff w ON w.id = g.stands_for_id
    WHERE {{which}}
"""  # noqa: S608  our own text only
_EXTRAS: Final = f"""
    SELECT 'extra', {_COLUMNS.format(role="NULL", code="g.permission", name="NULL")}
    FROM extra g JOIN staff s ON s.id = g.staff_id LEFT JOIN staff w ON w.id = g.stands_for_id
    WHERE {{which}}
"""  # noqa: S608  as above
_INSIDE: Final = "SELECT role_id, permission FROM role_permission WHERE role_id IN ({ids})"
_PERSON: Final = "SELECT s.version FROM staff s WHERE s.id = ? AND {working}"


def person(actor: Actor, staff_id: int) -> PersonReview:
    """One person, with all of their lines.

    Raises:
        Unknown: there is nobody with that id, or they have left.
        NotAllowed, SessionEnded: as every read; it takes `audit.view.all`.
    """
    may_read(actor, PERMISSION)
    now = clock.now()
    found = db.row(_PERSON.format(working=working(now)), (staff_id,))
    if found is None:
        raise Unknown("staff", str(staff_id))
    (row,) = rows_of([staff_id], Everybody(now, staff_id), now)
    return PersonReview(row, int(found[0]), of_people([staff_id], now))


def of_people(ids: Iterable[int], now: int) -> tuple[Line, ...]:
    """Every line of the people with these ids, by login: roles, then extras, the earliest first. For who has judged that it may be read."""
    which = f"g.staff_id IN ({', '.join(map(str, ids))}) AND {LINE.format(now=int(now))}"
    rows = db.rows(_ROLES.format(which=which)) + db.rows(_EXTRAS.format(which=which))
    return _lines(sorted(rows, key=lambda row: (row[3], row[0] != "role", row[9], row[1])))


def of_grants(grants: Iterable[GrantKey]) -> tuple[Line, ...]:
    """The lines with these keys that there are, in the same order, ended or not. For who has judged that it may be read."""
    wanted = list(grants)
    roles, extras = (", ".join(str(each.id) for each in wanted if each.kind == kind) for kind in ("role", "extra"))
    rows = db.rows(_ROLES.format(which=f"g.id IN ({roles})")) + db.rows(_EXTRAS.format(which=f"g.id IN ({extras})"))
    found = {line.grant: line for line in _lines(rows)}
    return tuple(found[each] for each in wanted if each in found)


def _lines(rows: list[tuple[Any, ...]]) -> tuple[Line, ...]:
    inside: dict[int, list[str]] = {}
    ids = ", ".join({str(row[5]) for row in rows if row[0] == "role"})
    for role_id, code in db.rows(_INSIDE.format(ids=ids)):
        inside.setdefault(role_id, []).append(code)
    codes = [_order(inside.get(row[5], ())) if row[0] == "role" else [row[6]] for row in rows]
    holds = [Holds(row[3], row[2], code) for row, given in zip(rows, codes, strict=True) for code in given]
    uses = iter(last_use.uses(holds))
    return tuple(_line(row, [(code, next(uses)) for code in given]) for row, given in zip(rows, codes, strict=True))


def _order(codes: Iterable[str]) -> list[str]:
    """High-risk first, then in the catalogue's order."""
    return sorted(in_order(codes), key=lambda code: code not in permissions() or not permissions()[code].high_risk)


def _line(row: tuple[Any, ...], uses: list[tuple[str, Use]]) -> Line:
    kind, grant_id, staff_id, login, post, role_id, code, name, by, since, until, stands_for, confirmed_at, confirmed_by = row
    gives = tuple(_given(each, post, use) for each, use in uses)
    label = role_label(code, name) if kind == "role" else permission_label(code)
    about = (GrantKey(kind, grant_id), staff_id, login, role_id, code or name, label, by, since, until)
    return Line(*about, stands_for or "", confirmed_at, confirmed_by or "", gives)


def _given(code: str, post: str, use: Use) -> Given:
    permission = permissions().get(code)
    cut = permission is None or permission.owner_only or not allows(post, permission)
    return Given(code, permission_label(code), permission is not None and permission.high_risk, cut, use)
