"""The second half of signing in, by keyboard."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from models import clock
from models.actor import Actor
from models.errors import ShopLocked, WrongProof
from models.operations import policy, security, sessions
from models.queries import security as queries
from models.rules import passwords
from models.tables import Credential, Session, Staff, Totp
from screens.activate import ActivateScreen
from screens.home import HomeScreen
from screens.second_factor import SecondFactorScreen
from screens.sign_in import SignInScreen
from screens.widgets.press import Press
from tests.factories import PASSWORD, Founded
from tests.models.doors import NEW, Phone, Watch, enrol, failures, recovery_codes
from tests.screens.door import Secret, at, enter, fix_key, paste, said, to_code, told
from tests.screens.look import LANGUAGES, SIZES, grid, settle
from tests.screens.program import at_noon, error, focused, form, program, put

pytestmark = pytest.mark.usefixtures("watch")

WRONG = "That is wrong, was used already, or came too late."
FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
MINUTES = 60.0


@pytest.fixture
def phone(little_shop: Founded, watch: Watch) -> Phone:
    """The owner's, one step after it was set up, so that it shows a code that was not used."""
    made = enrol(little_shop.owner)
    watch.passes(30)
    return made


@pytest.fixture
def codes(little_shop: Founded, phone: Phone) -> tuple[str, ...]:
    """The owner's recovery codes."""
    return recovery_codes(little_shop.owner)


def sessions_of(login: str) -> int:
    """How many there have ever been."""
    return int(Session.select().join(Staff).where(Staff.login == login).count())


# ---- codes of the phone


async def test_p5_password_and_the_code_of_the_phone_lead_home(little_shop: Founded, phone: Phone) -> None:
    """The password alone begins no session; the screen says what is asked for, of whom."""
    before = sessions_of("owner")
    async with program(little_shop.home) as (app, pilot):
        await to_code(pilot)
        assert at(app) is SecondFactorScreen
        assert sessions_of("owner") == before
        assert "Type the phone code that your app shows for owner." in " ".join(grid(app).split())
        assert focused(app) == "code"
        await enter(pilot, phone.code())
        assert at(app) is HomeScreen
        assert app.actor is not None
        assert app.actor.name == "owner"
    assert sessions_of("owner") == before + 1
    assert failures() == 0


@pytest.mark.parametrize("as_pasted", ["{} {}", " {}{}\n", "{}-{}", "\u3000{}\xa0{}\r\nand more", "full width"])
async def test_p5_a_code_is_understood_however_it_is_pasted(little_shop: Founded, phone: Phone, as_pasted: str) -> None:
    """Apps show it in two groups, and some copy it like that; an input method may be typing in full width."""
    code = phone.code()
    text = code.translate(FULL_WIDTH) if as_pasted == "full width" else as_pasted.format(code[:3], code[3:])
    async with program(little_shop.home) as (app, pilot):
        await to_code(pilot)
        await paste(app, pilot, text)
        await enter(pilot, "")
        assert at(app) is HomeScreen


@pytest.mark.parametrize("typed", ["five", "seven", "arabic", "letters", "sign", "twenty-three", "endless", "markup"])
async def test_p5_what_cannot_be_a_code_costs_no_try(little_shop: Founded, phone: Phone, typed: str) -> None:
    """It is said beside the field and stays there to be put right; nobody is locked out by a slip of the finger."""
    code = phone.code()
    text = {
        "five": code[:5],
        "seven": f"{code}0",
        "arabic": code.translate(ARABIC),
        "letters": "abcdef",
        "sign": f"-{code[:4]}+",
        "twenty-three": "0" * 23,
        "endless": code * 5000,
        "markup": "[@click=app.quit]",
    }[typed]
    async with program(little_shop.home) as (app, pilot):
        await to_code(pilot)
        put(app, code=text)
        await enter(pilot, "")
        assert at(app) is SecondFactorScreen
        assert "Six digits, or a recovery code" in error(app, "code")
        assert form(app).text("code") == text
        assert focused(app) == "code"
    assert failures() == 0
    assert little_shop.log("session.refuse") == []


