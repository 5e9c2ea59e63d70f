"""An eye on the session while it lasts: that it ends, locks and loses rights on the screen as soon as it does in the data.

Every few seconds, and before a key is handed on, there is a look: a few small reads, which wait for nobody and paint nothing. What comes
back from a thread while the session is locked waits until it is unlocked, so that nothing appears above the lock.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Final, NamedTuple, ParamSpec, TypeVar

from textual import events
from textual.binding import Binding, BindingType
from textual.timer import Timer

from models import clock
from models.actor import Actor
from models.clock import SECOND
from models.errors import DataUnusable, SessionEnded, ShopNewer, Unauthorised
from models.i18n import N_, _
from screens.base import PlainScreen, scheduled
from screens.later import later
from tui.front import FrontApp, in_thread
from tui.modes import LOCK

if TYPE_CHECKING:
    from models import shop
    from models.operations import presence, settling
    from models.queries import damage, departures, moments, standing
    from models.queries.standing import Standing
else:  # not needed before the first screen is seen
    shop, presence, settling = later("models.shop"), later("models.operations.presence"), later("models.operations.settling")
    damage, departures = later("models.queries.damage"), later("models.queries.departures")
    moments, standing = later("models.queries.moments"), later("models.queries.standing")

P = ParamSpec("P")
T = TypeVar("T")

EVERY: Final = 2.5
"""Seconds between two looks: a session that was ended is gone from the screen within five."""

SOON: Final = 0.5
"""Seconds after which a look that met a writer is made up for."""

FRESH: Final = 0.25
"""Seconds for which a look counts: a key that is held down asks no more often."""

AGAIN: Final = 2 * SECOND
"""Access is read again after so long even if nobody has written anything, because grants end by themselves; microseconds."""

UPGRADED: Final = N_("Shopstaff was upgraded meanwhile. Come in again.")
"""Where the tables are a newer Shopstaff's, this one can neither read nor write them any more."""


class Moment(NamedTuple):
    """A moment by two clocks: the machine's, which people set (UTC microseconds), and one that only runs (seconds)."""

    at: int
    ticks: float


def _now() -> Moment:
    return Moment(clock.now(), time.monotonic())


def _was_set(before: Moment, after: Moment) -> bool:
    """Whether somebody set the machine's clock between two moments, or it has not been looked at before."""
    return abs(after.at - before.at - (after.ticks - before.ticks) * SECOND) > SECOND


