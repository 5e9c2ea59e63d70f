"""A backup as a file: what was packed comes out, or nothing; and it has its name when it is whole."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import pwd
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from models import backup_file
from models.backup_file import DAMAGED, NEWER, NO_BACKUP, Manifest, _writing
from models.errors import BackupImpossible, BackupUnusable, Cancelled, DiskFull, ShopReadOnly

CONTENT = bytes(range(256)) * 3000
TOLD = Manifest(1, "小店", "little", 1_800_000_000_123_456, "0.1", ("0001_a", "0002_b"), 7, b"h" * 32, "check", 0, "", b"f" * 32)


@pytest.fixture
def packed(tmp_path: Path) -> Path:
    """A backup of `CONTENT`."""
    (tmp_path / "shop.db").write_bytes(CONTENT)
    target = tmp_path / TOLD.name
    backup_file.write(tmp_path / "shop.db", target, TOLD)
    return target


def refused(file: Path, into: Path) -> str:
    """Why it cannot be used; nothing of it is left."""
    with pytest.raises(BackupUnusable) as caught:
        backup_file.extract(file, into)
    assert not into.exists()
    assert str(file) in str(caught.value)
    return caught.value.reason


def repacked(
    file: Path, told: object = None, *, names: tuple[str, ...] = ("shop.db", "manifest.json"), changed: dict[str, object] | None = None
) -> Path:
    """The backup again, with another manifest or other things in it."""
    with zipfile.ZipFile(file) as archive:
        content, manifest = archive.read("shop.db"), json.loads(archive.read("manifest.json"))
    if told is None:
        told = {key: value for key, value in (manifest | (changed or {})).items() if value is not ...}
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, content if name == "shop.db" else told if isinstance(told, bytes) else json.dumps(told))
    return file


def test_d5_what_was_packed_comes_out(packed: Path, tmp_path: Path) -> None:
    """To the byte, 0600, with all that was said of it; beside it nothing is left."""
    found = backup_file.manifest(packed)
    assert found == TOLD._replace(bytes=len(CONTENT), sha256=found.sha256)
    steps: list[tuple[int, int]] = []
    assert backup_file.extract(packed, tmp_path / "out.db", progress=lambda done, total: steps.append((done, total))) == found
    assert (tmp_path / "out.db").read_bytes() == CONTENT
    assert steps[-1] == (len(CONTENT), len(CONTENT))
    assert {stat.S_IMODE(file.stat().st_mode) for file in (packed, tmp_path / "out.db")} == {0o600}
    assert sorted(file.name for file in tmp_path.iterdir()) == [packed.name, "out.db", "shop.db"]
    assert found.code_of_log.startswith("7-")
    assert found._replace(head=None).code_of_log == ""


def test_d5_a_log_without_entries_has_no_head(packed: Path, tmp_path: Path) -> None:
    """Nor a first entry."""
    other = tmp_path / "empty.zip"
    backup_file.write(tmp_path / "shop.db", other, TOLD._replace(entries=0, head=None, first=None, made_at=0))
    found = backup_file.manifest(other)
    assert (found.head, found.first, found.made_at) == (None, None, 0)


def test_d5_names_tell_the_shop_and_the_moment() -> None:
    """Two of one second are numbered; what people call theirs is not ours."""
    assert TOLD.name == "little-2027-01-15T080000Z.shopstaff.zip"
    assert TOLD.is_named(TOLD.name)
    assert TOLD.is_named("little-2027-01-15T080000Z-2.shopstaff.zip")
    for name in ("little.zip", "my little-2027-01-15T080000Z.shopstaff.zip", "other-2027-01-15T080000Z.shopstaff.zip", f"{TOLD.name}.part"):
        assert not TOLD.is_named(name)


def test_d5_nothing_is_written_over(packed: Path, tmp_path: Path) -> None:
    """No file, no folder, no link, wherever it leads; nor where somebody takes the name while it is written."""
    (tmp_path / "link").symlink_to(tmp_path / "aim")
    (tmp_path / "folder").mkdir()
    before = packed.read_bytes()
    for target in (packed, tmp_path / "link", tmp_path / "folder"):
        with pytest.raises(BackupImpossible, match="is there already"):
            backup_file.write(tmp_path / "shop.db", target, TOLD)
    with pytest.raises(BackupImpossible, match="is there already"):
        backup_file.write(tmp_path / "shop.db", tmp_path / "late", TOLD, progress=lambda *_: (tmp_path / "late").touch())
    assert packed.read_bytes() == before
    assert not (tmp_path / "aim").exists()
    assert (tmp_path / "late").read_bytes() == b""
    assert not list(tmp_path.glob(".*"))


def test_d5_a_stick_without_second_names_is_fine(packed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """FAT knows no links, and some file systems neither locks nor folders that can be written through: all of that is made do without."""

    def no(*_arguments: object, **_named: object) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    real = os.fsync

    def only_files(number: int) -> None:
        if stat.S_ISDIR(os.fstat(number).st_mode):
            raise OSError(errno.EINVAL, "Invalid argument")
        real(number)

    monkeypatch.setattr(os, "link", no)
    monkeypatch.setattr(fcntl, "flock", no)
    monkeypatch.setattr(os, "fsync", only_files)
    backup_file.write(tmp_path / "shop.db", tmp_path / "stick.zip", TOLD)
    assert backup_file.manifest(tmp_path / "stick.zip").entries == 7
    with pytest.raises(BackupImpossible, match="is there already"):
        backup_file.write(tmp_path / "shop.db", tmp_path / "late", TOLD, progress=lambda *_: (tmp_path / "late").touch())


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (errno.ENOSPC, "not enough room"),
        (errno.EDQUOT, "not enough room"),
        (errno.EIO, "cannot be written (Input/output error)"),
        (errno.EROFS, "cannot be written (Read-only file system)"),
        (errno.EACCES, f"written as {pwd.getpwuid(os.geteuid()).pw_name}"),
    ],
)
@pytest.mark.parametrize("of", ["file", "folder"])
def test_d5_a_disk_that_fails_leaves_no_file(
    packed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, said: str, of: str
) -> None:
    """Full, pulled out, read-only, closed to us: a line says which, and nothing is left under the name or another."""
    real = os.fsync

    def fails(number: int) -> None:
        if stat.S_ISDIR(os.fstat(number).st_mode) == (of == "folder"):
            raise OSError(code, os.strerror(code))
        real(number)

    monkeypatch.setattr(os, "fsync", fails)
    with pytest.raises(BackupImpossible) as caught:
        backup_file.write(tmp_path / "shop.db", tmp_path / "new.zip", TOLD)
    assert said in str(caught.value)
    assert sorted(file.name for file in tmp_path.iterdir()) == [packed.name, "shop.db"]


def test_d5_a_user_without_a_name_is_told_by_number(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a container."""

    def nobody(_number: int) -> None:
        raise KeyError

    monkeypatch.setattr(pwd, "getpwuid", nobody)
    assert str(os.geteuid()) in str(backup_file.impossible(PermissionError(errno.EACCES, "no"), Path("/x/y")))
    assert "OSError" in str(backup_file.impossible(OSError(), Path("/x/y")))


