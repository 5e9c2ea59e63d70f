"""Where from and when: read as people write it, kept in one form, judged by the clock on the shop's wall."""

from __future__ import annotations

import ipaddress
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, strategies as st

from models import i18n
from models.errors import Invalid
from models.rules import limits
from models.text import visible

SHANGHAI = "Asia/Shanghai"
NEW_YORK = "America/New_York"
BERLIN = "Europe/Berlin"

TEXTS = st.text(st.characters(codec=None, exclude_categories=()), max_size=60)
NEARLY_HOURS = st.lists(
    st.sampled_from(
        ["mon", "fri", "sun", "周一", "日", "每天", "-", "至", ",", " ", "，", "09:00", "24:00", "00:00", "6:30", "99:99", "x"]
    ),
    max_size=12,
).map("".join)
NEARLY_ADDRESSES = st.text("0123456789abf:./%, \n１：", max_size=60)
ADDRESSES = st.one_of(st.ip_addresses(v=4), st.ip_addresses(v=6))
MINUTES = st.integers(0, 24 * 60 - 1)
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
CHINESE = "一二三四五六日"


def at(local: str, zone: str = SHANGHAI, *, fold: int = 0) -> int:
    """The moment at which the wall in `zone` shows `local`, UTC microseconds."""
    wall = datetime.fromisoformat(local).replace(tzinfo=ZoneInfo(zone), fold=fold)
    return (wall - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def refusal(function: str, text: str) -> str:
    """What is said to `text`."""
    with pytest.raises(Invalid) as refused:
        getattr(limits, function)("limit", text)
    assert refused.value.field == "limit"
    return str(refused.value)


def kept_or_refused(function: str, text: str) -> str | None:
    """What is kept of `text`; None where it is refused, in a sentence that can be read."""
    with suppress(Invalid):
        return str(getattr(limits, function)("limit", text))
    said = refusal(function, text)
    assert visible(said) == said
    return None


@contextmanager
def chinese() -> Iterator[None]:
    """Say it in Chinese."""

    class Chinese:
        def gettext(self, message: str, /) -> str:
            days = {day.capitalize(): f"周{name}" for day, name in zip(DAYS, CHINESE, strict=True)}
            said = {"every day": "每天", "{first}–{last}": "{first}至{last}", "any time": "不限时间"}
            return (days | said | {"{days} {start}–{end} the day after": "{days} {start}–次日 {end}"})[message]

        def ngettext(self, msgid1: str, msgid2: str, n: int, /) -> str:
            raise AssertionError(msgid1, msgid2, n)

    i18n.install("zh", Chinese())
    try:
        yield
    finally:
        i18n.install("en")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("", ""),
        (" \n , ", ""),
        ("10.0.0.1", "10.0.0.1"),
        ("10.0.0.1/32", "10.0.0.1"),
        ("10.0.0.0/24", "10.0.0.0/24"),
        ("10.0.0.0/255.255.255.0", "10.0.0.0/24"),
        ("2001:DB8:0:0::/48\n10.0.0.0/24", "10.0.0.0/24, 2001:db8::/48"),
        ("10.0.0.9,10.0.0.10;10.0.0.9、10.0.0.9", "10.0.0.9, 10.0.0.10"),
        ("１９２．１６８．１．０／２４，10.0.0.1", "10.0.0.1, 192.168.1.0/24"),
        ("fe80：：1", "fe80::1"),
        ("fe80::1%eth0", "fe80::1"),
        ("fe80::%eth0/64", "fe80::/64"),
        ("::ffff:10.0.0.1", "10.0.0.1"),
        ("::ffff:10.0.0.0/120", "10.0.0.0/24"),
        ("::ffff:0:0/96", "0.0.0.0/0"),
        ("0.0.0.0/0 ::/0", "0.0.0.0/0, ::/0"),
        ("10.0.0.0/8 10.0.0.0/16", "10.0.0.0/8, 10.0.0.0/16"),
    ],
)
def test_addresses_are_kept_in_one_form(typed: str, kept: str) -> None:
    """However they were written, and once each."""
    assert limits.addresses("limit", typed) == kept
    assert limits.addresses("limit", kept) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "here",
        "10.0.0",
        "10.0.0.256",
        "010.0.0.1",
        "10.0.0.1/33",
        "10.0.0.1/-1",
        "10.0.0.0/",
        "10.0.0.0/2/4",
        "10.0.0.1-10.0.0.9",
        "10.0.0.*",
        "10.0.0.1%eth0",
        "10.0.0.1:22",
        "[::1]",
        "::1/129",
        "1::2::3",
        "example.com",
        "3232235777",
        "١٠.٠.٠.١",
        "\x1b[31m10.0.0.1",
        "10.0.0.1\u202e",
        "\ud800",
    ],
)
def test_what_is_no_address_is_refused_and_said(typed: str) -> None:
    """Also beside one that is: which of the twenty it was; and nothing of it steers the terminal."""
    for text in (typed, f"10.0.0.1, {typed}"):
        said = refusal("addresses", text)
        assert said.endswith("is no address or range. One looks like 192.168.1.20 or 192.168.1.0/24.")
        assert visible(said) == said


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("10.0.0.5/24", "10.0.0.0/24"),
        ("2001:db8::1/48", "2001:db8::/48"),
        ("::ffff:10.0.0.5/120", "10.0.0.0/24"),
        ("::ffff:0:0/90", "::ffc0:0:0/90"),
    ],
)
def test_an_address_inside_a_range_is_no_range(typed: str, meant: str) -> None:
    """The one address may have been meant, or all of them: who is let in is not guessed."""
    assert refusal("addresses", typed) == f"“{typed}” lies inside a range. The range is {meant}."


