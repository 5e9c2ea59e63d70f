"""What every table is: strict, of this process's database, named in the singular."""

from __future__ import annotations

import peewee

from models.db import database


class Table(peewee.Model):  # type: ignore[misc]  # peewee ships no types
    """Base of all tables. Times are integers, UTC microseconds."""

    class Meta:
        database = database
        strict_tables = True
        legacy_table_names = False


class Versioned(Table):
    """A row that two people may edit at once: `version` is compared in the UPDATE that saves it."""

    version = peewee.IntegerField(default=1, constraints=[peewee.Check("version > 0")])
