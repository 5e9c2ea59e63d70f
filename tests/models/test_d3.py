"""D3: a full disk, for real: limits to the size of files, a disk of 1 MiB, no pages left. Nothing is half done, and it is said."""

from __future__ import annotations

import errno
import os
import sqlite3
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from models import acting, ballast, db, disk, shop, sqlite
from models.errors import DataUnusable, DiskFailing, DiskFull, ShopDamaged, ShopReadOnly
from models.operations import departments, grants, log, onboarding, presence, roles, sessions, staff
from models.operations.staff import Profile
from models.rules.grants import AccessChange, ExtraGift
from tests.factories import CONSOLE, PASSWORD, STRANGER, Founded
from tests.faults import full_disk
from tests.faults.full_disk import limited

_TABLES = "SELECT name FROM sqlite_master WHERE type = 'table' AND name <> 'setting' AND sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY name"


def everything(founded: Founded) -> list[tuple[object, ...]]:
    """All that is in the tables, those in which the index of messages is kept included, but for what nobody did."""
    tables = [name for (name,) in db.rows(_TABLES)]
    return [row for name in tables for row in db.rows(f'SELECT * FROM "{name}"')]  # names are the database's own


ACTS: dict[str, Callable[[Founded], object]] = {
    "sign in": lambda _f: sessions.sign_in(STRANGER, "owner", PASSWORD),
    "sign out": lambda f: sessions.sign_out(f.owner, why=sessions.SIGNED_OUT),
    "lock": lambda f: presence.lock(f.owner),
    "onboard": lambda f: onboarding.onboard(f.owner, onboarding.Newcomer("new", Profile("New"), "service")),
    "freeze": lambda f: staff.freeze(CONSOLE, f.id_of("bob")),
    "leave": lambda f: staff.leave(CONSOLE, f.id_of("bob")),
    "grant": lambda f: grants.change(CONSOLE, f.id_of("bob"), AccessChange(give_extras=(ExtraGift("goods.view", None),))),
    "department": lambda _f: departments.add(CONSOLE, "Night shift"),
    "role": lambda _f: roles.add(CONSOLE, "Night", ["goods.view"]),
    "accept the log": lambda f: acting.ask(str(f.home), "bob", "goods.view", "look", "tester"),
}


@pytest.mark.parametrize("act", ACTS)
def test_d3_on_a_full_disk_every_act_says_so_and_changes_nothing(little_shop: Founded, act: str) -> None:
    """No file may grow any more, the journal included: that is how a full disk, a quota and a largest size look to SQLite."""
    little_shop.person("bob")
    before = everything(little_shop)
    with limited(0), pytest.raises(DiskFull):
        ACTS[act](little_shop)
    assert everything(little_shop) == before
    assert db.rows("PRAGMA integrity_check") == [("ok",)]
    ACTS[act](little_shop)  # and goes on once there is room
    assert everything(little_shop) != before


def test_d3_what_is_read_is_read_on_a_full_disk(little_shop: Founded) -> None:
    """Opening as well, and verifying the log, which would write that it was done."""
    shop.close()
    with limited(0):
        shop.open(little_shop.home)
        assert log.verify(CONSOLE).is_whole
    assert not little_shop.log("audit.verify")


def test_d3_nobody_is_half_onboarded_and_nobody_signs_in_on_a_disk_that_fills(little_shop: Founded) -> None:
    """On a disk of 1 MiB where one can be mounted, else as far as files may grow; no hash has to be waited for."""
    counted = full_disk.filled(1)
    assert (counted.lost, counted.bad) == (0, ())
    assert counted.acknowledged > 10


def test_d3_where_pages_may_not_grow_it_is_the_same(little_shop: Founded) -> None:
    """SQLite's own limit, in the middle of a transaction that spills."""
    (pages,) = db.rows("PRAGMA page_count")[0]
    db.rows(f"PRAGMA max_page_count = {pages}")
    before = everything(little_shop)

    def fill() -> None:
        for number in range(200):
            departments.add(CONSOLE, f"Department {number}")

    with pytest.raises(DiskFull):
        fill()
    told = [label for _actor, _action, label in little_shop.log("department.add")]
    there = {name for (name,) in db.rows("SELECT name FROM department")}
    assert set(told) <= there
    assert len(everything(little_shop)) == len(before) + 2 * len(told)


# ---- what the disk says


def _failed(code: str, said: str = "disk I/O error") -> sqlite3.OperationalError:
    error = sqlite3.OperationalError(said)
    error.sqlite_errorcode = getattr(sqlite3, code)
    return error


def test_d3_a_disk_that_fails_is_not_told_as_full(tmp_path: Path) -> None:
    """There is room, and it said no all the same: whoever reads that copies everything at once."""
    file = tmp_path / "shop.db"
    file.write_bytes(bytes(4096))
    told = sqlite.in_plain_words(_failed("SQLITE_IOERR_WRITE"), file=str(file))
    assert isinstance(told, DiskFailing) and "Copy the data folder" in str(told)
    with limited(8192):
        assert isinstance(sqlite.in_plain_words(_failed("SQLITE_IOERR_WRITE"), file=str(file)), DiskFull)
    assert isinstance(sqlite.in_plain_words(_failed("SQLITE_IOERR_READ")), DiskFailing)
    assert isinstance(sqlite.in_plain_words(_failed("SQLITE_IOERR_SHORT_READ"), file=str(file)), ShopDamaged)
    assert [path.name for path in tmp_path.iterdir()] == ["shop.db"]


