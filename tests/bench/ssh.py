"""What coming over SSH costs, in time and in bytes, beside `ssh … true`: `python -m tests.bench.ssh`.

sshd and ssh are the machine's own, on 127.0.0.1, the screens at 80 by 24. Bytes are counted between the two, so they are what goes over a
line, with all that SSH adds: what came for the client, from the key that was pressed until nothing more comes. Medians.
"""

from __future__ import annotations

import os
import select
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Final

from tests.factories import PASSWORD, template
from tests.terminal.ssh_shop import SshShop
from tests.terminal.sshd import HOST, LAX, USER, Sshd, fingerprint, program
from tests.terminal.terminal import Terminal, terminal

ROUNDS: Final = 9
QUIET: Final = 0.3
"""Seconds without a byte after which a key is taken to have been answered."""

PEOPLE: Final = 60
"""In the shop, so that the list is full."""

STEPS: Final = (
    ("a row", "4", "\x1b[B"),
    ("a letter of a search", "/", "p"),
    ("a section", "\x1b", "9"),
    ("a letter in a form", "4n", "p"),
)
"""What is measured, the keys that lead there, and the key."""


class Line:
    """A line between ssh and sshd, that counts what goes to the client.

    Args:
        port: sshd's.
    """

    def __init__(self, port: int) -> None:
        self._port = port
        self._listener = socket.create_server((HOST, 0))
        self.port = int(self._listener.getsockname()[1])
        self.down = 0
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Nobody connects any more."""
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(10)

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                near, _address = self._listener.accept()
                far = socket.create_connection((HOST, self._port))
                for end in (near, far):
                    end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                threading.Thread(target=self._carry, args=(near, far), daemon=True).start()

    def _carry(self, near: socket.socket, far: socket.socket) -> None:
        with near, far, suppress(OSError):
            while True:
                for end in select.select([near, far], [], [])[0]:
                    if not (data := end.recv(65536)):
                        return
                    if end is far:
                        self.down += len(data)
                    (near if end is far else far).sendall(data)


@contextmanager
def connected(shop: SshShop, key: Path, line: Line, *options: str) -> Iterator[Terminal]:
    """A terminal with ssh in it, over a line that counts."""
    command = [program("ssh"), *options, *shop.sshd.options(key, port=line.port), "-tt", shop.sshd.at]
    with terminal(command=command) as opened:
        yield opened


def pressed(opened: Terminal, line: Line, key: str) -> tuple[int, int, float]:
    """Press a key: bytes over the line, bytes for the terminal, and seconds until the last of them."""
    before, drawn, begin, last = line.down, len(opened.raw), perf_counter(), 0.0
    opened.type(key)
    while opened.read(QUIET):
        last = perf_counter() - begin
    return line.down - before, len(opened.raw) - drawn, last


def walked(shop: SshShop, key: Path, *options: str) -> dict[str, list[tuple[int, int, float]]]:
    """Come, sign in, and press keys: what each cost."""
    line = Line(shop.sshd.port)
    costs: dict[str, list[tuple[int, int, float]]] = {name: [] for name in ("first paint", *(name for name, *_keys in STEPS))}
    try:
        for _ in range(ROUNDS):
            shop.write("DELETE FROM draft")  # of the form in the round before
            before, begin = line.down, perf_counter()
            with connected(shop, key, line, *options) as opened:
                opened.shows("Password")
                painted = perf_counter() - begin
                opened.settle(QUIET)
                costs["first paint"].append((line.down - before, len(opened.raw), painted))
                opened.type(f"{PASSWORD}\r")
                opened.shows("1 Home")
                for name, leading, pressing in STEPS:
                    for each in leading:
                        opened.press(each)
                    opened.settle(QUIET)
                    costs[name].append(pressed(opened, line, pressing))
    finally:
        line.close()
    return costs


def timed(command: Sequence[str | Path]) -> float:
    """Seconds from start to end of a process."""
    begin = perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return perf_counter() - begin


def painted_here(shop: SshShop) -> float:
    """Seconds until the screens are there at the shop's own terminal."""
    begin = perf_counter()
    with terminal(command=[str(shop.python), "-I", "-X", "utf8", "-m", "tui", "--home", str(shop.home)]) as opened:
        opened.shows("Password")
        return perf_counter() - begin


