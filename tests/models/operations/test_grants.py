"""Giving and taking: only what one holds, no longer than one holds it, as it was shown, and all of it in the log."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from models import clock
from models.actor import Actor
from models.catalogue import permissions, preset_roles
from models.errors import (
    Invalid,
    NotAllowed,
    NothingChanged,
    OutOfReach,
    OwnAccount,
    OwnerOnly,
    OwnerProtected,
    Stale,
    Unknown,
    UntilTooLate,
    WrongStatus,
)
from models.operations import grants, roles, sessions, staff
from models.queries import access, staff as queries
from models.rules.grants import AccessChange, ExtraGift, RoleGift
from tests.factories import DAY, PASSWORD, STRANGER, Founded
from tests.models.operations.acts import entries, recorded, refused

ACROSS = AccessChange(post="operations")


def may(shop: Founded, staff_id: int) -> set[str]:
    """What somebody may do now."""
    return {code for code, verdict in access.of(shop.owner, staff_id).items() if verdict.allowed}


def give_extra(*codes: str, until: int | None = None) -> AccessChange:
    """Extras to give."""
    return AccessChange(give_extras=tuple(ExtraGift(code, until) for code in codes))


@pytest.fixture
def bob(little_shop: Founded) -> int:
    """An operations person without any access."""
    return little_shop.person("bob").staff_id or 0


@pytest.fixture
def lead(little_shop: Founded) -> Actor:
    """Somebody who may give what customer service has, and nothing beyond."""
    return little_shop.person("lead", gave=["customer_service"], extras=["staff.manage"])


# ---- what it takes


def test_it_takes_staff_manage(little_shop: Founded, bob: int) -> None:
    """Everything beside it is not enough."""
    nearly = little_shop.person("nearly", gave=["customer_service"], extras=["staff.freeze", "org.role.manage"])
    assert refused(lambda: grants.change(nearly, bob, give_extra("goods.view")), NotAllowed).permission == "staff.manage"


def test_nobody_gives_themselves_anything(little_shop: Founded, lead: Actor) -> None:
    """Roles, extras, another post: not even what they hold already."""
    own = lead.staff_id or 0
    for change in (give_extra("goods.view"), AccessChange(take_extras=("staff.manage",)), AccessChange(post="service")):
        refused(lambda change=change: grants.change(lead, own, change), OwnAccount)  # type: ignore[misc]  # mypy cannot infer a lambda's default


def test_the_owner_is_given_nothing_and_nothing_is_taken(little_shop: Founded) -> None:
    """By nobody."""
    owner = little_shop.owner.staff_id or 0
    for actor in (little_shop.owner, little_shop.console, little_shop.person("manager", gave=["manager"])):
        refused(lambda actor=actor: grants.change(actor, owner, give_extra("goods.view")), OwnerProtected)  # type: ignore[misc]  # mypy cannot infer a lambda's default


def test_nobody_gives_what_they_do_not_hold(little_shop: Founded, lead: Actor, bob: int) -> None:
    """As an extra, within a role, or as what an extra needs; the refusal names the permission and so does the log."""
    shop = little_shop
    assert refused(lambda: grants.change(lead, bob, give_extra("finance.bill.view")), OutOfReach).permission == "finance.bill.view"
    design = AccessChange(give_roles=(RoleGift(shop.role_id("design")),))
    assert refused(lambda: grants.change(lead, bob, design), OutOfReach).permission == "goods.edit"
    entry = entries()[-1]
    assert (entry.actor, entry.label, entry.new["act"], entry.new["permission"]) == ("lead", "bob", "role.grant", "goods.edit")
    assert may(shop, bob) == set()


@pytest.mark.parametrize(
    ("change", "act"),
    [
        (AccessChange(post="service"), "staff.post"),
        (AccessChange(give_roles=(RoleGift(1),)), "role.grant"),
        (AccessChange(take_roles=(1,)), "role.revoke"),
        (give_extra("goods.view"), "extra.grant"),
        (AccessChange(take_extras=("goods.view",)), "extra.revoke"),
    ],
)
def test_the_log_says_what_was_refused(little_shop: Founded, bob: int, change: AccessChange, act: str) -> None:
    """By the action that it would have been."""
    eve = little_shop.person("eve")
    refused(lambda: grants.change(eve, bob, change), NotAllowed)
    assert entries()[-1].new["act"] == act


def test_nobody_takes_what_they_do_not_hold(little_shop: Founded, lead: Actor) -> None:
    """A role whose every permission is theirs they may take; one with more they may not, not even beside one that is theirs."""
    shop = little_shop
    own = roles.add(shop.owner, "Bills", ["finance.bill.view"])
    carol = shop.person("carol", gave=["customer_service"]).staff_id or 0
    refused(lambda: grants.change(lead, carol, AccessChange(take_roles=(own,))), OutOfReach)
    grants.change(lead, carol, AccessChange(take_roles=(shop.role_id("customer_service"),)))
    assert may(shop, carol) == set()


def test_nobody_takes_along_what_they_do_not_hold(little_shop: Founded, lead: Actor) -> None:
    """An extra that the post keeps asleep widens nobody, but it is still not for somebody without it to take."""
    shop = little_shop
    carol = shop.person("carol", post="service", extras=["goods.price.edit"]).staff_id or 0
    change = AccessChange(take_extras=("goods.view",))
    assert refused(lambda: grants.change(lead, carol, change), OutOfReach).permission == "goods.price.edit"
    with pytest.raises(OutOfReach):
        access.preview_change(lead, carol, change)
    grants.change(shop.owner, carol, change)
    assert queries.grants(shop.owner, carol) == ()


def test_who_could_do_more_is_not_touched(little_shop: Founded, lead: Actor) -> None:
    """Not even to be given, or to have taken, what is within reach."""
    wide = little_shop.person("wide", gave=["customer_service"], extras=["finance.bill.view"]).staff_id or 0
    for change in (give_extra("staff.view"), AccessChange(take_roles=(little_shop.role_id("customer_service"),))):
        refused(lambda change=change: grants.change(lead, wide, change), OutOfReach)  # type: ignore[misc]  # mypy cannot infer a lambda's default


@pytest.mark.parametrize("code", [code for code, permission in permissions().items() if permission.owner_only])
def test_what_is_the_owners_alone_is_given_to_nobody(little_shop: Founded, bob: int, code: str) -> None:
    """Not by the owner, who holds it."""
    for actor in (little_shop.owner, little_shop.console):
        assert refused(lambda actor=actor: grants.change(actor, bob, give_extra(code)), OwnerOnly).permission == code  # type: ignore[misc]  # mypy cannot infer a lambda's default


def test_every_preset_role_can_be_given_by_the_owner(little_shop: Founded, bob: int) -> None:
    """And gives just what is in it."""
    for code, role in preset_roles().items():
        grants.change(little_shop.owner, bob, AccessChange(give_roles=(RoleGift(little_shop.role_id(code)),)))
        assert may(little_shop, bob) == set(role.permissions)
        grants.change(little_shop.owner, bob, AccessChange(take_roles=(little_shop.role_id(code),)))
        assert may(little_shop, bob) == set()


# ---- until when


def test_nobody_gives_for_longer_than_they_hold_it(little_shop: Founded, bob: int) -> None:
    """To the last instant, and no further; what only half of it comes from counts."""
    shop = little_shop
    end = clock.now() + 10 * DAY
    lead = shop.person("lead", extras=["staff.manage"])
    grants.change(shop.owner, lead.staff_id or 0, AccessChange(give_roles=(RoleGift(shop.role_id("customer_service"), end),)))
    for until in (None, end + 1):
        refused(lambda until=until: grants.change(lead, bob, give_extra("goods.view", until=until)), UntilTooLate)  # type: ignore[misc]  # mypy cannot infer a lambda's default
        role = AccessChange(give_roles=(RoleGift(shop.role_id("customer_service"), until),))
        refused(lambda role=role: grants.change(lead, bob, role), UntilTooLate)  # type: ignore[misc]  # mypy cannot infer a lambda's default
    grants.change(lead, bob, give_extra("goods.view", until=end))
    refused(lambda: grants.change(lead, bob, give_extra("goods.view")), UntilTooLate)


def test_a_grant_ends_by_itself(little_shop: Founded, bob: int) -> None:
    """Nothing has to run: at its last instant it holds, one microsecond later it does not."""
    end = clock.end_of_day("2030-01-01", "Asia/Shanghai")
    grants.change(little_shop.console, bob, give_extra("goods.view", until=end))
    clock.set_clock(lambda: end)
    assert may(little_shop, bob) == {"goods.view"} or not may(little_shop, bob) <= {"goods.view"}
    assert "goods.view" in may(little_shop, bob)
    clock.set_clock(lambda: end + 1)
    assert may(little_shop, bob) == set()


def test_a_day_that_is_over_is_no_end(little_shop: Founded, bob: int) -> None:
    """It is refused beside its field."""
    past = clock.now() - DAY
    assert refused(lambda: grants.change(little_shop.owner, bob, give_extra("goods.view", until=past)), Invalid).field == "until"
    role = AccessChange(give_roles=(RoleGift(little_shop.role_id("design"), past),))
    assert refused(lambda: grants.change(little_shop.owner, bob, role), Invalid).field == "until"


def test_another_end_takes_the_place_of_the_one_before(little_shop: Founded, bob: int) -> None:
    """One grant, not two; the log has both ends; the same end again is no act."""
    shop = little_shop
    end = clock.end_of_day("2030-01-01", "Asia/Shanghai")
    role = shop.role_id("design")
    grants.change(shop.owner, bob, AccessChange(give_roles=(RoleGift(role),)))
    (entry,) = recorded(lambda: grants.change(shop.owner, bob, AccessChange(give_roles=(RoleGift(role, end),))))
    assert (entry.action, entry.old, entry.new) == ("role.grant", {"until": None}, {"role": "design", "until": clock.rfc3339(end)})
    (grant,) = queries.grants(shop.owner, bob)
    assert (grant.key, grant.until, grant.by) == ("design", end, "owner")
    refused(lambda: grants.change(shop.owner, bob, AccessChange(give_roles=(RoleGift(role, end),))), NothingChanged)


# ---- what comes along


def test_an_extra_brings_what_it_needs_and_the_log_says_so(little_shop: Founded, bob: int) -> None:
    """One entry for each, and the caller is told; where a role gives it already, it is not given beside it."""
    shop = little_shop
    told = recorded(lambda: grants.change(shop.owner, bob, give_extra("audit.export")))
    along = ["staff.view", "audit.view", "audit.view.all", "audit.export"]
    assert [(entry.action, entry.new["permission"]) for entry in told] == [("extra.grant", code) for code in along]
    grants.change(shop.owner, bob, AccessChange(take_extras=("staff.view",)))
    assert may(shop, bob) == set()
    grants.change(shop.owner, bob, AccessChange(give_roles=(RoleGift(shop.role_id("auditor")),)))
    given = grants.change(shop.owner, bob, give_extra("audit.export"))
    assert [gift.permission for gift in given] == ["audit.export"]


def test_taking_a_role_takes_exactly_what_it_gave(little_shop: Founded, bob: int) -> None:
    """What another role or an extra gives as well stays; nothing of the role's stays behind."""
    shop = little_shop
    change = AccessChange(
        give_roles=(RoleGift(shop.role_id("operations")), RoleGift(shop.role_id("customer_service"))),
        give_extras=(ExtraGift("goods.price.edit"),),
    )
    grants.change(shop.owner, bob, change)
    told = recorded(lambda: grants.change(shop.owner, bob, AccessChange(take_roles=(shop.role_id("operations"),))))
    assert [(entry.action, entry.old["role"]) for entry in told] == [("role.revoke", "operations")]
    assert may(shop, bob) == {*preset_roles()["customer_service"].permissions, "goods.price.edit"}


