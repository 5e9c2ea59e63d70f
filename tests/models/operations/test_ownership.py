"""Exactly one owner: handed over by offer and acceptance, set right at the machine, and never frozen."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from models import clock, db
from models.actor import Actor
from models.errors import (
    ClockWrong,
    CodeRefused,
    ConsoleAlone,
    Invalid,
    NothingChanged,
    OfferGone,
    OwnAccount,
    OwnerAlone,
    OwnerProtected,
    ProofNeeded,
    SessionEnded,
    SignInLocked,
    SignInRefused,
    TotpMissing,
    Unknown,
    WrongProof,
    WrongStatus,
)
from models.operations import codes, ownership, presence, roles, security, sessions, staff
from models.queries import access, activity, security as queries
from tests.factories import CONSOLE, DAY, PASSWORD, STRANGER, Founded, signed_in
from tests.models.doors import AFAR, NEW, Phone, Watch, come_in, enrol, failures, recovery_codes, told
from tests.models.operations.acts import entries, recorded, refused

pytestmark = pytest.mark.usefixtures("cheap")


class Heir:
    """Somebody who works here and can prove it."""

    def __init__(self, shop: Founded, login: str = "bob") -> None:
        self.actor: Actor = shop.person(login, gave=["customer_service"], extras=["goods.view"])
        self.id = self.actor.staff_id or 0
        self.phone: Phone = enrol(self.actor)

    def accept(self, password: str = PASSWORD, code: str = "") -> None:
        """Take the shop over, with the next code of the phone."""
        ownership.accept(self.actor, password, code or self.phone.code(1))


@pytest.fixture
def heir(little_shop: Founded, watch: Watch) -> Heir:
    """Bob, to whom nothing was offered yet."""
    return Heir(little_shop)


def owners() -> list[tuple[str, str]]:
    """Every owner there is, with the status."""
    return [(login, status) for login, status in db.rows("SELECT login, status FROM staff WHERE is_owner = 1")]


def offer(shop: Founded, heir: Heir, post: str = "service") -> None:
    """The owner offers the shop."""
    ownership.offer(shop.owner, heir.id, post, PASSWORD)


def test_rule_10_the_shop_is_handed_over_by_offer_and_acceptance(little_shop: Founded, heir: Heir) -> None:
    """The former owner is staff with the post of the offer and nothing else, signed out; the heir holds everything, and no grants."""
    other = signed_in("bob")
    offer(little_shop, heir)
    assert owners() == [("owner", "active")], "offered is not handed over"
    (entry,) = [each for each in recorded(heir.accept) if each.action == "owner.accept"]
    assert (entry.actor, entry.label, entry.old, entry.new) == ("bob", "bob", {"owner": "owner"}, {"owner": "bob", "post": "service"})
    assert owners() == [("bob", "active")]
    former = signed_in("owner")
    assert activity.held(former) == frozenset()
    assert db.rows("SELECT post, status FROM staff WHERE login = 'owner'") == [("service", "active")]
    assert not db.rows("SELECT 1 FROM role_grant WHERE ended_at IS NULL UNION ALL SELECT 1 FROM extra WHERE ended_at IS NULL")
    assert all(verdict.allowed for verdict in access.of(heir.actor, heir.id).values())
    for ended in (little_shop.owner, other):
        with pytest.raises(SessionEnded):
            activity.held(ended)
    refused(lambda: ownership.offer(former, heir.id, "service", PASSWORD), OwnerAlone)
    staff.freeze(heir.actor, 1)
    refused(lambda: staff.freeze(CONSOLE, heir.id), OwnerProtected)


def test_rule_10_an_offer_takes_the_owner_and_their_password(little_shop: Founded, heir: Heir) -> None:
    """Nobody else's word, not the operator's; to somebody active, who is not the owner; and the post is one of two."""
    refused(lambda: ownership.offer(heir.actor, 1, "service", PASSWORD), OwnerAlone)
    refused(lambda: ownership.offer(CONSOLE, heir.id, "service", PASSWORD), OwnerAlone)
    assert failures() == 0, "nobody guesses the owner's password by it"
    with pytest.raises(WrongProof):
        ownership.offer(little_shop.owner, heir.id, "service", NEW)
    assert told("session.prove.refuse") == ['{"because":"password"}']
    refused(lambda: ownership.offer(little_shop.owner, heir.id, "boss", PASSWORD), Invalid)
    refused(lambda: ownership.offer(little_shop.owner, 99, "service", PASSWORD), Unknown)
    refused(lambda: ownership.offer(little_shop.owner, 1, "service", PASSWORD), OwnAccount)
    staff.freeze(little_shop.owner, heir.id)
    refused(lambda: ownership.offer(little_shop.owner, heir.id, "service", PASSWORD), WrongStatus)
    assert not db.rows("SELECT 1 FROM owner_offer")


def test_p11_an_offer_asks_for_proof_beside_the_password(little_shop: Founded, heir: Heir, watch: Watch) -> None:
    """The phone, where TOTP is on; and nothing is counted before."""
    enrol(little_shop.owner)
    owner = signed_in("owner", ages=True)
    watch.passes(301)
    assert refused(lambda: ownership.offer(owner, heir.id, "service", PASSWORD), ProofNeeded).kind == "totp"


def test_rule_10_an_offer_is_open_for_a_day(little_shop: Founded, heir: Heir, watch: Watch) -> None:
    """To the last instant."""
    offer(little_shop, heir)
    watch.passes(24 * 3600 + 0.000001)
    refused(heir.accept, OfferGone)
    offer(little_shop, heir)
    watch.passes(24 * 3600)
    heir.accept()
    assert [end for (end,) in db.rows('SELECT "end" FROM owner_offer ORDER BY id')] == ["replaced", "accepted"]


def test_rule_10_at_most_one_offer_is_open(little_shop: Founded, heir: Heir) -> None:
    """Another takes its place, whoever it was made to."""
    carol = Heir(little_shop, "carol")
    offer(little_shop, heir)
    offer(little_shop, carol)
    refused(heir.accept, OfferGone)
    refused(lambda: ownership.decline(heir.actor), OfferGone)
    carol.accept()
    assert owners() == [("carol", "active")]


def test_rule_10_an_offer_is_withdrawn_or_declined(little_shop: Founded, heir: Heir) -> None:
    """By the owner, and by the heir, and by nobody else; then nothing is open."""
    for end in (lambda: ownership.withdraw(little_shop.owner), lambda: ownership.decline(heir.actor), lambda: ownership.withdraw(CONSOLE)):
        offer(little_shop, heir)
        refused(lambda: ownership.withdraw(heir.actor), OwnerAlone)
        refused(lambda: ownership.decline(little_shop.owner), OfferGone)
        end()
        refused(heir.accept, OfferGone)
        refused(lambda: ownership.withdraw(little_shop.owner), OfferGone)
        refused(lambda: ownership.decline(heir.actor), OfferGone)
    assert [action for _, action, _ in little_shop.log("owner.withdraw", "owner.decline")] == [
        "owner.withdraw",
        "owner.decline",
        "owner.withdraw",
    ]


def test_rule_10_accepting_takes_password_and_code(little_shop: Founded, heir: Heir, watch: Watch) -> None:
    """Both, of the heir; a recovery code does not do; wrong ones are counted and told, and the offer stays open."""
    made = recovery_codes(heir.actor)
    offer(little_shop, heir)
    watch.passes(60)
    for password, code in ((NEW, heir.phone.code()), (PASSWORD, heir.phone.wrong()), (PASSWORD, made[1]), ("", "")):
        with pytest.raises(WrongProof):
            heir.accept(password, code or "-")
    assert told("session.prove.refuse") == ['{"because":"owner.accept"}'] * 4
    assert owners() == [("owner", "active")]
    heir.accept(PASSWORD, heir.phone.code(1))
    assert failures() == 0


def test_rule_10_guessing_at_an_offer_is_locked(little_shop: Founded, heir: Heir) -> None:
    """As everywhere."""
    offer(little_shop, heir)
    for _ in range(5):
        with pytest.raises(WrongProof):
            heir.accept(NEW)
    with pytest.raises(SignInLocked):
        heir.accept()


def test_rule_10_an_heir_without_totp_sets_it_up_first(little_shop: Founded, watch: Watch) -> None:
    """And whoever was offered nothing can try as often as they like, without being locked out for it."""
    bob = little_shop.person("bob")
    for _ in range(6):
        refused(lambda: ownership.accept(bob, PASSWORD, "123456"), OfferGone)
    ownership.offer(little_shop.owner, bob.staff_id or 0, "operations", PASSWORD)
    for _ in range(6):
        refused(lambda: ownership.accept(bob, PASSWORD, "123456"), TotpMissing)
    phone = enrol(bob)
    ownership.accept(bob, PASSWORD, phone.code(1))
    assert owners() == [("bob", "active")]


@pytest.mark.parametrize("act", [staff.freeze, staff.leave])
def test_rule_10_an_heir_who_is_shut_out_meanwhile_does_not_get_the_shop(little_shop: Founded, heir: Heir, act: object) -> None:
    """Whoever froze them had a reason."""
    offer(little_shop, heir)
    act(little_shop.owner, heir.id)  # type: ignore[operator]  # one of the two
    with pytest.raises(SessionEnded):
        heir.accept()
    assert owners() == [("owner", "active")]


def test_rule_10_a_clock_that_is_wrong_hands_nothing_over(little_shop: Founded, heir: Heir, watch: Watch) -> None:
    """No code can be judged."""
    offer(little_shop, heir)
    watch.passes(-3600)
    with pytest.raises(ClockWrong):
        heir.accept()


def test_rule_10_the_heirs_limits_end(little_shop: Founded, heir: Heir, watch: Watch) -> None:
    """Nobody shuts the owner out."""
    security.limit(little_shop.owner, heir.id, addresses="10.0.0.1", hours="00:00-00:01")
    offer(little_shop, heir)
    heir.accept()
    watch.passes(60)
    assert come_in("bob", heir.phone.code(), AFAR)


def test_reset_owner_is_for_the_machine_alone(little_shop: Founded, heir: Heir, watch: Watch) -> None:
    """Password, phone and recovery codes are void, sessions end; the code sets a new password."""
    phone = enrol(little_shop.owner)
    recovery_codes(little_shop.owner)
    for actor in (heir.actor, little_shop.owner):
        refused(lambda: ownership.reset_owner(actor), ConsoleAlone)  # noqa: B023  called at once
    fresh = ownership.reset_owner(CONSOLE)
    assert (fresh.login, fresh.expires_at) == ("owner", watch.now + DAY)
    assert (entries()[-1].action, entries()[-1].new) == ("owner.reset", {"reset": ["password", "totp"]})
    with pytest.raises(SessionEnded):
        activity.held(little_shop.owner)
    with pytest.raises(SignInRefused):
        sessions.sign_in(STRANGER, "owner", PASSWORD)
    again = ownership.reset_owner(CONSOLE)
    with pytest.raises(CodeRefused):
        sessions.activate(STRANGER, "owner", fresh.code, NEW)
    sessions.activate(STRANGER, "owner", again.code, NEW)
    back = sessions.sign_in(STRANGER, "owner", NEW)
    assert queries.own(back).recovery_left == 0
    watch.passes(60)
    with pytest.raises(WrongProof):
        presence.prove(back, phone.code())


def test_replace_owner_is_for_a_shop_whose_owner_is_gone(little_shop: Founded, heir: Heir) -> None:
    """At the machine only; the former owner is frozen, without grants; an offer that was open is not any more."""
    carol = Heir(little_shop, "carol")
    offer(little_shop, carol)
    for actor in (heir.actor, little_shop.owner):
        refused(lambda: ownership.replace_owner(actor, "bob"), ConsoleAlone)  # noqa: B023  called at once
    refused(lambda: ownership.replace_owner(CONSOLE, "owner"), NothingChanged)
    refused(lambda: ownership.replace_owner(CONSOLE, "nobody"), Unknown)
    refused(lambda: ownership.replace_owner(CONSOLE, "no login"), Unknown)
    refused(lambda: ownership.replace_owner(CONSOLE, "bob", "boss"), Invalid)
    (entry,) = [each for each in recorded(lambda: ownership.replace_owner(CONSOLE, "BOB", "service")) if each.action == "owner.replace"]
    assert (entry.actor, entry.old, entry.new) == ("console:tester", {"owner": "owner"}, {"owner": "bob", "post": "service"})
    assert owners() == [("bob", "active")]
    assert db.rows("SELECT status, post, is_owner FROM staff WHERE login = 'owner'") == [("frozen", "service", 0)]
    for ended in (little_shop.owner, heir.actor):
        with pytest.raises(SessionEnded):
            activity.held(ended)
    with pytest.raises(SignInRefused):
        sessions.sign_in(STRANGER, "owner", PASSWORD)
    refused(carol.accept, OfferGone)
    staff.freeze(CONSOLE, carol.id)
    refused(lambda: ownership.replace_owner(CONSOLE, "carol"), WrongStatus)
    roles.add(signed_in("bob"), "Mine", ["finance.bill.view"])


def test_rule_10_the_tables_themselves_hold_one_owner_and_one_offer(little_shop: Founded, heir: Heir) -> None:
    """Whatever a mistake of ours would do."""
    offer(little_shop, heir)
    for statement in (
        "UPDATE staff SET is_owner = 1 WHERE login = 'bob'",
        "UPDATE staff SET status = 'frozen' WHERE is_owner = 1",
        "INSERT INTO owner_offer (heir_id, post, offered_at, expires_at) VALUES (2, 'service', 1, 2)",
    ):
        with pytest.raises(Exception, match="constraint failed"):
            db.rows(statement)


def test_totp_of_the_former_owner_goes_on(little_shop: Founded, heir: Heir, watch: Watch) -> None:
    """They are staff now, with the phone they had."""
    phone = enrol(little_shop.owner)
    offer(little_shop, heir)
    heir.accept()
    watch.passes(60)
    presence.prove(signed_in("owner"), phone.code())
    watch.passes(30)
    come_in("owner", phone.code())


VOIDING: dict[str, Callable[[Actor, int], object]] = {
    "freeze": staff.freeze,
    "leave": staff.leave,
    "password": lambda actor, heir: security.reset(actor, heir, password=True),
    "codes": lambda actor, heir: security.reset(actor, heir, totp=True),
}


@pytest.mark.parametrize("act", VOIDING.values(), ids=VOIDING)
def test_rule_10_an_offer_ends_with_what_the_heir_would_prove_themselves_by(
    little_shop: Founded, heir: Heir, act: Callable[[Actor, int], object]
) -> None:
    """Also if they are let in again on the same day."""
    meg = little_shop.person("meg", gave=["manager"])
    offer(little_shop, heir)
    told_of = [(each.actor, each.action, each.label) for each in recorded(lambda: act(meg, heir.id))]
    assert ("meg", "owner.withdraw", "bob") in told_of
    refused(lambda: ownership.withdraw(little_shop.owner), OfferGone)


def test_rule_10_whoever_resets_the_heir_does_not_come_in_as_owner(little_shop: Founded, heir: Heir) -> None:
    """The code of a reset is handed to whoever resets: a manager would set a password, a phone, and accept."""
    meg = little_shop.person("meg", gave=["manager"])
    offer(little_shop, heir)
    fresh = security.reset(meg, heir.id, password=True, totp=True)
    sessions.activate(STRANGER, "bob", fresh.code, NEW)
    thief = sessions.sign_in(STRANGER, "bob", NEW)
    phone = enrol(thief)
    refused(lambda: ownership.accept(thief, NEW, phone.code(1)), OfferGone)
    assert owners() == [("owner", "active")]


def test_rule_10_an_offer_to_somebody_who_waits_for_a_code_ends_with_a_new_code(little_shop: Founded, heir: Heir) -> None:
    """It is handed to whoever makes it, as that of the reset was."""
    meg = little_shop.person("meg", gave=["manager"])
    security.reset(meg, heir.id, password=True)
    offer(little_shop, heir)
    codes.renew(meg, heir.id)
    refused(lambda: ownership.withdraw(little_shop.owner), OfferGone)


def test_rule_10_the_machines_reset_takes_back_what_the_owner_offered(little_shop: Founded, heir: Heir) -> None:
    """It may have been a thief who offered; what was offered to others than somebody who is shut out stays open."""
    offer(little_shop, heir)
    staff.freeze(little_shop.owner, little_shop.person("sue").staff_id or 0)
    assert ownership.open_offer(heir.id, clock.now())
    ownership.reset_owner(CONSOLE)
    refused(heir.accept, OfferGone)
