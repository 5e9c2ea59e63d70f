"""Who is signed in now: whom one sees, and that nobody is there whose session would be refused."""

from __future__ import annotations

import random

import pytest

from models import clock, db
from models.actor import Actor
from models.errors import SessionEnded, SessionLocked
from models.operations import departments, grants, presence, sessions, staff
from models.queries import signed_in, standing
from models.queries.signed_in import SignedIn
from models.rules.grants import AccessChange
from models.tables import Device, Session, Staff
from tests.device_keys import enrolled
from tests.factories import CONSOLE, DAY, PASSWORD, STRANGER, Founded, signed_in as come
from tests.models.doors import Watch

MINUTE, HOUR = 60, 3600

pytestmark = pytest.mark.usefixtures("honest")


@pytest.fixture
def owner(little_shop: Founded, watch: Watch) -> Actor:
    """The owner, in the only session there is, on a clock that stands still."""
    Session.update(ended_at=watch.now, end="signed out").execute()
    return come("owner", "203.0.113.9", ages=True)


def seen(actor: Actor) -> list[SignedIn]:
    """Everything that the actor is shown."""
    return signed_in.listing(actor).window(0, 1000)


def logins(actor: Actor) -> list[str]:
    """Whose sessions those are."""
    return [each.login for each in seen(actor)]


def person(shop: Founded, login: str, department_id: int | None = None, *gave: str, extras: tuple[str, ...] = ()) -> Actor:
    """Somebody in a department, in one session that ages."""
    shop.person(login, gave=gave, extras=extras, department_id=department_id)
    Session.delete().where(Session.staff == shop.id_of(login)).execute()
    return come(login, ages=True)


def test_everything_that_is_known_of_a_session_is_told(little_shop: Founded, owner: Actor, watch: Watch) -> None:
    """From where, since when, on which device; the reader's own is known as such."""
    (mine,) = seen(owner)
    assert (mine.login, mine.name, mine.address, mine.device, mine.section) == ("owner", "Wang Fang", "203.0.113.9", "", "")
    assert (mine.is_own, mine.is_this, mine.is_owner, mine.is_locked, mine.is_enrolling) == (True, True, True, False, False)
    assert mine.started_at == mine.seen_at == watch.now
    mark = enrolled(1, "counter tablet")
    Session.update(device=mark, terminal="pts/3", enrolling=True, section="roles").where(Session.id == owner.session_id).execute()
    (mine,) = signed_in.listing(CONSOLE).window(0, 10)
    assert (mine.device, mine.fingerprint, mine.terminal, mine.section) == ("counter tablet", mark, "pts/3", "roles")
    assert (mine.is_own, mine.is_this, mine.is_enrolling) == (False, False, True)


def test_a_key_that_is_another_persons_is_told_by_its_fingerprint(little_shop: Founded, owner: Actor) -> None:
    """Nobody's device lends its name to somebody else's session."""
    little_shop.person("bob")
    mark = enrolled(little_shop.id_of("bob"), "Bob's phone")
    Session.update(device=mark).where(Session.id == owner.session_id).execute()
    assert [(each.device, each.fingerprint) for each in seen(owner) if each.is_this] == [(mark, mark)]


def test_who_pressed_a_key_last_comes_first(little_shop: Founded, owner: Actor, watch: Watch) -> None:
    """And where each stands is known, of what is not there that it is not."""
    people = [person(little_shop, f"p{number}") for number in range(5)]
    for actor in people:
        watch.passes(61)
        presence.seen(actor)
    assert logins(owner) == ["p4", "p3", "p2", "p1", "p0", "owner"]
    listing = signed_in.listing(owner)
    assert (listing.count(), listing.people()) == (6, 6)
    assert [listing.position(each.id) for each in listing.window(0, 10)] == list(range(6))
    assert [each.login for each in listing.window(2, 2)] == ["p2", "p1"]
    assert listing.position(4711) is None
    assert [each.login for each in listing.of(people[0].staff_id or 0)] == ["p0"]


