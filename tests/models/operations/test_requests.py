"""Requests: asked for by the person, decided on by another one who may, now, and never past what giving by hand takes."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from models import clock, db, shop as shops
from models.actor import Actor
from models.errors import (
    AskedAlready,
    HeldAlready,
    Invalid,
    NotAllowed,
    OutOfReach,
    OwnerOnly,
    OwnerProtected,
    PostBars,
    ProofNeeded,
    Refusal,
    RequestGone,
    RequestsFull,
    SamePerson,
    SessionEnded,
    Stale,
    Unknown,
    UntilTooLate,
)
from models.operations import grants, requests, roles, staff
from models.operations.staff import Profile
from models.queries import access, asking, deciding, requests as queries, staff as staff_queries
from models.queries.requests import APPROVED, DECLINED, LAPSED, OPEN, WITHDRAWN, RequestRow
from models.rules.grants import AccessChange, ExtraGift, RoleGift
from models.rules.requests import MOST_DAYS, MOST_OPEN, REASON_LIMIT
from models.tables import Session, Staff
from tests import hostile
from tests.factories import CONSOLE, DAY, STRANGER, Founded, signed_in
from tests.models.operations.acts import entries, newest, recorded, refused

ZONE = "Asia/Shanghai"
NOON = 1_772_337_600_000_000
"""2026-03-01 12:00 in Shanghai, UTC microseconds."""


def end(day: str) -> int:
    """The last instant of a day in the shop."""
    return clock.end_of_day(day, ZONE)


@pytest.fixture
def bob(little_shop: Founded) -> Actor:
    """An operations person without any access; the clock stands at noon."""
    clock.set_clock(lambda: NOON)
    db.rows("INSERT INTO setting (name, value) SELECT 'clock_from', max(seq) FROM audit_entry")  # the shop was founded later
    return little_shop.person("bob")


@pytest.fixture
def boss(little_shop: Founded) -> Actor:
    """A manager."""
    return little_shop.person("boss", gave=["manager"])


def ask(actor: Actor, code: str = "goods.view", days: int = 7) -> int:
    """Ask for a permission."""
    return requests.ask(actor, permission=code, days=days, reason="For the sale")


def row(shop: Founded, request_id: int) -> RequestRow:
    """A request as it is kept."""
    found = [each for each in queries.history(shop.owner).window(0, 99) if each.id == request_id]
    return found[0]


def may(shop: Founded, actor: Actor) -> set[str]:
    """What somebody may do now."""
    return {code for code, verdict in access.of(shop.owner, actor.staff_id or 0).items() if verdict.allowed}


def profile(shop: Founded, actor: Actor, **fields: str) -> None:
    """Write something into somebody's profile, by the owner."""
    staff_id = actor.staff_id or 0
    detail = staff_queries.detail(shop.console, staff_id)
    known = Profile(detail.name, detail.nickname, detail.number, detail.phone, detail.email)
    staff.edit(CONSOLE, staff_id, detail.version, known._replace(**fields))


# ---- asking


def test_what_is_asked_for_is_kept_and_told(little_shop: Founded, bob: Actor) -> None:
    """By whom, what, for how long and why."""
    (told,) = recorded(lambda: ask(bob, "goods.price.edit", 30))
    assert (told.actor, told.action, told.label) == ("bob", "request.ask", "bob")
    assert told.new == {"permission": "goods.price.edit", "days": 30, "reason": "For the sale"}
    (told,) = recorded(lambda: requests.ask(bob, role_id=little_shop.role_id("design"), days=1, reason="  Two  words "))
    assert told.new == {"role": "design", "days": 1, "reason": "Two words"}
    shown = queries.own(bob).window(0, 9)
    assert [(each.key, each.days, each.reason, each.status) for each in shown] == [
        ("design", 1, "Two words", OPEN),
        ("goods.price.edit", 30, "For the sale", OPEN),
    ]
    assert may(little_shop, bob) == set()


