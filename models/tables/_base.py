"""What every table is: strict, of this process's database, named in the singular."""

from __future__ import annotations

from typing import Any

import peewee

from models.db import database


class Table(peewee.Model):
    """Base of all tables. Times are integers, UTC microseconds."""

    id: Any  # what peewee gives to a table that names no key of its own

    class Meta:
        database = database
        strict_tables = True
        legacy_table_names = False


class Versioned(Table):
    """A row that two people may edit at once: `version` is compared in the UPDATE that saves it."""

    version = peewee.IntegerField(default=1, constraints=[peewee.Check("version > 0")])
