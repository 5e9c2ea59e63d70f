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
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Final

from models import backup_file, disk, snapshot, sqlite
from models.anchors import Anchor
from models.errors import BackupImpossible, DataUnusable, ShopDamaged, ShopLocked
from models.rules.progress import Progress

BESIDE: Final = ("-journal", "-wal", "-shm")
"""What SQLite keeps beside a database."""

STEP: Final = 16
"""Pages that are written at once: fewer than any shop has, so that everything is made ready before the last of them, and fewer than SQLite
keeps in memory, so that nothing is in the file before that."""

_WAIT: Final = 0.25
"""Seconds that SQLite itself waits for others before we are asked whether to go on; and `_PAUSE`, from one try to the next."""

_PAUSE: Final = 0.02
_PIECE: Final = 1024 * 1024
_LOCKS: Final = (0x40000000, 512)
"""The bytes that SQLite locks: first, and how many (sqlite.org/fileformat2.html, 1.6)."""

_HASH: Final = "SELECT hash FROM audit_entry WHERE seq = ?"
_BUSY: Final = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})


class _UnreadyError(Exception):
    """What was to be written could not be made ready; the cause says why."""


class Old:
    """The database that is there, or what is left of it, held from before it is read until another is in its place.

    Attributes:
        was_there: whether there is anything.
    """

    def __init__(self, live: Path) -> None:
        self.live = live
        self.was_there = live.exists() and live.stat().st_size > 0
        with plainly():
            self._file = os.open(live, os.O_RDWR | os.O_CLOEXEC) if self.was_there else None

    @property
    def has_header(self) -> bool:
        """Whether it begins as a database does."""
        return self._file is not None and os.pread(self._file, len(sqlite.HEADER), 0) == sqlite.HEADER

    def keep(self, into: Path) -> bool:
        """Copy it as it is now, while others may write; whether there is anything.

        Raises:
            DataUnusable: it is locked, or the copy cannot be written.
        """
        remove(into)
        if self.was_there:
            with plainly():
                try:
                    snapshot.take(self.live, into)
                except (DataUnusable, sqlite3.Error, UnicodeDecodeError) as error:
                    if isinstance(error, ShopLocked | BackupImpossible):
                        raise
                    self.keep_bytes(into)  # which says by itself where it is not the old file that cannot be used
        return self.was_there

    def keep_locked(self, into: Path) -> bool:
        """The same while nobody can write: of what is written into at this moment, nothing is in the file yet.

        A write-ahead log may be read at any time; otherwise the file is what it was.
        """
        if self.was_there and Path(f"{self.live}-wal").exists():
            return self.keep(into)
        self.keep_bytes(into)
        return self.was_there

    def keep_bytes(self, into: Path) -> None:
        """Copy it as it lies there, with what was half done beside it, if that is not what is being written into it now."""
        remove(into)
        if self._file is None:
            return
        with plainly():
            fresh = os.open(into, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, backup_file.MODE)
            try:
                at = 0
                while piece := os.pread(self._file, _PIECE, at):  # no other file number: closing one lets go of every lock
                    at += os.pwrite(fresh, piece, at)
                os.fsync(fresh)
            finally:
                os.close(fresh)

    def keep_all(self, into: Path) -> bool:
        """Copy what is no database, and what is half done beside it; whether there is anything."""
        self.keep_bytes(into)
        with plainly():
            for end in BESIDE:
                if os.path.lexists(f"{self.live}{end}"):
                    shutil.copyfile(f"{self.live}{end}", f"{into}{end}")
                    os.chmod(f"{into}{end}", backup_file.MODE)  # noqa: PTH101  the name is put together here
        return self.was_there

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
                time.sleep(_PAUSE)
        yield

    def close(self) -> None:
        """Let go of it. Closing the file lets go of every lock that this process has on it, so it comes last."""
        if self._file is not None:
            os.close(self._file)
        self._file = None


def write_into(staged: Path, old: Old, ready: Callable[[], object], progress: Progress) -> None:
    """Write the database `staged` into the old one, as one transaction.

    Args:
        ready: called once nobody else can write any more, to make `staged` what it is to be by what the old one is then.

    Raises:
        ShopDamaged: it is no database after all.
        DataUnusable: it is locked, or cannot be written; nothing was changed.
    """
    is_ready = False
    end = time.monotonic() + sqlite.BUSY_SECONDS

    def watch(status: int, remaining: int, total: int) -> None:
        nonlocal is_ready
        if status in _BUSY:
            if time.monotonic() > end:
                raise ShopLocked
        elif is_ready:
            progress(total - remaining, total)
        else:
            is_ready = True
            try:
                ready()
            except BaseException as error:
                raise _UnreadyError from error

    try:
        with plainly(old.live), closing(sqlite.connect_to_write(old.live)) as target, closing(sqlite.connect_read_only(staged)) as source:
            sqlite.wait(target, _WAIT)
            source.backup(target, pages=STEP, progress=watch, sleep=_PAUSE)
    except _UnreadyError as error:
        raise error.__cause__ or error from None


def is_in(old: Old, head: Anchor) -> bool:
    """Whether what was written into the old one is in: the entry that tells of it is the head of its log.

    Raises:
        DataUnusable: that cannot be told.
    """
    try:
        with plainly(), closing(sqlite.connect_read_only(old.live)) as connection:
            found: tuple[object, ...] | None = connection.execute(_HASH, (head.number,)).fetchone()
    except (ShopDamaged, sqlite3.OperationalError):  # as it was; there is no log in it
        return False
    return found == (head.digest,)


def rename_over(staged: Path, old: Old) -> None:
    """Have `staged`, closed and whole, be the database, in the place of nothing or of what is no database, which is locked.

    Raises:
        DataUnusable: nothing was changed.
    """
    with plainly():
        disk.settle(staged)
        for left in _beside(old.live):  # what was half done to the old one is none of the new one's; it was copied with it
            left.unlink(missing_ok=True)
        staged.rename(old.live)
        backup_file.sync(old.live.parent)  # before the old one is emptied, which may have the name still after a power cut
        old.empty()


@contextmanager
def plainly(file: Path | str = "") -> Iterator[None]:
    """Errors of the system and of SQLite inside, in words of ours.

    Args:
        file: the database that is written to, for what only its disk can tell: a quota is said like a disk that fails.
    """
    try:
        yield
    except UnicodeDecodeError as error:  # SQLite quotes what is damaged
        raise ShopDamaged from error
    except (OSError, sqlite3.Error) as error:
        if isinstance(error, OSError):
            raise disk.in_plain_words(error) or error from error
        raise sqlite.in_plain_words(error, file=str(file)) or error from error


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
