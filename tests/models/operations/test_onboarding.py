"""Onboarding one person."""

from __future__ import annotations

import json
from typing import Any

import pytest

from models import clock, db
from models.catalogue import permissions
from models.errors import Invalid, NotAllowed, OutOfReach, OwnerOnly, SeatNone, Stale, Taken, Unknown, UntilTooLate, Wrong
from models.operations import departments, devices, onboarding, roles, staff
from models.operations._operation import operation
from models.operations.grants import judge_gifts
from models.operations.onboarding import Newcomer, complaints, onboard
from models.operations.staff import Profile
from models.queries import access, staff as queries
from models.rules import codes
from models.rules.grants import ExtraGift, RoleGift
from models.tables import Department, OneTimeCode, Shop, Staff
from tests.device_keys import ed25519
from tests.factories import CONSOLE, DAY, Founded, seats
from tests.hostile import REFUSED

CAROL = Newcomer("carol", Profile("Carol Li 李卡"), "service")


def test_who_is_onboarded_is_invited_and_can_do_nothing_yet(little_shop: Founded) -> None:
    """The access that was given waits for the activation; the code is kept only as a digest, and lives as long as was said."""
    clock.set_clock(lambda: 10**15)
    role = RoleGift(little_shop.role_id("service_lead"))
    fresh = onboard(little_shop.owner, CAROL._replace(roles=(role,), days=21))
    carol = queries.detail(little_shop.owner, little_shop.id_of("carol"))
    assert (carol.status, carol.post, carol.created_by) == ("invited", "service", "owner")
    verdicts = access.of(little_shop.owner, carol.id)
    assert not any(verdict.allowed for verdict in verdicts.values())
    assert any(verdict.granted for verdict in verdicts.values())
    kept = OneTimeCode.get(OneTimeCode.staff == carol.id)
    assert codes.matches(fresh.code, kept.digest)
    assert fresh.expires_at == kept.expires_at == 10**15 + 21 * DAY
    plain = codes.normalised(fresh.code)
    everything = db.database.connection().serialize()
    assert fresh.code.encode() not in everything
    assert plain.encode() not in everything


def test_the_log_tells_who_was_onboarded_with_what_and_nothing_private(little_shop: Founded) -> None:
    """Account, post, department, grants; neither code nor telephone."""
    profile = Profile("Carol Li", phone="13800001111", email="carol@example.com", number="A-7")
    extra = ExtraGift("chat.record.team", 10**16)
    onboard(little_shop.owner, Newcomer("carol", profile, "service", None, (RoleGift(1, 10**16),), (extra,)))
    ((actor, label, new),) = db.rows("SELECT actor, object_label, new FROM audit_entry WHERE action = 'staff.onboard'")
    assert (actor, label) == ("owner", "carol")
    told: dict[str, Any] = json.loads(new)
    assert told["name"] == "Carol Li"
    assert told["extras"] == [["chat.record.team", "2286-11-20T17:46:40.000000Z"]]  # as every moment in the log
    assert len(told["roles"]) == 1
    assert "13800001111" not in new
    assert "example.com" not in new


@pytest.mark.parametrize("again", ["carol", "CAROL", " Carol ", "ＣＡＲＯＬ"])
@pytest.mark.parametrize("left", [True, False])
def test_a_login_is_never_used_twice(little_shop: Founded, again: str, *, left: bool) -> None:
    """In any case or width, and not when the first has left, either."""
    little_shop.person("carol")
    if left:
        staff.leave(little_shop.owner, little_shop.id_of("carol"))
    with pytest.raises(Taken) as refused:
        onboard(little_shop.owner, CAROL._replace(login=again))
    assert refused.value.field == "login"
    assert Staff.select().where(Staff.login == "carol").count() == 1


@pytest.mark.parametrize("hostile", REFUSED.values(), ids=REFUSED)
@pytest.mark.parametrize("field", ["login", *Profile._fields])
def test_p17_no_field_takes_what_cannot_be_seen(little_shop: Founded, field: str, hostile: str) -> None:
    """Each says so at its own; nobody is onboarded."""
    newcomer = CAROL._replace(login=hostile) if field == "login" else CAROL._replace(profile=CAROL.profile._replace(**{field: hostile}))
    with pytest.raises(Invalid) as refused:
        onboard(little_shop.owner, newcomer)
    assert refused.value.field == field
    assert [wrong.field for wrong in complaints(little_shop.owner, newcomer)] == [field]
    assert Staff.select().count() == 1


@pytest.mark.parametrize("days", [0, 22, -1, 10**9])
def test_a_code_lives_between_one_day_and_three_weeks(little_shop: Founded, days: int) -> None:
    """Neither less nor more."""
    with pytest.raises(Invalid, match="1 to 21 days"):
        onboard(little_shop.owner, CAROL._replace(days=days))


