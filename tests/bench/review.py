"""What the access review costs in a large shop: `python -m tests.bench.review [ENTRIES]`.

Ten thousand people, 500 roles of 17 permissions, three roles and an extra each, a million entries.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from itertools import count
from pathlib import Path
from random import Random
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Final

from models import clock, db, shop
from models.catalogue import permissions
from models.clock import DAY
from models.queries import review, review_export, review_findings, review_lines, review_page, review_unused
from models.rules.handing_out import as_csv, as_json
from tests.crowd import crowd
from tests.factories import CONSOLE, template
from tests.million import fill

PEOPLE, ROLES, ENTRIES, ROUNDS = 10_000, 500, 1_000_000, 7

_ROLE: Final = "INSERT INTO role (version, name) VALUES (1, ?)"
_INSIDE: Final = "INSERT INTO role_permission (role_id, permission) SELECT id, ? FROM role WHERE name = ?"
_GRANT: Final = "INSERT OR IGNORE INTO role_grant (staff_id, role_id, since, until, granted_by) VALUES (?, ?, ?, ?, 'owner')"
_EXTRA: Final = "INSERT INTO extra (staff_id, permission, since, granted_by) VALUES (?, ?, ?, 'owner')"


def populate(entries: int) -> None:
    """People, roles, grants that are old enough to lie unused, and the log."""
    crowd(PEOPLE)
    chance, codes, now = Random(4), [code for code, each in permissions().items() if not each.owner_only], clock.now()
    with db.transaction():
        db.write_many(_ROLE, [(f"Role {number}",) for number in range(ROLES)])
        db.write_many(_INSIDE, [(code, f"Role {number}") for number in range(ROLES) for code in chance.sample(codes, 17)])
        roles = [row[0] for row in db.rows("SELECT id FROM role")]
        people = [row[0] for row in db.rows("SELECT id FROM staff WHERE is_owner = 0")]
        ends = [None] * 5 + [now + 9 * DAY]
        db.write_many(
            _GRANT, [(person, chance.choice(roles), now - 400 * DAY, chance.choice(ends)) for person in people for _time in range(2)]
        )
        db.write_many(_EXTRA, [(person, chance.choice(codes), now - 100 * DAY) for person in people])
    fill(entries)


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Milliseconds: the median, and the slowest."""
    spent = []
    for _round in range(ROUNDS):
        begin = perf_counter()
        work()
        spent.append((perf_counter() - begin) * 1000)
    return median(spent), max(spent)


def main() -> None:
    """Measure and print."""
    entries = int(sys.argv[1]) if len(sys.argv) > 1 else ENTRIES
    with TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        founded_at = clock.now() - 400 * DAY
        clock.set_clock(lambda: founded_at)
        template(home)
        clock.set_clock(None)
        shop.open(home)
        populate(entries)
        report()
        shop.close()


def report() -> None:
    """One line a read."""
    places = count(0, 977)
    people, holders = review.people(CONSOLE), review.holders(CONSOLE, "refund.approve")
    found = {each.kind: each for each in review_findings.findings(CONSOLE)}
    lies = review_unused.unused(CONSOLE)
    works: dict[str, Callable[[], object]] = {
        "open: people, riskiest first": lambda: review.people(CONSOLE).window(0, 60),
        "open: people found by a letter": lambda: review.people(CONSOLE, review.Wanted("zh")).window(0, 60),
        "a page of people": lambda: people.window(next(places) % PEOPLE, 60),
        "one person": lambda: review_lines.person(CONSOLE, 2 + next(places) % PEOPLE),
        "by permission": lambda: review.by_permission(CONSOLE),
        "open: who may approve refunds": lambda: review.holders(CONSOLE, "refund.approve").window(0, 60),
        "a page of them": lambda: holders.window(next(places) % holders.count(), 60),
        "how much was confirmed": lambda: review.coverage(CONSOLE),
        "findings but what lies unused": lambda: review_findings.findings(CONSOLE),
        "a page of what ends": lambda: found[review_findings.ENDING].window(next(places) % 1000, 60),
        "what lies unused (in a worker)": lambda: review_unused.unused(CONSOLE),
        "a page of that": lambda: lies.window(next(places) % lies.count(), 60),
    }
    for name, work in works.items():
        middle, worst = timed(work)
        print(f"{name:<34}{middle:>9.1f} ms, at most {worst:>8.1f} ms", flush=True)
    print(f"{lies.count():,} permissions lie unused with {lies.people():,} people; {review.coverage(CONSOLE).lines:,} lines")
    forms = {
        "CSV": lambda: as_csv(review_export.rows(CONSOLE), review_export.COLUMNS),
        "JSON": lambda: as_json(review_export.rows(CONSOLE)),
        "HTML": lambda: review_page.html(CONSOLE),
    }
    for form, pieces in forms.items():
        begin = perf_counter()
        written = sum(len(piece) for piece in pieces())
        print(f"export as {form}: {perf_counter() - begin:.1f} s, {written / 1e6:.0f} MB", flush=True)


if __name__ == "__main__":
    main()
