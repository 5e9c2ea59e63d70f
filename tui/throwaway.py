"""The folder of a sample shop: it may lie in memory, so none of a program that was killed is left there for long."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import Final

_PREFIX: Final = "shopstaff-demo-"
_MEMORY: Final = Path("/dev/shm")  # noqa: S108  mkdtemp makes a folder in it that only we can read


def folder() -> Path:
    """A new folder for this process, in memory where there is some for files: nothing in it has to outlast a power cut."""
    where = _MEMORY if os.access(_MEMORY, os.W_OK) else Path(tempfile.gettempdir())
    clear(where)
    return Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-", dir=where))


def clear(where: Path) -> None:
    """Remove the folders in `where` whose process was killed before it could; other people's are left alone."""
    for left in where.glob(f"{_PREFIX}*-*"):
        process = left.name.removeprefix(_PREFIX).partition("-")[0]
        if process.isdecimal() and left.lstat().st_uid == os.geteuid() and not _runs(int(process)):
            shutil.rmtree(left, ignore_errors=True)


def _runs(process: int) -> bool:
    """Whether there is a process of that number."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True
