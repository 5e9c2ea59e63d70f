"""Device keys: the SSH keys that open the shop from people's own devices."""

from __future__ import annotations

from peewee import SQL, AutoField, Check, ForeignKeyField, IntegerField, TextField

from models.tables._base import Table
from models.tables.staff import Staff


class Device(Table):
    """A public key of somebody's device. A row stays when its key has ended, so that no key comes back.

    `kind`, `bits` and `blob` are those of `models.rules.device_keys.DeviceKey`; `fingerprint` is what sessions and entries call it by.
    """

    id = AutoField()
    staff = ForeignKeyField(Staff, on_delete="RESTRICT", index=False)
    name = TextField()
    kind = TextField()
    bits = IntegerField()
    blob = TextField()
    fingerprint = TextField(constraints=[Check("fingerprint LIKE 'SHA256:%'")])
    added_at = IntegerField()
    added_by = TextField()
    expires_at = IntegerField(null=True)
    used_at = IntegerField(null=True)
    ended_at = IntegerField(null=True)
    end = TextField(null=True, constraints=[Check("\"end\" IN ('revoked', 'reset', 'left')")])

    class Meta:
        constraints = (Check('(ended_at IS NULL) = ("end" IS NULL)'),)


Device.add_index(Device.index(Device.fingerprint, unique=True, name="device_fingerprint"))
Device.add_index(Device.index(Device.staff, where=SQL("ended_at IS NULL"), name="device_live"))
