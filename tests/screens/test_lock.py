"""The lock: what is below cannot be seen, read, reached or lost, and only the password leads back."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion
from textual import events
from textual.pilot import Pilot

from models import clock, db
from models.actor import Actor
from models.errors import DiskFull
from models.operations import presence, staff
from models.queries import standing
from screens.departments import DepartmentsScreen
from screens.dialogs.choose import Choose
from screens.dialogs.confirm import Confirm
from screens.dialogs.help import Help
from screens.hand_over import HandOverScreen
from screens.home import HomeScreen
from screens.lock import LockScreen
from screens.my_security_password import ChangePasswordScreen
from screens.onboard import OnboardScreen
from screens.sign_in import SignInScreen
from screens.staff import StaffScreen
from screens.staff_detail import StaffDetailScreen
from tests.factories import PASSWORD, Founded, signed_in
from tests.screens.door import at, said
from tests.screens.look import LANGUAGES, SIZES, grid, settle
from tests.screens.program import at_noon, focused, form, program, until
from tui.app import ShopstaffApp
from tui.modes import LOCK

MINE = "owner"


def is_locked(actor: Actor) -> bool:
    """Whether the session itself waits for the password."""
    return standing.of(actor).is_locked


async def type_password(pilot: Pilot[int], password: str = PASSWORD) -> None:
    """Type it, and Enter."""
    await pilot.press(*password, "enter")
    await settle(pilot)


async def locked(app: ShopstaffApp, pilot: Pilot[int], actor: Actor) -> None:
    """Wait until the session is locked in the data, too."""
    assert at(app) is LockScreen
    await until(pilot, lambda: is_locked(actor))


async def test_p10_what_a_screen_does_by_itself_after_a_pause_disturbs_no_lock(little_shop: Founded) -> None:
    """A draft is kept, a password is judged, each a moment after the last key; the lock may come in between."""
    async with program(little_shop.home, actor=little_shop.owner) as (app, pilot):
        await pilot.press("4", "n")
        await settle(pilot)
        await pilot.press(*"newcomer", "ctrl+l")
        await pilot.pause(1.2)
        assert at(app) is LockScreen
        await type_password(pilot)
        assert isinstance(app.screen, OnboardScreen)
        await pilot.press("escape", "9", "s")
        await settle(pilot)
        await pilot.press("p", *"half", "tab", *"walnut drum", "ctrl+l")
        await pilot.pause(1.5)
        assert at(app) is LockScreen
        await type_password(pilot)
        assert at(app) is ChangePasswordScreen


@pytest.mark.parametrize("key", ["1", "2", "3", "4", "5", "8", "9"])
async def test_p10_every_section_is_locked_and_comes_back(little_shop: Founded, key: str) -> None:
    """At once, from wherever one is; the password leads back to the very screen."""
    async with program(little_shop.home, actor=little_shop.owner) as (app, pilot):
        await pilot.press(key)
        await settle(pilot)
        screen, before = app.screen, grid(app)
        await pilot.press("ctrl+l")
        await locked(app, pilot, little_shop.owner)
        assert not [line for line in before.splitlines() if line.strip() and line in grid(app).splitlines()]
        await type_password(pilot)
        assert app.screen is screen
        assert grid(app) == before
        assert not is_locked(little_shop.owner)
    assert little_shop.log("session.lock", "session.unlock") == [(MINE, "session.lock", MINE), (MINE, "session.unlock", MINE)]


@pytest.mark.parametrize("size", [(80, 24), (60, 20)])
async def test_p10_nothing_of_what_is_below_can_be_seen(little_shop: Founded, size: tuple[int, int]) -> None:
    """Neither the screen nor what was said in passing above it: the shop's name and the login, and that is all."""
    little_shop.person("alice", name="Alice Liddell")
    async with program(little_shop.home, actor=little_shop.owner, size=size) as (app, pilot):
        await pilot.press("4")
        await settle(pilot)
        app.notify("Alice Liddell was moved.", markup=False)
        await settle(pilot)
        assert grid(app).count("Liddell") == 2
        await pilot.press("ctrl+l")
        await settle(pilot)
        shown = grid(app)
        assert "Liddell" not in shown
        assert "alice" not in shown
        assert "Staff" not in shown
        assert "Little Shop" in shown
        assert MINE in shown
        app.notify("Alice Liddell was frozen.", markup=False)
        await settle(pilot)
        assert "Liddell" not in grid(app)


