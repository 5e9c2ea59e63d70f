"""What the program is like on a weak machine: `python -m tests.bench.weak`.

Every program that is measured runs under a fifth of one processor and 256 MB (see `limits`), in a real terminal of 80 by 24, after files
were compiled as an installation does it; what measures does not. Prints the table that README shows. Takes six minutes on a machine that
does nothing else, and on another the numbers are worth little.
"""

from __future__ import annotations

import argparse
import os
import platform
import signal
import sys
from collections import defaultdict
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, NoReturn

from models import shop
from tests.bench.terminal import ROOT
from tests.bench.weak import measuring, table
from tests.bench.weak.limits import Limit, weak
from tests.crowd import crowd

ROUNDS: Final = 7
FEW: Final = 100
MANY: Final = 10_000
BUSY: Final = 0.5
"""The load from which somebody is told: what else runs waits for the same processor and the same disk."""

README: Final = ROOT / "README.md"
PROGRAMS: Final = "tests.bench.weak.programs"

AMONG_MANY: Final = {table.LETTER: table.LETTERS, table.RESTING: table.SEARCHED}
"""What a row that was measured among a hundred is among ten thousand."""

Numbers = defaultdict[str, list[float]]


def shops(limit: Limit, folder: Path) -> tuple[Path, Path]:
    """A shop of a hundred people, and one of ten thousand."""
    homes = folder / str(FEW), folder / str(MANY)
    for home, count in zip(homes, (FEW, MANY), strict=True):
        measuring.whole(limit, "-m", PROGRAMS, "found", str(home))
        shop.open(home)
        crowd(count)
        shop.close()
    return homes


def starting(limit: Limit, home: Path, rounds: int) -> tuple[Numbers, Numbers]:
    """Everything that a program is started for, each once a round, so that whatever else the machine does falls on all; ours and theirs."""
    ours, theirs = Numbers(list), Numbers(list)
    program, smallest = ("-m", "tui", "--home", str(home)), ("-m", measuring.BARE, "smallest")
    for number in range(rounds):
        theirs[table.LINE].append(measuring.whole(limit, "-c", "pass"))
        ours[table.LINE].append(measuring.first_line(limit, home))
        paint, memory = measuring.first_paint(limit, "painted", *smallest)
        theirs[table.PAINT].append(paint)
        theirs[table.RESTING].append(memory)
        ours[table.PAINT].append(measuring.first_paint(limit, "Password", *program)[0])
        taken, resting, peak = measuring.sign_in(limit, *program)
        ours[table.HASHED].append(taken)
        ours[table.RESTING].append(resting)
        ours[table.PEAK].append(peak)
        ours[table.UNHASHED].append(measuring.sign_in(limit, "-m", PROGRAMS, "unhashed", str(home))[0])
        if number % 3 == 0:
            for of, shows, words in ((theirs, "painted", smallest), (ours, "Password", program)):
                measuring.out_of_memory(measuring.installed())
                of[table.COLD].append(measuring.first_paint(limit, shows, *words)[0])
        said(f"started {number + 1} of {rounds} times")
    return ours, theirs


def typing(limit: Limit, homes: tuple[Path, Path], rounds: int) -> tuple[Numbers, Numbers]:
    """Everything that a key is pressed for; ours and theirs."""
    few, many = homes
    ours, theirs = Numbers(list), Numbers(list)
    for of, pressed, count in (
        (ours, lambda: measuring.keys(limit, few, rounds), FEW),
        (theirs, lambda: measuring.usual(limit, FEW, rounds), FEW),
        (ours, lambda: measuring.searching(limit, many, rounds), MANY),
        (theirs, lambda: measuring.usual_searching(limit, MANY, rounds), MANY),
    ):
        for name, values in pressed().items():
            of[name if count == FEW else AMONG_MANY[name]] = values
        said(f"keys pressed among {count:,}")
    return ours, theirs


def said(progress: str) -> None:
    """Tell whoever waits, beside the table."""
    print(progress, file=sys.stderr, flush=True)


def measured(limit: Limit, rounds: int) -> list[str]:
    """Measure everything; the table."""
    with TemporaryDirectory() as folder:
        said(limit.how)
        if (load := os.getloadavg()[0]) > BUSY:
            said(f"this machine is busy (load {load:.1f}): what is measured says little")
        homes = shops(limit, Path(folder))
        starting(limit, homes[0], 1)  # compiles, and is not counted
        found = [starting(limit, homes[0], rounds), typing(limit, homes, max(1, rounds // 3))]
    tails = {table.LETTER, table.LETTERS, table.ROW, table.TAB, table.SECTION}
    ours, theirs = (
        {name: table.found(values, tail=name in tails) for part in found for name, values in part[side].items()} for side in (0, 1)
    )
    return table.lines(heading(limit), ours, theirs)


def heading(limit: Limit) -> str:
    """How it was measured, in one line."""
    with Path("/proc/cpuinfo").open(encoding="utf-8") as file:
        names = [line.partition(":")[2].strip() for line in file if line.startswith(("model name", "Model"))]
    model = names[0] if names else platform.machine()
    return (
        f"On {model}, CPython {platform.python_version()}, Textual {version('textual')}; {limit.how}; 80×24. "
        f"The usual Textual app has a header, an input, a table and a footer."
    )


def leave(number: int, _frame: object) -> NoReturn:
    """End by the way on which groups are taken away."""
    raise SystemExit(128 + number)


def main(arguments: Sequence[str]) -> int:
    """Measure, print, and write if that is asked for."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.weak", description=(__doc__ or "").partition("\n\n")[0])
    parser.add_argument("--write", action="store_true", help="put the table into README")
    parser.add_argument("--no-rights", action="store_true", help="make no groups, though one could")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="how often each program is started")
    asked = parser.parse_args(arguments)
    for each in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, leave)
    with weak(rights=not asked.no_rights) as limit:
        lines = measured(limit, asked.rounds)
    print("\n".join(lines))
    if asked.write:
        README.write_text(table.replaced(README.read_text(encoding="utf-8"), lines), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
