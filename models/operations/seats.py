"""The ledger of seats: whether they are counted, gifted ones, bought ones. The owner's alone.

Lines are never edited or deleted: what was a mistake, or is cancelled, ends. Seats begin with a day and end with one, in the shop's zone.
"""

from __future__ import annotations

from models import clock
from models.actor import Actor
from models.errors import Invalid, NothingChanged, SeatsOver, Unknown
from models.i18n import N_
from models.operations._journal import Journal, Thing, moment
from models.operations._operation import OWNER, operation
from models.queries import seats as queries, shop as shop_queries
from models.queries.seats import BOUGHT, ENDED, GIFTED, OVER, WAITING, SeatsRow
from models.rules import seat_costs
from models.rules.seat_costs import MOST_MONTHS, MOST_SEATS
from models.tables import Seat, Shop


def count(actor: Actor, *, on: bool) -> None:
    """Have seats counted, or no longer. Where there are more people than seats nobody is shut out; nobody new comes in.

    Raises:
        OwnerAlone: only the owner may, and the operator at the machine.
        NothingChanged: it is so already.
        SessionEnded, SessionLocked: as elsewhere.
    """
    with operation(actor, OWNER, "seats.count") as journal:
        shop = _subject(journal)
        if queries.is_counted() == on:
            raise NothingChanged
        # The version of the shop's row is that of its settings, and somebody may be editing those.
        Shop.update(seats_counted=on).execute()
        journal.record("seats.count", shop, old={"counted": not on}, new={"counted": on})


def gift(actor: Actor, number: int, since: int | None = None, until: int | None = None) -> int:
    """Write down seats that the marketplace gives for nothing; they count once they are claimed.

    Args:
        since: a moment of their first day, UTC microseconds; None for today.
        until: a moment of their last day; None for no end.

    Returns:
        The id of the line.

    Raises:
        OwnerAlone, SessionEnded, SessionLocked: as `count`.
        Invalid: the number or a day cannot be used; it names which.
    """
    number = seat_costs.within(number, MOST_SEATS, "number")
    with operation(actor, OWNER, "seats.gift") as journal:
        zone = shop_queries.zone()
        first = _first(journal, since, zone)
        if until is not None:
            until = _last(journal, until, first, zone)
        line = _insert(journal, GIFTED, number, 0, first, until)
        journal.record("seats.gift", _subject(journal), new={"line": line, "seats": number, **_span(first, until)})
        return line


def claim(actor: Actor, seats_id: int) -> None:
    """Claim gifted seats: from now on, or from their first day on, they count.

    Raises:
        OwnerAlone, SessionEnded, SessionLocked: as `count`.
        Unknown: there is no such line.
        SeatsOver: they are over, or were ended.
        NothingChanged: they were claimed already, or are bought ones.
    """
    with operation(actor, OWNER, "seats.claim") as journal:
        row = _found(journal, seats_id)
        _require_alive(row)
        if row.state != WAITING:
            raise NothingChanged
        Seat.update(claimed_at=journal.now, claimed_by=actor.name).where(Seat.id == seats_id).execute()
        new = {"line": seats_id, "seats": row.number, **_span(row.since, row.until)}
        journal.record("seats.claim", _subject(journal), new=new)


def buy(actor: Actor, number: int, price: int, months: int, since: int | None = None) -> int:
    """Write down seats that are bought by the month. They end by themselves, at the end of the day before another month would begin.

    Args:
        price: for a seat and month, in hundredths.
        since: a moment of their first day, UTC microseconds; None for today.

    Returns:
        The id of the line.

    Raises:
        OwnerAlone, SessionEnded, SessionLocked: as `count`.
        Invalid: a number or the day cannot be used, or they would be over already; it names which.
    """
    number = seat_costs.within(number, MOST_SEATS, "number")
    price = seat_costs.known_price(price)
    months = seat_costs.within(months, MOST_MONTHS, "months")
    with operation(actor, OWNER, "seats.buy") as journal:
        zone = shop_queries.zone()
        return _buy(journal, number, price, months, _first(journal, since, zone), zone)


