"""Changing what a person may do: roles, extras and post, all in one act. It takes `staff.manage`."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from models import catalogue
from models.actor import Actor
from models.catalogue import POSTS, closure, permissions
from models.errors import Invalid, NothingChanged, OwnerOnly, Stale, Unknown
from models.i18n import N_, _
from models.operations._journal import Journal, Values, moment
from models.operations._operation import operation, save
from models.operations._people import holdings_of, in_status, manageable, person_of, thing
from models.operations.roles import content
from models.queries._together import pairs
from models.rules.access import Holding, access, would_be
from models.rules.delegation import grantable, wakeable, within_reach
from models.rules.grants import AccessChange, ExtraGift, RoleContent, outcome, woken
from models.rules.separation import clashes, refuse
from models.tables import Extra, Role, RoleGrant, Staff

PERMISSION = "staff.manage"


def change(
    actor: Actor, staff_id: int, wanted: AccessChange, *, version: int | None = None, seen: Collection[str] | None = None
) -> tuple[ExtraGift, ...]:
    """Change somebody's roles, extras and post.

    Args:
        version: of the person as the editor saw them; None to take them as they are now.
        seen: the codes that the preview showed as allowed; if it would turn out otherwise, a role was changed meanwhile.

    Returns:
        The extras that were given, what they need included.

    Raises:
        OwnerProtected, OwnAccount, OutOfReach, UntilTooLate, OwnerOnly: the act reaches too far.
        Incompatible: the person would hold two permissions that are kept apart.
        Stale: somebody else changed the person, or what the preview showed.
        WrongStatus: the person has left.
        NothingChanged, Unknown, Invalid: as elsewhere.
    """
    with operation(actor, PERMISSION, _act(wanted), proof=True) as journal:
        staff = manageable(journal, staff_id)
        in_status(staff, catalogue.INVITED, catalogue.ACTIVE, catalogue.FROZEN)
        save(Staff, staff_id, version, staff.name)
        return apply(journal, staff, wanted, seen)


def _act(wanted: AccessChange) -> str:
    """What a change is called where it is refused: by the first thing that it would do."""
    acts = {
        "staff.post": wanted.post,
        "role.revoke": wanted.take_roles,
        "role.grant": wanted.give_roles,
        "extra.revoke": wanted.take_extras,
    }
    return next((act for act, asked in acts.items() if asked), "extra.grant")


def apply(journal: Journal, staff: Any, wanted: AccessChange, seen: Collection[str] | None) -> tuple[ExtraGift, ...]:
    """Do what `wanted` says inside an operation that is open; the person's row is the caller's to judge and to save."""
    roles = {role_id: role_content(role_id) for role_id in (*wanted.take_roles, *(gift.role_id for gift in wanted.give_roles))}
    before = holdings_of(staff)
    judge_gifts(journal, wanted, roles)
    for role_id in wanted.take_roles:
        within_reach(journal.held, roles[role_id].permissions)
    result = outcome(before, wanted, roles, journal.actor.name, journal.now)
    within_reach(journal.held, result.taken)
    post = _known_post(wanted.post or staff.post)
    wakeable(journal.held, woken(person_of(staff), post, before, result.holdings, journal.now))
    refuse(clashes(pairs(), person_of(staff), post, before, result.holdings, journal.now), staff.name)
    if post != staff.post:
        Staff.update(post=post).where(Staff.id == staff.id).execute()
        journal.record("staff.post", thing(staff), old={"post": staff.post}, new={"post": post})
    for role_id in wanted.take_roles:
        _end(journal, staff, RoleGrant.role == role_id, RoleGrant, "role.revoke", {"role": roles[role_id].name})
    for role in result.roles:
        _give(journal, staff, RoleGrant, {"role": role.role_id}, role.until, {"role": roles[role.role_id].name})
    for code in result.taken:
        _end(journal, staff, Extra.permission == code, Extra, "extra.revoke", {"permission": code})
    for extra in result.extras:
        _give(journal, staff, Extra, {"permission": extra.permission}, extra.until, {"permission": extra.permission})
    if not journal.entries:
        raise NothingChanged
    _judge_seen(journal, staff, post, result.holdings, seen)
    return result.extras


def _judge_seen(journal: Journal, staff: Any, post: str, holdings: tuple[Holding, ...], seen: Collection[str] | None) -> None:
    """What was confirmed is what happens: a role may have been changed since the preview was shown."""
    verdicts = access(would_be(person_of(staff), post), holdings, permissions(), journal.now)
    if seen is not None and {code for code, verdict in verdicts.items() if verdict.granted} != set(seen):
        raise Stale(_("What {name} would be able to do").format(name=staff.name))


def judge_gifts(journal: Journal, change: AccessChange, roles: Mapping[int, RoleContent]) -> None:
    """Refuse gifts that are over already, the owner's alone, or beyond what the actor holds.

    Raises:
        Invalid, Unknown, OwnerOnly, OutOfReach, UntilTooLate: the first that is in the way.
    """
    for gift in change.give_roles:
        _in_future(journal, gift.until)
        grantable(journal.held, roles[gift.role_id].permissions, gift.until)
    for extra in change.give_extras:
        _in_future(journal, extra.until)
        wanted = known(extra.permission)
        for code in wanted:
            if permissions()[code].owner_only:
                raise OwnerOnly(code)
        grantable(journal.held, wanted, extra.until)


def _known_post(post: str) -> str:
    if post not in POSTS:
        raise Invalid("post", N_("The post is customer service or operations."))
    return post


def _in_future(journal: Journal, until: int | None) -> None:
    if until is not None and until < journal.now:
        raise Invalid("until", N_("That day is over."))


def known(code: str) -> frozenset[str]:
    """A permission of the catalogue with everything it needs.

    Raises:
        Unknown: the catalogue does not have it.
    """
    if code not in permissions():
        raise Unknown("permission", code)
    return closure(code)


def role_content(role_id: int) -> RoleContent:
    """What an open role is called and what is in it.

    Raises:
        Unknown: there is no such role, or it was closed.
    """
    role = Role.get_or_none(Role.id == role_id, Role.closed_at.is_null())
    if role is None:
        raise Unknown("role", str(role_id))
    return RoleContent(role.code or role.name or "", role.name, content(role_id))


def _end(journal: Journal, staff: Any, which: Any, table: Any, action: str, what: Values) -> None:
    live = table.get_or_none(table.staff == staff.id, which, table.ended_at.is_null())
    if live is None:
        return
    table.update(ended_at=journal.now, ended_by=journal.actor.name).where(table.id == live.id).execute()
    journal.record(action, thing(staff), old={**what, "until": moment(live.until)})


def _give(journal: Journal, staff: Any, table: Any, columns: Values, until: int | None, what: Values) -> None:
    """Give something, in place of the same with another end where it was given before."""
    same = [getattr(table, column) == value for column, value in columns.items()]
    live = table.get_or_none(table.staff == staff.id, *same, table.ended_at.is_null())
    old: Values = {}
    if live is not None:
        table.update(ended_at=journal.now, ended_by=journal.actor.name).where(table.id == live.id).execute()
        old = {"until": moment(live.until)}
    table.insert(staff=staff.id, since=journal.now, until=until, granted_by=journal.actor.name, **columns).execute()
    journal.record("role.grant" if table is RoleGrant else "extra.grant", thing(staff), old=old, new={**what, "until": moment(until)})
