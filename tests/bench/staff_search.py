"""From a letter to the people it finds, painted: `python -m tests.bench.staff_search`.

The real program in a real pty of 80 by 24, on shops of 100 and of 10,000 people; the numbers are medians. Beside it the bare reads, to
tell what of it is the database.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Final

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
ROUNDS: Final = 5


class Program(ShopstaffApp):
    """The program, the owner signed in and the staff in front."""

    async def on_ready(self) -> None:
        """Come to the staff."""
        self.sign_in(signed_in("owner", ages=True))
        self.go("staff")


def run(home: Path) -> None:
    """The program that is measured."""
    shop.open(home)
    speak("en")
    Program(home).run()


def painted(home: Path) -> tuple[list[float], list[float], list[float]]:
    """Milliseconds to the last byte, bytes, and milliseconds of processor time of every letter."""
    milliseconds, written, cpu = [], [], []
    with Counting("-m", "tests.bench.staff_search", "--run", str(home)) as terminal:
        terminal.first_paint(shows="person0")
        for _round in range(ROUNDS):
            for text in TYPED:
                terminal.press("/")
                for letter in text:
                    answer = terminal.press(letter)
                    milliseconds.append(answer.seconds * 1000)
                    written.append(float(answer.written))
                    cpu.append(answer.cpu * 1000)
                terminal.press("\x1b")
                terminal.wait()
        if terminal.process.poll() is not None:
            raise RuntimeError(terminal.painted[-2000:].decode(errors="replace"))
    skipped = len(milliseconds) // ROUNDS  # the first round fills caches
    return milliseconds[skipped:], written[skipped:], cpu[skipped:]


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
    medians = []
    with TemporaryDirectory() as folder:
        for count in COUNTS:
            home = Path(folder) / str(count)
            template(home)
            shop.open(home)
            crowd(count)
            shop.close()
            reads = read(home)
            milliseconds, written, cpu = painted(home)
            medians.append(median(milliseconds))
            p99 = quantiles(milliseconds, n=100)[98]
            line = (
                f"{count:>10,}{medians[-1]:>9.1f} ms{p99:>7.0f} ms{sum(cpu) / len(cpu):>7.1f} ms{median(written):>8.0f} B{reads:>9.1f} ms"
            )
            print(line, flush=True)
    print(f"10,000 ÷ 100, painted: {medians[1] / medians[0]:.2f} (limit {RATIO}); limit of a letter {BUDGET_MS:.0f} ms")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--run"]:
        run(Path(sys.argv[2]))
    else:
        main()
