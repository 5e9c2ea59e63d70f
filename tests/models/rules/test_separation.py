"""Permissions that are kept apart: what counts as together, what is new, and what may be kept apart at all."""

from __future__ import annotations

from typing import Final

import pytest
from hypothesis import given, strategies as st

from models.catalogue import closure, permissions
from models.errors import Incompatible, Invalid, OwnerOnly, Unknown
from models.rules.access import Holding, Person, Source, potential
from models.rules.grants import AccessChange, ExtraGift, RoleGift, outcome
from models.rules.separation import FOREVER, Clash, Pair, clashes, declarable, first_in, lasting, refuse, refuse_role, together
from tests.models.rules.holdings import GIVABLE, NOW, ROLES, holdings, people

REFUND, BILLS = "refund.approve", "finance.bill.view"
PAIR: Final = Pair(BILLS, REFUND)
ANN: Final = Person("ann", "active", "operations", is_owner=False)


def extra(code: str, *, since: int = 0, until: int | None = None) -> Holding:
    """A grant of one permission."""
    return Holding(code, Source("extra", code, "wang", since, until))


def found(*after: Holding, before: tuple[Holding, ...] = (), person: Person = ANN, post: str = "operations") -> tuple[Clash, ...]:
    """The clashes of `PAIR`, without what they come through."""
    return tuple(clash._replace(one_through=(), other_through=()) for clash in clashes([PAIR], person, post, before, after, NOW))


NEW, OLD = (Clash(*PAIR, new=True),), (Clash(*PAIR, new=False),)

# ---- what can be kept apart


@pytest.mark.parametrize("two", [(REFUND, BILLS), (BILLS, REFUND)])
def test_two_are_kept_in_one_order_whichever_was_named_first(two: tuple[str, str]) -> None:
    """So that the same two cannot be declared twice."""
    assert declarable(*two) == PAIR


def test_what_is_no_permission_cannot_be_kept_apart() -> None:
    """Whichever of the two it is."""
    for two in (("goods.fly", REFUND), (REFUND, "goods.fly")):
        with pytest.raises(Unknown):
            declarable(*two)


def test_what_is_the_owners_alone_needs_not_be_kept_apart() -> None:
    """Nobody can be given it."""
    with pytest.raises(OwnerOnly):
        declarable(REFUND, "finance.withdraw")


def test_one_permission_is_not_kept_apart_from_itself() -> None:
    """It says so, beside the second."""
    with pytest.raises(Invalid, match="two different") as caught:
        declarable(REFUND, REFUND)
    assert caught.value.field == "other"


@pytest.mark.parametrize("code", GIVABLE)
def test_nothing_is_kept_apart_from_what_it_needs(code: str) -> None:
    """Nobody could hold it any more; however deep the need, and whichever is named first."""
    for need in closure(code) - {code}:
        for two in ((code, need), (need, code)):
            with pytest.raises(Invalid, match="nobody could hold it"):
                declarable(*two)


# ---- what is together


def test_only_both_are_a_clash() -> None:
    """Either alone is nobody's business."""
    assert found(extra(REFUND)) == found(extra(BILLS)) == found() == ()
    assert found(extra(REFUND), extra(BILLS)) == NEW


def test_what_has_ended_is_held_no_longer() -> None:
    """At its last instant it is held still."""
    assert found(extra(REFUND), extra(BILLS, until=NOW - 1)) == ()
    assert found(extra(REFUND), extra(BILLS, until=NOW)) == NEW


def test_what_begins_later_counts() -> None:
    """It would come together without anybody's doing anything."""
    assert found(extra(REFUND), extra(BILLS, since=NOW + 5)) == NEW


def test_what_the_post_bars_is_not_held() -> None:
    """Bills are kept for operations; moving across brings the two together."""
    both = (extra(REFUND), extra(BILLS))
    service = ANN._replace(post="service")
    assert found(*both, before=both, person=service, post="service") == ()
    assert found(*both, before=both, person=service) == NEW


def test_the_owner_is_exempt() -> None:
    """Who holds everything holds these, too."""
    assert found(extra(REFUND), extra(BILLS), person=ANN._replace(is_owner=True)) == ()


def test_a_departure_that_is_planned_or_over_makes_no_gap() -> None:
    """It can be taken back, and then both would be there."""
    assert found(extra(REFUND), extra(BILLS), person=ANN._replace(leaves_at=NOW - 1)) == NEW


def test_without_pairs_nothing_clashes() -> None:
    """In a shop that keeps nothing apart."""
    assert clashes([], ANN, "operations", (), (extra(REFUND), extra(BILLS)), NOW) == ()


