"""Moments: one integer inside, the shop's time zone outside."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, strategies as st

from models import clock, i18n
from models.clock import DAY, HOUR, MINUTE, SECOND
from models.errors import Invalid

SHANGHAI = "Asia/Shanghai"
NEW_YEAR = 1_798_732_799_999_999
"""The last microsecond of 2026 in Shanghai."""

MOMENTS = st.integers(0, 4_102_444_800 * SECOND)
"""1970 to 2100."""

ZONES = st.sampled_from(["Asia/Shanghai", "America/New_York", "Asia/Kathmandu", "Pacific/Apia", "America/Havana", "Africa/Cairo", "UTC"])


@pytest.fixture(autouse=True)
def _clock_again() -> Iterator[None]:
    yield
    clock.set_clock(None)


def test_now_is_the_machines_clock_in_microseconds() -> None:
    """Between two readings of it."""
    before = time.time_ns() // 1000
    assert before <= clock.now() <= time.time_ns() // 1000


def test_a_test_can_set_the_clock_and_put_it_back() -> None:
    """Whoever asks, also `distance`, is told the time that was set."""
    clock.set_clock(lambda: NEW_YEAR)
    assert clock.now() == NEW_YEAR
    assert clock.distance(NEW_YEAR - 3 * HOUR) == "3 hours ago"
    clock.set_clock(None)
    assert clock.now() != NEW_YEAR


def test_a_day_holds_through_its_last_microsecond_in_the_shops_zone() -> None:
    """Not in UTC, and not until its midnight."""
    end = clock.end_of_day("2026-12-31", SHANGHAI)
    assert end == NEW_YEAR
    assert clock.rfc3339(end) == "2026-12-31T15:59:59.999999Z"
    assert clock.day(end, SHANGHAI) == "2026-12-31"
    assert clock.minute(end, SHANGHAI) == "2026-12-31 23:59"
    assert clock.day(end + 1, SHANGHAI) == "2027-01-01"


@pytest.mark.parametrize(
    "typed", ["2026-12-31", "2026/12/31", " 2026-12-31 ", "２０２６－１２－３１", "２０２６／１２／３１", "\u30002026-12-31"]
)
def test_a_day_may_be_written_as_people_write_it(typed: str) -> None:
    """With slashes, and as an input method leaves it."""
    assert clock.end_of_day(typed, SHANGHAI) == NEW_YEAR


def test_months_and_days_need_no_nought() -> None:
    """As a spreadsheet writes them."""
    assert clock.end_of_day("2026/1/2", SHANGHAI) == clock.end_of_day("2026-01-02", SHANGHAI)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "tomorrow",
        "2026-02-29",
        "2026-13-01",
        "2026-00-10",
        "2026-12-32",
        "2026-12/31",
        "31.12.2026",
        "12/31/2026",
        "26-12-31",
        "2026-12-31 10:00",
        "20261231",
        "9999-12-31",
        "0000-01-01",
        "２０２６年１２月３１日",
        "٢٠٢٦-١٢-٣١",
        "2026-12-31\n",
        "-2026-12-31",
        "2026-12-31\x00",
    ],
)
def test_what_is_no_day_is_refused_at_its_field(typed: str) -> None:
    """Days that no calendar has; other orders, which would be guesses; the last day there is, which nothing follows."""
    with pytest.raises(Invalid, match="A day looks like 2026-12-31") as refused:
        clock.end_of_day(typed, SHANGHAI, field="end")
    assert refused.value.field == "end"


def test_a_day_that_is_over_can_be_refused() -> None:
    """Today is not over, wherever the sun has set already; yesterday is."""
    assert clock.end_of_day("2026-12-31", SHANGHAI, not_before=NEW_YEAR) == NEW_YEAR
    with pytest.raises(Invalid, match="That day is over"):
        clock.end_of_day("2026-12-31", SHANGHAI, not_before=NEW_YEAR + 1)
    assert clock.end_of_day("2026-12-31", SHANGHAI) == NEW_YEAR


@given(MOMENTS, ZONES)
def test_a_moment_lies_in_the_day_that_it_is_said_to_lie_in(us: int, tz: str) -> None:
    """Also where clocks change over midnight, and where a whole day was left out."""
    end = clock.end_of_day(clock.day(us, tz), tz)
    assert us <= end
    assert clock.day(end, tz) == clock.day(us, tz)
    assert clock.day(end + 1, tz) > clock.day(end, tz)
    assert clock.minute(us, tz).startswith(clock.day(us, tz))


@pytest.mark.parametrize(
    ("day", "tz", "end"),
    [
        ("2024-03-10", "America/New_York", "2024-03-11T03:59:59.999999Z"),  # an hour short
        ("2024-11-03", "America/New_York", "2024-11-04T04:59:59.999999Z"),  # an hour long
        ("2024-03-09", "America/Havana", "2024-03-10T04:59:59.999999Z"),  # no midnight follows
        ("2024-11-02", "America/Havana", "2024-11-03T03:59:59.999999Z"),  # two midnights follow, the first ends it
        ("1988-10-29", "America/St_Johns", "1988-10-30T03:29:59.999999Z"),  # two midnights, the second ends it
        ("2024-12-31", "Asia/Kathmandu", "2024-12-31T18:14:59.999999Z"),
    ],
)
def test_days_end_where_clocks_change(day: str, tz: str, end: str) -> None:
    """Every way in which a midnight can be missing or be there twice."""
    assert clock.rfc3339(clock.end_of_day(day, tz)) == end


@given(MOMENTS)
def test_a_moment_is_written_so_that_it_can_be_read_again(us: int) -> None:
    """RFC 3339 in UTC, always with six digits behind the point, so that the texts sort as the moments do."""
    written = clock.rfc3339(us)
    assert len(written) == 27
    assert clock.instant(written) == us
    assert (datetime.fromisoformat(written) - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds() == pytest.approx(us / SECOND, abs=1e-6)


@given(MOMENTS, ZONES)
def test_days_and_minutes_are_those_of_the_zone(us: int, tz: str) -> None:
    """As the standard library counts them."""
    there = (datetime.fromtimestamp(0, UTC) + timedelta(seconds=us // SECOND)).astimezone(ZoneInfo(tz))  # a 32-bit system counts to 2038
    assert clock.day(us, tz) == date(there.year, there.month, there.day).isoformat()
    assert clock.minute(us, tz) == there.strftime("%Y-%m-%d %H:%M")


@pytest.mark.parametrize(
    "name", ["", "Nowhere/Land", "Asia", "../../etc/passwd", "/etc/localtime", "Asia/\x00", "x" * 5000, "\ud800", ".", "李雷"]
)
def test_what_is_no_zone_is_refused(name: str) -> None:
    """Neither a path out of the folder of zones nor the folder itself gets to the file system's errors."""
    for ask in (lambda: clock.day(0, name), lambda: clock.minute(0, name), lambda: clock.end_of_day("2026-12-31", name)):
        with pytest.raises(Invalid, match="no such time zone"):
            ask()
    with pytest.raises(Invalid) as refused:
        clock.known_zone("shop_zone", name)
    assert refused.value.field == "shop_zone"


