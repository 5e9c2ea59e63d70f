"""What staff asked for, and what became of it."""

from __future__ import annotations

from peewee import SQL, AutoField, Check, ForeignKeyField, IntegerField, TextField

from models.rules.requests import MOST_DAYS
from models.tables._base import Table
from models.tables.roles import Role
from models.tables.staff import Staff


class Request(Table):
    """A role or a permission that somebody asked for, for `days` from its approval.

    `decided_by` names a login or `console:<os user>`: of a request that was withdrawn, who asked. `until` is the end of what was given,
    `word` what whoever declined it said. Never deleted.
    """

    id = AutoField()
    staff = ForeignKeyField(Staff, on_delete="RESTRICT", index=False)
    role = ForeignKeyField(Role, null=True, on_delete="RESTRICT", index=False)
    permission = TextField(null=True)
    days = IntegerField(constraints=[Check(f"days BETWEEN 1 AND {MOST_DAYS}")])
    reason = TextField()
    asked_at = IntegerField()
    status = TextField(constraints=[Check("status IN ('open', 'approved', 'declined', 'withdrawn')")])
    decided_at = IntegerField(null=True)
    decided_by = TextField(null=True)
    until = IntegerField(null=True)
    word = TextField(default="")

    class Meta:
        constraints = (
            Check("(role_id IS NULL) <> (permission IS NULL)"),
            Check("(status = 'open') = (decided_at IS NULL)"),
            Check("(decided_at IS NULL) = (decided_by IS NULL)"),
            Check("(status = 'approved') = (until IS NOT NULL)"),
        )


Request.add_index(Request.index(Request.staff, Request.id, name="request_staff"))
Request.add_index(Request.index(Request.asked_at, where=SQL("status = 'open'"), name="request_open"))
