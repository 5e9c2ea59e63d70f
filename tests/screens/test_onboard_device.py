"""Onboarding somebody who has a device key, by keyboard."""

from __future__ import annotations

import json
import re

import pytest
from textual import events

from models.i18n import Language
from models.operations import devices, drafts, policy
from models.queries import security
from models.queries.drafts import kept
from models.rules import device_keys
from models.tables import Device, Draft, Staff
from screens.hand_over import HandOverScreen
from screens.onboard import OnboardScreen
from screens.onboard_draft import KIND, OnboardDraft
from screens.widgets.field import Field
from tests.device_keys import PRIVATE, ed25519, rsa
from tests.factories import Founded
from tests.screens.conftest import DeskFactory
from tests.screens.look import LANGUAGES, SIZES, grid, settle
from tests.screens.program import at_noon, error, focused, form
from tests.screens.test_onboard import ACCOUNT, EVERYTHING, PERSON, press

LINE = ed25519("carol")
FINGERPRINT = device_keys.parse("key", LINE).fingerprint


async def test_a_device_key_comes_along(desk: DeskFactory, little_shop: Founded) -> None:
    """Pasted in the second step, shown in the last, enrolled with the account; the card says how to connect with it."""
    async with desk(OnboardScreen, may=EVERYTHING, actor=little_shop.owner) as (app, pilot):
        await press(pilot, *PERSON, f"put:key={LINE}", "put:device=Carol's phone", "up")
        assert f"ED25519 {FINGERPRINT}" in grid(app)
        await press(pilot, "ctrl+s", "space", "enter")
        said = " ".join(grid(app).split())
        assert f"Comes in over SSH with the device key “Carol's phone”: ED25519 {FINGERPRINT}" in said
        await press(pilot, "end", "y")
        assert isinstance(app.screen, HandOverScreen)
        assert "1. On your device" in grid(app)
    key = Device.get()
    assert (key.staff.login, key.name, key.fingerprint, key.expires_at, key.added_by) == (
        "carol",
        "Carol's phone",
        FINGERPRINT,
        None,
        "owner",
    )
    assert kept(little_shop.owner, KIND) is None


async def test_the_key_is_optional_and_so_is_its_name(desk: DeskFactory, little_shop: Founded) -> None:
    """Without one nothing is said of devices; a key without a name gets the login's."""
    async with desk(OnboardScreen, may=EVERYTHING, actor=little_shop.owner) as (app, pilot):
        await press(pilot, *PERSON, "put:device=unused", *ACCOUNT, "enter")
        assert "4 of 4" in grid(app)
        assert "SSH" not in grid(app)
        await press(pilot, "escape", "escape", f"put:key={LINE}", "put:device=  ", *ACCOUNT, "enter")
        assert "“carol-1”" in grid(app)
        await press(pilot, "end", "y")
    assert Device.get().name == "carol-1"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("hello", "This is no SSH public key."),
        (PRIVATE, "This is a private key."),
        (LINE[:60], "This key is not whole."),
        (rsa(2048), "This RSA key has 2048 bits"),
        (f"{LINE} {ed25519('another')}", "One key at a time"),
    ],
)
async def test_what_is_wrong_with_a_key_is_said_beside_it(desk: DeskFactory, little_shop: Founded, typed: str, said: str) -> None:
    """In its own step, with everything else in place; put right, it goes on."""
    async with desk(OnboardScreen, may=EVERYTHING, actor=little_shop.owner) as (app, pilot):
        await press(pilot, *PERSON, f"put:key={typed}", "put:days=14", "ctrl+s")
        assert "2 of 4" in grid(app)
        assert said in error(app, "key")
        assert focused(app) == "key"
        assert form(app).text("days") == "14"
        await press(pilot, f"put:key={LINE}", "end")
        assert error(app, "key") == ""
        await press(pilot, "ctrl+s")
        assert "3 of 4" in grid(app)


