"""Taking the log out: recorded first, no more than one sees, in one piece or not at all."""

from __future__ import annotations

import csv
import errno
import io
import json
import os
import stat
from html.parser import HTMLParser

import pytest

from models import clock, db
from models.errors import Cancelled, DiskFull, NotAllowed, SessionEnded
from models.operations import departments, log_export, sessions, staff
from models.queries import audit, audit_export
from models.queries.audit import Wanted
from models.queries.audit_export import COLUMNS, Selection
from tests import hostile
from tests.factories import CONSOLE, DAY, Founded

FORMS = ("csv", "json", "html")


@pytest.fixture
def busy(little_shop: Founded) -> Founded:
    """A shop in which something happened."""
    little_shop.person("bob", name="Bob <b>Zhao</b>", post="service")
    staff.freeze(little_shop.owner, little_shop.id_of("bob"), reason='=HYPERLINK("x")')
    staff.unfreeze(little_shop.owner, little_shop.id_of("bob"))
    return little_shop


def outbox(shop: Founded) -> list[str]:
    """What lies in the outbox."""
    folder = shop.home / "outbox"
    return sorted(file.name for file in folder.iterdir()) if folder.is_dir() else []


def test_the_keys_are_the_promised_ones(busy: Founded) -> None:
    """Every entry up to then, the oldest first, with what it takes to look it up in the chain; the export itself is after them."""
    rows = json.loads("".join(log_export.pieces(CONSOLE, "json")))
    assert all(
        tuple(row) == COLUMNS == ("seq", "at", "actor", "action", "object", "session", "address", "old", "new", "hash") for row in rows
    )
    assert [row["seq"] for row in rows] == list(range(1, len(rows) + 1))
    frozen = next(row for row in rows if row["action"] == "staff.freeze")
    assert frozen["object"] == {"kind": "staff", "id": busy.id_of("bob"), "label": "bob"}
    assert (frozen["actor"], frozen["old"], frozen["session"]) == ("owner", {"status": "active"}, busy.owner.session_id)
    ((digest,),) = db.rows("SELECT hash FROM audit_entry WHERE seq = ?", (frozen["seq"],))
    assert bytes.fromhex(frozen["hash"]) == digest
    last = audit.page(CONSOLE, Wanted(action="export.audit")).rows[0]
    assert last.seq == len(rows) + 1


@pytest.mark.parametrize("form", FORMS)
def test_it_lands_in_the_outbox_for_nobody_else_to_read(busy: Founded, form: str) -> None:
    """0600, with its entry: how many, and of what."""
    file = log_export.put_into_outbox(
        busy.owner, form, Wanted(kind="staff", thing_id=busy.id_of("bob"), words="bob", until=clock.now() + DAY)
    )
    assert file.parent == busy.home / "outbox"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert file.name.startswith("log-")
    assert file.suffix == f".{form}"
    ((told,),) = db.rows("SELECT new FROM audit_entry WHERE action = 'export.audit'")
    asked = json.loads(told)
    assert (asked["rows"], asked["object"], asked["words"]) == (4, f"staff:{busy.id_of('bob')}", "bob")
    assert "since" not in asked


def test_csv_is_a_cell_a_value(busy: Founded) -> None:
    """With the mark that spreadsheets want, and no formula."""
    file = log_export.put_into_outbox(CONSOLE, "csv")
    data = file.read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))
    frozen = next(row for row in rows if row["action"] == "staff.freeze")
    assert (frozen["object"], json.loads(frozen["old"])) == ("staff:bob", {"status": "active"})
    assert not any(cell.startswith(("=", "+", "@")) for row in rows for cell in row.values())


