"""`doctor --free` and `--journal`, and what doctor says of data that cannot be used: each sentence once."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from models import ballast, db, shop, sqlite, sqlite_index
from models.errors import ConsoleAlone, DiskFailing, DiskFull
from models.operations import journaling
from tests.chats import CUSTOMER, conversation
from tests.factories import Founded
from tests.models.test_d4 import cut_off, damage
from tests.tui.cli.conftest import Ran, Run
from tui.cli import doctor as cli, output
from tui.doctor import data, sight


@pytest.fixture(autouse=True)
def _sound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sight, "sshd_program", lambda: None)
    monkeypatch.setattr(sight, "installed", list)
    monkeypatch.setattr(sight, "way", lambda _path: [])
    monkeypatch.setattr(sight, "uncompiled", lambda: (0, 1))
    monkeypatch.setattr(data, "PATIENCE", 0.2)


def line(ran: Ran, about: str) -> tuple[str, str, str]:
    """The one line about this."""
    (found,) = [(row["verdict"], row["found"], row["todo"]) for row in ran.json if row["about"] == about]
    return found


# ---- --free


def test_d3_free_gives_the_ballast_back_and_says_what_comes_next(little_shop: Founded, run: Run) -> None:
    """It opens nothing; the second time there is nothing left to give."""
    ran = run("doctor", "--free", "--json")
    assert ran.code == 0 and ran.json[0]["freed"] == ballast.BYTES and ran.json[0]["free"] > 0
    assert "Now make room" in ran.err
    ran = run("doctor", "--free")
    assert (ran.code, ran.out) == (0, "") and "nothing to give back" in ran.err
    assert ballast.size(little_shop.home) == 0


def test_d3_at_a_terminal_too_what_was_given_back_is_told(little_shop: Founded, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """By a table with headings; likewise which journal it was."""
    monkeypatch.setattr(output, "form_for", lambda *, as_json: output.TABLE)
    ran = run("doctor", "--free")
    assert ran.code == 0 and "Given back" in ran.out and "1 MiB" in ran.out and "Now make room" in ran.err
    monkeypatch.setattr(journaling, "change", lambda *_asked: "wal")
    ran = run("doctor", "--journal", "delete")
    assert ran.code == 0 and ran.out.split()[-2:] == ["wal", "delete"]


def test_one_thing_at_a_time(little_shop: Founded, run: Run) -> None:
    """Two at once are not understood."""
    assert run("doctor", "--free", "--clock").code == 2
    assert run("doctor", "--free", "--journal", "wal").code == 2
    assert run("doctor", "--free", "--index").code == 2


# ---- --journal


@pytest.fixture
def safe(monkeypatch: pytest.MonkeyPatch) -> None:
    """This machine's SQLite is free of the WAL-reset bug."""
    monkeypatch.setattr(sqlite, "wal_is_safe", lambda: True)


@pytest.mark.usefixtures("safe")
def test_d1_the_journal_is_changed_by_doctor_with_an_entry(little_shop: Founded, run: Run) -> None:
    """There and back; whoever connects afterwards reads which; the second time there is nothing to change."""
    for old, new in ((sqlite.DELETE, sqlite.WAL), (sqlite.WAL, sqlite.DELETE)):
        if db.database.journal != old:
            continue
        ran = run("doctor", "--journal", new, "--json")
        assert (ran.code, ran.json) == (0, [{"old": old, "new": new}])
        assert run("doctor", "--journal", new).code == 1
        shop.open(little_shop.home)
        assert db.rows("PRAGMA journal_mode") == [(new,)]
        assert len(little_shop.log("shop.journal")) >= 1
        assert line(run("doctor", "--json"), "Journal")[0] == "fine"


