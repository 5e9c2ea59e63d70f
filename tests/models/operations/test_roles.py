"""Making, changing and closing roles: who may, what comes along, and what the log says."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from models import clock, db, i18n
from models.actor import Actor
from models.catalogue import closure, permissions, preset_roles, with_needs
from models.errors import (
    Invalid,
    NotAllowed,
    NothingChanged,
    OutOfReach,
    OwnerOnly,
    OwnRole,
    RoleHeld,
    SessionEnded,
    ShopstaffError,
    Stale,
    Taken,
    Unknown,
    UntilTooLate,
)
from models.operations import grants, roles, sessions, staff
from models.operations.shop import NAME_LIMIT
from models.queries import access, roles as queries
from models.rules.grants import AccessChange, RoleGift
from models.tables import Role
from tests.factories import DAY, Founded
from tests.hostile import LITERAL, REFUSED

ROLES = "SELECT id, version, code, name, closed_at FROM role ORDER BY id"
CONTENT = "SELECT role_id, permission FROM role_permission ORDER BY role_id, permission"
OWNERS_ALONE = [code for code, permission in permissions().items() if permission.owner_only]


def codes_of(role_id: int, shop: Founded) -> set[str]:
    """What is in a role."""
    return set(queries.detail(shop.owner, role_id).permissions)


def version(role_id: int, shop: Founded) -> int:
    """Of a role as it is now."""
    return queries.detail(shop.owner, role_id).row.version


def last_entry() -> tuple[str, str, str, dict[str, object], dict[str, object]]:
    """Who did what to what, with old and new values."""
    found = db.row("SELECT actor, action, object_label, old, new FROM audit_entry ORDER BY seq DESC LIMIT 1")
    assert found is not None
    actor, action, label, old, new = found
    return actor, action, label, json.loads(old or "{}"), json.loads(new or "{}")


def refused(act: Callable[[], object], kind: type[ShopstaffError]) -> ShopstaffError:
    """The refusal of an act that changed nothing."""
    before = db.rows(ROLES), db.rows(CONTENT)
    with pytest.raises(kind) as found:
        act()
    assert (db.rows(ROLES), db.rows(CONTENT)) == before
    return found.value


def test_a_new_role_has_what_was_asked_for_and_what_that_needs(little_shop: Founded) -> None:
    """And nothing else; the entry lists it all."""
    made = roles.add(little_shop.owner, "Photos", ["audit.export", "goods.edit"])
    wanted = {"audit.export", "audit.view.all", "audit.view", "staff.view", "goods.edit", "goods.view"}
    assert codes_of(made, little_shop) == wanted
    actor, action, label, old, new = last_entry()
    assert (actor, action, label, old) == ("owner", "role.add", "Photos", {})
    assert set(new["permissions"]) == wanted  # type: ignore[call-overload]  # a list of JSON's


@pytest.mark.parametrize("code", permissions())
def test_a_tick_brings_its_prerequisites_and_never_anything_else(little_shop: Founded, code: str) -> None:
    """Permission by permission; what is the owner's alone goes into no role."""
    if permissions()[code].owner_only:
        refused(lambda: roles.add(little_shop.owner, "One", [code]), OwnerOnly)
        actor, action, label, _old, new = last_entry()
        assert (actor, action, label, new["permission"]) == ("owner", "act.refuse", "One", code)
    else:
        assert codes_of(roles.add(little_shop.owner, "One", [code]), little_shop) == closure(code)


def test_an_empty_role_and_one_with_a_permission_that_is_none(little_shop: Founded) -> None:
    """Nothing in a role gives nothing; what the catalogue does not know goes into none."""
    assert codes_of(roles.add(little_shop.owner, "Empty", []), little_shop) == set()
    refused(lambda: roles.add(little_shop.owner, "Other", ["goods.view", "goods.sell"]), Unknown)
    refused(lambda: roles.edit(little_shop.owner, 1, None, codes=["goods.sell"]), Unknown)


