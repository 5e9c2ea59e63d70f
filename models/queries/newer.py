"""What can be read of the data that a restore puts aside, whatever state it is in: it knows what was revoked since the backup.

Read through a connection of its own that can write nothing; of a damaged file, the rows that can be reached from either end.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, Final

from models import sqlite_salvage
from models.latest import latest
from models.sqlite_salvage import Column

Row = dict[str, Any]
HashOf = Callable[[int], bytes | None]
"""The hash of the entry with a number; None where there is none."""

TABLES: Final = (
    *("setting", "shop", "staff", "credential", "spent_password", "totp", "session", "device", "department", "role"),
    *("role_permission", "role_grant", "extra", "policy", "sign_in_limit", "separation", "request", "failure", "seat"),
)
"""What a restore asks about."""

COUNTED: Final = ("conversation", "message")
"""What there may be a million of: asked is only how many."""

LOG: Final = "audit_entry"

_LATER: Final = frozenset({"totp", "spent_password", "device", "policy", "sign_in_limit", "failure", "request", "separation"})
"""Tables that shops of an older Shopstaff do not have, which says nothing of them."""

_NEEDED: Final = {
    "setting": "name value",
    "shop": "id",
    "staff": "id login status post is_owner activated_at department_id",
    "credential": "staff_id password",
    "spent_password": "staff_id password",
    "totp": "staff_id generation active last_step",
    "session": "id staff_id ended_at end",
    "device": "staff_id name fingerprint expires_at ended_at",
    "department": "id parent_id preset name closed_at",
    "role": "id code name closed_at",
    "role_permission": "role_id permission",
    "role_grant": "staff_id role_id since until ended_at",
    "extra": "staff_id permission since until ended_at",
    "policy": "id totp device_required devices_each idle_minutes session_hours sessions_each proof_minutes password_length activation_days",
    "sign_in_limit": "staff_id addresses hours",
    "separation": "one other ended_at",
    "request": "id asked_at status decided_at decided_by until word",
    "failure": "account source factor at",
    "seat": "id kind number since",
}
"""The columns that are asked for; a table without them is none of ours any more."""

_HIGHEST: Final = 1 << 53
"""Above every number that is kept: of moments, and of enrolments after hundreds of restores."""

_BACKWARDS: Final = {"role_permission": "role_id DESC, permission DESC"}
_SINCE: Final = "SELECT action, actor, count(*) FROM audit_entry WHERE seq > ? GROUP BY action, actor ORDER BY max(seq) DESC"
_END: Final = "SELECT max(seq) FROM audit_entry"
_HASH: Final = "SELECT hash FROM audit_entry WHERE seq = ?"


class Newer:
    """The data that was there, as far as it can be read.

    Args:
        file: a copy that nobody else uses.
        head: the number of the backup's last entry.
        hash_of: the backup's log.

    Attributes:
        tables: the rows of each of `TABLES`.
        counts: how many rows each of `COUNTED` has; None where that cannot be read.
        unread: the tables of which not every row could be read, and `LOG` where the log could not.
        since: kind, who and number of the entries behind the last one that both logs have.
        end: the last entry; None where that cannot be read.
        latest: the latest time that was seen, UTC microseconds; 0 where that cannot be read.
        common: the last entry that both logs have, as far as can be told.
        is_another: whether the first entries differ: it is another shop.
    """

    def __init__(self, file: Path, head: int, hash_of: HashOf) -> None:
        self.unread: set[str] = set()
        self.since: list[tuple[str, str, int]] = []
        self.end: int | None = None
        self.latest = 0
        self._head = head
        with closing(sqlite_salvage.connect(file)) as connection:
            self._connection = connection
            self._has = sqlite_salvage.tables(connection)
            self.tables = {table: list(self._rows(table)) for table in TABLES}
            self.counts = {table: self._count(table) for table in COUNTED}
            first = (self._hash(1), hash_of(1))
            self.is_another = None not in first and first[0] != first[1]
            self.common = self._common(head, hash_of)
            self._log()

    @property
    def is_shop(self) -> bool:
        """Whether anything of a shop is in there."""
        return bool(self.tables["shop"] or self.tables["staff"] or self.end)

    @property
    def is_forked(self) -> bool:
        """Whether the backup has entries that are not in it: it does not follow from the backup."""
        return self.end is not None and self.common < self._head

    def knows_all(self, *tables: str) -> bool:
        """Whether every row of these could be read, so that what is not there is not there."""
        return not self.unread.intersection(tables)

    def setting(self, name: str) -> str | None:
        """The value of a fact of the installation."""
        return next((str(row["value"]) for row in self.tables["setting"] if row["name"] == name), None)

    def _count(self, table: str) -> int | None:
        """How many rows a table has; a shop of an older Shopstaff has none of these."""
        if self._has is None:
            return None
        if table not in self._has:
            return 0
        try:
            ((number,),) = self._connection.execute(f"SELECT count(*) FROM {table}").fetchall()  # noqa: S608  our own text only
        except sqlite3.Error:
            return None
        return int(number)

    def _log(self) -> None:
        try:
            ((self.end,),) = self._connection.execute(_END).fetchall()
            self.since = [(str(action), str(actor), int(n)) for action, actor, n in self._connection.execute(_SINCE, (self.common,))]
            self.latest = latest(lambda sql, parameters: self._connection.execute(sql, parameters).fetchall())
        except (sqlite3.Error, ValueError):  # a number that is none
            self.unread.add(LOG)

    def _hash(self, number: int) -> bytes | None:
        try:
            found = self._connection.execute(_HASH, (number,)).fetchone()
        except sqlite3.Error:
            self.unread.add(LOG)
            return None
        return found[0] if found is not None and isinstance(found[0], bytes) else None

    def _common(self, head: int, hash_of: HashOf) -> int:
        """Where the two logs part: a hash covers all before it, so that is looked for by halves. What cannot be read is taken to agree."""
        low, high = 0, head + 1
        while low + 1 < high:
            middle = head if high == head + 1 and low == 0 else (low + high) // 2
            there = self._hash(middle)
            if there == hash_of(middle) or (there is None and LOG in self.unread):
                low = middle
            else:
                high = middle
        return low

    def _rows(self, table: str) -> Iterator[Row]:
        """The rows of a table, each once."""
        if self._has is None or table not in self._has:
            if self._has is None or table not in _LATER:
                self.unread.add(table)
            return
        columns = sqlite_salvage.columns(self._connection, table)
        if not set(_NEEDED[table].split()) <= {column.name for column in columns}:
            self.unread.add(table)
            return
        seen = set()
        for row in self._reachable(table, ", ".join(f'"{column.name}"' for column in columns)):
            if not all(_can_be(value, column) for value, column in zip(row, columns, strict=True)):
                self.unread.add(table)
            elif row not in seen:
                seen.add(row)
                yield {column.name: value for column, value in zip(columns, row, strict=True)}

    def _reachable(self, table: str, columns: str) -> Iterator[tuple[Any, ...]]:
        """The rows from the beginning, and where one cannot be read, those from the end up to there."""
        for order in ("", f" ORDER BY {_BACKWARDS.get(table, 'rowid DESC')}"):
            try:
                yield from self._connection.execute(f"SELECT {columns} FROM {table}{order}")  # noqa: S608  our own text only
            except sqlite3.Error:
                self.unread.add(table)
            else:
                return


def _can_be(value: object, column: Column) -> bool:
    """Whether a value was written by us, going by its column: what is read of a damaged page may be anything."""
    if value is None:
        return not column.must
    return isinstance(value, column.kind) and not (isinstance(value, int) and abs(value) > _HIGHEST)
