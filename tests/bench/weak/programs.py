"""What the bench starts besides the program as it is: `python -m tests.bench.weak.programs found|unhashed HOME`."""

from __future__ import annotations

import sqlite3
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Final

from models.operations import _hashing
from tests.factories import template
from tui.__main__ import main as program

_PUT_OFF: Final = """
    INSERT INTO totp (staff_id, generation, last_step, drift, put_off_at, barred) SELECT id, 0, 0, 0, ?, 0 FROM staff WHERE is_owner = 1
"""


def found(home: Path) -> None:
    """Found a shop as this machine would: its hashes cost what a weak one can afford. The owner has put phone codes off."""
    template(home)
    with closing(sqlite3.connect(home / "shop.db")) as opened, opened:
        opened.execute(_PUT_OFF, (time.time_ns() // 1000,))


def unhashed(home: Path) -> int:
    """The program, in which every password is right at once."""
    _hashing.verify = lambda phc, password: True
    _hashing.rehashed = lambda phc, password: None
    return program(["--home", str(home)])


if __name__ == "__main__":
    sys.exit({"found": found, "unhashed": unhashed}[sys.argv[1]](Path(sys.argv[2])))
