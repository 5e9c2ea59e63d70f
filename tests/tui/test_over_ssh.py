"""The program for somebody who came with a device key: who signs in, and what becomes of the connection when they are out."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from models import clock, db
from models.actor import Actor
from models.errors import ShopLocked
from models.operations import codes, security, staff
from models.queries import devices as queries
from models.queries.devices import Knock
from models.tables import Device, Session
from screens.activate import ActivateScreen
from screens.home import HomeScreen
from screens.sign_in import SignInScreen
from tests.factories import CONSOLE, PASSWORD, Founded, signed_in
from tests.models.doors import Watch
from tests.screens.door import at, enter
from tests.screens.look import grid, settle
from tests.screens.program import program
from tests.tui.keys import enrolled, frozen, left, revoked
from tests.tui.test_watch import elsewhere, look

SSH = "203.0.113.9 50022 192.0.2.7 22"

Act = Callable[[Founded], object]


@pytest.fixture
def bob(little_shop: Founded) -> str:
    """The fingerprint of bob's key."""
    little_shop.person("bob")
    return enrolled(little_shop, "bob")


def kept(login: str) -> list[tuple[str | None]]:
    """How the sessions of somebody are kept, oldest first; None for one that goes on."""
    return db.rows('SELECT s."end" FROM session s JOIN staff w ON w.id = s.staff_id WHERE w.login = ? ORDER BY s.id', (login,))


def over_ssh(login: str, mark: str) -> Actor:
    """The session that somebody has opened with a key."""
    actor = signed_in(login, "203.0.113.9")
    Session.update(device=mark, started_at=clock.now(), seen_at=clock.now()).where(Session.id == actor.session_id).execute()
    return actor._replace(device=mark)


@pytest.mark.parametrize("device", [True, False], ids=["key", "no key"])
async def test_signing_out_over_ssh_ends_the_program(little_shop: Founded, bob: str, device: bool) -> None:
    """The connection with it; nothing is left to say, and the session is kept as what it was."""
    async with program(little_shop.home, actor=over_ssh("bob", bob), connection=SSH, device=bob if device else "") as (app, pilot):
        app.sign_out()
        await settle(pilot)
        assert not app.is_running or app._exit
        assert (app.parting, app.actor, app.return_code) == ("", None, 0)
        app.end_session()
    assert kept("bob")[-1] == ("signed out",)


def frozen_and_back(shop: Founded) -> None:
    """Bob is frozen by mistake."""
    staff.freeze(CONSOLE, shop.id_of("bob"))
    staff.unfreeze(CONSOLE, shop.id_of("bob"))


def ended_elsewhere(shop: Founded) -> None:
    """Bob ends it himself, at the shop's own terminal."""
    (session,) = db.row("SELECT max(id) FROM session WHERE staff_id = ?", (shop.id_of("bob"),)) or (0,)
    security.end_session(signed_in("bob"), session)


@pytest.mark.parametrize("act", [ended_elsewhere, frozen_and_back])
async def test_whose_key_still_opens_reads_the_reason_and_may_sign_in_again(little_shop: Founded, bob: str, act: Act) -> None:
    """On the sign-in screen, as themselves."""
    async with program(little_shop.home, actor=over_ssh("bob", bob), connection=SSH, device=bob) as (app, pilot):
        await asyncio.to_thread(elsewhere, act, little_shop)
        await look(app, pilot)
        assert at(app) is SignInScreen
        assert not app._exit
        assert "bob" in grid(app)
        await enter(pilot, PASSWORD)
        assert at(app) is HomeScreen


def reset(shop: Founded) -> None:
    """Keys and all."""
    security.reset(CONSOLE, shop.id_of("bob"), devices=True)


@pytest.mark.parametrize("act", [revoked, frozen, left, reset])
async def test_p12_whose_key_opens_nothing_any_more_is_out_with_the_reason(little_shop: Founded, bob: str, act: Act) -> None:
    """No sign-in screen, which would let nobody in; the reason is said on the terminal that is left."""
    async with program(little_shop.home, actor=over_ssh("bob", bob), connection=SSH, device=bob) as (app, pilot):
        await asyncio.to_thread(elsewhere, act, little_shop)
        await look(app, pilot)
        assert app._exit
        assert app.actor is None
        assert app.parting.endswith(".")
    assert kept("bob")[-1] != ("signed out",)


async def test_p12_a_session_ends_with_its_key_and_says_so(little_shop: Founded, bob: str) -> None:
    """The date is the key's; the program ends, and the log does not say that bob signed out."""
    watch = Watch()
    clock.set_clock(watch)
    Device.update(expires_at=watch.now + 60_000_000).execute()
    async with program(little_shop.home, actor=over_ssh("bob", bob), connection=SSH, device=bob) as (app, pilot):
        watch.passes(61)
        await look(app, pilot)
        assert app._exit
        assert app.parting
        app.end_session()  # as the command does once the screens are closed
    assert kept("bob")[-1] == ("key",)


async def test_where_it_cannot_be_told_whether_the_key_still_opens_the_program_ends(
    little_shop: Founded, bob: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database is held by somebody this very moment: that is no way to a sign-in screen, and no crash."""

    def locked(_mark: str) -> None:
        raise ShopLocked

    async with program(little_shop.home, actor=over_ssh("bob", bob), connection=SSH, device=bob) as (app, pilot):
        monkeypatch.setattr(queries, "knock", locked)
        app.sign_out("Your session was ended.")
        await settle(pilot)
        assert app._exit
        assert app.parting == "Your session was ended."


# ---- who is invited


@pytest.fixture
def invited(little_shop: Founded) -> str:
    """The fingerprint of the key of `asked`, who has not activated yet."""
    little_shop.person("asked", status="invited")
    return enrolled(little_shop, "asked")


async def test_p12_who_is_invited_gets_to_activation_and_from_there_inside(little_shop: Founded, invited: str) -> None:
    """From then on they come as anybody."""
    code = codes.renew(CONSOLE, little_shop.id_of("asked")).code
    async with program(little_shop.home, connection=SSH, device=invited) as (app, pilot):
        assert at(app) is ActivateScreen
        assert app.comes_as is not None
        assert app.comes_as.invited
        await enter(pilot, code, PASSWORD, PASSWORD)
        assert at(app) is HomeScreen
        assert app.comes_as == Knock(little_shop.id_of("asked"), "asked", invited=False)
        assert app.actor is not None
        assert app.actor.device == invited


async def test_at_the_machine_signing_out_returns_to_the_sign_in_screen(little_shop: Founded) -> None:
    """With a reason and without, for whoever comes next."""
    little_shop.person("bob")
    for reason in ("", "Your session was ended."):
        async with program(little_shop.home, actor=signed_in("bob")) as (app, pilot):
            app.sign_out(reason)
            await settle(pilot)
            assert at(app) is SignInScreen
            assert (reason in grid(app), app._exit, app.parting) == (True, False, "")
