"""What keeps the measured programs weak: chosen from what the system says, whole or not at all, and taken away again."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.bench.weak import limits, measuring

MOUNTS_1 = """\
tmpfs /sys/fs/cgroup tmpfs ro,nosuid 0 0
cgroup /sys/fs/cgroup/cpu,cpuacct cgroup rw,nosuid,cpu,cpuacct 0 0
cgroup /sys/fs/cgroup/memory cgroup rw,nosuid,memory 0 0
"""
MOUNTS_2 = "proc /proc proc rw 0 0\ncgroup2 /sys/fs/cgroup cgroup2 rw,nosuid,nsdelegate 0 0\n"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A folder that takes groups as the kernel does in version 1: `cpu` and `memory`, in which a new one has its files at once."""
    for controller in ("cpu", "memory"):
        (tmp_path / controller).mkdir()
    return tmp_path


def kernel(monkeypatch: pytest.MonkeyPatch, *files: str) -> None:
    """Have each new group come with these files, and go with them, as the kernel's do."""
    make, take = Path.mkdir, Path.rmdir

    def mkdir(self: Path) -> None:
        make(self)
        for name in (*files, "cgroup.procs"):
            (self / name).write_text("", "ascii")

    def rmdir(self: Path) -> None:
        for file in self.iterdir():
            file.unlink()
        take(self)

    monkeypatch.setattr(Path, "mkdir", mkdir)
    monkeypatch.setattr(Path, "rmdir", rmdir)


CPU = "cpu.cfs_period_us", "cpu.cfs_quota_us"


def test_groups_are_found_where_the_system_mounts_them() -> None:
    """Both versions; two controllers may share a folder."""
    found = limits.mounts(MOUNTS_1)
    assert found["cpu"] == found["cpuacct"] == Path("/sys/fs/cgroup/cpu,cpuacct")
    assert found["memory"] == Path("/sys/fs/cgroup/memory")
    assert "" not in found
    assert limits.mounts(MOUNTS_2) == {"": Path("/sys/fs/cgroup")}
    assert limits.groups("4:memory:/a/b\n2:cpu,cpuacct:/\n0::/user.slice/a:b\n") == {
        "memory": "a/b",
        "cpu": "",
        "cpuacct": "",
        "": "user.slice/a:b",
    }


def test_a_group_of_ours_is_made_below_the_one_that_we_are_in() -> None:
    """Whatever was allowed to us, no more is taken; the top is for those whose group holds processes and so can hold no groups."""
    top = Path("/sys/fs/cgroup")
    assert limits.places(top, "a/b") == [top / "a" / "b", top]
    assert limits.places(top, "") == [top]


@pytest.mark.parametrize("version", [1, 2])
def test_what_is_asked_for_is_a_fifth_of_a_processor(version: int) -> None:
    """And never less than the millisecond that is the kernel's least."""
    written = [value for values in limits.settings(version).values() for value in values.values()]
    quota = limits.PERIOD // 5
    assert quota >= 1000
    assert {f"{quota} {limits.PERIOD}"} <= set(written) or {str(quota), str(limits.PERIOD)} <= set(written)
    assert str(256 * 1024 * 1024) in written


def test_groups_are_made_set_and_taken_away(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also when what is measured ends in an error."""
    kernel(monkeypatch, *CPU, "memory.limit_in_bytes")
    mounted = {name: tree / name for name in ("cpu", "memory")}
    with limits.control_groups(1, mounted, {}) as limit:
        (group,) = (tree / "cpu").iterdir()
        assert (group / "cpu.cfs_quota_us").read_text("ascii") == str(limits.PERIOD // 5)
        assert "cgroup v1: 20% of one core in periods of 5 ms, 256 MB" in limit.how
    assert [*(tree / "cpu").iterdir(), *(tree / "memory").iterdir()] == []
    with pytest.raises(ZeroDivisionError), limits.control_groups(1, mounted, {}):
        raise ZeroDivisionError
    assert [*(tree / "cpu").iterdir(), *(tree / "memory").iterdir()] == []


def test_half_a_limit_is_none(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A kernel that limits processors and no memory: the group that could be made is gone, and another way is taken."""
    kernel(monkeypatch, *CPU)
    with pytest.raises(FileNotFoundError), limits.control_groups(1, {name: tree / name for name in ("cpu", "memory")}, {}):
        raise AssertionError("a limit without memory")
    assert [*(tree / "cpu").iterdir(), *(tree / "memory").iterdir()] == []


def test_what_a_killed_bench_left_is_swept_away(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And what one that still runs is using is left alone."""
    over = subprocess.Popen([sys.executable, "-c", ""])
    over.wait()
    left, used = (tree / f"{limits.NAME}{number}" for number in (over.pid, os.getpid()))
    left.mkdir()
    used.mkdir()
    limits.sweep(tree)
    assert (left.exists(), used.exists()) == (False, True)


def test_whoever_runs_in_a_group_ends_with_it(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A group with processes cannot be taken away."""
    kernel(monkeypatch)
    running = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    (group := tree / "group").mkdir()
    (group / "cgroup.procs").write_text(f"{running.pid}\n", "ascii")
    limits.dissolve(group)
    assert running.wait(5) < 0
    assert not group.exists()


def test_a_systemd_that_makes_no_scope_is_another_way_not_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is asked first; one that does is what each program is started by."""
    fake = tmp_path / "systemd-run"
    fake.write_text('#!/bin/sh\nwhile [ "$1" != -- ]; do shift; done\nshift\nexec "$@"\n', encoding="utf-8")
    fake.chmod(0o700)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    with limits.scope() as limit:
        assert subprocess.run([*limit.prefix, "echo", "there"], check=True, capture_output=True, text=True).stdout == "there\n"
    fake.write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    with pytest.raises(OSError, match="makes no scope"), limits.scope():
        raise AssertionError("a scope that systemd refused")


@pytest.mark.slow
def test_without_rights_a_program_is_slowed_all_the_same(tmp_path: Path) -> None:
    """The nearest that any machine allows: a share of a processor, and a bound on memory; nobody is left calculating."""

    def spent(limit: limits.Limit) -> float:
        return measuring.whole(limit, "-I", "-c", "import time\nwhile time.process_time() < 0.2: pass")

    alone = min(spent(limits.Limit("", limits.pinned)) for _time in range(2))
    with limits.weak(rights=False) as limit:
        assert "no rights" in limit.how
        assert spent(limit) > 2 * alone  # five times, on a machine that does nothing else
        assert measuring.first_line(limit, tmp_path / "home") > 0
        with pytest.raises(subprocess.CalledProcessError):
            measuring.whole(limit, "-I", "-c", f"bytearray({2 * limits.MEMORY})")
    begin = time.monotonic()
    while time.monotonic() - begin < 5 and _calculating():
        time.sleep(0.05)
    assert not _calculating()


def _calculating() -> list[str]:
    """Processes that this one started for the sake of being in the way."""
    me = str(os.getpid())
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            if stat.read_text("utf-8", "replace").rpartition(")")[2].split()[1] == me:
                found.append(stat.with_name("cmdline").read_text("utf-8", "replace"))
        except OSError:
            continue
    return [words for words in found if "getppid" in words]