async def test_a_wrong_key_never_stands_in_the_way_of_the_first_step(desk: DeskFactory, little_shop: Founded) -> None:
    """It is still there when one comes back to it, and a device name is never taken for the person's."""
    async with desk(OnboardScreen, may=EVERYTHING, actor=little_shop.owner) as (app, pilot):
        await press(pilot, *PERSON, "put:key=hello", f"put:device={'x' * 41}", "escape", "ctrl+s")
        assert "2 of 4" in grid(app)
        assert form(app).text("key") == "hello"
        await press(pilot, f"put:key={LINE}", "ctrl+s")
        assert "2 of 4" in grid(app)
        assert "40" in error(app, "device")
        await press(pilot, "put:device=phone", "ctrl+s")
        assert "3 of 4" in grid(app)


async def test_a_key_that_is_enrolled_already_is_refused_where_it_is_typed(desk: DeskFactory, little_shop: Founded) -> None:
    """Not at the end of the preview; unless somebody was quicker, and then it is shown where it stands."""
    bob = little_shop.person("bob", gave=["manager"])
    devices.add(bob, little_shop.id_of("bob"), ed25519("bob"), name="phone")
    async with desk(OnboardScreen, may=EVERYTHING, actor=little_shop.owner) as (app, pilot):
        await press(pilot, *PERSON, f"put:key={ed25519('bob')}", "ctrl+s")
        assert error(app, "key") == "This key is enrolled for somebody else. Every device has a key of its own."
        await press(pilot, f"put:key={LINE}", "ctrl+s", "enter", "end")
        devices.add(bob, little_shop.id_of("bob"), LINE, name="tablet")
        await press(pilot, "y")
        assert "2 of 4" in grid(app)
        assert error(app, "key") == "This key is enrolled for somebody else. Every device has a key of its own."
    assert not Staff.select().where(Staff.login == "carol").exists()


async def test_back_and_forth_and_after_a_dropped_line_the_key_is_there(desk: DeskFactory, little_shop: Founded) -> None:
    """In the fields, in the preview, and in what was kept."""
    async with desk(OnboardScreen, may=EVERYTHING, actor=little_shop.owner) as (app, pilot):
        await press(pilot, *PERSON, f"put:key={LINE}", "put:device=phone", "ctrl+s", "enter", "escape", "escape")
        assert form(app).text("key") == LINE
        assert FINGERPRINT in grid(app)
    async with desk(OnboardScreen, may=EVERYTHING, actor=little_shop.owner) as (app, pilot):
        await press(pilot, "enter")
        assert "2 of 4" in grid(app)
        assert device_keys.parse("key", form(app).text("key")).fingerprint == FINGERPRINT
        await press(pilot, "ctrl+s", "enter", "end", "y")
    assert (Device.get().name, Device.get().fingerprint) == ("phone", FINGERPRINT)


@pytest.mark.parametrize("typed", [PRIVATE, "b3BlbnNzaC1rZXktdjEAAAAABG5vbmU=", "hello"])
async def test_what_is_no_public_key_is_kept_nowhere(desk: DeskFactory, little_shop: Founded, typed: str) -> None:
    """It may be the half that only the device should have."""
    async with desk(OnboardScreen, may=EVERYTHING, actor=little_shop.owner) as (_app, pilot):
        await press(pilot, *PERSON, f"put:key={typed}", "escape", "escape")
    assert typed not in Draft.get().payload
    assert json.loads(Draft.get().payload)["key"] == ""


