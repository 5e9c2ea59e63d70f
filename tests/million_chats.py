"""Many conversations, made at once: for what has to be as quick among a million messages as among a few.

They are believable: customers ask, the shop's robot greets, colleagues answer, in Chinese and in English; some wait, some come back. They
are written straight into the tables, as taking them in leaves them, and are the same each time. The words in them are as frequent as
`FREQUENT`, `RARE` and `ABSENT` say.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any, Final, NamedTuple

from models import clock, db, text
from models.clock import DAY
from models.rules import chat_index
from tests.crowd import crowd, founded_ago
from tests.large import tree


class Size(NamedTuple):
    """How much of everything there is.

    Attributes:
        longest: messages of the one customer who never stops writing; the first conversation.
    """

    people: int
    departments: int
    conversations: int
    messages: int
    longest: int


LARGE: Final = Size(1_000, 40, 100_000, 1_000_000, 50_000)
SMALL: Final = Size(50, 10, 500, 5_000, 500)

FREQUENT: Final = "退款"
"""In every ninth message or so."""

RARE: Final = "珐琅"
"""In one of 25,000 or so."""

ABSENT: Final = "鼍龙"
"""In none."""

FREQUENT_LATIN: Final = "the"
RARE_LATIN: Final = "enamel"
ABSENT_LATIN: Final = "retherefo"
"""In none, but every pair of its letters is in many."""

_THINGS: Final = ("青花茶壶", "保温杯", "竹编收纳篮", "陶瓷碗", "木质托盘", "玻璃花瓶", "棉麻桌布", "铸铁锅", "香薰蜡烛", "折叠伞")
_ENGLISH: Final = ("teapot", "thermos cup", "bamboo basket", "ceramic bowl", "wooden tray", "glass vase", "linen cloth", "iron pan")
_ASKED: Final = (
    "你好，{thing}还有货吗？",
    "请问{thing}什么时候能发货，我{n}号之前要用",
    "我想申请退款，订单号 2026{n:06}",
    "{thing}收到的时候碎了，可以退款或者换一个吗？",
    "这个{thing}有几种颜色？尺寸是多少",
    "能便宜一点吗，我要买{n}个",
    "快递到哪里了？单号 SF{n:09} 三天没有更新了",
    "发票怎么开，抬头是公司的",
    "好的，谢谢",
    "地址写错了，麻烦改成人民路{n}号",
    "退款到账要几天",
    "😂 等了好久了，在吗",
    "优惠券为什么用不了",
)
_ANSWERED: Final = (
    "亲，{thing}有现货，今天下单今天发出",
    "已经为您申请了，退款会在{n}个工作日内原路退回",
    "非常抱歉，请您拍一张{thing}的照片发给我们",
    "好的，已经帮您备注改地址",
    "这边帮您查了一下，包裹已经到达中转站，单号 SF{n:09}",
    "满 199 元可以用优惠券，{thing}也参加活动",
    "发票会随订单寄出，请放心",
    "不客气，有问题随时联系我们 🌹",
)
_ASKED_ENGLISH: Final = (
    "Hello, is the {thing} still in stock?",
    "When will my order 2026{n:06} be shipped? I need it before the {n}th",
    "The {thing} arrived broken, can I have a refund?",
    "Thank you, that is all for now",
    "Could you send the {thing} to another address",
)
_ANSWERED_ENGLISH: Final = (
    "Hello, the {thing} is in stock and ships today",
    "The refund for order 2026{n:06} is on its way, it takes {n} working days",
    "Sorry about that. Please send us a photo of the {thing}",
    "You are welcome, have a nice day",
)
_ROBOT: Final = "欢迎光临，客服马上就来。Welcome, we will be with you in a moment."
_SELDOM: Final = "请问有没有珐琅的{thing}？ Do you have one in enamel?"

_OPEN: Final = 60
"""Customers who are talked with at the same time."""

_ONCE: Final = 50_000
_MESSAGE: Final = "INSERT INTO message (id, conversation_id, ref, at, sender, text) VALUES (?, ?, ?, ?, ?, ?)"
_INDEXED: Final = "INSERT INTO message_text (rowid, text, whose) VALUES (?, ?, ?)"
_CONVERSATION: Final = """
    INSERT INTO conversation (id, customer, search, staff_id, first_at, last_at, messages, waiting_since) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
