"""Programs in a terminal, kept weak, and what is measured of them."""

from __future__ import annotations

import os
import select
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from tests.bench.terminal import ROOT, Answer, Counting
from tests.bench.weak import table
from tests.bench.weak.limits import Limit
from tests.factories import PASSWORD

PATIENCE: Final = 60.0
"""Seconds that anything may take before the bench gives up."""

QUIET: Final = 0.2
"""Seconds without a byte, and without anything left to do, after which a key is taken to have been answered."""

WORDS: Final = "zhangsan", "wangfang", "lili", "zs", "13800000", "person0"
SECTIONS: Final = "2", "3", "4", "5", "6", "8", "9", "1"
FIRST_LINE: Final = "opens"
BARE: Final = "tests.bench.weak.bare"


class Weak(Counting):
    """A program under the limit. It may be silent because it has to wait for its share, so silence alone does not mean that it is done.

    Args:
        limit: what keeps it weak.
        arguments: for this Python.
    """

    def __init__(self, limit: Limit, *arguments: str) -> None:
        self._started = time.perf_counter()
        super().__init__(*arguments, prefix=limit.prefix, enter=limit.enter)

    def reached(self, shows: str) -> float:
        """Seconds since the start at which the terminal has `shows`.

        Raises:
            TimeoutError: it never has.
        """
        while shows.encode() not in self.painted:
            if not self._take(PATIENCE):
                raise TimeoutError(self._last())
        return time.perf_counter() - self._started

    def settled(self, shows: str) -> float:
        """Seconds since the start after which a program that shows this writes nothing more.

        Raises:
            TimeoutError: it never shows it.
        """
        answer = self._until_quiet(self._started, patience=PATIENCE, quiet=QUIET)
        while shows.encode() not in self.painted:
            more = self._until_quiet(self._started, patience=PATIENCE, quiet=QUIET)
            if not more.written:
                raise TimeoutError(self._last())
            answer = more
        return answer.seconds

    def milliseconds(self, key: str) -> float:
        """From a key to the last byte of its answer.

        Raises:
            TimeoutError: there is no answer.
        """
        begin = time.perf_counter()
        self.type(key)
        answer = self._until_quiet(begin, patience=PATIENCE, quiet=QUIET)
        if not answer.written:
            raise TimeoutError(f"{key!r}: {self._last()}")
        return answer.seconds * 1000

    def forget(self) -> None:
        """Begin anew with what was painted, so that what is waited for next is not found in it."""
        self.painted = b""

    def _take(self, patience: float) -> bool:
        if not select.select([self._fd], [], [], patience)[0]:
            return False
        with suppress(OSError):
            if chunk := os.read(self._fd, 65536):
                self.painted += chunk
                return True
        return False

    def _until_quiet(self, begin: float, *, patience: float, quiet: float) -> Answer:
        answer = super()._until_quiet(begin, patience=patience, quiet=quiet)
        while self.process.poll() is None and self._has_to_wait():
            more = super()._until_quiet(begin, patience=quiet, quiet=quiet)
            if more.written:
                answer = Answer(answer.written + more.written, more.seconds, answer.cpu + more.cpu)
        return answer

    def _has_to_wait(self) -> bool:
        """Whether a thread of the program would go on if it were let."""
        for task in Path(f"/proc/{self.process.pid}/task").glob("*/stat"):
            with suppress(OSError):
                if task.read_text("utf-8", "replace").rpartition(")")[2].split()[0] in "RD":
                    return True
        return False

    def _last(self) -> str:
        return self.painted[-600:].decode(errors="replace")


def whole(limit: Limit, *arguments: str) -> float:
    """Milliseconds that a Python process takes from start to end, at the limit.

    Raises:
        CalledProcessError: it failed.
    """
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    begin = time.perf_counter()
    subprocess.run(
        [*limit.prefix, sys.executable, *arguments],
        cwd=ROOT,
        env=kept,
        check=True,
        stdout=subprocess.DEVNULL,
        preexec_fn=limit.enter,
    )
    return (time.perf_counter() - begin) * 1000


def first_line(limit: Limit, home: Path) -> float:
    """Milliseconds until there is something to read."""
    with Weak(limit, "-m", "tui", "--home", str(home)) as program:
        return program.reached(FIRST_LINE) * 1000


