"""What seats cost: a purchase is charged at the beginning of each of its months.

Its first month begins on its first day, each other one on the same day of a later month, or on that month's last day where it has no such
day: what was bought on 31 January is charged on 28 February (29 in a leap year) and on 31 March. So every calendar month has at most one
charge, and what a month costs is worked out without walking through the others.

Money is in hundredths; which currency that is, the shop knows.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Final, NamedTuple

from models.errors import Invalid
from models.i18n import N_
from models.text import half_width

MOST_SEATS: Final = 10_000
"""Seats in one line of the ledger: as many people as the program is measured with."""

HIGHEST_PRICE: Final = 1_000_000
"""Hundredths for a seat and month."""

MOST_MONTHS: Final = 120
"""Months of one purchase: ten years."""

USUAL_PRICE: Final = 200
"""What the marketplace asks for a seat and month: 2 yuan."""

FAR: Final = 3_653 * 86_400_000_000
"""So far from now seats may begin, microseconds, before or after: ten years, as long as a purchase may be for."""

_PRICE: Final = r"(\d{1,9})(?:\.(\d{1,2}))?"
_NUMBER: Final = r"\d{1,9}"
_CLOCK_CHANGE: Final = timedelta(days=1)


class Purchase(NamedTuple):
    """Seats that are paid for, in days of the shop's time zone.

    Attributes:
        number: of seats.
        price: for a seat and month, in hundredths.
        first: the first day.
        after: the day after the last; None for no end.
        ended: the day on which it was ended early; None where it was not.
    """

    number: int
    price: int
    first: date
    after: date | None
    ended: date | None


def begins(first: date, month: int) -> date:
    """The first day of a purchase's month, counted from 0.

    Raises:
        OverflowError: that is beyond the year 9999.
    """
    year, place = divmod(first.year * 12 + first.month - 1 + month, 12)
    if year > date.max.year:
        raise OverflowError
    return date(year, place + 1, min(first.day, _days_in(year, place + 1)))


def _days_in(year: int, month: int) -> int:
    """How many days a month has; the library that says so takes a millisecond to import, on the way to the home screen."""
    return 31 if month == 12 else (date(year, month + 1, 1) - timedelta(days=1)).day


def last_day(first: date, months: int) -> date:
    """The last day of `months` months: the one before another would begin."""
    return begins(first, months) - timedelta(days=1)


def charged_on(purchase: Purchase, month: date) -> date | None:
    """The day in the calendar month of `month` on which a purchase is charged; None where it is not.

    What was charged before it was ended stays: nobody here knows whether the marketplace gives anything back.
    """
    place = (month.year - purchase.first.year) * 12 + month.month - purchase.first.month
    if place < 0:
        return None
    day = begins(purchase.first, place)
    if purchase.ended is not None and purchase.ended < day:
        return None
    # Where the shop's time zone was changed meanwhile, both ends are an hour off their midnights, and one may fall on the day before: that
    # is no month more.
    if place and purchase.after is not None and purchase.after <= day + _CLOCK_CHANGE:
        return None
    return day


def cost(purchases: Iterable[Purchase], month: date) -> int:
    """What is charged in the calendar month of `month`, in hundredths."""
    return sum(each.number * each.price for each in purchases if charged_on(each, month) is not None)


def months_of(purchase: Purchase) -> int:
    """How many months a purchase was made for, whether it was ended early or not; 0 where it has no end."""
    if purchase.after is None:
        return 0
    whole = purchase._replace(ended=None)
    apart = (purchase.after.year - purchase.first.year) * 12 + purchase.after.month - purchase.first.month
    return sum(charged_on(whole, begins(purchase.first, place)) is not None for place in range(max(apart, 0) + 1))


def amount(hundredths: int) -> str:
    """Money as it is written: 2.00, 1,234.50."""
    return f"{hundredths // 100:,}.{hundredths % 100:02}"


def price(typed: str, field: str = "price") -> int:
    """The price that was typed as `2`, `2.5` or `2.00`, in any width, in hundredths.

    Raises:
        Invalid: it is none, or too high.
    """
    found = re.fullmatch(_PRICE, half_width(typed).replace("。", ".").strip(" "), re.ASCII)
    if found is None:
        raise Invalid(field, N_("A price looks like 2 or 2.50."))
    return known_price(int(found[1]) * 100 + int((found[2] or "").ljust(2, "0")), field)


def known_price(hundredths: int, field: str = "price") -> int:
    """The same price, where it can be one.

    Raises:
        Invalid: it is below nothing, or too high.
    """
    if not 0 <= hundredths <= HIGHEST_PRICE:
        raise Invalid(field, N_("From 0 to {most}."), most=amount(HIGHEST_PRICE))
    return hundredths


def whole(typed: str, most: int, field: str) -> int:
    """The number from 1 to `most` that was typed, in any width.

    Raises:
        Invalid: it is none.
    """
    digits = half_width(typed).strip(" ")
    return within(int(digits) if re.fullmatch(_NUMBER, digits, re.ASCII) else 0, most, field)


def within(number: int, most: int, field: str) -> int:
    """The same number, where it is from 1 to `most`.

    Raises:
        Invalid: it is not.
    """
    if not 1 <= number <= most:
        raise Invalid(field, N_("From {least} to {most}."), least=1, most=f"{most:,}")
    return number


def near(moment: int, now: int, field: str) -> int:
    """The same moment, where seats may begin then; both in UTC microseconds.

    Raises:
        Invalid: it is too far from `now`.
    """
    if abs(moment - now) > FAR:
        raise Invalid(field, N_("At most ten years from today."))
    return moment
