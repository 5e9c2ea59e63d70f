"""What the home screen reads: what is due, with whom, as far as the reader can do something about it."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

import pytest

from models import access_sql, catalogue, clock, db
from models.actor import Actor
from models.catalogue import permissions
from models.errors import OutOfReach, SessionEnded
from models.operations import codes, departments, departures, drafts, sessions, staff as operations
from models.queries import due, home, staff
from models.queries._reading import held_by
from models.queries.staff import StaffFilter
from models.rules import delegation
from models.rules.access import potential
from models.tables import Staff
from tests.chats import CUSTOMER, STAFF, conversation
from tests.factories import DAY, STRANGER, Founded, signed_in

NARROW = ("staff.view", "staff.manage", "goods.view", "trade.order.view")


def kinds(actor: Actor) -> dict[str, int]:
    """What is due, and with how many."""
    return {each.kind: each.number for each in home.today(actor).due}


def names(actor: Actor, kind: str) -> list[str]:
    """Who is named as due in a way."""
    return [person.name for each in home.today(actor).due if each.kind == kind for person in each.first]


def silently_active(shop: Founded, login: str, days: int) -> None:
    """Somebody whose account was activated so many days ago and who never signed in."""
    shop.person(login)
    with db.transaction():
        db.database.execute_sql("UPDATE staff SET activated_at = ?, signed_in_at = NULL WHERE login = ?", (clock.now() - days * DAY, login))


def test_a_shop_where_nobody_was_onboarded_is_fresh(little_shop: Founded) -> None:
    """For whoever can change that; nothing else is due in it, not even heads of departments."""
    shown = home.today(little_shop.owner)
    assert shown.is_fresh
    assert (shown.due, shown.headless, shown.own, shown.draft) == ((), None, None, None)
    little_shop.person("alice")
    assert not home.today(little_shop.owner).is_fresh
    operations.leave(little_shop.owner, little_shop.id_of("alice"))
    assert not home.today(little_shop.owner).is_fresh


def test_a_code_is_due_two_days_before_it_runs_out(little_shop: Founded) -> None:
    """And from then on, until it is used or renewed; the first to run out is named first."""
    now = clock.now()
    clock.set_clock(lambda: now)
    for login in ("alice", "bob"):
        little_shop.person(login, status="invited")
    codes.renew(little_shop.owner, little_shop.id_of("bob"), days=3)
    assert due.CODE not in kinds(little_shop.owner)
    clock.set_clock(lambda: now + DAY - 1)
    assert due.CODE not in kinds(little_shop.owner)
    clock.set_clock(lambda: now + DAY)
    assert names(little_shop.owner, due.CODE) == ["Bob"]
    clock.set_clock(lambda: now + 5 * DAY)
    assert names(little_shop.owner, due.CODE) == ["Bob", "Alice"]
    codes.renew(little_shop.owner, little_shop.id_of("bob"))
    assert names(little_shop.owner, due.CODE) == ["Alice"]
    operations.leave(little_shop.owner, little_shop.id_of("alice"))
    assert due.CODE not in kinds(little_shop.owner)


def test_somebody_invited_without_a_code_that_works_is_due(little_shop: Founded) -> None:
    """However it came about: nobody else would notice that they cannot get in."""
    little_shop.person("alice", status="invited")
    with db.transaction():
        db.database.execute_sql("UPDATE one_time_code SET void_at = ?", (clock.now(),))
    assert names(little_shop.owner, due.CODE) == ["Alice"]
    assert home.today(little_shop.owner).due[0].first[0].at is None


def test_the_frozen_are_due_while_they_hold_something(little_shop: Founded) -> None:
    """Somebody should unfreeze them, or let them go; whose grants are over or taken back is no risk."""
    now = clock.now()
    clock.set_clock(lambda: now)
    little_shop.person("alice", gave=["customer_service"])
    little_shop.person("bob", extras=["goods.view"], until=now + DAY)
    little_shop.person("carol")
    for login in ("alice", "bob", "carol"):
        operations.freeze(little_shop.owner, little_shop.id_of(login))
    assert sorted(names(little_shop.owner, due.FROZEN)) == ["Alice", "Bob"]
    clock.set_clock(lambda: now + DAY + 1)
    assert names(little_shop.owner, due.FROZEN) == ["Alice"]


def test_access_that_ends_within_two_weeks_is_due(little_shop: Founded) -> None:
    """Roles and extras alike, the first end first; what is without end, over, or later is not."""
    now = clock.now()
    clock.set_clock(lambda: now)
    little_shop.person("alice", gave=["customer_service"], until=now + 14 * DAY)
    little_shop.person("bob", gave=["customer_service"], until=now + 14 * DAY + 1)
    little_shop.person("carol", extras=["goods.view"], until=now + 2 * DAY)
    little_shop.person("dan", gave=["customer_service"])
    little_shop.person("eve", gave=["design"], until=now + DAY)
    operations.leave(little_shop.owner, little_shop.id_of("eve"))
    (ending,) = [each for each in home.today(little_shop.owner).due if each.kind == due.ENDING]
    assert [(person.name, person.at) for person in ending.first] == [("Carol", now + 2 * DAY), ("Alice", now + 14 * DAY)]
    clock.set_clock(lambda: now + 2 * DAY + 1)
    assert names(little_shop.owner, due.ENDING) == ["Alice", "Bob"]


def test_who_never_signed_in_is_due_after_a_week(little_shop: Founded) -> None:
    """Counted from the activation; signing in once is enough."""
    silently_active(little_shop, "alice", 6)
    assert due.SILENT not in kinds(little_shop.owner)
    silently_active(little_shop, "bob", 7)
    assert names(little_shop.owner, due.SILENT) == ["Bob"]
    with db.transaction():
        db.database.execute_sql("UPDATE staff SET signed_in_at = 1 WHERE login = 'bob'")
    assert due.SILENT not in kinds(little_shop.owner)


def test_people_belong_into_departments(little_shop: Founded) -> None:
    """The owner does not; who left does not either."""
    department = db.row("SELECT id FROM department")
    assert department is not None
    little_shop.person("alice", department_id=department[0])
    little_shop.person("bob")
    little_shop.person("carol")
    operations.leave(little_shop.owner, little_shop.id_of("carol"))
    assert names(little_shop.owner, due.UNPLACED) == ["Bob"]


def test_departments_with_people_want_a_head(little_shop: Founded) -> None:
    """Empty and closed ones do not; only whoever manages departments is told."""
    places = [row[0] for row in db.rows("SELECT id FROM department ORDER BY id")]
    little_shop.person("alice", department_id=places[1])
    little_shop.person("bob", department_id=places[2])
    shown = home.today(little_shop.owner).headless
    assert shown is not None
    assert (shown.number, [each.id for each in shown.first]) == (2, places[1:3])
    departments.set_head(little_shop.owner, places[2], 1, little_shop.id_of("bob"))
    shown = home.today(little_shop.owner).headless
    assert shown is not None
    assert [each.name for each in shown.first] == ["Operations"]
    manager = little_shop.person("carol", extras=["staff.view", "staff.manage"])
    assert home.today(manager).headless is None


def test_three_are_named_and_all_are_counted(little_shop: Founded) -> None:
    """However many there are, one line has to do."""
    for place in range(5):
        little_shop.person(f"person{place}")
    (unplaced,) = [each for each in home.today(little_shop.owner).due if each.kind == due.UNPLACED]
    assert (unplaced.number, len(unplaced.first)) == (5, home.NAMED)


def test_nobody_is_told_of_what_others_have_to_do(little_shop: Founded) -> None:
    """Staff without administration see their own; each permission shows just what it lets one act on."""
    little_shop.person("dan", gave=["customer_service"], status="invited")
    operations.freeze(little_shop.owner, little_shop.id_of("dan"))
    little_shop.person("eve")
    plain = little_shop.person("alice", gave=["customer_service"])
    freezing = little_shop.person("bob", gave=["customer_service"], extras=["staff.view", "staff.freeze"])
    assert home.today(plain).due == ()
    assert not home.today(plain).is_fresh
    assert kinds(freezing) == {due.FROZEN: 1}


def test_nobody_is_due_to_themselves_nor_is_the_owner(little_shop: Founded) -> None:
    """They could do nothing about it: nobody changes their own account."""
    now = clock.now()
    manager = little_shop.person("alice", gave=["manager"], until=now + DAY)
    assert kinds(manager) == {}
    assert kinds(little_shop.owner) == {due.ENDING: 1, due.UNPLACED: 1}


def test_whoever_is_out_of_reach_is_left_out(little_shop: Founded) -> None:
    """A narrow manager cannot renew a code of somebody with wider access, so it is not theirs to do."""
    manager = little_shop.person("alice", extras=NARROW)
    little_shop.person("bob", extras=["goods.view"])
    little_shop.person("carol", gave=["design"])
    little_shop.person("dan", gave=["design"], post="operations", until=clock.now() + DAY)
    assert sorted(names(manager, due.UNPLACED)) == ["Bob"]
    assert kinds(manager) == {due.UNPLACED: 1}


@pytest.mark.parametrize("seed", range(4))
def test_reach_in_sql_is_the_rule_of_delegation(little_shop: Founded, seed: int) -> None:
    """By chance: the people whom the statement keeps are those whom `within_reach` lets the actor manage."""
    chance = random.Random(seed)
    roles, codes_ = list(catalogue.preset_roles()), [code for code, each in permissions().items() if not each.owner_only]
    now = clock.now()
    for place in range(25):
        little_shop.person(
            f"person{place}",
            post=chance.choice(["service", "operations"]),
            gave=chance.sample(roles, chance.randrange(3)),
            extras=chance.sample(codes_, chance.randrange(3)),
            until=chance.choice([None, now + DAY]),
            status=chance.choice(["active", "invited"]),
        )
    later = now + chance.choice([0, 2]) * DAY
    clock.set_clock(lambda: later)
    for place in range(5):
        held = set(chance.sample(codes_, chance.randrange(len(codes_)))) | {"staff.view", "staff.manage"}
        actor = little_shop.person(f"manager{place}", extras=held)
        now_held = held_by(actor)
        expected = set()
        for row in db.rows("SELECT id, login, status, post, is_owner, leaves_at FROM staff WHERE is_owner = 0"):
            staff_id, person = row[0], access_sql.person(row, db.rows, clock.now())
            holdings = access_sql.holdings(db.rows(access_sql.HOLDINGS, (staff_id,)))
            try:
                delegation.within_reach(now_held, potential(person, holdings, permissions(), clock.now()))
            except OutOfReach:
                continue
            if staff_id != actor.staff_id:
                expected.add(staff_id)
        found = staff.listing(actor, StaffFilter(due=due.UNPLACED)).window(0, 100)
        assert {row.id for row in found} == expected


def test_the_list_of_staff_shows_just_who_was_counted(little_shop: Founded) -> None:
    """For every way of being due, and with whatever else is searched for."""
    silently_active(little_shop, "alice", 8)
    little_shop.person("bob", gave=["design"], until=clock.now() + DAY)
    little_shop.person("carol", gave=["design"])
    operations.freeze(little_shop.owner, little_shop.id_of("carol"))
    little_shop.person("dan", status="invited")
    codes.renew(little_shop.owner, little_shop.id_of("dan"), days=1)
    departures.plan(little_shop.owner, little_shop.id_of("bob"), clock.day(clock.now() + DAY, "Asia/Shanghai"))
    for each in home.today(little_shop.owner).due:
        listing = staff.listing(little_shop.owner, StaffFilter(due=each.kind))
        assert listing.count() == each.number
        assert {row.id for row in listing.window(0, 9)} >= {person.id for person in each.first}
        assert all(listing.position(person.id) is not None for person in each.first)
    assert set(kinds(little_shop.owner)) == set(due.LABELS)
    assert staff.listing(little_shop.owner, StaffFilter(due=due.CODE, query="alice")).count() == 0


def test_a_draft_is_offered_to_whoever_could_go_on_with_it(little_shop: Founded) -> None:
    """It is one's own; who may no longer onboard is not sent there."""
    manager = little_shop.person("alice", gave=["manager"])
    drafts.keep(manager, home.DRAFT, {"person": {"name": "Carol Li"}})
    shown = home.today(manager).draft
    assert shown is not None
    assert shown.payload == {"person": {"name": "Carol Li"}}
    assert home.today(little_shop.owner).draft is None
    with db.transaction():
        db.database.execute_sql("UPDATE role_grant SET ended_at = 1, ended_by = 'x'")
    assert home.today(manager).draft is None


