"""Enrolling a device key, by keyboard: pasted or out of a file, compared before it is kept."""

from __future__ import annotations

import textwrap
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from models.actor import Actor
from models.operations import devices as operations
from models.queries import devices, inbox
from models.tables import Session
from screens.devices import DevicesScreen
from screens.dialogs.choose import Choose
from screens.dialogs.confirm import Confirm
from screens.dialogs.prove import Prove
from screens.enrol_device import EnrolDeviceScreen
from tests.device_keys import ed25519, enrolled, fingerprint, rsa
from tests.factories import CONSOLE, PASSWORD, Founded, signed_in
from tests.screens.door import at, paste, told
from tests.screens.look import grid, settle
from tests.screens.program import DAY, NOON, Program, at_noon, error, focused, form, program
from tests.screens.test_devices import flat, names, press

KEY = ed25519("laptop")
PRIVATE = "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAABG5vbmU\n-----END OPENSSH PRIVATE KEY-----\n"


@pytest.fixture
def alice(little_shop: Founded) -> Actor:
    """Alice, who has no key yet."""
    at_noon(little_shop)
    return little_shop.person("alice", gave=["customer_service"])


@asynccontextmanager
async def opened(shop: Founded, actor: Actor, **how: Any) -> AsyncIterator[Program]:
    """The form, come to by keyboard."""
    async with program(shop.home, actor=actor, **how) as (app, pilot):
        await press((app, pilot), "9", "s", "d", "n")
        assert at(app) is EnrolDeviceScreen
        yield app, pilot


async def fill(at_form: Program, name: str, key: str, until: str = "") -> None:
    """Type and paste, field after field, and submit."""
    app, pilot = at_form
    for each in (name, key, until):
        if each:
            await paste(app, pilot, each)
        await pilot.press("enter")
        await settle(pilot)


async def test_a_pasted_key_is_compared_and_enrolled(little_shop: Founded, alice: Actor) -> None:
    """Below the field stands how ssh calls it; the question says it again, with type, size and end; the list has it under the cursor."""
    enrolled(little_shop.id_of("alice"), "another")
    async with opened(little_shop, alice) as here:
        app, pilot = here
        assert focused(app) == "name"
        await paste(app, pilot, "my laptop")
        await press(here, "enter")
        await paste(app, pilot, KEY)
        assert f"ED25519 {fingerprint(KEY)}" in grid(app)
        await press(here, "enter", *"+30d")
        assert "2026-12-22 (in 30 days)" in grid(app)
        await press(here, "enter")
        assert at(app) is Confirm
        assert "Enrol “my laptop”? With it and your password you come in over SSH." in flat(app)
        assert f"ED25519 {fingerprint(KEY)} Compare this with what “ssh-keygen -lf” says" in flat(app)
        assert "Ends 2026-12-22 (in 30 days)" in flat(app)
        await press(here, "enter")
        assert at(app) is EnrolDeviceScreen
        assert len(devices.own(alice)) == 1
        await press(here, "ctrl+s", "y")
        assert at(app) is DevicesScreen
        assert names(app) == ["another", "my laptop"]
        assert f" {fingerprint(KEY)}" in grid(app)
        assert told(app) == ["“my laptop” is enrolled."]
    kept = devices.own(alice)[1]
    assert (kept.fingerprint, kept.added_by) == (fingerprint(KEY), "alice")
    assert devices.knock(fingerprint(KEY)) == (alice.staff_id, "alice", False)


async def test_a_key_that_is_pasted_as_the_name_goes_where_it_belongs(little_shop: Founded, alice: Actor) -> None:
    """The name is asked for first, and a key is what one has in hand."""
    async with opened(little_shop, alice) as here:
        app, pilot = here
        await paste(app, pilot, KEY)
        assert (form(app).text("name"), form(app).text("key"), focused(app)) == ("", " ".join(KEY.split()[:2]), "name")
        assert f"ED25519 {fingerprint(KEY)}" in grid(app)


