"""Many people, made at once: for what has to be as quick with ten thousand of them as with a hundred.

They are written straight into the tables, with a role each and a department each; everything else about them is as onboarding leaves it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from models import clock, db, shop
from models.rules.finding import search_text
from tests.factories import template

SURNAMES: Final = (
    ("张", "zhang"),
    ("王", "wang"),
    ("李", "li"),
    ("赵", "zhao"),
    ("刘", "liu"),
    ("陈", "chen"),
    ("杨", "yang"),
    ("黄", "huang"),
)
GIVEN: Final = (
    ("三", "san"),
    ("伟", "wei"),
    ("芳", "fang"),
    ("娜", "na"),
    ("敏", "min"),
    ("静", "jing"),
    ("丽", "li"),
    ("强", "qiang"),
    ("磊", "lei"),
)

_PERSON: Final = """
    INSERT INTO staff (version, nickname, email, login, name, number, phone, department_id, post, status, is_owner,
                       pinyin, initials, search, created_at, created_by, activated_at)
    VALUES (1, '', '', ?, ?, ?, ?, ?, ?, 'active', 0, ?, ?, ?, ?, 'console:tester', ?)
"""
_ROLE: Final = """
    INSERT INTO role_grant (staff_id, role_id, since, granted_by)
    SELECT s.id, 1 + s.id % 7, ?, 'console:tester' FROM staff s WHERE s.is_owner = 0
"""


@contextmanager
def founded_ago(home: Path, days: int) -> Iterator[None]:
    """A shop in `home`, open, at a clock that stands still so many days ago until somebody sets it; at the end it is closed."""
    since = clock.now() - days * clock.DAY
    clock.set_clock(lambda: since)
    try:
        template(home)
        shop.open(home)
        try:
            yield
        finally:
            shop.close()
    finally:
        clock.set_clock(None)


def crowd(count: int) -> None:
    """Bring `count` people into the shop that is open and has nobody but its owner: `person00001` on, in turns of names and departments."""
    now = clock.now()
    departments = [row[0] for row in db.rows("SELECT id FROM department ORDER BY id")]
    people = []
    for place in range(1, count + 1):
        surname, given, other = SURNAMES[place % 8], GIVEN[place // 8 % 9], GIVEN[place // 72 % 9]
        names = (surname, given) if place % 3 else (surname, given, other)
        name, full = "".join(one for one, _ in names), f"{surname[1]} {''.join(part for _, part in names[1:])}"
        initials = "".join(part[0] for _, part in names)
        login, number, phone = f"person{place:05}", f"A-{place:05}", f"138{place:08}"
        search = search_text(login, name, "", number, phone, full, initials)
        post = "service" if place % 2 else "operations"
        people.append((login, name, number, phone, departments[place % len(departments)], post, full, initials, search, now, now))
    with db.transaction():
        db.write_many(_PERSON, people)
        db.write_many(_ROLE, [(now,)])
