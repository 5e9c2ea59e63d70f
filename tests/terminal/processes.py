"""What runs on this machine, and what it listens on, as the kernel tells it."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Final

from tests.terminal.terminal import PATIENCE

GONE: Final = (ProcessLookupError, FileNotFoundError, PermissionError)
"""What is met by whoever looks at a process that has ended meanwhile, or is somebody else's."""


def until(condition: Callable[[], object], what: str, seconds: float = PATIENCE) -> None:
    """Wait until something holds.

    Raises:
        AssertionError: it does not.
    """
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"waited {seconds} s for {what}"
        time.sleep(0.05)


def _pids() -> Iterable[int]:
    return (int(each.name) for each in Path("/proc").iterdir() if each.name.isdigit())


def descendants(of: int) -> list[int]:
    """Every process that `of` has started, those they have started, and so on."""
    children: dict[int, list[int]] = {}
    for pid in _pids():
        children.setdefault(parent(pid), []).append(pid)
    found, new = [], [of]
    while new:
        new = [child for pid in new for child in children.get(pid, ())]
        found += new
    return found


def listening(pids: Iterable[int]) -> set[str]:
    """Everything that processes listen on: `127.0.0.1:6010`, paths of sockets."""
    sockets = {_target(link) for pid in pids for link in _links(pid)}
    return {where for number, where in _listeners() if f"socket:[{number}]" in sockets}


def has_open(pids: Iterable[int], path: str) -> bool:
    """Whether one of the processes has a file open."""
    return any(_target(link) == path for pid in pids for link in _links(pid))


def parent(pid: int) -> int:
    """The process that started `pid`, or has adopted it; 0 for one that has ended."""
    try:
        return int(Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()[1])
    except GONE:
        return 0


def runs(pid: int) -> bool:
    """Whether there is such a process, and it has not ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()[0] != "Z"
    except GONE:
        return False


def command_line(pid: int) -> bytes:
    """The words that a process was started with, each ended by NUL."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except GONE:
        return b""


def environment_of(pid: int) -> dict[bytes, bytes]:
    """The environment that a process was started with."""
    lines = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    return dict(line.split(b"=", 1) for line in lines if b"=" in line)


def _target(link: Path) -> str:
    try:
        return str(link.readlink())
    except GONE:
        return ""


def _links(pid: int) -> list[Path]:
    try:
        return [each for each in Path(f"/proc/{pid}/fd").iterdir() if each.is_symlink()]
    except GONE:
        return []


def ports_of(pid: int) -> set[str]:
    """The ports that a process's own ends of TCP connections have."""
    sockets = {target for link in _links(pid) if (target := _target(link))}
    lines = (line.split() for line in Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()[1:])
    return {str(int(fields[1].split(":")[1], 16)) for fields in lines if f"socket:[{fields[9]}]" in sockets}


def _listeners() -> Iterator[tuple[str, str]]:
    """Of everything that listens on this machine, the number and the place."""
    for file in ("tcp", "tcp6"):
        for line in Path(f"/proc/net/{file}").read_text(encoding="ascii").splitlines()[1:]:
            _number, local, _far, state, *_rest = fields = line.split()
            if state == "0A":
                address, port = local.split(":")
                host = socket.inet_ntoa(bytes.fromhex(address)[::-1]) if file == "tcp" else "::"
                yield fields[9], f"{host}:{int(port, 16)}"
    for line in Path("/proc/net/unix").read_text(encoding="utf-8").splitlines()[1:]:
        fields = line.split(maxsplit=7)
        if int(fields[3], 16) & 0x10000:  # __SO_ACCEPTCON: it listens
            yield fields[6], fields[7] if len(fields) > 7 else ""
