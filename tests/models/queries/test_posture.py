"""What the owner is told to do something about, how each account is protected, and which sign-ins failed."""

from __future__ import annotations

from contextlib import suppress
from random import Random
from time import perf_counter

import pytest

from models import clock, db
from models.actor import Actor
from models.catalogue import permissions
from models.errors import NotAllowed, OutOfReach, OwnerAlone, OwnerProtected, Refusal, SessionLocked, Unknown
from models.operations import devices, policy, presence, security, sessions, staff
from models.queries import access, devices as queries, failures, posture, protection
from models.queries.protection import Wanted
from models.rules.grants import AccessChange, RoleGift
from models.rules.policy import EVERYONE, NOBODY, Policy
from models.tables import Extra, Session
from tests.crowd import crowd
from tests.device_keys import enrolled
from tests.factories import CONSOLE, DAY, PASSWORD, STRANGER, Founded, signed_in
from tests.guarded import signed_in_days_ago, totp_on

NOW = 1_795_320_000_000_000
HOUR = clock.HOUR
HIGH = {code for code, permission in permissions().items() if permission.high_risk}


@pytest.fixture
def shop(little_shop: Founded) -> Founded:
    """The clock stands still; everybody who is there has been there."""
    clock.set_clock(lambda: NOW)
    db.rows("INSERT INTO setting (name, value) SELECT 'clock_from', max(seq) FROM audit_entry")  # the shop was founded later
    totp_on(little_shop, "owner")
    signed_in_days_ago("owner", 0)
    return little_shop


def here(shop: Founded, login: str, **how: object) -> Actor:
    """Somebody who signed in today."""
    actor = shop.person(login, **how)  # type: ignore[arg-type]  # handed on as they come
    signed_in_days_ago(login, 0)
    return actor


def at(moment: int) -> None:
    """It is `moment` from now on."""
    clock.set_clock(lambda: moment)


def found(shop: Founded) -> dict[str, int]:
    """The findings, by their kinds."""
    return {each.kind: each.number for each in posture.posture(shop.owner)}


def people(shop: Founded, kind: str) -> set[str]:
    """The logins behind a finding."""
    return {row.login for row in protection.listing(shop.owner, Wanted(finding=kind)).window(0, 100)}


def test_where_all_is_well_there_is_nothing_to_do(shop: Founded) -> None:
    """The owner with TOTP, and one who may do nothing high-risk."""
    here(shop, "bob", post="service", gave=["customer_service"])
    assert posture.posture(shop.owner) == ()
    assert all(people(shop, kind) == set() for kind in posture.LABELS)


def test_an_owner_without_totp_is_the_first_thing_to_do(little_shop: Founded) -> None:
    """A shop on its first day."""
    (first, *_rest) = posture.posture(little_shop.owner)
    assert first == (posture.HIGH_RISK, 1, ("Wang Fang",))


def test_high_risk_access_is_judged_and_not_counted_by_grants(shop: Founded) -> None:
    """A grant that the post bars, that has ended, or whose person is frozen or invited gives nothing: what the one judge says of each."""
    here(shop, "really", gave=["manager"])
    here(shop, "guarded", gave=["manager"])
    totp_on(shop, "guarded")
    here(shop, "barred_by_post", post="service", gave=["finance", "operations"])
    here(shop, "by_extra", post="service", gave=["customer_service"], extras=["refund.approve"])
    here(shop, "ended", gave=["manager"], until=NOW + DAY)
    here(shop, "harmless", post="service", gave=["customer_service"])
    here(shop, "frozen", gave=["manager"])
    staff.freeze(shop.owner, shop.id_of("frozen"))
    shop.person("invited", status="invited", gave=["manager"])
    at(NOW + 2 * DAY)
    judged = {
        login
        for (login,) in db.rows("SELECT login FROM staff WHERE login <> 'guarded' AND login <> 'owner'")
        if any(verdict.allowed and permissions()[code].high_risk for code, verdict in access.of(shop.owner, shop.id_of(login)).items())
    }
    assert judged == {"really", "by_extra"}
    assert people(shop, posture.HIGH_RISK) == judged
    assert found(shop)[posture.HIGH_RISK] == 2


