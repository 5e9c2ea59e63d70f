"""Setting up TOTP: on once it is verified, replaced, done without; and whom the policy leads to it."""

from __future__ import annotations

import re

import pytest

from models import db, key_file
from models.errors import (
    EnrolFirst,
    OwnerAlone,
    ProofNeeded,
    SessionEnded,
    SignInLocked,
    TotpMissing,
    TotpRequired,
    WrongProof,
)
from models.operations import ownership, policy, presence, recovery, security, sessions, staff, totp
from models.queries import security as queries, standing
from models.rules import totp as rules
from models.rules.policy import NOBODY
from models.tables import Totp
from tests.factories import CONSOLE, PASSWORD, STRANGER, Founded, signed_in
from tests.models.doors import NEW, Phone, Watch, come_in, enrol, recovery_codes, told
from tests.models.operations.acts import recorded, refused

pytestmark = pytest.mark.usefixtures("cheap")


def row(login: str = "owner") -> Totp:
    """What is kept of somebody's TOTP."""
    return Totp.get(Totp.staff == db.rows("SELECT id FROM staff WHERE login = ?", (login,))[0][0])


def test_p6_totp_is_on_only_after_a_code_was_verified(little_shop: Founded, watch: Watch) -> None:
    """Begun is not on: the password alone signs in, and a code of the pending seed does nothing anywhere."""
    phone = Phone(totp.begin(little_shop.owner).uri)
    assert queries.own(little_shop.owner).totp_since is None
    assert sessions.sign_in(STRANGER, "owner", PASSWORD)
    with pytest.raises(WrongProof):
        presence.prove(little_shop.owner, phone.code())
    with pytest.raises(WrongProof):
        totp.confirm(little_shop.owner, phone.wrong())
    assert row().active is None
    totp.confirm(little_shop.owner, phone.code())
    assert queries.own(little_shop.owner).totp_since == watch.now
    watch.passes(30)
    come_in("owner", phone.code())


def test_p6_nothing_is_confirmed_that_was_not_begun(little_shop: Founded, watch: Watch) -> None:
    """Never begun, put off since, or confirmed already."""
    refused(lambda: totp.confirm(little_shop.owner, "123456"), TotpMissing)
    phone = Phone(totp.begin(little_shop.owner).uri)
    totp.put_off(little_shop.owner)
    refused(lambda: totp.confirm(little_shop.owner, phone.code()), TotpMissing)
    phone = enrol(little_shop.owner)
    refused(lambda: totp.confirm(little_shop.owner, phone.code(1)), TotpMissing)


def test_p6_beginning_again_makes_the_seed_before_worthless(little_shop: Founded, watch: Watch) -> None:
    """A QR code that somebody photographed is good for nothing once another was begun."""
    first = Phone(totp.begin(little_shop.owner).uri)
    second = Phone(totp.begin(little_shop.owner).uri)
    with pytest.raises(WrongProof):
        totp.confirm(little_shop.owner, first.code())
    totp.confirm(little_shop.owner, second.code())
    watch.passes(30)
    with pytest.raises(WrongProof):
        come_in("owner", first.code())


def test_p6_the_old_phone_stays_in_force_until_the_new_one_is_verified(little_shop: Founded, watch: Watch) -> None:
    """Whoever breaks off replacing a phone is not locked out; afterwards the old one is worth nothing."""
    old = enrol(little_shop.owner)
    new = Phone(totp.begin(little_shop.owner).uri)
    watch.passes(60)
    with pytest.raises(WrongProof):
        come_in("owner", new.code())
    come_in("owner", old.code())
    totp.confirm(little_shop.owner, new.code())
    watch.passes(60)
    with pytest.raises(WrongProof):
        come_in("owner", old.code())
    come_in("owner", new.code())
    assert told("totp.on") == ['{"generation":1}', '{"generation":2}']


