"""The bare way to the data: what cannot be used is said, and nothing is answered from it."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from models import authorized_keys, bare, checking, db, shop, sqlite
from models.errors import ShopDamaged, ShopMissing, ShopNewer
from tests.device_keys import enrolled
from tests.factories import Founded


@pytest.fixture
def key(little_shop: Founded) -> str:
    """A key that opens, in a shop that is closed again."""
    key = enrolled(1, "laptop")
    shop.close()
    return key


def spoil(home: Path, sql: str) -> None:
    """Change the shop behind everybody's back."""
    with sqlite3.connect(home / sqlite.FILE_NAME) as connection:
        connection.execute(sql)
    connection.close()


@pytest.mark.parametrize(
    ("sql", "refusal"),
    [
        ("UPDATE schema_migration SET name = '9999_later' WHERE name = '0003_devices'", ShopNewer),
        ("DELETE FROM schema_migration WHERE name = '0003_devices'", bare.OutdatedError),
        ("DELETE FROM schema_migration", bare.OutdatedError),
        ("DROP TABLE schema_migration", ShopMissing),
        ("DELETE FROM shop", ShopMissing),
    ],
)
def test_p12_a_shop_of_other_tables_opens_to_nobody(little_shop: Founded, key: str, sql: str, refusal: type[Exception]) -> None:
    """A newer Shopstaff's, an older one's, none at all."""
    home = str(little_shop.home)
    assert authorized_keys.key(home, key) != ""
    assert bare.language(home) == "en"
    spoil(little_shop.home, sql)
    with pytest.raises(refusal):
        authorized_keys.key(home, key)
    with pytest.raises(refusal):
        checking.ask(home, "owner", "goods.view")
    assert bare.language(home) is None


def test_p12_a_shop_that_is_damaged_opens_to_nobody(little_shop: Founded, key: str) -> None:
    """Its head, and its middle."""
    file = little_shop.home / sqlite.FILE_NAME
    whole = file.read_bytes()
    for content in (b"nothing like it" * 100, whole[:4096] + b"\xff" * (len(whole) - 4096)):
        file.write_bytes(content)
        with pytest.raises(ShopDamaged):
            authorized_keys.key(str(little_shop.home), key)
        assert bare.language(str(little_shop.home)) is None
    file.write_bytes(whole)
    assert authorized_keys.key(str(little_shop.home), key) != ""


def test_p12_asking_changes_nothing(little_shop: Founded, key: str) -> None:
    """Not a byte, nor a file beside: anybody on the network can ask."""
    before = {path.name: path.read_bytes() for path in little_shop.home.iterdir() if path.is_file()}
    for _ in range(3):
        authorized_keys.key(str(little_shop.home), key)
        authorized_keys.key(str(little_shop.home), "SHA256:")
    assert {path.name: path.read_bytes() for path in little_shop.home.iterdir() if path.is_file()} == before


def test_p12_a_key_that_was_revoked_a_moment_ago_opens_nothing(little_shop: Founded) -> None:
    """The question is asked of the shop as it is, while it is open elsewhere, in either journal."""
    for journal in (sqlite.DELETE, sqlite.WAL):
        db.rows("UPDATE setting SET value = ? WHERE name = 'journal_mode'", (journal,))
        shop.close()
        shop.open(little_shop.home)
        name = enrolled(1, journal)
        assert authorized_keys.key(str(little_shop.home), name) != ""
        db.rows("UPDATE device SET ended_at = 1, \"end\" = 'revoked'")
        assert authorized_keys.key(str(little_shop.home), name) == ""


def test_the_doorway_shows_what_strangers_may_see(little_shop: Founded) -> None:
    """The name and the language, of a shop that nobody has opened; of none that would have to be brought up to date first."""
    shop.close()
    assert bare.doorway(str(little_shop.home)) == ("Little Shop", "en")
    spoil(little_shop.home, "DELETE FROM schema_migration")
    with pytest.raises(bare.OutdatedError):
        bare.doorway(str(little_shop.home))