@pytest.mark.parametrize("seed", range(4))
def test_who_is_at_high_risk_is_as_the_one_judge_says_of_each(shop: Founded, seed: int) -> None:
    """Grants of every kind, that ended, were taken back or are yet to begin, in every status and post, with TOTP and without."""
    crowd(40)
    chance, codes = Random(seed), list(permissions())
    with db.transaction():
        db.database.execute_sql("UPDATE role_grant SET ended_at = ?, ended_by = 'x' WHERE id % 2", (NOW,))
        for staff_id in range(2, 42):
            status, post = chance.choice(["active", "active", "invited", "frozen"]), chance.choice(["service", "operations"])
            db.database.execute_sql("UPDATE staff SET status = ?, post = ? WHERE id = ?", (status, post, staff_id))
            for code in chance.sample(codes, 2):
                since = NOW + chance.choice([-9, -9, 1]) * DAY
                until, ended = chance.choice([None, since, since + 30 * DAY]), chance.choice([None, None, NOW])
                row = {"staff": staff_id, "permission": code, "since": since, "until": until, "granted_by": "x"}
                Extra.insert(**row, ended_at=ended, ended_by="x" if ended else None).execute()
    for login in ("person00001", "person00002", "person00003", "person00004"):
        totp_on(shop, login)
    without = {
        login for (login,) in db.rows("SELECT login FROM staff WHERE id NOT IN (SELECT staff_id FROM totp WHERE active IS NOT NULL)")
    }
    judged = {login: access.of(CONSOLE, shop.id_of(login)).values() for login in without}
    expected = {login for login, verdicts in judged.items() if any(each.allowed and each.permission in HIGH for each in verdicts)}
    assert people(shop, posture.HIGH_RISK) == expected != set()
    assert posture.reach(CONSOLE).high_risk == len(expected) < len(without)


def test_p13_who_has_no_totp_is_a_finding_where_everyone_needs_it(shop: Founded) -> None:
    """And only there."""
    here(shop, "bob", post="service", gave=["customer_service"])
    assert posture.REQUIRED not in found(shop)
    policy.edit(shop.owner, 1, Policy(totp=EVERYONE))
    assert found(shop) == {posture.REQUIRED: 1}
    assert people(shop, posture.REQUIRED) == {"bob"}
    policy.edit(shop.owner, 2, Policy(totp=NOBODY))
    assert found(shop) == {}


def test_codes_that_run_out_or_have_are_found_after_a_reset_too(shop: Founded) -> None:
    """Two days before, and for as long as nobody makes a new one."""
    shop.person("dave", status="invited", post="service")
    here(shop, "bob", post="service")
    here(shop, "carol", post="service")
    security.reset(shop.owner, shop.id_of("bob"), password=True)
    security.reset(shop.owner, shop.id_of("carol"), totp=True)
    assert people(shop, posture.CODE) == {"bob", "carol"}  # a day is less than two
    at(NOW + 5 * DAY - 1)
    assert people(shop, posture.CODE) == {"bob", "carol"}
    at(NOW + 5 * DAY)
    assert people(shop, posture.CODE) == {"bob", "carol", "dave"}
    at(NOW + 9 * DAY)
    assert people(shop, posture.CODE) == {"bob", "carol", "dave"}
    staff.leave(shop.owner, shop.id_of("dave"))
    assert people(shop, posture.CODE) == {"bob", "carol"}


def test_p8_two_recovery_codes_left_is_a_finding_and_none_is_too(shop: Founded) -> None:
    """Three are enough; without TOTP nobody needs any."""
    for login, left in (("three", 3), ("two", 2), ("none", 0)):
        here(shop, login, post="service")
        totp_on(shop, login, recovery=left)
    here(shop, "off", post="service")
    assert people(shop, posture.RECOVERY) == {"two", "none"}


