"""Signing in and out, and activating an account."""

from __future__ import annotations

import pytest

from models import clock, db
from models.errors import CodeRefused, PasswordWeak, SessionEnded, SignInLocked, SignInRefused, WrongStatus
from models.operations import codes, drafts, onboarding, sessions, staff
from models.operations.staff import Profile
from models.queries import activity
from models.queries.drafts import kept
from models.rules import passwords
from models.tables import Credential, OneTimeCode, Staff
from tests.factories import DAY, PASSWORD, STRANGER, Founded, signed_in
from tests.models.doors import AFAR, failures, told

NEW_PASSWORD = "granite 91 umbrella lamp"


def invite(shop: Founded, login: str = "carol", days: int = 7) -> str:
    """Onboard somebody and hand over their code."""
    return onboarding.onboard(shop.owner, onboarding.Newcomer(login, Profile("Carol Li"), "service", days=days)).code


def test_who_knows_the_password_is_signed_in_and_the_log_says_so(little_shop: Founded) -> None:
    """The actor carries the session; entry and last sign-in are written."""
    actor = sessions.sign_in(STRANGER, "OWNER", PASSWORD)
    assert actor.name == "owner"
    assert activity.held(actor)
    assert little_shop.log("session.start") == [("owner", "session.start", "owner")]
    assert Staff.get(Staff.login == "owner").signed_in_at is not None


@pytest.mark.parametrize("typed", ["owner", "OWNER", "little-shop:owner", "Little-Shop:Owner", " little-shop : owner "])
def test_an_account_is_taken_as_it_is_written_everywhere(little_shop: Founded, typed: str) -> None:
    """With the shop before it or without, in any case."""
    assert sessions.sign_in(STRANGER, typed, PASSWORD).name == "owner"


@pytest.mark.parametrize("typed", ["other-shop:owner", ":owner", "little-shop:", "little-shop:little-shop:owner", "owner:little-shop"])
def test_another_shops_account_is_nobodys_here(little_shop: Founded, typed: str) -> None:
    """It looks like any other wrong login."""
    with pytest.raises(SignInRefused):
        sessions.sign_in(STRANGER, typed, PASSWORD)


@pytest.mark.parametrize("login", ["owner", "nobody", "o w n e r", "", "x" * 10_000, "ow\x1b[2Jner"])
def test_p3_every_failed_sign_in_says_the_same_and_is_recorded(little_shop: Founded, login: str) -> None:
    """Wrong password, unknown login and hostile login cannot be told apart; what was typed is not in the log."""
    with pytest.raises(SignInRefused) as refused:
        sessions.sign_in(STRANGER, login, "wrong horse battery")
    assert str(refused.value) == str(SignInRefused())
    ((actor, action, label),) = little_shop.log("session.refuse")
    assert (actor, action) == ("", "session.refuse")
    assert label in {"owner", "?"}


@pytest.mark.parametrize("login", ["owner", "invited", "frozen", "nobody", "not a login", ""])
def test_p3_every_failed_sign_in_hashes_once_counts_once_and_says_the_same(
    little_shop: Founded, monkeypatch: pytest.MonkeyPatch, login: str
) -> None:
    """Known or not, with a password or without: same work, same entry, same count, same words, so nobody learns who works here."""
    little_shop.person("invited", status="invited")
    staff.freeze(little_shop.owner, little_shop.person("frozen").staff_id or 0)
    hashed = []
    real = passwords.verify

    def counted(phc: str | None, password: str, cost: passwords.Cost) -> bool:
        hashed.append(cost)
        return real(phc, password, cost)

    monkeypatch.setattr(passwords, "verify", counted)
    monkeypatch.setattr(passwords, "digest", lambda *_arguments: pytest.fail("a second hash"))
    for number in range(1, 5):
        with pytest.raises(SignInRefused) as refused:
            sessions.sign_in(AFAR, login, "wrong horse battery")
        assert (refused.value.args, str(refused.value)) == (SignInRefused().args, str(SignInRefused()))
        assert (len(hashed), failures(), len(little_shop.log("session.refuse"))) == (number, number, number)
    with pytest.raises(SignInRefused):
        sessions.sign_in(AFAR, login, "wrong horse battery")
    with pytest.raises(SignInLocked) as locked:
        sessions.sign_in(AFAR, login, PASSWORD)
    assert locked.value.seconds in {29, 30}
    assert len(hashed) == failures() == 5, "a locked attempt is neither judged nor counted"
    because = "unknown" if login in {"nobody", "not a login", ""} else "password"
    assert told("session.refuse") == [f'{{"because":"{because}"}}'] * 5 + ['{"because":"locked"}']


