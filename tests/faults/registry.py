"""Which faults there are, and what is counted of them.

A scenario is a line of `SCENARIOS` in `tests/faults/scenarios.py`: its name, the row of docs/protection.md, what it does, how many rounds
in full and how many in CI (10 s at most), and where its function is: `module:function` under `tests/faults`, imported when it is run.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Final, NamedTuple

SHOWN: Final = 5
"""Bad things that are told one by one."""


class CannotRunError(Exception):
    """This machine lacks what the scenario needs; the message says what."""


class Counted(NamedTuple):
    """What came of a scenario.

    Attributes:
        rounds: faults that were made.
        acknowledged: operations that said "done" and so have to be there afterwards; or whatever `rounds` let be judged.
        lost: of those, the ones that are not.
        bad: everything else that should not be, in words.
        note: what was seen besides, for the table.
    """

    rounds: int
    acknowledged: int
    lost: int
    bad: tuple[str, ...] = ()
    note: str = ""

    @property
    def is_good(self) -> bool:
        """Whether nothing was lost and nothing was bad; no round at all proves nothing."""
        return not self.lost and not self.bad and self.rounds > 0


Run = Callable[[int], Counted]


class Scenario(NamedTuple):
    """A fault, and how often it is made.

    Attributes:
        name: what it is called on the command line.
        row: of docs/protection.md.
        does: what it does, in a line.
        full: rounds of `python -m tests.faults`.
        ci: rounds of the slow-marked test; 0 leaves it out there.
        where: `module:function` under `tests.faults`; the function takes the number of rounds.
    """

    name: str
    row: str
    does: str
    full: int
    ci: int
    where: str

    def run(self, rounds: int) -> Counted:
        """Make the fault so many times.

        Raises:
            CannotRunError: not on this machine.
        """
        module, _, function = self.where.partition(":")
        made: Run = getattr(import_module(f"tests.faults.{module}"), function)
        return made(rounds)
