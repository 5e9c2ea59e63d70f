"""Acts in other programs: the same verdict as ever, and an entry with it, or no answer at all."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from models import acting, bare, checking, clock, db, shop, sqlite
from models.acting import Asked
from models.catalogue import permissions
from models.errors import DiskFull, Invalid, LogDamaged, ShopDamaged, ShopLocked, ShopMissing, ShopReadOnly, Unknown
from models.operations import log, totp
from models.queries import moments
from models.rules.audit_chain import FIRST, link
from tests import hostile
from tests.factories import DAY, Founded
from tests.models import many
from tests.models.doors import Watch

FIELDS = "seq, at, actor, session, device, address, action, object_kind, object_id, object_label, old, new"
PROCESSES, EACH = 8, 50


@pytest.fixture
def home(little_shop: Founded) -> str:
    """A shop with Bob from customer service in it; its folder."""
    little_shop.person("bob", post="service", gave=("customer_service", "operations"))
    return str(little_shop.home)


def entries() -> list[tuple[Any, ...]]:
    """What acts in other programs left, the oldest first."""
    return db.rows(f"SELECT {FIELDS} FROM audit_entry WHERE object_kind = 'permission' ORDER BY seq")


def chain_holds() -> bool:
    """Whether every entry is linked to the one before it, and none is missing."""
    previous = FIRST
    for place, (*fields, kept) in enumerate(db.rows(f"SELECT {FIELDS}, hash FROM audit_entry ORDER BY seq"), 1):
        previous = link(previous, fields)
        if kept != previous or fields[0] != place:
            return False
    return True


def test_what_was_allowed_is_in_the_log(little_shop: Founded, home: str) -> None:
    """The person's login, no session; what, in the other program's words; and through whose command."""
    answer = acting.ask(home, "BOB ", "goods.view", "  Looked   up 白菜 ", "counter")
    assert answer.verdict.allowed
    ((seq, at, actor, session, device, address, action, kind, thing, label, old, new),) = entries()
    assert (actor, session, device, address) == ("bob", None, "", "")
    assert (action, kind, thing, label, old) == ("program.allow", "permission", None, "goods.view", "")
    assert json.loads(new) == {"act": "Looked up 白菜", "through": "console:counter"}
    assert 0 <= clock.now() - at < DAY
    assert seq == len(little_shop.log())
    assert chain_holds()


@pytest.mark.parametrize(
    ("code", "because"), [("goods.price.edit", ["post"]), ("refund.approve", ["not_granted"]), ("finance.withdraw", ["owner_only"])]
)
def test_what_was_refused_is_in_the_log_with_what_was_in_the_way(home: str, code: str, because: list[str]) -> None:
    """As the verdict names it."""
    answer = acting.ask(home, "bob", code, "Tried it", "counter")
    assert not answer.verdict.allowed
    ((*_, action, _kind, _id, label, _old, new),) = entries()
    assert (action, label) == ("program.refuse", code)
    assert json.loads(new) == {"act": "Tried it", "through": "console:counter", "because": because}


def test_the_verdict_is_the_one_that_asking_alone_gives(home: str) -> None:
    """Of everybody and everything, with everybody who could give it; each leaves one entry."""
    for login in ("owner", "bob"):
        for code in permissions():
            asked = checking.ask(home, login, code, grantors=True)
            assert acting.ask(home, login, code, "Try", "counter", grantors=True) == asked
    assert len(entries()) == 2 * len(permissions())
    assert chain_holds()


@pytest.mark.parametrize(("login", "code"), [("nobody", "goods.view"), ("bob", "goods.nonsense")])
def test_of_what_is_not_there_nothing_is_written(little_shop: Founded, home: str, login: str, code: str) -> None:
    """A login or a permission that does not exist was mistyped by a program: nobody did anything."""
    before = little_shop.log()
    with pytest.raises(Unknown):
        acting.ask(home, login, code, "Try", "counter")
    assert little_shop.log() == before


@pytest.mark.parametrize("act", ["", "   ", "x" * (acting.LIMIT + 1), *hostile.REFUSED.values()])
def test_an_act_that_cannot_be_read_is_refused_before_anything_is_asked(little_shop: Founded, home: str, act: str) -> None:
    """Nothing that steers a terminal comes into the log by another program."""
    before = little_shop.log()
    with pytest.raises(Invalid) as refused:
        acting.ask(home, "nobody", "goods.view", act, "counter")
    assert refused.value.field == "act"
    assert little_shop.log() == before


def test_many_at_once_are_each_judged_at_their_own_moment(little_shop: Founded, home: str, watch: Watch) -> None:
    """A grant that ends between two of them counts for the first alone; the entries are as of two who asked one by one."""
    until = clock.now() + DAY
    little_shop.person("carol", post="service", extras=("refund.view", "refund.approve", "trade.order.view"), until=until)

    def asked() -> Iterator[Asked]:
        yield Asked("carol", "refund.approve", " Refund 1 ")
        watch.passes(2 * 24 * 3600)
        yield Asked("CAROL", "refund.approve", "Refund 2")

    assert [answer.verdict.allowed for answer in acting.ask_all(home, asked(), "till")] == [True, False]
    first, second = entries()
    assert [(row[2], row[6], json.loads(row[-1])) for row in (first, second)] == [
        ("carol", "program.allow", {"act": "Refund 1", "through": "console:till"}),
        ("carol", "program.refuse", {"act": "Refund 2", "through": "console:till", "because": ["expired"]}),
    ]
    assert first[1] <= until < second[1] == clock.now()
    assert chain_holds()
    assert acting.ask_all(home, [], "till") == []


@pytest.mark.parametrize("bad", [Asked("nobody", "goods.view", "Try"), Asked("bob", "nonsense", "Try"), Asked("bob", "goods.view", " ")])
def test_of_many_at_once_all_are_written_or_none(little_shop: Founded, home: str, bad: Asked) -> None:
    """Who is told of a mistake in one need not wonder which of the others stand in the log."""
    before = little_shop.log()
    with pytest.raises((Unknown, Invalid)):
        acting.ask_all(home, [Asked("bob", "goods.view", "Looked"), bad], "till")
    assert little_shop.log() == before


@pytest.mark.parametrize("act", [*hostile.LITERAL.values(), "字" * acting.LIMIT])
def test_an_act_may_say_anything_that_can_be_read(home: str, act: str) -> None:
    """Markup, quotes and formulas stand there as they are."""
    acting.ask(home, "bob", "goods.view", act, "counter")
    assert json.loads(entries()[0][-1])["act"] == " ".join(act.split())


def test_both_kinds_of_connection_go_on_with_one_chain(little_shop: Founded, home: str) -> None:
    """An operation after an act, an act after an operation."""
    for turn in range(3):
        acting.ask(home, "bob", "goods.view", f"Turn {turn}", "counter")
        totp.put_off(little_shop.owner)
    assert chain_holds()


@pytest.mark.slow
@pytest.mark.parametrize("journal", [sqlite.DELETE, sqlite.WAL])
def test_eight_processes_at_once_lose_nothing(little_shop: Founded, home: str, journal: str) -> None:
    """Fifty acts each: all are there, once, and the chain holds; with either journal."""
    db.rows("UPDATE setting SET value = ? WHERE name = 'journal_mode'", (journal,))
    shop.close()
    with bare.writing(home) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == (journal,)
    answers = many.together(many.act, little_shop.home, [(number, EACH) for number in range(PROCESSES)])
    assert answers == [EACH] * PROCESSES
    shop.open(little_shop.home)
    acts = sorted(json.loads(row[-1])["act"] for row in entries())
    assert acts == sorted(f"Act {number}-{turn}" for number in range(PROCESSES) for turn in range(EACH))
    assert chain_holds()


def test_the_clock_may_be_set_back(little_shop: Founded, home: str, watch: Watch) -> None:
    """The entry tells the time that the machine showed; the latest time seen stays, and the order of the numbers counts."""
    acting.ask(home, "bob", "goods.view", "Before", "counter")
    latest = moments.latest()
    watch.passes(-400 * 24 * 3600)
    assert acting.ask(home, "bob", "goods.view", "After", "counter").verdict.permission == "goods.view"
    first, second = entries()
    assert second[1] == clock.now() < first[1]
    assert second[0] == first[0] + 1
    assert moments.latest() == latest
    assert chain_holds()


def test_an_act_is_written_while_a_damaged_log_lets_nothing_be_changed(little_shop: Founded, home: str) -> None:
    """It changes nothing of the shop, and what people do meanwhile in other programs must not go without a name."""
    db.rows("DROP TRIGGER audit_entry_no_update")
    db.rows("UPDATE audit_entry SET actor = 'nobody' WHERE seq = 2")
    before = log.verify(little_shop.owner)
    assert len(before.new) == 1
    with pytest.raises(LogDamaged):
        totp.put_off(little_shop.owner)
    assert acting.ask(home, "bob", "goods.view", "Open the till", "counter").verdict.allowed
    assert [row[2] for row in entries()] == ["bob"]
    assert log.verify(little_shop.owner).new == before.new


# ---- where it cannot be written


@pytest.fixture
def closed(little_shop: Founded, home: str) -> Iterator[Path]:
    """The database's file, which nobody has open."""
    shop.close()
    yield little_shop.home / sqlite.FILE_NAME
    shop.open(little_shop.home)
    assert entries() == []
    assert chain_holds()