@pytest.mark.parametrize(
    ("wanted", "days", "reason", "field"),
    [
        ({}, 7, "x", "what"),
        ({"role_id": 1, "permission": "goods.view"}, 7, "x", "what"),
        ({"permission": "goods.view"}, 0, "x", "days"),
        ({"permission": "goods.view"}, MOST_DAYS + 1, "x", "days"),
        ({"permission": "goods.view"}, 7, " ", "reason"),
        ({"permission": "goods.view"}, 7, "x" * (REASON_LIMIT + 1), "reason"),
        ({"permission": "goods.view"}, 7, "two\nlines", "reason"),
    ],
)
def test_a_request_without_what_how_long_or_why_is_none(bob: Actor, wanted: dict[str, object], days: int, reason: str, field: str) -> None:
    """Each is said beside its field."""
    caught = refused(lambda: requests.ask(bob, **wanted, days=days, reason=reason), Invalid)  # type: ignore[arg-type]  # of both kinds
    assert caught.field == field


@pytest.mark.parametrize("text", hostile.REFUSED.values(), ids=hostile.REFUSED)
def test_what_cannot_be_seen_is_no_reason(bob: Actor, boss: Actor, text: str) -> None:
    """Nor a word that declines."""
    assert refused(lambda: requests.ask(bob, permission="goods.view", days=1, reason=text), Invalid).field == "reason"
    wanted = ask(bob)
    assert refused(lambda: requests.decline(boss, wanted, text), Invalid).field == "word"


def test_only_what_can_be_given_is_asked_for(little_shop: Founded, bob: Actor) -> None:
    """Not what is the owner's alone, not what is nowhere, not a role that was closed."""
    refused(lambda: ask(bob, "finance.withdraw"), OwnerOnly)
    refused(lambda: ask(bob, "goods.teleport"), Unknown)
    closed = roles.add(little_shop.owner, "Host", ["goods.view"])
    roles.close(little_shop.owner, closed, None)
    for role_id in (closed, 999):
        refused(lambda role_id=role_id: requests.ask(bob, role_id=role_id, days=1, reason="x"), Unknown)  # type: ignore[misc]  # mypy cannot infer a lambda's default


def test_what_the_post_bars_wholly_is_not_asked_for(little_shop: Founded) -> None:
    """A role of which something remains may be."""
    sue = little_shop.person("sue", post="service")
    price = roles.add(little_shop.owner, "Prices", ["goods.price.edit", "goods.view"])
    bars = roles.add(little_shop.owner, "Pages", ["decor.edit"])
    refused(lambda: requests.ask(sue, role_id=bars, days=1, reason="x"), PostBars)
    refused(lambda: ask(sue, "goods.price.edit"), PostBars)
    requests.ask(sue, role_id=price, days=1, reason="x")


def test_what_is_held_as_long_is_not_asked_for(little_shop: Founded, bob: Actor) -> None:
    """What ends sooner may be, for longer."""
    until = AccessChange(give_extras=(ExtraGift("goods.view", end("2026-03-08")),), give_roles=(RoleGift(little_shop.role_id("design")),))
    grants.change(little_shop.owner, bob.staff_id or 0, until)
    refused(lambda: requests.ask(bob, role_id=little_shop.role_id("design"), days=1, reason="x"), HeldAlready)
    for code in ("goods.view", "goods.edit"):
        refused(lambda code=code: ask(bob, code, 7), HeldAlready)  # type: ignore[misc]  # mypy cannot infer a lambda's default
    grants.change(little_shop.owner, bob.staff_id or 0, AccessChange(take_roles=(little_shop.role_id("design"),)))
    refused(lambda: ask(bob, "goods.view", 7), HeldAlready)
    ask(bob, "goods.view", 8)


