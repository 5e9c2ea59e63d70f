"""Signing in and out, by keyboard."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from models import clock, db
from models.actor import Actor
from models.errors import ShopLocked, SignInRefused
from models.i18n import language
from models.operations import sessions, staff
from models.queries import shop as shop_queries
from models.rules import passwords
from models.tables import Credential, Session
from screens.activate import ActivateScreen
from screens.base import PlainScreen
from screens.desk import SampleAccount
from screens.home import HomeScreen
from screens.sign_in import SignInScreen
from screens.widgets.list_view import ListView
from screens.widgets.press import Press
from tests import hostile
from tests.factories import PASSWORD, Founded
from tests.screens.door import Secret
from tests.screens.look import LANGUAGES, SIZES, grid, settle
from tests.screens.program import at_noon, focused, form, program, put, until

REFUSED = "Login and password do not match, or this account may not sign in."

SAMPLES = (
    SampleAccount("owner", PASSWORD, "the owner: everything"),
    SampleAccount("dana", "7KQF-2M9X-0000-ABCD-EFGH-JKMN", "invited: an activation code"),
)


async def test_login_and_password_lead_home(little_shop: Founded) -> None:
    """Enter goes on to the password and then in; a session begins, and the log says so."""
    async with program(little_shop.home) as (app, pilot):
        assert "Little Shop" in grid(app)
        await pilot.press(*"OWNER", "enter", *PASSWORD, "enter")
        await settle(pilot)
        assert isinstance(app.screen, HomeScreen)
        assert app.actor is not None
        assert db.row("SELECT ended_at FROM session WHERE id = ?", (app.actor.session_id,)) == (None,)
        assert little_shop.log("session.start")[-1] == ("owner", "session.start", "owner")


@pytest.mark.parametrize(
    ("login", "password"), [("owner", "wrong"), ("nobody", PASSWORD), ("frozen", PASSWORD), ("'; --", "x"), ("李", "x")]
)
async def test_whatever_is_wrong_reads_the_same(little_shop: Founded, login: str, password: str) -> None:
    """One line for every reason; the login stays, the password is gone, and the focus is on it. A retry needs only the password."""
    little_shop.person("frozen")
    staff.freeze(little_shop.owner, little_shop.id_of("frozen"))
    async with program(little_shop.home) as (app, pilot):
        await pilot.press(*login, "tab", *password, "enter")
        await settle(pilot)
        assert isinstance(app.screen, SignInScreen)
        assert f"✗ {REFUSED}" in grid(app)
        assert form(app).values() == {"login": login, "password": ""}
        assert focused(app) == "password"
        await pilot.press("x")
        assert REFUSED not in grid(app)


async def test_the_password_is_forgotten_once_somebody_is_in(little_shop: Founded) -> None:
    """Nothing that the program holds refers to it: no screen that is gone, no work that is done."""
    secret = Secret()
    Credential.update(password=passwords.digest(str(secret.text))).execute()
    async with program(little_shop.home) as (app, pilot):
        await pilot.press(*"owner", "enter", *secret.given_away(), "enter")
        await settle(pilot)
        assert isinstance(app.screen, HomeScreen)
        assert not secret.is_held()


async def test_a_field_left_empty_is_gone_to(little_shop: Founded) -> None:
    """Nothing is asked of the database, and nothing is in the log."""
    before = little_shop.log()
    async with program(little_shop.home) as (app, pilot):
        await pilot.press("ctrl+s")
        await settle(pilot)
        assert focused(app) == "login"
        await pilot.press(*"owner", "ctrl+s")
        await settle(pilot)
        assert focused(app) == "password"
    assert little_shop.log() == before


async def test_what_is_typed_while_the_password_is_checked_is_kept(little_shop: Founded, monkeypatch: pytest.MonkeyPatch) -> None:
    """Hashing takes a weak machine seconds: the next attempt can be typed meanwhile, and Enter on it does not check twice."""
    go_on, asked = threading.Event(), []

    def slow(_stranger: Actor, login: str, password: str, **_where: Any) -> Actor:
        asked.append((login, password))
        assert go_on.wait(20)
        raise SignInRefused

    monkeypatch.setattr(sessions, "sign_in", slow)
    async with program(little_shop.home) as (app, pilot):
        await pilot.press(*"owner", "tab", *"wrong", "enter")
        assert "Signing in" in grid(app)
        await pilot.press(*"next", "enter", "enter")
        go_on.set()
        await settle(pilot)
        assert asked == [("owner", "wrong")]
        assert form(app).text("password") == "next"
        assert REFUSED in grid(app)


async def test_pressing_twice_signs_in_once(little_shop: Founded) -> None:
    """The button and Enter at once begin one session."""
    before = Session.select().count()
    async with program(little_shop.home) as (app, pilot):
        put(app, login="owner", password=PASSWORD)
        form(app).action_submit()
        app.screen.query_one("#enter", Press).action_press()
        await settle(pilot)
        assert isinstance(app.screen, HomeScreen)
    assert Session.select().count() == before + 1


async def test_a_locked_shop_loses_nothing_that_was_typed(little_shop: Founded, monkeypatch: pytest.MonkeyPatch) -> None:
    """The password was not wrong, so it need not be typed again."""

    def locked(*_arguments: Any, **_where: Any) -> Actor:
        raise ShopLocked

    with monkeypatch.context() as patched:
        patched.setattr(sessions, "sign_in", locked)
        async with program(little_shop.home) as (app, pilot):
            await pilot.press(*"owner", "tab", *PASSWORD, "enter")
            await settle(pilot)
            assert form(app).values() == {"login": "owner", "password": PASSWORD}
            assert "try again in a moment" in " ".join(grid(app).split())


@pytest.mark.parametrize("keys", [("ctrl+n",), ("tab", "tab", "tab", "enter")], ids=["a key", "a button"])
async def test_the_way_to_activation_works_from_a_text_field(little_shop: Founded, keys: tuple[str, ...]) -> None:
    """The key bar says how; what was typed as login is there already, and esc comes back to it."""
    async with program(little_shop.home) as (app, pilot):
        await pilot.press(*"dana")
        assert "ctrl+n Activate" in grid(app).splitlines()[-1]
        await pilot.press(*keys)
        await settle(pilot)
        assert isinstance(app.screen, ActivateScreen)
        assert form(app).text("login") == "dana"
        assert focused(app) == "code"
        await pilot.press("escape")
        await settle(pilot)
        assert form(app).text("login") == "dana"


async def test_the_sample_shop_offers_its_accounts(little_shop: Founded) -> None:
    """Enter on one signs in; on one that was only invited it leads to activation, with the code."""
    async with program(little_shop.home, samples=SAMPLES) as (app, pilot):
        assert PASSWORD in grid(app)
        await pilot.press("down", "enter")
        await settle(pilot)
        assert isinstance(app.screen, ActivateScreen)
        assert form(app).values() == {"login": "dana", "code": SAMPLES[1].password, "password": "", "again": ""}
        assert focused(app) == "password"
        await pilot.press("escape", "up", "enter")
        await settle(pilot)
        assert isinstance(app.screen, HomeScreen)


async def test_letters_typed_over_the_samples_are_a_login(little_shop: Founded) -> None:
    """Also the letters that move the cursor of other lists: a login may begin with j. Keys that are no letters do what they always do."""
    async with program(little_shop.home, samples=SAMPLES) as (app, pilot):
        assert isinstance(app.focused, ListView)
        await pilot.press(*"jack")
        assert focused(app) == "login"
        assert form(app).text("login") == "jack"
        app.screen.query_one(ListView).focus()
        await pilot.press("question_mark")
        await settle(pilot)
        assert not isinstance(app.screen, SignInScreen)
        await pilot.press("escape")
        assert form(app).text("login") == "jack"


async def test_no_account_is_offered_in_a_shop_of_ones_own(little_shop: Founded) -> None:
    """And none is listed."""
    async with program(little_shop.home) as (app, _pilot):
        assert not app.screen.query(ListView)
        assert "owner" not in grid(app)


async def test_signing_out_ends_the_session_and_says_why(little_shop: Founded) -> None:
    """At the shop's own terminal the sign-in screen is back, and the session is over."""
    async with program(little_shop.home) as (app, pilot):
        await pilot.press(*"owner", "enter", *PASSWORD, "enter")
        await settle(pilot)
        actor = app.actor
        assert actor is not None
        await pilot.press("q")
        await settle(pilot)
        assert isinstance(app.screen, SignInScreen)
        assert app.actor is None
        assert db.row('SELECT ended_at IS NOT NULL, "end" FROM session WHERE id = ?', (actor.session_id,)) == (1, "signed out")
        assert little_shop.log("session.end") == [("owner", "session.end", "owner")]


