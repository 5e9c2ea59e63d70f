"""A clock that tests move, and passwords that cost little, for tests that ask for them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from models import clock
from models.operations import _hashing
from models.queries import standing
from models.rules import passwords
from models.rules.passwords import Cost
from models.tables import Credential
from tests import factories
from tests.factories import Founded
from tests.models.doors import CHEAP, Watch


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
