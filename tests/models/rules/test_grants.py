"""What giving and taking amounts to: a role takes what it gave and nothing else, and no extra is left without what it needs."""

from __future__ import annotations

from hypothesis import assume, given, strategies as st

from models.catalogue import closure, in_order, permissions
from models.rules.access import Holding, Person, Source, access
from models.rules.grants import (
    AccessChange,
    ExtraGift,
    RoleGift,
    extras_to_take,
    extras_with_needs,
    outcome,
    outlasts,
)
from tests.models.rules.holdings import GIVABLE, NOW, ROLES, ends, given_roles, holdings, moments

ALICE = Person("alice", "active", "operations", is_owner=False)
role_ids = st.sampled_from(sorted(ROLES))
later = st.none() | st.integers(NOW, NOW + 9)


def names(held: list[Holding] | tuple[Holding, ...]) -> set[str]:
    """The roles that are held."""
    return {holding.source.name for holding in held if holding.source.kind == "role"}


@given(holdings(), role_ids, later)
def test_taking_a_role_takes_exactly_what_it_gave(held: list[Holding], role: int, until: int | None) -> None:
    """Given and taken back, everything is as it was: nothing of it stays, and nothing else goes."""
    assume(ROLES[role].name not in names(held))
    given_it = outcome(held, AccessChange(give_roles=(RoleGift(role, until),)), ROLES, "wang", NOW)
    assert {holding.permission for holding in given_it.holdings} >= ROLES[role].permissions
    taken = outcome(given_it.holdings, AccessChange(take_roles=(role,)), ROLES, "wang", NOW)
    assert sorted(taken.holdings, key=repr) == sorted(held, key=repr)


@given(holdings(), st.sampled_from(GIVABLE), later)
def test_an_extra_brings_what_it_needs_for_as_long_and_nothing_else(held: list[Holding], code: str, until: int | None) -> None:
    """Whoever holds it then can use it to its end; what comes along is among its prerequisites."""
    result = outcome(held, AccessChange(give_extras=(ExtraGift(code, until),)), ROLES, "wang", NOW)
    assert {gift.permission for gift in result.extras} <= closure(code)
    for need in closure(code):
        # An extra that was to begin later has given way to the one that begins now.
        lasting = [
            holding.source
            for holding in result.holdings
            if holding.permission == need and holding.source.since <= NOW and outlasts(holding.source.until, until)
        ]
        assert lasting
    assert len({holding.permission for holding in result.holdings if holding.source.kind == "extra"}) == sum(
        holding.source.kind == "extra" for holding in result.holdings
    )


@given(holdings(), st.sets(st.sampled_from(GIVABLE), min_size=1, max_size=3))
def test_taking_an_extra_leaves_none_that_cannot_stand_without_it(held: list[Holding], codes: set[str]) -> None:
    """Extras that needed it go along, unless a role gives it; roles are left alone."""
    result = outcome(held, AccessChange(take_extras=tuple(codes)), ROLES, "wang", NOW)
    by_role = {holding.permission for holding in result.holdings if holding.source.kind == "role"}
    extras = {holding.permission for holding in result.holdings if holding.source.kind == "extra"}
    assert not extras & codes
    for code in codes - by_role:
        assert not any(code in closure(extra) for extra in extras)
    assert [holding for holding in held if holding.source.kind == "role"] == [
        holding for holding in result.holdings if holding.source.kind == "role"
    ]
    gone = {holding.permission for holding in held if holding.source.kind == "extra"} - extras
    assert all(code in codes or closure(code) & (codes - by_role) for code in gone)


@given(holdings(), st.sets(role_ids, max_size=2), st.sets(role_ids, max_size=2), later)
def test_what_nobody_asked_for_stays_as_it_is(held: list[Holding], give: set[int], take: set[int], until: int | None) -> None:
    """Roles that are neither given nor taken keep their ends, their givers and their content."""
    take -= give
    change = AccessChange(give_roles=tuple(RoleGift(role, until) for role in sorted(give)), take_roles=tuple(sorted(take)))
    result = outcome(held, change, ROLES, "li", NOW)
    touched = {ROLES[role].name for role in give | take}
    assert [holding for holding in result.holdings if holding.source.name not in touched] == [
        holding for holding in held if holding.source.name not in touched
    ]
    assert names(result.holdings) == (names(held) | {ROLES[role].name for role in give}) - {ROLES[role].name for role in take}