def test_d5_stopping_leaves_nothing(packed: Path, tmp_path: Path) -> None:
    """In either direction."""
    with pytest.raises(Cancelled):
        backup_file.write(tmp_path / "shop.db", tmp_path / "new.zip", TOLD, cancelled=lambda: True)
    with pytest.raises(Cancelled):
        backup_file.extract(packed, tmp_path / "out.db", cancelled=lambda: True)
    assert sorted(file.name for file in tmp_path.iterdir()) == [packed.name, "shop.db"]


def test_d5_what_killed_ones_left_is_swept_and_nothing_else(tmp_path: Path) -> None:
    """Parts under names of ours that nobody holds; not one that is being written, not what somebody else called so."""
    names = [f".little-2027-01-15T08000{n}Z.shopstaff.zip.part" for n in range(3)]
    others = [".mine.shopstaff.zip.part", "little-2027-01-15T080000Z.shopstaff.zip"]
    for name in (*names[:2], *others):
        (tmp_path / name).touch()
    (tmp_path / names[2]).symlink_to(tmp_path / others[1])
    with (tmp_path / names[0]).open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        backup_file.sweep(tmp_path)
    assert sorted(file.name for file in tmp_path.iterdir()) == sorted([names[0], names[2], *others])
    backup_file.sweep(tmp_path / "nowhere")


