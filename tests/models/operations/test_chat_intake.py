"""Messages that are handed over: each is taken once, whatever order they come in, and what was answered is there."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from models import clock, db, shop
from models.clock import HOUR, MINUTE
from models.errors import ConsoleAlone, DiskFull, LogDamaged
from models.operations import _chat_taking, chat_intake, log
from models.operations.chat_intake import Answer, Count, Delivery, bring_in
from models.rules import chat_index, chat_lines
from models.rules.audit_damage import CHANGED, Damage
from tests import chats
from tests.factories import CONSOLE, Founded
from tests.models.doors import Watch

C, S, A = "customer", "staff", "auto"
BEGAN = clock.instant("2026-01-05T01:00:00+00:00")

CONVERSATIONS = """
    SELECT c.customer, c.search, s.login, c.first_at, c.last_at, c.messages, c.waiting_since
    FROM conversation c JOIN staff s ON s.id = c.staff_id ORDER BY 1, 3
"""
MESSAGES = """
    SELECT m.ref, m.at, m.sender, m.text, c.customer, s.login
    FROM message m JOIN conversation c ON c.id = m.conversation_id JOIN staff s ON s.id = c.staff_id ORDER BY 1
"""


def line(ref: str, at: int = BEGAN, sender: str = C, said: str = "有货吗", *, customer: str = "xiaohe", staff: str = "bob") -> bytes:
    """A message, as a program hands it over."""
    told = {"id": ref, "customer": customer, "staff": staff, "at": clock.rfc3339(at), "from": sender, "text": said}
    return json.dumps(told).encode() + b"\n"


def tables() -> list[list[tuple[Any, ...]]]:
    """What is kept, but for numbers."""
    return [db.rows(sql) for sql in (CONVERSATIONS, MESSAGES)]


def conversation() -> tuple[Any, ...]:
    """First, last, how many, waiting since, of the only one."""
    (row,) = db.rows("SELECT first_at, last_at, messages, waiting_since FROM conversation")
    return row


def entries(action: str) -> list[dict[str, Any]]:
    """What the log says of each such act."""
    return [json.loads(new) for (new,) in db.rows("SELECT new FROM audit_entry WHERE action = ? ORDER BY seq", (action,))]


def found(words: str) -> list[str]:
    """The ids of the messages that the index of words finds."""
    numbers = db.rows("SELECT rowid FROM message_text WHERE message_text MATCH ?", (f"text:({chat_index.phrases(words)})",))
    return [db.rows("SELECT ref FROM message WHERE id = ?", number)[0][0] for number in numbers]


def why(answers: list[Answer]) -> list[str]:
    """Why each was refused; "" of what was not."""
    return ["" if each.bad is None else each.bad.because for each in answers]


@pytest.fixture
def staffed(little_shop: Founded) -> Founded:
    """A shop with bob and eve in it."""
    little_shop.person("bob", post="service")
    little_shop.person("eve", post="service")
    return little_shop


# ---- what is taken


def test_a_file_is_taken_in(staffed: Founded) -> None:
    """Its messages stand in the conversation of their customer and their colleague, can be found by their words, and the log tells."""
    lines = [line("1"), line("2", BEGAN + MINUTE, S, "有的，亲"), line("3", BEGAN + 2 * MINUTE, C, "谢谢"), line("4", staff="eve")]
    assert bring_in(CONSOLE, lines, "chats.jsonl") == Count(new=4)
    assert conversation_of("bob") == (BEGAN, BEGAN + 2 * MINUTE, 3, BEGAN + 2 * MINUTE)
    assert conversation_of("eve") == (BEGAN, BEGAN, 1, BEGAN)
    assert sorted(found("有货")) == ["1", "4"]
    assert entries("chat.import") == [{"file": "chats.jsonl", "from_line": 1, "through_line": 4, "new": 4, "known": 0, "bad": 0}]


def conversation_of(login: str) -> tuple[Any, ...]:
    """The same, of the only one of a colleague."""
    sql = "SELECT first_at, last_at, messages, waiting_since FROM conversation WHERE staff_id = (SELECT id FROM staff WHERE login = ?)"
    (row,) = db.rows(sql, (login,))
    return row


def test_c1_the_same_file_once_more_changes_nothing(staffed: Founded) -> None:
    """But that the log tells of it."""
    lines = [line("1"), line("2", BEGAN + MINUTE, S)]
    bring_in(CONSOLE, lines, "a")
    before = tables()
    assert bring_in(CONSOLE, lines, "b") == Count(known=2)
    assert tables() == before
    assert [each["known"] for each in entries("chat.import")] == [0, 2]


@pytest.mark.parametrize(
    "other",
    [
        line("1", said="no"),
        line("1", sender=S),
        line("1", BEGAN + 1),
        line("1", customer="other"),
        line("1", staff="eve"),
    ],
    ids=("text", "from", "at", "customer", "staff"),
)
@pytest.mark.parametrize("together", [True, False])
def test_c1_another_message_with_a_known_id_is_refused(staffed: Founded, other: bytes, together: bool) -> None:
    """Nothing is overwritten, whether it comes at once or later; the first counts."""
    told: list[Answer] = []
    if together:
        bring_in(CONSOLE, [line("1"), other, line("1")], "a", refused=told.append)
    else:
        bring_in(CONSOLE, [line("1")], "a")
        bring_in(CONSOLE, [b"\n", other], "a", refused=told.append)
    assert [(each.number, each.ref, each.bad.because if each.bad else "") for each in told] == [(2, "1", chat_lines.OTHER)]
    assert [row[:4] for row in tables()[1]] == [("1", BEGAN, C, "有货吗")]


def test_good_lines_are_taken_and_bad_ones_told(staffed: Founded) -> None:
    """With their numbers, empty lines counted; a login that there is not is found out here."""
    told: list[Answer] = []
    lines = [
        b"\r\n",
        line("1"),
        b"{\n",
        b"",
        line("2", staff="nobody"),
        line("3", clock.now() + HOUR),
        line("4", BEGAN + 5),
        line("5")[:-9],
    ]
    assert bring_in(CONSOLE, lines, "a", refused=told.append) == Count(new=2, bad=4)
    assert [each.number for each in told] == [3, 5, 6, 8]
    assert why(told) == [chat_lines.JSON, chat_lines.LOGIN, chat_lines.FUTURE, chat_lines.CUT]
    assert told[1].data == lines[4]


def test_what_was_refused_for_its_login_is_taken_when_there_is_one(staffed: Founded) -> None:
    """The same file again, after the colleague was onboarded."""
    assert bring_in(CONSOLE, [line("1", staff="zoe")], "a") == Count(bad=1)
    staffed.person("zoe", status="invited")
    assert bring_in(CONSOLE, [line("1", staff="ZOE")], "a") == Count(new=1)


@pytest.mark.parametrize("status", ["invited", "frozen", "left"])
def test_messages_of_who_is_frozen_or_gone_are_taken(staffed: Founded, status: str) -> None:
    """They were written."""
    left_at = BEGAN if status == "left" else None
    db.database.execute_sql("UPDATE staff SET status = ?, left_at = ? WHERE login = 'bob'", (status, left_at))
    assert bring_in(CONSOLE, [line("1")], "a") == Count(new=1)


def test_an_empty_file_is_no_act(staffed: Founded) -> None:
    """Nor is one of empty lines."""
    assert bring_in(CONSOLE, [], "a") == bring_in(CONSOLE, [b"\n", b" \r\n", b""], "a") == Count()
    assert entries("chat.import") == []


def test_a_file_is_taken_some_lines_at_a_time(staffed: Founded, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each time with an entry; long lines are fewer at a time. What was taken before something goes wrong stays."""
    monkeypatch.setattr(chat_intake, "BATCH", 3)
    monkeypatch.setattr(chat_intake, "WEIGHT", 2_000)
    sums: list[Count] = []

    def cut_off() -> Iterator[bytes]:
        yield from (line(str(number), BEGAN + number) for number in range(5))
        yield line("long", said="x" * 3000)
        yield line("never")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        bring_in(CONSOLE, cut_off(), "a", so_far=sums.append)
    assert sums == [Count(new=3), Count(new=6)]
    assert [(each["from_line"], each["through_line"]) for each in entries("chat.import")] == [(1, 3), (4, 6)]
    assert len(tables()[1]) == 6


