"""What a hash costs: never less than the floor, never more than the machine can spare, and as long as nobody minds."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable

import argon2
import pytest
from hypothesis import example, given, strategies as st

from models.rules import password_cost, passwords
from models.rules.password_cost import FLOOR, MOST_MEMORY, MOST_PASSES, Cost, calibrate, cost_of, read, written

GIB = 2**30
CHEAP = Cost(memory=8, passes=1, lanes=1)
"""For tests that are not about the cost."""

Speed = Callable[[Cost], float]


class Machine:
    """One whose hashes take as long as `speed` says, by its own clock."""

    def __init__(self, speed: Speed) -> None:
        self.speed = speed
        self.clock = 1000.0
        self.hashed: list[Cost] = []

    def timer(self) -> float:
        """Its clock, in seconds."""
        return self.clock

    def spend(self, cost: Cost) -> None:
        """Hash something."""
        self.hashed.append(cost)
        self.clock += self.speed(cost)

    def calibrated(self, memory: int) -> Cost:
        """What is chosen for it."""
        return calibrate(memory, timer=self.timer, spend=self.spend)


def steady(floor: float) -> Speed:
    """Time in proportion to memory and passes; `floor` seconds at the floor."""
    return lambda cost: floor * cost.memory * cost.passes / (FLOOR.memory * FLOOR.passes)


def cached(floor: float) -> Speed:
    """Likewise, but half as fast where memory is beyond the processor's cache."""
    return lambda cost: steady(floor)(cost) * (2 if cost.memory > 32_768 else 1)


def overhead(floor: float) -> Speed:
    """Half of the floor's time goes by whatever the cost."""
    return lambda cost: floor / 2 + steady(floor / 2)(cost)


