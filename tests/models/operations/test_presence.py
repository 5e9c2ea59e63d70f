"""Sessions while they last: they lock, they end, there are few of them, and old proof counts for nothing."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

import models.queries
from models import clock
from models.actor import Actor
from models.errors import (
    EnrolFirst,
    ProofNeeded,
    Refusal,
    SessionEnded,
    SessionLocked,
    WrongProof,
)
from models.operations import drafts, policy, presence, roles, sessions, staff, totp
from models.queries import activity, security as queries, standing
from models.queries.drafts import kept
from models.rules.grants import AccessChange
from models.tables import Session, Staff
from tests.factories import PASSWORD, STRANGER, Founded, signed_in
from tests.models.doors import AFAR, NEW, Watch, enrol, recovery_codes, told
from tests.models.operations.acts import recorded, refused

pytestmark = pytest.mark.usefixtures("cheap")

MINUTE = 60


@pytest.fixture
def owner(little_shop: Founded, watch: Watch) -> Actor:
    """The owner in a session that ages."""
    return signed_in("owner", ages=True)


def test_p10_a_session_locks_when_nobody_presses_a_key(owner: Actor, watch: Watch) -> None:
    """After ten minutes, and two of grace because last-seen is written seldom; keys put it off; then the password opens it."""
    for _ in range(5):
        watch.passes(9 * MINUTE)
        presence.seen(owner)
        activity.held(owner)
    watch.passes(12 * MINUTE)
    activity.held(owner)
    watch.passes(0.000001)
    with pytest.raises(SessionLocked):
        activity.held(owner)
    presence.seen(owner)
    with pytest.raises(SessionLocked):
        activity.held(owner)
    presence.unlock(owner, PASSWORD)
    assert activity.held(owner)


def test_p10_last_seen_is_written_once_a_minute(owner: Actor, watch: Watch) -> None:
    """An SD card counts writes; nobody's act, so the log does not grow."""
    first = standing.of(owner).seen_at
    watch.passes(60)
    assert recorded(lambda: presence.seen(owner)) == []
    assert standing.of(owner).seen_at == first
    watch.passes(0.000001)
    presence.seen(owner)
    assert standing.of(owner).seen_at == watch.now == standing.of(owner).idle_at - 10 * clock.MINUTE


def test_where_somebody_is_is_written_with_the_key(owner: Actor, watch: Watch) -> None:
    """Going about costs no write of its own: what changed within the minute is written with the next key after it."""

    def section() -> str:
        return str(Session.get_by_id(owner.session_id).section)

    for seconds, where, written in (
        (61, "staff", "staff"),
        (30, "roles", "staff"),
        (30, "roles", "staff"),
        (1, "audit", "audit"),
        (61, "", ""),
    ):
        watch.passes(seconds)
        assert recorded(lambda where=where: presence.seen(owner, where)) == []  # type: ignore[misc]  # bound in the loop
        assert section() == written


def test_p10_a_session_ends_after_twelve_hours_whatever_is_done_in_it(owner: Actor, watch: Watch) -> None:
    """Also one that was locked: the password does not open it again."""
    for _ in range(12 * 6):
        watch.passes(10 * MINUTE)
        presence.seen(owner)
        activity.held(owner)
    presence.lock(owner)
    watch.passes(0.000001)
    for act in (
        lambda: activity.held(owner),
        lambda: presence.seen(owner),
        lambda: presence.unlock(owner, PASSWORD),
        lambda: presence.lock(owner),
        lambda: presence.prove(owner, PASSWORD),
        lambda: roles.close(owner, 1, None),
    ):
        with pytest.raises(SessionEnded):
            act()


def test_p10_locking_now_takes_the_password_to_come_back(owner: Actor) -> None:
    """Once asked for is once in the log; a wrong password leaves it locked, and is told."""
    presence.lock(owner)
    presence.lock(owner)
    with pytest.raises(WrongProof):
        presence.unlock(owner, NEW)
    with pytest.raises(SessionLocked):
        activity.held(owner)
    presence.unlock(owner, PASSWORD)
    assert activity.held(owner)
    assert told("session.lock") == ['{"why":"asked"}']
    assert told("session.prove.refuse") == ['{"because":"password"}']
    assert len(told("session.unlock")) == 1


