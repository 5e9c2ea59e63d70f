"""A clock that tests move, and passwords that cost little, for tests that ask for them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from models import clock, shop
from models.operations import _hashing
from models.queries import standing
from models.rules import passwords
from models.rules.passwords import Cost
from models.tables import Credential
from tests import factories
from tests.factories import Founded
from tests.models.doors import CHEAP, Watch
from tests.models.talking import Talking, talking


@pytest.fixture
def watch(little_shop: Founded) -> Iterator[Watch]:
    """The machine's clock, which stands still until the test moves it; it starts five seconds into a time step of TOTP."""
    watch = Watch()
    clock.set_clock(watch)
    yield watch
    clock.set_clock(None)


@pytest.fixture
def honest(monkeypatch: pytest.MonkeyPatch) -> None:
    """A session that is stamped later than now tells of a clock that was set back, as outside tests."""
    monkeypatch.setattr(standing, "AHEAD", 2 * clock.MINUTE)


@pytest.fixture
def cheap(little_shop: Founded, monkeypatch: pytest.MonkeyPatch) -> Cost:
    """A hash costs next to nothing, everybody's `PASSWORD` included: for tests that hash often and are about something else."""
    kept = passwords.digest(factories.PASSWORD, CHEAP)
    monkeypatch.setattr(_hashing, "cost", lambda: CHEAP)
    monkeypatch.setattr(factories, "digest", lambda: kept)
    Credential.update(password=kept).execute()
    return CHEAP


@pytest.fixture(scope="session")
def talking_home(shop_template: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Talking]:
    """A shop with many conversations, made once; where it is, and who reads them."""
    home = tmp_path_factory.mktemp("talking") / "home"
    shutil.copytree(shop_template, home)
    shop.close()
    shop.open(home)
    try:
        return home, talking(Founded(home, factories.signed_in("owner")))
    finally:
        shop.close()


@pytest.fixture
def talk(talking_home: tuple[Path, Talking]) -> Iterator[Talking]:
    """That shop, open; for tests that change nothing of it."""
    home, readers = talking_home
    shop.close()
    shop.open(home)
    yield readers
    shop.close()
