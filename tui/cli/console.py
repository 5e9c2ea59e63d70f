"""The machine's operator, and the shop they act on."""

from __future__ import annotations

import os
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from models import clock, shop
from models.actor import Actor
from models.queries import shop as shop_queries
from tui.language import of_console, speak


class Console(NamedTuple):
    """What every command is given.

    Attributes:
        asked: the command line as argparse read it.
        home: the data folder.
        actor: who acts; has the owner's rights.
    """

    asked: Namespace
    home: Path
    actor: Actor

    @contextmanager
    def shop(self) -> Iterator[Actor]:
        """The shop, open, and who acts on it; from here on its language is spoken, unless the environment asks for another.

        Raises:
            DataUnusable: there is none, or it cannot be used.
        """
        shop.open(self.home)
        try:
            speak(of_console(os.environ, lambda: shop_queries.current().language))
            yield self.actor
        finally:
            shop.close()

    def until(self) -> int | None:
        """The last moment of the day that was given as an end, in the time zone of the shop, which is open; None for no end.

        Raises:
            Invalid: it is no date, or has passed.
        """
        day = self.asked.until
        return clock.end_of_day(day, shop_queries.zone(), not_before=clock.now()) if day is not None else None
