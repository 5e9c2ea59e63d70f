"""One's own security, by keyboard."""

from __future__ import annotations

from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from models import clock, db
from models.actor import Actor
from models.clock import MINUTE
from models.errors import SessionEnded, SignInRefused
from models.operations import policy, security as operations, sessions, staff
from models.operations._journal import Entry, Thing, write
from models.queries import activity, security
from models.rules.policy import Policy
from models.tables import RecoveryCode, Totp
from screens.dialogs.confirm import Confirm
from screens.dialogs.tell import Tell
from screens.enrol_totp import EnrolTotpScreen
from screens.my_access import MyAccessScreen
from screens.my_security import MySecurityScreen
from screens.my_security_password import ChangePasswordScreen
from screens.my_security_sign_ins import SignInsScreen
from screens.recovery_codes import RecoveryCodesScreen
from screens.sign_in import SignInScreen
from screens.widgets.fact_list import FactList
from screens.widgets.list_view import ListView
from screens.widgets.new_password import NewPassword
from tests import hostile
from tests.factories import PASSWORD, STRANGER, Founded, signed_in
from tests.models.doors import come_in, enrol, recovery_codes
from tests.screens.look import LANGUAGES, SIZES, grid, segments, settle
from tests.screens.program import DAY, HOUR, NOON, Program, at_noon, error, focused, program, put, until
from tui.app import ShopstaffApp

NEW = "paper kite over barley 4"
AFAR = Actor.stranger("203.0.113.9")


def front(app: ShopstaffApp) -> type[Any]:
    """The class of the screen in front, asked for anew each time."""
    return type(app.screen)


def facts(app: ShopstaffApp) -> FactList:
    """What one is told."""
    return app.screen.query_one(FactList)


def said(app: ShopstaffApp, key: str) -> str:
    """What is said about something; "" where nothing is."""
    fact = facts(app).fact_of(key)
    return " ".join(fact.said) if fact is not None else ""


def told(app: ShopstaffApp) -> list[str]:
    """What was said in passing, oldest first."""
    return [notification.message for notification in app._notifications]


async def press(at: Program, *keys: str) -> None:
    """Keys one after the other, each given its time."""
    _app, pilot = at
    for key in keys:
        await pilot.press(key)
        await settle(pilot)


async def come(at: Program) -> ShopstaffApp:
    """By keyboard to one's own security."""
    app, _pilot = at
    await press(at, "9", "s")
    assert front(app) is MySecurityScreen
    return app


def refused_from_afar(login: str = "alice", times: int = 1) -> None:
    """Somebody tries wrong passwords."""
    for _time in range(times):
        with pytest.raises(SignInRefused):
            sessions.sign_in(AFAR, login, "not this one")


@pytest.mark.parametrize("who", ["staff", "manager", "owner"])
async def test_everybody_has_it(little_shop: Founded, who: str) -> None:
    """From one's own section by `s`, or by its name in the palette; esc goes back."""
    gave = {"staff": ["customer_service"], "manager": ["manager"]}
    actor = little_shop.owner if who == "owner" else little_shop.person("alice", gave=gave[who])
    async with program(little_shop.home, actor=actor) as at:
        app = await come(at)
        assert [fact.key for fact in facts(app).facts if not fact.heading][:3] == ["password", "totp", "recovery"]
        await press(at, "escape")
        assert front(app) is MyAccessScreen
        await press(at, "colon", *"my security", "enter")
        assert front(app) is MySecurityScreen


