"""The log with 10,000 and with 1,000,000 entries: `python -m tests.bench.audit`.

Opening it, each filter, combinations, pages deep down, searches; medians in milliseconds, with the ratio. Every one is held to its time;
where a page is full in both, what takes longer with a million than the ratio allows is marked, too. Where the short log has not even a page
of it, the ratio says little; a search in the texts of acts in other programs stops after a while and says how far it looked (`…`). Then
how fast the log is taken out.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Final

from models import clock, db, shop
from models.actor import Actor
from models.clock import DAY
from models.operations import log_export
from models.queries import audit
from models.queries.audit import Page, Wanted
from tests.factories import CONSOLE, Founded, signed_in
from tests.million import long_log

COUNTS: Final = (10_000, 1_000_000)
PEOPLE: Final = 2_000
BUDGET_MS: Final = 100.0
RATIO: Final = 1.2
SLACK_MS: Final = 10.0
"""Less than this is as quick to anybody: a page that has nothing on it takes a millisecond."""

ROUNDS: Final = 5
SOME: Final = "person00050"


def filters(now: int, small: int, large: int) -> dict[str, Wanted]:
    """What is asked for, by name; departments of three and of a thousand people."""
    ten_days = Wanted(since=now - 190 * DAY, until=now - 180 * DAY)
    return {
        "open": Wanted(),
        "person": Wanted(by=SOME),
        "person who manages": Wanted(by="person00003"),
        "nobody": Wanted(by="nobody"),
        "department of 3": Wanted(department_id=small),
        "department of 1,000": Wanted(department_id=large),
        "area": Wanted(area="access"),
        "area without entries": Wanted(area="requests"),
        "action": Wanted(action="policy.edit"),
        "risk high": Wanted(risk="high"),
        "risk low": Wanted(risk="low"),
        "object": Wanted(kind="staff", thing_id=50),
        "kind of object": Wanted(kind="role"),
        "last 7 days": Wanted(since=now - 7 * DAY),
        "10 days, long ago": ten_days,
        "half of the time": Wanted(since=now - 182 * DAY),
        "department of 3, area": Wanted(department_id=small, area="roles"),
        "department of 1,000, area": Wanted(department_id=large, area="roles"),
        "department of 1,000, risk": Wanted(department_id=large, risk="high"),
        "department of 1,000, action, none": Wanted(department_id=large, action="owner.offer"),
        "department of 1,000, kind": Wanted(department_id=large, kind="role"),
        "person, action": Wanted(by=SOME, action="staff.freeze"),
        "object, action": Wanted(kind="staff", thing_id=1, action="role.edit"),
        "risk, 10 days": ten_days._replace(risk="high"),
        "everything at once": ten_days._replace(department_id=large, risk="high", area="access", kind="staff"),
        "everything at once, none": ten_days._replace(department_id=large, risk="high", area="log", kind="role", by=SOME),
        "search a name": Wanted(words="zhang"),
        "search a login": Wanted(words=SOME),
        "search an act": Wanted(words="froze"),
        "search a permission": Wanted(words="goods.view"),
        "search a text": Wanted(words="teapot"),
        "search, none": Wanted(words="qqqxyz"),
        "search, 7 days, none": Wanted(words="qqqxyz", since=now - 7 * DAY),
        "search, action": Wanted(words="zhang", action="policy.edit"),
    }


def measured(read: Callable[[], Page]) -> tuple[float, Page]:
    """Milliseconds, and what came."""
    spent, page = [], read()
    for _ in range(ROUNDS):
        begin = perf_counter()
        page = read()
        spent.append((perf_counter() - begin) * 1000)
    return median(spent), page


def reads() -> dict[str, Callable[[], Page]]:
    """What is measured on the shop that is open."""
    small, large = (row[0] for row in db.rows("SELECT id FROM department ORDER BY id LIMIT 2"))
    with db.transaction():
        db.write_many("UPDATE staff SET department_id = CASE WHEN id <= 4 THEN ? WHEN id <= 1004 THEN ? ELSE NULL END", [(small, large)])
    Founded(db.home(), CONSOLE).person("lead", extras=["audit.view"], department_id=large)
    actors: dict[str, Actor] = {f"{login}'s ": signed_in(login, ages=True) for login in ("owner", "lead")}
    found: dict[str, Callable[[], Page]] = {}
    for name, wanted in filters(clock.now(), small, large).items():
        found[name] = partial(audit.page, CONSOLE, wanted)
    for whose, actor in actors.items():
        for name, wanted in (("open", Wanted()), ("risk high", Wanted(risk="high")), ("search a name", Wanted(words="zhang"))):
            found[f"{whose}{name}"] = partial(audit.page, actor, wanted)
    ((newest,),) = db.rows("SELECT max(seq) FROM audit_entry")
    found["page at the middle"] = partial(audit.page, CONSOLE, Wanted(), newest // 2)
    found["page at the middle, department"] = partial(audit.page, CONSOLE, Wanted(department_id=large), newest // 2)
    found["page at the middle, area"] = partial(audit.page, CONSOLE, Wanted(area="roles"), newest // 2)
    found["page at the end, risk"] = partial(audit.page, CONSOLE, Wanted(risk="high"), 2_000)
    return found


def main() -> int:
    """Measure and print; 1 where a budget is broken."""
    times: dict[str, list[float]] = {}
    partly: set[str] = set()
    stopped: set[str] = set()
    with TemporaryDirectory() as folder:
        for count in COUNTS:
            home = Path(folder) / str(count)
            begin = perf_counter()
            long_log(home, count, PEOPLE)
            print(f"{count:,} entries written in {perf_counter() - begin:.0f} s", flush=True)
            shop.open(home)
            try:
                for name, read in reads().items():
                    spent, page = measured(read)
                    times.setdefault(name, []).append(spent)
                    stopped |= {name} if page.searched_to is not None else set()
                    partly |= {name} if not page.more else set()
                if count == COUNTS[-1]:
                    taken_out(count)
            finally:
                shop.close()
    return told(times, stopped, partly)


def told(times: dict[str, list[float]], stopped: set[str], partly: set[str]) -> int:
    """Print what was measured; 1 where something took too long.

    Args:
        stopped: what stopped before it had found enough.
        partly: what has less than a page in one of both logs.
    """
    bad = 0
    print(f"\n{'':<36}" + "".join(f"{count:>14,}" for count in COUNTS) + f"{'ratio':>8}")
    for name, (short, long) in times.items():
        bad += long > BUDGET_MS
        slower = name not in stopped | partly and long > max(short * RATIO, SLACK_MS)
        mark = "  too slow" if long > BUDGET_MS else "  slower" if slower else " …" if name in stopped else ""
        print(f"{name:<36}{short:>11.1f} ms{long:>11.1f} ms{long / short:>8.2f}{mark}")
    print(f"limits: {BUDGET_MS:.0f} ms each; {RATIO} times as long as with {COUNTS[0]:,}, or {SLACK_MS:.0f} ms")
    return int(bad > 0)


def taken_out(count: int) -> None:
    """How fast the log leaves."""
    for form in ("json", "csv", "html"):
        begin = perf_counter()
        file = log_export.put_into_outbox(CONSOLE, form)
        spent, size = perf_counter() - begin, file.stat().st_size
        file.unlink()
        print(f"taken out as {form}: {count / spent:,.0f} entries a second, {size / 1e6:.0f} MB in {spent:.0f} s", flush=True)


if __name__ == "__main__":
    sys.exit(main())