def test_the_same_is_asked_for_once_and_so_many_are_enough(little_shop: Founded, bob: Actor) -> None:
    """One that was answered, withdrawn or overtaken counts no more."""
    codes = ["goods.view", "goods.edit", "refund.view", "rate.reply", "chat.receive"]
    assert len(codes) == MOST_OPEN
    first, *_rest = [ask(bob, code) for code in codes]
    refused(lambda: ask(bob, "goods.view", 8), AskedAlready)
    assert "5 open requests" in str(refused(lambda: ask(bob, "staff.view"), RequestsFull))
    requests.withdraw(bob, first)
    role = roles.add(little_shop.owner, "Host", ["goods.view"])
    requests.ask(bob, role_id=role, days=1, reason="x")
    refused(lambda: ask(bob, "staff.view"), RequestsFull)
    roles.close(little_shop.owner, role, None)
    ask(bob, "goods.view")


def test_the_owner_and_the_operator_have_nothing_to_ask_for(little_shop: Founded, bob: Actor) -> None:
    """One holds everything, the other is no person; a stranger has no session."""
    refused(lambda: ask(little_shop.owner), OwnerProtected)
    refused(lambda: ask(CONSOLE), Unknown)
    refused(lambda: ask(STRANGER), SessionEnded)
    staff.freeze(little_shop.owner, bob.staff_id or 0)
    refused(lambda: ask(bob), SessionEnded)


def test_a_request_is_withdrawn_by_whoever_made_it(little_shop: Founded, bob: Actor, boss: Actor) -> None:
    """By nobody else, and once."""
    wanted = ask(bob)
    for other in (boss, little_shop.owner, CONSOLE):
        refused(lambda other=other: requests.withdraw(other, wanted), RequestGone)  # type: ignore[misc]  # mypy cannot infer a lambda's default
    (told,) = recorded(lambda: requests.withdraw(bob, wanted))
    assert (told.action, told.label, told.old["permission"]) == ("request.withdraw", "bob", "goods.view")
    shown = row(little_shop, wanted)
    assert (shown.status, shown.decided_by, shown.decided_at) == (WITHDRAWN, "bob", NOON)
    for late in (
        lambda: requests.withdraw(bob, wanted),
        lambda: requests.approve(boss, wanted),
        lambda: requests.decline(boss, wanted, "x"),
    ):
        refused(late, RequestGone)
    refused(lambda: requests.withdraw(bob, 999), RequestGone)


# ---- approving


def test_what_was_approved_is_given_until_the_end_of_a_day(little_shop: Founded, bob: Actor, boss: Actor) -> None:
    """A permission with what it needs; the log tells of the gift and of what it was given for."""
    wanted = ask(bob, "goods.price.edit", 30)
    told = recorded(lambda: requests.approve(boss, wanted))
    assert [entry.action for entry in told] == ["extra.grant", "extra.grant", "request.approve"]
    assert told[-1].old == {"permission": "goods.price.edit", "days": 30, "reason": "For the sale"}
    assert told[-1].new == {"until": clock.rfc3339(end("2026-03-31"))}
    given = staff_queries.given(bob.staff_id or 0)
    assert {(grant.key, grant.by, grant.until) for grant in given} == {
        (code, "boss", end("2026-03-31")) for code in ("goods.view", "goods.price.edit")
    }
    assert may(little_shop, bob) == {"goods.view", "goods.price.edit"}
    shown = row(little_shop, wanted)
    assert (shown.status, shown.decided_by, shown.until) == (APPROVED, "boss", end("2026-03-31"))
    clock.set_clock(lambda: end("2026-03-31") + 1)
    assert may(little_shop, bob) == set()


def test_a_role_that_was_approved_is_given_as_a_role(little_shop: Founded, bob: Actor, boss: Actor) -> None:
    """And the days are counted from the approval, not from the asking."""
    wanted = requests.ask(bob, role_id=little_shop.role_id("design"), days=2, reason="x")
    clock.set_clock(lambda: NOON + 5 * DAY)
    assert requests.approve(boss, wanted) == end("2026-03-08")
    assert [(grant.kind, grant.key, grant.until) for grant in staff_queries.given(bob.staff_id or 0)] == [
        ("role", "design", end("2026-03-08"))
    ]


@pytest.mark.parametrize("day", ["2026-03-01", "2026-03-02", "2027-03-02"])
def test_the_end_may_be_another_within_a_year(little_shop: Founded, bob: Actor, day: str) -> None:
    """From today on, and as far as one may ask."""
    assert requests.approve(little_shop.owner, ask(bob), until=end(day)) == end(day)


