"""What judging one person costs among 10,000, beside the same SQL by hand: `python -m tests.bench.access`."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import process_time
from typing import Final

from models import access_sql, clock, db, shop
from models.catalogue import permissions
from models.queries._reading import held_by_person
from models.rules.access import explained
from tests.factories import template

PEOPLE, CALLS, ROUNDS = 10_000, 500, 15
ONE: Final = 5_007
BUDGET: Final = 2.0

_STAFF = """
    INSERT INTO staff (id, version, login, name, nickname, number, phone, email, post, status, is_owner, pinyin, initials, search,
                       created_at, created_by, activated_at)
    VALUES (?, 1, ?, ?, '', '', '', '', 'operations', 'active', 0, '', '', ?, ?, 'owner', ?)
"""
_GRANT = "INSERT INTO role_grant (staff_id, role_id, since, until, granted_by) VALUES (?, ?, ?, NULL, 'owner')"
_DISTINCT = """
    SELECT p.permission FROM role_grant g JOIN role_permission p ON p.role_id = g.role_id
    WHERE g.staff_id = ?1 AND g.ended_at IS NULL AND g.since <= ?2 AND (g.until IS NULL OR g.until >= ?2)
    UNION SELECT permission FROM extra WHERE staff_id = ?1 AND ended_at IS NULL AND since <= ?2 AND (until IS NULL OR until >= ?2)
"""
"""Bare codes, without where they come from, what bars them or until when."""


def fill() -> None:
    """Ten thousand people with three roles each."""
    now, ids = clock.now(), range(2, PEOPLE + 2)
    with db.transaction():
        db.write_many(_STAFF, [(staff_id, f"p{staff_id}", f"P {staff_id}", f"p{staff_id}", now, now) for staff_id in ids])
        db.write_many(_GRANT, [(staff_id, (staff_id + step) % 9 + 1, now) for staff_id in ids for step in (0, 3, 5)])


def timed(work: Callable[[], object]) -> float:
    """Microseconds a call."""
    start = process_time()
    for _ in range(CALLS):
        work()
    return (process_time() - start) / CALLS * 1e6


def main() -> None:
    """Measure and print."""
    with TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        template(home)
        shop.open(home)
        fill()
        bare = sqlite3.connect(home / db.FILE_NAME, isolation_level=None)
        person = access_sql.person(db.rows(access_sql.PERSON_BY_ID, (ONE,))[0], db.rows, clock.now())
        now = clock.now()
        works: dict[str, Callable[[], object]] = {
            "its SQL by hand": lambda: bare.execute(access_sql.GIVEN, (ONE,)).fetchall(),
            "what one person may use now": lambda: held_by_person(person, ONE, now),
            "its SQL by hand, with the why": lambda: bare.execute(access_sql.HOLDINGS, (ONE,)).fetchall(),
            "everything, with its why": lambda: explained(
                person, access_sql.sources(db.rows(access_sql.HOLDINGS, (ONE,))), permissions(), now
            ),
            "codes alone by hand": lambda: bare.execute(_DISTINCT, (ONE, now)).fetchall(),
        }
        rounds = [{name: timed(work) for name, work in works.items()} for _ in range(ROUNDS)]
        bare.close()
        shop.close()
    beside = {"what one person may use now": "its SQL by hand", "everything, with its why": "its SQL by hand, with the why"}
    for name in works:
        microseconds = min(each[name] for each in rounds)
        line = f"{name:<32}{microseconds:>8.0f} µs"
        if name in beside:
            ratio = median(each[name] / each[beside[name]] for each in rounds)
            line += f"  × {ratio:4.2f}  (budget {BUDGET:.2f})"
        print(line)


if __name__ == "__main__":
    main()
