"""What is read of requests: one's own, what waits for one's decision, what there is to ask for."""

from __future__ import annotations

import time
from collections.abc import Sequence

import pytest

from models import clock, db
from models.actor import Actor
from models.catalogue import permissions
from models.errors import HeldAlready, Invalid, NotAllowed, OutOfReach, RequestGone, SamePerson, SessionEnded, Unknown, UntilTooLate
from models.operations import grants, requests as operations, roles, staff
from models.queries import asking, deciding, home, identity, requests
from models.queries.requests import LAPSED, OPEN, RequestRow
from models.rules.grants import AccessChange, ExtraGift, RoleGift
from models.tables import Request, Role, Staff
from tests.factories import CONSOLE, DAY, STRANGER, Founded
from tests.models.operations.test_requests import NOON, ask, bob, boss, end, profile
from tests.tampering import attacker

__all__ = ["bob", "boss"]  # fixtures


def codes(found: Sequence[RequestRow]) -> list[tuple[str, str]]:
    """Who asked for what."""
    return [(row.login, row.key) for row in found]


# ---- one's own, and everybody's


def test_one_reads_ones_own_newest_first_and_nobody_elses(little_shop: Founded, bob: Actor, boss: Actor) -> None:
    """With what became of each."""
    first, second, third = (ask(bob, code) for code in ("goods.view", "rate.reply", "chat.receive"))
    ask(little_shop.person("sue"), "goods.view")
    operations.approve(boss, first)
    operations.decline(boss, second, "no")
    own = requests.own(bob)
    assert own.count() == 3
    assert [(row.id, row.status, row.decided_by, row.word) for row in own.window(0, 9)] == [
        (third, OPEN, "", ""),
        (second, "declined", "boss", "no"),
        (first, "approved", "boss", ""),
    ]
    assert [row.id for row in own.window(1, 1)] == [second]
    assert [own.position(key) for key in (third, second, first, 999)] == [0, 1, 2, None]
    assert requests.own(CONSOLE).count() == 0
    with pytest.raises(SessionEnded):
        requests.own(STRANGER)


def test_history_reaches_as_far_as_managing_does(little_shop: Founded, bob: Actor, boss: Actor) -> None:
    """Whoever is wider than the reader is not in it; it takes `staff.manage`."""
    narrow = little_shop.person("narrow", extras=["staff.manage"])
    wide = little_shop.person("wide", extras=["finance.bill.view"])
    ask(bob)
    ask(wide)
    assert codes(requests.history(boss).window(0, 9)) == [("wide", "goods.view"), ("bob", "goods.view")]
    assert codes(requests.history(narrow).window(0, 9)) == [("bob", "goods.view")]
    assert (requests.history(narrow).count(), requests.history(CONSOLE).count()) == (1, 2)
    with pytest.raises(NotAllowed):
        requests.history(bob)


def test_an_answer_is_told_for_a_week(little_shop: Founded, bob: Actor, boss: Actor) -> None:
    """The latest first; what one withdrew oneself is no answer."""
    asked = [ask(bob, code) for code in ("goods.view", "rate.reply", "chat.receive", "goods.edit")]
    assert requests.answers(bob) == ()
    for hour, wanted in enumerate(asked[:3]):
        clock.set_clock(lambda hour=hour: NOON + hour * clock.HOUR)  # type: ignore[misc]  # mypy cannot infer a lambda's default
        operations.decline(boss, wanted, "no")
    operations.withdraw(bob, asked[3])
    assert [row.id for row in requests.answers(bob)] == [asked[2], asked[1], asked[0]]
    assert requests.answers(boss) == ()
    operations.decline(boss, ask(bob, "refund.view"), "no")
    assert len(requests.answers(bob)) == requests.ANSWERS
    clock.set_clock(lambda: NOON + 8 * DAY)
    assert requests.answers(bob) == ()


def test_a_request_for_what_a_newer_version_knows_is_nobodys_to_decide(little_shop: Founded, bob: Actor) -> None:
    """It stays where it is, by its code."""
    wanted = ask(bob)
    Request.update(permission="goods.teleport").where(Request.id == wanted).execute()
    assert deciding.waiting(little_shop.owner) == ()
    assert requests.own(bob).window(0, 1)[0].label == "goods.teleport"
    with pytest.raises(Unknown):
        deciding.to_decide(little_shop.owner, wanted)