def test_the_zones_begin_with_the_usual_one() -> None:
    """Each once, and each of them can be used."""
    zones = clock.zones()
    assert zones[0] == SHANGHAI
    assert "UTC" in zones
    assert len(zones) == len(set(zones)) > 100
    assert zones[1:] == sorted(zones[1:])
    for zone in zones[::25]:
        assert clock.day(0, zone) in {"1969-12-31", "1970-01-01"}


def test_a_zone_is_known_however_it_was_typed() -> None:
    """The name that is stored is the one that the machine knows."""
    for typed in ("asia/shanghai", " Asia/Shanghai ", "ASIA/SHANGHAI"):
        assert clock.known_zone("zone", typed) == SHANGHAI
    assert clock.known_zone("zone", "america/new york") == "America/New_York"
    assert clock.known_zone("zone", "utc") == "UTC"


@pytest.mark.parametrize(
    ("target", "zone"),
    [
        ("/usr/share/zoneinfo/Europe/Berlin", "Europe/Berlin"),
        ("../usr/share/zoneinfo/America/Argentina/Buenos_Aires", "America/Argentina/Buenos_Aires"),
        ("/usr/share/zoneinfo/Nowhere/Land", SHANGHAI),
        ("/usr/share/zoneinfo/", SHANGHAI),
        ("/etc/passwd", SHANGHAI),
        (None, SHANGHAI),
    ],
)
def test_the_machine_may_say_its_zone(tmp_path: Path, target: str | None, zone: str) -> None:
    """By a link; where it is a copy, or names what is none, the usual one is offered."""
    link = tmp_path / "localtime"
    if target is None:
        link.write_bytes(b"TZif2")
    else:
        link.symlink_to(target)
    assert clock.machine_zone(link) == zone
    assert clock.machine_zone(tmp_path / "missing") == SHANGHAI


