"""Finding what was said: as reading everything would, whatever is typed, within what one may read and within a time that is bounded."""

from __future__ import annotations

from typing import Final

import pytest

from models import clock, db, text
from models.actor import Actor
from models.errors import Invalid
from models.operations import departments
from models.queries import chat_scope, chat_search
from models.queries.chat_search import Found
from models.queries.chats import Filter
from models.rules import chat_index
from tests import hostile
from tests.chats import CUSTOMER, conversation
from tests.factories import CONSOLE, DAY, Founded
from tests.models.talking import Everything, Talking
from tests.source import ROOT

READERS: Final = ("owner", "lead", "agent")
WORDS: Final = (
    "退款",
    "退款 天",
    "订单号 2026",
    "refund",
    "REFUND Order",
    "ｒｅｆｕｎｄ",
    "in the st",
    "珐琅",
    "鼍龙",
    "retherefo",
    "the 退款",
    "SF0",
    "😂 等",
    "好的，",
    "？",
    "你好 ？",
)


NOTHING: Final = Filter()


def found(actor: Actor, words: str, before: int | None = None, limit: int = 50, filters: Filter = NOTHING) -> Found:
    """What a search finds."""
    return chat_search.search(chat_scope.scope(actor), chat_search.wanted(words), filters, before, limit)