@pytest.mark.parametrize("until", [NOON - 1, end("2027-03-02") + 1])
def test_no_other_end_is_taken(little_shop: Founded, bob: Actor, until: int) -> None:
    """What is over, or longer than anybody may ask for; never without end."""
    wanted = ask(bob)
    assert refused(lambda: requests.approve(little_shop.owner, wanted, until=until), Invalid).field == "until"


def test_approving_takes_what_giving_by_hand_takes(little_shop: Founded, bob: Actor) -> None:
    """`staff.manage`, and what is asked for, held until then; whoever is wider than oneself is out of reach. So is declining."""
    wanted = ask(bob, "goods.price.edit")
    nearly = little_shop.person("nearly", gave=["operations"], extras=["staff.freeze"])
    lacks = little_shop.person("lacks", extras=["staff.manage", "goods.view"])
    for act in (lambda who: requests.approve(who, wanted), lambda who: requests.decline(who, wanted, "no")):
        refused(lambda act=act: act(nearly), NotAllowed)  # type: ignore[misc]  # mypy cannot infer a lambda's default
        assert refused(lambda act=act: act(lacks), OutOfReach).permission == "goods.price.edit"  # type: ignore[misc]  # as above
    brief = little_shop.person("brief", extras=["staff.manage"])
    short = AccessChange(give_extras=(ExtraGift("goods.price.edit", end("2026-03-05")),))
    grants.change(little_shop.owner, brief.staff_id or 0, short)
    refused(lambda: requests.approve(brief, wanted), UntilTooLate)
    refused(lambda: requests.approve(brief, wanted, until=end("2026-03-05") + 1), UntilTooLate)
    wider = AccessChange(give_extras=(ExtraGift("finance.bill.view"),))
    grants.change(little_shop.owner, bob.staff_id or 0, wider)
    assert refused(lambda: requests.approve(brief, wanted, until=end("2026-03-05")), OutOfReach).permission == "finance.bill.view"
    assert refused(lambda: requests.decline(brief, wanted, "no"), OutOfReach).permission == "finance.bill.view"
    grants.change(little_shop.owner, bob.staff_id or 0, AccessChange(take_extras=("finance.bill.view",)))
    requests.approve(brief, wanted, until=end("2026-03-05"))


def test_who_may_approve_is_judged_when_they_do(little_shop: Founded, bob: Actor, boss: Actor) -> None:
    """What the preview showed a moment ago helps nobody whose access was taken since; nor one whose proof is old."""
    wanted = ask(bob)
    seen = deciding.preview(boss, wanted).seen
    Session.update(proved_at=NOON - 301 * clock.SECOND).where(Session.id == boss.session_id).execute()
    refused(lambda: requests.approve(boss, wanted, seen=seen), ProofNeeded)
    Session.update(proved_at=NOON).where(Session.id == boss.session_id).execute()
    grants.change(little_shop.owner, boss.staff_id or 0, AccessChange(take_roles=(little_shop.role_id("manager"),)))
    refused(lambda: requests.approve(boss, wanted, seen=seen), NotAllowed)
    staff.freeze(little_shop.owner, boss.staff_id or 0)
    refused(lambda: requests.approve(boss, wanted, seen=seen), SessionEnded)


def test_what_was_confirmed_is_what_happens(little_shop: Founded, bob: Actor, boss: Actor) -> None:
    """A role that grew, or a person whom somebody else changed, has to be looked at again."""
    role = roles.add(little_shop.owner, "Host", ["goods.view"])
    wanted = requests.ask(bob, role_id=role, days=7, reason="x")
    detail, seen = staff_queries.detail(boss, bob.staff_id or 0), deciding.preview(boss, wanted).seen
    roles.edit(little_shop.owner, role, None, codes=["goods.view", "goods.price.edit"])
    refused(lambda: requests.approve(boss, wanted, version=detail.version, seen=seen), Stale)
    seen = deciding.preview(boss, wanted).seen
    profile(little_shop, bob, nickname="Bobby")
    refused(lambda: requests.approve(boss, wanted, version=detail.version, seen=seen), Stale)
    assert row(little_shop, wanted).status == OPEN
    requests.approve(boss, wanted, version=detail.version + 1, seen=seen)