async def test_what_protects_the_account_is_told(little_shop: Founded) -> None:
    """Before and after it is set up; limits only where the owner set any."""
    at_noon(little_shop)
    alice = little_shop.person("alice")
    async with program(little_shop.home, actor=alice) as at:
        app = await come(at)
        assert said(app, "password") == "set 2026-11-22 12:00 (just now)"
        assert said(app, "totp") == "off: whoever knows your password can sign in as you"
        assert said(app, "limits") == ""
        enrol(alice)
        recovery_codes(alice)
        operations.limit(little_shop.owner, alice.staff_id or 0, addresses="10.0.0.0/8", hours="mon-fri 09:00-18:00")
        await press(at, "escape", "s")
        assert said(app, "totp") == "on since 2026-11-22 12:00 (just now)"
        assert said(app, "recovery") == "8 of 8 left"
        assert said(app, "limits").startswith("only from 10.0.0.0/8 only at these hours: Mon–Fri 09:00–18:00 The owner set this.")


async def test_whether_the_shop_asks_for_one_time_codes_is_told(little_shop: Founded) -> None:
    """By the policy, and by what one may do."""
    async with program(little_shop.home, actor=little_shop.owner) as at:
        app = await come(at)
        assert said(app, "totp").endswith("The shop asks you for them.")


@pytest.mark.parametrize(
    ("left", "words", "warns"),
    [
        (3, "3 of 8 left", False),
        (2, "2 of 8 left: make new ones before you need them", True),
        (1, "1 of 8 left: make new ones before you need them", True),
        (0, "none: without your phone you could not sign in", True),
    ],
)
async def test_p8_it_is_said_when_recovery_codes_run_out(little_shop: Founded, left: int, words: str, warns: bool) -> None:
    """From two left on, each used once; in one's own section too, and with the way to new ones."""
    alice = little_shop.person("alice")
    enrol(alice)
    for code in recovery_codes(alice)[left:]:
        sessions.sign_out(come_in("alice", code))
    async with program(little_shop.home, actor=alice) as at:
        app, pilot = at
        await press(at, "9")
        assert said(app, "recovery") == words
        await press(at, "s")
        assert said(app, "recovery") == words
        fact = facts(app).fact_of("recovery")
        assert fact is not None
        assert (str(fact.mark) == "✗") == warns
        assert facts(app).select("recovery")
        await settle(pilot)
        assert "enter Make new ones" in grid(app)
        await press(at, "r")
        assert front(app) is RecoveryCodesScreen


async def test_without_one_time_codes_there_is_nothing_to_recover(little_shop: Founded) -> None:
    """So new codes are not offered, and the line says what they come with."""
    alice = little_shop.person("alice")
    async with program(little_shop.home, actor=alice) as at:
        app = await come(at)
        await press(at, "r")
        assert front(app) is MySecurityScreen
        assert said(app, "recovery") == "made when you turn on phone codes; they stand in for a lost phone"


# ---- phone codes


async def test_one_time_codes_are_set_up_and_turned_off_again(little_shop: Founded) -> None:
    """`t` leads to the phone; `o` asks first, and only then is there no second factor."""
    alice = little_shop.person("alice")
    async with program(little_shop.home, actor=alice) as at:
        app = await come(at)
        assert "o Turn off" not in grid(app)
        assert facts(app).select("totp")
        await press(at, "enter")
        assert front(app) is EnrolTotpScreen
        await press(at, "escape")
        enrol(alice)
        recovery_codes(alice)
        await press(at, "escape", "s", "o")
        assert front(app) is Confirm
        assert "recovery codes go with them" in grid(app).replace("│", " ")
        await press(at, "escape")
        assert security.own(alice).totp_since is not None
        await press(at, "o", "y")
        assert security.own(alice).totp_since is None
        assert said(app, "totp").startswith("off")
        assert "o Turn off" not in grid(app)


async def test_where_the_shop_asks_for_them_they_stay_on(little_shop: Founded) -> None:
    """It is not offered; and where the policy changed under somebody's eyes, the refusal says why."""
    alice = little_shop.person("alice")
    enrol(alice)
    async with program(little_shop.home, actor=alice) as at:
        app = await come(at)
        await press(at, "o")
        assert front(app) is Confirm
        policy.edit(little_shop.owner, security.policy().version, Policy(totp="everyone"))
        await press(at, "y")
        assert told(app)[-1] == "The shop asks you for phone codes, so they stay on."
        assert "o Turn off" not in grid(app)
        assert said(app, "totp").endswith("The shop asks you for them.")


