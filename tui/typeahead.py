"""Keys one after the other, as if each had been waited for.

Textual hands a key to the widget that has the focus and goes on to the next one before that widget has done anything about it. Typed
slowly that is all the same. But what is typed ahead, or comes late in one piece over a slow line, as `alice`, Tab and a password,
ends up in the field that had the focus when it arrived: a password in the open, behind the login.
"""

from __future__ import annotations

import asyncio
from collections import deque
from pathlib import Path
from typing import Final

from textual import events
from textual.message_pump import MessagePump
from textual.widgets import Input

from tui.hardening import HardenedApp

CALM: Final = 5
"""Turns of the event loop in which nothing was left to do, after which everything a key set off is done."""

PATIENCE: Final = 2.0
"""Seconds after which the next key is handed on even so."""


class PatientApp(HardenedApp, inherit_bindings=False):
    """An application that handles a key when what the key before it set off is done.

    Args:
        home: the data folder.
        plain: whether to use the terminal's own sixteen colours and no others.
    """

    def __init__(self, home: Path, *, plain: bool = False) -> None:
        super().__init__(home, plain=plain)
        self._typed_ahead: deque[events.Key | events.Paste] = deque()
        self._settling: asyncio.Task[None] | None = None

    async def on_event(self, event: events.Event) -> None:
        """Hold keys back while the one before them is still at work; everything else passes."""
        if not isinstance(event, events.Key | events.Paste) or event.is_forwarded:
            await super().on_event(event)
        elif self._settling is not None:
            self._typed_ahead.append(event)
        else:
            moves = self._may_move(event)
            await super().on_event(event)
            if moves:
                self._settling = asyncio.create_task(self._settle())

    def _may_move(self, event: events.Key | events.Paste) -> bool:
        """Whether it may change where the next key belongs: anything but a letter into a line."""
        return not (isinstance(self.focused, Input) and (isinstance(event, events.Paste) or event.is_printable))

    async def _settle(self) -> None:
        """Wait for the key that was handed on, then hand on what was typed meanwhile."""
        try:
            await self._quiet()
            while self._typed_ahead:
                event = self._typed_ahead.popleft()
                moves = self._may_move(event)
                await super().on_event(event)
                if moves:
                    await self._quiet()
        except Exception as error:  # noqa: BLE001  this task is nobody's but the program's, which ends as if it had happened in one of its own
            self._handle_exception(error)
        finally:
            self._settling = None

    async def _quiet(self) -> None:
        """Wait until no message is on its way between the program and the widgets of the screen in front."""
        calm, end = 0, asyncio.get_running_loop().time() + PATIENCE
        while calm < CALM and asyncio.get_running_loop().time() < end:
            await asyncio.sleep(0)
            calm = 0 if any(_has_work(pump) for pump in self._pumps()) else calm + 1

    def _pumps(self) -> list[MessagePump]:
        if not self._screen_stack:
            return [self]
        return [self, *self.screen.walk_children(with_self=True)]


def _has_work(pump: MessagePump) -> bool:
    return bool(pump.message_queue_size or pump._pending_message is not None or pump._next_callbacks)  # noqa: SLF001  nothing public tells
