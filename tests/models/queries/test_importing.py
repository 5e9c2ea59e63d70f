"""Every row of a file judged against the shop."""

from __future__ import annotations

from typing import Any

import pytest

from models import clock, db, i18n
from models.errors import NotAllowed, SessionEnded
from models.operations import departments, roles, sessions, staff
from models.queries import importing
from models.queries.importing import examine
from models.rules.delegation import grantable
from models.rules.departments import MAX_DEPTH
from models.tables import Department, Shop, Staff
from tests.factories import DAY, Founded, seats
from tests.rosters import roster_of
from tui.language import speak


def problems(shop: Founded, *rows: dict[str, str]) -> list[list[tuple[str, str]]]:
    """What the owner is told about each row."""
    return [[(column, message) for column, message in each.row.problems] for each in examine(shop.owner, roster_of(*rows)).rows]


def test_a_good_row_knows_what_it_will_give(little_shop: Founded) -> None:
    """Roles by code or by name in either language, each once; extras by code; all until the same moment."""
    row = {"roles": "customer_service;客服主管;Customer service", "extras": "goods.price.edit", "until": "2099-12-31"}
    ((_row, roles_given, extras_given),) = examine(little_shop.owner, roster_of(row)).rows
    until = clock.end_of_day("2099-12-31", "Asia/Shanghai")
    assert [gift.role_id for gift in roles_given] == [little_shop.role_id("customer_service"), little_shop.role_id("service_lead")]
    assert {gift.until for gift in roles_given} == {gift.until for gift in extras_given} == {until}
    assert [gift.permission for gift in extras_given] == ["goods.price.edit"]


def test_a_login_that_anybody_ever_had_is_taken(little_shop: Founded) -> None:
    """The owner's, somebody's who is here, somebody's who left, in any case."""
    little_shop.person("bob")
    little_shop.person("gone")
    staff.leave(little_shop.owner, little_shop.id_of("gone"))
    rows = [{"login": login} for login in ("owner", "BOB", "gone", "new")]
    said = problems(little_shop, *rows)
    assert said == [[("login", "“owner” is taken.")], [("login", "“bob” is taken.")], [("login", "“gone” is taken.")], []]


def test_the_files_own_problems_stay_beside_the_shops(little_shop: Founded) -> None:
    """A row is told everything that is wrong with it at once; what was read stays as it was read."""
    roster = roster_of({"login": "owner", "phone": "x", "roles": "nobody knows"})
    (examined,) = examine(little_shop.owner, roster).rows
    assert [problem.column for problem in examined.row.problems] == ["phone", "roles", "login"]
    assert [problem.column for problem in roster.rows[0].problems] == ["phone"]
    assert not examined.good


def test_a_role_that_is_not_there_is_named(little_shop: Founded) -> None:
    """Unknown, closed, or renamed; the others in the cell do not hide it."""
    own = roles.add(little_shop.owner, "Night watch", ["chat.receive"])
    roles.close(little_shop.owner, own, None)
    roles.edit(little_shop.owner, little_shop.role_id("finance"), None, name="Books")
    said = problems(
        little_shop, {"roles": "customer_service;wizard"}, {"roles": "Night watch"}, {"roles": "Finance"}, {"roles": "books;finance"}
    )
    assert said == [
        [("roles", "There is no role “wizard”.")],
        [("roles", "There is no role “Night watch”.")],
        [],
        [],
    ]


def test_nobody_gives_by_file_what_they_do_not_hold(little_shop: Founded) -> None:
    """Through a role, through an extra, through what an extra needs; the refusal names the permission."""
    lead = little_shop.person("lead", extras=["staff.manage", "chat.receive", "data.overview.view"])
    rows = [{"roles": "customer_service"}, {"extras": "chat.receive"}, {"extras": "goods.price.edit"}, {"extras": "chat.offline.claim"}]
    said = [[*map(tuple, each.row.problems)] for each in examine(lead, roster_of(*rows)).rows]
    assert [len(each) for each in said] == [1, 0, 1, 1]
    assert said[0] == [("roles", "This reaches further than your own access: “View goods” is in the way.")]
    assert said[2] == [("extras", "This reaches further than your own access: “View goods” is in the way.")]
    assert "Claim" in said[3][0][1] or "offline" in said[3][0][1].casefold()


def test_nobody_gives_by_file_for_longer_than_they_hold_it(little_shop: Founded) -> None:
    """Without an end, and with one that is later; until the same day is right."""
    end = clock.end_of_day("2099-06-30", "Asia/Shanghai")
    lead = little_shop.person("lead", extras=["staff.manage"], gave=[])
    little_shop.person("other", extras=["staff.manage", "chat.receive"], until=end)
    other = Staff.get(Staff.login == "other")
    actor = lead._replace(name="other", staff_id=other.id, session_id=_session_of("other"))
    rows = [{"extras": "chat.receive", "until": until} for until in ("", "2099-07-01", "2099-06-30")]
    said = [[*map(tuple, each.row.problems)] for each in examine(actor, roster_of(*rows)).rows]
    wrong = [("until", "You hold “Receive chats” yourself only until an earlier date.")]
    assert said == [wrong, wrong, []]


def _session_of(login: str) -> int:
    found = db.row("SELECT e.id FROM session e JOIN staff s ON s.id = e.staff_id WHERE s.login = ?", (login,))
    assert found
    return int(found[0])


