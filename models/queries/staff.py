"""People as they are listed, found and shown. Reading others takes `staff.view`."""

from __future__ import annotations

from typing import Final, NamedTuple

from models import clock, db
from models.actor import Actor
from models.catalogue import permission_label, role_label
from models.errors import Unknown
from models.queries import due as dues
from models.queries._reading import may_read
from models.queries.departments import paths, within
from models.rules import finding


class StaffFilter(NamedTuple):
    """Which people, in which order.

    Attributes:
        query: what was typed: part of login, name, nickname, number, phone, pinyin or initials.
        department_id: with the departments below it.
        own: only who is directly in `department_id`, or where that is None, directly below the shop.
        status: "" for everybody who has not left.
        due: "" for everybody, or what is due with them, as `queries.due` names it: who the actor can do something about.
        sort: "login", "name", "department" or "signed_in".
    """

    query: str = ""
    department_id: int | None = None
    post: str = ""
    role_id: int | None = None
    status: str = ""
    sort: str = "login"
    descending: bool = False
    own: bool = False
    due: str = ""


class StaffRow(NamedTuple):
    """A person in a list. `roles` are the labels of the roles that hold now; times are UTC microseconds.

    Attributes:
        leaves_at: when they leave; None where that is not planned.
    """

    id: int
    login: str
    name: str
    nickname: str
    number: str
    department: str
    post: str
    status: str
    is_owner: bool
    signed_in_at: int | None
    roles: tuple[str, ...]
    leaves_at: int | None = None


class StaffDetail(NamedTuple):
    """Everything about a person but their access, which `queries.access` judges.

    Attributes:
        leaves_at: when they leave, and `leaves_by` who planned it; None where that is not planned.
    """

    id: int
    login: str
    name: str
    nickname: str
    number: str
    phone: str
    email: str
    department_id: int | None
    department: str
    head: str
    post: str
    status: str
    is_owner: bool
    language: str | None
    created_at: int
    created_by: str
    activated_at: int | None
    signed_in_at: int | None
    left_at: int | None
    leaves_at: int | None
    leaves_by: str | None
    version: int
    code_expires_at: int | None
    sessions: int


class Grant(NamedTuple):
    """A role or an extra that was given and not taken back, valid or not.

    Attributes:
        kind: "role" or "extra".
        key: the role's code or name; the permission's code.
        stands_for: the name of the colleague for whom they stand in with it; "" where they hold it themselves.
    """

    kind: str
    role_id: int | None
    key: str
    label: str
    by: str
    since: int
    until: int | None
    stands_for: str = ""


_SORTS: Final = {
    "login": "s.login",
    "name": "s.pinyin",
    "department": "coalesce(s.department_id, 0)",
    "signed_in": "coalesce(s.signed_in_at, 0)",
}
FEW: Final = 200  # of so many at most who are found, the ids are kept
_COLUMNS: Final = "s.id, s.login, s.name, s.nickname, s.number, s.department_id, s.post, s.status, s.is_owner, s.signed_in_at, s.leaves_at"


