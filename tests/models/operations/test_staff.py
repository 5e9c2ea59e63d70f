"""What becomes of people, and everything that must not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from models import clock, db
from models.actor import Actor
from models.catalogue import INVITED
from models.errors import (
    CodeRefused,
    Invalid,
    NotAllowed,
    NothingChanged,
    OutOfReach,
    OwnAccount,
    OwnerProtected,
    SeatNone,
    SessionEnded,
    SignInRefused,
    Stale,
    Taken,
    Unknown,
    WrongStatus,
)
from models.operations import codes, departments, grants, onboarding, sessions, staff
from models.operations.staff import Profile
from models.queries import access, staff as queries
from models.rules.grants import AccessChange, RoleGift
from tests.factories import DAY, PASSWORD, STRANGER, Founded, seats, signed_in
from tests.hostile import LITERAL, REFUSED, WELCOME
from tests.models.operations.acts import entries, newest, recorded, refused

NEW_PASSWORD = "violet harbour 93 lantern"


def version(shop: Founded, staff_id: int) -> int:
    """Of a person as they are now."""
    return queries.detail(shop.owner, staff_id).version


def status(shop: Founded, staff_id: int) -> str:
    """Of a person now."""
    return queries.detail(shop.owner, staff_id).status


def open_sessions(staff_id: int) -> int:
    """How many of a person's sessions last."""
    ((count,),) = db.rows("SELECT count(*) FROM session WHERE staff_id = ? AND ended_at IS NULL", (staff_id,))
    return int(count)


@pytest.fixture
def bob(little_shop: Founded) -> int:
    """A customer-service person."""
    return little_shop.person("bob", post="service", gave=["customer_service"]).staff_id or 0


@pytest.fixture
def lead(little_shop: Founded) -> Actor:
    """Somebody who may manage people, and holds beside that no more than customer service does."""
    return little_shop.person("lead", gave=["customer_service"], extras=["staff.manage", "staff.freeze", "staff.offboard"])


Act = Callable[[Actor, int], object]

ACTS: dict[str, tuple[str, Act]] = {
    "freeze": ("staff.freeze", staff.freeze),
    "unfreeze": ("staff.freeze", staff.unfreeze),
    "leave": ("staff.offboard", staff.leave),
    "reinstate": ("staff.manage", staff.reinstate),
    "move": ("staff.manage", lambda actor, staff_id: staff.move(actor, staff_id, 1)),
    "edit": ("staff.manage", lambda actor, staff_id: staff.edit(actor, staff_id, 1, Profile("Somebody Else"))),
    "code": ("staff.manage", codes.renew),
    "access": ("staff.manage", lambda actor, staff_id: grants.change(actor, staff_id, AccessChange(post="operations"))),
}
"""Everything that is done to a person, with the permission that it takes."""


# ---- who may


@pytest.mark.parametrize("act", ACTS)
def test_every_act_takes_its_permission(little_shop: Founded, bob: int, act: str) -> None:
    """Everything else together is not enough; the refusal names what is missing and is in the log."""
    needed, run = ACTS[act]
    others = [code for code in ("staff.manage", "staff.freeze", "staff.offboard", "org.role.manage") if code != needed]
    nearly = little_shop.person("nearly", gave=["customer_service"], extras=others)
    assert refused(lambda: run(nearly, bob), NotAllowed).permission == needed
    assert entries()[-1].actor == "nearly"


@pytest.mark.parametrize("act", ACTS)
def test_nothing_is_done_to_the_owner(little_shop: Founded, act: str) -> None:
    """Not by a manager, who may do it to everybody else."""
    manager = little_shop.person("manager", gave=["manager"])
    refused(lambda: ACTS[act][1](manager, little_shop.owner.staff_id or 0), OwnerProtected)


@pytest.mark.parametrize("act", ["freeze", "leave", "access"])
def test_the_owner_is_never_frozen_never_leaves_and_needs_no_grants(little_shop: Founded, act: str) -> None:
    """Not even by themselves or by the machine's operator."""
    for actor in (little_shop.owner, little_shop.console):
        refused(lambda actor=actor: ACTS[act][1](actor, little_shop.owner.staff_id or 0), OwnerProtected)  # type: ignore[misc]  # mypy cannot infer a lambda's default


@pytest.mark.parametrize("act", [act for act in ACTS if act != "edit"])
def test_nobody_changes_their_own_status_place_or_access(little_shop: Founded, act: str) -> None:
    """Whatever they hold."""
    manager = little_shop.person("manager", gave=["manager"])
    refused(lambda: ACTS[act][1](manager, manager.staff_id or 0), OwnAccount)