def test_there_are_at_most_twenty_ranges() -> None:
    """Those that are said twice count once; a text that is longer than any such list is not even read."""
    twenty = [f"10.0.{n}.0/24" for n in range(20)]
    assert limits.addresses("limit", " ".join([*twenty, *twenty])).count(",") == 19
    for text in (" ".join([*twenty, "10.0.20.0/24"]), "10.0.0.1," * 300, "0" * 10_000_000):
        assert refusal("addresses", text) == "At most 20 of them."


@pytest.mark.parametrize(
    ("address", "ranges", "expected"),
    [
        ("10.0.0.7", "10.0.0.0/24", True),
        ("10.0.1.7", "10.0.0.0/24", False),
        ("10.0.1.7", "10.0.0.0/24, 10.0.1.7", True),
        ("::ffff:10.0.0.7", "10.0.0.0/24", True),
        ("::ffff:a00:7", "10.0.0.0/24", True),
        ("::ffff:10.0.1.7", "10.0.0.0/24", False),
        ("::ffff:10.0.0.7", "::/0", False),
        ("10.0.0.7", "::/0", False),
        ("2001:db8::1", "0.0.0.0/0", False),
        ("2001:db8::1", "10.0.0.0/24, 2001:db8::/48", True),
        ("2001:db8:1::1", "10.0.0.0/24, 2001:db8::/48", False),
        ("fe80::1%eth0", "fe80::/64", True),
        ("fe80::1%eth0", "fe80::1", True),
        ("10.0.0.7%eth0", "10.0.0.0/24", False),
        ("10.0.0.0/24", "10.0.0.0/24", False),
        ("", "10.0.0.0/24", False),
        ("UNKNOWN", "0.0.0.0/0, ::/0", False),
        ("10.0.0.7 ", "10.0.0.0/24", False),
        ("１0.0.0.7", "10.0.0.0/24", False),
        ("", "", True),
        ("UNKNOWN", "", True),
        ("10.0.0.7", ",", False),
        ("10.0.0.7", "anywhere", False),
        ("10.0.0.7", "10.0.0.5/24", False),
    ],
)
def test_an_address_is_inside_or_not(address: str, ranges: str, expected: bool) -> None:
    """What is no address is nowhere; what is kept and makes no sense lets nobody in; no limit at all lets in whoever it is."""
    assert limits.inside(address, ranges) is expected


