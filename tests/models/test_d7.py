"""D7: an upgrade that is cut off leaves the old shop or the new; of many that start at once one upgrades; who is older leaves."""

from __future__ import annotations

import fcntl
import multiprocessing
import os
import shutil
import sqlite3
import stat
from contextlib import closing
from pathlib import Path
from unittest import mock

import pytest

from models import acting, db, disk, migrations, shop, sqlite
from models.errors import DiskFull, ShopDamaged, ShopLocked, ShopNewer, ShopReadOnly
from models.operations import departments
from tests.factories import CONSOLE
from tests.faults import opening
from tests.faults.full_disk import limited


@pytest.fixture
def home(shop_template: Path, tmp_path: Path) -> Path:
    """A founded shop's folder that nobody has open."""
    shutil.copytree(shop_template, tmp_path / "home")
    return tmp_path / "home"


@pytest.fixture
def later(tmp_path: Path) -> Path:
    """The migrations of a newer Shopstaff."""
    return opening.newer(tmp_path)


@pytest.fixture(autouse=True)
def _closed() -> object:
    yield
    shop.close()


def upgrade(home: Path, later: Path) -> None:
    """Open the shop with the newer Shopstaff, as another process would."""
    spawn = multiprocessing.get_context("spawn")
    newer = spawn.Process(target=_upgrade, args=(str(home), str(later)))
    newer.start()
    newer.join()
    assert newer.exitcode == 0


def _upgrade(home: str, later: str) -> None:
    with mock.patch.object(migrations, "_HERE", Path(later)):
        shop.open(Path(home))
        shop.close()


def _upgrade_and_say(home: str, later: str, said: multiprocessing.Queue[str]) -> None:
    with (
        mock.patch.object(migrations, "_HERE", Path(later)),
        mock.patch.object(migrations, "_copy", wraps=migrations._copy) as copied,
    ):
        try:
            shop.open(Path(home))
            departments.add(CONSOLE, f"Shift {os.getpid()}")
        except Exception as error:  # noqa: BLE001  whatever it is, the parent shows it
            said.put(repr(error))
        else:
            said.put("upgraded" if copied.called else "waited")
        finally:
            shop.close()


def test_d7_killed_at_any_statement_an_upgrade_leaves_the_old_tables_or_the_new(home: Path, later: Path) -> None:
    """At each statement, and each time something is to be on the disk; the newer program opens it afterwards, and nothing lies about."""
    counted = opening.upgraded(home, later, 200)
    assert counted.bad == ()
    assert counted.rounds > 20 and not counted.note.startswith("0 ")


def test_d7_of_three_that_start_at_once_one_upgrades_and_all_go_on(home: Path, later: Path) -> None:
    """The others wait for it, and have nothing left to do."""
    spawn = multiprocessing.get_context("spawn")
    said: multiprocessing.Queue[str] = spawn.Queue()
    starting = [spawn.Process(target=_upgrade_and_say, args=(str(home), str(later), said)) for _n in range(3)]
    for process in starting:
        process.start()
    answers = sorted(said.get(timeout=60) for _n in starting)
    for process in starting:
        process.join()
    said.close()
    assert answers == ["upgraded", "waited", "waited"]
    assert opening._state(home / db.FILE_NAME) == "new"


