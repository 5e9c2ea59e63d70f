"""D6: a clock that was wrong for a while, which is what one may restore a backup for, keeps nobody's phone out for longer than it was."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from models import shop
from models.errors import WrongProof
from models.operations import departments, ownership
from models.queries import moments
from tests.factories import CONSOLE, Founded
from tests.models.doors import Watch, come_in, enrol
from tests.models.restoring.able import keep, restore

pytestmark = pytest.mark.usefixtures("cheap")

YEAR = 365 * 24 * 60 * 60
"""Seconds."""


@pytest.mark.parametrize("ahead_first", [False, True])
@pytest.mark.parametrize("dead", [False, True])
def test_d6_a_clock_that_was_ahead_is_over_once_the_operator_accepts_the_time(
    little_shop: Founded, watch: Watch, tmp_path: Path, ahead_first: bool, dead: bool
) -> None:
    """Whether the backup is of before or of while it was ahead, and with the newer data or on an empty machine."""
    phone = enrol(little_shop.person("bob"))
    watch.passes(60)
    file = None if ahead_first else keep(tmp_path / "stick")
    watch.passes(YEAR)
    departments.add(CONSOLE, "Night")
    file = file or keep(tmp_path / "stick")
    watch.passes(-YEAR)
    home = little_shop.home
    if dead:
        shop.close()
        home = tmp_path / "new"
        home.mkdir(mode=0o700)
        shutil.copy2(little_shop.home / "key", home / "key")
    restore(home, file)
    shop.open(home)
    if moments.is_behind(watch.now):
        ownership.accept_clock(CONSOLE)
    with pytest.raises(WrongProof):
        come_in("bob", phone.code())
    watch.passes(60)
    assert come_in("bob", phone.code()).name == "bob"