def test_a_post_is_one_of_two(little_shop: Founded) -> None:
    """Anything else is refused before the database is asked."""
    with pytest.raises(Invalid) as refused:
        onboard(little_shop.owner, CAROL._replace(post="owner"))
    assert refused.value.field == "post"


def test_everything_that_is_wrong_is_said_at_once_each_at_its_field(little_shop: Founded) -> None:
    """And a login that is taken is told before anything else is asked; what is right is not complained about."""
    bad = Newcomer("OWNER", Profile("", "x" * 41, "a b;", "x", "x"), "boss", days=0)
    said = complaints(little_shop.owner, bad)
    assert [wrong.field for wrong in said] == ["login", "name", "nickname", "number", "phone", "email", "post", "days"]
    assert isinstance(said[0], Taken)
    assert complaints(little_shop.owner, CAROL) == ()
    assert complaints(little_shop.owner, CAROL._replace(login="ab")) == ()
    little_shop.person("ab")
    assert [str(wrong) for wrong in complaints(little_shop.owner, CAROL._replace(login="AB"))] == ["“ab” is taken."]
    assert complaints(little_shop.owner, CAROL) == ()


def test_whoever_may_not_onboard_does_not_learn_which_logins_there_are(little_shop: Founded) -> None:
    """Complaints are for those who could act on them."""
    bob = little_shop.person("bob", gave=["auditor"])
    with pytest.raises(NotAllowed):
        complaints(bob, CAROL)


def test_a_key_that_was_ever_anybodys_is_a_complaint(little_shop: Founded) -> None:
    """Enrolled, over, or revoked: it is no newcomer's, and that is said before anything is created."""
    bob = little_shop.person("bob", gave=["manager"])
    now = clock.now()
    key = devices.add(bob, bob.staff_id or 0, ed25519("bob"), name="phone", until=now + DAY)
    newcomer = CAROL._replace(key=ed25519("bob"))

    def said() -> list[tuple[str, str]]:
        return [(wrong.field, str(wrong)) for wrong in complaints(little_shop.owner, newcomer)]

    refused = [("key", "This key is enrolled for somebody else. Every device has a key of its own.")]
    assert said() == refused
    clock.set_clock(lambda: now + 2 * DAY)
    assert said() == refused
    devices.revoke(little_shop.owner, key)
    assert said() == refused
    assert complaints(little_shop.owner, CAROL._replace(key=ed25519("carol"))) == ()


def test_onboarding_takes_its_permission_and_the_attempt_is_recorded(little_shop: Founded) -> None:
    """With the name of whom it was about."""
    bob = little_shop.person("bob", gave=["auditor"])
    with pytest.raises(NotAllowed):
        onboard(bob, CAROL)
    assert not Staff.select().where(Staff.login == "carol").exists()
    assert little_shop.log("act.refuse") == [("bob", "act.refuse", "staff.onboard")]


def test_nobody_gives_more_than_they_hold(little_shop: Founded) -> None:
    """By role, by extra, by what an extra needs, or for longer; the attempt is recorded with the newcomer's login."""
    end = clock.now() + 10 * DAY
    bob = little_shop.person("bob", extras=["staff.manage", "chat.offline.claim"], until=end)
    tries: list[tuple[type[Exception], Newcomer]] = [
        (OutOfReach, CAROL._replace(roles=(RoleGift(little_shop.role_id("service_lead"), end),))),
        (OutOfReach, CAROL._replace(extras=(ExtraGift("goods.price.edit", end),))),
        (UntilTooLate, CAROL._replace(extras=(ExtraGift("chat.receive"),))),
        (UntilTooLate, CAROL._replace(extras=(ExtraGift("chat.receive", end + 1),))),
    ]
    for refusal, newcomer in tries:
        with pytest.raises(refusal):
            onboard(bob, newcomer)
    assert little_shop.log("act.refuse") == [("bob", "act.refuse", "carol")] * len(tries)
    onboard(bob, CAROL._replace(extras=(ExtraGift("chat.receive", end),)))


def test_what_is_the_owners_alone_is_given_to_nobody(little_shop: Founded) -> None:
    """Not by the owner, not by the machine's operator."""
    alone = next(code for code, permission in permissions().items() if permission.owner_only)
    for actor in (little_shop.owner, CONSOLE):
        with pytest.raises(OwnerOnly):
            onboard(actor, CAROL._replace(extras=(ExtraGift(alone),)))


def test_an_end_that_has_passed_is_refused(little_shop: Founded) -> None:
    """A gift that is over already is a mistake."""
    for gift in ({"roles": (RoleGift(1, clock.now() - 1),)}, {"extras": (ExtraGift("chat.receive", clock.now() - 1),)}):
        with pytest.raises(Invalid, match="over"):
            onboard(little_shop.owner, CAROL._replace(**gift))


