"""The first screen before the shop: what it shows is known by a glance, and opening the shop takes as long again as painting it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final, ParamSpec, TypeVar

from screens.later import later
from tui.modes import ModedApp

if TYPE_CHECKING:
    from models import shop
else:  # not needed before the first screen is seen
    shop = later("models.shop")

P = ParamSpec("P")
T = TypeVar("T")

SEEN: Final = 0.05
"""Seconds after which what there is to see first has been painted, where nobody presses a key before."""


class FrontApp(ModedApp, inherit_bindings=False):
    """An application that is on the terminal before its shop is open.

    Args:
        home: the data folder.
        start: the screen one enters by.
        plain: whether to use the terminal's own sixteen colours and no others.
    """

    def __init__(self, home: Path, *, start: str, plain: bool) -> None:
        super().__init__(home, start=start, plain=plain)
        self._opens: Callable[[], None] | None = None
        self._unusable: Exception | None = None

    async def on_ready(self) -> None:
        """Open the shop once the first screen is on the terminal."""
        if self._opens is not None:
            self.set_timer(SEEN, self.open_shop)

    def open_shop(self) -> bool:
        """Open the shop, where that has waited until now. Where it cannot be used the program ends, and says why.

        Returns:
            Whether it is open.
        """
        if self._opens is not None:
            opens, self._opens = self._opens, None
            try:
                opens()
            except Exception as error:  # noqa: BLE001  whoever runs the program is handed it: a line and an exit code, below a terminal as it was
                self._unusable = error
                self.exit()
            else:
                self.look()
        return self._unusable is None

    def look(self) -> None:
        """See how things stand in the shop, and have the screen follow."""
        raise NotImplementedError

    @property
    def unusable(self) -> Exception | None:
        """Why the shop could not be opened."""
        return self._unusable


async def in_thread(fn: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run `fn` in a thread that has the shop's data open, whether or not the session is locked."""

    def run() -> T:
        with shop.connection():
            return fn(*args, **kwargs)

    return await asyncio.to_thread(run)
