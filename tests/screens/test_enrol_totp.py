"""Setting up phone codes, by keyboard: on the way in, and to replace the phone."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from pyotp import TOTP, parse_uri
from syrupy.assertion import SnapshotAssertion
from textual.pilot import Pilot

from models import clock, db
from models.errors import ShopLocked, WrongProof
from models.operations import codes, policy, security as security_operations, staff, totp as operations
from models.queries import security
from models.rules.policy import EVERYONE, NOBODY
from models.tables import Session, Totp
from screens.base import scheduled
from screens.dialogs.confirm import Confirm
from screens.enrol_totp import EnrolFirstScreen, EnrolTotpScreen
from screens.home import HomeScreen
from screens.recovery_codes import RecoveryCodesScreen
from screens.second_factor import SecondFactorScreen
from screens.sign_in import SignInScreen
from screens.widgets.said import Said
from tests.factories import Founded, signed_in
from tests.models.doors import NEW, Phone, Watch, come_in, enrol, failures, recovery_codes
from tests.screens.door import at, enter, fix_key, paste, said, to_code, told
from tests.screens.look import LANGUAGES, SIZES, grid, settle
from tests.screens.program import at_noon, error, focused, form, program, put
from tests.screens.test_qr import read
from tui.app import ShopstaffApp

pytestmark = pytest.mark.usefixtures("watch")

WEEK = 7 * 24 * 3600.0


@pytest.fixture
def mei(little_shop: Founded) -> Founded:
    """A shop in which Mei, a manager, has to set up phone codes before anything else."""
    little_shop.person("mei", name="Han Mei", gave=["manager"])
    return little_shop


def key_shown(app: ShopstaffApp) -> str:
    """The key, as it stands on the screen."""
    return "".join(str(app.screen.query_one(".key", Said).content).split())


def shown_code(app: ShopstaffApp) -> str:
    """What an app shows that was told the key by hand."""
    return TOTP(key_shown(app)).at(clock.now() // 1_000_000)


# ---- on the way in


async def test_p6_codes_are_on_only_after_one_was_verified(mei: Founded) -> None:
    """Before anything else; the password alone is enough again for whoever left half-way, and leads to the same place with another key."""
    async with program(mei.home, leads=True) as (app, pilot):
        await to_code(pilot, "mei")
        assert at(app) is EnrolFirstScreen
        assert focused(app) == "code"
        first = key_shown(app)
        assert len(first) == 32
        await pilot.press("escape")
        await settle(pilot)
        await pilot.press("y")
        await settle(pilot)
        assert at(app) is SignInScreen
        assert db.rows("SELECT active FROM totp") == [(None,)]
        await to_code(pilot, "mei")
        assert at(app) is EnrolFirstScreen
        assert key_shown(app) != first
        await enter(pilot, shown_code(app))
        assert at(app) is RecoveryCodesScreen
    assert db.rows("SELECT active, pending FROM totp") == [(2, None)]


async def test_p6_the_key_beside_the_picture_is_the_one_in_it(mei: Founded) -> None:
    """A camera reads the picture off the cells; in it are the shop, the person and the key that stands beside it in groups."""
    async with program(mei.home, leads=True) as (app, pilot):
        await to_code(pilot, "mei")
        (uri,) = read(app)
        parsed = parse_uri(uri)
        assert isinstance(parsed, TOTP)
        assert (parsed.issuer, parsed.name, parsed.secret) == ("little-shop", "mei", key_shown(app))
        lines = str(app.screen.query_one(".key", Said).content).splitlines()
        assert [[len(group) for group in line.split()] for line in lines] == [[4] * 4, [4] * 4]
        assert all(line in grid(app) for line in lines)
        await enter(pilot, parsed.at(clock.now() // 1_000_000))
        assert at(app) is RecoveryCodesScreen


async def test_p5_from_the_phone_in_and_back_in(mei: Founded, watch: Watch) -> None:
    """Set up, one recovery code typed back, home; after signing out the phone is asked for, and the code that turned it on is used."""
    async with program(mei.home, leads=True) as (app, pilot):
        await to_code(pilot, "mei")
        phone = Phone(read(app)[0])
        await enter(pilot, phone.code())
        recovery = app.screen
        assert isinstance(recovery, RecoveryCodesScreen)
        await enter(pilot, recovery.codes[5])
        assert at(app) is HomeScreen
        assert told(app)[-1] == "Your phone codes are on: they are asked for from now on."
        assert security.own(app.actor or mei.owner).recovery_left == 8
        await pilot.press("q")
        await settle(pilot)
        await to_code(pilot, "mei")
        assert at(app) is SecondFactorScreen
        await enter(pilot, phone.code())
        assert at(app) is SecondFactorScreen
        watch.passes(30)
        await enter(pilot, phone.code())
        assert at(app) is HomeScreen


@pytest.mark.parametrize("which", ["wrong", "late", "early", "another key"])
async def test_p6_a_code_that_the_phone_does_not_show_turns_nothing_on(mei: Founded, watch: Watch, which: str) -> None:
    """One line; the key stays, the field is empty, the focus on it, the try counted. Then the right one works."""
    async with program(mei.home, leads=True) as (app, pilot):
        await to_code(pilot, "mei")
        phone = Phone(read(app)[0])
        other = Phone(f"otpauth://totp/x?secret={'A' * 32}")
        code = {"wrong": phone.wrong(), "late": phone.code(-2), "early": phone.code(2), "another key": other.code()}[which]
        await enter(pilot, code)
        assert at(app) is EnrolFirstScreen
        assert said(app) == "That is not what the app shows now for this key."
        assert form(app).values() == {"code": ""}
        assert focused(app) == "code"
        assert failures() == 1
        assert Phone(read(app)[0]).code() == phone.code()
        await pilot.press("1")
        assert said(app) == ""
        await pilot.press("backspace")
        await enter(pilot, phone.code())
        assert at(app) is RecoveryCodesScreen
    assert failures() == 0


@pytest.mark.parametrize("typed", ["12345", "1234567", "١٢٣٤٥٦", "abcdef", "0" * 24, "[b]123456"])
async def test_p6_what_cannot_be_a_code_costs_no_try(mei: Founded, typed: str) -> None:
    """It is said beside the field, and stays to be put right."""
    async with program(mei.home, leads=True) as (app, pilot):
        await to_code(pilot, "mei")
        put(app, code=typed)
        await enter(pilot, "")
        assert error(app, "code") == "Six digits; this has another form."
        assert form(app).text("code") == typed
    assert failures() == 0


@pytest.mark.parametrize("as_pasted", ["{} {}", " {}{}\n", "{}-{}"])
async def test_p6_a_pasted_code_may_have_blanks(mei: Founded, as_pasted: str) -> None:
    """As apps show it."""
    async with program(mei.home, leads=True) as (app, pilot):
        await to_code(pilot, "mei")
        code = shown_code(app)
        await paste(app, pilot, as_pasted.format(code[:3], code[3:]))
        await enter(pilot, "")
        assert at(app) is RecoveryCodesScreen


async def test_p4_after_five_wrong_codes_one_waits(mei: Founded) -> None:
    """Here, too: it says how long."""
    async with program(mei.home, leads=True) as (app, pilot):
        await to_code(pilot, "mei")
        phone = Phone(read(app)[0])
        for _attempt in range(5):
            await enter(pilot, phone.wrong())
        await enter(pilot, phone.code())
        assert said(app) == "Too many attempts failed. Try again in 5 minutes."


async def test_nothing_else_is_offered_to_whoever_has_to(mei: Founded) -> None:
    """No section, by digit or by command; esc asks, and then signs out: the session is over."""
    async with program(mei.home, leads=True) as (app, pilot):
        await to_code(pilot, "mei")
        assert "esc Sign out" in grid(app).splitlines()[-1]
        assert app.sections() == ()
        app.go("home")
        await pilot.press("ctrl+p")
        await settle(pilot)
        assert "Home" not in grid(app)
        await pilot.press("escape", "escape")
        await settle(pilot)
        assert at(app) is Confirm
        assert "Sign out? Before you have set this up" in " ".join(grid(app).split())
        await pilot.press("enter")
        await settle(pilot)
        assert at(app) is EnrolFirstScreen
        await pilot.press("ctrl+q")
        await settle(pilot)
        assert at(app) is Confirm
        await pilot.press("y")
        await settle(pilot)
        assert at(app) is SignInScreen
        assert app.actor is None
    assert Session.select().where(Session.enrolling == True, Session.ended_at.is_null()).count() == 0  # noqa: E712  SQL's comparison


async def test_p13_the_policy_says_who_is_led_here(little_shop: Founded) -> None:
    """Nobody, who may do what is high-risk, or everybody."""
    little_shop.person("mei", name="Han Mei", gave=["manager"])
    little_shop.person("bo", name="Bo", gave=["customer_service"], post="service")
    led = {}
    for number, wanted in enumerate((None, NOBODY, EVERYONE), 0):
        if wanted is not None:
            policy.edit(little_shop.owner, number, security.policy().policy._replace(totp=wanted))
        for login in ("owner", "mei", "bo"):
            async with program(little_shop.home, leads=True) as (app, pilot):
                await to_code(pilot, login)
                led[wanted, login] = at(app) is EnrolFirstScreen
    assert [who for who in led if led[who]] == [(None, "owner"), (None, "mei"), (EVERYONE, "owner"), (EVERYONE, "mei"), (EVERYONE, "bo")]


async def test_p13_the_owner_may_put_it_off_for_a_week(little_shop: Founded, watch: Watch) -> None:
    """The keys say so; then they are reminded."""
    async with program(little_shop.home, leads=True) as (app, pilot):
        await to_code(pilot)
        assert at(app) is EnrolFirstScreen
        assert "esc Later" in grid(app).splitlines()[-1]
        await pilot.press("escape")
        await settle(pilot)
        assert at(app) is HomeScreen
        assert told(app)[-1] == "You are reminded in a week."
        for passing, where in ((WEEK - 60, HomeScreen), (120, EnrolFirstScreen)):
            await pilot.press("q")
            watch.passes(passing)
            await settle(pilot)
            await settle(pilot)
            await to_code(pilot)
            assert at(app) is where
    assert little_shop.log("totp.put_off") == [("owner", "totp.put_off", "owner")]


async def test_the_owner_who_leaves_the_program_has_put_nothing_off(little_shop: Founded) -> None:
    """Signing out is no answer; it is asked again next time."""
    async with program(little_shop.home, leads=True) as (app, pilot):
        await to_code(pilot)
        await pilot.press("ctrl+q")
        await settle(pilot)
        assert at(app) is SignInScreen
        await to_code(pilot)
        assert at(app) is EnrolFirstScreen
    assert little_shop.log("totp.put_off") == []


async def test_whoever_was_handed_a_code_is_led_here_from_activation(little_shop: Founded) -> None:
    """A newcomer with a high-risk role, in one go from the code to the phone, and home."""
    little_shop.person("mei", name="Han Mei", gave=["manager"], status="invited")
    code = codes.renew(little_shop.owner, little_shop.id_of("mei")).code
    async with program(little_shop.home, leads=True) as (app, pilot):
        await pilot.press(*"mei", "ctrl+n")
        await settle(pilot)
        await enter(pilot, code, NEW, NEW)
        assert at(app) is EnrolFirstScreen
        await enter(pilot, shown_code(app))
        assert at(app) is RecoveryCodesScreen


async def test_p9_after_a_reset_one_is_led_here_again(mei: Founded, watch: Watch) -> None:
    """The old phone is worth nothing; the code that was handed over leads to a new key."""
    old = enrol(signed_in("mei"))
    handed = security_operations.reset(mei.owner, mei.id_of("mei"), totp=True).code
    watch.passes(30)
    async with program(mei.home, leads=True) as (app, pilot):
        await to_code(pilot, "mei")
        await enter(pilot, handed)
        assert at(app) is EnrolFirstScreen
        assert key_shown(app) != old.app.secret
        await enter(pilot, old.code())
        assert said(app) == "That is not what the app shows now for this key."
        await enter(pilot, shown_code(app))
        assert at(app) is RecoveryCodesScreen


# ---- what may come between


async def test_a_session_that_ended_meanwhile_leads_to_the_door(mei: Founded) -> None:
    """Whoever is frozen while they look for their phone."""
    async with program(mei.home, leads=True) as (app, pilot):
        await to_code(pilot, "mei")
        code = shown_code(app)
        staff.freeze(mei.owner, mei.id_of("mei"))
        await enter(pilot, code)
        assert at(app) is SignInScreen
        assert "Your account was frozen." in grid(app)
    assert db.rows("SELECT active FROM totp") == [(None,)]


async def test_d8_where_the_clock_is_wrong_nothing_can_be_verified(mei: Founded, watch: Watch) -> None:
    """It says why; the code stays good for when the clock is right again."""
    async with program(mei.home, leads=True) as (app, pilot):
        await to_code(pilot, "mei")
        watch.passes(-300)
        await enter(pilot, shown_code(app))
        assert said(app).startswith("The machine's clock is wrong: it shows ")
        assert at(app) is EnrolFirstScreen
        watch.passes(300)
        await enter(pilot, shown_code(app))
        assert at(app) is RecoveryCodesScreen


async def test_a_locked_shop_makes_no_key_and_enter_tries_again(mei: Founded, monkeypatch: pytest.MonkeyPatch) -> None:
    """There is no way past it, and no end of the program either."""

    def locked(*_arguments: Any) -> None:
        raise ShopLocked

    async with program(mei.home, leads=True) as (app, pilot):
        with monkeypatch.context() as patched:
            patched.setattr(operations, "begin", locked)
            await to_code(pilot, "mei")
            assert at(app) is EnrolFirstScreen
            assert "try again in a moment" in said(app)
            assert key_shown(app) == ""
            await enter(pilot, "123456")
            assert "try again in a moment" in said(app)
        await pilot.press("enter")
        await settle(pilot)
        assert said(app) == ""
        put(app, code="")
        await enter(pilot, shown_code(app))
        assert at(app) is RecoveryCodesScreen


async def test_a_key_that_was_made_elsewhere_meanwhile_is_the_one_that_counts(mei: Founded) -> None:
    """Of two terminals the later one has the key; the other says that its code is not of it, and ends: it has shown a password alone."""
    async with program(mei.home, leads=True) as (app, pilot):
        await to_code(pilot, "mei")
        phone = Phone(read(app)[0])
        other = Phone(operations.begin(signed_in("mei")).uri)
        await enter(pilot, phone.code())
        assert at(app) is EnrolFirstScreen
        assert said(app) == "That is not what the app shows now for this key."
        operations.confirm(signed_in("mei"), other.code())
        await enter(pilot, phone.code())
        assert at(app) is SignInScreen
        assert app.actor is None
        assert Totp.get().generation == 2


async def test_while_a_code_is_looked_at_nothing_else_begins(mei: Founded, monkeypatch: pytest.MonkeyPatch) -> None:
    """Enter and esc wait."""
    go_on, asked = threading.Event(), []

    def slow(_actor: object, code: str) -> None:
        asked.append(code)
        assert go_on.wait(20)
        raise WrongProof

    monkeypatch.setattr(operations, "confirm", slow)
    async with program(mei.home, leads=True) as (app, pilot):
        await to_code(pilot, "mei")
        await pilot.press(*"111111", "enter")
        assert said(app) == "Looking …"
        await pilot.press(*"222222", "enter", "escape")
        go_on.set()
        await settle(pilot)
        assert at(app) is EnrolFirstScreen
        assert asked == ["111111"]
        assert form(app).values() == {"code": "222222"}


# ---- replacing the phone


async def replacing(app: ShopstaffApp, pilot: Pilot[int], answers: list[bool | None]) -> None:
    """Open it as one's own security does."""
    with app._context():
        scheduled(app.push_screen(EnrolTotpScreen(), answers.append))
    await settle(pilot)


