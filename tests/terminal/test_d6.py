"""D6 in a real terminal: whoever is in the shop while it is restored is out of it, and comes in anew to what is there now."""

from __future__ import annotations

from pathlib import Path

import pytest

from models.operations import backup, restoring, staff
from tests.factories import CONSOLE
from tests.terminal.nursery import Nursery
from tests.terminal.test_p10 import home, office, signed_in

__all__ = ["home"]

pytestmark = pytest.mark.slow


def test_d6_a_screen_that_is_open_closes_by_itself_and_says_why(nursery: Nursery, home: Path, tmp_path: Path) -> None:
    """Its process goes on with the restored shop: nothing of it is in a file without a name."""
    with office(home) as found:
        found.person("dana", gave=["manager"])
        file = backup.make(CONSOLE, tmp_path / "a.zip").file
        found.person("since")
    with signed_in(nursery, home, "dana") as opened:
        opened.type("4")
        opened.shows("since")
        opened.settle()
        with restoring.prepare(CONSOLE, home, file) as prepared:
            prepared.apply()
        opened.shows("The shop was restored")
    with signed_in(nursery, home, "dana") as opened:
        opened.type("4")
        opened.shows("dana")
    with office(home) as found:
        staff.freeze(found.owner, found.id_of("dana"))