def test_p6_the_secret_in_words_is_the_secret_of_the_picture(little_shop: Founded) -> None:
    """Base32 in groups of four, as apps without a camera take it; it does not show in a message by mistake."""
    enrolment = totp.begin(little_shop.owner)
    assert re.fullmatch("([A-Z2-7]{4} ){7}[A-Z2-7]{4}", enrolment.secret)
    assert Phone(enrolment.uri).app.secret == enrolment.secret.replace(" ", "")
    assert enrolment.uri.startswith("otpauth://totp/little-shop:owner?")
    assert enrolment.secret not in repr(enrolment) + str(enrolment)


def test_p6_wrong_codes_at_enrolment_are_counted(little_shop: Founded, watch: Watch) -> None:
    """A session left open is no place to guess at."""
    phone = Phone(totp.begin(little_shop.owner).uri)
    for _ in range(5):
        with pytest.raises(WrongProof):
            totp.confirm(little_shop.owner, phone.wrong())
    with pytest.raises(SignInLocked):
        totp.confirm(little_shop.owner, phone.code())


def test_p7_nothing_ever_lowers_a_generation(little_shop: Founded, watch: Watch) -> None:
    """Turned off, put off, reset, left and back: each enrolment has a seed of its own, never one from before."""
    bob, seeds, generations = little_shop.person("bob"), [], []

    def begin() -> None:
        seeds.append(totp.begin(signed_in("bob")).secret)
        generations.append(row("bob").generation)

    def on() -> None:
        begin()
        totp.confirm(signed_in("bob"), rules.code_at(current("bob"), rules.step_at(watch.now)))

    staff_id = bob.staff_id or 0
    begin()
    on()
    totp.turn_off(signed_in("bob"))
    on()
    security.reset(CONSOLE, staff_id, totp=True)
    Totp.update(barred=False).where(Totp.staff == staff_id).execute()
    on()
    security.reset(CONSOLE, staff_id, password=True, totp=True)
    begin()
    staff.leave(CONSOLE, staff_id)
    fresh = staff.reinstate(CONSOLE, staff_id)
    sessions.activate(STRANGER, "bob", fresh.code, NEW)
    assert row("bob").pending is None, "what was begun before leaving cannot be gone on with"
    on()
    assert generations == list(range(1, len(generations) + 1))
    assert len(set(seeds)) == len(seeds)


def current(login: str) -> bytes:
    """The seed that was begun or is on, derived as the product does."""
    ((staff_id, generation),) = db.rows(
        "SELECT t.staff_id, coalesce(t.pending, t.active) FROM totp t JOIN staff s ON s.id = t.staff_id WHERE s.login = ?", (login,)
    )
    return rules.seed(key_file.current(), staff_id, generation)


def test_p7_the_owners_generation_survives_putting_off_and_the_machines_reset(little_shop: Founded, watch: Watch) -> None:
    """As above, for the ways that only the owner has."""
    enrol(little_shop.owner)
    totp.put_off(little_shop.owner)
    totp.turn_off(little_shop.owner)
    totp.put_off(little_shop.owner)
    assert row().generation == 1
    ownership.reset_owner(CONSOLE)
    assert row().generation == 1
    totp.begin(signed_in("owner"))
    assert row().generation == 2


def test_p7_rows_that_are_swapped_open_for_neither(little_shop: Founded, watch: Watch) -> None:
    """Whoever can write the table cannot put a phone of theirs in another's place: the seed is the account's."""
    little_shop.person("bob")
    phones = {"owner": enrol(little_shop.owner)}
    enrol(signed_in("bob"))
    phones["bob"] = enrol(signed_in("bob"))  # after a swap of rows with the same generation, each would have what they had
    mine, other = little_shop.id_of("owner"), little_shop.id_of("bob")
    with db.transaction():
        db.rows("PRAGMA defer_foreign_keys = ON")
        for before, after in ((mine, -1), (other, mine), (-1, other)):
            db.rows("UPDATE totp SET staff_id = ? WHERE staff_id = ?", (after, before))
    watch.passes(60)
    for login in phones:
        for phone in phones.values():
            with pytest.raises(WrongProof):
                come_in(login, phone.code())


