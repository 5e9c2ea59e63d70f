"""The shop's own facts, and how little of them a stranger sees."""

from __future__ import annotations

from pathlib import Path

import pytest

from models import db, shop
from models.operations import staff
from models.queries import shop as queries
from models.queries.shop import Doorway
from tests.factories import Founded


def test_a_stranger_sees_what_the_sign_in_screen_needs_and_no_more(little_shop: Founded) -> None:
    """Name, language and time zone: nobody's login among them."""
    assert queries.doorway() == Doorway("Little Shop", "en", "Asia/Shanghai")
    assert queries.current().owner == "owner"


@pytest.fixture
def unfounded(tmp_path: Path) -> object:
    """A folder in which nobody has founded a shop yet, open."""
    shop.open(tmp_path / "home", create=True)
    yield
    shop.close()


@pytest.mark.usefixtures("unfounded")
def test_before_there_is_a_shop_there_is_nothing_to_see() -> None:
    """No doorway, no languages, and a time zone that counts nowhere."""
    assert queries.doorway() is None
    assert queries.languages(None) == (None, None)
    assert queries.zone() == "UTC"
    assert not db.rows("SELECT 1 FROM shop")


def test_the_language_that_counts_is_the_persons_then_the_shops(little_shop: Founded) -> None:
    """Each None where nothing was chosen."""
    assert queries.languages(None) == (None, "en")
    assert queries.languages(little_shop.owner) == (None, "en")
    staff.set_language(little_shop.owner, "zh")
    assert queries.languages(little_shop.owner) == ("zh", "en")
    assert queries.languages(None) == (None, "en")
