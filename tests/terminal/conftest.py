"""A founded shop for the real program, and the program itself, quickly."""

from __future__ import annotations

import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.terminal.nursery import Nursery
from tests.terminal.ssh_shop import SshShop

_PUT_OFF = """
    INSERT INTO totp (staff_id, generation, last_step, drift, put_off_at, barred) SELECT id, 0, 0, 0, ?, 0 FROM staff WHERE is_owner = 1
"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What runs here runs in processes of its own, where no coverage is taken; taking it of the terminal that reads along is time lost."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker("no_cover")


@pytest.fixture
def home(shop_template: Path, tmp_path: Path) -> Path:
    """The data folder of a shop whose owner is `owner`, with everybody's password of tests; they have put phone codes off."""
    folder = tmp_path / "home"
    shutil.copytree(shop_template, folder)
    with closing(sqlite3.connect(folder / "shop.db")) as opened, opened:
        opened.execute(_PUT_OFF, (time.time_ns() // 1000,))
    return folder


@pytest.fixture(scope="session")
def nursery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nursery]:
    """Starts the program as often as one likes."""
    opened = Nursery(tmp_path_factory.mktemp("nobody"))
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def ssh_shop(shop_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SshShop]:
    """A shop that people come to over SSH, with nobody in it yet but its owner. What tests write there is each other's to see."""
    opened = SshShop(shop_template, tmp_path_factory.mktemp("ssh"))
    yield opened
    opened.close()