def test_p10_the_password_unlocks_and_no_code_does(little_shop: Founded, owner: Actor, watch: Watch) -> None:
    """Whoever has the phone only stays out; with TOTP on, unlocking is no proof of the phone."""
    phone = enrol(owner)
    made = recovery_codes(owner)
    watch.passes(6 * MINUTE)
    presence.lock(owner)
    for wrong in (phone.code(), made[0]):
        with pytest.raises(WrongProof):
            presence.unlock(owner, wrong)
    presence.unlock(owner, PASSWORD)
    assert refused(lambda: totp.begin(owner), ProofNeeded).kind == "totp"
    assert queries.own(owner).recovery_left == 8


def test_p11_without_totp_unlocking_is_proof(owner: Actor, watch: Watch) -> None:
    """The password was typed just now: nobody is asked twice."""
    watch.passes(8 * MINUTE)
    presence.lock(owner)
    presence.unlock(owner, PASSWORD)
    totp.begin(owner)


def test_p10_a_session_locked_for_idling_is_told_once_it_is_noticed(owner: Actor, watch: Watch) -> None:
    """The screen says so; until then time alone has locked it."""
    watch.passes(20 * MINUTE)
    presence.lock(owner, why="idle")
    assert told("session.lock") == ['{"why":"idle"}']
    assert standing.of(owner).is_locked


def reading() -> list[Callable[..., object]]:
    """Every query that an actor asks."""
    found: list[Callable[..., object]] = []
    for file in sorted(Path(models.queries.__file__).parent.glob("[a-z]*.py")):
        module = import_module(f"models.queries.{file.stem}")
        for name, function in inspect.getmembers(module, inspect.isfunction):
            if function.__module__ == module.__name__ and not name.startswith("_"):
                parameters = list(inspect.signature(function).parameters)
                if parameters[:1] == ["actor"]:
                    found.append(function)
    return found


UNGUARDED = {
    "standing.of": "is what guards",
    "chat_scope.of": "is handed what its reader was judged to hold",
    "deciding.is_own": "is handed a request that its caller was judged to read, as what follows",
    "deciding.judge": "refuses, and gives nothing out",
    "deciding.waiting_for": "is part of the first screen, and handed what its reader was judged to hold",
    "drafts.kept": "gives nothing out, rather than an error",
    "reminders.of": "is part of the first screen, and handed what its reader was judged to hold",
    "shop.languages": "the language of a screen that says it is locked",
}
"""Queries that a locked session may ask, and why."""


@pytest.mark.parametrize(
    ("state", "refusal"), [("locked", SessionLocked), ("ended", SessionEnded), ("frozen", SessionEnded), ("enrolling", EnrolFirst)]
)
def test_p10_a_session_that_is_locked_ended_or_enrolling_reads_nothing(
    little_shop: Founded, watch: Watch, state: str, refusal: type[Refusal]
) -> None:
    """Whatever there is to ask: a query that is added is in here by itself."""
    meg = little_shop.person("meg", gave=["manager"])
    drafts.keep(meg, "onboard", {"phone": "13800001111"})
    changes: dict[str, Any] = {"locked": {"locked_at": watch.now}, "ended": {"ended_at": 1, "end": "x"}, "enrolling": {"enrolling": True}}
    if state == "frozen":
        Staff.update(status="frozen").where(Staff.id == meg.staff_id).execute()
    else:
        Session.update(**changes[state]).where(Session.id == meg.session_id).execute()
    asked = 0
    for query in reading():
        name = f"{query.__module__.rpartition('.')[2]}.{query.__name__}"
        needed = [each for each in inspect.signature(query).parameters.values() if each.default is each.empty][1:]
        if name in UNGUARDED or (name, state) == ("security.own", "enrolling"):
            continue
        assert _refusal(query, meg, [each.name for each in needed]) is refusal, name
        asked += 1
    assert asked > 25
    assert kept(meg, "onboard") is None


