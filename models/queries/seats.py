"""Seats: how many people may have an account, where that is counted at all; the ledger, and what it costs."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from itertools import groupby
from operator import itemgetter
from typing import Final, NamedTuple

from models import clock, db
from models.actor import Actor
from models.clock import DAY
from models.queries import moments, shop, standing
from models.rules import seat_costs
from models.rules.seat_costs import Purchase

GIFTED: Final = "gifted"
BOUGHT: Final = "bought"

WAITING: Final = "waiting"
COUNTS: Final = "counts"
LATER: Final = "later"
OVER: Final = "over"
ENDED: Final = "ended"
STATES: Final = (WAITING, COUNTS, LATER, OVER, ENDED)
"""What may become of seats, in the order in which the ledger shows them: gifted ones wait to be claimed; others count, begin later, are
over by their date, or were ended before it."""

WARNED: Final = 14
"""So many days before seats end, the owner is told: long enough to buy others."""


class Seats(NamedTuple):
    """How many seats there are, and how many are taken."""

    used: int
    total: int

    @property
    def free(self) -> int:
        """How many more people may come in."""
        return max(0, self.total - self.used)

    @property
    def over(self) -> int:
        """How many people are here beyond the seats there are: nobody is shut out for that."""
        return max(0, self.used - self.total)


class SeatsRow(NamedTuple):
    """A line of the ledger.

    Attributes:
        kind: `GIFTED` or `BOUGHT`.
        price: for a seat and month, in hundredths.
        since: their first moment, as all of these in UTC microseconds; `until` their last, None for no end.
        recorded_by: a login or `console:<os user>`, as the others are.
        state: one of `STATES`, at the moment of reading.
    """

    id: int
    kind: str
    number: int
    price: int
    since: int
    until: int | None
    recorded_at: int
    recorded_by: str
    claimed_at: int | None
    claimed_by: str | None
    ended_at: int | None
    ended_by: str | None
    state: str


class Ending(NamedTuple):
    """Seats that end within `WARNED` days, and that others do not make up for.

    Attributes:
        number: how many fewer there will be.
        until: the last moment before that begins, UTC microseconds.
        left: how many that leaves.
    """

    number: int
    until: int
    left: int


class Summary(NamedTuple):
    """The seats of the shop and what they cost.

    Attributes:
        seats: used and total, whether they are counted or not.
        counted: whether they are: whether anybody is refused where none is free.
        unclaimed: gifted seats that wait to be claimed.
        later: seats that begin later.
        this_month: what is charged in this calendar month, in hundredths; `next_month` likewise.
        ending: None where nothing ends soon.
    """

    seats: Seats
    counted: bool
    unclaimed: int
    later: int
    this_month: int
    next_month: int
    ending: Ending | None


class Notice(NamedTuple):
    """What is to be told of seats on the way in, where they are counted.

    Attributes:
        unclaimed, ending: for the owner; 0 and None for anybody else.
        owner: the owner's login, whom others ask.
        is_owner: whether the reader is.
    """

    seats: Seats
    unclaimed: int
    ending: Ending | None
    owner: str
    is_owner: bool


_USED: Final = "SELECT count(*) FROM staff WHERE is_owner = 0 AND status <> 'left' AND (leaves_at IS NULL OR leaves_at >= ?)"
_TOTAL: Final = """
    SELECT coalesce(sum(number), 0) FROM seat
    WHERE claimed_at IS NOT NULL AND ended_at IS NULL AND since <= ?1 AND (until IS NULL OR ?1 <= until)
"""
_LEDGER: Final = """
    SELECT id, kind, number, price, since, until, recorded_at, recorded_by, claimed_at, claimed_by, ended_at, ended_by FROM seat
"""


_ALIKE: Final = """
    SELECT (SELECT count(*) FROM seat WHERE kind = 'bought' AND ended_at IS NULL AND number = ?1 AND price = ?2 AND since = ?4)
        >= (SELECT count(*) FROM seat WHERE kind = 'bought' AND ended_at IS NULL AND number = ?1 AND price = ?2 AND until = ?3)
