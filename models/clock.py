"""Now, and how moments are written.

A moment is an integer: microseconds since 1970 in UTC. People see it in the shop's time zone; a day that somebody gives as an end
holds through its last microsecond there.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Final

from models.errors import Invalid
from models.i18n import N_, _, ngettext
from models.text import half_width

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

SECOND: Final = 1_000_000
MINUTE: Final = 60 * SECOND
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR
"""Microseconds."""

HOME_ZONE: Final = "Asia/Shanghai"
"""The time zone of a shop that has not chosen another."""

_MACHINE: Final = "/etc/localtime"
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_YEAR: Final = 36_525  # hundredths of a day
_THREE_MONTHS: Final = 92  # days; from here on they are counted in months, and from two years on in years
_TWO_YEARS: Final = 731
_UNKNOWN_ZONE: Final = N_("This machine knows no such time zone. One looks like Asia/Shanghai.")
_DAY: Final = re.compile(r"(\d{4})([-/])(\d{1,2})\2(\d{1,2})", re.ASCII)


class _Source:
    read: Callable[[], int] | None = None


def now() -> int:
    """This moment, in UTC microseconds."""
    return _moment()


def set_clock(read: Callable[[], int] | None) -> None:
    """Take the time from `read` (UTC microseconds) from now on; None goes back to the machine's clock. For tests and the sample shop."""
    _Source.read = read


def rfc3339(us: int) -> str:
    """`us` as `2026-12-31T15:59:59.999999Z`."""
    return f"{_utc(us).replace(tzinfo=None).isoformat(timespec='microseconds')}Z"


def rfc3339_if(us: int | None) -> str | None:
    """The same; None for what has no end, or never was."""
    return rfc3339(us) if us is not None else None


def instant(value: str) -> int:
    """The moment that `rfc3339` wrote as `value`, UTC microseconds.

    Raises:
        ValueError: it is none.
    """
    return _microseconds(datetime.fromisoformat(value))


def day(us: int, tz: str) -> str:
    """The day that `us` falls on in the time zone `tz`, as `2026-12-31`.

    Raises:
        Invalid: there is no such time zone.
    """
    return _utc(us).astimezone(_zone("zone", tz)).date().isoformat()


def minute(us: int, tz: str) -> str:
    """`us` to the minute in the time zone `tz`, as `2026-12-31 14:05`.

    Raises:
        Invalid: there is no such time zone.
    """
    return _utc(us).astimezone(_zone("zone", tz)).replace(tzinfo=None).isoformat(" ", "minutes")


def end_of_day(value: str, tz: str, *, field: str = "until", not_before: int | None = None) -> int:
    """The last microsecond, in `tz`, of the day that somebody gave as an end.

    Args:
        value: `2026-12-31`; `2026/12/31`, full-width digits and one-digit months and days are understood.
        tz: the shop's time zone.
        field: the name that the error bears.
        not_before: refuse a day that was over by then, UTC microseconds.

    Raises:
        Invalid: it is no such day, or over; or there is no such time zone.
    """
    zone = _zone("zone", tz)
    found = _DAY.fullmatch(half_width(value).strip(" "))
    try:
        end = _end(date(int(found[1]), int(found[3]), int(found[4])), zone) if found else None
    except (ValueError, OverflowError):  # the 31st of June; the last day of year 9999
        end = None
    if end is None:
        raise Invalid(field, N_("A day looks like 2026-12-31."))
    if not_before is not None and end < not_before:
        raise Invalid(field, N_("That day is over."))
    return end


def start_of_day(value: str, tz: str, *, field: str = "since") -> int:
    """The first microsecond, in `tz`, of the day that somebody gave as a start; typed as `end_of_day` takes it.

    Raises:
        Invalid: it is no such day, or the first of all; or there is no such time zone.
    """
    end = end_of_day(value, tz, field=field)
    try:
        return _end(date.fromisoformat(day(end, tz)) - timedelta(days=1), _zone("zone", tz)) + 1
    except OverflowError as error:
        raise Invalid(field, N_("A day looks like 2026-12-31.")) from error


