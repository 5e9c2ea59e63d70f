"""Reading roles, and what changing one would change for whom."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from models import clock, db, i18n
from models.errors import NotAllowed, OutOfReach, OwnerOnly, OwnRole, SessionEnded, Unknown, UntilTooLate
from models.operations import roles as operations, sessions, staff
from models.queries import access, roles
from tests.factories import DAY, Founded


@dataclass
class Change:
    """What saving would change for one person."""

    gained: set[str]
    lost: set[str]


def affected(shop: Founded, role: str, *codes: str) -> dict[str, Change]:
    """By login."""
    found = roles.affected(shop.owner, shop.role_id(role), codes)
    return {each.login: Change(set(each.gained), set(each.lost)) for each in found}


def test_roles_are_listed_with_how_much_is_in_them_and_how_many_hold_them(little_shop: Founded) -> None:
    """Presets in the catalogue's order, then the shop's own by name; who left or whose day is over holds nothing."""
    now = clock.now()
    operations.add(little_shop.owner, "zebra", [])
    operations.add(little_shop.owner, "Apples", ["goods.price.edit"])
    little_shop.person("bob", gave=["design"], until=now + DAY)
    little_shop.person("carol", gave=["design"], status="invited")
    little_shop.person("dan", gave=["design"])
    staff.leave(little_shop.owner, little_shop.id_of("dan"))
    rows = roles.listed(little_shop.owner)
    assert rows[0].label == "Customer service"
    assert [row.label for row in rows][-3:] == ["Manager", "Apples", "zebra"]
    by_key = {row.key: row for row in rows}
    assert by_key["Apples"][3:8] == (False, 2, 1, True, 0)
    assert by_key["zebra"][3:8] == (False, 0, 0, False, 0)
    assert by_key["service_lead"][3:8] == (True, 14, 1, False, 0)
    assert by_key["design"].holders == 2
    clock.set_clock(lambda: now + 2 * DAY)
    assert next(row.holders for row in roles.listed(little_shop.console) if row.key == "design") == 1


def test_one_role_is_read_as_it_is_listed(little_shop: Founded) -> None:
    """Each of them, with what is in it in the catalogue's order."""
    little_shop.person("bob", gave=["manager"])
    for row in roles.listed(little_shop.owner):
        shown = roles.detail(little_shop.owner, row.id)
        assert shown.row == row
        assert len(shown.permissions) == row.permissions
        assert len(shown.holders) == row.holders
    assert roles.detail(little_shop.owner, little_shop.role_id("design")).permissions == (
        "goods.view",
        "goods.edit",
        "decor.edit",
        "decor.publish",
    )


def test_holders_are_named_with_since_until_and_by_whom(little_shop: Founded) -> None:
    """In the order of their logins."""
    until = clock.now() + DAY
    little_shop.person("carol", gave=["design"], by=little_shop.owner)
    little_shop.person("bob", gave=["design"], until=until, status="invited")
    bob, carol = roles.detail(little_shop.owner, little_shop.role_id("design")).holders
    assert (bob.login, bob.status, bob.until, bob.by) == ("bob", "invited", until, "console:tester")
    assert (carol.login, carol.name, carol.until, carol.by) == ("carol", "Carol", None, "owner")
    assert bob.since <= carol.since + DAY


@pytest.mark.parametrize("name", ["service_lead", "Service lead", "客服主管", "SERVICE  LEAD"])
def test_a_role_is_found_by_its_code_and_its_names(little_shop: Founded, name: str) -> None:
    """In either language, whichever is in force."""
    assert roles.find(name).key == "service_lead"
    with pytest.raises(Unknown):
        roles.find("nobody")
    i18n.install("zh")
    try:
        assert roles.find(name).label == "客服主管"
    finally:
        i18n.install("en")


def test_saving_changes_what_each_holder_could_do_and_nothing_else(little_shop: Founded) -> None:
    """What another grant gives as well, nobody loses; what the post cuts, nobody gains."""
    little_shop.person("bob", gave=["design"])
    little_shop.person("carol", gave=["design"], extras=["goods.edit"], status="invited")
    little_shop.person("dan", gave=["design"], post="service")
    little_shop.person("eve", gave=["operations"])
    found = affected(little_shop, "design", "goods.view", "decor.publish", "goods.price.edit", "rate.reply")
    assert found["bob"] == Change({"goods.price.edit", "rate.reply"}, {"goods.edit"})
    assert found["carol"] == Change({"goods.price.edit", "rate.reply"}, set())
    assert found["dan"] == Change({"rate.reply"}, set())
    assert "eve" not in found


