"""Data that cannot be used: whatever is asked then is answered in a line, with exit code 3 where it cannot be, and changes nothing."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Final, NamedTuple
from unittest import mock

from models import db, key_file, sqlite
from models.errors import DataUnusable, KeyExposed, KeyMissing, KeyWrong, ShopDamaged, ShopLocked, ShopMissing, ShopNewer, ShopReadOnly
from tests import factories
from tests.faults.full_disk import small_disk
from tests.faults.opening import asked, program_unusable, read_everything
from tests.faults.registry import Counted

SEED: Final = 11
PATIENCE: Final = 0.05
"""Seconds that one waits for others here, in place of fifteen."""

PAGE: Final = 4096

READ: Final = ("staff", "list")
WRITE: Final = ("check", "owner", "goods.view", "--act", "look")

Made = contextlib.AbstractContextManager[object]


class Fault(NamedTuple):
    """Something that is wrong with the data.

    Attributes:
        name: what it is called.
        make: makes it inside, on a copy of a shop that is nobody else's.
        read: what a list is refused with; None where it may be read, or where that depends on the place.
        write: likewise what an act in another program is refused with, which asks for no key.
    """

    name: str
    make: Callable[[Path, Random], Made]
    read: type[DataUnusable] | None
    write: type[DataUnusable] | None


@contextlib.contextmanager
def closed(home: Path, _chance: Random) -> Iterator[None]:
    """A disk that is mounted read-only, where one can be made; else a folder and files without the right to write."""
    kept = home.with_name("kept")
    shutil.copytree(home, kept)
    with small_disk(home, 8) as made:
        if made:
            shutil.copytree(kept, home, dirs_exist_ok=True)
            subprocess.run(["mount", "-o", "remount,ro", str(home)], check=True)
        else:
            _take_rights(home)
        try:
            yield
        finally:
            if not made:
                _take_rights(home, back=True)


def _take_rights(home: Path, *, back: bool = False) -> None:
    for path in (home, *home.rglob("*")):
        path.chmod((0o700 if path.is_dir() else 0o600) if back else (0o500 if path.is_dir() else 0o400))


@contextlib.contextmanager
def held(home: Path, _chance: Random) -> Iterator[None]:
    """Somebody else holds the database, for longer than anybody waits."""
    with contextlib.closing(sqlite3.connect(home / db.FILE_NAME, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        try:
            yield
        finally:
            other.execute("ROLLBACK")


@contextlib.contextmanager
def upgraded(home: Path, _chance: Random) -> Iterator[None]:
    """A newer Shopstaff was here."""
    with contextlib.closing(sqlite3.connect(home / db.FILE_NAME, isolation_level=None)) as other:
        other.execute("INSERT INTO schema_migration (name, applied) VALUES ('9999_later', '2099-01-01')")
    yield


def once(act: Callable[[Path, Random], object]) -> Callable[[Path, Random], Made]:
    """Something that is done, and stays."""

    @contextlib.contextmanager
    def made(home: Path, chance: Random) -> Iterator[None]:
        act(home, chance)
        yield

    return made


def _overwrite(home: Path, chance: Random) -> None:
    file = home / db.FILE_NAME
    with file.open("r+b") as stream:
        stream.seek(PAGE * chance.randrange(1, file.stat().st_size // PAGE))
        stream.write(bytes(PAGE))


def _cut(home: Path, chance: Random) -> None:
    file = home / db.FILE_NAME
    os.truncate(file, chance.randrange(len(sqlite.HEADER), file.stat().st_size))


FAULTS: Final = (
    Fault("a read-only disk", closed, None, ShopReadOnly),
    Fault("locked", held, ShopLocked, ShopLocked),
    Fault("no key", once(lambda home, _chance: (home / key_file.NAME).unlink()), KeyMissing, None),
    Fault("another key", once(lambda home, _chance: (home / key_file.NAME).write_bytes(bytes(key_file.BYTES))), KeyWrong, None),
    Fault("a key that others can read", once(lambda home, _chance: (home / key_file.NAME).chmod(0o644)), KeyExposed, None),
    Fault("newer", upgraded, ShopNewer, ShopNewer),
    Fault("no database", once(lambda home, _chance: (home / db.FILE_NAME).unlink()), ShopMissing, ShopMissing),
    Fault("an empty file", once(lambda home, _chance: os.truncate(home / db.FILE_NAME, 0)), ShopMissing, None),
    Fault("something else", once(lambda home, chance: (home / db.FILE_NAME).write_bytes(chance.randbytes(PAGE))), ShopDamaged, ShopDamaged),
    Fault("a page of nothing", once(_overwrite), None, None),
    Fault("cut off", once(_cut), None, None),
)


def faced(rounds: int) -> Counted:
    """Make one after the other, ask everything, and look at what is said."""
    chance, bad, refused = Random(SEED), list[str](), 0
    for turn in range(rounds):
        fault = FAULTS[turn % len(FAULTS)]
        with tempfile.TemporaryDirectory() as folder:
            home = Path(folder, "home")
            factories.template(home)
            said, strange = face(home, fault, chance)
        refused += said
        bad += [f"{fault.name}: {each}" for each in strange]
    return Counted(rounds, 0, 0, tuple(bad), f"{refused} of them refused something, in a line")


def face(home: Path, fault: Fault, chance: Random) -> tuple[bool, list[str]]:
    """Ask everything of a shop with a fault; whether any of it was refused, and what went wrong besides."""
    with mock.patch.object(sqlite, "BUSY_SECONDS", PATIENCE), fault.make(home, chance):
        before = _bytes(home)
        said, strange = read_everything(home)
        for words, refusal in ((READ, fault.read), (WRITE, fault.write)):
            code, told = asked(home, words)
            if refusal is not None and code != program_unusable():
                strange.append(f"{' '.join(words)}: {code} instead of {refusal.__name__}")
            strange += [told] if told else []
        if fault.write is not None and _bytes(home) != before:
            strange.append("the file is another than before")
    return said, strange


def _bytes(home: Path) -> bytes:
    """The database as it lies there; nothing where it does not."""
    try:
        return (home / db.FILE_NAME).read_bytes()
    except OSError:
        return b""
