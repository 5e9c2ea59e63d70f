"""Standing in for a colleague, taking over from one, and everything that must not pass that way."""

from __future__ import annotations

import pytest

from models import clock, db
from models.actor import Actor
from models.errors import (
    Incompatible,
    Invalid,
    NotAllowed,
    NothingChanged,
    OutOfReach,
    OwnAccount,
    OwnerProtected,
    ProofNeeded,
    Stale,
    UntilTooLate,
    WrongStatus,
)
from models.operations import departments, departures, grants, roles as making, separation, staff, succession
from models.queries import access, staff as queries, succession as reading
from models.rules.grants import AccessChange, ExtraGift, RoleGift
from models.tables import Session
from tests.factories import DAY, Founded, signed_in
from tests.models.doors import Watch
from tests.models.operations.acts import entries, newest, recorded, refused

CODE = "goods.price.edit"


@pytest.fixture
def alice(little_shop: Founded) -> int:
    """Who is away: two roles and an extra."""
    return little_shop.person("alice", gave=["operations", "warehouse"], extras=[CODE]).staff_id or 0


@pytest.fixture
def bob(little_shop: Founded) -> int:
    """Who is there."""
    return little_shop.person("bob", gave=["customer_service"]).staff_id or 0


@pytest.fixture
def until() -> int:
    """In a week."""
    return clock.now() + 7 * DAY


def held(shop: Founded, staff_id: int) -> dict[str, tuple[int | None, str]]:
    """What somebody holds, each with its end and whom they stand in for."""
    return {grant.key: (grant.until, grant.stands_for) for grant in queries.grants(shop.owner, staff_id)}


def role_ids(shop: Founded, *names: str) -> list[int]:
    """Of roles by their codes."""
    return [shop.role_id(name) for name in names]


# ---- standing in


def test_who_stands_in_holds_what_was_chosen_until_the_day(little_shop: Founded, alice: int, bob: int, until: int) -> None:
    """Marked as standing in; the colleague loses nothing; the log says for whom."""
    before = held(little_shop, alice)
    told = recorded(lambda: succession.stand_in(little_shop.owner, alice, bob, role_ids(little_shop, "warehouse"), [CODE], until))
    assert held(little_shop, bob)["warehouse"] == (until, "Alice")
    assert held(little_shop, bob)[CODE] == (until, "Alice")
    assert held(little_shop, bob)["customer_service"] == (None, "")
    assert "operations" not in held(little_shop, bob)
    assert held(little_shop, alice) == before
    assert {entry.action for entry in told} == {"role.grant", "extra.grant", "staff.stand_in"}
    end = clock.rfc3339(until)
    assert told[-1] == (
        "owner",
        "staff.stand_in",
        "bob",
        {},
        {"for": "alice", "until": end, "roles": [["warehouse", end]], "extras": [[CODE, end]]},
    )


def test_what_is_held_for_longer_stays_as_it_is(little_shop: Founded, alice: int, until: int) -> None:
    """Standing in never shortens; what ends earlier is lengthened."""
    eve = little_shop.person("eve", gave=["warehouse"], extras=[CODE], until=until - DAY).staff_id or 0
    kim = little_shop.person("kim", gave=["warehouse"]).staff_id or 0
    roles = role_ids(little_shop, "warehouse", "operations")
    for each in (eve, kim):
        succession.stand_in(little_shop.owner, alice, each, roles, (), until)
    assert held(little_shop, eve)["warehouse"] == (until, "Alice")
    assert held(little_shop, eve)[CODE] == (until - DAY, "")
    assert held(little_shop, kim)["warehouse"] == (None, "")
    assert held(little_shop, kim)["operations"] == (until, "Alice")


def test_nobody_stands_in_longer_than_the_colleague_holds_it(little_shop: Founded, bob: int, until: int) -> None:
    """What ends with the colleague ends with who stands in."""
    eve = little_shop.person("eve", gave=["warehouse"], until=until - DAY).staff_id or 0
    succession.stand_in(little_shop.owner, eve, bob, role_ids(little_shop, "warehouse"), (), until)
    assert held(little_shop, bob)["warehouse"] == (until - DAY, "Eve")


