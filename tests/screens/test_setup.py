"""The first start, by keyboard."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion
from textual.pilot import Pilot

from models import clock, db, shop
from models.actor import Actor
from models.i18n import language
from models.operations import _hashing, shop as operations
from models.operations.shop import Founding, found
from models.queries import shop as shop_queries
from models.rules import password_cost, passwords
from models.rules.password_cost import FLOOR, Cost
from models.tables import Credential, Department, Role, Session, Staff
from screens.dialogs.confirm import Confirm
from screens.enrol_totp import EnrolFirstScreen
from screens.home import HomeScreen
from screens.setup import SetupScreen
from screens.sign_in import SignInScreen
from screens.widgets.new_password import NewPassword
from tests import hostile
from tests.factories import PASSWORD
from tests.screens.door import Secret
from tests.screens.look import LANGUAGES, SIZES, grid, settle
from tests.screens.program import error, focused, form, program, put, until
from tui.app import ShopstaffApp

GOOD = {"name": "Corner Shop", "code": "corner", "login": "boss", "owner": "Wang Fang", "password": PASSWORD, "again": PASSWORD}


@pytest.fixture(autouse=True)
def floor(monkeypatch: pytest.MonkeyPatch) -> list[Cost]:
    """What a hash costs here was measured already: the least. Each measurement that would be made puts one into the list."""
    measured: list[Cost] = []

    def measure() -> Cost:
        measured.append(FLOOR)
        return FLOOR

    monkeypatch.setattr(operations, "calibrated", measure)
    return measured


@pytest.fixture
def empty_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A data folder without a shop, open as the first start opens it, on a machine in Paris that speaks English."""
    monkeypatch.setenv("LANG", "C.UTF-8")
    monkeypatch.setattr(clock, "machine_zone", lambda: "Europe/Paris")
    home = tmp_path / "home"
    shop.open(home, create=True)
    yield home
    shop.close()
    clock.set_clock(None)


def _class(app: ShopstaffApp) -> type[object]:
    """The class of the screen in front, asked for anew each time."""
    return type(app.screen)


async def fill(pilot: Pilot[int]) -> None:
    """Fill in everything, by keyboard alone; the focus is left in the last field."""
    await pilot.press(*"Corner Shop", "tab", *"corner", "tab", "tab", "tab", *"boss", "tab", *"Wang Fang")
    await pilot.press("tab", *PASSWORD, "tab", *PASSWORD)


async def test_a_shop_is_founded_and_its_owner_is_at_home(empty_home: Path) -> None:
    """From nothing to the home screen by keyboard alone; what was typed, and what is preset, is there."""
    async with program(empty_home, start="setup") as (app, pilot):
        assert isinstance(app.screen, SetupScreen)
        assert "4 departments and 9 roles" in " ".join(grid(app).split())
        await fill(pilot)
        await pilot.press("enter")
        await settle(pilot)
        assert isinstance(app.screen, HomeScreen)
        assert app.actor is not None
        assert app.actor.name == "boss"
    made = shop_queries.current()
    assert (made.name, made.code, made.language, made.zone, made.owner) == ("Corner Shop", "corner", "en", "Europe/Paris", "boss")
    assert (Department.select().count(), Role.select().count(), Staff.select().count()) == (4, 9, 1)
    assert db.rows("SELECT actor, action FROM audit_entry ORDER BY seq") == [
        ("console:tester", "shop.found"),
        ("boss", "session.start"),
    ]


async def test_p1_a_hash_costs_what_the_machine_can_afford(empty_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is measured while “Setting up …” stands there; the owner's password is kept at that cost, and so are all that follow."""
    chosen, go_on = FLOOR._replace(memory=20_480, passes=3), threading.Event()

    def measured() -> Cost:
        assert go_on.wait(20)
        return chosen

    monkeypatch.setattr(operations, "calibrated", measured)
    async with program(empty_home, start="setup") as (app, pilot):
        put(app, **GOOD)
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "Setting up" in grid(app))
        assert not shop.is_founded()
        go_on.set()
        await settle(pilot)
        assert isinstance(app.screen, HomeScreen)
    assert password_cost.cost_of(Credential.get().password) == chosen
    assert _hashing.cost() == chosen


