"""Hashing passwords on this machine: at the cost it was measured for, and never more than two at once.

Two, because each takes the memory that `init` chose with that in mind: more who sign in at the same moment wait their turn. Never inside a
transaction, which others would wait for.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from models import db, disk
from models.errors import ShopReadOnly
from models.rules import password_cost, passwords
from models.rules.passwords import Cost

AT_ONCE: Final = 2
"""Hashes at once on the machine, in all processes together."""

_COST: Final = "SELECT value FROM setting WHERE name = 'password_cost'"
_KEEP_COST: Final = "INSERT INTO setting (name, value) VALUES ('password_cost', ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value"
_CONTAINER: Final = Path("/sys/fs/cgroup/memory.max")  # bytes, or `max`; the machine itself has none
_PAUSE: Final = 0.01  # seconds between looks for a free place: small beside a hash


def calibrated() -> Cost:
    """What one hash is to cost on this machine: measured, which takes a second or two."""
    return password_cost.calibrate(memory(), timer=time.perf_counter)


def memory() -> int:
    """Bytes of memory that this process may use: the machine's, or its container's part of it; 0 where the system does not say."""
    found = []
    with suppress(OSError, ValueError):  # a system that knows no such name, or a limit that is `max`
        found.append(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
        found.append(int(_CONTAINER.read_text("ascii")))
    return max(0, min(found, default=0))


def cost() -> Cost:
    """What one hash costs in this shop; the floor where none was chosen, or what was chosen is below it."""
    found = db.row(_COST)
    return password_cost.read(str(found[0])) if found else passwords.FLOOR


def keep_cost(chosen: Cost) -> None:
    """Keep what one hash is to cost from now on, inside the transaction that is open; each password follows at its next sign-in."""
    db.write_many(_KEEP_COST, [(password_cost.written(chosen),)])


def digest(password: str) -> str:
    """As `passwords.digest`, at this shop's cost."""
    now_costs = cost()
    with _place():
        return passwords.digest(password, now_costs)


def verify(phc: str | None, password: str) -> bool:
    """As `passwords.verify`, at this shop's cost."""
    now_costs = cost()
    with _place():
        return passwords.verify(phc, password, now_costs)


def rehashed(phc: str, password: str) -> str | None:
    """`password`, which is right, hashed anew; None when what is kept is as it should be."""
    return digest(password) if passwords.needs_rehash(phc, cost()) else None


@contextmanager
def _place() -> Iterator[None]:
    """One of the two places, waited for; the system frees it when the process dies."""
    files = []
    try:
        for number in range(AT_ONCE):
            path = db.home() / f"hash-{number + 1}.lock"
            try:
                files.append(os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600))
            except OSError as error:
                raise disk.in_plain_words(error) or ShopReadOnly() from error
        while not any(map(_taken, files)):
            time.sleep(_PAUSE)
        yield
    finally:
        for file in files:
            os.close(file)


def _taken(file: int) -> bool:
    """Whether the place was free, and is ours now."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
