"""Activating an account, by keyboard."""

from __future__ import annotations

import pytest
from syrupy.assertion import SnapshotAssertion

from models import clock, db
from models.operations import codes as code_operations, policy
from models.queries import security
from models.rules import passwords
from models.rules.policy import Policy
from screens.activate import ActivateScreen
from screens.dialogs.confirm import Confirm
from screens.home import HomeScreen
from screens.sign_in import SignInScreen
from tests.factories import PASSWORD, Founded
from tests.screens.door import Secret
from tests.screens.look import LANGUAGES, SIZES, grid, settle
from tests.screens.program import DAY, at_noon, error, focused, form, program, put

REFUSED = "Login and code do not match, or the code is no longer good. Ask for a new one."
OWN = "paper kite over barley 4"


@pytest.fixture
def code(little_shop: Founded) -> str:
    """The code of Dana, who was invited."""
    little_shop.person("dana", status="invited", gave=["customer_service"], post="service")
    return code_operations.renew(little_shop.owner, little_shop.id_of("dana")).code


async def test_a_code_and_a_password_lead_home(little_shop: Founded, code: str) -> None:
    """From the door to the home screen by keyboard alone; the password is the person's own from then on."""
    async with program(little_shop.home) as (app, pilot):
        await pilot.press("ctrl+n")
        await settle(pilot)
        await pilot.press(*"Dana", "enter", *code, "enter", *OWN, "enter", *OWN, "enter")
        await settle(pilot)
        assert isinstance(app.screen, HomeScreen)
        assert app.actor is not None
        assert app.actor.name == "dana"
        assert app.sections()[-1].name == "me"
    assert db.row("SELECT status FROM staff WHERE login = 'dana'") == ("active",)
    assert little_shop.log("staff.activate", "session.start")[-2:] == [
        ("dana", "staff.activate", "dana"),
        ("dana", "session.start", "dana"),
    ]
    kept = db.row("SELECT password FROM credential WHERE staff_id = ?", (little_shop.id_of("dana"),))
    assert kept is not None
    assert passwords.verify(kept[0], OWN)


async def test_the_password_is_forgotten_once_somebody_is_in(little_shop: Founded, code: str) -> None:
    """Nothing that the program holds refers to it: no screen that is gone, no work that is done."""
    secret = Secret()
    async with program(little_shop.home) as (app, pilot):
        await pilot.press("ctrl+n")
        await settle(pilot)
        put(app, login="dana", code=code, password=secret.text, again=secret.text)
        secret.given_away()
        assert secret.is_held()
        await pilot.press("ctrl+s")
        await settle(pilot)
        assert isinstance(app.screen, HomeScreen)
        assert not secret.is_held()


@pytest.mark.parametrize("as_typed", ["lower", "spaces", "bare"])
async def test_a_code_is_understood_however_it_is_typed(little_shop: Founded, code: str, as_typed: str) -> None:
    """Read aloud or copied off paper: case, spaces and dashes make no difference."""
    typed = {"lower": code.lower(), "spaces": f" {code.replace('-', ' ')} ", "bare": code.replace("-", "")}[as_typed]
    async with program(little_shop.home) as (app, pilot):
        await pilot.press("ctrl+n")
        await settle(pilot)
        put(app, login="dana", code=typed, password=OWN, again=OWN)
        await pilot.press("ctrl+s")
        await settle(pilot)
        assert isinstance(app.screen, HomeScreen)


@pytest.mark.parametrize("wrong", ["another code", "another login", "too old", "the owner"])
async def test_a_refused_code_reads_the_same_whatever_the_reason(little_shop: Founded, code: str, wrong: str) -> None:
    """Beside the code; nothing that was typed is lost, and the attempt is in the log."""
    if wrong == "too old":
        now = clock.now()
        clock.set_clock(lambda: now + 8 * DAY)
    values = {"login": "dana", "code": code, "password": OWN, "again": OWN}
    values |= {"another code": {"code": "0" * 24}, "another login": {"login": "nobody"}, "the owner": {"login": "owner"}}.get(wrong, {})
    async with program(little_shop.home) as (app, pilot):
        await pilot.press("ctrl+n")
        await settle(pilot)
        put(app, **values)
        await pilot.press("ctrl+s")
        await settle(pilot)
        assert isinstance(app.screen, ActivateScreen)
        assert f"✗ {REFUSED}" in " ".join(grid(app).split())
        assert (error(app, "code"), focused(app)) == (REFUSED, "code")
        assert form(app).values() == values
    assert len(little_shop.log("staff.activate.refuse")) == 1
    assert little_shop.log("staff.activate") == []


