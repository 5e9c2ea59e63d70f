"""One's own password set anew, and one's other sessions ended at one stroke."""

from __future__ import annotations

import pytest

from models import clock, db
from models.actor import Actor
from models.clock import MINUTE
from models.errors import Invalid, NothingChanged, PasswordWeak, ProofNeeded, SessionEnded, SignInLocked, SignInRefused, WrongProof
from models.operations import policy, presence, security, sessions
from models.queries import activity, security as queries
from models.rules.policy import Policy
from tests.factories import PASSWORD, STRANGER, Founded, signed_in
from tests.models.doors import enrol, failures
from tests.models.operations.acts import recorded, refused

NEW = "paper kite over barley 4"


@pytest.fixture
def alice(little_shop: Founded) -> Actor:
    """Somebody with a password, and a session that ages."""
    little_shop.person("alice")
    return signed_in("alice", ages=True)


def test_the_new_password_counts_and_the_old_no_longer(alice: Actor) -> None:
    """Nothing of either is in the log."""
    (ended, changed) = recorded(lambda: security.change_password(alice, PASSWORD, NEW))
    assert (ended.action, changed.action, changed.new) == ("session.end", "security.password", {})
    sessions.sign_in(STRANGER, "alice", NEW)
    with pytest.raises(SignInRefused):
        sessions.sign_in(STRANGER, "alice", PASSWORD)
    assert not db.rows("SELECT 1 FROM audit_entry WHERE new LIKE ? OR new LIKE ?", (f"%{NEW}%", f"%{PASSWORD}%"))


def test_p10_other_sessions_end_with_the_old_password(alice: Actor) -> None:
    """Whoever had come in with it is out; this session goes on."""
    other = signed_in("alice")
    security.change_password(alice, PASSWORD, NEW)
    with pytest.raises(SessionEnded):
        activity.held(other)
    activity.held(alice)


@pytest.mark.parametrize("new", ["short", "", "alicealice2026", "xiaodianxiaodian"])
def test_p2_a_weak_one_is_refused_and_is_no_failed_attempt(little_shop: Founded, alice: Actor, new: str) -> None:
    """The old one was right: whoever looks for a good password is not locked out for it. The shop's name in pinyin is weak."""
    db.database.execute_sql("UPDATE shop SET name = '小店'")
    for _time in range(6):
        refused(lambda: security.change_password(alice, PASSWORD, new), PasswordWeak)
    assert failures() == 0


def test_p13_it_has_to_be_as_long_as_the_shop_asks(little_shop: Founded, alice: Actor) -> None:
    """The owner may ask for more than twelve characters."""
    policy.edit(little_shop.owner, queries.policy().version, Policy(password_length=30))
    weak = refused(lambda: security.change_password(alice, PASSWORD, NEW), PasswordWeak)
    assert "30" in str(weak)
    security.change_password(alice, PASSWORD, f"{NEW} and a lantern")


def test_the_password_one_has_is_no_new_one(alice: Actor) -> None:
    """Somebody who was told to change it would think that they had."""
    assert refused(lambda: security.change_password(alice, PASSWORD, PASSWORD), Invalid).field == "password"


def test_p4_a_wrong_old_one_is_told_in_the_log_and_counted(alice: Actor) -> None:
    """Somebody at a terminal that was left open gets five tries; then not even the right one helps."""
    for _time in range(5):
        with pytest.raises(WrongProof):
            security.change_password(alice, "not this one", NEW)
    with pytest.raises(SignInLocked):
        security.change_password(alice, PASSWORD, NEW)
    told = db.rows("SELECT actor, object_label, new FROM audit_entry WHERE action = 'session.prove.refuse'")
    assert told == [("alice", "alice", '{"because":"password"}')] * 5


def test_p11_where_totp_is_off_the_old_password_is_the_proof(alice: Actor) -> None:
    """Nobody types it twice."""
    later(alice)
    security.change_password(alice, PASSWORD, NEW)


def test_p11_where_totp_is_on_the_phone_is_asked_for_before(alice: Actor) -> None:
    """The old password alone does not take over an account at a terminal that was left open."""
    phone = enrol(alice)
    later(alice)
    assert refused(lambda: security.change_password(alice, PASSWORD, NEW), ProofNeeded).kind == "totp"
    presence.prove(alice, phone.code(1))
    security.change_password(alice, PASSWORD, NEW)


def later(actor: Actor) -> None:
    """The actor's last proof is six minutes ago, the last key is not."""
    db.database.execute_sql("UPDATE session SET proved_at = ? WHERE id = ?", (clock.now() - 6 * MINUTE, actor.session_id))


def test_p10_the_other_sessions_end_at_one_stroke(little_shop: Founded, alice: Actor) -> None:
    """One entry says how many; this one goes on, and nobody else's is touched."""
    others = [signed_in("alice") for _ in range(2)]
    before = activity.own_sessions(alice)
    (entry,) = recorded(lambda: security.end_others(alice))
    assert (entry.action, entry.new) == ("session.end", {"why": "elsewhere", "sessions": len(before) - 1})
    for other in others:
        with pytest.raises(SessionEnded):
            activity.held(other)
    activity.held(alice)
    activity.held(little_shop.owner)
    refused(lambda: security.end_others(alice), NothingChanged)
    refused(lambda: security.end_others(little_shop.console), NothingChanged)
