"""Lock-out as people meet it: each way in counts by account, place and factor, before it answers."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from models import clock, db
from models.actor import Actor
from models.errors import CodeRefused, ShopstaffError, SignInLocked, SignInRefused, WrongProof
from models.operations import _proof, codes, presence, security, sessions
from tests.device_keys import enrolled
from tests.factories import PASSWORD, Founded, signed_in
from tests.models.doors import AFAR, NEAR, NEW, Phone, Watch, come_in, enrol, failures, proved, told

pytestmark = pytest.mark.usefixtures("cheap")

WRONG = "not the password 9"


def attempt(act: Callable[[], object]) -> int:
    """What came of it: 0 when it was judged and was wrong, the seconds to wait when it was not even looked at, -1 when it was right."""
    try:
        act()
    except SignInLocked as locked:
        return locked.seconds
    except (SignInRefused, WrongProof, CodeRefused):
        return 0
    return -1


def guess(stranger: Actor = AFAR, login: str = "owner", password: str = WRONG) -> int:
    """Try to sign in."""
    return attempt(lambda: sessions.sign_in(stranger, login, password))


@pytest.mark.parametrize("login", ["owner", "nobody"])
def test_p4_the_fifth_failure_locks_for_30_seconds_doubling_to_15_minutes(little_shop: Founded, watch: Watch, login: str) -> None:
    """Four are free; each wait has to pass in full, and the right password does not help meanwhile; alike for a login that nobody has."""
    assert [guess(login=login) for _ in range(5)] == [0] * 5
    for wait in (30, 60, 120, 240, 480, 900, 900):
        assert guess(login=login) == wait
        assert guess(login=login, password=PASSWORD) == wait
        watch.passes(wait - 0.001)
        assert guess(login=login) == 1
        watch.passes(0.001)
        assert guess(login=login) == 0
    watch.passes(24 * 3600 + 1)
    assert [guess(login=login) for _ in range(4)] == [0] * 4, "a day later it is forgotten"
    assert failures() == 4, "and what is forgotten is not kept"


def test_p4_the_right_password_takes_the_count_back(little_shop: Founded, watch: Watch) -> None:
    """Four slips, then right: four slips again are free. It takes back its own place's count only."""
    for _ in range(3):
        guess(NEAR)
    for _ in range(2):
        assert [guess() for _ in range(4)] == [0] * 4
        assert guess(password=PASSWORD) == -1
    assert failures() == 3


def test_p4_failures_from_elsewhere_never_lock_the_owner_out_where_they_are_known(little_shop: Founded, watch: Watch) -> None:
    """A device key is a place of its own wherever it comes from; so is each address; so is the machine itself."""
    device = Actor.stranger("203.0.113.7", enrolled(1, "the owner's laptop"))
    for enemy in (AFAR, Actor.stranger("203.0.113.7", enrolled(1, "another of the owner's")), Actor.stranger()):
        assert [guess(enemy) for _ in range(5)] == [0] * 5
        assert guess(enemy, password=PASSWORD) == 30
    assert guess(device, password=PASSWORD) == -1
    assert guess(device._replace(address="192.0.2.1"), password=PASSWORD) == -1
    assert guess(NEAR, password=PASSWORD) == -1


def test_p4_one_account_locked_is_no_other_locked(little_shop: Founded, watch: Watch) -> None:
    """Whoever guesses at one login holds up nobody else at the same place; capitals make no other account."""
    little_shop.person("bob")
    assert [guess(login=login) for login in ("bob", "BOB", "Bob", " bob", "bob")] == [0] * 5
    assert guess(login="bOb", password=PASSWORD) == 30
    assert guess(password=PASSWORD) == -1


def second(phone: Phone, code: str = "") -> int:
    """Try a code after the right password."""
    known = proved("owner", AFAR)
    return attempt(lambda: sessions.second_factor(AFAR, known, code or phone.wrong()))


