"""What other programs send, read as it comes, by a command that may go on for weeks and can be told to stop at any moment."""

from __future__ import annotations

import os
import select
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Final

PIECE: Final = 64 * 1024
"""Bytes that are read at once: as many as a pipe holds."""

_ENDINGS: Final = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
_TO_WRITE: Final = select.POLLOUT | select.POLLERR | select.POLLHUP
_TO_READ: Final = select.POLLIN | select.POLLERR | select.POLLHUP | select.POLLNVAL


class Stopped(Exception):
    """The program was told to stop, while it waited for somebody to read what it says."""


class Stop:
    """Whether the program was told to stop.

    Attributes:
        told: whether it was; what has begun is finished all the same.
        ear: readable from then on.
    """

    def __init__(self) -> None:
        self.told = False
        self.ear, self._mouth = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)

    def __call__(self, _number: int, _frame: FrameType | None) -> None:
        """Take a signal."""
        self.told = True
        with suppress(BlockingIOError):  # it is full of being told
            os.write(self._mouth, b"!")

    def close(self) -> None:
        """Hear nothing any more."""
        os.close(self.ear)
        os.close(self._mouth)


@contextmanager
def stopping() -> Iterator[Stop]:
    """Inside, SIGTERM, SIGINT and SIGHUP tell the program to stop, and interrupt nothing."""
    stop = Stop()
    before = {each: signal.signal(each, stop) for each in _ENDINGS}
    try:
        yield stop
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
        stop.close()


class Inlet:
    """A file, a pipe or a socket that is read.

    Args:
        number: its descriptor.
    """

    def __init__(self, number: int, stop: Stop) -> None:
        self._number = number
        self._stop = stop
        self._poll = select.poll()
        self._poll.register(number, _TO_READ)
        self._poll.register(stop.ear, select.POLLIN)

    def piece(self, seconds: float | None = None) -> bytes | None:
        """What has come, `PIECE` bytes at most; waits for it until the program is told to stop.

        Args:
            seconds: wait so long at most.

        Returns:
            b"" at the end; None where nothing came.

        Raises:
            OSError: it cannot be read.
        """
        ready = self._poll.poll(None if seconds is None else seconds * 1000)
        if self._stop.told or not ready:
            return None
        try:
            return os.read(self._number, PIECE)
        except BlockingIOError:  # somebody else who reads the same was quicker
            return None


class Outlet:
    """Standard output, for answers that somebody waits for.

    Whoever does not read them lets a pipe run full; the program waits then, and takes no more, until it is told to stop.
    """

    def __init__(self, number: int, stop: Stop) -> None:
        self._number = number
        self._stop = stop
        self._poll = select.poll()
        self._poll.register(number, _TO_WRITE)
        self._poll.register(stop.ear, select.POLLIN)

    def say(self, data: bytes) -> None:
        """Write all of it.

        Raises:
            BrokenPipeError: nobody reads it any more.
            Stopped: the program was told to stop, and nobody reads it now.
        """
        rest = memoryview(data)
        while rest:
            ready = self._poll.poll(0 if self._stop.told else None)
            if not any(number == self._number for number, _event in ready):
                raise Stopped if self._stop.told else BrokenPipeError
            with suppress(BlockingIOError):
                rest = rest[os.write(self._number, rest[: select.PIPE_BUF]) :]  # so much never has to wait where there is room


def standard() -> tuple[int, int] | None:
    """The descriptors of standard input and output; None where one of them was closed before the program began."""
    if sys.stdin is None or sys.stdout is None:
        return None
    sys.stdout.flush()
    return sys.stdin.fileno(), sys.stdout.fileno()
