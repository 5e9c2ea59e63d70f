"""The eye on the session: whatever ends, locks or narrows it is on the screen within seconds; while nothing happens, nothing is drawn."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from textual import events
from textual.pilot import Pilot

from models import clock, db, shop
from models.actor import Actor
from models.errors import DiskFull, SessionEnded, SessionLocked
from models.operations import departments, departures, grants, presence, security, sessions, staff
from models.queries import standing
from models.rules.grants import AccessChange, RoleGift
from models.tables import Session, Staff
from screens.access_change import AccessChangeScreen
from screens.departments import DepartmentsScreen
from screens.dialogs.confirm import Confirm
from screens.home import HomeScreen
from screens.lock import LockScreen
from screens.my_access import MyAccessScreen
from screens.onboard import OnboardScreen
from screens.sign_in import SignInScreen
from screens.staff import StaffScreen
from screens.staff_detail import StaffDetailScreen
from screens.staff_edit import StaffEditScreen
from tests.factories import DAY, PASSWORD, STRANGER, Founded, signed_in
from tests.models.doors import Watch
from tests.screens.door import at, told
from tests.screens.look import grid, settle
from tests.screens.program import program, until
from tui import watch as watching
from tui.app import ShopstaffApp

MINUTE = 60
HOUR = 3600
WITHIN = 5.0
"""Seconds in which a session that was ended is gone from the screen."""


@pytest.fixture
def watch() -> Any:
    """The machine's clock, which stands still until the test moves it."""
    here = Watch()
    clock.set_clock(here)
    yield here
    clock.set_clock(None)


def elsewhere(act: Callable[..., object], *args: Any, **kwargs: Any) -> None:
    """Do something as another process would: over a connection of its own."""
    failed: list[Exception] = []

    def run() -> None:
        try:
            with shop.connection():
                act(*args, **kwargs)
        except Exception as error:  # noqa: BLE001  told to whoever waits
            failed.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    if failed:
        raise failed[0]


async def press(pilot: Pilot[int], *keys: str) -> None:
    """Keys one after the other; what begins with `=` is typed."""
    for key in keys:
        for each in key[1:] if key.startswith("=") else [key]:
            await pilot.press({"/": "slash", " ": "space"}.get(each, each))
        await settle(pilot)


async def look(app: ShopstaffApp, pilot: Pilot[int]) -> None:
    """What happens every few seconds, now."""
    with app._context():
        app.look()
    await settle(pilot)


def take_roles(shop_: Founded, login: str) -> None:
    """Take every role from somebody."""
    staff_id = shop_.id_of(login)
    held = [int(row[0]) for row in db.rows("SELECT role_id FROM role_grant WHERE staff_id = ? AND ended_at IS NULL", (staff_id,))]
    grants.change(shop_.owner, staff_id, AccessChange(take_roles=tuple(held)))


def by_fourth(shop_: Founded) -> None:
    """Sign in three times more."""
    for _time in range(3):
        sessions.sign_in(STRANGER, "dana", PASSWORD)


def by_another_session(shop_: Founded) -> None:
    """Dana ends it from elsewhere."""
    (session_id,) = db.row("SELECT min(id) FROM session WHERE staff_id = ? AND ended_at IS NULL", (shop_.id_of("dana"),)) or (0,)
    security.end_session(signed_in("dana"), session_id)


def by_new_password(shop_: Founded) -> None:
    """Dana changes it elsewhere."""
    security.change_password(signed_in("dana"), PASSWORD, "walnut drum 58 river")


ENDS = {
    "freezing": (lambda found: staff.freeze(found.owner, found.id_of("dana")), "Your account was frozen."),
    "leaving": (lambda found: staff.leave(found.owner, found.id_of("dana")), "you are no longer with the shop"),
    "a fourth": (by_fourth, "more sessions than one account may have"),
    "elsewhere": (by_another_session, "You ended this session from another one."),
    "password": (by_new_password, "Your password was changed"),
    "reset": (lambda found: security.reset(found.owner, found.id_of("dana"), password=True, totp=False), "Your sign-in was reset."),
}


@pytest.mark.parametrize("how", ENDS)
async def test_p10_a_session_that_was_ended_closes_by_itself_and_says_why(little_shop: Founded, how: str) -> None:
    """No key is pressed; what happened is said in a sentence, and nothing of what was open is left."""
    act, words = ENDS[how]
    dana = little_shop.person("dana", gave=["manager"])
    Session.update(seen_at=clock.now(), started_at=clock.now()).where(Session.id == dana.session_id).execute()
    async with program(little_shop.home, actor=dana) as (app, pilot):
        await press(pilot, "4", "n", "=half")
        assert isinstance(app.screen, OnboardScreen)
        await asyncio.to_thread(elsewhere, act, little_shop)
        await look(app, pilot)
        assert at(app) is SignInScreen
        assert words in grid(app)
        assert app.open_screens() == [app.screen]
        assert app.actor is None
        assert not app.may("staff.view")


