"""Opening a shop: what is there, what is not, and what cannot be used."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from models import db, migrations, shop, sqlite
from models.errors import DataUnusable, DiskFull, ShopDamaged, ShopLocked, ShopMissing, ShopNewer, ShopReadOnly
from models.tables import ALL
from tests.factories import Founded


def copy_of(source: Path, target: Path) -> Path:
    """A shop's folder that is this test's own, closed."""
    shutil.copytree(source, target)
    return target


@pytest.fixture
def home(shop_template: Path, tmp_path: Path) -> Path:
    """A founded shop's folder that nobody has open."""
    return copy_of(shop_template, tmp_path / "home")


@pytest.fixture(autouse=True)
def _closed() -> object:
    yield
    shop.close()


def test_a_folder_without_a_shop_is_said_to_be_one_and_stays_empty(tmp_path: Path) -> None:
    """Opening what is not there makes nothing."""
    with pytest.raises(ShopMissing):
        shop.open(tmp_path / "home")
    assert not (tmp_path / "home").exists()


def test_a_shop_that_was_made_but_never_founded_counts_as_missing(tmp_path: Path) -> None:
    """Set-up that was broken off can be taken up again."""
    shop.open(tmp_path, create=True)
    shop.close()
    with pytest.raises(ShopMissing):
        shop.open(tmp_path)
    shop.open(tmp_path, create=True)
    assert not shop.is_founded()


def test_everything_in_the_folder_is_its_owners_alone(tmp_path: Path) -> None:
    """Whatever the umask says: folders 0700, files 0600."""
    before = os.umask(0)
    try:
        shop.open(tmp_path / "home", create=True)
    finally:
        os.umask(before)
    for path in (tmp_path / "home", *(tmp_path / "home").rglob("*")):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path


@pytest.mark.parametrize("content", [b"PK\x03\x04 not a database at all", b"x", b"SQLite format 2\x00" * 100])
def test_a_file_of_another_kind_is_left_alone(tmp_path: Path, content: bytes) -> None:
    """It is damaged, or somebody else's: refused before anything is written."""
    (tmp_path / db.FILE_NAME).write_bytes(content)
    with pytest.raises(ShopDamaged):
        shop.open(tmp_path, create=True)
    assert (tmp_path / db.FILE_NAME).read_bytes() == content


def test_a_shop_of_a_newer_shopstaff_is_refused(home: Path) -> None:
    """It knows tables that this one does not."""
    with sqlite3.connect(home / db.FILE_NAME) as bare:
        bare.execute("INSERT INTO schema_migration (name, applied) VALUES ('9999_from_the_future', '2099-01-01')")
    bare.close()
    with pytest.raises(ShopNewer):
        shop.open(home)


def test_a_folder_that_cannot_be_made_is_said_so(tmp_path: Path) -> None:
    """A file stands where the folder should be."""
    (tmp_path / "home").write_text("in the way")
    with pytest.raises(ShopReadOnly):
        shop.open(tmp_path / "home", create=True)


def test_every_pragma_is_read_back(home: Path) -> None:
    """What a connection says of itself is what was asked for."""
    shop.open(home)
    wanted = sqlite.pragmas(db.database.journal)
    assert {name: db.rows(f"PRAGMA {name}")[0][0] for name in wanted} == wanted
    assert db.rows("PRAGMA busy_timeout")[0][0] == sqlite.BUSY_SECONDS * 1000


def test_a_pragma_that_does_not_take_stops_the_connection(home: Path) -> None:
    """A journal mode that the file system cannot do is noticed, not ignored."""
    with sqlite3.connect(":memory:") as bare, pytest.raises(sqlite3.OperationalError, match="journal_mode"):
        sqlite.set_pragmas(bare, sqlite.WAL)
    bare.close()


@pytest.mark.parametrize(
    ("version", "safe"),
    [
        ((3, 40, 1), False),
        ((3, 44, 6), True),
        ((3, 44, 5), False),
        ((3, 45, 0), False),
        ((3, 50, 7), True),
        ((3, 51, 2), False),
        ((3, 51, 3), True),
        ((3, 60, 0), True),
    ],
)
def test_wal_is_for_versions_without_the_reset_bug(version: tuple[int, int, int], safe: bool) -> None:
    """Fixed in 3.51.3, and in 3.50.7 and 3.44.6 of the older lines."""
    assert sqlite.wal_is_safe(version) is safe