def test_the_page_to_print_needs_nothing_else_and_nothing_on_it_is_markup(busy: Founded) -> None:
    """What was changed is on it in words, the high-risk with its mark."""
    for place, text in enumerate(hostile.LITERAL.values()):
        departments.add(CONSOLE, f"{text[:25]}{place}".replace("/", ""), None)

    class Tags(HTMLParser):
        found: set[str] = set()

        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            self.found.add(tag)
            assert not {name for name, _value in attrs} & {"href", "src", "onclick"}

    page = "".join(log_export.pieces(CONSOLE, "html"))
    Tags().feed(page)
    assert Tags.found == {
        "html",
        "head",
        "meta",
        "title",
        "style",
        "body",
        "h1",
        "p",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "br",
        "span",
    }
    assert "Status: active → frozen" in page or "Status: active" in page
    assert "▲" in page


def test_no_more_is_taken_out_than_one_may_see(busy: Founded) -> None:
    """It takes its own permission, whose lack is told; and it ends with the session."""
    bob = busy.person("carl", extras=["audit.view"])
    for form in FORMS:
        with pytest.raises(NotAllowed) as refused:
            log_export.put_into_outbox(bob, form)
        assert refused.value.permission == "audit.export"
    assert outbox(busy) == []
    assert len(busy.log("act.refuse")) == len(FORMS)
    taker = busy.person("taker", extras=["audit.export", "audit.view.all", "audit.view", "staff.view"])
    selection = log_export.taken(taker, Wanted())
    sessions.sign_out(taker)
    with pytest.raises(SessionEnded):
        list(selection.rows())


def test_whoever_sees_nothing_that_matches_takes_nothing_out(busy: Founded) -> None:
    """It is recorded all the same."""
    assert list(log_export.taken(CONSOLE, Wanted(area="roles", action="staff.freeze")).rows()) == []
    assert json.loads("".join(log_export.pieces(CONSOLE, "json", Wanted(by="nobody")))) == []
    assert json.loads("".join(log_export.pieces(CONSOLE, "json", Wanted(since=clock.now() + DAY)))) == []
    assert len(busy.log("export.audit")) == 3


def test_it_is_told_how_far_it_is_and_can_be_stopped(busy: Founded, monkeypatch: pytest.MonkeyPatch) -> None:
    """While counting, and while writing: then nothing is left."""
    monkeypatch.setattr(audit_export, "WINDOW", 2)
    told: list[tuple[int, int]] = []
    log_export.put_into_outbox(CONSOLE, "json", progress=lambda done, total: told.append((done, total)))
    assert told[0][0] == 0
    assert told[-1][0] == told[-1][1] == len(busy.log()) - 1
    before = outbox(busy)
    with pytest.raises(Cancelled):
        Selection(CONSOLE, Wanted(), lambda: True)
    with pytest.raises(Cancelled):
        log_export.put_into_outbox(CONSOLE, "csv", cancelled=lambda: outbox(busy) != before)
    assert outbox(busy) == before


@pytest.mark.parametrize("form", FORMS)
def test_a_full_disk_leaves_no_part_of_it(busy: Founded, form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """And says so; that it was asked for stays in the log."""

    def full(_number: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(DiskFull):
            log_export.put_into_outbox(CONSOLE, form)
    assert outbox(busy) == []
    assert len(busy.log("export.audit")) == 1


def test_the_newest_come_first_and_as_many_as_are_asked_for(busy: Founded, monkeypatch: pytest.MonkeyPatch) -> None:
    """Page by page, however long."""
    every = [row["seq"] for row in audit_export.newest(CONSOLE, Wanted())]
    assert every == sorted(every, reverse=True)
    monkeypatch.setattr(audit, "PAGE", 2)
    assert [row["seq"] for row in audit_export.newest(CONSOLE, Wanted())] == every
    for limit in (0, 1, 2, 3, 100):
        assert [row["seq"] for row in audit_export.newest(CONSOLE, Wanted(), limit)] == every[:limit]


def test_what_another_program_said_is_in_the_sentence(busy: Founded) -> None:
    """In place of the permission's code."""
    thing = {"kind": "permission", "id": None, "label": "goods.view"}
    row = {"action": "program.allow", "object": thing, "new": {"act": "look at teapots"}}
    assert audit_export.said(row) == "Elsewhere: look at teapots"
    assert audit_export.said(row | {"new": {}}) == "Elsewhere: goods.view"
    assert audit_export.risk(row) == "low"
