"""What the faults are judged by sees what it has to see: a disk after a power cut, a shop that is not as its log tells."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from random import Random

import pytest

from models import db, sqlite
from tests.faults import power, writing
from tests.faults.__main__ import chosen
from tests.faults.disk import KEEP_ALL, KEEP_NOTHING, KEEP_SOME, SECTOR, File, Folder
from tests.faults.registry import CannotRunError, Counted
from tests.faults.state import lost, wrong
from tests.faults.writing import Said


@pytest.fixture(scope="module")
def stood(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A shop with people, as writers find it."""
    home = tmp_path_factory.mktemp("stood") / "home"
    writing.stand(home, sqlite.DELETE)
    return home


@pytest.fixture
def home(stood: Path, copied: Callable[[Path], Path]) -> Path:
    """The same, this test's own."""
    return copied(stood)


@pytest.fixture
def copied(tmp_path: Path) -> Callable[[Path], Path]:
    """Copies a shop."""

    def copy(source: Path) -> Path:
        Folder(source).cut(tmp_path / "copy", KEEP_ALL, Random(1))
        return tmp_path / "copy"

    return copy


def left(folder: Folder, at: Path, keep: str, seed: int = 1) -> dict[str, bytes]:
    """What is on the disk after a power cut."""
    place = at / f"{keep}{seed}"
    place.mkdir()
    folder.cut(place, keep, Random(seed))
    return {each.name: each.read_bytes() for each in place.iterdir()}


def test_d1_a_disk_keeps_what_was_synced_and_promises_nothing_else(tmp_path: Path) -> None:
    """Content by the file, names by the folder."""
    source = tmp_path / "source"
    source.mkdir()
    (source / "old").write_bytes(b"old")
    folder = Folder(source)
    folder.now["old"].change(0, b"new")
    folder.name(("fresh", File()))
    folder.now["fresh"].change(0, b"fresh")
    assert left(folder, tmp_path, KEEP_NOTHING) == {"old": b"old"}
    assert left(folder, tmp_path, KEEP_ALL) == {"old": b"new", "fresh": b"fresh"}
    folder.now["fresh"].sync()
    assert left(folder, tmp_path, KEEP_NOTHING, 2) == {"old": b"old"}  # it has no name yet
    folder.sync()
    folder.now["old"].sync()
    folder.name(("old", None))
    assert left(folder, tmp_path, KEEP_NOTHING, 3) == {"old": b"new", "fresh": b"fresh"}  # the name is not gone for good yet
    assert left(folder, tmp_path, KEEP_ALL, 3) == {"fresh": b"fresh"}


def test_d1_what_was_not_synced_is_there_in_part_and_in_any_order(tmp_path: Path) -> None:
    """Two writes: none, either, both; and one cut off between two sectors."""
    source = tmp_path / "source"
    source.mkdir()
    (source / "file").write_bytes(bytes(4 * SECTOR))
    folder = Folder(source)
    folder.now["file"].change(0, b"a" * SECTOR)
    folder.now["file"].change(SECTOR, b"b" * 3 * SECTOR)
    seen = {left(folder, tmp_path, KEEP_SOME, seed)["file"][::SECTOR] for seed in range(200)}
    assert {b"\0\0\0\0", b"a\0\0\0", b"\0bbb", b"abbb", b"ab\0\0"} <= seen


