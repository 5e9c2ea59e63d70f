"""The disk under the data folder: whether it can be written, what room there is, what lies about, and who holds the data."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from models import ballast, clock, disk
from models.errors import DataUnusable, DiskFailing, DiskFull
from models.i18n import N_
from tui.doctor import sight
from tui.doctor.finding import WRONG, Finding, Sentence, fine, look, wrong

MIB: Final = 1024 * 1024
SETTLED: Final = 60 * 60
"""Seconds after which what is half written is nobody's work any more."""

SHOWN: Final = 3
"""Names that a sentence has."""

DATABASE: Final = "shop.db"
_HALVES: Final = ("*.new", "*.part", "*/*.new", "*/*.part", "*/*.tmp")
_COPIES: Final = ("shop-after-*", "shop-before-restore-*", "anchors-before-restore-*")

_ROOM, _BALLAST, _WRITES = N_("Free space"), N_("Ballast"), N_("Writing")
_LEFT, _EARLIER = N_("Left over"), N_("Earlier copies")

_ROOM_SAID: Final = N_("{mib} MiB")
_ROOM_TODO: Final = N_("Make room where {home} lies: on a full disk nothing can be changed any more. What takes most in it: {largest}.")
_ROOM_NONE: Final = N_("{mib} MiB, and nothing more can be written: the disk, a quota or the largest size of a file is reached.")
_FREE_TODO: Final = N_(
    "“shopstaff doctor --free” gives back what is held for this day; then make room. What takes most in {home}: {largest}."
)
_BALLAST_RIGHT: Final = N_("{kib} KiB are held back for the day the disk is full.")
_BALLAST_NONE: Final = N_("Nothing is held back for the day the disk is full.")
_BALLAST_TODO: Final = N_("It is made at a start with {mib} MiB free, and a day after “doctor --free” at the earliest.")
_WRITES_RIGHT: Final = N_("The disk takes what is written.")
_MOUNTED: Final = N_("{mount}, on which the data lies, is mounted to be read only. The system does that when a disk fails.")
_MOUNTED_TODO: Final = N_("“dmesg” says why. If it is not the disk: mount -o remount,rw {mount}")
_CLOSED: Final = N_("{path} cannot be written by {user}.")
_CLOSED_TODO: Final = N_("As root: chown {user} {path}; chmod u+rw{x} {path}")
_FAILING_TODO: Final = N_(
    "Copy {home} and the backups to another disk now; then replace the disk and put the copy, or the last backup, on the new one: "
    "shopstaff restore FILE (docs/recovery.md)."
)
_LEFT_SAID: Final = N_("Something that was cut off left this behind: {paths}.")
_LEFT_TODO: Final = N_("Nobody needs it: rm {quoted}")
_EARLIER_SAID: Final = N_("{n}, with {mib} MiB, from before an upgrade or a restore: {paths}.")
_EARLIER_TODO: Final = N_("Once you have seen that everything is there: rm {quoted}")


class _Lying(NamedTuple):
    """Files that lie about, by name and as a shell takes them, and their size."""

    names: str
    quoted: str
    bytes: int
    n: int


def judged(home: Path, user: str) -> Iterator[Finding]:
    """What there is to say of the disk.

    Raises:
        OSError: there is no such folder, or it is closed to whoever asks.
    """
    closed = list(_closed(home, user))
    yield from closed
    trouble = None if closed else disk.trouble(str(home / DATABASE))
    if isinstance(trouble, DiskFailing):
        yield failing(home, trouble)
    elif trouble is None and not closed:
        yield fine(_WRITES, _WRITES_RIGHT)
    yield _room(home, trouble)
    held = ballast.size(home)
    if held:
        yield fine(_BALLAST, _BALLAST_RIGHT, kib=held // 1024)
    else:
        yield look(_BALLAST, _BALLAST_NONE, _BALLAST_TODO, mib=(disk.LITTLE + ballast.BYTES) // MIB)
    yield from _lying_about(home)


def failing(home: Path, error: DataUnusable) -> Finding:
    """A disk that has room and fails."""
    return Finding(WRONG, _WRITES, error, Sentence(_FAILING_TODO, {"home": home}))


def _closed(home: Path, user: str) -> Iterator[Finding]:
    """What keeps everybody, or the shop's user, from writing."""
    if os.statvfs(home).f_flag & os.ST_RDONLY:
        yield wrong(_WRITES, _MOUNTED, _MOUNTED_TODO, mount=_mount(home))
        return
    for path in (home, home / DATABASE):
        if path.exists() and not os.access(path, os.W_OK):
            yield wrong(_WRITES, _CLOSED, _CLOSED_TODO, path=path, user=user, x="x" if path.is_dir() else "")


def _mount(home: Path) -> str:
    """Where what `home` lies on begins."""
    real = home.resolve()
    return str(next((each for each in (real, *real.parents) if each.is_mount()), real))


def _room(home: Path, trouble: DataUnusable | None) -> Finding:
    room = sight.free(home)
    facts = {"mib": room // MIB, "home": home}
    if isinstance(trouble, DiskFull):
        return wrong(_ROOM, _ROOM_NONE, _FREE_TODO if ballast.size(home) else _ROOM_TODO, **facts, largest=_largest(home))
    if room < disk.LITTLE:
        return look(_ROOM, _ROOM_SAID, _ROOM_TODO, **facts, largest=_largest(home))
    return fine(_ROOM, _ROOM_SAID, **facts)


def _largest(home: Path) -> str:
    """What takes most in the data folder, the database itself apart, which cannot be done without."""
    taken: dict[str, int] = {}
    for place in sight.below(home):
        name = place.path.removeprefix(f"{home}/").split("/")[0]
        if place.path != str(home) and not name.startswith(DATABASE) and name != ballast.NAME:
            taken[name] = taken.get(name, 0) + _size(Path(place.path))
    most = sorted(taken.items(), key=lambda each: -each[1])[:SHOWN]
    return ", ".join(f"{name} ({size / MIB:.1f} MiB)" for name, size in most if size >= MIB / 10) or "–"


def _size(path: Path) -> int:
    try:
        status = path.lstat()
    except OSError:
        return 0
    return status.st_size


def _lying_about(home: Path) -> Iterator[Finding]:
    halves = _lying([path for path in _found(home, _HALVES) if _age(path) > SETTLED])
    if halves.n:
        yield look(_LEFT, _LEFT_SAID, _LEFT_TODO, paths=halves.names, quoted=halves.quoted)
    earlier = _lying([path for path in _found(home, _COPIES) if not path.name.endswith(".part")])
    if earlier.n:
        facts = {"n": earlier.n, "mib": f"{earlier.bytes / MIB:.1f}", "paths": earlier.names, "quoted": earlier.quoted}
        yield look(_EARLIER, _EARLIER_SAID, _EARLIER_TODO, **facts)


def _found(home: Path, patterns: Sequence[str]) -> list[Path]:
    return sorted({path for pattern in patterns for path in home.glob(pattern)})


def _age(path: Path) -> float:
    """Seconds since it was written to, by a clock that may have been set meanwhile."""
    try:
        return abs(clock.now() / clock.SECOND - path.lstat().st_mtime)
    except OSError:
        return 0.0


def _lying(paths: Sequence[Path]) -> _Lying:
    shown = ", ".join(path.name for path in paths[:SHOWN])
    names = f"{shown} (+{len(paths) - SHOWN})" if len(paths) > SHOWN else shown
    return _Lying(names, " ".join(shlex.quote(str(path)) for path in paths), sum(map(_size, paths)), len(paths))
