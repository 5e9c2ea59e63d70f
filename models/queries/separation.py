"""Permissions that are kept apart: which, why, and who holds both all the same."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from models import access_sql, clock, db
from models.actor import Actor
from models.catalogue import permissions, role_label, with_needs
from models.errors import Incompatible, Unknown
from models.i18n import ngettext
from models.queries import roles as role_queries, standing
from models.queries._reading import may_read
from models.queries._together import Violator, counted, pairs, violators
from models.rules.access import Source
from models.rules.separation import Pair, declarable, refuse_role, sources_of

PERMISSION: Final = "audit.view.all"
"""What reading them takes, and who breaks them: it says of everybody what they hold."""

_LISTED: Final = """
    SELECT id, one, other, reason, declared_at, declared_by FROM separation WHERE ended_at IS NULL AND id = coalesce(?, id) ORDER BY id
"""

_THROUGH: Final = """
    SELECT g.staff_id, p.permission, 'role', coalesce(r.code, r.name), g.granted_by, g.since, g.until, r.name
    FROM role_permission p JOIN role r ON r.id = p.role_id JOIN role_grant g ON g.role_id = r.id
    WHERE p.permission IN ({codes}) AND g.ended_at IS NULL AND (g.until IS NULL OR g.until >= ?1)
    UNION ALL
    SELECT e.staff_id, e.permission, 'extra', e.permission, e.granted_by, e.since, e.until, NULL
    FROM extra e WHERE e.permission IN ({codes}) AND e.ended_at IS NULL AND (e.until IS NULL OR e.until >= ?1)
