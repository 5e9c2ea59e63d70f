"""Making a backup: good or not there, whoever writes meanwhile; and who may."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import shutil
import sqlite3
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest

from models import anchors, backup_file, db, shop
from models.actor import Actor
from models.errors import (
    BackupImpossible,
    Cancelled,
    ConsoleAlone,
    DataUnusable,
    DiskFull,
    Invalid,
    LogDamaged,
    OwnerAlone,
    ShopDamaged,
    ShopLocked,
)
from models.operations import _operation, backup, key_copies, log
from models.queries import backups, copies
from tests.factories import CONSOLE, DAY, Founded
from tests.models.doors import Watch
from tests.tampering import attacker


def files(folder: Path) -> list[str]:
    """What lies there, our lock apart."""
    return sorted(file.name for file in folder.iterdir() if file.name != backup.LOCK)


def unpacked(file: Path, into: Path) -> copies.Contents:
    """What is in it, by getting it out and looking at all of it."""
    backup_file.extract(file, into)
    return copies.examine(into)


def test_d5_a_backup_is_whole_and_says_what_it_is(little_shop: Founded, tmp_path: Path) -> None:
    """Shop, schema, log and key; found whole by whoever gets it out; with its entry, which is the next after those in it."""
    little_shop.person("bob")
    steps: list[int] = []
    made = backup.make(little_shop.owner, progress=lambda done, total: steps.append(done * 100 // total))
    told = made.manifest
    found = unpacked(made.file, tmp_path / "out.db")
    ((key_check,),) = db.rows("SELECT value FROM setting WHERE name = 'key_check'")
    assert made.file.parent == little_shop.home / "backups"
    assert told.is_named(made.file.name)
    assert (told.shop, told.code, told.entries, told.key_check) == ("Little Shop", "little-shop", 2, key_check)
    assert (found.shop, found.entries, found.head, found.schema) == (told.shop, told.entries, told.head, told.schema)
    assert found.damage == ()
    assert steps == sorted(steps) and steps[-1] == 100
    assert files(made.file.parent) == [made.file.name]
    ((actor, new),) = db.rows("SELECT actor, new FROM audit_entry WHERE action = 'backup.make' AND seq = 3")
    assert (actor, json.loads(new)) == ("owner", {"file": made.file.name, "entries": 2, "anchor": told.code_of_log})
    assert (tmp_path / "out.db").read_bytes()[18:20] == b"\x01\x01"  # a rollback journal: no other file belongs to it


def test_d5_the_key_is_in_no_backup(little_shop: Founded, tmp_path: Path) -> None:
    """Neither as it is nor in hexadecimal, in nothing that is packed."""
    key = (little_shop.home / "key").read_bytes()
    with zipfile.ZipFile(backup.make(CONSOLE).file) as archive:
        for name in archive.namelist():
            content = archive.read(name)
            assert key not in content
            assert key.hex().encode() not in content.lower()


def test_d5_a_shop_with_a_write_ahead_log_is_copied_at_one_moment(little_shop: Founded, tmp_path: Path) -> None:
    """What is not in the database's own file yet is in the copy, which needs no second file."""
    db.database.execute_sql("UPDATE setting SET value = 'wal' WHERE name = 'journal_mode'")
    shop.close()
    shop.open(little_shop.home)
    little_shop.person("bob")
    assert (little_shop.home / "shop.db-wal").stat().st_size
    made = backup.make(CONSOLE)
    assert unpacked(made.file, tmp_path / "out.db").entries == 2
    assert (tmp_path / "out.db").read_bytes()[18:20] == b"\x01\x01"
    assert files(made.file.parent) == [made.file.name]


def test_d5_only_the_owner_makes_one_and_elsewhere_only_the_console(little_shop: Founded, tmp_path: Path) -> None:
    """Refusals are entries, and nothing is copied for them."""
    manager = little_shop.person("meg", gave=("manager",))
    with pytest.raises(OwnerAlone):
        backup.make(manager)
    with pytest.raises(ConsoleAlone):
        backup.make(little_shop.owner, tmp_path)
    assert [who for who, _act, _what in little_shop.log("act.refuse")] == ["meg", "owner"]
    assert not (little_shop.home / "backups").exists()


def test_d5_somewhere_else_in_a_folder_or_under_a_name(little_shop: Founded, tmp_path: Path) -> None:
    """A folder gives it our name; a name is taken as it is; the copy itself is made at home in either case."""
    stick = tmp_path / "stick"
    stick.mkdir()
    made = backup.make(CONSOLE, stick)
    named = backup.make(CONSOLE, stick / "mine.zip")
    assert files(stick) == sorted([made.file.name, "mine.zip"])
    assert backup_file.manifest(named.file).entries == 2
    assert files(little_shop.home / "backups") == []
    last = backups.status(CONSOLE).last
    assert last is not None and (last.where, last.entries) == (str(stick / "mine.zip"), 2)


