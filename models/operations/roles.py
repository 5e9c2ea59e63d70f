"""Making, changing and closing roles. All of it takes `org.role.manage`, and holding every permission involved oneself."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from models import db, text
from models.actor import Actor
from models.catalogue import in_order, permissions, role_label, with_needs
from models.errors import NothingChanged, OwnerOnly, OwnRole, RoleHeld, Taken, Unknown
from models.i18n import ngettext
from models.operations._journal import Journal, Thing
from models.operations._operation import operation, save
from models.operations.shop import NAME_LIMIT
from models.queries import separation
from models.queries._together import pairs
from models.queries.roles import PERMISSION, holds, names
from models.rules.delegation import grantable, within_reach
from models.rules.separation import refuse_role
from models.tables import Role, RolePermission


def add(actor: Actor, name: str, codes: Iterable[str]) -> int:
    """Make a role of `codes` and what they need.

    Returns:
        Its id.

    Raises:
        Invalid, Taken: the name cannot be used, or is another role's in either language.
        Unknown, OwnerOnly, OutOfReach, UntilTooLate: a permission cannot go into a role of this actor's.
        Incompatible: two of them are kept apart.
    """
    name = text.clean("name", name, limit=NAME_LIMIT, required=True)
    with operation(actor, PERMISSION, "role.add", proof=True) as journal:
        journal.subject = Thing("role", None, name)
        wanted = _complete(codes)
        grantable(journal.held, wanted, None)
        refuse_role(pairs(), (), wanted, name)
        _refuse_taken(name)
        role_id = int(Role.insert(name=name).execute())
        _put(role_id, wanted)
        journal.record("role.add", Thing("role", role_id, name), new={"permissions": in_order(wanted)})
        return role_id


def edit(actor: Actor, role_id: int, version: int | None, *, name: str | None = None, codes: Iterable[str] | None = None) -> None:
    """Rename a role, or put `codes` and what they need in place of what is in it, or both.

    Args:
        version: of the role as the editor saw it; None to take it as it is now.
        name: None to leave it; the preset's own label in the language in force counts as leaving it.

    Raises:
        OwnRole: the actor holds the role.
        OutOfReach, UntilTooLate: something in the role, before or after, is beyond the actor's own access.
        Incompatible: two that are kept apart would come together, in the role or in somebody who holds it.
        Stale: somebody else saved it first.
        Invalid, Taken, Unknown, OwnerOnly, NothingChanged: as elsewhere.
    """
    if name is not None:
        name = text.clean("name", name, limit=NAME_LIMIT, required=True)
    with operation(actor, PERMISSION, "role.edit", proof=True) as journal:
        role, before = editable(journal, role_id)
        label = role_label(role.code, role.name)
        if name == label:
            name = None
        wanted = before if codes is None else _complete(codes)
        added, removed = wanted - before, before - wanted
        if name is None and not added and not removed:
            raise NothingChanged
        grantable(journal.held, added, None)
        if name is not None:
            _refuse_taken(name, but=role_id)
        save(Role, role_id, version, label, **({"name": name} if name is not None else {}))
        if added and (clash := separation.role_clash(role_id, before, wanted, label)):
            raise clash.refusal
        if removed:
            RolePermission.delete().where(RolePermission.role == role_id, RolePermission.permission.in_(tuple(removed))).execute()
        _put(role_id, added)
        old, new = {"removed": in_order(removed)}, {"added": in_order(added)}
        if name is not None:
            old, new = {**old, "name": label}, {**new, "name": name}  # type: ignore[dict-item]  # lists beside a name
        journal.record("role.edit", Thing("role", role_id, name or label), old=old, new=new)


def close(actor: Actor, role_id: int, version: int | None) -> None:
    """Close a role that nobody holds any more.

    Raises:
        RoleHeld: people still hold it; it says how many.
        OwnRole, OutOfReach, Stale, Unknown: as `edit`.
    """
    with operation(actor, PERMISSION, "role.close", proof=True) as journal:
        role, _before = editable(journal, role_id)
        row = db.row(
            "SELECT count(*) FROM role_grant WHERE role_id = ? AND ended_at IS NULL AND (until IS NULL OR until >= ?)",
            (role_id, journal.now),
        )
        if holders := int(row[0]) if row else 0:
            raise RoleHeld(ngettext("{count} person", "{count} people", holders).format(count=holders))
        label = role_label(role.code, role.name)
        save(Role, role_id, version, label, closed_at=journal.now)
        journal.record("role.close", Thing("role", role_id, label))


def editable(journal: Journal, role_id: int) -> tuple[Any, frozenset[str]]:
    """A role that the actor may change, with what is in it.

    Raises:
        Unknown: there is no such role.
        OwnRole: the actor holds it.
        OutOfReach: the actor does not hold everything in it.
    """
    role = Role.get_or_none(Role.id == role_id, Role.closed_at.is_null())
    if role is None:
        raise Unknown("role", str(role_id))
    journal.subject = Thing("role", role.id, role_label(role.code, role.name))
    if holds(journal.actor.staff_id, role_id, journal.now):
        raise OwnRole
    before = content(role_id)
    within_reach(journal.held, before)
    return role, before


def content(role_id: int) -> frozenset[str]:
    """The codes in a role."""
    return frozenset(code for (code,) in db.rows("SELECT permission FROM role_permission WHERE role_id = ?", (role_id,)))


def _complete(codes: Iterable[str]) -> frozenset[str]:
    codes = tuple(codes)
    for code in codes:
        if code not in permissions():
            raise Unknown("permission", code)
    wanted = with_needs(codes)
    for code in in_order(wanted):
        if permissions()[code].owner_only:
            raise OwnerOnly(code)
    return wanted


def _put(role_id: int, codes: Iterable[str]) -> None:
    if rows := [(role_id, code) for code in codes]:
        RolePermission.insert_many(rows, (RolePermission.role, RolePermission.permission)).execute()


def _refuse_taken(name: str, but: int | None = None) -> None:
    """Refuse a name that another role has in any language, or as its code: `role grant` finds roles by all of these."""
    wanted = text.key(name)
    for role in Role.select().where(Role.closed_at.is_null()):
        if role.id != but and wanted in {text.key(known) for known in names(role.code, role.name)}:
            raise Taken("name", name)
