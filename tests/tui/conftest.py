"""What the tests of the program have in common: the sample shop."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from models import i18n, shop
from models.actor import Actor
from models.i18n import Language
from tests.screens.quiet import quiet
from tui import demo


class Made(NamedTuple):
    """A sample shop that is open: its language, its folder, and the accounts that the sign-in screen shows."""

    language: Language
    home: Path
    accounts: list[tuple[str, str]]


@pytest.fixture(scope="session", autouse=True)
def _nobody_waits_by_the_clock() -> Iterator[None]:
    """See `quiet`."""
    with quiet():
        yield


@pytest.fixture(scope="module", params=i18n.LANGUAGES)
def made(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Made]:
    """The sample shop in each language."""
    language: Language = request.param
    home = tmp_path_factory.mktemp("sample") / "home"
    i18n.install(language)
    accounts = demo.fill(home, language, Actor.console("tester"))
    shop.open(home)
    yield Made(language, home, accounts)
    shop.close()
    i18n.install("en")
