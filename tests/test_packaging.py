"""What is installed is whole, exactly what was chosen, and installed as the README says."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.source import PACKAGES, ROOT

LOCKS = ("constraints.txt", "constraints-test.txt")
PIN = re.compile(
    r"^(?P<name>[a-z0-9._-]+)==(?P<version>\S+) \\\n(?P<hashes>(?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)(?:    #.*\n)+", re.MULTILINE
)
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def pins(name: str) -> dict[str, tuple[str, str]]:
    """Version and hashes of each distribution in a lock file."""
    text = (ROOT / name).read_text(encoding="utf-8")
    return {found["name"]: (found["version"], found["hashes"]) for found in PIN.finditer(text)}


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_file_holds_pins_with_hashes_and_nothing_else(name: str) -> None:
    """No index, no address, no folder: a line that is not understood could be any of them."""
    rest = PIN.sub("", (ROOT / name).read_text(encoding="utf-8"))
    assert [line for line in rest.splitlines() if line and not line.startswith("#")] == []
    assert not re.search(r"[a-z]+://|(^|\s)/|\.\./", rest.replace("bash .ci/lock", ""))


def test_every_pin_can_be_had_on_any_processor() -> None:
    """Of each, more than one file is admitted: the ready-made ones and the source, from which a board that has none of those compiles.

    That the source is among them cannot be told from a hash; `.ci/lock` takes those of every file that the registry has.
    """
    alone = [name for name, (_version, hashes) in pins("constraints.txt").items() if hashes.count("--hash=") < 2]
    assert alone == []


def test_what_is_tested_is_what_runs() -> None:
    """Every pin of the one file stands in the other."""
    runs, tests = (pins(name) for name in LOCKS)
    assert runs
    assert runs.items() <= tests.items()


@pytest.mark.parametrize(("name", "extra"), [("constraints.txt", None), ("constraints-test.txt", "test")])
def test_the_lock_files_are_those_of_the_project(name: str, extra: str | None) -> None:
    """Whatever pyproject.toml asks for is pinned, within the range that it gives; the build backend, too."""
    asked = [*PROJECT["build-system"]["requires"], *PROJECT["project"]["dependencies"]]
    if extra:
        asked += PROJECT["project"]["optional-dependencies"][extra]
    pinned = pins(name)
    for requirement in map(Requirement, asked):
        version, _hashes = pinned[canonicalize_name(requirement.name)]
        assert requirement.specifier.contains(version), f"{requirement} is pinned at {version}"


def test_every_range_admits_fixes_and_no_breaking_release() -> None:
    """What breaks is chosen by changing the range, not by the day of the installation."""
    open_ended = [
        requirement.name
        for requirement in map(Requirement, PROJECT["project"]["dependencies"])
        if {specifier.operator for specifier in requirement.specifier} != {">=", "<"}
    ]
    assert open_ended == ["tzdata"]  # data that is versioned by its date, and never breaks


def test_the_wheel_holds_every_file_of_the_packages(tmp_path: Path) -> None:
    """Stylesheets, the permission catalogue, translations, migrations: the installed program reads them."""
    subprocess.run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", tmp_path], cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    packed = set(zipfile.ZipFile(wheel).namelist())
    files = {file.relative_to(ROOT).as_posix() for package in PACKAGES for file in (ROOT / package).rglob("*") if file.is_file()}
    there = {file for file in files if "__pycache__" not in file}
    assert there >= {"models/permissions.csv", "models/py.typed", "tui/locale/zh/LC_MESSAGES/shopstaff.mo"}
    assert there - packed == set()
    assert {name.partition("/")[0] for name in packed} == {*PACKAGES, wheel.name.rpartition("-py3")[0] + ".dist-info"}


def test_ci_runs_the_command_that_the_readme_gives() -> None:
    """One line, the same to the letter; the other line of the README shares its first steps."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()
    opens, checks = (line for line in readme if line.startswith("python3 -m venv .venv && "))
    assert opens.endswith(" && .venv/bin/shopstaff demo")
    assert checks.endswith(" && .venv/bin/python -m tests")
    assert checks in (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    assert "bash .ci/run" in (ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8")
    for line in (opens, checks):
        assert re.search(r"pip install -r constraints(-test)?\.txt && \.venv/bin/pip install --no-deps --no-build-isolation \. &&", line)