@pytest.mark.parametrize("act", ACTS)
def test_nobody_reaches_people_whose_access_is_wider(little_shop: Founded, lead: Actor, act: str) -> None:
    """The refusal names the permission in the way, and the log names the person it was tried on."""
    wide = little_shop.person("wide", gave=["customer_service"], extras=["finance.bill.view"])
    assert refused(lambda: ACTS[act][1](lead, wide.staff_id or 0), OutOfReach).permission == "finance.bill.view"
    entry = entries()[-1]
    assert (entry.actor, entry.label, entry.new["permission"]) == ("lead", "wide", "finance.bill.view")


@pytest.mark.parametrize("change", ["frozen", "invited"])
def test_access_that_sleeps_counts_as_access(little_shop: Founded, lead: Actor, change: str) -> None:
    """Who is frozen or not yet activated is as wide as they will be: thawing, moving or editing them is not for anybody narrower."""
    wide = little_shop.person("wide", extras=["finance.bill.view"], status=INVITED if change == "invited" else "active")
    staff_id = wide.staff_id or 0
    if change == "frozen":
        staff.freeze(little_shop.owner, staff_id)
        refused(lambda: staff.unfreeze(lead, staff_id), OutOfReach)
    refused(lambda: staff.move(lead, staff_id, 1), OutOfReach)
    refused(lambda: staff.leave(lead, staff_id), OutOfReach)


def test_a_grant_that_is_over_widens_nobody(little_shop: Founded, lead: Actor) -> None:
    """Potential access ends with the grant, without anybody taking it."""
    wide = little_shop.person("wide", extras=["finance.bill.view"], until=clock.now() + DAY)
    refused(lambda: staff.freeze(lead, wide.staff_id or 0), OutOfReach)
    start = clock.now()
    clock.set_clock(lambda: start + 2 * DAY)
    staff.freeze(lead, wide.staff_id or 0)
    assert status(little_shop, wide.staff_id or 0) == "frozen"


@pytest.mark.parametrize("act", ACTS)
def test_nothing_is_done_to_somebody_who_is_not_there(little_shop: Founded, act: str) -> None:
    """An id that nobody has."""
    refused(lambda: ACTS[act][1](little_shop.owner, 999), Unknown)


@pytest.mark.parametrize("act", ACTS)
def test_a_session_that_was_ended_may_do_nothing(little_shop: Founded, bob: int, act: str) -> None:
    """What a screen still shows is not asked."""
    manager = little_shop.person("manager", gave=["manager"])
    sessions.sign_out(manager)
    with pytest.raises(SessionEnded):
        ACTS[act][1](manager, bob)
    assert status(little_shop, bob) == "active"


# ---- freezing


def test_freezing_shuts_out_at_once(little_shop: Founded, bob: int) -> None:
    """Sessions end in the same transaction, the password is no good, and nothing is allowed; grants and password are kept."""
    actor = signed_in("bob")
    before = queries.grants(little_shop.owner, bob)
    told = recorded(lambda: staff.freeze(little_shop.owner, bob, reason="lost phone"))
    assert ("owner", "staff.freeze", "bob", {"status": "active"}, {"status": "frozen", "reason": "lost phone"}) in told
    assert open_sessions(bob) == 0
    with pytest.raises(SessionEnded):
        queries.detail(actor, bob)
    with pytest.raises(SignInRefused):
        sessions.sign_in(STRANGER, "bob", PASSWORD)
    assert not any(verdict.allowed for verdict in access.of(little_shop.owner, bob).values())
    assert queries.grants(little_shop.owner, bob) == before
    staff.unfreeze(little_shop.owner, bob)
    assert sessions.sign_in(STRANGER, "bob", PASSWORD).staff_id == bob
    assert access.of(little_shop.owner, bob)["goods.view"].allowed


def test_who_was_only_invited_is_invited_again_after_freezing(little_shop: Founded) -> None:
    """And their code is no good meanwhile, but still the same afterwards."""
    fresh = onboarding.onboard(little_shop.owner, onboarding.Newcomer("carol", Profile("Carol"), "service"))
    carol = little_shop.id_of("carol")
    staff.freeze(little_shop.owner, carol)
    with pytest.raises(CodeRefused):
        sessions.activate(STRANGER, "carol", fresh.code, NEW_PASSWORD)
    staff.unfreeze(little_shop.owner, carol)
    assert status(little_shop, carol) == "invited"
    sessions.activate(STRANGER, "carol", fresh.code, NEW_PASSWORD)
    assert status(little_shop, carol) == "active"


