"""The one door to a shop's data.

    shop.open(home)            the calling thread is connected, the tables are up to date
    with shop.connection():    another thread's connection, for as long as it needs one
    with shop.impatient():     the same connection, which waits for no writer
    shop.close()

A data folder is `home` (0700): the database, the key file, and for files that come and go an `inbox` and an `outbox`.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Final

from models import ballast, clock, db, disk, key_file, migrations, sqlite, sqlite_damage, sqlite_index, unclean
from models.errors import DataUnusable, ShopDamaged, ShopLocked, ShopMissing, ShopReadOnly, SqliteUnfit
from models.operations import indexing, log, settling
from models.queries import departures

connection = db.connection
impatient = db.impatient
changes = db.changes
heed = db.heed

HURRIED: Final = 0.4
"""Seconds that a write waits for others once the program is ending; two of them, a draft and a session's end, leave it gone in two."""

LONG: Final = 64 * 1024 * 1024
"""Bytes: what is long in a longer file is not looked through at a start, where everybody would wait for it."""

RESTORING: Final = "restoring"
"""The folder in the data folder in which a backup is made ready to be restored."""

_LONG_TABLES: Final = ("audit_entry", "message", "conversation")
_LOCK_NAME: Final = "lock"
_PAUSE: Final = 0.05
"""Seconds between two looks whether it is free."""

_FOLDERS: Final = ("inbox", "outbox")


def open(home: Path, *, create: bool = False) -> None:  # noqa: A001  `shop.open` is what opening a shop is called
    """Open the shop in `home` for this process and connect the calling thread.

    Args:
        create: make the folder and an empty database where there is none; founding the shop in it is an operation.

    Raises:
        ShopMissing: nothing was founded here, and `create` is not set.
        ShopNewer, ShopDamaged, ShopReadOnly, ShopLocked, KeyMissing, KeyWrong, KeyExposed: the data cannot be used.
    """
    file = home / db.FILE_NAME
    if create:
        _make(home, file)
    elif not file.is_file():
        raise ShopMissing(str(home))
    sqlite.check_header(file)
    try:
        _connect(file)
        if not migrations.is_up_to_date():
            with _lock(home):
                migrations.bring_up_to_date(file)
        db.guard(migrations.is_up_to_date)
        if not create and not is_founded():
            raise ShopMissing(str(home))
        _check_key(home)
        if is_founded():
            log.judge()
    except UnicodeDecodeError as error:  # SQLite quotes what is damaged
        close()
        raise ShopDamaged from error
    except DataUnusable:
        close()
        raise
    ballast.keep(home)
    _tidy(home)
    _settle()


def _tidy(home: Path) -> None:
    """Remove what a restore has left that was cut off."""
    if (home / RESTORING).exists():
        from models.operations._staging import tidy  # here, because that is once in the life of a shop, if at all

        tidy(home)


def _connect(file: Path) -> None:
    """Connect the calling thread; where the last one who wrote was cut off, look the file through before anything else."""
    half_done = unclean.note(str(file))
    db.point_at(file, sqlite.choose_journal())
    with db.plainly():
        db.database.connect()
        if not sqlite_index.can_be_had(db.database.connection()):
            raise SqliteUnfit(sqlite.VERSION)
        if half_done:
            _look_through(file)


def _look_through(file: Path) -> None:
    """Refuse a file that a power cut has damaged. A long log, and many messages, are left to `doctor`: everything else is read in a moment.

    The index of messages keeps nobody out: it can be made anew.

    Raises:
        ShopDamaged: it is.
    """
    left_out = _LONG_TABLES if file.stat().st_size > LONG else ()
    if sqlite_damage.find_damage(db.database.connection(), left_out=left_out):
        raise ShopDamaged
    if not left_out:
        unclean.forget(str(file))


def is_unclean() -> bool:
    """Whether the last one who wrote was cut off, and not everything was looked through since."""
    return unclean.is_noted(str(db.database.database))


