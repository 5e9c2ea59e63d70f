"""Whoever leaves on a day has left after its last moment, whatever asks: attacked one microsecond before and one after."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from models import authorized_keys, checking, clock, db, shop
from models.actor import Actor
from models.errors import (
    CodeRefused,
    NotAllowed,
    OutOfReach,
    SeatNone,
    SecondFactorNeeded,
    SessionEnded,
    SignInRefused,
    UntilTooLate,
    WrongProof,
    WrongStatus,
)
from models.operations import (
    codes,
    departments,
    departures,
    exports as recording,
    grants,
    onboarding,
    ownership,
    presence,
    security,
    sessions,
    settling,
    staff,
)
from models.operations.onboarding import Newcomer
from models.operations.staff import Profile
from models.queries import (
    access,
    departures as departing,
    devices,
    due,
    exports,
    home,
    moments,
    reach,
    roles,
    seats,
    shop as shop_queries,
    staff as people,
    standing,
)
from models.rules.grants import AccessChange, ExtraGift, RoleGift
from tests import factories
from tests.device_keys import enrolled
from tests.factories import AGELESS, CONSOLE, DAY, PASSWORD, STRANGER, Founded, signed_in
from tests.models.doors import Watch, enrol
from tests.models.operations.acts import entries, newest

CODE = "goods.price.edit"


@pytest.fixture
def shop_in_time(little_shop: Founded, watch: Watch) -> Founded:
    """A shop whose clock the test moves; sessions last through it."""
    db.database.execute_sql("UPDATE session SET started_at = ?1, seen_at = ?1, proved_at = ?1", (watch.now + AGELESS,))
    return little_shop


@pytest.fixture
def bob(shop_in_time: Founded) -> Actor:
    """Somebody with a role and an extra, signed in."""
    return shop_in_time.person("bob", gave=["operations"], extras=[CODE])


def leaves(little: Founded, who: Actor, days: int = 3, *, reason: str = "") -> int:
    """Plan that somebody leaves at the end of a day from today; its last moment."""
    day = clock.day(clock.now() + days * DAY, shop_queries.zone())
    return departures.plan(little.owner, who.staff_id or 0, day, reason=reason)


def column(what: str, who: Actor) -> object:
    """A column of somebody's row, as it is written."""
    ((value,),) = db.rows(f"SELECT {what} FROM staff WHERE id = ?", (who.staff_id,))
    return value


def test_access_ends_with_the_last_microsecond_of_the_day(shop_in_time: Founded, bob: Actor, watch: Watch) -> None:
    """The check of other programs, "why?" and the session agree, before anybody has written anything down."""
    little, staff_id = shop_in_time, bob.staff_id or 0
    watch.now = leaves(little, bob)
    assert checking.ask(str(little.home), "bob", CODE).verdict.allowed
    assert access.of(little.owner, staff_id)[CODE].allowed
    assert standing.of(bob).ends_at == watch.now
    watch.now += 1
    verdict = checking.ask(str(little.home), "bob", CODE).verdict
    assert (verdict.allowed, verdict.granted) == (False, False)
    assert [obstacle.kind for obstacle in verdict.obstacles] == ["not_granted", "status"]
    assert access.of(little.owner, staff_id)[CODE] == verdict
    with pytest.raises(SessionEnded) as ended:
        standing.of(bob)
    assert ended.value.why == "left"
    assert (column("status", bob), column("leaves_at", bob)) == ("active", watch.now - 1)


def test_the_day_is_one_of_the_shops_time_zone(shop_in_time: Founded, bob: Actor, watch: Watch) -> None:
    """Its midnight, not that of UTC, nor of the machine."""
    at = departures.plan(shop_in_time.owner, bob.staff_id or 0, "2099-12-31")
    assert clock.rfc3339(at) == "2099-12-31T15:59:59.999999Z"  # Asia/Shanghai


def test_nobody_comes_in_any_more(shop_in_time: Founded, bob: Actor, watch: Watch) -> None:
    """Not with the password, nor a device key; a key offered to sshd opens nothing either."""
    little = shop_in_time
    key = enrolled(bob.staff_id or 0, "laptop", days=40)
    watch.now = leaves(little, bob)
    assert authorized_keys.key(str(little.home), key)
    assert devices.knock(key) is not None
    assert sessions.sign_in(STRANGER, "bob", PASSWORD).staff_id == bob.staff_id
    watch.now += 1
    assert authorized_keys.key(str(little.home), key) == ""
    assert devices.knock(key) is None
    with pytest.raises(SignInRefused):
        sessions.sign_in(STRANGER, "bob", PASSWORD)


