"""Reading the log whole and at every start: files that cannot be read to the end, and what it costs."""

from __future__ import annotations

import shutil
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from time import perf_counter
from typing import Final

import pytest

from models import anchors, db, shop, sqlite
from models.errors import ShopDamaged, ShopLocked
from models.operations import departments, log
from models.queries import chain, damage
from models.rules.audit_damage import CHANGED, MISSING, TRUNCATED, UNREADABLE, Damage
from tests import factories
from tests.factories import CONSOLE, Founded
from tests.tampering import attacker, leaf_of, rows

LENGTH: Final = 301


@pytest.fixture(scope="module")
def long_template(shop_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A shop whose log takes many pages."""
    home = tmp_path_factory.mktemp("long") / "home"
    with factories.founded(shop_template, home):
        for number in range(LENGTH - 1):
            departments.add(CONSOLE, f"{number} {'x' * 20}")
    return home


@pytest.fixture
def home(long_template: Path, tmp_path: Path) -> Iterator[Path]:
    """The same, this test's own, closed."""
    shop.close()
    yield Path(shutil.copytree(long_template, tmp_path / "home"))
    shop.close()


def wipe(home: Path, *numbers: int) -> None:
    """Fill the pages that have these entries with zeroes."""
    size = _page_size(home)
    pages = {leaf_of(home, number) for number in numbers}
    data = bytearray((home / db.FILE_NAME).read_bytes())
    for page in pages:
        data[(page - 1) * size : page * size] = bytes(size)
    (home / db.FILE_NAME).write_bytes(data)


def _page_size(home: Path) -> int:
    with closing(sqlite3.connect(home / db.FILE_NAME)) as bare:
        return int(bare.execute("PRAGMA page_size").fetchone()[0])


def found(home: Path) -> list[Damage]:
    """What verifying finds."""
    shop.open(home)
    return list(chain.verify(CONSOLE).new)


def test_a_page_in_the_middle_that_cannot_be_read(home: Path) -> None:
    """Entries of it are told, those before and behind are verified."""
    with attacker(home) as bare:
        bare.execute("UPDATE audit_entry SET actor = 'x' WHERE seq IN (3, 290)")
    wipe(home, 150)
    first, hole, last = found(home)
    assert (first, last) == (Damage(CHANGED, 3, 3), Damage(CHANGED, 290, 290))
    assert hole.kind == UNREADABLE and hole.first <= 150 <= hole.last


def test_pages_one_behind_the_other_that_cannot_be_read(home: Path) -> None:
    """Half of the log."""
    wipe(home, *range(80, 230))
    (hole,) = found(home)
    assert hole.kind == UNREADABLE
    assert 40 < hole.first <= 80 and 230 <= hole.last < 270


@pytest.mark.parametrize("anchored", [False, True])
def test_the_end_that_cannot_be_read(home: Path, anchored: bool) -> None:
    """It is told as far as one knows that there were entries; at the start already."""
    if not anchored:
        (home / "anchors").unlink()
    else:
        shop.open(home)
        anchors.keep(now=True)
        shop.close()
    wipe(home, LENGTH)
    shop.open(home)
    assert damage.is_damaged()
    report = chain.verify(CONSOLE)
    (hole,) = report.new
    assert hole.kind == UNREADABLE and hole.first > 200
    assert hole.last == (LENGTH if anchored else hole.first)
    assert report.head is None


def test_nothing_of_it_that_can_be_read(home: Path) -> None:
    """Not one entry."""
    wipe(home, *range(1, LENGTH + 1))
    (hole,) = found(home)
    assert (hole.kind, hole.first) == (UNREADABLE, 1)


def test_a_schema_that_cannot_be_quoted_is_damage(home: Path) -> None:
    """SQLite says so in words that are no text."""
    data = (home / db.FILE_NAME).read_bytes()
    (home / db.FILE_NAME).write_bytes(
        data.replace(b"CREATE TABLE audit_entry", b"CREATE \xc4\xa0BLE audit_entry").replace(
            b"CREATE TABLE staff", b"CREATE \xff\xfeBLE staff"
        )
    )
    with pytest.raises(ShopDamaged):
        shop.open(home)


def test_a_journal_mode_that_there_is_not_is_damage(home: Path) -> None:
    """A bit of the setting fell over."""
    with closing(sqlite3.connect(home / db.FILE_NAME)) as bare:
        bare.execute("UPDATE setting SET value = 'deletd' WHERE name = 'journal_mode'")
        bare.commit()
    with pytest.raises(ShopDamaged):
        shop.open(home)


@pytest.mark.parametrize(("number", "seen"), [(LENGTH, True), (LENGTH - 63, True), (LENGTH - 70, False)])
def test_the_start_looks_at_the_last_64(home: Path, number: int, seen: bool) -> None:
    """What is older is found by verifying."""
    with attacker(home) as bare:
        bare.execute("UPDATE audit_entry SET actor = 'x' WHERE seq = ?", (number,))
    shop.open(home)
    assert damage.is_damaged() == seen
    assert chain.verify(CONSOLE).new == (Damage(CHANGED, number, number),)


def test_in_a_short_log_the_start_sees_everything(little_shop: Founded) -> None:
    """The first entry is gone."""
    little_shop.person("bob")
    with attacker(little_shop.home) as bare:
        bare.execute("DELETE FROM audit_entry WHERE seq = 1")
    assert chain.judge() == (Damage(MISSING, 1, 1),)


def test_the_hash_before_the_last_64_that_is_none_is_gone_over(home: Path) -> None:
    """The file holds something else in its place; what follows is judged all the same."""
    with attacker(home) as bare:
        sql = str(bare.execute("SELECT sql FROM sqlite_master WHERE name = 'audit_entry'").fetchone()[0])
        bare.execute("PRAGMA writable_schema = 1")
        bare.execute(
            "UPDATE sqlite_master SET sql = ? WHERE name = 'audit_entry'",
            (sql.replace("hash BLOB NOT NULL CHECK (length(hash) = 32)", "hash ANY"),),
        )
        bare.commit()
    with closing(sqlite3.connect(home / db.FILE_NAME)) as bare:
        bare.execute("UPDATE audit_entry SET hash = 7 WHERE seq IN (?, ?)", (LENGTH - 64, LENGTH))
        bare.commit()
    shop.open(home)
    assert chain.judge() == (Damage(CHANGED, LENGTH, LENGTH),)
    report = chain.verify(CONSOLE)
    assert report.new == (Damage(CHANGED, LENGTH - 64, LENGTH - 64), Damage(CHANGED, LENGTH, LENGTH))
    assert report.head is None


def test_a_log_that_lost_its_end_twice_is_told_from_where_it_ends(home: Path) -> None:
    """Also where what was accepted lay behind that."""
    with attacker(home) as bare:
        bare.execute("UPDATE audit_entry SET actor = 'x' WHERE seq = ?", (LENGTH,))
    shop.open(home)
    log.accept(CONSOLE)
    shop.close()
    with attacker(home) as bare:
        bare.execute("DELETE FROM audit_entry WHERE seq > 100")
    shop.open(home)
    (cut,) = chain.judge()
    assert (cut.kind, cut.first) == (TRUNCATED, 101)
    assert cut.last >= LENGTH


def test_while_it_is_read_others_write(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is verified as far as it went when it began, and nobody waits."""
    monkeypatch.setattr(chain, "WINDOW", 50)
    shop.open(home)
    written = []

    def write(_done: int, _total: int) -> None:
        thread = threading.Thread(target=lambda: written.append(departments.add(CONSOLE, f"Meanwhile {len(written)}")))
        thread.start()
        thread.join()

    report = chain.verify(CONSOLE, progress=write)
    assert (report.entries, report.new) == (LENGTH, ())
    assert len(written) == 7
    assert len(rows(home)) == LENGTH + 7


def test_who_keeps_the_file_locked_damages_nothing(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A backup that takes its time: neither a start nor verifying says that the log cannot be read, by which nothing could be changed."""
    monkeypatch.setattr(chain, "WINDOW", 50)
    shop.open(home)
    sqlite.wait(db.database.connection(), 0.02)
    with closing(sqlite3.connect(home / db.FILE_NAME, isolation_level=None)) as backup:
        with pytest.raises(ShopLocked):
            log.verify(CONSOLE, progress=lambda done, _total: backup.execute("BEGIN EXCLUSIVE") if done == 100 else None)
        with pytest.raises(ShopLocked):
            chain.judge()
    assert damage.known().found == ()
    assert log.verify(CONSOLE).is_whole


def test_a_start_costs_next_to_nothing(home: Path) -> None:
    """Two milliseconds are allowed; of some tries on a busy machine, the quickest counts."""
    shop.open(home)
    anchors.keep(now=True)
    spent = []
    for _round in range(20):
        begun = perf_counter()
        assert chain.judge() == ()
        spent.append(perf_counter() - begun)
    assert min(spent) < 0.002
