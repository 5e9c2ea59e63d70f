"""What an access review finds, attacked at its edges: to the microsecond, and only what is somebody's."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from models import clock, db
from models.catalogue import permissions
from models.clock import DAY
from models.errors import Cancelled, NotAllowed
from models.operations import grants, review as operations, roles as role_operations, separation as apart, staff as staff_operations
from models.queries import review_findings, review_lines, review_unused, separation
from models.queries.review_findings import EMPTY, ENDING, LABELS, SEPARATION, UNCONFIRMED, UNPLACED, UNUSED, Finding, FoundRow
from models.rules.grants import AccessChange, ExtraGift
from models.tables import Extra, RoleGrant, Staff
from tests.bench.traced import traced
from tests.crowd import crowd
from tests.factories import Founded
from tests.models.doors import Watch
from tests.models.queries.test_last_use import entry


def rows(found: Finding) -> list[FoundRow]:
    """All of it."""
    return found.window(0, 1000)


def kinds(shop: Founded) -> set[str]:
    """What was found but what lies unused."""
    return {found.kind for found in review_findings.findings(shop.owner)}


def aged(days: float) -> None:
    """Everything was given so many days ago."""
    for table in (RoleGrant, Extra):
        table.update(since=clock.now() - round(days * DAY)).execute()


def unused(shop: Founded) -> set[tuple[str, str]]:
    """Login and code of everything that lies unused."""
    return {(row.login, row.found.code) for row in rows(review_unused.unused(shop.owner))}


# ---- unused


@pytest.fixture
def told(little_shop: Founded, watch: Watch) -> Founded:
    """Bob may approve refunds, given a year ago; programs tell of that as long."""
    little_shop.person("bob", extras=["refund.approve"], department_id=1)
    aged(365)
    entry(clock.now() - 365 * DAY, "somebody", "program.refuse", "permission", "refund.approve")
    return little_shop


def test_what_was_never_used_is_found_where_the_log_can_tell(told: Founded) -> None:
    """Not what it needs, of which no program tells anything."""
    assert unused(told) == {("bob", "refund.approve")}
    (row,) = rows(review_unused.unused(told.owner))
    assert (row.name, row.label, row.found.high, row.found.at) == ("Bob", "Approve refunds", True, None)


@pytest.mark.parametrize(("ago", "found"), [(90 * DAY, True), (90 * DAY - 1, False), (0, False)])
def test_what_was_used_within_90_days_is_not_found(told: Founded, ago: int, found: bool) -> None:
    """To the microsecond; what was used earlier says when."""
    entry(clock.now() - ago, "bob", "program.allow", "permission", "refund.approve")
    assert unused(told) == ({("bob", "refund.approve")} if found else set())
    assert [row.found.at for row in rows(review_unused.unused(told.owner))] == ([clock.now() - ago] if found else [])


@pytest.mark.parametrize(("days", "found"), [(90, True), (89.9, False)])
def test_what_was_given_lately_is_not_found(told: Founded, days: float, found: bool) -> None:
    """Nobody had the time."""
    aged(days)
    assert bool(unused(told)) is found


def test_what_programs_tell_of_only_lately_is_not_found(little_shop: Founded, watch: Watch) -> None:
    """Before, nobody could know."""
    little_shop.person("bob", extras=["refund.approve"])
    aged(365)
    entry(clock.now() - 89 * DAY, "somebody", "program.allow", "permission", "refund.approve")
    assert unused(little_shop) == set()


def test_what_came_into_a_role_lately_is_not_found(little_shop: Founded, watch: Watch) -> None:
    """Though the role was given long ago: its holders have held this for a day."""
    role = role_operations.add(little_shop.owner, "Own", ["staff.freeze"])
    little_shop.person("bob", gave=["Own"])
    aged(365)
    watch.now += 400 * DAY
    aged(365)
    assert unused(little_shop) == {("bob", "staff.freeze")}
    role_operations.edit(little_shop.console, role, None, codes=["staff.freeze", "staff.offboard"])
    assert unused(little_shop) == {("bob", "staff.freeze")}
    watch.now += 90 * DAY
    assert unused(little_shop) == {("bob", "staff.freeze"), ("bob", "staff.offboard")}


def test_a_damaged_entry_hides_nothing(told: Founded) -> None:
    """An entry that is no JSON tells of no role, and stops nobody."""
    for new in ("{broken", "[]", '{"added": 7}', "7"):
        entry(clock.now(), "x", "role.edit", "role", "Own", 1, new=new)
    assert unused(told) == {("bob", "refund.approve")}


def test_what_the_post_bars_is_nobodys(told: Founded) -> None:
    """It was given, and does nothing, so nobody could use it; nor what the catalogue does not know, nor what is the owner's alone."""
    entry(clock.now() - 365 * DAY, "x", "program.allow", "permission", "goods.price.edit")
    entry(clock.now() - 365 * DAY, "x", "program.allow", "permission", "finance.withdraw")
    eve = told.person("eve", post="service")
    for code in ("goods.price.edit", "finance.withdraw", "new.thing"):
        Extra.insert(staff=eve.staff_id, permission=code, since=1, granted_by="owner").execute()
    assert unused(told) == {("bob", "refund.approve")}
    Staff.update(post="operations").where(Staff.login == "eve").execute()
    assert unused(told) == {("bob", "refund.approve"), ("eve", "goods.price.edit")}