@pytest.mark.parametrize("which", ["wrong", "reused", "late", "early", "another's"])
async def test_p5_a_code_that_is_not_the_phones_now_is_refused(little_shop: Founded, phone: Phone, watch: Watch, which: str) -> None:
    """One line whatever the reason; the field is empty, the focus stays on it, and the try is counted and in the log."""
    if which == "another's":
        other = enrol(little_shop.person("mei", name="Han Mei"))
        watch.passes(30)
        code = other.code()
    else:
        code = {"wrong": phone.wrong(), "reused": phone.code(-1), "late": phone.code(-2), "early": phone.code(2)}[which]
    async with program(little_shop.home) as (app, pilot):
        await to_code(pilot)
        await enter(pilot, code)
        assert at(app) is SecondFactorScreen
        assert said(app) == WRONG
        assert form(app).values() == {"code": ""}
        assert focused(app) == "code"
        assert failures() == 1
        assert len(little_shop.log("session.refuse")) == 1
        await pilot.press("1")
        assert said(app) == ""
        await pilot.press("backspace")
        await enter(pilot, phone.code())
        assert at(app) is HomeScreen
    assert failures() == 0


async def test_p5_the_code_that_let_somebody_in_lets_nobody_in_again(little_shop: Founded, phone: Phone) -> None:
    """Whoever looks over a shoulder has nothing from it, not even in the same half minute."""
    code = phone.code()
    async with program(little_shop.home) as (app, pilot):
        await to_code(pilot)
        await enter(pilot, code)
        await pilot.press("q")
        await settle(pilot)
        await to_code(pilot)
        await enter(pilot, code)
        assert at(app) is SecondFactorScreen
        assert said(app) == WRONG


async def test_p4_after_five_wrong_codes_one_waits(little_shop: Founded, phone: Phone, watch: Watch) -> None:
    """It says how long, and the right code is not looked at before then."""
    async with program(little_shop.home) as (app, pilot):
        await to_code(pilot)
        for _attempt in range(5):
            await enter(pilot, phone.wrong())
            assert said(app) == WRONG
        await enter(pilot, phone.code())
        assert said(app) == "Too many attempts failed. Try again in 5 minutes."
        assert at(app) is SecondFactorScreen
        await pilot.press("escape")
        watch.passes(4.5 * MINUTES)
        await enter(pilot, PASSWORD)
        await enter(pilot, phone.code())
        assert said(app) == "Too many attempts failed. Try again in 30 seconds."
        watch.passes(31)
        await enter(pilot, phone.code())
        assert at(app) is HomeScreen


async def test_nothing_is_looked_at_before_enter(little_shop: Founded, phone: Phone) -> None:
    """Six digits are the beginning of a recovery code, or have a wrong one among them; an empty field is not looked at, either."""
    async with program(little_shop.home) as (app, pilot):
        await to_code(pilot)
        await pilot.press(*phone.wrong())
        await settle(pilot)
        assert at(app) is SecondFactorScreen
        put(app, code="")
        await pilot.press("enter", "space", "enter")
        await settle(pilot)
        assert error(app, "code") == ""
        assert focused(app) == "code"
    assert failures() == 0


# ---- a phone whose clock is off


async def test_p5_two_codes_in_a_row_bring_a_phone_back_whose_clock_is_off(little_shop: Founded, phone: Phone, watch: Watch) -> None:
    """Ten minutes fast, its codes are refused; two of them sign in, and from then on one does again."""
    phone.ahead = 10 * MINUTES
    async with program(little_shop.home) as (app, pilot):
        await to_code(pilot)
        await enter(pilot, phone.code())
        assert said(app) == WRONG
        assert "ctrl+r Two codes in a row" in grid(app)
        await pilot.press("ctrl+r")
        await settle(pilot)
        assert list(form(app).values()) == ["code", "next"]
        assert focused(app) == "code"
        assert "not more than 20 minutes off" in " ".join(grid(app).split())
        first = phone.code()
        watch.passes(30)
        await enter(pilot, first, phone.code())
        assert at(app) is HomeScreen
        await pilot.press("q")
        await settle(pilot)
        watch.passes(30)
        await to_code(pilot)
        await enter(pilot, phone.code())
        assert at(app) is HomeScreen


