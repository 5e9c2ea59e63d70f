"""One's own password and sessions; what is reset and limited for others."""

from __future__ import annotations

import pytest

from models import db
from models.actor import Actor
from models.errors import (
    CodeRefused,
    Invalid,
    NotAllowed,
    NothingChanged,
    OutOfReach,
    OwnAccount,
    OwnerProtected,
    PasswordWeak,
    SecondFactorNeeded,
    SessionEnded,
    SignInLocked,
    SignInRefused,
    Unknown,
    WrongProof,
    WrongStatus,
)
from models.operations import codes, policy, security, sessions, staff
from models.operations.codes import FreshCode
from models.queries import activity, security as queries
from tests.factories import CONSOLE, DAY, PASSWORD, STRANGER, Founded, signed_in
from tests.models.doors import AFAR, NEAR, NEW, Watch, come_in, enrol, failures, proved, recovery_codes, told
from tests.models.operations.acts import entries, recorded, refused

pytestmark = pytest.mark.usefixtures("cheap")


@pytest.fixture
def bob(little_shop: Founded, watch: Watch) -> Actor:
    """Somebody who is about to lose something."""
    return little_shop.person("bob")


def kind_needed(login: str, password: str = PASSWORD) -> str:
    """What is asked for after the password; "" where nothing is."""
    try:
        sessions.sign_in(STRANGER, login, password)
    except SecondFactorNeeded as needed:
        return needed.kind
    return ""


def reset(shop: Founded, whom: Actor, what: dict[str, bool]) -> FreshCode:
    """Reset what a code brings back; that code."""
    fresh = security.reset(shop.owner, whom.staff_id or 0, **what)
    assert fresh is not None
    return fresh


def test_p9_ones_own_password_takes_the_old_one(little_shop: Founded, bob: Actor) -> None:
    """Other sessions end, this one goes on; the log says so and neither password is in it."""
    other = signed_in("bob")
    told_of = recorded(lambda: security.change_password(bob, PASSWORD, NEW))
    assert [(entry.action, entry.label) for entry in told_of] == [("session.end", "bob"), ("security.password", "bob")]
    assert activity.held(bob) is not None
    with pytest.raises(SessionEnded):
        activity.held(other)
    with pytest.raises(SignInRefused):
        sessions.sign_in(STRANGER, "bob", PASSWORD)
    sessions.sign_in(STRANGER, "bob", NEW)
    everything = str(db.rows("SELECT * FROM audit_entry"))
    assert NEW not in everything
    assert PASSWORD not in everything


def test_p9_a_wrong_old_password_changes_nothing_and_is_told(little_shop: Founded, bob: Actor) -> None:
    """Counted like any, and in the log."""
    for _ in range(5):
        with pytest.raises(WrongProof):
            security.change_password(bob, NEW, "granite 91 umbrella lamp")
    with pytest.raises(SignInLocked):
        security.change_password(bob, PASSWORD, NEW)
    assert told("session.prove.refuse") == ['{"because":"password"}'] * 5


def test_p2_a_new_password_is_judged_and_the_old_one_is_none(little_shop: Founded, bob: Actor) -> None:
    """By the policy's length, by what a guesser would try; a weak one is no failed attempt."""
    for weak in ("short", "bob12345678", "littleshop2026", "x" * 129, "password1234"):
        with pytest.raises(PasswordWeak):
            security.change_password(bob, PASSWORD, weak)
    with pytest.raises(Invalid):
        security.change_password(bob, PASSWORD, PASSWORD)
    policy.edit(CONSOLE, 1, queries.policy().policy._replace(password_length=30))
    with pytest.raises(PasswordWeak, match="30"):
        security.change_password(bob, PASSWORD, NEW)
    security.change_password(bob, PASSWORD, NEW + " seven herons")
    assert failures() == 0


def test_p9_the_operator_at_the_machine_has_no_password(little_shop: Founded) -> None:
    """Nor sessions; nobody's are changed."""
    with pytest.raises(WrongProof):
        security.change_password(CONSOLE, PASSWORD, NEW)
    refused(lambda: security.end_others(CONSOLE), NothingChanged)


