"""`role …` and `extra …`."""

from __future__ import annotations

from typing import Any

import pytest

from tests.factories import Founded
from tests.tui.cli.conftest import Run


def held(run: Run, login: str) -> dict[str, Any]:
    """What a person was given: the roles' and the extras' names, with their ends."""
    (person,) = run("staff", "show", login, "--json").json
    return {each.get("role") or each["permission"]: each["until"] for each in (*person["roles"], *person["extras"])}


def test_an_extra_brings_what_it_needs_and_says_so(staffed: Founded, run: Run) -> None:
    """A line a permission that was given; the day is the last, in the shop's time zone."""
    staffed.person("ann")
    ran = run("extra", "grant", "refund.approve", "ann", "--until", "2099-12-31")
    end = "2099-12-31T15:59:59.999999Z"
    assert ran.rows == [["ann", code, end] for code in ("trade.order.view", "refund.view", "refund.approve")]
    assert held(run, "ann") == {"trade.order.view": end, "refund.view": end, "refund.approve": end}


def test_an_extra_that_is_taken_takes_what_needs_it(staffed: Founded, run: Run) -> None:
    """And says what went."""
    staffed.person("ann", extras=("refund.approve",))
    assert run("extra", "revoke", "refund.view", "ann").rows == [["ann", "refund.view"], ["ann", "refund.approve"]]
    assert held(run, "ann") == {"trade.order.view": None}


@pytest.mark.parametrize("name", ["service_lead", "Service lead", "客服主管", "SERVICE LEAD"])
def test_a_role_is_found_by_code_and_by_its_name_in_either_language(staffed: Founded, run: Run, name: str) -> None:
    """Given until a day, then without end, then taken."""
    assert run("role", "grant", name, "bob", "--until", "2099-12-31").rows == [["bob", "service_lead", "2099-12-31T15:59:59.999999Z"]]
    assert run("role", "grant", name, "bob", "--json").json == [{"login": "bob", "role": "service_lead", "until": None}]
    assert held(run, "bob")["service_lead"] is None
    assert run("role", "revoke", name, "bob").rows == [["bob", "service_lead"]]
    assert held(run, "bob") == {"customer_service": None}


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("extra", "grant", "finance.withdraw", "bob"), 1),
        (("extra", "grant", "goods.view", "owner"), 1),
        (("extra", "grant", "goods.nonsense", "bob"), 2),
        (("extra", "grant", "goods.view", "nobody"), 2),
        (("extra", "grant", "refund.approve", "bob", "--until", "2001-01-01"), 2),
        (("extra", "grant", "refund.approve", "bob", "--until", "tomorrow"), 2),
        (("extra", "revoke", "refund.approve", "bob"), 1),
        (("extra", "revoke", "goods.nonsense", "bob"), 2),
        (("role", "grant", "customer_service", "bob"), 1),
        (("role", "grant", "nonsense", "bob"), 2),
        (("role", "revoke", "manager", "bob"), 1),
        (("role", "show", "nonsense"), 2),
        (("role", "set", "manager", "finance.withdraw"), 1),
        (("role", "set", "Host", "goods.nonsense"), 2),
        (("role", "set", " ", "goods.view"), 2),
    ],
    ids=str,
)
def test_what_cannot_be_given_or_taken_changes_nothing(staffed: Founded, run: Run, words: tuple[str, ...], code: int) -> None:
    """One line; refused is 1, unknown or wrong is 2."""
    before = (held(run, "bob"), run("role", "list").out)
    ran = run(*words)
    assert (ran.code, ran.out, ran.err.count("\n")) == (code, "", 1)
    assert (held(run, "bob"), run("role", "list").out) == before


def test_a_role_is_made_with_what_its_permissions_need(staffed: Founded, run: Run) -> None:
    """Said beside each, in the catalogue's order."""
    ran = run("role", "set", "直播", "chat.offline.claim", "goods.create")
    assert ran.rows == [
        ["直播", "goods.view", "needed by goods.create"],
        ["直播", "goods.create", "asked for"],
        ["直播", "chat.receive", "needed by chat.offline.claim"],
        ["直播", "chat.offline.claim", "asked for"],
    ]
    (role,) = run("role", "show", "直播", "--json").json
    assert role == {
        "role": "直播",
        "name": "直播",
        "preset": False,
        "permissions": ["goods.view", "goods.create", "chat.receive", "chat.offline.claim"],
        "holders": [],
    }


def test_what_is_in_a_role_is_replaced(staffed: Founded, run: Run) -> None:
    """A preset one by its name in either language; the same again changes nothing and is refused."""
    assert run("role", "set", "客服", "goods.view").rows == [["customer_service", "goods.view", "asked for"]]
    assert run("role", "show", "customer_service").rows == [["goods.view", "View goods", "low"]]
    assert run("role", "set", "customer_service", "goods.view").code == 1
    assert run("check", "bob", "chat.receive").code == 1


def test_roles_are_listed_with_how_much_they_hold(staffed: Founded, run: Run) -> None:
    """In JSON with what, and who."""
    rows = {row[0]: row[1:] for row in run("role", "list").rows}
    assert rows["customer_service"] == ["Customer service", "yes", "8", "1"]
    roles = {role["role"]: role for role in run("role", "list", "--json").json}
    assert roles["manager"]["holders"] == ["mia"]
    assert len(roles["customer_service"]["permissions"]) == 8
