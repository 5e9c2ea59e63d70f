"""From a letter to the people it finds, painted: `python -m tests.bench.staff_search`.

The real program in a real pty of 80 by 24, on shops of 100 and of 10,000 people; the numbers are medians. Beside it the bare reads, to
tell what of it is the database.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Final, NamedTuple

os.environ["TEXTUAL_DISABLE_KITTY_KEY"] = "1"
os.environ["TEXTUAL_ANIMATIONS"] = "none"

from models import shop
from models.queries import staff
from models.queries.staff import StaffFilter
from screens.widgets.list_window import SMALLEST
from tests.bench.terminal import Counting
from tests.crowd import crowd
from tests.factories import signed_in, template
from tui.app import ShopstaffApp
from tui.language import speak

COUNTS: Final = (100, 10_000)
TYPED: Final = ("zhangsan", "wangfang", "lili", "zs", "13800000", "person0")
BUDGET_MS: Final = 50.0
RATIO: Final = 1.5
ROUNDS: Final = 4


class Program(ShopstaffApp):
    """The program, the owner signed in and the staff in front."""

    def leads(self) -> bool:
        """Nobody is led to phone codes: the staff would be behind them."""
        return False

    async def on_ready(self) -> None:
        """Come to the staff."""
        self.sign_in(signed_in("owner", ages=True))
        self.go("staff")


def run(home: Path) -> None:
    """The program that is measured."""
    shop.open(home)
    speak("en")
    Program(home).run()


class Typed(NamedTuple):
    """What every letter cost: milliseconds to the last byte, bytes, and milliseconds of processor time."""

    milliseconds: list[float]
    written: list[float]
    cpu: list[float]


def painted(homes: Sequence[Path]) -> list[Typed]:
    """What every letter costs in each shop, by turns in the one and the other."""
    found = [Typed([], [], []) for _home in homes]
    with ExitStack() as stack:
        terminals = [stack.enter_context(Counting("-m", "tests.bench.staff_search", "--run", str(home))) for home in homes]
        for terminal in terminals:
            terminal.first_paint(shows="person0")
        for each in range(ROUNDS):
            for text in TYPED:
                for terminal, typed in zip(terminals, found, strict=True):
                    search(terminal, text, typed if each else Typed([], [], []))  # the first round fills caches
        for terminal in terminals:
            if terminal.process.poll() is not None:
                raise RuntimeError(terminal.painted[-2000:].decode(errors="replace"))
    if not all(median(typed.written) for typed in found):
        raise RuntimeError("letters are not painted: something else is in front")
    return found


def search(terminal: Counting, text: str, typed: Typed) -> None:
    """Look for somebody, letter by letter."""
    terminal.press("/")
    for letter in text:
        answer = terminal.press(letter)
        typed.milliseconds.append(answer.seconds * 1000)
        typed.written.append(float(answer.written))
        typed.cpu.append(answer.cpu * 1000)
    terminal.press("\x1b")
    terminal.wait()


def read(home: Path) -> float:
    """Milliseconds that the reads of one letter take: counting, and the window that is shown."""
    shop.open(home)
    try:
        actor = signed_in("owner", ages=True)
        spent = []
        for text in TYPED * ROUNDS:
            for end in range(1, len(text) + 1):
                begin = perf_counter()
                found = staff.listing(actor, StaffFilter(query=text[:end]))
                found.count()
                found.window(0, max(SMALLEST, 60))
                spent.append((perf_counter() - begin) * 1000)
        return median(spent)
    finally:
        shop.close()


def main() -> None:
    """Measure and print."""
    print(f"{'people':>10}{'letter':>12}{'p99':>10}{'CPU':>10}{'bytes':>10}{'reads':>12}")
    with TemporaryDirectory() as folder:
        homes = [Path(folder) / str(count) for count in COUNTS]
        reads = []
        for count, home in zip(COUNTS, homes, strict=True):
            template(home)
            shop.open(home)
            crowd(count)
            shop.close()
            reads.append(read(home))
        found = painted(homes)
    for count, bare, typed in zip(COUNTS, reads, found, strict=True):
        p99 = quantiles(typed.milliseconds, n=100)[98]
        print(
            f"{count:>10,}{median(typed.milliseconds):>9.1f} ms{p99:>7.0f} ms{median(typed.cpu):>7.1f} ms"
            f"{median(typed.written):>8.0f} B{bare:>9.1f} ms"
        )
    few, many = found
    wall, cpu = median(many.milliseconds) / median(few.milliseconds), median(many.cpu) / median(few.cpu)
    print(f"10,000 ÷ 100, painted: {wall:.2f} (limit {RATIO}), processor time: {cpu:.2f}; limit of a letter {BUDGET_MS:.0f} ms")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--run"]:
        run(Path(sys.argv[2]))
    else:
        main()
