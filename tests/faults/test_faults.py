"""Each fault a few times; `python -m tests.faults` makes them in full."""

from __future__ import annotations

import pytest

from tests.faults import chats, clocks, kills, tamper, together
from tests.faults.registry import CannotRunError, Counted, Scenario
from tests.faults.scenarios import SCENARIOS

pytestmark = pytest.mark.slow

IN_CI = {each.name: each.ci for each in SCENARIOS}
OWN = ("kills", "kills-wal", "many", "clocks", "tamper", "chats-killed")
"""Scenarios with a test of their name, below."""

OTHERS = [pytest.param(each, id=f"{each.row.lower()}-{each.name}") for each in SCENARIOS if each.ci and each.name not in OWN]


def nothing_is_wrong(counted: Counted) -> None:
    """Whatever was acknowledged is there, something was, and nothing else is wrong."""
    assert (counted.lost, counted.bad) == (0, ())
    assert counted.is_good


def test_d1_of_writers_killed_at_any_moment_nothing_acknowledged_is_lost() -> None:
    """Three at once, with the rollback journal: sound, as the log tells, chained."""
    counted = kills.with_rollback_journal(IN_CI["kills"])
    nothing_is_wrong(counted)
    assert counted.acknowledged


def test_d1_with_a_write_ahead_log_nothing_acknowledged_is_lost_either() -> None:
    """As it is where SQLite is free of its bug."""
    counted = kills.with_wal(IN_CI["kills-wal"])
    nothing_is_wrong(counted)
    assert counted.acknowledged


def test_d2_eight_processes_that_write_at_once_lose_nothing() -> None:
    """No error, no gap in the log, everything acknowledged there."""
    counted = together.with_rollback_journal(IN_CI["many"] // 2)
    nothing_is_wrong(counted)
    assert counted.acknowledged > counted.rounds // 2


def test_d2_eight_processes_with_a_write_ahead_log_lose_nothing() -> None:
    """The same."""
    counted = together.with_wal(IN_CI["many"] // 2)
    nothing_is_wrong(counted)
    assert counted.acknowledged > counted.rounds // 2


def test_d8_clocks_that_jump_while_people_work_lose_nothing_and_nobody() -> None:
    """No entry is lost, codes are refused by a clock that is behind and by no other, and who left by one that was ahead comes back."""
    nothing_is_wrong(clocks.jumping(IN_CI["clocks"]))


def test_d9_whatever_is_done_to_the_log_anywhere_is_found() -> None:
    """Edited, deleted from, reordered, added to, cut off, written anew from some place on, or altogether."""
    counted = tamper.tampered(IN_CI["tamper"])
    nothing_is_wrong(counted)
    assert counted.acknowledged == counted.rounds


def test_c1_of_messages_that_were_acknowledged_none_is_lost_and_none_is_doubled() -> None:
    """Whoever takes them in is killed at any moment, three at once; whoever hands them over begins anew."""
    counted = chats.killed(IN_CI["chats-killed"])
    nothing_is_wrong(counted)
    assert counted.acknowledged


@pytest.mark.parametrize("scenario", OTHERS)
def test_a_fault_loses_nothing(scenario: Scenario) -> None:
    """Whatever else there is."""
    try:
        counted = scenario.run(scenario.ci)
    except CannotRunError as error:
        pytest.skip(str(error))
    nothing_is_wrong(counted)
