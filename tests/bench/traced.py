"""What the database is asked: how many statements, and how long they take. Nothing of the program is changed but that it is watched."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from time import perf_counter
from typing import Any
from unittest import mock

from models import db


class Traced:
    """Statements, and the seconds that they took, since they were last cleared.

    Attributes:
        texts: the statements themselves.
        rows: how many rows came.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self.texts: list[str] = []
        self.rows = 0
        self.seconds = 0.0

    @property
    def statements(self) -> int:
        """How many there were."""
        return len(self.texts)

    def clear(self) -> None:
        """Count from here on."""
        with self._lock:
            self.texts = []
            self.rows = 0
            self.seconds = 0.0

    def add(self, sql: str, seconds: float, rows: int = 0) -> None:
        """One more."""
        with self._lock:
            self.texts.append(sql)
            self.rows += rows
            self.seconds += seconds


@contextmanager
def traced() -> Iterator[Traced]:
    """Inside, every statement is counted, whichever thread runs it. Rows are fetched within the time of theirs."""
    found = Traced()
    run = db.database.execute_sql

    def watched(sql: str, params: Any = None, *more: Any) -> Any:
        begin = perf_counter()
        cursor = run(sql, params, *more)
        if cursor.description is None:
            found.add(sql, perf_counter() - begin)
            return cursor
        rows = cursor.fetchall()
        found.add(sql, perf_counter() - begin, len(rows))
        return _Fetched(cursor, rows)

    with mock.patch.object(db.database, "execute_sql", watched):
        yield found


class _Fetched:
    """A cursor whose rows are there already."""

    def __init__(self, cursor: Any, rows: list[Any]) -> None:
        self._cursor = cursor
        self._rows = iter(rows)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cursor, name)

    def __iter__(self) -> Iterator[Any]:
        return self._rows

    def fetchone(self) -> Any:
        """The next row."""
        return next(self._rows, None)

    def fetchall(self) -> list[Any]:
        """Those that are left."""
        return list(self._rows)


def resident() -> float:
    """The memory that this process has now, MiB."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20
