"""The policy: the owner's, within bounds, in force at once; and whom it leads to TOTP."""

from __future__ import annotations

import pytest

from models import db
from models.errors import EnrolFirst, Invalid, NothingChanged, OwnerAlone, SessionEnded, SessionLocked, Stale
from models.operations import departments, onboarding, policy, sessions, staff
from models.operations.staff import Profile
from models.queries import activity, security as queries
from models.rules.policy import BOUNDS, EVERYONE, HIGH_RISK, NOBODY, Policy
from models.tables import Session
from tests.factories import CONSOLE, DAY, PASSWORD, STRANGER, Founded, signed_in
from tests.models.doors import Watch, enrol
from tests.models.operations.acts import recorded, refused

pytestmark = pytest.mark.usefixtures("cheap")


def edit(**changes: object) -> None:
    """Change the policy at the machine."""
    version, now = queries.policy()
    policy.edit(CONSOLE, version, now._replace(**changes))  # type: ignore[arg-type]  # fields of the policy


def test_p13_a_shop_begins_with_the_usual_policy(little_shop: Founded) -> None:
    """TOTP for high-risk access; 5 device keys, idle 10 minutes, 12 hours, 3 sessions, proof 5 minutes, 12 characters, 7 days."""
    assert queries.policy() == (1, Policy(HIGH_RISK, False, 5, 10, 12, 3, 5, 12, 7))


def test_p13_the_owner_alone_changes_it_and_the_log_says_what(little_shop: Founded) -> None:
    """Only what changed is told; who saw an older one is told so; the same again is nothing."""
    meg = little_shop.person("meg", gave=["manager"])
    wanted = Policy(totp=EVERYONE, idle_minutes=5)
    refused(lambda: policy.edit(meg, 1, wanted), OwnerAlone)
    (entry,) = recorded(lambda: policy.edit(little_shop.owner, 1, wanted))
    assert (entry.action, entry.old, entry.new) == (
        "policy.edit",
        {"totp": "high_risk", "idle_minutes": 10},
        {"totp": "everyone", "idle_minutes": 5},
    )
    refused(lambda: policy.edit(little_shop.owner, 1, Policy()), Stale)
    refused(lambda: policy.edit(little_shop.owner, 2, wanted), NothingChanged)


@pytest.mark.parametrize("field", BOUNDS)
def test_p13_every_number_has_bounds(little_shop: Founded, field: str) -> None:
    """Refused below and above, by its name, by the rule and by the table itself; taken at either end."""
    least, most = BOUNDS[field]
    for value in (least - 1, most + 1, 0, -1, 10**9):
        assert refused(lambda: edit(**{field: value}), Invalid).field == field  # noqa: B023  called at once
        with pytest.raises(Exception, match="CHECK constraint failed"):
            db.rows(f"UPDATE policy SET {field} = ?", (value,))
    for value in (least, most):
        if getattr(queries.policy().policy, field) != value:
            edit(**{field: value})
        assert getattr(queries.policy().policy, field) == value


def test_p13_who_uses_totp_is_one_of_three(little_shop: Founded) -> None:
    """Nothing else is a policy."""
    for value in ("", "most", "EVERYONE"):
        assert refused(lambda: edit(totp=value), Invalid).field == "totp"  # noqa: B023  called at once


def test_p13_times_hold_at_once_in_sessions_that_are_open(little_shop: Founded, watch: Watch) -> None:
    """A shorter lock locks, a shorter day ends."""
    little_shop.person("bob")
    bob = signed_in("bob", ages=True)
    watch.passes(8 * 60)
    activity.held(bob)
    edit(idle_minutes=5)
    with pytest.raises(SessionLocked):
        activity.held(bob)
    edit(idle_minutes=60)
    watch.passes(53 * 60)
    activity.held(bob)
    edit(session_hours=1)
    with pytest.raises(SessionEnded):
        activity.held(bob)