def test_totp_is_done_without_where_the_policy_lets_one(little_shop: Founded, watch: Watch) -> None:
    """The recovery codes go with it; the owner always may."""
    enrol(little_shop.owner)
    recovery_codes(little_shop.owner)
    (entry,) = recorded(lambda: totp.turn_off(little_shop.owner))
    assert (entry.action, entry.label) == ("totp.off", "owner")
    assert queries.own(little_shop.owner).recovery_left == 0
    assert sessions.sign_in(STRANGER, "owner", PASSWORD)
    refused(lambda: totp.turn_off(little_shop.owner), TotpMissing)


def test_p13_who_has_to_use_totp_cannot_turn_it_off(little_shop: Founded, watch: Watch) -> None:
    """High-risk access has to go first, or the policy."""
    meg = little_shop.person("meg", gave=["manager"])
    enrol(meg)
    refused(lambda: totp.turn_off(meg), TotpRequired)
    policy.edit(little_shop.owner, 1, queries.policy().policy._replace(totp=NOBODY))
    totp.turn_off(meg)


def test_the_owner_alone_puts_it_off(little_shop: Founded, watch: Watch) -> None:
    """For a week; what is on stays on."""
    meg = little_shop.person("meg", gave=["manager"])
    refused(lambda: totp.put_off(meg), OwnerAlone)
    assert queries.own(little_shop.owner).leads
    totp.put_off(little_shop.owner)
    assert not queries.own(little_shop.owner).leads
    watch.passes(7 * 24 * 3600 - 1)
    assert not queries.own(little_shop.owner).leads
    watch.passes(1)
    assert queries.own(little_shop.owner).leads
    enrol(little_shop.owner)
    assert not queries.own(little_shop.owner).leads
    totp.put_off(little_shop.owner)
    assert row().active is not None


def test_p11_setting_it_up_and_doing_without_ask_for_proof(little_shop: Founded, watch: Watch) -> None:
    """Five minutes after the last; confirming does not, for whoever looks for their phone."""
    owner = signed_in("owner", ages=True)
    watch.passes(300)
    phone = Phone(totp.begin(owner).uri)
    watch.passes(0.000001)
    refused(lambda: totp.begin(owner), ProofNeeded)
    totp.confirm(owner, phone.code())
    watch.passes(301)
    assert refused(lambda: totp.turn_off(owner), ProofNeeded).kind == "totp"


def test_the_operator_at_the_machine_has_no_phone(little_shop: Founded, watch: Watch) -> None:
    """Nothing of it is the console's."""
    for act in (totp.begin, totp.turn_off, totp.put_off):
        refused(lambda: act(CONSOLE), SessionEnded)  # noqa: B023  called at once
    with pytest.raises(SessionEnded):
        totp.confirm(CONSOLE, "123456")
    with pytest.raises(SessionEnded):
        queries.own(CONSOLE)


def test_p13_enrolling_opens_the_session_it_is_done_in_and_ends_the_others_that_wait(little_shop: Founded, watch: Watch) -> None:
    """Whoever waits in another one has shown the password alone, and may have stolen it."""
    little_shop.person("meg", gave=["manager"])
    one, other = (sessions.sign_in(STRANGER, "meg", PASSWORD) for _ in range(2))
    for act in (
        lambda: standing.require(one),
        lambda: standing.require(other),
        lambda: recovery.make(one),
        lambda: security.end_session(one, 1),
    ):
        with pytest.raises(EnrolFirst):
            act()
    entries = recorded(lambda: enrol(one))
    assert standing.require(one) is not None
    assert refused(lambda: standing.require(other), SessionEnded).why == "elsewhere"
    (ended,) = [each for each in entries if each.action == "session.end"]
    assert (ended.actor, ended.label, ended.new) == ("meg", "meg", {"why": "elsewhere", "sessions": 1})


def test_p11_a_password_that_was_proof_before_the_phone_is_none_after(little_shop: Founded, watch: Watch) -> None:
    """In another session it would do for a phone of somebody else's, for five minutes."""
    other, owner = signed_in("owner", ages=True), signed_in("owner", ages=True)
    enrol(owner)
    assert refused(lambda: totp.begin(other), ProofNeeded).kind == "totp"
    standing.require_proof(standing.of(owner), watch.now)