@given(st.lists(ADDRESSES, min_size=1, max_size=20), ADDRESSES, st.data())
def test_being_inside_is_what_the_ranges_say(
    bases: list[ipaddress.IPv4Address | ipaddress.IPv6Address],
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
    data: st.DataObject,
) -> None:
    """Whatever the ranges; each address that one was made of is inside, and a range is in the same form the next time."""
    ranges = [ipaddress.ip_network((base, data.draw(st.integers(0, base.max_prefixlen))), strict=False) for base in bases]
    ranges = [each for each in ranges if not (each.version == 6 and each.overlaps(ipaddress.ip_network("::ffff:0:0/96")))]
    kept = limits.addresses("limit", "\n".join(map(str, ranges)))
    assert limits.addresses("limit", kept) == kept
    if ranges:
        assert all(limits.inside(str(each.network_address), kept) and limits.inside(str(each.broadcast_address), kept) for each in ranges)
        for asked in (address, *bases):
            plain = asked.ipv4_mapped or asked if isinstance(asked, ipaddress.IPv6Address) else asked
            assert limits.inside(str(asked), kept) == any(plain in each for each in ranges)
            if asked.version == 4:
                assert limits.inside(f"::ffff:{asked}", kept) == limits.inside(str(asked), kept)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("", ""),
        (" \u3000\n", ""),
        ("09:00-18:00", "09:00-18:00"),
        ("9:00 - 18:00", "09:00-18:00"),
        ("mon-fri 09:00-18:00", "mon-fri 09:00-18:00"),
        ("Monday–Friday 09:00–18:00", "mon-fri 09:00-18:00"),
        ("mon-fri 09:00-18:00, sat 10:00-14:00", "mon-fri 09:00-18:00, sat 10:00-14:00"),
        ("sat 10:00-14:00; mon-fri 09:00-18:00", "mon-fri 09:00-18:00, sat 10:00-14:00"),
        ("mon-fri 09:00-18:00\nsat 10:00-14:00\n", "mon-fri 09:00-18:00, sat 10:00-14:00"),
        ("周一至周五 09:00-18:00", "mon-fri 09:00-18:00"),
        ("周一-周五 09:00-18:00", "mon-fri 09:00-18:00"),
        ("周一至五09:00到18:00", "mon-fri 09:00-18:00"),
        ("星期一～星期五　０９：００－１８：００", "mon-fri 09:00-18:00"),
        ("礼拜一——礼拜五 9：00—18：00", "mon-fri 09:00-18:00"),
        ("週六、週日 10:00-14:00", "sat-sun 10:00-14:00"),
        ("星期天 10:00-14:00，周三 08:00-09:00", "wed 08:00-09:00, sun 10:00-14:00"),
        ("每天 09:00-18:00", "09:00-18:00"),
        ("every day 09:00-18:00", "09:00-18:00"),
        ("mon-sun 09:00-18:00", "09:00-18:00"),
        ("周二至周一 09:00-18:00", "09:00-18:00"),
        ("mon, wed, fri 09:00-12:00", "mon 09:00-12:00, wed 09:00-12:00, fri 09:00-12:00"),
        ("周一和周二 09:00-12:00", "mon-tue 09:00-12:00"),
        ("mon-fri 09:00-12:00, 13:00-18:00", "mon-fri 09:00-12:00, mon-fri 13:00-18:00"),
        ("mon-fri 09:00-12:00 13:00-18:00 sat 10:00-14:00", "mon-fri 09:00-12:00, mon-fri 13:00-18:00, sat 10:00-14:00"),
        ("mon 09:00-10:00, every day 20:00-21:00", "20:00-21:00, mon 09:00-10:00"),
        ("fri-mon 09:00-12:00", "mon 09:00-12:00, fri-sun 09:00-12:00"),
        ("mon 09:00-12:00, mon 09:00-12:00", "mon 09:00-12:00"),
        ("mon 09:00-12:00, tue 09:00-12:00", "mon-tue 09:00-12:00"),
        ("22:00-06:00", "22:00-06:00"),
        ("sun 22:00-00:00", "sun 22:00-24:00"),
        ("00:00-24:00", "00:00-24:00"),
        ("thurs 0:00-0:01", "thu 00:00-00:01"),
    ],
)
def test_hours_are_kept_in_one_form(typed: str, kept: str) -> None:
    """English or Chinese, in any width; the kept form stays as it is."""
    assert limits.hours("limit", typed) == kept
    assert limits.hours("limit", kept) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "always",
        "mon",
        "mon-fri",
        "09:00",
        "09:00-",
        "-18:00",
        "9-18",
        "9am-6pm",
        "mon-fri 09:00-18:00, sat",
        "mon-fri 09:00-18:00 or so",
        "mo-fr 09:00-18:00",
        "mondays 09:00-18:00",
        "monfri 09:00-18:00",
        "周八 09:00-18:00",
        "工作日 09:00-18:00",
        "109:00-18:00",
        "09:000-18:00",
        "09:00-18:000",
        "09:00-18:00:00",
        "٠٩:٠٠-١٨:٠٠",
        "09:00-18:00\x1b[31m",
        "\ud800",
        "-",
        ",",
    ],
)
def test_what_are_no_hours_is_refused(typed: str) -> None:
    """With an example of what are."""
    assert refusal("hours", typed) == "Working hours look like mon-fri 09:00-18:00, sat 10:00-14:00."


