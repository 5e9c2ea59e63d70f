"""Work figures: what is counted is what a plain reading of all messages counts, on the shop's days, for whoever may see it."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import groupby, product
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from models import clock, db
from models.clock import DAY, HOUR, MINUTE, SECOND
from models.errors import Cancelled, Invalid, NotAllowed, SessionEnded, Unknown
from models.operations import departments, sessions, staff
from models.queries import figures
from models.queries.figures import Figures
from models.rules import chat_index, figures as rules
from models.rules.figures import Counts, Period
from tests.chats import AUTO, CUSTOMER, STAFF, conversation
from tests.factories import Founded, signed_in

ZONE: Final = "Asia/Shanghai"


def at(text: str, zone: str = ZONE) -> int:
    """A moment of the shop's, as `2026-11-22 09:30`, UTC microseconds."""
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC).timestamp()) * SECOND


NOW: Final = at("2026-11-22 12:00")
WEEK: Final = Period("2026-11-16", "2026-11-22")


@pytest.fixture
def shop(little_shop: Founded) -> Founded:
    """A shop at noon of a Sunday, with two who answer customers, of different departments."""
    night = departments.add(little_shop.console, "Night shift", 1)
    little_shop.person("lilei", name="Li Lei", post="service", department_id=1)
    little_shop.person("mei", name="Han Mei", post="service", department_id=night)
    little_shop.person("wu", name="Wu", department_id=2)
    clock.set_clock(lambda: NOW)
    return little_shop


def test_nobody_wrote(shop: Founded) -> None:
    """Every day is there, with nothing on it."""
    found = figures.figures(shop.owner, WEEK)
    assert (found.people, found.total, found.waiting, found.beyond) == ((), rules.NOTHING, (), {})
    assert found.daily == dict.fromkeys(WEEK.days, rules.NOTHING)


def test_one_customer_is_one_conversation_a_day(shop: Founded) -> None:
    """However often they write; the first answer is by a person, and counts from the day's first message."""
    said = ((CUSTOMER, "在吗"), (AUTO, "亲"), (CUSTOMER, "?"), (STAFF, "在"), (CUSTOMER, "还有吗"), (STAFF, "有"))
    conversation("lilei", "小河", *said, at=at("2026-11-21 10:00"))
    conversation("lilei", "小河", (CUSTOMER, "又来了"), (STAFF, "好"), at=at("2026-11-22 09:00"), apart=30 * SECOND)
    found = figures.figures(shop.owner, WEEK)
    (lilei,) = found.people
    assert (lilei.login, lilei.name, lilei.department, lilei.is_own) == ("lilei", "Li Lei", "Customer service", False)
    assert lilei.days == {"2026-11-21": Counts(1, 1, 3 * MINUTE, 0), "2026-11-22": Counts(1, 1, 30 * SECOND, 0)}
    assert lilei.on("2026-11-20") == rules.NOTHING
    assert lilei.counts == found.total == Counts(2, 2, 105 * SECOND, 0)


def test_an_answer_on_a_later_day_counts_for_the_day_of_the_question(shop: Founded) -> None:
    """Also when it comes after the period; what a robot said is none, nor what was said before the question."""
    conversation("lilei", "a", (STAFF, "Hello"), (CUSTOMER, "Is it there?"), (AUTO, "We sleep"), at=at("2026-11-18 23:58"))
    conversation("lilei", "a", (STAFF, "It is"), at=at("2026-11-20 00:29"))
    found = figures.figures(shop.owner, Period("2026-11-18", "2026-11-18"))
    assert found.people[0].counts == Counts(1, 1, DAY + 30 * MINUTE, 0)
    assert figures.figures(shop.owner, Period("2026-11-20", "2026-11-20")).people == (), "nobody wrote to them that day"


def test_what_a_colleague_wrote_before_the_question_does_not_hide_the_answer(shop: Founded) -> None:
    """The first answer is the first one after the question, not after the last of several, though something stood before it that day."""
    said = ((STAFF, "Your parcel left"), (CUSTOMER, "Where is it?"), (STAFF, "In Hangzhou"), (CUSTOMER, "And now?"), (STAFF, "Here"))
    conversation("lilei", "a", *said, at=at("2026-11-20 10:00"))
    assert figures.figures(shop.owner, WEEK).total == Counts(1, 1, MINUTE, 0)


