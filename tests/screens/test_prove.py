"""Proof given once more: asked for wherever it is due, by one dialog, and what it was for goes on by itself."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final

import pytest
from syrupy.assertion import SnapshotAssertion
from textual.pilot import Pilot

from models import clock, db
from models.actor import Actor
from models.operations import staff
from models.queries import standing
from models.tables import Session, Staff
from screens.access_change import AccessPreviewScreen
from screens.dialogs.ask import Ask
from screens.dialogs.prove import Prove
from screens.hand_over import HandOverScreen
from screens.import_staff_check import ImportedScreen
from screens.lock import LockScreen
from screens.onboard import OnboardScreen
from screens.role_detail import RoleDetailScreen
from screens.sign_in import SignInScreen
from screens.staff_detail import StaffDetailScreen
from tests.factories import PASSWORD, Founded, signed_in
from tests.models.doors import Watch, enrol, recovery_codes
from tests.rosters import csv_of
from tests.screens.door import said, told
from tests.screens.look import LANGUAGES, SIZES, grid, settle
from tests.screens.program import NOON, at_noon, form, program, until
from tui.app import ShopstaffApp

HOUR: Final = 3600
MINUTE: Final = 60
ALICE: Final = ("4", "/", "=alice", "enter", "enter")


async def press(pilot: Pilot[int], *keys: str) -> None:
    """Keys one after the other; what begins with `=` is typed."""
    for key in keys:
        for each in key[1:] if key.startswith("=") else [key]:
            await pilot.press({" ": "space", "/": "slash"}.get(each, each))
        await settle(pilot)


def stale(actor: Actor) -> Actor:
    """Somebody whose last proof is an hour old, in a session like any other."""
    fresh = signed_in(actor.name, ages=True)
    Session.update(proved_at=clock.now() - HOUR * clock.SECOND).where(Session.id == fresh.session_id).execute()
    return fresh


async def to_freezing(app: ShopstaffApp, pilot: Pilot[int]) -> None:
    """Freeze alice, as far as it goes without proof."""
    await press(pilot, *ALICE, "z", "y")
    await until(pilot, lambda: isinstance(app.screen, Prove))


def status_of(login: str) -> str:
    """How somebody stands."""
    return str(Staff.get(Staff.login == login).status)


async def freeze(pilot: Pilot[int]) -> None:
    """From the person's own screen."""
    await press(pilot, *ALICE, "z", "y")


async def leave(pilot: Pilot[int]) -> None:
    """Likewise."""
    await press(pilot, *ALICE, "l", "ctrl+s", "y")


async def give(pilot: Pilot[int]) -> None:
    """Through ticks and the preview of what they mean."""
    await press(pilot, *ALICE, "a", "space", "enter", "end", "y")


async def name_a_role(pilot: Pilot[int]) -> None:
    """Through a dialog that asks for the name."""
    await press(pilot, "3", "n", "=Photos", "enter")


async def renew(pilot: Pilot[int]) -> None:
    """A new code."""
    await press(pilot, "4", "/", "=dave", "enter", "enter", "c", "y")


async def onboard(pilot: Pilot[int]) -> None:
    """Through the whole wizard."""
    await press(pilot, "4", "n", "=carol", "enter", "=Carol", "ctrl+s", "ctrl+s", "space", "enter", "end", "y")


async def import_many(pilot: Pilot[int]) -> None:
    """Behind a bar that shows how far it is."""
    await press(pilot, "4", "i", "enter", "i")
    await pilot.press("y")