def _refusal(query: Callable[..., Any], actor: Actor, needed: list[str]) -> type[Refusal] | None:
    """How asking is refused; what is read row by row refuses at the first."""
    try:
        next(iter(query(actor, *map(_argument, needed))))
    except Refusal as refused:
        return type(refused)
    except (TypeError, StopIteration):  # no rows to begin with, or none
        return None
    return None


def _argument(name: str) -> object:
    """Something of the kind that a query asks for."""
    known: dict[str, object] = {
        "staff_id": 1,
        "role_id": 1,
        "department_id": 1,
        "code": "goods.view",
        "codes": (),
        "login": "zed",
        "post": "service",
        "change": AccessChange(),
        "name": "people.csv",
        "data": b"login,name,post\n",
        "roster": None,
    }
    return known.get(name, ())


def test_p10_at_most_three_sessions_and_a_fourth_ends_the_one_idle_longest(little_shop: Founded, watch: Watch) -> None:
    """Not the oldest: the one that nobody has used for longest. The log says so."""
    little_shop.person("bob")
    Session.update(ended_at=1, end="x").where(Session.staff == little_shop.id_of("bob")).execute()
    opened = []
    for _ in range(3):
        opened.append(sessions.sign_in(STRANGER, "bob", PASSWORD))
        watch.passes(90)
    presence.seen(opened[0])
    fourth = sessions.sign_in(AFAR, "bob", PASSWORD)
    with pytest.raises(SessionEnded):
        activity.held(opened[1])
    for alive in (opened[0], opened[2], fourth):
        activity.held(alive)
    assert told("session.end") == ['{"why":"too many","sessions":1}']
    assert len(queries.policy()) and Session.select().where(Session.staff == fourth.staff_id, Session.ended_at.is_null()).count() == 3


def test_p10_sessions_whose_time_is_up_take_no_place(little_shop: Founded, watch: Watch) -> None:
    """They are ended at the next sign-in, and it does not cost one that is in use."""
    little_shop.person("bob")
    Session.update(ended_at=1, end="x").where(Session.staff == little_shop.id_of("bob")).execute()
    for _ in range(3):
        sessions.sign_in(STRANGER, "bob", PASSWORD)
    watch.passes(13 * 3600)
    later = [sessions.sign_in(STRANGER, "bob", PASSWORD) for _ in range(3)]
    for alive in later:
        activity.held(alive)
    assert told("session.end") == ['{"why":"expired","sessions":3}']


def test_p10_a_policy_of_fewer_sessions_holds_at_the_next_sign_in(little_shop: Founded, watch: Watch) -> None:
    """All that are too many end."""
    little_shop.person("bob")
    alive = [sessions.sign_in(STRANGER, "bob", PASSWORD) for _ in range(2)]
    policy.edit(little_shop.owner, 1, queries.policy().policy._replace(sessions_each=1))
    newest = sessions.sign_in(STRANGER, "bob", PASSWORD)
    activity.held(newest)
    for one in alive:
        with pytest.raises(SessionEnded):
            activity.held(one)


@pytest.mark.parametrize("act", [staff.freeze, staff.leave])
def test_p10_who_is_frozen_or_leaves_can_do_nothing_from_the_next_key_on(little_shop: Founded, watch: Watch, act: Any) -> None:
    """In no session; unlocking with the right password included."""
    bob = little_shop.person("bob")
    other = signed_in("bob", ages=True)
    act(little_shop.owner, bob.staff_id)
    for one in (bob, other):
        for attempt in (
            lambda: activity.held(one),  # noqa: B023  called at once
            lambda: presence.seen(one),  # noqa: B023  as above
            lambda: presence.unlock(one, PASSWORD),  # noqa: B023  as above
            lambda: presence.prove(one, PASSWORD),  # noqa: B023  as above
        ):
            with pytest.raises(SessionEnded):
                attempt()


def test_p10_another_persons_session_is_nobody_elses(little_shop: Founded, watch: Watch) -> None:
    """An actor made of one's name and another's session is nobody."""
    bob = little_shop.person("bob")
    forged = little_shop.owner._replace(session_id=bob.session_id)
    with pytest.raises(SessionEnded):
        activity.held(forged)
    with pytest.raises(SessionEnded):
        presence.lock(forged)
    assert not standing.of(bob).is_locked
