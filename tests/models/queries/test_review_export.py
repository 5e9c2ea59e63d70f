"""The access review as data and as a page: the keys are kept, nothing that was typed gets out of its place, and all of it is there."""

from __future__ import annotations

import csv
import io
import json
from html.parser import HTMLParser

import pytest

from models import clock, db, i18n
from models.catalogue import permissions
from models.clock import DAY
from models.errors import Cancelled, NotAllowed
from models.operations import departments, review as operations, separation, staff as staff_operations
from models.queries import review_export, review_lines, review_page
from models.queries.review_export import COLUMNS
from models.tables import Extra, RoleGrant
from models.text import csv_value
from tests import hostile
from tests.crowd import crowd
from tests.factories import Founded
from tests.models.doors import Watch
from tests.models.queries.test_last_use import entry

STORABLE = {title: name for title, name in hostile.A_FEW.items() if not {"\ufffd", *map(chr, range(0xD800, 0xE000))} & set(name)}
"""What SQLite keeps, which is no halves of characters, and what is shown as something else."""


class Page(HTMLParser):
    """What is on a page: its tags with what they carry, and its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.carried: set[str] = set()
        self.text = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note it."""
        self.tags.append(tag)
        self.carried |= {name for name, _value in attrs}

    def handle_data(self, data: str) -> None:
        """Note it."""
        self.text += data


@pytest.fixture
def staffed(little_shop: Founded, watch: Watch) -> Founded:
    """Somebody of every sort, all given 400 days ago; Bob's lines were confirmed, of Eve's one is used."""
    little_shop.person("bob", gave=["finance"], extras=["refund.approve"], department_id=1)
    little_shop.person("eve", post="service", gave=["service_lead", "operations"], until=clock.now() + 5 * DAY)
    little_shop.person("dan", gave=["warehouse"], status="invited")
    little_shop.person("gone", gave=["finance"])
    staff_operations.leave(little_shop.owner, little_shop.id_of("gone"))
    for table in (RoleGrant, Extra):
        table.update(since=clock.now() - 400 * DAY).execute()
    RoleGrant.update(stands_for=little_shop.id_of("bob")).where(RoleGrant.staff == little_shop.id_of("dan")).execute()
    entry(clock.now() - 300 * DAY, "eve", "program.allow", "permission", "refund.approve")
    operations.confirm(little_shop.owner, [line.grant for line in review_lines.of_people([little_shop.id_of("bob")], clock.now())])
    return little_shop


def rows(shop: Founded) -> list[review_export.Row]:
    """All objects."""
    return list(review_export.rows(shop.owner))


def page(shop: Founded) -> str:
    """The page."""
    return "".join(review_page.html(shop.owner))


# ---- data


def test_every_object_has_the_promised_keys(staffed: Founded) -> None:
    """In their order; times are RFC 3339, what there is not is null."""
    for row in rows(staffed):
        assert tuple(row) == COLUMNS
    (row,) = (row for row in rows(staffed) if row["login"] == "bob" and row["permission"] == "refund.approve")
    assert row == {
        "login": "bob",
        "name": "Bob",
        "department": "Customer service",
        "post": "operations",
        "status": "active",
        "permission": "refund.approve",
        "risk": "high",
        "kind": "extra",
        "source": "refund.approve",
        "by": "console:tester",
        "from": clock.rfc3339(clock.now() - 400 * DAY),
        "until": None,
        "stands_for": None,
        "last_used": None,
        "log_tells": True,
        "confirmed": clock.rfc3339(clock.now()),
        "confirmed_by": "owner",
    }


def test_one_object_a_person_permission_and_source(staffed: Founded) -> None:
    """By login; nobody who left, nothing that the post bars; the owner's comes from nobody."""
    found = [(row["login"], row["permission"], row["kind"], row["source"]) for row in rows(staffed)]
    assert len(set(found)) == len(found)
    logins = list(dict.fromkeys(login for login, *_rest in found))
    assert logins == ["bob", "dan", "eve", "owner"]
    assert not any(permissions()[code].post == "operations" for login, code, *_rest in found if login == "eve")
    assert [code for login, code, *_rest in found if login == "owner"] == list(permissions())
    used = {row["login"]: row["last_used"] for row in rows(staffed) if row["permission"] == "refund.approve"}
    assert used["eve"] == clock.rfc3339(clock.now() - 300 * DAY)
    assert {row["stands_for"] for row in rows(staffed) if row["login"] == "dan"} == {"bob"}
    assert {row["log_tells"] for row in rows(staffed) if row["permission"] == "goods.view"} == {False}


def test_csv_and_json_say_the_same(staffed: Founded) -> None:
    """Cell by cell."""
    read = list(csv.DictReader(io.StringIO("".join(operations.pieces(staffed.owner, "csv")))))
    objects = json.loads("".join(operations.pieces(staffed.owner, "json")))
    assert objects == rows(staffed)
    for line, row in zip(read, objects, strict=True):
        assert tuple(line) == COLUMNS
        for column, value in row.items():
            said = {None: "", True: "yes", False: "no"}.get(value, value)
            assert csv_value(line[column]) == said