@pytest.mark.parametrize("become", ["invited", "frozen", "left"])
def test_only_active_people_sign_in_even_with_the_right_password(little_shop: Founded, become: str) -> None:
    """Status is read again in the transaction; the refusal says nothing about it."""
    little_shop.person("bob")
    left_at = clock.now() if become == "left" else None
    Staff.update(status=become, left_at=left_at).where(Staff.login == "bob").execute()
    with pytest.raises(SignInRefused):
        sessions.sign_in(STRANGER, "bob", PASSWORD)


def test_p1_a_password_of_an_older_cost_is_hashed_anew_at_sign_in(little_shop: Founded) -> None:
    """What was kept at other parameters is replaced by today's, and goes on to work."""
    weaker = passwords.digest(PASSWORD, passwords.FLOOR._replace(memory=8 * 1024))
    Credential.update(password=weaker).where(Credential.staff == 1).execute()
    sessions.sign_in(STRANGER, "owner", PASSWORD)
    kept_now = Credential.get(Credential.staff == 1).password
    assert kept_now != weaker
    assert not passwords.needs_rehash(kept_now)
    sessions.sign_in(STRANGER, "owner", PASSWORD)


def test_signing_out_ends_the_session_once(little_shop: Founded) -> None:
    """A second time does nothing; the ended session may do nothing."""
    sessions.sign_out(little_shop.owner)
    sessions.sign_out(little_shop.owner)
    assert len(little_shop.log("session.end")) == 1
    with pytest.raises(SessionEnded):
        activity.held(little_shop.owner)


def test_p9_a_code_lets_a_person_set_their_own_password_once(little_shop: Founded) -> None:
    """In any case and grouping; then it is used up, and nobody else ever knew the password."""
    code = invite(little_shop)
    sessions.activate(STRANGER, "Carol", f"  {code.lower().replace('-', ' ')} ", NEW_PASSWORD)
    assert sessions.sign_in(STRANGER, "carol", NEW_PASSWORD).name == "carol"
    assert little_shop.log("staff.activate") == [("carol", "staff.activate", "carol")]
    with pytest.raises(CodeRefused):
        sessions.activate(STRANGER, "carol", code, NEW_PASSWORD + "!")


@pytest.mark.parametrize("spoil", ["wrong", "other login", "expired", "renewed", "frozen", "left"])
def test_p9_a_code_that_is_no_longer_good_is_refused_in_the_same_words(little_shop: Founded, spoil: str) -> None:
    """Whatever the reason; each attempt is in the log, the password was never set."""
    code, login = invite(little_shop, days=1), "carol"
    staff_id = little_shop.id_of("carol")
    if spoil == "wrong":
        code = code[:-1] + ("0" if code[-1] != "0" else "1")
    elif spoil == "other login":
        login = "owner"
    elif spoil == "expired":
        start = clock.now()
        clock.set_clock(lambda: start + DAY + 1)
    elif spoil == "renewed":
        codes.renew(little_shop.owner, staff_id)
    elif spoil == "frozen":
        staff.freeze(little_shop.owner, staff_id)
    else:
        staff.leave(little_shop.owner, staff_id)
    with pytest.raises(CodeRefused) as refused:
        sessions.activate(STRANGER, login, code, NEW_PASSWORD)
    assert str(refused.value) == str(CodeRefused())
    assert len(little_shop.log("staff.activate.refuse")) == 1
    assert not Credential.select().where(Credential.staff == staff_id).exists()