# ---- waiting


def test_what_waits_is_what_one_may_decide(little_shop: Founded, bob: Actor, boss: Actor) -> None:
    """Oldest first; not what one does not hold, not of whoever is out of reach, not one's own."""
    narrow = little_shop.person("narrow", extras=["staff.manage", "rate.reply"])
    wide = little_shop.person("wide", extras=["finance.bill.view"])
    design = little_shop.role_id("design")
    for hour, act in enumerate(
        [
            lambda: ask(bob, "rate.reply"),
            lambda: ask(bob, "goods.view"),
            lambda: operations.ask(bob, role_id=design, days=1, reason="x"),
            lambda: ask(wide, "rate.reply"),
            lambda: ask(narrow, "goods.view"),
        ]
    ):
        clock.set_clock(lambda hour=hour: NOON + hour * clock.HOUR)  # type: ignore[misc]  # mypy cannot infer a lambda's default
        act()
    everything = [("bob", "rate.reply"), ("bob", "goods.view"), ("bob", "design"), ("wide", "rate.reply"), ("narrow", "goods.view")]
    assert codes(deciding.waiting(boss)) == codes(deciding.waiting(little_shop.owner)) == codes(deciding.waiting(CONSOLE)) == everything
    assert codes(deciding.waiting(narrow)) == [("bob", "rate.reply")]
    with pytest.raises(NotAllowed):
        deciding.waiting(bob)
    assert deciding.waiting(little_shop.person("other", extras=["staff.manage"])) == ()


def test_what_waits_is_no_longer_there_once_it_lapsed(little_shop: Founded, bob: Actor, boss: Actor) -> None:
    """A role that was closed, somebody who left."""
    role = roles.add(little_shop.owner, "Host", ["goods.view"])
    operations.ask(bob, role_id=role, days=1, reason="x")
    sue = little_shop.person("sue")
    ask(sue)
    assert len(deciding.waiting(boss)) == 2
    roles.close(little_shop.owner, role, None)
    staff.leave(little_shop.owner, sue.staff_id or 0)
    assert deciding.waiting(boss) == ()
    assert {row.status for row in requests.history(boss).window(0, 9)} == {LAPSED}


def test_the_moment_of_asking_decides_how_far_back_profiles_are_looked_at(little_shop: Founded, bob: Actor, boss: Actor) -> None:
    """An old request reaches further back than a young one of the same person, in the list as in the decision."""
    for each in (bob, boss):
        profile(little_shop, each, phone="13800138000")
    profile(little_shop, boss, phone="")
    old = ask(bob, "rate.reply")
    clock.set_clock(lambda: NOON + 100 * DAY)
    young = ask(bob)
    stranger = ask(little_shop.person("sue"))
    assert [row.id for row in deciding.waiting(boss)] == [young, stranger]
    with pytest.raises(SamePerson):
        deciding.to_decide(boss, old)
    assert deciding.to_decide(boss, young).id == young
    profile(little_shop, boss, phone="13800138000")
    assert [row.id for row in deciding.waiting(boss)] == [stranger]


def test_who_may_not_decide_may_not_look(little_shop: Founded, bob: Actor, boss: Actor) -> None:
    """Opening one is judged as deciding is."""
    wanted = ask(bob, "goods.price.edit")
    narrow = little_shop.person("narrow", extras=["staff.manage"])
    with pytest.raises(NotAllowed):
        deciding.to_decide(bob, wanted)
    with pytest.raises(OutOfReach):
        deciding.to_decide(narrow, wanted)
    grants.change(little_shop.owner, bob.staff_id or 0, AccessChange(give_extras=(ExtraGift("finance.bill.view"),)))
    with pytest.raises(OutOfReach) as caught:
        deciding.to_decide(narrow, wanted)
    assert caught.value.permission == "finance.bill.view"
    with pytest.raises(RequestGone):
        deciding.to_decide(boss, 999)
    shown = deciding.to_decide(boss, wanted)
    assert (shown.login, shown.key, shown.reason) == ("bob", "goods.price.edit", "For the sale")