def test_who_never_came_and_who_stays_away_is_found(shop: Founded) -> None:
    """A week after activation or invitation; thirty days after the last sign-in. Who is frozen is not missed."""
    shop.person("silent", post="service")
    shop.person("dave", post="service", status="invited")
    here(shop, "away", post="service")
    here(shop, "frozen", post="service")
    staff.freeze(shop.owner, shop.id_of("frozen"))
    signed_in_days_ago("owner", -30)
    for days, silent, dormant in ((7 - 1e-9, set(), set()), (7, {"silent", "dave"}, set()), (30, {"silent", "dave"}, {"away"})):
        at(NOW + int(days * DAY))
        assert people(shop, posture.SILENT) == silent
        assert people(shop, posture.DORMANT) == dormant


def test_frozen_with_grants_is_found_until_they_end(shop: Founded) -> None:
    """Frozen with nothing is nothing to do."""
    here(shop, "holds", post="service", gave=["customer_service"], until=NOW + DAY)
    here(shop, "empty", post="service")
    for login in ("holds", "empty"):
        staff.freeze(shop.owner, shop.id_of(login))
    assert people(shop, posture.FROZEN) == {"holds"}
    at(NOW + 2 * DAY)
    assert people(shop, posture.FROZEN) == set()


def test_a_finding_names_a_few_and_counts_the_rest(shop: Founded) -> None:
    """By login."""
    for login in ("dan", "bea", "eve", "ann"):
        here(shop, login, gave=["manager"])
    (only,) = posture.posture(shop.owner)
    assert only == (posture.HIGH_RISK, 4, ("Ann", "Bea", "Dan"))


def test_only_the_owner_and_the_console_read_it(shop: Founded) -> None:
    """A manager, who holds everything that can be given, does not; nor does a session that is locked."""
    manager = here(shop, "alice", gave=["manager"])
    reads = (
        posture.posture,
        posture.reach,
        protection.listing,
        failures.listing,
        lambda actor: failures.lately(actor, NOW),
        lambda actor: posture.sessions_ending(actor, Policy(), Policy(session_hours=1)),
    )
    for read in reads:
        read(shop.owner)
        read(shop.console)
        with pytest.raises(OwnerAlone):
            read(manager)
    presence.lock(shop.owner)
    for read in reads:
        with pytest.raises(SessionLocked):
            read(shop.owner)


# ---- protection


def test_a_row_says_how_an_account_is_protected(shop: Founded) -> None:
    """TOTP, codes, password, sessions that are alive, limits."""
    here(shop, "bob", name="Bob", post="service")
    totp_on(shop, "bob", recovery=5)
    security.limit(shop.owner, shop.id_of("bob"), addresses="10.0.0.0/8", hours="mon-fri 09:00-18:00")
    old = signed_in("bob", ages=True)
    db.database.execute_sql("UPDATE session SET started_at = ? WHERE id = ?", (NOW - 13 * HOUR, old.session_id))
    row = protection.of(shop.owner, shop.id_of("bob"))
    assert (row.totp_since, row.recovery_left, row.password_changed_at, row.signed_in_at) == (NOW, 5, NOW, NOW)
    assert (row.sessions, row.addresses, row.hours) == (1, "10.0.0.0/8", "mon-fri 09:00-18:00")
    assert (row.has_totp, row.few_codes, row.is_limited, row.awaits_code, row.is_barred) == (True, False, True, False, False)
    assert row in protection.listing(shop.owner).window(0, 9)


def test_p9_a_reset_shows_as_waiting_until_the_person_is_back(shop: Founded) -> None:
    """The password is gone, or TOTP is and the code is asked for."""
    here(shop, "bob", post="service")
    totp_on(shop, "bob")
    bob = shop.id_of("bob")
    security.reset(shop.owner, bob, totp=True)
    row = protection.of(shop.owner, bob)
    assert (row.has_totp, row.recovery_left, row.is_barred, row.awaits_code, row.sessions) == (False, 0, True, True, 0)
    assert row.password_changed_at == NOW
    code = security.reset(shop.owner, bob, password=True).code
    row = protection.of(shop.owner, bob)
    assert (row.password_changed_at, row.awaits_code, row.code_expires_at) == (None, True, NOW + DAY)
    sessions.activate(STRANGER, "bob", code, "walnut ferry 93 lantern")
    assert not protection.of(shop.owner, bob).awaits_code


