"""Changing the tree: each refusal, each entry, and nothing changed where it was refused."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from models import db, i18n
from models.actor import Actor
from models.errors import (
    DepartmentInside,
    DepartmentOccupied,
    Invalid,
    NotAllowed,
    NothingChanged,
    SessionEnded,
    ShopstaffError,
    Stale,
    Taken,
    Unknown,
    WrongStatus,
)
from models.operations import departments, roles, sessions, staff
from models.queries import departments as queries
from models.rules.departments import MAX_DEPTH
from models.tables import Department
from tests.factories import Founded

TREE = "SELECT id, version, parent_id, preset, name, position, head_id, closed_at FROM department ORDER BY id"


def row(label: str, shop: Founded) -> queries.DepartmentRow:
    """An open department by what it is called."""
    return next(row for row in queries.tree(shop.owner).rows if row.label == label)


def order(shop: Founded, parent: str | None = None) -> list[str]:
    """What stands below a department, from top to bottom."""
    above = row(parent, shop).id if parent else None
    return [each.label for each in queries.tree(shop.owner).rows if each.parent_id == above]


def last_entry() -> tuple[str, str, str, dict[str, object], dict[str, object]]:
    """Who did what to what, with old and new values."""
    found = db.row("SELECT actor, action, object_label, old, new FROM audit_entry ORDER BY seq DESC LIMIT 1")
    assert found is not None
    actor, action, label, old, new = found
    return actor, action, label, json.loads(old or "{}"), json.loads(new or "{}")


def refused(act: Callable[[], object], kind: type[ShopstaffError]) -> ShopstaffError:
    """The refusal of an act that changed nothing."""
    before = db.rows(TREE)
    with pytest.raises(kind) as found:
        act()
    assert db.rows(TREE) == before
    return found.value


def test_a_new_department_stands_last_below_its_parent(little_shop: Founded) -> None:
    """And the entry names its place."""
    service = row("Customer service", little_shop)
    for name in ("Days", "Nights"):
        made = departments.add(little_shop.owner, name, service.id)
        assert last_entry() == ("owner", "department.add", name, {}, {"parent": service.id})
        assert queries.detail(little_shop.owner, made).path == f"Customer service/{name}"
    departments.add(little_shop.owner, "Photo")
    assert order(little_shop, "Customer service") == ["Days", "Nights"]
    assert order(little_shop)[-1] == "Photo"
    assert last_entry()[4] == {"parent": None}


@pytest.mark.parametrize("name", ["Operations", "OPERATIONS", "  operations ", "运营部", "Ｏｐｅｒａｔｉｏｎｓ"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_sibling_has_its_name_in_both_languages(little_shop: Founded, name: str, language: i18n.Language) -> None:
    """Whoever reads the tree in the other language would see two of them."""
    i18n.install(language)
    try:
        error = refused(lambda: departments.add(little_shop.owner, name), Taken)
        assert isinstance(error, Taken)
        assert error.field == "name"
    finally:
        i18n.install("en")


def test_elsewhere_in_the_tree_the_same_name_may_stand_again(little_shop: Founded) -> None:
    """Two night shifts are told apart by their paths; one that was closed does not count."""
    first, second = row("Operations", little_shop), row("Warehouse", little_shop)
    departments.add(little_shop.owner, "Nights", first.id)
    again = departments.add(little_shop.owner, "Nights", second.id)
    departments.close(little_shop.owner, again, 1)
    departments.add(little_shop.owner, "Nights", second.id)
    assert order(little_shop, "Warehouse") == ["Nights"]


def test_departments_go_six_levels_deep(little_shop: Founded) -> None:
    """By adding, and by moving what has departments of its own."""
    parent: int | None = None
    for level in range(MAX_DEPTH):
        parent = departments.add(little_shop.owner, f"Level {level}", parent)
    error = refused(lambda: departments.add(little_shop.owner, "Too deep", parent), Invalid)
    assert isinstance(error, Invalid)
    assert error.field == "parent"
    pair = departments.add(little_shop.owner, "Pair")
    departments.add(little_shop.owner, "Inside", pair)
    fifth = row("Level 4", little_shop).id
    refused(lambda: departments.move(little_shop.owner, pair, 1, fifth), Invalid)
    departments.move(little_shop.owner, pair, 1, row("Level 3", little_shop).id)
    assert row("Inside", little_shop).depth == MAX_DEPTH - 1


def test_a_preset_department_has_one_name_once_it_was_renamed(little_shop: Founded) -> None:
    """Until then its own label, typed again, changes nothing: the other language would lose its own."""
    service = row("Customer service", little_shop)
    refused(lambda: departments.rename(little_shop.owner, service.id, service.version, "Customer service"), NothingChanged)
    assert row("Customer service", little_shop).also == "客服部"
    departments.rename(little_shop.owner, service.id, service.version, "Care")
    assert last_entry() == ("owner", "department.rename", "Care", {"name": "Customer service"}, {"name": "Care"})
    i18n.install("zh")
    try:
        assert row("Care", little_shop).also == ""
    finally:
        i18n.install("en")


def test_a_rename_is_refused_like_a_new_name(little_shop: Founded) -> None:
    """Taken, hostile, too long, a path; in another case it is the same department's own."""
    service = row("Customer service", little_shop)
    for name, kind in {"运营部": Taken, "a/b": Invalid, "": Invalid, "x" * 31: Invalid, "al\u202eice": Invalid}.items():
        refused(lambda name=name: departments.rename(little_shop.owner, service.id, service.version, name), kind)  # type: ignore[misc]  # of the loop
    departments.rename(little_shop.owner, service.id, service.version, "CUSTOMER SERVICE")
    assert row("CUSTOMER SERVICE", little_shop).id == service.id