def test_d1_a_recording_is_replayed_call_by_call(tmp_path: Path) -> None:
    """Writing at the end, at a place, cutting off, a name taken away; what was acknowledged counts from its own call on."""
    home, said = tmp_path / "home", tmp_path / "said"
    home.mkdir()
    (home / "kept").write_bytes(b"12")
    told = "".join(f"\\x{byte:02x}" for byte in b'["w", "department.add", "Night", ""]\n')
    trace = [
        f'openat(AT_FDCWD</x>, "\\x61", O_WRONLY|O_APPEND|O_CLOEXEC) = 3<{home}/kept>',
        f'write(3<{home}/kept>, "\\x33\\x34", 2) = 2',
        f'openat(AT_FDCWD</x>, "\\x61", O_RDWR|O_CREAT, 0600) = 4<{home}/fresh>',
        f'pwrite64(4<{home}/fresh>, "\\x61\\x62\\x63", 3, 1) = 3',
        f"fdatasync(4<{home}/fresh>) = 0",
        f'write(5<{said}/w>, "{told}", 37) = 37',
        f"ftruncate(4<{home}/fresh>, 2) = 0",
        f"fsync(6<{home}>) = 0",
        f'unlink("{home}/kept") = -1 ENOENT (No such file or directory)',
    ]
    folder = Folder(home)
    known = [len(acknowledged) for acknowledged in power._replayed(trace, folder, home, said)]
    assert known == [0, 0, 0, 0, 1, 1]
    assert left(folder, tmp_path, KEEP_ALL) == {"kept": b"1234", "fresh": b"\0a"}
    assert left(folder, tmp_path, KEEP_NOTHING) == {"kept": b"12", "fresh": b"\0abc"}


def test_a_call_that_cannot_be_replayed_is_said(tmp_path: Path) -> None:
    """Never left out in silence."""
    for line in (f"fallocate(3<{tmp_path}/x>, 0, 0, 9) = 0", f"write(3<{tmp_path}/x>, <unfinished ...>"):
        with pytest.raises(CannotRunError):
            list(power._replayed([line], Folder(tmp_path), tmp_path, tmp_path / "said"))


def test_d1_a_shop_that_is_as_its_log_tells_is_fine(home: Path) -> None:
    """Nothing is found where nothing is wrong."""
    assert wrong(home) == []


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE staff SET status = 'frozen' WHERE login = 'p1'",
        "DELETE FROM credential WHERE staff_id = (SELECT id FROM staff WHERE login = 'p1')",
        "UPDATE extra SET ended_at = 1, ended_by = 'x' WHERE id = (SELECT min(id) FROM extra)",
        "INSERT INTO department (name, position, version) VALUES ('Nowhere', 9, 1)",
        "UPDATE staff SET status = 'left', left_at = 1, activated_at = NULL WHERE login = 'p3'",
    ],
)
def test_d1_a_table_that_is_not_as_the_log_tells_is_found(home: Path, sql: str) -> None:
    """Half of an operation, whichever half."""
    with closing(sqlite3.connect(home / db.FILE_NAME)) as bare, bare:
        assert bare.execute(sql).rowcount == 1
    assert wrong(home)


def test_d1_what_is_not_there_is_lost_once_for_each_time_it_was_acknowledged(home: Path) -> None:
    """An entry that is there counts for one acknowledgement only."""
    there = Said("p1", "staff.activate", "p1")
    assert lost(home, [there]) == []
    assert len(lost(home, [there, there])) == 1
    assert len(lost(home, [there._replace(label="p2")])) == 1


def test_a_file_that_is_none_is_said(home: Path) -> None:
    """No traceback of the judge's own."""
    (home / db.FILE_NAME).write_bytes(b"no database")
    assert wrong(home)[0].startswith("cannot be used")


def test_scenarios_are_chosen_by_name_and_by_row() -> None:
    """All of them where none is named; what there is not is said."""
    assert [each.name for each in chosen(["kills"])] == ["kills"]
    assert {"kills", "power-cut"} <= {each.name for each in chosen(["D1"])}
    assert len(chosen([])) > 5
    with pytest.raises(SystemExit):
        chosen(["flood"])


def test_no_round_at_all_proves_nothing() -> None:
    """Nor does one in which something was lost, or bad."""
    assert Counted(1, 1, 0).is_good
    assert not any(counted.is_good for counted in (Counted(0, 0, 0), Counted(1, 1, 1), Counted(1, 1, 0, ("x",))))