async def test_p6_the_old_phone_works_until_the_new_one_was_verified(little_shop: Founded, watch: Watch) -> None:
    """Esc leaves everything as it was; a verified code moves to the new phone, and recovery codes stay where there are enough."""
    old = enrol(little_shop.owner)
    recovery_codes(little_shop.owner)
    answers: list[bool | None] = []
    async with program(little_shop.home, actor=little_shop.owner) as (app, pilot):
        await replacing(app, pilot, answers)
        assert "esc Back" in grid(app).splitlines()[-1]
        await pilot.press("escape")
        await settle(pilot)
        assert (answers, at(app)) == ([False], HomeScreen)
        watch.passes(30)
        assert come_in("owner", old.code())
        await replacing(app, pilot, answers)
        new = Phone(read(app)[0])
        await enter(pilot, new.code())
        assert (answers, at(app)) == ([False, True], HomeScreen)
        assert security.own(little_shop.owner).recovery_left == 8
        watch.passes(30)
        with pytest.raises(WrongProof):
            come_in("owner", old.code())
        assert come_in("owner", new.code())


async def test_p8_who_has_hardly_any_recovery_codes_makes_new_ones_with_the_new_phone(little_shop: Founded, watch: Watch) -> None:
    """At two left or less."""
    enrol(little_shop.owner)
    answers: list[bool | None] = []
    async with program(little_shop.home, actor=little_shop.owner) as (app, pilot):
        await replacing(app, pilot, answers)
        watch.passes(30)
        await enter(pilot, shown_code(app))
        screen = app.screen
        assert isinstance(screen, RecoveryCodesScreen)
        assert answers == []
        await enter(pilot, screen.codes[0])
        assert (answers, at(app)) == ([True], HomeScreen)


# ---- how it looks


@pytest.mark.parametrize("size", [*SIZES, (60, 20)], ids=str)
@pytest.mark.parametrize("spoken", LANGUAGES)
@pytest.mark.parametrize("who", ["owner", "mei"])
async def test_how_it_looks(little_shop: Founded, snapshot: SnapshotAssertion, size: tuple[int, int], spoken: str, who: str) -> None:
    """The owner's has a way past it; another's says what is wrong with a code. The picture is whole, and is read, where there is room."""
    at_noon(little_shop, language=spoken)
    little_shop.person("mei", name="Han Mei", gave=["manager"])
    fix_key(little_shop.home)
    async with program(little_shop.home, size=size, leads=True) as (app, pilot):
        await to_code(pilot, who)
        if who == "mei":
            await enter(pilot, "000000")
        assert len(read(app)) == (size[0] >= 80)
        assert grid(app) == snapshot