def test_the_second_to_save_is_told_and_overwrites_nothing(little_shop: Founded) -> None:
    """Whatever both of them were about: name, place, head, end."""
    service = row("Customer service", little_shop)
    departments.rename(little_shop.owner, service.id, service.version, "Care")
    owner_id = little_shop.owner.staff_id
    for act in (
        lambda: departments.rename(little_shop.owner, service.id, service.version, "Help"),
        lambda: departments.move(little_shop.owner, service.id, service.version, row("Finance", little_shop).id),
        lambda: departments.set_head(little_shop.owner, service.id, service.version, owner_id),
        lambda: departments.close(little_shop.owner, service.id, service.version),
    ):
        assert "Care" in str(refused(act, Stale))


def test_a_department_moves_with_all_below_it_and_stands_last_there(little_shop: Founded) -> None:
    """The entry says from where to where."""
    service, finance = row("Customer service", little_shop), row("Finance", little_shop)
    nights = departments.add(little_shop.owner, "Nights", service.id)
    departments.add(little_shop.owner, "Books", finance.id)
    departments.move(little_shop.owner, service.id, service.version, finance.id)
    assert order(little_shop, "Finance") == ["Books", "Customer service"]
    assert queries.detail(little_shop.owner, nights).path == "Finance/Customer service/Nights"
    assert last_entry() == ("owner", "department.move", "Customer service", {"parent": None}, {"parent": finance.id})
    departments.move(little_shop.owner, service.id, service.version + 1, None)
    assert order(little_shop)[-1] == "Customer service"


def test_a_department_never_moves_into_itself(little_shop: Founded) -> None:
    """Nor below itself, nor to where it is, nor to what was closed or never was, nor beside a namesake."""
    service, finance = row("Customer service", little_shop), row("Finance", little_shop)
    nights = departments.add(little_shop.owner, "Nights", service.id)
    gone = departments.add(little_shop.owner, "Gone")
    departments.close(little_shop.owner, gone, 1)
    departments.add(little_shop.owner, "客服部", finance.id)
    for target, kind in (
        (service.id, DepartmentInside),
        (nights, DepartmentInside),
        (None, NothingChanged),
        (gone, Unknown),
        (999, Unknown),
    ):
        refused(lambda target=target: departments.move(little_shop.owner, service.id, service.version, target), kind)  # type: ignore[misc]  # of the loop
    refused(lambda: departments.move(little_shop.owner, service.id, service.version, finance.id), Taken)