def test_p4_the_second_factor_is_rationed_to_5_in_5_minutes_20_an_hour_50_a_day(little_shop: Founded, watch: Watch) -> None:
    """Whoever has the password and guesses the code; the right password each time takes none of it back."""
    phone = enrol(little_shop.owner)
    start, judged = watch.now, 0
    for expected, rationed in ((5, 300), (20, 3600), (50, 24 * 3600)):
        while judged < expected:
            wait = second(phone)
            watch.passes(wait)
            judged += wait == 0
        wait = second(phone)
        assert start + rationed * clock.SECOND <= watch.now + wait * clock.SECOND < start + (rationed + 2) * clock.SECOND
    assert second(phone, phone.code()) > 0, "the right code does not open what is locked"
    watch.passes(second(phone))
    watch.passes(30)
    assert second(phone, phone.code()) == -1
    assert second(phone) == 0


def test_p4_right_codes_take_the_count_of_the_second_factor_back(little_shop: Founded, watch: Watch) -> None:
    """And wrong ones of one place lock no other."""
    phone = enrol(little_shop.owner)
    for _ in range(2):
        watch.passes(30)
        assert [second(phone) for _ in range(4)] == [0] * 4
        assert second(phone, phone.code()) == -1
    assert [second(phone) for _ in range(5)] == [0] * 5
    watch.passes(60)
    assert second(phone, phone.code()) == 300 - 60
    assert come_in("owner", phone.code(), NEAR).name == "owner"


def test_p4_two_codes_in_a_row_are_counted_as_one_code_is(little_shop: Founded, watch: Watch) -> None:
    """Resynchronising is no way round the ration, 81 pairs being good at a time."""
    phone = enrol(little_shop.owner)
    known = proved("owner", AFAR)
    assert [attempt(lambda: sessions.resynchronise(AFAR, known, phone.wrong(), phone.wrong())) for _ in range(5)] == [0] * 5
    assert attempt(lambda: sessions.resynchronise(AFAR, known, phone.code(1), phone.code(2))) == 300
    assert second(phone) == 300


def test_p8_recovery_codes_share_the_ration(little_shop: Founded, watch: Watch) -> None:
    """A wrong recovery code counts with wrong codes of the phone."""
    phone = enrol(little_shop.owner)
    assert [second(phone, "AAAA-BBBB-CCCC-DDDD-EEEE-FFFF") for _ in range(3)] == [0] * 3
    assert [second(phone) for _ in range(2)] == [0] * 2
    assert second(phone, "AAAA-BBBB-CCCC-DDDD-EEEE-FFFF") == 300


def test_p4_activation_codes_are_counted_by_themselves(little_shop: Founded, watch: Watch) -> None:
    """Wrong codes lock activation at that place, for known and unknown logins alike, and no other factor."""
    little_shop.person("carol", status="invited")
    fresh = codes.renew(little_shop.owner, little_shop.id_of("carol"))
    for login in ("carol", "nobody"):
        wrong = [attempt(lambda: sessions.activate(AFAR, login, "AAAA-BBBB-CCCC-DDDD-EEEE-FFFF", NEW)) for _ in range(5)]  # noqa: B023  called at once
        assert wrong == [0] * 5
    assert attempt(lambda: sessions.activate(AFAR, "nobody", fresh.code, NEW)) == 30
    assert attempt(lambda: sessions.activate(AFAR, "carol", fresh.code, NEW)) == 30
    assert guess(login="carol") == 0
    watch.passes(30)
    assert attempt(lambda: sessions.activate(AFAR, "carol", fresh.code, NEW)) == -1
    assert told("staff.activate.refuse") == ['{"because":"code"}'] * 10
    assert guess(login="carol", password=NEW) == -1


