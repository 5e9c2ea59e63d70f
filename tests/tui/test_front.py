"""The first screen before the shop: it is seen first, and nothing is done before the shop is open."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from models import shop
from models.errors import KeyMissing
from models.key_file import NAME
from screens.later import later
from screens.sign_in import SignInScreen
from screens.widgets.tab_bar import TitleBar
from tests.factories import PASSWORD, Founded
from tui import front
from tui.app import ShopstaffApp


@pytest.fixture
def closed(little_shop: Founded, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a shop that is not open; nothing opens it but a key."""
    shop.close()
    monkeypatch.setattr(front, "SEEN", 60.0)
    monkeypatch.delenv("SSH_CONNECTION", raising=False)
    return little_shop.home


def program(home: Path) -> ShopstaffApp:
    """The program as it comes to the terminal."""
    return ShopstaffApp(home, opens=partial(shop.open, home), shop_name="Little Shop")


async def test_the_form_is_there_before_the_shop_is_open(closed: Path) -> None:
    """With the shop's name; the first key opens the shop, and is not lost."""
    app = program(closed)
    async with app.run_test() as pilot:
        assert isinstance(app.screen, SignInScreen)
        assert not shop.is_open()
        assert "Little Shop" in str(app.screen.query_one(TitleBar).render())
        await pilot.press("o")
        assert shop.is_open()
        assert app.screen.form.text("login") == "o"
        assert app.shop_name == "Little Shop"
    shop.close()


async def test_nobody_presses_a_key_and_it_opens_all_the_same(closed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As soon as the form has been seen."""
    monkeypatch.setattr(front, "SEEN", 0.01)
    app = program(closed)
    async with app.run_test() as pilot:
        await pilot.pause(0.3)
        assert shop.is_open()
    shop.close()


async def test_what_was_typed_ahead_waits_for_the_shop(closed: Path) -> None:
    """Login and password before anything else was done: signed in."""
    app = program(closed)
    async with app.run_test() as pilot:
        await pilot.press(*"owner", "tab", *PASSWORD, "enter")
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert app.actor is not None
        assert app.actor.name == "owner"
    shop.close()


async def test_a_shop_that_cannot_be_used_ends_the_program(closed: Path) -> None:
    """The key that was pressed reaches nothing, and whoever runs the program is told why."""
    (closed / NAME).rename(closed / "elsewhere")
    app = program(closed)
    async with app.run_test() as pilot:
        await pilot.press("enter")
        assert not app.is_running or app._exit
    assert isinstance(app.unusable, KeyMissing)
    assert not shop.is_open()


async def test_whoever_hangs_up_first_waits_for_nothing(closed: Path) -> None:
    """The program is ending: it does not open the shop for that."""
    app = program(closed)
    async with app.run_test():
        app.hurry()
        assert not shop.is_open()


def test_a_module_for_later_is_the_module() -> None:
    """Read, set and deleted from, as tests and everybody else do."""
    stand_in = later("tests.factories")
    assert stand_in.PASSWORD == PASSWORD
    stand_in.just_for_now = 1
    from tests import factories

    assert vars(factories)["just_for_now"] == 1
    del stand_in.just_for_now
    assert not hasattr(stand_in, "just_for_now")
