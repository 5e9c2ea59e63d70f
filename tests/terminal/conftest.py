"""A founded shop for the real program, and the program itself, quickly."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.terminal.nursery import Nursery


@pytest.fixture
def home(shop_template: Path, tmp_path: Path) -> Path:
    """The data folder of a shop whose owner is `owner`, with everybody's password of tests."""
    folder = tmp_path / "home"
    shutil.copytree(shop_template, folder)
    return folder


@pytest.fixture(scope="session")
def nursery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nursery]:
    """Starts the program as often as one likes."""
    opened = Nursery(tmp_path_factory.mktemp("nobody"))
    yield opened
    opened.close()
