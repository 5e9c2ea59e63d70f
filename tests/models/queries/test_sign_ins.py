"""One's own comings and goings: signed in, refused, open now, limited; and nobody else's."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from models import clock, db
from models.actor import Actor
from models.clock import HOUR, MINUTE
from models.errors import CodeRefused, NotFromHere, SessionEnded, SessionLocked, SignInLocked, SignInRefused, WrongProof
from models.operations import devices, presence, recovery, security, sessions
from models.operations._journal import Entry, Thing, write
from models.queries import sign_ins
from models.queries.devices import find
from models.queries.sign_ins import SignIn
from tests.device_keys import enrolled
from tests.factories import PASSWORD, STRANGER, Founded, signed_in
from tests.models.doors import enrol, proved

AFAR = Actor.stranger("203.0.113.7")


@pytest.fixture
def alice(little_shop: Founded) -> Actor:
    """Signed in, with nothing in the log about it."""
    return little_shop.person("alice")


def refused_at_the_door(login: str = "alice", stranger: Actor = AFAR) -> None:
    """Somebody tries with a wrong password."""
    with pytest.raises(SignInRefused):
        sessions.sign_in(stranger, login, "not this one")


def told(actor: Actor) -> list[tuple[str, str]]:
    """Why each was refused, or by what each was proved; the newest first."""
    return [(row.because, row.by) for row in sign_ins.sign_ins(actor)]


def many(actor: Actor, number: int) -> None:
    """So many sign-ins and refusals in turn, the refusals from afar, as the log would have them."""
    me = Thing("staff", actor.staff_id, actor.name)
    with db.transaction():
        write(actor, 1, [Entry("session.start", me, {}, {"by": "password"}) for _ in range(number - number // 2)])
        write(AFAR, 2, [Entry("session.refuse", me, {}, {"because": "password"}) for _ in range(number // 2)])


def test_nobody_who_never_signed_in_has_a_history(alice: Actor, little_shop: Founded) -> None:
    """Nor has the operator at the machine, who signs in nowhere."""
    for actor in (alice, little_shop.console):
        assert sign_ins.sign_ins(actor) == ()
        assert sign_ins.listing(actor).count() == 0
        assert sign_ins.listing(actor).window(0, 10) == []
        assert sign_ins.failed(actor) == (0, None, 0, None)
    assert sign_ins.open_sessions(little_shop.console) == ()
    assert sign_ins.sign_in_limits(little_shop.console) == ("", "")


def test_a_sign_in_is_told_with_where_from_and_how_it_ended(alice: Actor) -> None:
    """The terminal is the session's, and so is the end."""
    actor = sessions.sign_in(AFAR, "alice", PASSWORD, terminal="pts/3")
    sessions.sign_out(actor)
    (row,) = sign_ins.sign_ins(alice)
    assert row.came_in
    assert (row.by, row.address, row.terminal, row.session, row.end) == ("password", "203.0.113.7", "pts/3", actor.session_id, "signed out")
    assert row.ended_at is not None


def test_every_refusal_is_told_with_its_reason(little_shop: Founded, alice: Actor) -> None:
    """Wrong password, wrong code at the door and inside, not from here, wrong activation code, too many attempts."""
    refused_at_the_door()
    security.limit(little_shop.owner, alice.staff_id or 0, addresses="10.0.0.0/8", hours="")
    with pytest.raises(NotFromHere):
        sessions.sign_in(AFAR, "alice", PASSWORD)
    phone = enrol(alice)
    with pytest.raises(WrongProof):
        sessions.second_factor(STRANGER, proved("alice"), phone.wrong())
    with pytest.raises(WrongProof):
        presence.prove(alice, phone.wrong())
    with pytest.raises(CodeRefused):
        sessions.activate(STRANGER, "alice", "0" * 24, PASSWORD)
    for _attempt in range(5):
        refused_at_the_door()
    with pytest.raises(SignInLocked):
        sessions.sign_in(AFAR, "alice", PASSWORD)
    reasons = [row.because for row in reversed(sign_ins.sign_ins(alice))]
    assert reasons == ["password", "NotFromHere", "second factor", "second factor", "code", *["password"] * 5, "locked"]
    inside = [row for row in sign_ins.sign_ins(alice) if row.inside]
    assert [(row.because, row.session) for row in inside] == [("second factor", alice.session_id)]