@pytest.mark.parametrize(("ahead", "apart"), [(25 * MINUTES, 1), (10 * MINUTES, 2), (10 * MINUTES, -1)])
async def test_p5_other_pairs_of_codes_are_refused(little_shop: Founded, phone: Phone, ahead: float, apart: int) -> None:
    """From a phone that is further off, with one left out between, or in the wrong order."""
    phone.ahead = ahead
    async with program(little_shop.home) as (app, pilot):
        await to_code(pilot)
        await pilot.press("ctrl+r")
        await settle(pilot)
        await enter(pilot, phone.code(), phone.code(apart))
        assert said(app) == WRONG
        assert form(app).values() == {"code": "", "next": ""}
        assert focused(app) == "code"
        assert failures() == 1


@pytest.mark.parametrize(
    ("typed", "field", "why"),
    [
        (("12345", "123456"), "code", "Six digits; this has another form."),
        (("123456", "0" * 24), "next", "Six digits; this has another form."),
        (("123456", "123 456"), "next", "That is the same code: wait for the next one."),
    ],
)
async def test_p5_a_pair_that_cannot_be_one_costs_no_try(
    little_shop: Founded, phone: Phone, typed: tuple[str, str], field: str, why: str
) -> None:
    """Who is impatient types the same code twice."""
    async with program(little_shop.home) as (app, pilot):
        await to_code(pilot)
        await pilot.press("ctrl+r")
        await settle(pilot)
        await enter(pilot, *typed)
        assert error(app, field) == why
        assert focused(app) == field
    assert failures() == 0


async def test_esc_leads_from_two_codes_to_one_and_from_there_to_the_password(little_shop: Founded, phone: Phone) -> None:
    """The login is there still, the password is not; and the password alone leads to the code again."""
    async with program(little_shop.home) as (app, pilot):
        await to_code(pilot)
        await pilot.press("ctrl+r")
        await settle(pilot)
        assert "ctrl+r" not in grid(app)
        await pilot.press("escape")
        await settle(pilot)
        assert list(form(app).values()) == ["code"]
        await pilot.press("escape")
        await settle(pilot)
        assert at(app) is SignInScreen
        assert form(app).values() == {"login": "owner", "password": ""}
        assert focused(app) == "password"
        assert said(app) == ""
        await enter(pilot, PASSWORD, phone.code())
        assert at(app) is HomeScreen


# ---- recovery codes


@pytest.mark.parametrize("as_typed", ["as shown", "small", "bare", "full width"])
async def test_p8_a_recovery_code_stands_in_for_the_phone_once(little_shop: Founded, codes: tuple[str, ...], as_typed: str) -> None:
    """In whatever case and grouping; it says how many are left, and the second time it is wrong."""
    code = codes[2]
    typed = {"as shown": code, "small": code.lower(), "bare": code.replace("-", ""), "full width": code.translate(FULL_WIDTH)}[as_typed]
    async with program(little_shop.home) as (app, pilot):
        await to_code(pilot)
        await paste(app, pilot, typed)
        await enter(pilot, "")
        assert at(app) is HomeScreen
        assert told(app) == ["7 recovery codes are left."]
        await pilot.press("q")
        await settle(pilot)
        await to_code(pilot)
        await enter(pilot, code)
        assert said(app) == WRONG