async def test_p10_it_is_seen_within_five_seconds(little_shop: Founded) -> None:
    """By the program's own clockwork."""
    dana = little_shop.person("dana")
    async with program(little_shop.home, actor=dana) as (app, pilot):
        await asyncio.to_thread(elsewhere, staff.freeze, little_shop.owner, little_shop.id_of("dana"))
        start = time.monotonic()
        await until(pilot, lambda: at(app) is SignInScreen)
        assert time.monotonic() - start < WITHIN
    assert watching.EVERY * 2 <= WITHIN


async def test_p10_it_takes_effect_on_the_next_key(little_shop: Founded) -> None:
    """Which does nothing any more: it was meant for what is gone."""
    dana = little_shop.person("dana", gave=["manager"])
    async with program(little_shop.home, actor=dana) as (app, pilot):
        await press(pilot, "4")
        await pilot.pause(watching.FRESH)
        await asyncio.to_thread(elsewhere, staff.freeze, little_shop.owner, little_shop.id_of("dana"))
        await press(pilot, "n")
        assert at(app) is SignInScreen
        assert "Your account was frozen." in grid(app)


def has_expired(actor: Actor) -> bool:
    """Whether it is kept so."""
    return bool(Session.get_by_id(actor.session_id).end == "expired")


async def test_p10_a_session_ends_after_its_hours_and_is_kept_so(little_shop: Founded, watch: Watch) -> None:
    """Twelve, whatever is done in it; locked or not."""
    for is_locked in (False, True):
        owner = signed_in("owner", ages=True)
        async with program(little_shop.home, actor=owner) as (app, pilot):
            if is_locked:
                await press(pilot, "ctrl+l")
            watch.passes(12 * HOUR)
            Session.update(seen_at=clock.now()).where(Session.id == owner.session_id).execute()
            app._key = watching._now()
            await look(app, pilot)
            assert app.actor == owner
            watch.passes(1)
            await look(app, pilot)
            assert at(app) is SignInScreen
            assert "for as long as one may be" in grid(app)
            await until(pilot, partial(has_expired, owner))


async def test_p10_the_screen_locks_when_no_key_was_pressed(little_shop: Founded, watch: Watch) -> None:
    """After ten minutes; a key at the last moment gives ten more. That it did is written down."""
    owner = signed_in("owner", ages=True)
    async with program(little_shop.home, actor=owner) as (app, pilot):
        watch.passes(10 * MINUTE - 1)
        await look(app, pilot)
        assert not app.is_locked
        await press(pilot, "down")
        await look(app, pilot)
        watch.passes(10 * MINUTE - 1)
        await look(app, pilot)
        assert not app.is_locked
        watch.passes(1)
        await look(app, pilot)
        assert isinstance(app.screen, LockScreen)
        await until(pilot, lambda: standing.of(owner).is_locked)
        await press(pilot, f"={PASSWORD}", "enter")
        assert isinstance(app.screen, HomeScreen)
    assert little_shop.log("session.lock", "session.unlock") == [
        ("owner", "session.lock", "owner"),
        ("owner", "session.unlock", "owner"),
    ]