def test_whose_last_message_of_the_day_has_no_answer_waits(shop: Founded) -> None:
    """Each day on which they wrote; since when is told, and an answer, whenever it comes, ends it for all of them."""
    conversation("lilei", "a", (CUSTOMER, "Hm"), (STAFF, "Yes?"), (CUSTOMER, "How much?"), at=at("2026-11-20 10:00"))
    conversation("lilei", "a", (CUSTOMER, "Hello?"), at=at("2026-11-21 08:00"))
    conversation("mei", "a", (CUSTOMER, "You, then?"), at=at("2026-11-21 08:05"))
    found = figures.figures(shop.owner, WEEK)
    assert [(each.day, each.since, each.login, each.name, each.customer) for each in found.waiting] == [
        ("2026-11-20", at("2026-11-20 10:02"), "lilei", "Li Lei", "a"),
        ("2026-11-21", at("2026-11-21 08:00"), "lilei", "Li Lei", "a"),
        ("2026-11-21", at("2026-11-21 08:05"), "mei", "Han Mei", "a"),
    ]
    assert found.total == Counts(2, 1, MINUTE, 3)
    assert found.people[0].days["2026-11-20"] == Counts(1, 1, MINUTE, 1)
    conversation("lilei", "a", (STAFF, "Ten"), at=at("2026-11-22 11:00"))
    found = figures.figures(shop.owner, WEEK)
    assert [each.login for each in found.waiting] == ["mei"]
    assert found.people[0].days["2026-11-21"] == Counts(1, 1, 27 * HOUR, 0)


def test_a_message_falls_on_the_shops_day(shop: Founded) -> None:
    """The last microsecond of a day and the first of the next are two days, in the shop's time zone."""
    midnight = at("2026-11-21 00:00")
    for place, moment in enumerate((midnight - 1, midnight, midnight + DAY - 1, midnight + DAY)):
        conversation("lilei", f"c{place}", (CUSTOMER, "x"), at=moment)
    found = figures.figures(shop.owner, WEEK)
    assert {day: counts.received for day, counts in found.daily.items() if counts.received} == {
        "2026-11-20": 1,
        "2026-11-21": 2,
        "2026-11-22": 1,
    }
    db.database.execute_sql("UPDATE shop SET zone = 'UTC'")
    assert {day: counts.received for day, counts in figures.figures(shop.owner, WEEK).daily.items() if counts.received} == {
        "2026-11-20": 2,
        "2026-11-21": 2,
    }


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Berlin", "2026-03-29", 23),
        ("Europe/Berlin", "2026-10-25", 25),
        ("America/Havana", "2026-11-01", 25),  # from 1:00 back to midnight
        ("Africa/Cairo", "2026-04-24", 23),  # midnight itself is left out
        ("Pacific/Apia", "2011-12-30", 0),  # left out whole
    ],
)
def test_a_day_on_which_clocks_change_is_as_long_as_it_is(shop: Founded, zone: str, day: str, hours: int) -> None:
    """Every quarter of an hour around it is on one day and on one only, the one that the clock on the wall shows."""
    db.database.execute_sql("UPDATE shop SET zone = ?", (zone,))
    first = clock.end_of_day(day, zone) - 40 * HOUR + 1
    moments = [first + place * 15 * MINUTE for place in range(60 * 4)]
    for place, moment in enumerate(moments):
        conversation("lilei", f"c{place}", (CUSTOMER, "x"), at=moment)
    around = Period(clock.day(moments[0] - DAY, zone), clock.day(moments[-1] + DAY, zone))
    daily = figures.figures(shop.owner, around).daily
    shown = [clock.day(moment, zone) for moment in moments]
    assert {each: counts.received for each, counts in daily.items() if counts.received} == {each: shown.count(each) for each in shown}
    assert daily[day].received == hours * 4
    assert figures.figures(shop.owner, Period(day, day)).total.received == hours * 4


# ---- against a plain reading of everything


class Said(NamedTuple):
    """A message, as a test makes it up."""

    at: int
    staff_id: int
    customer: str
    sender: str


MOMENTS: Final = st.integers(0, 6 * 24 * 4).map(lambda quarter: at("2026-10-22 12:00", "Europe/Berlin") + quarter * 15 * MINUTE)
MESSAGES: Final = st.lists(
    st.builds(Said, MOMENTS, st.sampled_from((2, 3)), st.sampled_from("abc"), st.sampled_from((CUSTOMER, CUSTOMER, STAFF, AUTO))),
    max_size=40,
)


def written(messages: list[Said]) -> None:
    """Put messages into the tables: of the same moment, in the order of the list."""
    db.database.execute_sql("DELETE FROM message")
    db.database.execute_sql("DELETE FROM conversation")
    pairs = sorted({(each.staff_id, each.customer) for each in messages})
    with db.transaction():
        for number, pair in enumerate(pairs, 1):
            theirs = [each for each in messages if (each.staff_id, each.customer) == pair]
            spoke = max((place for place, each in enumerate(theirs) if each.sender == STAFF), default=-1)
            waits = next((each.at for each in theirs[spoke + 1 :] if each.sender == CUSTOMER), None)
            about = (number, pair[1], pair[1], pair[0], theirs[0].at, theirs[-1].at, len(theirs), waits)
            db.database.execute_sql("INSERT INTO conversation VALUES (?, ?, ?, ?, ?, ?, ?, ?)", about)
        for moment, group in groupby(messages, key=lambda each: each.at):
            for place, each in enumerate(group):
                identity = chat_index.lowest_number(moment) + place
                terms = (identity, pairs.index((each.staff_id, each.customer)) + 1, str(identity), moment, each.sender)
                db.database.execute_sql("INSERT INTO message VALUES (?, ?, ?, ?, ?, 'x')", terms)