def test_who_has_left_lets_nothing_lie(told: Founded) -> None:
    """Nor the owner, who holds everything."""
    staff_operations.leave(told.owner, told.id_of("bob"))
    assert unused(told) == set()


def test_unused_is_what_each_person_is_told(told: Founded) -> None:
    """The same as their lines say, for everybody; the riskiest first, then by login."""
    crowd_of = ["refund.approve", "refund.view", "staff.freeze", "goods.view"]
    for login in ("cat", "dan"):
        told.person(login, extras=crowd_of, gave=["manager"])
    aged(200)
    for code in permissions():
        entry(clock.now() - 200 * DAY, "x", "program.allow", "permission", code)
    entry(clock.now() - 5 * DAY, "cat", "program.allow", "permission", "refund.view")
    now, said = clock.now(), set()
    for login in ("bob", "cat", "dan"):
        for line in review_lines.person(told.owner, told.id_of(login)).lines:
            said |= {(login, given.code) for given in line.unused(now)}
    assert unused(told) == said
    found = rows(review_unused.unused(told.owner))
    assert [row.found.high for row in found] == sorted((row.found.high for row in found), reverse=True)
    assert [row.login for row in found if row.found.high] == sorted(row.login for row in found if row.found.high)


def test_looking_says_how_far_it_is_and_stops(little_shop: Founded) -> None:
    """Window by window; what is stopped finds nothing."""
    crowd(600)
    seen: list[tuple[int, int]] = []
    review_unused.unused(little_shop.owner, lambda done, total: seen.append((done, total)))
    assert seen == [(0, 600), (250, 600), (500, 600), (600, 600)]
    with pytest.raises(Cancelled):
        review_unused.unused(little_shop.owner, cancelled=lambda: len(seen) > 3)


# ---- what is found at once


def test_nothing_is_found_where_nothing_is_wrong(little_shop: Founded) -> None:
    """But for the preset roles that nobody holds yet."""
    assert kinds(little_shop) == {EMPTY}
    assert rows(review_unused.unused(little_shop.owner)) == []


def test_ends_within_14_days(little_shop: Founded, watch: Watch) -> None:
    """Roles and extras, the first end first; of everybody who has not left; until the last instant."""
    now = clock.now()
    little_shop.person("bob", gave=["finance"], extras=["refund.approve"], until=now + 14 * DAY, department_id=1)
    little_shop.person("eve", gave=["warehouse"], until=now + 14 * DAY + 1, department_id=1)
    little_shop.person("dan", gave=["warehouse"], until=now + DAY, department_id=1)
    found = rows(review_findings.of(little_shop.owner, ENDING))
    assert [(row.login, row.label) for row in found] == [("dan", "Warehouse"), ("bob", "Finance"), ("bob", "Approve refunds")]
    assert [row.label for row in found if row.found.high] == ["Approve refunds"]
    assert review_findings.of(little_shop.owner, ENDING).high() == 1
    watch.now += DAY + 1
    assert "dan" not in {row.login for row in rows(review_findings.of(little_shop.owner, ENDING))}
    staff_operations.leave(little_shop.console, little_shop.id_of("bob"))
    assert {row.login for row in rows(review_findings.of(little_shop.owner, ENDING))} == {"eve"}