@pytest.mark.parametrize("name", ["Manager", "MANAGER", "店长", " ｍanager ", "customer_service", "Customer  Service", "客服"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_role_is_found_by_one_name_only(little_shop: Founded, name: str, language: i18n.Language) -> None:
    """`role grant` finds roles by their code and by their names in both languages."""
    i18n.install(language)
    try:
        error = refused(lambda: roles.add(little_shop.owner, name, []), Taken)
        assert isinstance(error, Taken)
        assert error.field == "name"
        made = roles.add(little_shop.owner, "Photos", [])
        refused(lambda: roles.edit(little_shop.owner, made, 1, name=name), Taken)
    finally:
        i18n.install("en")


@pytest.mark.parametrize("name", [*REFUSED.values(), "", "   ", "x" * 41], ids=[*REFUSED, "nothing", "blanks", "too long"])
def test_what_is_no_name_is_refused_beside_its_field(little_shop: Founded, name: str) -> None:
    """For a new role and for one that is renamed."""
    for act in (lambda: roles.add(little_shop.owner, name, []), lambda: roles.edit(little_shop.owner, 1, None, name=name)):
        error = refused(act, Invalid)
        assert isinstance(error, Invalid)
        assert error.field == "name"


@pytest.mark.parametrize("name", LITERAL.values(), ids=LITERAL)
def test_what_only_looks_dangerous_is_kept_letter_by_letter(little_shop: Founded, name: str) -> None:
    """In the table and in the log."""
    name = name[:NAME_LIMIT]
    made = roles.add(little_shop.owner, name, ["goods.view"])
    assert queries.detail(little_shop.owner, made).row.label == " ".join(name.split())
    assert last_entry()[2] == " ".join(name.split())
    assert queries.find(name).id == made


def test_a_preset_role_follows_the_readers_language_until_it_was_renamed(little_shop: Founded) -> None:
    """Its own label, typed again, changes nothing; its code finds it for ever."""
    lead = little_shop.role_id("service_lead")
    refused(lambda: roles.edit(little_shop.owner, lead, 1, name="Service lead"), NothingChanged)
    i18n.install("zh")
    try:
        assert queries.detail(little_shop.owner, lead).row.label == "客服主管"
        refused(lambda: roles.edit(little_shop.owner, lead, 1, name="客服主管"), NothingChanged)
        roles.edit(little_shop.owner, lead, 1, name="Captain")
    finally:
        i18n.install("en")
    assert queries.detail(little_shop.owner, lead).row.label == "Captain"
    assert last_entry()[1:] == ("role.edit", "Captain", {"removed": [], "name": "客服主管"}, {"added": [], "name": "Captain"})
    assert little_shop.role_id("service_lead") == lead == little_shop.role_id("captain")


def test_putting_in_and_taking_out_is_one_act(little_shop: Founded) -> None:
    """The entry says what came and what went; the rest is left alone."""
    design = little_shop.role_id("design")
    roles.edit(little_shop.owner, design, 1, codes=["goods.view", "goods.edit", "decor.publish", "goods.cost.view"])
    assert codes_of(design, little_shop) == {"goods.view", "goods.edit", "decor.edit", "decor.publish", "goods.cost.view"}
    assert last_entry()[3:] == ({"removed": []}, {"added": ["goods.cost.view"]})
    roles.edit(little_shop.owner, design, 2, codes=["goods.edit"], name="Pictures")
    assert codes_of(design, little_shop) == {"goods.view", "goods.edit"}
    removed = ["goods.cost.view", "decor.edit", "decor.publish"]
    assert last_entry()[2:] == ("Pictures", {"removed": removed, "name": "Design"}, {"added": [], "name": "Pictures"})
    refused(lambda: roles.edit(little_shop.owner, design, 3, codes=["goods.edit"]), NothingChanged)


def test_the_second_to_save_is_told_and_overwrites_nothing(little_shop: Founded) -> None:
    """Also when the two of them changed different things."""
    design = little_shop.role_id("design")
    roles.edit(little_shop.owner, design, 1, codes=["goods.view"])
    for act in (
        lambda: roles.edit(little_shop.owner, design, 1, name="Pictures"),
        lambda: roles.edit(little_shop.owner, design, 1, codes=["goods.view", "goods.edit"]),
        lambda: roles.close(little_shop.owner, design, 1),
    ):
        assert "Design" in str(refused(act, Stale))
    roles.edit(little_shop.owner, design, None, name="Pictures")


def clerk(shop: Founded, *codes: str, until: int | None = None) -> Actor:
    """Somebody who may manage roles, and holds `codes` beside that."""
    return shop.person("clerk", extras=["org.role.manage", *codes], until=until)


def test_nobody_puts_in_what_they_do_not_hold(little_shop: Founded) -> None:
    """The refusal names the permission in the way, in the sentence and in the log."""
    dan = clerk(little_shop, "goods.view")
    error = refused(lambda: roles.add(dan, "Prices", ["goods.price.edit"]), OutOfReach)
    assert "Change price" in str(error)
    assert last_entry()[0] == "clerk"
    assert last_entry()[4] == {"act": "role.add", "because": "OutOfReach", "permission": "goods.price.edit"}
    made = roles.add(dan, "Looks", ["goods.view"])
    refused(lambda: roles.edit(dan, made, 1, codes=["goods.view", "refund.approve"]), OutOfReach)
    refused(lambda: roles.edit(dan, made, 1, codes=["goods.edit"]), OutOfReach)


def test_nobody_edits_a_role_that_reaches_further_than_they_do(little_shop: Founded) -> None:
    """Not to take away, not to rename, not to close: every permission in it counts, before and after."""
    dan = clerk(little_shop, "goods.view", "goods.edit", "decor.edit")
    design = little_shop.role_id("design")
    for act in (
        lambda: roles.edit(dan, design, 1, codes=["goods.view"]),
        lambda: roles.edit(dan, design, 1, name="Mine"),
        lambda: roles.close(dan, design, 1),
    ):
        assert "Publish shop pages" in str(refused(act, OutOfReach))
        assert last_entry()[1:3] == ("act.refuse", "Design")


def test_what_one_holds_until_a_day_goes_into_no_role(little_shop: Founded) -> None:
    """A role has no end, so it would outlive the hand that gave it; taking it out is giving nothing."""
    dan = clerk(little_shop, "goods.view", until=clock.now() + DAY)
    refused(lambda: roles.add(dan, "Looks", ["goods.view"]), UntilTooLate)
    looks = roles.add(little_shop.owner, "Looks", ["goods.view"])
    refused(lambda: roles.edit(dan, looks, 1, codes=["staff.view"]), UntilTooLate)
    roles.edit(dan, looks, 1, codes=[])
    assert codes_of(looks, little_shop) == set()


def test_nobody_edits_a_role_they_hold(little_shop: Founded) -> None:
    """Nor closes it; once it was taken from them, or its day is over, they may."""
    made = roles.add(little_shop.owner, "Keepers", ["goods.view"])
    dan = little_shop.person("dan", gave=["Keepers"], extras=["org.role.manage", "goods.view"])
    for act in (
        lambda: roles.edit(dan, made, 1, codes=[]),
        lambda: roles.edit(dan, made, 1, name="Mine"),
        lambda: roles.close(dan, made, 1),
    ):
        refused(act, OwnRole)
        assert last_entry()[4]["because"] == "OwnRole"
    grants.change(little_shop.owner, little_shop.id_of("dan"), AccessChange(take_roles=(made,)))
    roles.edit(dan, made, 1, codes=[])


def test_an_ended_grant_of_the_role_is_none(little_shop: Founded) -> None:
    """Judged at the moment of asking: yesterday's holder edits it today."""
    made = roles.add(little_shop.owner, "Keepers", ["goods.view"])
    dan = clerk(little_shop, "goods.view")
    now = clock.now()
    grants.change(little_shop.owner, little_shop.id_of("clerk"), AccessChange(give_roles=(RoleGift(made, now + DAY),)))
    refused(lambda: roles.edit(dan, made, 1, name="Mine"), OwnRole)
    clock.set_clock(lambda: now + 2 * DAY)
    roles.edit(dan, made, 1, name="Mine")


def test_nobody_gets_round_it_by_holding_the_role_on_a_post_that_cuts_it(little_shop: Founded) -> None:
    """What the post takes away one does not hold, so one cannot hand it out."""
    dan = little_shop.person("dan", post="service", extras=["org.role.manage", "goods.price.edit"])
    refused(lambda: roles.add(dan, "Prices", ["goods.price.edit"]), NotAllowed)


@pytest.mark.parametrize("code", OWNERS_ALONE)
def test_not_even_the_owner_puts_what_is_the_owners_alone_into_a_role(little_shop: Founded, code: str) -> None:
    """Nor the operator of the machine."""
    for actor in (little_shop.owner, little_shop.console):
        refused(lambda actor=actor: roles.edit(actor, 1, None, codes=[code]), OwnerOnly)  # type: ignore[misc]  # of the loop


def test_a_role_that_people_hold_is_not_closed(little_shop: Founded) -> None:
    """It says how many; frozen and invited people hold it too, who left or whose day is over does not."""
    design, now = little_shop.role_id("design"), clock.now()
    little_shop.person("bob", gave=["design"])
    little_shop.person("carol", gave=["design"], status="invited")
    little_shop.person("dan", gave=["design"], until=now + DAY)
    staff.freeze(little_shop.owner, little_shop.id_of("bob"))
    assert "3 people" in str(refused(lambda: roles.close(little_shop.owner, design, 1), RoleHeld))
    clock.set_clock(lambda: now + 2 * DAY)
    staff.leave(little_shop.console, little_shop.id_of("bob"))
    assert "1 person" in str(refused(lambda: roles.close(little_shop.console, design, 1), RoleHeld))
    grants.change(little_shop.console, little_shop.id_of("carol"), AccessChange(take_roles=(design,)))
    roles.close(little_shop.console, design, 1)
    assert last_entry()[1:] == ("role.close", "Design", {}, {})
    assert Role.get_by_id(design).closed_at is not None


def test_what_was_closed_is_given_to_nobody_and_its_name_is_free(little_shop: Founded) -> None:
    """It stays in the tables, because the log names it."""
    design = little_shop.role_id("design")
    roles.close(little_shop.owner, design, 1)
    bob = little_shop.person("bob")
    for act in (
        lambda: roles.edit(little_shop.owner, design, None, name="Again"),
        lambda: roles.close(little_shop.owner, design, None),
        lambda: grants.change(little_shop.owner, bob.staff_id or 0, AccessChange(give_roles=(RoleGift(design),))),
        lambda: queries.detail(little_shop.owner, design),
        lambda: queries.find("design"),
    ):
        refused(act, Unknown)
    assert roles.add(little_shop.owner, "Design", []) != design
    with pytest.raises(Exception, match="FOREIGN KEY"):
        Role.delete().where(Role.id == design).execute()


def test_without_the_permission_every_act_is_refused_and_in_the_log(little_shop: Founded) -> None:
    """However much else one holds."""
    everything = [code for code, known in permissions().items() if not known.owner_only and "org.role.manage" not in closure(code)]
    dan = little_shop.person("dan", extras=everything)
    tried = []
    for act in (
        lambda: roles.add(dan, "Mine", []),
        lambda: roles.edit(dan, 1, 1, name="Mine"),
        lambda: roles.close(dan, 1, 1),
    ):
        refused(act, NotAllowed)
        actor, action, _label, _old, new = last_entry()
        assert (actor, action, new["permission"]) == ("dan", "act.refuse", "org.role.manage")
        tried.append(new["act"])
    assert tried == ["role.add", "role.edit", "role.close"]
    boss = clerk(little_shop)
    sessions.sign_out(boss)
    refused(lambda: roles.add(boss, "Mine", []), SessionEnded)


def test_taking_a_role_out_of_a_persons_hands_takes_exactly_what_it_gave(little_shop: Founded) -> None:
    """Saving a role changes everybody's access at once, because access is computed when it is asked for."""
    bob = little_shop.person("bob", gave=["design"], extras=["goods.edit"])
    design = little_shop.role_id("design")
    roles.edit(little_shop.owner, design, 1, codes=["decor.publish", "goods.price.edit"])
    verdicts = access.of(little_shop.owner, little_shop.id_of("bob"))
    held = {code for code, verdict in verdicts.items() if verdict.allowed}
    assert held == {"decor.edit", "decor.publish", "goods.price.edit", "goods.view", "goods.edit"}
    assert [source.kind for source in verdicts["goods.edit"].sources] == ["extra"]
    assert bob.staff_id is not None


def test_what_the_catalogue_no_longer_has_is_in_nobodys_way_and_can_be_taken_out(little_shop: Founded) -> None:
    """It gives nothing, so whoever holds the rest may edit the role and give it."""
    made = roles.add(little_shop.owner, "Looks", ["goods.view"])
    db.write_many("INSERT INTO role_permission (role_id, permission) VALUES (?, ?)", [(made, "goods.gone")])
    dan = clerk(little_shop, "goods.view", "staff.manage")
    little_shop.person("bob", gave=["Looks"], by=dan)
    roles.edit(dan, made, 1, codes=["goods.view"])
    assert last_entry()[3] == {"removed": ["goods.gone"]}
    assert codes_of(made, little_shop) == {"goods.view"}


def test_the_preset_roles_stand_as_the_catalogue_has_them(little_shop: Founded) -> None:
    """Closed under what they need, and none with what is the owner's alone."""
    for code, preset in preset_roles().items():
        inside = codes_of(little_shop.role_id(code), little_shop)
        assert inside == set(preset.permissions) == with_needs(preset.permissions)
        assert not inside & set(OWNERS_ALONE)
