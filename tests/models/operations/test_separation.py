"""Keeping permissions apart, and every way that somebody might try to bring them together all the same."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from pathlib import Path

import pytest

from models import clock, db, shop as shops
from models.actor import Actor
from models.errors import Incompatible, Invalid, NothingChanged, OwnerAlone, OwnerOnly, RowsRefused, ShopstaffError, Stale, Unknown
from models.operations import grants, importing, onboarding, ownership, roles, separation, staff
from models.operations.onboarding import Newcomer
from models.operations.staff import Profile
from models.queries import access, importing as import_queries, roles as role_queries, staff as staff_queries
from models.rules.grants import AccessChange, ExtraGift, RoleGift
from models.tables import Extra
from tests.factories import DAY, Founded
from tests.models.operations.acts import entries, recorded, refused
from tests.rosters import roster_of

REFUND, BILLS = "refund.approve", "finance.bill.view"


@pytest.fixture
def shop(little_shop: Founded) -> Founded:
    """Who approves refunds does not see bills."""
    separation.declare(little_shop.owner, REFUND, BILLS, reason="Who pays does not book.")
    return little_shop


@pytest.fixture
def ann(shop: Founded) -> int:
    """Somebody of operations who approves refunds."""
    return shop.person("ann", name="Ann Wu", extras=[REFUND]).staff_id or 0


def extra(code: str, until: int | None = None) -> AccessChange:
    """A permission to give."""
    return AccessChange(give_extras=(ExtraGift(code, until),))


def role(shop: Founded, name: str, until: int | None = None) -> AccessChange:
    """A role to give."""
    return AccessChange(give_roles=(RoleGift(shop.role_id(name), until),))


def give(shop: Founded, staff_id: int, change: AccessChange, by: Actor | None = None) -> None:
    """Give it, as the owner unless somebody else is named."""
    grants.change(by or shop.owner, staff_id, change)


def kept_apart(act: Callable[[], object], name: str = "Ann Wu") -> None:
    """The act was refused for the two, nothing was changed, and the log says that somebody tried."""
    refusal = refused(act, Incompatible)
    assert str(refusal) == f"{name} would hold both “View bills” and “Approve refunds”, which this shop keeps apart."
    assert {key: entries()[-1].new[key] for key in ("one", "other", "name")} == {"one": BILLS, "other": REFUND, "name": name}


# ---- declaring and withdrawing


def test_declaring_is_an_entry_that_says_how_many_hold_both(little_shop: Founded) -> None:
    """It takes nothing from anybody."""
    little_shop.person("ann", extras=[REFUND, BILLS])
    (entry,) = recorded(lambda: separation.declare(little_shop.owner, REFUND, BILLS, reason=" why "))
    new = {"one": BILLS, "other": REFUND, "reason": "why", "people": 1}
    assert entry == ("owner", "separation.declare", "Little Shop", {}, new)
    assert access.of(little_shop.owner, little_shop.id_of("ann"))[BILLS].allowed


def test_what_is_kept_apart_already_is_not_declared_again(shop: Founded) -> None:
    """In whichever order the two are named."""
    refused(lambda: separation.declare(shop.owner, BILLS, REFUND), NothingChanged)
    refused(lambda: separation.declare(shop.console, REFUND, BILLS), NothingChanged)


def test_what_cannot_be_kept_apart_is_refused(shop: Founded) -> None:
    """Nothing is written of it."""
    refused(lambda: separation.declare(shop.owner, REFUND, "refund.view"), Invalid)
    refused(lambda: separation.declare(shop.owner, REFUND, "goods.fly"), Unknown)
    refused(lambda: separation.declare(shop.owner, REFUND, "finance.withdraw"), OwnerOnly)
    refused(lambda: separation.declare(shop.owner, REFUND, "goods.view", reason="x" * 201), Invalid)


def test_only_the_owner_keeps_apart_and_lets_go(shop: Founded) -> None:
    """Whoever may give both cannot make it so that they may be given together."""
    meg = shop.person("meg", extras=["staff.manage", "org.role.manage"])
    refused(lambda: separation.declare(meg, "goods.view", "rate.reply"), OwnerAlone)
    refused(lambda: separation.withdraw(meg, 1), OwnerAlone)


def test_withdrawing_lets_both_be_given_and_is_an_entry(shop: Founded, ann: int) -> None:
    """Once; declared anew it holds again."""
    kept_apart(lambda: give(shop, ann, extra(BILLS)))
    (entry,) = recorded(lambda: separation.withdraw(shop.owner, 1))
    old = {"one": BILLS, "other": REFUND, "reason": "Who pays does not book.", "people": 0}
    assert entry == ("owner", "separation.withdraw", "Little Shop", old, {})
    refused(lambda: separation.withdraw(shop.owner, 1), Unknown)
    give(shop, ann, extra(BILLS))
    assert separation.declare(shop.owner, REFUND, BILLS) == 2


# ---- giving


def test_a_second_step_does_not_bring_both(shop: Founded, ann: int) -> None:
    """Extra upon extra, role upon extra, role upon role, and all in one act; nor does the operator at the machine."""
    kept_apart(lambda: give(shop, ann, extra(BILLS)))
    kept_apart(lambda: give(shop, ann, extra(BILLS), by=shop.console))
    kept_apart(lambda: give(shop, ann, role(shop, "finance")))
    kept_apart(lambda: give(shop, ann, role(shop, "manager")))
    bob = shop.person("bob", gave=["finance"]).staff_id or 0
    kept_apart(lambda: give(shop, bob, role(shop, "service_lead")), "Bob")
    nobody = shop.person("zed").staff_id or 0
    both = AccessChange(give_extras=(ExtraGift(REFUND), ExtraGift(BILLS)))
    kept_apart(lambda: give(shop, nobody, both), "Zed")


def test_what_one_needs_comes_along_and_counts(shop: Founded, ann: int) -> None:
    """An extra that brings the other one of a pair with it."""
    separation.declare(shop.owner, "trade.order.view", "goods.edit")
    kept_apart_too = refused(lambda: give(shop, ann, extra("goods.edit")), Incompatible)
    assert (kept_apart_too.one, kept_apart_too.other) == ("goods.edit", "trade.order.view")


def test_one_can_be_given_in_place_of_the_other_in_one_act(shop: Founded, ann: int) -> None:
    """What counts is what they hold afterwards."""
    give(shop, ann, AccessChange(take_extras=(REFUND,), give_extras=(ExtraGift(BILLS),)))
    assert not access.of(shop.owner, ann)[REFUND].allowed


def test_two_that_are_given_for_a_day_are_together_for_a_day(shop: Founded, ann: int) -> None:
    """However short it is."""
    kept_apart(lambda: give(shop, ann, extra(BILLS, clock.now() + DAY)))


def test_what_has_ended_keeps_nothing_away(shop: Founded, ann: int) -> None:
    """Neither what was taken, nor what ran out."""
    bob = shop.person("bob", extras=[REFUND], until=clock.now() + DAY).staff_id or 0
    kept_apart(lambda: give(shop, bob, extra(BILLS)), "Bob")
    later = clock.now() + 2 * DAY
    clock.set_clock(lambda: later)
    give(shop, bob, extra(BILLS))
    give(shop, ann, AccessChange(take_extras=(REFUND,)))
    give(shop, ann, extra(BILLS))


def test_what_begins_later_counts(shop: Founded, ann: int) -> None:
    """On that day nobody would be asked."""
    give(shop, ann, AccessChange(take_extras=(REFUND,)))
    Extra.insert(staff=ann, permission=REFUND, since=clock.now() + DAY, granted_by="owner").execute()
    kept_apart(lambda: give(shop, ann, extra(BILLS)))


def test_what_the_post_bars_counts_when_the_post_changes(shop: Founded) -> None:
    """A person of customer service sees no bills whatever was given; moved across, both would wake."""
    cut = shop.person("cut", name="Ann Wu", post="service", gave=["finance", "service_lead"]).staff_id or 0
    kept_apart(lambda: give(shop, cut, AccessChange(post="operations")))
    give(shop, cut, AccessChange(post="operations", take_roles=(shop.role_id("finance"),)))


def test_frozen_and_invited_people_are_judged_as_if_active(shop: Founded, ann: int) -> None:
    """They would come back with both."""
    staff.freeze(shop.owner, ann)
    kept_apart(lambda: give(shop, ann, extra(BILLS)))
    new = shop.person("new", name="Ann Wu", extras=[REFUND], status="invited").staff_id or 0
    kept_apart(lambda: give(shop, new, extra(BILLS)))


def test_who_comes_back_comes_back_with_neither(shop: Founded, ann: int) -> None:
    """What they held before they left keeps nothing away."""
    staff.leave(shop.owner, ann)
    staff.reinstate(shop.owner, ann)
    give(shop, ann, extra(BILLS))


# ---- who held both before


def test_who_held_both_before_keeps_them_and_what_else_they_are_given(little_shop: Founded) -> None:
    """Other access, another post and an end that comes sooner go through; a later end, or one of the two anew, does not."""
    shop, end = little_shop, clock.now() + 10 * DAY
    ann = shop.person("ann", name="Ann Wu", extras=[REFUND], until=end).staff_id or 0
    give(shop, ann, role(shop, "finance"))
    separation.declare(shop.owner, REFUND, BILLS)
    give(shop, ann, extra("goods.edit"))
    give(shop, ann, extra(REFUND, end - DAY))
    kept_apart(lambda: give(shop, ann, extra(REFUND, end)))
    kept_apart(lambda: give(shop, ann, extra(REFUND)))
    give(shop, ann, extra(BILLS))
    give(shop, ann, AccessChange(post="service"))
    kept_apart(lambda: give(shop, ann, AccessChange(post="operations")))
    give(shop, ann, AccessChange(post="operations", take_extras=(REFUND,)))
    kept_apart(lambda: give(shop, ann, extra(REFUND, clock.now() + DAY)))


def test_the_owner_holds_everything_and_the_former_owner_nothing(shop: Founded, ann: int) -> None:
    """Handing over brings nobody together; the new owner is exempt as every owner is."""
    ownership.replace_owner(shop.console, "ann")
    former = shop.owner.staff_id or 0
    staff.unfreeze(shop.console, former)
    give(shop, former, extra(REFUND), by=shop.console)
    kept_apart(lambda: give(shop, former, extra(BILLS), by=shop.console), "Wang Fang")


# ---- onboarding, one and many


def test_nobody_is_onboarded_with_both(shop: Founded) -> None:
    """Role and extra, or within one role; whom the post bars from one of them is."""

    def onboard(login: str, post: str, names: tuple[str, ...], codes: tuple[str, ...]) -> None:
        given = tuple(RoleGift(shop.role_id(name)) for name in names)
        onboarding.onboard(shop.owner, Newcomer(login, Profile("Ann Wu"), post, None, given, tuple(map(ExtraGift, codes))))

    kept_apart(lambda: onboard("new", "operations", ("service_lead",), (BILLS,)))
    kept_apart(lambda: onboard("new", "operations", ("manager",), ()))
    onboard("new", "service", ("service_lead",), (BILLS,))
    onboard("one", "operations", ("service_lead",), ())


def test_rows_of_a_file_that_would_give_both_are_rejected_with_the_reason(shop: Founded) -> None:
    """The same gifts are judged by each row's post; the others are imported."""
    both = {"roles": "service_lead;finance"}
    rows = (
        {"name": "Ann", "post": "operations", **both},
        {"name": "Bob", "post": "service", **both},
        {"name": "Cas", "post": "operations", "roles": "finance", "extras": REFUND},
        {"name": "Dan", "post": "operations", "roles": "finance"},
        {"name": "Eve", "post": "operations", "extras": f"{REFUND};{BILLS}", "until": "2099-01-01"},
    )
    roster = roster_of(*rows)
    examination = import_queries.examine(shop.owner, roster)
    told = [[(problem.column, problem.message) for problem in row.row.problems] for row in examination.rows]
    said = "{} would hold both “View bills” and “Approve refunds”, which this shop keeps apart."
    assert told == [[("roles", said.format("Ann"))], [], [("extras", said.format("Cas"))], [], [("extras", said.format("Eve"))]]
    with pytest.raises(RowsRefused):
        importing.run(shop.owner, roster)
    imported = importing.run(shop.owner, roster, skip_bad=True, seen=examination)
    assert [code.login for code in imported.codes] == ["person2", "person4"]
    assert [row.name for row in imported.rejected] == ["Ann", "Cas", "Eve"]