async def test_the_owner_may_do_without_them(little_shop: Founded) -> None:
    """Though the policy asks; of the owner it is not demanded."""
    enrol(little_shop.owner)
    async with program(little_shop.home, actor=little_shop.owner) as at:
        app = await come(at)
        await press(at, "o", "y")
        assert security.own(little_shop.owner).totp_since is None
        assert told(app)[-1] == "Phone codes are off."


# ---- sessions


async def test_p10_own_sessions_are_told_and_ended(little_shop: Founded) -> None:
    """This one first and without a way to end it; another one after a question, and at once."""
    at_noon(little_shop)
    alice = little_shop.person("alice")
    other = signed_in("alice", "203.0.113.9", ages=True)
    db.database.execute_sql("UPDATE session SET terminal = 'pts/3', started_at = ?, seen_at = ?", (NOON - HOUR, NOON - 5 * MINUTE))
    async with program(little_shop.home, actor=alice) as at:
        app = await come(at)
        assert said(app, f"session:{alice.session_id}") == "this session · at the machine itself · pts/3"
        assert said(app, f"session:{other.session_id}") == "from 203.0.113.9 · pts/3 · last key 5 minutes ago"
        assert facts(app).select(f"session:{alice.session_id}")
        await press(at, "x", "enter")
        assert front(app) is MySecurityScreen
        for key in ("x", "enter"):
            assert facts(app).select(f"session:{other.session_id}")
            await press(at, key)
            assert front(app) is Confirm
            await press(at, "enter")
            assert front(app) is MySecurityScreen, "Cancel has the focus"
        activity.held(other)
        await press(at, "x", "y")
        with pytest.raises(SessionEnded):
            activity.held(other)
        assert said(app, f"session:{other.session_id}") == ""
        assert front(app) is MySecurityScreen
    assert little_shop.log("session.end")[0] == ("alice", "session.end", "alice")


async def test_p10_all_other_sessions_are_ended_at_once(little_shop: Founded) -> None:
    """After a question that says which; where there is no other, it is not offered."""
    alice = little_shop.person("alice")
    others = [signed_in("alice", f"203.0.113.{number}") for number in (7, 8)]
    async with program(little_shop.home, actor=alice) as at:
        app = await come(at)
        await press(at, "a")
        shown = grid(app)
        assert "End your 2 other sessions?" in shown
        assert "from 203.0.113.7" in shown
        assert "from 203.0.113.8" in shown
        await press(at, "y")
        assert told(app)[-1] == "2 sessions have ended."
        assert "a End other sessions" not in grid(app)
    for other in others:
        with pytest.raises(SessionEnded):
            activity.held(other)


async def test_a_session_that_ended_meanwhile_is_told_as_such(little_shop: Founded) -> None:
    """And is gone from the list."""
    alice = little_shop.person("alice")
    other = signed_in("alice")
    async with program(little_shop.home, actor=alice) as at:
        app = await come(at)
        assert facts(app).select(f"session:{other.session_id}")
        await press(at, "x")
        sessions.sign_out(other)
        await press(at, "y")
        assert told(app)[-1] == "That session has ended already."
        assert said(app, f"session:{other.session_id}") == ""


async def test_a_session_that_was_ended_leads_to_the_door(little_shop: Founded) -> None:
    """Whatever one presses next."""
    alice = little_shop.person("alice")
    async with program(little_shop.home, actor=alice) as at:
        app = await come(at)
        staff.freeze(little_shop.owner, alice.staff_id or 0)
        await press(at, "h")
        assert front(app) is SignInScreen


# ---- the password


async def change(at: Program, old: str = PASSWORD, new: str = NEW, again: str = "") -> ShopstaffApp:
    """Fill the form by keyboard."""
    app, pilot = at
    await press(at, "p")
    assert front(app) is ChangePasswordScreen
    await pilot.press(*old, "enter", *new, "enter", *(again or new), "enter")
    await settle(pilot)
    return app