def test_who_holds_all_of_it_already_needs_nothing(little_shop: Founded, alice: int, until: int) -> None:
    """Nor is there anything in standing in with nothing, or for oneself."""
    kim = little_shop.person("kim", gave=["warehouse"]).staff_id or 0
    roles = role_ids(little_shop, "warehouse")
    refused(lambda: succession.stand_in(little_shop.owner, alice, kim, roles, (), until), NothingChanged)
    refused(lambda: succession.stand_in(little_shop.owner, alice, kim, (), (), until), NothingChanged)
    refused(lambda: succession.stand_in(little_shop.owner, alice, alice, roles, (), until), NothingChanged)


def test_an_end_is_needed_and_is_to_come(little_shop: Founded, alice: int, bob: int) -> None:
    """Without one it would be no standing in."""
    roles = role_ids(little_shop, "warehouse")
    assert refused(lambda: succession.stand_in(little_shop.owner, alice, bob, roles, (), None), Invalid).field == "until"
    assert refused(lambda: succession.stand_in(little_shop.owner, alice, bob, roles, (), clock.now() - 1), Invalid).field == "until"


def test_only_what_the_colleague_holds_is_passed_on(little_shop: Founded, alice: int, bob: int, until: int) -> None:
    """A role of anybody's else, a code that was taken meanwhile, what is over: all of it is told as changed."""
    for roles, extras in (((*role_ids(little_shop, "finance"),), ()), ((), ("refund.approve",)), ((999,), ()), ((), ("no.such",))):
        refused(lambda roles=roles, extras=extras: succession.stand_in(little_shop.owner, alice, bob, roles, extras, until), Stale)  # type: ignore[misc]  # defaults bind the loop's values
    db.database.execute_sql("UPDATE role_grant SET since = 1, until = 2 WHERE staff_id = ?", (alice,))
    refused(lambda: succession.stand_in(little_shop.owner, alice, bob, role_ids(little_shop, "warehouse"), (), until), Stale)


def test_it_gives_no_more_than_the_actor_holds_nor_for_longer(little_shop: Founded, alice: int, bob: int, until: int) -> None:
    """As giving by hand: reach over both, and one's own end."""
    narrow = little_shop.person("narrow", gave=["customer_service"], extras=["staff.manage"])
    ends = little_shop.person("ends", gave=["manager"], until=until - 1)
    roles = role_ids(little_shop, "warehouse")
    refused(lambda: succession.stand_in(narrow, alice, bob, roles, (), until), OutOfReach)
    refused(lambda: succession.stand_in(ends, alice, bob, roles, (), until), UntilTooLate)
    succession.stand_in(ends, alice, bob, roles, (), until - 1)
    wide = little_shop.person("wide", gave=["manager", "warehouse"]).staff_id or 0
    lead = little_shop.person("lead", gave=["customer_service", "warehouse"], extras=["staff.manage"])
    refused(lambda: succession.stand_in(lead, wide, bob, roles, (), until), OutOfReach)
    refused(lambda: succession.stand_in(lead, lead.staff_id or 0, wide, roles, (), until), OutOfReach)


def test_nobody_stands_in_by_their_own_act_but_may_have_others_stand_in_for_them(
    little_shop: Founded, alice: int, bob: int, until: int
) -> None:
    """Whoever goes on holiday gives what they hold; nobody takes what somebody else holds."""
    lead = little_shop.person("lead", gave=["manager", "warehouse"])
    lead_id = lead.staff_id or 0
    roles = role_ids(little_shop, "warehouse")
    refused(lambda: succession.stand_in(lead, alice, lead_id, roles, (), until), OwnAccount)
    refused(lambda: succession.replace(lead, alice, lead_id), OwnAccount)
    refused(lambda: succession.replace(lead, lead_id, bob), OwnAccount)
    succession.stand_in(lead, lead_id, bob, roles, (), until)
    assert held(little_shop, bob)["warehouse"] == (until, "Lead")