@pytest.mark.parametrize(
    ("act", "action"),
    [
        (freeze, "staff.freeze"),
        (leave, "staff.leave"),
        (give, "staff.post"),
        (name_a_role, "role.add"),
        (renew, "staff.code"),
        (onboard, "staff.onboard"),
        (import_many, "staff.onboard"),
    ],
)
async def test_p11_proof_is_asked_for_wherever_access_or_security_changes(
    little_shop: Founded, act: Callable[[Pilot[int]], Awaitable[None]], action: str
) -> None:
    """Nothing is done before it; given, what was asked for is done without being asked for again, and the next thing needs no proof."""
    little_shop.person("alice")
    little_shop.person("dave", status="invited")
    (little_shop.home / "inbox" / "people.csv").write_bytes(csv_of({}, {}))
    owner = stale(little_shop.owner)
    before = little_shop.log()
    async with program(little_shop.home, actor=owner) as (app, pilot):
        await act(pilot)
        await until(pilot, lambda: isinstance(app.screen, Prove))
        assert little_shop.log()[len(before) :] == []
        await press(pilot, f"={PASSWORD}", "enter")
        await until(pilot, lambda: not isinstance(app.screen, Prove))
        await until(pilot, lambda: len(little_shop.log()) > len(before) + 1)
        done = [name for _by, name, _whom in little_shop.log()[len(before) :]]
        assert done[0] == "session.prove"
        assert action in done, done
        await settle(pilot)
        assert standing.of(owner).proved_until > clock.now()


async def test_p11_fresh_proof_is_not_asked_for_again(little_shop: Founded, watch: Watch) -> None:
    """Within five minutes of the last; after them it is."""
    little_shop.person("alice")
    owner = signed_in("owner", ages=True)
    async with program(little_shop.home, actor=owner) as (app, pilot):
        watch.passes(5 * MINUTE)
        await press(pilot, *ALICE, "z", "y")
        assert isinstance(app.screen, StaffDetailScreen)
        assert status_of("alice") == "frozen"
        watch.passes(1)
        await press(pilot, "z", "y")
        await until(pilot, lambda: isinstance(app.screen, Prove))


async def test_p11_giving_up_does_nothing_and_says_so(little_shop: Founded) -> None:
    """Quietly: it is no mistake."""
    little_shop.person("alice")
    async with program(little_shop.home, actor=stale(little_shop.owner)) as (app, pilot):
        await to_freezing(app, pilot)
        await press(pilot, "=half", "escape")
        assert isinstance(app.screen, StaffDetailScreen)
        assert status_of("alice") == "active"
        assert told(app) == ["Cancelled. Nothing was changed."]
        assert [notification.severity for notification in app._notifications] == ["information"]
        assert little_shop.log("session.prove", "session.prove.refuse", "staff.freeze") == []


async def test_p11_giving_up_keeps_what_was_typed(little_shop: Founded) -> None:
    """A wizard's last step, ticks and their preview, the name of a role: each as it was."""
    little_shop.person("alice")
    async with program(little_shop.home, actor=stale(little_shop.owner)) as (app, pilot):
        await onboard(pilot)
        await until(pilot, lambda: isinstance(app.screen, Prove))
        await press(pilot, "escape")
        assert isinstance(app.screen, OnboardScreen)
        assert "4 of 4" in grid(app)
        await press(pilot, "escape", "escape", "escape")
        assert (form(app).text("login"), form(app).text("name")) == ("carol", "Carol")
    async with program(little_shop.home, actor=stale(little_shop.owner)) as (app, pilot):
        await give(pilot)
        await until(pilot, lambda: isinstance(app.screen, Prove))
        await press(pilot, "escape")
        assert isinstance(app.screen, AccessPreviewScreen)
        await press(pilot, "escape", "escape", "y", "3", "n", "=Photos", "enter")
        await until(pilot, lambda: isinstance(app.screen, Prove))
        await press(pilot, "escape")
        assert isinstance(app.screen, Ask)
        assert "Photos" in grid(app)
        await press(pilot, "enter")
        await until(pilot, lambda: isinstance(app.screen, Prove))
        await press(pilot, f"={PASSWORD}", "enter")
        await until(pilot, lambda: isinstance(app.screen, RoleDetailScreen))