async def test_a_session_that_was_ended_elsewhere_leads_to_the_door(little_shop: Founded) -> None:
    """Whoever is frozen while signed in is told so at the next step, and can read it."""
    person = little_shop.person("dana")
    async with program(little_shop.home, actor=person) as (app, pilot):
        staff.freeze(little_shop.owner, little_shop.id_of("dana"))
        await pilot.press("9")
        await settle(pilot)
        assert isinstance(app.screen, SignInScreen)
        assert "Your account was frozen." in grid(app)


async def test_a_dialog_that_closes_after_the_session_ended_leads_to_the_door(little_shop: Founded) -> None:
    """What waited for its answer has nobody left to act for: that ends the session, and not the program."""
    person = little_shop.person("dana")
    async with program(little_shop.home, actor=person) as (app, pilot):
        await pilot.press("9", "w")
        await settle(pilot)
        staff.freeze(little_shop.owner, little_shop.id_of("dana"))
        await pilot.press("enter")
        await settle(pilot)
        assert isinstance(app.screen, SignInScreen)
        assert "Your account was frozen." in grid(app)


async def test_over_ssh_signing_out_closes_the_connection(little_shop: Founded) -> None:
    """And the address that sshd told is the session's."""
    async with program(little_shop.home, connection="203.0.113.7 51000 192.0.2.1 22") as (app, pilot):
        await pilot.press(*"owner", "enter", *PASSWORD, "enter")
        await settle(pilot)
        assert app.actor is not None
        assert db.row("SELECT address FROM session WHERE id = ?", (app.actor.session_id,)) == ("203.0.113.7",)
        await pilot.press("q")
        await pilot.pause()
        assert app._exit
    app.end_session()
    assert little_shop.log("session.end") == [("owner", "session.end", "owner")]


