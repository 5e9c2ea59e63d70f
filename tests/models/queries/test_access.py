"""Why, who could, what would change: reads that say what the operations will do."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from models import clock
from models.actor import Actor
from models.catalogue import permissions, preset_roles
from models.errors import (
    NotAllowed,
    NothingChanged,
    OutOfReach,
    OwnAccount,
    OwnerProtected,
    ShopstaffError,
    Unknown,
    UntilTooLate,
)
from models.operations import departments, devices, grants, roles, staff as operations
from models.queries import access, reach
from models.rules.grants import AccessChange, ExtraGift, RoleGift
from tests.device_keys import ed25519
from tests.factories import DAY, Founded, signed_in

GIVABLE = [code for code, permission in permissions().items() if not permission.owner_only]


def codes(preview: access.Preview, which: str) -> set[str]:
    """The codes of the lines that are `gained`, `lost` or `cut`."""
    return {line.permission.code for line in preview.lines if getattr(line, which)}


# ---- why


def test_why_names_the_grant_and_nobody_else_where_it_is_allowed(little_shop: Founded) -> None:
    """Who could give it is asked only by who lacks it."""
    bob = little_shop.person("bob", gave=["design"]).staff_id or 0
    why = access.why(little_shop.owner, bob, "goods.edit")
    assert why.verdict.allowed
    assert [(source.kind, source.name, source.by) for source in why.verdict.sources] == [("role", "design", "console:tester")]
    assert why.grantors == ()


def test_who_could_give_it_is_the_owner_and_who_holds_it_and_may_authorise(little_shop: Founded) -> None:
    """Not the person themselves, nobody frozen, nobody who lacks either; nobody at all for what is the owner's alone."""
    shop = little_shop
    bob = shop.person("bob", extras=["staff.manage"]).staff_id or 0
    shop.person("manager", name="Li Lei", gave=["manager"])
    shop.person("holder", gave=["finance"])
    shop.person("giver", extras=["staff.manage"])
    shop.person("asleep", gave=["manager"])
    operations.freeze(shop.owner, shop.id_of("asleep"))
    found = access.why(shop.owner, bob, "finance.bill.view").grantors
    assert [(grantor.login, grantor.name) for grantor in found] == [("owner", "Wang Fang"), ("manager", "Li Lei")]
    assert access.why(shop.owner, bob, "finance.withdraw").grantors == ()


def test_who_could_give_it_reaches_the_person_and_all_that_it_needs(little_shop: Founded) -> None:
    """Nobody is named who would be refused: not who holds less than the person, nor who lacks what it needs."""
    shop = little_shop
    bob = shop.person("bob", extras=["finance.bill.view"]).staff_id or 0
    shop.person("narrow", extras=["staff.manage", "goods.price.edit"])
    shop.person("wide", extras=["staff.manage", "goods.price.edit", "finance.bill.view"])
    assert [grantor.login for grantor in access.why(shop.owner, bob, "goods.price.edit").grantors] == ["owner", "wide"]
    give = AccessChange(give_extras=(ExtraGift("goods.price.edit"),))
    for login in ("narrow", "wide"):
        refusal = refusal_of(partial(grants.change, signed_in(login), bob, give))
        assert (refusal is None) is (login == "wide")


def test_why_is_everybodys_to_ask_of_themselves(little_shop: Founded) -> None:
    """Of others it takes `staff.view`; a permission or a person that is not there is told so."""
    plain = little_shop.person("plain", post="service", gave=["customer_service"])
    assert access.why(plain, plain.staff_id or 0, "goods.view").verdict.allowed
    assert access.of(plain, plain.staff_id or 0)["goods.view"].allowed
    with pytest.raises(NotAllowed):
        access.why(plain, 1, "goods.view")
    with pytest.raises(NotAllowed):
        access.of(plain, 1)
    with pytest.raises(Unknown):
        access.why(little_shop.owner, 1, "goods.teleport")
    with pytest.raises(Unknown):
        access.why(little_shop.owner, 999, "goods.view")


# ---- previews


def test_a_newcomers_preview_is_what_onboarding_makes_true(little_shop: Founded) -> None:
    """Every role under both posts: what is shown as allowed is what they may do once active."""
    for place, (role, post) in enumerate((role, post) for role in preset_roles() for post in ("service", "operations")):
        shown = access.preview_newcomer(little_shop.owner, "new", post, (RoleGift(little_shop.role_id(role)),), ())
        person = little_shop.person(f"new{place}", post=post, gave=[role])
        allowed = {code for code, verdict in access.of(little_shop.owner, person.staff_id or 0).items() if verdict.allowed}
        assert shown.seen == allowed
        assert codes(shown, "cut") == set(preset_roles()[role].permissions) - allowed
        assert shown.high_risk == sum(permissions()[code].high_risk for code in allowed)


