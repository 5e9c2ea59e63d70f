"""What `doctor` says of the disk, each sentence once."""

from __future__ import annotations

import os
import shlex
import subprocess
from pathlib import Path

import pytest

from models import ballast, disk
from models.errors import DiskFailing, DiskFull
from tests.faults.full_disk import limited
from tui.doctor import room, sight
from tui.doctor.finding import FINE, LOOK, WRONG, Finding

HOUR = 60 * 60


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A data folder in which everything is as it should be."""
    (tmp_path / "shop.db").write_bytes(bytes(8192))
    (tmp_path / "outbox").mkdir()
    ballast.keep(tmp_path)
    return tmp_path


def said(home: Path, about: str) -> list[tuple[str, str, str]]:
    """Verdict, sentence and what to do, of all lines about this."""
    return [(each.verdict, str(each.found), str(each.todo or "")) for each in room.judged(home, "shop") if each.about == about]


def one(home: Path, about: str) -> tuple[str, str, str]:
    """The one line about this."""
    (found,) = said(home, about)
    return found


def test_a_disk_with_room_that_takes_everything_is_fine(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Four lines, nothing to do."""
    monkeypatch.setattr(sight, "free", lambda _home: disk.LITTLE)
    found = list(room.judged(home, "shop"))
    assert [(each.verdict, each.about) for each in found] == [(FINE, "Writing"), (FINE, "Free space"), (FINE, "Ballast")]
    assert "1024 KiB" in str(found[2].found)


def test_d3_little_room_names_what_takes_most(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the database nor the ballast, without which it is worse."""
    monkeypatch.setattr(sight, "free", lambda _home: disk.LITTLE - 1)
    (home / "outbox" / "staff.csv").write_bytes(bytes(3 * room.MIB))
    verdict, found, todo = one(home, "Free space")
    assert (verdict, found) == (LOOK, "63 MiB")
    assert "outbox (3.0 MiB)" in todo and "ballast" not in todo and "shop.db" not in todo


def test_d3_a_full_disk_is_wrong_and_says_what_gives_room(home: Path) -> None:
    """Also where statvfs says that there is room: a quota, or the largest size of a file."""
    with limited(8192):
        verdict, found, todo = one(home, "Free space")
        assert verdict == WRONG and "nothing more can be written" in found
        assert "shopstaff doctor --free" in todo
        assert said(home, "Writing") == []
    ballast.give_up(home)
    with limited(8192):
        assert "--free" not in one(home, "Free space")[2]
    verdict, found, todo = one(home, "Ballast")
    assert verdict == LOOK and "Nothing is held back" in found and "65 MiB" in todo


def test_d3_a_disk_that_fails_is_wrong_and_says_to_copy(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It has room, and does not take it."""
    monkeypatch.setattr(disk, "trouble", lambda _file: DiskFailing())
    verdict, found, todo = one(home, "Writing")
    assert verdict == WRONG and "may be failing" in found
    assert f"Copy {home}" in todo and "restore FILE" in todo
    monkeypatch.setattr(disk, "trouble", lambda _file: DiskFull())
    assert said(home, "Writing") == []


class _Mounted:
    f_flag, f_bavail, f_frsize = os.ST_RDONLY, 1 << 20, 4096


def test_d4_a_disk_that_is_mounted_read_only_says_how_to_mount_it(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The system does that to a disk that fails."""
    monkeypatch.setattr(os, "statvfs", lambda _path: _Mounted)
    verdict, found, todo = one(home, "Writing")
    assert verdict == WRONG and "read only" in found
    assert "dmesg" in todo and "mount -o remount,rw /" in todo


def test_d4_files_that_cannot_be_written_say_whose_they_should_be(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Root can write anything, so the answer of the system stands in for it."""
    monkeypatch.setattr(os, "access", lambda _path, _mode: False)
    (folder, file) = said(home, "Writing")
    assert folder == (WRONG, f"{home} cannot be written by shop.", f"As root: chown shop {home}; chmod u+rwx {home}")
    assert file[2].endswith(f"chmod u+rw {home}/shop.db")


def test_what_was_left_behind_is_named_with_what_removes_it(home: Path) -> None:
    """And nothing that somebody may still be writing."""
    names = ["key.new", "anchors.new", "shop-after-0004_names.db.part", "outbox/a b.csv.part"]
    for name in names:
        (home / name).touch()
    assert said(home, "Left over") == []
    for name in names:
        os.utime(home / name, (0, (home / name).stat().st_mtime - 2 * HOUR))
    verdict, found, todo = one(home, "Left over")
    assert verdict == LOOK and "(+1)" in found
    subprocess.run(["sh", "-c", todo.removeprefix("Nobody needs it: ")], check=True)
    assert said(home, "Left over") == []


def test_copies_from_before_an_upgrade_are_named(home: Path) -> None:
    """They are as large as the shop."""
    for name in ("shop-after-0004_names.db", "shop-before-restore-2026.db", "anchors-before-restore-2026"):
        (home / name).write_bytes(bytes(room.MIB))
    verdict, found, todo = one(home, "Earlier copies")
    assert verdict == LOOK and found.startswith("3, with 3.0 MiB")
    assert shlex.quote(str(home / "shop-after-0004_names.db")) in todo


def test_files_that_go_while_one_looks_are_nothing(home: Path) -> None:
    """A journal, or what somebody has just finished."""
    assert room._size(home / "gone") == 0
    assert room._age(home / "gone") == 0.0
    assert isinstance(room.failing(home, DiskFailing()), Finding)
