"""Onboarding, by keyboard."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import re
import threading
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from syrupy.assertion import SnapshotAssertion
from textual.pilot import Pilot

from models import clock, shop
from models.actor import Actor
from models.catalogue import permissions
from models.errors import DiskFull
from models.i18n import Language
from models.operations import departments, drafts, onboarding, roles
from models.operations.staff import Profile
from models.queries import access, staff, standing
from models.queries.drafts import kept
from models.rules import codes
from models.tables import Extra, OneTimeCode, RoleGrant, Shop, Staff
from screens.hand_over import HandOverScreen
from screens.onboard import OnboardScreen
from screens.onboard_draft import KIND, OnboardDraft
from screens.onboard_keeping import PAUSE
from screens.widgets.access_ticks import AccessTicks
from screens.widgets.preview import PreviewList
from tests.factories import AGELESS, DAY, Founded, seats
from tests.hostile import LITERAL
from tests.screens.conftest import DeskFactory
from tests.screens.look import LANGUAGES, SIZES, grid, settle
from tests.screens.program import HOUR, NOON, at_noon, error, focused, form, program, put

EVERYTHING = set(permissions())


async def press(pilot: Pilot[Any], *keys: str) -> None:
    """Keys one after the other; `"type:…"` types, `"put:field=…"` pastes."""
    for key in keys:
        if key.startswith("put:"):
            field, _equals, value = key.removeprefix("put:").partition("=")
            put(pilot.app, **{field: value})  # type: ignore[arg-type]  # it is the program
            continue
        for each in key.removeprefix("type:") if key.startswith("type:") else [key]:
            await pilot.press({" ": "space", "-": "minus", ".": "full_stop", "@": "at"}.get(each, each))
        await settle(pilot)


PERSON = ("put:login=carol", "put:name=Carol Li", "ctrl+s")
ACCOUNT = ("ctrl+s",)


async def test_somebody_is_onboarded_by_keyboard_alone(desk: DeskFactory, little_shop: Founded) -> None:
    """Four steps, the preview to its end, y: the account stands as shown, and the card shows a code that opens it."""
    async with desk(OnboardScreen, may=EVERYTHING, actor=little_shop.owner) as (app, pilot):
        await press(pilot, "type:carol", "enter", "type:Carol Li", "enter", "type:Caz", "enter", "type:A-7", "enter")
        await press(pilot, "put:phone=13800001111", "put:email=carol@example.com", "enter", "enter", "right", "ctrl+s")
        assert "2 of 4" in grid(app)
        await press(pilot, "down", "right", "down", "down", "ctrl+u", "type:14", "enter", "enter", "enter")
        assert "3 of 4" in grid(app)
        await press(pilot, "space", "down", "space", "enter")
        assert "4 of 4 · Check what Carol Li will be able to do" in grid(app)
        seen = app.screen.query_one(PreviewList).preview
        await press(pilot, "end", "y")
        card = app.screen
        assert isinstance(card, HandOverScreen)
        shown = re.search(r"(?:\w ){4} –  (?:\w ){4} –  (?:\w ){3}\w\n\n *(?:\w ){4} –  (?:\w ){4} –  (?:\w ){3}\w", grid(app))
        assert shown
    carol = Staff.get(Staff.login == "carol")
    assert (carol.name, carol.nickname, carol.number, carol.phone) == ("Carol Li", "Caz", "A-7", "13800001111")
    assert (carol.email, carol.status, carol.post) == ("carol@example.com", "invited", "operations")
    assert carol.department is not None
    assert seen is not None
    assert {code for code, verdict in access.of(little_shop.owner, carol.id).items() if verdict.granted} == seen.seen
    code = OneTimeCode.get(OneTimeCode.staff == carol.id)
    assert codes.matches(re.sub(r"\W", "", shown[0]), code.digest)
    assert code.expires_at - code.created_at == 14 * DAY
    assert little_shop.log("staff.onboard") == [("owner", "staff.onboard", "carol")]
    assert kept(little_shop.owner, KIND) is None


async def test_everything_that_is_wrong_is_said_beside_its_field_and_nothing_is_lost(desk: DeskFactory, little_shop: Founded) -> None:
    """All of it at once, a login that is taken among it; the focus goes to the first."""
    async with desk(OnboardScreen, may=EVERYTHING, actor=little_shop.owner) as (app, pilot):
        await press(pilot, "put:login=OWNER", "put:number=a b", "put:phone=x", "put:email=nobody", "ctrl+s")
        assert "1 of 4" in grid(app)
        assert error(app, "login") == "“owner” is taken."
        assert error(app, "name") == "Something has to stand here."
        assert "Letters, digits" in error(app, "number")
        assert "5 to 20 digits" in error(app, "phone")
        assert "looks like" in error(app, "email")
        assert error(app, "nickname") == ""
        assert focused(app) == "login"
        assert form(app).values() | {"login": "OWNER", "number": "a b", "phone": "x", "email": "nobody"} == form(app).values()
        await press(pilot, "end", "type:2")
        assert error(app, "login") == ""


async def test_days_are_judged_in_their_step(desk: DeskFactory, little_shop: Founded) -> None:
    """Whatever stands there instead of a number of days."""
    async with desk(OnboardScreen, may=EVERYTHING, actor=little_shop.owner) as (app, pilot):
        await press(pilot, *PERSON)
        for typed in ("0", "22", "x", "1e1", "99999", "-3"):
            await press(pilot, f"put:days={typed}", "ctrl+s")
            assert "2 of 4" in grid(app), typed
            assert error(app, "days") == "A code is good for 1 to 21 days."
        await press(pilot, "put:days=21", "ctrl+s")
        assert "3 of 4" in grid(app)


async def test_nobody_is_onboarded_before_the_end_of_the_preview_was_shown(desk: DeskFactory, little_shop: Founded) -> None:
    """y does nothing until then; nor from the steps before."""
    async with desk(OnboardScreen, may=EVERYTHING, actor=little_shop.owner) as (app, pilot):
        await press(pilot, *PERSON, *ACCOUNT, "y")
        app.screen.query_one(AccessTicks).offers.select(f"role:{little_shop.role_id('manager')}")
        await press(pilot, "space", "y", "enter")
        assert "4 of 4" in grid(app)
        await press(pilot, "y")
        assert "4 of 4" in grid(app)
        await press(pilot, "pagedown", "y")
        assert not Staff.select().where(Staff.login == "carol").exists()
        await press(pilot, "end", "y")
        assert isinstance(app.screen, HandOverScreen)
    assert Staff.select().where(Staff.login == "carol").exists()


async def test_esc_goes_back_step_by_step_with_everything_in_place(desk: DeskFactory, little_shop: Founded) -> None:
    """And forth again; from the first step it leaves, and says that all is kept."""
    async with desk(OnboardScreen, may=EVERYTHING, actor=little_shop.owner) as (app, pilot):
        await press(pilot, *PERSON, "down", "right", *ACCOUNT, "space", "enter")
        assert "4 of 4" in grid(app)
        await press(pilot, "escape")
        assert "✓ +  Customer service" in grid(app)
        await press(pilot, "escape")
        assert form(app).values()["post"] == "operations"
        await press(pilot, "escape")
        assert form(app).text("name") == "Carol Li"
        await press(pilot, "escape")
        assert not isinstance(app.screen, OnboardScreen)
        assert "Kept. You can go on where you stopped." in grid(app)
    found = kept(little_shop.owner, KIND)
    assert found is not None
    assert found.payload["person"]["login"] == "carol"


async def test_a_wizard_in_which_nothing_was_typed_keeps_nothing(desk: DeskFactory, little_shop: Founded) -> None:
    """It would only be in the way the next time."""
    async with desk(OnboardScreen, may=EVERYTHING, actor=little_shop.owner) as (app, pilot):
        await press(pilot, "type:x", "backspace", "escape")
        assert "Kept" not in grid(app)
    assert kept(little_shop.owner, KIND) is None


# ---- a lost connection


def _type_and_die(home: str, owner: Actor) -> None:
    """Type half a person, pause for as long as anybody looks up, and be gone without a word."""

    async def half() -> None:
        async with program(Path(home), actor=owner) as (app, pilot):
            await app.push_screen(OnboardScreen())
            await press(pilot, *PERSON, "down", "right")
            await asyncio.sleep(PAUSE * 3)
            os._exit(9)

    shop.open(Path(home))
    with mock.patch.object(standing, "AHEAD", 2 * AGELESS):  # as in every test, but this is a process of its own
        asyncio.run(half())


def test_a_process_that_is_killed_loses_nothing_that_was_typed_before_the_last_pause(little_shop: Founded) -> None:
    """No goodbye, no cleaning up: the draft is in the database already."""
    shop.close()
    process = multiprocessing.get_context("spawn").Process(target=_type_and_die, args=(str(little_shop.home), little_shop.owner))
    process.start()
    process.join(120)
    assert process.exitcode == 9
    shop.open(little_shop.home)
    found = kept(little_shop.owner, KIND)
    assert found is not None
    draft = OnboardDraft.found(found.payload, roles=(), departments=())
    assert (draft.step, draft.person["login"], draft.person["name"], draft.post) == (2, "carol", "Carol Li", "operations")


async def test_what_is_typed_after_a_pause_is_kept_too(desk: DeskFactory, little_shop: Founded) -> None:
    """One pause kept the login; what follows in the same step is something new all the same."""
    async with desk(OnboardScreen, may=EVERYTHING, actor=little_shop.owner) as (_app, pilot):
        await press(pilot, "put:login=carol")
        for name in ("Carol", "Carol Li"):
            await asyncio.sleep(PAUSE * 2)
            await settle(pilot)
            await press(pilot, f"put:name={name}")
        await press(pilot, "escape")
    found = kept(little_shop.owner, KIND)
    assert found is not None
    assert found.payload["person"]["name"] == "Carol Li"


async def test_whoever_comes_back_goes_on_where_they_stopped(desk: DeskFactory, little_shop: Founded) -> None:
    """The program ends in the middle of a word; the next start offers everything up to it."""
    async with desk(OnboardScreen, may=EVERYTHING, actor=little_shop.owner) as (app, pilot):
        await press(pilot, *PERSON, *ACCOUNT, "space", "down", "space", "escape", "escape", "end", "type:k")
        app.exit()
    async with desk(OnboardScreen, may=EVERYTHING, actor=little_shop.owner) as (app, pilot):
        assert "You were onboarding Carol Li (just now)." in grid(app)
        await press(pilot, "enter")
        assert "1 of 4" in grid(app)
        assert form(app).text("login") == "carolk"
        await press(pilot, "ctrl+s", "ctrl+s")
        assert grid(app).count("✓ + ") >= 2
        await press(pilot, "enter", "end", "y")
    assert RoleGrant.select().count() == 2
    assert Staff.select().where(Staff.login == "carolk").exists()


async def test_whoever_comes_back_may_start_anew(desk: DeskFactory, little_shop: Founded) -> None:
    """What was kept is gone then; with esc it stays for another time."""
    drafts.keep(little_shop.owner, KIND, {"person": {"login": "carol", "name": "Carol Li"}, "step": 3})
    async with desk(OnboardScreen, may=EVERYTHING, actor=little_shop.owner) as (app, pilot):
        await press(pilot, "escape")
        assert not isinstance(app.screen, OnboardScreen)
    assert kept(little_shop.owner, KIND) is not None
    async with desk(OnboardScreen, may=EVERYTHING, actor=little_shop.owner) as (app, pilot):
        await press(pilot, "down", "enter")
        assert form(app).text("login") == ""
    assert kept(little_shop.owner, KIND) is None


@pytest.mark.parametrize(
    "payload",
    [
        {},
        {"step": 99, "roles": [[99, None]], "extras": [["goods.fly", None], ["finance.withdraw", None]], "department": 99, "post": "boss"},
        {"roles": [[1, 5]], "extras": [["chat.receive", 5]], "days": "9", "department": 1, "person": None},
    ],
)
def test_a_draft_is_taken_up_without_what_is_no_longer_there(little_shop: Founded, payload: dict[str, Any]) -> None:
    """Roles and departments that were closed, permissions of a newer version's, ends that have passed."""
    draft = OnboardDraft.found(payload, roles={1, 2}, departments={1})
    assert draft.access.is_empty
    assert draft.post == "service"
    assert 1 <= draft.step <= 4
    assert draft.department in {0, 1}