@pytest.mark.parametrize("name", hostile.LITERAL.values(), ids=hostile.LITERAL)
def test_p17_hostile_names_stay_text(little_shop: Founded, name: str) -> None:
    """In CSV no formula, on the page no markup and nothing that would be fetched or run, in JSON letter by letter."""
    name = name[:40]
    place = departments.add(little_shop.owner, name[:30].replace("/", "|"), None)
    little_shop.person("eve", name=name, extras=["refund.approve"], department_id=place)
    separation.declare(little_shop.owner, "refund.approve", "finance.bill.view", reason=name)
    text = "".join(operations.pieces(little_shop.owner, "csv"))
    cells = [cell for line in csv.reader(io.StringIO(text)) for cell in line]
    assert not any(cell.startswith(("=", "+", "-", "@", "＝", "\t", "\r")) for cell in cells)
    assert name in {row["name"] for row in json.loads("".join(operations.pieces(little_shop.owner, "json")))}
    there = Page(page(little_shop))
    assert name in there.text
    assert {"script", "img", "link", "iframe", "a", "object", "base", "form"}.isdisjoint(there.tags)
    assert there.carried <= {"lang", "charset", "class", "id"}


@pytest.mark.parametrize("name", STORABLE.values(), ids=STORABLE)
def test_what_is_refused_and_there_anyway_steers_nothing(little_shop: Founded, name: str) -> None:
    """A name from a damaged database: shown as what cannot be shown, in JSON as the escape that it is."""
    little_shop.person("eve", extras=["refund.approve"])
    db.database.execute_sql("UPDATE staff SET name = ? WHERE login = 'eve'", (name,))
    for form in operations.FORMS:
        text = "".join(operations.pieces(little_shop.owner, form))
        assert name not in text
    assert name in {row["name"] for row in json.loads("".join(operations.pieces(little_shop.owner, "json")))}


# ---- the page


def test_the_page_says_what_it_is(staffed: Founded) -> None:
    """Shop, moment, who made it, how much of it was confirmed; in one file that fetches nothing."""
    there = Page(page(staffed))
    assert there.text.count("Access review") == 2
    for said in (
        "Little Shop (little-shop)",
        "(Asia/Shanghai)",
        "Made by Wang Fang (owner).",
        "2 of 5 lines confirmed in the last 90 days.",
    ):
        assert said in there.text
    assert "http" not in page(staffed)
    assert page(staffed).startswith("<!DOCTYPE html>")


def test_the_page_has_findings_people_and_confirmations(staffed: Founded) -> None:
    """The riskiest first, each line with its source and its end, what was confirmed with name and date."""
    text = " ".join(Page(page(staffed)).text.split())
    day = clock.day(clock.now(), "Asia/Shanghai")
    for said in (
        "Findings",
        "Not used for 90 days, as far as the log knows",
        "never, as far as the log knows",
        "last used",
        "Ends within 14 days",
        f"ends {clock.day(clock.now() + 5 * DAY, 'Asia/Shanghai')}",
        "given or confirmed",
        "Roles that nobody holds",
        "High-risk permissions",
        "The owner: holds every permission.",
        "stands in for bob",
        "the log cannot tell",
        "in no department",
        "invited",
        "Signature",
    ):
        assert said in text, said
    assert f"{day}owner" in text.replace(" ", "")
    assert "Gone" not in text
    assert text.index("Wang Fang (owner)", text.index("By person")) < text.index("Bob (bob)", text.index("By person"))


def test_the_page_names_everybody_with_high_risk(staffed: Founded) -> None:
    """Under each high-risk permission, with what it lets a person do."""
    text = Page(page(staffed)).text
    part = text[text.index("High-risk permissions") : text.index("By person")]
    assert "Approve refunds" in part
    assert permissions()["refund.approve"].consequence in part
    assert "3: Bob (bob), Eve (eve), Wang Fang (owner)" in part
    assert "View goods" not in part


def test_the_page_tells_of_what_is_kept_apart(staffed: Founded) -> None:
    """And until when somebody holds both."""
    separation.declare(staffed.owner, "refund.approve", "finance.bill.view")
    text = Page(page(staffed)).text
    assert "Holds together what is kept apart" in text
    Extra.update(until=clock.now() + DAY).where(Extra.permission == "refund.approve").execute()
    assert f"until {clock.day(clock.now() + DAY, 'Asia/Shanghai')}" in Page(page(staffed)).text


def test_the_console_makes_it_too(staffed: Founded) -> None:
    """It has no name but the one in the log."""
    assert "Made by console:tester." in "".join(review_page.html(staffed.console))


def test_a_shop_of_one(little_shop: Founded) -> None:
    """Nothing was given to anybody; once nothing is found either, the page says so."""
    assert "0 of 0 lines" in page(little_shop)
    db.database.execute_sql("UPDATE role SET closed_at = 1")
    assert "Nothing was found." in page(little_shop)


def test_long_findings_are_cut_with_a_word(little_shop: Founded) -> None:
    """A thousand people without a department are no list to print."""
    crowd(review_page.MOST + 7)
    db.database.execute_sql("UPDATE staff SET department_id = NULL")
    text = page(little_shop)
    assert "… and 7 more." in text
    assert Page(text).tags.count("table") == 2 + review_page.MOST + 7 + 1  # findings, high-risk, one a person


def test_the_page_speaks_the_readers_language(staffed: Founded) -> None:
    """Labels of permissions and the language of the page; a screen reader needs it."""
    i18n.install("zh")
    try:
        text = page(staffed)
    finally:
        i18n.install("en")
    assert '<html lang="zh-Hans">' in text
    assert "同意退款" in text


def test_taking_it_out_can_be_stopped_and_takes_audit_view_all(staffed: Founded) -> None:
    """Whatever it is taken out as."""
    nosy = staffed.person("nosy", extras=["audit.view", "staff.manage"])
    for form in operations.FORMS:
        with pytest.raises(NotAllowed):
            list(operations.pieces(nosy, form))
        with pytest.raises(Cancelled):
            list(operations.pieces(staffed.owner, form, cancelled=lambda: True))
    steps = iter([False, True])
    with pytest.raises(Cancelled):  # in the middle, past the findings
        list(review_page.html(staffed.owner, cancelled=lambda: next(steps)))
