"""Bytes do not depend on how busy the machine is: what a key may write is a promise."""

from __future__ import annotations

from pathlib import Path

import pytest

from models import shop
from tests.bench.terminal import Counting
from tests.bench.weak import programs
from tests.bench.widgets import BUDGET, measure
from tests.crowd import crowd
from tests.factories import PASSWORD


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


@pytest.mark.slow
def test_a_letter_of_a_search_sends_what_it_changes(tmp_path: Path) -> None:
    """The list below is painted again, and most of it is the same."""
    programs.found(tmp_path / "home")
    shop.open(tmp_path / "home")
    crowd(60)
    shop.close()
    with Counting("-m", "tui", "--home", str(tmp_path / "home")) as program:
        program.until("Password")
        program.type(f"owner\t{PASSWORD}\r")
        program.until("Depts")
        program.wait()
        program.type("4")
        program.until("person00001")
        program.wait()
        for key in ("/", "p"):  # whom no p finds goes, and every row moves up
            program.press(key)
            program.wait()
        written = {key: program.press(key).written + program.wait().written for key in ("e", "r")}
    assert {key: count for key, count in written.items() if not 0 < count <= BUDGET["letter"] / 4} == {}
