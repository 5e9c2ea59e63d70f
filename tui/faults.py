"""Mistakes of ours: a reference for whoever is told of one, and where it happened in a file, without anything that might be a secret."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
import threading
import traceback
from pathlib import Path
from typing import Any, Final

from models import clock

LOG_NAME: Final = "errors.log"
LOG_MODE: Final = 0o600
LOG_BYTES: Final = 256 * 1024
"""From this size on the log of errors begins anew."""


def reference() -> str:
    """A name for what has just gone wrong, to be told and to be looked up by: `E-7F3A`."""
    return f"E-{os.urandom(2).hex().upper()}"


def note_error(folder: Path, named: str, error: BaseException | None) -> None:
    """Write where an error happened into a file for whoever looks after the machine: no message and no value, they may hold secrets."""
    lines = [f"{named} {clock.rfc3339(clock.now())} {type(error).__name__ if error else 'unknown'}"]
    if error is not None:
        lines += [f"  {frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)]
    path = folder / LOG_NAME
    try:
        anew = path.exists() and path.stat().st_size > LOG_BYTES
        flags = os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | (os.O_TRUNC if anew else os.O_APPEND)
        with os.fdopen(os.open(path, flags, LOG_MODE), "w", encoding="utf-8") as file:
            os.fchmod(file.fileno(), LOG_MODE)  # one that was there already may have been made by somebody with other habits
            file.write("\n".join(lines) + "\n")
    except OSError:
        return  # a full or read-only disk: the reference that is told is all there is


def listen(folder: Path, loop: asyncio.AbstractEventLoop) -> None:
    """Note from now on what goes wrong where nobody waits for it; Python and asyncio would print it, with its message, on the terminal."""

    def note(error: BaseException | None) -> None:
        note_error(folder, reference(), error)

    def on_loop(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        note(context.get("exception"))

    loop.set_exception_handler(on_loop)
    threading.excepthook = lambda args: note(args.exc_value)
    sys.unraisablehook = lambda args: note(args.exc_value)
    logging.disable()  # messages of libraries, which may hold anything
