"""Keeping a draft while it is typed: after each pause, and at the latest when its screen ends."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

from textual.timer import Timer

from models.actor import Actor
from models.errors import DataUnusable
from models.operations import drafts
from models.queries import access, departments
from screens.onboard_draft import KIND, OnboardDraft

if TYPE_CHECKING:
    from screens.onboard import OnboardScreen

PAUSE: Final = 0.6
"""Seconds without a key after which what was typed is kept."""


class DraftKeeper:
    """Keeps the draft of a screen.

    A write waits for other writers, so it is made in a thread; only the very last one, when the screen ends, is made at once. Each has its
    turn, so that one which waited too long never overwrites what was kept after it. What cannot be kept does not disturb whoever is typing:
    they will be told when they want something done.
    """

    def __init__(self, screen: OnboardScreen) -> None:
        self._screen = screen
        self._actor: Actor | None = None
        self._payload: dict[str, object] = OnboardDraft().payload()
        self._timer: Timer | None = None
        self._gate = Lock()
        self._turn = 0
        self._kept_turn = 0

    def begin(self, actor: Actor) -> None:
        """Keep in the name of `actor` from now on."""
        self._actor = actor

    def touched(self) -> None:
        """Something was typed or ticked: keep it when there is a pause."""
        if self._timer is not None:
            self._timer.stop()
        if self._actor is not None and self._screen.is_attached:
            self._timer = self._screen.set_timer(PAUSE, self._paused)

    async def drop(self) -> None:
        """Forget what was kept; what cannot be forgotten now is offered once more, which does no harm."""
        if self._actor is not None:
            self._turn += 1
            with suppress(DataUnusable):
                await self._screen.desk.in_shop(self._write, self._actor, None, self._turn)

    async def finish(self) -> None:
        """The draft has served its purpose: forget it, and keep nothing more."""
        await self.drop()
        self._actor = None

    def end(self) -> None:
        """Keep what has not been kept yet, here and now."""
        if (actor := self._actor) is not None and self._is_new():
            self._actor = None
            self._turn += 1
            with suppress(DataUnusable):
                self._write(actor, self._wanted(), self._turn)

    async def _paused(self) -> None:
        if (actor := self._actor) is not None and self._is_new():
            self._payload = self._screen.draft.payload()
            self._turn += 1
            self._screen.run_worker(self._keep(actor, self._turn), group="draft")

    async def _keep(self, actor: Actor, turn: int) -> None:
        try:
            await self._screen.desk.in_shop(self._write, actor, self._wanted(), turn)
        except DataUnusable:
            self._payload = {}  # tried again at the next pause

    def _is_new(self) -> bool:
        return self._screen.draft.payload() != self._payload

    def _wanted(self) -> dict[str, object] | None:
        """What is to be kept; None for nothing, where nothing was typed."""
        return None if self._screen.draft.is_blank else self._screen.draft.payload()

    def _write(self, actor: Actor, payload: dict[str, object] | None, turn: int) -> None:
        """Keep it, unless something newer was kept meanwhile."""
        with self._gate:
            if turn <= self._kept_turn:
                return
            self._kept_turn = turn
            if payload is None:
                drafts.drop(actor, KIND)
            else:
                drafts.keep(actor, KIND, payload)


def taken_up(actor: Actor, payload: Mapping[str, Any]) -> OnboardDraft:
    """A draft that was kept, without the roles and departments that are no longer there.

    Raises:
        NotAllowed, SessionEnded: it takes `staff.manage`.
    """
    roles = [offer.row.id for offer in access.offers(actor)]
    return OnboardDraft.found(payload, roles=roles, departments=[row.id for row in departments.tree(actor).rows])
