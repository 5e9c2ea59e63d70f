"""The shop, the facts of this installation, and the seats."""

from __future__ import annotations

from peewee import AutoField, BooleanField, Check, IntegerField, TextField

from models.tables._base import Table, Versioned


class Shop(Versioned):
    """The one shop that this installation serves."""

    id = IntegerField(primary_key=True, constraints=[Check("id = 1")])
    code = TextField()
    name = TextField()
    language = TextField(constraints=[Check("language IN ('en', 'zh')")])
    zone = TextField()
    seats_counted = BooleanField(default=False, constraints=[Check("seats_counted IN (0, 1)")])
    founded_at = IntegerField()


class Setting(Table):
    """A fact of this installation, such as its journal mode."""

    name = TextField(primary_key=True)
    value = TextField()


class Seat(Table):
    """A line of the ledger: seats that were gifted, or bought, together. Never deleted: what is over, or was a mistake, ends.

    `price` is per seat and month, in hundredths of the shop's currency; `until` is the last moment, None for no end. Gifted seats count
    once they are claimed, bought ones are claimed as they are recorded.
    """

    id = AutoField()
    kind = TextField(constraints=[Check("kind IN ('gifted', 'bought')")])
    number = IntegerField(constraints=[Check("number > 0")])
    price = IntegerField(default=0, constraints=[Check("price >= 0")])
    since = IntegerField()
    until = IntegerField(null=True)
    recorded_at = IntegerField()
    recorded_by = TextField()
    claimed_at = IntegerField(null=True)
    claimed_by = TextField(null=True)
    ended_at = IntegerField(null=True)
    ended_by = TextField(null=True)

    class Meta:
        constraints = (
            Check("kind = 'gifted' OR claimed_at IS NOT NULL"),
            Check("kind = 'bought' OR price = 0"),
            Check("(claimed_at IS NULL) = (claimed_by IS NULL)"),
            Check("(ended_at IS NULL) = (ended_by IS NULL)"),
        )
