"""Finding out how the machine is: what takes root first, the rest as the owner of the data folder. Judged elsewhere."""

from __future__ import annotations

import grp
import importlib.util
import os
import pwd
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter
from typing import Final, NamedTuple

from models import clock
from tui.doctor.account import Account, Shadow, shadow_in
from tui.doctor.places import Place

SSHD: Final = ("/usr/sbin/sshd", "/usr/local/sbin/sshd", "/sbin/sshd")
_SHADOW: Final = Path("/etc/shadow")
_PATIENCE: Final = 20
"""Seconds that a program is given to answer."""

_CONFIGURATION: Final = Path("/etc/ssh")


class Sshd(NamedTuple):
    """What sshd says of itself.

    Attributes:
        text: what `sshd -T` printed for the shop's user; "" where it did not get that far.
        trouble: what it said instead.
    """

    text: str
    trouble: str


class Root(NamedTuple):
    """What only root is told. What is None could not be told.

    Attributes:
        sshd: None where there is none.
        shadow: of the shop's user.
    """

    sshd: Sshd | None
    shadow: Shadow | None


def as_root(home: str) -> Root | None:
    """What takes root to know, for whoever is about to become the owner of the data folder; None for everybody else."""
    if os.geteuid() != 0:
        return None
    try:
        owner = Path(home).stat().st_uid
        user = pwd.getpwuid(owner).pw_name
    except (OSError, KeyError):
        return None
    try:
        shadow = shadow_in(_SHADOW.read_text(encoding="utf-8", errors="replace"), user, clock.now() // clock.DAY)
    except OSError:
        shadow = None
    program = sshd_program()
    return Root(sshd(program, user) if program else None, shadow)


def sshd_program() -> str | None:
    """Where sshd is; None where it is not installed."""
    return next((path for path in SSHD if os.access(path, os.X_OK)), None)


def sshd(program: str, user: str, *options: str) -> Sshd:
    """What sshd would do for `user`, were they to connect from the machine itself.

    Args:
        options: further ones, as another file of settings.
    """
    words = [program, "-T", "-C", f"user={user},host=localhost,addr=127.0.0.1", *options]
    try:
        ran = subprocess.run(  # noqa: S603  sshd by its full path, and a user that the system has
            words,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_PATIENCE,
            check=False,
            env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin"},
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return Sshd("", str(error))
    return Sshd(ran.stdout, "") if ran.returncode == 0 else Sshd("", ran.stderr.strip())


def is_stale(pid_file: str, configuration: Path = _CONFIGURATION) -> bool:
    """Whether sshd runs with settings older than those on the disk: it writes the file with its number whenever it reads them."""
    try:
        loaded = Path(pid_file).stat().st_mtime
        files = [configuration / "sshd_config", *(configuration / "sshd_config.d").glob("*.conf")]
        return any(file.stat().st_mtime > loaded for file in files)
    except OSError:
        return False


def account(user: str, shadow: Shadow | None) -> Account:
    """The user of the operating system that the shop has."""
    shell = pwd.getpwnam(user).pw_shell or "/bin/sh"  # passwd(5): empty is that
    return Account(user, shell, Path(shell).is_file() and os.access(shell, os.X_OK), shadow)


def groups(user: str) -> list[str]:
    """The names of the groups that `user` is in."""
    found = []
    for group in os.getgrouplist(user, pwd.getpwnam(user).pw_gid):
        try:
            found.append(grp.getgrgid(group).gr_name)
        except KeyError:
            continue
    return found


def place(path: str | Path) -> Place:
    """A file or folder as it is, not what it links to."""
    status = os.lstat(path)
    try:
        owner = pwd.getpwuid(status.st_uid).pw_name
    except KeyError:
        owner = str(status.st_uid)
    return Place(str(path), status.st_uid, status.st_mode, owner)


def way(path: Path) -> list[Place]:
    """`path` and every folder above it, as it is named and as it is once links are followed; the nearest first."""
    named, real = path.absolute(), path.resolve()
    return [place(each) for each in dict.fromkeys((named, *named.parents, real, *real.parents))]


def below(top: Path) -> Iterator[Place]:
    """`top` and all that is in it, as far as it can be read; nothing outside that a link leads to."""
    yield place(top)
    for folder, folders, files in os.walk(top):
        for name in (*folders, *files):
            try:
                yield place(os.path.join(folder, name))  # noqa: PTH118  tens of thousands of them
            except FileNotFoundError:  # a journal of SQLite's that is gone again
                continue


def installation() -> Path:
    """The folder from which this program is imported: `site-packages`, or a clone."""
    return Path(__file__).resolve().parents[2]


def installed() -> list[Place]:
    """Everything that is imported, and the way to it; of a clone, the packages of ours alone."""
    top = installation()
    tops = [top] if top.name in {"site-packages", "dist-packages"} else [top / name for name in ("models", "screens", "tui")]
    return [found for each in tops for found in below(each)] + way(top)


def uncompiled() -> tuple[int, int]:
    """How many modules would be compiled at every start, of how many; ours and Textual's."""
    textual = importlib.util.find_spec("textual")
    tops = [installation() / name for name in ("models", "screens", "tui")]
    tops += [Path(textual.origin).parent] if textual is not None and textual.origin else []
    sources = [source for top in tops for source in top.rglob("*.py")]
    return sum(not _is_compiled(source) for source in sources), len(sources)


def _is_compiled(source: Path) -> bool:
    """Whether Python would take what is compiled: its header names this very source (PEP 552), or says that it is not to be compared."""
    try:
        with Path(importlib.util.cache_from_source(str(source))).open("rb") as stream:
            header = stream.read(16)
        status = source.stat()
    except OSError:
        return False
    if header[:4] != importlib.util.MAGIC_NUMBER:
        return False
    number = [int.from_bytes(header[at : at + 4], "little") for at in (4, 8, 12)]
    return bool(number[0]) or number[1:] == [int(status.st_mtime) & 0xFFFFFFFF, status.st_size & 0xFFFFFFFF]


def free(home: Path) -> int:
    """Bytes that are left to the owner of the data folder."""
    room = os.statvfs(home)
    return room.f_bavail * room.f_frsize


def answers(home: str, user: str, python: str = sys.executable) -> tuple[bool, float, str]:
    """Ask as sshd asks, by a key that nobody has: whether the answer is right (there is none), seconds, and what was said instead."""
    words = [python, "-I", "-X", "utf8", "-m", "tui", "--home", home, "ssh", "keys", user, f"SHA256:{'A' * 43}"]
    start = perf_counter()
    try:
        ran = subprocess.run(  # noqa: S603  this very program
            words, capture_output=True, text=True, errors="replace", timeout=_PATIENCE, check=False, cwd="/", env={"PATH": "/usr/bin:/bin"}
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return False, perf_counter() - start, str(error)
    lines = ran.stderr.strip().splitlines()
    return ran.returncode == 0 and not ran.stdout.strip(), perf_counter() - start, lines[-1] if lines else ""


def names_of(python: str) -> list[str]:
    """What an interpreter may be called by in sshd's settings: everything in its folder that is the same program."""
    path = Path(python)
    same = [each for each in sorted(path.parent.glob("python*")) if each.exists() and each.samefile(path)]
    return list(dict.fromkeys([str(path), *map(str, same)]))