def test_a_code_that_was_refused_for_the_status_is_still_good_after_unfreezing(little_shop: Founded) -> None:
    """Being refused does not use a code up."""
    code = invite(little_shop)
    staff.freeze(little_shop.owner, little_shop.id_of("carol"))
    with pytest.raises(CodeRefused):
        sessions.activate(STRANGER, "carol", code, NEW_PASSWORD)
    staff.unfreeze(little_shop.owner, little_shop.id_of("carol"))
    sessions.activate(STRANGER, "carol", code, NEW_PASSWORD)


@pytest.mark.parametrize("weak", ["carol-li-2024", "littleshop2026", "short", "x" * 129, "password1234"])
def test_p2_a_password_that_would_be_guessed_is_refused_and_the_code_stays_good(little_shop: Founded, weak: str) -> None:
    """Names of person and shop count as known words."""
    code = invite(little_shop)
    with pytest.raises(PasswordWeak):
        sessions.activate(STRANGER, "carol", code, weak)
    sessions.activate(STRANGER, "carol", code, NEW_PASSWORD)


def test_no_secret_is_in_the_log_or_in_plain_in_the_database(little_shop: Founded) -> None:
    """Neither code nor password can be read anywhere, only their digests."""
    code = invite(little_shop)
    sessions.activate(STRANGER, "carol", code, NEW_PASSWORD)
    sessions.sign_in(STRANGER, "carol", NEW_PASSWORD)
    data = (little_shop.home / "shop.db").read_bytes()
    assert NEW_PASSWORD.encode() not in data
    assert code.encode() not in data
    assert code.replace("-", "").encode() not in data
    assert Credential.get(Credential.staff == little_shop.id_of("carol")).password.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert len(OneTimeCode.get(OneTimeCode.staff == little_shop.id_of("carol")).digest) == 32


def test_only_the_invited_get_a_new_activation_code(little_shop: Founded) -> None:
    """Somebody who is active has set a password of their own."""
    little_shop.person("bob")
    with pytest.raises(WrongStatus):
        codes.renew(little_shop.owner, little_shop.id_of("bob"))


def test_a_draft_is_kept_for_its_person_only_and_is_not_in_the_log(little_shop: Founded) -> None:
    """The newest replaces the one before; another's is never seen."""
    bob = little_shop.person("bob")
    before = db.rows("SELECT count(*) FROM audit_entry")
    drafts.keep(little_shop.owner, "onboard", {"login": "a"})
    drafts.keep(little_shop.owner, "onboard", {"login": "李"})
    found = kept(little_shop.owner, "onboard")
    assert found is not None
    assert found.payload == {"login": "李"}
    assert kept(bob, "onboard") is None
    drafts.drop(little_shop.owner, "onboard")
    assert kept(little_shop.owner, "onboard") is None
    assert db.rows("SELECT count(*) FROM audit_entry") == before


def test_a_draft_is_not_read_in_a_session_that_has_ended(little_shop: Founded) -> None:
    """It is kept for the next one; meanwhile what was typed of a newcomer is nobody's to see."""
    bob = little_shop.person("bob")
    drafts.keep(bob, "onboard", {"phone": "13800001111"})
    sessions.sign_out(bob)
    assert kept(bob, "onboard") is None
    assert kept(signed_in("bob"), "onboard") is not None


def test_the_operator_keeps_no_draft(little_shop: Founded) -> None:
    """A draft is a person's."""
    drafts.keep(little_shop.console, "onboard", {"login": "a"})
    assert db.rows("SELECT * FROM draft") == []