def test_a_preview_says_what_comes_and_what_goes(little_shop: Founded) -> None:
    """Gained, lost, and what stays; area by area in the catalogue's order."""
    shop = little_shop
    bob = shop.person("bob", gave=["design"], extras=["goods.price.edit"]).staff_id or 0
    change = AccessChange(
        give_roles=(RoleGift(shop.role_id("customer_service")),), take_roles=(shop.role_id("design"),), take_extras=("goods.view",)
    )
    preview = access.preview_change(shop.owner, bob, change)
    assert codes(preview, "lost") == {"goods.edit", "decor.edit", "decor.publish"}
    assert codes(preview, "gained") == set(preset_roles()["customer_service"].permissions) - {"goods.view"}
    assert preview.taken == ("goods.view",)
    assert [area for area, _lines in preview.by_area] == list(dict.fromkeys(line.permission.area for line in preview.lines))


def test_a_narrower_post_is_shown_as_a_loss_with_the_grants_that_it_cuts(little_shop: Founded) -> None:
    """Nothing is taken, and still it is lost."""
    bob = little_shop.person("bob", gave=["operations"]).staff_id or 0
    preview = access.preview_change(little_shop.owner, bob, AccessChange(post="service"))
    barred = {code for code in preset_roles()["operations"].permissions if permissions()[code].post == "operations"}
    assert codes(preview, "lost") == codes(preview, "cut") == barred


def test_a_preview_of_nothing_shows_what_is(little_shop: Founded) -> None:
    """Whoever they are: invited as if they were active, gone as if they came back."""
    bob = little_shop.person("bob", gave=["design"], status="invited").staff_id or 0
    assert access.preview_change(little_shop.owner, bob, AccessChange()).seen == set(preset_roles()["design"].permissions)
    operations.leave(little_shop.owner, bob)
    assert access.preview_change(little_shop.owner, bob, AccessChange()).seen == frozenset()


changes = st.builds(
    AccessChange,
    post=st.sampled_from([None, "service", "operations"]),
    give_roles=st.lists(st.builds(RoleGift, st.integers(1, 9), st.none()), max_size=2, unique_by=lambda gift: gift.role_id).map(tuple),
    take_roles=st.lists(st.integers(1, 9), max_size=2, unique=True).map(tuple),
    give_extras=st.lists(st.builds(ExtraGift, st.sampled_from(GIVABLE), st.none()), max_size=3, unique=True).map(tuple),
    take_extras=st.lists(st.sampled_from(GIVABLE), max_size=2, unique=True).map(tuple),
).filter(lambda change: not {gift.role_id for gift in change.give_roles} & set(change.take_roles))


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(changes, min_size=1, max_size=3), st.sampled_from(["owner", "lead"]))
def test_whatever_is_previewed_happens_and_whatever_is_refused_is_refused_twice(
    little_shop: Founded, wanted: list[AccessChange], who: str
) -> None:
    """By the owner or by somebody narrower: the preview and the act say the same, permission by permission."""
    shop = little_shop
    number = len(shop.log("staff.onboard"))
    person = shop.person(f"somebody{number}", gave=["customer_service"]).staff_id or 0
    lead = shop.person(f"lead{number}", gave=["operations", "customer_service"], extras=["staff.manage"]) if who == "lead" else shop.owner
    for change in wanted:
        seen: frozenset[str] = frozenset()
        previewed = refusal_of(lambda change=change: access.preview_change(lead, person, change))  # type: ignore[misc]  # mypy cannot infer a lambda's default
        if previewed is None:
            seen = access.preview_change(lead, person, change).seen
        acted = refusal_of(lambda change=change, seen=seen: grants.change(lead, person, change, seen=seen))  # type: ignore[misc]  # as above
        if isinstance(reach.in_the_way(lead, person), OutOfReach):
            assert acted is not None
        elif not isinstance(acted, NothingChanged):
            assert str(acted) == str(previewed)
        if acted is None:
            assert {code for code, verdict in access.of(shop.owner, person).items() if verdict.allowed} == seen


def refusal_of(act: Callable[[], object]) -> ShopstaffError | None:
    """What an act is refused with; None where it is not."""
    try:
        act()
    except ShopstaffError as error:
        return error
    return None


def test_a_preview_takes_staff_manage_and_refuses_what_the_act_refuses(little_shop: Founded) -> None:
    """Out of reach, or for too long."""
    shop = little_shop
    bob = shop.person("bob").staff_id or 0
    plain = shop.person("plain", gave=["service_lead"])
    with pytest.raises(NotAllowed):
        access.preview_change(plain, bob, AccessChange())
    lead = shop.person("lead", extras=["staff.manage"])
    end = clock.now() + DAY
    grants.change(shop.owner, lead.staff_id or 0, AccessChange(give_extras=(ExtraGift("goods.view", end),)))
    with pytest.raises(UntilTooLate):
        access.preview_change(lead, bob, AccessChange(give_extras=(ExtraGift("goods.view"),)))
    with pytest.raises(OutOfReach):
        access.preview_newcomer(lead, "new", "service", (RoleGift(shop.role_id("design")),), ())
    assert access.preview_newcomer(lead, "new", "service", (), (ExtraGift("goods.view", end),)).seen == {"goods.view"}


