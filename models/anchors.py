"""The head of the log, kept where a rewrite of the log does not reach: in a file beside the database, and in syslog where there is one.

Each line of the file `anchors` (0600) has the number of an entry, the time, its hash, and an HMAC by the key file: whoever had the database
and not the key, as from a backup, cannot write another. At most once a minute per process, and whenever somebody signs in or out. What
happens here never fails a write, and waits for nobody: the write is done.
"""

from __future__ import annotations

import fcntl
import hmac
import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final, NamedTuple

from models import clock, db, key_file
from models.clock import MINUTE
from models.errors import DataUnusable
from models.rules import anchor_codes

NAME: Final = "anchors"
MODE: Final = 0o600
EVERY: Final = MINUTE
"""Between two anchors of a process, microseconds."""

LARGEST: Final = 64 * 1024
"""Bytes of the file, some 350 anchors; then every second one of the older half goes."""

LAST: Final = 8
"""Lines at the end of the file among which the newest anchor is, where several processes wrote at once."""

_LABEL: Final = b"shopstaff anchor\0"
_SEAL: Final = b"shopstaff accepted\0"
_SYSLOG: Final = "<38>{time} shopstaff[{process}]: log {number} {code}"  # facility auth, informational: RFC 5424, 6.2.1
_HEAD: Final = "SELECT seq, hash FROM audit_entry ORDER BY seq DESC LIMIT 1"


class Anchor(NamedTuple):
    """An entry that was there.

    Attributes:
        at: when it was kept, UTC microseconds.
    """

    number: int
    at: int
    digest: bytes


class _State:
    at: int | None = None
    of: Path | None = None
    syslog: str = "/dev/log"


def keep_out_of_syslog() -> None:
    """Write to no syslog from now on in this process: for the sample shop, which is nobody's."""
    _State.syslog = ""


def keep(*, now: bool) -> None:
    """Keep the head of the log of the shop that is open, once what was written is committed.

    Args:
        now: also where the last time was less than a minute ago.
    """
    at, home = clock.now(), db.home()
    due = _State.at is None or _State.of != home or not _State.at <= at < _State.at + EVERY
    if not (now or due):
        return
    _State.at, _State.of = at, home
    with suppress(OSError, DataUnusable):
        found = db.row(_HEAD)
        if found is not None:
            anchor = Anchor(int(found[0]), at, bytes(found[1]))
            _tell_syslog(anchor)
            _append(home, _line(key_file.read(home), anchor))


def read(home: Path) -> list[Anchor]:
    """The anchors that are kept and are this shop's, oldest first; what else is in the file says nothing."""
    return _understood(home, _lines(home))


def newest(home: Path) -> list[Anchor]:
    """The last few of them."""
    return _understood(home, _lines(home)[-LAST:])


def seal(key: bytes, text: str) -> str:
    """Proves that whoever wrote `text` into the database had the key."""
    return hmac.digest(key, _SEAL + text.encode(), "sha256").hex()


def begin_anew(home: Path, aside: str, still: Sequence[Anchor]) -> None:
    """Put the file aside after a restore, and begin another with what still holds, under the key that is there now.

    Raises:
        OSError: it cannot be written.
        KeyMissing, KeyExposed, KeyWrong: the key file is not as it has to be.
    """
    key = key_file.read(home)
    fresh = home / f"{NAME}.new"
    file = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC, MODE)
    with os.fdopen(file, "w", encoding="ascii") as stream:
        stream.writelines(_line(key, anchor) for anchor in still)
        stream.flush()
        os.fsync(file)
    with suppress(FileNotFoundError):
        (home / NAME).rename(home / aside)
    fresh.rename(home / NAME)


# ---- the file


def _lines(home: Path) -> Sequence[str]:
    with suppress(OSError):
        file = os.open(home / NAME, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(file, "rb") as stream:
            return stream.read(2 * LARGEST).decode("ascii", "replace").splitlines()
    return ()


def _understood(home: Path, lines: Sequence[str]) -> list[Anchor]:
    if not lines:
        return []
    try:
        key = key_file.read(home)
    except DataUnusable:  # said by whoever needs it
        return []
    return [anchor for line in lines if (anchor := _anchor(key, line)) is not None]


def _anchor(key: bytes, line: str) -> Anchor | None:
    said, _space, mac = line.rpartition(" ")
    if not hmac.compare_digest(_mac(key, said).encode(), mac.encode()):
        return None
    number, at, digest = said.split(" ")
    return Anchor(int(number), clock.instant(at), bytes.fromhex(digest))


def _line(key: bytes, anchor: Anchor) -> str:
    said = f"{anchor.number} {clock.rfc3339(anchor.at)} {anchor.digest.hex()}"
    return f"{said} {_mac(key, said)}\n"


def _mac(key: bytes, said: str) -> str:
    return hmac.digest(key, _LABEL + said.encode(), "sha256").hex()


def _append(home: Path, line: str) -> None:
    """Add a line, whole or not at all, and make room where there are many; another process that does so at this moment is left to it."""
    flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    file = os.open(home / NAME, flags, MODE)
    try:
        os.write(file, line.encode())
        if os.fstat(file).st_size > LARGEST:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            _thin(home)
    finally:
        os.close(file)


def _thin(home: Path) -> None:
    """Let every second line of the older half go. A line that another process adds meanwhile may be lost, and is one of many."""
    lines = _lines(home)
    half = len(lines) // 2
    fresh = home / f"{NAME}.new"
    file = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC, MODE)
    with os.fdopen(file, "w", encoding="ascii", errors="replace") as stream:
        stream.writelines(f"{line}\n" for line in (*lines[:half:2], *lines[half:]))
    fresh.rename(home / NAME)


# ---- syslog


def _tell_syslog(anchor: Anchor) -> None:
    """Send the head to syslog, where there is one; not by syslog(3), which waits for a daemon that hangs."""
    if not _State.syslog or not os.path.exists(_State.syslog):  # noqa: PTH110  one call of many at a sign-in
        return
    import socket  # here, because most machines this runs on without a screen have no syslog
    import time  # here, because only this is written as syslog does

    code = anchor_codes.code(anchor.number, anchor.digest)
    said = _SYSLOG.format(time=time.strftime("%b %e %T"), process=os.getpid(), number=anchor.number, code=code)
    with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK) as daemon:
        daemon.connect(_State.syslog)
        daemon.send(said.encode())
