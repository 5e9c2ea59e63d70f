"""A terminal of our own: the real program in a pty, and a screen that shows what it draws."""

from __future__ import annotations

import os
import signal
import sys
import termios
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any, Final

import pexpect
import pyte

from tests.source import ROOT

PATIENCE: Final = 30
"""Seconds that anything may take on a busy machine before a test gives up."""

KEYS: Final = {
    "enter": "\r",
    "tab": "\t",
    "esc": "\x1b",
    "up": "\x1b[A",
    "down": "\x1b[B",
    "right": "\x1b[C",
    "left": "\x1b[D",
    "home": "\x1b[H",
    "end": "\x1b[F",
}


def _hear() -> None:
    """Hear when the line is cut, as from any terminal, though whoever runs the tests had it ignored (nohup), which is inherited."""
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


class Terminal:
    """The program, and the screen that it draws on.

    Args:
        arguments: the program's command line.
        environment: beside what every terminal has.
        module: another program than ours.
        command: what is started in place of Python.
    """

    def __init__(
        self,
        *arguments: str,
        size: tuple[int, int] = (80, 24),
        environment: dict[str, str] | None = None,
        folder: str | None = None,
        module: str = "tui",
        command: Sequence[str] = (),
    ) -> None:
        columns, rows = size
        self.screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self.screen)
        self.raw = b""
        surroundings = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), "TERM": "xterm-256color", "LANG": "en_GB.UTF-8"}
        program, *words = command or (sys.executable, "-m", module)
        self.child: Any = pexpect.spawn(
            program,
            [*words, *arguments],
            cwd=str(folder or ROOT),
            env={**surroundings, "PYTHONPATH": str(ROOT), **(environment or {})},
            dimensions=(rows, columns),
            timeout=PATIENCE,
            preexec_fn=_hear,
        )
        self.child.delaybeforesend = None

    @property
    def text(self) -> str:
        """What the screen shows, a line a row, without blanks at their ends."""
        # Not `screen.display`: it fails over half of a wide character, which is there while a row is being written over.
        rows = (self.screen.buffer[row] for row in range(self.screen.lines))
        return "\n".join("".join(row[column].data for column in range(self.screen.columns)).rstrip() for row in rows)

    def read(self, seconds: float = 0.1) -> bytes:
        """Draw what the program writes within `seconds`; nothing more comes when it has ended."""
        try:
            data = self.child.read_nonblocking(65536, seconds)
        except (pexpect.TIMEOUT, pexpect.EOF):
            return b""
        self.raw += data
        self._stream.feed(data)
        return bytes(data)

    def until(self, condition: Callable[[], bool], what: str) -> None:
        """Wait until `condition` holds.

        Raises:
            AssertionError: it does not; shows the screen.
        """
        end = time.monotonic() + PATIENCE
        while not condition():
            if time.monotonic() > end:
                raise AssertionError(f"waited for {what}; the screen shows:\n{self.text}")
            self.read()

    def shows(self, *words: str) -> None:
        """Wait until the screen shows all of `words`."""
        for each in words:
            self.until(partial(self._is_shown, each), repr(each))

    def settle(self, quiet: float = 0.4) -> None:
        """Wait until the program has nothing more to draw."""
        end = time.monotonic() + PATIENCE
        while self.read(quiet) and time.monotonic() < end:
            pass

    def _is_shown(self, words: str) -> bool:
        return words in self.text

    def wrote(self, words: str, at: int = 0) -> bool:
        """Whether the program has written `words` after the first `at` bytes."""
        return words.encode() in self.raw[at:]

    def type(self, text: str) -> None:
        """Type text as it stands."""
        self.child.send(text)

    def press(self, *keys: str) -> None:
        """Press keys one after the other, by their names in `KEYS` or as characters, and look what each does."""
        for key in keys:
            self.child.send(KEYS.get(key, key))
            self.settle(0.15)

    def ended(self) -> int:
        """Wait for the end of the program; its exit code, or minus the signal that ended it."""
        self.until(lambda: not self.child.isalive(), "the end of the program")
        while self.read():
            pass
        return int(self.child.exitstatus) if self.child.exitstatus is not None else -int(self.child.signalstatus or 0)

    def modes(self) -> list[Any]:
        """The terminal's settings."""
        return termios.tcgetattr(self.child.child_fd)

    def close(self) -> None:
        """End the program, if it has not ended."""
        self.child.close(force=True)


@contextmanager
def terminal(*arguments: str, **surroundings: Any) -> Iterator[Terminal]:
    """A terminal with the program in it, which has ended when the block ends."""
    opened = Terminal(*arguments, **surroundings)
    try:
        yield opened
    finally:
        opened.close()


def run_in_terminal(arguments: Sequence[str], *answers: tuple[str, str], **surroundings: Any) -> tuple[int, str]:
    """Run a command that asks for things.

    Args:
        answers: what each question has in it, and what is typed then.

    Returns:
        The exit code and everything that stood on the terminal.
    """
    with terminal(*arguments, **surroundings) as opened:
        at = 0
        for question, answer in answers:
            opened.until(partial(opened.wrote, question, at), question)
            at = len(opened.raw)
            opened.type(f"{answer}\r")
        return opened.ended(), opened.raw.decode()