async def test_a_key_that_is_pasted_in_many_lines_is_put_together(desk: DeskFactory, little_shop: Founded) -> None:
    """As a narrow window or PuTTY writes it; of a private key nothing is ever on the screen."""
    kind, blob, _comment = LINE.split()
    broken = f"{kind} {blob[:30]}\r\n{blob[30:60]}\r\n{blob[60:]}\r\n"
    putty = f'---- BEGIN SSH2 PUBLIC KEY ----\nComment: "carol"\n{blob[:64]}\n{blob[64:]}\n---- END SSH2 PUBLIC KEY ----\n'
    async with desk(OnboardScreen, may=EVERYTHING, actor=little_shop.owner) as (app, pilot):
        await press(pilot, *PERSON)
        field = form(app).control_named("key")
        assert isinstance(field, Field)
        field.focus_control()
        for pasted in (broken, broken.replace("\r\n", "\r"), putty, putty.replace("\n", "\r"), LINE + "\n"):
            field.value = ""
            app.post_message(events.Paste(pasted))
            await settle(pilot)
            assert f"ED25519 {FINGERPRINT}" in grid(app), pasted
        field.value = ""
        app.post_message(events.Paste(f"{PRIVATE}\nc2VjcmV0\n"))
        await settle(pilot)
        assert field.value == ""
        assert error(app, "key").startswith("This is a private key.")
        assert PRIVATE not in grid(app)


async def test_starting_from_a_colleague_copies_no_key(desk: DeskFactory, little_shop: Founded) -> None:
    """Access is the shop's to give; a key is one device's."""
    bob = little_shop.person("bob", gave=["warehouse"])
    devices.add(bob, little_shop.id_of("bob"), ed25519("bob"), name="phone")
    async with desk(OnboardScreen, may=EVERYTHING, actor=little_shop.owner) as (app, pilot):
        await press(pilot, *PERSON, "enter", "type:bob", "enter")
        assert "1 ticked, from Bob." in grid(app)
        assert (form(app).text("key"), form(app).text("device")) == ("", "")
        await press(pilot, "ctrl+s", "enter", "end", "y")
    assert [key.staff.login for key in Device.select()] == ["bob"]


async def test_where_the_policy_lets_nobody_in_without_a_key_the_preview_says_so(desk: DeskFactory, little_shop: Founded) -> None:
    """It does not stand in the way: the owner may enrol one later."""
    known = security.policy()
    policy.edit(little_shop.owner, known.version, known.policy._replace(device_required=True))
    async with desk(OnboardScreen, may=EVERYTHING, actor=little_shop.owner) as (app, pilot):
        await press(pilot, *PERSON, *ACCOUNT, "enter")
        assert "Without a device key the policy lets nobody in" in grid(app)
        await press(pilot, "end", "y")
        assert isinstance(app.screen, HandOverScreen)
        assert "1. First give the owner the public key of your device" in grid(app)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", [*SIZES, (60, 20)], ids=str)
async def test_all_of_the_step_can_be_seen(desk: DeskFactory, little_shop: Founded, size: tuple[int, int], language: Language) -> None:
    """With the longest name of a key's type; on a phone by scrolling."""
    at_noon(little_shop, language=language)
    drafts.keep(little_shop.owner, KIND, {"step": 2, "person": {"login": "carol", "name": "Carol"}, "key": rsa(16_384), "device": "x" * 40})
    async with desk(OnboardScreen, may=EVERYTHING, actor=little_shop.owner, size=size, language=language) as (app, pilot):
        await press(pilot, "enter")
        form(app).controls[-1].focus_control()
        await settle(pilot)
        await pilot.wait_for_scheduled_animations()  # on a phone the form scrolls there
        without_bar = re.sub(r"[^\w+/:]", "", grid(app))  # the bar at the right may stand in the middle of it
        shown = device_keys.parse("key", rsa(16_384)).fingerprint in without_bar
        assert shown
        assert "x" * 40 in grid(app)
        assert size == (60, 20) or form(app).max_scroll_y == 0


def test_a_draft_of_before_has_no_key(little_shop: Founded) -> None:
    """One that was kept by an earlier version is found as it was."""
    draft = OnboardDraft.found({"step": 2, "person": {"login": "carol"}}, roles=(), departments=())
    assert (draft.key, draft.device, draft.device_key) == ("", "", None)
    assert draft.newcomer().key == ""
