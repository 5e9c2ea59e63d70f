"""Who has the data locked."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tui.doctor import holding
from tui.doctor.finding import FINE, WRONG

LOCKER = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
print(1, flush=True)
input()
"""


def test_where_nobody_has_to_wait_nothing_is_wrong(tmp_path: Path) -> None:
    """One line."""
    assert holding.judged(tmp_path / "shop.db", 0.0).verdict == FINE


def test_d4_who_holds_the_data_is_named_with_what_ends_it(tmp_path: Path) -> None:
    """By what the kernel says, where it does."""
    file = tmp_path / "shop.db"
    with subprocess.Popen([sys.executable, "-c", LOCKER, str(file)], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        other.stdout.readline()
        found = holding.judged(file, 3.2)
        holders = holding.held_by(file)
        other.kill()
    assert found.verdict == WRONG and "3 seconds" in str(found.found)
    assert not holders or (str(other.pid) in str(found.found) and f"kill {other.pid}" in str(found.todo))


def test_the_kernels_list_is_read_for_others_who_write(tmp_path: Path) -> None:
    """Not who waits, not who reads, not oneself, no lock of something else; and no list is none."""
    file, locks = tmp_path / "shop.db", tmp_path / "locks"
    file.touch()
    inode = file.stat().st_ino
    locks.write_text(
        f"1: POSIX  ADVISORY  WRITE 1 00:2f:{inode} 1073741825 1073741825\n"
        f"1: -> POSIX  ADVISORY  WRITE 4194301 00:2f:{inode} 1073741825 1073741825\n"
        f"2: POSIX  ADVISORY  READ 4194302 00:2f:{inode} 1073741826 1073742335\n"
        f"3: POSIX  ADVISORY  WRITE {os.getpid()} 00:2f:{inode} 1 2\n"
        f"4: POSIX  ADVISORY  WRITE 4194303 00:2f:{inode}9 1 2\n"
        f"5: POSIX  ADVISORY  WRITE 99999999 00:2f:{inode} 1 2\n"
    )
    found = holding.held_by(file, locks)
    assert [number for number, _name in found] == [1, 99999999]
    assert found[1][1] == "?"
    assert holding.held_by(file, tmp_path / "none") == []
    assert "fuser" in str(holding.judged(tmp_path / "gone", 3.0).todo)
