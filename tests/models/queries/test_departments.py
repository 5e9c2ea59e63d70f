"""Reading the tree."""

from __future__ import annotations

import time

import pytest

from models import db, i18n
from models.errors import NotAllowed, SessionEnded, Unknown
from models.operations import departments, sessions, staff as operations
from models.queries import departments as queries, staff
from models.queries.staff import StaffFilter
from tests.factories import Founded


@pytest.fixture
def night(little_shop: Founded) -> int:
    """A night shift below customer service, with two people in it; three more in customer service, one of whom left."""
    service = queries.find("Customer service")
    department = departments.add(little_shop.owner, "Night shift", service)
    for login, place in {"bob": service, "carol": service, "dan": department, "eve": department, "gone": service}.items():
        little_shop.person(login, department_id=place, status="invited" if login == "carol" else "active")
    operations.leave(little_shop.owner, little_shop.id_of("gone"))
    return department


def test_people_are_counted_where_they_are_and_above(little_shop: Founded, night: int) -> None:
    """Invited ones too, who left not; the owner stands directly below the shop."""
    tree = queries.tree(little_shop.owner)
    assert (tree.total, tree.unplaced) == (5, 1)
    counts = {row.label: (row.own, row.total, row.depth) for row in tree.rows}
    assert counts["Customer service"] == (2, 4, 0)
    assert counts["Night shift"] == (2, 2, 1)
    assert counts["Finance"] == (0, 0, 0)
    assert next(row.id for row in tree.rows if row.label == "Night shift") == night
    assert [row.label for row in tree.rows][:2] == ["Customer service", "Night shift"]


def test_presets_are_called_by_the_readers_language_and_the_other_beside(little_shop: Founded) -> None:
    """Until they are renamed; a department's own name is one and the same."""
    departments.rename(little_shop.owner, queries.find("Finance"), 1, "Money")
    departments.add(little_shop.owner, "夜班")
    assert [(row.label, row.also) for row in queries.tree(little_shop.owner).rows] == [
        ("Customer service", "客服部"), ("Operations", "运营部"), ("Warehouse", "仓储部"), ("Money", ""), ("夜班", ""),
    ]  # fmt: skip
    i18n.install("zh")
    try:
        first = queries.tree(little_shop.owner).rows[0]
        assert (first.label, first.also) == ("客服部", "Customer service")
    finally:
        i18n.install("en")


@pytest.mark.parametrize("path", ["Customer service/Night shift", "客服部/night SHIFT", " customer service / Night  shift/"])
def test_a_department_is_found_by_its_path_in_either_language(night: int, path: str) -> None:
    """As the command line and a file name it."""
    assert queries.find(path) == night


@pytest.mark.parametrize("path", ["", "/", "Night shift", "Customer service/Day shift", "Customer service/Night shift/x"])
def test_a_path_to_nowhere_is_unknown(night: int, path: str) -> None:
    """Also the empty one: it names no department."""
    with pytest.raises(Unknown):
        queries.find(path)


def test_the_detail_has_the_path_and_what_is_right_below(little_shop: Founded, night: int) -> None:
    """And nothing of what was closed."""
    shown = queries.detail(little_shop.owner, night)
    assert (shown.path, shown.children, shown.row.parent_id) == ("Customer service/Night shift", (), queries.find("Customer service"))
    assert [row.id for row in queries.detail(little_shop.owner, queries.find("Customer service")).children] == [night]
    for login in ("dan", "eve"):
        operations.move(little_shop.owner, little_shop.id_of(login), None)
    departments.close(little_shop.owner, night, 1)
    with pytest.raises(Unknown):
        queries.detail(little_shop.owner, night)
    assert queries.paths()[night] == "Customer service/Night shift"


def test_people_are_listed_with_those_below_or_alone(little_shop: Founded, night: int) -> None:
    """Directly below the shop stands who is in no department."""

    def logins(wanted: StaffFilter) -> list[str]:
        found = staff.listing(little_shop.owner, wanted)
        rows = found.window(0, 100)
        assert found.count() == len(rows)
        assert [found.position(row.id) for row in rows] == list(range(len(rows)))
        return [row.login for row in rows]

    service = queries.find("Customer service")
    assert logins(StaffFilter(department_id=service)) == ["bob", "carol", "dan", "eve"]
    assert logins(StaffFilter(department_id=service, own=True)) == ["bob", "carol"]
    assert logins(StaffFilter(own=True)) == ["owner"]
    assert logins(StaffFilter(department_id=night, own=True, query="ev")) == ["eve"]


def test_reading_the_tree_takes_a_permission_and_a_session(little_shop: Founded) -> None:
    """Whoever may not see who works here sees no departments either."""
    bob = little_shop.person("bob")
    carol = little_shop.person("carol", extras=["staff.view"])
    for read in (queries.tree, lambda actor: queries.detail(actor, 1)):
        with pytest.raises(NotAllowed):
            read(bob)
        read(carol)
    sessions.sign_out(carol)
    with pytest.raises(SessionEnded):
        queries.tree(carol)


def test_three_hundred_departments_are_read_at_once(little_shop: Founded) -> None:
    """In a number of statements that does not grow with them; the limit in time is far above what it takes."""
    db.write_many(
        "INSERT INTO department (version, parent_id, name, position) VALUES (1, ?, ?, ?)",
        [(None if number < 30 else number % 30 + 5, f"Department {number}", number) for number in range(300)],
    )
    started = time.perf_counter()
    tree = queries.tree(little_shop.owner)
    assert time.perf_counter() - started < 0.5
    assert len(tree.rows) == 304
    assert max(row.depth for row in tree.rows) == 1
