"""`staff …`."""

from __future__ import annotations

import pytest

from tests.factories import CONSOLE, Founded
from tests.tui.cli.conftest import Run


def test_everybody_is_listed_with_what_is_needed_to_act(staffed: Founded, run: Run) -> None:
    """A line a person, by login, with the columns named in the first."""
    ran = run("staff", "list")
    assert ran.out.splitlines()[0].split("\t") == ["login", "name", "department", "post", "status", "roles", "last_sign_in"]
    assert [row[0] for row in ran.rows] == ["bob", "mia", "owner"]
    assert ran.rows[0][1:6] == ["Bob Zhao 赵波", "", "service", "active", "customer_service"]


def test_who_left_is_listed_too(staffed: Founded, run: Run) -> None:
    """Otherwise nobody could tell whom to reinstate."""
    assert run("staff", "leave", "bob").code == 0
    assert {person["login"]: person["status"] for person in run("staff", "list", "--json").json} == {
        "bob": "left",
        "mia": "active",
        "owner": "active",
    }


def test_a_person_is_shown_field_by_field(staffed: Founded, run: Run) -> None:
    """What is empty is left out; in JSON it is the object of an export."""
    shown = dict(run("staff", "show", "Bob").rows)
    assert shown == {"login": "bob", "name": "Bob Zhao 赵波", "post": "service", "status": "active", "roles": "customer_service"}
    (person,) = run("staff", "show", "bob", "--json").json
    assert [each["role"] for each in person["roles"]] == ["customer_service"]
    assert person["totp"] is False


def test_what_becomes_of_a_person_is_done_and_said(staffed: Founded, run: Run) -> None:
    """Freeze, unfreeze, leave, reinstate: each in the log under the operator's name."""
    for verb, status in (("freeze", "frozen"), ("unfreeze", "active"), ("leave", "left")):
        assert run("staff", verb, "bob", "--json").json == [{"login": "bob", "status": status}]
    (code,) = run("staff", "reinstate", "bob", "--json").json
    assert list(code) == ["login", "code", "good_until"]
    assert run("staff", "show", "bob", "--json").json[0]["status"] == "invited"
    assert staffed.log("staff.freeze", "staff.unfreeze", "staff.leave", "staff.reinstate") == [
        (CONSOLE.name, f"staff.{verb}", "bob") for verb in ("freeze", "unfreeze", "leave", "reinstate")
    ]


def test_somebody_leaves_at_the_end_of_a_day(staffed: Founded, run: Run) -> None:
    """In the shop's time zone; the day is shown, can be changed, and taken back."""
    for day, utc in (("2099-12-31", "2099-12-31T15:59:59.999999Z"), ("2099/11/30", "2099-11-30T15:59:59.999999Z")):
        assert run("staff", "leave", "bob", "--on", day).rows == [["bob", utc]]
        assert run("staff", "show", "bob", "--json").json[0]["leaves"] == utc
    assert dict(run("staff", "show", "bob").rows)["leaves"] == "2099-11-30T15:59:59.999999Z"
    assert run("staff", "leave", "bob", "--on", "never", "--json").json == [{"login": "bob", "leaves": None}]
    assert "leaves" not in dict(run("staff", "show", "bob").rows)
    assert run("staff", "show", "bob", "--json").json[0]["status"] == "active"


@pytest.mark.parametrize(
    ("login", "day", "code"), [("bob", "2001-01-01", 2), ("bob", "soon", 2), ("owner", "2099-12-31", 1), ("no", "2099-12-31", 2)]
)
def test_a_day_that_cannot_be_is_refused(staffed: Founded, run: Run, login: str, day: str, code: int) -> None:
    """In a line, and nothing is planned."""
    assert run("staff", "leave", login, "--on", day).code == code
    assert not staffed.log("staff.leave.plan")


def test_what_was_never_planned_is_not_taken_back(staffed: Founded, run: Run) -> None:
    """It is said that nothing changed."""
    assert run("staff", "leave", "bob", "--on", "never").code == 1


def test_a_new_code_voids_the_one_before(staffed: Founded, run: Run) -> None:
    """The code is printed, and stands nowhere else."""
    staffed.person("ann", status="invited")
    first, second = (run("staff", "code", "ann").rows[0][1] for _time in range(2))
    assert first != second
    assert run("activate", "ann", stdin=f"{first}\nseven grey herons over wet fields\n").code == 1
    assert run("activate", "ann", stdin=f"{second}\nseven grey herons over wet fields\n").code == 0


@pytest.mark.parametrize("path", ["Operations", "运营部", "operations", " 运营部 "])
def test_a_department_is_found_in_either_language(staffed: Founded, run: Run, path: str) -> None:
    """And said in the language in force."""
    assert run("staff", "move", "bob", path, "--json").json == [{"login": "bob", "department": "Operations"}]
    assert run("staff", "move", "bob", "/", "--json").json == [{"login": "bob", "department": ""}]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("freeze", "owner"), 1),
        (("leave", "owner"), 1),
        (("unfreeze", "bob"), 1),
        (("code", "bob"), 1),
        (("reinstate", "bob"), 1),
        (("freeze", "nobody"), 2),
        (("show", "nobody"), 2),
        (("move", "bob", "Nowhere"), 2),
        (("move", "bob", ""), 2),
    ],
)
def test_what_cannot_be_done_is_told_in_a_line(staffed: Founded, run: Run, words: tuple[str, ...], code: int) -> None:
    """Refused: 1; there is no such thing: 2."""
    ran = run("staff", *words)
    assert (ran.code, ran.out, ran.err.count("\n")) == (code, "", 1)


def test_the_shops_language_is_spoken_where_the_environment_asks_for_none(
    staffed: Founded, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The environment's counts before it: nobody at the console has chosen one in the shop."""
    from models.operations import shop as operations
    from models.queries import shop as queries

    known = queries.current()
    operations.edit(CONSOLE, known.version, name=known.name, code=known.code, language="zh", zone=known.zone)
    assert "没有" in run("staff", "show", "nobody").err
    monkeypatch.setenv("LANG", "en_GB.UTF-8")
    assert "nobody" in run("staff", "show", "nobody").err
    assert "没有" not in run("staff", "show", "nobody").err