def test_the_name_of_a_file_is_text(staffed: Founded) -> None:
    """As the log may show it."""
    bring_in(CONSOLE, [line("1")], "\x1b[2J.jsonl\udcff")
    assert entries("chat.import")[0]["file"] == "�[2J.jsonl�"


def test_numbers_rise_with_time_and_messages_of_one_moment_stand_as_they_came(staffed: Founded) -> None:
    """Whenever they come."""
    bring_in(CONSOLE, [line("b", BEGAN), line("c", BEGAN + 900), line("e", BEGAN + MINUTE)], "a")
    bring_in(CONSOLE, [line("d", BEGAN), line("a", BEGAN - MINUTE)], "a")
    assert [ref for (ref,) in db.rows("SELECT ref FROM message ORDER BY id")] == ["a", "b", "c", "d", "e"]
    for number, at in db.rows("SELECT id, at FROM message"):
        assert chat_index.lowest_number(at) <= number <= chat_index.highest_number(at)


def test_a_moment_that_is_full_takes_no_more(staffed: Founded, monkeypatch: pytest.MonkeyPatch) -> None:
    """It would stand in the next; and what was refused so is not known when it comes again, nor in the same batch."""
    monkeypatch.setattr(chat_index, "highest_number", lambda at: chat_index.lowest_number(at) + 1)
    told: list[Answer] = []
    assert bring_in(CONSOLE, [line(ref) for ref in "abcca"], "a", refused=told.append) == Count(new=2, known=1, bad=2)
    assert [(each.ref, each.bad.reason if each.bad else "") for each in told] == [("c", chat_lines.CROWDED)] * 2