def test_a_second_factor_is_too_late_after_the_day(shop_in_time: Founded, bob: Actor, watch: Watch) -> None:
    """The password was shown in time; the code comes a microsecond after."""
    phone = enrol(bob)
    watch.now = leaves(shop_in_time, bob)
    with pytest.raises(SecondFactorNeeded) as half:
        sessions.sign_in(STRANGER, "bob", PASSWORD)
    watch.now += 1
    with pytest.raises((SignInRefused, WrongProof)):
        sessions.second_factor(STRANGER, half.value.proved, phone.code())


@pytest.mark.parametrize("purpose", ["activation", "reset"])
def test_no_code_activates_an_account_after_the_day(shop_in_time: Founded, watch: Watch, purpose: str) -> None:
    """Neither the one that was handed over nor the one of a reset, though either is good for longer."""
    little = shop_in_time
    eve = little.person("eve", gave=["operations"], status="invited" if purpose == "activation" else "active")
    at = leaves(little, eve, 0)
    if purpose == "activation":
        code = codes.renew(little.owner, eve.staff_id or 0, days=9).code
    else:
        code = security.reset(little.owner, eve.staff_id or 0, password=True).code
    watch.now = at + 1
    with pytest.raises(CodeRefused):
        sessions.activate(STRANGER, "eve", code, "violet harbour 93 lantern")
    assert column("status", eve) == "left"


def test_what_somebody_could_do_before_they_leave_they_could_until_then(shop_in_time: Founded, watch: Watch) -> None:
    """A code activates in the last microsecond."""
    eve = shop_in_time.person("eve", gave=["operations"], status="invited")
    at = leaves(shop_in_time, eve, 2)
    code = codes.renew(shop_in_time.owner, eve.staff_id or 0, days=9).code
    watch.now = at
    sessions.activate(STRANGER, "eve", code, "violet harbour 93 lantern")
    assert column("status", eve) == "active"


def test_the_seat_is_free_after_the_day(shop_in_time: Founded, bob: Actor, watch: Watch) -> None:
    """For whoever is onboarded next, in the very same transaction."""
    little = shop_in_time
    db.database.execute_sql("UPDATE shop SET seats_counted = 1")
    factories.seats(1)
    watch.now = leaves(little, bob)
    newcomer = Newcomer("carol", Profile("Carol"), "service")
    assert seats.counted(watch.now) == (1, 1)
    with pytest.raises(SeatNone):
        onboarding.onboard(little.owner, newcomer)
    watch.now += 1
    assert seats.counted(watch.now) == (0, 1)
    onboarding.onboard(little.owner, newcomer)


def test_a_clock_that_is_set_back_revives_nobody(shop_in_time: Founded, bob: Actor, watch: Watch) -> None:
    """The day was over once, as the log knows; nothing was written down of the person since."""
    little = shop_in_time
    key = enrolled(bob.staff_id or 0, "laptop", days=40)
    at = leaves(little, bob)
    watch.now = at + DAY
    db.database.execute_sql("INSERT INTO setting (name, value) VALUES ('clock_seen', ?)", (str(watch.now),))
    watch.now = at - DAY
    assert moments.reached(watch.now) > at
    verdict = checking.ask(str(little.home), "bob", CODE, grantors=True).verdict
    assert not verdict.allowed
    assert not verdict.granted
    assert authorized_keys.key(str(little.home), key) == ""
    with pytest.raises(SessionEnded):
        standing.of(bob)
    with pytest.raises(SignInRefused):
        sessions.sign_in(STRANGER, "bob", PASSWORD)
    for act in (staff.freeze, departures.unplan, lambda who, staff_id: departures.plan(who, staff_id, "2099-12-31")):
        with pytest.raises(WrongStatus):
            act(little.owner, bob.staff_id or 0)
    assert (column("status", bob), column("leaves_at", bob)) == ("active", at)
    watch.now = at + 1
    departments.add(little.owner, "Day shift")
    assert (column("status", bob), column("left_at", bob)) == ("left", at)


def test_a_clock_that_was_ahead_for_a_moment_makes_nobody_leave_for_good(shop_in_time: Founded, bob: Actor, watch: Watch) -> None:
    """Whoever comes in once it is right again, or accepts the time, writes nobody down: their day is still to come."""
    little, here = shop_in_time, watch.now
    at = leaves(little, bob, 10)
    watch.now += 365 * DAY
    presence.seen(little.owner)
    assert checking.ask(str(little.home), "bob", CODE).verdict.allowed is False
    watch.now = here
    shop.close()
    shop.open(little.home)
    departments.add(little.owner, "Day shift")
    ownership.accept_clock(CONSOLE)
    assert (column("status", bob), column("leaves_at", bob)) == ("active", at)
    assert checking.ask(str(little.home), "bob", CODE).verdict.allowed
    departures.unplan(signed_in("owner"), bob.staff_id or 0)