class Listing:
    """The people that a filter lets through, window by window: whoever shows them asks for just what it shows."""

    def __init__(self, where: str, parameters: tuple[object, ...], wanted: StaffFilter) -> None:
        self._where, self._parameters = where, parameters
        self._sort, self._descending = _SORTS[wanted.sort], wanted.descending
        self._paths = paths()
        self._is_search, self._those = bool(wanted.query), ""

    def count(self) -> int:
        """How many there are. A search goes through everybody; where it finds few, windows look among them alone from then on."""
        self._those = ""
        if self._is_search:
            few = db.rows(f"SELECT s.id FROM staff s WHERE {self._where} LIMIT {FEW + 1}", self._parameters)  # noqa: S608  our own text only
            if len(few) <= FEW:
                self._those = f"AND s.id IN ({', '.join(str(staff_id) for (staff_id,) in few)})"
                return len(few)
        found = db.row(f"SELECT count(*) FROM staff s WHERE {self._where}", self._parameters)  # noqa: S608  our own text only
        return int(found[0]) if found else 0

    def window(self, offset: int, limit: int) -> list[StaffRow]:
        """The rows from `offset` on, at most `limit`."""
        way = "DESC" if self._descending else "ASC"
        found = db.rows(
            f"SELECT {_COLUMNS} FROM staff s WHERE {self._where} {self._those} "  # noqa: S608  our own text only
            f"ORDER BY {self._sort} {way}, s.login {way} LIMIT ? OFFSET ?",
            (*self._parameters, limit, offset),
        )
        roles = _roles_of([row[0] for row in found])
        return [
            StaffRow._make((*row[:5], self._paths.get(row[5], ""), *row[6:8], bool(row[8]), row[9], tuple(roles.get(row[0], ())), row[10]))
            for row in found
        ]

    def position(self, key: object) -> int | None:
        """Where the person with the id `key` stands; None when the filter keeps them out."""
        if not db.row(f"SELECT 1 FROM staff s WHERE {self._where} AND s.id = ?", (*self._parameters, key)):  # noqa: S608  our own text only
            return None
        before = ">" if self._descending else "<"
        found = db.row(
            f"SELECT count(*) FROM staff s WHERE {self._where} {self._those} "  # noqa: S608  our own text only
            f"AND ({self._sort}, s.login) {before} (SELECT {self._sort}, s.login FROM staff s WHERE s.id = ?)",
            (*self._parameters, key),
        )
        return int(found[0]) if found else None


def listing(actor: Actor, wanted: StaffFilter | None = None) -> Listing:
    """The people that `wanted` lets through.

    Raises:
        NotAllowed, SessionEnded: as every read.
    """
    held = may_read(actor, "staff.view")
    wanted = wanted or StaffFilter()
    terms: list[object] = [f"%{word}%" for word in finding.needle(wanted.query).split()]  # first: of most people no more is asked
    where = ["s.search LIKE ? ESCAPE '\\'"] * len(terms) + ["s.status = ?" if wanted.status else "s.status <> ?"]
    terms.append(wanted.status or "left")
    if wanted.own:
        where.append("coalesce(s.department_id, 0) = ?")
        terms.append(wanted.department_id or 0)
    elif wanted.department_id is not None:
        inside = sorted(within(wanted.department_id))
        where.append(f"s.department_id IN ({', '.join('?' * len(inside))})")
        terms += inside
    if wanted.post:
        where.append("s.post = ?")
        terms.append(wanted.post)
    if wanted.role_id is not None:
        where.append(
            "EXISTS (SELECT 1 FROM role_grant g WHERE g.staff_id = s.id AND g.role_id = ? AND g.ended_at IS NULL "
            "AND (g.until IS NULL OR g.until >= ?))"
        )
        terms += [wanted.role_id, clock.now()]
    if wanted.due:
        due = dues.condition(wanted.due, actor.staff_id, held, clock.now())
        where.append(due.sql)
        terms += due.parameters
    return Listing(" AND ".join(where), tuple(terms), wanted)