def test_places_are_exchanged_one_step_at_a_time(little_shop: Founded) -> None:
    """The first does not go up and the last not down; the entry counts places from 1."""
    finance = row("Finance", little_shop)
    refused(lambda: departments.reorder(little_shop.owner, finance.id, 1), NothingChanged)
    departments.reorder(little_shop.owner, finance.id, -1)
    assert order(little_shop) == ["Customer service", "Operations", "Finance", "Warehouse"]
    assert last_entry() == ("owner", "department.reorder", "Finance", {"place": 4}, {"place": 3})
    for _time in range(2):
        departments.reorder(little_shop.owner, finance.id, -1)
    refused(lambda: departments.reorder(little_shop.owner, finance.id, -1), NothingChanged)
    assert order(little_shop)[0] == "Finance"


def test_being_head_grants_nothing(little_shop: Founded) -> None:
    """A head sees and does no more than before; the entry names both heads."""
    service = row("Customer service", little_shop)
    bob = little_shop.person("bob", post="service", gave=["customer_service"], department_id=service.id)
    departments.set_head(little_shop.owner, service.id, service.version, bob.staff_id)
    assert last_entry() == ("owner", "department.head", "Customer service", {"head": None}, {"head": "bob"})
    assert row("Customer service", little_shop).head == "Bob"
    refused(lambda: departments.add(bob, "Mine", service.id), NotAllowed)
    with pytest.raises(NotAllowed):
        queries.tree(bob)
    departments.set_head(little_shop.owner, service.id, service.version + 1, None)
    assert last_entry()[3:] == ({"head": "bob"}, {"head": None})


def test_only_somebody_who_works_here_is_head(little_shop: Founded) -> None:
    """Who left is none, and stops being one by leaving."""
    service = row("Customer service", little_shop)
    bob = little_shop.person("bob", post="service")
    departments.set_head(little_shop.owner, service.id, service.version, bob.staff_id)
    refused(lambda: departments.set_head(little_shop.owner, service.id, service.version + 1, bob.staff_id), NothingChanged)
    staff.leave(little_shop.owner, little_shop.id_of("bob"))
    assert row("Customer service", little_shop).head == ""
    version = row("Customer service", little_shop).version
    refused(lambda: departments.set_head(little_shop.owner, service.id, version, bob.staff_id), WrongStatus)
    refused(lambda: departments.set_head(little_shop.owner, service.id, version, 999), Unknown)


def test_a_department_with_people_or_departments_is_not_closed(little_shop: Founded) -> None:
    """The refusal names everybody in the way; who left is not, and once it is empty it closes, never to be deleted."""
    service = row("Customer service", little_shop)
    nights = departments.add(little_shop.owner, "Nights", service.id)
    little_shop.person("bob", name="Bob Zhao", department_id=service.id, status="invited")
    little_shop.person("carol", name="Carol Li", department_id=service.id)
    error = refused(lambda: departments.close(little_shop.owner, service.id, service.version), DepartmentOccupied)
    assert isinstance(error, DepartmentOccupied)
    assert (error.people, error.departments) == (("Bob Zhao", "Carol Li"), ("Nights",))
    departments.close(little_shop.owner, nights, 1)
    staff.leave(little_shop.owner, little_shop.id_of("bob"))
    staff.move(little_shop.owner, little_shop.id_of("carol"), None)
    departments.close(little_shop.owner, service.id, service.version)
    assert last_entry() == ("owner", "department.close", "Customer service", {}, {})
    assert Department.get_by_id(service.id).closed_at is not None
    assert "Customer service" not in order(little_shop)


def test_what_was_closed_takes_nothing_in_and_changes_no_more(little_shop: Founded) -> None:
    """Nobody is moved there, nothing is added below, and it has no new name."""
    gone = departments.add(little_shop.owner, "Gone")
    bob = little_shop.person("bob")
    departments.close(little_shop.owner, gone, 1)
    for act in (
        lambda: departments.add(little_shop.owner, "Below", gone),
        lambda: departments.rename(little_shop.owner, gone, 2, "Again"),
        lambda: departments.reorder(little_shop.owner, gone, -1),
        lambda: departments.set_head(little_shop.owner, gone, 2, bob.staff_id),
        lambda: departments.close(little_shop.owner, gone, 2),
        lambda: staff.move(little_shop.owner, little_shop.id_of("bob"), gone),
    ):
        refused(act, Unknown)
    assert db.row("SELECT department_id FROM staff WHERE login = 'bob'") == (None,)


