"""How far somebody's reach goes: what they hold, and until they hold it."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from models.catalogue import in_order
from models.errors import OutOfReach, UntilTooLate
from models.rules.delegation import grantable, within_reach
from tests.models.rules.holdings import CODES, NOW

reach = st.dictionaries(st.sampled_from(CODES), st.none() | st.integers(NOW, NOW + 9), max_size=12)
some = st.sets(st.sampled_from(CODES), max_size=6)


@given(reach, some)
def test_nobody_is_managed_who_could_do_more(held: dict[str, int | None], potential: set[str]) -> None:
    """The refusal names the first permission in the way, in the catalogue's order; without one there is no refusal."""
    beyond = [code for code in potential if code not in held]
    if not beyond:
        within_reach(held, potential)
        return
    with pytest.raises(OutOfReach) as refused:
        within_reach(held, potential)
    assert refused.value.permission == in_order(beyond)[0]


@given(reach, some, st.none() | st.integers(NOW, NOW + 9))
def test_nothing_is_given_that_is_not_held_or_for_longer(held: dict[str, int | None], codes: set[str], until: int | None) -> None:
    """What is not held is told before what is held too shortly."""
    missing = [code for code in codes if code not in held]
    short = [code for code in codes if code in held and held[code] is not None and (until is None or until > (held[code] or 0))]
    if not missing and not short:
        grantable(held, codes, until)
        return
    with pytest.raises(OutOfReach) as refused:
        grantable(held, codes, until)
    assert isinstance(refused.value, UntilTooLate) == (not missing)
    assert refused.value.permission == in_order(missing or short)[0]


def test_the_very_last_instant_may_be_given_and_not_one_later() -> None:
    """To the microsecond."""
    held = {"goods.view": NOW}
    grantable(held, ["goods.view"], NOW)
    for until in (NOW + 1, None):
        with pytest.raises(UntilTooLate):
            grantable(held, ["goods.view"], until)


def test_nothing_is_within_everybodys_reach() -> None:
    """Somebody without grants is managed by whoever may manage; and nobody's reach gives nothing."""
    within_reach({}, ())
    grantable({}, (), None)
    with pytest.raises(OutOfReach):
        within_reach({}, ["goods.view"])
