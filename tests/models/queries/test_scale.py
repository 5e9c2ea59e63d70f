"""What is read takes no more statements in a large shop than in a small one, and goes through nobody who is not asked for."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sized
from pathlib import Path
from typing import Protocol

import pytest

from models import access_sql, clock, db, shop
from models.queries import (
    access,
    asking,
    audit,
    deciding,
    departments,
    home,
    posture,
    protection,
    review,
    review_findings,
    roles as role_queries,
    separation,
    signed_in,
    staff,
)
from models.queries.staff import StaffFilter
from models.rules.grants import AccessChange, RoleGift
from models.tables import Request, Separation, Staff
from tests.bench.traced import traced
from tests.crowd import crowd
from tests.factories import Founded, signed_in as sign_in, template
from tests.large import holdings, lives, roles, tree
from tests.million import fill

FEW, MANY = 10, 300
ROLES_EACH = 3
SHOWN = 60


class Grown:
    """A shop in which there is so much of everything."""

    def __init__(self, home: Path, number: int) -> None:
        template(home)
        shop.open(home)
        tree(number)
        duties = roles(number)
        crowd(number)
        holdings(duties)
        lives()
        fill(number * 10)
        self.duty = duties[0]
        self.owner = sign_in("owner")
        self.manager = Founded(home, self.owner).person("boss", gave=["manager"], department_id=1)
        self.person = int(Staff.get(Staff.login == "person00003").id)
        self.asking = sign_in("person00003")
        with db.transaction():
            Staff.update(phone="13900139000").where(Staff.login.in_(["owner", "boss"])).execute()  # who has one is asked whose else it is
            Separation.insert(one="chat.receive", other="goods.price.edit", declared_at=clock.now(), declared_by="owner").execute()


class Windowed(Protocol):
    """A list that is read window by window."""

    def count(self) -> int:
        """How many there are."""

    def window(self, offset: int, limit: int) -> Sized:
        """Some of them."""


def window(listing: Windowed) -> None:
    """What a list asks for when it is opened."""
    listing.count()
    listing.window(0, SHOWN)


READS: dict[str, Callable[[Grown], object]] = {
    "home": lambda it: home.today(it.owner),
    "home of a manager": lambda it: home.today(it.manager),
    "home of staff": lambda it: home.today(it.asking),
    "staff": lambda it: window(staff.listing(it.owner)),
    "staff found": lambda it: window(staff.listing(it.owner, StaffFilter(query="z"))),
    "staff of a department": lambda it: window(staff.listing(it.owner, StaffFilter(department_id=1))),
    "departments": lambda it: departments.tree(it.owner),
    "roles": lambda it: role_queries.listed(it.owner),
    "a role": lambda it: role_queries.editing(it.owner, it.duty),
    "whom a role's change affects": lambda it: role_queries.affected(it.owner, 1, ["goods.view"]),
    "roles to give": lambda it: access.offers(it.manager),
    "a preview": lambda it: access.preview_change(it.owner, it.person, AccessChange(give_roles=(RoleGift(it.duty, None),))),
    "who could give it": lambda it: access_sql.grantors(db.rows, "refund.approve", it.person, clock.now()),
    "what to ask for": lambda it: asking.offers(it.asking),
    "requests waiting": lambda it: deciding.waiting(it.manager),
    "posture": lambda it: posture.posture(it.owner),
    "whom a policy meets": lambda it: posture.reach(it.owner),
    "protection": lambda it: window(protection.listing(it.owner, protection.Wanted(finding=posture.HIGH_RISK))),
    "kept apart": lambda it: separation.listed(it.owner),
    "who holds both": lambda it: separation.holders(it.owner, 1),
    "findings": lambda it: review_findings.findings(it.owner),
    "review": lambda it: window(review.people(it.owner)),
    "who is signed in": lambda it: window(signed_in.listing(it.owner)),
    "the log": lambda it: audit.page(it.owner, audit.Wanted()),
}


HOT: dict[str, Callable[[Grown], object]] = {
    name: READS[name] for name in ("home of staff", "a role", "a preview", "roles to give", "departments", "the log")
}
"""Reads that have no business with everybody's rows, or with every entry."""


def statements(shop: Grown, read: Callable[[Grown], object]) -> list[str]:
    """What is asked of the database; the first time, which may fill caches, apart."""
    read(shop)
    with traced() as seen:
        read(shop)
    return seen.texts


@pytest.fixture(scope="module")
def counted(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[int, int]]:
    """How many statements each read takes, in a shop with few and in one with many."""
    found: list[dict[str, int]] = []
    for number in (FEW, MANY):
        grown = Grown(tmp_path_factory.mktemp("grown") / "home", number)
        found.append({name: len(statements(grown, read)) for name, read in READS.items()})
        shop.close()
    return {name: (found[0][name], found[1][name]) for name in READS}


@pytest.mark.parametrize("name", READS)
def test_no_more_is_asked_where_there_are_many(counted: dict[str, tuple[int, int]], name: str) -> None:
    """Ten people, departments and roles, and three hundred: as many statements. One a person would be a second among ten thousand."""
    few, many = counted[name]
    assert few >= 1
    assert many <= few


@pytest.fixture
def grown(tmp_path: Path) -> Iterator[Grown]:
    """A shop that is open."""
    yield Grown(tmp_path / "home", FEW)
    shop.close()


def plan(sql: str) -> list[str]:
    """How SQLite goes about a statement, step by step."""
    numbered = max([int(number) for number in re.findall(r"\?(\d+)", sql)], default=0)
    plain = len(re.findall(r"\?(?!\d)", sql))
    return [str(row[-1]) for row in db.rows(f"EXPLAIN QUERY PLAN {sql}", (1,) * max(numbered, plain))]


@pytest.mark.parametrize("name", HOT)
def test_what_is_asked_all_the_time_goes_through_no_whole_table(grown: Grown, name: str) -> None:
    """Neither everybody's profile nor the whole log is read where some of it is asked for: an index leads there."""
    asked = [sql for sql in statements(grown, HOT[name]) if sql.lstrip().upper().startswith(("SELECT", "WITH")) and ":" not in sql]
    assert asked
    whole = {step: sql for sql in asked for step in plan(sql) if re.fullmatch(r"SCAN (s|staff|e|audit_entry)", step)}
    assert whole == {}


def test_a_list_reads_the_rows_that_it_shows_and_no_others(grown: Grown) -> None:
    """Two rows on the screen are two rows from the database, wherever they stand."""
    listing = staff.listing(grown.owner)
    with traced() as seen:
        rows = listing.window(3, 2)
    assert len(rows) == 2
    assert seen.rows <= 2 + 2 * ROLES_EACH


def test_whose_account_is_whose_is_asked_once_however_many_wait(grown: Grown) -> None:
    """Not once a request: a thousand that waited took a quarter of a minute to be shown."""
    boss = grown.manager.staff_id
    with db.transaction():
        Staff.update(phone="13800138000").where(Staff.id.in_([boss, grown.person])).execute()
        Request.insert_many(
            {"staff": staff_id, "permission": "goods.view", "days": 7, "reason": "x", "asked_at": clock.now(), "status": "open"}
            for staff_id in [grown.person] * 30
        ).execute()
    asked = [sql for sql in statements(grown, READS["requests waiting"]) if "staff.edit" in sql]
    assert len(asked) <= 2
    assert grown.person not in {row.staff_id for row in deciding.waiting(grown.manager)}
    assert grown.person in {row.staff_id for row in deciding.waiting(grown.owner)}
