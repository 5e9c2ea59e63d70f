"""Proof given once more for changes to access and security, and proof that was overtaken while it was judged."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from models import db
from models.actor import Actor
from models.errors import (
    OwnerAlone,
    ProofNeeded,
    Refusal,
    SessionEnded,
    SignInLocked,
    WrongProof,
)
from models.operations import _hashing, _proof, codes, grants, onboarding, ownership, policy, presence, roles, security, sessions, staff
from models.operations.staff import Profile
from models.queries import security as queries, standing
from models.rules.grants import AccessChange, ExtraGift
from models.tables import Session, Staff
from tests.factories import CONSOLE, PASSWORD, STRANGER, Founded, signed_in
from tests.models.doors import NEW, Watch, enrol, told
from tests.models.operations.acts import recorded, refused

pytestmark = pytest.mark.usefixtures("cheap")

MINUTE = 60


def aging(shop: Founded, watch: Watch) -> Actor:
    """The owner, whose last proof is more than five minutes old."""
    owner = signed_in("owner", ages=True)
    watch.passes(5 * MINUTE + 0.000001)
    return owner


CHANGES: dict[str, Callable[[Actor, int], object]] = {
    "onboard": lambda actor, _: onboarding.onboard(actor, onboarding.Newcomer("zed", Profile("Zed"), "service")),
    "give": lambda actor, bob: grants.change(actor, bob, AccessChange(give_extras=(ExtraGift("goods.view", None),))),
    "make a role": lambda actor, _: roles.add(actor, "Mine", ["goods.view"]),
    "change a role": lambda actor, _: roles.edit(actor, 1, None, codes=["goods.view"]),
    "close a role": lambda actor, _: roles.close(actor, 9, None),
    "freeze": staff.freeze,
    "leave": staff.leave,
    "reset": lambda actor, bob: security.reset(actor, bob, password=True),
    "limit": lambda actor, bob: security.limit(actor, bob, addresses="10.0.0.1", hours=""),
    "policy": lambda actor, _: policy.edit(actor, 1, queries.policy().policy._replace(totp="everyone")),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_p11_a_change_to_access_or_security_asks_for_proof_after_five_minutes(
    little_shop: Founded, watch: Watch, change: Callable[[Actor, int], object]
) -> None:
    """Nothing is changed and nothing is in the log until it was given; of the operator at the machine it is never asked."""
    bob = little_shop.person("bob").staff_id or 0
    owner = aging(little_shop, watch)
    assert refused(lambda: change(owner, bob), ProofNeeded).kind == "password"
    with db.database.atomic() as at_machine:
        change(CONSOLE, bob)
        at_machine.rollback()
    presence.prove(owner, PASSWORD)
    watch.passes(5 * MINUTE)
    change(owner, bob)


def test_p11_who_may_not_is_told_so_and_not_asked_for_proof(little_shop: Founded, watch: Watch) -> None:
    """Nobody proves who they are to hear no."""
    sue = little_shop.person("sue", post="service")
    Session.update(proved_at=0, started_at=watch.now, seen_at=watch.now).where(Session.id == sue.session_id).execute()
    refused(lambda: security.limit(sue, 1, addresses="", hours=""), OwnerAlone)


def test_p11_with_totp_on_the_proof_is_a_code_and_the_password_is_none(little_shop: Founded, watch: Watch) -> None:
    """Each code once, here as at the door; wrong ones are told."""
    phone = enrol(little_shop.owner)
    owner = aging(little_shop, watch)
    assert standing.of(owner).proof == queries.own(owner).proof == "totp"
    for wrong in (PASSWORD, phone.wrong(), ""):
        with pytest.raises(WrongProof):
            presence.prove(owner, wrong)
    code = phone.code()
    presence.prove(owner, code)
    with pytest.raises(WrongProof):
        presence.prove(owner, code)
    roles.add(owner, "Mine", ["goods.view"])
    assert told("session.prove") == ['{"by":"totp"}']
    assert told("session.prove.refuse") == ['{"because":"second factor"}'] * 4


def test_p11_wrong_codes_within_a_session_are_rationed(little_shop: Founded, watch: Watch) -> None:
    """A session left open is no place to guess at."""
    phone = enrol(little_shop.owner)
    watch.passes(60)
    for _ in range(5):
        with pytest.raises(WrongProof):
            presence.prove(little_shop.owner, phone.wrong())
    with pytest.raises(SignInLocked):
        presence.prove(little_shop.owner, phone.code())


def test_p11_proof_in_one_session_is_none_in_another(little_shop: Founded, watch: Watch) -> None:
    """Each has its own."""
    one, other = aging(little_shop, watch), signed_in("owner", ages=True)
    Session.update(proved_at=0).where(Session.id == other.session_id).execute()
    presence.prove(one, PASSWORD)
    roles.add(one, "Mine", ["goods.view"])
    refused(lambda: roles.add(other, "Yours", ["goods.view"]), ProofNeeded)


@pytest.mark.parametrize("minutes", [4, 15])
def test_p11_the_policy_says_for_how_long(little_shop: Founded, watch: Watch, minutes: int) -> None:
    """At once, for sessions that are open too."""
    policy.edit(little_shop.owner, 1, queries.policy().policy._replace(proof_minutes=minutes))
    owner = signed_in("owner", ages=True)
    watch.passes(minutes * MINUTE - 180)
    presence.seen(owner)
    watch.passes(180)
    codes.renew(owner, _invited(little_shop))
    watch.passes(0.000001)
    refused(lambda: codes.renew(owner, little_shop.id_of("carol")), ProofNeeded)


def _invited(shop: Founded) -> int:
    shop.person("carol", status="invited")
    return shop.id_of("carol")


def test_p11_nothing_is_asked_of_the_operator_and_nothing_proved_by_a_stranger(little_shop: Founded) -> None:
    """The one has the data folder, the other nothing."""
    assert recorded(lambda: presence.prove(CONSOLE, "anything")) == []
    for act in (
        lambda: presence.prove(STRANGER, PASSWORD),
        lambda: presence.lock(STRANGER),
        lambda: presence.seen(STRANGER),
        lambda: presence.unlock(STRANGER, PASSWORD),
        lambda: presence.lock(CONSOLE),
        lambda: presence.unlock(CONSOLE, PASSWORD),
    ):
        with pytest.raises(SessionEnded):
            act()


def test_p10_who_is_frozen_between_the_password_and_its_answer_stays_out(
    little_shop: Founded, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Hashing takes long: what it was about is read again afterwards, at the door, at unlocking and at proving."""
    for act in (
        lambda bob: sessions.sign_in(STRANGER, "bob", PASSWORD),
        lambda bob: presence.unlock(bob, PASSWORD),
        lambda bob: presence.prove(bob, PASSWORD),
        lambda bob: security.change_password(bob, PASSWORD, NEW),
    ):
        with monkeypatch.context() as slow, db.database.atomic() as all_of_it:
            bob = little_shop.person("bob")
            real = _proof.is_password

            def is_password(staff_id: int | None, password: str) -> str | None:
                found = real(staff_id, password)  # noqa: B023  called at once
                Staff.update(status="frozen").where(Staff.login == "bob").execute()
                return found

            slow.setattr(_proof, "is_password", is_password)
            with pytest.raises(Refusal):
                act(bob)
            all_of_it.rollback()