def test_who_was_written_down_while_the_clock_was_ahead_is_told(shop_in_time: Founded, bob: Actor, watch: Watch) -> None:
    """Of those who left: whose moment is still to come."""
    here, at = watch.now, leaves(shop_in_time, bob, 10)
    watch.now = at + 1
    departments.add(shop_in_time.owner, "Day shift")
    assert departing.ahead(watch.now) == ()
    assert departing.ahead(here) == ("bob",)


def test_who_is_to_leave_gives_nothing_for_longer(shop_in_time: Founded, watch: Watch) -> None:
    """What one holds ends with oneself at the latest, so it is given no longer than that."""
    little = shop_in_time
    lead = little.person("lead", extras=["staff.manage", CODE])
    carol = little.person("carol").staff_id or 0
    at = leaves(little, lead, 5)
    with pytest.raises(UntilTooLate):
        grants.change(lead, carol, AccessChange(give_extras=(ExtraGift(CODE, None),)))
    with pytest.raises(UntilTooLate):
        grants.change(lead, carol, AccessChange(give_extras=(ExtraGift(CODE, at + 1),)))
    grants.change(lead, carol, AccessChange(give_extras=(ExtraGift(CODE, at),)))


def test_what_ends_before_the_day_ends_before_the_day(shop_in_time: Founded, watch: Watch) -> None:
    """Leaving lengthens nothing."""
    eve = shop_in_time.person("eve", extras=[CODE], until=watch.now + DAY)
    leaves(shop_in_time, eve, 5)
    assert access.of(shop_in_time.owner, eve.staff_id or 0)[CODE].until == watch.now + DAY


def test_exports_and_lists_say_it_at_once(shop_in_time: Founded, bob: Actor, watch: Watch) -> None:
    """They read what is written; an export is recorded first, and that writes it down."""
    little = shop_in_time
    watch.now = leaves(little, bob) + 1
    assert not [row for row in exports.access(little.owner) if row["login"] == "bob"]
    recording.record(little.owner, "staff", 3)
    (row,) = [row for row in exports.staff(little.owner) if row["login"] == "bob"]
    assert (row["status"], row["roles"], row["extras"]) == ("left", [], [])
    assert "bob" not in [person.login for person in people.listing(little.owner).window(0, 10)]


def test_nobody_who_has_gone_is_named_as_who_could_give_something(shop_in_time: Founded, watch: Watch) -> None:
    """Up to the last moment they are."""
    little = shop_in_time
    little.person("carol")
    lead = little.person("lead", gave=["manager"])
    watch.now = leaves(little, lead)
    carol = little.id_of("carol")
    assert "lead" in [grantor.login for grantor in access.grantors(CODE, carol)]
    watch.now += 1
    assert "lead" not in [grantor.login for grantor in access.grantors(CODE, carol)]


def test_a_role_that_is_edited_touches_nobody_who_has_gone(shop_in_time: Founded, bob: Actor, watch: Watch) -> None:
    """What changes for whom is asked of people who are there."""
    little = shop_in_time
    role = little.role_id("operations")
    watch.now = leaves(little, bob)
    assert [each.login for each in roles.affected(little.owner, role, ())] == ["bob"]
    watch.now += 1
    assert roles.affected(little.owner, role, ()) == ()


# ---- writing it down