def test_the_log_keeps_a_department_from_being_deleted(little_shop: Founded) -> None:
    """Not even the tables let go of one that people are in or that others stand below."""
    service = row("Customer service", little_shop)
    little_shop.person("bob", department_id=service.id)
    with pytest.raises(Exception, match="FOREIGN KEY"):
        Department.delete().where(Department.id == service.id).execute()


def every_act(actor: Actor, shop: Founded) -> list[Callable[[], object]]:
    """Every operation on departments, as `actor` would do it."""
    service = row("Customer service", shop)
    return [
        lambda: departments.add(actor, "New", None),
        lambda: departments.rename(actor, service.id, service.version, "Other"),
        lambda: departments.move(actor, service.id, service.version, row("Finance", shop).id),
        lambda: departments.reorder(actor, service.id, 1),
        lambda: departments.set_head(actor, service.id, service.version, None),
        lambda: departments.close(actor, service.id, service.version),
    ]


def test_without_the_permission_every_act_is_refused_and_in_the_log(little_shop: Founded) -> None:
    """The entry says who, what and what was missing."""
    dan = little_shop.person("dan", extras=["staff.view"])
    tried = []
    for act in every_act(dan, little_shop):
        refused(act, NotAllowed)
        actor, action, _label, _old, new = last_entry()
        assert (actor, action, new["permission"]) == ("dan", "act.refuse", "org.department.manage")
        tried.append(new["act"])
    assert tried == [f"department.{verb}" for verb in ("add", "rename", "move", "reorder", "head", "close")]


def test_the_permission_alone_is_enough_for_the_tree_and_not_for_people(little_shop: Founded) -> None:
    """Who may change the tree moves nobody in it."""
    dan = little_shop.person("dan", extras=["org.department.manage"])
    service = row("Customer service", little_shop)
    departments.rename(dan, service.id, service.version, "Care")
    assert last_entry()[0] == "dan"
    with pytest.raises(NotAllowed):
        staff.move_many(dan, [little_shop.owner.staff_id or 0], service.id)


def test_a_permission_that_ended_a_moment_ago_is_none(little_shop: Founded) -> None:
    """Taking the role away, or ending the session, counts from the next act on."""
    dan = little_shop.person("dan", extras=["org.department.manage"])
    departments.add(dan, "One")
    sessions.sign_out(dan)
    refused(lambda: departments.add(dan, "Two"), SessionEnded)


def test_in_a_bulk_move_everybody_who_stays_is_named_with_the_reason(little_shop: Founded) -> None:
    """The mover, the owner, and whoever reaches further than the mover; where somebody is nobody at all, none moves."""
    service, nights = row("Customer service", little_shop).id, departments.add(little_shop.owner, "Nights")
    roles.add(little_shop.owner, "Mover", ["staff.manage", "org.department.manage"])
    dan = little_shop.person("dan", gave=["Mover"], department_id=service)
    for login, gave in {"bob": [], "carol": ["manager"]}.items():
        little_shop.person(login, gave=gave, department_id=service)
    wanted = [little_shop.id_of(login) for login in ("bob", "carol", "dan", "owner")]
    for people, target in (([*wanted, 999], nights), (wanted, 999)):
        with pytest.raises(Unknown):
            staff.move_many(dan, people, target)
    bulk = staff.move_many(dan, wanted, nights)
    assert (bulk.done, [who for who, _why in bulk.skipped]) == (1, ["carol", "dan", "owner"])
    assert all(why for _who, why in bulk.skipped)
    assert {login for (login,) in db.rows("SELECT login FROM staff WHERE department_id = ?", (nights,))} == {"bob"}
    assert [entry[1:] for entry in little_shop.log("staff.move", "act.refuse")] == [
        ("staff.move", "bob"), ("act.refuse", "carol"), ("act.refuse", "dan"), ("act.refuse", "owner"),
    ]  # fmt: skip
    with pytest.raises(NothingChanged):
        staff.move_many(little_shop.owner, [little_shop.id_of("bob")], nights)
