"""Separation of duties: permissions that no one person may hold together."""

from __future__ import annotations

from peewee import SQL, AutoField, Check, IntegerField, TextField

from models.tables._base import Table


class Separation(Table):
    """Two permissions, `one` before `other` by code, that the owner declared incompatible; `ended_at` when that was taken back."""

    id = AutoField()
    one = TextField()
    other = TextField()
    reason = TextField(default="")
    declared_at = IntegerField()
    declared_by = TextField()
    ended_at = IntegerField(null=True)
    ended_by = TextField(null=True)

    class Meta:
        constraints = (Check("one < other"), Check("(ended_at IS NULL) = (ended_by IS NULL)"))


Separation.add_index(Separation.index(Separation.one, Separation.other, unique=True, where=SQL("ended_at IS NULL"), name="separation_live"))
