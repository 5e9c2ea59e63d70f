"""A terminal that counts: starts a program in a pty, presses keys, and says how many bytes and how long each took."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Final, NamedTuple, Self

ROOT: Final = Path(__file__).parent.parent.parent

QUIET: Final = 0.25
"""Seconds without a byte after which a key is taken to have been answered."""

KEYS: Final = {"down": "\x1b[B", "up": "\x1b[A", "tab": "\t", "enter": "\r", "pagedown": "\x1b[6~", "end": "\x1b[F"}


class Answer(NamedTuple):
    """What a program wrote after a key.

    Attributes:
        written: bytes.
        seconds: until the last of them.
        cpu: seconds of processor time the program took.
    """

    written: int
    seconds: float
    cpu: float


class Counting:
    """A program in a pty of its own.

    Args:
        arguments: for this Python, as `-m` and a module.
        size: columns and rows.
        environment: what is set beside a truecolour terminal.
        prefix: what the program is started by.
        enter: called in the new process, before the program takes its place.
    """

    def __init__(
        self,
        *arguments: str,
        size: tuple[int, int] = (80, 24),
        environment: dict[str, str] | None = None,
        prefix: Sequence[str] = (),
        enter: Callable[[], None] | None = None,
    ) -> None:
        self._fd, inner = pty.openpty()
        fcntl.ioctl(inner, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        settings = {"TERM": "xterm-256color", "COLORTERM": "truecolor", "PYTHONPATH": str(ROOT), **(environment or {})}
        self.process = subprocess.Popen(
            [*prefix, sys.executable, *arguments],
            stdin=inner,
            stdout=inner,
            stderr=inner,
            env=kept | settings,
            start_new_session=True,
            preexec_fn=enter,  # noqa: PLW1509  nothing that measures has threads
        )
        os.close(inner)
        self.painted = b""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        if self._fd >= 0:
            os.close(self._fd)

    def first_paint(self, *, shows: str, patience: float = 60.0) -> Answer:
        """Wait until the program shows what it is to show first, and is quiet then."""
        begin, cpu = time.perf_counter(), self.cpu()
        answer = self._until_quiet(begin, patience=patience, quiet=QUIET)
        while shows.encode() not in self.painted and time.perf_counter() - begin < patience:
            more = self._until_quiet(begin, patience=patience, quiet=QUIET)
            answer = Answer(answer.written + more.written, more.seconds, self.cpu() - cpu)
        return answer

    def press(self, key: str) -> Answer:
        """Press a key and wait for the answer."""
        begin = time.perf_counter()
        self.type(key)
        return self._until_quiet(begin, patience=QUIET, quiet=QUIET)

    def type(self, text: str) -> None:
        """Type, or press a key that has a name, and wait for nothing."""
        os.write(self._fd, KEYS.get(text, text).encode())

    def wait(self) -> Answer:
        """Press nothing, and take in what comes."""
        return self._until_quiet(time.perf_counter(), patience=QUIET, quiet=QUIET)

    def until(self, shows: str, *, patience: float = 60.0) -> Answer:
        """Wait until something is painted that was not when this was asked, and no longer."""
        begin, cpu, before = time.perf_counter(), self.cpu(), len(self.painted)
        end = begin + patience
        while shows.encode() not in self.painted[before:] and select.select([self._fd], [], [], max(0.0, end - time.perf_counter()))[0]:
            self.painted += os.read(self._fd, 65536)
        return Answer(len(self.painted) - before, time.perf_counter() - begin, self.cpu() - cpu)

    def hang_up(self) -> None:
        """Take the terminal away."""
        os.close(self._fd)
        self._fd = -1

    def size(self, columns: int, rows: int) -> None:
        """Make the terminal another size."""
        fcntl.ioctl(self._fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def _until_quiet(self, begin: float, *, patience: float, quiet: float) -> Answer:
        cpu, written, last, wait = self.cpu(), 0, begin, patience
        while select.select([self._fd], [], [], wait)[0]:
            try:
                chunk = os.read(self._fd, 65536)
            except OSError:
                break
            if not chunk:
                break
            self.painted += chunk
            written, last, wait = written + len(chunk), time.perf_counter(), quiet
        return Answer(written, last - begin, self.cpu() - cpu)

    def cpu(self) -> float:
        """Seconds of processor time of the threads that there are, to the nanosecond."""
        try:
            threads = [path.read_text(encoding="ascii") for path in Path(f"/proc/{self.process.pid}/task").glob("*/schedstat")]
        except OSError:
            return 0.0
        return sum(int(thread.split()[0]) for thread in threads) / 1e9

    def memory(self, *, now: bool = False) -> int:
        """The most memory the program has had, in KiB; or what it has `now`."""
        status = Path(f"/proc/{self.process.pid}/status").read_text(encoding="ascii")
        return int(next(line for line in status.splitlines() if line.startswith("VmRSS" if now else "VmHWM")).split()[1])
