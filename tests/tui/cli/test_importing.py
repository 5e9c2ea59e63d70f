"""`import`: many at once, or nobody."""

from __future__ import annotations

import csv
import os
import stat
from pathlib import Path

import pytest

from models import db
from tests.factories import Founded
from tests.tui.cli.conftest import Run

GOOD = (
    "login,name,post,roles,extras,until,department\n"
    "ann,Ann,service,客服,,,客服部/夜班\n"
    "ben,李本,operations,Operations;仓储,goods.delete,2099-12-31,\n"
)
BAD = f"{GOOD}Ann,Again,service,,,,\ncid,,service,nonsense,,,\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file of two people."""
    path = tmp_path / "people.csv"
    path.write_text(GOOD, encoding="utf-8")
    return path


def people() -> list[str]:
    """Who works here."""
    return [login for (login,) in db.rows("SELECT login FROM staff WHERE is_owner = 0 ORDER BY login")]


def test_a_file_onboards_its_people_and_prints_their_codes(little_shop: Founded, run: Run, file: Path) -> None:
    """Each code once, good for that person."""
    ran = run("import", str(file), "--json")
    assert ran.code == 0
    codes = {person["login"]: person["code"] for person in ran.json}
    assert people() == ["ann", "ben"]
    assert run("activate", "ben", stdin=f"{codes['ben']}\nseven grey herons over wet fields\n").code == 0
    assert run("check", "ben", "goods.delete").code == 0
    assert run("staff", "show", "ann", "--json").json[0]["department"] == "Customer service/夜班"


def test_codes_go_into_a_file_of_their_own(little_shop: Founded, run: Run, file: Path, tmp_path: Path) -> None:
    """0600, and then nowhere else."""
    codes = tmp_path / "codes.csv"
    ran = run("import", str(file), "--codes", str(codes))
    assert (ran.code, ran.out) == (0, "")
    assert stat.S_IMODE(codes.stat().st_mode) == 0o600
    with codes.open(encoding="utf-8", newline="") as stream:
        rows = {row["login"]: row["code"] for row in csv.DictReader(stream)}
    assert list(rows) == ["ann", "ben"]
    assert rows["ann"] not in ran.err
    assert run("activate", "ann", stdin=f"{rows['ann']}\nseven grey herons over wet fields\n").code == 0


@pytest.mark.parametrize("option", ["--codes", "--rejects"])
def test_a_file_that_is_there_is_never_written_over(little_shop: Founded, run: Run, file: Path, option: str) -> None:
    """Refused before anybody is onboarded."""
    ran = run("import", str(file), option, str(file))
    assert (ran.code, ran.err.count("\n")) == (2, 1)
    assert file.read_text(encoding="utf-8") == GOOD
    assert people() == []


def test_codes_that_cannot_be_kept_are_never_made(
    little_shop: Founded, run: Run, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk while they are written: nobody is onboarded, and no half of a file is left."""

    def full(_number: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    ran = run("import", str(file), "--codes", str(tmp_path / "codes.csv"))
    assert ran.code == 2
    assert "No space left" in ran.err
    assert people() == []
    assert not (tmp_path / "codes.csv").exists()


def test_one_bad_row_stops_all(little_shop: Founded, run: Run, file: Path, tmp_path: Path) -> None:
    """Which row, which column, why; the file of the rejected rows is written, the one of the codes is not."""
    file.write_text(BAD, encoding="utf-8")
    ran = run("import", str(file), "--codes", str(tmp_path / "codes.csv"), "--rejects", str(tmp_path / "bad.csv"))
    assert ran.code == 1
    assert [(row[0], row[2]) for row in ran.rows] == [("4", "login"), ("5", "name"), ("5", "roles")]
    assert people() == []
    assert not (tmp_path / "codes.csv").exists()
    with (tmp_path / "bad.csv").open(encoding="utf-8-sig", newline="") as stream:
        assert [row["login"] for row in csv.DictReader(stream)] == ["Ann", "cid"]


def test_bad_rows_are_left_out_when_that_is_asked_for(little_shop: Founded, run: Run, file: Path, tmp_path: Path) -> None:
    """What was left out, corrected, can be imported by itself."""
    file.write_text(BAD, encoding="utf-8")
    ran = run("import", str(file), "--skip-bad", "--rejects", str(tmp_path / "bad.csv"))
    assert (ran.code, people()) == (0, ["ann", "ben"])
    corrected = (
        (tmp_path / "bad.csv")
        .read_text(encoding="utf-8-sig")
        .replace("Ann,Again", "dan,Dan")
        .replace("cid,,service,nonsense", "cid,Cid,service,")
    )
    file.write_text(corrected, encoding="utf-8")
    assert run("import", str(file)).code == 0
    assert people() == ["ann", "ben", "cid", "dan"]


def test_a_dry_run_changes_nothing(little_shop: Founded, run: Run, file: Path) -> None:
    """It refuses what the real one would refuse, and says the same of it."""
    assert run("import", str(file), "--dry-run").code == 0
    file.write_text(BAD, encoding="utf-8")
    tried, real = run("import", str(file), "--dry-run"), run("import", str(file))
    assert (tried.code, tried.out) == (real.code, real.out) == (1, real.out)
    assert run("import", str(file), "--dry-run", "--skip-bad").code == 0
    assert people() == []
    assert little_shop.log("staff.onboard") == []


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"PK\x03\x04rest",
        b"name,post\nAnn,service\n",
        b"login,name,post\n",
        b"login,name,post\n" + b"a" * 11_000_000,
        b'login,name,post\n"ann,Ann,service\n',
        b"\x00\x01\x02",
    ],
    ids=["empty", "workbook", "column", "nobody", "cell", "quote", "binary"],
)
def test_a_file_that_cannot_be_used_is_told_in_a_line(little_shop: Founded, run: Run, file: Path, data: bytes) -> None:
    """Wrong usage; no traceback, nothing imported."""
    file.write_bytes(data)
    ran = run("import", str(file))
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert people() == []


@pytest.mark.parametrize("path", ["missing.csv", ".", "a\0b"])
def test_a_file_that_cannot_be_read_is_told_in_a_line(little_shop: Founded, run: Run, tmp_path: Path, path: str) -> None:
    """Likewise."""
    ran = run("import", f"{tmp_path}/{path}")
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)


def test_columns_that_mean_nothing_are_noticed(little_shop: Founded, run: Run, file: Path) -> None:
    """On standard error, beside what was asked for."""
    file.write_text("login,name,post,shoe size\nann,Ann,service,38\n", encoding="utf-8")
    ran = run("import", str(file))
    assert ran.code == 0
    assert "shoe size" in ran.err
    assert "shoe size" not in ran.out