async def test_p11_an_import_that_is_not_proved_imports_nothing(little_shop: Founded) -> None:
    """And leaves its rows on the screen; proved at the second attempt, it imports them all."""
    (little_shop.home / "inbox" / "people.csv").write_bytes(csv_of(*({"login": f"p{n}"} for n in range(40))))
    async with program(little_shop.home, actor=stale(little_shop.owner)) as (app, pilot):
        await import_many(pilot)
        await until(pilot, lambda: isinstance(app.screen, Prove))
        await press(pilot, "escape")
        assert Staff.select().count() == 1
        assert "Cancelled. Nothing was changed." in told(app)
        await press(pilot, "i")
        await pilot.press("y")
        await until(pilot, lambda: isinstance(app.screen, Prove))
        await press(pilot, f"={PASSWORD}", "enter")
        await until(pilot, lambda: isinstance(app.screen, ImportedScreen))
    assert Staff.select().count() == 41


async def test_p11_a_wrong_password_is_said_counted_and_not_kept(little_shop: Founded) -> None:
    """Dots as it is typed, an empty field after it; after five of them it says how long to wait."""
    little_shop.person("alice")
    async with program(little_shop.home, actor=stale(little_shop.owner)) as (app, pilot):
        await to_freezing(app, pilot)
        assert isinstance(app.screen, Prove)
        await press(pilot, "enter")
        assert said(app) == ""
        assert app.screen.field.entry.password
        for _attempt in range(5):
            await press(pilot, "=wrong horse")
            assert "wrong horse" not in grid(app)
            await press(pilot, "enter")
            assert app.screen.field.value == ""
            assert said(app) == "That is not your password."
        await press(pilot, f"={PASSWORD}", "enter")
        assert said(app).startswith("Too many attempts failed. Try again in ")
        assert status_of("alice") == "active"
        await press(pilot, "x")
        assert said(app) == ""
    assert len(little_shop.log("session.prove.refuse")) == 5


async def test_p11_with_totp_it_asks_for_the_code_and_not_the_password(little_shop: Founded, watch: Watch) -> None:
    """The password is no proof then; each code is taken once; a recovery code does as well."""
    little_shop.person("alice")
    owner = signed_in("owner", ages=True)
    phone = enrol(owner)
    recovery = recovery_codes(owner)
    async with program(little_shop.home, actor=owner) as (app, pilot):
        watch.passes(6 * MINUTE)
        await to_freezing(app, pilot)
        assert isinstance(app.screen, Prove)
        assert "Phone code" in grid(app)
        assert "recovery code" in grid(app)
        await press(pilot, f"={PASSWORD}", "enter")
        assert "That is wrong" in said(app)
        await press(pilot, f"={phone.wrong()}", "enter")
        assert "That is wrong" in said(app)
        await press(pilot, f"={phone.code()}", "enter")
        await until(pilot, lambda: isinstance(app.screen, StaffDetailScreen))
        assert status_of("alice") == "frozen"
        watch.passes(6 * MINUTE)
        await press(pilot, "z", "y")
        await until(pilot, lambda: isinstance(app.screen, Prove))
        await press(pilot, f"={recovery[1].lower()}", "enter")
        await until(pilot, lambda: isinstance(app.screen, StaffDetailScreen))
        assert status_of("alice") == "active"


async def test_p11_a_clock_that_is_wrong_is_said_and_a_recovery_code_works(little_shop: Founded, watch: Watch) -> None:
    """Codes of the phone cannot be judged by it."""
    little_shop.person("alice")
    owner = signed_in("owner", ages=True)
    phone = enrol(owner)
    recovery = recovery_codes(owner)
    Session.update(proved_at=clock.now() - 2 * HOUR * clock.SECOND, started_at=clock.now() - 2 * HOUR * clock.SECOND).execute()
    async with program(little_shop.home, actor=owner) as (app, pilot):
        watch.passes(-HOUR)
        await to_freezing(app, pilot)
        await press(pilot, f"={phone.code()}", "enter")
        assert "The machine's clock is wrong" in said(app)
        await press(pilot, f"={recovery[1]}", "enter")
        await until(pilot, lambda: isinstance(app.screen, StaffDetailScreen))
        assert status_of("alice") == "frozen"


