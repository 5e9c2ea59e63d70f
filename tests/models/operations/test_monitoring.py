"""Sending somebody who is signed in to the door: within reach, with proof, in the log, and they are told."""

from __future__ import annotations

import json

import pytest

from models import db
from models.actor import Actor
from models.errors import Invalid, NotAllowed, NothingChanged, OutOfReach, OwnAccount, OwnerProtected, SessionEnded, Unknown
from models.operations import monitoring, security, sessions
from models.queries import activity
from models.tables import Session
from tests.factories import CONSOLE, PASSWORD, STRANGER, Founded, signed_in
from tests.models.operations.acts import recorded


@pytest.fixture
def dana(little_shop: Founded) -> Actor:
    """Dana from customer service, in one session."""
    return little_shop.person("dana", gave=["customer_service"])


def why() -> list[dict[str, object]]:
    """What the log says of sessions that ended, the oldest first."""
    return [json.loads(new) for (new,) in db.rows("SELECT new FROM audit_entry WHERE action = 'session.end' ORDER BY seq")]


def test_a_session_that_was_ended_is_refused_and_says_so(little_shop: Founded, dana: Actor) -> None:
    """That one alone; the person may sign in again."""
    other = signed_in("dana")
    (entry,) = recorded(lambda: monitoring.end_session(little_shop.owner, dana.session_id or 0, reason=" left   alone "))
    assert entry.action == "session.end"
    with pytest.raises(SessionEnded) as ended:
        activity.held(dana)
    assert ended.value.why == "ended"
    assert "Somebody who looks after people here ended this session." in str(ended.value)
    activity.held(other)
    assert why() == [{"why": "ended", "sessions": 1, "reason": "left alone"}]
    assert little_shop.log("session.end") == [("owner", "session.end", "dana")]
    db.rows("UPDATE policy SET totp = 'nobody'")
    assert sessions.sign_in(STRANGER, "dana", PASSWORD)


def test_all_of_theirs_at_once(little_shop: Founded, dana: Actor) -> None:
    """One entry; once more there is nothing to do."""
    others = [signed_in("dana"), signed_in("dana")]
    assert monitoring.end_sessions(CONSOLE, dana.staff_id or 0) == 3
    for actor in (dana, *others):
        with pytest.raises(SessionEnded):
            activity.held(actor)
    assert why() == [{"why": "ended", "sessions": 3}]
    with pytest.raises(NothingChanged):
        monitoring.end_sessions(CONSOLE, dana.staff_id or 0)
    activity.held(little_shop.owner)


def test_whoever_may_freeze_may_end_within_reach_only(little_shop: Founded, dana: Actor) -> None:
    """Neither the owner's, nor one's own, nor a wider colleague's; each attempt is in the log."""
    guard = little_shop.person("guard", gave=["customer_service"], extras=["staff.freeze"])
    boss = little_shop.person("boss", gave=["manager"])
    for actor, whose, refusal in (
        (guard, little_shop.owner, OwnerProtected),
        (guard, signed_in("guard"), OwnAccount),
        (guard, boss, OutOfReach),
        (dana, boss, NotAllowed),
        (CONSOLE, little_shop.owner, OwnerProtected),
    ):
        with pytest.raises(refusal):
            monitoring.end_session(actor, whose.session_id or 0)
        with pytest.raises(refusal):
            monitoring.end_sessions(actor, whose.staff_id or 0)
    assert len(little_shop.log("act.refuse")) == 10
    assert Session.select().where(Session.end == "ended").count() == 0
    monitoring.end_session(guard, dana.session_id or 0)
    assert Session.get_by_id(dana.session_id).end == "ended"


def test_what_has_ended_ends_no_second_time(little_shop: Founded, dana: Actor) -> None:
    """Nor does what never was; what is kept of how it ended stays."""
    monitoring.end_session(little_shop.owner, dana.session_id or 0)
    for session_id in (dana.session_id or 0, 4711):
        with pytest.raises(Unknown) as unknown:
            monitoring.end_session(CONSOLE, session_id)
        assert unknown.value.kind == "session"
    with pytest.raises(Unknown):
        monitoring.end_sessions(CONSOLE, 4711)
    mine = signed_in("dana")
    another = signed_in("dana")
    security.end_session(mine, another.session_id or 0)
    with pytest.raises(Unknown):
        monitoring.end_session(CONSOLE, another.session_id or 0)
    assert Session.get_by_id(another.session_id).end == "elsewhere"


def test_a_reason_is_a_line_of_text(little_shop: Founded, dana: Actor) -> None:
    """Refused before anything is done."""
    for act in (
        lambda: monitoring.end_session(CONSOLE, dana.session_id or 0, reason="a\x1b[2Jb"),
        lambda: monitoring.end_sessions(CONSOLE, dana.staff_id or 0, reason="x" * 201),
    ):
        with pytest.raises(Invalid):
            act()
    activity.held(dana)
