"""Where from and when somebody may sign in: addresses and working hours, as the owner writes them and as they are judged.

Both are kept as one line of text in a fixed form, "" for no limit, so that two that mean the same are the same. What is kept and cannot
be read lets nobody in.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

from models.errors import Invalid
from models.i18n import N_, _, pick
from models.text import half_width, visible

if TYPE_CHECKING:
    from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

LIMIT: Final = 20
"""Most ranges, and most spans of time, for one person."""

_LONG: Final = 2000  # characters: what is longer is no list of so few, and no work is spent on it
_SHOWN: Final = 50  # characters of what was wrong that are said again; the longest address has 45
_TOO_MANY: Final = N_("At most {limit} of them.")
_NO_HOURS: Final = N_("Working hours look like mon-fri 09:00-18:00, sat 10:00-14:00.")


def addresses(field: str, text: str) -> str:
    """The addresses and ranges that `text` lists, as they are kept: `10.0.0.0/24, 2001:db8::/48`.

    IPv4 and IPv6, a range with its length or mask; between them commas, semicolons, spaces or lines. Each stands once and in order, an IPv4
    address inside an IPv6 one (`::ffff:10.0.0.1`) as the former, without the zone of an interface.

    Raises:
        Invalid: one is no address, or none that a range begins with; or there are more than 20.
    """
    if len(text) > _LONG:
        raise Invalid(field, _TOO_MANY, limit=LIMIT)
    ranges = {_range(field, part) for part in re.split(r"[\s,;、]+", half_width(text)) if part}
    if len(ranges) > LIMIT:
        raise Invalid(field, _TOO_MANY, limit=LIMIT)
    ordered = sorted(ranges, key=lambda kept: (kept.version, int(kept.network_address), kept.prefixlen))
    return ", ".join(str(kept.network_address if kept.prefixlen == kept.max_prefixlen else kept) for kept in ordered)


def inside(address: str, ranges: str) -> bool:
    """Whether `address` is in one of `ranges`, which `addresses` wrote; "" is anywhere. What is no address is in none."""
    if not ranges:
        return True
    import ipaddress  # here, because few people are limited, and it takes 3 ms

    try:
        at = _unmapped(ipaddress.ip_address(_without_zone(address)))
        return any(at in ipaddress.ip_network(kept.strip(" ")) for kept in ranges.split(","))
    except ValueError:
        return False


NEIGHBOURS: Final = 64
"""Bits of an IPv6 address that a provider gives to one customer, who has all that follow (RFC 6177)."""


def neighbourhood(address: str) -> str:
    """What counts as one place that attempts come from: an IPv4 address, or the part of an IPv6 address that one customer has.

    What is no address is a place of its own.
    """
    if ":" not in address:
        return address
    import ipaddress  # here, because few come over IPv6, and it takes 3 ms

    try:
        at = _unmapped(ipaddress.ip_address(_without_zone(address)))
    except ValueError:
        return address
    return str(at if at.version == 4 else ipaddress.ip_network((int(at), NEIGHBOURS), strict=False))


def _range(field: str, part: str) -> IPv4Network | IPv6Network:
    import ipaddress  # here, because few people are limited, and it takes 3 ms

    try:
        found = ipaddress.ip_network(_without_zone(part), strict=False)
    except ValueError:
        reason = N_("“{value}” is no address or range. One looks like 192.168.1.20 or 192.168.1.0/24.")
        raise Invalid(field, reason, value=visible(part)[:_SHOWN]) from None
    begins = _unmapped(ipaddress.ip_address(_without_zone(part.partition("/")[0])))
    if begins.version < found.version and found.prefixlen >= 96:  # ::ffff:10.0.0.0/120 is 10.0.0.0/24
        found = ipaddress.ip_network((int(begins), found.prefixlen - 96), strict=False)
    if begins != found.network_address:
        raise Invalid(field, N_("“{value}” lies inside a range. The range is {range}."), value=visible(part)[:_SHOWN], range=found)
    return found


def _without_zone(address: str) -> str:
    """`address` without the interface that it is reached through: `fe80::1` of `fe80::1%eth0`."""
    return re.sub("%[^/]+", "", address) if ":" in address else address


def _unmapped(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    return (address.ipv4_mapped or address) if address.version == 6 else address


DAYS: Final = (N_("Mon"), N_("Tue"), N_("Wed"), N_("Thu"), N_("Fri"), N_("Sat"), N_("Sun"))

_KEPT_DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WEEK: Final = frozenset(range(7))
_MIDNIGHT: Final = 24 * 60  # minutes

_DAY: Final = (
    "(?:mon(?:day)?|tue(?:s|sday)?|wed(?:nesday)?|thu(?:r|rs|rsday)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?)(?![a-z])"
    "|(?:[周週]|星期|礼拜)?[一二三四五六日天]"
)
_TIME: Final = "[0-9]{1,2}:[0-9]{2}(?![0-9])"
_WORD: Final = (
    rf"[\s,;、和]*(?:(?P<start>{_TIME})\s*-+\s*(?P<end>{_TIME})"
    rf"|(?P<first>{_DAY})(?:\s*-+\s*(?P<last>{_DAY}))?|(?P<daily>每[天日]|daily|every\s+day))[\s,;、]*"
)
_CHINESE_DAYS: Final = {"一": 0, "二": 1, "三": 2, "四": 3, "五": 4, "六": 5, "日": 6, "天": 6}
_DASHES: Final = dict.fromkeys(map(ord, "至到~\u2010\u2011\u2012\u2013\u2014\u2015\u2212"), "-")


class _Span(NamedTuple):
    """Minutes since midnight; where `end` is earlier than `start`, it is on the following day."""

    start: int
    end: int

    def __str__(self) -> str:
        return f"{_clock(self.start)}-{_clock(self.end)}"


class _Run(NamedTuple):
    """A span on neighbouring days, 0 for Monday; from 0 to 6 it is every day."""

    first: int
    last: int
    span: _Span

    @property
    def daily(self) -> bool:
        return self.last - self.first == len(_WEEK) - 1


def hours(field: str, text: str) -> str:
    """The working hours that `text` gives, as they are kept: `mon-fri 09:00-18:00, sat 10:00-14:00`.

    Days in English or Chinese (`周一至周五`), in any width; without a day it is every day. A further span of the same days need not repeat
    them: `mon-fri 09:00-12:00, 13:00-18:00`. `22:00-06:00` ends on the following day, and belongs to the one it starts on.

    Raises:
        Invalid: it says nothing of the kind, or gives more than 20 spans.
    """
    if len(text) > _LONG:
        raise Invalid(field, _TOO_MANY, limit=LIMIT)
    runs = _runs(_parsed(field, text))
    if len(runs) > LIMIT:
        raise Invalid(field, _TOO_MANY, limit=LIMIT)
    return ", ".join(map(_kept, runs))


def said_hours(hours: str) -> str:
    """`hours`, as the function of that name wrote them, in the language in force: `周一至周五 09:00–18:00`."""
    try:
        runs = _runs(_parsed("", hours))
    except Invalid:  # whoever reads it sees what is wrong
        return visible(hours)
    return pick(", ", "，").join(map(_said, runs)) or _("any time")


def within(hours: str, us: int, zone: str) -> bool:
    """Whether the clock on the wall stands inside `hours` at a moment.

    Args:
        hours: as the function of that name wrote them; "" is any time.
        us: the moment, UTC microseconds.
        zone: the shop's time zone. Where clocks go back, an hour that comes twice counts both times.

    Raises:
        Invalid: there is no such time zone.
    """
    if not hours:
        return True
    local = _local(us, zone)
    minute, today = local.hour * 60 + local.minute, local.weekday()
    try:
        spans = _parsed("", hours)
    except Invalid:
        return False
    return any(
        today in days and span.start <= minute < span.end
        if span.start < span.end
        else (today in days and minute >= span.start) or ((today - 1) % 7 in days and minute < span.end)
        for span, days in spans.items()
    )


def _local(us: int, zone: str) -> datetime:
    from zoneinfo import ZoneInfo  # here, because few people are limited

    try:
        return (datetime.fromtimestamp(0, UTC) + timedelta(microseconds=us)).astimezone(ZoneInfo(zone))
    except (KeyError, ValueError, OSError):  # unknown; not a relative path; a folder of zones
        raise Invalid("zone", N_("This machine knows no such time zone. One looks like Asia/Shanghai.")) from None


def _parsed(field: str, text: str) -> dict[_Span, set[int]]:
    """The days of each span."""
    text = half_width(text).casefold().translate(_DASHES).strip()
    spans: dict[_Span, set[int]] = {}
    days: set[int] = set()
    place, waiting = 0, False  # days that no span has followed yet
    while place < len(text):
        if (word := re.compile(_WORD).match(text, place)) is None:
            raise Invalid(field, _NO_HOURS)
        place = word.end()
        if word["start"]:
            spans.setdefault(_span(field, word["start"], word["end"]), set()).update(days or _WEEK)
            waiting = False
        else:
            days = (days if waiting else set()) | _named(word)
            waiting = True
    if waiting:
        raise Invalid(field, _NO_HOURS)
    return spans


def _named(word: re.Match[str]) -> set[int]:
    """The days that a word of the text names; `fri-mon` goes over the week's end."""
    if word["daily"]:
        return set(_WEEK)
    first = _day(word["first"])
    return {(first + n) % 7 for n in range((_day(word["last"] or word["first"]) - first) % 7 + 1)}