def test_home_tells_how_many_wait_and_what_was_answered(little_shop: Founded, bob: Actor, boss: Actor) -> None:
    """Those who may decide, each person once, whoever has waited longest first; and those who asked."""
    assert (home.today(boss).requests, home.today(bob).answers) == (None, ())
    wanted = [ask(bob, code) for code in ("goods.view", "rate.reply", "chat.receive")]
    ask(little_shop.person("sue", name="Sue"))
    waits = home.today(boss).requests
    assert waits is not None
    assert (waits.number, [each.name for each in waits.first]) == (4, ["Bob", "Sue"])
    assert home.today(bob).requests is None
    operations.decline(boss, wanted[0], "no")
    assert [row.word for row in home.today(bob).answers] == ["no"]
    assert home.today(boss).answers == ()


# ---- the preview


def test_the_preview_shows_what_approving_gives(little_shop: Founded, bob: Actor, boss: Actor) -> None:
    """With what it needs, until the day that it would be given until; nothing is changed by looking."""
    wanted = ask(bob, "goods.price.edit", 30)
    shown = deciding.preview(boss, wanted)
    assert shown.seen == {"goods.view", "goods.price.edit"}
    assert {gift.until for gift in shown.extras} == {end("2026-03-31")}
    other = deciding.preview(boss, wanted, end("2026-03-05"))
    assert {gift.until for gift in other.extras} == {end("2026-03-05")}
    assert deciding.waiting(boss)[0].id == wanted


def test_the_preview_says_what_the_operation_would(little_shop: Founded, bob: Actor, boss: Actor) -> None:
    """No day that is over or too far away, no longer than one holds it, nothing that is held as long."""
    wanted = ask(bob, "rate.reply", 30)
    brief = little_shop.person("brief", extras=["staff.manage"])
    grants.change(little_shop.owner, brief.staff_id or 0, AccessChange(give_extras=(ExtraGift("rate.reply", end("2026-03-05")),)))
    with pytest.raises(UntilTooLate):
        deciding.preview(brief, wanted)
    for until in (NOON - 1, end("2028-01-01")):
        with pytest.raises(Invalid):
            deciding.preview(boss, wanted, until)
    assert deciding.preview(brief, wanted, end("2026-03-05")).seen == {"rate.reply"}
    grants.change(little_shop.owner, bob.staff_id or 0, AccessChange(give_extras=(ExtraGift("rate.reply"),)))
    with pytest.raises(HeldAlready):
        deciding.preview(boss, wanted)


# ---- what there is to ask for


def test_everything_that_can_be_given_may_be_asked_for(little_shop: Founded, bob: Actor) -> None:
    """Roles in the order of the catalogue, then the shop's own; then permissions. Nothing of the owner's alone."""
    roles.add(little_shop.owner, "Zebra", ["goods.view"])
    roles.add(little_shop.owner, "Apple", ["goods.view"])
    offers = asking.offers(bob)
    asked_for = [offer.subject for offer in offers if offer.subject.role_id is not None]
    assert [subject.key for subject in asked_for][-2:] == ["Apple", "Zebra"]
    assert len(asked_for) == db.rows("SELECT count(*) FROM role")[0][0]
    given = {offer.subject.key for offer in offers if offer.subject.role_id is None}
    assert given == {code for code, permission in permissions().items() if not permission.owner_only}
    assert all(offer.until is None for offer in offers)


def test_what_there_is_no_use_asking_for_is_not_offered(little_shop: Founded, bob: Actor) -> None:
    """What one has without end, what one asked for, what the post bars, roles that are closed or empty; what ends says when."""
    sue = little_shop.person("sue", post="service", gave=["customer_service"])
    empty = roles.add(little_shop.owner, "Empty", ["goods.view"])
    db.rows("DELETE FROM role_permission WHERE role_id = ?", (empty,))
    closed = roles.add(little_shop.owner, "Closed", ["goods.view"])
    roles.close(little_shop.owner, closed, None)
    roles.add(little_shop.owner, "Pages", ["decor.edit"])
    until = end("2026-03-08")
    gifts = AccessChange(
        give_extras=(ExtraGift("refund.approve", until),), give_roles=(RoleGift(little_shop.role_id("service_lead"), until),)
    )
    grants.change(little_shop.owner, sue.staff_id or 0, gifts)
    ask(sue, "audit.view")
    keys = {offer.subject.key: offer.until for offer in asking.offers(sue)}
    assert not {"customer_service", "rate.reply", "audit.view", "goods.price.edit", "Pages", "Empty", "Closed"} & keys.keys()
    assert (keys["refund.approve"], keys["service_lead"], keys["operations"]) == (until, until, None)