def test_who_keeps_what_they_could_do_is_left_out(little_shop: Founded) -> None:
    """Frozen people are judged as if they were active; who left is not there."""
    little_shop.person("bob", gave=["design", "operations"])
    little_shop.person("carol", gave=["design"])
    little_shop.person("gone", gave=["design"])
    staff.freeze(little_shop.owner, little_shop.id_of("carol"))
    staff.leave(little_shop.owner, little_shop.id_of("gone"))
    assert affected(little_shop, "design", "decor.publish", "goods.edit") == {}
    assert affected(little_shop, "design", "decor.publish") == {"carol": Change(set(), {"goods.view", "goods.edit"})}
    assert set(affected(little_shop, "design")) == {"bob", "carol"}


def test_what_was_foretold_is_what_happens(little_shop: Founded) -> None:
    """Judged after saving by the one function that judges."""
    for number, post in enumerate(("operations", "service", "operations")):
        little_shop.person(f"p{number}", gave=["operations", "warehouse"][number % 2 :], post=post, extras=["goods.shelf"] * (number == 2))
    role, wanted = little_shop.role_id("warehouse"), ["goods.view", "refund.approve", "goods.cost.view"]
    before = {login: granted(little_shop, login) for login in ("p0", "p1", "p2")}
    foretold = affected(little_shop, "warehouse", *wanted)
    operations.edit(little_shop.owner, role, None, codes=wanted)
    after = {login: granted(little_shop, login) for login in before}
    changed = {login for login in before if before[login] != after[login]}
    assert foretold == {login: Change(after[login] - before[login], before[login] - after[login]) for login in changed}


def granted(shop: Founded, login: str) -> set[str]:
    """What a person may do."""
    return {code for code, verdict in access.of(shop.owner, shop.id_of(login)).items() if verdict.granted}


def test_a_role_says_beforehand_what_the_operation_would_say(little_shop: Founded) -> None:
    """To the owner nothing but what is the owner's alone; to others what they lack."""
    design = little_shop.role_id("design")
    editing = roles.editing(little_shop.owner, design)
    assert editing.refusal is None
    assert {type(refusal) for refusal in editing.barred.values()} == {OwnerOnly}
    dan = little_shop.person("dan", extras=["org.role.manage", "goods.view"])
    shown = roles.editing(dan, design)
    assert isinstance(shown.refusal, OutOfReach)
    assert shown.refusal.permission == "goods.edit"
    assert set(shown.barred) == set(access.of(little_shop.owner, little_shop.id_of("dan"))) - {
        "org.role.manage",
        "staff.view",
        "goods.view",
    }


def test_a_role_one_holds_or_may_not_change_says_so(little_shop: Founded) -> None:
    """And what one holds until a day cannot go into any."""
    made = operations.add(little_shop.owner, "Looks", ["goods.view"])
    eve = little_shop.person("eve", extras=["staff.view"])
    assert isinstance(roles.editing(eve, made).refusal, NotAllowed)
    dan = little_shop.person("dan", gave=["Looks"], extras=["org.role.manage"])
    assert isinstance(roles.editing(dan, made).refusal, OwnRole)
    bob = little_shop.person("bob", extras=["org.role.manage", "goods.view"], until=clock.now() + DAY)
    shown = roles.editing(bob, made)
    assert shown.refusal is None
    assert isinstance(shown.barred["goods.view"], UntilTooLate)


def test_reading_roles_takes_a_permission_and_a_session(little_shop: Founded) -> None:
    """All of it."""
    bob, carol = little_shop.person("bob"), little_shop.person("carol", extras=["staff.view"])
    reads = (
        roles.listed,
        lambda actor: roles.detail(actor, 1),
        lambda actor: roles.editing(actor, 1),
        lambda actor: roles.affected(actor, 1, []),
    )
    for read in reads:
        with pytest.raises(NotAllowed):
            read(bob)
        read(carol)
    sessions.sign_out(carol)
    for read in reads:
        with pytest.raises(SessionEnded):
            read(carol)


def test_a_permission_that_the_catalogue_no_longer_has_counts_and_gives_nothing(little_shop: Founded) -> None:
    """It is shown, so that somebody can take it out."""
    design = little_shop.role_id("design")
    db.write_many("INSERT INTO role_permission (role_id, permission) VALUES (?, ?)", [(design, "goods.gone")])
    shown = roles.detail(little_shop.owner, design)
    assert (shown.row.permissions, shown.permissions[-1]) == (5, "goods.gone")