def test_whom_one_sees_is_judged_by_the_department_now(little_shop: Founded, owner: Actor) -> None:
    """Own and below with `audit.view`; moved, and it is another at once; without a department, oneself alone."""
    night = departments.add(CONSOLE, "Night shift", 1)
    head = person(little_shop, "head", 1, extras=("audit.view",))
    person(little_shop, "day", 1)
    person(little_shop, "nia", night)
    person(little_shop, "ops", 2)
    assert sorted(logins(owner)) == ["day", "head", "nia", "ops", "owner"]
    assert sorted(logins(CONSOLE)) == ["day", "head", "nia", "ops", "owner"]
    assert sorted(logins(head)) == ["day", "head", "nia"]
    staff.move(CONSOLE, little_shop.id_of("ops"), night)
    assert sorted(logins(head)) == ["day", "head", "nia", "ops"]
    staff.move(CONSOLE, little_shop.id_of("day"), 2)
    assert sorted(logins(head)) == ["head", "nia", "ops"]
    staff.move(CONSOLE, head.staff_id or 0, night)
    assert sorted(logins(head)) == ["head", "nia", "ops"]
    staff.move(CONSOLE, head.staff_id or 0, None)
    assert logins(head) == ["head"]
    staff.move(CONSOLE, head.staff_id or 0, 1)
    grants.change(CONSOLE, head.staff_id or 0, AccessChange(take_extras=("audit.view",)))
    assert logins(head) == ["head"]


def test_the_auditor_sees_everybody(little_shop: Founded, owner: Actor) -> None:
    """`audit.view.all` asks for no department."""
    auditor = person(little_shop, "ann", None, "auditor")
    person(little_shop, "ops", 2)
    assert sorted(logins(auditor)) == ["ann", "ops", "owner"]


def test_who_is_not_active_is_not_signed_in(little_shop: Founded, owner: Actor) -> None:
    """Frozen, gone, signed out; whatever way the row was left in."""
    for login in ("fay", "lee", "out"):
        person(little_shop, login)
    assert len(logins(owner)) == 4
    staff.freeze(CONSOLE, little_shop.id_of("fay"))
    staff.leave(CONSOLE, little_shop.id_of("lee"))
    Session.update(ended_at=None, end=None).where(Session.staff.in_([little_shop.id_of("fay"), little_shop.id_of("lee")])).execute()
    session = Session.get(Session.staff == little_shop.id_of("out"))
    sessions.sign_out(Actor("out", session.staff.id, session.id))
    assert logins(owner) == ["owner"]