async def test_p8_at_two_left_it_says_to_make_new_ones(little_shop: Founded, codes: tuple[str, ...]) -> None:
    """From there on, each time that one is used, down to none."""
    heard = []
    async with program(little_shop.home) as (app, pilot):
        for code in codes:
            await to_code(pilot)
            await enter(pilot, code)
            heard += told(app)[-1:]
            await pilot.press("q")
            await settle(pilot)
    assert heard[4:] == [
        "3 recovery codes are left.",
        "2 recovery codes are left. Make new ones soon.",
        "1 recovery code is left. Make new ones soon.",
        "0 recovery codes are left. Make new ones soon.",
    ]


async def test_p8_recovery_codes_share_the_wait_of_the_phones(little_shop: Founded, phone: Phone, codes: tuple[str, ...]) -> None:
    """Whoever got five codes of the phone wrong guesses no recovery code meanwhile, not even a right one."""
    async with program(little_shop.home) as (app, pilot):
        await to_code(pilot)
        for _attempt in range(5):
            await enter(pilot, phone.wrong())
        await enter(pilot, codes[0])
        assert said(app).startswith("Too many attempts failed.")
    assert queries.own(little_shop.owner).recovery_left == 8


# ---- after a reset


async def test_p9_after_a_reset_the_code_that_was_handed_over_is_asked_for(little_shop: Founded, watch: Watch) -> None:
    """In other words, without the offer of two codes in a row; a code of the old phone is not even in its form."""
    old = enrol(little_shop.person("mei", name="Han Mei"))
    handed = security.reset(little_shop.owner, little_shop.id_of("mei"), totp=True).code
    watch.passes(30)
    async with program(little_shop.home) as (app, pilot):
        await to_code(pilot, "mei")
        shown = " ".join(grid(app).split())
        assert "The phone codes of mei were reset. Type the reset code that you were handed." in shown
        assert "ctrl+r" not in shown
        await pilot.press("ctrl+r")
        await enter(pilot, old.code())
        assert error(app, "code").startswith("A code has 24 letters and digits")
        assert failures() == 0
        await pilot.press(*["backspace"] * 6)
        await enter(pilot, "0" * 24)
        assert said(app) == WRONG
        await enter(pilot, handed.lower())
        assert at(app) is HomeScreen


async def test_p9_a_new_password_is_not_enough_where_there_is_a_phone(little_shop: Founded, watch: Watch) -> None:
    """After a reset of the password alone the code sets a new one, and then the phone is asked for as ever."""
    phone = enrol(little_shop.person("mei", name="Han Mei"))
    handed = security.reset(little_shop.owner, little_shop.id_of("mei"), password=True).code
    watch.passes(30)
    async with program(little_shop.home) as (app, pilot):
        await pilot.press(*"mei", "ctrl+n")
        await settle(pilot)
        assert at(app) is ActivateScreen
        await enter(pilot, handed, NEW, NEW)
        assert at(app) is SecondFactorScreen
        assert app.actor is None
        await enter(pilot, phone.code())
        assert at(app) is HomeScreen


async def test_p9_where_somebody_may_not_come_in_the_new_password_counts_all_the_same(little_shop: Founded) -> None:
    """Whoever activates from the wrong place is told both: the code is used, so it need not be typed again."""
    little_shop.person("mei", name="Han Mei")
    handed = security.reset(little_shop.owner, little_shop.id_of("mei"), password=True).code
    security.limit(little_shop.owner, little_shop.id_of("mei"), addresses="198.51.100.0/24", hours="")
    async with program(little_shop.home, connection="203.0.113.7 51000 192.0.2.1 22") as (app, pilot):
        await pilot.press(*"mei", "ctrl+n")
        await settle(pilot)
        await enter(pilot, handed, NEW, NEW)
        assert at(app) is SignInScreen
        assert said(app) == "Your password is set. You may not sign in from this address. Ask the owner."
    digest = Credential.get(Credential.staff == little_shop.id_of("mei")).password
    assert passwords.verify(digest, NEW)