@pytest.mark.parametrize(
    ("apart", "said"),
    [
        (0, "in a moment"),
        (59 * SECOND, "in a moment"),
        (MINUTE, "in 1 minute"),
        (59 * MINUTE, "in 59 minutes"),
        (HOUR, "in 1 hour"),
        (DAY - 2, "in 23 hours"),
        (DAY, "in 1 day"),
        (40 * DAY + 5 * HOUR, "in 40 days"),
        (91 * DAY, "in 91 days"),
        (92 * DAY, "in 3 months"),
        (365 * DAY, "in 11 months"),
        (366 * DAY, "in 12 months"),
        (731 * DAY, "in 2 years"),
        (3653 * DAY, "in 10 years"),
        (-1, "just now"),
        (-MINUTE, "1 minute ago"),
        (-2 * MINUTE, "2 minutes ago"),
        (-HOUR, "1 hour ago"),
        (-3 * HOUR, "3 hours ago"),
        (-DAY, "1 day ago"),
        (-2 * DAY, "2 days ago"),
        (-92 * DAY, "3 months ago"),
        (-731 * DAY, "2 years ago"),
    ],
)
def test_distances_are_said_in_the_unit_that_people_would_use(apart: int, said: str) -> None:
    """Whole units, never more than have passed."""
    assert clock.distance(NEW_YEAR + 1 + apart, NEW_YEAR + 1) == said


def test_an_end_that_is_today_is_today() -> None:
    """An end date holds through its last microsecond: hours would be right, and nobody counts so."""
    noon = NEW_YEAR - 12 * HOUR
    assert clock.distance(NEW_YEAR, noon) == "today"
    assert clock.distance(NEW_YEAR + DAY, noon) == "in 1 day"
    assert clock.distance(NEW_YEAR - DAY, noon) == "12 hours ago"


def test_seven_days_are_seven_days_while_they_are_being_read() -> None:
    """And not six, as whole units would have it from the first second on; the last moment of a day is none too late."""
    given_at = NEW_YEAR + 1 + HOUR
    assert clock.distance(given_at + 7 * DAY, given_at + 50 * SECOND) == "in 7 days"
    assert clock.distance(given_at + 7 * DAY, given_at + HOUR) == "in 6 days"
    assert clock.distance(NEW_YEAR + 7 * DAY, NEW_YEAR + 1) == "in 6 days"


@given(MOMENTS, MOMENTS)
def test_a_distance_says_which_way_it_goes(us: int, now: int) -> None:
    """And is never nought of anything, nor one of a plural."""
    said = clock.distance(us, now)
    assert ("ago" in said or said == "just now") == (us < now)
    words = said.split()
    assert "0" not in words
    assert ("1" in words) == any(word in words for word in ("minute", "hour", "day", "month", "year"))


def test_distances_are_said_in_the_language_in_force() -> None:
    """With the plural form that the language has for the number."""

    class Chinese:
        def gettext(self, message: str, /) -> str:
            return {"today": "今天"}[message]

        def ngettext(self, msgid1: str, msgid2: str, n: int, /) -> str:
            return {"in {n} days": "{n} 天后"}[msgid2]

    i18n.install("zh", Chinese())
    try:
        assert clock.distance(NEW_YEAR, NEW_YEAR - 1) == "今天"
        assert clock.distance(NEW_YEAR, NEW_YEAR - DAY) == "1 天后"
    finally:
        i18n.install("en")


def test_a_day_given_as_a_start_begins_where_the_day_before_ended() -> None:
    """However it was typed, where clocks are put forward, too; the first day of all has none before it."""
    assert clock.start_of_day("2027-01-01", SHANGHAI) == NEW_YEAR + 1
    assert clock.start_of_day("2026/3/29", "Europe/Berlin") == clock.end_of_day("2026-03-28", "Europe/Berlin") + 1
    for typed in ("soon", "2026-02-30", "0001-01-01"):
        with pytest.raises(Invalid) as refused:
            clock.start_of_day(typed, "UTC", field="from")
        assert refused.value.field == "from"


def test_asking_for_the_time_reads_no_zones() -> None:
    """What only needs to know when it is now does not pay for the table of zones."""
    script = "import sys, models.clock; models.clock.now(); print('zoneinfo' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