async def test_p1_nothing_is_measured_for_what_cannot_be_founded(empty_home: Path, floor: list[Cost]) -> None:
    """What is wrong with a field is said at once."""
    async with program(empty_home, start="setup") as (app, pilot):
        put(app, **GOOD | {"code": "Corner Shop"})
        await pilot.press("ctrl+s")
        await settle(pilot)
        assert error(app, "code")
        assert floor == []
        put(app, code="corner")
        await pilot.press("ctrl+s")
        await settle(pilot)
        assert isinstance(app.screen, HomeScreen)
        assert floor == [FLOOR]


async def test_the_owner_is_led_to_one_time_codes_and_may_put_them_off(empty_home: Path) -> None:
    """Right after set-up, before anything else; esc goes on to the home screen, and for a week nobody asks again."""
    async with program(empty_home, start="setup", leads=True) as (app, pilot):
        put(app, **GOOD)
        await pilot.press("ctrl+s")
        await settle(pilot)
        assert isinstance(app.screen, EnrolFirstScreen)
        await pilot.press("escape")
        await settle(pilot)
        assert isinstance(app.screen, HomeScreen)
        await pilot.press("q")
        await settle(pilot)
        await pilot.press(*"boss", "enter", *PASSWORD, "enter")
        await settle(pilot)
        assert isinstance(app.screen, HomeScreen)
    assert db.rows("SELECT action FROM audit_entry WHERE action LIKE 'totp.%' ORDER BY seq") == [("totp.begin",), ("totp.put_off",)]


async def test_the_password_is_forgotten_once_the_shop_stands(empty_home: Path) -> None:
    """Also where the form was made anew in another language on the way, with everything that was typed."""
    secret = Secret()
    async with program(empty_home, start="setup") as (app, pilot):
        put(app, **GOOD | {"password": secret.text, "again": secret.text, "language": "zh"})
        secret.given_away()
        await settle(pilot)
        assert "店铺" in grid(app)
        assert secret.is_held()
        await pilot.press("ctrl+s")
        await settle(pilot)
        assert isinstance(app.screen, HomeScreen)
        assert not secret.is_held()


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("name", "", "Something has to stand here."),
        ("name", "x" * 41, "40"),
        ("code", "Corner Shop", "a–z, 0–9"),
        ("code", "", "Something has to stand here."),
        ("login", "李雷", "a–z, 0–9"),
        ("owner", " ", "Something has to stand here."),
        ("password", "short", "12 characters"),
        ("password", "wangfang1234", "guessed"),
        ("again", "another", "not the same"),
    ],
)
async def test_what_is_wrong_is_said_beside_its_field(empty_home: Path, field: str, typed: str, said: str) -> None:
    """The focus goes there, nothing that was typed is lost, and no shop is founded."""
    async with program(empty_home, start="setup") as (app, pilot):
        values = GOOD | ({"password": typed, "again": typed} if field == "password" else {field: typed})
        put(app, **values)
        await pilot.press("ctrl+s")
        await settle(pilot)
        assert isinstance(app.screen, SetupScreen)
        assert said in error(app, field)
        assert focused(app) == field
        assert {name: form(app).text(name) for name in values} == values
        assert not shop.is_founded()


async def test_hostile_text_is_refused_beside_its_field(empty_home: Path) -> None:
    """Whatever steers a terminal or cannot be seen gets into no field of the first form, and onto no screen."""
    async with program(empty_home, start="setup") as (app, pilot):
        for field in ("name", "owner"):
            for what, text in hostile.A_FEW.items():
                put(app, **GOOD | {field: text})
                await pilot.press("ctrl+s")
                await settle(pilot)
                assert isinstance(app.screen, SetupScreen), what
                assert error(app, field), what
                assert form(app).text(field), what
        assert "\x1b" not in grid(app)
        assert not shop.is_founded()


