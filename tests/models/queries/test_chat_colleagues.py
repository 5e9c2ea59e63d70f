"""Colleagues with conversations, as far as the reader may read them; and whether anything may be otherwise."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from models import clock
from models.errors import Unknown
from models.operations import staff as operations
from models.queries import chat_colleagues, chat_news
from models.rules import finding
from models.tables import Staff
from tests.chats import CUSTOMER, conversation
from tests.factories import Founded, signed_in


@pytest.fixture
def shop(little_shop: Founded) -> Founded:
    """Three people in two departments, of whom two have conversations, and one who left with some."""
    little_shop.person("lilei", name="李雷", post="service", gave=["service_lead"], department_id=1)
    little_shop.person("hanmei", name="韩梅梅", post="service", department_id=1)
    little_shop.person("olga", name="Olga", department_id=2)
    little_shop.person("quiet", name="Quiet", department_id=1)
    for login in ("lilei", "hanmei", "olga"):
        conversation(login, "小河1988", (CUSTOMER, "在吗"))
    operations.leave(little_shop.owner, little_shop.id_of("hanmei"))
    return little_shop


def logins(shop: Founded, login: str, typed: str = "") -> list[str]:
    """Whom somebody can choose."""
    actor = shop.owner if login == "owner" else signed_in(login)
    found = chat_colleagues.listing(actor, typed)
    rows = found.window(0, 50)
    assert found.count() == len(rows)
    assert [found.position(row.id) for row in rows] == list(range(len(rows)))
    return [row.login for row in rows]


def test_those_with_conversations_can_be_chosen_by_whoever_may_read_them(shop: Founded) -> None:
    """Whoever left stays; who has none is nobody to choose; a lead sees the department, anybody else themselves."""
    assert logins(shop, "owner") == ["hanmei", "lilei", "olga"]
    assert logins(shop, "lilei") == ["hanmei", "lilei"]
    assert logins(shop, "olga") == ["olga"]
    assert logins(shop, "quiet") == []


def test_they_are_found_by_what_is_typed(shop: Founded) -> None:
    """Name, login, pinyin or initials; what is no name finds nobody; a pattern is none."""
    assert logins(shop, "owner", "hmm") == ["hanmei"]
    assert logins(shop, "owner", "李") == ["lilei"]
    assert logins(shop, "owner", "%") == []
    assert logins(shop, "lilei", "olga") == []


def test_phones_find_nobody(shop: Founded) -> None:
    """Who may not see a colleague's phone does not guess it here, digit by digit; nor a staff number."""
    staff_id = shop.id_of("lilei")
    search = finding.search_text("lilei", "李雷", "", "S-004", "138 0013 0004", "lilei", "ll")
    Staff.update(phone="138 0013 0004", number="S-004", search=search).where(Staff.id == staff_id).execute()
    assert logins(shop, "lilei", "138") == []
    assert logins(shop, "lilei", "s-004") == []
    assert logins(shop, "lilei", "ll") == ["lilei"]


def test_a_row_says_who_that_is(shop: Founded) -> None:
    """Status and department; a window is no larger than asked for; somebody out of reach has no place."""
    found = chat_colleagues.listing(shop.owner)
    (row,) = found.window(1, 1)
    assert (row.login, row.name, row.status, row.department) == ("lilei", "李雷", "active", "Customer service")
    assert found.window(0, 1)[0].status == "left"
    assert chat_colleagues.listing(signed_in("lilei")).position(shop.id_of("olga")) is None


def test_a_name_is_told_to_whoever_may_read_the_conversations(shop: Founded) -> None:
    """Not to others, nor of somebody without any."""
    assert chat_colleagues.called(signed_in("lilei"), shop.id_of("hanmei")) == "韩梅梅"
    for login in ("olga", "quiet"):
        with pytest.raises(Unknown):
            chat_colleagues.called(signed_in("lilei"), shop.id_of(login))


def test_news_are_another_number_when_somebody_wrote_or_a_minute_went_by(shop: Founded) -> None:
    """The same while nothing happens."""
    clock.set_clock(lambda: 60_000_000)
    first = chat_news.token(shop.owner)
    assert chat_news.token(shop.owner) == first
    clock.set_clock(lambda: 120_000_000)
    second = chat_news.token(shop.owner)
    assert second != first
    with closing(sqlite3.connect(shop.home / "shop.db")) as other, other:
        other.execute("INSERT INTO setting (name, value) VALUES ('elsewhere', '1')")
    assert chat_news.token(shop.owner) != second