def test_p13_where_device_keys_are_required_sessions_begun_without_one_end(little_shop: Founded) -> None:
    """At once, and each person's is in the log; the owner's, and those that a key opened, go on. Other changes end none."""
    bob, carol = little_shop.person("bob"), little_shop.person("carol")
    Session.update(device="SHA256:hers").where(Session.id == carol.session_id).execute()
    edit(sessions_each=2)
    activity.held(bob)
    told = recorded(lambda: edit(device_required=True))
    assert [(entry.action, entry.label) for entry in told] == [("session.end", "bob"), ("policy.edit", "Little Shop")]
    with pytest.raises(SessionEnded, match="with a device key only"):
        activity.held(bob)
    for goes_on in (carol, little_shop.owner):
        activity.held(goes_on)
    edit(sessions_each=3)
    activity.held(carol)


HIGH = "goods.price.edit"
LOW = "goods.view"


@pytest.mark.parametrize(
    ("asks", "extra", "led"),
    [
        (EVERYONE, HIGH, True),
        (EVERYONE, LOW, True),
        (EVERYONE, None, True),
        (HIGH_RISK, HIGH, True),
        (HIGH_RISK, LOW, False),
        (HIGH_RISK, None, False),
        (NOBODY, HIGH, False),
        (NOBODY, None, False),
    ],
)
def test_p13_who_has_to_use_totp_is_led_to_it_before_anything_else(
    little_shop: Founded, watch: Watch, asks: str, extra: str | None, led: bool
) -> None:
    """By the access they have now; having set it up they go on, and are not led again."""
    if asks != HIGH_RISK:
        edit(totp=asks)
    little_shop.person("bob", extras=[extra] if extra else [])
    bob = sessions.sign_in(STRANGER, "bob", PASSWORD)
    own = queries.own(bob)
    assert (own.totp_required, own.enrolling, own.leads, own.totp_since) == (led, led, led, None)
    if not led:
        activity.held(bob)
        return
    for act in (lambda: activity.held(bob), lambda: staff.set_language(bob, "zh"), lambda: departments.add(bob, "Mine")):
        refused(act, EnrolFirst)
    enrol(bob)
    activity.held(bob)
    own = queries.own(bob)
    assert (own.totp_required, own.enrolling, own.leads, own.totp_since) == (True, False, False, watch.now)


def test_p13_access_that_has_ended_or_is_barred_leads_nobody(little_shop: Founded, watch: Watch) -> None:
    """What the post takes away, and a grant that is over, are no access."""
    little_shop.person("sue", post="service", extras=[HIGH])
    little_shop.person("tim", extras=[HIGH], until=watch.now + DAY)
    assert not queries.own(sessions.sign_in(STRANGER, "sue", PASSWORD)).leads
    assert queries.own(sessions.sign_in(STRANGER, "tim", PASSWORD)).leads
    watch.passes(24 * 3600 + 1)
    assert not queries.own(sessions.sign_in(STRANGER, "tim", PASSWORD)).leads


def test_p13_the_owner_is_led_and_not_held(little_shop: Founded, watch: Watch) -> None:
    """Whoever could shut the owner out of the shop by a policy would have it; nobody is led whom the policy does not ask."""
    owner = sessions.sign_in(STRANGER, "owner", PASSWORD)
    own = queries.own(owner)
    assert (own.totp_required, own.enrolling, own.leads) == (True, False, True)
    activity.held(owner)
    edit(totp=NOBODY)
    assert not queries.own(owner).leads


def test_p9_a_code_is_good_for_as_long_as_the_policy_says(little_shop: Founded, watch: Watch) -> None:
    """Unless somebody chose; for the newcomer, for whoever comes back, for a new code alike."""
    edit(activation_days=2)
    carol = onboarding.onboard(CONSOLE, onboarding.Newcomer("carol", Profile("Carol"), "service"))
    dave = onboarding.onboard(CONSOLE, onboarding.Newcomer("dave", Profile("Dave"), "service", days=21))
    staff.leave(CONSOLE, little_shop.id_of("carol"))
    back = staff.reinstate(CONSOLE, little_shop.id_of("carol"))
    assert [fresh.expires_at - watch.now for fresh in (carol, dave, back)] == [2 * DAY, 21 * DAY, 2 * DAY]
