"""What holds when many processes try at once, and when one is killed: each process is real."""

from __future__ import annotations

import pytest

from models import clock, db
from models.actor import Proved
from models.operations import _hashing, policy, totp as totp_operations
from models.queries import security as queries
from models.rules import password_cost, passwords, totp
from models.rules.passwords import Cost
from models.tables import Totp
from tests import factories
from tests.device_keys import ed25519
from tests.factories import Founded
from tests.models import many

pytestmark = pytest.mark.slow

PROCESSES = 8
EACH = 50


def test_p4_guesses_from_eight_processes_lose_no_count(little_shop: Founded) -> None:
    """Every guess is counted and in the log, each from an address of its own."""
    addresses = [([f"10.0.{number}.{turn}" for turn in range(EACH)],) for number in range(PROCESSES)]
    answers = many.together(many.guess, little_shop.home, addresses)
    assert answers == [{"SignInRefused": EACH}] * PROCESSES
    assert db.row("SELECT count(*), count(DISTINCT source) FROM failure") == (PROCESSES * EACH, PROCESSES * EACH)
    assert len(little_shop.log("session.refuse")) == PROCESSES * EACH


def test_p4_eight_processes_at_one_door_get_five_guesses_between_them(little_shop: Founded) -> None:
    """Trying at the same moment buys no guess: each is counted before it is looked at."""
    answers = many.together(many.guess, little_shop.home, [(["192.0.2.1"] * 5,)] * PROCESSES)
    assert sum(each.get("SignInRefused", 0) for each in answers) == 5
    assert sum(each.get("SignInLocked", 0) for each in answers) == PROCESSES * 5 - 5
    assert len(little_shop.log("session.refuse")) == PROCESSES * 5


def test_p4_an_attempt_is_counted_though_the_process_is_killed_right_after_the_answer(little_shop: Founded) -> None:
    """Hanging up and coming back starts no new count."""
    for turn in range(1, 4):
        assert many.killed_after_the_answer(little_shop.home, "owner") == "SignInRefused"
        assert db.row("SELECT count(*) FROM failure") == (turn,)


def test_p5_of_eight_processes_with_one_code_exactly_one_gets_in(little_shop: Founded) -> None:
    """Two hundred rounds, each with the code of the next half minute."""
    enrolment = totp_operations.begin(little_shop.owner)
    generation = Totp.get().generation
    staff_id = little_shop.id_of("owner")
    seed = totp.seed((little_shop.home / "key").read_bytes(), staff_id, generation)
    assert totp.grouped(totp.base32(seed)) == enrolment.secret
    now = clock.now()
    totp_operations.confirm(little_shop.owner, totp.code_at(seed, totp.step_at(now)))
    ((digest,),) = db.rows("SELECT password FROM credential")
    proved = Proved("owner", staff_id, digest, now)
    rounds = 200
    won = many.together(many.show_code, little_shop.home, [(number, proved, seed, rounds) for number in range(PROCESSES)])
    assert sorted(turn for turns in won for turn in turns) == list(range(1, rounds + 1))


def test_p1_of_sixteen_that_sign_in_at_once_two_hash_at_a_time(little_shop: Founded) -> None:
    """Sixteen processes never work on more than two hashes together, so they stay under twice the memory of one."""
    cost = Cost(memory=64 * 1024, passes=2, lanes=1)
    with db.transaction():
        _hashing.keep_cost(cost)
        db.database.execute_sql("UPDATE credential SET password = ?", (passwords.digest(factories.PASSWORD, cost),))
    assert _hashing.cost() == password_cost.read(password_cost.written(cost)) == cost
    found = many.together(many.enter, little_shop.home, [(number,) for number in range(1, 17)])
    edges = sorted([(start, 1) for (start, _), _ in found] + [(end, -1) for (_, end), _ in found])
    at_once, most = 0, 0
    for _, step in edges:
        at_once += step
        most = max(most, at_once)
    assert most == _hashing.AT_ONCE
    assert all(peak > cost.memory * 1024 for _, peak in found)  # each did the whole work, so what bounds the sum is how many at once


def test_p12_a_key_that_several_enrol_at_once_is_one_persons(little_shop: Founded) -> None:
    """Twenty rounds, four processes, two people: of each key one gets it, and nobody gets more than the policy says."""
    for login in ("bob", "meg"):
        little_shop.person(login)
    version, now = queries.policy()
    policy.edit(little_shop.owner, version, now._replace(devices_each=8))
    staff_ids = [little_shop.id_of(login) for login in ("bob", "meg")]
    keys = [ed25519(f"key {number}") for number in range(20)]
    found = many.together(many.enrol_key, little_shop.home, [(staff_id, keys) for staff_id in staff_ids * 2])
    for place in range(len(keys)):
        assert sorted(came[place] for _, came in found) in (["done", *["key"] * 3], ["key"] * 4)
    enrolled = dict(db.rows("SELECT staff_id, count(*) FROM device GROUP BY staff_id"))
    done = {staff_id: sum(came.count("done") for whose, came in found if whose == staff_id) for staff_id in staff_ids}
    assert enrolled == done
    assert max(done.values()) == 8
    assert len(little_shop.log("device.add")) == sum(done.values())
