"""The command line, run in this process on a shop of the test's own."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from models import i18n
from tests.factories import Founded
from tui.cli import program

OPERATOR = "tester"


class Ran(NamedTuple):
    """What became of a command."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> list[dict[str, Any]]:
        """What it printed with `--json`."""
        return list(json.loads(self.out))

    @property
    def rows(self) -> list[list[str]]:
        """What it printed, tab-separated, without the line of columns."""
        return [line.split("\t") for line in self.out.splitlines()[1:]]


Run = Callable[..., Ran]


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    """Runs `shopstaff` with the given words and standard input, on the data folder `home` of this test."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG", "LANGUAGE"):
        monkeypatch.delenv(name, raising=False)

    def run(*words: str, stdin: str | bytes = "", home: Path | None = None) -> Ran:
        data = stdin.encode() if isinstance(stdin, str) else stdin
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data), encoding="utf-8"))
        capsys.readouterr()
        code = program.run(words, str(home or tmp_path / "home"), operator=OPERATOR)
        out, err = capsys.readouterr()
        return Ran(code, out, err)

    yield run
    i18n.install("en")


@pytest.fixture
def staffed(little_shop: Founded) -> Founded:
    """The little shop with two people in it: `bob` in customer service, `mia` a manager."""
    little_shop.person("bob", name="Bob Zhao 赵波", post="service", gave=("customer_service",))
    little_shop.person("mia", name="Mia", gave=("manager",))
    return little_shop