def distance(us: int, now: int | None = None) -> str:
    """How long `us` is from `now` (UTC microseconds; None: this moment), as "in 40 days", "3 hours ago", "today"."""
    apart = us - (_moment() if now is None else now)
    if apart < 0:
        return _ago(-apart)
    if us % MINUTE == MINUTE - 1:  # a day's last microsecond, as `end_of_day` gives it: people count those in days
        return _("today") if apart < DAY else _ahead(apart)
    # What was given for seven days a moment ago is good for seven days, not for six.
    return _ahead(apart + MINUTE if apart > DAY else apart)


def zones() -> list[str]:
    """The names of the time zones that this machine knows, a shop's usual one first, the others by name."""
    from zoneinfo import available_timezones  # here, because it is for one form only

    places = {name for name in available_timezones() if "/" in name or name == "UTC"}
    return [HOME_ZONE, *sorted(places - {HOME_ZONE})]


def machine_zone(link: str | os.PathLike[str] = _MACHINE) -> str:
    """The time zone that this machine is set to; `HOME_ZONE` where it does not say.

    Args:
        link: where the machine keeps it, a link into the folder of all time zones.
    """
    try:
        name = str(os.readlink(link)).rpartition("zoneinfo/")[2]  # noqa: PTH115  `check` has no time to import pathlib
        _zone("zone", name)
    except (OSError, Invalid):  # no link, but a copy; a name that is gone
        return HOME_ZONE
    return name


def known_zone(field: str, value: str) -> str:
    """The time zone that `value` names, however its capitals were typed.

    Raises:
        Invalid: there is none.
    """
    wanted = value.strip(" ").casefold().replace(" ", "_")
    for name in zones():
        if name.casefold() == wanted:
            return name
    raise Invalid(field, _UNKNOWN_ZONE)


def _moment() -> int:
    return _Source.read() if _Source.read is not None else time.time_ns() // 1000


def _utc(us: int) -> datetime:
    return _EPOCH + timedelta(microseconds=us)


def _zone(field: str, name: str) -> ZoneInfo:
    from zoneinfo import ZoneInfo  # here, because checking access needs none

    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # unknown; not a relative path; a folder of zones
        raise Invalid(field, _UNKNOWN_ZONE) from None


def _end(of: date, zone: ZoneInfo) -> int:
    """The last microsecond of the day `of`: one before its following midnight.

    Where clocks go back over midnight the day has two: the second counts if it still ends the same day.
    """
    midnight = datetime.combine(of + timedelta(days=1), datetime.min.time(), tzinfo=zone)
    first, second = (_microseconds(midnight.replace(fold=fold)) - 1 for fold in (0, 1))
    return second if second > first and _utc(second).astimezone(zone).date() == of else first


def _microseconds(at: datetime) -> int:
    return (at - _EPOCH) // timedelta(microseconds=1)


def _ahead(apart: int) -> str:
    days = apart // DAY
    if days >= _TWO_YEARS:
        n = days * 100 // _YEAR
        return ngettext("in {n} year", "in {n} years", n).format(n=n)
    if days >= _THREE_MONTHS:
        n = days * 1200 // _YEAR
        return ngettext("in {n} month", "in {n} months", n).format(n=n)
    if days:
        return ngettext("in {n} day", "in {n} days", days).format(n=days)
    if hours := apart // HOUR:
        return ngettext("in {n} hour", "in {n} hours", hours).format(n=hours)
    if minutes := apart // MINUTE:
        return ngettext("in {n} minute", "in {n} minutes", minutes).format(n=minutes)
    return _("in a moment")


def _ago(apart: int) -> str:
    days = apart // DAY
    if days >= _TWO_YEARS:
        n = days * 100 // _YEAR
        return ngettext("{n} year ago", "{n} years ago", n).format(n=n)
    if days >= _THREE_MONTHS:
        n = days * 1200 // _YEAR
        return ngettext("{n} month ago", "{n} months ago", n).format(n=n)
    if days:
        return ngettext("{n} day ago", "{n} days ago", days).format(n=days)
    if hours := apart // HOUR:
        return ngettext("{n} hour ago", "{n} hours ago", hours).format(n=hours)
    if minutes := apart // MINUTE:
        return ngettext("{n} minute ago", "{n} minutes ago", minutes).format(n=minutes)
    return _("just now")
