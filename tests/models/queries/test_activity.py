"""What was done to a person and by whom, and one's own sign-ins."""

from __future__ import annotations

import pytest

from models import clock
from models.actor import Actor
from models.errors import NotAllowed, SessionEnded
from models.operations import sessions, staff
from models.queries import activity
from tests.factories import Founded, signed_in


@pytest.fixture
def bob(little_shop: Founded) -> Actor:
    """Somebody with whom things happened."""
    bob = little_shop.person("bob")
    staff.freeze(little_shop.owner, bob.staff_id or 0)
    staff.unfreeze(little_shop.owner, bob.staff_id or 0)
    return signed_in("bob")


def test_what_happened_to_a_person_is_told_the_newest_first(little_shop: Founded, bob: Actor) -> None:
    """In sentences, by whom; as many as are asked for."""
    told = activity.about(little_shop.owner, bob.staff_id or 0)
    assert [row.seq for row in told] == sorted((row.seq for row in told), reverse=True)
    assert [(row.actor, row.sentence) for row in told[:2]] == [("owner", "Unfroze bob"), ("owner", "Froze bob")]
    assert activity.about(little_shop.owner, bob.staff_id or 0, 1) == told[:1]


def test_of_others_it_takes_the_whole_log(little_shop: Founded, bob: Actor) -> None:
    """The team's log is not enough: who is in one's team is not asked here."""
    lead = little_shop.person("lead", extras=["audit.view"])
    with pytest.raises(NotAllowed) as refused:
        activity.about(lead, bob.staff_id or 0)
    assert refused.value.permission == "audit.view.all"
    auditor = little_shop.person("auditor", gave=["auditor"])
    assert activity.about(auditor, bob.staff_id or 0) == activity.about(little_shop.owner, bob.staff_id or 0)


def test_of_oneself_it_is_everybodys_but_not_from_where_others_acted(little_shop: Founded) -> None:
    """The owner's address at home is nothing that staff should learn by being frozen."""
    bob = little_shop.person("bob")
    staff.edit(signed_in("owner", "203.0.113.24"), bob.staff_id or 0, 1, staff.Profile("Bob Zhao"))
    told = activity.about(bob, bob.staff_id or 0)
    assert told[0].sentence == "Changed the profile of bob"
    assert "203.0.113.24" not in repr(told)


def test_own_sign_ins_are_ones_own(little_shop: Founded, bob: Actor) -> None:
    """The newest first, with how each ended; nobody else's."""
    newest, frozen = activity.own_sessions(bob)
    assert (newest.id, newest.ended_at, newest.end) == (bob.session_id, None, None)
    assert frozen.end == "frozen"
    assert frozen.ended_at is not None
    assert frozen.ended_at <= clock.now()
    assert activity.own_sessions(bob, 1) == (newest,)
    assert activity.own_sessions(little_shop.console) == ()


def test_nothing_is_read_in_a_session_that_has_ended(little_shop: Founded, bob: Actor) -> None:
    """Not even one's own."""
    sessions.sign_out(bob)
    for read in (activity.own_sessions, activity.held, lambda actor: activity.about(actor, actor.staff_id or 0)):
        with pytest.raises(SessionEnded):
            read(bob)