async def test_a_draft_is_its_owners_and_holds_no_secret(desk: DeskFactory, little_shop: Founded) -> None:
    """Another manager is not offered it; no code is in it, even once there is one."""
    bob = little_shop.person("bob", gave=["manager"])
    drafts.keep(little_shop.owner, KIND, {"person": {"login": "carol"}, "step": 1})
    async with desk(OnboardScreen, may=EVERYTHING, actor=bob) as (app, pilot):
        assert "You were onboarding" not in grid(app)
        await press(pilot, *PERSON, *ACCOUNT, "enter", "end", "y")
        assert isinstance(app.screen, HandOverScreen)
    assert kept(bob, KIND) is None
    assert set(OnboardDraft().payload()) == {"step", "person", "department", "post", "days", "key", "device", "roles", "extras"}


async def test_a_slow_disk_never_brings_back_what_was_dropped(
    desk: DeskFactory, little_shop: Founded, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A write that waited for another until after the account was created is not made any more."""
    waiting, on = threading.Event(), threading.Event()
    keep = drafts.keep

    def slow(actor: Actor, kind: str, payload: dict[str, Any]) -> None:
        waiting.set()
        assert on.wait(20)
        keep(actor, kind, payload)

    monkeypatch.setattr(drafts, "keep", slow)
    async with desk(OnboardScreen, may=EVERYTHING, actor=little_shop.owner) as (app, pilot):
        put(app, login="carol", name="Carol Li")
        while not waiting.is_set():
            await pilot.pause(0.05)
        on.set()
        await press(pilot, "ctrl+s", *ACCOUNT, "enter", "end", "y")
        assert isinstance(app.screen, HandOverScreen)
    assert kept(little_shop.owner, KIND) is None


async def test_a_draft_that_cannot_be_kept_disturbs_nobody(
    desk: DeskFactory, little_shop: Founded, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is tried again at the next pause, and at the end; the card is shown whatever becomes of the draft."""
    tries = []

    def full(*_args: object) -> None:
        tries.append(1)
        raise DiskFull

    with monkeypatch.context() as broken:
        broken.setattr(drafts, "keep", full)
        async with desk(OnboardScreen, may=EVERYTHING, actor=little_shop.owner) as (app, pilot):
            for login in ("carol", "caroll"):
                put(app, login=login)
                await pilot.pause(PAUSE + 0.2)
                await settle(pilot)
            assert len(tries) == 2
            assert "disk" not in grid(app)
        assert len(tries) == 3
    async with desk(OnboardScreen, may=EVERYTHING, actor=little_shop.owner) as (app, pilot):
        await press(pilot, *PERSON, *ACCOUNT, "enter", "end")
        monkeypatch.setattr(drafts, "drop", full)
        await press(pilot, "y")
        assert isinstance(app.screen, HandOverScreen)


# ---- access


async def test_a_department_is_chosen_from_the_tree(desk: DeskFactory, little_shop: Founded) -> None:
    """Enter opens it; one that was closed meanwhile is told at the step where it was chosen."""
    attic = departments.add(little_shop.owner, "Attic", 1)
    async with desk(OnboardScreen, may=EVERYTHING, actor=little_shop.owner) as (app, pilot):
        put(app, login="carol", name="Carol Li")
        await press(pilot, *["down"] * 6, "enter", "down", "down", "enter")
        assert "2 of 4" in grid(app)
        await press(pilot, *ACCOUNT, "enter", "end")
        departments.close(little_shop.owner, attic, 1)
        await press(pilot, "y")
        assert "1 of 4" in grid(app)
        assert "There is no department" in grid(app)


async def test_a_role_that_was_closed_meanwhile_leads_back_to_the_ticks(desk: DeskFactory, little_shop: Founded) -> None:
    """With the reason; what else was ticked stays."""
    role = roles.add(little_shop.owner, "Aa", ["chat.receive"])
    async with desk(OnboardScreen, may=EVERYTHING, actor=little_shop.owner) as (app, pilot):
        await press(pilot, *PERSON, *ACCOUNT)
        app.screen.query_one(AccessTicks).offers.select(f"role:{role}")
        await press(pilot, "space", "home", "space", "enter", "end")
        roles.close(little_shop.owner, role, None)
        await press(pilot, "y")
        assert "3 of 4" in grid(app)
        assert "There is no role" in grid(app)
        assert "0 permissions" not in grid(app)
        assert "✓ +  Customer service" in grid(app)
        await press(pilot, "enter", "end", "y")
        assert isinstance(app.screen, HandOverScreen)
    (grant,) = RoleGrant.select()
    assert grant.role.code == "customer_service"


async def test_what_one_may_not_give_is_dim_and_says_why(desk: DeskFactory, little_shop: Founded) -> None:
    """Space on it does nothing."""
    bob = little_shop.person("bob", extras=["staff.manage", "chat.receive"])
    async with desk(OnboardScreen, may={"staff.manage", "staff.view"}, actor=bob) as (app, pilot):
        await press(pilot, *PERSON, *ACCOUNT)
        assert "beyond your own access: “View goods”" in grid(app)
        assert "This reaches further than your own access: “View goods” is in the way." in grid(app)
        await press(pilot, "space", "enter")
        assert "0 permissions" in grid(app)
        await press(pilot, "escape")
        offers = app.screen.query_one(AccessTicks).offers
        offers.select("extra:chat.receive")
        await press(pilot, "space", "enter", "end", "y")
    assert [(extra.permission, extra.granted_by) for extra in Extra.select().where(Extra.staff == little_shop.id_of("carol"))] == [
        ("chat.receive", "bob")
    ]


async def test_a_gift_gets_an_end(desk: DeskFactory, little_shop: Founded) -> None:
    """u asks for the day; what is no day is said there, and the preview tells it."""
    async with desk(OnboardScreen, may=EVERYTHING, actor=little_shop.owner) as (app, pilot):
        await press(pilot, *PERSON, *ACCOUNT, "u", "type:someday", "enter")
        assert "✗" in grid(app)
        await press(pilot, "ctrl+u", "type:2099-12-31", "enter", "enter")
        assert "until 2099-12-31" in grid(app)
        await press(pilot, "end", "y")
    (grant,) = RoleGrant.select()
    assert grant.until == clock.end_of_day("2099-12-31", "Asia/Shanghai")


async def test_a_newcomer_starts_from_a_colleagues_access(desk: DeskFactory, little_shop: Founded) -> None:
    """Roles, extras, their ends and the post; what is beyond one's own access is left out, and that is said."""
    until = clock.now() + 40 * DAY
    little_shop.person("alice", name="Alice Wang", post="operations", gave=["customer_service", "finance"], extras=["chat.record.team"])
    little_shop.person("temp", name="Temp", post="service", extras=["chat.receive"], until=until)
    bob = little_shop.person("bob", gave=["customer_service"], extras=["staff.manage", "chat.record.team"])
    async with desk(OnboardScreen, may={"staff.manage", "staff.view"}, actor=bob) as (app, pilot):
        await press(pilot, *PERSON, "enter", "type:wang", "enter")
        assert "2 ticked, from Alice Wang. 1 is beyond your own access and was left out." in re.sub(r"\s+", " ", grid(app))
        assert form(app).values()["post"] == "operations"
        await press(pilot, "up", "up", "enter", "type:temp", "enter")
        assert "Tick what Temp has in place of what you ticked?" in grid(app)
        await press(pilot, "escape", "ctrl+s", "enter", "end", "y")
    carol = little_shop.id_of("carol")
    given = {(grant.key, grant.until) for grant in staff.grants(little_shop.owner, carol)}
    assert given == {("customer_service", None), ("chat.record.team", None)}
    found = OnboardDraft()
    assert found.access.is_empty


async def test_what_changed_since_the_preview_is_told_and_shown_anew(desk: DeskFactory, little_shop: Founded) -> None:
    """Its new end has to be seen again."""
    role = roles.add(little_shop.owner, "Aa", ["chat.receive"])
    async with desk(OnboardScreen, may=EVERYTHING, actor=little_shop.owner) as (app, pilot):
        await press(pilot, *PERSON, *ACCOUNT)
        app.screen.query_one(AccessTicks).offers.select(f"role:{role}")
        await press(pilot, "space", "enter", "end")
        roles.edit(little_shop.owner, role, None, codes=[code for code, each in permissions().items() if not each.owner_only])
        await press(pilot, "y")
        assert "was changed by somebody" in grid(app)
        assert not Staff.select().where(Staff.login == "carol").exists()
        assert not app.screen.query_one(PreviewList).shown_to_the_end
        await press(pilot, "y")
        assert not Staff.select().where(Staff.login == "carol").exists()
        await press(pilot, "end", "y")
    assert Staff.select().where(Staff.login == "carol").exists()


async def test_a_login_that_was_taken_meanwhile_is_said_where_it_was_typed(desk: DeskFactory, little_shop: Founded) -> None:
    """Back at the first step, with everything else in place."""
    async with desk(OnboardScreen, may=EVERYTHING, actor=little_shop.owner) as (app, pilot):
        await press(pilot, *PERSON, *ACCOUNT, "space", "enter", "end")
        onboarding.onboard(little_shop.owner, onboarding.Newcomer("carol", Profile("Another"), "service"))
        await press(pilot, "y")
        assert "1 of 4" in grid(app)
        assert error(app, "login") == "“carol” is taken."
        await press(pilot, "end", "type:l", "ctrl+s", "ctrl+s", "enter", "end", "y")
    assert Staff.get(Staff.login == "caroll").name == "Carol Li"


async def test_two_presses_of_y_make_one_account(desk: DeskFactory, little_shop: Founded) -> None:
    """Whoever is impatient is not told that the login is taken."""
    async with desk(OnboardScreen, may=EVERYTHING, actor=little_shop.owner) as (app, pilot):
        await press(pilot, *PERSON, *ACCOUNT, "enter", "end")
        await pilot.press("y", "y")
        await settle(pilot)
        assert isinstance(app.screen, HandOverScreen)
        assert "is taken" not in grid(app)


async def test_without_a_free_seat_that_is_said_at_once(desk: DeskFactory, little_shop: Founded) -> None:
    """At the first step, with what to do."""
    Shop.update(seats_counted=True).execute()
    async with desk(OnboardScreen, may=EVERYTHING, actor=little_shop.owner) as (app, _pilot):
        assert "No seat is free: 0 of 0 are taken." in grid(app)
    seats(1)
    async with desk(OnboardScreen, may=EVERYTHING, actor=little_shop.owner) as (app, _pilot):
        assert "No seat is free" not in grid(app)


@pytest.mark.parametrize("said", [said for said in LITERAL.values() if set(said) & set("[{")])
async def test_a_name_is_never_markup(desk: DeskFactory, little_shop: Founded, said: str) -> None:
    """In the fields, in the heading, on the card."""
    drafts.keep(little_shop.owner, KIND, {"person": {"login": "carol", "name": said[:40]}, "step": 4})
    async with desk(OnboardScreen, may=EVERYTHING, actor=little_shop.owner, size=(120, 40)) as (app, pilot):
        await press(pilot, "enter")
        assert "4 of 4" in grid(app)
        await press(pilot, "end", "y")
        assert isinstance(app.screen, HandOverScreen) or "1 of 4" in grid(app)


async def test_it_works_on_a_phone(desk: DeskFactory, little_shop: Founded) -> None:
    """At 60 by 20 everything can be reached."""
    async with desk(OnboardScreen, may=EVERYTHING, actor=little_shop.owner, size=(60, 20)) as (app, pilot):
        await press(pilot, *PERSON, *ACCOUNT, "space", "enter", "end", "y")
        assert isinstance(app.screen, HandOverScreen)


# ---- pictures


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_the_four_steps(
    desk: DeskFactory, little_shop: Founded, size: tuple[int, int], language: Language, snapshot: SnapshotAssertion
) -> None:
    """Person, account and post, roles and extras, preview."""
    at_noon(little_shop, language=language)
    payload = {
        "step": 4,
        "person": {"login": "carol", "name": "Carol Li 李卡", "phone": "138 0000 1111", "number": "A-7"},
        "department": 1,
        "roles": [[little_shop.role_id("service_lead"), None]],
        "extras": [["chat.record.team", NOON + 40 * DAY], ["goods.price.edit", None]],
    }
    clock.set_clock(lambda: NOON - 3 * HOUR)
    drafts.keep(little_shop.owner, KIND, payload)
    clock.set_clock(lambda: NOON)
    async with desk(OnboardScreen, may=EVERYTHING, actor=little_shop.owner, size=size, language=language) as (app, pilot):
        steps = [grid(app)]
        await press(pilot, "enter", "end")
        steps.append(grid(app))
        for _step in range(3):
            await press(pilot, "escape")
            steps.append(grid(app))
        assert "\n".join(steps) == snapshot
