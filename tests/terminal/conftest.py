"""A founded shop for the real program."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest


@pytest.fixture
def home(shop_template: Path, tmp_path: Path) -> Path:
    """The data folder of a shop whose owner is `owner`, with everybody's password of tests."""
    folder = tmp_path / "home"
    shutil.copytree(shop_template, folder)
    return folder
