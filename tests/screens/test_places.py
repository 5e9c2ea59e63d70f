"""The table of all screens: it names each. That its keys lead there is seen on the way, in `test_p18`."""

from __future__ import annotations

import pkgutil
from importlib import import_module

from textual.screen import Screen

import screens
from tests.places import EXEMPT, PLACES


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