def test_of_two_who_decide_at_once_one_does(little_shop: Founded, bob: Actor, boss: Actor) -> None:
    """In threads of their own; one gift, one answer."""
    wanted = ask(bob)
    came: list[str] = []
    barrier = threading.Barrier(4)

    def decide(act: Callable[[], object]) -> None:
        barrier.wait()
        try:
            act()
            came.append("done")
        except Refusal as refusal:
            came.append(type(refusal).__name__)
        finally:
            shops.close()

    acts: list[Callable[[], object]] = [
        lambda: requests.approve(boss, wanted),
        lambda: requests.approve(little_shop.owner, wanted),
        lambda: requests.decline(boss, wanted, "no"),
        lambda: requests.withdraw(bob, wanted),
    ]
    threads = [threading.Thread(target=decide, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(came) == ["RequestGone"] * 3 + ["done"]
    answers = [entry.action for entry in entries() if entry.action in {"request.approve", "request.decline", "request.withdraw"}]
    assert len(answers) == 1


def test_what_somebody_gave_meanwhile_is_not_cut_short(little_shop: Founded, bob: Actor, boss: Actor) -> None:
    """By hand, for longer: approving would take days away. Until a later day it may be approved, and any day declined."""
    wanted = ask(bob)
    grants.change(little_shop.owner, bob.staff_id or 0, AccessChange(give_extras=(ExtraGift("goods.view", end("2026-04-01")),)))
    refused(lambda: requests.approve(boss, wanted), HeldAlready)
    requests.approve(boss, wanted, until=end("2026-04-02"))
    other = ask(bob, "rate.reply")
    grants.change(little_shop.owner, bob.staff_id or 0, AccessChange(give_extras=(ExtraGift("rate.reply"),)))
    refused(lambda: requests.approve(boss, other, until=end("2027-03-01")), HeldAlready)
    requests.decline(boss, other, "You have it")


def test_a_post_that_changed_meanwhile_bars_it(little_shop: Founded, bob: Actor, boss: Actor) -> None:
    """Nothing would come of it."""
    wanted = ask(bob, "decor.edit")
    grants.change(little_shop.owner, bob.staff_id or 0, AccessChange(post="service"))
    refused(lambda: requests.approve(boss, wanted), PostBars)


def test_who_was_frozen_meanwhile_finds_it_when_they_are_back(little_shop: Founded, bob: Actor, boss: Actor) -> None:
    """As with what is given by hand."""
    wanted = ask(bob)
    staff.freeze(little_shop.owner, bob.staff_id or 0)
    requests.approve(boss, wanted)
    assert may(little_shop, bob) == set()
    staff.unfreeze(little_shop.owner, bob.staff_id or 0)
    assert may(little_shop, bob) == {"goods.view"}


def test_requests_of_who_left_wait_no_more(little_shop: Founded, bob: Actor, boss: Actor) -> None:
    """Nor when they come back: reinstated, they have asked for nothing yet."""
    wanted = ask(bob)
    clock.set_clock(lambda: NOON + 1)
    staff.leave(little_shop.owner, bob.staff_id or 0)
    refused(lambda: requests.approve(boss, wanted), RequestGone)
    refused(lambda: requests.decline(boss, wanted, "no"), RequestGone)
    assert row(little_shop, wanted).status == LAPSED
    clock.set_clock(lambda: NOON + 2)
    staff.reinstate(little_shop.owner, bob.staff_id or 0)
    assert row(little_shop, wanted).status == LAPSED
    refused(lambda: requests.approve(boss, wanted), RequestGone)
    Staff.update(status="active", activated_at=NOON).where(Staff.login == "bob").execute()
    clock.set_clock(lambda: NOON + 3)
    requests.approve(boss, ask(signed_in("bob")))


def test_requests_of_whoever_has_left_by_the_day_wait_no_more(little_shop: Founded, bob: Actor, boss: Actor) -> None:
    """Whether or not anybody wrote that down yet, and whatever the clock says later."""
    wanted = ask(bob)
    Staff.update(leaves_at=NOON + DAY, leaves_by="owner").where(Staff.login == "bob").execute()
    assert row(little_shop, wanted).status == OPEN
    clock.set_clock(lambda: NOON + DAY + 1)
    assert row(little_shop, wanted).status == LAPSED
    with pytest.raises(RequestGone):
        requests.approve(little_shop.owner, wanted)
    assert may(little_shop, bob) == set()
    assert deciding.waiting(little_shop.owner) == ()


def test_requests_for_a_role_that_was_closed_wait_no_more(little_shop: Founded, bob: Actor, boss: Actor) -> None:
    """There is nothing to give."""
    role = roles.add(little_shop.owner, "Host", ["goods.view"])
    wanted = requests.ask(bob, role_id=role, days=7, reason="x")
    roles.close(little_shop.owner, role, None)
    refused(lambda: requests.approve(boss, wanted), RequestGone)
    refused(lambda: requests.withdraw(bob, wanted), RequestGone)
    assert (row(little_shop, wanted).status, row(little_shop, wanted).label) == (LAPSED, "Host")


def test_whoever_took_over_the_shop_has_nothing_open(little_shop: Founded, bob: Actor) -> None:
    """The owner holds everything."""
    wanted = ask(bob)
    Staff.update(is_owner=False).where(Staff.login == "owner").execute()
    Staff.update(is_owner=True).where(Staff.login == "bob").execute()
    refused(lambda: requests.approve(CONSOLE, wanted), RequestGone)


# ---- declining


def test_a_word_declines(little_shop: Founded, bob: Actor, boss: Actor) -> None:
    """Without one nobody is turned away; nothing is given."""
    wanted = ask(bob)
    refused(lambda: requests.decline(boss, wanted, "  "), Invalid)
    (told,) = recorded(lambda: requests.decline(boss, wanted, "Ask me in May"))
    assert (told.action, told.label, told.new) == ("request.decline", "bob", {"word": "Ask me in May"})
    assert told.old["reason"] == "For the sale"
    shown = row(little_shop, wanted)
    assert (shown.status, shown.decided_by, shown.word, shown.until) == (DECLINED, "boss", "Ask me in May", None)
    assert may(little_shop, bob) == set()
    ask(bob)


# ---- one person


def test_nobody_decides_on_their_own(little_shop: Founded) -> None:
    """Holding all it takes does not help; the attempt is in the log."""
    chief = little_shop.person("chief", extras=["staff.manage", "rate.reply"])
    wanted = ask(chief)
    refused(lambda: requests.approve(chief, wanted), SamePerson)
    refused(lambda: requests.decline(chief, wanted, "no"), SamePerson)
    told = entries()[-1]
    assert (told.actor, told.action, told.label) == ("chief", "act.refuse", "chief")
    assert told.new == {"act": "request.decline", "because": "SamePerson"}


@pytest.mark.parametrize(
    ("mine", "other"),
    [
        ({"phone": "13800138000"}, {"phone": "+86 138-0013-8000"}),
        ({"phone": "0086 13800138000"}, {"phone": "138 0013 8000"}),
        ({"phone": "13800138000-1"}, {"phone": "13800138000"}),
        ({"email": "Bob@Example.com"}, {"email": "bob@example.COM"}),
        ({"number": "a-007"}, {"number": "Ａ-007"}),
    ],
)
@pytest.mark.parametrize("by", ["boss", "owner"])
def test_a_second_account_is_the_same_person(
    little_shop: Founded, bob: Actor, boss: Actor, mine: dict[str, str], other: dict[str, str], by: str
) -> None:
    """In any spelling; the owner's second account as any other. The operator at the machine may, and so may anybody else."""
    approver = signed_in(by)
    profile(little_shop, bob, **mine)
    profile(little_shop, approver, **other)
    wanted = ask(bob)
    refused(lambda: requests.approve(approver, wanted), SamePerson)
    refused(lambda: requests.decline(approver, wanted, "no"), SamePerson)
    third = little_shop.person("third", gave=["manager"])
    requests.decline(third, wanted, "no")
    requests.approve(CONSOLE, ask(bob))


def test_a_third_keeps_nobody_from_deciding(little_shop: Founded, bob: Actor, boss: Actor) -> None:
    """Mallory puts the boss's phone and bob's address into her own profile: the boss decides for bob all the same, and not for her."""
    mallory = little_shop.person("mallory")
    profile(little_shop, bob, email="b@example.com")
    profile(little_shop, boss, phone="13800138000")
    profile(little_shop, mallory, phone="+8613800138000", email="B@example.com")
    hers, wanted = ask(mallory), ask(bob)
    refused(lambda: requests.approve(boss, hers), SamePerson)
    assert [row.id for row in deciding.waiting(boss)] == [wanted]
    requests.approve(boss, wanted)


@pytest.mark.parametrize("who", ["bob", "boss"])
@pytest.mark.parametrize("after", [False, True], ids=["before asking", "after asking"])
def test_a_profile_that_was_changed_a_moment_ago_helps_nobody(
    little_shop: Founded, bob: Actor, boss: Actor, who: str, *, after: bool
) -> None:
    """Whichever of the two does it, and however often: what stood there in the last ninety days counts."""
    changing = {"bob": bob, "boss": boss}[who]
    for each in (bob, boss):
        profile(little_shop, each, phone="13800138000")
    clock.set_clock(lambda: NOON + DAY)
    wanted = ask(bob) if after else 0
    profile(little_shop, changing, phone="13900139000")
    profile(little_shop, changing, phone="")
    wanted = wanted or ask(bob)
    refused(lambda: requests.approve(boss, wanted), SamePerson)
    assert deciding.waiting(boss) == ()
    requests.withdraw(bob, wanted)
    clock.set_clock(lambda: NOON + 92 * DAY)
    requests.approve(boss, ask(bob))


def test_a_number_that_was_only_passed_through_counts_too(little_shop: Founded, bob: Actor, boss: Actor) -> None:
    """It stood in a profile between two changes, and in neither of them now."""
    profile(little_shop, bob, email="b@example.com")
    profile(little_shop, boss, email="x@example.com")
    profile(little_shop, boss, email="b@example.com")
    profile(little_shop, boss, email="y@example.com")
    wanted = ask(bob)
    refused(lambda: requests.approve(boss, wanted), SamePerson)


def test_people_who_share_nothing_are_not_one(little_shop: Founded, bob: Actor, boss: Actor) -> None:
    """Nor are those whose profiles are empty, or who have the same name."""
    profile(little_shop, bob, nickname="Twin", phone="13800138000", number="A1", email="a1@example.com")
    profile(little_shop, boss, nickname="Twin", phone="13800138001", number="A2", email="a2@example.com")
    requests.approve(boss, ask(bob))
    third = little_shop.person("third")
    requests.approve(boss, ask(third))


def test_a_refused_decision_is_in_the_log_and_changes_nothing(little_shop: Founded, bob: Actor, boss: Actor) -> None:
    """It says on whose request it was."""
    profile(little_shop, bob, phone="13800138000")
    profile(little_shop, boss, phone="13800138000")
    wanted = ask(bob)
    before = newest()
    refused(lambda: requests.approve(boss, wanted), SamePerson)
    (told,) = entries(before)
    assert (told.actor, told.label, told.new) == ("boss", "bob", {"act": "request.approve", "because": "SamePerson"})
    assert row(little_shop, wanted).status == OPEN


def test_nothing_of_a_request_is_ever_deleted(little_shop: Founded, bob: Actor, boss: Actor) -> None:
    """Answers are kept beside what was asked."""
    for code in ("goods.view", "rate.reply"):
        requests.decline(boss, ask(bob, code), "no")
    assert db.row("SELECT count(*) FROM request") == (2,)
    assert asking.offers(bob)
