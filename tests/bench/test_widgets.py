"""Bytes do not depend on how busy the machine is: what a key may write is a promise."""

from __future__ import annotations

import pytest

from tests.bench.widgets import BUDGET, measure


@pytest.mark.slow
def test_a_step_in_a_list_stays_within_its_bytes() -> None:
    """A row, a scrolled row, among 100,000."""
    found = measure("ours", 100_000, {"row": ["down"] * 9, "scrolled row": ["down"] * 20})
    assert {kind: found[kind][0] for kind in ("row", "scrolled row") if not 0 < found[kind][0] <= BUDGET[kind]} == {}


@pytest.mark.slow
def test_a_key_in_a_form_stays_within_its_bytes() -> None:
    """A letter, and Tab, in a form of six fields with everything around it."""
    found = measure("our form", 0, {"letter": list("abcdef"), "Tab": ["tab"] * 9})
    assert {kind: found[kind][0] for kind in ("letter", "Tab", "first paint") if not 0 < found[kind][0] <= BUDGET[kind]} == {}