def test_a_file_that_was_looked_at_before_two_were_kept_apart_is_looked_at_again(little_shop: Founded) -> None:
    """What was confirmed is what happens."""
    roster = roster_of({"post": "operations", "roles": "service_lead;finance"})
    seen = import_queries.examine(little_shop.owner, roster)
    assert seen.good == 1
    separation.declare(little_shop.owner, REFUND, BILLS)
    refused(lambda: importing.run(little_shop.owner, roster, seen=seen), Stale)


# ---- roles


def test_no_role_is_made_with_both_nor_copied(shop: Founded) -> None:
    """The preset manager has both; a copy of it would be new."""
    kept_apart(lambda: roles.add(shop.owner, "Bursar", [REFUND, BILLS]), "Bursar")
    manager = role_queries.detail(shop.owner, shop.role_id("manager")).permissions
    kept_apart(lambda: roles.add(shop.owner, "Manager, copy", manager), "Manager, copy")


def test_no_role_is_edited_into_both_and_what_has_both_can_be_taken_apart(shop: Founded) -> None:
    """Of the preset manager everything else can be edited, too."""
    lead, manager = shop.role_id("service_lead"), shop.role_id("manager")
    inside = set(role_queries.detail(shop.owner, lead).permissions)
    kept_apart(lambda: roles.edit(shop.owner, lead, None, codes=inside | {BILLS}), "Service lead")
    both = set(role_queries.detail(shop.owner, manager).permissions)
    roles.edit(shop.owner, manager, None, codes=both - {"goods.delete"})
    roles.edit(shop.owner, manager, None, codes=both, name="Boss")
    roles.edit(shop.owner, manager, None, codes=both - {BILLS})
    kept_apart(lambda: roles.edit(shop.owner, manager, None, codes=both), "Boss")
    roles.edit(shop.owner, manager, None, codes=both - {REFUND})


