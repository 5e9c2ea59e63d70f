"""The table of all screens: it names each, and its keys lead there."""

from __future__ import annotations

import pkgutil
from importlib import import_module
from pathlib import Path

import pytest
from textual.screen import Screen

import screens
from tests.places import EXEMPT, PLACES, Place
from tests.screens.walking import walk


def every_screen() -> set[str]:
    """The classes of screens that there are."""
    found = set()
    for module in pkgutil.walk_packages(screens.__path__, "screens."):
        kept = vars(import_module(module.name)).values()
        found |= {
            each.__name__ for each in kept if isinstance(each, type) and issubclass(each, Screen) and each.__module__.startswith("screens.")
        }
    return found


def test_every_screen_is_in_the_table() -> None:
    """Or named with a reason why not."""
    assert every_screen() - {place.screen for place in PLACES} == EXEMPT.keys()
    assert {place.screen for place in PLACES} <= every_screen()
    names = [place.name for place in PLACES]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.name)
async def test_its_keys_lead_there(place: Place, furnished: Path) -> None:
    """By keyboard alone, from the door."""
    async with walk(place, furnished) as (app, _pilot):
        assert type(app.screen).__name__ == place.screen
