"""`shopstaff seat …`: whether seats are counted, and the ledger of those that were gifted and bought."""

from __future__ import annotations

from typing import Final

from models import clock
from models.actor import Actor
from models.errors import Unknown
from models.i18n import _
from models.operations import seats as operations
from models.queries import seats, shop
from models.queries.seats import SeatsRow
from models.rules import seat_costs
from models.rules.seat_costs import MOST_MONTHS, MOST_SEATS
from tui.cli.console import Console
from tui.cli.output import TABLE, Row, form_for, print_line, print_rows

ON: Final = "on"

_LISTED: Final = ("id", "seats", "kind", "price", "since", "until", "state")
_COUNTED: Final = ("counted", "used", "seats", "unclaimed", "this_month", "next_month")


def listed(console: Console) -> int:
    """The ledger, in the order of the screen; at a terminal also how many are taken and what they cost."""
    with console.shop() as actor:
        print_rows([_row(row) for row in seats.ledger(actor)], _LISTED, as_json=console.asked.json)
        if form_for(as_json=console.asked.json) == TABLE:
            found = seats.summary(actor)
            here, this, following = found.seats, seat_costs.amount(found.this_month), seat_costs.amount(found.next_month)
            said = _("{used} of {total} seats are taken. Charged this month {this}, next month {next}.")
            print_line(said.format(used=here.used, total=here.total, this=this, next=following))
            if not found.counted:
                print_line(_("Seats are not counted: shopstaff seat count on"))
    return 0


def gift(console: Console) -> int:
    """Write gifted ones down; they are claimed apart."""
    asked = console.asked
    with console.shop() as actor:
        number = seat_costs.whole(asked.number, MOST_SEATS, "number")
        return _say(console, actor, operations.gift(actor, number, _since(console), console.until()))


def claim(console: Console) -> int:
    """Claim gifted ones."""
    with console.shop() as actor:
        line = _id(console)
        operations.claim(actor, line)
        return _say(console, actor, line)


def buy(console: Console) -> int:
    """Write down ones that are bought by the month."""
    asked = console.asked
    with console.shop() as actor:
        number = seat_costs.whole(asked.number, MOST_SEATS, "number")
        price = seat_costs.USUAL_PRICE if asked.price is None else seat_costs.price(asked.price)
        months = 1 if asked.months is None else seat_costs.whole(asked.months, MOST_MONTHS, "months")
        return _say(console, actor, operations.buy(actor, number, price, months, _since(console)))


def renew(console: Console) -> int:
    """Buy the same ones again, from the moment they end."""
    with console.shop() as actor:
        return _say(console, actor, operations.renew(actor, _id(console)))


def end(console: Console) -> int:
    """End seats at once."""
    with console.shop() as actor:
        line = _id(console)
        operations.end(actor, line)
        return _say(console, actor, line)


def count(console: Console) -> int:
    """Have them counted, or no longer; how things stand is printed."""
    with console.shop() as actor:
        operations.count(actor, on=console.asked.switch == ON)
        found = seats.summary(actor)
        row = {
            "counted": found.counted,
            "used": found.seats.used,
            "seats": found.seats.total,
            "unclaimed": found.unclaimed,
            "this_month": seat_costs.amount(found.this_month),
            "next_month": seat_costs.amount(found.next_month),
        }
        print_rows([row], _COUNTED, as_json=console.asked.json)
    return 0


def _since(console: Console) -> int | None:
    day = console.asked.since
    return clock.start_of_day(day, shop.zone()) if day is not None else None


def _id(console: Console) -> int:
    """The line that is meant.

    Raises:
        Unknown: it is no number.
    """
    typed = str(console.asked.id).strip()
    if not (typed.isascii() and typed.isdecimal() and len(typed) < 19):
        raise Unknown("seats", typed)
    return int(typed)


def _say(console: Console, actor: Actor, line: int) -> int:
    """What has become of a line."""
    rows = [_row(row) for row in seats.ledger(actor) if row.id == line]
    print_rows(rows, _LISTED, as_json=console.asked.json)
    return 0


def _row(row: SeatsRow) -> Row:
    return {
        "id": row.id,
        "seats": row.number,
        "kind": row.kind,
        "price": seat_costs.amount(row.price),
        "since": clock.rfc3339(row.since),
        "until": clock.rfc3339_if(row.until),
        "state": row.state,
        "by": row.recorded_by,
    }
