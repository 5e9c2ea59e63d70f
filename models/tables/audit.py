"""The log."""

from __future__ import annotations

from peewee import SQL, BlobField, Check, IntegerField, TextField

from models.tables._base import Table


class AuditEntry(Table):
    """One act: gapless `seq`, and a hash over the entry before it and every field of this one.

    Rows can be neither updated nor deleted (triggers). `old` and `new` are JSON, "" for nothing.
    """

    seq = IntegerField(primary_key=True, constraints=[Check("seq > 0")])
    at = IntegerField()
    actor = TextField()
    session = IntegerField(null=True)
    device = TextField()
    address = TextField()
    action = TextField()
    object_kind = TextField()
    object_id = IntegerField(null=True)
    object_label = TextField()
    old = TextField()
    new = TextField()
    hash = BlobField(constraints=[Check("length(hash) = 32")])


for _fields, _name in (
    ((AuditEntry.actor, AuditEntry.seq), "auditentry_actor"),
    ((AuditEntry.action, AuditEntry.seq), "auditentry_action"),
    ((AuditEntry.actor, AuditEntry.action, AuditEntry.seq), "auditentry_actor_action"),
    ((AuditEntry.at, AuditEntry.seq), "auditentry_at"),
    ((AuditEntry.actor, AuditEntry.at, AuditEntry.seq), "auditentry_actor_at"),
    ((AuditEntry.object_kind, AuditEntry.object_id, AuditEntry.seq), "auditentry_object"),
):
    AuditEntry.add_index(AuditEntry.index(*_fields, name=_name))

# By these one knows when a permission was last used, and since when programs tell of it: a probe each, however often one was refused.
for _fields, _of, _name in (
    ((AuditEntry.object_label, AuditEntry.seq), "object_kind = 'permission'", "auditentry_permission"),
    ((AuditEntry.actor, AuditEntry.object_label, AuditEntry.seq), "action = 'program.allow'", "auditentry_actor_permission"),
):
    AuditEntry.add_index(AuditEntry.index(*_fields, where=SQL(_of), name=_name))