def test_the_owner_is_stood_in_for_by_nobody(little_shop: Founded, bob: int, until: int) -> None:
    """There are no roles to give; nor is the owner given any."""
    owner = little_shop.owner.staff_id or 0
    refused(lambda: succession.stand_in(little_shop.console, owner, bob, (), (CODE,), until), OwnerProtected)
    refused(lambda: succession.stand_in(little_shop.console, bob, owner, (), (CODE,), until), OwnerProtected)
    refused(lambda: succession.replace(little_shop.console, owner, bob), OwnerProtected)


def test_it_takes_the_right_and_proof(little_shop: Founded, alice: int, bob: int, until: int) -> None:
    """As every change of access."""
    helper = little_shop.person("helper", gave=["warehouse"], extras=["staff.offboard"])
    long_ago = signed_in("owner", ages=True)
    Session.update(proved_at=clock.now() - 301 * clock.SECOND).where(Session.id == long_ago.session_id).execute()
    for actor, kind in ((helper, NotAllowed), (long_ago, ProofNeeded)):
        refused(lambda actor=actor: succession.stand_in(actor, alice, bob, (), (CODE,), until), kind)  # type: ignore[misc]  # as above
        refused(lambda actor=actor: succession.replace(actor, alice, bob), kind)  # type: ignore[misc]  # as above


def test_who_left_neither_stands_in_nor_is_stood_in_for(little_shop: Founded, alice: int, bob: int, until: int) -> None:
    """Today, or on a day that is over."""
    gone = little_shop.person("gone").staff_id or 0
    staff.leave(little_shop.owner, gone)
    for one, other in ((gone, bob), (alice, gone)):
        refused(lambda one=one, other=other: succession.stand_in(little_shop.owner, one, other, (), (CODE,), until), WrongStatus)  # type: ignore[misc]  # as above
        refused(lambda one=one, other=other: succession.replace(little_shop.owner, one, other), WrongStatus)  # type: ignore[misc]  # as above


def test_what_was_seen_is_what_happens(little_shop: Founded, alice: int, bob: int, until: int) -> None:
    """A person changed since, and a preview that shows something else, are refused; the preview of the change is the act."""
    roles = role_ids(little_shop, "warehouse")
    version = queries.detail(little_shop.owner, bob).version
    change = reading.stand_in(little_shop.owner, alice, bob, roles, (), until)
    assert change.give_roles == (RoleGift(roles[0], until),)
    seen = access.preview_change(little_shop.owner, bob, change).seen
    refused(lambda: succession.stand_in(little_shop.owner, alice, bob, roles, (), until, version=version - 1, seen=seen), Stale)
    refused(
        lambda: succession.stand_in(little_shop.owner, alice, bob, roles, (), until, version=version, seen=seen - {"goods.view"}), Stale
    )
    succession.stand_in(little_shop.owner, alice, bob, roles, (), until, version=version, seen=seen)
    assert seen == {code for code, verdict in access.of(little_shop.owner, bob).items() if verdict.allowed}


def test_what_is_kept_apart_is_kept_apart_from_who_stands_in(little_shop: Founded, bob: int, until: int) -> None:
    """Neither for a while nor for good does one person come to hold both."""
    one = little_shop.person("one", extras=["finance.bill.view"]).staff_id or 0
    other = little_shop.person("other", extras=["refund.approve"]).staff_id or 0
    separation.declare(little_shop.owner, "refund.approve", "finance.bill.view")
    refused(lambda: succession.stand_in(little_shop.owner, one, other, (), ("finance.bill.view",), until), Incompatible)
    refused(lambda: succession.replace(little_shop.owner, one, other), Incompatible)


# ---- taking over