async def test_the_password_is_changed(little_shop: Founded) -> None:
    """by keyboard alone; the other sessions are ended, and that is said; the new one signs in."""
    alice = little_shop.person("alice")
    other = signed_in("alice")
    async with program(little_shop.home, actor=alice) as at:
        app = await come(at)
        await change(at)
        assert front(app) is MySecurityScreen
        assert told(app) == ["Your password is changed. Your other session was ended."]
        assert said(app, f"session:{other.session_id}") == ""
    sessions.sign_in(STRANGER, "alice", NEW)
    with pytest.raises(SessionEnded):
        activity.held(other)


@pytest.mark.parametrize(
    ("typed", "field", "words"),
    [
        ({"old": "not this one"}, "old", "That is not your password."),
        ({"old": ""}, "old", "Type the password that you signed in with."),
        ({"again": "another one altogether"}, "again", "The two are not the same."),
        ({"new": "short", "again": "short"}, "password", "At least 14 characters."),
        ({"new": "twelve.chars.", "again": "twelve.chars."}, "password", "At least 14 characters."),
        ({"new": "alicealicealice", "again": "alicealicealice"}, "password", "The names of people and of the shop are guessed first."),
        ({"new": PASSWORD, "again": PASSWORD}, "password", "That is your password already."),
        ({"new": "长" * 129, "again": "长" * 129}, "password", "At most 128 characters."),
    ],
)
async def test_what_is_wrong_is_said_beside_its_field(little_shop: Founded, typed: dict[str, str], field: str, words: str) -> None:
    """Nothing is changed, and what was typed is still there."""
    alice = little_shop.person("alice")
    policy.edit(little_shop.owner, security.policy().version, Policy(password_length=14))
    values = {"old": PASSWORD, "new": NEW, "again": NEW} | typed
    async with program(little_shop.home, actor=alice) as at:
        app, pilot = at
        await come(at)
        await press(at, "p")
        put(app, old=values["old"], password=values["new"], again=values["again"])
        await pilot.press("ctrl+s")
        await settle(pilot)
        assert error(app, field) == words
        assert focused(app) == field
        await press(at, "escape")
        assert front(app) is Confirm, "what was typed is not lost unasked"
        await press(at, "y")
        assert front(app) is MySecurityScreen
    assert little_shop.log("security.password") == []


async def test_p4_too_many_wrong_ones_lock_it_and_how_long_is_said(little_shop: Founded) -> None:
    """Beside the field; the right one has to wait, too."""
    alice = little_shop.person("alice")
    async with program(little_shop.home, actor=alice) as at:
        app, pilot = at
        await come(at)
        await press(at, "p")
        for _time in range(5):
            put(app, old="not this one", password=NEW, again=NEW)
            await pilot.press("ctrl+s")
            await settle(pilot)
        put(app, old=PASSWORD)
        await pilot.press("ctrl+s")
        await settle(pilot)
        assert error(app, "old").startswith("Too many attempts failed. Try again in ")
        assert front(app) is ChangePasswordScreen


async def test_the_meter_knows_what_a_colleague_knows_and_what_the_shop_asks(little_shop: Founded) -> None:
    """Before anything is sent: how many characters, and that the shop's name, in pinyin, is none to build on."""
    alice = little_shop.person("alice")
    db.database.execute_sql("UPDATE shop SET name = '金牌小店'")
    policy.edit(little_shop.owner, security.policy().version, Policy(password_length=14))
    async with program(little_shop.home, actor=alice) as at:
        app, pilot = at
        await come(at)
        await press(at, "p")
        password = app.screen.query_one(NewPassword)
        assert password.hint.startswith("At least 14 characters")
        password.focus_control()
        await pilot.press(*"jinpaixiaodian")
        await until(pilot, lambda: "■" in password.hint or "□" in password.hint)
        assert "guessed first" in password.hint
        password.value = NEW
        await until(pilot, lambda: "good" in password.hint.lower())


