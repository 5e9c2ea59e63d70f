"""Every check of the repository, the quick ones first: `python -m tests`.

What is given behind it goes to pytest (`python -m tests -x tests/models`), and coverage is then not judged. All checks are run
even if one fails, so that one round shows everything; the exit code is 0 only if all of them passed.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parent.parent
TOOLS: Final = Path(sys.executable).parent

STATIC: Final = (
    ("ruff", "check", "."),
    ("ruff", "format", "--check", "."),
    ("codespell",),
    ("mypy",),
    ("lint-imports", "--no-logo"),
)
WORKERS: Final = min(2 * (os.cpu_count() or 1), 8)
"""More than there are processors: tests in a terminal wait most of their time, and come first (see conftest.py)."""

PYTEST: Final = ("pytest", "-m", "not bench", "-n", str(WORKERS), "--dist", "worksteal")
COVERED: Final = ("--cov", "--cov-fail-under=95")
MEMORY: Final = Path("/dev/shm")
ROOM: Final = 1 << 30
"""Bytes that must be free there: a shop waits for the disk at every commit, as it should, and its tests need not."""

MODELS: Final = ("coverage", "report", "--include=models/*", "--fail-under=100")


def passes(command: tuple[str, ...]) -> bool:
    """Run one tool of this environment from the root of the repository; its output is for the person who waits."""
    print(f"\n$ {' '.join(command)}", flush=True)
    return subprocess.run([TOOLS / command[0], *command[1:]], cwd=ROOT, env=environment(), check=False).returncode == 0


def environment() -> dict[str, str]:
    """What tools are started with: temporary folders in memory, where there is room."""
    in_memory = os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free >= ROOM
    return os.environ | ({"TMPDIR": str(MEMORY)} if in_memory else {})


def covers_models() -> bool:
    """Whether the tests took every branch in models; says which not, and nothing if they did."""
    report = subprocess.run([TOOLS / MODELS[0], *MODELS[1:]], cwd=ROOT, check=False, capture_output=True, text=True)
    if report.returncode:
        print(f"\n$ {' '.join(MODELS)}\n{report.stdout}{report.stderr}", flush=True)
    return report.returncode == 0


def main(arguments: list[str]) -> int:
    """Run everything; pytest comes last, so that its summary does, too."""
    failed = [" ".join(command) for command in STATIC if not passes(command)]
    if not passes((*PYTEST, *(arguments or COVERED))):
        failed.append("pytest")
    if not arguments and not covers_models():
        failed.append("coverage of models")
    if failed:
        print(f"\nfailed: {', '.join(failed)}", flush=True)
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