@pytest.mark.parametrize(
    ("memory", "floor", "expected"),
    [
        (24 * GIB, 0.05, (65_536, 4)),
        (24 * GIB, 0.10, (65_536, 2)),
        (24 * GIB, 0.15, (46_080, 2)),
        (24 * GIB, 0.20, (34_816, 2)),
        (24 * GIB, 0.25, (19_456, 2)),
        (24 * GIB, 0.50, (19_456, 2)),
        (24 * GIB, 3.00, (19_456, 2)),
        (24 * GIB, 0.001, (65_536, 12)),
        (1 * GIB, 0.05, (52_224, 5)),
        (1 * GIB, 0.15, (46_080, 2)),
        (GIB // 2, 0.05, (25_600, 11)),
        (GIB // 4, 0.05, (19_456, 12)),
        (GIB // 4, 0.24, (19_456, 3)),
        (0, 0.10, (19_456, 7)),
        (-1, 0.10, (19_456, 7)),
    ],
)
def test_p1_the_cost_is_measured_within_memory_and_floor(memory: int, floor: float, expected: tuple[int, int]) -> None:
    """As much memory as it may take, then as many passes as there is time for; a slow or small machine stays at the floor."""
    machine = Machine(steady(floor))
    cost = machine.calibrated(memory)
    assert (cost.memory, cost.passes) == expected
    assert cost == FLOOR._replace(memory=cost.memory, passes=cost.passes), "one lane; salt and length as they are"


@given(st.integers(0, 2**40), st.floats(1e-4, 10), st.sampled_from([steady, cached, overhead]))
@example(660 * 2**20, 0.125, cached)
def test_p1_every_machine_gets_a_cost_within_its_bounds(memory: int, floor: float, kind: Callable[[float], Speed]) -> None:
    """250 to 500 ms wherever there is such a cost; never below the floor, never above 5 % of memory but for the floor."""
    machine = Machine(kind(floor))
    cost = machine.calibrated(memory)
    most = max(FLOOR.memory, min(MOST_MEMORY, memory // 20 // 1024))
    assert FLOOR.memory <= cost.memory <= most
    assert FLOOR.passes <= cost.passes <= MOST_PASSES
    assert cost.lanes == 1 and (cost.salt, cost.length) == (16, 32)
    took = machine.speed(cost)
    if took > 0.5:
        assert cost == FLOOR
    if took < 0.25:
        assert cost.passes == MOST_PASSES and cost.memory > most - 1024
    assert len(machine.hashed) <= 6


@given(st.integers(GIB, 2**40), st.floats(1e-3, 0.6))
def test_p1_calibrating_takes_two_seconds_at_most(memory: int, floor: float) -> None:
    """Where the floor takes no longer than a hash is to take."""
    machine = Machine(steady(floor))
    machine.calibrated(memory)
    assert machine.clock - 1000 <= 2


def test_p1_a_busy_moment_does_not_make_hashes_cheap() -> None:
    """Of two measurements the better counts: something else ran during the other."""
    busy = Machine(steady(0.05))
    real = busy.spend

    def disturbed(cost: Cost) -> None:
        real(cost)
        busy.clock += 0.7 * (len(busy.hashed) % 2)

    assert calibrate(24 * GIB, timer=busy.timer, spend=disturbed) == Machine(steady(0.05)).calibrated(24 * GIB)


def test_p1_a_machine_that_cannot_decide_gets_the_best_guess() -> None:
    """Four times as slow, and as fast again, at each look: it is measured three times, and no more."""
    machine = Machine(lambda cost: steady(0.05)(cost) * (4 if len(machine.hashed) in {3, 4} else 1))
    assert machine.calibrated(24 * GIB)[:2] == (34_816, 8)
    assert [cost[:2] for cost in machine.hashed] == [(19_456, 2)] * 2 + [(65_536, 4)] * 2 + [(34_816, 2)] * 2


@pytest.mark.parametrize("step", [0.0, -1.0])
def test_p1_a_clock_that_stands_still_or_goes_back_breaks_nothing(step: float) -> None:
    """Then it looks as if nothing cost anything, and the most is chosen."""
    ticks = iter(range(100))
    cost = calibrate(24 * GIB, timer=lambda: step * next(ticks), spend=lambda _cost: None)
    assert cost == Cost(MOST_MEMORY, MOST_PASSES, 1)


def test_p1_this_machine_is_calibrated() -> None:
    """For real, once: within bounds, and a password hashed at that cost says so and is verified."""
    cost = calibrate(4 * GIB, timer=time.perf_counter)
    assert FLOOR.memory <= cost.memory <= MOST_MEMORY
    assert FLOOR.passes <= cost.passes <= MOST_PASSES
    phc = passwords.digest("correct horse battery", cost)
    assert cost_of(phc) == cost
    assert passwords.verify(phc, "correct horse battery", cost)
    assert not passwords.needs_rehash(phc, cost)
    assert read(written(cost)) == cost


def test_p1_the_floor_is_owasps() -> None:
    """19 MiB, two passes, one lane; a salt of 16 bytes and a hash of 32: read from what is kept by the library's own reader."""
    found = argon2.extract_parameters(passwords.digest("correct horse battery"))
    assert found.type is argon2.Type.ID
    assert (found.memory_cost, found.time_cost, found.parallelism, found.salt_len, found.hash_len) == (19_456, 2, 1, 16, 32)
    assert FLOOR == (19_456, 2, 1, 16, 32)


@given(st.integers(8, 64), st.integers(1, 3), st.integers(1, 1), st.integers(8, 20), st.integers(8, 40))
def test_the_cost_of_a_hash_is_read_from_it(memory: int, passes: int, lanes: int, salt: int, length: int) -> None:
    """All five of its parts."""
    cost = Cost(memory, passes, lanes, salt, length)
    assert cost_of(passwords.digest("x", cost)) == cost


@pytest.mark.parametrize("phc", ["", "x", "$argon2id$v=19$m=19456,t=2,p=1", "$2b$12$abcdefghijklmnopqrstuv", "\ud800"])
def test_what_is_no_hash_has_no_cost(phc: str) -> None:
    """Said as such, by an error that is a `ValueError`."""
    assert issubclass(argon2.exceptions.InvalidHashError, ValueError)
    with pytest.raises(argon2.exceptions.InvalidHashError):
        cost_of(phc)


@given(st.integers(FLOOR.memory, MOST_MEMORY), st.integers(FLOOR.passes, MOST_PASSES))
def test_a_cost_is_kept_and_read_again(memory: int, passes: int) -> None:
    """In the words of a PHC string."""
    cost = FLOOR._replace(memory=memory, passes=passes)
    assert read(written(cost)) == cost
    assert f"${written(cost)}$" in f"$argon2id$v=19$m={memory},t={passes},p=1$salt$hash"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "19456",
        "m=19456,t=2",
        "m=19456,t=2,p=1,",
        " m=19456,t=2,p=1",
        "m=19456,t=2,p=1\n",
        "m=19455,t=9,p=1",
        "m=65537,t=2,p=1",
        "m=65536,t=1,p=1",
        "m=65536,t=13,p=1",
        "m=65536,t=4,p=0",
        "m=65536,t=4,p=4",
        "m=999999999,t=999999999,p=1",
        "m=" + "9" * 10_000 + ",t=2,p=1",
        "m=-65536,t=4,p=1",
        "m=６５５３６,t=4,p=1",
        "m=٦٥٥٣٦,t=4,p=1",
        "\ud800",
    ],
)
def test_p1_what_was_never_chosen_is_the_floor(text: str) -> None:
    """A setting that somebody lowered makes no hash cheaper, and one that somebody raised stops no sign-in."""
    assert read(text) == FLOOR


def test_hashing_works_where_the_allocator_cannot_be_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """On another libc, and where there is none to load."""

    def no_libc(_name: None) -> object:
        raise OSError

    for loaded in (no_libc, lambda _name: object()):
        monkeypatch.setattr("ctypes.CDLL", loaded)
        password_cost._give_memory_back.cache_clear()
        password_cost._give_memory_back()
    password_cost._give_memory_back.cache_clear()


def test_the_allocator_is_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before the first hash, and not at import."""
    told: list[tuple[int, int]] = []

    class Libc:
        def mallopt(self, option: int, value: int) -> None:
            told.append((option, value))

    monkeypatch.setattr("ctypes.CDLL", lambda _name: Libc())
    password_cost._give_memory_back.cache_clear()
    password_cost.hasher.cache_clear()
    for cost in (CHEAP, CHEAP._replace(passes=2), CHEAP):
        passwords.digest("correct horse battery", cost)
    password_cost._give_memory_back.cache_clear()
    password_cost.hasher.cache_clear()
    assert told == [(-3, 1 << 20)]


def test_importing_the_rule_loads_no_hashing() -> None:
    """It takes 3 ms, and most commands need none."""
    script = "import sys, models.rules.password_cost; print([m for m in ('argon2', 'ctypes') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