def test_no_answer_while_another_writes(closed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It waits as long as every writer, then says so."""
    monkeypatch.setattr(sqlite, "BUSY_SECONDS", 0.05)
    other = sqlite3.connect(closed, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(ShopLocked):
        acting.ask(str(closed.parent), "owner", "goods.view", "Try", "counter")
    other.execute("ROLLBACK")
    other.close()


def test_no_answer_on_a_full_disk(closed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even the owner may, where nobody can say that they did."""
    real = sqlite.set_pragmas

    def crammed(connection: sqlite3.Connection, journal: str) -> None:
        real(connection, journal)
        connection.execute("PRAGMA max_page_count = 1")

    with sqlite3.connect(closed) as bare_connection:
        bare_connection.execute("CREATE TABLE ballast (x)")
        bare_connection.execute("DROP TABLE ballast")
        bare_connection.execute("VACUUM")
    bare_connection.close()
    monkeypatch.setattr(sqlite, "set_pragmas", crammed)
    with pytest.raises(DiskFull):
        acting.ask(str(closed.parent), "owner", "goods.view", "字" * 200, "counter" * 1000)


def test_no_answer_from_data_that_cannot_be_written(closed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A card that turned itself read-only."""
    monkeypatch.setattr(sqlite, "_connect", lambda path, _mode: sqlite3.connect(f"file:{path}?mode=ro", uri=True, isolation_level=None))
    with pytest.raises(ShopReadOnly):
        acting.ask(str(closed.parent), "owner", "goods.view", "Try", "counter")


def test_no_answer_where_a_setting_did_not_take(closed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Durability that cannot be had is no small matter."""
    monkeypatch.setattr(sqlite, "pragmas", lambda _journal: {"synchronous": 99})
    with pytest.raises(sqlite3.OperationalError, match="synchronous"):
        acting.ask(str(closed.parent), "owner", "goods.view", "Try", "counter")


def test_no_answer_without_a_shop(tmp_path: Path, little_shop: Founded) -> None:
    """No folder, and no file, is made."""
    with pytest.raises(ShopMissing):
        acting.ask(str(tmp_path / "none"), "owner", "goods.view", "Try", "counter")
    assert not (tmp_path / "none").exists()
    (tmp_path / sqlite.FILE_NAME).write_bytes(b"")
    with pytest.raises(ShopMissing):
        acting.ask(str(tmp_path), "owner", "goods.view", "Try", "counter")
    (tmp_path / sqlite.FILE_NAME).write_bytes(b"no database" * 100)
    with pytest.raises(ShopDamaged):
        acting.ask(str(tmp_path), "owner", "goods.view", "Try", "counter")


def test_a_shop_of_older_tables_is_brought_up_to_date_first(little_shop: Founded, home: str) -> None:
    """Nothing is written into tables that may mean something else."""
    db.rows("DELETE FROM schema_migration WHERE name = '0003_devices'")
    with pytest.raises(bare.OutdatedError):
        acting.ask(home, "owner", "goods.view", "Try", "counter")
    assert entries() == []


def test_where_no_journal_was_chosen_one_is(little_shop: Founded, home: str) -> None:
    """A shop whose setting is gone is written as safely as a new one."""
    db.rows("DELETE FROM setting WHERE name = 'journal_mode'")
    assert acting.ask(home, "owner", "goods.view", "Try", "counter").verdict.allowed
    assert len(entries()) == 1


def test_what_is_left_half_done_is_taken_back(home: str) -> None:
    """Whatever is raised inside the transaction."""
    before = db.rows("SELECT count(*) FROM setting")

    def half() -> None:
        with bare.writing(home) as connection:
            connection.execute("INSERT INTO setting (name, value) VALUES ('half', '1')")
            raise KeyError("half")

    with pytest.raises(KeyError):
        half()
    assert db.rows("SELECT count(*) FROM setting") == before
