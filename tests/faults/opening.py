"""Damaged files and upgrades that are cut off: each says so in a line, and leaves the shop as it was before or after."""

from __future__ import annotations

import contextlib
import io
import os
import shutil
import signal
import sqlite3
import tempfile
from pathlib import Path
from random import Random
from typing import Final
from unittest import mock

from models import db, migrations, shop
from models.errors import DataUnusable, ShopstaffError
from models.operations import _hashing, sessions
from models.rules import passwords
from models.tables import Credential
from tests import factories
from tests.faults.registry import Counted
from tests.models.doors import CHEAP
from tui import faults as mistakes
from tui.cli import program
from tui.doctor import data as doctor, sight

STRANGE: Final = "an internal error"
SEED: Final = 4
HEADER: Final = 100  # bytes

QUERIES: Final = (
    ("staff", "list"),
    ("role", "list"),
    ("device", "list"),
    ("audit", "list", "--limit", "50"),
    ("export", "access"),
    ("export", "roles"),
    ("check", "owner", "goods.view"),
    ("check", "owner", "goods.view", "--act", "look"),
    ("ssh", "keys", "nobody", f"SHA256:{'A' * 43}"),
    ("doctor",),
)

LATER: Final = {
    "0098_first.py": """
def up(migrator, db):
    db.execute_sql("CREATE TABLE added (id INTEGER NOT NULL PRIMARY KEY, staff_id INTEGER REFERENCES staff (id)) STRICT")
    db.execute_sql("INSERT INTO added SELECT id, id FROM staff")
    db.execute_sql("ALTER TABLE staff ADD COLUMN added TEXT NOT NULL DEFAULT ''")
""",
    "0099_second.py": """
def up(migrator, db):
    db.execute_sql("CREATE INDEX added_staff ON added (staff_id)")
    db.execute_sql("UPDATE staff SET added = login")
""",
}
"""Migrations of a Shopstaff that is yet to come."""


def newer(folder: Path) -> Path:
    """The migrations of a newer Shopstaff, in a folder of their own."""
    later = folder / "later"
    shutil.copytree(migrations._HERE, later, ignore=shutil.ignore_patterns("__pycache__"))
    for name, text in LATER.items():
        (later / name).write_text(text)
    return later


# ---- flipped bits


def flips(rounds: int) -> Counted:
    """Turn over a bit of the database at a time, and do everything that reads it."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder, "home")
        factories.template(home)
        return flipped(home, rounds)


def flipped(home: Path, rounds: int, *, seed: int = SEED) -> Counted:
    """As `flips`, on a shop that is closed, and as it was afterwards. Every third bit is in the header or the first pages."""
    chance, file = Random(seed), home / db.FILE_NAME
    _cheaply(home)
    whole, found, bad = file.read_bytes(), 0, list[str]()
    for _round in range(rounds):
        at = chance.choice((chance.randrange(len(whole)), chance.randrange(len(whole)), chance.randrange(HEADER * 200)))
        broken = bytearray(whole)
        broken[at] ^= 1 << chance.randrange(8)
        file.write_bytes(broken)
        said, strange = read_everything(home)
        found += said
        bad += [f"byte {at}: {each}" for each in strange]
        for left in home.glob("shop.db-*"):
            left.unlink()
    file.write_bytes(whole)
    return Counted(rounds, 0, 0, tuple(bad), f"{found} said that something is wrong, the others worked")


def _cheaply(home: Path) -> None:
    """A password that costs next to nothing: hashing is not what is tried."""
    shop.open(home)
    Credential.update(password=passwords.digest(factories.PASSWORD, CHEAP)).execute()
    shop.close()


def read_everything(home: Path) -> tuple[bool, list[str]]:
    """Open, sign in and ask everything; whether any of it said that the data cannot be used, and what went wrong besides."""
    said, strange = False, list[str]()
    try:
        shop.open(home)
        with mock.patch.object(_hashing, "cost", return_value=CHEAP):
            sessions.sign_in(factories.STRANGER, "owner", factories.PASSWORD)
    except DataUnusable:
        said = True
    except ShopstaffError:
        pass
    except Exception as error:  # noqa: BLE001  that is what is looked for
        strange.append(f"signing in: {error!r}")
    finally:
        shop.close()
    with (
        mock.patch.object(sight, "sshd_program", return_value=None),
        mock.patch.object(sight, "uncompiled", return_value=(0, 1)),
        mock.patch.object(doctor, "PATIENCE", 0.05),
    ):
        for words in QUERIES:
            code, told = asked(home, words)
            said = said or code == program_unusable()
            strange += [f"{' '.join(words)}: {told}"] if told else []
    return said, strange


def program_unusable() -> int:
    """The exit code of data that cannot be used."""
    return DataUnusable.exit_code


def asked(home: Path, words: tuple[str, ...]) -> tuple[int, str]:
    """Run a command; its exit code, and what is wrong with how it ended."""
    noted: list[BaseException | None] = []
    out, err = io.StringIO(), io.StringIO()
    with (
        mock.patch.object(mistakes, "note_error", lambda _home, _named, error: noted.append(error)),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        try:
            code = program.run(words, str(home), operator="tester")
        except Exception as error:  # noqa: BLE001  that is what is looked for
            return 0, repr(error)
        finally:
            shop.close()
    lines = err.getvalue().splitlines()
    if noted:
        return code, f"{STRANGE}: {noted[0]!r}"
    return code, "more than a line" if code == program_unusable() and len(lines) > 1 else ""


# ---- upgrades that are cut off


def upgrades(rounds: int) -> Counted:
    """Kill -9 an upgrade before every statement and every time something is to be on the disk; `rounds` at most."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder, "home")
        factories.template(home)
        return upgraded(home, newer(Path(folder)), rounds)


