"""`export`: what leaves the shop, in which form, and that it is told."""

from __future__ import annotations

import csv
import json
import os
import stat
from html.parser import HTMLParser
from pathlib import Path

import pytest

from models import db
from tests import hostile
from tests.factories import CONSOLE, Founded
from tests.tui.cli.conftest import Run


@pytest.mark.parametrize(("what", "rows"), [("staff", 3), ("roles", 9), ("access", 3)])
def test_every_export_is_in_the_log(staffed: Founded, run: Run, what: str, rows: int) -> None:
    """With how many people or roles it tells of, and who took it out."""
    assert run("export", what, "--json").code == 0
    ((actor, told),) = db.rows("SELECT actor, new FROM audit_entry WHERE action = ?", (f"export.{what}",))
    assert (actor, json.loads(told)) == (CONSOLE.name, {"rows": rows})


def test_a_file_is_new_and_for_nobody_else(staffed: Founded, run: Run, tmp_path: Path) -> None:
    """0600, whole, and never over one that is there; a link does not lead anywhere."""
    there, link, aim = tmp_path / "there.json", tmp_path / "link.json", tmp_path / "aim"
    assert run("export", "staff", "--json", "-o", str(there)).out == ""
    assert stat.S_IMODE(there.stat().st_mode) == 0o600
    before = there.read_bytes()
    assert len(json.loads(before)) == 3
    link.symlink_to(aim)
    for taken in (there, link):
        ran = run("export", "staff", "--json", "-o", str(taken))
        assert (ran.code, ran.err.count("\n")) == (2, 1)
    assert there.read_bytes() == before
    assert not aim.exists()
    assert len(staffed.log("export.staff")) == 1


@pytest.mark.parametrize("path", ["missing/file", ".", "", "a\0b"])
def test_a_file_that_cannot_be_made_is_told_in_a_line(staffed: Founded, run: Run, tmp_path: Path, path: str) -> None:
    """Wrong usage, and nothing taken out."""
    ran = run("export", "roles", "-o", f"{tmp_path}/{path}")
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert staffed.log("export.roles") == []


def test_an_export_that_fails_leaves_no_file(staffed: Founded, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Half of it would look like all of it."""

    def full(_number: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    ran = run("export", "roles", "-o", str(tmp_path / "out"))
    assert ran.code == 2
    assert "No space left" in ran.err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("name", "start"), [("x.json", b"["), ("x.CSV", b"\xef\xbb\xbflogin,"), ("x.html", b"<!DOCTYPE html>"), ("x", b"login\t")]
)
def test_the_name_of_the_file_says_the_form(staffed: Founded, run: Run, tmp_path: Path, name: str, start: bytes) -> None:
    """Where no other was asked for; CSV begins with the mark that spreadsheets want."""
    assert run("export", "staff", "-o", str(tmp_path / name)).code == 0
    assert (tmp_path / name).read_bytes().startswith(start)


def test_p17_csv_cells_are_text(staffed: Founded, run: Run, tmp_path: Path) -> None:
    """A name that begins like a formula is quoted, and a telephone number with a plus, too."""
    staffed.person("eve", name='=HYPERLINK("x")', post="service")
    with db.transaction():
        db.write_many("UPDATE staff SET phone = ? WHERE login = 'eve'", [("+86 138",)])
    run("export", "staff", "--csv", "-o", str(tmp_path / "x"))
    with (tmp_path / "x").open(encoding="utf-8-sig", newline="") as file:
        rows = {row["login"]: row for row in csv.DictReader(file)}
    assert (rows["eve"]["name"], rows["eve"]["phone"]) == ('\'=HYPERLINK("x")', "'+86 138")
    assert rows["bob"]["roles"] == "customer_service"


def test_only_one_form_at_a_time(staffed: Founded, run: Run) -> None:
    """Wrong usage."""
    ran = run("export", "staff", "--csv", "--html")
    assert (ran.code, ran.err.count("\n")) == (2, 1)


class Page(HTMLParser):
    """What stands on a page: its elements and their attributes, and the text in its cells."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.cells: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Count an element."""
        self.tags.append(tag)
        self.attributes += attrs
        if tag in {"td", "th"}:
            self.cells.append("")

    def handle_data(self, data: str) -> None:
        """Collect text."""
        if self.tags and self.tags[-1] in {"td", "th"}:
            self.cells[-1] += data


@pytest.mark.parametrize("payload", ["<script>alert(1)</script>", "a&lt;b", '"><img src=x>', *hostile.LITERAL.values()])
def test_nothing_that_was_typed_is_markup_on_a_page(staffed: Founded, run: Run, payload: str) -> None:
    """And the page needs nothing but itself: no address, no script."""
    plain = Page(run("export", "staff", "--html").out)
    with db.transaction():
        db.write_many("UPDATE staff SET name = ? WHERE login = 'bob'", [(payload,)])
    page = Page(run("export", "staff", "--html").out)
    assert page.tags == plain.tags
    assert not {"script", "link", "img"} & set(page.tags)
    assert {name for name, _value in page.attributes} == {"lang", "charset"}
    assert len(page.cells) == len(plain.cells) == 13 * 4


def test_the_access_review_is_taken_out_in_every_form(staffed: Founded, run: Run, tmp_path: Path) -> None:
    """CSV and JSON say the same, the page is the one of the screens; each is an entry, and nothing is written over."""
    for form in ("csv", "json", "html"):
        assert run("export", "review", "-o", str(tmp_path / f"review.{form}")).code == 0
        assert stat.S_IMODE((tmp_path / f"review.{form}").stat().st_mode) == 0o600
    objects = json.loads((tmp_path / "review.json").read_bytes())
    with (tmp_path / "review.csv").open(encoding="utf-8-sig", newline="") as file:
        assert [row["permission"] for row in csv.DictReader(file)] == [row["permission"] for row in objects]
    page = (tmp_path / "review.html").read_text()
    assert "Findings" in page
    assert page.endswith("</html>\n")
    assert run("export", "review", "-o", str(tmp_path / "review.html")).code == 2
    assert (tmp_path / "review.html").read_text() == page
    assert len(staffed.log("export.review")) == 3