def test_what_is_no_longer_there_is_named(little_shop: Founded) -> None:
    """A department or a role that was closed since the form was filled in; a permission the catalogue does not know."""
    role = roles.add(little_shop.owner, "Old", ["chat.receive"])
    roles.close(little_shop.owner, role, None)
    place = departments.add(little_shop.owner, "Attic")
    departments.close(little_shop.owner, place, Department.get_by_id(place).version)
    tries = {
        "role": CAROL._replace(roles=(RoleGift(role),)),
        "department": CAROL._replace(department_id=place),
        "permission": CAROL._replace(extras=(ExtraGift("goods.fly"),)),
    }
    for kind, newcomer in tries.items():
        with pytest.raises(Unknown) as refused:
            onboard(little_shop.owner, newcomer)
        assert refused.value.kind == kind
    assert not Staff.select().where(Staff.login == "carol").exists()


def test_where_seats_are_counted_the_last_one_is_the_last(little_shop: Founded) -> None:
    """It says how many are taken; who leaves frees one."""
    Shop.update(seats_counted=True).execute()
    with pytest.raises(SeatNone, match="0 of 0"):
        onboard(little_shop.owner, CAROL)
    seats(1)
    seats(5, "bought", until=1)
    onboard(little_shop.owner, CAROL)
    with pytest.raises(SeatNone, match="1 of 1"):
        onboard(little_shop.owner, CAROL._replace(login="dave"))
    staff.leave(little_shop.owner, little_shop.id_of("carol"))
    onboard(little_shop.owner, CAROL._replace(login="dave"))


def test_what_was_confirmed_is_what_is_given(little_shop: Founded) -> None:
    """A role that was changed after the preview was shown stops the onboarding; the same contents by another way do not."""
    role = roles.add(little_shop.owner, "Night watch", ["chat.receive"])
    newcomer = CAROL._replace(roles=(RoleGift(role),))
    preview = access.preview_newcomer(little_shop.owner, "carol", "service", newcomer.roles, ())
    roles.edit(little_shop.owner, role, None, codes=["chat.receive", "chat.offline.claim"])
    with pytest.raises(Stale, match="Carol Li 李卡"):
        onboard(little_shop.owner, newcomer, seen=preview.seen)
    assert not Staff.select().where(Staff.login == "carol").exists()
    roles.edit(little_shop.owner, role, None, codes=["chat.receive"])
    onboard(little_shop.owner, newcomer, seen=preview.seen)


def test_the_post_cuts_what_is_given_without_taking_it_away(little_shop: Founded) -> None:
    """The grant stands; a wider post would let it through."""
    newcomer = CAROL._replace(extras=(ExtraGift("goods.price.edit"),))
    preview = access.preview_newcomer(little_shop.owner, "carol", "service", (), newcomer.extras)
    assert preview.seen == {"goods.view"}
    onboard(little_shop.owner, newcomer, seen=preview.seen)
    assert {grant.key for grant in queries.grants(little_shop.owner, little_shop.id_of("carol"))} == {"goods.price.edit", "goods.view"}


def test_what_is_shared_by_many_is_judged_once(little_shop: Founded, monkeypatch: pytest.MonkeyPatch) -> None:
    """Inside one act: people with the same gifts."""
    asked = []

    def counted(*args: Any) -> None:
        asked.append(args)
        judge_gifts(*args)

    monkeypatch.setattr(onboarding, "judge_gifts", counted)
    gifts = [(), (RoleGift(1),), (RoleGift(1), RoleGift(2))]
    people = [onboarding.prepare(CAROL._replace(login=f"p{place}", roles=gifts[place % 3])) for place in range(30)]
    with operation(CONSOLE, onboarding.PERMISSION, "staff.onboard") as journal:
        fresh = onboarding.insert(journal, people)
    assert len(fresh) == len({each.code for each in fresh}) == 30
    assert len(asked) == 3


def test_a_field_that_is_wrong_bears_its_name_wherever_it_is_judged(little_shop: Founded) -> None:
    """So that a screen shows it beside what was typed."""
    for newcomer in (CAROL._replace(login="1"), CAROL._replace(profile=Profile("")), CAROL._replace(days=99)):
        with pytest.raises(Wrong) as refused:
            onboarding.checked(newcomer)
        assert refused.value.field in {"login", "name", "days"}


def test_a_role_that_is_given_twice_is_given_once(little_shop: Founded) -> None:
    """Until the end that was said last, and without a stumble."""
    gifts = (RoleGift(1), RoleGift(1, 10**16))
    onboard(little_shop.owner, Newcomer("carol", Profile("Carol Li"), "service", None, gifts))
    assert db.rows("SELECT role_id, until FROM role_grant WHERE staff_id = ?", (little_shop.id_of("carol"),)) == [(1, 10**16)]
