"""A fifth of one processor and 256 MB, for the processes that are measured and not for the one that measures.

By control groups where they can be made (version 2, version 1, or a scope of the user's systemd); elsewhere by what takes no rights: one
processor shared with four processes that do nothing but calculate, and `RLIMIT_DATA`. Which of them it was, stands above the table.
"""

from __future__ import annotations

import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Final, NamedTuple

SHARE: Final = 5
"""One part in so many of a processor."""

MEMORY: Final = 256 << 20
"""Bytes."""

PERIOD: Final = 5000
"""Microseconds in which the share is given out: the shortest in which a fifth is no less than the millisecond that is the kernel's least.

What a process has not used it may use at full speed, so with the usual 100 ms every key that takes less than 20 ms of processor time
would be as quick as on a strong machine, and the next one would wait for 80. Measured, work of 4 ms took 3.5 times as long with 5 ms,
2.4 times with 10, and 1.0 times with 20 and 100; work of 50 ms 4.9, 4.8, 4.6 and 3.4 times. A processor of that strength takes 5.
"""

NAME: Final = "shopstaff-weak-"
"""What our groups are called, before the number of the process that made them."""

_GONE: Final = 2.0  # seconds until the processes of a group that were killed have left it
_SPINNING: Final = "import os, sys\nwhile os.getppid() == int(sys.argv[1]):\n for _ in range(100_000): pass"


class Limit(NamedTuple):
    """How a process is kept weak.

    Attributes:
        how: what the table says about it.
        enter: called in the new process, before the program takes its place.
        prefix: what the program is started by.
    """

    how: str
    enter: Callable[[], None]
    prefix: tuple[str, ...] = ()


def processor() -> int:
    """The one that is used: the last that we may have, since a system keeps itself busy on its first."""
    return max(os.sched_getaffinity(0))


def pinned() -> None:
    """Stay on that processor: two threads are not to run at once."""
    os.sched_setaffinity(0, {processor()})


def mounts(text: str) -> dict[str, Path]:
    """Where control groups are mounted, by controller, of what /proc/self/mounts says; version 2 under ""."""
    found = {}
    for line in text.splitlines():
        _device, where, kind, options, *_ = line.split(" ")
        if kind == "cgroup2":
            found[""] = Path(where)
        elif kind == "cgroup":
            found |= dict.fromkeys(options.split(","), Path(where))
    return found


def groups(text: str) -> dict[str, str]:
    """Which group a process is in, by controller, of what /proc/self/cgroup says; version 2 under ""."""
    found: dict[str, str] = {}
    for line in text.splitlines():
        _number, controllers, group = line.split(":", 2)
        found |= dict.fromkeys(controllers.split(","), group.lstrip("/"))
    return found


def settings(version: int) -> dict[str, dict[str, str]]:
    """What is written into a new group, by controller; what may be missing ends in `?`."""
    quota = PERIOD // SHARE
    if version == 2:
        return {"": {"cpu.max": f"{quota} {PERIOD}", "memory.max": str(MEMORY), "memory.swap.max?": "0"}}
    return {
        "cpu": {"cpu.cfs_period_us": str(PERIOD), "cpu.cfs_quota_us": str(quota)},
        "memory": {"memory.limit_in_bytes": str(MEMORY), "memory.memsw.limit_in_bytes?": str(MEMORY)},
    }


def places(mounted: Path, group: str) -> list[Path]:
    """Where a group of ours may be made: below the one that we are in, so that whatever holds for it goes on holding; else at the top."""
    below, top = mounted / group, mounted
    return [below] if below == top else [below, top]


@contextmanager
def control_groups(version: int, mounted: dict[str, Path], within: dict[str, str]) -> Iterator[Limit]:
    """A group of our own in each controller that it takes.

    Raises:
        OSError: the system does not let us, or has no such controllers.
    """
    with ExitStack() as stack:
        made = []
        for controller, values in settings(version).items():
            if controller not in mounted:
                raise FileNotFoundError(controller)
            candidates = places(mounted[controller], within.get(controller, ""))
            made.append(stack.enter_context(_group(candidates, values)))

        def enter() -> None:
            for group in made:
                (group / "cgroup.procs").write_text("0", "ascii")
            pinned()

        yield Limit(
            f"cgroup v{version}: {1 / SHARE:.0%} of one core in periods of {PERIOD // 1000} ms, {MEMORY >> 20} MB without swap", enter
        )


