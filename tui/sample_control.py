"""How the people of the sample shop are kept in check: requests, departures, standing in, what is kept apart, reviews, the log itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Final

from models import clock
from models.operations import departures, exports, log, log_export, presence, requests, review, separation, succession
from models.queries import (
    exports as export_queries,
    requests as request_queries,
    review_lines,
    roles as role_queries,
    staff as staff_queries,
)
from models.queries.audit import Wanted
from tui.sample_days import Both, Days, Event

KEPT_APART: Final = ("refund.approve", "finance.bill.view")
WHY_APART: Final = ("Whoever pays back does not check the bills", "批退款的人不对账")
REASON_TO_LEAVE: Final = ("Back to university", "回学校读书")
LEAVES_IN: Final = 5
STANDS_IN: Final = 12
"""Days from today."""

APPROVED: Final = ("Buyers cancel in the chat; each time I have to find Carol", "买家在聊天里取消订单，每次都要去找卡卡")
DECLINED: Final = ("So that I can change prices while we are on air", "直播时要自己改价")
WORD: Final = ("Tell Jay the prices the day before, he enters them", "前一天把价格给阿杰，由他改")
WITHDRAWN: Final = ("For the stock count", "盘点要用")
OPEN: Final = ("The courier still wants the weekly list; mine ran out", "快递每周还要订单表，我的权限到期了")
CONFIRMED: Final = ("bob", "carol", "lilei", "grace")
OPEN_TODAY: Final = ("Nobody on the day shift can refund while Carol is away for training", "卡卡去培训，白班没人能批退款")


def events(days: Days, seen_to: Callable[[int], int]) -> Iterator[Event]:
    """All of it, in no order.

    Args:
        seen_to: when, on a day so many days ago, the owner and the manager see to the staff: the minute of that day.
    """
    for days_ago, minute, act in (*_past(days, seen_to), *_today(days)):
        yield Event(days.day(days_ago, minute), act)


def _past(days: Days, seen_to: Callable[[int], int]) -> Iterator[tuple[int, int, Callable[[], object]]]:
    """What happened before today: how many days ago, at which minute of that day."""
    ask, decide, alice = partial(_ask, days), partial(_decide, days), partial(days.actor, "alice")
    yield 21, seen_to(21) + 3, lambda: log.verify(alice())
    yield 14, seen_to(14) + 2, partial(_replace, days)
    yield 6, seen_to(6) + 1, partial(_stand_in, days)
    yield 6, seen_to(6) + 2, partial(_export, days, "staff")
    yield 6, seen_to(6) + 3, lambda: separation.declare(alice(), *KEPT_APART, reason=days.said(WHY_APART))
    yield 4, 551, partial(ask, "lilei", "trade.order.close", 30, APPROVED)
    yield 4, 552, partial(ask, "emma", "goods.price.edit", 14, DECLINED)
    yield 3, 1025, partial(_export, days, "access")
    yield 3, 1026, partial(decide, "lilei")
    yield 3, 1027, partial(decide, "emma", WORD)
    yield 3, 1028, partial(_confirm, days, CONFIRMED)
    yield 2, 551, partial(ask, "liumin", "goods.cost.view", 7, WITHDRAWN)
    yield 2, 555, partial(_withdraw, days, "liumin")
    yield 1, 551, partial(ask, "wuhao", "trade.order.export", 14, OPEN)
    yield 1, seen_to(1) + 2, partial(_plan, days, "chenjie")


def _today(days: Days) -> Iterator[tuple[int, int, Callable[[], object]]]:
    """What happens until now, so many minutes before: whoever does it stays signed in, so that the list of who is has somebody in it."""
    yield 0, 27, partial(_look, days, "emma", "tty1", "home")
    yield 0, 11, lambda: log.verify(days.actor("shanlan"))
    yield 0, 9, partial(_export_log, days, "shanlan")
    yield 0, 10, partial(_ask, days, "hanmeimei", "refund.approve", 12, OPEN_TODAY)
    yield 0, 8, lambda: presence.seen(days.actor("hanmeimei"), "me")
    yield 0, 6, partial(_look, days, "chenjie", "tty3", "me")
    yield 0, 3, lambda: presence.seen(days.actor("shanlan"), "audit")


def _look(days: Days, login: str, terminal: str, section: str) -> None:
    """Sign in, and go about a little."""
    actor = days.actor(login, terminal)
    days.go_to(days.moment + clock.MINUTE)
    presence.seen(actor, section)


def _ask(days: Days, login: str, code: str, number: int, reason: Both) -> None:
    requests.ask(days.actor(login), permission=code, days=number, reason=days.said(reason))


def _decide(days: Days, login: str, word: Both | None = None) -> None:
    """The owner approves; with a word, declines."""
    owner = days.actor("alice")
    (asked,) = request_queries.open_of(staff_queries.find(login), clock.now())
    if word is None:
        requests.approve(owner, asked.id)
    else:
        requests.decline(owner, asked.id, days.said(word))


def _withdraw(days: Days, login: str) -> None:
    (asked,) = request_queries.open_of(staff_queries.find(login), clock.now())
    requests.withdraw(days.actor(login), asked.id)


def _plan(days: Days, login: str) -> None:
    day = clock.day(days.midnight + LEAVES_IN * clock.DAY, days.zone)
    departures.plan(days.actor("bob"), staff_queries.find(login), day, reason=days.said(REASON_TO_LEAVE))


def _replace(days: Days) -> None:
    """Somebody leaves at once, and a colleague takes over what they had."""
    former, successor = staff_queries.find("xuan"), staff_queries.find("zhouxin")
    why = days.said(("Moved to another city", "搬去外地了"))
    succession.replace(days.actor("alice"), former, successor, leaves=succession.NOW, reason=why)


def _stand_in(days: Days) -> None:
    """The service lead is away for training some mornings."""
    absent, successor = staff_queries.find("carol"), staff_queries.find("sunyue")
    lead = role_queries.find("service_lead").id
    succession.stand_in(days.actor("alice"), absent, successor, [lead], [], days.end(STANDS_IN))


def _confirm(days: Days, logins: tuple[str, ...]) -> None:
    """Every line of some people is still right."""
    lines = review_lines.of_people(map(staff_queries.find, logins), clock.now())
    review.confirm(days.actor("alice"), [line.grant for line in lines])


def _export_log(days: Days, login: str) -> None:
    """Two weeks of high-risk acts."""
    log_export.taken(days.actor(login), Wanted(risk="high", since=days.day(14, 0)))


def _export(days: Days, what: str) -> None:
    """The owner takes something out."""
    exports.record(days.actor("alice"), what, export_queries.count(what))