def test_no_edit_of_a_role_brings_both_together_in_a_holder(shop: Founded, ann: int) -> None:
    """The first is named and the others counted; by an extra, by another role, as the post lets through, as unexpired."""
    host = roles.add(shop.owner, "Host", ["goods.view"])
    give(shop, ann, role(shop, "Host"))
    kept_apart(lambda: roles.edit(shop.owner, host, None, codes=[BILLS]))
    for login in ("bob", "cas"):
        shop.person(login, gave=["service_lead", "Host"])
    shop.person("abe", post="service", gave=["service_lead", "Host"])
    shop.person("gus", gave=["Host"])
    shop.person("out", gave=["Host"], until=clock.now() + DAY)
    give(shop, shop.id_of("out"), extra(REFUND))
    kept_apart(lambda: roles.edit(shop.owner, host, None, codes=[BILLS]), "Ann Wu and 3 more people")
    later = clock.now() + 2 * DAY
    clock.set_clock(lambda: later)
    kept_apart(lambda: roles.edit(shop.owner, host, None, codes=[BILLS]), "Ann Wu and 2 more people")
    for login in ("ann", "bob", "cas"):
        give(shop, shop.id_of(login), AccessChange(take_roles=(host,)))
    roles.edit(shop.owner, host, None, codes=[BILLS])