def test_what_one_has_oneself_is_told_in_short(little_shop: Founded) -> None:
    """Roles that hold now, permissions by area, and what ends within a month."""
    now = clock.now()
    clock.set_clock(lambda: now)
    person = little_shop.person("alice", gave=["design"], until=now + 30 * DAY)
    own = home.today(person).own
    assert own is not None
    assert own.roles == ("Design",)
    assert own.areas == (("goods", 2), ("decoration", 2))
    assert [grant.label for grant in own.ending] == ["Design"]
    clock.set_clock(lambda: now + 30 * DAY + 1)
    assert home.today(person).own == home.Own((), (), ())


def test_what_ends_later_than_in_a_month_is_not_told(little_shop: Founded) -> None:
    """The first end comes first."""
    now = clock.now()
    clock.set_clock(lambda: now)
    person = little_shop.person("alice", gave=["design"], until=now + 30 * DAY + 1)
    with db.transaction():
        for code, days in (("goods.view", 9), ("decor.edit", 3)):
            db.database.execute_sql(
                "INSERT INTO extra (staff_id, permission, since, until, granted_by) VALUES (?, ?, ?, ?, 'owner')",
                (person.staff_id, code, now, now + days * DAY),
            )
    own = home.today(person).own
    assert own is not None
    assert [grant.key for grant in own.ending] == ["decor.edit", "goods.view"]