def test_the_list_is_searched_and_sorted(shop: Founded) -> None:
    """By what people are found by everywhere; who has left is not in it."""
    here(shop, "zhangsan", name="张三", post="service")
    here(shop, "bob", name="Bob", post="service")
    here(shop, "gone", post="service")
    totp_on(shop, "bob")
    staff.leave(shop.owner, shop.id_of("gone"))

    def logins(**wanted: object) -> list[str]:
        return [row.login for row in protection.listing(shop.owner, Wanted(**wanted)).window(0, 9)]  # type: ignore[arg-type]  # as they come

    assert logins() == ["bob", "owner", "zhangsan"]
    assert logins(descending=True) == ["zhangsan", "owner", "bob"]
    assert logins(query="zs") == ["zhangsan"]
    assert logins(query="%") == []
    assert logins(sort="totp") == ["zhangsan", "bob", "owner"]
    for sort in protection.SORTS:
        for descending in (False, True):
            listing = protection.listing(shop.owner, Wanted(sort=sort, descending=descending))
            rows = listing.window(0, 9)
            assert [listing.position(row.id) for row in rows] == list(range(3)), sort
            assert listing.window(1, 1) == rows[1:2]
    assert protection.listing(shop.owner).position(shop.id_of("gone")) is None


def test_somebody_elses_protection_is_for_who_could_reset_it(shop: Founded) -> None:
    """Oneself, the owner, and whoever holds the permission and reaches so far; nobody but the owner sees the owner's."""
    alice, bob = here(shop, "alice", gave=["manager"]), here(shop, "bob", post="service", gave=["customer_service"])
    resetter = here(shop, "carl", extras=["staff.security.reset"], gave=["customer_service"])
    for actor, login, refusal in (
        (bob, "bob", None),
        (alice, "bob", None),
        (resetter, "bob", None),
        (shop.console, "owner", None),
        (shop.owner, "owner", None),
        (bob, "alice", NotAllowed),
        (resetter, "alice", OutOfReach),
        (alice, "owner", OwnerProtected),
    ):
        if refusal is None:
            assert protection.of(actor, shop.id_of(login)).login == login
        else:
            with pytest.raises(refusal):
                protection.of(actor, shop.id_of(login))
    with pytest.raises(Unknown):
        protection.of(shop.owner, 4711)


# ---- failures


def test_failed_sign_ins_come_newest_first_with_why_and_where_from(shop: Founded) -> None:
    """What was typed for a login that nobody has is not there: it may be a password."""
    here(shop, "bob", post="service")
    here(shop, "cold", post="service")
    staff.freeze(shop.owner, shop.id_of("cold"))
    afar = STRANGER._replace(address="203.0.113.9")
    for login, password in (("bob", "wrong"), ("hunter2", "wrong"), ("cold", PASSWORD)):
        with suppress(Refusal):
            sessions.sign_in(afar, login, password)
    with suppress(Refusal):
        sessions.activate(STRANGER, "bob", "NONE-NONE", "walnut ferry 93 lantern")
    with suppress(Refusal):
        presence.prove(signed_in("bob"), "wrong")
    listing = failures.listing(shop.owner)
    rows = listing.window(0, 9)
    assert [(row.action, row.login, row.because, row.address) for row in rows] == [
        ("session.prove.refuse", "bob", "password", ""),
        ("staff.activate.refuse", "bob", "code", ""),
        ("session.refuse", "cold", "status", "203.0.113.9"),
        ("session.refuse", "?", "unknown", "203.0.113.9"),
        ("session.refuse", "bob", "password", "203.0.113.9"),
    ]
    assert [row.staff_id for row in rows[2:4]] == [shop.id_of("cold"), None]
    assert listing.count() == failures.lately(shop.owner, NOW) == 5
    assert [listing.position(row.seq) for row in rows] == list(range(5))
    assert listing.position(rows[0].seq + 1) is None
    assert listing.window(3, 1) == rows[3:4]
    assert failures.lately(shop.owner, NOW + DAY) == 0