@pytest.mark.parametrize("what", ["markup", "markup action", "format string", "formula", "marks of ours"])
async def test_a_name_that_looks_like_markup_is_a_name(empty_home: Path, what: str) -> None:
    """It is founded as typed, and its people read it letter by letter."""
    name = hostile.LITERAL[what][:40]
    async with program(empty_home, start="setup") as (app, pilot):
        put(app, **GOOD | {"name": name, "owner": name})
        await pilot.press("ctrl+s")
        await settle(pilot)
        assert isinstance(app.screen, HomeScreen)
        app.sign_out("bye")
        await settle(pilot)
        assert name in grid(app)
    assert shop_queries.current().name == name


async def test_another_language_is_spoken_at_once(empty_home: Path) -> None:
    """The form turns Chinese under the cursor with everything that was typed, and so does the shop."""
    async with program(empty_home, start="setup") as (app, pilot):
        await fill(pilot)
        for _step in range(5):
            await pilot.press("shift+tab")
        await pilot.press("right")
        await settle(pilot)
        assert language() == "zh"
        assert focused(app) == "language"
        assert {name: form(app).text(name) for name in GOOD} == GOOD
        assert "店铺" in grid(app)
        await pilot.press("ctrl+s")
        await settle(pilot)
        assert isinstance(app.screen, HomeScreen)
    assert shop_queries.current().language == "zh"


async def test_the_time_zone_is_found_by_typing(empty_home: Path) -> None:
    """The machine's own is there already; another is found by its city, in Chinese too, and Enter goes on."""
    async with program(empty_home, start="setup") as (app, pilot):
        await pilot.press("tab", "tab", "tab")
        assert "Europe/Paris" in grid(app)
        await pilot.press("enter")
        await settle(pilot)
        await pilot.press(*"上海")
        await settle(pilot)
        await pilot.press("enter")
        await settle(pilot)
        assert form(app).text("zone") == "Asia/Shanghai"
        assert focused(app) == "login"


async def test_a_password_is_judged_where_it_is_typed(empty_home: Path) -> None:
    """On leaving the field, with the names that stand in the form counted as known."""
    async with program(empty_home, start="setup") as (app, pilot):
        put(app, **GOOD | {"password": ""})
        password = app.screen.query_one(NewPassword)
        password.focus_control()
        await pilot.press(*"wangfangcorner", "tab")
        await settle(pilot)
        assert "guessed first" in password.hint
        assert "□" in password.hint
        await pilot.press("shift+tab", *" plum kettle 47 orbit", "tab")
        await settle(pilot)
        assert password.hint.startswith("■■■")


