"""What starting costs, beside the smallest Textual app and beside Python itself: `python -m tests.bench.start`.

Each round starts every program once, one after the other, so that a busy machine is as busy for each; what is shown is the median.
"""

from __future__ import annotations

import os
import pwd
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Final

from models import shop
from models.operations import devices
from models.queries import devices as queries, staff
from tests.bench.terminal import ROOT, Counting
from tests.device_keys import ed25519
from tests.factories import CONSOLE, template

ROUNDS: Final = 15
USER: Final = pwd.getpwuid(os.getuid()).pw_name
"""Whose the data folder is."""

SMALLEST: Final = """
from textual.app import App
from textual.widgets import Static
class Smallest(App):
    def compose(self):
        yield Static("painted")
Smallest().run()
"""


def first_paint(shows: str, *arguments: str) -> tuple[float, float]:
    """Seconds until a program has painted `shows`, and the most memory it took in MB."""
    with Counting(*arguments) as program:
        seconds = program.first_paint(shows=shows).seconds
        if shows.encode() not in program.painted:
            raise TimeoutError(program.painted[-400:])
        return seconds, program.memory() / 1024


def whole(*arguments: str) -> float:
    """Seconds from start to end of a Python process."""
    start = time.perf_counter()
    subprocess.run([sys.executable, *arguments], cwd=ROOT, check=False, capture_output=True)
    return time.perf_counter() - start


def enrol(home: Path) -> str:
    """Enrol a device key of the owner's; its fingerprint."""
    shop.open(home)
    try:
        devices.add(CONSOLE, staff.find("owner"), ed25519("owner"), name="laptop")
        ((_login, key),) = queries.everybodys(CONSOLE)
        return key.fingerprint
    finally:
        shop.close()


def row(name: str, seconds: float, beside: float, more: str = "") -> None:
    """One line of the table."""
    print(f"{name:<52}{seconds * 1000:>8.0f} ms  × {seconds / beside:4.2f}  {more}")


def main() -> None:
    """Measure and print."""
    with TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        template(home)
        mark = enrol(home)
        programs: dict[str, Callable[[], tuple[float, float]]] = {
            "smallest Textual app": lambda: first_paint("painted", "-c", SMALLEST),
            "sign-in": lambda: first_paint("Password", "-m", "tui", "--home", str(home)),
            "sample shop": lambda: first_paint("Password", "-m", "tui", "demo"),
        }
        quick: dict[str, Callable[[], float]] = {
            "python -c 'import sqlite3'": lambda: whole("-c", "import sqlite3"),
            "shopstaff check": lambda: whole("-m", "tui", "--home", str(home), "check", "owner", "goods.view"),
            "shopstaff check --why": lambda: whole("-m", "tui", "--home", str(home), "check", "owner", "goods.view", "--why"),
            "shopstaff ssh keys": lambda: whole("-m", "tui", "--home", str(home), "ssh", "keys", USER, mark),
            "shopstaff ssh keys, of nobody": lambda: whole("-m", "tui", "--home", str(home), "ssh", "keys", USER, mark[::-1]),
        }
        painted: dict[str, list[tuple[float, float]]] = {name: [] for name in programs}
        ended: dict[str, list[float]] = {name: [] for name in quick}
        for measure in (*programs.values(), *quick.values()):
            measure()  # a first time, that compiles
        for _ in range(ROUNDS):
            for name, paint in programs.items():
                painted[name].append(paint())
            for name, end in quick.items():
                ended[name].append(end())
        smallest, memory = (median(values) for values in zip(*painted["smallest Textual app"], strict=True))
        for name, results in painted.items():
            seconds, taken = (median(values) for values in zip(*results, strict=True))
            row(f"first paint: {name}", seconds, smallest, f"{taken:6.1f} MB  × {taken / memory:4.2f}")
        for name, times in ended.items():
            row(name, median(times), median(ended["python -c 'import sqlite3'"]))


if __name__ == "__main__":
    main()