# ---- conversations, in whatever order


@pytest.mark.parametrize(
    ("first", "late", "waiting"),
    [
        ([(10, C)], [(5, C)], 5),
        ([(10, C)], [(5, S)], 10),
        ([(10, C), (20, C)], [(15, S)], 20),
        ([(10, C), (20, S)], [(15, C)], None),
        ([(10, C), (20, S)], [(30, C), (5, A)], 30),
        ([(10, A)], [(5, C), (7, S), (8, C)], 8),
        ([(10, C), (12, A)], [(11, S)], None),
    ],
)
def test_what_comes_late_counts_where_it_belongs(
    staffed: Founded, first: list[tuple[int, str]], late: list[tuple[int, str]], waiting: int | None
) -> None:
    """Who waits since when is as if everything had come in order."""
    for said in (first, late):
        bring_in(CONSOLE, [line(f"{at}", BEGAN + at * MINUTE, sender) for at, sender in said], "a")
    times = [at for at, _sender in (*first, *late)]
    expected = (BEGAN + min(times) * MINUTE, BEGAN + max(times) * MINUTE, len(times))
    assert conversation() == (*expected, None if waiting is None else BEGAN + waiting * MINUTE)


PEOPLE = st.tuples(st.sampled_from(["小河", "ann"]), st.sampled_from(["bob", "eve"]))
SAID = st.lists(st.tuples(st.integers(0, 12), st.sampled_from([C, S, A]), PEOPLE, st.sampled_from(["退款", "ok", ""])), max_size=14)


