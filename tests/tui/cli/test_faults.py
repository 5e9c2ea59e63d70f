"""What goes wrong: a line and an exit code, and nothing that was secret."""

from __future__ import annotations

import errno
import stat
import sys
from pathlib import Path

import pytest

from tests.factories import Founded
from tests.tui.cli.conftest import Run
from tui import faults as notes
from tui.cli import faults, people


def test_a_mistake_of_ours_is_a_reference_and_a_place(staffed: Founded, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file says where, never what: the secret was in a message and in a variable."""

    def broken(_console: object) -> int:
        password = "hunter2 hunter2"
        raise RuntimeError(password)

    monkeypatch.setattr(people, "listed", broken)
    ran = run("staff", "list")
    log = staffed.home / notes.LOG_NAME
    assert (ran.code, ran.out, ran.err.count("\n")) == (3, "", 1)
    reference = ran.err.partition("reference ")[2].partition(".")[0]
    assert reference in log.read_text(encoding="utf-8")
    assert "RuntimeError" in log.read_text(encoding="utf-8")
    assert "hunter2" not in log.read_text(encoding="utf-8") + ran.err
    assert stat.S_IMODE(log.stat().st_mode) == 0o600


def test_a_log_that_grew_too_long_begins_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And a folder that is not there is no second error."""
    monkeypatch.setattr(notes, "LOG_BYTES", 10)
    notes.note_error(tmp_path, "E-0001", None)
    notes.note_error(tmp_path, "E-0002", ValueError())
    assert "E-0001" not in (tmp_path / notes.LOG_NAME).read_text(encoding="utf-8")
    notes.note_error(tmp_path / "missing", "E-0003", None)
    assert not (tmp_path / "missing").exists()


def test_an_interrupted_command_ends_as_a_shell_expects(staffed: Founded, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a word."""

    def interrupted(_console: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(people, "listed", interrupted)
    assert run("staff", "list") == (130, "", "")


def test_whoever_has_read_enough_may_go(staffed: Founded, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`shopstaff staff list | head -1` is no error."""

    def gone() -> int:
        raise BrokenPipeError

    with (tmp_path / "out").open("w") as out:
        monkeypatch.setattr(sys, "stdout", out)
        assert faults.guarded(gone, str(tmp_path)) == 0


def test_what_is_said_is_one_line_that_steers_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    """Whatever was typed into the command that it is about."""
    faults.complain("a\nb\x1b[31m\tc\u202e")
    assert capsys.readouterr().err == "shopstaff: a b\ufffd[31m c\ufffd\n"


@pytest.mark.parametrize(
    ("number", "said"), [(errno.ENOSPC, "disk is full"), (errno.EIO, "may be failing"), (errno.EEXIST, "Internal error")]
)
def test_d3_a_disk_that_is_full_is_said_wherever_it_is_met(
    staffed: Founded, run: Run, monkeypatch: pytest.MonkeyPatch, number: int, said: str
) -> None:
    """As while a lock is made, or a file that nobody thought of; what is not the disk's is a mistake of ours."""

    def no(_console: object) -> int:
        raise OSError(number, "no")

    monkeypatch.setattr(people, "listed", no)
    ran = run("staff", "list")
    assert (ran.code, len(ran.err.splitlines())) == (3, 1) and said in ran.err