def test_the_sign_ins_before_this_one_are_shown(little_shop: Founded) -> None:
    """The newest first, three at most, with where they came from; this one is no news."""
    now, actors = clock.now(), []
    for place in range(5):
        clock.set_clock(lambda place=place: now + place)  # type: ignore[misc]  # mypy gives up on a default in a lambda
        actors.append(signed_in("owner", address=f"203.0.113.{place}"))
    actor = actors[-1]
    shown = home.today(actor).sign_ins
    assert [row.address for row in shown] == ["203.0.113.3", "203.0.113.2", "203.0.113.1"]
    assert actor.session_id not in [row.id for row in shown]


def test_the_console_has_no_home_of_its_own(little_shop: Founded) -> None:
    """The operator is no member of staff; what is due is shown all the same."""
    little_shop.person("alice")
    shown = home.today(little_shop.console)
    assert kinds(little_shop.console) == {due.UNPLACED: 1}
    assert (shown.own, shown.sign_ins, shown.draft) == (None, (), None)


def test_nothing_is_read_for_somebody_who_is_not_signed_in(little_shop: Founded) -> None:
    """Neither a stranger nor a session that was ended."""
    person = little_shop.person("alice", gave=["manager"])
    sessions.sign_out(person)
    for actor in (person, STRANGER):
        with pytest.raises(SessionEnded):
            home.today(actor)