def test_d7_who_waits_for_an_upgrade_or_a_restore_is_told_in_the_end(home: Path, later: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody may leave a restore at its question over lunch; once it is answered, the upgrade goes on."""
    monkeypatch.setattr(migrations, "_HERE", later)
    monkeypatch.setattr(sqlite, "BUSY_SECONDS", 0.1)
    other = os.open(home / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(ShopLocked):
            shop.open(home)
    finally:
        os.close(other)
    shop.open(home)
    assert migrations.is_up_to_date()


def test_d7_who_runs_an_older_version_can_change_nothing_any_more(home: Path, later: Path) -> None:
    """Judged inside the transaction: neither a change nor an entry, from whatever door."""
    shop.open(home)
    departments.add(CONSOLE, "Before")
    entries = db.rows("SELECT count(*) FROM audit_entry")
    upgrade(home, later)
    for _time in range(2):
        with pytest.raises(ShopNewer):
            departments.add(CONSOLE, "After")
    with pytest.raises(ShopNewer):
        shop.heed()
    with pytest.raises(ShopNewer):
        acting.ask(str(home), "owner", "goods.view", "look", "tester")
    assert db.rows("SELECT count(*) FROM audit_entry") == entries


def test_d7_what_an_older_version_cannot_read_any_more_is_told_as_newer(home: Path, later: Path) -> None:
    """Not as a mistake of ours: the tables are others."""
    (later / "0100_rename.py").write_text("def up(migrator, db):\n    db.execute_sql('ALTER TABLE request RENAME TO wish')\n")
    shop.open(home)
    upgrade(home, later)
    with pytest.raises(ShopNewer):
        db.rows("SELECT id FROM request")
    with pytest.raises(ShopNewer), db.plainly():
        db.database.execute_sql("SELECT id FROM request")


def test_a_file_that_another_one_was_put_in_place_of_is_judged_anew(home: Path) -> None:
    """As after a restore: the same tables, with another number in the header."""
    shop.open(home)
    db.database.execute_sql("PRAGMA user_version = 0")
    departments.add(CONSOLE, "Night shift")
    assert db.database.version == 0
    db.database.judge = None
    shop.heed()


def test_tables_that_cannot_be_read_are_said_while_heeding(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As by every read."""

    def no(_connection: object) -> int:
        raise sqlite3.OperationalError("database disk image is malformed")

    def strange(_connection: object) -> int:
        raise sqlite3.OperationalError("no such thing")

    shop.open(home)
    monkeypatch.setattr("models.sqlite.version", no)
    with pytest.raises(ShopDamaged):
        shop.heed()
    monkeypatch.setattr("models.sqlite.version", strange)
    with pytest.raises(sqlite3.OperationalError):
        shop.heed()


def test_d7_the_copy_is_the_shop_as_it_was_and_closed_to_others(home: Path, later: Path) -> None:
    """Whole, with its own name once it is."""
    upgrade(home, later)
    copy = home / "shop-after-0005_seats_and_chats.db"
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert opening._state(copy) == "old"
    assert not list(home.glob("*.part"))


def test_d7_where_there_is_no_room_for_the_copy_nothing_is_changed(home: Path, later: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And nothing is left of it."""
    monkeypatch.setattr(migrations, "_HERE", later)
    with limited((home / db.FILE_NAME).stat().st_size // 2), pytest.raises(DiskFull):
        shop.open(home)
    assert not shop.is_open()
    assert opening._state(home / db.FILE_NAME) == "old"
    assert not list(home.glob("shop-after-*"))
    shop.open(home)
    assert opening._state(home / db.FILE_NAME) == "new"


def test_d7_where_there_is_no_room_for_the_change_itself_nothing_is_changed(
    home: Path, later: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The copy stands by then; the shop does as well."""
    (later / "0100_large.py").write_text(
        "def up(migrator, db):\n    db.execute_sql('CREATE TABLE large AS SELECT zeroblob(4000000) AS b')\n"
    )
    monkeypatch.setattr(migrations, "_HERE", later)
    with limited((home / db.FILE_NAME).stat().st_size + 100_000), pytest.raises(DiskFull):
        shop.open(home)
    assert opening._state(home / db.FILE_NAME) == "old"


def test_d7_the_last_two_copies_stay(home: Path, later: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """More than that would fill the card, in the end."""
    for old in ("shop-after-0001_a.db", "shop-after-0002_b.db", "shop-after-0003_c.db"):
        (home / old).touch()
    monkeypatch.setattr(migrations, "_HERE", later)
    shop.open(home)
    assert sorted(path.name for path in home.glob(migrations.COPIES)) == ["shop-after-0003_c.db", "shop-after-0005_seats_and_chats.db"]


def test_d7_an_upgrade_that_leaves_references_in_the_air_is_taken_back(home: Path, later: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are not looked at while tables are made anew, and all of them before it counts."""
    (later / "0100_break.py").write_text("def up(migrator, db):\n    db.execute_sql('INSERT INTO added VALUES (99, 4711)')\n")
    monkeypatch.setattr(migrations, "_HERE", later)
    with pytest.raises(ShopDamaged):
        shop.open(home)
    assert opening._state(home / db.FILE_NAME) == "old"


def test_d7_a_copy_that_the_database_does_not_give_is_said(home: Path, later: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is changed without one."""

    def no(_path: Path) -> None:
        raise sqlite3.OperationalError("attempt to write a readonly database")

    monkeypatch.setattr(migrations, "_HERE", later)
    monkeypatch.setattr(disk, "settle", no)
    with pytest.raises(ShopReadOnly):
        shop.open(home)
    assert opening._state(home / db.FILE_NAME) == "old"


def test_who_reads_the_tables_as_they_were_made_finds_them_counted(home: Path) -> None:
    """A new shop has the number from the start."""
    with closing(sqlite3.connect(home / db.FILE_NAME)) as bare:
        assert bare.execute("PRAGMA user_version").fetchone() == (len(migrations.known()),)