def test_the_owner_and_the_operator_are_offered_nothing(little_shop: Founded) -> None:
    """One holds everything, the other is no person."""
    assert asking.offers(little_shop.owner) == asking.offers(CONSOLE) == ()
    with pytest.raises(SessionEnded):
        asking.offers(STRANGER)
    with pytest.raises(Unknown):
        asking.person_of(999)


# ---- one person


def test_accounts_of_one_person_are_found_in_profiles_and_in_the_log(little_shop: Founded, bob: Actor, boss: Actor) -> None:
    """From a moment on."""
    mine, theirs = bob.staff_id or 0, boss.staff_id or 0

    def known(since: int) -> set[int]:
        found = identity.of(mine, since, {mine, theirs})
        assert all(at >= since for at in found.values())
        return set(found)

    assert known(0) == {mine}
    profile(little_shop, bob, email="b@example.com")
    clock.set_clock(lambda: NOON + 1)
    profile(little_shop, boss, email="B@EXAMPLE.COM")
    assert known(NOON) == {mine, theirs}
    clock.set_clock(lambda: NOON + 2)
    profile(little_shop, boss, email="")
    assert known(NOON + 2) == {mine, theirs}
    assert known(NOON + 3) == {mine}
    assert identity.of(mine, NOON, {theirs}) == {theirs: NOON + 2}
    assert identity.of(theirs, NOON, {99}) == identity.of(99, NOON, set()) == {}


def test_an_entry_that_was_damaged_tells_of_no_account(little_shop: Founded, bob: Actor, boss: Actor) -> None:
    """Whoever decides is not kept from it by what verifying is to find."""
    profile(little_shop, bob, email="b@example.com")
    request_id = ask(bob, "goods.view")
    with attacker(little_shop.home) as bare:
        bare.execute("UPDATE audit_entry SET old = '{' WHERE action = 'staff.edit'")
    assert [row.id for row in deciding.waiting(boss)] == [request_id]
    assert identity.of(bob.staff_id or 0, 0, {bob.staff_id or 0, boss.staff_id or 0}).keys() == {bob.staff_id}


# ---- many


def many(shop: Founded, people: int) -> None:
    """So many people, each with three requests open and two that were answered."""
    bob = Staff.get(Staff.login == "bob")
    mine = {field: getattr(bob, field) for field in ("name", "post", "status", "created_at", "created_by", "activated_at")}
    with db.transaction():
        for start in range(0, people, 100):
            numbers = range(start, start + 100)
            Staff.insert_many([{**mine, "login": f"p{number}", "phone": f"139{number:08}"} for number in numbers]).execute()
            ids = [row.id for row in Staff.select(Staff.id).where(Staff.login.in_([f"p{number}" for number in numbers]))]
            common = {"reason": "x", "asked_at": NOON, "days": 7}
            wanted = [
                {**common, "staff": each, "permission": code, "status": "open"} for each in ids for code in ("goods.view", "rate.reply")
            ]
            Request.insert_many(wanted).execute()
            role = Role.get(Role.code == "design").id
            Request.insert_many([{**common, "staff": each, "role": role, "status": "open"} for each in ids]).execute()
            answered = {
                **common,
                "permission": "chat.receive",
                "status": "declined",
                "decided_at": NOON,
                "decided_by": "boss",
                "word": "no",
            }
            Request.insert_many([{**answered, "staff": each} for each in ids for _twice in (1, 2)]).execute()


def test_thousands_of_requests_are_read_in_a_moment(little_shop: Founded, bob: Actor, boss: Actor) -> None:
    """Six thousand open of two thousand people, ten thousand in all; limits are promises with three times the room."""
    many(little_shop, 2_000)
    history = requests.history(boss)
    begun = time.perf_counter()
    assert len(deciding.waiting(boss)) == 6_000
    waited = time.perf_counter()
    assert history.count() == 10_000
    assert len(history.window(9_900, 100)) == 100
    read = time.perf_counter()
    assert waited - begun < 1.5
    assert read - waited < 0.6
    narrow = little_shop.person("narrow", extras=["staff.manage", "rate.reply"])
    assert len(deciding.waiting(narrow)) == 2_000
