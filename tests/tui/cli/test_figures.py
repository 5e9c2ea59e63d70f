"""`export figures`: which days, in which form, and that it is told."""

from __future__ import annotations

import csv
import io
import json
import stat
from pathlib import Path

import pytest

from models import clock, db
from models.queries.figures_export import COLUMNS
from tests.chats import CUSTOMER, STAFF, conversation
from tests.factories import Founded
from tests.tui.cli.conftest import Run

NOW = clock.instant("2026-11-22T04:00:00.000000Z")
"""Noon in Shanghai."""


@pytest.fixture
def busy(staffed: Founded) -> Founded:
    """Today, ten days ago, and a month ago."""
    login = str(db.rows("SELECT login FROM staff WHERE is_owner = 0 ORDER BY id LIMIT 1")[0][0])
    clock.set_clock(lambda: NOW)
    for ago in (0, 10, 31):
        conversation(login, "小河", (CUSTOMER, "在吗"), (STAFF, "在"), at=NOW - ago * clock.DAY)
    return staffed


def days(text: str) -> list[str]:
    """Those that were exported."""
    return [row["day"] for row in json.loads(text)]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ((), ["2026-11-22"]),
        (("--since", "2026-11-12"), ["2026-11-12", "2026-11-22"]),
        (("--until", "2026-11-18"), ["2026-11-12"]),
        (("--until", "2026-11-19"), []),
        (("--since", "2026-10-22", "--until", "2026-11-12"), ["2026-10-22", "2026-11-12"]),
    ],
)
def test_the_days_that_are_asked_for(busy: Founded, run: Run, asked: tuple[str, ...], found: list[str]) -> None:
    """The last seven; from a day until today; the seven up to a day; from a day through a day."""
    ran = run("export", "figures", *asked, "--json")
    assert (ran.code, days(ran.out)) == (0, found)
    assert len(busy.log("export.figures")) == 1


@pytest.mark.parametrize(
    "asked",
    [
        ("--since", "yesterday"),
        ("--since", "2026-11-23"),
        ("--since", "2026-01-01"),
        ("--since", "2026-11-20", "--until", "2026-11-19"),
        ("--by", "owner"),
        ("--words", "x"),
    ],
)
def test_what_are_no_days_is_wrong_usage(busy: Founded, run: Run, asked: tuple[str, ...]) -> None:
    """In a line, and nothing is taken out."""
    ran = run("export", "figures", *asked)
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert busy.log("export.figures") == []


def test_every_form(busy: Founded, run: Run, tmp_path: Path) -> None:
    """CSV, JSON, a page, text with tabs; the same in a file, 0600, whose name says which."""
    assert next(csv.DictReader(io.StringIO(run("export", "figures", "--csv").out)))["first_answer"] == "60"
    assert tuple(json.loads(run("export", "figures", "--json").out)[0]) == COLUMNS
    assert run("export", "figures", "--html").out.startswith("<!DOCTYPE html>")
    assert run("export", "figures").out.splitlines()[0] == "\t".join(COLUMNS)
    for name in ("a.csv", "a.json", "a.html"):
        assert run("export", "figures", "-o", str(tmp_path / name)).code == 0
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600
    assert (tmp_path / "a.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    assert (tmp_path / "a.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert len(busy.log("export.figures")) == 7


def test_a_terminal_gets_a_table(busy: Founded, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """What fits into 80 columns, with headings for people."""
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    monkeypatch.setattr("tui.cli.exporting.form_for", lambda **_how: "table")
    headings = run("export", "figures").out
    assert all(heading in headings for heading in ("Day", "Login", "Received", "Answered", "First answer, seconds", "Unanswered"))
    assert "Department" not in headings