def test_an_edit_that_takes_one_and_gives_the_other_is_judged_by_what_stays(shop: Founded, ann: int) -> None:
    """Replaced in the role it is no clash, unless the person has the one from elsewhere."""
    host = roles.add(shop.owner, "Host", [REFUND])
    bob = shop.person("bob", gave=["Host"]).staff_id or 0
    roles.edit(shop.owner, host, None, codes=[BILLS])
    assert access.of(shop.owner, bob)[BILLS].allowed
    roles.edit(shop.owner, host, None, codes=[REFUND])
    give(shop, ann, role(shop, "Host"))
    kept_apart(lambda: roles.edit(shop.owner, host, None, codes=[BILLS]))


def test_a_holder_who_had_both_before_is_in_nobodys_way_unless_for_longer(little_shop: Founded) -> None:
    """An edit that leaves it as it was goes through."""
    shop, end = little_shop, clock.now() + 5 * DAY
    host = roles.add(shop.owner, "Host", ["goods.view"])
    ann = shop.person("ann", name="Ann Wu", extras=[REFUND, BILLS]).staff_id or 0
    give(shop, ann, role(shop, "Host"))
    bob = shop.person("bob", name="Bob Li", extras=[REFUND]).staff_id or 0
    give(shop, bob, extra(BILLS, end))
    separation.declare(shop.owner, REFUND, BILLS)
    roles.edit(shop.owner, host, None, codes=[BILLS])
    roles.edit(shop.owner, host, None, codes=["goods.view"])
    give(shop, bob, role(shop, "Host"))
    kept_apart(lambda: roles.edit(shop.owner, host, None, codes=[BILLS]), "Bob Li")


def test_who_saves_second_is_told_that_before_anything_else(shop: Founded, ann: int) -> None:
    """The role is another than they saw."""
    host = roles.add(shop.owner, "Host", ["goods.view"])
    give(shop, ann, role(shop, "Host"))
    roles.edit(shop.owner, host, 1, name="Hosts")
    refused(lambda: roles.edit(shop.owner, host, 1, codes=[BILLS]), Stale)


# ---- at once


def _give(home: str, staff_id: int, code: str, results: multiprocessing.Queue[str]) -> None:
    """Give one of two that are kept apart."""
    shops.open(Path(home))
    try:
        grants.change(Actor.console(code), staff_id, extra(code))
        results.put("done")
    except ShopstaffError as refusal:
        results.put(type(refusal).__name__)
    shops.close()


def test_of_two_who_give_one_each_at_the_same_moment_one_is_refused(shop: Founded) -> None:
    """Each is judged inside its own transaction, after the other's."""
    bob = shop.person("bob").staff_id or 0
    shops.close()
    spawn = multiprocessing.get_context("spawn")
    results: multiprocessing.Queue[str] = spawn.Queue()
    processes = [spawn.Process(target=_give, args=(str(shop.home), bob, code, results)) for code in (REFUND, BILLS)]
    for process in processes:
        process.start()
    answers = sorted(results.get(timeout=120) for _ in processes)
    for process in processes:
        process.join()
    results.close()
    shops.open(shop.home)
    assert answers == ["Incompatible", "done"]
    assert len({grant.key for grant in staff_queries.grants(shop.console, bob)} & {REFUND, BILLS}) == 1
    assert db.rows("SELECT count(*) FROM audit_entry WHERE action = 'act.refuse'") == [(1,)]