def renew(actor: Actor, seats_id: int) -> int:
    """Buy the same seats again: as many, at the same price, for as many months, from the moment these end; from today if they are over.

    Returns:
        The id of the new line.

    Raises:
        OwnerAlone, SessionEnded, SessionLocked: as `count`.
        Unknown: there is no such line, or they were not bought.
        SeatsOver: they were ended before their day.
        NothingChanged: they were bought again already.
        Invalid: they would begin too far ahead.
    """
    with operation(actor, OWNER, "seats.buy") as journal:
        row = _found(journal, seats_id)
        if row.kind != BOUGHT or row.until is None:
            raise Unknown("seats", str(seats_id))
        if row.state == ENDED:
            raise SeatsOver
        zone = shop_queries.zone()
        months = seat_costs.months_of(queries.purchase(row, zone))
        first = _first(journal, max(row.until + 1, journal.now), zone)
        if queries.is_renewed(row, first):
            raise NothingChanged
        return _buy(journal, row.number, row.price, months, first, zone)


def end(actor: Actor, seats_id: int) -> None:
    """End seats at once: they were a mistake, or are cancelled. What they were charged for before stays charged.

    Raises:
        OwnerAlone, SessionEnded, SessionLocked: as `count`.
        Unknown: there is no such line.
        SeatsOver: they are over already, or were ended.
    """
    with operation(actor, OWNER, "seats.end") as journal:
        row = _found(journal, seats_id)
        _require_alive(row)
        Seat.update(ended_at=journal.now, ended_by=actor.name).where(Seat.id == seats_id).execute()
        old = {"line": seats_id, "kind": row.kind, "seats": row.number, **_span(row.since, row.until)}
        journal.record("seats.end", _subject(journal), old=old)


def _buy(journal: Journal, number: int, price: int, months: int, first: int, zone: str) -> int:
    until = queries.last_moment(first, months, zone)
    if until < journal.now:
        raise Invalid("months", N_("They would be over already: begin later, or buy them for longer."))
    line = _insert(journal, BOUGHT, number, price, first, until)
    new = {"line": line, "seats": number, "price": seat_costs.amount(price), "months": months, **_span(first, until)}
    journal.record("seats.buy", _subject(journal), new=new)
    return line


def _insert(journal: Journal, kind: str, number: int, price: int, first: int, until: int | None) -> int:
    claimed = {"claimed_at": journal.now, "claimed_by": journal.actor.name} if kind == BOUGHT else {}
    row = {"kind": kind, "number": number, "price": price, "since": first, "until": until, **claimed}
    return int(Seat.insert(recorded_at=journal.now, recorded_by=journal.actor.name, **row).execute())


def _first(journal: Journal, since: int | None, zone: str) -> int:
    """The first moment of the day on which seats begin."""
    since = journal.now if since is None else seat_costs.near(since, journal.now, "since")
    return clock.start_of_day(clock.day(since, zone), zone)


def _last(journal: Journal, until: int, first: int, zone: str) -> int:
    """The last moment of the day on which gifted seats end."""
    last = clock.end_of_day(clock.day(seat_costs.near(until, journal.now, "until"), zone), zone, not_before=journal.now)
    if last < first:
        raise Invalid("until", N_("That is before their first day."))
    return last


def _found(journal: Journal, seats_id: int) -> SeatsRow:
    _subject(journal)
    row = queries.one(seats_id, journal.now)
    if row is None:
        raise Unknown("seats", str(seats_id))
    return row


def _require_alive(row: SeatsRow) -> None:
    if row.state in {OVER, ENDED}:
        raise SeatsOver


def _subject(journal: Journal) -> Thing:
    journal.subject = Thing("shop", 1, Shop.get().name)
    return journal.subject


def _span(since: int, until: int | None) -> dict[str, object]:
    return {"since": moment(since), "until": moment(until)}