class WatchedApp(FrontApp, inherit_bindings=False):
    """An application that follows the session of whoever is signed in, and can be locked.

    Args:
        home: the data folder.
        start: the screen one enters by.
        plain: whether to use the terminal's own sixteen colours and no others.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+l", "lock", N_("Lock"), show=False, priority=True, tooltip=N_("Hides everything until your password is typed.")),
    ]

    def __init__(self, home: Path, *, start: str, plain: bool) -> None:
        super().__init__(home, start=start, plain=plain)
        self._turn = asyncio.Lock()
        self._unlocked = _open_gate()
        self._below = ""
        self._looked = 0.0
        self._last = Moment(0, 0.0)
        self._again: Timer | None = None
        self._changes = -1
        self._read_at = 0
        self._key = self._noted = _now()

    def on_mount(self) -> None:
        """Begin to look."""
        self.look()
        self.set_interval(EVERY, self.look)

    def read_access(self) -> None:
        """Read again what the person signed in may do.

        Raises:
            SessionEnded: the session was ended, or the account is not active.
        """
        raise NotImplementedError

    def session_ended(self, ended: SessionEnded) -> None:
        """Close everything because the session has ended, and say why."""
        raise NotImplementedError

    def begin_watch(self) -> None:
        """Somebody has signed in."""
        self._key = self._noted = _now()
        self._read_at = self._key.at

    def leave(self, reason: str = "") -> None:
        """End the program; `reason` is said on the terminal as it was before."""
        raise NotImplementedError

    def end_watch(self) -> None:
        """Nobody is signed in any more. What waited for the lock to open waits on, and ends with the screen it belongs to."""
        self._unlocked = _open_gate()

    # ---- looking

    def look(self) -> None:
        """See how the session stands, and have the screen follow."""
        self._looked = time.monotonic()
        if self._opens is not None or not shop.is_open():
            return
        try:
            with shop.impatient():
                self._look(clock.now())
        except SessionEnded as ended:
            self.session_ended(ended)
        except ShopNewer:
            self.leave(_(UPGRADED))
        except DataUnusable:  # somebody is writing this very moment; whatever is done is judged anyway
            self._again = self._again or self.set_timer(SOON, self._look_again)

    def _look_again(self) -> None:
        self._again = None
        self.look()

    def _look(self, now: int) -> None:
        changes = shop.changes()
        moment, last, self._last = Moment(now, self._looked), self._last, Moment(now, self._looked)
        if changes != self._changes or self._clock_behind or _was_set(last, moment):
            self.show_clock(behind=moments.is_behind(now))
        if changes != self._changes:
            shop.heed()
            self.show_log(damaged=damage.is_damaged())
        self.show_room(little=shop.room_is_little())
        if departures.are_over(now):
            self.run_worker(self._write_departures(), group="settling", exclusive=True)
        if (actor := self.actor) is not None:
            self._look_after(actor, changes, now)
        self._changes = changes

    def _look_after(self, actor: Actor, changes: int, now: int) -> None:
        stands = standing.of(actor, now)
        if self.is_locked:
            return
        if stands.is_locked or self._is_idle(stands, now):
            self.lock(why="idle")
            return
        if self._is_inside and (changes != self._changes or not self._read_at <= now < self._read_at + AGAIN):
            self.read_access()
            self._read_at = now
        if self._is_inside and self._held != self._shown:
            self.follow_access()
        if self._key != self._noted and now - stands.seen_at > presence.SEEN_EVERY:
            self._noted = self._key
            self.run_worker(self._note(actor), group="session")
        self._follow()

    def _follow(self) -> None:
        """Have the screen in front show what has changed meanwhile, if it is one that goes on by itself."""
        front = self.screen_stack[-1] if self.screen_stack else None  # none while the program is ending
        if self._is_inside and isinstance(front, PlainScreen) and front.is_mounted:
            with suppress(Unauthorised):  # taken this very moment: the next look closes the screen
                front.follow()

    def _is_idle(self, stands: Standing, now: int) -> bool:
        """Whether no key was pressed for so long, by either clock."""
        by_clock = now - self._key.at if stands.seen_at <= now else 0  # one that was set back tells nothing
        by_ticks = (time.monotonic() - self._key.ticks) * SECOND
        return max(by_clock, by_ticks) >= stands.idle_at - stands.seen_at

    # ---- keys

    async def on_event(self, event: events.Event) -> None:
        """Let a key or a click pass, unless what it was meant for is no longer in front."""
        by_hand = isinstance(event, events.InputEvent | events.Paste) and not event.is_forwarded
        if not by_hand or (self.open_shop() and self._pressed()):
            await super().on_event(event)

    def _pressed(self) -> bool:
        """A hand is at the keyboard or the mouse. Answers whether what it did still reaches what it was meant for."""
        if not self._is_guarded():
            return True
        if time.monotonic() - self._looked > FRESH:
            self.look()
        if not self._is_guarded():
            return False
        self._key = _now()
        return True

    def _is_guarded(self) -> bool:
        """Whether a session is open on the screen."""
        return self.actor is not None and not self.is_locked

    async def _write_departures(self) -> None:
        """Write down who has left, so that what lists say is so; where that cannot be written, it is judged so all the same."""
        with suppress(DataUnusable):
            await in_thread(settling.settle)

    async def _note(self, actor: Actor) -> None:
        with suppress(DataUnusable, SessionEnded):  # tried again with the next key; seen by the next look
            await in_thread(presence.seen, actor, self.current_mode if self._is_inside else "")

    # ---- locking

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only where somebody is signed in there is something to lock, and once."""
        if action == "lock":
            return self.actor is not None and not self.is_locked
        return super().check_action(action, parameters)

    def action_lock(self) -> None:
        """Have the password asked for at once."""
        self.lock()

    def lock(self, *, why: str = "asked") -> None:
        """Hide everything that is open until the password is typed; it stays as it is."""
        actor = self.actor
        if actor is None or self.is_locked:
            return
        self._unlocked = asyncio.Event()
        self._below = self.current_mode
        self.add_mode(LOCK, self.lock_screen)
        scheduled(self.switch_mode(LOCK))
        self.run_worker(self._keep_locked(actor, why), group="session")

    async def _keep_locked(self, actor: Actor, why: str) -> None:
        """Lock the session itself as well. Where that cannot be written it locks by itself, from the last key on."""
        try:
            async with self._turn:
                await in_thread(presence.lock, actor, why=why)
        except SessionEnded as ended:
            self.session_ended(ended)
        except DataUnusable:
            pass

    async def unlock(self, password: str) -> None:
        """Go on where it was locked.

        Raises:
            WrongProof, SignInLocked, SessionEnded, DataUnusable: as `presence.unlock`; it stays locked.
        """
        actor = self.actor
        if actor is None or not self.is_locked:
            return
        async with self._turn:
            await in_thread(presence.unlock, actor, password)
        if self.actor is actor and self.is_locked:
            self._key = self._noted = _now()
            scheduled(self.switch_mode(self._below))
            scheduled(self.remove_mode(LOCK))
            self._unlocked.set()
            self.look()

    def _refresh_notifications(self) -> None:
        # What was said in passing was said below the lock.
        if not self.is_locked:
            super()._refresh_notifications()

    async def while_open(self, asked: Actor | None) -> None:
        """Wait while the session is locked. Whoever asked for something and is gone meanwhile is told nothing any more."""
        await self._unlocked.wait()
        if asked is not None and self.actor is not asked:
            raise asyncio.CancelledError


def _open_gate() -> asyncio.Event:
    gate = asyncio.Event()
    gate.set()
    return gate