# ---- what else may be in the way


async def test_d8_where_the_clock_is_wrong_it_says_why_and_recovery_codes_work(
    little_shop: Founded, phone: Phone, codes: tuple[str, ...], watch: Watch
) -> None:
    """At once, before a code is typed that cannot be judged; and again when one is."""
    watch.passes(-3600)
    async with program(little_shop.home) as (app, pilot):
        await to_code(pilot)
        assert said(app).startswith("The machine's clock is wrong: it shows ")
        assert "recovery codes work" in said(app)
        await pilot.press("1")
        assert said(app) == ""
        await pilot.press("backspace")
        await enter(pilot, phone.code())
        assert said(app).startswith("The machine's clock is wrong: it shows ")
        assert focused(app) == "code"
        await enter(pilot, codes[0])
        assert at(app) is HomeScreen


@pytest.mark.parametrize("why", ["address", "hours", "device"])
async def test_p13_what_the_owner_has_against_it_is_told_after_the_code(little_shop: Founded, watch: Watch, why: str) -> None:
    """Not after the password: whoever has that alone learns nothing of it. There is nothing to type then, so it is told at the door."""
    phone = enrol(little_shop.person("mei", name="Han Mei"))
    staff_id = little_shop.id_of("mei")
    if why == "device":
        policy.edit(little_shop.owner, 1, queries.policy().policy._replace(device_required=True))
    else:
        today = clock.minute(watch.now, "Asia/Shanghai")[11:13]
        other = "00:00-01:00" if today != "00" else "02:00-03:00"
        addresses, hours = ("198.51.100.0/24", "") if why == "address" else ("", f"mon-sun {other}")
        security.limit(little_shop.owner, staff_id, addresses=addresses, hours=hours)
    watch.passes(30)
    told_ = {
        "address": "You may not sign in from this address. Ask the owner.",
        "hours": "You may not sign in at this hour. Ask the owner.",
        "device": "This shop is entered over SSH, with a device key of your own. Ask the owner.",
    }
    async with program(little_shop.home, connection="203.0.113.7 51000 192.0.2.1 22") as (app, pilot):
        await to_code(pilot, "mei")
        assert at(app) is SecondFactorScreen
        await enter(pilot, phone.wrong())
        assert said(app) == WRONG
        await enter(pilot, phone.code())
        assert at(app) is SignInScreen
        assert said(app) == told_[why]
        assert focused(app) == "password"


async def test_after_five_minutes_the_password_is_asked_for_again(little_shop: Founded, phone: Phone, watch: Watch) -> None:
    """Whoever walked away with the password typed leaves nobody half a sign-in; it counts as no failure."""
    async with program(little_shop.home) as (app, pilot):
        await to_code(pilot)
        watch.passes(5 * MINUTES + 1)
        await enter(pilot, phone.code())
        assert at(app) is SignInScreen
        assert said(app) == "That took longer than 5 minutes. Type your password again."
        assert focused(app) == "password"
        await enter(pilot, PASSWORD)
        await enter(pilot, phone.code())
        assert at(app) is HomeScreen
    assert failures() == 0


async def test_it_closes_by_itself_when_nobody_types(little_shop: Founded, phone: Phone, monkeypatch: pytest.MonkeyPatch) -> None:
    """The timer is the wall's; half a second stands for five minutes."""
    monkeypatch.setattr(sessions, "PATIENCE", 500_000)
    async with program(little_shop.home) as (app, pilot):
        await to_code(pilot)
        await pilot.pause(0.7)
        await settle(pilot)
        assert at(app) is SignInScreen
        assert said(app).endswith("Type your password again.")


