"""What one hash of a password costs: the floor, what a machine can afford, and how the choice is kept.

argon2id. A guess costs whoever stole the hashes what a sign-in costs here, so a machine that can spend more should; not so much that
people wait, or that the hashes of a morning rush push everything else out of memory.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from argon2 import PasswordHasher


class Cost(NamedTuple):
    """What one hash costs; read back from a PHC string, so a change of it is noticed at the next sign-in."""

    memory: int
    """KiB."""
    passes: int
    lanes: int
    salt: int = 16
    length: int = 32
    """Bytes, as of the salt."""


FLOOR: Final = Cost(memory=19_456, passes=2, lanes=1)
"""The least that OWASP's Password Storage Cheat Sheet asks of argon2id: 19 MiB, two passes, one lane."""

MOST_MEMORY: Final = 65_536
"""KiB: two hashes at once take 128 MiB, on however large a machine."""

MOST_PASSES: Final = 12
"""Beyond that a fast machine is given back its time: it has spent on memory what counts."""

SHARE: Final = 20
"""A hash takes at most one part in so many, 5 %, of the machine's memory; the floor wins."""

SHORTEST: Final = 0.25
LONGEST: Final = 0.5
"""Seconds that a hash is to take: what nobody minds at a sign-in."""

_AIM: Final = 0.36  # seconds: as far from one bound as from the other, in proportion, since measuring errs in proportion
_MEBI: Final = 1024  # KiB; memory is chosen in whole MiB
_ATTEMPTS: Final = 3  # choices that are measured
_WRITTEN: Final = "m=([0-9]{1,9}),t=([0-9]{1,9}),p=([0-9]{1,9})"


def calibrate(memory_bytes: int, *, timer: Callable[[], float], spend: Callable[[Cost], object] | None = None) -> Cost:
    """The cost at which a hash takes 250 to 500 ms on this machine, as far as its memory and the floor allow.

    Measures two to six hashes, which take 1 to 2 seconds, or as long as two at the floor: call it off the event loop. As much memory as may
    be comes first, passes second: memory is what makes guessing on other hardware dear.

    Args:
        memory_bytes: what the machine has, or the part of it that this process may use; 0 where nobody knows.
        timer: seconds that pass, `time.perf_counter` outside tests.
        spend: hashes something at a cost; argon2id itself outside tests.
    """
    spend = spend or _spend
    most = max(FLOOR.memory, min(MOST_MEMORY, memory_bytes // SHARE // 1024 // _MEBI * _MEBI))
    cost = FLOOR
    for _attempt in range(_ATTEMPTS):
        took = _measured(cost, timer, spend)
        if SHORTEST <= took <= LONGEST:
            break
        each = max(took, 1e-6) / (cost.memory * cost.passes)  # seconds; a timer that stands still, or goes back, divides nothing by nothing
        if (better := _fitted(each, most)) == cost:
            break
        cost = better
        most = cost.memory  # it only falls from here on: where a cache ends, more and less would take turns
    return cost


def cost_of(phc: str) -> Cost:
    """What the hash in a PHC string cost.

    Raises:
        ValueError: it is no such string.
    """
    from argon2 import extract_parameters  # here, because only signing in needs it

    found = extract_parameters(phc)
    return Cost(found.memory_cost, found.time_cost, found.parallelism, found.salt_len, found.hash_len)


def written(cost: Cost) -> str:
    """`cost` as a setting keeps it: `m=19456,t=2,p=1`, as in a PHC string."""
    return f"m={cost.memory},t={cost.passes},p={cost.lanes}"


def read(text: str) -> Cost:
    """What `written` wrote. The floor when it is anything that `calibrate` would not have chosen, be it less or more."""
    if found := re.fullmatch(_WRITTEN, text):
        cost = Cost(*map(int, found.groups()))
        if FLOOR.memory <= cost.memory <= MOST_MEMORY and FLOOR.passes <= cost.passes <= MOST_PASSES and cost.lanes == FLOOR.lanes:
            return cost
    return FLOOR


@cache
def hasher(cost: Cost) -> PasswordHasher:
    """What hashes and verifies at `cost`."""
    from argon2 import PasswordHasher, Type  # here, because only signing in needs it

    _give_memory_back()
    return PasswordHasher(cost.passes, cost.memory, cost.lanes, cost.length, cost.salt, type=Type.ID)


def _measured(cost: Cost, timer: Callable[[], float], spend: Callable[[Cost], object]) -> float:
    """Seconds that a hash takes: the better of two, because something else may have run meanwhile, and the first has to be loaded."""
    times: list[float] = []
    for _time in range(2):
        start = timer()
        spend(cost)
        times.append(timer() - start)
    return min(times)


def _fitted(each: float, most: int) -> Cost:
    """The cost that comes nearest to the aim, where a pass over one KiB takes `each` seconds: as much memory as fits, then passes."""
    memory = int(_AIM / (each * FLOOR.passes)) // _MEBI * _MEBI
    memory = max(FLOOR.memory, min(memory, most))
    passes = max(FLOOR.passes, min(round(_AIM / (each * memory)), MOST_PASSES))
    return FLOOR._replace(memory=memory, passes=passes)


def _spend(cost: Cost) -> None:
    hasher(cost).hash("a password like any other")


@cache
def _give_memory_back() -> None:
    """Have the allocator map what a hash takes, so that it goes back to the system: otherwise it stays in the process for good."""
    import ctypes  # here, because only signing in needs it

    with suppress(OSError, AttributeError, TypeError):  # another libc has no such knob, and hashing works all the same
        ctypes.CDLL(None).mallopt(-3, 1 << 20)  # M_MMAP_THRESHOLD of glibc, bytes