@contextmanager
def _group(candidates: Sequence[Path], values: dict[str, str]) -> Iterator[Path]:
    """The first of `candidates` in which a group takes these values; gone at the end, with whatever still runs in it."""
    problem: OSError = FileNotFoundError("no place for a group")
    for parent in candidates:
        sweep(parent)
        group = parent / f"{NAME}{os.getpid()}"
        try:
            group.mkdir()
        except OSError as error:
            problem = error
            continue
        try:
            set_up(group, values)
        except OSError as error:
            problem = error
            group.rmdir()
            continue
        try:
            yield group
        finally:
            dissolve(group)
        return
    raise problem


def set_up(group: Path, values: dict[str, str]) -> None:
    """Write each value into the group.

    Raises:
        OSError: one that has to be there is not, or is not taken.
    """
    for name, value in values.items():
        file = group / name.removesuffix("?")
        if file.exists():
            file.write_text(value, "ascii")
        elif not name.endswith("?"):
            raise FileNotFoundError(file)


def dissolve(group: Path) -> None:
    """End what runs in a group of ours and take the group away."""
    end = time.monotonic() + _GONE
    while True:
        for process in (group / "cgroup.procs").read_text("ascii").split():
            with suppress(ProcessLookupError):
                os.kill(int(process), signal.SIGKILL)
        try:
            group.rmdir()
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.01)
        else:
            return


def sweep(parent: Path) -> None:
    """Take away what a bench that was killed has left: groups without processes whose maker is gone."""
    for left in parent.glob(f"{NAME}*"):
        if not Path("/proc", left.name.removeprefix(NAME)).exists():
            with suppress(OSError):
                left.rmdir()


@contextmanager
def scope() -> Iterator[Limit]:
    """A scope of the user's systemd for each process.

    Raises:
        OSError: there is no systemd that would make one.
    """
    asked = [f"CPUQuota={100 // SHARE}%", f"CPUQuotaPeriodSec={PERIOD // 1000}ms", f"MemoryMax={MEMORY}", "MemorySwapMax=0"]
    whose = () if os.geteuid() == 0 else ("--user",)
    prefix = ("systemd-run", "--scope", "--quiet", *whose, *(f"--property={one}" for one in asked), "--")
    if not shutil.which(prefix[0]):
        raise FileNotFoundError(prefix[0])
    try:
        subprocess.run([*prefix, "true"], check=True, capture_output=True, timeout=10)
    except subprocess.SubprocessError as error:
        raise OSError("systemd makes no scope") from error
    weak_by = f"{1 / SHARE:.0%} of one core in periods of {PERIOD // 1000} ms, {MEMORY >> 20} MB without swap"
    yield Limit(f"systemd-run, whose own start is counted: {weak_by}", pinned, prefix)


@contextmanager
def crowded() -> Iterator[Limit]:
    """What takes no rights: a processor with four others that calculate on it all the time.

    Each is in a session of its own, as the program is, so it comes to a fifth whether the system gives out time by process or by session.
    """
    others: list[subprocess.Popen[bytes]] = []

    def enter() -> None:
        pinned()
        resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))

    try:
        for _other in range(SHARE - 1):
            command = [sys.executable, "-I", "-S", "-c", _SPINNING, str(os.getpid())]
            others.append(subprocess.Popen(command, start_new_session=True, preexec_fn=pinned))  # noqa: PLW1509  before any thread of ours
        yield Limit(f"no rights to make groups: one core shared with {SHARE - 1} busy processes, RLIMIT_DATA of {MEMORY >> 20} MB", enter)
    finally:
        for other in others:
            other.kill()
            other.wait()


@contextmanager
def weak(*, rights: bool = True) -> Iterator[Limit]:
    """The first way that this machine allows.

    Args:
        rights: whether to try what takes any.
    """
    mounted = mounts(Path("/proc/self/mounts").read_text("utf-8"))
    within = groups(Path("/proc/self/cgroup").read_text("utf-8"))
    ways = [lambda: control_groups(2, mounted, within), lambda: control_groups(1, mounted, within), scope] if rights else []
    with ExitStack() as stack:
        for way in ways:
            with suppress(OSError):
                limit = stack.enter_context(way())
                break
        else:
            limit = stack.enter_context(crowded())
        yield limit
