"""How much and how fast colleagues answer customers: what is counted, and over which days.

What a customer wrote to a colleague on one day of the shop's is one conversation received, a customer-day:

- **received**: how many customers wrote to the colleague that day. In a total of several colleagues, a customer who wrote to two of them on
  one day counts once; over several days, each day counts.
- **first answer**: from the customer's first message of that day to the colleague's first one after it. What is said automatically is no
  answer; one that came on a later day counts for the day of the question.
- **median first answer**: over the customer-days that were answered; of an even number, the mean of the middle two.
- **unanswered**: customer-days after whose last message of the customer the colleague has written nothing, up to the moment of asking. So a
  customer-day can have had a first answer and be unanswered. In a total each colleague's count, since each owes an answer.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from typing import Final, NamedTuple

from models.errors import Invalid
from models.i18n import N_, _

_SECOND: Final = 1_000_000
"""Microseconds."""

LONGEST: Final = 92
"""Days that a period has at most: three months."""

EARLIEST: Final = "2000-01-01"
"""No message is older."""

TODAY, WEEK, DAYS, MONTH, MONTH_BEFORE = "today", "week", "days", "month", "before"
PERIODS: Final = {
    TODAY: N_("Today"),
    WEEK: N_("The last 7 days"),
    DAYS: N_("The last 30 days"),
    MONTH: N_("This month"),
    MONTH_BEFORE: N_("Last month"),
}
"""The usual periods, each with what it is called (marked)."""


class Period(NamedTuple):
    """Days of the shop's, as `2026-12-31`: from the first through the last."""

    since: str
    until: str

    @property
    def days(self) -> tuple[str, ...]:
        """Each of them."""
        first, last = date.fromisoformat(self.since), date.fromisoformat(self.until)
        return tuple((first + timedelta(days=place)).isoformat() for place in range((last - first).days + 1))


class CustomerDay(NamedTuple):
    """What a customer wrote to a colleague on one day.

    Attributes:
        answered_after: how long the first answer took, microseconds; None where there is none.
        waits_since: when the customer wrote what has no answer, UTC microseconds; None where the last message of that day has one.
    """

    staff_id: int
    conversation_id: int
    customer: str
    answered_after: int | None
    waits_since: int | None


class Counts(NamedTuple):
    """What is told of somebody's conversations, or everybody's.

    Attributes:
        first_answer: the median, microseconds; None where nothing was answered.
    """

    received: int
    answered: int
    first_answer: int | None
    unanswered: int


NOTHING: Final = Counts(0, 0, None, 0)


class Unanswered(NamedTuple):
    """A customer-day whose customer still waits.

    Attributes:
        since: when they wrote what nobody has answered, UTC microseconds.
    """

    day: str
    since: int
    conversation_id: int
    customer: str
    staff_id: int


class Counted(NamedTuple):
    """The figures of some days.

    Attributes:
        people: by colleague, all days together.
        days: by colleague and day; a day on which nobody wrote to them is not in it.
        total: of all.
        daily: of all, by day; every day is in it.
        unanswered: who waits, the longest first.
    """

    people: dict[int, Counts]
    days: dict[int, dict[str, Counts]]
    total: Counts
    daily: dict[str, Counts]
    unanswered: tuple[Unanswered, ...]


def median(values: Sequence[int]) -> int | None:
    """The middle one; of an even number the mean of the middle two, rounded down; None of nothing."""
    if not values:
        return None
    ranked, middle = sorted(values), len(values) // 2
    return ranked[middle] if len(ranked) % 2 else (ranked[middle - 1] + ranked[middle]) // 2