def test_d5_no_place_for_it_is_told(little_shop: Founded, tmp_path: Path) -> None:
    """In the data folder, by whatever way; where there is no folder; over something."""
    (tmp_path / "link").symlink_to(little_shop.home)
    for wrong in (little_shop.home, little_shop.home / "x.zip", little_shop.home / "outbox", tmp_path / "link"):
        with pytest.raises(Invalid, match="in the data folder"):
            backup.make(CONSOLE, wrong)
    with pytest.raises(BackupImpossible, match="no folder"):
        backup.make(CONSOLE, tmp_path / "nowhere" / "x.zip")
    (tmp_path / "x.zip").touch()
    with pytest.raises(BackupImpossible, match="already"):
        backup.make(CONSOLE, tmp_path / "x.zip")
    backup.make(CONSOLE, little_shop.home / "backups")
    assert little_shop.log("backup.make") == [(CONSOLE.name, "backup.make", "Little Shop")]


def test_d5_two_of_one_second_have_two_names(little_shop: Founded, watch: Watch, tmp_path: Path) -> None:
    """And the later is the one that stays of that day; what was made last stays also where the clock says it is older."""
    one = backup.make(CONSOLE)
    watch.now += 1
    two = backup.make(CONSOLE)
    assert two.file.name == one.file.name.replace(".shopstaff", "-2.shopstaff")
    assert files(two.file.parent) == [two.file.name]
    watch.now -= 3600 * 1_000_000
    third = backup.make(CONSOLE)
    assert files(two.file.parent) == sorted([two.file.name, third.file.name])


def test_d5_enough_backups_of_this_shop_are_kept_and_nothing_else_is_touched(little_shop: Founded, watch: Watch, tmp_path: Path) -> None:
    """Another shop of the same code, what is damaged, what somebody called otherwise: all of that stays."""
    stick, other = tmp_path / "stick", tmp_path / "other"
    stick.mkdir()
    first = backup.make(CONSOLE, stick).file
    shutil.copy(first, stick / "before the sale.shopstaff.zip")
    shutil.copy(first, stick / "little-shop-2020-01-01T000000Z.shopstaff.zip")  # called as ours are, and not of that moment
    with zipfile.ZipFile(first) as archive:
        content, told = archive.read("shop.db"), json.loads(archive.read("manifest.json"))
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("shop.db", content)
        archive.writestr("manifest.json", json.dumps(told | {"first": "00" * 32}))
    theirs = first.name.replace(".shopstaff", "-9.shopstaff")
    shutil.move(other, stick / theirs)
    damaged = "little-shop-2021-01-01T000000Z.shopstaff.zip"
    (stick / damaged).write_bytes(first.read_bytes()[:-40])
    foreign = set(files(stick)) - {first.name}
    for _day in range(9):
        watch.now += DAY
        backup.make(CONSOLE, stick)
    ours = set(files(stick)) - foreign
    assert foreign <= set(files(stick)) and len(foreign) == 4
    assert 7 <= len(ours) <= 9


def test_d5_what_would_be_kept_damaged_is_not_kept(little_shop: Founded) -> None:
    """The log, found while it is looked at: nothing is changed from then on, and no file is left; once accepted, it is in nobody's way."""
    little_shop.person("bob")
    with attacker(little_shop.home) as bare:
        bare.execute("UPDATE audit_entry SET actor = 'x' WHERE seq = 1")
    for _again in range(2):  # found in the copy; known before it is made
        with pytest.raises(LogDamaged):
            backup.make(CONSOLE)
    assert files(little_shop.home / "backups") == []
    log.accept(CONSOLE)
    assert backup.make(CONSOLE).manifest.entries == 3


def test_d5_a_log_that_lost_its_end_is_found_by_what_was_kept_beside_it(little_shop: Founded) -> None:
    """Though the copy is whole by itself."""
    little_shop.person("bob")
    anchors.keep(now=True)
    with attacker(little_shop.home) as bare:
        bare.execute("DELETE FROM audit_entry WHERE seq = 2")
    with pytest.raises(LogDamaged):
        backup.make(CONSOLE)