@pytest.mark.parametrize("what", ["password", "status"])
async def test_what_changed_meanwhile_counts(little_shop: Founded, watch: Watch, what: str) -> None:
    """A password that was changed, or an account that was frozen, while the phone was looked for: back to the door, one sentence."""
    phone = enrol(little_shop.person("mei", name="Han Mei"))
    watch.passes(30)
    async with program(little_shop.home) as (app, pilot):
        await to_code(pilot, "mei")
        if what == "password":
            Credential.update(password=passwords.digest(NEW)).where(Credential.staff == little_shop.id_of("mei")).execute()
        else:
            Staff.update(status="frozen").where(Staff.login == "mei").execute()
        await enter(pilot, phone.code())
        assert at(app) is SignInScreen
        assert said(app) == "Login and password do not match, or this account may not sign in."
    assert app.actor is None


async def test_the_password_is_not_kept_while_the_code_is_waited_for(little_shop: Founded, phone: Phone) -> None:
    """Nothing that the program holds refers to it: no field, no answer that is waited for, no error with its frames."""
    secret = Secret()
    Credential.update(password=passwords.digest(str(secret.text))).execute()
    async with program(little_shop.home) as (app, pilot):
        await pilot.press(*"owner", "enter", *secret.given_away())
        assert secret.is_held()  # in its field
        await pilot.press("enter")
        await settle(pilot)
        assert at(app) is SecondFactorScreen
        assert not secret.is_held()


async def test_a_locked_shop_loses_nothing_that_was_typed(little_shop: Founded, phone: Phone, monkeypatch: pytest.MonkeyPatch) -> None:
    """The code was not wrong, so it need not be typed again."""

    def locked(*_arguments: Any, **_where: Any) -> Actor:
        raise ShopLocked

    async with program(little_shop.home) as (app, pilot):
        await to_code(pilot)
        code = phone.code()
        with monkeypatch.context() as patched:
            patched.setattr(sessions, "second_factor", locked)
            await enter(pilot, code)
            assert "try again in a moment" in said(app)
            assert form(app).text("code") == code
        await enter(pilot, "")
        assert at(app) is HomeScreen


async def test_while_a_code_is_looked_at_nothing_else_begins(little_shop: Founded, phone: Phone, monkeypatch: pytest.MonkeyPatch) -> None:
    """Enter again, esc, two codes: each waits, so that no session begins behind a screen that is gone. What is typed meanwhile stays."""
    go_on, asked = threading.Event(), []

    def slow(_stranger: Actor, _proved: object, code: str, **_where: Any) -> Actor:
        asked.append(code)
        assert go_on.wait(20)
        raise WrongProof

    monkeypatch.setattr(sessions, "second_factor", slow)
    async with program(little_shop.home) as (app, pilot):
        await to_code(pilot)
        await pilot.press(*"111111", "enter")
        assert said(app) == "Signing in …"
        await pilot.press(*"222222", "enter", "escape", "ctrl+r")
        app.screen.query_one("#enter", Press).action_press()
        await pilot.pause()
        go_on.set()
        await settle(pilot)
        assert at(app) is SecondFactorScreen
        assert asked == ["111111"]
        assert form(app).values() == {"code": "222222"}
        assert said(app) == WRONG


@pytest.mark.parametrize("size", [*SIZES, (60, 20)], ids=str)
@pytest.mark.parametrize("spoken", LANGUAGES)
@pytest.mark.parametrize("which", ["one", "two", "reset"])
async def test_how_it_looks(little_shop: Founded, snapshot: SnapshotAssertion, size: tuple[int, int], spoken: str, which: str) -> None:
    """After a wrong code; two codes in a row with one that has another form; after a reset."""
    at_noon(little_shop, language=spoken)
    fix_key(little_shop.home)
    if which == "reset":
        Totp.insert(staff=1, barred=True).execute()
    else:
        enrol(little_shop.owner)
    async with program(little_shop.home, size=size) as (app, pilot):
        await to_code(pilot)
        if which == "one":
            await enter(pilot, "000000")
        elif which == "two":
            await pilot.press("ctrl+r")
            await settle(pilot)
            await enter(pilot, "123456", "12345")
        assert grid(app) == snapshot