@pytest.mark.parametrize("typed", ["24:00-09:00", "25:00-26:00", "09:60-10:00", "09:00-10:60", "09:00-24:01", "99:99-99:99"])
def test_a_time_that_no_clock_shows_is_refused(typed: str) -> None:
    """24:00 is an end and no beginning."""
    assert refusal("hours", f"mon {typed}") == "Times go from 00:00 to 24:00."


def test_hours_that_end_as_they_begin_are_refused() -> None:
    """No time at all, or the whole day: it is not guessed."""
    assert refusal("hours", "mon 09:00-09:00") == "From 09:00 to 09:00 is no time. The whole day is 00:00-24:00."
    assert refusal("hours", "00:00-0:00") == "From 00:00 to 00:00 is no time. The whole day is 00:00-24:00."


def test_there_are_at_most_twenty_spans() -> None:
    """Counted as they are kept; a text that is longer than any such list is not even read."""
    twenty = ", ".join(f"mon {n:02}:00-{n:02}:30" for n in range(20))
    assert limits.hours("limit", twenty) == twenty
    for text in (f"{twenty}, tue 09:00-10:00", "mon 09:00-10:00," * 200, "0" * 10_000_000):
        assert refusal("hours", text) == "At most 20 of them."


@given(st.one_of(TEXTS, NEARLY_HOURS))
@example("每天mon09:00-12:00")
def test_any_text_gives_hours_in_one_form_or_a_refusal(text: str) -> None:
    """Nothing else, however hostile; and what is kept can be said."""
    if (kept := kept_or_refused("hours", text)) is not None:
        assert limits.hours("limit", kept) == kept
        assert kept.isascii()
        assert kept == "" or limits.hours("limit", limits.said_hours(kept).replace(" the day after", "")) == kept


