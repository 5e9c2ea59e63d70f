"""The program, started as often as one likes: everything is imported once, and each start is a fork in a terminal of its own.

From there on it is what it always is: `tui.cli.opening` on a real terminal, with threads, signals and files, until the interpreter ends.
`python -m tests.terminal.nursery FD` answers requests on a socket.
"""

from __future__ import annotations

import fcntl
import json
import os
import pty
import re
import select
import signal
import socket
import struct
import subprocess
import sys
import termios
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, NamedTuple

import pexpect
import pyte

from tests.places import Place, steps
from tests.source import ROOT
from tests.terminal.terminal import KEYS, Terminal

SURROUNDINGS: Final = {"TERM": "xterm-256color", "LANG": "en_GB.UTF-8"}

SENT: Final = KEYS | {"space": " ", "ctrl+l": "\x0c", "ctrl+n": "\x0e", "ctrl+o": "\x0f", "ctrl+s": "\x13"}

_VARIANTS: Final = re.compile(b"\xef\xb8[\x80-\x8f]|\xf3\xa0[\x84-\x87][\x80-\xbf]")
"""Variation selectors, in UTF-8."""


class Child:
    """A program that was born, with what `Terminal` asks of one.

    Args:
        nursery: whose it is.
        pid: its process.
        fd: the other end of its terminal.
    """

    def __init__(self, nursery: socket.socket, pid: int, fd: int) -> None:
        self._nursery = nursery
        self._end = os.pidfd_open(pid)
        self._status: int | None = None
        self.pid = pid
        self.child_fd = fd

    def send(self, text: str) -> None:
        """Type."""
        os.write(self.child_fd, text.encode())

    def read_nonblocking(self, size: int, seconds: float) -> bytes:
        """What was written, within so many seconds.

        Raises:
            pexpect.TIMEOUT: nothing.
            pexpect.EOF: nothing any more.
        """
        if not select.select([self.child_fd], [], [], seconds)[0]:
            raise pexpect.TIMEOUT("")
        try:
            return os.read(self.child_fd, size)
        except OSError as error:
            raise pexpect.EOF("") from error

    def isalive(self) -> bool:
        """Whether it runs."""
        if self._status is None and select.select([self._end], [], [], 0)[0]:
            self._status = int(_asked(self._nursery, {"wait": self.pid})[0]["status"])
        return self._status is None

    @property
    def exitstatus(self) -> int | None:
        """The exit code, if it ended by itself."""
        return os.WEXITSTATUS(self._status) if self._status is not None and os.WIFEXITED(self._status) else None

    @property
    def signalstatus(self) -> int | None:
        """The signal that ended it, if one did."""
        return os.WTERMSIG(self._status) if self._status is not None and os.WIFSIGNALED(self._status) else None

    def hang_up(self) -> None:
        """Take the terminal away."""
        os.close(self.child_fd)
        self.child_fd = -1

    def close(self, *, force: bool = True) -> None:
        """End it, if it has not ended."""
        if force and self.isalive():
            signal.pidfd_send_signal(self._end, signal.SIGKILL)
            select.select([self._end], [], [], 10)
            self.isalive()
        os.close(self._end)
        if self.child_fd >= 0:
            self.hang_up()


class _WithoutVariants(pyte.ByteStream):
    """Leaves out what pyte does not know to be part of the character before it, and would forget the rest of the line for."""

    def feed(self, data: bytes) -> None:  # type: ignore[override]  # as pyte's own does, of a class that takes text
        super().feed(_VARIANTS.sub(b"", data))


class Born(Terminal):
    """A terminal with a program in it that was forked.

    Args:
        child: the program.
    """

    def __init__(self, child: Child, size: tuple[int, int]) -> None:  # the one above would start another
        self.screen = pyte.Screen(*size)
        self._stream = _WithoutVariants(self.screen)
        self.raw = b""
        self.child: Any = child


class Nursery:
    """Where programs are born; one for all tests of a process."""

    def __init__(self, home: Path) -> None:
        self._socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        environment = {"PATH": os.environ["PATH"], "HOME": str(home), "PYTHONPATH": str(ROOT), **SURROUNDINGS}
        command = [sys.executable, "-X", "utf8", "-m", "tests.terminal.nursery", str(theirs.fileno())]
        self._process = subprocess.Popen(command, cwd=ROOT, env=environment, pass_fds=[theirs.fileno()], start_new_session=True)
        theirs.close()

    def close(self) -> None:
        """No more are born."""
        self._socket.close()
        self._process.wait(30)

    @contextmanager
    def terminal(self, home: Path, *, size: tuple[int, int] = (80, 24), controlling: bool = True) -> Iterator[Born]:
        """A terminal with the program in it, which has ended when the block ends.

        Args:
            home: the data folder.
            controlling: whether the terminal sends signals when it hangs up; without, there is the end of input and nothing else.
        """
        said, (fd,) = _asked(self._socket, {"home": str(home), "size": size, "controlling": controlling})
        born = Born(Child(self._socket, int(said["pid"]), fd), size)
        try:
            yield born
        finally:
            born.close()


def come(opened: Terminal, place: Place) -> None:
    """Press what leads to `place`."""
    for kind, what in steps(place):
        if kind == "wait":
            opened.shows(what)
        else:
            opened.type(SENT[what] if kind == "key" else what)
            opened.settle(0.05)
    opened.settle(0.15)


class _Request(NamedTuple):
    home: str
    size: tuple[int, int]
    controlling: bool


def _asked(nursery: socket.socket, request: dict[str, Any]) -> tuple[dict[str, Any], list[int]]:
    nursery.send(json.dumps(request).encode())
    answer, files, _flags, _address = socket.recv_fds(nursery, 4096, 1)
    return json.loads(answer), files


def serve(requests: socket.socket) -> int:
    """Answer requests until nobody asks any more; in what was born, run the program.

    Returns:
        The exit code.
    """
    while said := requests.recv(4096):
        request = json.loads(said)
        if "wait" in request:
            _pid, status = os.waitpid(request["wait"], 0)
            requests.send(json.dumps({"status": status}).encode())
            continue
        wanted = _Request(**request)
        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", wanted.size[1], wanted.size[0], 0, 0))
        if (pid := os.fork()) == 0:
            requests.close()
            os.close(ours)
            return _live(wanted, theirs)
        socket.send_fds(requests, [json.dumps({"pid": pid}).encode()], [ours])
        os.close(ours)
        os.close(theirs)
    return 0


def _live(wanted: _Request, terminal: int) -> int:
    """Be the program."""
    from tui.cli.opening import run  # here, because the environment is scrubbed first

    os.setsid()
    if wanted.controlling:
        fcntl.ioctl(terminal, termios.TIOCSCTTY, 0)
    for number in range(3):
        os.dup2(terminal, number)
    os.close(terminal)
    return run(wanted.home, sample=False, operator="")


def main() -> int:
    """Import everything as the program would, then wait for requests."""
    from tui.__main__ import scrub  # here, as in the program: before anything else of ours or of Textual's

    assert "textual" not in sys.modules
    os.umask(0o077)
    scrub()
    from tui.cli import screens  # noqa: F401  here, because the environment is scrubbed now; imported to be there when it forks

    return serve(socket.socket(fileno=int(sys.argv[1])))


if __name__ == "__main__":
    sys.exit(main())
