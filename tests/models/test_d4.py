"""D4: data that cannot be used says so in a line, and data that was cut off is looked through before anything is written to it."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from unittest import mock

import pytest

from models import bare, checking, db, shop, sqlite, sqlite_damage, unclean
from models.errors import ShopDamaged, ShopLocked, ShopReadOnly
from tests.factories import Founded
from tests.faults import opening
from tests.models.test_sqlite import KILLED


@pytest.fixture
def home(shop_template: Path, tmp_path: Path) -> Path:
    """A founded shop's folder that nobody has open."""
    shutil.copytree(shop_template, tmp_path / "home")
    return tmp_path / "home"


@pytest.fixture(autouse=True)
def _closed() -> object:
    yield
    shop.close()


def cut_off(home: Path) -> None:
    """Kill a writer in the middle of its transaction."""
    subprocess.run([sys.executable, "-c", KILLED, str(home / db.FILE_NAME)], check=False)
    assert any((home / f"{db.FILE_NAME}-{kind}").exists() for kind in ("journal", "wal"))


def damage(file: Path) -> None:
    """Overwrite what is in the middle of the file, as a card that fails does."""
    whole = bytearray(file.read_bytes())
    for page in range(8, len(whole) // 4096 - 2, 3):
        whole[page * 4096 : page * 4096 + 64] = b"\xff" * 64
    file.write_bytes(whole)


def test_d4_flipped_bits_are_said_in_a_line_or_do_no_harm(home: Path) -> None:
    """Opening, signing in, the main queries, check, ssh keys and doctor: no internal error. 300 by `python -m tests.faults`."""
    counted = opening.flipped(home, 8)
    assert counted.bad == ()


def test_d4_after_an_unclean_end_the_file_is_looked_through_once(home: Path) -> None:
    """What was half done is taken back, the rest is sound, and nobody has to wait for that again."""
    assert not unclean.note(str(home / db.FILE_NAME))
    cut_off(home)
    with mock.patch.object(sqlite_damage, "find_damage", wraps=sqlite_damage.find_damage) as looked:
        shop.open(home)
        shop.close()
        shop.open(home)
    assert looked.call_count == 1
    assert not shop.is_unclean()
    assert not (home / unclean.NAME).exists()


def test_d4_damage_after_an_unclean_end_is_refused_every_time(home: Path) -> None:
    """SQLite takes the journal away at the first look; the second is told all the same."""
    (home / f"{db.FILE_NAME}-journal").write_bytes(b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7" + bytes(504))
    damage(home / db.FILE_NAME)
    for _time in range(2):
        with pytest.raises(ShopDamaged):
            shop.open(home)
    assert not shop.is_open()


@pytest.mark.parametrize("ask", ["check", "write"])
def test_d4_a_quick_look_by_another_program_does_not_hide_an_unclean_end(home: Path, ask: str) -> None:
    """It is `check` that comes first after a power cut: it takes back what was half done, and leaves word of it."""
    cut_off(home)
    if ask == "check":
        assert checking.ask(str(home), "owner", "goods.view").verdict.allowed
    else:
        with bare.writing(str(home)):
            pass
    assert unclean.is_noted(str(home / db.FILE_NAME))
    shop.open(home)
    assert not shop.is_unclean()


def test_d4_the_log_of_a_large_shop_is_left_to_doctor(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for a million entries at a start; that somebody should look stays noted."""
    cut_off(home)
    monkeypatch.setattr(shop, "LONG", 1)
    shop.open(home)
    assert shop.is_unclean()
    with mock.patch.object(sqlite_damage, "find_damage", return_value="") as looked:
        assert shop.look_through() == ""
    assert looked.call_args.kwargs == {"quick": False, "lightly": ("audit_entry", "message", "conversation")}
    assert not shop.is_unclean()


def test_d4_a_start_that_finds_damage_stops_there(home: Path) -> None:
    """In whatever table, as often as it is tried."""
    cut_off(home)
    for _time in range(2):
        with mock.patch.object(sqlite_damage, "find_damage", return_value="row 3 missing"), pytest.raises(ShopDamaged):
            shop.open(home)
    assert unclean.is_noted(str(home / db.FILE_NAME))


def test_d4_who_writes_at_this_moment_is_no_unclean_end(home: Path) -> None:
    """Its journal lies there, and it holds its lock."""
    file = home / db.FILE_NAME
    program = (
        "import sqlite3, sys; c = sqlite3.connect(sys.argv[1], isolation_level=None); c.execute('BEGIN IMMEDIATE');"
        "c.execute(\"INSERT INTO setting VALUES ('a', 'b')\"); print(1, flush=True); input()"
    )
    with subprocess.Popen([sys.executable, "-c", program, str(file)], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as writer:
        assert writer.stdout is not None
        writer.stdout.readline()
        assert (home / f"{db.FILE_NAME}-journal").exists()
        assert not unclean.note(str(file))
        writer.send_signal(signal.SIGKILL)
    assert unclean.note(str(file))


def test_d4_what_is_left_of_wal_is_an_unclean_end_where_nobody_has_it_open(home: Path) -> None:
    """The last one who closes takes it away."""
    file = home / db.FILE_NAME
    (home / f"{db.FILE_NAME}-wal").write_bytes(b"x")
    assert unclean._is_left(str(file))
    shared = home / f"{db.FILE_NAME}-shm"
    shared.write_bytes(bytes(200))
    program = (
        "import fcntl, os, sys; f = os.open(sys.argv[1], os.O_RDWR); fcntl.lockf(f, fcntl.LOCK_SH, 1, 128); print(1, flush=True); input()"
    )
    with subprocess.Popen([sys.executable, "-c", program, str(shared)], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        other.stdout.readline()
        assert not unclean._is_left(str(file))
        other.kill()
    assert unclean._is_left(str(file))


def test_what_cannot_be_looked_at_is_no_unclean_end(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Opening it will tell."""
    (home / f"{db.FILE_NAME}-journal").write_bytes(b"x")

    def no(*_args: object) -> int:
        raise PermissionError

    monkeypatch.setattr(os, "open", no)
    assert not unclean.note(str(home / db.FILE_NAME))
    unclean.mark(str(home / db.FILE_NAME))
    unclean.forget(str(home / "nowhere" / db.FILE_NAME))


def test_d4_damage_is_found_table_by_table(home: Path) -> None:
    """In SQLite's own words; text that is none, too."""
    damage(home / db.FILE_NAME)
    with closing(sqlite3.connect(home / db.FILE_NAME)) as broken:
        assert sqlite_damage.find_damage(broken, quick=False)


def test_d4_a_full_look_says_what_is_wrong(little_shop: Founded) -> None:
    """As `doctor` tells it."""
    db.database.execute_sql("PRAGMA ignore_check_constraints = 1")
    db.database.execute_sql("UPDATE shop SET seats_counted = 7")
    db.database.execute_sql("PRAGMA ignore_check_constraints = 0")
    assert "CHECK" in shop.look_through()


def test_finding_damage_asks_no_more_than_it_can(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is damaged is quoted, which may be no text; what is locked is not damaged."""

    class Quoting:
        def execute(self, _sql: str) -> object:
            raise UnicodeDecodeError("utf-8", b"\xff", 0, 1, "no text")

    class Locked:
        def execute(self, _sql: str) -> object:
            raise sqlite3.OperationalError("database is locked")

    class Malformed:
        def execute(self, _sql: str) -> object:
            raise sqlite3.DatabaseError("database disk image is malformed")

    assert "no text" in sqlite_damage.find_damage(Quoting())  # type: ignore[arg-type]  # as far as it is asked, a connection
    assert "malformed" in sqlite_damage.find_damage(Malformed())  # type: ignore[arg-type]  # likewise
    with pytest.raises(sqlite3.OperationalError):
        sqlite_damage.find_damage(Locked())  # type: ignore[arg-type]  # likewise


def test_d4_a_journal_mode_that_was_never_written_is_damage(home: Path) -> None:
    """A flipped bit in a setting leads to no other way of writing."""
    with closing(sqlite3.connect(home / db.FILE_NAME)) as other, other:
        other.execute("UPDATE setting SET value = 'memory' WHERE name = 'journal_mode'")
    with pytest.raises(ShopDamaged):
        shop.open(home)


def test_d4_text_that_is_none_in_what_sqlite_quotes_is_damage(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """For the screens as for `check`."""

    def quoting(*_args: object, **_how: object) -> object:
        raise UnicodeDecodeError("utf-8", b"\xff", 0, 1, "no text")

    monkeypatch.setattr(sqlite, "journal_of", quoting)
    with pytest.raises(ShopDamaged):
        shop.open(home)
    with pytest.raises(ShopDamaged), bare.writing(str(home)):
        pass


def test_d4_a_folder_that_cannot_be_locked_says_so(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A read-only disk with a shop of an older version on it."""
    with closing(sqlite3.connect(home / db.FILE_NAME)) as other, other:
        other.execute("DELETE FROM schema_migration WHERE name LIKE '0004%'")
    (home / "lock").unlink()
    (home / "lock").mkdir()
    with pytest.raises((ShopReadOnly, OSError)):
        shop.open(home)


def test_d4_who_is_kept_from_writing_is_told_by_whom_it_is_not(little_shop: Founded) -> None:
    """Others' locks are one thing, a disk that is closed is another."""
    assert shop.can_be_written()
    with closing(sqlite3.connect(little_shop.home / db.FILE_NAME, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert not shop.can_be_written()
        with pytest.raises(ShopLocked), shop.impatient(), db.transaction():
            pass
    assert shop.can_be_written()
