"""What people may do and why: now, and after a change that is only being thought about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from models import access_sql, catalogue, clock, db
from models.actor import Actor
from models.catalogue import Permission, permissions
from models.errors import Refusal, Unknown
from models.explain import Grantor, Why
from models.queries import roles as role_queries, security
from models.queries._reading import may_read
from models.queries._together import pairs
from models.rules.access import Holding, Person, Verdict, access, explained, judge, would_be
from models.rules.delegation import Held, grantable, wakeable, within_reach
from models.rules.grants import AccessChange, ExtraGift, RoleContent, RoleGift, outcome, woken
from models.rules.policy import needs_totp
from models.rules.separation import Clash, clashes

_HAS_TOTP: Final = "SELECT 1 FROM totp WHERE staff_id = ? AND active IS NOT NULL"


class PreviewLine(NamedTuple):
    """One permission in a preview.

    Attributes:
        after: the verdict once the change is made and the person active; `before`: the verdict now, judged likewise.
        cut: whether a grant would give it but for the post.
    """

    permission: Permission
    before: Verdict
    after: Verdict
    cut: bool

    @property
    def gained(self) -> bool:
        """Whether the change gives it."""
        return self.after.granted and not self.before.granted

    @property
    def lost(self) -> bool:
        """Whether the change takes it."""
        return self.before.granted and not self.after.granted


class Preview(NamedTuple):
    """Everything that a person will be able to do, and what a change changes.

    Attributes:
        lines: everything allowed after, allowed before, or cut by the post; in the catalogue's order.
        seen: the codes allowed after: what the operation wants back as proof of what was confirmed.
        extras: the extras that will be given, with what they need.
        taken: the extras that will be taken, with what cannot stand without them.
        must_enrol: whether the policy will ask for TOTP, which the person has not set up yet.
        clashes: what is kept apart and would be in one hand, now already or because of the change.
    """

    lines: tuple[PreviewLine, ...]
    seen: frozenset[str]
    extras: tuple[ExtraGift, ...]
    taken: tuple[str, ...]
    must_enrol: bool
    clashes: tuple[Clash, ...] = ()

    @property
    def barred(self) -> bool:
        """Whether the change would bring together what is kept apart: the operation will refuse it."""
        return any(clash.new for clash in self.clashes)

    @property
    def high_risk(self) -> int:
        """How many of the permissions allowed after are high-risk."""
        return sum(line.after.granted and line.permission.high_risk for line in self.lines)

    @property
    def by_area(self) -> tuple[tuple[str, tuple[PreviewLine, ...]], ...]:
        """The lines, area by area, in the catalogue's order; areas without lines are left out."""
        areas: dict[str, list[PreviewLine]] = {}
        for line in self.lines:
            areas.setdefault(line.permission.area, []).append(line)
        return tuple((area, tuple(areas[area])) for area in catalogue.areas() if area in areas)


class RoleOffer(NamedTuple):
    """A role as somebody may or may not give it; `refusal` says why not, None where they may."""

    row: role_queries.RoleRow
    refusal: Refusal | None


def of(actor: Actor, staff_id: int) -> dict[str, Verdict]:
    """Every permission of the catalogue, judged for one person now. One's own is everybody's to read.

    Raises:
        NotAllowed: another's takes `staff.view`.
        Unknown: there is nobody with that id.
    """
    may_read(actor, None if actor.staff_id == staff_id else "staff.view")
    person = _person(staff_id)
    return explained(person, access_sql.sources(db.rows(access_sql.HOLDINGS, (staff_id,))), permissions(), clock.now())


def why(actor: Actor, staff_id: int, code: str) -> Why:
    """Whether a person may use a permission now, why or why not, and who could give it.

    Raises:
        NotAllowed, Unknown: as `of`; the catalogue does not know `code`.
    """
    if code not in permissions():
        raise Unknown("permission", code)
    person, holdings = _held(actor, staff_id)
    sources = [holding.source for holding in holdings if holding.permission == code]
    verdict = judge(person, permissions()[code], sources, clock.now())
    return Why(person.login, verdict, () if verdict.granted else grantors(code, staff_id))


def grantors(code: str, staff_id: int) -> tuple[Grantor, ...]:
    """Who could give `code` to a person: the owner, and whoever may authorise and holds as much as both, the person apart."""
    return tuple(Grantor(login, name) for login, name in access_sql.grantors(db.rows, code, staff_id, clock.now()))


