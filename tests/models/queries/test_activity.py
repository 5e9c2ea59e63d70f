"""One's own sign-ins, and what one may use."""

from __future__ import annotations

import pytest

from models import clock
from models.actor import Actor
from models.errors import SessionEnded
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
    for read in (activity.own_sessions, activity.held):
        with pytest.raises(SessionEnded):
            read(bob)
