"""What a tick brings along, without a screen."""

from __future__ import annotations

import pytest

from models.catalogue import closure, needed_by, permissions
from models.errors import NotAllowed, OutOfReach, OwnerOnly, Refusal, ShopstaffError, Unknown
from models.queries.roles import RoleDetail, RoleEditing, RoleRow
from screens.role_draft import RoleDraft


def editing(*codes: str, refusal: Refusal | None = None, barred: tuple[str, ...] = (), version: int = 1) -> RoleEditing:
    """A role with `codes` in it, as somebody sees it who may not put in what is `barred`."""
    row = RoleRow(1, "x", "x", preset=False, permissions=len(codes), high=0, needs_operations=False, holders=0, version=version)
    return RoleEditing(RoleDetail(row, codes, ()), refusal, {code: OutOfReach(code) for code in barred})


@pytest.mark.parametrize("code", permissions())
def test_a_tick_brings_what_it_needs_and_unticking_it_takes_it_alone(code: str) -> None:
    """Permission by permission: what came along stays, because somebody may want it."""
    draft = RoleDraft(editing())
    said = draft.toggle(code)
    assert draft.wanted == closure(code)
    assert bool(said) == (len(closure(code)) > 1)
    assert draft.toggle(code) == ""
    assert draft.wanted == closure(code) - {code}


@pytest.mark.parametrize("code", permissions())
def test_unticking_takes_what_cannot_stand_without_it(code: str) -> None:
    """From a role with everything in it; what is left needs nothing that is not there."""
    draft = RoleDraft(editing(*permissions()))
    said = draft.toggle(code)
    gone = needed_by(code, permissions())
    assert draft.wanted == permissions().keys() - gone - {code}
    assert bool(said) == bool(gone)
    assert all(closure(left) <= draft.wanted for left in draft.wanted)


def test_what_came_or_went_along_is_said_by_name() -> None:
    """In the catalogue's order, high risk marked."""
    draft = RoleDraft(editing())
    assert draft.toggle("audit.export") == "Also ticked: View staff, View the team's log, View the whole log▲"
    assert draft.toggle("audit.view") == "Also unticked: View the whole log▲, Export the log▲"


def test_what_cannot_go_in_is_refused_with_the_reason_and_nothing_is_ticked() -> None:
    """Also when it is only needed by what was ticked."""
    draft = RoleDraft(editing(barred=("staff.view", "goods.view")))
    for code, way in (("goods.view", "View goods"), ("audit.view", "View staff")):
        with pytest.raises(OutOfReach, match=way):
            draft.toggle(code)
    assert not draft.changed


def test_what_is_in_the_role_already_may_be_put_back() -> None:
    """Unticked by mistake: it was there, so nothing is given."""
    draft = RoleDraft(editing("goods.view", barred=("goods.view",)))
    draft.toggle("goods.view")
    assert draft.changed
    draft.toggle("goods.view")
    assert not draft.changed


@pytest.mark.parametrize("refusal", [NotAllowed("org.role.manage"), OwnerOnly("finance.withdraw")])
def test_a_role_that_cannot_be_changed_says_why_at_every_tick(refusal: Refusal) -> None:
    """And stays as it is."""
    draft = RoleDraft(editing("goods.view", refusal=refusal))
    for code in ("goods.view", "goods.edit"):
        with pytest.raises(type(refusal)):
            draft.toggle(code)
    assert not draft.changed


def test_what_the_catalogue_no_longer_has_can_be_taken_out_and_not_put_back() -> None:
    """Which is the only way to save the role again."""
    draft = RoleDraft(editing("goods.view", "goods.gone"))
    assert draft.toggle("goods.gone") == ""
    assert draft.wanted == {"goods.view"}
    with pytest.raises(Unknown):
        draft.toggle("goods.gone")


def test_what_is_ticked_outlives_what_somebody_else_saved() -> None:
    """And then the difference is to what they left."""
    draft = RoleDraft(editing("goods.view"))
    draft.toggle("goods.edit")
    gained, lost = draft.rebase(editing("goods.edit", "goods.view", "refund.view", "trade.order.view", version=2))
    assert gained == {"goods.edit", "refund.view", "trade.order.view"}
    assert not lost
    assert draft.version == 2
    assert draft.wanted == {"goods.view", "goods.edit"}
    assert draft.changed


def test_every_refusal_has_words() -> None:
    """They are shown as they are."""
    for error in (OutOfReach("goods.view"), OwnerOnly("finance.withdraw"), Unknown("permission", "x")):
        assert isinstance(error, ShopstaffError)
        assert str(error)