def test_a_clash_says_through_what_each_comes() -> None:
    """What has ended is left out; what begins later is not."""
    later, over = extra(BILLS, since=NOW + 1), extra(BILLS, until=NOW - 1)
    (clash,) = clashes([PAIR], ANN, "operations", (), (extra(REFUND), later, over), NOW)
    assert clash.one_through == (later.source,)
    assert clash.other_through == (extra(REFUND).source,)


# ---- what is new


def test_what_was_together_before_may_stay_or_end_sooner() -> None:
    """Another source of one of the two is no news either, while the other ends when it ended."""
    before = (extra(REFUND), extra(BILLS, until=NOW + 5))
    assert found(*before, before=before) == OLD
    assert found(extra(REFUND, until=NOW + 2), extra(BILLS, until=NOW + 5), before=before) == OLD
    assert found(extra(REFUND), *before, before=before) == OLD


def test_keeping_two_together_for_longer_is_new() -> None:
    """An end that is put off, by as little as an instant."""
    before = (extra(REFUND), extra(BILLS, until=NOW + 5))
    assert found(extra(REFUND), extra(BILLS, until=NOW + 6), before=before) == NEW
    assert found(extra(REFUND), extra(BILLS), before=before) == NEW


def test_the_first_new_clash_is_refused_by_name_and_old_ones_are_not() -> None:
    """The refusal knows the two and whose they would be."""
    refuse(OLD, "Ann")
    with pytest.raises(Incompatible) as caught:
        refuse((*OLD, *NEW), "Ann")
    assert (caught.value.one, caught.value.other) == PAIR
    assert str(caught.value) == "Ann would hold both “View bills” and “Approve refunds”, which this shop keeps apart."


# ---- roles, and rows of a file


def test_a_role_does_not_get_both_but_may_keep_them() -> None:
    """Of a role that had both before they were kept apart, the rest can be edited, and either can be taken out."""
    with pytest.raises(Incompatible, match="Bursar would hold both"):
        refuse_role([PAIR], (), PAIR, "Bursar")
    with pytest.raises(Incompatible):
        refuse_role([PAIR], (BILLS,), PAIR, "Bursar")
    refuse_role([PAIR], PAIR, (*PAIR, "goods.view"), "Bursar")
    refuse_role([PAIR], PAIR, (BILLS,), "Bursar")


def test_codes_given_together_clash_as_far_as_the_post_lets_them_through() -> None:
    """In a row of a file, which gives everything until the same day."""
    assert first_in([PAIR], frozenset(PAIR), "operations") == PAIR
    assert first_in([PAIR], frozenset(PAIR), "service") is None
    assert first_in([PAIR], frozenset({BILLS}), "operations") is None
    assert first_in([], frozenset(PAIR), "operations") is None


# ---- properties


changes = st.builds(
    AccessChange,
    post=st.none() | st.sampled_from(["service", "operations"]),
    give_roles=st.lists(st.builds(RoleGift, st.sampled_from(sorted(ROLES)), st.none() | st.integers(NOW, NOW + 5)), max_size=2).map(tuple),
    take_roles=st.lists(st.sampled_from(sorted(ROLES)), max_size=2).map(tuple),
    give_extras=st.lists(st.builds(ExtraGift, st.sampled_from(GIVABLE), st.none() | st.integers(NOW, NOW + 5)), max_size=2).map(tuple),
)


@given(person=people, before=holdings(), change=changes, one=st.sampled_from(GIVABLE), other=st.sampled_from(GIVABLE))
def test_a_change_without_a_new_clash_brings_nobody_a_pair_they_had_not(
    person: Person, before: list[Holding], change: AccessChange, one: str, other: str
) -> None:
    """Worked out a second time, by set arithmetic at the moment and at every moment that anything ends."""
    post = change.post or person.post
    after = outcome(before, change, ROLES, "wang", NOW).holdings
    news = [clash for clash in clashes([Pair(one, other)], person, post, before, after, NOW) if clash.new]
    for moment in range(NOW, NOW + 7):
        had = {one, other} <= potential(person, before, permissions(), moment)
        have = {one, other} <= potential(person._replace(post=post), after, permissions(), moment)
        assert had or not have or news
    if news:
        assert {one, other} <= potential(person._replace(post=post), after, permissions(), NOW)


@given(person=people, held=holdings())
def test_what_lasts_is_potential_access_and_never_over(person: Person, held: list[Holding]) -> None:
    """The same codes as potential access, each until the end of its longest grant."""
    found = lasting(person, held, NOW)
    assert found.keys() == potential(person, held, permissions(), NOW)
    for code, last in found.items():
        ends = [holding.source.until for holding in held if holding.permission == code]
        assert last == (FOREVER if None in ends else max(end for end in ends if end is not None))
        assert together(Pair(code, code), found) == last >= NOW