"""


class _Talk:
    """A conversation while it is made up."""

    __slots__ = ("first_at", "identity", "is_english", "last_at", "messages", "staff_id", "waiting_since")

    def __init__(self, identity: int, staff_id: int, *, is_english: bool) -> None:
        self.identity, self.staff_id, self.is_english = identity, staff_id, is_english
        self.first_at = self.last_at = self.messages = 0
        self.waiting_since: int | None = None

    @property
    def row(self) -> tuple[object, ...]:
        """As it is stored."""
        customer = f"buyer{self.identity:06}" if self.is_english else f"小河{self.identity:06}"
        times = (self.first_at, self.last_at, self.messages, self.waiting_since)
        return self.identity, customer, text.key(customer), self.staff_id, *times


def chats(size: Size, *, days: int = 365, seed: int = 8) -> None:
    """Have the people of the shop that is open talk with customers, from `days` ago until now.

    A few of the colleagues have most of the conversations, as they do.
    """
    chance = Random(seed)
    staff = [row[0] for row in db.rows("SELECT id FROM staff WHERE is_owner = 0 ORDER BY id")]
    talks = [
        _Talk(number, staff[int(len(staff) * chance.random() ** 2)], is_english=chance.random() < 0.15)
        for number in range(1, size.conversations + 1)
    ]
    with db.transaction():
        db.database.execute_sql("PRAGMA defer_foreign_keys = 1")  # what is said about a conversation is known at its end
        messages: list[tuple[Any, ...]] = []
        for message in _messages(talks, size, days, chance):
            messages.append(message)
            if len(messages) == _ONCE:
                _write(talks, messages)
        _write(talks, messages)
        db.write_many(_CONVERSATION, [talk.row for talk in talks if talk.messages])


def chatty(home: Path, size: Size = LARGE, *, days: int = 365) -> None:
    """Found a shop in `home`, `days` ago, whose people have talked with customers since; it is closed again."""
    with founded_ago(home, days):
        tree(size.departments)
        crowd(size.people)
        clock.set_clock(None)
        chats(size, days=days)


def _write(talks: list[_Talk], messages: list[tuple[Any, ...]]) -> None:
    db.write_many(_MESSAGE, messages)
    whose = chat_index.whose
    db.write_many(_INDEXED, [(row[0], chat_index.tokens(row[5]), whose(talks[row[1] - 1].staff_id)) for row in messages])
    messages.clear()


def _messages(talks: list[_Talk], size: Size, days: int, chance: Random) -> Iterator[tuple[Any, ...]]:
    """Every message, the oldest first."""
    end = clock.now()
    step = days * DAY // size.messages
    begin = end - step * size.messages
    newcomers = iter(talks[1:])
    left = [0] * _OPEN
    busy = [talks[0]] * _OPEN
    every = max(size.messages // max(size.longest, 1), 1)
    for number in range(size.messages):
        at = begin + number * step + chance.randrange(step - 1000)  # no two in one millisecond
        if number % every == 0:
            talk, is_last = talks[0], False
        else:
            place = chance.randrange(_OPEN)
            if not left[place]:
                busy[place] = _next(newcomers, talks, number, size, chance)
                left[place] = chance.randrange(2, 12)
            left[place] -= 1
            talk, is_last = busy[place], not left[place]
        sender, said = _said(talk, number, chance, is_last=is_last)
        if not talk.messages:
            talk.first_at = at
        talk.last_at = at
        talk.messages += 1
        if sender == "customer":
            talk.waiting_since = talk.waiting_since or at
        elif sender == "staff":
            talk.waiting_since = None
        yield chat_index.lowest_number(at), talk.identity, f"m-{number}", at, sender, said


def _next(newcomers: Iterator[_Talk], talks: list[_Talk], number: int, size: Size, chance: Random) -> _Talk:
    """Somebody new, or somebody who was there before."""
    reached = number * len(talks) // size.messages
    talk = next(newcomers, None) if chance.random() < 0.75 else None
    return talk or talks[chance.randrange(1, max(reached // 2, 2))]


def _said(talk: _Talk, number: int, chance: Random, *, is_last: bool) -> tuple[str, str]:
    """Who writes, and what: the colleague last, but for one time in twenty."""
    said: tuple[str, ...]
    if talk.messages == 1:
        return "auto", _ROBOT
    if talk.messages and (chance.random() < 0.95 if is_last else chance.random() < 0.48):
        kind, said = "staff", _ANSWERED_ENGLISH if talk.is_english else _ANSWERED
    else:
        kind, said = "customer", _ASKED_ENGLISH if talk.is_english else _ASKED
    phrase = _SELDOM if number % 25_013 == 77 else chance.choice(said)
    thing = chance.choice(_ENGLISH if talk.is_english else _THINGS)
    return kind, phrase.format(thing=thing, n=chance.randrange(1, 900_000))
