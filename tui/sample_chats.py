"""What customers and the people of the sample shop write to each other, and how it comes into the shop.

The words are in two files beside this one, each written in its own language, with the same moments; how they are written is said at the top
of the English one. First a file with what had been said so far is taken in, then the shop's bridge delivers what comes, twice a day.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Final, NamedTuple

from models import clock
from models.actor import Actor
from models.i18n import Language
from models.operations import chat_reading
from models.operations.chat_intake import Delivery, bring_in
from models.queries import chats, staff as staff_queries
from models.queries.chats import Filter
from tui.sample_days import Both, Days, Event

IMPORTED: Final = (6, 1110)
"""Days ago and minute at which everything up to then was taken in."""
SOURCE: Final = "chats.jsonl"
BRIDGE: Final = "bridge"
"""The user of the operating system as whom the program runs that delivers."""
DELIVERED: Final = (*((days_ago, minute) for days_ago in range(5, 0, -1) for minute in (750, 1190)), (0, 4))
"""Days ago and minute at which the bridge hands over what came since; today, minutes before now."""

READER: Final = "carol"
READ: Final[tuple[str, Both]] = ("lilei", ("iron_will", "铁了心"))
SOUGHT: Final[Both] = ("refund", "退款")
READ_AT: Final = (2, 552)
"""Whoever leads a team reads what a colleague and a customer wrote, after having looked for a word, on a day and at a minute."""

SENDERS: Final = {"c": "customer", "s": "staff", "a": "auto"}

_LINES: Final = re.compile(
    r"^= (?P<days_ago>\d+) (?:(?P<hour>\d\d):(?P<minute>\d\d)|-(?P<before>\d+)) (?P<login>\S+) (?P<customer>\S+)$"
    r"|^(?P<who>[csa]) (?P<later>\d+) (?P<text>.+(?:\n\| .+)*)$",
    re.MULTILINE,
)
_ORDER: Final = re.compile(r"\{(\d+)-(\d+)\}")
_APART: Final = 9
"""Seconds between messages of one minute."""
_SECONDS: Final = (4, 13, 7, 19, 2, 11, 16)
"""The second of a minute at which the first one of it comes, by turns."""


class Said(NamedTuple):
    """A message.

    Attributes:
        ref: what the program that brings it calls it; the same in both languages.
        at: UTC microseconds.
        sender: one of the values of `SENDERS`.
    """

    ref: str
    customer: str
    login: str
    at: int
    sender: str
    text: str


def events(days: Days, operator: Actor) -> Iterator[Event]:
    """How it comes in, and who reads it.

    Args:
        operator: who takes in the file.
    """
    intake = _Intake(days)
    yield Event(days.day(*IMPORTED), partial(intake.bring_in, operator))
    for moment in DELIVERED:
        yield Event(days.day(*moment), intake.deliver)
    yield Event(days.day(*READ_AT), partial(_read, days))


class _Intake:
    """What has been said and did not come in yet."""

    def __init__(self, days: Days) -> None:
        self._left = sorted(said(days), key=lambda message: message.at)
        self._bridge: Final = Delivery(Actor.console(BRIDGE))

    def bring_in(self, operator: Actor) -> None:
        """Everything so far, from a file."""
        bring_in(operator, self._until_now(), SOURCE)

    def deliver(self) -> None:
        """Everything since, by the bridge."""
        self._bridge.take(self._until_now())

    def _until_now(self) -> list[bytes]:
        number = sum(message.at <= clock.now() for message in self._left)
        told, self._left = self._left[:number], self._left[number:]
        return [_line(message) for message in told]


def _line(message: Said) -> bytes:
    """The message as other programs tell it."""
    told = {"id": message.ref, "customer": message.customer, "staff": message.login, "from": message.sender, "text": message.text}
    return json.dumps({**told, "at": clock.rfc3339(message.at)}, ensure_ascii=False).encode() + b"\n"


def said(days: Days) -> Iterator[Said]:
    """Every message in the shop's language, sitting by sitting."""
    begun, customer, login, number = 0, "", "", 0
    later, second = -1, 0
    for found in _LINES.finditer(file(days.language).read_text(encoding="utf-8")):
        if found["login"]:
            begun, customer, login, later = _begun(days, found), found["customer"], found["login"], -1
            continue
        second = second + _APART if int(found["later"]) == later else _SECONDS[number % len(_SECONDS)]
        number, later = number + 1, int(found["later"])
        at = begun + later * clock.MINUTE + second * clock.SECOND
        text = _ORDER.sub(partial(_order, days), found["text"].replace("\n| ", "\n"))
        yield Said(f"sample-{number:04}", customer, login, at, SENDERS[found["who"]], text)


def file(language: Language) -> Path:
    """Where the words are."""
    return Path(__file__).with_name(f"sample_chats.{language}.txt")


def _begun(days: Days, head: re.Match[str]) -> int:
    """When somebody sat down to write."""
    if head["before"]:
        return days.day(0, int(head["before"]))
    return days.day(int(head["days_ago"]), 60 * int(head["hour"]) + int(head["minute"]))


def _order(days: Days, found: re.Match[str]) -> str:
    """An order, by the day on which it was placed and its number on that day."""
    return clock.day(days.day(int(found[1]), 0), days.zone).replace("-", "") + f"-{found[2]}"


def _read(days: Days) -> None:
    actor, (login, customer) = days.actor(READER), READ
    chat_reading.find(actor, Filter(words=days.said(SOUGHT)))
    days.go_to(days.moment + clock.MINUTE)
    (row,) = chats.listing(actor, Filter(customer=days.said(customer), staff_id=staff_queries.find(login))).window(0, 1)
    chat_reading.open_conversation(actor, row.id)
