"""How each account is protected: for the owner all of them, for whoever resets others the one they look at."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from models import clock, db
from models.actor import Actor
from models.clock import HOUR
from models.device_sql import LIVE
from models.errors import Unknown
from models.queries import posture, reach, standing
from models.queries._reading import may_read
from models.queries.posture import AWAITS, CODE_END, FROM, LEFT_CODES
from models.queries.security import FEW_CODES
from models.rules import finding

RESET: Final = "staff.security.reset"


class Wanted(NamedTuple):
    """Which people, in which order.

    Attributes:
        finding: a kind of `posture`, for its people only; "" for everybody who has not left.
        query: what was typed: part of login, name, nickname, number, phone, pinyin or initials.
        sort: a key of `SORTS`.
    """

    finding: str = ""
    query: str = ""
    sort: str = "login"
    descending: bool = False


class Protected(NamedTuple):
    """How a person's account is protected. Times are UTC microseconds.

    Attributes:
        totp_since: None while TOTP is off.
        recovery_left: recovery codes that are good still.
        password_changed_at: None where there is none: not activated, or it was reset.
        devices: device keys that are neither revoked nor past their end.
        sessions: how many are open.
        addresses: where from the person may sign in, "" for anywhere; likewise `hours`, as `rules.limits` writes them.
        code_expires_at: until when the one-time code is good; None where there is none.
        awaits_code: whether the person can come in with a one-time code only: not activated, or after a reset.
        is_barred: whether the code is asked for after the password, because TOTP was reset.
    """

    id: int
    login: str
    name: str
    status: str
    is_owner: bool
    totp_since: int | None
    recovery_left: int
    password_changed_at: int | None
    signed_in_at: int | None
    devices: int
    sessions: int
    addresses: str
    hours: str
    code_expires_at: int | None
    awaits_code: bool
    is_barred: bool

    @property
    def has_totp(self) -> bool:
        """Whether TOTP is on."""
        return self.totp_since is not None

    @property
    def is_limited(self) -> bool:
        """Whether the person may sign in from certain addresses, or at certain hours, only."""
        return bool(self.addresses or self.hours)

    @property
    def few_codes(self) -> bool:
        """Whether recovery codes are running out."""
        return self.has_totp and self.recovery_left <= FEW_CODES


SORTS: Final = {
    "login": "s.login",
    "name": "s.pinyin",
    "totp": "coalesce(t.since, 0)",
    "password": "coalesce(c.changed_at, 0)",
    "signed_in": "coalesce(s.signed_in_at, 0)",
}
_OPEN: Final = f"""(SELECT count(*) FROM session e, policy p
    WHERE e.staff_id = s.id AND e.ended_at IS NULL AND e.started_at + p.session_hours * {HOUR} >= ?1)"""  # noqa: S608  our own text only
_DEVICES: Final = f"(SELECT count(*) FROM device d WHERE d.staff_id = s.id AND {LIVE})"  # noqa: S608  our own text only
_COLUMNS: Final = f"""
    s.id, s.login, s.name, s.status, s.is_owner, t.since, {LEFT_CODES}, c.changed_at, s.signed_in_at,
    {_DEVICES}, {_OPEN},
    coalesce(l.addresses, ''), coalesce(l.hours, ''), {CODE_END}, {AWAITS}, coalesce(t.barred, 0)
"""
_ROWS: Final = f"SELECT {_COLUMNS} FROM {FROM} LEFT JOIN sign_in_limit l ON l.staff_id = s.id"  # noqa: S608  our own text only
_COUNT: Final = f"SELECT count(*) FROM {FROM}"  # noqa: S608  our own text only


class Listing:
    """People and their protection, window by window: whoever shows them asks for just what it shows."""

    def __init__(self, where: str, parameters: tuple[object, ...], wanted: Wanted) -> None:
        self._where = where
        self._parameters = parameters
        self._sort = SORTS[wanted.sort]
        self._descending = wanted.descending

    def count(self) -> int:
        """How many there are."""
        ((number,),) = db.rows(f"{_COUNT} WHERE {self._where}", self._parameters)
        return int(number)

    def window(self, offset: int, limit: int) -> list[Protected]:
        """The rows from `offset` on, at most `limit`."""
        way = "DESC" if self._descending else "ASC"
        sql = f"{_ROWS} WHERE {self._where} ORDER BY {self._sort} {way}, s.login {way} LIMIT ? OFFSET ?"
        return [_protected(row) for row in db.rows(sql, (clock.now(), *self._parameters, limit, offset))]

    def position(self, key: object) -> int | None:
        """Where the person with the id `key` stands; None when they are not among them."""
        ((there,),) = db.rows(f"{_COUNT} WHERE {self._where} AND s.id = ?", (*self._parameters, key))
        if not there:
            return None
        before = ">" if self._descending else "<"
        place = f"({self._sort}, s.login) {before} (SELECT {self._sort}, s.login FROM {FROM} WHERE s.id = ?)"  # noqa: S608  our own text only
        ((number,),) = db.rows(f"{_COUNT} WHERE {self._where} AND {place}", (*self._parameters, key))
        return int(number)


def listing(actor: Actor, wanted: Wanted | None = None) -> Listing:
    """The people that `wanted` asks for.

    Raises:
        OwnerAlone: only the owner may read it, and the operator at the machine.
        SessionEnded, SessionLocked, EnrolFirst: as every read.
        KeyError: there is no such finding, or nothing to sort by of that name.
    """
    standing.require_owner(actor)
    wanted = wanted or Wanted()
    where = ["s.status <> 'left'"]
    parameters: list[object] = []
    if wanted.finding:
        of_finding = posture.condition(wanted.finding, clock.now())
        where.append(of_finding.sql)
        parameters += of_finding.parameters
    for word in finding.needle(wanted.query).split():
        where.append("s.search LIKE ? ESCAPE '\\'")
        parameters.append(f"%{word}%")
    return Listing(" AND ".join(f"({each})" for each in where), tuple(parameters), wanted)


def of(actor: Actor, staff_id: int) -> Protected:
    """One person's. One's own is everybody's to read.

    Raises:
        NotAllowed: another's takes `staff.security.reset`.
        OwnerProtected, OutOfReach: it is the owner's, or that of somebody whose access is wider than the actor's.
        Unknown: there is nobody with that id.
        SessionEnded, SessionLocked, EnrolFirst: as every read.
    """
    own = actor.staff_id == staff_id
    may_read(actor, None if own else RESET)
    stands = standing.require(actor)
    found = db.row(f"{_ROWS} WHERE s.id = ?", (clock.now(), staff_id))
    if found is None:
        raise Unknown("staff", str(staff_id))
    if not own and stands is not None and not stands.is_owner and (refusal := reach.in_the_way(actor, staff_id)) is not None:
        raise refusal
    return _protected(found)


def _protected(row: tuple[Any, ...]) -> Protected:
    facts = dict(zip(Protected._fields, row, strict=True))
    return Protected(**facts | {name: bool(facts[name]) for name in ("is_owner", "awaits_code", "is_barred")})