def test_whoever_writes_next_writes_down_who_left(shop_in_time: Founded, bob: Actor, watch: Watch) -> None:
    """All of what leaving does, at the last moment of the day, under the name of who planned it."""
    little, staff_id = shop_in_time, bob.staff_id or 0
    enrolled(staff_id, "laptop", days=40)
    departments.set_head(little.owner, 2, 1, staff_id)
    at = leaves(little, bob, reason="moves to the coast")
    watch.now = at + 2 * DAY
    before = newest()
    departments.add(little.owner, "Day shift")
    told = {entry.action: entry for entry in entries(before)}
    left = told["staff.leave"]
    assert (left.actor, left.label) == ("owner", "bob")
    assert left.new == {"status": "left", "on": clock.rfc3339(at), "reason": "moves to the coast"}
    assert left.old["status"] == "active"
    assert [role for role, _end in left.old["roles"]] == ["operations"]  # type: ignore[attr-defined]  # what an entry holds
    assert (column("status", bob), column("left_at", bob), column("leaves_at", bob)) == ("left", at, None)
    assert column("leaves_by", bob) is None
    for table in ("role_grant", "extra"):
        assert db.rows(f"SELECT DISTINCT ended_at, ended_by FROM {table} WHERE staff_id = ?", (staff_id,)) == [(at, "owner")]
    assert db.rows("SELECT ended_at, end FROM session WHERE staff_id = ?", (staff_id,)) == [(at, "left")]
    assert db.rows("SELECT end FROM device WHERE staff_id = ?", (staff_id,)) == [("left",)]
    assert not db.rows("SELECT 1 FROM credential WHERE staff_id = ?", (staff_id,))
    assert db.rows("SELECT head_id FROM department WHERE id = 2") == [(None,)]
    ((session,),) = db.rows("SELECT session FROM audit_entry WHERE action = 'staff.leave'")
    assert session is None
    before = newest()
    departments.add(little.owner, "Late shift")
    assert [entry.action for entry in entries(before)] == ["department.add"]


def test_opening_the_shop_writes_it_down(shop_in_time: Founded, bob: Actor, watch: Watch) -> None:
    """So the first list that somebody sees is right."""
    watch.now = leaves(shop_in_time, bob) + 1
    shop.close()
    shop.open(shop_in_time.home)
    assert column("status", bob) == "left"


