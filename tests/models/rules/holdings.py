"""People and what they hold, by chance: for properties that have to hold whatever was given to whom."""

from __future__ import annotations

from typing import Final

from hypothesis import strategies as st

from models.catalogue import STATUSES, permissions, preset_roles
from models.rules.access import Holding, Person, Source
from models.rules.grants import RoleContent

NOW: Final = 1_000_000
CODES: Final = sorted(permissions())
GIVABLE: Final = [code for code in CODES if not permissions()[code].owner_only]
ROLES: Final = {place: RoleContent(role.code, None, frozenset(role.permissions)) for place, role in enumerate(preset_roles().values(), 1)}
"""The preset roles by made-up ids."""

moments = st.integers(NOW - 5, NOW + 5)
ends = st.none() | moments
people = st.builds(
    Person,
    st.just("alice"),
    st.sampled_from(STATUSES),
    st.sampled_from(["service", "operations"]),
    is_owner=st.just(False),
    leaves_at=st.none(),
)
leavers = st.builds(lambda person, leaves_at: person._replace(leaves_at=leaves_at), people, ends)
"""People of whom some are to leave, and some have."""
extras = st.builds(
    lambda code, since, until: Holding(code, Source("extra", code, "wang", since, until)), st.sampled_from(CODES), moments, ends
)
"""One extra: at most one of a permission is given at a time, so lists of them are unique by code."""


@st.composite
def given_roles(draw: st.DrawFn, *, starts: st.SearchStrategy[int] = moments) -> list[Holding]:
    """What some of the preset roles give, each held once."""
    found = []
    for place in draw(st.sets(st.sampled_from(sorted(ROLES)), max_size=3)):
        source = Source("role", ROLES[place].name, "wang", draw(starts), draw(ends))
        found += [Holding(code, source) for code in sorted(ROLES[place].permissions)]
    return found


@st.composite
def holdings(draw: st.DrawFn) -> list[Holding]:
    """Roles and extras, valid and not."""
    return draw(given_roles()) + draw(st.lists(extras, max_size=4, unique_by=lambda holding: holding.permission))