def counted(days: Iterable[tuple[str, Iterable[CustomerDay]]]) -> Counted:
    """The figures of `days`, each with its customer-days, in the order of time; one day after the other is read and let go."""
    of_person: dict[int, dict[str, Counts]] = {}
    took: dict[int, list[int]] = {}
    daily: dict[str, Counts] = {}
    waiting: list[Unanswered] = []
    for day, asked in days:
        customers, by_person, waited = set[str](), dict[int, list[CustomerDay]](), len(waiting)
        for each in asked:
            customers.add(each.customer)
            by_person.setdefault(each.staff_id, []).append(each)
            if each.waits_since is not None:
                waiting.append(Unanswered(day, each.waits_since, each.conversation_id, each.customer, each.staff_id))
        answers: list[int] = []
        for staff_id, theirs in by_person.items():
            own = [each.answered_after for each in theirs if each.answered_after is not None]
            waits = sum(each.waits_since is not None for each in theirs)
            of_person.setdefault(staff_id, {})[day] = Counts(len(theirs), len(own), median(own), waits)
            took.setdefault(staff_id, []).extend(own)
            answers += own
        daily[day] = Counts(len(customers), len(answers), median(answers), len(waiting) - waited)
    people = {staff_id: _together(theirs.values(), took[staff_id]) for staff_id, theirs in of_person.items()}
    total = _together(daily.values(), [each for own in took.values() for each in own])
    return Counted(people, of_person, total, daily, tuple(sorted(waiting, key=lambda each: (each.since, each.conversation_id))))


def _together(days: Iterable[Counts], took: Sequence[int]) -> Counts:
    """Several days as one; a median is of all that was answered, not of medians."""
    received = unanswered = 0
    for each in days:
        received += each.received
        unanswered += each.unanswered
    return Counts(received, len(took), median(took), unanswered)


# ---- periods


def usual(name: str, today: str) -> Period:
    """One of `PERIODS`, today being the shop's day."""
    this = date.fromisoformat(today)
    first = this.replace(day=1)
    before = first - timedelta(days=1)
    periods: dict[str, Callable[[], Period]] = {
        TODAY: lambda: Period(today, today),
        WEEK: lambda: Period((this - timedelta(days=6)).isoformat(), today),
        DAYS: lambda: Period((this - timedelta(days=29)).isoformat(), today),
        MONTH: lambda: Period(first.isoformat(), today),
        MONTH_BEFORE: lambda: Period(before.replace(day=1).isoformat(), before.isoformat()),
    }
    return periods[name]()


def checked(since: str, until: str, today: str) -> Period:
    """A period from the first day through the last, all as `2026-12-31`; days to come are left out.

    Raises:
        Invalid: of `until`: it ends before it begins, or is longer than `LONGEST` days; of `since`: it begins before `EARLIEST`, or is
            yet to come.
    """
    if since < EARLIEST:
        raise Invalid("since", N_("Nothing is older than {day}."), day=EARLIEST)
    if since > today:
        raise Invalid("since", N_("That day is yet to come."))
    if until < since:
        raise Invalid("until", N_("That is before the first day."))
    if (date.fromisoformat(until) - date.fromisoformat(since)).days >= LONGEST:
        raise Invalid("until", N_("At most {days} days can be looked at together."), days=LONGEST)
    return Period(since, min(until, today))


def moved(period: Period, by: int, today: str) -> Period:
    """The period before it, or the one after it: as long, and of months, months. None ends after today, or begins before `EARLIEST`.

    Args:
        by: -1 or 1.
    """
    first, last, this = (date.fromisoformat(day) for day in (*period, today))
    if first.day == 1 and last > first and last == min(this, _end_of_month(first)):
        begin = first - timedelta(days=1) if by < 0 else _end_of_month(first) + timedelta(days=1)
        begin = begin.replace(day=1)
        end = min(_end_of_month(begin), this)
    else:
        length = last - first + timedelta(days=1)
        begin, end = first + by * length, last + by * length
        if end > this:
            begin, end = this - length + timedelta(days=1), this
    found = Period(begin.isoformat(), end.isoformat())
    return period if begin > this or found.since < EARLIEST else found


def _end_of_month(day: date) -> date:
    return day.replace(day=monthrange(day.year, day.month)[1])


def lasting(took: int | None) -> str:
    """How long something took, microseconds, as people say it: `45 s`, `3 min 20 s`, `2 h 5 min`, `4 d 3 h`; a dash for None."""
    if took is None:
        return "–"
    seconds = round(took / _SECOND)
    minutes, hours, days = seconds // 60, seconds // 3600, seconds // 86400
    if days:
        return _("{days} d {hours} h").format(days=days, hours=hours % 24)
    if hours:
        return _("{hours} h {minutes} min").format(hours=hours, minutes=minutes % 60)
    if minutes:
        return _("{minutes} min {seconds} s").format(minutes=minutes, seconds=seconds % 60)
    return _("{seconds} s").format(seconds=seconds)
