"""Files for people to take along."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

import pytest

from models import clock
from models.errors import DiskFull, ShopReadOnly
from models.operations import outbox
from tests.factories import Founded

NOON = clock.end_of_day("2026-12-31", "UTC") - 12 * clock.HOUR - 2_999_999  # 11:59:57 UTC, 19:59:57 in Shanghai


@pytest.fixture(autouse=True)
def _at_noon() -> None:
    clock.set_clock(lambda: NOON)


def test_a_file_bears_our_name_and_the_moment_and_is_for_nobody_else_to_read(little_shop: Founded) -> None:
    """0600, in the outbox, named in the shop's own time, whatever the umask of whoever started the program."""
    before = os.umask(0)
    try:
        path = outbox.put("hand-over-alice", "html", "你好")
    finally:
        os.umask(before)
    assert path == little_shop.home / "outbox" / "hand-over-alice-20261231-195957.html"
    assert path.read_text(encoding="utf-8") == "你好"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_what_is_there_is_never_written_over(little_shop: Founded) -> None:
    """The same name in the same second gets a number."""
    paths = [outbox.put("codes", "csv", str(number)) for number in range(3)]
    assert [path.name for path in paths] == ["codes-20261231-195957.csv", "codes-20261231-195957-2.csv", "codes-20261231-195957-3.csv"]
    assert [path.read_text() for path in paths] == ["0", "1", "2"]


@pytest.mark.parametrize("dangling", [True, False])
def test_a_link_in_the_files_place_is_not_followed(little_shop: Founded, tmp_path: Path, *, dangling: bool) -> None:
    """Nothing appears where the link points; the file gets another name."""
    target = tmp_path / "elsewhere"
    if not dangling:
        target.write_text("mine")
    (little_shop.home / "outbox" / "codes-20261231-195957.csv").symlink_to(target)
    path = outbox.put("codes", "csv", "secret")
    assert path.name == "codes-20261231-195957-2.csv"
    assert not path.is_symlink()
    assert target.exists() is not dangling
    assert dangling or target.read_text() == "mine"


def test_a_link_in_the_folders_place_is_refused(little_shop: Founded, tmp_path: Path) -> None:
    """Codes do not land in a folder that somebody else points at."""
    (little_shop.home / "outbox").rmdir()
    (tmp_path / "public").mkdir()
    (little_shop.home / "outbox").symlink_to(tmp_path / "public")
    with pytest.raises(ShopReadOnly):
        outbox.put("codes", "csv", "secret")
    assert list((tmp_path / "public").iterdir()) == []


def test_a_folder_that_is_gone_is_made_again(little_shop: Founded) -> None:
    """Somebody tidied up."""
    (little_shop.home / "outbox").rmdir()
    assert outbox.put("codes", "csv", "x").exists()


@pytest.mark.parametrize(("number", "refusal"), [(errno.ENOSPC, DiskFull), (errno.EDQUOT, DiskFull), (errno.EIO, ShopReadOnly)])
def test_a_disk_that_takes_no_more_leaves_no_half_file(
    little_shop: Founded, monkeypatch: pytest.MonkeyPatch, number: int, refusal: type[Exception]
) -> None:
    """It says so in plain words, and the part that was written is gone."""

    def full(_file: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(refusal):
        outbox.put("codes", "csv", "secret")
    assert list((little_shop.home / "outbox").iterdir()) == []


def test_a_file_can_be_taken_back(little_shop: Founded) -> None:
    """What it tells of did not come about; twice is no harm."""
    path = outbox.put("codes", "csv", "x")
    outbox.take_back(path)
    outbox.take_back(path)
    assert not path.exists()