def _roles_of(staff_ids: list[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    marks = ", ".join("?" * len(staff_ids))
    for staff_id, code, name in db.rows(
        "SELECT g.staff_id, r.code, r.name FROM role_grant g JOIN role r ON r.id = g.role_id "  # noqa: S608  question marks only
        f"WHERE g.staff_id IN ({marks}) AND g.ended_at IS NULL AND (g.until IS NULL OR g.until >= ?) ORDER BY r.id",
        (*staff_ids, clock.now()),
    ):
        found.setdefault(staff_id, []).append(role_label(code, name))
    return found


_DETAIL_FIELDS: Final = [field for field in StaffDetail._fields if field not in {"department", "head"}] + ["head"]
_DETAIL: Final = """
    SELECT s.id, s.login, s.name, s.nickname, s.number, s.phone, s.email, s.department_id,
           s.post, s.status, s.is_owner, s.language, s.created_at, s.created_by, s.activated_at, s.signed_in_at, s.left_at,
           s.leaves_at, s.leaves_by, s.version,
           (SELECT o.expires_at FROM one_time_code o WHERE o.staff_id = s.id AND o.used_at IS NULL AND o.void_at IS NULL),
           (SELECT count(*) FROM session e WHERE e.staff_id = s.id AND e.ended_at IS NULL),
           (SELECT coalesce(h.name, '') FROM department d LEFT JOIN staff h ON h.id = d.head_id WHERE d.id = s.department_id)
    FROM staff s WHERE s.id = ?
"""


def detail(actor: Actor, staff_id: int) -> StaffDetail:
    """One person. One's own is everybody's to read.

    Phone and e-mail of others are for whoever manages people: seeing who works here does not take them, and they come as "".

    Raises:
        Unknown: there is nobody with that id.
        NotAllowed, SessionEnded: as every read.
    """
    own = actor.staff_id == staff_id
    held = may_read(actor, None if own else "staff.view")
    row = db.row(_DETAIL, (staff_id,))
    if row is None:
        raise Unknown("staff", str(staff_id))
    facts = dict(zip(_DETAIL_FIELDS, row, strict=True))
    facts |= {"department": paths().get(facts["department_id"], ""), "head": facts["head"] or "", "is_owner": bool(facts["is_owner"])}
    if not own and "staff.manage" not in held:
        facts |= {"phone": "", "email": ""}
    return StaffDetail(**facts)


def find(login: str) -> int:
    """The id behind a login, in any case.

    Raises:
        Unknown: nobody has it.
    """
    found = db.row("SELECT id FROM staff WHERE login = ?", (login.strip().casefold(),))
    if found is None:
        raise Unknown("staff", login)
    return int(found[0])


def login_taken(login: str) -> bool:
    """Whether somebody has, or ever had, this login."""
    return db.row("SELECT 1 FROM staff WHERE login = ?", (login.strip().casefold(),)) is not None


def logins() -> frozenset[str]:
    """Every login that somebody has, or ever had."""
    return frozenset(login for (login,) in db.rows("SELECT login FROM staff"))


_GRANTS: Final = """
    SELECT 'role', r.id, coalesce(r.code, r.name), r.code, r.name, g.granted_by, g.since, g.until,
           (SELECT a.name FROM staff a WHERE a.id = g.stands_for_id)
    FROM role_grant g JOIN role r ON r.id = g.role_id WHERE g.staff_id = ?1 AND g.ended_at IS NULL
    UNION ALL
    SELECT 'extra', NULL, e.permission, NULL, NULL, e.granted_by, e.since, e.until,
           (SELECT a.name FROM staff a WHERE a.id = e.stands_for_id)
    FROM extra e WHERE e.staff_id = ?1 AND e.ended_at IS NULL
    ORDER BY 1 DESC, 7, 2, 3
"""


def grants(actor: Actor, staff_id: int) -> tuple[Grant, ...]:
    """What was given to a person and not taken back: roles, then extras, the earliest first.

    Raises:
        NotAllowed, SessionEnded: as every read; one's own is everybody's to read.
    """
    may_read(actor, None if actor.staff_id == staff_id else "staff.view")
    return given(staff_id)


def given(staff_id: int) -> tuple[Grant, ...]:
    """The same for an operation, which has judged already who asks."""
    found = []
    for kind, role_id, key, code, name, by, since, until, stands_for in db.rows(_GRANTS, (staff_id,)):
        label = role_label(code, name) if kind == "role" else permission_label(key)
        found.append(Grant(kind, role_id, key, label, by, since, until, stands_for or ""))
    return tuple(found)
