"""The sharing setting is two extras and nothing else: every way from one setting to another, with ends, roles and posts."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from models.catalogue import OPERATIONS, SERVICE, permissions
from models.rules import sharing
from models.rules.access import Holding, Person, Source, access
from models.rules.grants import AccessChange, ExtraGift, outcome, outlasts
from models.rules.sharing import ALL, ALL_CODE, CODES, OWN, SETTINGS, TEAM, TEAM_CODE, Sharing
from tests.models.rules.holdings import NOW

SOON, LATER = NOW + 5, NOW + 9

ends = st.sampled_from([None, SOON, LATER])
extras = st.dictionaries(st.sampled_from([TEAM_CODE, ALL_CODE, "goods.view"]), ends)
"""Also the wider one alone, as who holds the narrower by a role is given it."""


def person(post: str = OPERATIONS, *, owner: bool = False) -> Person:
    """Somebody who works here."""
    return Person("ann", "active", post, is_owner=owner)


def extra(code: str, until: int | None = None, since: int = NOW) -> Holding:
    """An extra."""
    return Holding(code, Source("extra", code, "wang", since, until))


def by_role(*codes: str, until: int | None = None) -> list[Holding]:
    """What a role gives."""
    return [Holding(code, Source("role", "lead", "wang", NOW, until)) for code in codes]


def seen(held: list[Holding], post: str = OPERATIONS, *, owner: bool = False, now: int = NOW) -> Sharing:
    """What somebody's holdings amount to."""
    return sharing.of(access(person(post, owner=owner), held, permissions(), now))


def held_after(before: dict[str, int | None], change: AccessChange) -> dict[str, int | None]:
    """The extras, as giving and taking them leaves them."""
    result = outcome([extra(code, until) for code, until in before.items()], change, {}, "wang", NOW)
    return {holding.permission: holding.source.until for holding in result.holdings}


@pytest.mark.parametrize("before", SETTINGS)
@pytest.mark.parametrize("after", SETTINGS)
def test_every_setting_leads_to_every_other(before: str, after: str) -> None:
    """Own is neither of the two, team the one, all both; what was the setting already changes nothing."""
    codes = {OWN: (), TEAM: (TEAM_CODE,), ALL: (TEAM_CODE, ALL_CODE)}
    held = dict.fromkeys(codes[before])
    change = sharing.change(held, after)
    assert (change == AccessChange()) is (before == after)
    assert set(held_after(held, change)) == set(codes[after])
    assert sharing.amounts_to(held) == before


@given(extras, st.sampled_from(SETTINGS), ends)
def test_what_is_wanted_is_what_comes_out(before: dict[str, int | None], wanted: str, until: int | None) -> None:
    """Whatever was held, and with whatever ends: by the one way of giving and taking. Other extras stay as they are."""
    after = held_after(before, sharing.change(before, wanted, until))
    assert sharing.amounts_to(after) == wanted
    assert after.get("goods.view", "none") == before.get("goods.view", "none")
    if wanted != OWN:
        assert after[CODES[wanted]] == until
    if wanted == ALL:
        assert outlasts(after[TEAM_CODE], until)
    assert sharing.change(after, wanted, until) == AccessChange()


def test_another_end_of_the_same_setting_is_a_change() -> None:
    """Of it alone: the narrower one, held for longer, keeps its end."""
    held = {TEAM_CODE: None, ALL_CODE: LATER}
    assert sharing.change(held, ALL, SOON) == AccessChange(give_extras=(ExtraGift(ALL_CODE, SOON),))
    assert sharing.change({TEAM_CODE: SOON}, ALL, LATER) == AccessChange(
        give_extras=(ExtraGift(TEAM_CODE, LATER), ExtraGift(ALL_CODE, LATER))
    )
    assert sharing.change({TEAM_CODE: SOON}, TEAM, None) == AccessChange(give_extras=(ExtraGift(TEAM_CODE, None),))


def test_the_setting_ends_with_its_extra() -> None:
    """To the last moment; after it they read their own, and the setting says so."""
    held = [extra(TEAM_CODE, SOON)]
    assert seen(held, now=SOON) == Sharing(TEAM, TEAM, SOON, (), ())
    assert seen(held, now=SOON + 1) == Sharing(OWN, OWN, None, (), ())
    wide = [extra(TEAM_CODE), extra(ALL_CODE, SOON)]
    assert seen(wide, now=SOON).reads == ALL
    assert seen(wide, now=SOON + 1) == Sharing(TEAM, TEAM, None, (), ())


def test_what_a_role_gives_is_no_setting_and_stays() -> None:
    """A service lead reads the team's by the role: the setting is "own only" all the same, and lowering it takes nothing of that."""
    found = seen(by_role(TEAM_CODE))
    assert (found.given, found.reads) == (OWN, TEAM)
    ((setting, source),) = found.stays(OWN)
    assert (setting, source.name) == (TEAM, "lead")
    assert found.stays(TEAM) == ()
    both = seen([*by_role(TEAM_CODE), extra(ALL_CODE)])
    assert (both.given, both.reads) == (ALL, ALL)
    assert [setting for setting, _source in both.stays(OWN)] == [TEAM]
    assert both.stays(ALL) == ()


def test_the_post_is_a_ceiling_of_the_setting() -> None:
    """All is for operations alone: given to customer service it is said to be cut, and reads no further than the team."""
    found = seen([extra(TEAM_CODE), extra(ALL_CODE)], SERVICE)
    assert (found.given, found.reads, found.cut) == (ALL, TEAM, (ALL,))
    assert seen(by_role(TEAM_CODE, ALL_CODE), SERVICE).stays(TEAM) == (), "what is cut stays nobody's"
    assert [sharing.fits(SERVICE, setting) for setting in SETTINGS] == [True, True, False]
    assert all(sharing.fits(OPERATIONS, setting) for setting in SETTINGS)


def test_the_owner_reads_everything_without_a_setting() -> None:
    """Which nothing takes away."""
    found = seen([], owner=True)
    assert (found.given, found.reads) == (OWN, ALL)
    assert [setting for setting, _source in found.stays(OWN)] == [TEAM, ALL]


def test_the_narrower_is_what_the_wider_needs() -> None:
    """As the catalogue has it: were that otherwise, the setting would not be one line of steps."""
    assert permissions()[ALL_CODE].needs == (TEAM_CODE,)
    assert not permissions()[TEAM_CODE].needs
