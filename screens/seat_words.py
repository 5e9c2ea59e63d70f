"""Seats in words: how many there are and what they cost, what is to be done about them, and one line of the ledger."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from models import clock
from models.errors import SeatNone
from models.i18n import N_, _, ngettext
from models.queries import seats, shop
from models.queries.seats import BOUGHT, COUNTS, ENDED, GIFTED, LATER, OVER, WAITING, Ending, Seats, SeatsRow, Summary
from models.rules import seat_costs
from screens.base import DeskScreen
from screens.sections import OWNER
from screens.widgets import words

KINDS: Final = {GIFTED: N_("gifted"), BOUGHT: N_("bought")}

_STATES: Final = {
    WAITING: N_("waits to be claimed"),
    COUNTS: N_("counts"),
    LATER: N_("begins later"),
    OVER: N_("over"),
    ENDED: N_("ended early"),
}
_MARKS: Final = {
    WAITING: (words.HIGH_RISK, "$text-warning"),
    COUNTS: (words.ACTIVE, "$text-success"),
    LATER: (words.INVITED, ""),
    OVER: (words.LEFT, ""),
    ENDED: (words.LEFT, ""),
}

_TOO_FEW: Final = N_(
    "More people than seats, {used} to {seats}: nobody is shut out, but nobody new comes in and nobody who left comes back."
)

Line = tuple[str, str, str]
"""A mark, its style, and what is said."""


def state(row: SeatsRow) -> str:
    """What has become of seats."""
    return _(_STATES[row.state])


def mark(row: SeatsRow) -> tuple[str, str]:
    """The mark of that, and its style."""
    return _MARKS[row.state]


def full(known: Seats | None, *, is_owner: bool, owner: str) -> str:
    """Why nobody new comes in, and what to do about it; "" where a seat is free, or they are not counted.

    Args:
        is_owner: whether the reader can add seats.
        owner: the owner's login, whom others ask.
    """
    if known is None or known.free:
        return ""
    said = _(_TOO_FEW).format(used=known.used, seats=known.total) if known.over else str(SeatNone(*known))
    todo = _("You add seats in the shop's section: 8, then s.") if is_owner else _("Ask the owner, {owner}.").format(owner=owner)
    return _("{first} {second}").format(first=said, second=todo)


def full_for(screen: DeskScreen) -> str:
    """The same, as things stand now, to whoever is at a screen."""
    return full(seats.counted(clock.now()), is_owner=screen.may(OWNER), owner=shop.current().owner)


def ending(found: Ending, used: int, zone: str) -> str:
    """When seats end, and what that leaves."""
    when = _("{day} ({distance})").format(day=clock.day(found.until, zone), distance=clock.distance(found.until))
    people = ngettext("{left} for {used} person", "{left} for {used} people", used)
    return _("{when}: {left}").format(when=when, left=people.format(left=found.left, used=used))


def lines(found: Summary, zone: str) -> Iterator[Line]:
    """How things stand, and what needs doing."""
    here = found.seats
    taken = _("{used} of {total} seats are taken, {free} are free.").format(used=here.used, total=here.total, free=here.free)
    if not found.counted:
        said = _("Seats are not counted: nobody is refused for want of one. {taken}").format(taken=taken)
        yield words.LEFT, "", said
    elif here.over:
        too_few = _(_TOO_FEW).format(used=here.used, seats=here.total)
        yield words.MAY_NOT, "$text-error", _("{taken} n buys more.").format(taken=too_few)
    elif not here.free:
        yield words.HIGH_RISK, "$text-warning", _("{taken} n buys more.").format(taken=taken)
    else:
        yield words.MAY, "$text-success", taken
    costs = _("Charged this month {this}, next month {next}.")
    this, following = seat_costs.amount(found.this_month), seat_costs.amount(found.next_month)
    yield " ", "", costs.format(this=this, next=following)
    if found.unclaimed:
        said = ngettext(
            "{n} gifted seat waits to be claimed: c claims it.", "{n} gifted seats wait to be claimed: c claims them.", found.unclaimed
        )
        yield words.HIGH_RISK, "$text-warning", said.format(n=found.unclaimed)
    if found.ending is not None:
        said = _("Seats end on {what}. n buys others.").format(what=ending(found.ending, here.used, zone))
        yield words.HIGH_RISK, "$text-warning", said


def span(row: SeatsRow, zone: str) -> tuple[str, str]:
    """The first day of seats and their last; of the last, how far that is where it still matters."""
    if row.until is None:
        return clock.day(row.since, zone), _("no end")
    last = clock.day(row.until, zone)
    if row.state in {OVER, ENDED}:
        return clock.day(row.since, zone), last
    return clock.day(row.since, zone), _("{day} ({distance})").format(day=last, distance=clock.distance(row.until))


def monthly(number: int, price: int, months: int) -> str:
    """What seats cost in all their months."""
    each, whole = seat_costs.amount(number * price), seat_costs.amount(number * price * months)
    said = ngettext("{each} a month, {whole} in {months} month", "{each} a month, {whole} in {months} months", months)
    return said.format(each=each, whole=whole, months=months)


def detail(row: SeatsRow, zone: str) -> list[str]:
    """Everything that the ledger says of a line, a line each."""
    first, last = span(row, zone)
    told = [_("From {first} to {last}").format(first=first, last=last)]
    if row.kind == BOUGHT:
        price = _("{price} for a seat and month").format(price=seat_costs.amount(row.price))
        told.append(price)
    for said, at, by in (
        (N_("Written down {moment} by {who}"), row.recorded_at, row.recorded_by),
        (N_("Claimed {moment} by {who}") if row.kind == GIFTED else "", row.claimed_at, row.claimed_by),
        (N_("Ended {moment} by {who}"), row.ended_at, row.ended_by),
    ):
        if said and at is not None:
            told.append(_(said).format(moment=clock.minute(at, zone), who=by))
    return [*told, _("Now: {state}").format(state=state(row))]