def test_p9_after_a_reset_of_the_password_the_code_sets_a_new_one(little_shop: Founded, bob: Actor, watch: Watch) -> None:
    """Sessions end, the old password is void, the phone goes on to be asked for; the code is good for a day, and once."""
    phone = enrol(bob)
    made = recovery_codes(bob)
    fresh = security.reset(little_shop.owner, bob.staff_id or 0, password=True)
    assert fresh.expires_at == watch.now + DAY
    assert (entries()[-1].action, entries()[-1].new) == ("security.reset", {"reset": ["password"]})
    with pytest.raises(SessionEnded):
        activity.held(bob)
    with pytest.raises(SignInRefused):
        sessions.sign_in(STRANGER, "bob", PASSWORD)
    sessions.activate(STRANGER, "bob", fresh.code, NEW)
    assert entries()[-1].action == "security.password"
    with pytest.raises(CodeRefused):
        sessions.activate(STRANGER, "bob", fresh.code, PASSWORD)
    watch.passes(60)
    assert kind_needed("bob", NEW) == "totp"
    come_in("bob", phone.code(), password=NEW)
    come_in("bob", made[1], password=NEW)


def test_p9_the_password_that_was_reset_does_not_come_back(little_shop: Founded, bob: Actor) -> None:
    """It may be known to others; the code stays good for another one, and after that one nothing is kept of it."""
    security.reset(little_shop.owner, bob.staff_id or 0, password=True)
    fresh = security.reset(little_shop.owner, bob.staff_id or 0, password=True)
    with pytest.raises(Invalid, match="was reset"):
        sessions.activate(STRANGER, "bob", fresh.code, PASSWORD)
    sessions.activate(STRANGER, "bob", fresh.code, NEW)
    assert db.rows("SELECT 1 FROM spent_password") == []
    assert sessions.sign_in(STRANGER, "bob", NEW).staff_id == bob.staff_id


def test_p9_after_a_reset_of_totp_the_code_follows_the_password_once(little_shop: Founded, bob: Actor, watch: Watch) -> None:
    """The phone and the recovery codes are void, the password stays; from the next time on the password is enough."""
    phone = enrol(bob)
    made = recovery_codes(bob)
    fresh = security.reset(little_shop.owner, bob.staff_id or 0, totp=True)
    watch.passes(60)
    assert kind_needed("bob") == "code"
    for wrong in (phone.code(), made[1], "", fresh.code[:-1] + ("0" if fresh.code[-1] != "0" else "1")):
        with pytest.raises(WrongProof):
            come_in("bob", wrong)
    come_in("bob", fresh.code.lower(), NEAR)
    assert told("session.start")[-1] == '{"by":"code"}'
    with pytest.raises(CodeRefused):
        sessions.activate(STRANGER, "bob", fresh.code, NEW)
    assert kind_needed("bob") == ""


def test_p9_the_code_of_a_reset_of_totp_sets_no_password(little_shop: Founded, bob: Actor) -> None:
    """Whoever handed it out, or found it, does not have the password: it opens nothing by itself, and stays good for its person."""
    enrol(bob)
    fresh = security.reset(little_shop.owner, bob.staff_id or 0, totp=True)
    with pytest.raises(CodeRefused):
        sessions.activate(AFAR, "bob", fresh.code, NEW)
    with pytest.raises(SignInRefused):
        sessions.sign_in(AFAR, "bob", NEW)
    come_in("bob", fresh.code)


def test_p9_after_a_reset_of_both_the_code_is_all_it_takes_and_totp_is_off(little_shop: Founded, bob: Actor, watch: Watch) -> None:
    """A new password, then signing in; a person whose access is high-risk is led to TOTP by the policy."""
    phone = enrol(bob)
    fresh = security.reset(little_shop.owner, bob.staff_id or 0, password=True, totp=True)
    sessions.activate(STRANGER, "bob", fresh.code, NEW)
    assert kind_needed("bob", NEW) == ""
    watch.passes(60)
    again = enrol(signed_in("bob"))
    watch.passes(60)
    with pytest.raises(WrongProof):
        come_in("bob", phone.code(), password=NEW)
    come_in("bob", again.code(), password=NEW)


