"""Putting a restored database in the place of the one that is there, under the eyes of processes that have that open.

Where the old one is a database at all, SQLite's online backup writes into it, as one transaction with a journal: whoever has it open sees
the new content from then on, whoever waits to write judges anew, and a kill leaves the old one. Only what is no database is replaced by
renaming; nobody can write to such a file, and what is left of it is emptied, so that nobody is told that something is kept in it.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Final

from models import backup_file, disk, snapshot, sqlite
from models.errors import ShopDamaged, ShopLocked
from models.rules.progress import Progress

BESIDE: Final = ("-journal", "-wal", "-shm")
"""What SQLite keeps beside a database."""

STEP: Final = 16
"""Pages that are written at once; fewer than any shop has, so that whoever asks first is asked before the last is."""

_COUNTER: Final = 24
"""Where a database counts the transactions that changed it (sqlite.org/fileformat2.html, 1.3.6), four bytes."""

_LOCKS: Final = (0x40000000, 512)
"""The bytes that SQLite locks: first, and how many (sqlite.org/fileformat2.html, 1.6)."""

_BUSY: Final = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})


class ChangedError(Exception):
    """Somebody wrote to the old database since it was read."""


class Old:
    """The database that is there, or what is left of it, held from before it is read until another is in its place.

    Attributes:
        is_database: whether SQLite takes it for one.
        was_there: whether there is anything.
    """

    def __init__(self, live: Path) -> None:
        self.live = live
        self.is_database = False
        self.was_there = False
        self._file: int | None = None
        self._counter = b""
        self._observer: sqlite3.Connection | None = None
        self._version = 0

    def keep(self, into: Path) -> bool:
        """Copy it as it is now; whether there was anything.

        Raises:
            DataUnusable: it is locked, or the copy cannot be written.
        """
        for each in (into, *_beside(into)):
            each.unlink(missing_ok=True)
        self.is_database = self.was_there = False
        self.close()
        if not self.live.exists() or not self.live.stat().st_size:
            return False
        self.was_there = True
        self._file = os.open(self.live, os.O_RDWR | os.O_CLOEXEC)
        with plainly():
            self._counter = os.pread(self._file, 4, _COUNTER)
            try:
                self._observe()
                snapshot.take(self.live, into)
                self.is_database = True
            except (ShopDamaged, sqlite3.DatabaseError, UnicodeDecodeError) as error:
                if not isinstance(error, ShopDamaged | UnicodeDecodeError) and not isinstance(sqlite.in_plain_words(error), ShopDamaged):
                    raise sqlite.in_plain_words(error, file=str(self.live)) or error from error
                self._keep_bytes(into)
            _settle(into)
        return True

    def _observe(self) -> None:
        """Where a write-ahead log is, the count in the file stands still; there a connection of its own tells of what others write."""
        observer = sqlite.connect_read_only(self.live)
        if sqlite.journal_of(observer) == sqlite.WAL:
            self._observer = observer
            self._version = sqlite.changes(observer)
        else:
            observer.close()

    def _keep_bytes(self, into: Path) -> None:
        """Copy what is no database as it lies there, with what was half done beside it."""
        self.is_database = False
        into.unlink(missing_ok=True)
        for end in ("", *BESIDE):
            source = Path(f"{self.live}{end}")
            if source.is_file():
                shutil.copyfile(source, f"{into}{end}")
                os.chmod(f"{into}{end}", backup_file.MODE)  # noqa: PTH101  the name is put together here

    def require_unchanged(self) -> None:
        """See that nobody has written to it since it was read; asked while nobody else can.

        Raises:
            ChangedError: somebody has.
        """
        if self._observer is not None:
            if sqlite.changes(self._observer) != self._version:
                raise ChangedError
        elif self._file is not None and os.pread(self._file, 4, _COUNTER) != self._counter:
            raise ChangedError

    def empty(self) -> None:
        """Leave nothing in what has no name any more: whoever still has it open is told that it is no database."""
        if self._file is not None:
            os.ftruncate(self._file, 0)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold it as SQLite does, against processes that still take it for a database.

        Raises:
            ShopLocked: one of them is at work with it for longer than one waits.
        """
        end = time.monotonic() + sqlite.BUSY_SECONDS
        while self._file is not None:
            try:
                fcntl.lockf(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB, _LOCKS[1], _LOCKS[0])
                break
            except OSError as error:
                if time.monotonic() > end:
                    raise ShopLocked from error
                time.sleep(0.05)
        yield

    def close(self) -> None:
        """Let go of it. Closing the file lets go of every lock that this process has on it, so it comes last."""
        if self._observer is not None:
            self._observer.close()
        if self._file is not None:
            os.close(self._file)
        self._observer = self._file = None


def write_into(source: sqlite3.Connection, old: Old, progress: Progress) -> None:
    """Write what `source` has into the old database as one transaction.

    Raises:
        ChangedError: somebody wrote meanwhile; nothing was changed.
        ShopDamaged: it is no database after all.
        DataUnusable: it is locked, or cannot be written; nothing was changed.
    """
    asked = False
    end = time.monotonic() + sqlite.BUSY_SECONDS

    def watch(status: int, remaining: int, total: int) -> None:
        nonlocal asked
        if status in _BUSY:
            if time.monotonic() > end:
                raise ShopLocked
            return
        if not asked:
            asked = True
            old.require_unchanged()
        progress(total - remaining, total)

    with plainly(), closing(sqlite.connect_to_write(old.live)) as target:
        sqlite.wait(target, 0.25)
        source.backup(target, pages=STEP, progress=watch, sleep=0.05)


def rename_over(staged: Path, old: Old) -> None:
    """Have `staged`, closed and whole, be the database, in the place of nothing or of what is no database.

    Raises:
        ShopLocked, DataUnusable: nothing was changed.
    """
    with plainly(), old.locked():
        _settle(staged)
        for left in _beside(old.live):  # what was half done to the old one is none of the new one's; it was copied with it
            left.unlink(missing_ok=True)
        staged.rename(old.live)
        old.empty()
        backup_file.sync(old.live.parent)


@contextmanager
def plainly() -> Iterator[None]:
    """Errors of the system and of SQLite inside, in words of ours."""
    try:
        yield
    except (OSError, sqlite3.Error) as error:
        if isinstance(error, OSError):
            raise disk.in_plain_words(error) or error from error
        raise sqlite.in_plain_words(error) or error from error


def _settle(file: Path) -> None:
    """Have it on the disk."""
    number = os.open(file, os.O_RDWR | os.O_CLOEXEC)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def _beside(file: Path) -> list[Path]:
    return [Path(f"{file}{end}") for end in BESIDE]


def name(copy: Path, wanted: Path) -> Path:
    """Give a copy its name, with what is beside it, and have that on the disk; the name, which nothing else has."""
    number = 1
    while os.path.lexists(target := wanted if number == 1 else wanted.with_stem(f"{wanted.stem}-{number}")):
        number += 1
    for end in (*BESIDE, ""):
        if os.path.lexists(f"{copy}{end}"):
            os.rename(f"{copy}{end}", f"{target}{end}")  # noqa: PTH104  the names are put together here
    backup_file.sync(target.parent)
    return target


def remove(file: Path) -> None:
    """Remove a copy, with what is beside it."""
    for each in (file, *_beside(file)):
        with suppress(OSError):
            each.unlink(missing_ok=True)