@pytest.mark.parametrize(
    ("state", "fitting"),
    [("invited", {"freeze", "leave", "code"}), ("active", {"freeze", "leave"}), ("frozen", {"unfreeze", "leave"}), ("left", {"reinstate"})],
)
def test_what_does_not_go_with_the_status_is_refused(little_shop: Founded, state: str, fitting: set[str]) -> None:
    """Each act in each state: it goes, or it says in which state the person is and changes nothing."""
    for act in ("freeze", "unfreeze", "leave", "reinstate", "code"):
        login = f"{act}-{state}"
        actor = little_shop.person(login, post="service", gave=["customer_service"], status="invited" if state == "invited" else "active")
        staff_id = actor.staff_id or 0
        if state == "frozen":
            staff.freeze(little_shop.owner, staff_id)
        if state == "left":
            staff.leave(little_shop.owner, staff_id)
        if act in fitting:
            ACTS[act][1](little_shop.owner, staff_id)
            continue
        error = refused(lambda run=ACTS[act][1], who=staff_id: run(little_shop.owner, who), WrongStatus)  # type: ignore[misc]  # mypy cannot infer a lambda's default
        assert state in str(error)


def test_a_reason_is_cleaned_like_any_text(little_shop: Founded, bob: int) -> None:
    """It goes into the log, and logs are read in terminals."""
    for act in (staff.freeze, staff.leave):
        for value in REFUSED.values():
            with pytest.raises(Invalid):
                act(little_shop.owner, bob, reason=value)
        with pytest.raises(Invalid):
            act(little_shop.owner, bob, reason="x" * 201)
    assert status(little_shop, bob) == "active"


# ---- leaving and coming back


def test_leaving_ends_everything_at_once(little_shop: Founded) -> None:
    """Grants, sessions, password, codes and headships; the log says from which state."""
    shop = little_shop
    carol = shop.person("carol", gave=["service_lead"], extras=["audit.view"], department_id=1).staff_id or 0
    departments.set_head(shop.owner, 1, 1, carol)
    told = recorded(lambda: staff.leave(shop.owner, carol, reason="moved away"))
    old = {"status": "active", "roles": [["service_lead", None]], "extras": [["audit.view", None]]}
    assert ("owner", "staff.leave", "carol", old, {"status": "left", "reason": "moved away"}) in told
    assert ("owner", "department.head", "Customer service", {"head": "carol"}, {"head": None}) in told
    detail = queries.detail(shop.owner, carol)
    assert (detail.status, detail.activated_at, detail.sessions, detail.code_expires_at) == ("left", None, 0, None)
    assert detail.left_at is not None
    assert queries.grants(shop.owner, carol) == ()
    assert db.rows("SELECT 1 FROM credential WHERE staff_id = ?", (carol,)) == []
    assert db.rows("SELECT 1 FROM department WHERE head_id = ?", (carol,)) == []
    with pytest.raises(SignInRefused):
        sessions.sign_in(STRANGER, "carol", PASSWORD)
    assert not any(verdict.granted for verdict in access.of(shop.owner, carol).values())


def test_a_code_of_somebody_who_left_is_void(little_shop: Founded) -> None:
    """Also after they came back: the one before stays void, the new one is good."""
    old = onboarding.onboard(little_shop.owner, onboarding.Newcomer("carol", Profile("Carol"), "service"))
    carol = little_shop.id_of("carol")
    staff.leave(little_shop.owner, carol)
    with pytest.raises(CodeRefused):
        sessions.activate(STRANGER, "carol", old.code, NEW_PASSWORD)
    new = staff.reinstate(little_shop.owner, carol)
    with pytest.raises(CodeRefused):
        sessions.activate(STRANGER, "carol", old.code, NEW_PASSWORD)
    assert new.login == "carol"
    sessions.activate(STRANGER, "carol", new.code, NEW_PASSWORD)