@given(st.one_of(TEXTS, NEARLY_ADDRESSES))
@example("%:")
@example("::%\n/0")
def test_any_text_gives_addresses_in_one_form_or_a_refusal(text: str) -> None:
    """Nothing else, however hostile; and where it gives none, it says what was wrong."""
    limits.inside(text, "10.0.0.0/24")
    limits.inside("10.0.0.1", text)
    if (kept := kept_or_refused("addresses", text)) is not None:
        assert limits.addresses("limit", kept) == kept
        assert kept.isascii()


@given(st.integers(0, 6), st.integers(0, 6), MINUTES, MINUTES)
def test_chinese_hours_mean_what_english_ones_do(first: int, last: int, start: int, end: int) -> None:
    """Typed in either, and said again in Chinese."""
    if start == end:
        return
    times = f"{start // 60:02}:{start % 60:02}-{end // 60:02}:{end % 60:02}"
    kept = limits.hours("limit", f"{DAYS[first]}-{DAYS[last]} {times}")
    assert limits.hours("limit", f"周{CHINESE[first]}至周{CHINESE[last]} {times}") == kept
    with chinese():
        assert kept == "" or limits.hours("limit", limits.said_hours(kept).replace("次日", "")) == kept


@pytest.mark.parametrize(
    ("kept", "english", "in_chinese"),
    [
        ("", "any time", "不限时间"),
        ("mon-fri 09:00-18:00", "Mon–Fri 09:00–18:00", "周一至周五 09:00–18:00"),
        ("mon-fri 09:00-18:00, sat 10:00-14:00", "Mon–Fri 09:00–18:00, Sat 10:00–14:00", "周一至周五 09:00–18:00，周六 10:00–14:00"),
        ("09:00-24:00", "every day 09:00–24:00", "每天 09:00–24:00"),
        ("sun 22:00-06:00", "Sun 22:00–06:00 the day after", "周日 22:00–次日 06:00"),
        ("damaged\x1b", "damaged�", "damaged�"),
    ],
)
def test_hours_are_said_in_the_language_in_force(kept: str, english: str, in_chinese: str) -> None:
    """With the dashes that belong there."""
    assert limits.said_hours(kept) == english
    with chinese():
        assert limits.said_hours(kept) == in_chinese


@pytest.mark.parametrize(
    ("hours", "local", "expected"),
    [
        ("", "2026-11-22T03:00", True),
        ("09:00-18:00", "2026-11-22T08:59:59.999999", False),
        ("09:00-18:00", "2026-11-22T09:00", True),
        ("09:00-18:00", "2026-11-22T17:59:59.999999", True),
        ("09:00-18:00", "2026-11-22T18:00", False),
        ("mon-fri 09:00-18:00", "2026-11-20T12:00", True),  # a Friday
        ("mon-fri 09:00-18:00", "2026-11-21T12:00", False),
        ("mon-fri 09:00-18:00, sat 10:00-14:00", "2026-11-21T12:00", True),
        ("mon-fri 09:00-18:00, sat 10:00-14:00", "2026-11-21T15:00", False),
        ("fri 22:00-06:00", "2026-11-20T21:59", False),
        ("fri 22:00-06:00", "2026-11-20T22:00", True),
        ("fri 22:00-06:00", "2026-11-21T05:59", True),
        ("fri 22:00-06:00", "2026-11-21T06:00", False),
        ("fri 22:00-06:00", "2026-11-20T05:00", False),
        ("fri 22:00-06:00", "2026-11-21T23:00", False),
        ("sun 22:00-06:00", "2026-11-23T05:00", True),  # from Sunday into Monday
        ("mon 22:00-06:00", "2026-11-23T05:00", False),
        ("22:00-06:00", "2026-11-23T05:00", True),
        ("22:00-06:00", "2026-11-23T12:00", False),
        ("sun 22:00-24:00", "2026-11-22T23:59:59.999999", True),
        ("sun 22:00-24:00", "2026-11-23T00:00", False),
        ("00:00-24:00", "2026-11-23T00:00", True),
        ("damaged", "2026-11-22T12:00", False),
        (" mon", "2026-11-23T12:00", False),
    ],
)
def test_the_clock_on_the_wall_decides(hours: str, local: str, expected: bool) -> None:
    """A night belongs to the day it starts on; the end is no longer inside; what is kept and makes no sense lets nobody in."""
    for zone in (SHANGHAI, NEW_YORK, "Asia/Kathmandu", "UTC"):
        assert limits.within(hours, at(local, zone), zone) is expected


