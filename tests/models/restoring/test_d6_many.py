"""D6: while a restore is made ready nobody can write, so what it reads does not grow with how much happened since."""

from __future__ import annotations

from pathlib import Path

import pytest

from models import db
from models.operations import restoring
from tests.factories import CONSOLE, Founded
from tests.models.restoring.able import keep

pytestmark = pytest.mark.usefixtures("cheap")


def test_d6_everybody_is_read_as_often_whether_three_were_onboarded_since_or_thirty(little_shop: Founded, tmp_path: Path) -> None:
    """Reading all of 10,000 people once for each of 300 newcomers kept the shop waiting for 50 seconds."""
    file, scans = keep(tmp_path / "stick"), []
    for first, last in ((0, 3), (3, 33)):
        for number in range(first, last):
            little_shop.person(f"new{number}", gave=["manager"])
        said: list[str] = []
        with restoring.prepare(CONSOLE, little_shop.home, file) as prepared:
            db.database.connection().set_trace_callback(said.append)
            done = prepared.apply()
        assert len(done.preview.of("people")) == last - first
        scans.append(sum(each == "SELECT * FROM staff" for each in said))
        file = keep(tmp_path / "stick")
    assert scans[0] == scans[1] > 0
