"""Every fault, in full: `python -m tests.faults [NAME …] [--rounds N]`.

Prints a table as it goes. The exit code is 1 if anything was lost or bad; what this machine cannot run is said, and is neither.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
import traceback
from pathlib import Path
from typing import Final

from models import anchors
from models.queries import standing
from tests import factories
from tests.faults.registry import SHOWN, CannotRunError, Scenario
from tests.faults.scenarios import SCENARIOS

MEMORY: Final = Path("/dev/shm")
"""Faults of processes need no disk; those that do say so and take their own."""

LINE: Final = "{:<4} {:<22} {:>7} {:>13} {:>6} {:>5} {:>7}  {}"


def chosen(names: list[str]) -> list[Scenario]:
    """The scenarios that `names` names; all of them where it names none. A name is one of a scenario, or a row.

    Raises:
        SystemExit: there is no such scenario.
    """
    known = {name for scenario in SCENARIOS for name in (scenario.name, scenario.row)}
    if unknown := sorted(set(names) - known):
        sys.exit(f"There is no {', '.join(unknown)}. There are: {', '.join(scenario.name for scenario in SCENARIOS)}")
    return [scenario for scenario in SCENARIOS if not names or scenario.name in names or scenario.row in names]


def told(scenario: Scenario, rounds: int) -> bool:
    """Run one scenario and print its line; whether it was good."""
    began = time.monotonic()
    try:
        counted = scenario.run(rounds)
    except CannotRunError as error:
        print(LINE.format(scenario.row, scenario.name, "–", "–", "–", "–", "–", f"not run: {error}"), flush=True)
        return True
    except Exception:  # noqa: BLE001  a scenario that breaks says nothing of the program, and must not keep the others from running
        print(LINE.format(scenario.row, scenario.name, "–", "–", "–", "–", "–", "BAD: it broke itself"), flush=True)
        traceback.print_exc()
        return False
    seconds = f"{time.monotonic() - began:.0f} s"
    verdict = "good" if counted.is_good else "BAD"
    words = f"{verdict}{': ' + counted.note if counted.note else ''}"
    figures = (counted.rounds, counted.acknowledged, counted.lost, len(counted.bad), seconds)
    print(LINE.format(scenario.row, scenario.name, *figures, words), flush=True)
    for bad in counted.bad[:SHOWN]:
        print(f"       {bad}", flush=True)
    if len(counted.bad) > SHOWN:
        print(f"       and {len(counted.bad) - SHOWN} more", flush=True)
    return counted.is_good


def main(arguments: list[str]) -> int:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description="Faults that are really made, in full.")
    parser.add_argument("names", nargs="*", metavar="NAME", help="a scenario or a row of docs/protection.md; all of them if none is named")
    parser.add_argument("--rounds", type=int, help="so many of each, instead of its own number")
    parser.add_argument("--list", action="store_true", help="say what there is, and do nothing")
    asked = parser.parse_args(arguments)
    scenarios = chosen(asked.names)
    if asked.list:
        for scenario in scenarios:
            print(f"{scenario.row:<4} {scenario.name:<22} {scenario.full:>6}  {scenario.does}")
        return 0
    anchors.keep_out_of_syslog()
    standing.AHEAD = 2 * factories.AGELESS  # type: ignore[misc]  # sessions of tests do not age: as tests/conftest.py does
    if os.access(MEMORY, os.W_OK):
        tempfile.tempdir = str(MEMORY)
    print(LINE.format("row", "scenario", "rounds", "acknowledged", "lost", "bad", "took", "verdict"), flush=True)
    good = [told(scenario, asked.rounds or scenario.full) for scenario in scenarios]
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