@pytest.mark.parametrize("line_break", ["\n", "\r", "\r\n"], ids=repr)
@pytest.mark.parametrize("form_of", ["broken by a narrow window", "as PuTTY writes it", "one line, its end copied, too"])
async def test_a_key_is_taken_in_whatever_lines_it_is_pasted(little_shop: Founded, alice: Actor, line_break: str, form_of: str) -> None:
    """Bracketed paste hands over line breaks as the terminal has them; a key has none in it."""
    key = rsa(4096)
    framed = ["---- BEGIN SSH2 PUBLIC KEY ----", 'Comment: "rsa-key"', *textwrap.wrap(key.split()[1], 64), "---- END SSH2 PUBLIC KEY ----"]
    lines = {"as": framed, "one": [key], "broken": textwrap.wrap(key, 80)}[form_of.split(maxsplit=1)[0]]
    async with opened(little_shop, alice) as here:
        app, pilot = here
        await press(here, "tab")
        await paste(app, pilot, line_break.join([*lines, ""]))
        assert f"RSA 4096 {fingerprint(key)}" in grid(app)
        await paste(app, pilot, KEY + line_break + line_break)
        assert form(app).text("key") == " ".join(KEY.split()[:2])


async def test_a_private_key_never_comes_to_the_screen(little_shop: Founded, alice: Actor) -> None:
    """Pasted by mistake: it says what it was, at once, and none of it stays."""
    async with opened(little_shop, alice) as here:
        app, pilot = here
        await press(here, "tab")
        await paste(app, pilot, PRIVATE.replace("\n", "\r"))
        assert error(app, "key").startswith("This is a private key.")
        assert form(app).text("key") == ""
        assert "b3Blbn" not in grid(app)
        await paste(app, pilot, KEY)
        assert error(app, "key") == ""


@pytest.mark.parametrize(
    ("name", "key", "until", "field", "because"),
    [
        ("", KEY, "", "name", ""),
        ("x" * 41, KEY, "", "name", "At most 40 characters; this has 41."),
        ("a\u202eb", KEY, "", "name", ""),
        ("laptop", "", "", "key", "This is no SSH public key."),
        ("laptop", "ssh-ed25519 AAAA", "", "key", "This key is not whole."),
        ("laptop", rsa(2048), "", "key", "This RSA key has 2048 bits, and 3072 are the least."),
        ("laptop", KEY, "yesterday", "until", ""),
        ("laptop", KEY, "2020-01-01", "until", ""),
    ],
)
async def test_what_is_wrong_is_said_beside_its_field(
    little_shop: Founded, alice: Actor, name: str, key: str, until: str, field: str, because: str
) -> None:
    """Before anything is asked; the focus goes there, and what was typed stays."""
    async with opened(little_shop, alice) as here:
        app, _pilot = here
        await fill(here, name, key, until)
        await press(here, "ctrl+s")
        assert at(app) is EnrolDeviceScreen
        assert error(app, field).startswith(because)
        assert error(app, field)
        assert focused(app) == field
        assert form(app).text("key") == key
    assert devices.own(alice) == ()


async def test_what_only_the_shop_knows_is_said_there_too(little_shop: Founded, alice: Actor) -> None:
    """A key that is another's already, one's own, or was revoked: after the question, beside the key."""
    little_shop.person("bob")
    enrolled(little_shop.id_of("bob"), "laptop")
    revoked = enrolled(little_shop.id_of("alice"), "lost")
    operations.revoke(CONSOLE, devices.find(little_shop.id_of("alice"), revoked))
    alice = signed_in("alice")
    async with opened(little_shop, alice) as here:
        app, pilot = here
        await fill(here, "mine", KEY)
        await press(here, "y")
        assert at(app) is EnrolDeviceScreen
        assert error(app, "key").startswith("This key is enrolled for somebody else.")
        form(app).fill({"key": ""})
        form(app).controls[1].focus_control()
        await settle(pilot)
        await paste(app, pilot, ed25519("lost"))
        await press(here, "ctrl+s", "y")
        assert error(app, "key").startswith("This key was revoked, and no key comes back.")
    assert devices.own(alice) == ()


async def test_p11_enrolling_asks_for_proof_when_the_last_is_long_ago(little_shop: Founded, alice: Actor) -> None:
    """Without it nothing is enrolled, and nothing that was typed is lost."""
    Session.update(proved_at=NOON - DAY).where(Session.id == alice.session_id).execute()
    async with opened(little_shop, alice) as here:
        app, _pilot = here
        await fill(here, "laptop", KEY)
        await press(here, "y")
        assert at(app) is Prove
        await press(here, "escape")
        assert at(app) is EnrolDeviceScreen
        assert form(app).text("key") == KEY
        await press(here, "ctrl+s", "y", *PASSWORD, "enter")
        assert at(app) is DevicesScreen
    assert len(devices.own(alice)) == 1