def upgraded(home: Path, later: Path, rounds: int) -> Counted:
    """As `upgrades`, on a shop that is closed: it is whole, with the old tables or the new, and opens with the new program."""
    file, bad, old, number = home / db.FILE_NAME, list[str](), 0, 0
    whole = file.read_bytes()
    while number < rounds:
        number += 1
        file.write_bytes(whole)
        if _killed_at(home, later, number):
            state = _state(file)
            old += state == "old"
            bad += [f"step {number}: {state}"] if state not in {"old", "new"} else []
            bad += [f"step {number}: afterwards {told}"] if (told := _opened(home, later)) else []
        else:
            break
    file.write_bytes(whole)
    return Counted(number, 0, 0, tuple(bad), f"{old} left the old tables, {number - old} the new")


def _killed_at(home: Path, later: Path, step: int) -> bool:
    """Upgrade in a process that dies at a step; whether it did before it was done."""
    child = os.fork()
    if not child:
        with contextlib.suppress(BaseException):
            _upgrade_until(home, later, step)
        os._exit(0)
    _child, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


def _upgrade_until(home: Path, later: Path, step: int) -> None:
    left, bring, settle = step, migrations.bring_up_to_date, os.fsync

    def count(*_said: object) -> None:
        nonlocal left
        left -= 1
        if not left:
            os.kill(os.getpid(), signal.SIGKILL)

    def fsync(held: int) -> None:
        count()
        settle(held)

    def bring_up_to_date(file: Path) -> None:
        db.database.connection().set_trace_callback(count)
        bring(file)

    with (
        mock.patch.object(migrations, "_HERE", later),
        mock.patch.object(migrations, "bring_up_to_date", bring_up_to_date),
        mock.patch.object(os, "fsync", fsync),
    ):
        shop.open(home)


def _state(file: Path) -> str:
    """Which tables a shop has: `old`, `new`, or what is wrong with them."""
    with contextlib.closing(sqlite3.connect(file)) as bare:
        done = {name for (name,) in bare.execute(f"SELECT name FROM {migrations.HISTORY}")} & {name[:-3] for name in LATER}
        tables = bare.execute("SELECT count(*) FROM sqlite_master WHERE name IN ('added', 'added_staff')").fetchone()[0]
        column = bare.execute("SELECT count(*) FROM pragma_table_info('staff') WHERE name = 'added'").fetchone()[0]
        (sound,) = bare.execute("PRAGMA integrity_check").fetchone()
    return {(0, 0, 0): "old", (2, 2, 1): "new"}.get((len(done), tables, column), "a mixture") if sound == "ok" else str(sound)


def _opened(home: Path, later: Path) -> str:
    """What keeps the new program from opening the shop; "" for nothing."""
    try:
        with mock.patch.object(migrations, "_HERE", later):
            shop.open(home)
    except Exception as error:  # noqa: BLE001  that is what is looked for
        return repr(error)
    finally:
        shop.close()
    parts = [path.name for path in home.glob("*.part")]
    return f"left over: {parts}" if parts else ""
