"""Recovery codes, by keyboard: shown once, and in force once one was typed back."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion
from textual.pilot import Pilot

from models.errors import ShopLocked, WrongProof
from models.operations import recovery as operations, staff
from models.queries import security
from models.rules import codes
from models.tables import RecoveryCode
from screens.base import scheduled
from screens.dialogs.confirm import Confirm
from screens.enrol_totp import EnrolFirstScreen
from screens.home import HomeScreen
from screens.recovery_codes import RecoveryCodesScreen
from screens.sign_in import SignInScreen
from tests.factories import Founded
from tests.models.doors import Phone, Watch, come_in, enrol, failures, recovery_codes
from tests.screens.door import at, enter, paste, said, to_code, told
from tests.screens.look import LANGUAGES, SIZES, grid, settle
from tests.screens.program import at_noon, error, focused, form, program, put
from tests.screens.test_qr import read
from tui.app import ShopstaffApp

pytestmark = pytest.mark.usefixtures("watch")

FULL_WIDTH = str.maketrans("0123456789ABCDEF", "０１２３４５６７８９ＡＢＣＤＥＦ")


@pytest.fixture
def shop(little_shop: Founded, watch: Watch) -> Founded:
    """A shop whose owner has a phone."""
    enrol(little_shop.owner)
    watch.passes(30)
    return little_shop


Opened = tuple[ShopstaffApp, Pilot[int], list[bool | None]]


@asynccontextmanager
async def opened(shop: Founded, *, size: tuple[int, int] = (80, 24)) -> AsyncIterator[Opened]:
    """The screen, as one's own security opens it, and what it answers."""
    answers: list[bool | None] = []
    async with program(shop.home, actor=shop.owner, size=size) as (app, pilot):
        with app._context():
            scheduled(app.push_screen(RecoveryCodesScreen(), answers.append))
        await settle(pilot)
        yield app, pilot, answers


def shown(app: ShopstaffApp) -> tuple[str, ...]:
    """The codes, as the screen has them."""
    assert isinstance(app.screen, RecoveryCodesScreen)
    return app.screen.codes


def everything(home: Path) -> bytes:
    """All that is written in the data folder."""
    return b"".join(path.read_bytes() for path in home.rglob("*") if path.is_file())


def left(shop: Founded) -> int:
    """How many codes are in force."""
    return security.own(shop.owner).recovery_left


@pytest.mark.parametrize("as_typed", ["as shown", "small", "bare", "blanks", "full width"])
async def test_p8_codes_count_once_one_of_them_was_typed_back(shop: Founded, as_typed: str) -> None:
    """Eight of 120 bits, all on the screen; typed back in whatever case and grouping. That one stays good, and each works once."""
    async with opened(shop) as (app, pilot, answers):
        made = shown(app)
        assert len(set(made)) == 8
        assert all(len(codes.normalised(code)) * 5 >= 120 for code in made)
        assert all(code in grid(app) for code in made)
        assert focused(app) == "code"
        assert left(shop) == 0
        typed = {
            "as shown": made[6],
            "small": made[6].lower(),
            "bare": made[6].replace("-", ""),
            "blanks": f" {made[6].replace('-', '  ')} ",
            "full width": made[6].translate(FULL_WIDTH),
        }[as_typed]
        await paste(app, pilot, typed)
        await enter(pilot, "")
        assert (answers, at(app)) == ([True], HomeScreen)
        assert told(app) == ["Your recovery codes count from now on."]
    assert left(shop) == 8
    for code in made:
        assert come_in("owner", code)
        with pytest.raises(WrongProof):
            come_in("owner", code)
    assert left(shop) == 0


async def test_p8_codes_are_kept_as_digests_alone(shop: Founded) -> None:
    """Nowhere in the data folder is one of them, nor on the screen once it was typed back."""
    async with opened(shop) as (app, pilot, _answers):
        made = shown(app)
        await enter(pilot, made[0])
        assert not any(code in grid(app) for code in made)
    found = everything(shop.home)
    for code in made:
        assert code.encode() not in found
        assert codes.normalised(code).encode() not in found
        assert codes.digest(code) in found