async def test_leaving_what_was_typed_asks(little_shop: Founded, alice: Actor) -> None:
    """And only then."""
    async with opened(little_shop, alice) as here:
        app, _pilot = here
        await press(here, "escape")
        assert at(app) is DevicesScreen
        await press(here, "n", "x", "escape")
        assert at(app) is Confirm
        await press(here, "y")
        assert at(app) is DevicesScreen


async def test_the_owner_enrols_for_somebody_else(little_shop: Founded, alice: Actor) -> None:
    """Whose it is stands at the top and in the question; nobody is signed out by it."""
    async with program(little_shop.home, actor=little_shop.owner) as here:
        app, _pilot = here
        await press(here, "5", "a", "d", "n")
        assert grid(app).startswith(" Enrol a device key · Alice")
        await fill(here, "laptop", KEY)
        assert "Enrol “laptop” for Alice? With it and their password they come in over SSH." in flat(app)
        await press(here, "y")
        assert names(app) == ["laptop"]
        assert grid(app).startswith(" Device keys · Alice · 1 of 5")
    assert devices.own(alice)[0].added_by == "owner"


# ---- out of a file


async def test_a_file_of_the_inbox_is_chosen(little_shop: Founded, alice: Actor) -> None:
    """Only those that end in .pub; the device is called as the file, unless it has a name already."""
    (inbox.folder() / "tablet.pub").write_text(KEY + "\n")
    (inbox.folder() / "people.csv").write_text("login")
    async with opened(little_shop, alice) as here:
        app, _pilot = here
        await press(here, "ctrl+o")
        assert at(app) is Choose
        assert "tablet.pub" in grid(app)
        assert "people.csv" not in grid(app)
        await press(here, "enter")
        assert form(app).values() == {"name": "tablet", "key": " ".join(KEY.split()[:2]), "until": ""}
        assert f"ED25519 {fingerprint(KEY)}" in grid(app)
        await press(here, "enter", "y")
        assert names(app) == ["tablet"]
        await press(here, "n", *"mine", "ctrl+o", "enter")
        assert form(app).text("name") == "mine"


@pytest.mark.parametrize("file", ["id_ed25519.pub", f"{'long ' * 20}.pub"])
async def test_what_every_file_is_called_is_no_name_of_a_device(little_shop: Founded, alice: Actor, file: str) -> None:
    """Nor is what is too long for one: the name is what is typed next."""
    (inbox.folder() / file).write_text(KEY)
    async with opened(little_shop, alice) as here:
        app, _pilot = here
        await press(here, "ctrl+o", "enter", *"tablet")
        assert form(app).values() == {"name": "tablet", "key": " ".join(KEY.split()[:2]), "until": ""}


@pytest.mark.parametrize(
    "holds", [PRIVATE.encode(), b"\x00\xff\x1b[2J", b"", b"ssh-ed25519 AAAA"], ids=["private", "bytes", "empty", "half"]
)
async def test_a_file_that_is_no_key_says_so_and_shows_none_of_it(little_shop: Founded, alice: Actor, holds: bytes) -> None:
    """Beside the field, which stays as it was."""
    (inbox.folder() / "id.pub").write_bytes(holds)
    async with opened(little_shop, alice) as here:
        app, _pilot = here
        await press(here, "ctrl+o", "enter")
        assert at(app) is EnrolDeviceScreen
        assert error(app, "key")
        assert form(app).values() == {"name": "", "key": "", "until": ""}


async def test_without_a_file_it_says_where_to_put_one(little_shop: Founded, alice: Actor) -> None:
    """And one that goes away while it is being chosen is no harm."""
    async with opened(little_shop, alice) as here:
        app, _pilot = here
        await press(here, "ctrl+o")
        assert told(app) == [f"No file that ends in .pub lies in {inbox.folder()}"]
        (inbox.folder() / "id.pub").write_text(KEY)
        await press(here, "ctrl+o")
        (inbox.folder() / "id.pub").unlink()
        await press(here, "enter")
        assert told(app)[-1].startswith("This file is no longer in the inbox")
        assert at(app) is EnrolDeviceScreen


@pytest.mark.parametrize("size", [(60, 20), (80, 24)], ids=str)
async def test_everything_is_reached_on_a_small_terminal(little_shop: Founded, alice: Actor, size: tuple[int, int]) -> None:
    """The fields, the keys, and the whole fingerprint in the question."""
    async with opened(little_shop, alice, size=size) as here:
        app, _pilot = here
        assert "ctrl+o File" in grid(app)
        await fill(here, "laptop", KEY)
        assert at(app) is Confirm
        assert fingerprint(KEY) in grid(app)
        assert "y Enrol" in grid(app)