@pytest.mark.parametrize("first", [{"password": True}, {"totp": True}])
@pytest.mark.parametrize("then", [{"password": True}, {"totp": True}])
def test_p9_resetting_again_voids_the_code_before(little_shop: Founded, bob: Actor, first: dict[str, bool], then: dict[str, bool]) -> None:
    """What either reset voided stays void, and one code comes back in."""
    enrol(bob)
    old = reset(little_shop, bob, first)
    new = reset(little_shop, bob, then)
    if "password" in first | then:
        with pytest.raises(CodeRefused):
            sessions.activate(STRANGER, "bob", old.code, NEW)
        sessions.activate(STRANGER, "bob", new.code, NEW)
        assert kind_needed("bob", NEW) == ("" if "totp" in first | then else "totp")
    else:
        with pytest.raises(WrongProof):
            come_in("bob", old.code)
        come_in("bob", new.code)


@pytest.mark.parametrize("what", [{"password": True}, {"totp": True}])
def test_p9_a_reset_code_is_good_for_a_day_and_can_be_renewed(
    little_shop: Founded, bob: Actor, watch: Watch, what: dict[str, bool]
) -> None:
    """To the last instant; renewing takes the permission to reset, and gives a day again, whatever somebody asks for."""
    enrol(bob)

    def use(code: str) -> None:
        if "totp" in what:
            come_in("bob", code)
        else:
            sessions.activate(STRANGER, "bob", code, NEW)

    old = reset(little_shop, bob, what)
    watch.passes(24 * 3600 + 0.000001)
    with pytest.raises((WrongProof, CodeRefused)):
        use(old.code)
    manager = little_shop.person("mia", extras=["staff.manage"])
    refused(lambda: codes.renew(manager, bob.staff_id or 0), NotAllowed)
    resetter = little_shop.person("rob", extras=["staff.security.reset"])
    fresh = codes.renew(resetter, bob.staff_id or 0, days=21)
    assert fresh.expires_at == watch.now + DAY
    watch.passes(24 * 3600)
    use(fresh.code)
    refused(lambda: codes.renew(little_shop.owner, bob.staff_id or 0), WrongStatus)


def test_p9_who_may_reset_whom(little_shop: Founded, bob: Actor) -> None:
    """It takes the permission and the reach; never oneself, never the owner, never who has no account to come back to."""
    wide = little_shop.person("wide", extras=["finance.bill.view"]).staff_id or 0
    little_shop.person("ivy", status="invited")
    resetter = little_shop.person("rob", extras=["staff.security.reset"])
    manager = little_shop.person("mia", extras=["staff.manage"])
    refused(lambda: security.reset(manager, bob.staff_id or 0, password=True), NotAllowed)
    refused(lambda: security.reset(resetter, wide, password=True), OutOfReach)
    refused(lambda: security.reset(resetter, resetter.staff_id or 0, password=True), OwnAccount)
    refused(lambda: security.reset(resetter, 1, totp=True), OwnerProtected)
    refused(lambda: security.reset(CONSOLE, 1, totp=True), OwnerProtected)
    refused(lambda: security.reset(resetter, bob.staff_id or 0), Invalid)
    refused(lambda: security.reset(resetter, 999, totp=True), Unknown)
    refused(lambda: security.reset(resetter, little_shop.id_of("ivy"), totp=True), WrongStatus)
    staff.leave(little_shop.owner, bob.staff_id or 0)
    refused(lambda: security.reset(resetter, bob.staff_id or 0, password=True), WrongStatus)


def test_p9_a_frozen_person_is_reset_and_stays_out_until_unfrozen(little_shop: Founded, bob: Actor) -> None:
    """The code works from then on, if it is still good."""
    staff.freeze(little_shop.owner, bob.staff_id or 0)
    fresh = security.reset(little_shop.owner, bob.staff_id or 0, password=True)
    with pytest.raises(CodeRefused):
        sessions.activate(STRANGER, "bob", fresh.code, NEW)
    refused(lambda: codes.renew(little_shop.owner, bob.staff_id or 0), WrongStatus)
    staff.unfreeze(little_shop.owner, bob.staff_id or 0)
    sessions.activate(STRANGER, "bob", fresh.code, NEW)
    sessions.sign_in(STRANGER, "bob", NEW)


