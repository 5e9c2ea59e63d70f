"""D4: the index of messages is damaged, or cannot be had: the shop opens, nothing is lost, it is said plainly, and it is made anew."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from random import Random

import pytest

from models import db, shop, sqlite, sqlite_copying, sqlite_damage, sqlite_index
from models.errors import ConsoleAlone, IndexDamaged, ShopDamaged, SqliteUnfit
from models.operations import backup, indexing
from models.rules import chat_index
from tests.chats import CUSTOMER, STAFF, conversation
from tests.factories import CONSOLE, Founded
from tests.models.test_d4 import cut_off

PAGE = 4096
MESSAGES = 400
_FOUND = "SELECT rowid FROM message_text WHERE message_text MATCH ? ORDER BY rowid"


@pytest.fixture(scope="module")
def written_template(shop_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A shop with conversations, that nobody has open."""
    home = tmp_path_factory.mktemp("written") / "home"
    shutil.copytree(shop_template, home)
    shop.open(home)
    for number in range(4):
        conversation("owner", f"customer {number}", *_said(number))
    shop.close()
    return home


def _said(number: int) -> list[tuple[str, str]]:
    random = Random(number)
    return [(CUSTOMER if place % 2 else STAFF, f"退款 {random.getrandbits(160):x} teapot {place}") for place in range(MESSAGES // 4)]


@pytest.fixture
def home(written_template: Path, tmp_path: Path) -> Iterator[Path]:
    """Such a shop's folder, this test's own."""
    yield Path(shutil.copytree(written_template, tmp_path / "home"))
    shop.close()


def bytes_of(home: Path, change: Callable[[bytearray], None], table: str = "message_text_data") -> None:
    """Change the first page of a table."""
    file = home / db.FILE_NAME
    with closing(sqlite3.connect(file)) as bare:
        (root,) = bare.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)).fetchone()
    whole = bytearray(file.read_bytes())
    page = whole[(root - 1) * PAGE : root * PAGE]
    change(page)
    whole[(root - 1) * PAGE : root * PAGE] = page
    file.write_bytes(whole)


def _overwrite(page: bytearray) -> None:
    page[:64] = b"\xff" * 64


def broken_page(home: Path) -> None:
    """A page is no page any more."""
    bytes_of(home, _overwrite)


def broken_contents(home: Path) -> None:
    """Every page is one, and FTS5 cannot read what is written there."""
    with closing(sqlite3.connect(home / db.FILE_NAME)) as bare, bare:
        bare.execute("UPDATE message_text_data SET block = zeroblob(50) WHERE id > 10")


def broken_settings(home: Path) -> None:
    """FTS5 does not even open it."""
    with closing(sqlite3.connect(home / db.FILE_NAME)) as bare, bare:
        bare.execute("UPDATE message_text_config SET v = 99")


def gone(home: Path) -> None:
    """A table that it is kept in is not there."""
    with closing(sqlite3.connect(home / db.FILE_NAME)) as bare, bare:
        bare.execute("PRAGMA writable_schema = 1")
        bare.execute("DELETE FROM sqlite_master WHERE name = 'message_text_idx'")


BROKEN = [broken_page, broken_contents, broken_settings, gone]


def found(word: str = "teapot") -> int:
    """How many messages the index finds."""
    return len(db.rows(_FOUND, (f"text : ({chat_index.phrases(word)})",)))


def texts() -> list[tuple[object, ...]]:
    """All that was written."""
    return db.rows("SELECT * FROM message ORDER BY id")


@pytest.mark.parametrize("spoil", BROKEN)
def test_d4_a_damaged_index_keeps_no_shop_shut_and_is_made_anew(home: Path, spoil: Callable[[Path], None]) -> None:
    """Not after a power cut either; all that was written is there, and is found as before; the log has it."""
    shop.open(home)
    before, there = texts(), found()
    shop.close()
    spoil(home)
    cut_off(home)
    shop.open(home)
    assert shop.look_through() == ""
    assert shop.look_through_index()
    assert texts() == before
    shop.close()
    shop.open(home)
    told: list[tuple[int, int]] = []
    assert indexing.make_anew(CONSOLE, progress=lambda done, total: told.append((done, total))) == MESSAGES
    assert told[-1] == (MESSAGES, MESSAGES)
    assert (shop.look_through(), shop.look_through_index()) == ("", "")
    assert (texts(), found(), found("退款"), there) == (before, MESSAGES, MESSAGES, MESSAGES)
    assert [each[1] for each in Founded(home, CONSOLE).log("shop.index")] == ["shop.index"]


@pytest.mark.parametrize("spoil", [broken_page, broken_settings])
def test_d4_whoever_uses_a_damaged_index_is_told_of_that_and_of_nothing_worse(home: Path, spoil: Callable[[Path], None]) -> None:
    """Neither searched nor added to; the messages are read."""
    spoil(home)
    shop.open(home)
    with pytest.raises(IndexDamaged, match="doctor --index"):
        found()
    assert len(texts()) == MESSAGES


def test_d4_what_is_not_about_the_index_stays_as_bad_as_it_is(home: Path) -> None:
    """A page of the messages themselves."""
    bytes_of(home, _overwrite, "message")
    shop.open(home)
    with pytest.raises(ShopDamaged):
        texts()
    assert shop.look_through()


def test_adding_to_a_damaged_index_is_told_as_that(home: Path) -> None:
    """And a mistake of ours stays one."""
    broken_page(home)
    shop.open(home)
    fill = "INSERT INTO message_text (rowid, text, whose) VALUES (?, ?, ?)"
    with pytest.raises(IndexDamaged), db.transaction():
        db.write_many(fill, [(1, "ab", "s1")])
    shop.close()
    shop.open(home)
    with pytest.raises(sqlite3.IntegrityError), db.transaction():
        db.write_many("INSERT INTO setting (name, value) VALUES (?, ?)", [("a", "b"), ("a", "b")])


