"""A disk that loses its power: what is on it is what was made durable, and of the rest whatever part the disk had got to.

Nothing is promised that POSIX does not promise: a file's content is safe once the file was synced, a name once its folder was. What was
not may be there or not, piece by piece and in any order, a write cut off between two sectors of 512 bytes included.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Final

SECTOR: Final = 512
KEEP_NOTHING, KEEP_ALL, KEEP_SOME = "nothing", "all", "some"
KEEP: Final = (KEEP_NOTHING, KEEP_SOME, KEEP_SOME, KEEP_ALL)
"""Of what was not synced, likewise weighted: `all` is what kill -9 leaves."""

Change = tuple[int, bytes | None]
"""Bytes written at a place; or None: cut off, or grown, to that size."""


class File:
    """One file: what is durable of it, and what came since."""

    def __init__(self, content: bytes = b"") -> None:
        self.durable: bytes = content
        self.since: list[Change] = []
        self.size = len(content)

    def change(self, at: int, data: bytes | None) -> None:
        """Write, or set the size."""
        self.since.append((at, data))
        self.size = at if data is None else max(self.size, at + len(data))

    def sync(self) -> None:
        """Everything so far is durable."""
        self.durable, self.since = _with(self.durable, self.since), []

    def after(self, keep: Callable[[Change], Change | None]) -> bytes:
        """What is left of it when the power goes."""
        return _with(self.durable, [kept for change in self.since if (kept := keep(change)) is not None])


def _with(content: bytes, changes: list[Change]) -> bytes:
    made = bytearray(content)
    for at, data in changes:
        end = at if data is None else at + len(data)
        if len(made) < end:
            made.extend(bytes(end - len(made)))
        if data is None:
            del made[at:]
        else:
            made[at:end] = data
    return bytes(made)


Renaming = tuple[tuple[str, File | None], ...]
"""Names that come to stand for a file, or for none, all at once."""


class Folder:
    """Names, as they are now and as they are on the disk."""

    def __init__(self, home: Path) -> None:
        """Take over what is in `home`, as durable."""
        self.home: Final = home
        self.now = {str(each.relative_to(home)): File(each.read_bytes()) for each in home.rglob("*") if each.is_file()}
        self.durable = dict(self.now)
        self.since: list[Renaming] = []

    def name(self, *names: tuple[str, File | None]) -> None:
        """Make or take away names."""
        self.since.append(names)
        _rename(self.now, names)

    def sync(self) -> None:
        """Every name is durable."""
        self.durable, self.since = dict(self.now), []

    def cut(self, at: Path, keep: str, random: Random) -> None:
        """Lay into the folder `at` what is left when the power goes now."""
        names = dict(self.durable)
        whole = random.random() < 0.5  # a file system with a journal of its own keeps the order of names; half of all disks here do
        kept = random.randint(0, len(self.since))
        for number, renaming in enumerate(self.since):
            if keep == KEEP_ALL or (keep == KEEP_SOME and (number < kept if whole else random.random() < 0.5)):
                _rename(names, renaming)
        share = random.choice((0.1, 0.5, 0.9))
        for name, file in names.items():
            path = at / name
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            path.write_bytes(file.after(lambda change: _kept(change, keep, share, random)))
            path.chmod(0o600)


def _kept(change: Change, keep: str, share: float, random: Random) -> Change | None:
    if keep == KEEP_ALL:
        return change
    if keep == KEEP_NOTHING or random.random() > share:
        return None
    at, data = change
    if data is None or len(data) <= SECTOR or random.random() < 0.7:
        return change
    sectors = random.randrange(1, (len(data) + SECTOR - 1) // SECTOR)
    return (at, data[: sectors * SECTOR])


def _rename(names: dict[str, File], renaming: Renaming) -> None:
    for name, file in renaming:
        if file is None:
            names.pop(name, None)
        else:
            names[name] = file