# ---- the post


def test_the_post_is_judged_anew_at_once(little_shop: Founded, bob: int) -> None:
    """Down: what is kept for operations sleeps. Up: it is there again, without having been given anew."""
    shop = little_shop
    grants.change(shop.owner, bob, AccessChange(give_roles=(RoleGift(shop.role_id("operations")),)))
    before = may(shop, bob)
    (entry,) = recorded(lambda: grants.change(shop.owner, bob, AccessChange(post="service")))
    assert (entry.action, entry.old, entry.new) == ("staff.post", {"post": "operations"}, {"post": "service"})
    assert may(shop, bob) == {code for code in before if permissions()[code].post == "service"}
    grants.change(shop.owner, bob, ACROSS)
    assert may(shop, bob) == before
    refused(lambda: grants.change(shop.owner, bob, ACROSS), NothingChanged)
    refused(lambda: grants.change(shop.owner, bob, AccessChange(post="boss")), Invalid)


def test_a_wider_post_gives_what_others_gave_so_it_has_to_be_within_reach(little_shop: Founded, lead: Actor) -> None:
    """Waking up what sleeps under the post is giving it: what it is, and for how long."""
    shop = little_shop
    carol = shop.person("carol", post="service", gave=["operations"]).staff_id or 0
    narrow = shop.person("narrow", gave=["service_lead"], extras=["staff.manage"])
    assert refused(lambda: grants.change(narrow, carol, ACROSS), OutOfReach).permission == "goods.create"
    with pytest.raises(OutOfReach):
        access.preview_change(narrow, carol, ACROSS)
    with pytest.raises(OutOfReach):
        grants.change(narrow, carol, AccessChange(post="operations", give_extras=(ExtraGift("goods.view"),)))
    end = clock.now() + DAY
    brief = shop.person("brief", gave=["service_lead"], extras=["staff.manage"])
    grants.change(shop.owner, brief.staff_id or 0, AccessChange(give_roles=(RoleGift(shop.role_id("operations"), end),)))
    refused(lambda: grants.change(brief, carol, ACROSS), UntilTooLate)