async def test_p8_leaving_before_asks_because_the_codes_do_not_count(shop: Founded) -> None:
    """Cancel goes on with the same codes; leaving voids nothing that was there before."""
    old = recovery_codes(shop.owner)
    async with opened(shop) as (app, pilot, answers):
        made = shown(app)
        await pilot.press("escape")
        await settle(pilot)
        assert at(app) is Confirm
        assert "Leave without typing one back?" in " ".join(grid(app).split())
        await pilot.press("enter")
        await settle(pilot)
        assert shown(app) == made
        await pilot.press("escape", "y")
        await settle(pilot)
        assert (answers, at(app)) == ([False], HomeScreen)
    assert left(shop) == 8
    with pytest.raises(WrongProof):
        come_in("owner", made[0])
    assert come_in("owner", old[0])


async def test_p8_new_codes_void_the_old_ones_when_they_count_and_not_before(shop: Founded) -> None:
    """Whoever is interrupted half-way still has the old ones."""
    old = recovery_codes(shop.owner)
    async with opened(shop) as (app, pilot, _answers):
        assert come_in("owner", old[1])
        await enter(pilot, shown(app)[0])
    with pytest.raises(WrongProof):
        come_in("owner", old[2])
    assert left(shop) == 8


@pytest.mark.parametrize("which", ["another", "an old one", "of the first time"])
async def test_p8_a_code_that_is_none_of_these_is_refused(shop: Founded, which: str) -> None:
    """One line; the field is empty, the focus on it, the codes are still there, and the try is counted."""
    old = recovery_codes(shop.owner)
    async with opened(shop) as (app, pilot, _answers):
        first = shown(app)
        with app._context():
            scheduled(app.push_screen(RecoveryCodesScreen()))
        await settle(pilot)
        made = shown(app)
        await enter(pilot, {"another": codes.new(), "an old one": old[0], "of the first time": first[0]}[which])
        assert said(app) == "That is none of these codes. Look at what you wrote down."
        assert form(app).values() == {"code": ""}
        assert focused(app) == "code"
        assert shown(app) == made
        assert failures() == 1
        await pilot.press("x")
        assert said(app) == ""
        await pilot.press("backspace")
        await enter(pilot, made[0])
        assert at(app) is RecoveryCodesScreen  # the one below
    assert failures() == 0
    assert left(shop) == 8


@pytest.mark.parametrize("typed", ["123456", "7KQF-2M9X", "密码", "0" * 25, "U" * 24, "A" * 100_000, "[@click=app.quit]"])
async def test_p8_what_cannot_be_a_code_costs_no_try(shop: Founded, typed: str) -> None:
    """It is said beside the field, and stays to be put right."""
    async with opened(shop) as (app, pilot, _answers):
        put(app, code=typed)
        await enter(pilot, "")
        assert error(app, "code") == "A recovery code has 24 letters and digits; this has another form."
        assert form(app).text("code") == typed
        assert at(app) is RecoveryCodesScreen
    assert failures() == 0


async def test_p8_five_wrong_ones_share_the_wait_of_the_phones(shop: Founded) -> None:
    """It says how long; the right one is not looked at meanwhile."""
    async with opened(shop) as (app, pilot, answers):
        made = shown(app)
        for _attempt in range(5):
            await enter(pilot, codes.new())
        await enter(pilot, made[0])
        assert said(app) == "Too many attempts failed. Try again in 5 minutes."
        assert answers == []
    assert left(shop) == 0


async def test_on_the_way_in_one_may_go_on_without(little_shop: Founded) -> None:
    """The phone is on, and home is next, asked first; the next sign-in asks for the phone alone."""
    little_shop.person("mei", name="Han Mei", gave=["manager"])
    async with program(little_shop.home, leads=True) as (app, pilot):
        await to_code(pilot, "mei")
        assert at(app) is EnrolFirstScreen
        await enter(pilot, Phone(read(app)[0]).code())
        await pilot.press("escape", "y")
        await settle(pilot)
        assert at(app) is HomeScreen
        assert app.sections()
    assert RecoveryCode.select().where(RecoveryCode.kept_at.is_null(is_null=False)).count() == 0