def preview_newcomer(actor: Actor, login: str, post: str, role_gifts: tuple[RoleGift, ...], extra_gifts: tuple[ExtraGift, ...]) -> Preview:
    """What somebody who is to be onboarded will be able to do.

    Raises:
        OutOfReach, UntilTooLate: a gift is beyond the actor's own access, as onboarding will say.
        NotAllowed: it takes `staff.manage`.
    """
    held = may_read(actor, "staff.manage")
    person = Person(login, catalogue.ACTIVE, post, is_owner=False)
    change = AccessChange(give_roles=role_gifts, give_extras=extra_gifts)
    return _enrolling(_preview(actor, held, person, post, (), change), has_totp=False)


def preview_change(actor: Actor, staff_id: int, change: AccessChange) -> Preview:
    """What a change of access would change.

    Raises:
        OutOfReach, UntilTooLate: it is beyond the actor's own access, as the operation will say.
        NotAllowed, Unknown: it takes `staff.manage`; there is nobody with that id.
    """
    held = may_read(actor, "staff.manage")
    person, holdings = _read(staff_id)
    has_totp = bool(db.rows(_HAS_TOTP, (staff_id,)))
    return _enrolling(_preview(actor, held, would_be(person), change.post or person.post, holdings, change), has_totp=has_totp)


def _preview(actor: Actor, held: Held, person: Person, post: str, holdings: Iterable[Holding], change: AccessChange) -> Preview:
    now, holdings = clock.now(), tuple(holdings)
    contents = contents_of([*change.take_roles, *(gift.role_id for gift in change.give_roles)])
    for role in change.give_roles:
        grantable(held, contents[role.role_id].permissions, role.until)
    for extra in change.give_extras:
        grantable(held, catalogue.closure(extra.permission), extra.until)
    for role_id in change.take_roles:
        within_reach(held, contents[role_id].permissions)
    result = outcome(holdings, change, contents, actor.name, now)
    within_reach(held, result.taken)
    wakeable(held, woken(person, post, holdings, result.holdings, now))
    before = access(person, holdings, permissions(), now)
    after = access(would_be(person, post), result.holdings, permissions(), now)
    lines = []
    for code, permission in permissions().items():
        cut = not after[code].granted and bool(after[code].sources)
        if before[code].granted or after[code].granted or cut:
            lines.append(PreviewLine(permission, before[code], after[code], cut))
    seen = frozenset(code for code, verdict in after.items() if verdict.granted)
    apart = clashes(pairs(), person, post, holdings, result.holdings, now)
    return Preview(tuple(lines), seen, result.extras, result.taken, must_enrol=False, clashes=apart)


def _enrolling(preview: Preview, *, has_totp: bool) -> Preview:
    asked = needs_totp(security.policy().policy, high_risk=bool(preview.high_risk))
    return preview._replace(must_enrol=asked and not has_totp)


def contents_of(role_ids: Iterable[int]) -> Mapping[int, RoleContent]:
    """What open roles are called and what is in them.

    Raises:
        Unknown: there is no such role, or it was closed.
    """
    inside = role_queries.content()
    found = {row[0]: row for row in db.rows("SELECT id, code, name FROM role WHERE closed_at IS NULL")}
    contents = {}
    for role_id in role_ids:
        if role_id not in found:
            raise Unknown("role", str(role_id))
        _id, code, name = found[role_id]
        contents[role_id] = RoleContent(code or name, name, inside.get(role_id, frozenset()))
    return contents


def offers(actor: Actor, until: int | None = None) -> tuple[RoleOffer, ...]:
    """Every open role, each with whether the actor may give it until `until`.

    Raises:
        NotAllowed: it takes `staff.manage`.
    """
    held = may_read(actor, "staff.manage")
    inside = role_queries.content()
    result = []
    for row in role_queries.listed(actor):
        refusal = None
        try:
            grantable(held, inside.get(row.id, ()), until)
        except Refusal as error:
            refusal = error
        result.append(RoleOffer(row, refusal))
    return tuple(result)


def _held(actor: Actor, staff_id: int) -> tuple[Person, list[Holding]]:
    may_read(actor, None if actor.staff_id == staff_id else "staff.view")
    return _read(staff_id)


def _read(staff_id: int) -> tuple[Person, list[Holding]]:
    return _person(staff_id), access_sql.holdings(db.rows(access_sql.HOLDINGS, (staff_id,)))


def _person(staff_id: int) -> Person:
    found = db.row(access_sql.PERSON_BY_ID, (staff_id,))
    if found is None:
        raise Unknown("staff", str(staff_id))
    return access_sql.person(found, db.rows, clock.now())