async def test_p11_what_counts_as_proof_may_change_while_it_is_asked_for(little_shop: Founded, watch: Watch) -> None:
    """TOTP was set up in another session: after the first try it asks for the code."""
    little_shop.person("alice")
    elsewhere, owner = signed_in("owner", ages=True), stale(little_shop.owner)
    async with program(little_shop.home, actor=owner) as (app, pilot):
        await to_freezing(app, pilot)
        phone = enrol(elsewhere)
        watch.passes(MINUTE)
        assert isinstance(app.screen, Prove)
        await press(pilot, f"={PASSWORD}", "enter")
        assert said(app) == "That is not your password."
        assert not app.screen.field.entry.password
        assert "recovery code" in grid(app)
        await press(pilot, f"={phone.code()}", "enter")
        await until(pilot, lambda: isinstance(app.screen, StaffDetailScreen))


async def test_p11_a_session_that_ends_while_proof_is_asked_for_closes_everything(little_shop: Founded) -> None:
    """The reason is on the sign-in screen, and nothing was done."""
    little_shop.person("alice")
    meg = stale(little_shop.person("meg", gave=["manager"]))
    async with program(little_shop.home, actor=meg) as (app, pilot):
        await to_freezing(app, pilot)
        staff.freeze(little_shop.owner, little_shop.id_of("meg"))
        await press(pilot, f"={PASSWORD}", "enter")
        await until(pilot, lambda: isinstance(app.screen, SignInScreen))
        assert "Your account was frozen." in grid(app)
    assert status_of("alice") == "active"


async def test_p11_the_lock_comes_above_the_question_and_goes_again(little_shop: Founded) -> None:
    """Unlocking with the password is proof by itself where there is no TOTP, but the question stands until it is answered."""
    little_shop.person("alice")
    async with program(little_shop.home, actor=stale(little_shop.owner)) as (app, pilot):
        await to_freezing(app, pilot)
        await press(pilot, "ctrl+l")
        assert isinstance(app.screen, LockScreen)
        await press(pilot, f"={PASSWORD}", "enter")
        assert isinstance(app.screen, Prove)
        await press(pilot, f"={PASSWORD}", "enter")
        await until(pilot, lambda: isinstance(app.screen, StaffDetailScreen))
        assert status_of("alice") == "frozen"


async def test_p11_the_card_with_a_code_comes_after_the_proof(little_shop: Founded) -> None:
    """Reinstating, which shows one, is no exception."""
    little_shop.person("dave", status="invited")
    async with program(little_shop.home, actor=stale(little_shop.owner)) as (app, pilot):
        await renew(pilot)
        await until(pilot, lambda: isinstance(app.screen, Prove))
        assert not [screen for screen in app.open_screens() if isinstance(screen, HandOverScreen)]
        await press(pilot, f"={PASSWORD}", "enter")
        await until(pilot, lambda: isinstance(app.screen, HandOverScreen))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", SIZES)
async def test_proof_is_asked_for_like_this(
    little_shop: Founded, snapshot: SnapshotAssertion, size: tuple[int, int], language: str
) -> None:
    """For a password and for a code, and after a wrong one."""
    at_noon(little_shop, language=language)
    little_shop.person("alice")
    db.database.execute_sql("UPDATE session SET proved_at = ?", (NOON - 2 * HOUR * clock.SECOND,))
    async with program(little_shop.home, actor=little_shop.owner, size=size) as (app, pilot):
        await to_freezing(app, pilot)
        assert grid(app) == snapshot(name="password")
        await press(pilot, "=wrong", "enter")
        assert grid(app) == snapshot(name="wrong")
        assert isinstance(app.screen, Prove)
        app.screen._ask_for("totp")
        app.screen.verdict.clear()
        await settle(pilot)
        assert grid(app) == snapshot(name="code")