def test_p10_a_password_that_was_changed_meanwhile_opens_nothing(
    little_shop: Founded, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The one that was judged is no longer the one in force."""
    real = _proof.is_password

    def is_password(staff_id: int | None, password: str) -> str | None:
        found = real(staff_id, password)
        db.rows("UPDATE credential SET password = password || 'x'")
        return found

    bob = little_shop.person("bob").staff_id or 0
    monkeypatch.setattr(_proof, "is_password", is_password)
    kept = db.rows("SELECT password FROM credential")[0][0]
    for act in (
        lambda: sessions.sign_in(STRANGER, "owner", PASSWORD),
        lambda: presence.unlock(little_shop.owner, PASSWORD),
        lambda: presence.prove(little_shop.owner, PASSWORD),
        lambda: security.change_password(little_shop.owner, PASSWORD, NEW),
        lambda: ownership.offer(little_shop.owner, bob, "service", PASSWORD),
    ):
        db.rows("UPDATE credential SET password = ?", (kept,))
        with pytest.raises(Refusal):
            act()


def test_p11_a_password_is_no_proof_once_the_phone_was_turned_on_meanwhile(
    little_shop: Founded, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was asked for, and hashed, while another session turned codes on."""
    other, owner = signed_in("owner", ages=True), aging(little_shop, watch)
    presence.prove(other, PASSWORD)
    verify = _hashing.verify

    def slow(phc: str | None, password: str) -> bool:
        enrol(other)
        return verify(phc, password)

    monkeypatch.setattr(_hashing, "verify", slow)
    with pytest.raises(WrongProof):
        presence.prove(owner, PASSWORD)
    assert refused(lambda: roles.add(owner, "Mine", ["goods.view"]), ProofNeeded).kind == "totp"
