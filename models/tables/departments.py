"""Departments: the nodes of the shop's tree."""

from __future__ import annotations

from peewee import AutoField, Check, DeferredForeignKey, ForeignKeyField, IntegerField, TextField

from models.tables._base import Versioned


class Department(Versioned):
    """A department. A preset one has a `preset` code, and no `name` until it is renamed."""

    id = AutoField()
    parent = ForeignKeyField("self", null=True, on_delete="RESTRICT")
    preset = TextField(null=True)
    name = TextField(null=True)
    position = IntegerField(default=0)
    head = DeferredForeignKey("Staff", null=True, on_delete="RESTRICT")
    closed_at = IntegerField(null=True)

    class Meta:
        constraints = (Check("preset IS NOT NULL OR name IS NOT NULL"), Check("parent_id IS NULL OR parent_id <> id"))