def test_who_takes_over_holds_everything_with_the_same_ends_and_the_other_nothing(little_shop: Founded, bob: int, until: int) -> None:
    """What they are head of as well; both stay."""
    eve = little_shop.person("eve", gave=["warehouse"], extras=[CODE], until=until).staff_id or 0
    departments.set_head(little_shop.owner, 2, 1, eve)
    told = recorded(lambda: succession.replace(little_shop.owner, eve, bob))
    assert held(little_shop, bob)["warehouse"] == held(little_shop, bob)[CODE] == (until, "")
    assert held(little_shop, bob)["customer_service"] == (None, "")
    assert held(little_shop, eve) == {}
    assert db.rows("SELECT head_id FROM department WHERE id = 2") == [(bob,)]
    assert queries.detail(little_shop.owner, eve).status == "active"
    (entry,) = [entry for entry in told if entry.action == "staff.replace"]
    end = clock.rfc3339(until)
    assert entry.label == "bob"
    assert entry.new["for"] == "eve"
    assert entry.new["roles"] == [["warehouse", end]]
    assert [CODE, end] in entry.new["extras"]  # type: ignore[operator]  # what an entry holds
    assert len(entry.new["heads"]) == 1  # type: ignore[arg-type]  # as above
    assert {"role.revoke", "extra.revoke", "department.head"} <= {entry.action for entry in told}


def test_taking_over_shortens_nothing(little_shop: Founded, alice: int, until: int) -> None:
    """Who holds all of it for as long only sees the other lose it."""
    kim = little_shop.person("kim", gave=["operations", "warehouse"], extras=[CODE]).staff_id or 0
    eve = little_shop.person("eve", gave=["warehouse"], until=until).staff_id or 0
    before = held(little_shop, kim)
    for former in (alice, eve):
        succession.replace(little_shop.owner, former, kim)
        assert held(little_shop, former) == {}
    assert held(little_shop, kim) == before


def test_the_other_leaves_at_once_if_that_was_asked_for(little_shop: Founded, alice: int, bob: int) -> None:
    """In the same transaction, with the reason."""
    told = recorded(lambda: succession.replace(little_shop.owner, alice, bob, leaves=succession.NOW, reason="retires"))
    assert queries.detail(little_shop.owner, alice).status == "left"
    assert [entry.new for entry in told if entry.action == "staff.leave"] == [{"status": "left", "reason": "retires"}]
    assert {"operations", "warehouse", CODE} <= held(little_shop, bob).keys()


def test_the_other_leaves_on_a_day_if_that_was_asked_for(little_shop: Founded, alice: int, bob: int) -> None:
    """What passed has passed by then."""
    succession.replace(little_shop.owner, alice, bob, leaves="2099-12-31")
    detail = queries.detail(little_shop.owner, alice)
    assert (detail.status, clock.rfc3339_if(detail.leaves_at)) == ("active", "2099-12-31T15:59:59.999999Z")
    assert held(little_shop, alice) == {}
    refused(lambda: succession.replace(little_shop.owner, bob, alice, leaves="soon"), Invalid)


def test_who_holds_nothing_can_be_replaced_only_where_they_leave_or_lead(little_shop: Founded, bob: int) -> None:
    """Otherwise nothing changes."""
    new = little_shop.person("new").staff_id or 0
    refused(lambda: succession.replace(little_shop.owner, new, bob), NothingChanged)
    departments.set_head(little_shop.owner, 2, 1, new)
    succession.replace(little_shop.owner, new, bob)
    assert db.rows("SELECT head_id FROM department WHERE id = 2") == [(bob,)]
    succession.replace(little_shop.owner, new, bob, leaves=succession.NOW)
    assert queries.detail(little_shop.owner, new).status == "left"


