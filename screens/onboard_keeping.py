"""Keeping a draft while it is typed: after each pause, and at the latest when its screen ends."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Final

from textual.timer import Timer

from models.actor import Actor
from models.errors import DataUnusable
from models.operations import drafts
from screens.onboard_draft import KIND, OnboardDraft

if TYPE_CHECKING:
    from screens.onboard import OnboardScreen

PAUSE: Final = 0.6
"""Seconds without a key after which what was typed is kept."""


class DraftKeeper:
    """Keeps the draft of a screen.

    A write waits for other writers, so it is made in a thread, one after the other; only the very last one, when the screen ends, is made
    at once. What cannot be kept does not disturb whoever is typing: they will be told when they want something done.
    """

    def __init__(self, screen: OnboardScreen) -> None:
        self._screen = screen
        self._actor: Actor | None = None
        self._kept: dict[str, object] = OnboardDraft().payload()
        self._timer: Timer | None = None
        self._writing = False

    def begin(self, actor: Actor) -> None:
        """Keep in the name of `actor` from now on."""
        self._actor = actor

    def touched(self) -> None:
        """Something was typed or ticked: keep it when there is a pause."""
        if self._timer is not None:
            self._timer.stop()
        if self._actor is not None and self._screen.is_attached:
            self._timer = self._screen.set_timer(PAUSE, self._paused)

    def done(self) -> None:
        """The draft has served its purpose: keep nothing more."""
        self._actor = None

    def end(self) -> None:
        """Keep what has not been kept yet, here and now."""
        actor, payload = self._actor, self._screen.draft.payload()
        if actor is not None and payload != self._kept:
            self._actor = None
            with suppress(DataUnusable):
                _keep(actor, payload, blank=self._screen.draft.is_blank)

    def _paused(self) -> None:
        if not self._writing:
            self._screen.run_worker(self._write(), group="draft")

    async def _write(self) -> None:
        self._writing = True
        try:
            while self._actor is not None and (payload := self._screen.draft.payload()) != self._kept:
                with suppress(DataUnusable):
                    await self._screen.desk.in_shop(_keep, self._actor, payload, blank=self._screen.draft.is_blank)
                self._kept = payload
        finally:
            self._writing = False


def _keep(actor: Actor, payload: dict[str, object], *, blank: bool) -> None:
    if blank:
        drafts.drop(actor, KIND)
    else:
        drafts.keep(actor, KIND, payload)
