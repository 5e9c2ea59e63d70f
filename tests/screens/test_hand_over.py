"""The hand-over card, by keyboard."""

from __future__ import annotations

from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from models import clock
from models.errors import DiskFull
from models.i18n import Language
from models.operations import devices, outbox, policy
from models.queries import security
from screens.hand_over import HandOverScreen, big
from tests.device_keys import ed25519
from tests.factories import DAY, Founded
from tests.hostile import LITERAL, REFUSED
from tests.screens.conftest import DeskFactory
from tests.screens.look import LANGUAGES, SIZES, grid, settle
from tests.screens.program import NOON, at_noon
from tui.app import ShopstaffApp

CODE = "7KQF-2M9X-ABCD-EFGH-JKMN-PQRS"
MAY = {"staff.view", "staff.manage"}


def card(name: str = "Carol Li 李卡", login: str = "little-shop:carol") -> HandOverScreen:
    """Carol's."""
    return HandOverScreen(login, name, CODE, clock.now() + 7 * DAY)


async def test_leaving_asks_because_the_code_is_shown_only_now(desk: DeskFactory, little_shop: Founded) -> None:
    """Cancel has the focus; y leaves."""
    async with desk(card, may=MAY, actor=little_shop.owner) as (app, pilot):
        await pilot.press("escape")
        await settle(pilot)
        assert "The code is shown only now. Have you handed it over?" in grid(app)
        await pilot.press("enter")
        await settle(pilot)
        assert big(CODE).splitlines()[0].strip() in grid(app)
        await pilot.press("escape", "y")
        await settle(pilot)
        assert not isinstance(app.screen, HandOverScreen)
        assert big(CODE).splitlines()[0].strip() not in grid(app)


async def test_leaving_the_program_asks_as_well(desk: DeskFactory, little_shop: Founded) -> None:
    """q would close it with everything else."""
    async with desk(card, may=MAY, actor=little_shop.owner) as (app, pilot):
        await pilot.press("q")
        await settle(pilot)
        assert "The code is shown only now." in grid(app)
        await pilot.press("escape")
        await settle(pilot)
        assert isinstance(app.screen, HandOverScreen)


async def test_p_writes_the_card_once_and_leaving_asks_no_more(desk: DeskFactory, little_shop: Founded) -> None:
    """It says where; the code is there from now on."""
    clock.set_clock(lambda: NOON)
    async with desk(card, may=MAY, actor=little_shop.owner) as (app, pilot):
        await pilot.press("p")
        await settle(pilot)
        (path,) = (little_shop.home / "outbox").iterdir()
        assert path.name == "hand-over-carol-20261122-120000.html"
        assert CODE.replace("-", "") in "".join(path.read_text(encoding="utf-8").split("<span>")).replace("</span>", "").replace(
            "<wbr>-", ""
        )
        assert path.name in grid(app)
        await pilot.press("p")
        await settle(pilot)
        assert list((little_shop.home / "outbox").iterdir()) == [path]
        await pilot.press("escape")
        await settle(pilot)
        assert not isinstance(app.screen, HandOverScreen)


async def test_a_card_that_cannot_be_written_is_still_on_the_screen(
    desk: DeskFactory, little_shop: Founded, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It says why, and asks before leaving as before."""

    def full(*_args: object) -> Path:
        raise DiskFull

    monkeypatch.setattr(outbox, "put", full)
    async with desk(card, may=MAY, actor=little_shop.owner) as (app, pilot):
        await pilot.press("p")
        await settle(pilot)
        assert "The disk is full." in grid(app)
        await pilot.press("escape")
        await settle(pilot)
        assert "Have you handed it over?" in grid(app)


async def test_a_bare_login_is_completed(desk: DeskFactory, little_shop: Founded) -> None:
    """As a new code for somebody who is there already brings it."""
    async with desk(lambda: card(login="carol"), may=MAY, actor=little_shop.owner) as (app, _pilot):
        assert "little-shop:carol" in grid(app)


async def test_whoever_has_a_device_key_is_told_how_to_connect(
    desk: DeskFactory, little_shop: Founded, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On the screen and on the page alike, with what the program knows of its machine; in place of the shop's terminal."""
    monkeypatch.setattr(ShopstaffApp, "way_in", "ssh shop@counter")
    little_shop.person("carol", status="invited")
    async with desk(card, may=MAY, actor=little_shop.owner) as (app, pilot):
        assert "1. At the shop's terminal" in grid(app)
        devices.add(little_shop.owner, little_shop.id_of("carol"), ed25519("carol"), name="phone")
        await pilot.press("f1")
        await settle(pilot)
        await pilot.press("escape")
        await settle(pilot)
        assert "1. On your device: ssh shop@counter" in grid(app)
        assert "terminal" not in grid(app)
        await pilot.press("p")
        await settle(pilot)
        (path,) = (little_shop.home / "outbox").iterdir()
        page = path.read_text(encoding="utf-8")
        assert "<li>On your device: ssh shop@counter</li>" in page
        assert "terminal" not in page


async def test_without_the_key_that_the_policy_asks_for_the_card_says_what_comes_first(desk: DeskFactory, little_shop: Founded) -> None:
    """Nobody finds out at the door."""
    little_shop.person("carol", status="invited")
    known = security.policy()
    policy.edit(little_shop.owner, known.version, known.policy._replace(device_required=True))
    async with desk(card, may=MAY, actor=little_shop.owner) as (app, _pilot):
        assert "1. First give the owner the public key of your device" in grid(app)
        assert "2. On your device" in grid(app)


async def test_whoever_may_hand_out_no_codes_any_more_keeps_the_one_on_the_screen(desk: DeskFactory, little_shop: Founded) -> None:
    """It is shown only now, and was theirs to make a moment ago."""
    bob = little_shop.person("bob", gave=["customer_service"])
    async with desk(card, may=MAY, actor=bob) as (app, _pilot):
        assert isinstance(app.screen, HandOverScreen)
        assert big(CODE).splitlines()[0].strip() in grid(app)
        assert "1. At the shop's terminal" in grid(app)


async def test_a_name_is_never_markup(desk: DeskFactory, little_shop: Founded) -> None:
    """Nor does it steer the terminal."""
    async with desk(card, may=MAY, actor=little_shop.owner) as (app, pilot):
        hostile = [*REFUSED.values(), *LITERAL.values()]
        for some in range(0, len(hostile), 5):  # as many as the heading has room for
            await app.push_screen(card("".join(said[:14] for said in hostile[some : some + 5])))
            await pilot.pause()
            assert not set(grid(app)) & {"\x1b", "\x9b", "\x07", "\u202e", "\u200b"}
            assert "little-shop:carol" in grid(app)
            await app.pop_screen()


async def test_everything_on_it_can_be_read_on_a_phone(desk: DeskFactory, little_shop: Founded) -> None:
    """At 60 by 20 the code is whole."""
    async with desk(card, may=MAY, actor=little_shop.owner, size=(60, 20)) as (app, _pilot):
        for line in filter(None, big(CODE).splitlines()):
            assert line in grid(app)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_the_card(
    desk: DeskFactory, little_shop: Founded, size: tuple[int, int], language: Language, snapshot: SnapshotAssertion
) -> None:
    """Account, code, until when, what to do."""
    at_noon(little_shop, language=language)
    async with desk(card, may=MAY, actor=little_shop.owner, size=size, language=language) as (app, _pilot):
        assert grid(app) == snapshot
