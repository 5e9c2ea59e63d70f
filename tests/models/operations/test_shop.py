"""Founding a shop, once, and changing its settings."""

from __future__ import annotations

import pytest

from models import db
from models.errors import AlreadyFounded, Invalid, NotAllowed, NothingChanged, PasswordWeak, Stale
from models.operations import shop
from models.operations.shop import Founding
from models.queries.shop import current
from tests.factories import PASSWORD, STRANGER, Founded
from tests.models.operations.acts import recorded, refused, state

WANTED = Founding("Other Shop", "other", "zh", "Europe/Berlin", "mallory", "Mallory", PASSWORD)
SETTINGS = {"name": "Little Shop", "code": "little-shop", "language": "en", "zone": "Asia/Shanghai"}


def test_a_shop_is_founded_once(little_shop: Founded) -> None:
    """Neither the console nor a stranger founds another over it, and no second owner comes in."""
    for actor in (little_shop.console, STRANGER):
        refused(lambda actor=actor: shop.found(actor, WANTED), AlreadyFounded)  # type: ignore[misc]  # mypy cannot infer a lambda's default
    assert db.rows("SELECT login FROM staff WHERE is_owner = 1") == [("owner",)]


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", ""), ("name", "x\x1b[2J"), ("code", "Ä"), ("language", "fr"), ("zone", "Mars/Base"), ("login", "a b"), ("owner", " ")],
)
def test_a_field_that_cannot_be_used_is_named(field: str, value: str) -> None:
    """Before anything is hashed or written."""
    with pytest.raises(Invalid) as wrong:
        shop.checked(WANTED._replace(**{field: value}))
    assert wrong.value.field == field


@pytest.mark.parametrize("password", ["short", "mallorymallory", "x" * 129])
def test_the_owners_password_is_judged_like_any(password: str) -> None:
    """With the names of the shop and of the owner known."""
    with pytest.raises(PasswordWeak):
        shop.checked(WANTED._replace(password=password))


def test_the_log_tells_what_changed_and_nothing_else(little_shop: Founded) -> None:
    """Old and new, of the fields that changed."""
    version = current().version
    (entry,) = recorded(lambda: shop.edit(little_shop.owner, version, **SETTINGS | {"name": "Big Shop", "language": "zh"}))
    old, new = {"name": "Little Shop", "language": "en"}, {"name": "Big Shop", "language": "zh"}
    assert (entry.action, entry.old, entry.new) == ("shop.edit", old, new)
    assert (current().name, current().language, current().version) == ("Big Shop", "zh", version + 1)


def test_settings_are_not_for_everybody(little_shop: Founded) -> None:
    """It takes `shop.info.edit`."""
    bob = little_shop.person("bob", gave=["customer_service"])
    assert refused(lambda: shop.edit(bob, 1, **SETTINGS | {"name": "Mine"}), NotAllowed).permission == "shop.info.edit"


def test_the_second_to_save_settings_is_told(little_shop: Founded) -> None:
    """And overwrites nothing; saving the same is no change."""
    version = current().version
    shop.edit(little_shop.owner, version, **SETTINGS | {"name": "Big Shop"})
    refused(lambda: shop.edit(little_shop.owner, version, **SETTINGS | {"zone": "Europe/Berlin"}), Stale)
    refused(lambda: shop.edit(little_shop.owner, version + 1, **SETTINGS | {"name": "Big Shop"}), NothingChanged)


def test_settings_that_cannot_be_used_are_refused(little_shop: Founded) -> None:
    """A language that nobody speaks here, a zone that is none."""
    before = state()
    for wrong in ({"language": "fr"}, {"zone": "Mars/Base"}, {"code": "9"}, {"name": "\u202eevil"}):
        with pytest.raises(Invalid) as caught:
            shop.edit(little_shop.owner, 1, **SETTINGS | wrong)
        assert [caught.value.field] == list(wrong)
    assert state() == before
