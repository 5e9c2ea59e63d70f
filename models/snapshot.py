"""A copy of the shop's database as it is at one moment, made while others write to it.

SQLite's online backup, page by page. Where a write-ahead log is, the copy is of the moment at which it began and nobody waits for it. Else
each few pages hold the others up for milliseconds, and whoever writes in between has it begin anew: after some of that it is done in one go
for which writers wait, where that takes them less than they wait anyhow.

Not `VACUUM INTO`: that reads everything in one transaction, for which writers wait 2.6 times as long, and shows nothing of how far it is.
"""

from __future__ import annotations

import os
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import Final

from models import sqlite, sqlite_copying
from models.errors import BackupImpossible, Cancelled, ShopLocked
from models.i18n import N_
from models.rules.progress import Asked, Progress, unasked, unheard

STEP: Final = 128
"""Pages that are copied at once, half a megabyte: 1 ms here, 20 on a machine twenty times slower."""

RESTARTS: Final = 20
"""So often it begins anew because somebody wrote."""

LONGEST: Final = 5.0
"""Seconds that writers are made to wait at most, a third of what they wait for each other."""

PATIENCE: Final = 600.0
"""Seconds that a shop which is too large for that, and written to all the time, is tried."""

_BUSY: Final = 0.05
"""Seconds between two tries while somebody is writing: long enough for a commit, short enough to hear who asks to stop."""

_NO_QUIET: Final = N_("the shop was written to all the time; try again at a quieter hour")
_LOCKED: Final = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})


class _BegunAnewError(Exception):
    """Others write too often for a copy page by page."""


class _Watch:
    """Follows a copy step by step, and ends it where that has to be."""

    def __init__(self, progress: Progress, cancelled: Asked) -> None:
        self._progress = progress
        self._cancelled = cancelled
        self._began = time.monotonic()
        self._moved = self._began
        self._done = 0
        self._most = 0
        self._copied = 0
        self._restarts = 0
        self.at_once = False

    def __call__(self, status: int, remaining: int, total: int) -> None:
        """What SQLite tells after every step.

        Raises:
            Cancelled, ShopLocked, BackupImpossible: it is to end.
            _BegunAnewError: it is to be done at once.
        """
        if self._cancelled():
            raise Cancelled
        now, done = time.monotonic(), total - remaining
        if status in _LOCKED:
            if now - self._moved > sqlite.BUSY_SECONDS:
                raise ShopLocked
            return
        self._moved = now
        if done < self._done:
            self._restarts += 1
            self._copied += self._done
        self._done = done
        if done > self._most:
            self._most = done
            self._progress(done, total)
        if self._restarts >= RESTARTS and not self.at_once:
            self._decide(now - self._began, total)

    def _decide(self, took: float, total: int) -> None:
        """Go on page by page, or at once where that keeps nobody waiting for too long."""
        if total * took / max(1, self._copied) <= LONGEST:
            self.at_once = True
            raise _BegunAnewError
        if took > PATIENCE:
            raise BackupImpossible(_NO_QUIET)


def take(file: Path, into: Path, *, progress: Progress = unheard, cancelled: Asked = unasked) -> None:
    """Copy the database `file` into the new file `into`, 0600; it is not on the disk yet when this returns, and has no journal beside it.

    Args:
        progress: told how many pages were copied, and how many there are.

    Raises:
        DataUnusable: the one cannot be read, or the other written.
        BackupImpossible: others write all the time.
        Cancelled: it was stopped.
        OSError: the new file cannot be made.
    """
    os.close(os.open(into, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600))
    watch = _Watch(progress, cancelled)
    try:
        with closing(sqlite.connect_read_only(file)) as source:
            if sqlite.journal_of(source) == sqlite.WAL:
                sqlite_copying.hold_moment(source)
            sqlite.wait(source, _BUSY)  # from here on it is we who wait, to hear who asks to stop
            try:
                _fill(source, into, STEP, watch)
            except _BegunAnewError:
                os.truncate(into, 0)  # what is there is half of something, and nothing takes it back
                _fill(source, into, -1, watch)
    except sqlite3.Error as error:
        raise sqlite.in_plain_words(error, file=str(into)) or error from error


def _fill(source: sqlite3.Connection, into: Path, step: int, watch: _Watch) -> None:
    with closing(sqlite_copying.connect_to_fill(into)) as target:
        source.backup(target, pages=step, progress=watch, sleep=_BUSY)
        sqlite_copying.leave_alone(target)