def painted_over_ssh(shop: SshShop, key: Path) -> float:
    """Seconds until the screens are there, from the start of ssh."""
    begin = perf_counter()
    with shop.sshd.terminal(key) as opened:
        opened.shows("Password")
        return perf_counter() - begin


def told(name: str, seconds: float, beside: float) -> None:
    """One line of the table of times."""
    print(f"{name:<44}{seconds * 1000:>8.0f} ms  × {seconds / beside:5.2f}")


def times(shop: SshShop, lax: Sshd, key: Path) -> None:
    """Measure in turns, so that whatever else the machine does falls on all, and print."""
    ask: list[str | Path] = [shop.python, "-I", "-X", "utf8", "-m", "tui", "--home", shop.home, "ssh", "keys", USER, fingerprint(key)]
    measures: dict[str, Callable[[], float]] = {
        "ssh … true": lambda: timed([program("ssh"), *lax.options(key), lax.at, "true"]),
        "first paint at the shop's own terminal": lambda: painted_here(shop),
        "first paint over ssh": lambda: painted_over_ssh(shop, key),
        "python -c 'import sqlite3'": lambda: timed([sys.executable, "-c", "import sqlite3"]),
        "shopstaff ssh keys": lambda: timed(ask),
    }
    results: dict[str, list[float]] = {name: [] for name in measures}
    for measure in measures.values():
        measure()  # a first time, that compiles
    for _ in range(ROUNDS):
        for name, measure in measures.items():
            results[name].append(measure())
    for name in list(measures)[:3]:
        told(name, median(results[name]), median(results["ssh … true"]))
    for name in list(measures)[3:]:
        told(name, median(results[name]), median(results["python -c 'import sqlite3'"]))


def connecting(lax: Sshd, key: Path) -> int:
    """Bytes for the client until `true` has run: what SSH needs to say before there is anything to say."""
    line = Line(lax.port)
    try:
        timed([program("ssh"), *lax.options(key, port=line.port), lax.at, "true"])
        return line.down
    finally:
        line.close()


def sizes(shop: SshShop, key: Path) -> None:
    """Measure bytes with and without compression, and print."""
    plain, small = walked(shop, key), walked(shop, key, "-C")
    print(f"\n{'bytes':<24}{'drawn':>8}{'ssh':>10}{'':>8}{'ssh -C':>10}{'':>8}{'ms':>8}")
    for name, costs in plain.items():
        line, drawn, seconds = (median(values) for values in zip(*costs, strict=True))
        less, _drawn, _seconds = (median(values) for values in zip(*small[name], strict=True))
        print(f"{name:<24}{drawn:>8.0f}{line:>10.0f}  × {line / drawn:4.2f}{less:>10.0f}  × {less / drawn:4.2f}{seconds * 1000:>8.0f}")


def main() -> None:
    """Set up a shop and an sshd before it, measure, and print."""
    os.environ.setdefault("LANG", "C.UTF-8")
    with TemporaryDirectory() as name:
        folder = Path(name)
        template(folder / "template")
        shop = SshShop(folder / "template", folder)
        lax = Sshd(LAX)
        try:
            key = shop.person("alice", gave=["manager"])
            with shop.office() as found:
                for number in range(PEOPLE):
                    found.person(f"person{number}", name=f"李雷{number}", status="invited")
            shutil.copy(f"{key}.pub", lax.folder / "authorized_keys")
            assert "ssh-ed25519" in shop.answer(key)
            times(shop, lax, key)
            sizes(shop, key)
            print(f"of each first paint, connecting alone: {connecting(lax, key)}")
        finally:
            lax.close()
            shop.close()


if __name__ == "__main__":
    main()