# ---- as it was shown


def test_what_was_confirmed_is_what_happens(little_shop: Founded, bob: int) -> None:
    """A role that grew between the preview and the yes is told, and nothing is given."""
    shop = little_shop
    own = roles.add(shop.owner, "Host", ["goods.view"])
    change = AccessChange(give_roles=(RoleGift(own),))
    seen = access.preview_change(shop.owner, bob, change).seen
    assert seen == {"goods.view"}
    roles.edit(shop.owner, own, None, codes=["goods.view", "goods.price.edit"])
    refused(lambda: grants.change(shop.owner, bob, change, seen=seen), Stale)
    grants.change(shop.owner, bob, change, seen=access.preview_change(shop.owner, bob, change).seen)
    assert may(shop, bob) == {"goods.view", "goods.price.edit"}


def test_a_change_is_all_or_nothing(little_shop: Founded, bob: int) -> None:
    """One gift out of reach among many: none is given."""
    lead = little_shop.person("lead", gave=["customer_service"], extras=["staff.manage"])
    refused(lambda: grants.change(lead, bob, give_extra("goods.view", "refund.view", "finance.bill.view")), OutOfReach)
    assert may(little_shop, bob) == set()


@pytest.mark.parametrize("status", ["invited", "frozen"])
def test_access_is_prepared_before_somebody_is_active(little_shop: Founded, status: str) -> None:
    """It is there when they are, and not before."""
    shop = little_shop
    carol = shop.person("carol", status="invited" if status == "invited" else "active").staff_id or 0
    if status == "frozen":
        staff.freeze(shop.owner, carol)
    grants.change(shop.owner, carol, give_extra("goods.view"))
    assert may(shop, carol) == set()
    assert access.of(shop.owner, carol)["goods.view"].granted