def test_d1_wal_is_refused_where_sqlite_can_lose_with_it(little_shop: Founded, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """And a shop that comes from another machine with it is told what to type."""
    monkeypatch.setattr(sqlite, "wal_is_safe", lambda: False)
    ran = run("doctor", "--journal", "wal")
    assert ran.code == 2 and "can lose" in ran.err
    with closing(sqlite3.connect(little_shop.home / db.FILE_NAME)) as other, other:
        other.execute("UPDATE setting SET value = 'wal' WHERE name = 'journal_mode'")
    ran = run("doctor", "--json")
    verdict, found, todo = line(ran, "Journal")
    assert (ran.code, verdict) == (1, "wrong") and "can lose" in found and "doctor --journal delete" in todo
    assert run("doctor", "--journal", "delete").code == 0
    assert line(run("doctor", "--json"), "Journal")[0] == "fine"


@pytest.mark.usefixtures("safe")
def test_d1_the_journal_stays_where_it_cannot_be_changed(little_shop: Founded, monkeypatch: pytest.MonkeyPatch) -> None:
    """By whom it may not be; to what there is none of; where the entry finds no room."""
    before = db.database.journal
    other = sqlite.WAL if before == sqlite.DELETE else sqlite.DELETE
    with pytest.raises(ConsoleAlone):
        journaling.change(little_shop.owner, other)
    with pytest.raises(Exception, match="delete"):
        journaling.change(little_shop.console, "memory")
    monkeypatch.setattr(db, "write_many", lambda *_args: (_ for _ in ()).throw(DiskFull()))
    with pytest.raises(DiskFull):
        journaling.change(little_shop.console, other)
    assert db.rows("PRAGMA journal_mode") == [(before,)] and db.database.journal == before


# ---- what keeps the data from being used


def _damaged(home: Path) -> None:
    (home / db.FILE_NAME).write_bytes(b"x" * 4096)


def _newer(home: Path) -> None:
    with closing(sqlite3.connect(home / db.FILE_NAME)) as other, other:
        other.execute("INSERT INTO schema_migration (name, applied) VALUES ('9999_later', '2099-01-01')")


def _gone(home: Path) -> None:
    (home / db.FILE_NAME).unlink()


@pytest.mark.parametrize(
    ("harm", "todo"),
    [(_damaged, "restore FILE (docs/recovery.md)"), (_newer, "Install the version"), (_gone, "is this the right folder")],
)
def test_d4_what_keeps_the_data_from_being_used_says_what_to_type(
    little_shop: Founded, run: Run, harm: Callable[[Path], None], todo: str
) -> None:
    """Exit code 3, in a line."""
    shop.close()
    harm(little_shop.home)
    ran = run("doctor", "--json")
    assert (ran.code, ran.err) == (3, "")
    assert todo in line(ran, "Data")[2]


def test_d4_the_newest_backup_is_named_where_one_lies_there(little_shop: Founded, run: Run) -> None:
    """One line to copy."""
    shop.close()
    (little_shop.home / "backups").mkdir(mode=0o700, exist_ok=True)
    for day in (21, 22):
        (little_shop.home / "backups" / f"little-shop-2026-11-{day}T030000Z.shopstaff.zip").touch(0o600)
    _damaged(little_shop.home)
    assert "2026-11-22T030000Z.shopstaff.zip" in line(run("doctor", "--json"), "Data")[2]


@pytest.mark.parametrize(("error", "about", "todo"), [(DiskFull, "Data", "--free"), (DiskFailing, "Writing", "Copy")])
def test_d3_a_disk_that_keeps_the_data_from_opening_is_said(
    little_shop: Founded, run: Run, monkeypatch: pytest.MonkeyPatch, error: type[Exception], about: str, todo: str
) -> None:
    """With what to do."""
    shop.close()
    monkeypatch.setattr(shop, "open", lambda _home: (_ for _ in ()).throw(error()))
    ran = run("doctor", "--json")
    assert ran.code == 3
    assert any(todo in row["todo"] for row in ran.json if row["about"] == about and row["verdict"] == "wrong")


def test_d4_locked_data_says_by_whom(little_shop: Founded, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """While it opens still, and where it does not open any more."""
    with closing(sqlite3.connect(little_shop.home / db.FILE_NAME, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        ran = run("doctor", "--json")
        assert ran.code == 1 and line(ran, "Locks")[0] == "wrong"
        other.execute("ROLLBACK")
        monkeypatch.setattr(sqlite, "BUSY_SECONDS", 0.1)
        other.execute("BEGIN EXCLUSIVE")
        ran = run("doctor", "--json")
        assert ran.code == 3 and line(ran, "Locks")[0] == "wrong" and line(ran, "Data")[0] == "wrong"


def test_d4_an_unclean_end_is_said_once_and_damage_every_time(little_shop: Founded, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """With what to do about each."""
    shop.close()
    cut_off(little_shop.home)
    verdict, found, todo = line(run("doctor", "--json"), "Soundness")
    assert verdict == "look" and "cut off" in found and "power supply" in todo
    assert line(run("doctor", "--json"), "Soundness")[0] == "fine"
    monkeypatch.setattr(shop, "look_through", lambda: "row 3 missing from index")
    ran = run("doctor", "--json")
    verdict, found, todo = line(ran, "Soundness")
    assert (ran.code, verdict) == (3, "wrong") and "row 3 missing" in found and "restore" in todo


def test_d4_pages_that_were_overwritten_end_in_a_line(little_shop: Founded, run: Run) -> None:
    """Whichever line it is."""
    shop.close()
    damage(little_shop.home / db.FILE_NAME)
    ran = run("doctor", "--json")
    assert ran.code == 3 and any("restore" in row["todo"] for row in ran.json)


def test_who_has_much_data_is_told_to_wait(little_shop: Founded, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """At a terminal, and it is taken away again."""
    monkeypatch.setattr(cli, "LONG", 0)
    assert run("doctor").err == ""
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    err = run("doctor").err
    assert "Looking through" in err and err.endswith("\x1b[K")


# ---- --index


def test_d4_a_damaged_index_of_messages_is_said_and_made_anew(little_shop: Founded, run: Run) -> None:
    """Everything else is as it should be, and nothing is lost; afterwards the message is found."""
    conversation("owner", "小河1988", (CUSTOMER, "这个杯子还有货吗？"))
    shop.close()
    assert line(run("doctor", "--json"), "Index of messages")[0] == "fine"
    with closing(sqlite3.connect(little_shop.home / db.FILE_NAME)) as other, other:
        other.execute("UPDATE message_text_data SET block = zeroblob(50) WHERE id > 10")
    ran = run("doctor", "--json")
    verdict, found, todo = line(ran, "Index of messages")
    assert (ran.code, verdict) == (1, "wrong") and "none is lost" in found and "doctor --index" in todo
    assert line(ran, "Soundness")[0] == "fine"
    ran = run("doctor", "--index", "--json")
    assert (ran.code, ran.json) == (0, [{"messages": 1}])
    assert line(run("doctor", "--json"), "Index of messages")[0] == "fine"


def test_d4_a_python_that_cannot_search_is_told_by_doctor(little_shop: Founded, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing works with it, and what to do is said."""
    shop.close()
    monkeypatch.setattr(sqlite_index, "can_be_had", lambda _connection: False)
    ran = run("doctor", "--json")
    verdict, found, todo = line(ran, "Data")
    assert (ran.code, verdict) == (3, "wrong") and "FTS5" in found and "another Python" in todo
    ran = run("staff", "list")
    assert ran.code == 3 and "FTS5" in ran.err