def test_whose_day_to_leave_has_passed_is_not_signed_in(little_shop: Founded, owner: Actor, watch: Watch) -> None:
    """Nobody has written it down yet."""
    actor = person(little_shop, "lee")
    Staff.update(leaves_at=watch.now + DAY // 24, leaves_by="owner").where(Staff.id == actor.staff_id).execute()
    watch.passes(HOUR)
    assert sorted(logins(CONSOLE)) == ["lee", "owner"]
    watch.passes(0.000001)
    assert logins(CONSOLE) == ["owner"]


def test_a_session_whose_hours_or_whose_key_ended_is_over(little_shop: Founded, owner: Actor, watch: Watch) -> None:
    """Twelve hours; the end date of the key, which a clock that is set back does not put off."""
    actor = person(little_shop, "kay")
    mark = enrolled(actor.staff_id or 0, "tablet")
    Device.update(expires_at=watch.now + DAY // 24).where(Device.fingerprint == mark).execute()
    Session.update(device=mark).where(Session.id == actor.session_id).execute()
    watch.passes(HOUR)
    assert sorted(logins(CONSOLE)) == ["kay", "owner"]
    watch.passes(1)
    assert logins(CONSOLE) == ["owner"]
    departments.add(CONSOLE, "Night shift", 1)  # by which later times were seen
    watch.passes(-30)
    assert logins(CONSOLE) == ["owner"]
    watch.passes(11 * HOUR + 29)
    assert logins(CONSOLE) == ["owner"]
    watch.passes(0.000001)
    assert logins(CONSOLE) == []
    assert signed_in.listing(CONSOLE).count() == 0


def test_sql_and_the_judge_of_sessions_agree(little_shop: Founded, owner: Actor, watch: Watch) -> None:
    """Hundreds of rows of every shape: who is listed is who could go on, and locked is who would be asked for the password."""
    chance = random.Random(4)
    people = [person(little_shop, f"p{number}") for number in range(8)]
    marks = [enrolled(people[number].staff_id or 0, f"key {number}") for number in range(3)]
    later = [watch.now + hours * DAY // 24 for hours in (-1, 0, 1)]
    for mark, ends in zip(marks, later, strict=True):
        Device.update(expires_at=ends).where(Device.fingerprint == mark).execute()
    Staff.update(status="frozen").where(Staff.login == "p6").execute()
    for actor, ends in zip(people[:3], later, strict=True):
        Staff.update(leaves_at=ends, leaves_by="owner").where(Staff.id == actor.staff_id).execute()
    at, rows = watch.now, []
    for _turn in range(400):
        actor = chance.choice(people)
        started = at + int(chance.choice([-13, -12, -3, -1, 0, 0.04, 1]) * HOUR * 1_000_000) + chance.choice([-1, 0, 1])
        idle = at - chance.choice([0, 9, 10, 11, 12, 13, -3]) * 60_000_000 + chance.choice([-1, 0, 1])
        facts = {"started_at": started, "seen_at": idle, "proved_at": started, "device": chance.choice(["", "", *marks])}
        locked = chance.choice([None, None, None, at])
        rows.append((actor, int(Session.insert(staff=actor.staff_id, locked_at=locked, **facts).execute())))
    listed = {each.id: each.is_locked for each in seen(CONSOLE)}
    assert 20 < len(listed) < 350
    for actor, session_id in rows:
        try:
            stands = standing.of(actor._replace(session_id=session_id))
        except SessionEnded:
            assert session_id not in listed
        else:
            assert listed[session_id] == stands.is_locked


def test_idle_is_what_is_certain(little_shop: Founded, owner: Actor, watch: Watch) -> None:
    """A key is written down once a minute at most, so less than that is nothing; a clock that was set back tells nothing."""
    (mine,) = seen(owner)
    for seconds, idle in ((0, 0), (65, 0), (66, 66), (600, 600), (-60, 0)):
        assert mine.idle(watch.now + seconds * 1_000_000) == idle * 1_000_000


def test_reading_is_for_whoever_is_signed_in(little_shop: Founded, owner: Actor) -> None:
    """As every read."""
    with pytest.raises(SessionEnded):
        signed_in.listing(STRANGER)
    presence.lock(owner)
    with pytest.raises(SessionLocked):
        signed_in.listing(owner)


@pytest.mark.parametrize("number", [0, 1, 200, 5000])
def test_any_number_of_sessions_is_read_by_the_index_of_those_that_go_on(little_shop: Founded, owner: Actor, number: int) -> None:
    """However many ended before."""
    now = clock.now()
    Session.update(ended_at=now, end="signed out").execute()
    with db.transaction():
        insert = "INSERT INTO session (staff_id, started_at, seen_at, proved_at, device, address, terminal, section, enrolling)"
        db.write_many(f"{insert} VALUES (1, ?1, ?1, ?1, '', '', '', '', 0)", [(now,)] * number)
    listing = signed_in.listing(CONSOLE)
    assert (listing.count(), listing.people()) == (number, min(number, 1))
    assert len(listing.window(0, 200)) == min(number, 200)
    plan = db.rows(f"EXPLAIN QUERY PLAN SELECT s.id {signed_in._ALIVE}", {"now": 1, "reached": 1, "ahead": 1})
    assert any("session_live" in str(step) for step in plan)


def test_signing_in_begins_at_home(little_shop: Founded, watch: Watch) -> None:
    """Until the first minute is over nothing else is written of where somebody is."""
    db.rows("UPDATE policy SET totp = 'nobody'")
    owner = sessions.sign_in(STRANGER, "owner", PASSWORD)
    assert [each.section for each in seen(owner) if each.is_this] == ["home"]
