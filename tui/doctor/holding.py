"""Who has the shop's data locked, by what the kernel says: a lock that stays is a program that stands still."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import Final

from models.i18n import N_
from tui.doctor.finding import Finding, fine, wrong

_LOCKS: Final = Path("/proc/locks")
_PROCESSES: Final = Path("/proc")

_LOCK: Final = N_("Locks")
_LOCK_RIGHT: Final = N_("Nobody keeps the data from being changed.")
_LOCK_HELD: Final = N_("Somebody has kept the data from being changed for {seconds} seconds: {who}.")
_LOCK_TODO: Final = N_("If it is not at work, as an import or an upgrade is, end it: {kill}")
_UNKNOWN: Final = "?"


def judged(file: Path, seconds: float) -> Finding:
    """Whether somebody holds the data.

    Args:
        file: the database.
        seconds: for how long one has waited in vain; 0 where one had not to.
    """
    if not seconds:
        return fine(_LOCK, _LOCK_RIGHT)
    holders = held_by(file)
    who = ", ".join(f"{name} ({number})" for number, name in holders) or _UNKNOWN
    kill = " ".join(["kill", *(str(number) for number, _name in holders)]) if holders else f"fuser -v {file}"
    return wrong(_LOCK, _LOCK_HELD, _LOCK_TODO, seconds=f"{seconds:.0f}", who=who, kill=kill)


def held_by(file: Path, locks: Path = _LOCKS) -> list[tuple[int, str]]:
    """The number and the name of every other process that has locked a part of `file` for itself; none where the kernel does not say."""
    found: dict[int, str] = {}
    with suppress(OSError, ValueError, IndexError):
        inode = str(file.stat().st_ino)
        for line in locks.read_text("ascii").splitlines():
            words = [word for word in line.split() if word != "->"]  # which marks one that waits
            number, place = int(words[4]), words[5].rpartition(":")[2]
            if "->" not in line and place == inode and words[3] == "WRITE" and number not in {os.getpid(), -1}:
                found[number] = _name(number)
    return sorted(found.items())


def _name(number: int) -> str:
    try:
        return (_PROCESSES / str(number) / "comm").read_text("utf-8", "replace").strip()
    except OSError:
        return _UNKNOWN
