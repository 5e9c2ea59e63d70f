"""TOTP as people use it: set up, signed in with, replaced, done without."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from models import db
from models.errors import (
    WrongProof,
)
from models.operations import sessions, totp
from models.tables import Totp
from tests.factories import PASSWORD, STRANGER, Founded
from tests.models.doors import NEAR, Phone, Watch, come_in, enrol, proved, told

pytestmark = pytest.mark.usefixtures("cheap")


def row(login: str = "owner") -> Totp:
    """What is kept of somebody's TOTP."""
    return Totp.get(Totp.staff == db.rows("SELECT id FROM staff WHERE login = ?", (login,))[0][0])


@pytest.mark.parametrize("steps", [-1, 0, 1])
def test_p5_a_code_of_the_step_before_or_after_lets_in(little_shop: Founded, watch: Watch, steps: int) -> None:
    """Somebody types slowly, or a phone is half a minute off."""
    phone = enrol(little_shop.owner)
    watch.passes(600)
    assert come_in("owner", phone.code(steps)).name == "owner"
    assert told("session.start") == ['{"by":"totp"}']


@pytest.mark.parametrize("steps", [-40, -3, -2, 2, 3, 40])
def test_p5_a_code_that_is_early_or_late_is_refused(little_shop: Founded, watch: Watch, steps: int) -> None:
    """More than one step off."""
    phone = enrol(little_shop.owner)
    watch.passes(3600)
    with pytest.raises(WrongProof):
        come_in("owner", phone.code(steps))
    assert told("session.refuse") == ['{"because":"second factor"}']


def test_p5_a_code_is_accepted_once_and_none_before_it_afterwards(little_shop: Founded, watch: Watch) -> None:
    """Whoever looks over a shoulder is too late, in this minute and with every older code."""
    phone = enrol(little_shop.owner)
    watch.passes(300)
    used = phone.code()
    come_in("owner", used)
    for code in (used, phone.code(-1), used):
        with pytest.raises(WrongProof):
            come_in("owner", code)
    watch.passes(30)
    with pytest.raises(WrongProof):
        come_in("owner", used)
    come_in("owner", phone.code())


def test_p5_the_code_of_the_enrolment_does_not_sign_in(little_shop: Founded, watch: Watch) -> None:
    """It was used: to turn TOTP on."""
    phone = Phone(totp.begin(little_shop.owner).uri)
    shown = phone.code()
    totp.confirm(little_shop.owner, shown)
    with pytest.raises(WrongProof):
        come_in("owner", shown)
    come_in("owner", phone.code(1))


WIDE = str.maketrans("0123456789", "０１２３４５６７８９")
ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")


FORGIVEN: dict[str, Callable[[str], str]] = {
    "space": lambda code: f"{code[:3]} {code[3:]}",
    "around": lambda code: f"  {code}\n",
    "dash": lambda code: f"{code[:3]}-{code[3:]}",
    "wide": lambda code: code.translate(WIDE),
    "wide spaces": lambda code: f"{code[:2]}\u3000{code[2:4]}\xa0{code[4:]}",
}
NO_CODES: dict[str, Callable[[str], str]] = {
    "nothing": lambda _code: "",
    "five": lambda code: code[:5],
    "seven": lambda code: code + "0",
    "seven before": lambda code: "0" + code,
    "twice": lambda code: code * 2,
    "arabic": lambda code: code.translate(ARABIC),
    "nul": lambda code: code[:5] + "\0",
    "sql": lambda code: f"{code}' OR 1=1",
    "long": lambda code: " " * 100_000 + code,
    "number": lambda code: f"-{int(code)}.0",
}


@pytest.mark.parametrize("typed", FORGIVEN.values(), ids=FORGIVEN)
def test_p5_a_code_is_forgiven_how_it_was_typed(little_shop: Founded, watch: Watch, typed: Callable[[str], str]) -> None:
    """Pasted with spaces, or typed by a Chinese input method."""
    phone = enrol(little_shop.owner)
    watch.passes(60)
    come_in("owner", typed(phone.code()))


