"""D1: the power is cut, which is worse than kill -9: what the system holds in memory is gone too.

Every write of a writer is recorded (by strace, so on Linux, and where tracing is allowed), and disks are laid out as a cut at any moment
may leave them.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Final

from models import sqlite
from tests.faults import writing
from tests.faults.disk import KEEP, File, Folder
from tests.faults.registry import CannotRunError, Counted
from tests.faults.state import lost, wrong
from tests.faults.writing import Said

OPERATIONS: Final = 40
CALLS: Final = (
    "open,openat,creat,write,writev,pwrite64,pwritev,pwritev2,lseek,ftruncate,truncate,fallocate,fsync,fdatasync,sync_file_range,"
    "unlink,unlinkat,rename,renameat,renameat2,link,linkat,copy_file_range,sendfile,mkdir"
)
_LINE: Final = re.compile(r"(?:\d+ +)?(\w+)\((.*)\) += (-?\d+)(?:<(.*?)>| E[A-Z]+ \(.*\))?")
_FILE: Final = re.compile(r"(\d+)<([^>]*)>")
_TEXT: Final = re.compile(r'"((?:\\x[0-9a-f]{2})*)"(\.\.\.)?')
_SELDOM: Final = (
    "unlinkat renameat renameat2 link linkat truncate writev pwritev pwritev2 fallocate sync_file_range copy_file_range sendfile"
)
"""Calls that nothing of ours makes today; if something does, the recording says so instead of leaving it out."""


def with_rollback_journal(rounds: int) -> Counted:
    """`rounds` disks after a cut, rollback journal with EXTRA."""
    return _cut(rounds, sqlite.DELETE)


def with_wal(rounds: int) -> Counted:
    """The same, write-ahead log with FULL."""
    return _cut(rounds, sqlite.WAL)


def _cut(rounds: int, journal: str) -> Counted:
    if not shutil.which("strace"):
        raise CannotRunError("strace is not installed")
    careless = _cuts(max(60, rounds // 10), journal, "careless")
    if careless.is_good:
        return careless._replace(bad=("with nothing synced, nothing was lost: these power cuts prove nothing",))
    counted = _cuts(rounds, journal, "")
    spoilt = len(careless.bad)
    return counted._replace(note=f"{counted.note}; with nothing synced {spoilt} of {careless.rounds} cuts are bad".strip("; "))


def _cuts(rounds: int, journal: str, how: str) -> Counted:
    """Record one writer, and look at `rounds` disks; a disk that is wrong counts once, however much is."""
    random = Random(f"{journal} {rounds}")
    with writing.shops(journal) as (home, said), TemporaryDirectory(prefix="faults-") as scratch:
        measured, folder = Folder(home), Folder(home)
        trace = _recorded(home, said, Path(scratch), how)
        _done, errors, ended = writing.heard(said)
        if errors or not ended:
            return Counted(0, 0, 0, tuple(errors) or ("the writer did not come to its end",))
        moments = sum(1 for _ in _replayed(trace, measured, home, said))
        at: dict[int, int] = {}
        for _ in range(rounds):
            moment = random.randrange(moments)
            at[moment] = at.get(moment, 0) + 1
        judged, gone, bad = 0, 0, []
        for moment, acknowledged in enumerate(_replayed(trace, folder, home, said)):
            for _ in range(at.get(moment, 0)):
                keep = random.choice(KEEP)
                missing, found = _judged(folder, keep, acknowledged, random)
                judged, gone = judged + len(acknowledged), gone + len(missing)
                if missing or found:
                    bad.append(f"cut after call {moment} of {moments}, {keep} of what was not synced: {[*missing, *found][0]}")
        return Counted(rounds, judged, gone, tuple(bad), f"{moments} moments")


def _judged(folder: Folder, keep: str, acknowledged: list[Said], random: Random) -> tuple[list[str], list[str]]:
    """What is lost, and what else is wrong, on a disk after a cut."""
    with TemporaryDirectory(prefix="faults-") as place:
        left = Path(place) / "home"
        left.mkdir(mode=0o700)
        folder.cut(left, keep, random)
        found = wrong(left)
        missing = lost(left, acknowledged) if not found else [str(each) for each in acknowledged[-1:]]
        return missing, found


def _recorded(home: Path, said: Path, scratch: Path, how: str) -> list[str]:
    trace = scratch / "trace"
    writer = [sys.executable, "-m", "tests.faults.writing", str(home), str(said), "7", str(OPERATIONS), how]
    watched = ["strace", "-f", "-y", "-xx", "-s", "1000000", "-e", f"trace={CALLS}", "-o", str(trace), *writer]
    done = subprocess.run(watched, check=False, capture_output=True, text=True, cwd=Path(__file__).parents[2])
    if done.returncode or not trace.exists():
        raise CannotRunError(f"strace may not trace here: {done.stderr.strip()[-200:]}")
    return trace.read_text("ascii").splitlines()


def _replayed(trace: list[str], folder: Folder, home: Path, said: Path) -> Iterator[list[Said]]:
    """Do to `folder` what was recorded; after each call that changed something, what was acknowledged until then."""
    acknowledged: list[Said] = []
    places: dict[int, int] = {}  # where `write` goes on, by file descriptor; -1 at the end
    for line in trace:
        if str(home).encode().hex() not in line.replace("\\x", "") and str(home) not in line and str(said) not in _plain(line):
            continue
        match = _LINE.fullmatch(line)
        if match is None:
            raise CannotRunError(f"a call that cannot be replayed: {line[:120]}")
        call, given, result, opened = match[1], match[2], int(match[3]), _plain(match[4] or "")
        if result < 0:
            continue
        if call == "write" and str(said) in _plain(given):
            told = writing.acknowledgement(_data(given))
            acknowledged = [*acknowledged, told] if told is not None else acknowledged
        elif _done(folder, home, call, given, (result, opened), places):
            yield acknowledged


def _done(folder: Folder, home: Path, call: str, given: str, came: tuple[int, str], places: dict[int, int]) -> bool:
    """Do one call; whether it changed anything on the disk, or what of it is safe."""
    result, opened = came
    if call in {"open", "openat", "creat"}:
        return _open(folder, _within(home, opened), given, result, places)
    if call in {"unlink", "rename"}:
        names = [_within(home, _text(match[0])) for match in _TEXT.finditer(given)]
        folder.name(*((names[1], folder.now.get(names[0], File())),) if call == "rename" else (), (names[0], None))
        return True
    found = _FILE.match(given)
    if found is None or call in _SELDOM.split():
        raise CannotRunError(f"a call that cannot be replayed: {call}")
    number, path = int(found[1]), _plain(found[2])
    name = _within(home, path)
    if call == "lseek":
        places[number] = result
        return False
    if call in {"fsync", "fdatasync"}:
        folder.sync() if name in {"", "."} else folder.now[name].sync()
        return True
    if name.endswith("-shm"):  # made anew from the log by whoever comes first
        return False
    return _change(folder.now[name], call, given, number, places)


def _open(folder: Folder, name: str, given: str, number: int, places: dict[int, int]) -> bool:
    places[number] = -1 if "O_APPEND" in given else 0
    made = "O_CREAT" in given and name not in folder.now and name not in {"", "."} and not name.startswith("..")
    if made:
        folder.name((name, File()))
    if "O_TRUNC" in given:
        folder.now[name].change(0, None)
        return True
    return made


def _change(file: File, call: str, given: str, number: int, places: dict[int, int]) -> bool:
    if call == "ftruncate":
        file.change(int(given.rpartition(", ")[2], 0), None)
        return True
    data = _data(given)
    if call == "pwrite64":
        file.change(int(given.rpartition(", ")[2], 0), data)
    else:
        at = file.size if places[number] == -1 else places[number]
        file.change(at, data)
        places[number] = at + len(data) if places[number] != -1 else -1
    return True


def _within(home: Path, path: str) -> str:
    return os.path.relpath(path.removesuffix(" (deleted)"), home)


def _data(given: str) -> bytes:
    match = _TEXT.search(given)
    if match is None or match[2]:
        raise CannotRunError("a write that strace cut off")
    return bytes.fromhex(match[1].replace("\\x", ""))


def _text(quoted: str) -> str:
    return _plain(quoted.strip('"'))


def _plain(text: str) -> str:
    """`text` with strace's escapes taken back."""
    return re.sub(r"(?:\\x[0-9a-f]{2})+", lambda match: bytes.fromhex(match[0].replace("\\x", "")).decode("utf-8", "replace"), text)
