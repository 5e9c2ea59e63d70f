"""Lists of conversations: what filters let through, in which order, and that they are read by an index."""

from __future__ import annotations

from itertools import product
from typing import Final

import pytest

from models import clock, db
from models.operations import staff
from models.queries import chats
from models.queries.chats import Filter
from tests import hostile
from tests.bench.traced import traced
from tests.chats import AUTO, CUSTOMER, STAFF, conversation
from tests.factories import CONSOLE, DAY, Founded
from tests.models.doors import Watch
from tests.models.talking import Everything, Talking

READERS: Final = ("owner", "lead", "agent")


def filters() -> list[Filter]:
    """Every combination of some customers, times, who waits and whose."""
    now = clock.now()
    times = ((None, None), (now - 40 * DAY, None), (None, now - 200 * DAY), (now - 90 * DAY, now - 60 * DAY), (now - DAY, now - 2 * DAY))
    some = product(("", "00", "ＢＵＹＥＲ", "nobody"), (None, 2), times, (False, True))
    return [
        Filter(customer=customer, staff_id=staff_id, since=since, until=until, unanswered=unanswered)
        for customer, staff_id, (since, until), unanswered in some
    ]


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize(("narrow", "many"), [(0, 0), (0, 100_000), (5_000, 100_000)])
def test_every_filter_gives_what_looking_at_each_gives(
    talk: Talking, reader: str, narrow: int, many: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whichever way is taken to read them; windows, counts and places belong together."""
    monkeypatch.setattr(chats, "_NARROW", narrow)
    monkeypatch.setattr(chats, "_MANY", many)
    actor = getattr(talk, reader)
    sees, everything = talk.sees(actor), Everything()
    for wanted in filters():
        expected = everything.conversations(sees, wanted)
        listing = chats.listing(actor, wanted)
        found = [row.id for row in listing.window(0, 10_000)]
        assert found == expected, wanted
        assert listing.count() == len(expected)
        assert [row.id for row in listing.window(len(found) // 2, 3)] == expected[len(found) // 2 :][:3]
        for place in {0, len(found) // 2, len(found) - 1} if found else ():
            assert listing.position(found[place]) == place


def test_a_row_tells_who_and_when_and_nothing_that_was_said(little_shop: Founded) -> None:
    """Also of somebody who has left."""
    bob = little_shop.person("bob", name="Bob Zhao")
    first = clock.now() - clock.HOUR
    one = conversation("bob", "小河1988", (CUSTOMER, "你好"), (AUTO, "欢迎"), (STAFF, "在的"), at=first)
    two = conversation("bob", "Mei", (CUSTOMER, "secret"), (AUTO, "welcome"), at=first - clock.HOUR)
    listing = chats.listing(bob)
    rows = listing.window(0, 9)
    assert [row.id for row in rows] == [one, two]
    assert rows[0] == (one, "小河1988", bob.staff_id, "bob", "Bob Zhao", True, first + 2 * clock.MINUTE, 3, None)
    assert rows[1].waiting_since == first - clock.HOUR
    assert chats.waiting(bob) == chats.Waiting(1, 1)
    staff.leave(CONSOLE, bob.staff_id or 0)
    assert [(row.login, row.is_own) for row in chats.listing(CONSOLE).window(0, 9)] == [("bob", False)] * 2
    assert chats.waiting(CONSOLE) == chats.Waiting(0, 1)


def test_an_empty_shop_has_an_empty_list(little_shop: Founded) -> None:
    """For whoever reads everything, and for whoever has nothing to read, whom the section is not shown."""
    bob = little_shop.person("bob")
    for actor in (little_shop.owner, CONSOLE, bob):
        for wanted in (None, Filter(unanswered=True)):
            listing = chats.listing(actor, wanted)
            assert (listing.count(), listing.window(0, 9), listing.position(1)) == (0, [], None)
    assert [chats.any_for(actor) for actor in (little_shop.owner, CONSOLE, bob)] == [True, True, False]
    conversation("bob", "Mei", (CUSTOMER, "hello"))
    assert chats.any_for(bob)


def test_a_day_is_the_shops_and_has_its_last_moment(little_shop: Founded, watch: Watch) -> None:
    """A message in its first and in its last millisecond belong to it, those beside it do not."""
    day = watch.now - 3 * DAY
    since, until = day // DAY * DAY, day // DAY * DAY + DAY - 1
    inside = {conversation("owner", f"in {at}", (CUSTOMER, "x"), at=at) for at in (since, since + 1, until - 999, until)}
    for at in (since - 1, until + 1):
        conversation("owner", f"out {at}", (CUSTOMER, "x"), at=at)
    across = conversation("owner", "across", (CUSTOMER, "before"), (STAFF, "after"), at=since - 1000, apart=DAY + 2000)
    found = {row.id for row in chats.listing(CONSOLE, Filter(since=since, until=until)).window(0, 9)}
    assert found == inside
    assert across not in found


def test_a_filter_shows_the_newest_and_says_that_there_are_more(talk: Talking, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where it lets through more than a list holds."""
    monkeypatch.setattr(chats, "MOST", 7)
    wanted = Filter(customer="小河")
    assert not chats.listing(talk.owner, wanted).is_cut  # nobody knows yet
    listing = chats.listing(talk.owner, wanted)
    assert listing.count() == 7
    assert listing.is_cut
    assert [row.id for row in listing.window(0, 99)] == Everything().conversations(talk.sees(talk.owner), wanted)[:7]
    few = chats.listing(talk.owner, Filter(customer="000001"))
    assert few.count() == 1
    assert not few.is_cut


def test_a_list_with_a_filter_stands_still_until_it_is_counted_again(little_shop: Founded) -> None:
    """What comes in meanwhile moves no row under the cursor."""
    old = conversation("owner", "Mei", (CUSTOMER, "hello"))
    listing = chats.listing(CONSOLE, Filter(unanswered=True))
    assert listing.count() == 1
    new = conversation("owner", "Wei", (CUSTOMER, "hello"), at=clock.now())
    assert [row.id for row in listing.window(0, 9)] == [old]
    assert listing.position(new) is None
    assert listing.count() == 2
    assert [row.id for row in listing.window(0, 9)] == [new, old]


def test_a_list_pays_no_regard_to_words(talk: Talking) -> None:
    """Neither rows nor how many there are tell what was written: looking for that is an act with an entry."""
    for actor in talk:
        whole = chats.listing(actor)
        for words in ("退款", "no such words at all", "a"):
            listing = chats.listing(actor, Filter(words=words))
            assert listing.count() == whole.count()
            assert listing.window(0, 5) == whole.window(0, 5)


@pytest.mark.parametrize("name", [*hostile.REFUSED, *hostile.LITERAL])
def test_no_text_for_a_customer_does_harm(talk: Talking, name: str) -> None:
    """It is looked for as it stands, and found nowhere."""
    value = {**hostile.REFUSED, **hostile.LITERAL}[name]
    for typed in (value, value * 1000):
        assert chats.listing(talk.owner, Filter(customer=typed)).count() in {0, 500}  # 500: nothing is left of it but blanks
    assert chats.listing(talk.owner, Filter(customer="%")).count() == chats.listing(talk.owner, Filter(customer="_")).count() == 0


def test_times_before_and_after_all_times_are_times(talk: Talking) -> None:
    """Whoever asks for the year 9999, or for one before there were numbers of messages."""
    far = 253_402_300_799_999_999
    assert chats.listing(talk.owner, Filter(since=-(10**18), until=far)).count() == 500
    assert chats.listing(talk.owner, Filter(since=far)).count() == 0
    assert chats.listing(talk.owner, Filter(until=-1)).count() == 0


def test_a_window_is_read_by_an_index(talk: Talking) -> None:
    """Of all, a team's and one's own: no statement goes through every conversation, or every colleague."""
    for actor in talk:
        listing = chats.listing(actor)
        with traced() as seen:
            listing.window(0, 50)
            chats.any_for(actor)
            chats.waiting(actor)
        plans = [str(step[-1]) for sql in seen.texts if "conversation" in sql for step in explained(sql)]
        assert [step for step in plans if step in {"SCAN c", "SCAN s", "SCAN m"}] == []


def explained(sql: str) -> list[tuple[object, ...]]:
    """How SQLite reads it."""
    return db.rows(f"EXPLAIN QUERY PLAN {sql}", ("[1]",) * sql.count("?"))
