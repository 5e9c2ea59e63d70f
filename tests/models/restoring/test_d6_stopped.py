"""D6: whoever stops a restore too late, or whose disk fails at the very end, has the restored shop, its key, and what was there."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from models import anchors, backup_file, db, key_file, shop, sqlite
from models.errors import BackupUnusable, DiskFailing, KeyUnfit, ShopLocked
from models.operations import _swap, departments, log, restoring
from tests.factories import CONSOLE, Founded
from tests.models.restoring.able import keep


@pytest.fixture
def shut(little_shop: Founded, tmp_path: Path) -> Iterator[tuple[Path, Path]]:
    """A data folder whose shop is closed, with a backup of before a department was made."""
    file = keep(tmp_path / "stick")
    departments.add(CONSOLE, "Night")
    shop.close()
    yield little_shop.home, file
    shop.close()


def kept(home: Path) -> int:
    """How many copies there are of what was there."""
    return len(list(home.glob("shop-before-restore-*.db")))


def restores(home: Path) -> int:
    """That the shop there opens with its key, and is whole; how many restores its log tells of."""
    shop.open(home)
    assert log.verify(CONSOLE).is_whole
    ((number,),) = db.rows("SELECT count(*) FROM audit_entry WHERE action = 'shop.restore'")
    return int(number)


@pytest.mark.parametrize("journal", [sqlite.DELETE, sqlite.WAL])
def test_d6_stopped_while_the_disk_takes_the_last_of_it_is_too_late(shut: tuple[Path, Path], journal: str) -> None:
    """Ctrl+c is heard once the last page is in: it is told as what it is, done, and neither the new key nor the old data goes."""
    home, file = shut
    with closing(sqlite3.connect(home / "shop.db")) as bare:
        bare.execute("UPDATE setting SET value = ? WHERE name = 'journal_mode'", (journal,))
        bare.commit()

    def stop(done: int, total: int) -> None:
        if done == total:
            raise KeyboardInterrupt

    with restoring.prepare(CONSOLE, home, file, new_key=True) as prepared:
        done = prepared.apply(stop)
    assert kept(home) == 1
    assert not (home / key_file.READY).exists()
    assert (restores(home), done.preview.is_new_key) == (1, True)


def test_d6_stopped_before_the_last_of_it_changes_nothing(shut: tuple[Path, Path]) -> None:
    """The old shop opens, with the old key, and nothing lies about."""
    home, file = shut
    before = (home / "shop.db").read_bytes()

    def stop(_done: int, _total: int) -> None:
        raise KeyboardInterrupt

    with restoring.prepare(CONSOLE, home, file, new_key=True) as prepared, pytest.raises(KeyboardInterrupt):
        prepared.apply(stop)
    assert (home / "shop.db").read_bytes() == before
    assert (kept(home), (home / key_file.READY).exists()) == (0, False)
    assert restores(home) == 0


def test_d6_a_disk_that_fails_after_the_name_was_given_takes_no_key_along(shut: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """What was no database is replaced by renaming: from then on nothing is taken back, and the next start puts the key in."""
    home, file = shut
    (home / "shop.db").write_bytes(b"garbage")
    real = backup_file.sync

    def fails(folder: Path) -> None:
        if folder == home and (home / "shop.db").read_bytes() != b"garbage":
            raise OSError(5, "Input/output error")
        real(folder)

    with monkeypatch.context() as patch, restoring.prepare(CONSOLE, home, file, new_key=True) as prepared:
        patch.setattr(backup_file, "sync", fails)
        with pytest.raises(DiskFailing):
            prepared.apply()
    assert kept(home) == 1
    assert restores(home) == 1


def test_d6_whether_it_is_in_is_read_from_the_database_itself(shut: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """The very entry counts; what is no log has none; where nobody can tell, nothing is taken for undone."""
    home, _file = shut
    with closing(sqlite3.connect(home / "shop.db")) as bare:
        ((number, digest),) = bare.execute("SELECT max(seq), hash FROM audit_entry").fetchall()
    old = _swap.Old(home / "shop.db")
    try:
        assert _swap.is_in(old, anchors.Anchor(number, 0, digest))
        assert not _swap.is_in(old, anchors.Anchor(number, 0, bytes(32)))
        assert not _swap.is_in(old, anchors.Anchor(number + 1, 0, digest))
        monkeypatch.setattr(sqlite, "BUSY_SECONDS", 0.1)
        with closing(sqlite3.connect(home / "shop.db", isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            with pytest.raises(ShopLocked):
                _swap.is_in(old, anchors.Anchor(number, 0, digest))
            other.execute("DROP TABLE audit_entry")
            other.execute("COMMIT")
        assert not _swap.is_in(old, anchors.Anchor(number, 0, digest))
    finally:
        old.close()


def test_d6_a_key_that_cannot_be_read_is_not_taken_for_a_wrong_one(shut: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever is told that it is wrong may go on with a new one, and everybody's phone codes are gone; as whom it is read is said."""
    home, file = shut
    for key, words in ((home, "directory"), (Path("a\0b"), "null")):
        with pytest.raises(BackupUnusable, match=words), restoring.prepare(CONSOLE, home, file, key=key):
            pass
    os.mkfifo(home.parent / "pipe")
    with pytest.raises(KeyUnfit), restoring.prepare(CONSOLE, home, file, key=home.parent / "pipe"):
        pass
    real, theirs = os.open, home.parent / "theirs"

    def closed(path: Path, flags: int, mode: int = 0o777, *, dir_fd: int | None = None) -> int:
        if path == theirs:
            raise PermissionError(13, "Permission denied")
        return real(path, flags, mode, dir_fd=dir_fd)

    monkeypatch.setattr(os, "open", closed)
    with (
        pytest.raises(BackupUnusable, match=r"Permission denied; .* owns the shop's data"),
        restoring.prepare(CONSOLE, home, file, key=theirs),
    ):
        pass