@pytest.mark.parametrize(
    ("changed", "field", "said"),
    [
        ({"code": "7KQF"}, "code", "24 letters and digits"),
        ({"code": "密码"}, "code", "24 letters and digits"),
        ({"code": ""}, "code", "24 letters and digits"),
        ({"again": "another"}, "again", "not the same"),
        ({"password": "short", "again": "short"}, "password", "12 characters"),
        ({"password": "danadana2026", "again": "danadana2026"}, "password", "guessed"),
    ],
)
async def test_what_is_wrong_is_said_beside_its_field(
    little_shop: Founded, code: str, changed: dict[str, str], field: str, said: str
) -> None:
    """And the code is still good afterwards: the next attempt with it succeeds."""
    values = {"login": "dana", "code": code, "password": OWN, "again": OWN} | changed
    async with program(little_shop.home) as (app, pilot):
        await pilot.press("ctrl+n")
        await settle(pilot)
        put(app, **values)
        await pilot.press("ctrl+s")
        await settle(pilot)
        assert said in error(app, field)
        assert focused(app) == field
        assert form(app).values() == values
        put(app, code=code, password=OWN, again=OWN)
        await pilot.press("ctrl+s")
        await settle(pilot)
        assert isinstance(app.screen, HomeScreen)


async def test_p13_the_shop_may_ask_for_a_longer_password(little_shop: Founded, code: str) -> None:
    """That is said before one is typed, and beside the field where it is too short."""
    policy.edit(little_shop.owner, security.policy().version, Policy(password_length=30))
    async with program(little_shop.home) as (app, pilot):
        await pilot.press("ctrl+n")
        await settle(pilot)
        assert "At least 30 characters" in grid(app)
        put(app, login="dana", code=code, password=OWN, again=OWN)
        await pilot.press("ctrl+s")
        await settle(pilot)
        assert error(app, "password") == "At least 30 characters."


async def test_submitting_twice_uses_the_code_once(little_shop: Founded, code: str) -> None:
    """Enter pressed again while it is hashed is not told that the code is used up."""
    async with program(little_shop.home) as (app, pilot):
        await pilot.press("ctrl+n")
        await settle(pilot)
        put(app, login="dana", code=code, password=OWN, again=OWN)
        form(app).action_submit()
        form(app).action_submit()
        await settle(pilot)
        assert isinstance(app.screen, HomeScreen)
    assert little_shop.log("staff.activate.refuse") == []


async def test_going_back_asks_only_when_something_was_typed(little_shop: Founded) -> None:
    """Cancel keeps the form; a login alone is nothing to lose."""
    async with program(little_shop.home) as (app, pilot):
        await pilot.press(*"dana", "ctrl+n")
        await settle(pilot)
        await pilot.press("x", "escape")
        await settle(pilot)
        assert isinstance(app.screen, Confirm)
        await pilot.press("enter")
        await settle(pilot)
        assert form(app).text("code") == "x"
        await pilot.press("backspace", "escape")
        await settle(pilot)
        assert isinstance(app.screen, SignInScreen)


async def test_a_person_with_a_language_is_spoken_to_in_it(little_shop: Founded, code: str) -> None:
    """Activating signs in, and signing in follows the person's choice."""
    with db.transaction():
        db.database.execute_sql("UPDATE staff SET language = 'zh' WHERE login = 'dana'")
    async with program(little_shop.home) as (app, pilot):
        await pilot.press("ctrl+n")
        await settle(pilot)
        put(app, login="dana", code=code, password=PASSWORD, again=PASSWORD)
        await pilot.press("ctrl+s")
        await settle(pilot)
        assert "首页" in grid(app)


@pytest.mark.parametrize("size", [*SIZES, (60, 20)], ids=str)
@pytest.mark.parametrize("spoken", LANGUAGES)
async def test_how_it_looks(little_shop: Founded, snapshot: SnapshotAssertion, size: tuple[int, int], spoken: str) -> None:
    """With a password that would be guessed and a code that is none."""
    at_noon(little_shop, language=spoken)
    async with program(little_shop.home, size=size) as (app, pilot):
        await pilot.press(*"dana", "ctrl+n")
        await settle(pilot)
        await pilot.press(*"7KQF", "tab", *"danadana", "tab", "ctrl+s")
        await settle(pilot)
        assert grid(app) == snapshot
