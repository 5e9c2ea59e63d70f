"""Over SSH, as at the shop's own terminal: several at once, windows of any size, terminals of any kind, and lines that are cut."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import struct
import termios
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Final

import pytest

from tests.factories import PASSWORD
from tests.terminal.processes import environment_of, parent, runs, until
from tests.terminal.ssh_shop import SshShop
from tests.terminal.sshd import HOST, fingerprint
from tests.terminal.terminal import Terminal
from tests.terminal.test_p14 import no_lock_is_held
from tui.hardening import HIGHEST, WIDEST

pytestmark = pytest.mark.slow

GONE_IN: Final = 6.0
"""Seconds until a program is gone whose line was cut: three times what is promised, for a machine that is busy."""

SIZES: Final = (((120, 40), "q Leave"), ((60, 20), "is small"), ((20, 5), "holly"), ((500, 300), "q Leave"), ((80, 24), "q Leave"))
"""One after the other, and what is shown at each."""

MEMORY: Final = 200
"""MiB that no window makes a program take: three times what it has; a forged one once made it take two thousand."""


@pytest.fixture(scope="session")
def holly(ssh_shop: SshShop) -> Path:
    """The key of somebody who manages."""
    return ssh_shop.person("holly", gave=["manager"])


def test_two_people_are_there_at_once(ssh_shop: SshShop, holly: Path) -> None:
    """Each by the own key, in a program of their own, and what both do at the same moment is done."""
    other = ssh_shop.person("ivan", gave=["manager"])
    with ssh_shop.office() as found:
        found.person("jane")
        found.person("karl")
    before = ssh_shop.head()
    with ExitStack() as stack:
        opened = {login: stack.enter_context(ssh_shop.signed_in(login, key)) for login, key in (("holly", holly), ("ivan", other))}
        for (login, terminal), whom in zip(opened.items(), ("jane", "karl"), strict=True):
            assert login in terminal.text.splitlines()[0]
            terminal.type(f"4/{whom}\r\r")
            terminal.shows(f"little-shop:{whom}")
            terminal.type("z")
            terminal.shows(f"Freeze {whom.capitalize()}?")
        for terminal in opened.values():
            terminal.type("y")
        for terminal, whom in zip(opened.values(), ("jane", "karl"), strict=True):
            terminal.shows(f"{whom.capitalize()} is frozen.")
        assert len({ssh_shop.program_of(terminal) for terminal in opened.values()}) == 2
    frozen = ssh_shop.read("SELECT actor, device, address FROM audit_entry WHERE action = 'staff.freeze' AND seq > ?", before)
    assert sorted(frozen) == [("holly", fingerprint(holly), HOST), ("ivan", fingerprint(other), HOST)]


# ---- windows


def _window(pid: int) -> tuple[int, int]:
    """Columns and rows of the terminal that the screens are on, at the other end."""
    with Path(environment_of(pid)[b"SSH_TTY"].decode()).open("rb", buffering=0) as terminal:
        rows, columns, _width, _height = struct.unpack("HHHH", fcntl.ioctl(terminal, termios.TIOCGWINSZ, bytes(8)))
    return columns, rows


def _resize(opened: Terminal, columns: int, rows: int) -> None:
    opened.screen.resize(rows, columns)
    opened.screen.erase_in_display(2)
    opened.child.setwinsize(rows, columns)


def _most_memory(pid: int) -> float:
    """MiB."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]) / 1024


def test_the_screens_follow_the_window(ssh_shop: SshShop, holly: Path) -> None:
    """Larger, smaller, very small, and larger than there are: all of it is drawn anew, and fits."""
    with ssh_shop.signed_in("holly", holly) as opened:
        pid = ssh_shop.program_of(opened)
        opened.type("4")
        opened.shows("Login")
        for size, shown in SIZES:
            _resize(opened, *size)
            until(lambda size=size: _window(pid) == size, "the new size")  # type: ignore[misc]  # bound in the loop
            opened.shows(shown)
            opened.settle()
            assert "holly" in opened.text.splitlines()[0]
            drawn = [row for row, line in enumerate(opened.text.splitlines()) if line]
            assert max(drawn) == min(size[1], HIGHEST) - 1  # the keys are in the last line
            assert max(map(len, opened.text.splitlines())) <= min(size[0], WIDEST)
        assert _most_memory(pid) < MEMORY


# ---- lines that are cut


def _kill_client(opened: Terminal, _program: int) -> None:
    os.kill(opened.child.pid, signal.SIGKILL)


def _hang_up(opened: Terminal, _program: int) -> None:
    os.kill(opened.child.pid, signal.SIGHUP)


def _kill_server(_opened: Terminal, program: int) -> None:
    """The sshd of this connection alone."""
    os.kill(parent(program), signal.SIGKILL)


@pytest.mark.parametrize("cut", [_kill_client, _hang_up, _kill_server], ids=["client killed", "client hung up", "server killed"])
def test_p14_a_line_that_is_cut_ends_the_session_and_keeps_the_draft(
    cut: Callable[[Terminal, int], None], ssh_shop: SshShop, holly: Path
) -> None:
    """In the middle of onboarding: nobody is signed in any more, nothing is held, and what was typed is there when one comes back."""
    ssh_shop.write("DELETE FROM draft")
    ssh_shop.is_empty()
    with ssh_shop.signed_in("holly", holly) as opened:
        program = ssh_shop.program_of(opened)
        opened.type("4n")
        opened.shows("Onboard · 1")
        opened.type("newcomer\tNew Comer")
        opened.shows("New Comer")
        opened.settle()
        cut(opened, program)
        begun = time.monotonic()
        until(lambda: not runs(program), "the program to be gone", GONE_IN)
        assert time.monotonic() - begun < GONE_IN
    no_lock_is_held(ssh_shop.home)
    assert [end for *_rest, end in ssh_shop.sessions("holly") if end is None] == []
    ((draft,),) = ssh_shop.read("SELECT payload FROM draft JOIN staff ON staff.id = draft.staff_id WHERE staff.login = 'holly'")
    assert "New Comer" in json.dumps(json.loads(draft))
    assert not (ssh_shop.home / "errors.log").exists()
    with ssh_shop.signed_in("holly", holly) as opened:
        opened.type("4n")
        opened.shows("You were onboarding")


def test_ctrl_z_stops_nothing(ssh_shop: SshShop, holly: Path) -> None:
    """At the door and inside the program goes on, whether the key arrives or the signal."""
    with ssh_shop.sshd.terminal(holly) as opened:
        opened.shows("Password")
        opened.settle()
        program = ssh_shop.program_of(opened)
        opened.press("\x1a")
        opened.type(f"{PASSWORD}\r")
        opened.shows("1 Home")
        opened.settle()
        opened.press("\x1a")
        os.kill(program, signal.SIGTSTP)
        opened.type("4")
        opened.shows("Login")
        assert Path(f"/proc/{program}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "T"


@pytest.mark.parametrize("kind", ["linux", "dumb", "vt100", "no such terminal", ""])
def test_one_gets_in_and_out_by_any_kind_of_terminal(kind: str, ssh_shop: SshShop, holly: Path) -> None:
    """Its name is not looked up anywhere: all that there are today understand the same."""
    with ssh_shop.signed_in("holly", holly, environment={"TERM": kind, "LANG": "C", "LC_ALL": "C"}) as opened:
        assert environment_of(ssh_shop.program_of(opened))[b"TERM"].decode() in (
            {kind} if kind else {"", "dumb"}
        )  # a shell's own name for none
        opened.type("4")
        opened.shows("holly", "✓")
        opened.press("q")
        opened.type("q")
        assert opened.ended() == 0
