"""What holds for every test: in CI, a test that was not run has failed; a shop to try things on."""

from __future__ import annotations

import os
import shutil
from collections.abc import Generator, Iterable, Iterator
from pathlib import Path
from typing import Final, TypeVar

import pytest

from models import anchors
from models.queries import standing
from tests import factories, places
from tests.factories import Founded

_TERMINAL: Final = Path(__file__).parent / "terminal"
_SCREENS: Final = Path(__file__).parent / "screens"

_R = TypeVar("_R", pytest.TestReport, pytest.CollectReport)


def _no_skip_in_ci(report: _R) -> _R:
    """A skip says "not on this machine"; CI is the machine on which everything runs, so there it is a failure."""
    if report.skipped and os.environ.get("CI") == "true":
        report.outcome = "failed"
        report.longrepr = f"skipped or expected to fail, and CI runs every test: {report.longrepr}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """See `_no_skip_in_ci`."""
    return _no_skip_in_ci((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """See `_no_skip_in_ci`; this is for files skipped whole, as by `importorskip`."""
    return _no_skip_in_ci((yield))


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What waits for other processes comes first, so that other workers have the processors meanwhile; then what is slow."""
    items.sort(key=_comes)
    _measure_once(items)


def _measure_once(items: Iterable[pytest.Item]) -> None:
    """Measure coverage where it tells something: being watched makes a test take nearly twice as long.

    What runs in a terminal is a process of its own; what is slow makes many rounds of what quick tests do once; and where a test of a
    screen is run with many values, in two languages or at two sizes, the first time counts.
    """
    measured: set[tuple[Path, str]] = set()
    for item in items:
        once = (item.path, getattr(item, "originalname", item.name))
        again = once in measured and item.path.is_relative_to(_SCREENS)
        if again or item.path.is_relative_to(_TERMINAL) or item.get_closest_marker("slow"):
            item.add_marker(pytest.mark.no_cover)
        else:
            measured.add(once)


def _comes(item: pytest.Item) -> int:
    """The tests in a terminal stay together: one worker starts their sshd, and their nursery, for all of them."""
    if item.path.is_relative_to(_TERMINAL):
        return 0
    return 1 if item.get_closest_marker("slow") else 2


@pytest.fixture(scope="session", autouse=True)
def _sessions_are_stamped_ahead() -> Iterator[None]:
    """Sessions of tests do not age (`factories.AGELESS`), so the clock seems to be set back in all of them; `honest` is for that."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(standing, "AHEAD", 2 * factories.AGELESS)
        yield


@pytest.fixture(scope="session", autouse=True)
def _syslog_is_left_alone() -> None:
    """What happens in tests is nothing to the machine that runs them; the tests of syslog listen for themselves."""
    anchors.keep_out_of_syslog()


@pytest.fixture(scope="session")
def shop_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A shop that was founded once, for every test to copy."""
    home = tmp_path_factory.mktemp("template") / "home"
    factories.template(home)
    return home


@pytest.fixture(scope="session")
def furnished_template(shop_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A shop with something behind every door, furnished once, for tests to copy."""
    home = tmp_path_factory.mktemp("furnished") / "home"
    with factories.founded(shop_template, home) as founded:
        places.furnish(founded)
    return home


@pytest.fixture
def furnished(furnished_template: Path, tmp_path: Path) -> Path:
    """The data folder of a shop with something behind every door, this test's own."""
    return Path(shutil.copytree(furnished_template, tmp_path / "furnished"))


@pytest.fixture
def little_shop(shop_template: Path, tmp_path: Path) -> Iterator[Founded]:
    """A shop with its owner, preset departments and preset roles, open for this thread; everything in it is this test's own."""
    with factories.founded(shop_template, tmp_path / "home") as founded:
        yield founded