async def test_whoever_has_no_phone_is_told_so(little_shop: Founded) -> None:
    """There is nothing that the codes could stand in for."""
    async with opened(little_shop) as (app, _pilot, answers):
        assert (answers, at(app)) == ([False], HomeScreen)
        assert told(app) == ["This takes phone codes. Set them up first, in your security."]


async def test_a_session_that_ended_meanwhile_leads_to_the_door(little_shop: Founded, watch: Watch) -> None:
    """With the codes gone from the screen."""
    mei = little_shop.person("mei", name="Han Mei")
    enrol(mei)
    async with program(little_shop.home, actor=mei) as (app, pilot):
        with app._context():
            scheduled(app.push_screen(RecoveryCodesScreen()))
        await settle(pilot)
        made = shown(app)
        staff.freeze(little_shop.owner, little_shop.id_of("mei"))
        await enter(pilot, made[0])
        assert at(app) is SignInScreen
        assert not any(code in grid(app) for code in made)


async def test_a_locked_shop_loses_no_code(shop: Founded, monkeypatch: pytest.MonkeyPatch) -> None:
    """The line says so, the codes stay where they are, and the next try counts."""

    def locked(*_arguments: Any) -> None:
        raise ShopLocked

    async with opened(shop) as (app, pilot, answers):
        made = shown(app)
        with monkeypatch.context() as patched:
            patched.setattr(operations, "keep", locked)
            await enter(pilot, made[0])
            assert "try again in a moment" in said(app)
        assert shown(app) == made
        await enter(pilot, made[0])
        assert answers == [True]


async def test_while_a_code_is_looked_at_nothing_else_begins(shop: Founded, monkeypatch: pytest.MonkeyPatch) -> None:
    """Enter and esc wait."""
    go_on, asked = threading.Event(), []

    def slow(_actor: object, code: str) -> None:
        asked.append(code)
        assert go_on.wait(20)
        raise WrongProof

    monkeypatch.setattr(operations, "keep", slow)
    async with opened(shop) as (app, pilot, answers):
        await pilot.press(*"1" * 24, "enter")
        assert said(app) == "Looking …"
        await pilot.press(*"2" * 24, "enter", "escape")
        go_on.set()
        await settle(pilot)
        assert at(app) is RecoveryCodesScreen
        assert (len(asked), answers) == (1, [])
        assert form(app).values() == {"code": "2" * 24}


@pytest.mark.parametrize("width", [80, 67, 66, 60, 40])
async def test_every_code_is_whole_however_narrow_it_is(shop: Founded, width: int) -> None:
    """Two columns where there is room for them, one elsewhere; also when the terminal is made smaller under them."""
    async with opened(shop) as (app, pilot, _answers):
        await pilot.resize_terminal(width, 24)
        await settle(pilot)
        lines = [line for line in grid(app).splitlines() if any(code in line for code in shown(app))]
        assert all(any(code in line for line in lines) for code in shown(app))
        assert len(lines) == (4 if width >= 70 else 8)


@pytest.mark.parametrize("size", [*SIZES, (60, 20)], ids=str)
@pytest.mark.parametrize("spoken", LANGUAGES)
async def test_how_it_looks(
    shop: Founded, monkeypatch: pytest.MonkeyPatch, snapshot: SnapshotAssertion, size: tuple[int, int], spoken: str
) -> None:
    """With a code that is none of them."""
    at_noon(shop, language=spoken)
    numbers = count(1)
    monkeypatch.setattr(codes, "new", lambda: codes.grouped(f"{next(numbers):0>4}" * 6))
    async with opened(shop, size=size) as (app, pilot, _answers):
        await enter(pilot, "9" * 24)
        assert grid(app) == snapshot