def test_d5_a_damaged_page_stops_it(little_shop: Founded, tmp_path: Path) -> None:
    """And a reference to what is not there."""
    with attacker(little_shop.home) as bare:
        bare.execute("PRAGMA foreign_keys = 0")
        bare.execute("INSERT INTO role_permission (role_id, permission) VALUES (9999, 'goods.view')")
    with pytest.raises(ShopDamaged):
        backup.make(CONSOLE)
    assert files(little_shop.home / "backups") == []
    failed = backups.status(CONSOLE).failed
    assert failed is not None and "damaged" in str(failed)


def test_d5_why_there_is_none_is_kept_until_there_is_one(little_shop: Founded, tmp_path: Path) -> None:
    """For the screen, the reminder and doctor."""
    with pytest.raises(BackupImpossible):
        backup.make(CONSOLE, tmp_path / "stick" / "x.zip")
    failed = backups.status(CONSOLE).failed
    assert failed is not None and str(failed) == f"there is no folder {tmp_path}/stick"
    backup.make(CONSOLE)
    assert backups.status(CONSOLE).failed is None
    with pytest.raises(Cancelled):
        backup.make(CONSOLE, cancelled=lambda: True)
    assert backups.status(CONSOLE).failed is None  # nobody calls that a failure


def test_d5_there_has_to_be_room_before_it_begins(little_shop: Founded, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that is filled by a backup would stop everybody who writes."""

    class Little:
        f_bavail, f_frsize = 10, 4096

    monkeypatch.setattr(os, "statvfs", lambda _path: Little)
    with pytest.raises(BackupImpossible, match="MiB of free space"):
        backup.make(CONSOLE)
    assert files(little_shop.home / "backups") == []


def test_d5_a_stick_needs_no_room_at_home_for_what_is_packed(little_shop: Founded, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only for the copy."""
    needed = (little_shop.home / "shop.db").stat().st_size + backup.LITTLE
    real = Path.stat

    class Other:
        st_dev = -1
        st_mode = 0o40700

    class Enough:
        f_bavail, f_frsize = needed, 1

    monkeypatch.setattr(os, "statvfs", lambda _path: Enough)
    with pytest.raises(BackupImpossible, match="free space"):
        backup.make(CONSOLE, tmp_path)
    monkeypatch.setattr(Path, "stat", lambda path, **named: Other if path == tmp_path else real(path, **named))
    backup.make(CONSOLE, tmp_path)


def test_d5_a_disk_that_fails_leaves_nothing(little_shop: Founded, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A stick that is pulled out while it is written."""
    stick = tmp_path / "stick"
    stick.mkdir()

    def pulled(_number: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", pulled)
        with pytest.raises(BackupImpossible, match="Input/output error"):
            backup.make(CONSOLE, stick)
    assert files(stick) == files(little_shop.home / "backups") == []
    assert little_shop.log("backup.make") == []


def test_d5_a_folder_for_backups_that_cannot_be_made_is_told(little_shop: Founded) -> None:
    """Something else is called so."""
    (little_shop.home / "backups").touch()
    with pytest.raises(BackupImpossible, match="cannot be written"):
        backup.make(CONSOLE)


def test_d5_nothing_leaves_without_its_entry(little_shop: Founded, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where it cannot be written, the file goes again."""
    with monkeypatch.context() as patch:

        def full(*_arguments: object) -> None:
            raise DiskFull

        patch.setattr(_operation, "write", full)
        with pytest.raises(DiskFull):
            backup.make(CONSOLE)
    assert files(little_shop.home / "backups") == []
    assert backups.status(CONSOLE).last is None


def test_d5_what_was_copied_before_a_restore_is_no_backup(little_shop: Founded, monkeypatch: pytest.MonkeyPatch) -> None:
    """The log has another end by then: the file goes, and why is told."""
    write = backup_file.write
    with monkeypatch.context() as patch:
        patch.setattr(backup_file, "write", lambda *given, **named: write(*given, **named)._replace(head=bytes(32)))
        with pytest.raises(BackupImpossible, match="restored meanwhile"):
            backup.make(CONSOLE)
    assert files(little_shop.home / "backups") == []
    assert backups.status(CONSOLE).last is None


def test_d5_of_two_at_once_one_is_made(little_shop: Founded) -> None:
    """The second is told, and takes nothing from the first; that is no failure to remind of."""
    backup.make(CONSOLE)
    before = files(little_shop.home / "backups")
    (little_shop.home / "backups" / backup.COPY).touch()
    with (little_shop.home / "backups" / backup.LOCK).open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(BackupImpossible, match="another backup"):
            backup.make(CONSOLE)
        assert files(little_shop.home / "backups") == sorted([backup.COPY, *before])
    assert backups.status(CONSOLE).failed is None
    with suppress(DataUnusable):
        backup.make(CONSOLE)
    assert backup.COPY not in files(little_shop.home / "backups")


@pytest.mark.parametrize("part", range(1, 100, 7))
def test_d5_stopping_it_leaves_nothing_wherever_it_is(little_shop: Founded, part: int) -> None:
    """Asked for the so manieth time whether to stop."""
    little_shop.person("bob")
    asked = 0

    def stop() -> bool:
        nonlocal asked
        asked += 1
        return asked >= part

    with suppress(Cancelled):
        made = backup.make(CONSOLE, cancelled=stop)
        assert asked < part
        made.file.unlink()
    assert files(little_shop.home / "backups") == []


def test_d5_a_locked_shop_is_told(little_shop: Founded) -> None:
    """Whoever holds it may have been stopped for good."""
    holder = sqlite3.connect(little_shop.home / "shop.db", isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    db.database.execute_sql("PRAGMA busy_timeout = 100")
    with pytest.raises(ShopLocked):
        backup.make(CONSOLE)
    holder.close()


def test_d5_the_key_is_copied_apart(little_shop: Founded, tmp_path: Path) -> None:
    """0600, to the byte, with its entry; once more is fine, over anything else is not."""
    stick = tmp_path / "stick"
    stick.mkdir()
    key = (little_shop.home / "key").read_bytes()
    assert not backup.make(CONSOLE).key_copied
    file = key_copies.copy_key(CONSOLE, stick)
    assert (file.name, file.read_bytes(), file.stat().st_mode & 0o777) == ("little-shop.shopstaff.key", key, 0o600)
    assert key_copies.copy_key(CONSOLE, file) == file
    assert files(stick) == [file.name]
    (stick / "other").write_bytes(key[:-1])
    (stick / "link").symlink_to(file)
    (stick / "folder").mkdir()
    (stick / "folder" / file.name).mkdir()
    for there in (stick / "other", stick / "link", stick / "folder"):
        with pytest.raises(BackupImpossible, match="already"):
            key_copies.copy_key(CONSOLE, there)
    assert len(little_shop.log("backup.key")) == 2
    assert backups.status(CONSOLE).key_copied
    assert backup.make(CONSOLE).key_copied
    db.database.execute_sql("UPDATE setting SET value = 'another' WHERE name = 'key_check'")
    assert not backups.status(CONSOLE).key_copied  # what was copied is not the key that the shop has now


def test_d5_the_key_does_not_lie_beside_backups(little_shop: Founded, tmp_path: Path) -> None:
    """Nor in the data folder; whoever found both would have everything."""
    for name in ("stick", "named"):
        (tmp_path / name).mkdir()
    backup.make(CONSOLE, tmp_path / "stick")
    backup.make(CONSOLE, tmp_path / "named" / "mine.zip")
    for folder in (tmp_path / "stick", tmp_path / "named"):
        with pytest.raises(Invalid, match="backups in it"):
            key_copies.copy_key(CONSOLE, folder)
    for inside in (little_shop.home, little_shop.home / "outbox" / "x"):
        with pytest.raises(Invalid, match="in the data folder"):
            key_copies.copy_key(CONSOLE, inside)
    with pytest.raises(BackupImpossible, match="No such file"):
        key_copies.copy_key(CONSOLE, tmp_path / "nowhere" / "key")
    (tmp_path / "file").touch()
    with pytest.raises(BackupImpossible, match="Not a directory"):
        key_copies.copy_key(CONSOLE, tmp_path / "file" / "key")
    assert little_shop.log("backup.key") == []


@pytest.mark.parametrize("there", [False, True])
def test_d5_no_copy_of_the_key_without_its_entry(
    little_shop: Founded, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, there: bool
) -> None:
    """What was there before stays, though."""
    if there:
        key_copies.copy_key(CONSOLE, tmp_path / "key")

    def full(*_arguments: object) -> None:
        raise DiskFull

    monkeypatch.setattr(_operation, "write", full)
    with pytest.raises(DiskFull):
        key_copies.copy_key(CONSOLE, tmp_path / "key")
    assert (tmp_path / "key").exists() == there


def test_d5_only_the_console_copies_the_key(little_shop: Founded, tmp_path: Path) -> None:
    """A session is no place for it; a damaged log does not stand in the way."""
    with pytest.raises(ConsoleAlone):
        key_copies.copy_key(little_shop.owner, tmp_path)
    with attacker(little_shop.home) as bare:
        bare.execute("UPDATE audit_entry SET actor = 'x' WHERE seq = 1")
    log.verify(Actor.console("tester"))
    assert key_copies.copy_key(CONSOLE, tmp_path / "key").exists()
