"""The frame of every write: judged anew, one transaction, an entry, and nothing without one."""

from __future__ import annotations

import sqlite3

import peewee
import pytest

from models import db
from models.actor import Actor
from models.errors import NotAllowed, NothingChanged, SessionEnded, Stale
from models.operations import departments, roles, sessions, shop as shop_operations
from models.operations._journal import Journal, Thing
from models.operations._operation import SilentOperationError, operation, save, unattended
from models.rules.audit_chain import FIRST, link
from models.tables import AuditEntry, Setting, Shop, Staff
from tests.factories import Founded

COLUMNS = "seq, at, actor, session, device, address, action, object_kind, object_id, object_label, old, new, hash"


def entries() -> list[tuple[object, ...]]:
    """The log, whole."""
    return db.rows(f"SELECT {COLUMNS} FROM audit_entry ORDER BY seq")


def test_a_change_and_its_entry_are_one_transaction(little_shop: Founded, monkeypatch: pytest.MonkeyPatch) -> None:
    """An entry that cannot be written takes the change back with it."""

    def broken(*_args: object) -> None:
        raise sqlite3.IntegrityError("no room for an entry")

    before = entries()
    monkeypatch.setattr("models.operations._operation.write", broken)
    with pytest.raises(sqlite3.IntegrityError):
        departments.add(little_shop.owner, "Night shift")
    assert not db.rows("SELECT 1 FROM department WHERE name = 'Night shift'")
    assert entries() == before


def test_a_change_that_records_nothing_is_rolled_back(little_shop: Founded) -> None:
    """No operation can be silent."""
    with pytest.raises(SilentOperationError), operation(little_shop.owner, None, "shop.edit"):
        Shop.update(name="Silent").execute()
    assert Shop.get().name == "Little Shop"


def test_a_refused_attempt_is_an_entry_and_changes_nothing(little_shop: Founded) -> None:
    """It names who tried what, and what was missing."""
    bob = little_shop.person("bob", post="service", gave=["customer_service"])
    with pytest.raises(NotAllowed):
        roles.add(bob, "Mine", ["goods.view"])
    (row,) = AuditEntry.select().where(AuditEntry.action == "act.refuse")
    assert (row.actor, row.new) == ("bob", '{"act":"role.add","because":"NotAllowed","permission":"org.role.manage"}')
    assert not db.rows("SELECT 1 FROM role WHERE name = 'Mine'")


def test_an_ended_session_may_do_nothing_from_the_next_act_on(little_shop: Founded) -> None:
    """What a screen still shows does not count."""
    sessions.sign_out(little_shop.owner)
    with pytest.raises(SessionEnded):
        departments.add(little_shop.owner, "Night shift")


@pytest.mark.parametrize("actor", [Actor(""), Actor("owner"), Actor("owner", 1), Actor("owner", 1, 999), Actor("nobody", 77, 1)])
def test_an_actor_that_was_made_up_may_do_nothing(little_shop: Founded, actor: Actor) -> None:
    """Without a live session of that very person there is no access; a name alone is nothing."""
    with pytest.raises(SessionEnded):
        departments.add(actor, "Night shift")


def test_another_persons_session_is_not_ones_own(little_shop: Founded) -> None:
    """Session and person are compared together."""
    bob = little_shop.person("bob", gave=["warehouse"])
    with pytest.raises(SessionEnded):
        departments.add(little_shop.owner._replace(session_id=bob.session_id), "Night shift")


def test_a_lost_role_takes_effect_on_the_next_act(little_shop: Founded) -> None:
    """Access is read again inside the transaction."""
    meg = little_shop.person("meg", gave=["manager"])
    departments.add(meg, "One")
    db.database.execute_sql("UPDATE role_grant SET ended_at = since, ended_by = 'owner' WHERE staff_id = ?", (meg.staff_id,))
    with pytest.raises(NotAllowed):
        departments.add(meg, "Two")


