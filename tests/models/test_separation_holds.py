"""Random acts never bring together anew what is kept apart: few people, few permissions, so that almost every act could.

What people hold is worked out a second time, from the rows and by set arithmetic; tests/models/test_rules_hold.py does the same among
all the other acts that there are.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from models import clock, db
from models.errors import ShopstaffError
from models.operations import grants, onboarding, roles, separation, staff
from models.operations.staff import Profile
from models.rules.grants import AccessChange, ExtraGift, RoleGift
from tests.factories import CONSOLE, DAY, Founded
from tests.models.test_rules_hold import potential

CODES = ["goods.view", "rate.reply", "decor.edit", "finance.bill.view", "marketing.coupon.send"]
Act = Callable[[], object]

code = st.sampled_from(CODES)
codes = st.frozensets(code, max_size=3)
end = st.sampled_from([None, None, DAY, 3 * DAY])
place = st.integers(0, 1)
person = st.integers(2, 5)
post = st.sampled_from(["service", "operations"])


def until(days: int | None) -> int | None:
    """An end, so long from now."""
    return None if days is None else clock.now() + days


@pytest.fixture
def shop(little_shop: Founded) -> Founded:
    """Three people with nothing (2 to 4), and two roles of the shop's own with one permission each; everybody else comes by chance."""
    for login in ("ann", "bob", "cas"):
        little_shop.person(login)
    for name, inside in (("One", CODES[:1]), ("Two", CODES[1:2])):
        roles.add(CONSOLE, name, inside)
    return little_shop


def change(who: int, wanted: AccessChange) -> Act:
    """A change of somebody's access."""
    return lambda: grants.change(CONSOLE, who, wanted)


def newcomer(number: int, post: str, role: int | None, inside: frozenset[str], days: int | None) -> Act:
    """Somebody new, with a role and extras."""
    given_roles = () if role is None else (RoleGift(10 + role, until(days)),)
    gifts = tuple(ExtraGift(each, until(days)) for each in sorted(inside))
    return lambda: onboarding.onboard(CONSOLE, onboarding.Newcomer(f"new{number}", Profile("New"), post, None, given_roles, gifts))


acts = st.one_of(
    st.builds(lambda who, role, days: change(who, AccessChange(give_roles=(RoleGift(10 + role, until(days)),))), person, place, end),
    st.builds(lambda who, each, days: change(who, AccessChange(give_extras=(ExtraGift(each, until(days)),))), person, code, end),
    st.builds(lambda who, role: change(who, AccessChange(take_roles=(10 + role,))), person, place),
    st.builds(lambda who, each: change(who, AccessChange(take_extras=(each,))), person, code),
    st.builds(lambda who, post: change(who, AccessChange(post)), person, post),
    st.builds(lambda role, inside: lambda: roles.edit(CONSOLE, 10 + role, None, codes=inside), place, codes),
    st.builds(newcomer, st.integers(0, 9), post, st.none() | place, codes, end),
    st.builds(lambda one, other: lambda: separation.declare(CONSOLE, one, other), code, code),
    st.builds(lambda old: lambda: separation.withdraw(CONSOLE, old), st.integers(1, 4)),
    st.builds(
        lambda who, act: lambda: act(CONSOLE, who), person, st.sampled_from([staff.freeze, staff.unfreeze, staff.leave, staff.reinstate])
    ),
)


def broken(apart: list[tuple[str, str]], moments: list[int]) -> set[tuple[int, int, str, str]]:
    """Who holds both of what is kept apart, and would still at each of the moments if nobody did anything."""
    people = [identity for (identity,) in db.rows("SELECT id FROM staff WHERE is_owner = 0")]
    held = {(moment, who): potential(who, moment) for moment in moments for who in people}
    return {(*where, *two) for where, inside in held.items() for two in apart if set(two) <= inside}


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(first=acts, wanted=st.lists(st.tuples(acts, st.sampled_from([0, 0, 0, 2 * DAY])), min_size=4, max_size=25))
def test_nobody_comes_to_hold_what_is_kept_apart(shop: Founded, first: Act, wanted: list[tuple[Act, int]]) -> None:
    """Nor for longer than they held it: whoever held both before may keep both, and no more."""
    start = clock.now()
    now = [start]
    with db.database.atomic() as everything:
        clock.set_clock(lambda: now[0])
        try:
            separation.declare(CONSOLE, CODES[0], CODES[1])
            separation.declare(CONSOLE, CODES[2], CODES[3])
            for act, passes in ((first, 0), *wanted):
                apart = db.rows("SELECT one, other FROM separation WHERE ended_at IS NULL")
                moments = [now[0] + days * DAY for days in range(6)]
                before = broken(apart, moments)
                with suppress(ShopstaffError):
                    act()
                assert broken(apart, moments) <= before
                now[0] += passes
        finally:
            clock.set_clock(None)
            everything.rollback()