async def test_everybody_is_spoken_to_in_their_language(little_shop: Founded) -> None:
    """The person's choice counts while they are signed in; at the door it is the shop's again."""
    staff.set_language(little_shop.owner, "zh")
    async with program(little_shop.home) as (app, pilot):
        assert language() == "en"
        await pilot.press(*"owner", "enter", *PASSWORD, "enter")
        await settle(pilot)
        assert language() == "zh"
        assert "首页" in grid(app)
        await pilot.press("q")
        await settle(pilot)
        assert language() == "en"
        assert "Login" in grid(app)


async def test_the_shops_language_is_spoken_at_the_door(little_shop: Founded) -> None:
    """Whatever the environment says."""
    at_noon(little_shop, language="zh")
    async with program(little_shop.home) as (app, _pilot):
        assert "登录" in grid(app)


async def test_a_hostile_name_of_the_shop_is_shown_harmlessly(little_shop: Founded, monkeypatch: pytest.MonkeyPatch) -> None:
    """Letter by letter where it only looks like markup, with � for what would steer the terminal; wherever it came from."""
    async with program(little_shop.home, size=(120, 24)) as (app, pilot):
        for what, name in (hostile.LITERAL | hostile.REFUSED).items():
            monkeypatch.setattr(shop_queries, "doorway", lambda name=name: shop_queries.Doorway(name, "en", "UTC"))
            assert isinstance(app.screen, PlainScreen)
            app.screen.refresh_top()
            await pilot.pause()
            top = grid(app).splitlines()[0]
            assert "Sign in" in top, what
            assert (name in top) if what in hostile.LITERAL else ("\ufffd" in top), what


async def test_the_door_is_painted_while_the_database_is_slow(little_shop: Founded, monkeypatch: pytest.MonkeyPatch) -> None:
    """Checking a password leaves the event loop free: the screen says what it waits for."""

    def slow(*_arguments: Any, **_where: Any) -> Actor:
        time.sleep(0.4)
        raise SignInRefused

    monkeypatch.setattr(sessions, "sign_in", slow)
    async with program(little_shop.home) as (app, pilot):
        put(app, login="owner", password="x")
        form(app).action_submit()
        started = time.monotonic()
        await until(pilot, lambda: "Signing in" in grid(app))
        assert time.monotonic() - started < 0.35
        await settle(pilot)


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("spoken", LANGUAGES)
async def test_how_it_looks(little_shop: Founded, snapshot: SnapshotAssertion, size: tuple[int, int], spoken: str) -> None:
    """In the sample shop, after a wrong password."""
    at_noon(little_shop, language=spoken)
    async with program(little_shop.home, samples=SAMPLES, size=size) as (app, pilot):
        app.screen.query_one("#login").query_one("Entry").focus()
        await pilot.press(*"owner", "tab", *"wrong", "enter")
        await settle(pilot)
        assert grid(app) == snapshot
    clock.set_clock(None)