def test_d5_a_part_of_the_same_name_is_begun_anew(tmp_path: Path) -> None:
    """Where somebody chose the name, and the first time was killed."""
    (tmp_path / "shop.db").write_bytes(CONTENT)
    (tmp_path / ".mine.zip.part").write_bytes(b"half")
    backup_file.write(tmp_path / "shop.db", tmp_path / "mine.zip", TOLD)
    assert backup_file.manifest(tmp_path / "mine.zip").entries == 7


def test_d5_any_bit_that_falls_over_is_found(packed: Path, tmp_path: Path) -> None:
    """Or changes nothing: of 400 at random, and every cut."""
    whole, chance = packed.read_bytes(), Random(3)
    refusals = 0
    for n in range(400):
        bad = bytearray(whole)
        where = chance.randrange(len(whole) * 8) if n % 2 else (len(whole) - 1 - chance.randrange(700)) * 8 + chance.randrange(8)
        bad[where // 8] ^= 1 << where % 8
        packed.write_bytes(bad)
        try:
            backup_file.extract(packed, tmp_path / "out.db")
        except BackupUnusable:
            refusals += 1
            assert not (tmp_path / "out.db").exists()
        else:
            assert (tmp_path / "out.db").read_bytes() == CONTENT
            (tmp_path / "out.db").unlink()
    assert refusals > 300
    for length in range(0, len(whole), 397):
        packed.write_bytes(whole[:length])
        refused(packed, tmp_path / "out.db")


@pytest.mark.parametrize("make", [Path.mkdir, Path.touch, lambda path: path.write_text("hello"), os.mkfifo])
def test_d5_what_is_no_backup_is_told(tmp_path: Path, make: Callable[[Path], object]) -> None:
    """A folder, an empty file, a letter; a pipe, which is not waited for."""
    make(tmp_path / "x")
    assert refused(tmp_path / "x", tmp_path / "out.db") == NO_BACKUP


def test_d5_what_cannot_be_opened_is_told(tmp_path: Path) -> None:
    """Not there; under a name that no file can have."""
    assert "no such file" in refused(tmp_path / "x", tmp_path / "out.db")
    with pytest.raises(BackupUnusable, match="null"):
        backup_file.manifest(Path("a\0b"))
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    with pytest.raises(BackupUnusable, match="symbolic links"):
        backup_file.manifest(tmp_path / "loop")


@pytest.mark.parametrize("names", [("shop.db",), ("manifest.json",), ("shop.db", "manifest.json", "../../etc/passwd")])
def test_d5_an_archive_of_something_else_is_no_backup(packed: Path, tmp_path: Path, names: tuple[str, ...]) -> None:
    """Exactly two things are in one."""
    assert refused(repacked(packed, names=names), tmp_path / "out.db") == NO_BACKUP


@pytest.mark.parametrize(
    "changed",
    [
        {"format": "1"},
        {"format": True},
        {"entries": -1},
        {"bytes": None},
        {"schema": "0001"},
        {"schema": [1]},
        {"shop": 7},
        {"head": "xyz"},
        {"head": "00"},
        {"made_at": "yesterday"},
        {"made_at": 5},
        {"code": ...},
        {"bytes": 5},
        {"sha256": "0" * 64},
    ],
)
def test_d5_a_manifest_that_says_nonsense_is_damaged(packed: Path, tmp_path: Path, changed: dict[str, object]) -> None:
    """Another kind of value, none at all, another size or sum than the database has."""
    assert refused(repacked(packed, changed=changed), tmp_path / "out.db") == DAMAGED


@pytest.mark.parametrize("told", [b"", b"[]", b"null", b"{", b"\xff\xfe", b"[" * 50_000])
def test_d5_a_manifest_that_is_none_is_damaged(packed: Path, tmp_path: Path, told: bytes) -> None:
    """Whatever stands there in its place."""
    assert refused(repacked(packed, told), tmp_path / "out.db") == DAMAGED


def test_d5_a_newer_one_is_told_as_such(packed: Path, tmp_path: Path) -> None:
    """Whatever else it says, which we cannot know."""
    assert refused(repacked(packed, {"format": 2}), tmp_path / "out.db") == NEWER


@pytest.mark.parametrize("how", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_d5_what_is_packed_in_no_way_of_ours_is_not_unpacked(packed: Path, tmp_path: Path, how: int) -> None:
    """Neither whole nor damaged: those take memory as they like, and fail with errors of their own."""
    with zipfile.ZipFile(packed) as archive:
        content = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(packed, "w", how) as archive:
        for name, held in content.items():
            archive.writestr(name, held)
    assert refused(packed, tmp_path / "out") == NO_BACKUP
    found = bytearray(packed.read_bytes())
    found[45:60] = bytes(15)
    packed.write_bytes(found)
    assert refused(packed, tmp_path / "out") == NO_BACKUP


def test_d5_a_bomb_does_not_go_off(packed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A manifest of megabytes; a database that unpacks to more than it says; more than there is room for."""
    assert refused(repacked(packed, b" " * 10_000_000), tmp_path / "out.db") == NO_BACKUP
    (tmp_path / "shop.db").write_bytes(bytes(5_000_000))
    bomb = tmp_path / "bomb.zip"
    told = backup_file.write(tmp_path / "shop.db", bomb, TOLD)
    raw = bomb.read_bytes()
    size = (5_000_000).to_bytes(4, "little")
    central = raw.rindex(b"PK\x01\x02", 0, raw.rindex(b"PK\x01\x02"))
    at = raw.index(size, central)
    bomb.write_bytes(raw[:at] + (1000).to_bytes(4, "little") + raw[at + 4 :])
    assert refused(bomb, tmp_path / "out.db") == DAMAGED
    assert told.bytes == 5_000_000

    fresh = tmp_path / "fresh.zip"
    backup_file.write(tmp_path / "shop.db", fresh, TOLD)
    real = os.statvfs(tmp_path)

    class Little:
        f_bavail, f_frsize = 10, 4096

    assert real.f_bavail > 10
    monkeypatch.setattr(os, "statvfs", lambda _path: Little)
    with pytest.raises(DiskFull):
        backup_file.extract(fresh, tmp_path / "out.db")


@pytest.mark.parametrize(("code", "kind"), [(errno.ENOSPC, DiskFull), (errno.EROFS, ShopReadOnly)])
def test_d5_what_cannot_be_unpacked_leaves_nothing(
    packed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, kind: type[Exception]
) -> None:
    """A disk that is full, or read-only."""

    def fails(_number: int) -> None:
        raise OSError(code, "")

    monkeypatch.setattr(os, "fsync", fails)
    with pytest.raises(kind):
        backup_file.extract(packed, tmp_path / "out.db")
    assert not (tmp_path / "out.db").exists()


def test_d5_unpacking_goes_over_nothing(packed: Path, tmp_path: Path) -> None:
    """What is there stays."""
    (tmp_path / "out.db").write_bytes(b"mine")
    with pytest.raises(ShopReadOnly):
        backup_file.extract(packed, tmp_path / "out.db")
    assert (tmp_path / "out.db").read_bytes() == b"mine"


def test_d5_times_before_zip_knew_any_are_written(tmp_path: Path) -> None:
    """On a machine without a clock battery it may be 1970."""
    assert _writing._entry("x", 0).date_time == (1980, 1, 1, 0, 0, 0)