def test_offers_say_which_roles_one_may_give_and_what_is_in_the_way_of_the_others(little_shop: Founded) -> None:
    """In the order of the list of roles."""
    lead = little_shop.person("lead", gave=["customer_service"], extras=["staff.manage"])
    offered = {offer.row.key: offer.refusal for offer in access.offers(lead)}
    assert offered["customer_service"] is None
    refusal = offered["design"]
    assert isinstance(refusal, OutOfReach)
    assert refusal.permission == "goods.edit"
    assert all(offer.refusal is None for offer in access.offers(little_shop.owner))
    end = clock.now() + DAY
    own = roles.add(little_shop.owner, "Bills", ["finance.bill.view"])
    grants.change(little_shop.owner, lead.staff_id or 0, AccessChange(give_roles=(RoleGift(own, end),)))
    assert isinstance({offer.row.key: offer.refusal for offer in access.offers(lead)}["Bills"], UntilTooLate)
    assert {offer.row.key: offer.refusal for offer in access.offers(lead, end)}["Bills"] is None


# ---- reach


def test_reach_says_what_the_operation_would_say(little_shop: Founded) -> None:
    """The owner, oneself, somebody wider; nothing where nothing is in the way."""
    shop = little_shop
    lead = shop.person("lead", extras=["staff.manage"])
    wide = shop.person("wide", extras=["finance.bill.view"]).staff_id or 0
    bob = shop.person("bob").staff_id or 0
    assert isinstance(reach.in_the_way(lead, shop.owner.staff_id or 0), OwnerProtected)
    assert isinstance(reach.in_the_way(lead, lead.staff_id or 0), OwnAccount)
    refusal = reach.in_the_way(lead, wide)
    assert isinstance(refusal, OutOfReach)
    assert refusal.permission == "finance.bill.view"
    assert reach.in_the_way(lead, bob) is None
    assert reach.in_the_way(Actor.console("tester"), wide) is None
    with pytest.raises(Unknown):
        reach.in_the_way(lead, 999)
    with pytest.raises(NotAllowed):
        reach.in_the_way(shop.person("plain", post="service"), bob)


def test_leaving_lists_what_ends(little_shop: Founded) -> None:
    """Grants, sessions, a live code, and the departments that lose their head."""
    shop = little_shop
    carol = shop.person("carol", gave=["service_lead"], extras=["audit.view"]).staff_id or 0
    departments.set_head(shop.owner, 1, 1, carol)
    ends = reach.leaving(shop.owner, carol)
    assert [grant.key for grant in ends.grants] == ["service_lead", "audit.view"]
    assert (ends.sessions, ends.heads) == (1, ("Customer service",))
    dave = shop.person("dave", status="invited").staff_id or 0
    assert reach.leaving(shop.owner, dave).code_expires_at is not None
    start = clock.now()
    clock.set_clock(lambda: start + 30 * DAY)
    assert reach.leaving(shop.owner, dave).code_expires_at is None


def test_leaving_lists_the_device_keys_that_stop(little_shop: Founded) -> None:
    """Those that open the shop now, by their names; not what was revoked or is over. It is told to whoever may let people go."""
    shop = little_shop
    carol = shop.person("carol", gave=["customer_service"]).staff_id or 0
    start = clock.now()
    for name, until in (("phone", None), ("tablet", start + 2 * DAY), ("till", start + 9 * DAY)):
        devices.add(shop.owner, carol, ed25519(name), name=name, until=until)
    devices.revoke(shop.owner, devices.add(shop.owner, carol, ed25519("lost"), name="lost"))
    assert reach.leaving(shop.owner, carol).devices == ("phone", "tablet", "till")
    clock.set_clock(lambda: start + 3 * DAY)
    assert reach.leaving(shop.owner, carol).devices == ("phone", "till")
    operations.freeze(shop.owner, carol)
    assert reach.leaving(shop.owner, carol).devices == ("phone", "till")
    assert reach.leaving(shop.owner, shop.owner.staff_id or 0).devices == ()
    with pytest.raises(NotAllowed):
        reach.leaving(shop.person("dave", extras=["staff.view"]), carol)


def test_a_role_that_is_gone_is_not_previewed(little_shop: Founded) -> None:
    """Closed meanwhile, or never there."""
    bob = little_shop.person("bob").staff_id or 0
    closed = roles.add(little_shop.owner, "Short-lived", ["goods.view"])
    roles.close(little_shop.owner, closed, 1)
    for role_id in (closed, 999):
        with pytest.raises(Unknown):
            access.preview_change(little_shop.owner, bob, AccessChange(give_roles=(RoleGift(role_id),)))
