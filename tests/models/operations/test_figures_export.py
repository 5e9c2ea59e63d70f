"""Taking work figures out: recorded first, one object a person and day, no customer's name in it."""

from __future__ import annotations

import csv
import io
import json
import stat
from html.parser import HTMLParser

import pytest

from models import clock, db
from models.errors import Cancelled, DiskFull, NotAllowed, SessionEnded
from models.operations import figures_export, outbox, sessions, staff
from models.operations.staff import Profile
from models.queries import figures
from models.queries.figures_export import COLUMNS
from models.rules.figures import Period
from tests import hostile
from tests.chats import CUSTOMER, STAFF, conversation
from tests.factories import CONSOLE, Founded

NOW = clock.instant("2026-11-22T04:00:00.000000Z")
"""Noon in Shanghai."""
FORMS = ("csv", "json", "html")
DAYS = Period("2026-11-20", "2026-11-22")


@pytest.fixture
def busy(little_shop: Founded) -> Founded:
    """Two colleagues, one of them of no department, and three days."""
    little_shop.person("lilei", name="Li <b>Lei</b>", department_id=1, extras=["data.staffperf.view"])
    little_shop.person("mei", name="Mei")
    clock.set_clock(lambda: NOW)
    conversation("mei", "小河1988", (CUSTOMER, "在吗"), at=NOW - 2 * clock.DAY)
    conversation("lilei", "小河1988", (CUSTOMER, "在吗"), (STAFF, "在"), at=NOW - 2 * clock.DAY, apart=1500 * clock.SECOND // 1000)
    conversation("lilei", "小河1988", (CUSTOMER, "在吗"), at=NOW)
    conversation("lilei", "小山", (CUSTOMER, "在吗"), (STAFF, "在"), at=NOW)
    return little_shop


def test_the_keys_are_the_promised_ones(busy: Founded) -> None:
    """One object a person and day, by day and login, days without any left out; the entry tells how many and of which days."""
    rows = json.loads("".join(figures_export.pieces(busy.owner, "json", DAYS)))
    assert [tuple(row) for row in rows] == [COLUMNS] * 3
    assert COLUMNS == ("day", "login", "name", "department", "received", "answered", "first_answer", "unanswered")
    assert [tuple(row.values()) for row in rows] == [
        ("2026-11-20", "lilei", "Li <b>Lei</b>", "Customer service", 1, 1, 2, 0),
        ("2026-11-20", "mei", "Mei", None, 1, 0, None, 1),
        ("2026-11-22", "lilei", "Li <b>Lei</b>", "Customer service", 2, 1, 60, 1),
    ]
    ((actor, told),) = db.rows("SELECT actor, new FROM audit_entry WHERE action = 'export.figures'")
    assert (actor, json.loads(told)) == (
        "owner",
        {"rows": 3, "since": "2026-11-19T16:00:00.000000Z", "until": "2026-11-22T15:59:59.999999Z"},
    )


@pytest.mark.parametrize("form", FORMS)
def test_it_lands_in_the_outbox_for_nobody_else_to_read(busy: Founded, form: str) -> None:
    """0600, with its entry, and without the name of any customer."""
    file = figures_export.put_into_outbox(busy.owner, form, DAYS)
    assert file.parent == busy.home / "outbox"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert (file.name.startswith("figures-"), file.suffix) == (True, f".{form}")
    assert "小" not in file.read_text(encoding="utf-8")
    assert busy.log("export.figures") == [("owner", "export.figures", "Little Shop")]


def test_csv_is_a_cell_a_value(busy: Founded) -> None:
    """With the mark that spreadsheets want, and no formula."""
    staff.edit(CONSOLE, busy.id_of("mei"), 1, Profile("=1+1"))
    data = figures_export.put_into_outbox(CONSOLE, "csv", DAYS).read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))
    assert (rows[1]["login"], rows[1]["department"], rows[1]["first_answer"]) == ("mei", "", "")
    assert not any(cell.startswith(("=", "+", "@")) for row in rows for cell in row.values())


def test_the_page_to_print_needs_nothing_else_and_nothing_on_it_is_markup(busy: Founded) -> None:
    """By person, by day, by both, with what is counted in words."""
    for place, text in enumerate(hostile.LITERAL.values()):
        busy.person(f"h{place}", name="x")
        db.database.execute_sql("UPDATE staff SET name = ? WHERE login = ?", (text, f"h{place}"))
        conversation(f"h{place}", "c", (CUSTOMER, "x"), at=NOW)

    class Tags(HTMLParser):
        found: set[str] = set()

        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            self.found.add(tag)
            assert not {name for name, _value in attrs} & {"href", "src", "onclick"}

    page = "".join(figures_export.pieces(CONSOLE, "html", DAYS))
    Tags().feed(page)
    assert Tags.found == {
        *("html", "head", "meta", "title", "style", "body"),
        *("h1", "h2", "p", "table", "thead", "tbody", "tr", "th", "td"),
    }
    assert "2026-11-20 to 2026-11-22" in page
    assert '<td>2026-11-21</td><td class="n">0</td><td class="n">0</td><td class="n">–</td>' in page
    assert "By person and day" in page


def test_of_nothing_there_is_an_empty_file(little_shop: Founded) -> None:
    """Its columns, an empty array, a page that says so by its totals."""
    clock.set_clock(lambda: NOW)
    assert "".join(figures_export.pieces(CONSOLE, "csv", DAYS)) == f"{','.join(COLUMNS)}\r\n"
    assert json.loads("".join(figures_export.pieces(CONSOLE, "json", DAYS))) == []
    assert "All together" in "".join(figures_export.pieces(CONSOLE, "html", DAYS))


def test_who_may_not_takes_nothing_out_and_the_attempt_is_in_the_log(busy: Founded) -> None:
    """One's own figures are to be seen, not taken out; nothing lies in the outbox."""
    mei = busy.person("han", name="Han")
    with pytest.raises(NotAllowed):
        figures_export.put_into_outbox(mei, "csv", DAYS)
    assert busy.log("act.refuse", "export.figures") == [("han", "act.refuse", "export.figures")]
    assert [*(busy.home / outbox.FOLDER).iterdir()] == []


def test_an_ended_session_and_a_stop_leave_no_file(busy: Founded) -> None:
    """Nor an entry: nothing was handed out."""
    with pytest.raises(Cancelled):
        figures_export.put_into_outbox(busy.owner, "csv", DAYS, cancelled=lambda: True)
    sessions.sign_out(busy.owner)
    with pytest.raises(SessionEnded):
        figures_export.put_into_outbox(busy.owner, "csv", DAYS)
    assert busy.log("export.figures") == []
    assert [*(busy.home / outbox.FOLDER).iterdir()] == []


def test_a_full_disk_leaves_no_part_of_the_file(busy: Founded, monkeypatch: pytest.MonkeyPatch) -> None:
    """That it was asked for stays in the log."""

    def full(*_args: object) -> str:
        raise DiskFull

    monkeypatch.setattr(outbox, "put", full)
    with pytest.raises(DiskFull):
        figures_export.put_into_outbox(busy.owner, "csv", DAYS)
    assert len(busy.log("export.figures")) == 1


def test_what_is_taken_out_is_what_the_screen_shows(busy: Founded) -> None:
    """The same figures, by the same reading."""
    assert figures_export.taken(busy.owner, DAYS) == figures.figures(busy.owner, DAYS)
