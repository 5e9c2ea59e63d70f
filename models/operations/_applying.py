"""What the modules share that apply to a backup what was revoked since: both states of the shop, side by side."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from typing import Any, Final

from peewee import PeeweeException

from models import db, sqlite_salvage
from models.queries.newer import Newer, Row
from models.queries.restoring import Line

END: Final = "restored"
"""How sessions are kept that a restore ended."""

_ERRORS: Final = (sqlite3.IntegrityError, PeeweeException, OverflowError, TypeError)


class Applying:
    """The copy of the backup that is open, and what is known of the data that goes.

    People are the same by their login, which nobody ever gets twice; everything else by its number.

    Args:
        by: who restores.
        now: when, UTC microseconds.

    Attributes:
        lines: what was done.
        same: the number here, by the number there, of everybody who is in both.
        logins: by the number here.
    """

    def __init__(self, newer: Newer, by: str, now: int) -> None:
        self.newer = newer
        self.by = by
        self.now = now
        self.lines: list[Line] = []
        self.people: dict[str, Row] = {row["login"]: row for row in here("staff")}
        self.logins: dict[int, str] = {row["id"]: login for login, row in self.people.items()}
        self.same: dict[int, int] = {}
        for row in newer.tables["staff"]:
            if row["login"] in self.people:
                self.same[row["id"]] = self.people[row["login"]]["id"]

    def tell(self, kind: str, who: str = "", what: str = "") -> None:
        """Note what was done."""
        self.lines.append(Line(kind, who, what))

    def there(self, table: str) -> dict[int, Row]:
        """The rows there that belong to people who are here, by these people's numbers here; one each."""
        return {self.same[row["staff_id"]]: row for row in self.newer.tables[table] if row["staff_id"] in self.same}

    def knows_all(self, *tables: str) -> bool:
        """Whether nothing is missing there that could not be read."""
        return self.newer.knows_all("staff", *tables)

    def unread(self, table: str) -> None:
        """Note that what was there cannot be used."""
        self.newer.unread.add(table)


def here(table: str, identity: int | None = None) -> list[Row]:
    """The rows of a table of the shop that is open; or the one with that number."""
    condition, parameters = ("", ()) if identity is None else (" WHERE id = ?", (identity,))
    with db.connection():
        cursor = db.database.connection().execute(f"SELECT * FROM {table}{condition}", parameters)  # noqa: S608  our own text only
        columns = [column[0] for column in cursor.description]
        return [dict(zip(columns, row, strict=True)) for row in cursor]


def change(table: str, where: Mapping[str, object], **values: object) -> None:
    """Update the rows of the shop that is open that have `where`."""
    columns = ", ".join(f'"{column}" = ?' for column in values)
    condition = " AND ".join(f'"{column}" = ?' for column in where)
    db.database.execute_sql(f"UPDATE {table} SET {columns} WHERE {condition}", (*values.values(), *where.values()))  # noqa: S608  as above


def attempt(table: str, key: Mapping[str, object], **values: object) -> bool:
    """As `change`; where what was read there cannot be kept here, because it was damaged, nothing happens. Whether it did."""
    try:
        with db.database.savepoint():
            change(table, key, **values)
    except _ERRORS:
        return False
    return True


def put(table: str, row: Mapping[str, object]) -> bool:
    """Insert a row, or put it in place of the one with its key; what cannot be kept is left out. Whether it was kept."""
    known = {column.name for column in sqlite_salvage.columns(db.database.connection(), table)}
    values = {column: value for column, value in row.items() if column in known}
    columns = ", ".join(f'"{column}"' for column in values)
    try:
        with db.database.savepoint():
            db.database.execute_sql(
                f"INSERT OR REPLACE INTO {table} ({columns}) VALUES ({', '.join('?' * len(values))})",  # noqa: S608  as above
                tuple(values.values()),
            )
    except _ERRORS:
        return False
    return True


def drop(table: str, staff_id: int) -> None:
    """Delete what belongs to a person."""
    db.database.execute_sql(f"DELETE FROM {table} WHERE staff_id = ?", (staff_id,))  # noqa: S608  as above


def listed(values: Iterable[Any]) -> str:
    """Several names in one."""
    return ", ".join(map(str, values))