def can_be_written() -> bool:
    """Whether nobody keeps one from writing this very moment; waits for nobody.

    Raises:
        DataUnusable: it is not others that are in the way.
    """
    try:
        with impatient(), db.transaction():
            return True
    except ShopLocked:
        return False


def look_through() -> str:
    """Have SQLite look at every page and every index, a table at a time; who writes meanwhile waits for one table at most.

    Of a long log, and of many messages, every row is read, some thousand at a time, and that is all: with a million entries their indexes
    take 16 s of a processor, those of a million messages 3. A backup looks at them in its copy, where nobody waits.

    Returns:
        What it finds wrong, in its own words; "" where everything is sound.

    Raises:
        DataUnusable: it cannot be read.
    """
    with db.plainly():
        file = Path(str(db.database.database))
        lightly = _LONG_TABLES if file.stat().st_size > LONG else ()
        found = sqlite_damage.find_damage(db.database.connection(), quick=False, lightly=lightly)
    if not found:
        unclean.forget(str(file))
    return found


def look_through_index() -> str:
    """Have the index of messages looked at; what is wrong with it, "" where nothing is known to be.

    Of a long shop, and while somebody is writing, only what it is kept in is read.

    Raises:
        DataUnusable: it cannot be read.
    """
    file = Path(str(db.database.database))
    lightly = file.stat().st_size > LONG or not can_be_written()
    with db.plainly(), closing((sqlite.connect_read_only if lightly else sqlite.connect_to_write)(file)) as other:
        found = sqlite_index.find_damage(other, lightly=lightly)  # by a connection of its own: FTS5 keeps what it saw of a damaged index
    return found or indexing.known()


def _settle() -> None:
    """Write down who has left meanwhile, where that can be written now: whoever reads it judges it by the day itself."""
    if departures.are_over(clock.now()):
        with suppress(DataUnusable), impatient():
            settling.settle()


def _check_key(home: Path) -> None:
    """Make the key of a shop that never had one; refuse to go on with another than its own."""
    if not key_file.is_known():
        with _lock(home):
            key_file.make(home)
    key_file.check(home)


def close() -> None:
    """Close the calling thread's connection, if it has one."""
    if not db.database.deferred:
        db.database.close()


def room_is_little() -> bool:
    """Whether there is so little room where the data lies that writing may fail any day."""
    try:
        return disk.free(str(db.home())) < disk.LITTLE
    except OSError:  # it is closed, or gone: said by whatever reads next
        return False


def hurry() -> None:
    """Wait for other writers hardly any longer from now on: the program is ending, and nobody is there to be told."""
    if not db.database.deferred:
        db.database.timeout = HURRIED


def is_open() -> bool:
    """Whether the calling thread is connected to a shop's data."""
    return not db.database.is_closed()


def is_founded() -> bool:
    """Whether a shop was founded in what is open."""
    return bool(db.rows("SELECT 1 FROM shop"))


def _make(home: Path, file: Path) -> None:
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name in _FOLDERS:
            (home / name).mkdir(mode=0o700, exist_ok=True)
        with suppress(FileExistsError):
            os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except OSError as error:
        raise disk.in_plain_words(error) or ShopReadOnly() from error


@contextmanager
def _lock(home: Path) -> Iterator[None]:
    """Hold the data folder against other processes that would migrate it.

    Raises:
        ShopLocked: one of them holds it for longer than one waits: somebody may be thinking about whether to restore.
    """
    try:
        file = os.open(home / _LOCK_NAME, os.O_CREAT | os.O_RDWR, 0o600)
    except OSError as error:
        raise disk.in_plain_words(error) or ShopReadOnly() from error
    try:
        end = time.monotonic() + sqlite.BUSY_SECONDS
        while not _is_mine(file):
            if time.monotonic() > end:
                raise ShopLocked
            time.sleep(_PAUSE)
        yield
    finally:
        os.close(file)


def _is_mine(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
