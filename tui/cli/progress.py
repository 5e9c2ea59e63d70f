"""How far along a command is, on the terminal of whoever waits for it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from models.rules.progress import Progress, unheard

_CLEAR: Final = "\r\x1b[K"


@contextmanager
def percent() -> Iterator[Progress]:
    """Say in hundredths how far it is, in one place of standard error, and take it away at the end; nothing where that is no terminal."""
    if not sys.stderr.isatty():
        yield unheard
        return
    said = -1

    def tell(done: int, total: int) -> None:
        nonlocal said
        share = done * 100 // max(1, total)
        if share != said:
            said = share
            print(f"{_CLEAR}{share} %", end="", file=sys.stderr, flush=True)

    try:
        yield tell
    finally:
        print(_CLEAR, end="", file=sys.stderr, flush=True)
