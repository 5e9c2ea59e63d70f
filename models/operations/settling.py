"""Writing down what time has brought, before anything else is written: who has left on the day that was planned."""

from __future__ import annotations

from contextlib import suppress

from models import clock
from models.errors import LogDamaged
from models.queries import departures


def settle() -> None:
    """Write down who has left since anybody last wrote: reading judges by their day itself, lists and filters by what is written.

    Nearly always nobody has, which one small read finds out. While the log is known to be damaged nothing is written down.
    """
    if departures.are_over(clock.now()):
        from models.operations._leaving import settle as write_down  # here, because leaving takes half of all operations

        with suppress(LogDamaged):
            write_down()