def numbers(actor: Actor, words: str, filters: Filter = NOTHING) -> list[int]:
    """The numbers of all messages that a search finds, page by page."""
    page = found(actor, words, filters=filters)
    ids = [hit.message_id for hit in page.hits]
    while page.more:
        assert page.before is not None
        before = page.before
        page = found(actor, words, before, filters=filters)
        assert page.before is None or page.before < before
        ids += [hit.message_id for hit in page.hits]
    assert page.before is None
    return ids


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize(("few", "conversations"), [(0, 0), (40, 300)])
@pytest.mark.parametrize("patience", [0.0, 60.0])
def test_every_search_finds_what_reading_everything_finds(
    talk: Talking, reader: str, few: int, conversations: int, patience: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whichever way is taken, however soon it stops: all pages together, in order, each message once."""
    monkeypatch.setattr(chat_search, "_FEW", few)
    monkeypatch.setattr(chat_search, "_CONVERSATIONS", conversations)
    monkeypatch.setattr(chat_search, "PATIENCE", patience)
    actor, everything, now = getattr(talk, reader), Everything(), clock.now()
    sees = talk.sees(actor)
    narrowing = (
        NOTHING,
        Filter(customer="小河0000"),
        Filter(since=now - 90 * DAY, until=now - 30 * DAY),
        Filter(staff_id=2, unanswered=True),
    )
    for words in WORDS:
        if not chat_index.phrases(words):
            continue
        for filters in narrowing:
            wanted = filters._replace(words=words)
            assert numbers(actor, words, filters) == everything.messages(sees, wanted), wanted


def test_the_words_are_worth_trying(talk: Talking) -> None:
    """Some are frequent, some rare, some in no message: a search that found nothing at all would fail."""
    counts = [len(Everything().messages(talk.sees(talk.owner), Filter(words=words))) for words in WORDS]
    assert max(counts) > 500
    assert counts.count(0) >= 3
    assert sum(0 < count < 100 for count in counts) >= 2


@pytest.mark.parametrize(
    ("typed", "finds"),
    [
        ("退款", {1}),
        ("要退", {1}),
        ("REFUND", {2}),
        ("ｒｅｆｕｎｄ", {2}),
        ("efun", {2}),
        ("refund please", {2}),
        ("please  refund", {2}),
        ("refundplease", set()),
        ("👨👩", {3}),
        ("👨\u200d👩", {3}),
        ("🌹", None),
        ("🌹🌹", {3}),
        ("x", None),
        ("退", None),
        ("退 款", None),
        ("我要退 款", {1}),
        ("我要退 x", set()),
        ("", None),
        ("   ", None),
        ("s1", {4}),
        ("s2", set()),
        ("whose:s1", {4}),
        ("NEAR(refund please)", set()),
        ("refund OR 退款", set()),
        ("refund NOT please", set()),
        ("refund*", set()),
        ("^refund", set()),
        ("-refund", set()),
        ("text:refund", set()),
        ("{text whose}:refund", set()),
        ('re"fund', set()),
        ('"refund"', set()),
        ('""', {4}),
        ('"*', {4}),
        (") OR (", set()),
        ("(){}[]", {4}),
        ("'; DROP TABLE message; --", set()),
        ("+refund", set()),
        ("AND", {4}),
        ("ref fun", {2}),
    ],
)
def test_what_is_typed_is_text_and_no_language(little_shop: Founded, typed: str, finds: set[int] | None) -> None:
    """Nothing of FTS5's own means anything: neither operators nor columns nor quotation marks. None: it is refused."""
    said = ("请问，我要退款可以吗", "Refund, please", "👨👩 🌹🌹", 'whose:s1 "" "* (){}[] AND x')
    for number, words in enumerate(said, 1):
        conversation("owner", f"c{number}", (CUSTOMER, words))
    if finds is None:
        with pytest.raises(Invalid):
            found(little_shop.owner, typed)
    else:
        assert {hit.conversation_id for hit in found(little_shop.owner, typed).hits} == finds


@pytest.mark.parametrize("name", [*hostile.REFUSED, *hostile.LITERAL])
def test_no_text_does_harm(talk: Talking, name: str) -> None:
    """It is refused as everywhere, or looked for as it stands: never an error of the database."""
    for typed in ({**hostile.REFUSED, **hostile.LITERAL}[name], "ab" + {**hostile.REFUSED, **hostile.LITERAL}[name]):
        try:
            page = found(talk.owner, typed)
        except Invalid:
            continue
        assert all(text.key(word) in text.key(hit.text) for hit in page.hits for word in typed.split())


@pytest.mark.parametrize("typed", ["a" * 10_000, "退" * 101, " ".join(["ab"] * 500), "ab " * 34, "\ufdfa" * 100])
def test_what_is_too_long_is_refused_before_anything_is_asked(little_shop: Founded, typed: str) -> None:
    """Ten thousand characters, five hundred words; characters that become eighteen each when they are compared are short enough."""
    if len(typed.strip()) > chat_search.WORDS_LIMIT:
        with pytest.raises(Invalid):
            found(little_shop.owner, typed)
    else:
        assert found(little_shop.owner, typed).hits == ()


def test_as_many_words_as_can_be_typed_are_looked_for(little_shop: Founded) -> None:
    """The index takes that many at once."""
    some = [f"{letter}{other}" for letter in "abcdef" for other in "uvwxyz"][:33]
    identity = conversation("owner", "Mei", (CUSTOMER, " ".join(some[::-1])))
    conversation("owner", "Wei", (CUSTOMER, " ".join(some[1:])))
    (hit,) = found(little_shop.owner, " ".join(some)).hits
    assert hit.conversation_id == identity


def test_a_shop_without_messages_is_searched(little_shop: Founded) -> None:
    """And finds nothing."""
    assert found(little_shop.owner, "hello") == Found((), more=False, before=None, searched_to=None)


def test_times_and_pages_out_of_all_bounds_find_nothing(talk: Talking) -> None:
    """No number is too large to ask for."""
    far = 253_402_300_799_999_999
    for filters in (Filter(since=far), Filter(until=-1), Filter(since=far, until=far)):
        assert found(talk.owner, "退款", filters=filters).hits == ()
    for before in (-(10**30), 0, 1):
        assert found(talk.owner, "退款", before).hits == ()
    assert len(found(talk.owner, "退款", 10**30, filters=Filter(since=-(10**18), until=far)).hits) == 50


def test_where_a_search_stops_tells_of_no_message_that_may_not_be_read(little_shop: Founded, monkeypatch: pytest.MonkeyPatch) -> None:
    """With others' hits, and with theirs moved by minutes, it says the same: the end of a part of the time, not their moment."""
    monkeypatch.setattr(chat_search, "PATIENCE", 0.0)
    monkeypatch.setattr(chat_search, "_FEW", 0)
    monkeypatch.setattr(chat_search, "_MOST", 2)
    place = departments.add(CONSOLE, "Day shift")
    lead = little_shop.person("lead", extras=["chat.record.team"], department_id=place)
    now = clock.now()
    for login, at in (("lead", now - 1024 * clock.HOUR), ("owner", now)):
        conversation(login, "ends", (CUSTOMER, "nothing"), at=at)
    told = []
    for turn in range(2):
        for number in range(40):
            at = now - number * clock.HOUR - turn * clock.MINUTE - 7 * clock.MINUTE
            conversation("owner", f"c{number}", (CUSTOMER, "secret word"), at=at)
        page = found(lead, "secret", limit=1)
        assert page.hits == ()
        assert page.more
        told.append((page.before, page.searched_to))
        db.rows("DELETE FROM message WHERE text = 'secret word'")
        db.rows("DELETE FROM conversation WHERE customer LIKE 'c%'")
        db.rows("INSERT INTO message_text (message_text) VALUES ('delete-all')")
    assert told[0] == told[1]
    seen = {row[0] for row in db.rows("SELECT at / 1000 FROM message")}
    assert (told[0][1] or 0) // 1000 not in seen


def test_a_frequent_word_of_others_hides_nothing_of_ones_own(little_shop: Founded, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many of others' messages have it, and however soon patience ends, one's own are reached."""
    monkeypatch.setattr(chat_search, "PATIENCE", 0.0)
    monkeypatch.setattr(chat_search, "_MOST", 5)
    place = departments.add(CONSOLE, "Day shift")
    lead = little_shop.person("lead", extras=["chat.record.team"], department_id=place)
    monkeypatch.setattr(chat_search, "_FEW", 0)
    now = clock.now()
    own = conversation("lead", "Mei", (CUSTOMER, "secret word"), at=now - 100 * DAY)
    for number in range(100):
        conversation("owner", f"c{number}", (CUSTOMER, "secret word"), at=now - number * clock.HOUR)
        conversation("owner", f"d{number}", (CUSTOMER, "secret word"), at=now - number * clock.SECOND)  # as many as in one part of the time
    ((number,),) = db.rows("SELECT id FROM message WHERE conversation_id = ?", (own,))
    assert numbers(lead, "secret") == [number]


def test_the_language_of_the_index_is_known_in_one_place() -> None:
    """So that another index is another file."""
    files = [file for file in (ROOT / "models").rglob("*.py") if "MATCH ?" in file.read_text(encoding="utf-8")]
    assert [file.name for file in files if not file.name.startswith("sqlite")] == []