def test_a_recovery_code_is_told_as_such(alice: Actor) -> None:
    """Whoever reads that, and has the phone, knows that somebody found the paper."""
    enrol(alice)
    made = recovery.make(alice)
    recovery.keep(alice, made[0])
    sessions.second_factor(AFAR, proved("alice", AFAR), made[1])
    assert told(alice)[0] == ("", "recovery")


def test_a_wrong_old_password_is_told(alice: Actor) -> None:
    """Somebody who sat down at a terminal that was left open tries to take the account over."""
    with pytest.raises(WrongProof):
        security.change_password(alice, "not this one", "paper kite over barley 4")
    (row,) = sign_ins.sign_ins(alice)
    assert (row.because, row.inside) == ("password", True)


def test_of_others_nothing_is_told(little_shop: Founded, alice: Actor) -> None:
    """Not of the owner, not of a login that nobody has, not what others did to oneself; and the owner reads no more here."""
    for login in ("owner", "bob", "nobody"):
        refused_at_the_door(login)
    bob = little_shop.person("bob")
    refused_at_the_door("bob")
    assert sign_ins.sign_ins(alice) == ()
    assert len(sign_ins.sign_ins(bob)) == 1
    assert len(sign_ins.sign_ins(little_shop.owner)) == 1
    assert {row.id for row in sign_ins.open_sessions(bob)} == {bob.session_id}


