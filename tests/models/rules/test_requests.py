"""What it makes sense to ask for."""

from __future__ import annotations

import pytest

from models.catalogue import closure
from models.errors import HeldAlready, Invalid, OwnerOnly, PostBars
from models.rules.access import Holding, Person, Source
from models.rules.grants import AccessChange, ExtraGift, RoleGift
from models.rules.requests import MOST_DAYS, Subject, askable, days, held, permission

NOW, END = 1_000, 2_000
BOB = Person("bob", "active", "operations", is_owner=False)
SUE = BOB._replace(login="sue", post="service")
ROLE = Subject(7, "Host", frozenset({"goods.view", "goods.price.edit"}))


def holding(code: str, kind: str, name: str, until: int | None = None, since: int = 0) -> Holding:
    """A grant of somebody's."""
    return Holding(code, Source(kind, name, "owner", since, until))


@pytest.mark.parametrize("wrong", [0, -1, MOST_DAYS + 1, 10**9])
def test_days_are_counted_from_one_to_a_year(wrong: int) -> None:
    """The ends are among them."""
    assert (days(1), days(MOST_DAYS)) == (1, MOST_DAYS)
    with pytest.raises(Invalid) as caught:
        days(wrong)
    assert (caught.value.field, str(caught.value)) == ("days", "From 1 to 366 days.")


def test_what_the_owner_keeps_is_not_asked_for() -> None:
    """Whatever the post."""
    with pytest.raises(OwnerOnly):
        askable(BOB, (), permission("finance.withdraw"), END, NOW)


def test_a_post_bars_what_it_lets_through_no_part_of() -> None:
    """A role of which something remains may be asked for; a permission counts for itself, not for what it needs."""
    askable(SUE, (), ROLE, END, NOW)
    for subject in (permission("goods.price.edit"), ROLE._replace(codes=frozenset({"goods.price.edit"})), ROLE._replace(codes=frozenset())):
        with pytest.raises(PostBars):
            askable(SUE, (), subject, END, NOW)
    askable(BOB, (), permission("goods.price.edit"), END, NOW)


@pytest.mark.parametrize("until", [None, END, END + 1])
@pytest.mark.parametrize(("kind", "name"), [("role", "Other"), ("extra", "goods.view")])
def test_a_permission_that_is_held_as_long_is_not_asked_for(until: int | None, kind: str, name: str) -> None:
    """Through whatever gives it."""
    with pytest.raises(HeldAlready):
        askable(BOB, [holding("goods.view", kind, name, until)], permission("goods.view"), END, NOW)


def test_a_permission_that_ends_sooner_or_begins_later_may_be_asked_for() -> None:
    """As may another one."""
    for given in (
        holding("goods.view", "extra", "goods.view", END - 1),
        holding("goods.view", "role", "Other", None, since=NOW + 1),
        holding("goods.edit", "extra", "goods.edit", None),
    ):
        askable(BOB, [given], permission("goods.view"), END, NOW)


def test_a_role_is_held_through_itself_alone() -> None:
    """Not through another one with the same in it, nor through an extra of its name."""
    askable(BOB, [holding("goods.view", "role", "Other"), holding("goods.view", "extra", "Host")], ROLE, END, NOW)
    with pytest.raises(HeldAlready):
        askable(BOB, [holding("goods.view", "role", "Host")], ROLE, END, NOW)


def test_what_is_held_is_told_once_and_only_while_it_holds() -> None:
    """A role gives many permissions, and is one source."""
    both = [holding(code, "role", "Host", END) for code in ROLE.codes]
    assert [source.until for source in held(both, ROLE, NOW)] == [END]
    assert held(both, ROLE, END + 1) == ()
    assert held([holding("goods.view", "extra", "goods.view", END)], permission("goods.view"), NOW)[0].until == END


def test_what_is_asked_for_becomes_a_change_of_access() -> None:
    """A permission as an extra; what it needs comes along as with any."""
    assert ROLE.change(END) == AccessChange(give_roles=(RoleGift(7, END),))
    subject = permission("goods.price.edit")
    assert subject.change(END) == AccessChange(give_extras=(ExtraGift("goods.price.edit", END),))
    assert subject.codes == closure("goods.price.edit")
    assert (ROLE.kind, subject.kind) == ("role", "permission")