def test_not_confirmed_for_a_year(little_shop: Founded, watch: Watch) -> None:
    """Counted from when it was given, then from when it was confirmed."""
    little_shop.person("bob", gave=["finance"], department_id=1)
    watch.now += 365 * DAY - 1
    assert UNCONFIRMED not in kinds(little_shop)
    watch.now += DAY
    (row,) = rows(review_findings.of(little_shop.owner, UNCONFIRMED))
    assert row.found.grant is not None
    operations.confirm(little_shop.owner, [row.found.grant])
    assert UNCONFIRMED not in kinds(little_shop)
    watch.now += 365 * DAY
    assert UNCONFIRMED in kinds(little_shop)


def test_in_no_department(little_shop: Founded) -> None:
    """Not the owner, and nobody who has left."""
    little_shop.person("bob", department_id=1)
    little_shop.person("eve")
    little_shop.person("gone")
    staff_operations.leave(little_shop.owner, little_shop.id_of("gone"))
    (row,) = rows(review_findings.of(little_shop.owner, UNPLACED))
    assert (row.login, row.label, row.found.at, row.found.grant) == ("eve", "", None, None)


def test_roles_that_nobody_holds(little_shop: Founded, watch: Watch) -> None:
    """One is held again by who was given it, and by nobody once they have left, or once it has ended; a closed one is no matter."""
    own = role_operations.add(little_shop.owner, "Own", ["goods.view"])
    little_shop.person("bob", gave=["Own", "finance"], until=clock.now() + DAY)
    assert {"Own", "Finance"}.isdisjoint(row.label for row in rows(review_findings.of(little_shop.owner, EMPTY)))
    watch.now += 2 * DAY
    assert {"Own", "Finance"} <= {row.label for row in rows(review_findings.of(little_shop.owner, EMPTY))}
    role_operations.close(little_shop.owner, own, None)
    found = review_findings.of(little_shop.owner, EMPTY)
    assert "Own" not in {row.label for row in rows(found)}
    assert found.people() == 0


def test_what_is_kept_apart_and_held_together(little_shop: Founded) -> None:
    """Both are named; it is high-risk where one of the two is."""
    little_shop.person("bob", extras=["refund.approve", "finance.bill.view"], department_id=1)
    apart.declare(little_shop.owner, "refund.approve", "finance.bill.view")
    (row,) = rows(review_findings.of(little_shop.owner, SEPARATION))
    assert (row.login, row.found.high) == ("bob", True)
    assert row.label in {"Approve refunds + View bills", "View bills + Approve refunds"}
    (violation,) = separation.violations(little_shop.owner)
    assert row.found.at == violation.until
    with traced() as seen:
        review_findings.of(little_shop.owner, SEPARATION)
    assert not [sql for sql in seen.texts if "granted_by" in sql]  # what they come through stands on another screen


def test_findings_are_read_window_by_window(little_shop: Founded) -> None:
    """Each row has its place, whatever it is about; what is gone has none."""
    crowd(200)
    db.database.execute_sql("UPDATE staff SET department_id = NULL")
    grants.change(little_shop.owner, 2, AccessChange(give_extras=(ExtraGift("goods.view", clock.now() + DAY),)))
    for found in review_findings.findings(little_shop.owner):
        every = rows(found)
        assert len(every) == found.count()
        assert [found.position(row.key) for row in every] == list(range(found.count()))
        assert found.window(1, 2) == every[1:3]
        assert found.position("nobody") is None
        assert found.kind in LABELS
    assert found.count()


@pytest.mark.parametrize(
    "read", [review_findings.findings, review_unused.unused, lambda actor: review_findings.of(actor, EMPTY)], ids=["all", UNUSED, "one"]
)
def test_findings_take_audit_view_all(little_shop: Founded, read: Callable[..., object]) -> None:
    """Whoever manages people does not hold it by that."""
    meg = little_shop.person("meg", extras=["staff.manage", "audit.view"])
    with pytest.raises(NotAllowed):
        read(meg)