def test_who_comes_back_comes_back_with_nothing(little_shop: Founded) -> None:
    """No role, no extra, not the old password; their place is kept as far as it is still there."""
    shop = little_shop
    night = departments.add(shop.owner, "Night shift")
    carol = shop.person("carol", gave=["customer_service"], extras=["staff.view"], department_id=night).staff_id or 0
    staff.leave(shop.owner, carol)
    told = recorded(lambda: staff.reinstate(shop.owner, carol))
    assert told == [("owner", "staff.reinstate", "carol", {"status": "left"}, {"status": "invited", "days": 7})]
    assert queries.grants(shop.owner, carol) == ()
    assert queries.detail(shop.owner, carol).department_id == night
    with pytest.raises(SignInRefused):
        sessions.sign_in(STRANGER, "carol", PASSWORD)
    staff.leave(shop.owner, carol)
    departments.close(shop.owner, night, 1)
    staff.reinstate(shop.owner, carol)
    assert queries.detail(shop.owner, carol).department_id is None


@pytest.mark.parametrize("variant", ["bob", "BOB", "Bob", " bob ", "ｂｏｂ"])
def test_a_login_is_never_used_twice(little_shop: Founded, bob: int, variant: str) -> None:
    """In no case variant, and not after its person left."""
    newcomer = onboarding.Newcomer(variant, Profile("Another Bob"), "service")
    refused(lambda: onboarding.onboard(little_shop.owner, newcomer), Taken)
    staff.leave(little_shop.owner, bob)
    refused(lambda: onboarding.onboard(little_shop.owner, newcomer), Taken)


def test_without_a_free_seat_nobody_comes_back(little_shop: Founded, bob: int) -> None:
    """Leaving frees the seat, coming back takes one."""
    shop = little_shop
    db.database.execute_sql("UPDATE shop SET seats_counted = 1")
    seats(1)
    staff.leave(shop.owner, bob)
    onboarding.onboard(shop.owner, onboarding.Newcomer("carol", Profile("Carol"), "service"))
    assert "1 of 1" in str(refused(lambda: staff.reinstate(shop.owner, bob), SeatNone))
    staff.leave(shop.owner, shop.id_of("carol"))
    staff.reinstate(shop.owner, bob)
    assert status(shop, bob) == "invited"


# ---- profile


def test_a_profile_is_changed_as_it_was_seen(little_shop: Founded, bob: int) -> None:
    """The log has what was and what is, of the changed fields only; the person is found by the new name at once."""
    seen = version(little_shop, bob)
    told = recorded(lambda: staff.edit(little_shop.owner, bob, seen, Profile("张三", "小张", "A-7", "138 0013 8000", "bob@example.com")))
    (entry,) = told
    assert (entry.action, entry.old["name"], entry.new["name"]) == ("staff.edit", "Bob", "张三")
    assert set(entry.old) == set(entry.new) == {"name", "nickname", "number", "phone", "email"}
    found = queries.listing(little_shop.owner, queries.StaffFilter(query="zhangsan")).window(0, 9)
    assert [row.id for row in found] == [bob]
    refused(lambda: staff.edit(little_shop.owner, bob, seen, Profile("Late")), Stale)


def test_the_second_to_save_is_told_and_overwrites_nothing(little_shop: Founded, bob: int) -> None:
    """Whoever saves first: profile, place or access."""
    seen = version(little_shop, bob)
    staff.move(little_shop.owner, bob, 1, version=seen)
    refused(lambda: staff.edit(little_shop.owner, bob, seen, Profile("Bobby")), Stale)
    refused(lambda: staff.move(little_shop.owner, bob, 2, version=seen), Stale)
    change = AccessChange(give_roles=(RoleGift(little_shop.role_id("service_lead")),))
    refused(lambda: grants.change(little_shop.owner, bob, change, version=seen), Stale)


def test_of_their_own_profile_people_change_how_they_are_reached(little_shop: Founded, bob: int) -> None:
    """Not their name or staff number: those say who they are to others."""
    actor = signed_in("bob")
    staff.edit(actor, bob, version(little_shop, bob), Profile("Bob", "Bobby", "", "13800138000", "bob@example.com"))
    assert queries.detail(little_shop.owner, bob).nickname == "Bobby"
    for profile in (Profile("Robert", "Bobby"), Profile("Bob", "Bobby", "A-1")):
        refused(lambda profile=profile: staff.edit(actor, bob, version(little_shop, bob), profile), OwnAccount)  # type: ignore[misc]  # mypy cannot infer a lambda's default
    owner = little_shop.owner.staff_id or 0
    staff.edit(little_shop.owner, owner, version(little_shop, owner), Profile("Wang Fangfang", number="A-1"))
    assert queries.detail(little_shop.owner, owner).name == "Wang Fangfang"


