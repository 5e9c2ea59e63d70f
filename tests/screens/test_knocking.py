"""Coming over SSH with a device key, by keyboard: whose key it is comes in, and nobody else."""

from __future__ import annotations

from typing import Final

import pytest
from textual.pilot import Pilot

from models import db
from models.operations import codes, devices as operations, security
from models.queries import devices
from screens.activate import ActivateScreen
from screens.dialogs.confirm import Confirm
from screens.home import HomeScreen
from screens.second_factor import SecondFactorScreen
from screens.sign_in import SignInScreen
from tests.device_keys import enrolled
from tests.factories import CONSOLE, PASSWORD, Founded
from tests.models.doors import enrol
from tests.screens.door import at, enter, paste, said
from tests.screens.look import grid, settle
from tests.screens.program import focused, form, program
from tui.app import ShopstaffApp

FROM: Final = "203.0.113.9 50022 192.0.2.1 22"
OWN: Final = "paper kite over barley 4"
INVITED: Final = "dana"


@pytest.fixture
def key(little_shop: Founded) -> str:
    """The fingerprint of Alice's laptop."""
    little_shop.person("alice")
    return enrolled(little_shop.id_of("alice"), "laptop")


@pytest.fixture
def code(little_shop: Founded) -> str:
    """The activation code of Dana, who was invited."""
    little_shop.person(INVITED, status="invited")
    return codes.renew(little_shop.owner, little_shop.id_of(INVITED)).code


async def click(pilot: Pilot[int], selector: str) -> None:
    """Press the mouse there."""
    await pilot.click(selector)
    await settle(pilot)


def login(app: ShopstaffApp) -> str:
    """What stands in the field."""
    return form(app).text("login")


async def test_p12_the_login_is_told_by_the_key(little_shop: Founded, key: str) -> None:
    """It is filled in, with where that comes from, and the password is what there is to type; it leads in, by that key from there."""
    async with program(little_shop.home, connection=FROM, device=key) as (app, pilot):
        assert at(app) is SignInScreen
        assert (login(app), focused(app)) == ("alice", "password")
        assert "Told by the device key that you come with." in grid(app)
        await enter(pilot, PASSWORD)
        assert at(app) is HomeScreen
        assert app.actor is not None
        assert (app.actor.name, app.actor.device, app.actor.address) == ("alice", key, "203.0.113.9")
        assert devices.of(little_shop.owner, little_shop.id_of("alice"))[0].used_at is not None


@pytest.mark.parametrize("keys", [("shift+tab",), ("up",), ("tab",), ("tab", "tab"), ("tab", "tab", "tab"), ("enter",)], ids=str)
async def test_p12_the_login_cannot_be_changed_by_keyboard(little_shop: Founded, key: str, keys: tuple[str, ...]) -> None:
    """Wherever one goes: what is typed stands in the password, or nowhere."""
    async with program(little_shop.home, connection=FROM, device=key) as (app, pilot):
        await pilot.press(*keys)
        await pilot.press(*"owner", "home", "x", "ctrl+u", "backspace", "delete")
        await settle(pilot)
        assert login(app) == "alice"


@pytest.mark.parametrize("times", [1, 2])
async def test_p12_the_login_cannot_be_changed_by_mouse_or_paste(little_shop: Founded, key: str, times: int) -> None:
    """A click on it does not put the focus there, so that a paste goes where the focus was."""
    async with program(little_shop.home, connection=FROM, device=key) as (app, pilot):
        await pilot.click("#login Entry", times=times)
        await settle(pilot)
        assert focused(app) == "password"
        await paste(app, pilot, "owner")
        assert form(app).values() == {"login": "alice", "password": "owner"}


async def test_p12_a_wrong_password_leaves_the_login_as_it_is(little_shop: Founded, key: str) -> None:
    """And the focus on the password; a retry needs only that."""
    async with program(little_shop.home, connection=FROM, device=key) as (app, pilot):
        await enter(pilot, "not this one")
        assert said(app).startswith("Login and password do not match")
        assert (login(app), focused(app)) == ("alice", "password")
        await enter(pilot, PASSWORD)
        assert at(app) is HomeScreen


async def test_p12_the_second_factor_is_asked_as_ever(little_shop: Founded) -> None:
    """The key is no replacement for the phone; esc leads back to a login that is still the key's."""
    tina = little_shop.person("tina")
    enrol(tina)
    key = enrolled(little_shop.id_of("tina"), "phone")
    async with program(little_shop.home, connection=FROM, device=key) as (app, pilot):
        await enter(pilot, PASSWORD)
        assert at(app) is SecondFactorScreen
        await pilot.press("escape")
        await settle(pilot)
        assert at(app) is SignInScreen
        assert (login(app), focused(app)) == ("tina", "password")


