"""Looking at a copy: what is whole, what is in it, and what is wrong with it."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from models import anchors, snapshot
from models.anchors import Anchor
from models.errors import Cancelled, ShopDamaged
from models.queries import chain, copies, damage
from models.rules.audit_damage import CHANGED, REWRITTEN, TRUNCATED, Damage
from tests.factories import Founded
from tests.tampering import attacker


@pytest.fixture
def copy(little_shop: Founded, tmp_path: Path) -> Path:
    """A copy of a shop with two entries."""
    little_shop.person("bob")
    snapshot.take(little_shop.home / "shop.db", tmp_path / "copy.db")
    return tmp_path / "copy.db"


def tamper(copy: Path, *statements: str) -> None:
    """Do what triggers would refuse."""
    bare = sqlite3.connect(copy, isolation_level=None)
    bare.execute("PRAGMA foreign_keys = 0")
    for (name,) in bare.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        bare.execute(f"DROP TRIGGER {name}")
    for statement in statements:
        bare.execute(statement)
    bare.close()


def test_d5_a_whole_copy_tells_what_is_in_it(copy: Path, little_shop: Founded) -> None:
    """As the shop itself does."""
    head = chain.head()
    found = copies.examine(copy, anchors.read(little_shop.home))
    assert head is not None
    assert (found.shop, found.code, found.entries, found.head, found.damage) == ("Little Shop", "little-shop", 2, head.digest, ())
    assert found.first is not None and found.first != found.head
    assert found.key_check
    assert found.schema == tuple(sorted(found.schema)) and found.schema


def test_d5_a_log_that_was_tampered_with_is_told(copy: Path) -> None:
    """An entry that was edited, one that holds what is no text, and one that is gone which was kept elsewhere."""
    tamper(copy, "UPDATE audit_entry SET actor = 'x' WHERE seq = 2", "UPDATE audit_entry SET new = CAST(x'ff' AS TEXT) WHERE seq = 1")
    found = copies.examine(copy, [Anchor(2, 0, b"other"), Anchor(3, 0, b"gone")])
    assert {each.kind for each in found.damage} == {CHANGED, TRUNCATED} or {each.kind for each in found.damage} == {CHANGED, REWRITTEN}


def test_d5_damage_that_was_accepted_is_not_told_again(copy: Path) -> None:
    """By whoever looks at the live shop."""
    tamper(copy, "UPDATE audit_entry SET actor = 'x' WHERE seq = 1")
    (found,) = copies.examine(copy).damage
    accepted = [damage.Accepted(Damage(CHANGED, 1, 1), "console:x", 1, 2)]
    assert found == Damage(CHANGED, 1, 1)
    assert copies.examine(copy, accepted=accepted).damage == ()


def test_d5_a_log_without_entries_is_damaged(copy: Path) -> None:
    """A shop has at least the entry by which it was set up."""
    tamper(copy, "DELETE FROM audit_entry", "DELETE FROM setting")
    found = copies.examine(copy)
    assert (found.entries, found.head, found.first, found.key_check) == (0, None, None, "")
    assert found.damage == (Damage(TRUNCATED, 1, 1),)


@pytest.mark.parametrize(
    "statement",
    [
        "DROP TABLE audit_entry",
        "DELETE FROM shop",
        "INSERT INTO role_permission (role_id, permission) VALUES (9999, 'goods.view')",
        "UPDATE shop SET name = CAST(x'ff' AS TEXT)",
    ],
)
def test_d5_what_is_no_whole_shop_is_damaged(copy: Path, statement: str) -> None:
    """A table, the shop, what is referred to; text that is none."""
    tamper(copy, statement)
    with pytest.raises(ShopDamaged):
        copies.examine(copy)


def test_d5_pages_that_were_damaged_are_found(copy: Path) -> None:
    """Whichever: the second half of the file is gone over."""
    raw = bytearray(copy.read_bytes())
    raw[len(raw) // 2 :] = bytes(len(raw) - len(raw) // 2)
    copy.write_bytes(raw)
    with pytest.raises(ShopDamaged):
        copies.examine(copy)


@pytest.mark.parametrize("part", range(1, 4))
def test_d5_looking_can_be_stopped(little_shop: Founded, copy: Path, part: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between windows, and within a query."""
    monkeypatch.setattr(copies, "STEPS", 50 if part > 1 else 10**9)
    asked = 0

    def stop() -> bool:
        nonlocal asked
        asked += 1
        return asked >= part

    with pytest.raises(Cancelled):
        copies.examine(copy, cancelled=stop)


def test_d5_the_live_shop_is_not_what_is_looked_at(little_shop: Founded, copy: Path) -> None:
    """What happens to it later is nothing to the copy."""
    with attacker(little_shop.home) as bare:
        bare.execute("UPDATE audit_entry SET actor = 'x' WHERE seq = 1")
    assert copies.examine(copy).damage == ()
