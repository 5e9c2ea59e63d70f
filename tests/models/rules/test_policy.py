"""The policy: what the owner may ask of every account, and nothing that would make it unsafe."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, strategies as st

from models.errors import Invalid
from models.rules import passwords, policy
from models.rules.policy import BOUNDS, TOTP_CHOICES, Policy

SAFE = st.builds(
    Policy,
    totp=st.sampled_from(TOTP_CHOICES),
    device_required=st.booleans(),
    **{field: st.integers(least, most) for field, (least, most) in BOUNDS.items()},
)


def having(safe: Policy, field: str, value: int) -> Policy:
    """`safe` with another number."""
    return Policy(**safe._asdict() | {field: value})


def test_p13_what_holds_before_the_owner_says_anything() -> None:
    """TOTP for high-risk access, no device key required, the times of the design; and it is within its own bounds."""
    assert Policy() == ("high_risk", False, 5, 10, 12, 3, 5, 12, 7)
    assert policy.checked(Policy()) == Policy()


@pytest.mark.parametrize(
    ("field", "least", "most"),
    [
        ("devices_each", 1, 20),
        ("idle_minutes", 5, 60),
        ("session_hours", 1, 24),
        ("sessions_each", 1, 5),
        ("proof_minutes", 1, 15),
        ("password_length", 12, 64),
        ("activation_days", 1, 21),
    ],
)
def test_p13_lengths_and_times_stay_within_safe_bounds(field: str, least: int, most: int) -> None:
    """Both bounds are allowed; one further is refused beside its field, with the bounds in the sentence."""
    for value in (least, most):
        wanted = having(Policy(), field, value)
        assert policy.checked(wanted) is wanted
    for value in (least - 1, most + 1, 0, -1, -least, 10**9):
        with pytest.raises(Invalid) as refused:
            policy.checked(having(Policy(), field, value))
        assert refused.value.field == field
        assert str(refused.value) == f"From {least} to {most}."


def test_p13_every_number_has_bounds() -> None:
    """One that is added without them fails here."""
    numbers = {field for field, value in Policy()._asdict().items() if isinstance(value, int) and not isinstance(value, bool)}
    assert set(BOUNDS) == numbers
    assert BOUNDS["password_length"][0] == passwords.MINIMUM
    assert BOUNDS["password_length"][1] < passwords.MAXIMUM


@pytest.mark.parametrize("totp", ["", "Everyone", "some", "high-risk", "nobody ", "\ud800"])
def test_p13_there_are_three_choices_for_totp(totp: str) -> None:
    """Nothing else is taken for one of them."""
    assert TOTP_CHOICES == ("everyone", "high_risk", "nobody")
    with pytest.raises(Invalid) as refused:
        policy.checked(Policy(totp=totp))
    assert refused.value.field == "totp"
    assert str(refused.value) == "Choose who has to use phone codes."


@pytest.mark.parametrize(
    ("totp", "high_risk", "needed"),
    [
        ("everyone", True, True),
        ("everyone", False, True),
        ("high_risk", True, True),
        ("high_risk", False, False),
        ("nobody", True, False),
        ("nobody", False, False),
    ],
)
def test_p13_who_needs_totp(totp: str, high_risk: bool, needed: bool) -> None:
    """Everybody, those whose access is of high risk, or nobody."""
    assert policy.needs_totp(Policy(totp=totp), high_risk=high_risk) is needed


@given(SAFE)
def test_p13_a_safe_policy_is_taken_as_it_is(wanted: Policy) -> None:
    """Whatever is combined with what."""
    assert policy.checked(wanted) is wanted


@given(SAFE, st.sampled_from(sorted(BOUNDS)), st.integers())
def test_p13_one_unsafe_value_is_enough_for_a_no(wanted: Policy, field: str, value: int) -> None:
    """However safe the others are."""
    least, most = BOUNDS[field]
    wanted = having(wanted, field, value)
    if least <= value <= most:
        assert policy.checked(wanted) is wanted
    else:
        with pytest.raises(Invalid):
            policy.checked(wanted)


@given(SAFE)
def test_p13_more_risk_never_needs_less(wanted: Policy) -> None:
    """Nor does a stricter choice ask fewer people."""
    assert policy.needs_totp(wanted, high_risk=True) >= policy.needs_totp(wanted, high_risk=False)
    for stricter, laxer in pairwise(TOTP_CHOICES):
        for high_risk in (True, False):
            asked = [policy.needs_totp(wanted._replace(totp=choice), high_risk=high_risk) for choice in (stricter, laxer)]
            assert asked[0] >= asked[1]