def test_the_log_is_gapless_and_every_hash_covers_what_came_before(little_shop: Founded) -> None:
    """An independent reading of the rows finds the same chain."""
    little_shop.person("bob")
    for name in ("One", "Two"):
        departments.add(little_shop.owner, name)
    previous, expected = FIRST, 1
    for row in entries():
        assert row[0] == expected
        assert row[-1] == link(previous, row[:-1])  # type: ignore[arg-type]  # what SQLite holds is what the chain takes
        previous, expected = row[-1], expected + 1
    assert expected > 4


@pytest.mark.parametrize(
    "sql", ["UPDATE audit_entry SET actor = 'x'", "DELETE FROM audit_entry", "REPLACE INTO audit_entry SELECT * FROM audit_entry"]
)
def test_the_log_cannot_be_rewritten_through_the_database(little_shop: Founded, sql: str) -> None:
    """Neither changed, nor deleted, nor replaced."""
    before = entries()
    with pytest.raises(peewee.IntegrityError, match="append-only"):
        db.database.execute_sql(sql)
    assert entries() == before


def test_an_action_outside_the_vocabulary_cannot_be_recorded(little_shop: Founded) -> None:
    """The vocabulary is closed."""
    with pytest.raises(KeyError):
        Journal(little_shop.owner, 1, {}).record("staff.teleport", Thing("staff", 1, "owner"))


def test_an_entry_of_a_failed_transaction_leaves_no_gap(little_shop: Founded) -> None:
    """Numbers are given inside the transaction."""
    numbers = [row[0] for row in entries()]

    def broken_off() -> None:
        with db.transaction():
            departments.add(little_shop.owner, "Lost")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        broken_off()
    departments.add(little_shop.owner, "Kept")
    assert [row[0] for row in entries()] == [*numbers, len(numbers) + 1]


def test_the_second_of_two_editors_is_told_and_overwrites_nothing(little_shop: Founded) -> None:
    """The version is compared in the same UPDATE."""
    shop = Shop.get()
    shop_operations.edit(little_shop.owner, shop.version, name="First", code="first", language="en", zone="UTC")
    with pytest.raises(Stale):
        shop_operations.edit(little_shop.owner, shop.version, name="Second", code="second", language="en", zone="UTC")
    assert (Shop.get().name, Shop.get().version) == ("First", shop.version + 1)
    with pytest.raises(NothingChanged):
        shop_operations.edit(little_shop.owner, shop.version + 1, name="First", code="first", language="en", zone="UTC")


def test_saving_a_row_that_is_gone_is_stale(little_shop: Founded) -> None:
    """Whatever the version."""
    with pytest.raises(Stale):
        save(Staff, 999, None, "nobody", name="x")


@pytest.mark.parametrize(
    "values",
    [
        {"status": "frozen", "is_owner": True},
        {"status": "left"},
        {"status": "dancing"},
        {"post": "boss"},
        {"login": "UPPER"},
        {"version": 0},
        {"created_at": "yesterday"},
        {"department": 999},
    ],
)
def test_the_tables_refuse_what_no_operation_would_write(little_shop: Founded, values: dict[str, object]) -> None:
    """Strict types, checks and foreign keys stand behind the rules."""
    with pytest.raises(peewee.IntegrityError):
        Staff.update(**values).where(Staff.id == 1).execute()


def test_there_is_exactly_one_owner(little_shop: Founded) -> None:
    """The table itself has room for one."""
    little_shop.person("bob")
    with pytest.raises(peewee.IntegrityError):
        Staff.update(is_owner=True).where(Staff.login == "bob").execute()


def test_nothing_that_the_log_names_can_be_deleted(little_shop: Founded) -> None:
    """People, roles and departments in use are held by foreign keys."""
    little_shop.person("bob", gave=["manager"], department_id=1)
    for table in ("staff", "role", "department"):
        with pytest.raises(peewee.IntegrityError):
            db.database.execute_sql(f"DELETE FROM {table}")
    assert Setting.select().count()


def test_an_unattended_act_that_records_nothing_is_rolled_back(little_shop: Founded) -> None:
    """Signing in and activating are held to the same."""
    with pytest.raises(SilentOperationError), unattended(little_shop.console):
        Setting.insert(name="silent", value="1").execute()
    assert not Setting.select().where(Setting.name == "silent").exists()
