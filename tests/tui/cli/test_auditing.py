"""`audit list` and `export audit`: who did what, on a terminal, for scripts, and as a file."""

from __future__ import annotations

import csv
import errno
import io
import json
import os
import sys
from pathlib import Path

import pytest

from models import clock, db
from models.operations import staff
from models.queries import audit
from models.queries.audit import Wanted
from tests.factories import CONSOLE, Founded
from tests.million import fill
from tests.tui.cli.conftest import Run
from tui.cli import auditing

KEYS = ["seq", "at", "actor", "action", "object", "session", "address", "old", "new", "hash"]


@pytest.fixture
def busy(staffed: Founded) -> Founded:
    """A shop in which something happened, by two people and at the console."""
    staff.freeze(staffed.owner, staffed.id_of("bob"))
    staff.unfreeze(staffed.owner, staffed.id_of("bob"))
    return staffed


def test_json_has_the_promised_keys_the_newest_first(busy: Founded, run: Run) -> None:
    """The same as an export has; reading the log is no entry, taking it out is one."""
    before = busy.log()
    listed = run("audit", "list", "--json").json
    assert [list(row) for row in listed] == [KEYS] * len(before)
    assert [row["seq"] for row in listed] == list(range(len(before), 0, -1))
    assert busy.log() == before
    assert run("export", "audit", "--json").json == listed[::-1]
    assert busy.log()[len(before) :] == [(CONSOLE.name, "export.audit", "Little Shop")]


def test_for_scripts_it_is_tab_separated_and_whole(busy: Founded, run: Run) -> None:
    """A cell a value, and every entry there is."""
    ran = run("audit", "list")
    assert ran.out.splitlines()[0].split("\t") == KEYS
    frozen = next(row for row in ran.rows if row[3] == "staff.freeze")
    assert (frozen[2], frozen[4], json.loads(frozen[7])) == ("owner", "staff:bob", {"status": "active"})
    assert len(ran.rows) == len(busy.log())


@pytest.mark.parametrize(
    ("words", "actions"),
    [
        (("--by", "owner", "--area", "staff"), ["staff.unfreeze", "staff.freeze"]),
        (("--by", "OWNER", "--limit", "1"), ["staff.unfreeze"]),
        (("--action", "staff.freeze"), ["staff.freeze"]),
        (("--area", "shop"), ["shop.found"]),
        (("--risk", "high", "--area", "shop"), ["shop.found"]),
        (("--words", "froze bob"), ["staff.unfreeze", "staff.freeze"]),
        (("--department", "Customer service"), []),
        (("--until", "2001-01-01"), []),
        (("--since", "2001-01-01", "--action", "shop.found"), ["shop.found"]),
    ],
)
def test_filters_are_the_logs(busy: Founded, run: Run, words: tuple[str, ...], actions: list[str]) -> None:
    """Of the list and of the export alike."""
    assert [row["action"] for row in run("audit", "list", *words, "--json").json] == actions
    if "--limit" not in words:
        assert [row["action"] for row in run("export", "audit", *words, "--json").json] == actions[::-1]


def test_a_day_begins_and_ends_in_the_shops_zone(busy: Founded, run: Run) -> None:
    """Through its last moment."""
    today = clock.day(clock.now(), "Asia/Shanghai")
    number = len(busy.log())
    assert len(run("audit", "list", "--since", today, "--until", today, "--json").json) == number


@pytest.mark.parametrize(
    "words",
    [
        ("--by", "nobody"),
        ("--action", "staff.dance"),
        ("--department", "Nowhere"),
        ("--since", "soon"),
        ("--since", "0001-01-01"),
        ("--until", "2026-02-30"),
        ("--limit", "0"),
        ("--limit", "-1"),
        ("--limit", "many"),
        ("--limit", "9" * 40),
        ("--area", "nowhere"),
        ("--risk", "none"),
    ],
)
def test_what_cannot_be_meant_is_told_in_a_line(busy: Founded, run: Run, words: tuple[str, ...]) -> None:
    """Wrong usage or an unknown name, and nothing is printed."""
    ran = run("audit", "list", *words)
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)


def test_only_the_log_is_filtered(busy: Founded, run: Run) -> None:
    """What would be passed over is refused."""
    ran = run("export", "staff", "--by", "owner", "--json")
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert busy.log("export.staff") == []


def test_on_a_terminal_it_is_a_table_in_words(busy: Founded, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """So many as one reads, page by page; sentences, and times in the shop's zone."""
    fill(500)
    monkeypatch.setattr(auditing, "form_for", lambda **_: "table")
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    monkeypatch.setenv("COLUMNS", "120")
    lines = run("audit", "list").out.splitlines()
    assert "What was done" in lines[0]
    assert 200 < len(lines) < 420
    lines = run("audit", "list", "--limit", "250").out.splitlines()
    assert sum("What was done" in line for line in lines) == 2
    out = run("audit", "list", "--action", "shop.found").out
    assert "Set up the shop Little Shop" in out
    assert "high risk" in out


@pytest.mark.parametrize(
    ("name", "start"), [("x.json", b"["), ("x.csv", b"\xef\xbb\xbfseq,"), ("x.html", b"<!DOCTYPE html>"), ("x", b"seq\t")]
)
def test_the_log_goes_into_a_new_file_of_ones_own(busy: Founded, run: Run, tmp_path: Path, name: str, start: bytes) -> None:
    """In the form that its name says; never over one that is there, and then nothing is recorded."""
    file = tmp_path / name
    assert run("export", "audit", "-o", str(file)).code == 0
    assert file.read_bytes().startswith(start)
    assert file.stat().st_mode & 0o777 == 0o600
    before = file.read_bytes()
    ran = run("export", "audit", "-o", str(file))
    assert (ran.code, ran.err.count("\n")) == (2, 1)
    assert file.read_bytes() == before
    assert len(busy.log("export.audit")) == 1


def test_csv_says_the_same_as_json(busy: Founded, run: Run) -> None:
    """Entry by entry."""
    rows = list(csv.DictReader(io.StringIO(run("export", "audit", "--csv").out)))
    listed = run("audit", "list", "--json").json[::-1]
    assert [(row["seq"], row["hash"]) for row in rows] == [(str(row["seq"]), row["hash"]) for row in listed][: len(rows)]


def test_a_full_disk_leaves_no_file(busy: Founded, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Half of the log would look like all of it."""

    def full(_number: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    ran = run("export", "audit", "-o", str(tmp_path / "out.json"))
    assert ran.code == 2
    assert "No space left" in ran.err
    assert not (tmp_path / "out.json").exists()


def test_a_long_log_comes_whole(busy: Founded, run: Run) -> None:
    """Window by window and page by page, nothing twice."""
    fill(12_000)
    number = len(busy.log())
    assert [row["seq"] for row in run("audit", "list", "--json").json] == list(range(number, 0, -1))
    assert [row["seq"] for row in run("export", "audit", "--json").json] == list(range(1, number + 1))
    assert audit.page(CONSOLE, Wanted()).more
    assert db.rows("SELECT json_extract(new, '$.rows') FROM audit_entry WHERE action = 'export.audit'") == [(number,)]