async def test_p12_whoever_is_invited_comes_to_activation_and_from_there_in(little_shop: Founded, code: str) -> None:
    """The login is filled in, the code is what there is to type; the password that is set leads in at once."""
    key = enrolled(little_shop.id_of(INVITED), "laptop")
    async with program(little_shop.home, connection=FROM, device=key) as (app, pilot):
        assert at(app) is ActivateScreen
        assert (login(app), focused(app)) == (INVITED, "code")
        await pilot.press("up", "shift+tab")
        await pilot.click("ActivateScreen Form Entry")
        assert login(app) == INVITED
        form(app).controls[1].focus_control()
        await settle(pilot)
        await enter(pilot, code, OWN, OWN)
        assert at(app) is HomeScreen
        assert app.actor is not None
        assert (app.actor.name, app.actor.device) == (INVITED, key)
        await pilot.press("q")
        await settle(pilot)
        assert app._exit


@pytest.mark.parametrize("typed", ["", "7KQF"])
async def test_p12_whoever_is_invited_and_does_not_activate_leaves(little_shop: Founded, code: str, typed: str) -> None:
    """There is no signing in before; only what was typed is asked about."""
    key = enrolled(little_shop.id_of(INVITED), "laptop")
    async with program(little_shop.home, connection=FROM, device=key) as (app, pilot):
        assert "esc Leave" in grid(app)
        await pilot.press(*typed, "escape")
        await settle(pilot)
        if typed:
            assert at(app) is Confirm
            assert not app._exit
            await pilot.press("y")
            await settle(pilot)
        assert app._exit
    assert db.row("SELECT status FROM staff WHERE login = ?", (INVITED,)) == ("invited",)


async def test_p12_after_a_reset_the_code_is_typed_by_whose_key_it_is(little_shop: Founded, key: str) -> None:
    """The way to it is the one that it always is, and esc comes back from it: the password may be remembered after all."""
    little_shop.person("bob")
    reset = security.reset(CONSOLE, little_shop.id_of("alice"), password=True)
    async with program(little_shop.home, connection=FROM, device=key) as (app, pilot):
        await pilot.press("ctrl+n")
        await settle(pilot)
        assert at(app) is ActivateScreen
        assert (login(app), focused(app)) == ("alice", "code")
        await pilot.press("escape")
        await settle(pilot)
        assert at(app) is SignInScreen
        assert not app._exit
        await pilot.press("ctrl+n")
        await settle(pilot)
        await enter(pilot, reset.code, OWN, OWN)
        assert at(app) is HomeScreen


async def test_p12_a_key_that_is_revoked_at_the_door_lets_nobody_in(little_shop: Founded, key: str) -> None:
    """The password is right, and it reads like any other refusal."""
    async with program(little_shop.home, connection=FROM, device=key) as (app, pilot):
        operations.revoke(CONSOLE, devices.find(little_shop.id_of("alice"), key))
        await enter(pilot, PASSWORD)
        assert at(app) is SignInScreen
        assert app.actor is None
        assert said(app).startswith("Login and password do not match")


async def test_without_a_key_anybody_may_be_typed(little_shop: Founded) -> None:
    """At the shop's own terminal the login is a field like any other."""
    async with program(little_shop.home) as (app, _pilot):
        assert (login(app), focused(app)) == ("", "login")
        assert "device key" not in grid(app)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=str)
async def test_p12_the_device_is_called_by_its_name_wherever_sign_ins_are_told_of(
    little_shop: Founded, key: str, size: tuple[int, int]
) -> None:
    """Among the sessions, in the last sign-ins and in all of them; nobody knows a fingerprint by heart."""
    async with program(little_shop.home, connection=FROM, device=key, size=size) as (app, pilot):
        await enter(pilot, PASSWORD)
        for keys in ("9", "s"):
            await pilot.press(keys)
            await settle(pilot)
        assert "this session · from 203.0.113.9 · device key laptop" in " ".join(grid(app).split())
        assert key not in grid(app)
        await pilot.press("h")
        await settle(pilot)
        assert ("laptop" in grid(app)) == (size[0] >= 100)
        await pilot.press("enter")
        await settle(pilot)
        assert "device key laptop" in grid(app)
