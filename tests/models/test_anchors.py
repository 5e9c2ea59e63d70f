"""Heads of the log kept beside the database and in syslog: when, how many, and by whom they can be written."""

from __future__ import annotations

import os
import shutil
import socket
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from models import anchors, clock, db, key_file
from models.anchors import Anchor
from models.clock import MINUTE
from models.errors import KeyMissing, NothingChanged
from models.operations import departments, sessions
from models.queries import chain
from models.rules import anchor_codes
from tests import factories
from tests.factories import CONSOLE, Founded
from tests.models.doors import Watch


@pytest.fixture(autouse=True)
def _due(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test before this one has kept a head a moment ago."""
    monkeypatch.setattr(anchors._State, "at", None)


def numbers(home: Path) -> list[int]:
    """The entries whose hash was kept."""
    return [each.number for each in anchors.read(home)]


def last() -> int:
    """The number of the last entry."""
    head = chain.head()
    assert head is not None
    return head.number


def test_a_head_is_kept_once_a_minute(little_shop: Founded, watch: Watch) -> None:
    """Of many changes in a minute, the first; after it, or when the clock was set back, again."""
    (little_shop.home / "anchors").unlink(missing_ok=True)
    for seconds in (0, 1, 58, 2, -3600, 1):
        watch.passes(seconds)
        departments.add(CONSOLE, f"Shift {watch.now}")
    assert len(numbers(little_shop.home)) == 3
    assert stat.S_IMODE((little_shop.home / "anchors").stat().st_mode) == 0o600


def test_whoever_comes_or_goes_has_it_kept_at_once(little_shop: Founded) -> None:
    """However short ago the last was."""
    departments.add(CONSOLE, "Shift")
    before = numbers(little_shop.home)
    sessions.sign_out(little_shop.owner)
    assert numbers(little_shop.home) == [*before, last()]
    assert anchors.read(little_shop.home)[-1].digest == chain.head().digest  # type: ignore[union-attr]  # as `last` has seen


def test_what_was_rolled_back_is_never_kept(little_shop: Founded) -> None:
    """Nor is it kept later, with what another transaction writes: it would look like an end that is gone."""
    before = numbers(little_shop.home)

    def broken_off() -> None:
        with db.transaction():
            sessions.sign_out(little_shop.owner)
            raise NothingChanged

    with pytest.raises(NothingChanged):
        broken_off()
    assert numbers(little_shop.home) == before
    with db.transaction():
        pass
    assert numbers(little_shop.home) == before
    with db.database.atomic() as everything:
        sessions.sign_out(little_shop.owner)
        everything.rollback()
    with db.transaction():
        pass
    assert numbers(little_shop.home) == before


def test_nothing_that_is_wrong_there_fails_a_write(little_shop: Founded, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder or a link in the place of the file, no key, a disk that is full: the write is done."""
    file = little_shop.home / "anchors"
    file.unlink(missing_ok=True)
    file.mkdir()
    departments.add(CONSOLE, "One")
    file.rmdir()
    file.symlink_to(little_shop.home / "elsewhere")
    anchors.keep(now=True)
    assert not (little_shop.home / "elsewhere").exists()
    assert anchors.read(little_shop.home) == []
    file.unlink()
    monkeypatch.setattr(os, "write", lambda *_all: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    anchors.keep(now=True)
    monkeypatch.undo()
    (little_shop.home / "key").rename(little_shop.home / "key.away")
    anchors.keep(now=True)
    with pytest.raises(KeyMissing):
        key_file.read(little_shop.home)
    assert anchors.read(little_shop.home) == []


def test_without_the_key_nothing_is_understood(little_shop: Founded) -> None:
    """What is kept tells nothing then, and nothing is blamed."""
    anchors.keep(now=True)
    assert numbers(little_shop.home)
    (little_shop.home / "key").unlink()
    assert numbers(little_shop.home) == []


def test_an_empty_log_has_no_head(tmp_path: Path) -> None:
    """A shop that is being set up."""
    from models import shop

    shop.open(tmp_path, create=True)
    try:
        anchors.keep(now=True)
        assert chain.head() is None
        assert anchors.read(tmp_path) == []
    finally:
        shop.close()


def test_the_file_stays_small_and_keeps_the_newest(little_shop: Founded, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of what is older, every second goes, again and again; the first stays."""
    monkeypatch.setattr(anchors, "LARGEST", 4000)
    (little_shop.home / "anchors").unlink(missing_ok=True)
    key = key_file.read(little_shop.home)
    for number in range(1, 301):
        anchors._append(little_shop.home, anchors._line(key, Anchor(number, number * MINUTE, bytes(32))))
    kept = numbers(little_shop.home)
    assert (little_shop.home / "anchors").stat().st_size <= 4200
    assert kept[0] == 1 and kept[-5:] == [296, 297, 298, 299, 300]
    assert kept == sorted(kept)
    assert [each.number for each in anchors.newest(little_shop.home)] == kept[-anchors.LAST :]
    assert not (little_shop.home / "anchors.new").exists()
    assert stat.S_IMODE((little_shop.home / "anchors").stat().st_mode) == 0o600


def test_a_line_of_another_shop_says_nothing(little_shop: Founded, tmp_path: Path) -> None:
    """Each has a key of its own."""
    factories.template(tmp_path / "other")
    anchors.keep(now=True)
    shutil.copy(tmp_path / "other" / "anchors", little_shop.home / "anchors")
    assert numbers(little_shop.home) == []


# ---- syslog


@pytest.fixture
def syslog(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    """A machine with a syslog of its own."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as daemon:
        daemon.bind(str(tmp_path / "log"))
        daemon.setblocking(False)
        monkeypatch.setattr(anchors._State, "syslog", str(tmp_path / "log"))
        yield daemon


def test_syslog_is_told_the_number_and_the_code_and_nothing_else(little_shop: Founded, syslog: socket.socket) -> None:
    """Facility auth, severity informational."""
    anchors.keep(now=True)
    head = chain.head()
    assert head is not None
    said = syslog.recv(1000).decode()
    assert said.startswith("<38>")
    assert said.endswith(f" shopstaff[{os.getpid()}]: log {head.number} {head.code}")
    assert anchor_codes.read(said.rpartition(" ")[2]) is not None
    with pytest.raises(BlockingIOError):
        syslog.recv(1000)


def test_a_syslog_that_hangs_or_is_gone_keeps_nobody_waiting(little_shop: Founded, syslog: socket.socket, tmp_path: Path) -> None:
    """Its queue is full, and nobody reads it; then nobody is there at all."""
    begun = clock.now()
    for _each in range(600):
        anchors.keep(now=True)
    assert clock.now() - begun < 30 * clock.SECOND
    syslog.close()
    anchors.keep(now=True)
    (tmp_path / "log").unlink()
    anchors.keep(now=True)


def test_the_sample_shop_is_none_of_syslogs_business(little_shop: Founded, syslog: socket.socket) -> None:
    """Nor are tests."""
    anchors.keep_out_of_syslog()
    anchors.keep(now=True)
    with pytest.raises(BlockingIOError):
        syslog.recv(1000)