def test_home_takes_a_handful_of_statements(little_shop: Founded, monkeypatch: pytest.MonkeyPatch) -> None:
    """Their number does not grow with the people."""
    person = little_shop.person("alice", gave=["manager"])
    asked: list[str] = []
    rows = db.rows

    def counted(sql: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        asked.append(sql)
        return rows(sql, parameters)

    monkeypatch.setattr(db, "rows", counted)
    home.today(person)
    few = len(asked)
    for place in range(12):
        little_shop.person(f"person{place}", gave=["design"], until=clock.now() + DAY)
    asked.clear()
    home.today(person)
    assert len(asked) == few <= 28
    assert Staff.select().count() == 14


def test_customers_who_wait_are_counted_as_far_as_one_may_read(little_shop: Founded) -> None:
    """One's own apart from those of colleagues; how far that reaches, and who reads."""
    lead = little_shop.person("lilei", post="service", gave=["service_lead"], department_id=1)
    clerk = little_shop.person("hanmei", post="service", department_id=1)
    little_shop.person("olga", department_id=2)
    for login, customer in (("lilei", "a"), ("hanmei", "b"), ("hanmei", "c"), ("olga", "d")):
        conversation(login, customer, (CUSTOMER, "Hello?"))
    conversation("hanmei", "c", (STAFF, "Hello"))
    assert home.today(lead).unanswered == (1, 1, "team", lead.staff_id)
    assert home.today(clerk).unanswered == (1, 0, "own", clerk.staff_id)
    assert home.today(little_shop.owner).unanswered == (0, 3, "all", little_shop.owner.staff_id)
