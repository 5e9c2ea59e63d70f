"""Conversations of people who move, leave and come back, of departments that move and close: who reads them, from that moment on."""

from __future__ import annotations

import pytest

from models import clock
from models.actor import Actor
from models.errors import NotAllowed
from models.operations import chat_reading, departments, departures, grants, staff
from models.operations.chat_reading import Filter
from models.queries import chats, departments as department_queries, handing_over, reach, succession
from models.queries.handing_over import HandedOver
from models.rules.grants import AccessChange
from models.rules.sharing import ALL_CODE, TEAM_CODE
from tests.chats import CUSTOMER, STAFF, conversation
from tests.factories import CONSOLE, DAY, Founded, signed_in
from tests.models.doors import Watch

SERVICE, OPERATIONS = 1, 2
"""Preset departments."""

READERS = ("night", "service", "operations", "nowhere", "all", "none")


@pytest.fixture
def shop(little_shop: Founded) -> Founded:
    """Bob of the night shift, below customer service, wrote with two customers, one of whom waits; somebody in each place who reads."""
    night = departments.add(CONSOLE, "Night", SERVICE)
    little_shop.person("bob", department_id=night)
    for login, place in (("night", night), ("service", SERVICE), ("operations", OPERATIONS), ("nowhere", None)):
        little_shop.person(login, extras=[TEAM_CODE], department_id=place)
    little_shop.person("all", extras=[TEAM_CODE, ALL_CODE])
    little_shop.person("none", department_id=night)
    conversation("bob", "river", (CUSTOMER, "还有货吗"), (STAFF, "有的"))
    conversation("bob", "hill", (CUSTOMER, "发货了吗"))
    return little_shop


def department(label: str) -> department_queries.DepartmentRow:
    """An open department by its name."""
    return next(row for row in department_queries.tree(CONSOLE).rows if row.label == label)


def close(label: str) -> None:
    """Close a department."""
    row = department(label)
    departments.close(CONSOLE, row.id, row.version)


def opens(actor: Actor) -> bool:
    """Whether somebody may open a conversation of Bob's."""
    try:
        chat_reading.open_conversation(actor, 2)
    except NotAllowed:
        return False
    return True


def readers(shop: Founded) -> set[str]:
    """Who reads Bob's: in the list, by opening it, by searching and in what waits, which have to agree."""
    found = set()
    for login in READERS:
        actor = signed_in(login)
        listed = chats.listing(actor, Filter(staff_id=shop.id_of("bob"))).count()
        hits = len(chat_reading.find(actor, Filter("发货")).hits)
        assert (listed, opens(actor), hits, chats.waiting(actor).reachable) in {(2, True, 1, 1), (0, False, 0, 0)}, login
        found |= {login} if listed else set()
    return found


def test_who_leaves_leaves_them_to_the_department(shop: Founded) -> None:
    """The same people read them as before, and what is unanswered still counts for these."""
    before = readers(shop)
    staff.leave(CONSOLE, shop.id_of("bob"))
    assert readers(shop) == before == {"night", "service", "all"}


def test_who_leaves_on_a_day_leaves_them_too(shop: Founded, watch: Watch) -> None:
    """Whether or not anybody has written the departure down."""
    departures.plan(CONSOLE, shop.id_of("bob"), clock.day(watch.now, "Asia/Shanghai"))
    watch.now += 3 * DAY
    assert readers(shop) == {"night", "service", "all"}


def test_who_moves_takes_who_reads_along_at_once(shop: Founded) -> None:
    """With the next look, in sessions that go on; and so does whoever reads. What was opened before is not read on."""
    service, operations = signed_in("service"), signed_in("operations")
    assert (opens(service), opens(operations)) == (True, False)
    staff.move(CONSOLE, shop.id_of("bob"), OPERATIONS)
    assert (opens(service), opens(operations)) == (False, True)
    assert readers(shop) == {"operations", "all"}
    staff.move(CONSOLE, shop.id_of("nowhere"), OPERATIONS)
    assert readers(shop) == {"operations", "nowhere", "all"}
    staff.move(CONSOLE, shop.id_of("bob"), None)
    assert readers(shop) == {"all"}, "directly below the shop is nobody's team"


def test_who_has_left_can_be_moved_too(shop: Founded) -> None:
    """Which is how a department takes over what somebody wrote in another."""
    staff.leave(CONSOLE, shop.id_of("bob"))
    staff.move(CONSOLE, shop.id_of("bob"), OPERATIONS)
    assert readers(shop) == {"operations", "all"}