@st.composite
def handed_over(draw: Any) -> tuple[list[bytes], list[list[bytes]]]:
    """Messages in order; and the same in any order, some again and again, in parts.

    Those of one moment keep their order, which is all that there is of it.
    """
    said = sorted(draw(SAID), key=lambda each: each[0])
    lines = [
        line(f"m{place}", BEGAN + at * 1000, sender, words, customer=customer, staff=staff)
        for place, (at, sender, (customer, staff), words) in enumerate(said)
    ]
    moments = sorted({at for at, *_rest in said})
    order = draw(st.permutations(moments))
    mixed = [place for at in order for place, each in enumerate(said) if each[0] == at]
    again = draw(st.lists(st.integers(0, max(len(mixed) - 1, 0)), max_size=6)) if mixed else []
    for place in again:  # a message comes again only after it came
        mixed.insert(draw(st.integers(mixed.index(place) + 1, len(mixed))), place)
    cuts = sorted(draw(st.lists(st.integers(0, len(mixed)), max_size=4)))
    parts = [[lines[place] for place in mixed[one:other]] for one, other in zip([0, *cuts], [*cuts, len(mixed)], strict=True)]
    return lines, parts


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(handed_over())
def test_c1_any_order_any_parts_and_any_repetition_give_the_same(staffed: Founded, handed: tuple[list[bytes], list[list[bytes]]]) -> None:
    """Conversations, messages, numbers, who waits, and what the index of words finds; half of it by either way in."""
    lines, parts = handed
    seen = []
    for way in (lambda: bring_in(CONSOLE, lines, "a"), lambda: by_both(parts)):
        with db.transaction(), db.database.savepoint() as point:
            way()
            numbers = db.rows("SELECT id, ref FROM message ORDER BY id")
            seen.append((tables(), numbers, sorted(found("退款")), sorted(found("ok"))))
            point.rollback()
    assert seen[0] == seen[1]
    assert len(seen[0][0][1]) == len(lines)


def by_both(parts: list[list[bytes]]) -> None:
    """Hand over the parts in turns, by a file and by delivery."""
    delivery = Delivery(CONSOLE)
    for place, part in enumerate(parts):
        if place % 2:
            delivery.take(part)
        else:
            bring_in(CONSOLE, part, "a")


def test_tests_write_conversations_as_they_are_taken_in(staffed: Founded) -> None:
    """What helpers of tests write straight into the tables is what handing it over would have written."""
    said = ((C, "在吗"), (S, "在"), (C, "有货吗"), (A, "欢迎"))
    chats.conversation("bob", "xiaohe", *said, at=BEGAN)
    by_tests = conversation()
    written = db.rows("SELECT id, at, sender, text FROM message ORDER BY id")
    lines = [line(str(place), BEGAN + place * MINUTE, sender, words, staff="eve") for place, (sender, words) in enumerate(said)]
    bring_in(CONSOLE, lines, "a")
    assert conversation_of("eve") == by_tests
    assert db.rows("SELECT id - 1, at, sender, text FROM message WHERE ref IN ('0', '1', '2', '3') ORDER BY id") == written


# ---- delivery


def test_lines_are_answered_one_by_one(staffed: Founded) -> None:
    """Each with its number, which goes on from one time to the next; nothing is answered to an empty one."""
    delivery = Delivery(CONSOLE)
    first = delivery.take([line("1"), b"\n", line("1"), line("1", said="no"), b"["])
    assert [(each.number, each.ref, each.is_new) for each in first] == [(1, "1", True), (3, "1", False), (4, "1", False), (5, None, False)]
    assert why(first) == ["", "", chat_lines.OTHER, chat_lines.CUT]
    assert delivery.take([b"\n"]) == []
    assert [each.number for each in delivery.take([line("2")])] == [7]
    assert delivery.count == Count(new=2, known=1, bad=2)