async def test_p10_what_was_typed_is_there_after_unlocking(little_shop: Founded) -> None:
    """A wizard that is half filled, with the focus where it was; the key that locks types nothing."""
    async with program(little_shop.home, actor=little_shop.owner) as (app, pilot):
        await pilot.press("4", "n")
        await settle(pilot)
        await pilot.press(*"newcomer", "enter", *"New Com")
        await pilot.press("ctrl+l")
        await locked(app, pilot, little_shop.owner)
        assert "newcomer" not in grid(app)
        await type_password(pilot)
        assert isinstance(app.screen, OnboardScreen)
        assert (form(app).text("login"), form(app).text("name"), focused(app)) == ("newcomer", "New Com", "name")
        await pilot.press(*"er")
        assert form(app).text("name") == "New Comer"


ALICE = ("4", "slash", *"alice", "enter", "enter")


@pytest.mark.parametrize(("keys", "dialog"), [((":",), Choose), (("question_mark",), Help), ((*ALICE, "z"), Confirm)])
async def test_p10_dialogs_are_locked_and_stay(little_shop: Founded, keys: tuple[str, ...], dialog: type[object]) -> None:
    """And answer afterwards as if nothing had been."""
    little_shop.person("alice")
    async with program(little_shop.home, actor=little_shop.owner) as (app, pilot):
        for key in keys:
            await pilot.press(key)
            await settle(pilot)
        assert isinstance(app.screen, dialog)
        below = app.screen
        await pilot.press("ctrl+l")
        await locked(app, pilot, little_shop.owner)
        await type_password(pilot)
        assert app.screen is below
        await pilot.press("escape")
        await settle(pilot)
        assert not isinstance(app.screen, dialog)


async def test_p10_no_key_reaches_what_is_below(little_shop: Founded) -> None:
    """Not the digits, not the way back, not a command; nor does a click, the wheel or a paste."""
    async with program(little_shop.home, actor=little_shop.owner) as (app, pilot):
        await pilot.press("4")
        await settle(pilot)
        below, cursor = app.screen, app.screen
        await pilot.press("ctrl+l")
        await locked(app, pilot, little_shop.owner)
        await pilot.press("tab")
        for key in ("1", "9", "n", "escape", "down", "enter", "f1", "escape", "ctrl+l", "ctrl+s", "q"):
            await pilot.press(key)
            await settle(pilot)
            assert app.current_mode == LOCK, key
        await pilot.click(offset=(4, 3))
        app.screen.post_message(events.Paste("4"))
        await settle(pilot)
        assert app.current_mode == LOCK
        assert [screen for screen in app.open_screens() if isinstance(screen, StaffScreen)] == [below]
        assert cursor is below


async def test_p10_neither_help_nor_commands_lead_below(little_shop: Founded) -> None:
    """The lock has its own, with nothing of the sections in them."""
    async with program(little_shop.home, actor=little_shop.owner) as (app, pilot):
        await pilot.press("4", "ctrl+l")
        await settle(pilot)
        await pilot.press("ctrl+p")
        await settle(pilot)
        shown = grid(app)
        assert "Sign out" in shown
        for words in ("Go to", "Staff", "Onboard", "Roles"):
            assert words not in shown
        await pilot.press("escape", "f1")
        await settle(pilot)
        assert "Onboard" not in grid(app)
        app.go("roles")
        await settle(pilot)
        assert app.current_mode == LOCK


async def test_p10_the_lock_is_in_the_help_and_among_the_commands(little_shop: Founded) -> None:
    """Of whoever is signed in; who is not has nothing to lock."""
    async with program(little_shop.home) as (app, pilot):
        await pilot.press("f1")
        await settle(pilot)
        assert "ctrl+l" not in grid(app)
        await pilot.press("escape", "ctrl+l")
        await settle(pilot)
        assert at(app) is SignInScreen
        with app._context():
            app.sign_in(little_shop.owner)
        await settle(pilot)
        await pilot.press("f1")
        await settle(pilot)
        assert "ctrl+l" in grid(app)
        await pilot.press("escape", "colon", *"lock", "enter")
        await settle(pilot)
        assert at(app) is LockScreen


