"""Full disks: whoever was told "done" is there, whoever was not is not, and nobody comes in without an entry."""

from __future__ import annotations

import contextlib
import gc
import os
import resource
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from unittest import mock

from models import ballast, db, shop
from models.errors import DiskFull
from models.operations import sessions
from tests import factories
from tests.faults.registry import Counted

ROOM: Final = 192 * 1024
"""Bytes that are left at the beginning: enough for some dozens of people."""


@contextlib.contextmanager
def limited(size: int) -> Iterator[None]:
    """Let no file of this process grow beyond so many bytes; Python ignores the signal that goes with it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@contextlib.contextmanager
def small_disk(at: Path, mib: int) -> Iterator[bool]:
    """A disk of so many MiB at a folder, where this machine lets one be made; whether it is there."""
    made = os.geteuid() == 0 and subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={mib}m,mode=700", "shopstaff-test", str(at)],
        check=False, capture_output=True,
    ).returncode == 0  # fmt: skip
    try:
        yield made
    finally:
        if made:
            gc.collect()  # errors hold on to what they happened in, the database's file among it
            subprocess.run(["umount", str(at)], check=True)


def filled(rounds: int) -> Counted:
    """Onboard people until a disk of 1 MiB is full, as often: a tmpfs where one can be mounted, else a limit to the size of files."""
    each = []
    for _round in range(rounds):
        with tempfile.TemporaryDirectory() as folder:
            at, home = Path(folder, "disk"), Path(folder, "home")
            at.mkdir()
            factories.template(home)
            (home / ballast.NAME).unlink(missing_ok=True)
            with small_disk(at, 1) as made:
                on = at / "home"
                shutil.copytree(home, on)
                limit = None if made else (on / db.FILE_NAME).stat().st_size + ROOM
                each.append(fill(on, limit))
    bad = tuple(one for counted in each for one in counted.bad)
    return Counted(rounds, sum(counted.acknowledged for counted in each), sum(counted.lost for counted in each), bad)


def fill(home: Path, limit: int | None) -> Counted:
    """Onboard people until there is no more room, then try to sign in.

    Args:
        limit: bytes that a file may have; None where the disk itself is small.
    """
    bad: list[str] = []
    if limit is None:
        stuff(home, ROOM)
    shop.open(home)
    try:
        with contextlib.nullcontext() if limit is None else limited(limit):
            done = _onboard(home, bad)
        if limit is None:
            stuff(home)
        before = _counts()
        with contextlib.nullcontext() if limit is None else limited(0):
            bad += _sign_in()
        if _counts() != before:
            bad.append("a sign-in that was refused left something behind")
        there = {login for (login,) in db.rows("SELECT login FROM staff WHERE login LIKE 'p%'")}
        told = {label for (label,) in db.rows("SELECT object_label FROM audit_entry WHERE action = 'staff.onboard'")}
        if there != told or db.rows("PRAGMA integrity_check") != [("ok",)]:
            bad.append("the log and the staff do not agree")
        if there - set(done):
            bad.append("somebody is there whom nobody was told of")
        return Counted(1, len(done), len(set(done) - there), tuple(bad))
    finally:
        shop.close()


def stuff(home: Path, left: int = 0) -> None:
    """Fill the disk up but for so many bytes."""
    (home / "outbox").mkdir(exist_ok=True)
    with (home / "outbox" / "stuff").open("ab", buffering=0) as file, contextlib.suppress(OSError):
        for size in (4096, 1):
            room = os.statvfs(home)
            for _piece in range(max(0, room.f_bavail * room.f_frsize - left) // size + 1):
                file.write(bytes(size))


def _onboard(home: Path, bad: list[str]) -> list[str]:
    """Whom one was told to be onboarded."""
    done: list[str] = []
    founded = factories.Founded(home, factories.CONSOLE)
    try:
        with mock.patch.object(factories, "signed_in"):
            while True:
                founded.person(f"p{len(done)}", status="invited", gave=("manager",))
                done.append(f"p{len(done)}")
    except DiskFull:
        return done
    except Exception as error:  # noqa: BLE001  that is what is looked for
        bad.append(repr(error))
        return done


def _sign_in() -> list[str]:
    """What is wrong with how a full disk answers."""
    try:
        sessions.sign_in(factories.STRANGER, "owner", factories.PASSWORD)
    except DiskFull:
        return []
    except Exception as error:  # noqa: BLE001  that is what is looked for
        return [repr(error)]
    return ["somebody signed in, on a full disk"]


def _counts() -> list[tuple[object, ...]]:
    return db.rows("SELECT (SELECT count(*) FROM session), (SELECT count(*) FROM audit_entry), (SELECT count(*) FROM failure)")
