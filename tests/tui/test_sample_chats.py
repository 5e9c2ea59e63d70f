"""The conversations and the seats of the sample shop, as they are thought out: in both languages, at whatever time of whatever day."""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import date, timedelta
from itertools import pairwise

import pytest

from models import clock, i18n
from models.clock import DAY, MINUTE
from models.i18n import Language
from models.rules import chat_lines, seat_costs
from tests.tui.life import HAN, at_hour
from tui import sample, sample_chats, sample_seats
from tui.sample_chats import Said
from tui.sample_days import Days

ANSWERING = {person.login for person in sample.PEOPLE if person.role in {"customer_service", "service_lead"}} | {"emma"}
IN_BOTH = {"paul_hz", "保罗在杭州"}
"""A customer who begins in one language and goes on in another."""
LATIN = re.compile("[A-Za-z]")


def of(language: Language) -> list[Said]:
    """Every message, of a shop that was opened at noon."""
    with at_hour(12):
        return [*sample_chats.said(Days(language))]


def conversations(language: Language) -> dict[tuple[str, str], list[Said]]:
    """Messages by customer and colleague."""
    found: dict[tuple[str, str], list[Said]] = defaultdict(list)
    for message in of(language):
        found[message.customer, message.login].append(message)
    return found


@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_every_line_of_the_file_is_understood(language: Language) -> None:
    """A slip of the pen does not lose a message without a word."""
    lines = sample_chats.file(language).read_text(encoding="utf-8").splitlines()
    rest = [line for line in lines if line and not line.startswith("#")]
    found = [*sample_chats._LINES.finditer("\n".join(lines))]
    assert "\n".join(match[0] for match in found).split("\n") == rest


def test_both_languages_have_the_same_conversations() -> None:
    """Whoever writes when, to whom, about which order, and how many lines of it; the words are each language's own."""

    def outline(message: Said) -> tuple[object, ...]:
        return message.ref, message.login, message.at, message.sender, re.findall(r"\d{8}-\d+", message.text), message.text.count("\n")

    english, chinese = (of(language) for language in i18n.LANGUAGES)
    assert [*map(outline, english)] == [*map(outline, chinese)]
    assert len({message.ref for message in english}) == len(english)
    between = {(one.customer, two.customer) for one, two in zip(english, chinese, strict=True)}
    assert len(between) == len({one for one, _two in between}) == len({two for _one, two in between})


@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_there_is_enough_to_read(language: Language) -> None:
    """Some fifty conversations over three weeks, by everybody who answers customers, short ones and long ones."""
    found = conversations(language)
    assert 45 <= len(found) <= 65
    assert 350 <= sum(map(len, found.values())) <= 520
    assert {login for _customer, login in found} == ANSWERING - {"yangfan"}
    lengths = {len(message.text) for messages in found.values() for message in messages}
    assert min(lengths) <= 2
    assert max(lengths) >= 200
    assert {message.sender for messages in found.values() for message in messages} == {*sample_chats.SENDERS.values()}
    assert all(login in ANSWERING for _customer, login in found)


def test_each_speaks_its_own_language() -> None:
    """Nothing of the other is left over, but where somebody changes from one to the other."""
    for message in of("zh"):
        assert message.customer in IN_BOTH or not LATIN.search(message.customer + message.text), message.text
    for message in of("en"):
        assert message.customer in IN_BOTH or not HAN.search(message.customer + message.text), message.text
    for language in i18n.LANGUAGES:
        both = " ".join(message.text for message in of(language) if message.customer in IN_BOTH)
        assert HAN.search(both)
        assert LATIN.search(both)


@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_everything_is_kept_as_it_was_written(language: Language) -> None:
    """Nothing has to be changed before it may be shown; line ends and emoji are part of it."""
    for message in of(language):
        assert chat_lines.kept(message.text) == message.text
        assert "{" not in message.text
    assert any("\n" in message.text for message in of(language))
    assert any("\U0001f300" <= letter <= "\U0001faff" for message in of(language) for letter in message.text)


@pytest.mark.parametrize("hour", [0.01, 3, 12, 23.9])
def test_a_conversation_goes_on_and_never_into_the_future(hour: float) -> None:
    """At whatever time the sample is opened: the last word was a few minutes ago, and each comes after the one before."""
    with at_hour(hour):
        now = clock.now()
        messages = [*sample_chats.said(Days("en"))]
    last = now - sample_chats.DELIVERED[-1][1] * MINUTE
    assert all(now - 22 * DAY < message.at < last for message in messages)
    assert max(message.at for message in messages) > now - 60 * MINUTE
    found: dict[tuple[str, str], list[int]] = defaultdict(list)
    for message in messages:
        found[message.customer, message.login].append(message.at)
    for moments in found.values():
        assert all(one < two for one, two in pairwise(moments))


def test_nobody_answers_before_they_came_or_after_they_left() -> None:
    """Who was frozen or left gets messages still, and says nothing."""
    came = {person.login: person.activated for person in sample.PEOPLE}
    gone = {"heping": 9, "xuan": 14}
    with at_hour(12):
        days = Days("en")
    for message in of("en"):
        if message.sender == "staff":
            ago = (days.midnight + DAY - 1 - message.at) // DAY
            assert gone.get(message.login, 0) <= ago <= (came[message.login] or 0), message


def test_bought_seats_run_out_soon_on_any_day() -> None:
    """Bought before they begin, and soon enough over for Home to say so, also where a month is too short."""
    for number in range(800):
        today = date(2027, 1, 1) + timedelta(days=number)
        with at_hour(9, today):
            first = clock.day(sample_seats._a_month_before(Days("en")), clock.HOME_ZONE)
        begins = date.fromisoformat(first)
        assert today - timedelta(days=21) < begins < today
        assert sample_seats.LEFT - 3 <= (seat_costs.last_day(begins, 1) - today).days <= sample_seats.LEFT