async def test_judging_holds_up_no_key(empty_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While a password is judged typing goes on, and a verdict that is out of date is never shown."""
    go_on, asked = threading.Event(), []

    def slow(password: str, known: object, minimum: int) -> passwords.Strength:
        asked.append(password)
        assert go_on.wait(20)
        return passwords.Strength(0, f"judged {password}")

    monkeypatch.setattr(passwords, "strength", slow)
    async with program(empty_home, start="setup") as (app, pilot):
        password = app.screen.query_one(NewPassword)
        password.focus_control()
        await pilot.press(*"plum")
        await until(pilot, lambda: bool(asked))  # after the pause behind the last key
        await pilot.press(*"-kettle")
        assert password.value == "plum-kettle"
        assert "judged" not in password.hint
        go_on.set()
        await until(pilot, lambda: "judged" in password.hint)
        assert "judged plum-kettle" in password.hint
        assert asked == ["plum", "plum-kettle"]


async def test_submitting_twice_founds_once(empty_home: Path) -> None:
    """Whoever presses Enter again while the password is hashed is not told that there is a shop already."""
    async with program(empty_home, start="setup") as (app, pilot):
        put(app, **GOOD)
        app.screen.query_one(NewPassword).focus_control()
        form(app).action_submit()
        form(app).action_submit()
        await settle(pilot)
        assert isinstance(app.screen, HomeScreen)
        assert not app._notifications
    assert db.rows("SELECT count(*) FROM audit_entry WHERE action = 'shop.found'") == [(1,)]


async def test_who_comes_second_is_asked_to_sign_in(empty_home: Path) -> None:
    """Two set-ups at once make one shop; the other is told, and can go on from there."""
    async with program(empty_home, start="setup") as (app, pilot):
        put(app, **GOOD)
        found(Actor.console("other"), Founding("First", "first", "en", "Asia/Shanghai", "owner", "Li Lei", PASSWORD))
        await pilot.press("ctrl+s")
        await settle(pilot)
        assert _class(app) is SignInScreen
        assert "There is a shop here already." in grid(app)
        await pilot.press(*"owner", "enter", *PASSWORD, "enter")
        await settle(pilot)
        assert _class(app) is HomeScreen
    assert shop_queries.current().name == "First"


async def test_leaving_asks_only_when_something_was_typed(empty_home: Path) -> None:
    """Cancel has the focus; the form is as it was."""
    async with program(empty_home, start="setup") as (app, pilot):
        await pilot.press("x", "ctrl+q")
        await settle(pilot)
        assert isinstance(app.screen, Confirm)
        await pilot.press("enter")
        await settle(pilot)
        assert form(app).text("name") == "x"
        await pilot.press("backspace", "ctrl+q")
        await settle(pilot)
        assert not app.is_running or app._exit
    assert Session.select().count() == 0


async def test_every_field_is_reached_on_a_telephone(empty_home: Path) -> None:
    """At 60×20 the form scrolls with the focus, and what is wrong is in view."""
    async with program(empty_home, start="setup", size=(60, 20)) as (app, pilot):
        await fill(pilot)
        await pilot.press("x", "enter")
        await settle(pilot)
        assert "The two are not the same." in grid(app)
        await pilot.press("backspace", "enter")
        await settle(pilot)
        assert isinstance(app.screen, HomeScreen)


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("spoken", LANGUAGES)
async def test_how_it_looks(
    empty_home: Path, monkeypatch: pytest.MonkeyPatch, snapshot: SnapshotAssertion, size: tuple[int, int], spoken: str
) -> None:
    """Filled in with one thing wrong: labels above each other, hints below, the error beside its field."""
    monkeypatch.setenv("LANG", {"en": "en_US.UTF-8", "zh": "zh_CN.UTF-8"}[spoken])
    async with program(empty_home, start="setup", size=size) as (app, pilot):
        put(app, **GOOD | {"name": "小满杂货铺", "code": "小满"})
        app.screen.query_one(NewPassword).focus_control()
        await pilot.press("tab", "ctrl+s")
        await settle(pilot)
        assert grid(app) == snapshot


def test_the_first_start_opens_set_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A data folder without a shop leads to set-up, one with a shop to sign-in; a folder that was left half way is no shop."""
    from tui.cli import screens as program_of_screens  # here, because nothing else in this module starts the program itself

    started = []
    monkeypatch.setattr(ShopstaffApp, "run", lambda self: started.append(self._start))
    home = tmp_path / "deep" / "home"
    assert program_of_screens.run(str(home), operator="tester") == 0
    assert program_of_screens.run(str(home), operator="tester") == 0
    shop.open(home, create=True)
    found(Actor.console("tester"), Founding("First", "first", "zh", "Asia/Shanghai", "owner", "Li Lei", PASSWORD))
    shop.close()
    assert program_of_screens.run(str(home), operator="tester") == 0
    assert started == ["setup", "setup", "sign_in"]
    assert language() == "zh"