"""


def is_counted() -> bool:
    """Whether the owner has seats counted."""
    return db.row("SELECT 1 FROM shop WHERE seats_counted = 1") is not None


def counted(now: int) -> Seats | None:
    """The seats at `now`; None where they are not counted. The owner takes none, nor does who left, written down or not."""
    return _at(moments.reached(now)) if is_counted() else None


def _at(moment: int) -> Seats:
    ((used,),) = db.rows(_USED, (moment,))
    ((total,),) = db.rows(_TOTAL, (moment,))
    return Seats(used, total)


def ledger(actor: Actor) -> tuple[SeatsRow, ...]:
    """Every line, those that wait for the owner first, then those that count by their end, then the later ones, then what is past.

    Raises:
        OwnerAlone, SessionEnded: it is the owner's, and the operator's at the machine.
    """
    standing.require_owner(actor)
    found = _rows(moments.reached(clock.now()))
    return tuple(sorted(found, key=_place))


def one(seats_id: int, now: int) -> SeatsRow | None:
    """A line of the ledger as it is at `now`, for operations and whoever has read it already; None where there is none."""
    return next(iter(_rows(moments.reached(now), "WHERE id = ?", (seats_id,))), None)


def is_renewed(row: SeatsRow, first: int) -> bool:
    """Whether as many bought seats at the same price begin at `first` as end with `row`, itself included: it was bought again already."""
    return bool(db.rows(_ALIKE, (row.number, row.price, row.until, first))[0][0])


def _rows(moment: int, where: str = "", parameters: tuple[object, ...] = ()) -> list[SeatsRow]:
    return [SeatsRow._make((*row, _state(row, moment))) for row in db.rows(_LEDGER + where, parameters)]


def _state(row: tuple[object, ...], moment: int) -> str:
    since, until, claimed_at, ended_at = row[4], row[5], row[8], row[10]
    if ended_at is not None:
        return ENDED
    if isinstance(until, int) and until < moment:
        return OVER
    if claimed_at is None:
        return WAITING
    return LATER if isinstance(since, int) and since > moment else COUNTS


def _place(row: SeatsRow) -> tuple[int, int, int]:
    """Where a line stands in the ledger."""
    group = STATES.index(row.state)
    if row.state in {OVER, ENDED}:
        return STATES.index(OVER), -(row.until if row.ended_at is None and row.until is not None else row.ended_at or 0), -row.id
    if row.state == LATER:
        return group, row.since, row.id
    return group, row.until if row.until is not None else _NEVER, row.id


_NEVER: Final = 1 << 62
"""After every end."""


def purchase(row: SeatsRow, zone: str) -> Purchase:
    """A bought line in days of the time zone `zone`, for what it costs."""

    def day(us: int) -> date:
        return date.fromisoformat(clock.day(us, zone))

    after = day(row.until + 1) if row.until is not None else None
    return Purchase(row.number, row.price, day(row.since), after, day(row.ended_at) if row.ended_at is not None else None)


def last_moment(since: int, months: int, zone: str) -> int:
    """The last moment of seats that are bought for `months` months from the day of `since` on, UTC microseconds.

    Raises:
        OverflowError: it is beyond the year 9999.
    """
    last = seat_costs.last_day(date.fromisoformat(clock.day(since, zone)), months)
    return clock.end_of_day(last.isoformat(), zone)


def summary(actor: Actor) -> Summary:
    """How many seats there are and what they cost.

    Raises:
        OwnerAlone, SessionEnded: as `ledger`.
    """
    standing.require_owner(actor)
    moment = moments.reached(clock.now())
    rows, zone = _rows(moment), shop.zone()
    bought = [purchase(row, zone) for row in rows if row.kind == BOUGHT]
    this = date.fromisoformat(clock.day(moment, zone)).replace(day=1)
    return Summary(
        _at(moment),
        is_counted(),
        _number(rows, WAITING),
        _number(rows, LATER),
        seat_costs.cost(bought, this),
        seat_costs.cost(bought, seat_costs.begins(this, 1)),
        _ending(rows, moment),
    )


def _number(rows: Iterable[SeatsRow], state: str) -> int:
    return sum(row.number for row in rows if row.state == state)


def _ending(rows: Iterable[SeatsRow], moment: int) -> Ending | None:
    """How far the number of seats falls within `WARNED` days, with what begins meanwhile: who bought others already needs no warning."""
    horizon = moment + WARNED * DAY
    changes: list[tuple[int, int]] = []
    total = 0
    for row in rows:
        if row.state not in {COUNTS, LATER}:
            continue
        if row.state == COUNTS:
            total += row.number
        else:
            changes.append((row.since, row.number))
        if row.until is not None:
            changes.append((row.until + 1, -row.number))
    there, lowest, first = total, total, 0
    for at, together in groupby(sorted(each for each in changes if each[0] <= horizon), key=itemgetter(0)):
        there += sum(change for _at, change in together)
        if there < total:
            first, lowest = first or at, min(lowest, there)
    return Ending(total - lowest, first - 1, lowest) if first else None


def notice(*, is_owner: bool) -> Notice | None:
    """What somebody who may onboard, or the owner, is told of seats, who may read; None where there is nothing, or they are not counted."""
    now = clock.now()
    known = counted(now)
    if known is None:
        return None
    rows = _rows(moments.reached(now)) if is_owner else []
    told = Notice(known, _number(rows, WAITING), _ending(rows, moments.reached(now)), shop.current().owner, is_owner)
    return told if known.over or told.unclaimed or told.ending is not None else None