async def test_p10_a_wrong_password_does_not_unlock(little_shop: Founded) -> None:
    """It is said so, in the log, and counted: after five of them it says how long to wait."""
    async with program(little_shop.home, actor=little_shop.owner) as (app, pilot):
        await pilot.press("ctrl+l")
        await locked(app, pilot, little_shop.owner)
        await pilot.press("enter")
        await settle(pilot)
        assert said(app) == ""
        for _attempt in range(5):
            await type_password(pilot, "wrong horse 12")
            assert said(app) == "That is not your password."
            assert form(app).text("password") == ""
        await type_password(pilot)
        assert said(app).startswith("Too many attempts failed. Try again in ")
        assert at(app) is LockScreen
        await pilot.press("x")
        assert said(app) == ""
        assert is_locked(little_shop.owner)
    assert len(little_shop.log("session.prove.refuse")) == 5


async def test_p10_a_lock_is_left_by_signing_out(little_shop: Founded) -> None:
    """Whoever comes next signs in; nothing is asked where nothing is lost."""
    async with program(little_shop.home, actor=little_shop.owner) as (app, pilot):
        await pilot.press("ctrl+l")
        await locked(app, pilot, little_shop.owner)
        await pilot.press("ctrl+q")
        await settle(pilot)
        assert at(app) is SignInScreen
        await until(pilot, lambda: bool(little_shop.log("session.end")))
        with app._context():
            app.sign_in(signed_in("owner"))
        await settle(pilot)
        assert at(app) is HomeScreen


async def test_p10_signing_out_from_the_lock_asks_without_saying_what_would_be_lost(little_shop: Founded) -> None:
    """Names may stand in what was typed."""
    async with program(little_shop.home, actor=little_shop.owner) as (app, pilot):
        await pilot.press("9", "e")
        await settle(pilot)
        await pilot.press(*"Secret")
        await pilot.press("ctrl+l", "ctrl+q")
        await settle(pilot)
        assert isinstance(app.screen, Confirm)
        assert "Secret" not in grid(app)
        await pilot.press("escape")
        await settle(pilot)
        assert at(app) is LockScreen
        await pilot.press("ctrl+q", "y")
        await settle(pilot)
        assert at(app) is SignInScreen


async def test_p10_a_session_that_ends_while_it_is_locked_is_gone(little_shop: Founded) -> None:
    """Freezing somebody does not wait for their password."""
    dana = little_shop.person("dana")
    async with program(little_shop.home, actor=dana) as (app, pilot):
        await pilot.press("ctrl+l")
        await locked(app, pilot, dana)
        staff.freeze(little_shop.owner, little_shop.id_of("dana"))
        await type_password(pilot)
        assert at(app) is SignInScreen
        assert "Your account was frozen." in grid(app)


@contextmanager
def held_up(monkeypatch: pytest.MonkeyPatch, where: Any, name: str) -> Iterator[threading.Event]:
    """An operation that ends only when it is let go."""
    gate, real = threading.Event(), getattr(where, name)

    def slow(*args: Any, **kwargs: Any) -> Any:
        found = real(*args, **kwargs)
        assert gate.wait(20)
        return found

    monkeypatch.setattr(where, name, slow)
    yield gate
    gate.set()


async def test_p10_what_a_thread_brings_back_waits_below_the_lock(little_shop: Founded, monkeypatch: pytest.MonkeyPatch) -> None:
    """A card with a code on it, which was asked for before the lock, opens after it and not above it."""
    from models.operations import codes  # here, because it is altered

    little_shop.person("alice", status="invited")
    with held_up(monkeypatch, codes, "renew") as gate:
        async with program(little_shop.home, actor=little_shop.owner) as (app, pilot):
            await pilot.press("4", "slash", *"alice", "enter", "enter")
            await settle(pilot)
            assert isinstance(app.screen, StaffDetailScreen)
            await pilot.press("c")
            await settle(pilot)
            await pilot.press("y")
            await pilot.pause(0.2)
            await pilot.press("ctrl+l")
            gate.set()
            await pilot.pause(0.4)
            assert at(app) is LockScreen
            assert not [screen for screen in app.open_screens() if isinstance(screen, HandOverScreen)]
            await type_password(pilot)
            await until(pilot, lambda: at(app) is HandOverScreen)


