"""The short way to one verdict: the same answer as the long one, from a connection that cannot write."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

import pytest

from models import bare, checking, clock, db, shop, sqlite
from models.catalogue import permissions
from models.errors import ShopLocked, ShopMissing, ShopReadOnly, Unknown
from models.queries import access
from tests.factories import CONSOLE, DAY, Founded


def test_both_ways_agree_on_everybody_and_everything(little_shop: Founded) -> None:
    """Every permission of people of every kind, with everybody who could give it."""
    now = clock.now()
    little_shop.person("bob", post="service", gave=("customer_service", "operations"), extras=("refund.approve",))
    little_shop.person("mia", gave=("manager",), until=now + DAY)
    little_shop.person("ann", gave=("auditor",), status="invited")
    for login in ("owner", "bob", "mia", "ann"):
        for code in permissions():
            answer = checking.ask(str(little_shop.home), login, code, grantors=True)
            why = access.why(CONSOLE, little_shop.id_of(login), code)
            assert (answer.login, answer.verdict) == (why.login, why.verdict)
            assert answer.grantors == tuple((who.login, who.name) for who in why.grantors)


def test_who_could_give_it_is_found_out_only_when_asked(little_shop: Founded) -> None:
    """It takes a read for everybody who may authorise."""
    little_shop.person("bob", post="service")
    assert checking.ask(str(little_shop.home), "bob", "goods.view").grantors == ()
    assert checking.ask(str(little_shop.home), "bob", "goods.view", grantors=True).grantors == (("owner", "Wang Fang"),)


@pytest.mark.parametrize(("login", "code", "kind"), [("nobody", "goods.view", "staff"), ("owner", "goods.nonsense", "permission")])
def test_what_is_not_there_is_named(little_shop: Founded, login: str, code: str, kind: str) -> None:
    """The person, or the permission."""
    with pytest.raises(Unknown) as unknown:
        checking.ask(str(little_shop.home), login, code)
    assert unknown.value.kind == kind


def test_the_connection_cannot_write(little_shop: Founded) -> None:
    """Not even by mistake."""
    with bare.opened(str(little_shop.home)) as connection, pytest.raises(sqlite3.OperationalError):
        connection.execute("DELETE FROM staff")


def test_a_folder_may_be_called_anything(little_shop: Founded) -> None:
    """SQLite reads the name as an address, in which some characters mean something."""
    shop.close()
    strange = little_shop.home.rename(little_shop.home.with_name("a?b#c%20d 店"))
    assert checking.ask(str(strange), "owner", "goods.view").verdict.allowed


def test_before_the_shop_is_founded_there_is_none(little_shop: Founded) -> None:
    """An empty database is no shop, with and without tables."""
    shop.close()
    empty = little_shop.home.with_name("empty")
    shop.open(empty, create=True)
    shop.close()
    with pytest.raises(ShopMissing):
        checking.ask(str(empty), "owner", "goods.view")
    assert bare.language(str(empty)) is None
    assert bare.language(str(little_shop.home)) == "en"


def test_a_shop_that_is_being_written_for_too_long_says_so(little_shop: Founded, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for ever."""
    monkeypatch.setattr(sqlite, "BUSY_SECONDS", 0.01)
    locked, done = threading.Event(), threading.Event()

    def hold() -> None:
        bare = sqlite3.connect(little_shop.home / db.FILE_NAME, isolation_level=None)
        bare.execute("BEGIN EXCLUSIVE")
        locked.set()
        done.wait(10)
        bare.close()

    holder = threading.Thread(target=hold)
    holder.start()
    try:
        assert locked.wait(10)
        with pytest.raises(ShopLocked):
            checking.ask(str(little_shop.home), "owner", "goods.view")
    finally:
        done.set()
        holder.join()


def test_a_mistake_of_ours_is_not_put_in_plain_words(little_shop: Founded, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wrong SQL stays an error that is found."""
    monkeypatch.setattr(bare, "_SHOP", "SELECT nonsense FROM shop")
    with pytest.raises(sqlite3.OperationalError):
        checking.ask(str(little_shop.home), "owner", "goods.view")


def test_what_cannot_be_read_is_unusable(tmp_path: Path) -> None:
    """A folder where the database should be."""
    (tmp_path / sqlite.FILE_NAME).mkdir()
    with pytest.raises(ShopReadOnly):
        checking.ask(str(tmp_path), "owner", "goods.view")