@pytest.mark.parametrize("typed", NO_CODES.values(), ids=NO_CODES)
def test_p5_what_is_no_code_is_refused_like_a_wrong_one(little_shop: Founded, watch: Watch, typed: Callable[[str], str]) -> None:
    """Five digits, seven, other digits, anything: the same words, and the code is still good afterwards."""
    phone = enrol(little_shop.owner)
    watch.passes(60)
    with pytest.raises(WrongProof):
        come_in("owner", typed(phone.code()))
    come_in("owner", phone.code())


def test_p5_a_phone_that_drifts_is_followed(little_shop: Founded, watch: Watch) -> None:
    """A phone that gains 20 seconds a day is never refused to whoever signs in daily, and one as far off from the start is."""
    phone = enrol(little_shop.owner)
    for _day in range(60):
        watch.passes(24 * 3600)
        phone.ahead += 20
        come_in("owner", phone.code())
    assert row().drift in {39, 40}
    phone.ahead -= 120
    with pytest.raises(WrongProof):
        come_in("owner", phone.code())


def test_p5_the_drift_is_never_more_than_20_minutes(little_shop: Founded, watch: Watch) -> None:
    """However long it goes on."""
    phone = enrol(little_shop.owner)
    for _ in range(60):
        watch.passes(3600)
        phone.ahead -= 25
        try:
            come_in("owner", phone.code())
        except WrongProof:
            break
    assert -40 <= row().drift <= -38


@pytest.mark.parametrize("ahead", [-1190, -90, 90, 600, 1190])
def test_p5_two_codes_in_a_row_resynchronise_a_phone(little_shop: Founded, watch: Watch, ahead: int) -> None:
    """Within 20 minutes either way; from then on single codes of it are taken, and each once."""
    phone = enrol(little_shop.owner)
    watch.passes(7200)
    phone.ahead = ahead
    with pytest.raises(WrongProof):
        come_in("owner", phone.code())
    first, second = phone.code(-1), phone.code()
    sessions.resynchronise(STRANGER, proved("owner"), first, second)
    with pytest.raises(WrongProof):
        sessions.resynchronise(STRANGER, proved("owner"), first, second)
    with pytest.raises(WrongProof):
        come_in("owner", second)
    watch.passes(30)
    come_in("owner", phone.code())


@pytest.mark.parametrize("ahead", [-1300, 1300])
def test_p5_a_phone_that_is_further_off_is_not_followed(little_shop: Founded, watch: Watch, ahead: int) -> None:
    """Nor one whose two codes do not follow each other."""
    phone = enrol(little_shop.owner)
    watch.passes(7200)
    known = proved("owner")
    phone.ahead = 300
    for first, second in ((phone.code(), phone.code(-1)), (phone.code(), phone.code()), (phone.code(-2), phone.code()), (phone.code(), "")):
        with pytest.raises(WrongProof):
            sessions.resynchronise(STRANGER, known, first, second)
    phone.ahead = ahead
    with pytest.raises(WrongProof):
        sessions.resynchronise(NEAR, known, phone.code(-1), phone.code())


def test_p5_two_codes_in_a_row_are_no_way_round_a_used_step(little_shop: Founded, watch: Watch) -> None:
    """Codes from before the last one that was accepted stay used."""
    phone = enrol(little_shop.owner)
    watch.passes(600)
    seen = phone.code(-1), phone.code()
    come_in("owner", phone.code(1))
    with pytest.raises(WrongProof):
        sessions.resynchronise(STRANGER, proved("owner"), *seen)


def test_p5_a_code_of_a_phone_that_was_turned_off_meanwhile_is_none(little_shop: Founded, watch: Watch) -> None:
    """Between the password and the code."""
    phone = enrol(little_shop.owner)
    watch.passes(60)
    known = proved("owner")
    totp.turn_off(little_shop.owner)
    with pytest.raises(WrongProof):
        sessions.second_factor(STRANGER, known, phone.code())
    assert sessions.sign_in(STRANGER, "owner", PASSWORD)