def test_the_same_moment_is_another_hour_elsewhere() -> None:
    """The shop's zone counts: 09:30 in Shanghai is the evening before in New York."""
    moment = at("2026-11-23T09:30")
    assert limits.within("mon 09:00-10:00", moment, SHANGHAI)
    assert not limits.within("mon 09:00-10:00", moment, NEW_YORK)
    assert limits.within("sun 20:00-21:00", moment, NEW_YORK)


def test_a_change_of_the_clocks_moves_no_hours() -> None:
    """09:00 is 09:00 on both sides of it; an hour that comes twice is inside both times, and one that never comes is missed by nobody."""
    for day in ("2026-03-07", "2026-03-08", "2026-10-31", "2026-11-01"):
        assert limits.within("09:00-18:00", at(f"{day}T09:00", NEW_YORK), NEW_YORK)
        assert not limits.within("09:00-18:00", at(f"{day}T08:59", NEW_YORK), NEW_YORK)
    for fold in (0, 1):
        assert limits.within("sun 02:00-03:00", at("2026-10-25T02:30", BERLIN, fold=fold), BERLIN)
        assert not limits.within("sun 03:00-04:00", at("2026-10-25T02:30", BERLIN, fold=fold), BERLIN)
    assert at("2026-10-25T02:30", BERLIN, fold=1) - at("2026-10-25T02:30", BERLIN) == 3_600_000_000
    before = at("2026-03-29T01:59:59.999999", BERLIN)
    assert [limits.within("sat 22:00-03:00", moment, BERLIN) for moment in (before, before + 1)] == [True, False]


@given(st.lists(st.tuples(st.integers(0, 6), MINUTES, MINUTES), min_size=1, max_size=5), st.integers(0, 7 * 24 * 60 - 1))
def test_every_minute_of_the_week_is_judged_as_written(spans: list[tuple[int, int, int]], minute: int) -> None:
    """Minute by minute, counted once more by hand from Monday."""
    spans = [(day, start, end) for day, start, end in spans if start != end]
    inside = {
        (day * 1440 + passed) % (7 * 1440) for day, start, end in spans for passed in range(start, end if end > start else end + 1440)
    }
    written = ", ".join(f"{DAYS[day]} {start // 60}:{start % 60:02}-{end // 60}:{end % 60:02}" for day, start, end in spans)
    moment = at("2026-11-23T00:00") + minute * 60_000_000
    assert limits.within(limits.hours("limit", written), moment, SHANGHAI) is (minute in inside or not spans)


@pytest.mark.parametrize("zone", ["", "Mars/Olympus", "/etc/localtime", "../UTC", "Asia"])
def test_an_unknown_time_zone_is_refused(zone: str) -> None:
    """As anywhere else."""
    with pytest.raises(Invalid, match="knows no such time zone"):
        limits.within("09:00-18:00", 0, zone)
    assert limits.within("", 0, zone)


def test_importing_the_rule_loads_neither_addresses_nor_zones() -> None:
    """Few people are limited."""
    script = "import sys, models.rules.limits; print([m for m in ('ipaddress', 'zoneinfo') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("no:address", "no:address"),
        ("UNKNOWN", "UNKNOWN"),
        ("", ""),
    ],
)
def test_p4_all_addresses_of_one_customer_are_one_place(address: str, place: str) -> None:
    """Whoever has a whole IPv6 network gets no fresh guesses from each address in it."""
    assert limits.neighbourhood(address) == place
