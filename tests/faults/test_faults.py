"""Each fault a few times; `python -m tests.faults` makes them in full."""

from __future__ import annotations

import pytest

from tests.faults.registry import CannotRunError, Scenario
from tests.faults.scenarios import SCENARIOS

pytestmark = pytest.mark.slow

IN_CI = [pytest.param(each, id=f"test_{each.row.lower()}_{each.name}") for each in SCENARIOS if each.ci]


@pytest.mark.parametrize("scenario", IN_CI)
def test_a_fault_loses_nothing(scenario: Scenario) -> None:
    """Whatever was acknowledged is there, and nothing else is wrong."""
    try:
        counted = scenario.run(scenario.ci)
    except CannotRunError as error:
        pytest.skip(str(error))
    assert (counted.lost, counted.bad) == (0, ())
    assert counted.rounds