def test_a_day_that_is_planned_already_is_in_nobodys_way(little_shop: Founded, alice: int, bob: int) -> None:
    """First the day was planned, then it was found who takes over; where nothing passes, nothing changes."""
    departures.plan(little_shop.owner, alice, "2099-12-31")
    succession.replace(little_shop.owner, alice, bob, leaves="2099-12-31")
    assert {"operations", "warehouse", CODE} <= held(little_shop, bob).keys()
    assert held(little_shop, alice) == {}
    assert queries.detail(little_shop.owner, alice).leaves_at == clock.end_of_day("2099-12-31", "Asia/Shanghai")
    refused(lambda: succession.replace(little_shop.owner, alice, bob, leaves="2099-12-31"), NothingChanged)


def test_a_role_that_ended_and_was_closed_since_is_in_nobodys_way(little_shop: Founded, watch: Watch, bob: int) -> None:
    """What is over passes to nobody, and need not be taken."""
    role_id = making.add(little_shop.console, "Sale", ["goods.view"])
    eve = little_shop.person("eve", gave=["Sale"], until=watch.now + DAY).staff_id or 0
    grants.change(little_shop.console, eve, AccessChange(give_extras=(ExtraGift("goods.edit", None),)))
    watch.now += 2 * DAY
    making.close(little_shop.console, role_id, None)
    succession.replace(little_shop.console, eve, bob)
    assert "goods.edit" in held(little_shop, bob)
    assert held(little_shop, eve).keys() <= {"Sale"}


def test_leaving_and_leading_take_their_own_rights(little_shop: Founded, bob: int) -> None:
    """Whoever may only give roles neither ends an account nor moves a department that way."""
    lead = little_shop.person("lead", gave=["warehouse"], extras=["staff.manage"])
    eve = little_shop.person("eve", gave=["warehouse"]).staff_id or 0
    kim = little_shop.person("kim").staff_id or 0
    assert refused(lambda: succession.replace(lead, eve, kim, leaves=succession.NOW), NotAllowed).permission == departures.PERMISSION
    departments.set_head(little_shop.owner, 2, 1, eve)
    assert refused(lambda: succession.replace(lead, eve, kim), NotAllowed).permission == succession.HEADS


def test_for_whom_the_other_stood_in_the_successor_does(little_shop: Founded, alice: int, bob: int, until: int) -> None:
    """Unless it is the successor who was stood in for."""
    eve = little_shop.person("eve").staff_id or 0
    succession.stand_in(little_shop.owner, alice, eve, role_ids(little_shop, "warehouse"), [CODE], until)
    succession.replace(little_shop.owner, eve, bob)
    assert held(little_shop, bob)["warehouse"] == held(little_shop, bob)[CODE] == (until, "Alice")
    succession.replace(little_shop.owner, bob, alice)
    assert held(little_shop, alice)["warehouse"] == (None, "")


def test_a_refused_replacement_changes_nothing_at_all(little_shop: Founded, alice: int, bob: int) -> None:
    """One transaction: what was given before the refusal is taken back with it."""
    version = queries.detail(little_shop.owner, bob).version
    refused(lambda: succession.replace(little_shop.owner, alice, bob, version=version - 1), Stale)
    refused(lambda: succession.replace(little_shop.owner, alice, bob, seen={"goods.view"}), Stale)
    refused(lambda: succession.replace(little_shop.owner, alice, bob, leaves="2001-01-01"), Invalid)
    before = newest()
    assert entries(before) == []


def test_what_would_pass_is_read_only_by_who_may_give(little_shop: Founded, alice: int, bob: int, until: int) -> None:
    """The screens ask before the act."""
    helper: Actor = little_shop.person("helper", extras=["staff.view"])
    for ask in (
        lambda: reading.stand_in(helper, alice, bob, (), (CODE,), until),
        lambda: reading.replacement(helper, alice, bob),
        lambda: reading.heads(helper, alice),
    ):
        with pytest.raises(NotAllowed):
            ask()
    roles = {gift.role_id for gift in reading.replacement(little_shop.owner, alice, bob).give_roles}
    assert roles == set(role_ids(little_shop, "operations", "warehouse"))
