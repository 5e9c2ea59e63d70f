"""Coming and going: what is typed ahead, and the terminal as it was on every way out."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import termios
import time
from pathlib import Path

import pytest

from tests.factories import PASSWORD
from tests.source import ROOT
from tests.terminal.terminal import Terminal, terminal

PATIENCE = 6.0
"""Seconds until a program that was asked to end has ended: three times what is promised, for a machine that is busy."""

INPUT, LOCAL = 0, 3
ENTER_WITHOUT_SCREENS = b"\x1b[?1049h"
"""What a full screen begins with."""


def restored(opened: Terminal) -> bool:
    """Whether a terminal is as a shell wants it: it echoes, waits for whole lines, takes Enter for the end of one, shows its cursor."""
    attributes = opened.modes()
    echo = attributes[LOCAL] & termios.ECHO and attributes[LOCAL] & termios.ICANON and attributes[LOCAL] & termios.ISIG
    shown = opened.raw.rfind(b"\x1b[?25h") >= opened.raw.rfind(b"\x1b[?25l") and opened.raw.rfind(b"\x1b[?1049l") >= opened.raw.rfind(
        b"\x1b[?1049h"
    )
    return bool(echo and attributes[INPUT] & termios.ICRNL and shown)


@pytest.mark.parametrize("words", [(), ("demo",)], ids=["open", "demo"])
@pytest.mark.parametrize("language", ["en_GB.UTF-8", "zh_CN.UTF-8"])
def test_without_a_terminal_it_says_so(tmp_path: Path, words: tuple[str, ...], language: str) -> None:
    """One line, exit code 2, and nothing made."""
    run = subprocess.run(
        [sys.executable, "-m", "tui", "--home", tmp_path / "home", *words],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path), "LANG": language, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (run.returncode, run.stdout, run.stderr.count("\n")) == (2, "", 1)
    assert ("terminal" in run.stderr) == language.startswith("en")
    assert list(tmp_path.iterdir()) == []


def test_what_is_typed_while_it_opens_is_neither_lost_nor_shown(home: Path) -> None:
    """Somebody who knows the way types login and password before there is a screen, and is signed in."""
    with terminal("--home", str(home)) as opened:
        opened.until(lambda: b"opens" in opened.raw, "something to read")
        opened.type(f"owner\t{PASSWORD}\r")
        opened.shows("1 Home")
        assert PASSWORD.encode() not in opened.raw
        before, _begin, _after = opened.raw.partition(ENTER_WITHOUT_SCREENS)
        assert b"owner" not in before


@pytest.mark.parametrize("how", ["key", "SIGTERM", "SIGHUP"])
def test_the_terminal_is_as_it_was_on_every_way_out(home: Path, how: str) -> None:
    """From the sign-in screen, soon, and without a word."""
    with terminal("--home", str(home)) as opened:
        opened.shows("Password")
        assert not opened.modes()[LOCAL] & termios.ECHO
        start = time.monotonic()
        if how == "key":
            opened.type("\x11")
        else:
            os.kill(opened.child.pid, signal.Signals[how])
        assert opened.ended() == 0
        assert time.monotonic() - start < PATIENCE
        assert restored(opened)
        assert "Traceback" not in opened.text


@pytest.mark.parametrize(("how", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129), (signal.SIGINT, 130)])
def test_a_signal_while_it_opens_leaves_the_terminal_as_it_was(home: Path, how: signal.Signals, code: int) -> None:
    """Before there is a screen that could end in order."""
    with terminal("--home", str(home)) as opened:
        opened.until(lambda: b"opens" in opened.raw, "something to read")
        os.kill(opened.child.pid, how)
        assert opened.ended() == code
        assert restored(opened)
        assert b"Traceback" not in opened.raw


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGHUP])
def test_a_session_ends_with_its_program(home: Path, how: signal.Signals) -> None:
    """Nobody is signed in who is not there."""
    with terminal("--home", str(home)) as opened:
        opened.shows("Password")
        opened.type(f"owner\t{PASSWORD}\r")
        opened.shows("1 Home")
        os.kill(opened.child.pid, how)
        assert opened.ended() == 0
        assert restored(opened)
    with sqlite3.connect(home / "shop.db") as bare:
        ends = [end for (end,) in bare.execute('SELECT "end" FROM session')]
    bare.close()
    assert ends == ["signed out"]


def test_a_line_that_drops_ends_the_program(home: Path) -> None:
    """The terminal is gone: there is nobody to ask, and the session ends."""
    with terminal("--home", str(home)) as opened:
        opened.shows("Password")
        opened.type(f"owner\t{PASSWORD}\r")
        opened.shows("1 Home")
        opened.child.ptyproc.fileobj.close()
        start = time.monotonic()
        while opened.child.isalive():
            assert time.monotonic() - start < PATIENCE
            time.sleep(0.05)
    with sqlite3.connect(home / "shop.db") as bare:
        assert bare.execute("SELECT count(*) FROM session WHERE ended_at IS NULL").fetchone() == (0,)
    bare.close()


@pytest.mark.parametrize("size", [(60, 20), (40, 12), (20, 5), (300, 100)])
def test_any_size_of_terminal_will_do(home: Path, size: tuple[int, int]) -> None:
    """As far as it can: one gets in, and out again."""
    with terminal("--home", str(home), size=size) as opened:
        opened.until(lambda: ENTER_WITHOUT_SCREENS in opened.raw, "a screen")
        opened.settle()
        opened.type(f"owner\t{PASSWORD}\r")
        opened.shows("Home")
        opened.settle()
        opened.type("q")
        opened.shows("Login")
        opened.type("\x11")
        assert opened.ended() == 0
        assert restored(opened)


def test_data_that_cannot_be_used_is_told_below_the_terminal_as_it_was(home: Path) -> None:
    """Exit code 3, and one line that nothing covers."""
    (home / "shop.db").write_bytes(b"no database" * 1000)
    with terminal("--home", str(home)) as opened:
        assert opened.ended() == 3
        assert restored(opened)
        assert opened.text.strip() == "shopstaff: The shop's data is damaged or not Shopstaff's. Nothing was changed."


def test_the_sample_shop_opens_and_leaves_nothing_behind(tmp_path: Path) -> None:
    """The accounts are on the sign-in screen, the first opens it; afterwards its folder is gone."""

    def folders() -> set[Path]:
        return {path for place in ("/dev/shm", "/tmp") for path in Path(place).glob("shopstaff-demo-*")}

    before = folders()
    with terminal("demo", environment={"HOME": str(tmp_path)}) as opened:
        opened.shows("alice", "copper lantern 39 river")
        (folder,) = folders() - before
        opened.press("enter")
        opened.shows("1 Home", "4 Staff")
        os.kill(opened.child.pid, signal.SIGTERM)
        assert opened.ended() == 0
        assert not folder.exists()
    assert list(tmp_path.iterdir()) == []