async def test_p11_where_there_is_a_phone_it_is_asked_for(little_shop: Founded) -> None:
    """The last proof is too long ago: the code is asked for, and the change goes on from where it was."""
    little_shop.person("alice")
    alice = signed_in("alice", ages=True)
    phone = enrol(alice)
    stale(alice)
    async with program(little_shop.home, actor=alice) as at:
        app, pilot = at
        await come(at)
        await change(at)
        assert "Prove once more that it is you" in grid(app)
        await pilot.press(*phone.code(1), "enter")
        await until(pilot, lambda: front(app) is MySecurityScreen)
        assert told(app)[-1].startswith("Your password is changed.")
    assert len(little_shop.log("security.password")) == 1


async def test_p11_without_a_phone_nobody_types_their_password_twice(little_shop: Founded) -> None:
    """It stands in the form already."""
    little_shop.person("alice")
    alice = signed_in("alice", ages=True)
    stale(alice)
    async with program(little_shop.home, actor=alice) as at:
        app = await come(at)
        await change(at)
        assert front(app) is MySecurityScreen
        assert told(app)[-1].startswith("Your password is changed.")


def stale(actor: Actor) -> None:
    """The last proof is six minutes ago."""
    db.database.execute_sql("UPDATE session SET proved_at = ? WHERE id = ?", (clock.now() - 6 * MINUTE, actor.session_id))


# ---- sign-ins


def fill(actor: Actor, number: int) -> None:
    """So many sign-ins in the log."""
    me = Thing("staff", actor.staff_id, actor.name)
    with db.transaction():
        write(actor, clock.now() - DAY, [Entry("session.start", me, {}, {"by": "totp"}) for _ in range(number)])


@pytest.mark.parametrize("number", [0, 1, 10_000])
async def test_all_sign_ins_can_be_paged_through(little_shop: Founded, number: int) -> None:
    """The newest first, to the very first; none, where there was none."""
    alice = little_shop.person("alice")
    fill(alice, number)
    async with program(little_shop.home, actor=alice) as at:
        app = await come(at)
        if not number:
            assert said(app, "none") == "What happens from now on is listed here."
        else:
            assert said(app, "history").startswith(f"{number} entr")
        await press(at, "h")
        assert front(app) is SignInsScreen
        rows = app.screen.query_one(ListView)
        assert rows.count == number
        assert ("No sign-in yet" in grid(app)) == (not number)
        if number:
            await press(at, "end")
            assert rows.cursor == number - 1
            await press(at, "pageup", "pagedown", "enter")
            assert front(app) is Tell
            assert "signed in: phone code" in grid(app)


async def test_what_failed_since_one_was_here_stands_out(little_shop: Founded) -> None:
    """Said in a sentence with what to do, and in another colour than what failed before; enter changes the password."""
    little_shop.person("alice")
    refused_from_afar()
    sessions.sign_in(STRANGER, "alice", PASSWORD)
    refused_from_afar(times=2)
    alice = sessions.sign_in(STRANGER, "alice", PASSWORD, terminal="tty1")
    async with program(little_shop.home, actor=alice, size=(120, 40)) as at:
        app = await come(at)
        assert said(app, "failed").startswith("2 attempts failed since you signed in on ")
        assert said(app, "failed").endswith("If that was not you, change your password.")
        await press(at, "h")
        marks = [segment.style for row in segments(app) for segment in row if segment.text.startswith("✗")]
        colours = [str(style.color) for style in marks if style is not None]
        assert len(colours) == 4, "the sentence, two new ones, an old one"
        assert colours[0] == colours[1] == colours[2] != colours[3]
        assert "wrong password" in grid(app)
        assert "203.0.113.9" in grid(app)
        await press(at, "escape")
        assert facts(app).select("failed")
        await press(at, "enter")
        assert front(app) is ChangePasswordScreen


