"""D6, whatever happens: nobody can do, or come in with, anything after a restore that they could not right before."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from models import clock, db
from models.operations import log
from tests import factories
from tests.factories import CONSOLE, Founded
from tests.models.doors import Watch
from tests.models.restoring.able import everybody, keep, restore, wider
from tests.models.restoring.acts_since import Chance

ROUNDS = 8
ACTS = 40


def round_of(founded: Founded, folder: Path, seed: int, watch: Watch) -> dict[str, int]:
    """Backups and restores, in any order, with acts in between; how many of each there were.

    Raises:
        AssertionError: somebody can do more, the log is damaged, or what can be read disagrees with itself.
    """
    random = Random(seed)
    chance, files = Chance(founded, random), list[Path]()
    restored = 0
    for _ in range(6):
        chance.acts(ACTS)
        watch.passes(random.randrange(1, 4000))
        if not files or random.random() < 0.5:
            files.append(keep(folder))
            continue
        before = everybody()
        restore(founded.home, random.choice(files))
        restored += 1
        assert wider(before, everybody()) == [], (seed, chance.done)
        assert not db.rows("PRAGMA foreign_key_check")
        assert db.rows("PRAGMA integrity_check") == [("ok",)]
        assert log.verify(CONSOLE).is_whole, seed
    return {"acts": len(chance.done), "backups": len(files), "restores": restored}


@pytest.mark.parametrize("seed", range(ROUNDS))
@pytest.mark.usefixtures("cheap")
def test_d6_nobody_can_do_more_than_right_before(seed: int, little_shop: Founded, tmp_path: Path, watch: Watch) -> None:
    """Backups restored in any order, one that was made after a restore, or before it, too."""
    counted = round_of(little_shop, tmp_path / "stick", seed, watch)
    assert counted["acts"] > ACTS


def rounds(number: int, folder: Path) -> tuple[dict[str, int], list[str]]:
    """For `python -m tests.faults`: so many rounds, each on a shop of its own; what was counted in all, and what was wrong."""
    from models.operations import _hashing
    from models.rules import passwords
    from tests.models.doors import CHEAP

    total: dict[str, int] = {"acts": 0, "backups": 0, "restores": 0}
    bad: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_hashing, "cost", lambda: CHEAP)
        kept = passwords.digest(factories.PASSWORD, CHEAP)
        patch.setattr(factories, "digest", lambda: kept)
        factories.template(folder / "template")
        for seed in range(number):
            with factories.founded(folder / "template", folder / str(seed) / "home") as founded:
                watch = Watch()
                clock.set_clock(watch)
                try:
                    for name, count in round_of(founded, folder / str(seed) / "stick", 1000 + seed, watch).items():
                        total[name] += count
                except AssertionError as error:
                    bad.append(str(error))
    return total, bad
