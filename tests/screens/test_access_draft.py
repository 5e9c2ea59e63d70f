"""What was ticked, as a difference to what is: whatever is ticked in whatever order."""

from __future__ import annotations

from hypothesis import given, strategies as st

from models.queries.staff import Grant
from models.rules.grants import AccessChange, ExtraGift, RoleGift
from screens.access_draft import EXTRA, ROLE, AccessDraft, What

NOW = 1_000
THINGS = [What(ROLE, 1), What(ROLE, 2), What(EXTRA, "goods.view"), What(EXTRA, "goods.edit")]


def grant(what: What, until: int | None) -> Grant:
    """Something that was given."""
    role = int(what.key) if what.kind == ROLE else None
    return Grant(what.kind, role, str(what.key), "", "wang", 0, until)


ends = st.none() | st.integers(NOW, NOW + 9)
held = st.dictionaries(st.sampled_from(THINGS), st.none() | st.integers(NOW - 5, NOW + 5))
acts = st.lists(st.tuples(st.sampled_from(THINGS), st.just("toggle") | ends), max_size=8)


def applied(now: dict[What, int | None], change: AccessChange) -> dict[What, int | None]:
    """What somebody would be given by a change, extras for themselves."""
    found = dict(now)
    for role in change.take_roles:
        del found[What(ROLE, role)]
    for code in change.take_extras:
        del found[What(EXTRA, code)]
    found |= {What(ROLE, gift.role_id): gift.until for gift in change.give_roles}
    return found | {What(EXTRA, gift.permission): gift.until for gift in change.give_extras}


@given(held, acts)
def test_the_change_leads_from_what_is_to_what_is_ticked(now: dict[What, int | None], ticked: list[tuple[What, object]]) -> None:
    """No more and no less; what is over counts as not given."""
    draft = AccessDraft()
    draft.see(tuple(grant(what, until) for what, until in now.items()), "service", NOW)
    for what, act in ticked:
        if act == "toggle":
            draft.toggle(what)
        else:
            draft.end_on(what, act if isinstance(act, int) else None)
    live = {what: until for what, until in now.items() if until is None or until >= NOW}
    change = draft.change()
    assert applied(live, change) == {what: given.until for what, given in draft.wanted.items()}
    assert draft.is_empty == (live == {what: given.until for what, given in draft.wanted.items()})
    assert not {gift.role_id for gift in change.give_roles} & set(change.take_roles)


@given(held, st.lists(st.sampled_from(THINGS), max_size=6))
def test_ticking_twice_is_not_ticking(now: dict[What, int | None], ticked: list[What]) -> None:
    """What was theirs comes back with the end it had."""
    draft = AccessDraft()
    draft.see(tuple(grant(what, until) for what, until in now.items()), "service", NOW)
    for what in ticked:
        draft.toggle(what)
        draft.toggle(what)
    assert draft.is_empty


def test_ticks_survive_what_somebody_else_does() -> None:
    """They are kept as differences: what another gave stays, what another took is not given again."""
    draft = AccessDraft()
    draft.see((grant(What(ROLE, 1), None),), "service", NOW)
    draft.toggle(What(ROLE, 2))
    draft.toggle(What(ROLE, 1))
    draft.see((grant(What(EXTRA, "goods.view"), None),), "operations", NOW)
    assert draft.change() == AccessChange(give_roles=(RoleGift(2),))
    assert What(EXTRA, "goods.view") in draft.wanted


def test_a_post_is_a_change_only_where_it_is_another() -> None:
    """Chosen and chosen back, nothing is left to do."""
    draft = AccessDraft()
    draft.see((), "service", NOW)
    draft.post = "operations"
    assert draft.change() == AccessChange(post="operations")
    draft.post = "service"
    assert draft.is_empty
    assert draft.wanted_post == "service"


def test_another_end_is_a_gift_with_that_end() -> None:
    """Not a taking and a giving."""
    draft = AccessDraft()
    draft.see((grant(What(EXTRA, "goods.view"), None),), "service", NOW)
    draft.end_on(What(EXTRA, "goods.view"), NOW + 3)
    assert draft.change() == AccessChange(give_extras=(ExtraGift("goods.view", NOW + 3),))
