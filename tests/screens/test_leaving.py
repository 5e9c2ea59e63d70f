"""Shutting somebody out who has device keys, by keyboard: what is said beforehand, and what becomes of the keys."""

from __future__ import annotations

import pytest
from textual.widgets import Static

from models.operations import devices
from models.queries import devices as queries
from models.rules import device_keys
from screens.staff_detail import StaffDetailScreen
from screens.widgets.fact_list import FactList
from tests.device_keys import ed25519
from tests.factories import Founded
from tests.screens.conftest import DeskFactory
from tests.screens.people import may, peopled, press, status
from tui.app import ShopstaffApp

PHONE = device_keys.parse("key", ed25519("phone")).fingerprint


@pytest.fixture
def shop(little_shop: Founded) -> Founded:
    """Carol has two device keys."""
    shop = peopled(little_shop)
    for name in ("phone", "[red]tablet"):
        devices.add(shop.owner, shop.id_of("carol"), ed25519(name), name=name)
    return shop


def profile(shop: Founded) -> StaffDetailScreen:
    """Carol's."""
    return StaffDetailScreen(shop.id_of("carol"))


def asked(app: ShopstaffApp) -> str:
    """Everything that the dialog says."""
    return "\n".join(str(line.content) for line in app.screen.query(".said").results(Static))


async def test_leaving_names_the_device_keys_that_stop(desk: DeskFactory, shop: Founded) -> None:
    """As they are called; and they do stop."""
    async with desk(lambda: profile(shop), may=may(shop.owner), actor=shop.owner) as (app, pilot):
        await press(pilot, "l")
        (fact,) = [fact for fact in app.screen.query_one(FactList).facts if fact.key == "devices"]
        assert fact.said == ("2 device keys, which open nothing any more: phone, [red]tablet",)
        assert queries.knock(PHONE) is not None
        await press(pilot, "ctrl+s", "y")
    assert status(shop, "carol") == "left"
    assert queries.knock(PHONE) is None


async def test_freezing_says_that_keys_refuse_until_the_person_is_unfrozen(desk: DeskFactory, shop: Founded) -> None:
    """And so they do; no key has to be enrolled anew afterwards."""
    async with desk(lambda: profile(shop), may=may(shop.owner), actor=shop.owner) as (app, pilot):
        await press(pilot, "z")
        assert "no password and no device key lets them in" in asked(app)
        await press(pilot, "y")
        assert status(shop, "carol") == "frozen"
        assert queries.knock(PHONE) is None
        await press(pilot, "z")
        assert "Their password and their device keys work as before." in asked(app)
        await press(pilot, "y")
    assert status(shop, "carol") == "active"
    assert queries.knock(PHONE) is not None