@pytest.mark.parametrize("spoil", BROKEN)
def test_d5_a_backup_of_a_shop_with_a_damaged_index_is_whole(home: Path, tmp_path: Path, spoil: Callable[[Path], None]) -> None:
    """In the copy the index is made anew, the shop's own is left to whoever looks after it, and doctor is told."""
    spoil(home)
    shop.open(home)
    made = backup.make(CONSOLE)
    assert shop.look_through_index()
    shutil.unpack_archive(made.file, tmp_path / "unpacked", "zip")
    with closing(sqlite3.connect(tmp_path / "unpacked" / "shop.db", isolation_level=None)) as copy:
        assert sqlite_copying.is_whole(copy)
        assert sqlite_index.find_damage(copy) == ""
        assert len(copy.execute(_FOUND, (chat_index.phrases("teapot"),)).fetchall()) == MESSAGES
    assert indexing.known()
    indexing.make_anew(CONSOLE)
    assert indexing.known() == ""
    assert sorted(path.name for path in (home / "backups").iterdir()) == [".lock", made.file.name]
    assert backup.make(CONSOLE).manifest.bytes <= (home / db.FILE_NAME).stat().st_size, "nobody's pages are in none"


def test_d5_a_backup_of_what_is_damaged_elsewhere_too_is_none(home: Path) -> None:
    """The index is made anew for no file that is lost."""
    broken_contents(home)
    bytes_of(home, _overwrite, "message")
    shop.open(home)
    with pytest.raises(ShopDamaged):
        backup.make(CONSOLE)
    assert [path.name for path in (home / "backups").iterdir()] == [".lock"]


def test_d5_a_copy_that_finds_no_room_to_be_mended_leaves_nothing(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And is told as what it is; a mistake of ours stays one."""
    broken_contents(home)
    shop.open(home)
    for said, kind in (("database or disk is full", "DiskFull"), ("no such thing", "OperationalError")):

        def fails(_connection: sqlite3.Connection, _into: str, said: str = said) -> None:
            raise sqlite3.OperationalError(said)

        monkeypatch.setattr(sqlite_index, "write_anew", fails)
        with pytest.raises(Exception) as error:  # noqa: PT011  which one is said by its name
            backup.make(CONSOLE)
        assert type(error.value).__name__ == kind
        assert [path.name for path in (home / "backups").iterdir()] == [".lock"]


def test_only_the_operator_makes_it_anew(little_shop: Founded) -> None:
    """It shuts everybody out for as long as it takes."""
    with pytest.raises(ConsoleAlone):
        indexing.make_anew(little_shop.owner)
    assert little_shop.log("act.refuse")
    assert indexing.make_anew(CONSOLE) == 0


def test_of_a_long_shop_every_row_is_read_and_nothing_all_at_once(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page that cannot be read is found in either way."""
    monkeypatch.setattr(shop, "LONG", 1)
    monkeypatch.setattr(sqlite_damage, "WINDOW", 30)
    shop.open(home)
    asked: list[str] = []
    db.database.connection().set_trace_callback(asked.append)
    assert (shop.look_through(), shop.look_through_index()) == ("", "")
    db.database.connection().set_trace_callback(None)
    assert sum('FROM "message" ' in each for each in asked) == MESSAGES // 30 + 2
    assert not [each for each in asked if "_check('message')" in each]
    shop.close()
    broken_page(home)
    shop.open(home)
    assert "malformed" in shop.look_through_index()
    shop.close()
    bytes_of(home, _overwrite, "message")
    shop.open(home)
    assert "malformed" in shop.look_through()


def test_who_is_writing_does_not_make_the_index_a_damaged_one(home: Path) -> None:
    """Nor is that waited for: then it is read as that of a long shop is."""
    shop.open(home)
    with closing(sqlite3.connect(home / db.FILE_NAME, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert shop.look_through_index() == ""


def test_pages_that_cannot_be_looked_at_are_not_taken_for_damaged() -> None:
    """Whoever asks is told why instead."""

    class Locked:
        def execute(self, *_asked: object) -> object:
            raise sqlite3.OperationalError("database is locked")

    with pytest.raises(sqlite3.OperationalError):
        sqlite_index.has_sound_pages(Locked())  # type: ignore[arg-type]  # as far as it is asked, a connection


@pytest.mark.parametrize("create", [True, False])
def test_d4_a_python_that_cannot_search_says_so_before_anything_is_made(
    tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch, *, create: bool
) -> None:
    """Whether there is a shop already or not; the data is as it was."""
    monkeypatch.setattr(sqlite_index, "can_be_had", lambda _connection: False)
    place = tmp_path / "new" if create else home
    before = [] if create else (home / db.FILE_NAME).read_bytes()
    with pytest.raises(SqliteUnfit, match=f"{sqlite.VERSION}.*FTS5") as error:
        shop.open(place, create=create)
    assert error.value.exit_code == 3
    assert not shop.is_open()
    assert create or (home / db.FILE_NAME).read_bytes() == before


def test_this_python_can_search(home: Path) -> None:
    """What is asked is what SQLite itself says of its modules."""
    with closing(sqlite3.connect(home / db.FILE_NAME)) as bare:
        assert sqlite_index.can_be_had(bare)
        bare.execute(_FOUND, ("text : (ab)",)).fetchall()