async def test_p10_what_a_thread_brings_back_after_signing_out_is_nobodys(little_shop: Founded, monkeypatch: pytest.MonkeyPatch) -> None:
    """It opens nothing above the sign-in screen, nor in the next one's session."""
    from models.operations import codes  # here, because it is altered

    little_shop.person("alice", status="invited")
    with held_up(monkeypatch, codes, "renew") as gate:
        async with program(little_shop.home, actor=little_shop.owner) as (app, pilot):
            await pilot.press("4", "slash", *"alice", "enter", "enter")
            await settle(pilot)
            await pilot.press("c")
            await settle(pilot)
            await pilot.press("y")
            await pilot.pause(0.2)
            await pilot.press("ctrl+l", "ctrl+q")
            await pilot.pause(0.2)
            assert at(app) is SignInScreen
            gate.set()
            await pilot.pause(0.4)
            assert at(app) is SignInScreen
            assert not [screen for screen in app.open_screens() if isinstance(screen, HandOverScreen)]


async def test_p10_keys_typed_ahead_go_to_the_lock(little_shop: Founded) -> None:
    """Pressed in one piece, as over a slow line."""
    async with program(little_shop.home, actor=little_shop.owner) as (app, pilot):
        for key in ("ctrl+l", *PASSWORD.replace(" ", ""), "9"):
            app.post_message(events.Key(key, key if len(key) == 1 else None))
        await settle(pilot)
        await until(pilot, lambda: at(app) is LockScreen and form(app).text("password") != "")
        assert form(app).text("password") == PASSWORD.replace(" ", "") + "9"


async def test_p10_a_lock_that_cannot_be_written_locks_all_the_same(little_shop: Founded, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a full disk the screen is shut at once; the session itself follows from its last key on."""

    def full(*_args: object, **_kwargs: object) -> None:
        raise DiskFull

    async with program(little_shop.home, actor=little_shop.owner) as (app, pilot):
        monkeypatch.setattr(presence, "lock", full)
        await pilot.press("ctrl+l")
        await settle(pilot)
        assert at(app) is LockScreen
        monkeypatch.setattr(presence, "unlock", full)
        await type_password(pilot)
        assert at(app) is LockScreen
        assert "full" in said(app)
        monkeypatch.undo()
        await type_password(pilot)
        assert at(app) is HomeScreen


async def test_p10_the_model_that_finds_a_session_locked_brings_the_lock(little_shop: Founded) -> None:
    """Whoever locked it: nothing is shown that was read before."""
    async with program(little_shop.home, actor=little_shop.owner) as (app, pilot):
        with db.transaction():
            db.database.execute_sql("UPDATE session SET locked_at = ? WHERE id = ?", (clock.now(), little_shop.owner.session_id))
        app._looked = asyncio.get_running_loop().time() + 1e9  # as if there had just been a look
        await pilot.press("2")
        await settle(pilot)
        assert at(app) is LockScreen
        await type_password(pilot)
        assert isinstance(app.screen, DepartmentsScreen)
        assert "Warehouse" in grid(app)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", SIZES)
async def test_the_lock_looks_like_this(little_shop: Founded, snapshot: SnapshotAssertion, size: tuple[int, int], language: str) -> None:
    """And with a wrong password."""
    at_noon(little_shop, language=language)
    async with program(little_shop.home, actor=little_shop.owner, size=size) as (app, pilot):
        await pilot.press("ctrl+l")
        await settle(pilot)
        assert grid(app) == snapshot(name="locked")
        await type_password(pilot, "wrong horse 12")
        assert grid(app) == snapshot(name="wrong")