def test_both_journals_keep_what_was_acknowledged(tmp_path: Path) -> None:
    """Never NORMAL: EXTRA with a rollback journal, FULL with WAL."""
    assert sqlite.pragmas(sqlite.DELETE)["synchronous"] == 3
    assert sqlite.pragmas(sqlite.WAL)["synchronous"] == 2
    assert sqlite.choose_journal() == (sqlite.WAL if sqlite.wal_is_safe() else sqlite.DELETE)


def test_the_journal_mode_chosen_at_the_start_is_kept(home: Path) -> None:
    """A newer SQLite does not change it behind the shop's back."""
    with sqlite3.connect(home / db.FILE_NAME) as bare:
        bare.execute("UPDATE setting SET value = 'wal' WHERE name = 'journal_mode'")
    bare.close()
    shop.open(home)
    assert db.rows("PRAGMA journal_mode") == [("wal",)]
    assert db.rows("PRAGMA synchronous") == [(2,)]


INDEXED = "message_text"
"""The index of words, with the tables in which FTS5 keeps it: peewee describes none of these."""


def test_the_migrations_make_the_tables_that_are_described(tmp_path: Path) -> None:
    """Same columns, checks, foreign keys and indexes, whichever way they were made."""
    shop.open(tmp_path / "migrated", create=True)
    migrated = schema()
    shop.close()
    db.point_at(tmp_path / "described.db", sqlite.DELETE)
    with db.connection():
        db.database.create_tables(ALL)
        described = {name: text for name, text in migrated.items() if "_no_" not in name and not name.startswith(INDEXED)}
        assert {name: text for name, text in described.items() if name != migrations.HISTORY} == schema()


def schema() -> dict[str, list[str]]:
    """Every table and index by its name, with its parts as far as they have meaning: a column added later stands behind the constraints."""
    found = db.rows("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'schema_migration_%'")
    return {name: sorted(plain for part in _parts(text.replace('"', "")) for plain in _plainly(part)) for name, text in found}


def _parts(text: str) -> Iterator[str]:
    """What stands between the commas of the outermost brackets, what stands before and after them included."""
    depth, part = 0, ""
    for letter in text:
        depth += (letter == "(") - (letter == ")")
        if (depth, letter) in {(1, ","), (1, "("), (0, ")")}:
            yield " ".join(part.split())
            part = ""
        else:
            part += f" {letter} " if letter in "()," else letter
    yield " ".join(part.split())


def _plainly(part: str) -> list[str]:
    """A column in the form that needs no `ALTER TABLE`: no value for rows that are there, a foreign key apart."""
    column, references, where = part.removesuffix(" DEFAULT ''").partition(" REFERENCES ")
    if not references or column.startswith("FOREIGN KEY"):
        return [column + references + where]
    return [column, f"FOREIGN KEY ( {column.split()[0]} ) REFERENCES {where}"]