def reckoned(messages: list[Said], zone: str) -> tuple[dict[tuple[int, str], Counts], dict[str, int], list[tuple[str, int, int, str]]]:
    """By person and day, the total received by day, and who waits: by the words of the definition, without any haste."""
    counts, received, waiting = {}, {}, []
    days = {clock.day(each.at, zone) for each in messages}
    for staff_id, day in product((2, 3), days):
        asked, took, unanswered = 0, [], 0
        for customer in "abc":
            theirs = [each for each in messages if (each.staff_id, each.customer) == (staff_id, customer)]
            places = [place for place, each in enumerate(theirs) if each.sender == CUSTOMER and clock.day(each.at, zone) == day]
            if not places:
                continue
            asked += 1
            first = next((each for each in theirs[places[0] :] if each.sender == STAFF), None)
            took += [first.at - theirs[places[0]].at] if first else []
            if not any(each.sender == STAFF for each in theirs[places[-1] :]):
                unanswered += 1
                spoke = max((place for place, each in enumerate(theirs) if each.sender == STAFF), default=-1)
                waiting.append((day, next(theirs[place].at for place in places if place > spoke), staff_id, customer))
        if asked:
            counts[staff_id, day] = Counts(asked, len(took), rules.median(took), unanswered)
    for day in days:
        received[day] = len({each.customer for each in messages if each.sender == CUSTOMER and clock.day(each.at, zone) == day})
    return counts, received, waiting