def test_d3_a_journal_that_finds_no_room_is_a_full_disk(tmp_path: Path) -> None:
    """SQLite says that it is unable to open it."""
    file = tmp_path / "shop.db"
    file.touch()
    error = _failed("SQLITE_CANTOPEN", "unable to open database file")
    assert isinstance(sqlite.in_plain_words(error, file=str(file)), ShopReadOnly)
    with limited(0):
        assert isinstance(sqlite.in_plain_words(error, file=str(file)), DiskFull)


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        (errno.ENOSPC, DiskFull),
        (errno.EDQUOT, DiskFull),
        (errno.EFBIG, DiskFull),
        (errno.EIO, DiskFailing),
        (errno.EROFS, ShopReadOnly),
        (errno.EACCES, ShopReadOnly),
    ],
)
def test_d3_what_the_system_says_is_put_in_plain_words(number: int, kind: type[DataUnusable]) -> None:
    """Each of them means something else to do."""
    assert type(disk.in_plain_words(OSError(number, "no"))) is kind


def test_what_is_not_about_the_disk_is_left_to_whoever_asked() -> None:
    """A name that is taken is a mistake of ours."""
    assert disk.in_plain_words(OSError(errno.EEXIST, "taken")) is None


def test_a_probe_that_cannot_be_made_tells_of_the_disk_what_it_can(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder that is gone is none to write to; one that has no shop yet is, and one in which somebody else tries at the same moment."""
    assert isinstance(disk.trouble(str(tmp_path / "gone" / "shop.db")), DiskFailing)
    assert disk.trouble(str(tmp_path / "shop.db")) is None
    (tmp_path / "shop.db").touch()
    assert disk.trouble(str(tmp_path / "shop.db")) is None
    real = os.unlink

    def twice(path: str) -> None:
        real(path)
        real(path)

    monkeypatch.setattr(os, "unlink", twice)
    assert disk.trouble(str(tmp_path / "shop.db")) is None


# ---- ballast


def test_d3_ballast_is_held_back_from_the_start(little_shop: Founded) -> None:
    """Whole, and closed to others."""
    found = (little_shop.home / ballast.NAME).stat()
    assert (found.st_size, stat.S_IMODE(found.st_mode)) == (ballast.BYTES, 0o600)
    assert ballast.size(little_shop.home) == ballast.BYTES


def test_d3_ballast_given_up_stays_so_for_a_day_and_is_made_again(tmp_path: Path) -> None:
    """Whoever has just made room for work does not lose it to the next start."""
    assert ballast.keep(tmp_path)
    assert ballast.give_up(tmp_path) == ballast.BYTES
    assert ballast.give_up(tmp_path) == 0
    assert not ballast.keep(tmp_path) and ballast.size(tmp_path) == 0
    file = tmp_path / ballast.NAME
    os.utime(file, (0, file.stat().st_mtime - ballast.PAUSE - 1))
    assert ballast.keep(tmp_path) and ballast.keep(tmp_path)


def test_d3_ballast_is_made_only_where_there_is_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It would be what fills the disk."""
    monkeypatch.setattr(disk, "free", lambda _folder: disk.LITTLE + ballast.BYTES - 1)
    assert not ballast.keep(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_d3_ballast_that_cannot_be_made_leaves_nothing_and_stops_nobody(tmp_path: Path) -> None:
    """A quota does not show in what is free."""
    with limited(ballast.BYTES // 2):
        assert not ballast.keep(tmp_path)
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "file").touch()
    assert not ballast.keep(tmp_path / "file")
    assert ballast.size(tmp_path / "file") == 0


def test_half_of_a_ballast_is_made_whole(tmp_path: Path) -> None:
    """As after a power cut while it was written."""
    (tmp_path / ballast.NAME).write_bytes(b"x" * 100)
    assert ballast.keep(tmp_path)
    assert ballast.size(tmp_path) == ballast.BYTES


def test_ballast_that_cannot_be_given_up_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that became read-only."""

    def no(*_args: object) -> int:
        raise OSError(errno.EROFS, "read-only")

    ballast.keep(tmp_path)
    monkeypatch.setattr(os, "open", no)
    with pytest.raises(ShopReadOnly):
        ballast.give_up(tmp_path)
    monkeypatch.setattr(os, "open", lambda *_args: (_ for _ in ()).throw(OSError(errno.ELOOP, "a link")))
    with pytest.raises(OSError, match="a link"):
        ballast.give_up(tmp_path)


def test_d3_room_that_gets_little_is_noticed(little_shop: Founded, monkeypatch: pytest.MonkeyPatch) -> None:
    """Under 64 MiB; a folder that is gone is told by whatever reads next."""
    monkeypatch.setattr(disk, "free", lambda _folder: disk.LITTLE - 1)
    assert shop.room_is_little()
    monkeypatch.setattr(disk, "free", lambda _folder: disk.LITTLE)
    assert not shop.room_is_little()

    def gone(_folder: str) -> int:
        raise FileNotFoundError

    monkeypatch.setattr(disk, "free", gone)
    assert not shop.room_is_little()