def test_p9_nobody_sets_anothers_password(little_shop: Founded, bob: Actor) -> None:
    """Not the owner, not at the machine: there is no operation that takes one, and the code of one opens no other."""
    carol = little_shop.person("carol")
    fresh = security.reset(CONSOLE, bob.staff_id or 0, password=True)
    security.reset(CONSOLE, carol.staff_id or 0, password=True)
    for login in ("carol", "owner", "nobody"):
        with pytest.raises(CodeRefused):
            sessions.activate(STRANGER, login, fresh.code, NEW)


def test_rule_12_freezing_leaves_everything_as_it_was_for_unfreezing(little_shop: Founded, bob: Actor, watch: Watch) -> None:
    """Sessions end; password and phone refuse until then, and go on afterwards."""
    phone = enrol(bob)
    known = proved("bob")
    staff.freeze(little_shop.owner, bob.staff_id or 0)
    watch.passes(60)
    with pytest.raises(SignInRefused):
        sessions.sign_in(STRANGER, "bob", PASSWORD)
    with pytest.raises(SignInRefused):
        sessions.second_factor(STRANGER, known, phone.code())
    staff.unfreeze(little_shop.owner, bob.staff_id or 0)
    with pytest.raises(SessionEnded):
        activity.held(bob)
    come_in("bob", phone.code())


def test_rule_12_leaving_voids_password_phone_and_codes(little_shop: Founded, bob: Actor, watch: Watch) -> None:
    """Reinstated, the person comes with a new code and nothing else of before."""
    phone = enrol(bob)
    made = recovery_codes(bob)
    known = proved("bob")
    staff.leave(little_shop.owner, bob.staff_id or 0)
    assert not db.rows("SELECT 1 FROM credential WHERE staff_id = ?", (bob.staff_id,))
    fresh = staff.reinstate(little_shop.owner, bob.staff_id or 0)
    sessions.activate(STRANGER, "bob", fresh.code, NEW)
    assert kind_needed("bob", NEW) == ""
    watch.passes(60)
    for code in (phone.code(), made[1]):
        with pytest.raises(SignInRefused):
            sessions.second_factor(STRANGER, known, code)


def test_p10_ones_own_sessions_are_ended_from_another(little_shop: Founded, bob: Actor) -> None:
    """One, or all but this; never somebody else's, never twice."""
    others = [signed_in("bob") for _ in range(3)]
    security.end_session(bob, others[0].session_id or 0)
    with pytest.raises(SessionEnded):
        activity.held(others[0])
    for gone in (others[0].session_id, little_shop.owner.session_id, 999):
        refused(lambda: security.end_session(bob, gone or 0), Unknown)  # noqa: B023  called at once
    assert security.end_others(bob) == 2
    refused(lambda: security.end_others(bob), NothingChanged)
    activity.held(bob)
    activity.held(little_shop.owner)


def test_p9_the_second_factor_comes_within_five_minutes_of_the_password(little_shop: Founded, bob: Actor, watch: Watch) -> None:
    """Who finds the phone later types the password again; a clock that goes back gives no time."""
    phone = enrol(bob)
    watch.passes(60)
    known = proved("bob")
    watch.passes(300.000001)
    with pytest.raises(SignInRefused):
        sessions.second_factor(STRANGER, known, phone.code())
    known = proved("bob")._replace(at=watch.now + 1)
    with pytest.raises(SignInRefused):
        sessions.second_factor(STRANGER, known, phone.code())
    for wrong in (known._replace(at=watch.now, digest="another"), known._replace(staff_id=99)):
        with pytest.raises(SignInRefused):
            sessions.second_factor(STRANGER, wrong, phone.code())
    watch.passes(300)
    come_in("bob", phone.code())