def test_a_department_that_moves_takes_who_left_along(shop: Founded) -> None:
    """Below another department, whose people read them from then on."""
    staff.leave(CONSOLE, shop.id_of("bob"))
    night = department("Night")
    departments.move(CONSOLE, night.id, night.version, OPERATIONS)
    assert readers(shop) == {"night", "operations", "all"}


def test_a_department_that_closes_leaves_them_to_the_one_above(shop: Founded) -> None:
    """Only who left is still in it: it can be closed, and keeps its place in the tree, wherever that moves."""
    staff.leave(CONSOLE, shop.id_of("bob"))
    for login in ("night", "none"):
        staff.move(CONSOLE, shop.id_of(login), OPERATIONS)
    close("Night")
    assert readers(shop) == {"service", "all"}
    service = department("Customer service")
    departments.move(CONSOLE, service.id, service.version, OPERATIONS)
    assert readers(shop) == {"service", "operations", "night", "all"}


def test_who_left_in_a_closed_department_comes_back_into_none(shop: Founded) -> None:
    """And is in nobody's team until somebody says in whose."""
    staff.leave(CONSOLE, shop.id_of("bob"))
    for login in ("night", "none"):
        staff.move(CONSOLE, shop.id_of(login), OPERATIONS)
    close("Night")
    staff.reinstate(CONSOLE, shop.id_of("bob"))
    assert readers(shop) == {"all"}


def test_who_left_is_found_in_closed_departments_below_too(shop: Founded) -> None:
    """In the department and in closed ones below closed ones; those of an open one below go where it goes."""
    night = department("Night").id
    late = departments.add(CONSOLE, "Late", night)
    shop.person("late", department_id=late)
    day = departments.add(CONSOLE, "Day", SERVICE)
    shop.person("day", department_id=day)
    for login in ("bob", "late", "day"):
        staff.leave(CONSOLE, shop.id_of(login))
    close("Late")
    assert handing_over.left_in(CONSOLE, night) == (shop.id_of("bob"), shop.id_of("late"))
    assert handing_over.left_in(CONSOLE, SERVICE) == ()
    for login in ("night", "none"):
        staff.move(CONSOLE, shop.id_of(login), OPERATIONS)
    close("Night")
    assert handing_over.left_in(CONSOLE, SERVICE) == (shop.id_of("bob"), shop.id_of("late"))
    with pytest.raises(NotAllowed):
        handing_over.left_in(signed_in("service"), SERVICE)


def test_leaving_says_what_stays_and_who_reads_it(shop: Founded) -> None:
    """How many there are, since when who waits, and how many colleagues read them; who is frozen or only invited does not yet."""
    bob, wrote = shop.id_of("bob"), clock.now() - clock.HOUR
    found = reach.leaving(CONSOLE, bob).conversations
    assert found == HandedOver(2, 1, found.since, "Customer service/Night", 3)
    assert found.since is not None
    assert abs(found.since - wrote) < clock.MINUTE
    assert succession.conversations(CONSOLE, bob) == found
    staff.freeze(CONSOLE, shop.id_of("service"))
    shop.person("soon", extras=[TEAM_CODE], department_id=SERVICE, status="invited")
    assert handing_over.of(bob, clock.now()).readers == 2
    grants.change(CONSOLE, shop.id_of("all"), AccessChange(take_extras=(ALL_CODE,)))
    assert handing_over.of(bob, clock.now()).readers == 1


def test_of_who_belongs_to_no_department_only_who_reads_all_reads_it(shop: Founded) -> None:
    """And of who wrote nothing, nothing is worked out."""
    staff.move(CONSOLE, shop.id_of("bob"), None)
    assert handing_over.of(shop.id_of("bob"), clock.now())[3:] == ("", 1)
    assert handing_over.of(shop.id_of("none"), clock.now()) == HandedOver(0, 0, None, "", 0)


def test_the_readers_that_are_counted_are_those_who_read(shop: Founded) -> None:
    """By another way: those who see them in their list, the owner and the person apart."""
    for place in (department("Night").id, SERVICE, OPERATIONS, None):
        if handing_over.of(shop.id_of("bob"), clock.now()).department != (department_queries.paths().get(place or 0) or ""):
            staff.move(CONSOLE, shop.id_of("bob"), place)
        assert handing_over.of(shop.id_of("bob"), clock.now()).readers == len(readers(shop))