@given(holdings())
def test_no_change_changes_nothing(held: list[Holding]) -> None:
    """Not even the order."""
    assert outcome(held, AccessChange(), ROLES, "wang", NOW) == (tuple(held), (), (), ())


@given(given_roles(starts=st.just(NOW)).filter(bool))
def test_what_is_held_with_that_very_end_is_not_given_again(held: list[Holding]) -> None:
    """The log would tell of a change that is none; another end takes the place of the one before."""
    _code, (_kind, name, _by, _since, same, _title) = held[0]
    role = next(place for place, content in ROLES.items() if content.name == name)
    assert outcome(held, AccessChange(give_roles=(RoleGift(role, same),)), ROLES, "li", NOW).roles == ()
    other = NOW + 99
    result = outcome(held, AccessChange(give_roles=(RoleGift(role, other),)), ROLES, "li", NOW)
    assert result.roles == (RoleGift(role, other),)
    assert {holding.source.until for holding in result.holdings if holding.source.name == ROLES[role].name} == {other}


@given(st.lists(st.tuples(st.sampled_from(GIVABLE), later), min_size=1, max_size=4))
def test_of_two_gifts_that_need_the_same_the_longer_decides(gifts: list[tuple[str, int | None]]) -> None:
    """What both need has to last as long as either; and the answer is in the catalogue's order."""
    found = extras_with_needs([ExtraGift(code, until) for code, until in gifts], [], NOW)
    until_of = {gift.permission: gift.until for gift in found}
    for code, until in gifts:
        assert all(outlasts(until_of[need], until) for need in closure(code))
    assert [gift.permission for gift in found] == list(in_order(until_of))
    assert set(until_of) == frozenset().union(*(closure(code) for code, _until in gifts))


def test_what_a_role_gives_long_enough_is_not_given_beside_it() -> None:
    """A role that ends sooner is not long enough, one that has not begun is not there yet."""

    def along(since: int, until: int | None) -> list[str]:
        held = [Holding("goods.view", Source("role", "customer_service", "wang", since, until))]
        return [gift.permission for gift in extras_with_needs([ExtraGift("goods.price.edit", NOW + 5)], held, NOW)]

    assert along(0, None) == ["goods.price.edit"]
    assert along(0, NOW + 5) == ["goods.price.edit"]
    assert along(0, NOW + 4) == ["goods.view", "goods.price.edit"]
    assert along(NOW + 1, None) == ["goods.view", "goods.price.edit"]


def test_an_extra_stays_where_a_role_gives_what_it_needs() -> None:
    """Taking the extra that the role gives anyway pulls nothing down."""
    view = Holding("goods.view", Source("extra", "goods.view", "wang", 0, None))
    price = Holding("goods.price.edit", Source("extra", "goods.price.edit", "wang", 0, None))
    role = Holding("goods.view", Source("role", "customer_service", "wang", 0, None))
    assert extras_to_take(["goods.view"], [view, price]) == ("goods.view", "goods.price.edit")
    assert extras_to_take(["goods.view"], [view, price, role]) == ("goods.view",)


@given(ends, ends, ends)
def test_ends_are_in_one_order(one: int | None, two: int | None, three: int | None) -> None:
    """None is later than every day."""
    assert outlasts(one, two) or outlasts(two, one)
    assert outlasts(one, one)
    if outlasts(one, two) and outlasts(two, three):
        assert outlasts(one, three)
    assert outlasts(None, one)
    assert one is None or not outlasts(one, None)


@given(holdings(), role_ids, moments)
def test_taking_never_gives_and_giving_never_takes(held: list[Holding], role: int, now: int) -> None:
    """Judged by what may be used, whatever the order of grants."""

    def may(found: list[Holding] | tuple[Holding, ...]) -> set[str]:
        return {code for code, verdict in access(ALICE, found, permissions(), now).items() if verdict.allowed}

    assert may(outcome(held, AccessChange(take_roles=(role,)), ROLES, "wang", now).holdings) <= may(held)
    assert may(held) <= may(outcome(held, AccessChange(give_roles=(RoleGift(role, None),)), ROLES, "wang", now).holdings)


@given(holdings(), role_ids, later, later)
def test_a_role_that_is_given_twice_is_held_once(held: list[Holding], role: int, one: int | None, other: int | None) -> None:
    """Until the end that was said last."""
    twice = outcome(held, AccessChange(give_roles=(RoleGift(role, one), RoleGift(role, other))), ROLES, "wang", NOW)
    assert twice == outcome(held, AccessChange(give_roles=(RoleGift(role, other),)), ROLES, "wang", NOW)
