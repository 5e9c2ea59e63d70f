"""Roles as they are shown. Reading them takes `staff.view`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from json import dumps
from typing import NamedTuple

from models import catalogue, clock, db, text
from models.actor import Actor
from models.catalogue import in_order, permissions, preset_roles, role_label, with_needs
from models.errors import NotAllowed, OwnerOnly, OwnRole, Refusal, Unknown
from models.queries._reading import may_read
from models.queries._together import pairs
from models.rules.access import Holding, Person, Source, judge, would_be
from models.rules.delegation import Held, grantable, within_reach
from models.rules.separation import Pair
from models.sqlite import each


class RoleRow(NamedTuple):
    """A role in a list.

    Attributes:
        key: its code, for own roles its name: what exports and `check` call it.
        permissions: how many; `high`: how many of those are high-risk.
        needs_operations: whether something in it is kept for the operations post.
        holders: people with a grant that has not ended, who have not left.
    """

    id: int
    key: str
    label: str
    preset: bool
    permissions: int
    high: int
    needs_operations: bool
    holders: int
    version: int


class Holder(NamedTuple):
    """Somebody who holds a role. Times are UTC microseconds."""

    staff_id: int
    login: str
    name: str
    status: str
    since: int
    until: int | None
    by: str


class RoleDetail(NamedTuple):
    """One role with what is in it (in the catalogue's order) and who holds it."""

    row: RoleRow
    permissions: tuple[str, ...]
    holders: tuple[Holder, ...]


class RoleEditing(NamedTuple):
    """A role as somebody may or may not change it.

    Attributes:
        refusal: why the actor may not change it at all; None where they may.
        barred: why the actor cannot put a permission into any role, by its code; what is in this one already may stay.
        apart: what is kept apart: no role gets both.
    """

    detail: RoleDetail
    refusal: Refusal | None
    barred: Mapping[str, Refusal]
    apart: tuple[Pair, ...] = ()


class Affected(NamedTuple):
    """What saving a role changes for one person: codes they could use more and no longer, once active."""

    staff_id: int
    login: str
    name: str
    gained: tuple[str, ...]
    lost: tuple[str, ...]


PERMISSION = "org.role.manage"
"""What changing roles takes."""

_ROLES = "SELECT id, code, name, version FROM role WHERE closed_at IS NULL AND id = coalesce(?, id)"
_HELD = "SELECT 1 FROM role_grant WHERE role_id = ? AND staff_id = ? AND ended_at IS NULL AND (until IS NULL OR until >= ?)"
_CONTENT = """
    SELECT p.role_id, group_concat(p.permission) FROM role_permission p JOIN role r ON r.id = p.role_id
    WHERE r.closed_at IS NULL AND {whose} GROUP BY p.role_id
"""
_HOLDER_COUNTS = """
    SELECT g.role_id, count(*) FROM role_grant g
    WHERE g.ended_at IS NULL AND (g.until IS NULL OR g.until >= ?) AND {whose}
    AND g.staff_id NOT IN (SELECT s.id FROM staff s WHERE s.status = 'left')
    GROUP BY g.role_id
"""
_HOLDERS = """
    SELECT s.id, s.login, s.name, s.status, g.since, g.until, g.granted_by
    FROM role_grant g JOIN staff s ON s.id = g.staff_id
    WHERE g.role_id = ? AND g.ended_at IS NULL AND (g.until IS NULL OR g.until >= ?) AND s.status <> 'left'
    ORDER BY s.login
"""
_AFFECTED = """
    SELECT s.id, s.login, s.name, s.status, s.post, s.is_owner, s.leaves_at, g.since, g.until, g.granted_by
    FROM role_grant g JOIN staff s ON s.id = g.staff_id
    WHERE g.role_id = ? AND g.ended_at IS NULL AND (g.until IS NULL OR g.until >= ?) AND s.status <> 'left'
    ORDER BY s.login
"""
_OTHERS = f"""
    SELECT g.staff_id, p.permission, 'role', coalesce(r.code, r.name), g.granted_by, g.since, g.until, r.name
    FROM role_grant h JOIN role_grant g ON g.staff_id = h.staff_id AND g.role_id <> h.role_id AND g.ended_at IS NULL
    JOIN role r ON r.id = g.role_id JOIN role_permission p ON p.role_id = g.role_id AND p.permission IN (SELECT value FROM {each("?2")})
    WHERE h.role_id = ?1 AND h.ended_at IS NULL
    UNION ALL
    SELECT e.staff_id, e.permission, 'extra', e.permission, e.granted_by, e.since, e.until, NULL
    FROM role_grant h JOIN extra e ON e.staff_id = h.staff_id AND e.ended_at IS NULL AND e.permission IN (SELECT value FROM {each("?2")})
    WHERE h.role_id = ?1 AND h.ended_at IS NULL
"""  # noqa: S608  our own text only
"""What the holders of a role hold through anything else, of some codes."""


def listed(actor: Actor) -> tuple[RoleRow, ...]:
    """Every open role: the preset ones in the catalogue's order, then the shop's own by name.

    Raises:
        NotAllowed, SessionEnded: as every read.
    """
    may_read(actor, "staff.view")
    return _rows()


def _rows(role_id: int | None = None) -> tuple[RoleRow, ...]:
    """Every open role, or the one."""
    inside = content(role_id)
    holders: dict[int, int] = dict(db.rows(_HOLDER_COUNTS.format(whose=_of("g.role_id", role_id)), (clock.now(),)))
    place = {code: index for index, code in enumerate(preset_roles())}
    rows = []
    for identity, code, name, version in db.rows(_ROLES, (role_id,)):
        codes = inside.get(identity, frozenset())
        known = [permissions()[code] for code in codes if code in permissions()]
        rows.append(
            RoleRow(
                identity,
                code or name,
                role_label(code, name),
                code is not None,
                len(codes),
                sum(permission.high_risk for permission in known),
                any(permission.post == catalogue.OPERATIONS for permission in known),
                holders.get(identity, 0),
                version,
            )
        )
    return tuple(sorted(rows, key=lambda row: (place.get(row.key, len(place)), text.key(row.label))))


def content(role_id: int | None = None) -> dict[int, frozenset[str]]:
    """What is in every open role, or in the one; a role with nothing in it is left out."""
    found = db.rows(_CONTENT.format(whose=_of("p.role_id", role_id)))
    return {identity: frozenset(codes.split(",")) for identity, codes in found}


def _of(column: str, role_id: int | None) -> str:
    """Every role, or the one, as a condition."""
    return "1" if role_id is None else f"{column} = {int(role_id)}"


def detail(actor: Actor, role_id: int) -> RoleDetail:
    """One open role.

    Raises:
        Unknown: there is none with that id.
    """
    may_read(actor, "staff.view")
    row = next(iter(_rows(role_id)), None)
    if row is None:
        raise Unknown("role", str(role_id))
    holders = tuple(Holder(*found) for found in db.rows(_HOLDERS, (role_id, clock.now())))
    return RoleDetail(row, in_order(content(role_id).get(role_id, frozenset())), holders)


def editing(actor: Actor, role_id: int) -> RoleEditing:
    """One open role, with what the operation would say to this actor's changing it.

    Raises:
        Unknown, NotAllowed, SessionEnded: as `detail`.
    """
    held = may_read(actor, "staff.view")
    shown = detail(actor, role_id)
    barred: dict[str, Refusal] = {}
    for code, permission in permissions().items():
        if permission.owner_only:
            barred[code] = OwnerOnly(code)
        elif refusal := _refused(partial(grantable, held, [code], None)):
            barred[code] = refusal
    refusal = _refused(partial(_editable, actor, held, shown))
    return RoleEditing(shown, refusal, barred, pairs())


def _editable(actor: Actor, held: Held, shown: RoleDetail) -> None:
    if PERMISSION not in held:
        raise NotAllowed(PERMISSION)
    if holds(actor.staff_id, shown.row.id, clock.now()):
        raise OwnRole
    within_reach(held, shown.permissions)


def _refused(judge: Callable[[], None]) -> Refusal | None:
    try:
        judge()
    except Refusal as refusal:
        return refusal
    return None


def holds(staff_id: int | None, role_id: int, now: int) -> bool:
    """Whether a person has a grant of the role that has not ended; nobody does who is no person."""
    return staff_id is not None and db.row(_HELD, (role_id, staff_id, now)) is not None


def find(name: str) -> RoleRow:
    """The open role that `name` means: its code, or its name, or its preset's label in either language.

    Raises:
        Unknown: there is none.
    """
    identity = by_name().get(text.key(name))
    row = None if identity is None else next(iter(_rows(identity)), None)
    if row is None:
        raise Unknown("role", name)
    return row


def by_name() -> dict[str, int]:
    """Every open role's id by everything that it is found by, folded with `text.key`."""
    found = {}
    for role_id, code, name, _version in db.rows(_ROLES, (None,)):
        for known in names(code, name):
            found[text.key(known)] = role_id
    return found


def names(code: str | None, name: str | None) -> tuple[str, ...]:
    """Everything that a role is found by: its code, and its name, or its labels while it has none of its own."""
    preset = preset_roles().get(code or "")
    own = (name,) if name is not None else (preset.label_en, preset.label_zh) if preset else ()
    return (*((code,) if code else ()), *own)


def affected(actor: Actor, role_id: int, codes: Iterable[str]) -> tuple[Affected, ...]:
    """What putting `codes` (and what they need) into a role would change, person by person; who keeps the same is left out.

    People are judged as if active: an invited person is affected as well. Only what comes or goes is judged, so that a role that
    thousands hold is answered for in a moment.
    """
    may_read(actor, "staff.view")
    now, wanted = clock.now(), with_needs(code for code in codes if code in permissions())
    before = content(role_id).get(role_id, frozenset())
    key = _key_of(role_id)
    result = []
    others = _others_of(role_id, before ^ wanted)
    for staff_id, login, name, status, post, is_owner, leaves_at, since, until, by in db.rows(_AFFECTED, (role_id, now)):
        person = would_be(Person(login, status, post, bool(is_owner), leaves_at))
        source = Source("role", key, by, since, until)
        gained = _given(person, others.get(staff_id, []), wanted - before, source, now)
        lost = _given(person, others.get(staff_id, []), before - wanted, source, now)
        if gained or lost:
            result.append(Affected(staff_id, login, name, gained, lost))
    return tuple(result)


def _others_of(role_id: int, codes: frozenset[str]) -> dict[int, list[Holding]]:
    """Whatever else gives the holders of a role any of `codes`, by their ids."""
    found: dict[int, list[Holding]] = {}
    for staff_id, code, *source in db.rows(_OTHERS, (role_id, dumps(list(codes)))):
        found.setdefault(staff_id, []).append(Holding(code, Source(*source)))
    return found


def _key_of(role_id: int) -> str:
    found = db.row("SELECT coalesce(code, name) FROM role WHERE id = ?", (role_id,))
    return str(found[0]) if found else ""


def _given(person: Person, others: list[Holding], codes: frozenset[str], source: Source, now: int) -> tuple[str, ...]:
    """Those of `codes` that the person could use through `source` and could not without it."""
    given = []
    for code in in_order(codes & permissions().keys()):
        sources = [holding.source for holding in others if holding.permission == code]
        permission = permissions()[code]
        if judge(person, permission, [*sources, source], now).granted and not judge(person, permission, sources, now).granted:
            given.append(code)
    return tuple(given)
