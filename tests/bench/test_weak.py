"""The bench of a weak machine goes through, row by row; how quick anything is, no test says."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bench import terminal
from tests.bench.weak import __main__ as bench, measuring, programs, table
from tests.bench.weak.limits import Limit, pinned


@pytest.mark.slow
def test_every_row_of_the_table_is_measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each program once and no more keys than lead to what is measured, without a limit: a screen that moved would stop the bench."""
    monkeypatch.setattr(measuring, "QUIET", 0.05)  # nobody reads how long it took
    monkeypatch.setattr(terminal, "QUIET", 0.05)
    monkeypatch.setattr(measuring, "installed", tuple)  # other tests need those files in memory
    home, free = tmp_path / "home", Limit("", pinned)
    programs.found(home)
    parts = [bench.starting(free, home, 1), bench.typing(free, (home, home), 0)]
    ours, theirs = ({name for part in parts for name in part[side]} for side in (0, 1))
    assert ours == {kind.what for kind in table.KINDS}
    assert theirs == {kind.what for kind in table.KINDS if kind.beside}
    measured = {name: value for side in parts[0] for name, values in side.items() for value in values}
    assert all(value > 0 for value in measured.values())
    assert set(measured) == {kind.what for kind in table.KINDS} - {
        *bench.AMONG_MANY.values(),
        table.LETTER,
        table.ROW,
        table.TAB,
        table.SECTION,
    }