def test_a_copy_is_made_before_a_shop_is_migrated(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The copy is the shop as it was, whole, under a name that says after which step."""
    later = tmp_path / "later"
    shutil.copytree(migrations._HERE, later)
    (later / "9000_add_a_table.py").write_text("def up(migrator, db):\n    db.execute_sql('CREATE TABLE added (id INTEGER) STRICT')\n")
    monkeypatch.setattr(migrations, "_HERE", later)
    shop.open(home)
    assert db.rows("SELECT name FROM sqlite_master WHERE name = 'added'")
    with sqlite3.connect(home / "shop-after-0005_seats_and_chats.db") as before:
        assert not before.execute("SELECT name FROM sqlite_master WHERE name = 'added'").fetchall()
        assert before.execute("SELECT count(*) FROM staff").fetchone() == (1,)
        assert before.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    before.close()


def test_a_migration_that_fails_changes_nothing(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One transaction: the half that worked is taken back."""
    later = tmp_path / "later"
    shutil.copytree(migrations._HERE, later)
    (later / "9000_break.py").write_text(
        "def up(migrator, db):\n    db.execute_sql('CREATE TABLE half (id INTEGER)')\n    raise RuntimeError('broken')\n"
    )
    monkeypatch.setattr(migrations, "_HERE", later)
    with pytest.raises(RuntimeError, match="broken"):
        shop.open(home)
    assert not db.rows("SELECT name FROM sqlite_master WHERE name = 'half'")


def _open_and_count(home: str, results: multiprocessing.Queue[object]) -> None:
    try:
        shop.open(Path(home), create=True)
        results.put(len(migrations.applied()))
    except Exception as error:  # noqa: BLE001  whatever it is, the parent shows it
        results.put(repr(error))


def test_two_processes_that_start_at_once_make_one_shop(tmp_path: Path) -> None:
    """They take turns at the tables."""
    spawn = multiprocessing.get_context("spawn")
    results: multiprocessing.Queue[object] = spawn.Queue()
    starting = [spawn.Process(target=_open_and_count, args=(str(tmp_path / "home"), results)) for _ in range(4)]
    for process in starting:
        process.start()
    answers = [results.get(timeout=60) for _ in starting]
    for process in starting:
        process.join()
    results.close()
    assert answers == [len(migrations.known())] * 4


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("database or disk is full", "DiskFull"),
        ("attempt to write a readonly database", "ShopReadOnly"),
        ("database is locked", "ShopLocked"),
        ("database disk image is malformed", "ShopDamaged"),
        ("file is not a database", "ShopDamaged"),
    ],
)
def test_what_sqlite_says_is_put_in_plain_words(said: str, kind: str) -> None:
    """The first cause counts, also when a failed rollback hides it."""
    try:
        try:
            raise sqlite3.OperationalError(said)
        except sqlite3.OperationalError:
            raise sqlite3.OperationalError("cannot rollback - no transaction is active")  # noqa: B904  as sqlite3 itself hides it
    except sqlite3.OperationalError as error:
        plain = db.in_plain_words(error)
    assert type(plain).__name__ == kind
    assert isinstance(plain, DataUnusable)


def test_a_mistake_of_ours_is_not_put_in_plain_words(little_shop: Founded) -> None:
    """Wrong SQL stays an error that is found."""
    with pytest.raises(Exception, match="no such table"):
        db.rows("SELECT * FROM nonsense")


def test_a_shop_that_cannot_be_written_says_so_and_changes_nothing(little_shop: Founded) -> None:
    """Reading goes on."""
    db.database.execute_sql("PRAGMA query_only = 1")
    with pytest.raises(ShopReadOnly), db.transaction():
        db.database.execute_sql("UPDATE shop SET name = 'x'")
    assert db.rows("SELECT name FROM shop") == [("Little Shop",)]


def test_a_full_disk_says_so_and_changes_nothing(little_shop: Founded) -> None:
    """The limit on pages stands for the disk."""
    (pages,) = db.rows("PRAGMA page_count")[0]
    db.rows(f"PRAGMA max_page_count = {pages}")

    def fill() -> None:
        with db.transaction():
            db.write_many("INSERT INTO setting (name, value) VALUES (?, ?)", [(f"n{number}", "x" * 500) for number in range(2000)])

    with pytest.raises(DiskFull):
        fill()
    assert db.rows("SELECT count(*) FROM setting WHERE name LIKE 'n%'") == [(0,)]


def test_who_comes_second_to_a_migration_finds_nothing_to_do(home: Path) -> None:
    """Neither a copy nor a change: another process was quicker while one waited for the folder."""
    shop.open(home)
    before = sorted(path.name for path in home.iterdir())
    migrations.bring_up_to_date(home / db.FILE_NAME)
    assert sorted(path.name for path in home.iterdir()) == before
    shop.close()


def test_closing_what_was_never_opened_does_nothing() -> None:
    """As after a command that found no shop."""
    shop.close()
    db.database.init(None)
    shop.close()
    assert db.database.deferred


def test_hurrying_before_anything_was_opened_does_nothing() -> None:
    """As when a signal comes while the program starts."""
    shop.close()
    db.database.init(None)
    shop.hurry()
    assert db.database.deferred


def test_p14_a_program_that_ends_waits_for_no_other_writer(home: Path) -> None:
    """Who is told to go cannot wait as long as somebody who works: the other's lock is said at once."""
    shop.open(home)
    shop.hurry()
    assert db.database.timeout == shop.HURRIED < sqlite.BUSY_SECONDS
    db.database.close()
    with closing(sqlite3.connect(home / db.FILE_NAME, isolation_level=None)) as other, db.connection():
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(ShopLocked), db.transaction():
            pass