"""


class SeparationRow(NamedTuple):
    """Two permissions that are kept apart.

    Attributes:
        reason: as the owner gave it; "" for none.
        declared_at: UTC microseconds; `declared_by` a login or `console:<os user>`.
        people: how many hold both all the same.
    """

    id: int
    one: str
    other: str
    reason: str
    declared_at: int
    declared_by: str
    people: int = 0


class Violation(NamedTuple):
    """Somebody who holds what is kept apart, and through what.

    Attributes:
        until: the last instant at which both are theirs, UTC microseconds; None without end.
        one_through: the grants that give `one`, those that begin later included; `other_through` likewise.
    """

    staff_id: int
    login: str
    name: str
    status: str
    one: str
    other: str
    until: int | None
    one_through: tuple[Source, ...]
    other_through: tuple[Source, ...]


class Impact(NamedTuple):
    """What keeping two permissions apart would meet.

    Attributes:
        people: who holds both now, by login.
        roles: what the roles are called that hold both: nobody could be given them any more.
    """

    people: tuple[Violator, ...]
    roles: tuple[str, ...]


class RoleClash(NamedTuple):
    """Why a role cannot be saved as it is wanted.

    Attributes:
        refusal: as the operation will say it.
        people: the holders in whom two would come together, by login; none where the role itself would hold both.
    """

    refusal: Incompatible
    people: tuple[Violator, ...]


def listed(actor: Actor, separation_id: int | None = None) -> tuple[SeparationRow, ...]:
    """Everything that is kept apart, oldest first, or the one; each with how many hold both all the same.

    Raises:
        NotAllowed, SessionEnded: it takes `audit.view.all`.
    """
    may_read(actor, PERMISSION)
    rows = [SeparationRow(*row) for row in db.rows(_LISTED, (separation_id,))]
    people = counted(map(pair_of, rows))
    return tuple(row._replace(people=people.get(pair_of(row), 0)) for row in rows)


def detail(actor: Actor, separation_id: int) -> SeparationRow:
    """Two permissions that are kept apart.

    Raises:
        Unknown: they are no longer, or never were.
        NotAllowed, SessionEnded: as `listed`.
    """
    for row in listed(actor, separation_id):
        return row
    raise Unknown("separation", str(separation_id))


def pair_of(row: SeparationRow) -> Pair:
    """The two that a row keeps apart."""
    return Pair(row.one, row.other)


def violations(actor: Actor, separation_id: int | None = None) -> tuple[Violation, ...]:
    """Everybody who holds what is kept apart, by login, and through what; of one pair only, if one is named.

    The owner is exempt; who has left holds nothing.

    Raises:
        NotAllowed, SessionEnded: it takes `audit.view.all`.
    """
    people = together(actor, separation_id)
    through = _through(people)
    return tuple(
        Violation(*who[:6], who.until, tuple(through[who.staff_id, who.one]), tuple(through[who.staff_id, who.other])) for who in people
    )


def together(actor: Actor, separation_id: int | None = None) -> tuple[Violator, ...]:
    """The same without what they come through, for whoever only counts and names them.

    Raises:
        NotAllowed, SessionEnded: as `violations`.
    """
    may_read(actor, PERMISSION)
    return violators(pair_of(SeparationRow(*row)) for row in db.rows(_LISTED, (separation_id,)))


def holders(actor: Actor, separation_id: int) -> tuple[SeparationRow, tuple[Violator, ...]]:
    """One pair and everybody who holds both of it, by login: `violations` without what they come through, for long lists.

    Raises:
        Unknown, NotAllowed, SessionEnded: as `detail`.
    """
    may_read(actor, PERMISSION)
    for found in db.rows(_LISTED, (separation_id,)):
        row = SeparationRow(*found)
        people = violators([pair_of(row)])
        return row._replace(people=len(people)), people
    raise Unknown("separation", str(separation_id))


def through(actor: Actor, staff_id: int, one: str, other: str) -> tuple[tuple[Source, ...], tuple[Source, ...]]:
    """What gives a person each of two permissions, what begins later included.

    Raises:
        NotAllowed, SessionEnded: as `listed`.
    """
    may_read(actor, PERMISSION)
    held, now = access_sql.holdings(db.rows(access_sql.HOLDINGS, (staff_id,))), clock.now()
    return sources_of(one, held, now), sources_of(other, held, now)


def impact(actor: Actor, one: str, other: str) -> Impact:
    """What declaring two permissions incompatible would meet: for the owner to know before.

    Raises:
        OwnerAlone, SessionEnded: only the owner, and the operator at the machine.
        Unknown, OwnerOnly, Invalid: they cannot be kept apart, as the operation will say.
    """
    standing.require_owner(actor)
    pair = declarable(one, other)
    inside = role_queries.content()
    labels = {identity: role_label(code, name) for identity, code, name in db.rows("SELECT id, code, name FROM role ORDER BY id")}
    return Impact(violators([pair]), tuple(labels[role] for role in sorted(inside) if set(pair) <= inside[role]))


def brought_together(role_id: int, before: frozenset[str], after: frozenset[str]) -> tuple[Violator, ...]:
    """The holders of a role in whom its having `after` in place of `before` would bring two together anew, by login.

    What the role itself would hold together is not looked for: nobody can make it so.
    """
    touched = [pair for pair in pairs() if set(pair) & (after - before)]
    had = {(who.staff_id, who.one, who.other): who.last for who in violators(touched, role_id, before)}
    return tuple(who for who in violators(touched, role_id, after) if who.last > had.get((who.staff_id, who.one, who.other), 0))


def role_clash(role_id: int, before: frozenset[str], after: frozenset[str], label: str) -> RoleClash | None:
    """Why a role cannot have `after` in it in place of `before`; None where it can.

    Args:
        label: what the role is called.
    """
    try:
        refuse_role(pairs(), before, after, label)
    except Incompatible as refusal:
        return RoleClash(refusal, ())
    people = brought_together(role_id, before, after)
    if not people:
        return None
    first = people[0]
    more = len({who.staff_id for who in people}) - 1
    name = first.name
    if more:
        name = ngettext("{name} and {count} more person", "{name} and {count} more people", more).format(name=name, count=more)
    return RoleClash(Incompatible(first.one, first.other, name), people)


def saving(actor: Actor, role_id: int, codes: Iterable[str]) -> RoleClash | None:
    """What is kept apart and would come together if `codes` and what they need were put into a role; None where nothing would.

    Raises:
        NotAllowed, SessionEnded: it takes `org.role.manage`.
        Unknown: there is no such role.
    """
    may_read(actor, role_queries.PERMISSION)
    role = role_queries.detail(actor, role_id)
    wanted = with_needs(code for code in codes if code in permissions())
    return role_clash(role_id, frozenset(role.permissions), wanted, role.row.label)


def _through(people: Sequence[Violator]) -> dict[tuple[int, str], list[Source]]:
    """What gives each of the people each of the codes that are kept apart in them."""
    found: dict[tuple[int, str], list[Source]] = {(who.staff_id, code): [] for who in people for code in (who.one, who.other)}
    codes = sorted({code for _staff_id, code in found})
    marks = ", ".join(f"?{place}" for place in range(2, len(codes) + 2))
    for staff_id, code, *source in db.rows(_THROUGH.format(codes=marks), (clock.now(), *codes)):
        if (staff_id, code) in found:
            found[staff_id, code].append(Source(*source))
    return found