async def test_what_stands_in_an_entry_and_the_session_is_shown_harmlessly(little_shop: Founded) -> None:
    """The terminal's name comes from outside, and so does the address."""
    alice = little_shop.person("alice")
    fill(alice, 1)
    async with program(little_shop.home, actor=alice, size=(150, 40)) as at:
        app, pilot = at
        for what, text in hostile.A_FEW.items():
            kept = text.encode("utf-8", "replace").decode()
            db.database.execute_sql("UPDATE session SET terminal = ?, address = ?1, device = ?1", (kept,))
            await come(at)
            shown = grid(app)
            assert all(line.isprintable() for line in shown.splitlines()), what
            await press(at, "h", "enter")
            assert all(line.isprintable() for line in grid(app).splitlines()), what
            await press(at, "escape", "escape", "escape")
            await pilot.pause()


# ---- how it looks


async def furnish(shop: Founded, spoken: str) -> Actor:
    """Somebody with everything: a phone, few recovery codes, limits, three sessions, failures."""
    at_noon(shop, language=spoken)
    alice = shop.person("alice", name="Alice Wang 王爱丽", post="service", gave=["service_lead"])
    Totp.insert(staff=alice.staff_id, generation=1, active=1, since=NOON - 30 * DAY).execute()
    made = [(alice.staff_id, bytes([number]) * 32, 1, 1) for number in range(2)]
    RecoveryCode.insert_many(made, ("staff", "digest", "created_at", "kept_at")).execute()
    operations.limit(shop.owner, alice.staff_id or 0, addresses="203.0.113.0/24, 2001:db8::/48", hours="mon-fri 09:00-18:00")
    me = Thing("staff", alice.staff_id, "alice")
    earlier, here = (signed_in("alice", address, ages=True) for address in ("203.0.113.9", ""))
    with db.transaction():
        write(earlier, NOON - 3 * HOUR, [Entry("session.start", me, {}, {"by": "totp"})])
        write(
            Actor.stranger("2001:db8:85a3:8d3:1319:8a2e:370:7348"), NOON - HOUR, [Entry("session.refuse", me, {}, {"because": "password"})]
        )
        write(earlier, NOON - HOUR, [Entry("session.prove.refuse", me, {}, {"because": "second factor"})])
        write(here, NOON, [Entry("session.start", me, {}, {"by": "recovery"})])
    db.database.execute_sql(
        "UPDATE session SET started_at = ?, seen_at = ?1, terminal = 'pts/3' WHERE id = ?", (NOON - 3 * HOUR, earlier.session_id)
    )
    db.database.execute_sql("UPDATE session SET terminal = 'tty1' WHERE id = ?", (here.session_id,))
    sessions.sign_out(alice)
    return here


@pytest.mark.parametrize("size", [*SIZES, (60, 20)], ids=str)
@pytest.mark.parametrize("spoken", LANGUAGES)
async def test_how_it_looks(little_shop: Founded, snapshot: SnapshotAssertion, size: tuple[int, int], spoken: str) -> None:
    """The screen, all sign-ins, one of them, and the form for the password."""
    here = await furnish(little_shop, spoken)
    async with program(little_shop.home, actor=here, size=size) as at:
        app = await come(at)
        assert grid(app) == snapshot
        await press(at, "h")
        assert grid(app) == snapshot
        await press(at, "down", "enter")
        assert grid(app) == snapshot
        await press(at, "escape", "escape", "p")
        assert grid(app) == snapshot


@pytest.mark.parametrize("spoken", LANGUAGES)
async def test_how_it_looks_at_first(little_shop: Founded, snapshot: SnapshotAssertion, spoken: str) -> None:
    """Somebody who has nothing but a password, and signs in for the first time."""
    at_noon(little_shop, language=spoken)
    alice = little_shop.person("alice", post="service", gave=["customer_service"])
    async with program(little_shop.home, actor=alice) as at:
        app = await come(at)
        assert grid(app) == snapshot