def test_an_end_that_passed_since_the_file_was_read_is_noticed(little_shop: Founded) -> None:
    """The file is read in the evening, and imported after midnight."""
    roster = roster_of({"roles": "customer_service", "until": "2099-12-31"}, {})
    clock.set_clock(lambda: clock.end_of_day("2100-01-01", "UTC"))
    assert [[*map(tuple, each.row.problems)] for each in examine(little_shop.owner, roster).rows] == [[("until", "That day is over.")], []]


def test_missing_departments_are_announced_once_and_only_for_good_rows(little_shop: Founded) -> None:
    """Those above before those below, however they are written; those that are there are found by their names in either language."""
    rows = [
        {"department": "客服部/夜班"},
        {"department": "Customer service / 夜班"},
        {"department": "customer service/夜班/Later"},
        {"department": "operations"},
        {"department": "Fresh/Fish"},
        {"department": "ＦＲＥＳＨ/fruit"},
        {"department": "Never", "roles": "wizard"},
        {"department": ""},
    ]
    found = examine(little_shop.owner, roster_of(*rows))
    assert ["/".join(path) for path in found.departments] == [
        "客服部/夜班",
        "customer service/夜班/Later",
        "Fresh",
        "Fresh/Fish",
        "ＦＲＥＳＨ/fruit",
    ]
    assert (found.good, found.bad) == (7, 1)
    assert found.rejected == (found.rows[6].row,)


def test_adding_departments_takes_the_right_to(little_shop: Founded) -> None:
    """Who may onboard but not build may use what is there."""
    bob = little_shop.person("bob", extras=["staff.manage"])
    rows = [{"department": "客服部"}, {"department": "客服部/夜班"}]
    said = [[*map(tuple, each.row.problems)] for each in examine(bob, roster_of(*rows)).rows]
    assert said == [[], [("department", "There is no department “客服部/夜班”, and adding one needs “Manage departments”.")]]


def test_a_closed_department_is_not_there(little_shop: Founded) -> None:
    """Its path would be added anew."""
    identity = departments.add(little_shop.owner, "Attic")
    departments.close(little_shop.owner, identity, Department.get_by_id(identity).version)
    assert examine(little_shop.owner, roster_of({"department": "Attic"})).departments == (("Attic",),)


def test_a_path_can_be_as_deep_as_the_tree_and_no_deeper(little_shop: Founded) -> None:
    """The shop itself does not count."""
    said = problems(little_shop, {"department": "/".join("abcdef")}, {"department": "/".join("abcdefg")})
    assert said[0] == []
    assert said[1][0][0] == "department"
    assert str(MAX_DEPTH) in said[1][0][1]


def test_where_seats_are_counted_the_rows_beyond_the_last_are_told(little_shop: Founded) -> None:
    """In the file's order; bad rows take no seat, and who left gave theirs back."""
    little_shop.person("bob")
    little_shop.person("gone")
    staff.leave(little_shop.owner, little_shop.id_of("gone"))
    Shop.update(seats_counted=True).execute()
    seats(3)
    said = problems(little_shop, {}, {"roles": "wizard"}, {}, {})
    assert [[column for column, _message in each] for each in said] == [[], ["roles"], [], [""]]
    assert said[3][0][1].startswith("No seat is free: 1 of 3 are taken.")


def test_a_post_that_cuts_what_is_given_is_no_problem_of_the_row(little_shop: Founded) -> None:
    """The post is a ceiling, not a mistake: access says what it takes away."""
    assert problems(little_shop, {"post": "service", "roles": "operations"}) == [[]]


def test_judging_a_file_takes_what_onboarding_takes(little_shop: Founded) -> None:
    """It would tell which logins there are; and a session that has ended reads nothing."""
    bob = little_shop.person("bob", gave=["auditor"])
    with pytest.raises(NotAllowed):
        examine(bob, roster_of({}))
    sessions.sign_out(little_shop.owner)
    with pytest.raises(SessionEnded):
        examine(little_shop.owner, roster_of({}))


def test_problems_are_said_in_the_readers_language(little_shop: Founded) -> None:
    """Every sentence there is."""
    bob = little_shop.person("bob", extras=["staff.manage"])
    speak("zh")
    try:
        said = [
            problem.message
            for each in examine(bob, roster_of({"department": "x", "roles": "wizard", "login": "bob"})).rows
            for problem in each.row.problems
        ]
    finally:
        i18n.install("en")
    assert len(said) == 3
    assert not [each for each in said if "There is" in each or "taken" in each]


def test_each_thing_that_rows_have_in_common_is_judged_once(little_shop: Founded, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten thousand rows with the same roles ask about them once."""
    asked = []

    def counted(*args: Any) -> None:
        asked.append(args)
        grantable(*args)

    monkeypatch.setattr(importing, "grantable", counted)
    assert examine(little_shop.owner, roster_of(*[{"roles": "customer_service", "department": "a/b"}] * 500)).bad == 0
    assert len(asked) == 1


def test_the_moment_of_an_end_is_the_last_of_its_day(little_shop: Founded) -> None:
    """As everywhere, in the shop's time zone."""
    ((_row, (gift,), _extras),) = examine(little_shop.owner, roster_of({"roles": "finance", "until": "2099-12-31"})).rows
    assert gift.until is not None
    assert clock.rfc3339(gift.until) == "2099-12-31T15:59:59.999999Z"
    assert gift.until - clock.now() > DAY
