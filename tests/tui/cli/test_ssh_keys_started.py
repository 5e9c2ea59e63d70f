"""`ssh keys` as a process, which is what sshd starts: whatever the command line and the environment look like, a line or nothing."""

from __future__ import annotations

import os
import pwd
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import IO

import pytest

from models import shop
from tests.factories import Founded
from tests.source import ROOT
from tests.tui.keys import enrolled, fingerprint, opening_line
from tui import __main__ as entry

USER = pwd.getpwuid(os.getuid()).pw_name


def started(
    home: Path, *words: str, environment: Mapping[str, str] | None = None, stdout: int | IO[str] = subprocess.PIPE
) -> subprocess.CompletedProcess[str]:
    """Run the program as sshd does, with next to no environment and from anywhere; it asks for bob's key unless other `words` are given."""
    program = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from tui.__main__ import main; sys.exit(main())"
    asked = words or ("--home", str(home), "ssh", "keys", USER, fingerprint("bob"))
    return subprocess.run(
        [sys.executable, "-I", "-c", program, *asked],
        stdout=stdout,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
        env={"PATH": "/usr/bin:/bin"} if environment is None else environment,
        cwd="/",
        timeout=60,
    )


def test_both_ways_of_reading_the_command_line_answer_alike(staffed: Founded) -> None:
    """The short one, and argparse's where an option stands in between; what follows the fingerprint is not read."""
    enrolled(staffed, "bob")
    shop.close()
    home, mark = str(staffed.home), fingerprint("bob")
    for words in (
        ("--home", home, "ssh", "keys", USER, mark),
        ("--home", home, "ssh", "keys", USER, mark, "more", "and more"),
        ("ssh", "keys", USER, mark, "--home", home),
        ("ssh", "--home", home, "keys", USER, mark),
        ("ssh", "keys", "--home", home, USER, mark, "more"),
    ):
        ran = started(staffed.home, *words)
        assert (ran.returncode, ran.stdout, ran.stderr) == (0, opening_line(staffed.home, "bob"), ""), words
    for words in (("ssh", "--home", home, "keys", USER, "SHA256:x"), ("ssh", "--home", home, "keys", "nobody", mark)):
        ran = started(staffed.home, *words)
        assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", ""), words


@pytest.mark.parametrize("words", [(), (USER,), ("--help-me", "x"), (USER, "--x")])
def test_wrong_usage_prints_no_key(staffed: Founded, words: tuple[str, ...]) -> None:
    """Exit code 2 and one line; a configuration with a mistake in it lets nobody in."""
    ran = started(staffed.home, "--home", str(staffed.home), "ssh", "keys", *words)
    assert (ran.returncode, ran.stdout, ran.stderr.count("\n")) == (2, "", 1)


def test_it_answers_where_there_is_no_home_and_no_language(staffed: Founded) -> None:
    """Whatever sshd leaves in the environment: not even a path is needed."""
    enrolled(staffed, "bob")
    shop.close()
    assert started(staffed.home, environment={}).stdout == opening_line(staffed.home, "bob")
    assert started(staffed.home, environment={"SHOPSTAFF_HOME": "/nowhere", "HOME": ""}).stdout == opening_line(staffed.home, "bob")


def test_nobody_reading_is_no_error(staffed: Founded) -> None:
    """sshd stops reading at a line that fits, or when the client is gone."""
    enrolled(staffed, "bob")
    shop.close()
    reader, writer = os.pipe()
    os.close(reader)
    try:
        ran = started(staffed.home, stdout=writer)
    finally:
        os.close(writer)
    assert ran.returncode == 0
    assert "Traceback" not in ran.stderr


def test_a_line_that_does_not_get_through_is_no_success(staffed: Founded) -> None:
    """As on a disk that is full: sshd, told that it failed, believes nothing of what it read."""
    enrolled(staffed, "bob")
    shop.close()
    with open("/dev/full", "w", encoding="ascii") as full:  # noqa: PTH123  a device
        assert started(staffed.home, stdout=full).returncode not in (0, 1)


def test_options_take_no_short_way(monkeypatch: pytest.MonkeyPatch) -> None:
    """What looks like an option is argparse's to read."""
    seen: list[str] = []

    def program(words: list[str], *_home: str, **_more: object) -> int:
        seen.append(" ".join(words))
        return 7

    monkeypatch.setattr(entry, "scrub", lambda: "")
    monkeypatch.setattr("tui.cli.program.run", program)
    assert entry.main(["ssh", "keys", "--help", "x"]) == 7
    assert seen == ["ssh keys --help x"]