# ---- the policy's reach


def test_p13_whom_a_policy_would_meet_is_known_beforehand(shop: Founded) -> None:
    """Who has no TOTP, with high-risk access and at all; who has no device key that opens anything; whose session is older."""
    here(shop, "alice", gave=["manager"])
    here(shop, "bob", post="service")
    here(shop, "keyed", post="service")
    enrolled(shop.id_of("keyed"), "laptop", days=1)
    enrolled(shop.id_of("bob"), "of yesterday", days=0)
    devices.revoke(CONSOLE, queries.find(shop.id_of("alice"), enrolled(shop.id_of("alice"), "lost")))
    at(NOW + 1)
    assert posture.reach(shop.owner) == (1, 3, ("Alice", "Bob"))
    at(NOW + DAY)
    assert posture.reach(shop.owner).deviceless == ("Alice", "Bob"), "to its last microsecond"
    at(NOW + DAY + 1)
    assert posture.reach(shop.owner).deviceless == ("Alice", "Bob", "Keyed")
    enrolled(shop.id_of("alice"), "for a moment", days=0)
    at(NOW)
    assert posture.reach(shop.owner).deviceless == ("Bob", "Keyed"), "a clock that is set back makes none good again"
    late = signed_in("bob", ages=True)
    db.database.execute_sql("UPDATE session SET started_at = ? WHERE id = ?", (NOW - 5 * HOUR, late.session_id))
    assert [posture.sessions_ending(shop.owner, Policy(), Policy(session_hours=hours)) for hours in (4, 6, 24)] == [1, 0, 0]
    keys_only = Policy(device_required=True)
    without = posture.sessions_ending(shop.owner, Policy(), keys_only)
    assert posture.sessions_ending(shop.owner, keys_only, keys_only) == posture.sessions_ending(shop.owner, keys_only, Policy()) == 0
    Session.update(device="SHA256:x").where(Session.id == late.session_id).execute()
    assert posture.sessions_ending(shop.owner, Policy(), keys_only) == without - 1 > 0
    assert posture.sessions_ending(shop.owner, Policy(), keys_only._replace(session_hours=4)) == without


# ---- the preview


@pytest.mark.parametrize(("totp", "risky", "harmless"), [(EVERYONE, True, True), ("high_risk", True, False), (NOBODY, False, False)])
def test_p13_a_preview_says_whom_the_policy_will_ask_for_totp(shop: Founded, totp: str, risky: bool, harmless: bool) -> None:
    """Of a newcomer, and of a change; not of somebody who has it."""
    bob, carol = (here(shop, login, post="service") and shop.id_of(login) for login in ("bob", "carol"))
    totp_on(shop, "carol")
    if totp != "high_risk":
        policy.edit(shop.owner, 1, Policy(totp=totp))
    for role, expected in (("service_lead", risky), ("customer_service", harmless)):
        gifts = (RoleGift(shop.role_id(role)),)
        assert access.preview_newcomer(shop.owner, "newcomer", "service", gifts, ()).must_enrol is expected
        change = AccessChange(give_roles=gifts)
        assert access.preview_change(shop.owner, bob, change).must_enrol is expected
        assert access.preview_change(shop.owner, carol, change).must_enrol is False


def test_ten_thousand_people_are_no_work(shop: Founded) -> None:
    """No read over 200 ms; measured with room for a machine that is busy."""
    crowd(10_000)
    with db.transaction():
        db.database.execute_sql("DELETE FROM credential WHERE staff_id > 1")
        db.database.execute_sql(
            "INSERT INTO credential (staff_id, password, changed_at) SELECT id, '$argon2id$', ? FROM staff WHERE is_owner = 0", (NOW,)
        )
    started = perf_counter()
    numbers = found(shop)
    listing = protection.listing(shop.owner, Wanted(finding=posture.HIGH_RISK))
    row = listing.window(2_000, 30)[7]
    assert listing.position(row.id) == 2_007
    assert perf_counter() - started < 2
    assert numbers == {posture.HIGH_RISK: listing.count()}
    assert listing.count() > 2_500