def test_somebody_who_left_is_given_nothing(little_shop: Founded, bob: int) -> None:
    """First they are reinstated."""
    staff.leave(little_shop.owner, bob)
    refused(lambda: grants.change(little_shop.owner, bob, give_extra("goods.view")), WrongStatus)


@pytest.mark.parametrize(
    "change",
    [
        AccessChange(give_roles=(RoleGift(999),)),
        AccessChange(take_roles=(999,)),
        AccessChange(give_extras=(ExtraGift("goods.teleport"),)),
    ],
)
def test_what_is_not_there_is_not_given(little_shop: Founded, bob: int, change: AccessChange) -> None:
    """A role that was closed is not there either."""
    refused(lambda: grants.change(little_shop.owner, bob, change), Unknown)
    own = roles.add(little_shop.owner, "Host", ["goods.view"])
    roles.close(little_shop.owner, own, None)
    refused(lambda: grants.change(little_shop.owner, bob, AccessChange(give_roles=(RoleGift(own),))), Unknown)


def test_taking_what_is_not_held_is_no_act(little_shop: Founded, bob: int) -> None:
    """Nothing to tell."""
    for change in (AccessChange(), AccessChange(take_extras=("goods.view",)), AccessChange(take_roles=(1,))):
        refused(lambda change=change: grants.change(little_shop.owner, bob, change), NothingChanged)  # type: ignore[misc]  # mypy cannot infer a lambda's default


def test_access_that_was_taken_is_gone_in_a_session_that_is_open(little_shop: Founded, bob: int) -> None:
    """No session carries what its person may do: the next act is judged anew."""
    shop = little_shop
    manager = shop.person("boss", gave=["manager"])
    grants.change(manager, bob, give_extra("goods.view"))
    take: Callable[[], object] = lambda: grants.change(  # noqa: E731  done twice
        shop.owner, manager.staff_id or 0, AccessChange(take_roles=(shop.role_id("manager"),))
    )
    take()
    refused(lambda: grants.change(manager, bob, give_extra("refund.view")), NotAllowed)
    assert sessions.sign_in(STRANGER, "boss", PASSWORD).staff_id == manager.staff_id