def test_p4_guesses_in_a_session_are_counted_with_those_at_the_door(little_shop: Founded, watch: Watch) -> None:
    """Unlocking, proving and changing the password are no second, third and fourth chance."""
    little_shop.person("bob")
    bob = signed_in("bob", AFAR.address)
    presence.lock(bob)
    assert attempt(lambda: presence.unlock(bob, WRONG)) == 0
    assert guess(login="bob") == 0
    presence.unlock(bob, PASSWORD)
    for act in (
        lambda: presence.prove(bob, WRONG),
        lambda: presence.unlock(bob, WRONG),
        lambda: security.change_password(bob, WRONG, NEW),
        lambda: sessions.sign_in(AFAR, "bob", WRONG),
        lambda: presence.prove(bob, WRONG),
    ):
        assert attempt(act) == 0
    for act in (
        lambda: presence.prove(bob, PASSWORD),
        lambda: presence.unlock(bob, PASSWORD),
        lambda: security.change_password(bob, PASSWORD, NEW),
        lambda: sessions.sign_in(AFAR, "bob", PASSWORD),
    ):
        assert attempt(act) == 30
    assert guess(NEAR, "bob", PASSWORD) == -1


class PowerCutError(BaseException):
    """The process is gone."""


def test_p4_an_attempt_that_is_broken_off_is_counted(little_shop: Founded, watch: Watch, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between the count and the answer: whoever kills the process to spare the count does not."""

    def cut(*_arguments: object) -> None:
        raise PowerCutError

    phone = enrol(little_shop.owner)
    known = proved("owner", AFAR)
    with monkeypatch.context() as broken:
        broken.setattr(_proof, "is_password", cut)
        broken.setattr(_proof, "take_totp", cut)
        for number in range(1, 6):
            with pytest.raises(PowerCutError):
                sessions.sign_in(AFAR, "owner", PASSWORD)
            with pytest.raises(PowerCutError):
                sessions.second_factor(AFAR, known, phone.wrong())
            assert failures() == 2 * number
    assert guess(password=PASSWORD) == 30
    assert attempt(lambda: sessions.second_factor(AFAR, known, phone.code(1))) == 300


def test_p4_what_was_typed_as_login_is_not_kept(little_shop: Founded, watch: Watch) -> None:
    """People type passwords into the wrong field: the count knows a keyed hash only, which no list of logins turns back."""
    guess(login="hunter2hunter2")
    ((account, source),) = db.rows("SELECT account, source FROM failure")
    assert (len(account), source) == (32, AFAR.address)
    data = b"".join(path.read_bytes() for path in little_shop.home.glob("shop.db*"))
    assert b"hunter2" not in data


def test_p4_a_locked_attempt_is_told_in_the_log_and_nothing_else(little_shop: Founded, watch: Watch) -> None:
    """Whose it was, where there is such a login; no session began."""
    for login in ("owner", "nobody"):
        for _ in range(6):
            guess(login=login)
    assert [label for _, _, label in little_shop.log("session.refuse")] == ["owner"] * 6 + ["?"] * 6
    assert told("session.refuse").count('{"because":"locked"}') == 2
    assert not little_shop.log("session.start")


def test_p4_the_wait_is_said_in_seconds_then_minutes(little_shop: Founded) -> None:
    """Rounded up: whoever waits as long as it says gets in."""
    said = [str(SignInLocked(seconds)) for seconds in (1, 30, 99, 100, 900)]
    assert [words.rpartition(" in ")[2] for words in said] == ["1 second.", "30 seconds.", "99 seconds.", "2 minutes.", "15 minutes."]


def test_p4_attempts_of_one_that_is_signed_in_are_those_of_their_device(little_shop: Founded, watch: Watch) -> None:
    """The session knows it: a stranger at the same address does not hold up whoever has a device."""
    little_shop.person("bob")
    bob = signed_in("bob", AFAR.address)._replace(device="SHA256:bob")
    for _ in range(5):
        guess(login="bob")
    presence.prove(bob, PASSWORD)
    with pytest.raises(ShopstaffError):
        presence.prove(bob._replace(device=""), PASSWORD)
