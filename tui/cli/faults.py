"""What goes wrong is one line on standard error and an exit code, never a traceback."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import Final

from models.errors import ShopstaffError
from models.i18n import N_, _

USAGE: Final = 2
UNUSABLE: Final = 3
INTERRUPTED: Final = 130
"""As a shell tells it of a program that ctrl+c ended."""

_INTERNAL: Final = N_("Internal error, reference {reference}. Nothing was lost.")


class UsageError(ShopstaffError):
    """What was typed on the command line cannot be done; `reason` is a marked sentence that `facts` fill."""

    exit_code = USAGE

    def __init__(self, reason: str, /, **facts: object) -> None:
        super().__init__(**facts)
        self.reason: Final = reason

    def __str__(self) -> str:
        return _(self.reason).format(**self.facts)


def guarded(command: Callable[[], int], home: str) -> int:
    """Run a command; whatever it raises becomes a line and an exit code.

    Args:
        home: the data folder, in which a mistake of ours is noted.
    """
    try:
        code = command()
        sys.stdout.flush()
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001  the last line of defence
        return told(error, home)
    return code


def told(error: BaseException, home: str) -> int:
    """Say what went wrong, as far as it is anybody's business.

    Returns:
        The exit code that goes with it.
    """
    if isinstance(error, ShopstaffError):
        complain(str(error))
        return error.exit_code
    if isinstance(error, KeyboardInterrupt):
        return INTERRUPTED
    if isinstance(error, BrokenPipeError):
        print_no_more()
        return 0
    complain(_of_disk(error) or _internal(error, home))
    return UNUSABLE


def _of_disk(error: BaseException) -> str:
    """What a disk that is full or fails says wherever nobody expected it; "" where it is something else."""
    from models import disk
    from models.errors import ShopReadOnly

    plain = disk.in_plain_words(error) if isinstance(error, OSError) else None
    return "" if plain is None or isinstance(plain, ShopReadOnly) else str(plain)


def print_no_more() -> None:
    """Whoever read what is printed has enough: what is left of it goes nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def complain(line: str) -> None:
    """Say what is wrong on standard error: one line, whatever is in it."""
    remark(f"shopstaff: {line}")


def remark(line: str) -> None:
    """Say something on standard error that is not what was asked for: one line, whatever is in it."""
    from models.text import visible

    print(visible(" ".join(line.split())), file=sys.stderr)


def _internal(error: BaseException, home: str) -> str:
    from pathlib import Path

    from tui import faults

    reference = faults.reference()
    faults.note_error(Path(home), reference, error)
    return _(_INTERNAL).format(reference=reference)
