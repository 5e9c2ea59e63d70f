"""Folders of sample shops do not pile up."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from tui import throwaway


def test_folders_of_processes_that_are_gone_are_removed_and_no_others(tmp_path: Path) -> None:
    """Those that run keep theirs, and what only looks alike is nobody's to remove."""
    gone = subprocess.Popen(["true"])
    gone.wait()
    left = tmp_path / f"shopstaff-demo-{gone.pid}-abc"
    kept = [
        tmp_path / f"shopstaff-demo-{os.getpid()}-abc",
        tmp_path / "shopstaff-demo-1-init",
        tmp_path / "shopstaff-demo-x-1",
        tmp_path / "other",
    ]
    for each in (left, *kept):
        each.mkdir()
        (each / "shop.db").write_text("x")
    throwaway.clear(tmp_path)
    assert not left.exists()
    assert all((each / "shop.db").exists() for each in kept)


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    """Whatever lies behind it stays."""
    gone = subprocess.Popen(["true"])
    gone.wait()
    (tmp_path / "precious").mkdir()
    (tmp_path / "precious" / "file").write_text("x")
    (tmp_path / f"shopstaff-demo-{gone.pid}-abc").symlink_to(tmp_path / "precious")
    throwaway.clear(tmp_path)
    assert (tmp_path / "precious" / "file").exists()


def test_a_new_folder_is_ours_alone() -> None:
    """Whoever shares the machine cannot look into it."""
    made = throwaway.folder()
    try:
        assert made.stat().st_mode & 0o777 == 0o700
        assert f"-{os.getpid()}-" in made.name
    finally:
        shutil.rmtree(made)