@settings(deadline=None, max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(messages=MESSAGES, zone=st.sampled_from(("Europe/Berlin", ZONE, "America/Los_Angeles")))
def test_it_is_what_a_plain_reading_of_all_messages_counts(shop: Founded, messages: list[Said], zone: str) -> None:
    """Over a week in which the clocks are set back."""
    ordered = sorted(messages, key=lambda each: each.at)
    db.database.execute_sql("UPDATE shop SET zone = ?", (zone,))
    written(ordered)
    found = figures.figures(shop.owner, Period("2026-10-20", "2026-10-31"))
    counts, received, waiting = reckoned(ordered, zone)
    assert {(person.id, day): each for person in found.people for day, each in person.days.items()} == counts
    assert {day: each.received for day, each in found.daily.items() if each.received} == {day: n for day, n in received.items() if n}
    assert sorted((each.day, each.since, each.staff_id, each.customer) for each in found.waiting) == sorted(waiting)
    for staff_id in (2, 3):
        of_one = figures.mine(signed_in("lilei" if staff_id == 2 else "mei"), Period("2026-10-20", "2026-10-31"))
        assert [person.days for person in of_one.people] == [person.days for person in found.people if person.id == staff_id]


# ---- who may see what


@pytest.fixture
def busy(shop: Founded) -> Founded:
    """Somebody waits for each of them."""
    for login, customer in (("lilei", "a"), ("mei", "b"), ("wu", "c"), ("wu", "d")):
        conversation(login, customer, (CUSTOMER, "Hello?"), at=NOW - HOUR)
    return shop


def names(found: Figures) -> tuple[list[str], int]:
    """Who is known to wait, and how many more."""
    return [each.customer for each in found.waiting], sum(found.beyond.values())


@pytest.mark.parametrize(
    ("extras", "department", "seen"),
    [
        (["data.staffperf.view"], 1, ([], 4)),
        (["data.staffperf.view", "chat.record.team"], 1, (["a", "b"], 2)),
        (["data.staffperf.view", "chat.record.team"], 2, (["c", "d"], 2)),
        (["data.staffperf.view", "chat.record.team"], None, ([], 4)),
        (["data.staffperf.view", "chat.record.team", "chat.record.all"], None, (["a", "b", "c", "d"], 0)),
    ],
)
def test_numbers_are_everybodys_and_names_as_far_as_conversations_may_be_read(
    busy: Founded, extras: list[str], department: int | None, seen: tuple[list[str], int]
) -> None:
    """The lead of one department sees how much all work, and whose customers wait only of those whose conversations they may read."""
    reader = busy.person("reader", extras=extras, department_id=department)
    found = figures.figures(reader, WEEK)
    assert {person.login: person.counts for person in found.people} == {
        "lilei": Counts(1, 0, None, 1),
        "mei": Counts(1, 0, None, 1),
        "wu": Counts(2, 0, None, 2),
    }
    assert names(found) == seen
    assert found.total.unanswered == len(found.waiting) + sum(found.beyond.values())


def test_ones_own_customers_are_named_and_a_move_counts_at_once(busy: Founded) -> None:
    """Who answers customers sees their own without any permission for records; a colleague who moves away takes theirs along."""
    reader = busy.person("reader", extras=["data.staffperf.view", "chat.record.team"], department_id=1)
    conversation("reader", "z", (CUSTOMER, "Hello?"), at=NOW - HOUR)
    found = figures.figures(reader, WEEK)
    assert names(found) == (["a", "b", "z"], 2)
    assert [person.login for person in found.people if person.is_own] == ["reader"]
    staff.move(busy.console, busy.id_of("mei"), 2)
    assert names(figures.figures(reader, WEEK)) == (["a", "z"], 3)


def test_who_left_is_still_counted(busy: Founded) -> None:
    """Their work was done."""
    staff.leave(busy.console, busy.id_of("wu"))
    assert [(person.login, person.status) for person in figures.figures(busy.owner, WEEK).people][-1] == ("wu", "left")


def test_without_the_permission_one_sees_ones_own(busy: Founded) -> None:
    """Everybody's are refused; what one answered oneself is one's own."""
    lilei = signed_in("lilei")
    with pytest.raises(NotAllowed) as refused:
        figures.figures(lilei, WEEK)
    assert refused.value.facts["permission"] == "data.staffperf.view"
    found = figures.mine(lilei, WEEK)
    assert [(person.login, person.is_own) for person in found.people] == [("lilei", True)]
    assert (found.total.received, names(found)) == (1, (["a"], 0))
    assert figures.mine(busy.owner, WEEK).people == ()


def test_the_operator_sees_everybodys_and_has_none(busy: Founded) -> None:
    """The console answers no customers."""
    assert names(figures.figures(busy.console, WEEK)) == (["a", "b", "c", "d"], 0)
    with pytest.raises(Unknown):
        figures.mine(busy.console, WEEK)


def test_a_session_that_was_ended_reads_nothing(busy: Founded) -> None:
    """Neither everybody's nor one's own; not even where it ends while they are counted."""
    lilei = signed_in("lilei")
    with pytest.raises(SessionEnded):
        figures.mine(lilei, WEEK, progress=lambda done, total: sessions.sign_out(lilei) if done == total else None)
    with pytest.raises(SessionEnded):
        figures.mine(lilei, WEEK)
    with pytest.raises(SessionEnded):
        figures.figures(lilei, WEEK)


def test_an_extra_that_ends_while_they_are_counted_shows_nothing(busy: Founded) -> None:
    """Judged once more when everything is counted."""
    eve = busy.person("eve", extras=["data.staffperf.view"], until=NOW)
    assert names(figures.figures(eve, WEEK))

    def over(done: int, total: int) -> None:
        if done == total:
            clock.set_clock(lambda: NOW + 1)

    with pytest.raises(NotAllowed):
        figures.figures(eve, WEEK, progress=over)


def test_it_tells_how_far_it_is_and_stops_when_it_is_asked_to(busy: Founded) -> None:
    """After any day."""
    told: list[tuple[int, int]] = []
    figures.figures(busy.owner, WEEK, progress=lambda done, total: told.append((done, total)))
    assert told == [(done, 7) for done in range(8)]
    with pytest.raises(Cancelled):
        figures.figures(busy.owner, WEEK, progress=lambda done, total: told.append((done, total)), cancelled=lambda: len(told) > 10)
    assert len(told) == 11


# ---- periods


def test_periods_are_of_the_shops_days(shop: Founded) -> None:
    """Where it is the 23rd already, today is the 23rd."""
    assert figures.usual("week") == WEEK
    assert figures.typed("2026/11/1", "2026-12-31") == Period("2026-11-01", "2026-11-22")
    assert figures.moved(WEEK, -1) == Period("2026-11-09", "2026-11-15")
    assert figures.bounds(WEEK) == (at("2026-11-16 00:00"), at("2026-11-23 00:00") - 1)
    db.database.execute_sql("UPDATE shop SET zone = 'Pacific/Kiritimati'")
    assert figures.usual("today") == ("2026-11-22", "2026-11-22")
    clock.set_clock(lambda: at("2026-11-22 20:00"))
    assert figures.usual("today") == ("2026-11-23", "2026-11-23")


@pytest.mark.parametrize(
    ("since", "until", "field"),
    [("x", "2026-11-22", "since"), ("2026-11-22", "tomorrow", "until"), ("2026-11-22", "2026-11-21", "until")],
)
def test_what_is_no_period_is_refused_beside_its_field(shop: Founded, since: str, until: str, field: str) -> None:
    """A day looks like a day."""
    with pytest.raises(Invalid) as refused:
        figures.typed(since, until)
    assert refused.value.field == field
