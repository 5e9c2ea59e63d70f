"""Every budget of start, memory, bytes and processor time, and what is reached: `python -m tests.bench.budgets`.

Each round starts ours and the bare stack once, one after the other. Times are processor time of the program, medians, except where a line
is waited for: this machine may have other things to do. Bytes are exact. What depends on how many people there are is measured elsewhere.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Final, NamedTuple

from models import shop
from models.actor import Actor
from tests.bench.start import SMALLEST, whole
from tests.bench.terminal import Answer, Counting
from tests.bench.weak import programs
from tests.crowd import crowd
from tests.factories import PASSWORD
from tui import demo

ROUNDS: Final = 9
PEOPLE: Final = 60
"""So that the list is longer than the screen."""

IDLE: Final = 10.0
"""Seconds."""


class Budget(NamedTuple):
    """A row of the table.

    Attributes:
        most: what it may be.
        reached: what it is.
        unit: of both.
    """

    what: str
    most: float
    reached: float
    unit: str

    def line(self) -> str:
        """As it is printed."""
        kept = "" if self.reached <= self.most else "  over"
        return f"{self.what:<58}{self.most:>9.4g}{self.reached:>9.4g} {self.unit}{kept}"


class Start(NamedTuple):
    """What starting the program once took; seconds of processor time, and MB."""

    smallest: float
    memory: float
    painted: float
    entered: float


def _start(home: Path) -> Start:
    with Counting("-c", SMALLEST) as program:
        smallest = program.until("painted").cpu
        program.wait()
        memory = program.memory(now=True) / 1024
    with Counting("-m", "tests.bench.weak.programs", "unhashed", str(home)) as program:
        program.until("Password")
        program.wait()
        program.type(f"owner\t{PASSWORD}\r")
        entered = program.until("Depts").cpu
    with Counting("-m", "tui", "--home", str(home)) as program:
        return Start(smallest, memory, program.until("Password").cpu, entered)


def starting(home: Path) -> list[Budget]:
    """First paint, and from signing in to home. What the shop takes to open, once the form was seen, is in neither."""
    starts = [_start(home) for _round in range(ROUNDS + 1)][1:]  # the first one compiles
    smallest, _memory, painted, entered = (median(values) for values in zip(*starts, strict=True))
    with Counting("-m", "tui", "--home", str(home)) as program:
        program.first_paint(shows="Password")
        written = len(program.painted)
    line, nothing = [], []
    for _round in range(ROUNDS):
        with Counting("-m", "tui", "--home", str(home)) as program:
            line.append(program.until("opens").seconds)
        nothing.append(whole("-c", "pass"))
    return [
        Budget("first paint of sign-in ÷ smallest Textual app", 1.2, painted / smallest, "×"),
        Budget("sign-in to home painted, hashing apart ÷ the same", 0.6, entered / smallest, "×"),
        Budget("something to read ÷ `python -c pass`, by the clock", 2, median(line) / median(nothing), "×"),
        Budget("bytes: first paint", 12_000, written, "B"),
    ]


def memory(folder: Path) -> list[Budget]:
    """At home, after signing in to the sample shop with what hashing leaves behind."""
    home = folder / "sample"
    login, password = demo.fill(home, "en", Actor.console("bench"))[0]
    ours, theirs = [], []
    for _round in range(3):
        with Counting("-c", SMALLEST) as program:
            program.first_paint(shows="painted")
            theirs.append(program.memory(now=True) / 1024)
        with Counting("-m", "tui", "--home", str(home)) as program:
            program.first_paint(shows="Password")
            program.type(f"{login}\t{password}\r")
            program.until("Depts")
            program.wait()
            ours.append(program.memory(now=True) / 1024)
    return [
        Budget("memory at home, the sample shop ÷ smallest Textual app", 1.35, median(ours) / median(theirs), "×"),
        Budget("the same", 48, median(ours), "MB"),
    ]


def _pressed(program: Counting, keys: Sequence[str], *, skip: int = 2) -> tuple[float, float]:
    """Bytes and milliseconds of processor time of a key, once caches are filled."""
    answers: list[Answer] = []
    for key in keys:
        first, more = program.press(key), program.wait()
        answers.append(Answer(first.written + more.written, first.seconds, first.cpu + more.cpu))
    answers = answers[skip:]
    return median(answer.written for answer in answers), median(answer.cpu for answer in answers) * 1000


def keys(home: Path) -> list[Budget]:
    """What a key writes, and the processor time it takes."""
    with Counting("-m", "tui", "--home", str(home)) as program:
        program.first_paint(shows="Password")
        program.type(f"owner\t{PASSWORD}\r")
        program.until("Depts")
        section = _pressed(program, "4941494149", skip=4)  # each of them was opened before
        program.press("4")
        row = _pressed(program, ["down"] * 10)
        program.press("end")
        scrolled = _pressed(program, ["up"] * 45, skip=30)
        program.press("/")
        letter = _pressed(program, ["1", "2", "\x7f", "\x7f", "4", "0"], skip=0)  # most of them change the list
        program.press("\x1b")
        program.press("n")
        tab = _pressed(program, ["tab"] * 9)
        program.press("\x1b")
        program.press("1")
        program.wait()
        begin, cpu = len(program.painted), program.cpu()
        time.sleep(IDLE)
        program.wait()
        idle, used = len(program.painted) - begin, program.cpu() - cpu
    return [
        Budget("bytes: a letter of a search, the list filtered", 1200, letter[0], "B"),
        Budget("bytes: a row", 400, row[0], "B"),
        Budget("bytes: a row that scrolls", 3600, scrolled[0], "B"),
        Budget("bytes: Tab in a form", 5000, tab[0], "B"),
        Budget("bytes: another section", 12_000, section[0], "B"),
        Budget("processor: a row", 5, row[1], "ms"),
        Budget("processor: Tab in a form", 25, tab[1], "ms"),
        Budget("processor: another section", 75, section[1], "ms"),
        Budget(f"idle: bytes in {IDLE:.0f} s", 0, idle, "B"),
        Budget("idle: processor", 0.2, used / IDLE * 100, "%"),
    ]


def checking(home: Path) -> Budget:
    """Whether one may do something, as other programs ask."""
    asked = ["-m", "tui", "--home", str(home), "check", "owner", "goods.view"]
    times = [(whole("-c", "import sqlite3"), whole(*asked)) for _round in range(ROUNDS + 1)][1:]
    bare, ours = (median(values) for values in zip(*times, strict=True))
    return Budget("`shopstaff check` ÷ `python -c 'import sqlite3'`", 3, ours / bare, "×")


def main() -> None:
    """Measure and print."""
    with TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        programs.found(home)
        shop.open(home)
        crowd(PEOPLE)
        shop.close()
        subprocess.run([sys.executable, "-m", "compileall", "-q", "models", "screens", "tui"], check=False)
        print(f"{'':<58}{'budget':>9}{'reached':>9}")
        for part in (starting(home), keys(home), [checking(home)], memory(Path(folder))):
            for budget in part:
                print(budget.line(), flush=True)


if __name__ == "__main__":
    main()