def first_paint(limit: Limit, shows: str, *arguments: str) -> tuple[float, float]:
    """Milliseconds until a program is painted, and the most memory that took in MB."""
    with Weak(limit, *arguments) as program:
        return program.settled(shows) * 1000, program.memory() / 1024


def sign_in(limit: Limit, *arguments: str) -> tuple[float, float, float]:
    """Milliseconds from Enter until Home is painted, then the memory it has, and the most that it had, in MB."""
    with Weak(limit, *arguments) as program:
        return _signed_in(program), program.memory(now=True) / 1024, program.memory() / 1024


def keys(limit: Limit, home: Path, rounds: int) -> dict[str, list[float]]:
    """Milliseconds of every key of each kind, in the real program with the owner signed in."""
    with Weak(limit, "-m", "tui", "--home", str(home)) as program:
        _signed_in(program)
        found = {table.SECTION: [program.milliseconds(key) for _round in range(rounds) for key in SECTIONS]}
        program.milliseconds("4")
        found[table.ROW] = [program.milliseconds("down") for _row in range(30 * rounds)]
        found[table.LETTER] = _letters(program, rounds)
        program.press("/")
        found[table.TAB] = [program.milliseconds("tab") for _tab in range(8 * rounds)]
        return found


def searching(limit: Limit, home: Path, rounds: int) -> dict[str, list[float]]:
    """The same of letters alone, and the memory that is taken after them."""
    with Weak(limit, "-m", "tui", "--home", str(home)) as program:
        _signed_in(program)
        program.milliseconds("4")
        return {table.LETTER: _letters(program, rounds), table.RESTING: [program.memory(now=True) / 1024]}


def usual(limit: Limit, count: int, rounds: int) -> dict[str, list[float]]:
    """What `keys` measures, of the usual Textual app."""
    with Weak(limit, "-m", BARE, "usual", str(count)) as program:
        program.settled("person00001")
        found = {table.SECTION: [program.milliseconds(key) for _round in range(4 * rounds) for key in "21"]}
        found[table.ROW] = [program.milliseconds("down") for _row in range(30 * rounds)]
        found[table.LETTER] = _letters(program, rounds)
        program.press("/")
        found[table.TAB] = [program.milliseconds("tab") for _tab in range(8 * rounds)]
        return found


def usual_searching(limit: Limit, count: int, rounds: int) -> dict[str, list[float]]:
    """What `searching` measures, of the usual Textual app."""
    with Weak(limit, "-m", BARE, "usual", str(count)) as program:
        program.settled("person00001")
        return {table.LETTER: _letters(program, rounds), table.RESTING: [program.memory(now=True) / 1024]}


def out_of_memory(folders: Iterable[Path]) -> None:
    """Have the system forget the files in there, as after it was switched on; those that another process uses stay."""
    for folder in folders:
        for file in folder.rglob("*"):
            if not file.is_file():
                continue
            with suppress(OSError):
                opened = os.open(file, os.O_RDONLY)
                os.posix_fadvise(opened, 0, 0, os.POSIX_FADV_DONTNEED)
                os.close(opened)


def installed() -> Sequence[Path]:
    """Where the files of the program, its libraries and Python itself are."""
    return [ROOT / "models", ROOT / "screens", ROOT / "tui", Path(sys.prefix, "lib"), Path(os.__file__).parent]


def _signed_in(program: Weak) -> float:
    program.settled("Password")
    for text in ("owner", "\t", PASSWORD):
        program.press(text)
    program.forget()
    begin = time.perf_counter()
    taken = program.milliseconds("enter")
    while b"Home" not in program.painted:
        if time.perf_counter() - begin > PATIENCE:
            raise TimeoutError(program.painted[-600:])
        if program.wait().written:
            taken = (time.perf_counter() - begin - QUIET) * 1000
    return taken


def _letters(program: Weak, rounds: int) -> list[float]:
    taken = []
    for _round in range(rounds):
        for word in WORDS:
            program.press("/")
            taken += [program.milliseconds(letter) for letter in word]
            program.press("\x1b")
            program.wait()
    return taken