def test_saving_what_is_so_already_is_no_act(little_shop: Founded, bob: int) -> None:
    """Nothing to tell, nothing in the log."""
    refused(lambda: staff.edit(little_shop.owner, bob, version(little_shop, bob), Profile(" Bob ")), NothingChanged)
    refused(lambda: staff.move(little_shop.owner, bob, None), NothingChanged)


@pytest.mark.parametrize("field", ["name", "nickname", "number", "phone", "email"])
def test_hostile_text_is_refused_in_every_field_of_a_profile(little_shop: Founded, bob: int, field: str) -> None:
    """And the refusal names the field."""
    seen = version(little_shop, bob)
    for value in REFUSED.values():
        changed: dict[str, Any] = {"name": "Bob", field: value}
        with pytest.raises(Invalid) as error:
            staff.edit(little_shop.owner, bob, seen, Profile(**changed))
        assert error.value.field == field
    assert version(little_shop, bob) == seen


@pytest.mark.parametrize("name", [*LITERAL.values(), *WELCOME.values()], ids=[*LITERAL, *WELCOME])
def test_real_names_and_strange_ones_are_kept_as_they_are(little_shop: Founded, bob: int, name: str) -> None:
    """What it means to a markup language, a database or a shell is none of our business."""
    staff.edit(little_shop.owner, bob, version(little_shop, bob), Profile(name[:40]))
    shown = queries.detail(little_shop.owner, bob).name
    assert shown == staff.checked(Profile(name[:40])).name
    found = queries.listing(little_shop.owner, queries.StaffFilter(query=shown)).window(0, 9)
    assert bob in [row.id for row in found] or not any(character.isalnum() for character in shown)


# ---- places


def test_many_are_moved_in_one_act_and_who_is_left_out_is_told_why(little_shop: Founded, lead: Actor, bob: int) -> None:
    """Oneself, somebody wider, the owner, somebody who is there already: each with the reason; a refused attempt is in the log."""
    shop = little_shop
    wide = shop.person("wide", extras=["finance.bill.view"]).staff_id or 0
    there = shop.person("there", post="service", department_id=1).staff_id or 0
    start = newest()
    done = staff.move_many(lead, [bob, lead.staff_id or 0, wide, shop.owner.staff_id or 0, there], 1)
    assert done.done == 1
    assert [name for name, _reason in done.skipped] == ["lead", "wide", "owner", "there"]
    assert "View bills" in dict(done.skipped)["wide"]
    told = [(entry.action, entry.label) for entry in entries(start)]
    assert told == [("staff.move", "bob"), ("act.refuse", "lead"), ("act.refuse", "wide"), ("act.refuse", "owner")]
    assert [row.id for row in queries.listing(shop.owner, queries.StaffFilter(department_id=1)).window(0, 9)] == [bob, there]


def test_moving_many_to_where_they_are_is_no_act(little_shop: Founded, bob: int) -> None:
    """And nobody is moved to a department that is closed or not there."""
    refused(lambda: staff.move_many(little_shop.owner, [bob], None), NothingChanged)
    night = departments.add(little_shop.owner, "Night shift")
    departments.close(little_shop.owner, night, 1)
    refused(lambda: staff.move(little_shop.owner, bob, night), Unknown)
    refused(lambda: staff.move(little_shop.owner, bob, 999), Unknown)


def test_the_owner_has_a_place_that_is_the_owners_to_choose(little_shop: Founded) -> None:
    """Or the machine's operator's; nobody else's."""
    shop = little_shop
    owner = shop.owner.staff_id or 0
    staff.move(shop.owner, owner, 1)
    staff.move(shop.console, owner, 2)
    assert queries.detail(shop.owner, owner).department_id == 2
    manager = shop.person("manager", gave=["manager"])
    refused(lambda: staff.move(manager, owner, 1), OwnerProtected)


def test_everybody_chooses_their_own_language(little_shop: Founded, bob: int) -> None:
    """Without any permission; the console has none, and there are two."""
    actor = signed_in("bob")
    (entry,) = recorded(lambda: staff.set_language(actor, "zh"))
    assert (entry.action, entry.old, entry.new) == ("staff.language", {"language": None}, {"language": "zh"})
    assert queries.detail(little_shop.owner, bob).language == "zh"
    refused(lambda: staff.set_language(actor, "zh"), NothingChanged)
    assert refused(lambda: staff.set_language(actor, "tlh"), Invalid).field == "language"
    refused(lambda: staff.set_language(little_shop.console, "zh"), Unknown)
    staff.set_language(actor, None)
    assert queries.detail(little_shop.owner, bob).language is None
