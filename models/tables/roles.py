"""Roles, what is in them, and what was given to whom."""

from __future__ import annotations

from peewee import SQL, AutoField, Check, CompositeKey, ForeignKeyField, IntegerField, TextField

from models.tables._base import Table, Versioned
from models.tables.staff import Staff


class Role(Versioned):
    """A named set of permissions. A preset one has a `code`, and no `name` until it is renamed."""

    id = AutoField()
    code = TextField(null=True, unique=True)
    name = TextField(null=True)
    closed_at = IntegerField(null=True)

    class Meta:
        constraints = (Check("code IS NOT NULL OR name IS NOT NULL"),)


class RolePermission(Table):
    """One permission of a role."""

    role = ForeignKeyField(Role, on_delete="RESTRICT", index=False)
    permission = TextField()

    class Meta:
        primary_key = CompositeKey("role", "permission")
        without_rowid = True


class Grant(Table):
    """What roles and extras that were given have in common; `until` None means without end.

    A grant that was taken back keeps its row, with `ended_at` and `ended_by`. `stands_for` is the colleague whom the person stands in
    for with it, `confirmed_at` and `confirmed_by` say when an access review last found it still right.
    """

    id = AutoField()
    since = IntegerField()
    until = IntegerField(null=True)
    granted_by = TextField()
    ended_at = IntegerField(null=True)
    ended_by = TextField(null=True)
    stands_for = ForeignKeyField(Staff, null=True, on_delete="RESTRICT", index=False, backref="+")
    confirmed_at = IntegerField(null=True)
    confirmed_by = TextField(null=True, constraints=[Check("(confirmed_at IS NULL) = (confirmed_by IS NULL)")])


_GRANT_CHECKS = (Check("until IS NULL OR until >= since"), Check("(ended_at IS NULL) = (ended_by IS NULL)"))


class RoleGrant(Grant):
    """A role given to a person; at most one that was not taken back per person and role."""

    staff = ForeignKeyField(Staff, on_delete="RESTRICT", index=False)
    role = ForeignKeyField(Role, on_delete="RESTRICT", index=False)

    class Meta:
        constraints = _GRANT_CHECKS


RoleGrant.add_index(RoleGrant.index(RoleGrant.staff, RoleGrant.role, unique=True, where=SQL("ended_at IS NULL"), name="rolegrant_live"))
RoleGrant.add_index(RoleGrant.index(RoleGrant.role, RoleGrant.staff, where=SQL("ended_at IS NULL"), name="rolegrant_holders"))


class Extra(Grant):
    """One permission given to a person beside their roles; at most one that was not taken back per person and permission."""

    staff = ForeignKeyField(Staff, on_delete="RESTRICT", index=False)
    permission = TextField()

    class Meta:
        constraints = _GRANT_CHECKS


Extra.add_index(Extra.index(Extra.staff, Extra.permission, unique=True, where=SQL("ended_at IS NULL"), name="extra_live"))
Extra.add_index(Extra.index(Extra.permission, Extra.staff, where=SQL("ended_at IS NULL"), name="extra_holders"))