def test_the_log_tells_of_a_delivery_once_an_hour(staffed: Founded, watch: Watch) -> None:
    """With what came first, then at most once an hour with what came since, and at the end."""
    delivery = Delivery(CONSOLE)
    delivery.take([line("0")])
    for number in range(1, 4):
        watch.passes(10 * 60)
        delivery.take([line(str(number)), b"{}\n"])
        delivery.tell()
    assert entries("chat.deliver") == [{"new": 1, "known": 0, "bad": 0}]
    watch.passes(50 * 60)
    delivery.tell()
    delivery.tell()
    assert entries("chat.deliver")[1:] == [{"new": 3, "known": 0, "bad": 3}]
    watch.passes(60 * 60)
    delivery.tell(at_last=True)
    delivery.take([line("4"), line("0")])
    assert entries("chat.deliver")[2:] == [{"new": 1, "known": 1, "bad": 0}]
    delivery.take([line("5")])
    delivery.tell(at_last=True)
    delivery.tell(at_last=True)
    assert entries("chat.deliver")[3:] == [{"new": 1, "known": 0, "bad": 0}]


def test_a_clock_that_is_set_back_keeps_nothing_out_of_the_log(staffed: Founded, watch: Watch) -> None:
    """A day back is no reason to wait for a day and an hour."""
    delivery = Delivery(CONSOLE)
    delivery.take([line("0")])
    watch.passes(-24 * 60 * 60)
    delivery.take([line("1")])
    assert len(entries("chat.deliver")) == 2


def test_c1_what_could_not_be_written_is_not_counted(staffed: Founded, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither in the log nor in the sum: nothing was answered. Handed over again, it is new."""

    def full(*_arguments: object) -> None:
        raise DiskFull

    delivery = Delivery(CONSOLE)
    for _turn in range(2):
        with monkeypatch.context() as patch:
            patch.setattr(_chat_taking, "_write", full)
            with pytest.raises(DiskFull):
                delivery.take([line("1"), line("2")])
        assert (tables()[1], delivery.count) == ([], Count())
    assert [each.is_new for each in delivery.take([line("1"), line("2")])] == [True, True]
    assert entries("chat.deliver") == [{"new": 2, "known": 0, "bad": 0}]
    with monkeypatch.context() as patch:
        patch.setattr(_chat_taking, "_write", full)
        with pytest.raises(DiskFull):
            delivery.take([line("3")])
    assert delivery.count == Count(new=2)
    delivery.tell(at_last=True)
    assert len(entries("chat.deliver")) == 1


# ---- who, and when not


@pytest.mark.parametrize(
    "take", [lambda actor: bring_in(actor, [line("1")], "a"), lambda actor: Delivery(actor).take([line("1")])], ids=("file", "delivery")
)
def test_only_the_operator_at_the_machine_takes_in(staffed: Founded, take: Callable[[Any], object]) -> None:
    """Not even the owner on screens could write what customers have said; that it was tried is in the log."""
    with pytest.raises(ConsoleAlone):
        take(staffed.owner)
    assert tables() == [[], []]
    assert entries("act.refuse")[-1]["because"] == "ConsoleAlone"


def test_c1_while_the_log_is_damaged_nothing_is_taken(staffed: Founded) -> None:
    """By neither way, whether it was found before or meanwhile: nothing is answered, and everything can be handed over again."""
    delivery = Delivery(CONSOLE)
    delivery.take([line("1")])
    log.keep((Damage(CHANGED, 1, 1),))
    for take in (
        lambda: delivery.take([line("2")]),
        lambda: bring_in(CONSOLE, [line("3")], "a"),
        lambda: Delivery(CONSOLE).take([line("4")]),
    ):
        with pytest.raises(LogDamaged):
            take()
    assert [row[0] for row in tables()[1]] == ["1"]


def test_the_shop_may_be_closed_and_opened_between_two_deliveries(staffed: Founded, tmp_path: Path) -> None:
    """A delivery has nothing of its own that a restart would lose but what the log was not told yet."""
    Delivery(CONSOLE).take([line("1")])
    shop.close()
    shop.open(staffed.home)
    assert [each.is_new for each in Delivery(CONSOLE).take([line("1"), line("2")])] == [False, True]