@pytest.mark.parametrize("number", [0, 1, 7, 10_000])
def test_pages_follow_each_other_and_windows_show_the_same(alice: Actor, number: int) -> None:
    """Nothing twice, nothing left out, the newest first, whichever way it is read."""
    many(alice, number)
    listing = sign_ins.listing(alice)
    assert listing.count() == number
    pages: list[SignIn] = []
    while page := sign_ins.sign_ins(alice, limit=200, before=pages[-1].seq if pages else None):
        pages += page
    seqs = [row.seq for row in pages]
    assert len(seqs) == len(set(seqs)) == number
    assert seqs == sorted(seqs, reverse=True)
    assert listing.window(0, number + 1) == pages
    for place in {0, number // 2, number - 1} if number else ():
        assert listing.window(place, 1) == [pages[place]]
        assert listing.position(seqs[place]) == place
    assert listing.position(seqs[0] + 1 if seqs else 1) is None
    assert listing.position("nonsense") is None


def test_what_failed_since_the_sign_in_before_this_one_is_counted(alice: Actor) -> None:
    """What failed before that is no news; what failed since this one began is."""
    assert sign_ins.failed(alice).since is None
    refused_at_the_door()
    assert sign_ins.failed(alice).number == 1, "at the first sign-in all of it is news"
    before = sessions.sign_in(STRANGER, "alice", PASSWORD)
    refused_at_the_door()
    now = sessions.sign_in(STRANGER, "alice", PASSWORD)
    found = sign_ins.failed(now)
    ((started_at,),) = db.rows("SELECT started_at FROM session WHERE id = ?", (before.session_id,))
    assert (found.number, found.since) == (1, started_at)
    refused_at_the_door()
    newest = sign_ins.sign_ins(now)[0]
    assert sign_ins.failed(now) == (2, started_at, found.since_seq, newest.at)
    assert [row.seq > found.since_seq for row in sign_ins.sign_ins(now)] == [True, True, True, False, False]


def test_p10_own_sessions_that_are_open_are_told_this_one_first(little_shop: Founded, alice: Actor) -> None:
    """With whether one is locked, by its person or by time; not those that ended, were signed out of, or whose time is up."""
    moment = clock.now()
    other, asleep, over, gone = (signed_in("alice", ages=True) for _ in range(4))
    here = signed_in("alice", "203.0.113.7", ages=True)
    security.end_session(here, int(alice.session_id or 0))
    presence.lock(other)
    sessions.sign_out(gone)
    for actor, back in ((asleep, 13 * MINUTE), (over, 12 * HOUR + 1)):
        db.database.execute_sql("UPDATE session SET started_at = ?, seen_at = ?1 WHERE id = ?2", (moment - back, actor.session_id))
    found = sign_ins.open_sessions(here)
    assert [(row.id, row.is_this, row.is_locked) for row in found] == [
        (here.session_id, True, False),
        (other.session_id, False, True),
        (asleep.session_id, False, True),
    ]
    assert found[0].address == "203.0.113.7"
    assert over.session_id not in {row.id for row in found}


def test_the_limits_to_signing_in_are_told(little_shop: Founded, alice: Actor) -> None:
    """As they are kept; anywhere and any time where the owner said nothing."""
    assert sign_ins.sign_in_limits(alice) == ("", "")
    security.limit(little_shop.owner, alice.staff_id or 0, addresses="10.0.0.0/8", hours="mon-fri 09:00-18:00")
    assert sign_ins.sign_in_limits(alice) == ("10.0.0.0/8", "mon-fri 09:00-18:00")


READS: list[Callable[[Actor], object]] = [
    sign_ins.sign_ins,
    sign_ins.listing,
    sign_ins.failed,
    sign_ins.open_sessions,
    sign_ins.sign_in_limits,
]


@pytest.mark.parametrize("read", READS)
def test_nothing_is_read_in_a_session_that_is_locked_or_has_ended(alice: Actor, read: Callable[[Actor], object]) -> None:
    """Not even about oneself: somebody else may sit there."""
    presence.lock(alice)
    with pytest.raises(SessionLocked):
        read(alice)
    sessions.sign_out(alice)
    with pytest.raises(SessionEnded):
        read(alice)


def test_one_owns_history_is_read_by_the_index_of_the_person(alice: Actor) -> None:
    """In a log of a million entries, not by the one that all sign-ins of the shop are in."""
    for statement in (sign_ins._COUNT, sign_ins._WINDOW, sign_ins._BEFORE, sign_ins._FAILED, sign_ins._EARLIER):
        plan = " ".join(str(row[3]) for row in db.rows(f"EXPLAIN QUERY PLAN {statement}", (1,) * statement.count("?")))
        assert "auditentry_object (object_kind=? AND object_id=?" in plan
        assert "TEMP B-TREE" not in plan


def test_p12_a_device_key_is_called_by_the_name_that_its_owner_gave_it(little_shop: Founded, alice: Actor) -> None:
    """In the history as among open sessions, and after it was revoked, too; that of somebody else is none of one's own to name."""
    little_shop.person("bob")
    mine, theirs = enrolled(little_shop.id_of("alice"), "laptop"), enrolled(little_shop.id_of("bob"), "bob's secret phone")
    came = sessions.sign_in(AFAR._replace(device=mine), "alice", PASSWORD)
    refused_at_the_door(stranger=AFAR._replace(device=theirs))
    refused_at_the_door()
    assert [row.device for row in sign_ins.sign_ins(came)] == ["", theirs, "laptop"]
    assert [row.device for row in sign_ins.listing(came).window(0, 9)] == ["", theirs, "laptop"]
    assert [row.device for row in sign_ins.open_sessions(came)] == ["laptop", ""]
    devices.revoke(alice, find(little_shop.id_of("alice"), mine))
    assert [row.device for row in sign_ins.sign_ins(alice)] == ["", theirs, "laptop"]