@pytest.mark.parametrize("minutes", [5, 60])
async def test_p10_the_policy_says_after_how_long(little_shop: Founded, watch: Watch, minutes: int) -> None:
    """It counts from the next look on."""
    db.database.execute_sql("UPDATE policy SET idle_minutes = ?", (minutes,))
    async with program(little_shop.home, actor=signed_in("owner", ages=True)) as (app, pilot):
        for _step in range(minutes // 5):
            assert not app.is_locked
            watch.passes(5 * MINUTE)
            if watch.now - app._key.at < minutes * MINUTE * clock.SECOND:
                await look(app, pilot)
        await look(app, pilot)
        assert app.is_locked


async def test_p10_a_key_after_the_time_is_up_locks_and_does_nothing_else(little_shop: Founded, watch: Watch) -> None:
    """As when the machine slept: nobody types into what another left open."""
    async with program(little_shop.home, actor=signed_in("owner", ages=True)) as (app, pilot):
        await press(pilot, "4", "n", "=half")
        wizard = app.screen
        watch.passes(10 * MINUTE)
        await pilot.pause(watching.FRESH)
        await press(pilot, "x")
        assert isinstance(app.screen, LockScreen)
        assert isinstance(wizard, OnboardScreen)
        assert wizard.query_one("Form").text("login") == "half"  # type: ignore[attr-defined]  # it is a Form
        assert app.screen.field.value == ""


async def test_p10_clicks_and_the_wheel_are_signs_of_life_and_the_terminal_is_none(little_shop: Founded, watch: Watch) -> None:
    """Whoever reads with the wheel is there; a window that changes its size or its focus is not somebody."""
    async with program(little_shop.home, actor=signed_in("owner", ages=True)) as (app, pilot):
        for alive in (
            events.MouseScrollDown(None, 4, 4, 0, 0, 0, False, False, False),
            events.MouseDown(None, 4, 4, 0, 0, 1, False, False, False),
            events.Paste("x"),
        ):
            watch.passes(6 * MINUTE)
            await look(app, pilot)
            app.post_message(alive)
            await settle(pilot)
        watch.passes(6 * MINUTE)
        await look(app, pilot)
        assert not app.is_locked
        app.post_message(events.AppBlur())
        app.post_message(events.AppFocus())
        await pilot.resize_terminal(100, 30)
        watch.passes(5 * MINUTE)
        await look(app, pilot)
        assert app.is_locked


async def test_p10_a_clock_that_is_set_back_keeps_nothing_open(little_shop: Founded, watch: Watch, monkeypatch: pytest.MonkeyPatch) -> None:
    """The time without a key is measured by another that nobody sets, too."""
    async with program(little_shop.home, actor=signed_in("owner", ages=True)) as (app, pilot):
        watch.passes(-3 * HOUR)
        await look(app, pilot)
        assert not app.is_locked
        ticks = time.monotonic
        monkeypatch.setattr("tui.watch.time.monotonic", lambda: ticks() + 10 * MINUTE)
        await look(app, pilot)
        assert app.is_locked


async def test_p10_last_seen_is_written_when_keys_are_pressed_and_once_a_minute(little_shop: Founded, watch: Watch) -> None:
    """So that the session itself does not lock under the hands; without a key nothing is."""
    owner = signed_in("owner", ages=True)

    def seen() -> int:
        return int(Session.get_by_id(owner.session_id).seen_at)

    async with program(little_shop.home, actor=owner) as (app, pilot):
        begun = seen()
        for _second in range(3):
            watch.passes(20)
            await press(pilot, "down")
            await look(app, pilot)
        assert seen() == begun
        watch.passes(1)
        await look(app, pilot)
        await until(pilot, lambda: seen() == watch.now)
        noted = watch.now
        watch.passes(5 * MINUTE)
        await look(app, pilot)
        await pilot.pause(0.1)
        assert seen() == noted
        for _minute in range(40):
            watch.passes(55)
            await press(pilot, "up")
            await look(app, pilot)
        await until(pilot, lambda: seen() > watch.now - 3 * MINUTE * clock.SECOND)
        assert not app.is_locked
        assert not standing.of(owner).is_locked


async def test_p10_last_seen_that_cannot_be_written_disturbs_nobody(
    little_shop: Founded, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a full disk the next key tries again."""
    tried: list[str] = []

    def full(_actor: Actor, section: str) -> None:
        tried.append(section)
        raise DiskFull

    monkeypatch.setattr(presence, "seen", full)
    async with program(little_shop.home, actor=signed_in("owner", ages=True)) as (app, pilot):
        for _time in range(2):
            watch.passes(61)
            await press(pilot, "down")
            await look(app, pilot)
        assert tried == ["home", "home"]
        assert isinstance(app.screen, HomeScreen)


# ---- access


async def test_p10_a_role_that_is_taken_closes_its_sections_at_once(little_shop: Founded) -> None:
    """The section in front gives way to the first, with a word; its tabs are gone, and so is what was open behind them."""
    meg = little_shop.person("meg", gave=["manager"])
    little_shop.person("alice")
    async with program(little_shop.home, actor=meg) as (app, pilot):
        await press(pilot, "3", "4", "/", "=alice", "enter", "enter")
        assert isinstance(app.screen, StaffDetailScreen)
        assert "4 Staff" not in grid(app)
        await asyncio.to_thread(elsewhere, take_roles, little_shop, "meg")
        await look(app, pilot)
        assert isinstance(app.screen, HomeScreen)
        assert "4 Staff" not in grid(app)
        assert "9 Me" in grid(app)
        assert told(app) == ["This is no longer yours to see."]
        assert not [screen for screen in app.open_screens() if isinstance(screen, StaffScreen | StaffDetailScreen)]
        await press(pilot, "4")
        assert isinstance(app.screen, HomeScreen)
        await asyncio.to_thread(
            elsewhere,
            grants.change,
            little_shop.owner,
            little_shop.id_of("meg"),
            AccessChange(give_roles=(RoleGift(little_shop.role_id("manager"), None),)),
        )
        await look(app, pilot)
        assert "4 Staff" in grid(app)
        await press(pilot, "4")
        assert isinstance(app.screen, StaffScreen)
        assert "alice" in grid(app)


async def test_p10_a_dialog_goes_with_the_section_it_stands_in(little_shop: Founded) -> None:
    """What it would have done is not done."""
    meg = little_shop.person("meg", gave=["manager"])
    little_shop.person("alice")
    async with program(little_shop.home, actor=meg) as (app, pilot):
        await press(pilot, "4", "/", "=alice", "enter", "enter", "z")
        assert isinstance(app.screen, Confirm)
        await asyncio.to_thread(elsewhere, take_roles, little_shop, "meg")
        await look(app, pilot)
        assert isinstance(app.screen, HomeScreen)
        await press(pilot, "y")
        assert Staff.get(Staff.login == "alice").status == "active"


@pytest.mark.parametrize(
    ("keys", "kind"), [(("n", "=half"), OnboardScreen), (("/", "=alice", "enter", "enter", "a", "space"), AccessChangeScreen)]
)
async def test_p10_a_screen_whose_permission_is_gone_closes(little_shop: Founded, keys: tuple[str, ...], kind: type[object]) -> None:
    """Where its section is still open, that is in front then, and offers no longer what is gone."""
    meg = little_shop.person("meg", extras=["staff.view", "staff.manage"])
    little_shop.person("alice")
    async with program(little_shop.home, actor=meg) as (app, pilot):
        await press(pilot, "4", *keys)
        assert isinstance(app.screen, kind)
        gone = AccessChange(take_extras=("staff.manage",))
        await asyncio.to_thread(elsewhere, grants.change, little_shop.owner, little_shop.id_of("meg"), gone)
        await look(app, pilot)
        assert isinstance(app.screen, StaffScreen | StaffDetailScreen)
        offered = grid(app).splitlines()[-1]
        for words in ("Onboard", "Edit", "Access"):
            assert words not in offered


async def test_p10_ones_own_profile_stays_ones_own(little_shop: Founded) -> None:
    """What was typed there stands, whatever else was taken."""
    meg = little_shop.person("meg", extras=["staff.view", "staff.manage"])
    async with program(little_shop.home, actor=meg) as (app, pilot):
        await press(pilot, "9", "e", "=Meggie")
        await asyncio.to_thread(
            elsewhere,
            grants.change,
            little_shop.owner,
            little_shop.id_of("meg"),
            AccessChange(take_extras=("staff.manage", "staff.view")),
        )
        await look(app, pilot)
        assert isinstance(app.screen, StaffEditScreen)
        assert "Meggie" in grid(app)
        await press(pilot, "escape", "y")
        assert isinstance(app.screen, MyAccessScreen)
        assert "4 Staff" not in grid(app)


async def test_p10_a_grant_that_ends_by_itself_is_followed_too(little_shop: Founded, watch: Watch) -> None:
    """Nobody writes anything when its day is over."""
    meg = little_shop.person("meg", gave=["manager"], until=watch.now + DAY)
    async with program(little_shop.home, actor=meg) as (app, pilot):
        await press(pilot, "2")
        assert isinstance(app.screen, DepartmentsScreen)
        watch.passes(24 * HOUR)
        await look(app, pilot)
        assert isinstance(app.screen, DepartmentsScreen)
        watch.passes(2)
        await look(app, pilot)
        assert isinstance(app.screen, HomeScreen)


async def test_p10_what_is_in_front_shows_no_more_than_is_allowed_now(little_shop: Founded) -> None:
    """Whoever may still see a person but no longer the log sees the person without it."""
    ann = little_shop.person("ann", extras=["staff.view", "audit.view.all"])
    little_shop.person("alice")
    async with program(little_shop.home, actor=ann, size=(120, 40)) as (app, pilot):
        await press(pilot, "4", "/", "=alice", "enter", "enter")
        before = grid(app)
        assert "onboarded" in before.casefold() or "activity" in before.casefold()
        gone = AccessChange(take_extras=("audit.view.all",))
        await asyncio.to_thread(elsewhere, grants.change, little_shop.owner, little_shop.id_of("ann"), gone)
        await look(app, pilot)
        assert isinstance(app.screen, StaffDetailScreen)
        assert len(grid(app).split()) < len(before.split())


async def test_p10_access_that_changed_under_the_lock_is_followed_after_it(little_shop: Founded) -> None:
    """Nothing is seen even for a moment."""
    meg = little_shop.person("meg", gave=["manager"])
    async with program(little_shop.home, actor=meg) as (app, pilot):
        await press(pilot, "4", "ctrl+l")
        await asyncio.to_thread(elsewhere, take_roles, little_shop, "meg")
        await look(app, pilot)
        assert isinstance(app.screen, LockScreen)
        await press(pilot, f"={PASSWORD}", "enter")
        await until(pilot, lambda: isinstance(app.screen, HomeScreen))
        assert "4 Staff" not in grid(app)


# ---- the clock


async def test_d8_a_clock_that_is_behind_is_said_on_every_screen(little_shop: Founded, watch: Watch) -> None:
    """Before signing in and after; gone as soon as the clock is right, or was accepted."""
    async with program(little_shop.home) as (app, pilot):
        assert "clock is behind" not in grid(app)
        watch.passes(-HOUR)
        await look(app, pilot)
        assert "The machine's clock is behind" in grid(app)
        assert "shopstaff doctor --clock" in " ".join(grid(app).split())
        with app._context():
            app.sign_in(little_shop.owner)
        await settle(pilot)
        for key in ("1", "4", "9"):
            await press(pilot, key)
            assert "The machine's clock is behind" in grid(app)
        watch.passes(HOUR)
        await look(app, pilot)
        assert "clock is behind" not in grid(app)
        await press(pilot, "1")
        assert "clock is behind" not in grid(app)


async def test_who_leaves_while_it_runs_is_written_down_and_signed_out(little_shop: Founded, watch: Watch) -> None:
    """Nobody has to do anything: lists are right, and the person's own screen closes with the reason."""
    bob = little_shop.person("bob", gave=["manager"])
    watch.now = departures.plan(little_shop.owner, bob.staff_id or 0, clock.day(watch.now, "Asia/Shanghai"))
    async with program(little_shop.home, actor=bob) as (app, pilot):
        await look(app, pilot)
        assert app.actor == bob
        watch.now += 1
        await look(app, pilot)
        assert at(app) is SignInScreen
        assert "you are no longer with the shop" in grid(app)
        await until(pilot, lambda: Staff.get(Staff.login == "bob").status == "left")


# ---- quiet


async def test_watching_paints_nothing_and_waits_for_nobody(little_shop: Founded) -> None:
    """While somebody else is in the middle of writing, a look is over at once and changes nothing."""
    async with program(little_shop.home, actor=little_shop.owner) as (app, pilot):
        await press(pilot, "4")
        painted: list[object] = []
        app._display = lambda *args, **_kwargs: painted.append(args)  # type: ignore[method-assign]  # to count
        for _time in range(20):
            app.look()
        await pilot.pause(0.2)
        assert painted == []
        with shop.connection():
            entered, done = threading.Event(), threading.Event()

            def write() -> None:
                with shop.connection():
                    db.database.execute_sql("BEGIN EXCLUSIVE")
                    entered.set()
                    done.wait(10)
                    db.database.execute_sql("ROLLBACK")

            thread = threading.Thread(target=write)
            thread.start()
            entered.wait(10)
            start = time.monotonic()
            app.look()
            took = time.monotonic() - start
            done.set()
            thread.join()
        assert took < 0.5
        assert app.actor == little_shop.owner


async def test_what_is_read_on_a_locked_or_ended_session_is_refused_by_the_model(little_shop: Founded) -> None:
    """The screens only follow: it is the model that gives nothing out."""
    meg = little_shop.person("meg", gave=["manager"])
    presence.lock(meg)
    with pytest.raises(SessionLocked):
        departments.add(meg, "Night shift", None)
    sessions.sign_out(meg)
    with pytest.raises(SessionEnded):
        departments.add(meg, "Night shift", None)


async def test_the_number_of_the_section_in_front_reads_it_anew(little_shop: Founded) -> None:
    """Whoever waits for something that others do presses its key again."""
    async with program(little_shop.home, actor=little_shop.owner) as (app, pilot):
        await press(pilot, "2")
        elsewhere(departments.add, little_shop.owner, "Night shift", None)
        assert "Night shift" not in grid(app)
        await press(pilot, "2")
        await settle(pilot)
        assert "Night shift" in grid(app)