def test_data_that_cannot_be_written_is_opened_all_the_same(
    shop_in_time: Founded, bob: Actor, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is written down, and every judgement says left."""
    little = shop_in_time
    watch.now = leaves(little, bob) + 1
    shop.close()
    connect = db.database._set_pragmas

    def read_only(connection: object) -> None:
        connect(connection)  # type: ignore[arg-type]  # whatever peewee hands over
        connection.execute("PRAGMA query_only = 1")  # type: ignore[attr-defined]  # likewise

    monkeypatch.setattr(db.database, "_set_pragmas", read_only)
    shop.open(little.home)
    assert column("status", bob) == "active"
    assert not access.of(little.console, bob.staff_id or 0)[CODE].allowed
    with pytest.raises(SessionEnded):
        standing.of(bob)


def test_of_two_who_come_at_once_one_writes_it_down(shop_in_time: Founded, bob: Actor, watch: Watch) -> None:
    """The other finds it done."""
    watch.now = leaves(shop_in_time, bob) + 1
    before, ready = newest(), threading.Barrier(4)

    def settle() -> None:
        with shop.connection():
            ready.wait()
            settling.settle()

    with ThreadPoolExecutor(4) as pool:
        for each in [pool.submit(settle) for _ in range(4)]:
            each.result()
    assert [entry.action for entry in entries(before)].count("staff.leave") == 1


def test_two_processes_that_come_at_once_write_it_down_once(shop_in_time: Founded, bob: Actor) -> None:
    """Each with a connection of its own, from the start."""
    db.database.execute_sql("UPDATE staff SET leaves_at = 1, leaves_by = 'owner' WHERE login = 'bob'")
    shop.close()
    children = []
    for _ in range(2):
        child = os.fork()
        if child == 0:  # pragma: no cover  the parent measures
            try:
                shop.open(shop_in_time.home)
                os._exit(0)
            except BaseException:  # noqa: BLE001  whatever it is, the parent says so
                os._exit(1)
        children.append(child)
    assert [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children] == [0, 0]
    shop.open(shop_in_time.home)
    assert [entry.action for entry in entries()].count("staff.leave") == 1
    assert (column("status", bob), column("left_at", bob)) == ("left", 1)


def test_a_refused_act_leaves_it_written_down(shop_in_time: Founded, bob: Actor, watch: Watch) -> None:
    """What is nobody's act is not undone with somebody's."""
    carol = shop_in_time.person("carol")
    watch.now = leaves(shop_in_time, bob) + 1
    with pytest.raises(NotAllowed):
        staff.freeze(carol, bob.staff_id or 0)
    assert column("status", bob) == "left"


def test_who_planned_it_may_have_left_meanwhile(shop_in_time: Founded, bob: Actor, watch: Watch) -> None:
    """It was allowed then, and stays; the entry is theirs."""
    little = shop_in_time
    lead = little.person("lead", gave=["manager"])
    day = clock.day(watch.now + 3 * DAY, shop_queries.zone())
    at = departures.plan(lead, bob.staff_id or 0, day)
    staff.leave(little.owner, lead.staff_id or 0)
    watch.now = at + 1
    settling.settle()
    (left,) = [entry for entry in entries() if entry.action == "staff.leave" and entry.label == "bob"]
    assert left.actor == "lead"
    assert "reason" not in left.new


def test_a_log_that_was_written_into_keeps_nobody_here(shop_in_time: Founded, bob: Actor, watch: Watch) -> None:
    """The reason is read from the log; where that is damaged the person leaves without one."""
    at = leaves(shop_in_time, bob, reason="because")
    triggers = db.rows("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit_entry'")
    for (name,) in triggers:
        db.database.execute_sql(f'DROP TRIGGER "{name}"')
    db.database.execute_sql("UPDATE audit_entry SET new = '{broken' WHERE action = 'staff.leave.plan'")
    watch.now = at + 1
    settling.settle()
    (left,) = [entry for entry in _readable() if entry[0] == "staff.leave"]
    assert "reason" not in left[1]


def _readable() -> list[tuple[str, str]]:
    return [(str(action), str(new)) for action, new in db.rows("SELECT action, new FROM audit_entry ORDER BY seq")]


def test_several_leave_in_the_order_of_their_days(shop_in_time: Founded, bob: Actor, watch: Watch) -> None:
    """Whoever's day is not over stays."""
    little = shop_in_time
    carol, dave = little.person("carol"), little.person("dave", status="invited")
    staff.freeze(little.owner, carol.staff_id or 0)
    leaves(little, bob, 4)
    at = leaves(little, carol, 2)
    leaves(little, dave, 1)
    watch.now = at + 1
    settling.settle()
    assert [entry.label for entry in entries() if entry.action == "staff.leave"] == ["dave", "carol"]
    assert column("status", bob) == "active"


REFUSED: dict[str, Callable[[Founded, int], object]] = {
    "freeze": lambda little, who: staff.freeze(little.owner, who),
    "access": lambda little, who: grants.change(little.owner, who, AccessChange(give_roles=(RoleGift(1),))),
    "leave": lambda little, who: staff.leave(little.owner, who),
    "plan": lambda little, who: departures.plan(little.owner, who, "2099-12-31"),
    "code": lambda little, who: codes.renew(little.owner, who),
    "head": lambda little, who: departments.set_head(little.owner, 2, 1, who),
}


@pytest.mark.parametrize("act", REFUSED.values(), ids=REFUSED.keys())
def test_nothing_is_done_to_somebody_who_has_gone(
    shop_in_time: Founded, bob: Actor, watch: Watch, act: Callable[[Founded, int], object]
) -> None:
    """As to anybody who left."""
    watch.now = leaves(shop_in_time, bob) + 1
    with pytest.raises(WrongStatus):
        act(shop_in_time, bob.staff_id or 0)


def test_who_has_gone_is_in_nobodys_way(shop_in_time: Founded, watch: Watch) -> None:
    """What was given to them has ended with them: whoever may reinstate, and holds less, may reinstate them."""
    little = shop_in_time
    wide = little.person("wide", gave=["manager"])
    lead = little.person("lead", extras=["staff.manage"])
    watch.now = leaves(little, wide)
    assert isinstance(reach.in_the_way(lead, wide.staff_id or 0), OutOfReach)
    watch.now += 1
    assert reach.in_the_way(lead, wide.staff_id or 0) is None


def test_home_says_a_fortnight_before_who_leaves(shop_in_time: Founded, bob: Actor, watch: Watch) -> None:
    """To whoever may do something about it, and from the first moment of those days to the last."""
    little = shop_in_time
    at = leaves(little, bob, 20)
    lead, helper = little.person("lead", gave=["manager"]), little.person("helper", extras=["staff.freeze"])

    def told(who: Actor) -> list[str]:
        return [each.name for item in home.today(who).due if item.kind == due.LEAVING for each in item.first]

    watch.now = at - due.LEAVING_DAYS * DAY - 1
    assert told(lead) == []
    watch.now += 1
    assert told(lead) == told(little.owner) == ["Bob"]
    assert told(helper) == []
    watch.now = at + 1
    assert told(lead) == []


def test_signed_in_again_is_nobody_who_left(shop_in_time: Founded, bob: Actor, watch: Watch) -> None:
    """A session that somebody kept from before does nothing."""
    kept = signed_in("bob")
    watch.now = leaves(shop_in_time, bob) + 1
    with pytest.raises(SessionEnded):
        staff.set_language(kept, "zh")