def _day(name: str) -> int:
    day = _CHINESE_DAYS.get(name[-1])
    return _KEPT_DAYS.index(name[:3]) if day is None else day


def _span(field: str, start: str, end: str) -> _Span:
    begins, ends = (int(hour) * 60 + int(minute) for hour, _colon, minute in (start.partition(":"), end.partition(":")))
    if begins >= _MIDNIGHT or ends > _MIDNIGHT or int(start[-2:]) > 59 or int(end[-2:]) > 59:
        raise Invalid(field, N_("Times go from 00:00 to 24:00."))
    if begins == ends:
        raise Invalid(field, N_("From {time} to {time} is no time. The whole day is 00:00-24:00."), time=_clock(begins))
    return _Span(begins, ends or _MIDNIGHT)


def _runs(spans: dict[_Span, set[int]]) -> list[_Run]:
    """Each span on each run of neighbouring days, in order: what holds every day, which is written without days, first."""
    runs: list[_Run] = []
    for span, days in spans.items():
        for day in sorted(days):
            if runs and runs[-1].span == span and runs[-1].last == day - 1:
                runs[-1] = runs[-1]._replace(last=day)
            else:
                runs.append(_Run(day, day, span))
    return sorted(runs, key=lambda run: (not run.daily, run.first, run.span, run.last))


def _kept(run: _Run) -> str:
    if run.daily:
        return str(run.span)
    days = dict.fromkeys((_KEPT_DAYS[run.first], _KEPT_DAYS[run.last]))
    return f"{'-'.join(days)} {run.span}"


def _said(run: _Run) -> str:
    first, last = _(DAYS[run.first]), _(DAYS[run.last])
    if run.daily:
        days = _("every day")
    elif run.first == run.last:
        days = first
    else:
        days = _("{first}–{last}").format(first=first, last=last)
    start, end = _clock(run.span.start), _clock(run.span.end)
    if run.span.start < run.span.end:
        return f"{days} {start}–{end}"
    return _("{days} {start}–{end} the day after").format(days=days, start=start, end=end)


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"
