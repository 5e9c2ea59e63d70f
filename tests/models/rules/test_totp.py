"""TOTP: the codes of RFC 6238, taken from half a minute around, from a phone whose clock is off, and from nobody else."""

from __future__ import annotations

import base64
import hashlib
import hmac
import shutil
import subprocess
import sys
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from hypothesis import given, settings, strategies as st

from models.rules import totp
from models.text import LOGIN_LIMIT, SHOP_CODE_LIMIT

RFC = b"12345678901234567890"
"""The seed of the RFC's own examples, 20 bytes."""

VECTORS = {
    59: "94287082",
    1111111109: "07081804",
    1111111111: "14050471",
    1234567890: "89005924",
    2000000000: "69279037",
    20000000000: "65353130",
}
"""RFC 6238, appendix B, SHA-1: seconds and codes of eight digits."""

SECOND = 1_000_000
NOW = 1_800_000_007 * SECOND
KEY = bytes(range(32))
SEEDS = st.binary(min_size=totp.SEED_BYTES, max_size=totp.SEED_BYTES)
MOMENTS = st.integers(0, 4_000_000_000 * SECOND)
TEXTS = st.text(st.characters(codec=None, exclude_categories=()), max_size=80)
BLANKS = ["", "", " ", "-", "\u3000", "\xa0", "–", "－", "\n", "\t"]


def hotp(seed: bytes, step: int) -> str:
    """RFC 4226, 5.3, written out: what the library is compared with."""
    mac = hmac.digest(seed, step.to_bytes(8, "big"), "sha1")
    start = mac[19] & 15
    return f"{(int.from_bytes(mac[start : start + 4], 'big') & 0x7FFFFFFF) % 10**6:06}"


def codes_of(seed: bytes, middle: int) -> list[str]:
    """Every code that could be mistaken for another near `middle`."""
    return [hotp(seed, step) for step in range(middle - 90, middle + 91)]


@pytest.mark.parametrize(("seconds", "code"), VECTORS.items())
def test_p5_the_vectors_of_the_rfc_hold(seconds: int, code: str) -> None:
    """Eight digits in the RFC; six are their last six."""
    assert totp.step_at(seconds * SECOND) == seconds // 30
    assert totp.code_at(RFC, totp.step_at(seconds * SECOND)) == code[-6:]
    assert totp.match(RFC, code[-6:], seconds * SECOND, 0) == seconds // 30


@given(SEEDS, st.integers(0, 10**9))
def test_p5_a_code_is_that_of_rfc_4226(seed: bytes, step: int) -> None:
    """Computed a second time, by the RFC's own words."""
    assert totp.code_at(seed, step) == hotp(seed, step)


def test_p5_another_program_shows_the_same_code() -> None:
    """`oathtool` of any system, given the Base32 that a person would type."""
    program = shutil.which("oathtool")
    if program is None:
        pytest.skip("no `oathtool` on this machine")
    seed = totp.seed(KEY, 7, 1)
    for seconds in (59, 1_800_000_007, 20_000_000_000):
        arguments = ["--totp", "--base32", "--now", f"@{seconds}", totp.grouped(totp.base32(seed))]
        shown = subprocess.run([program, *arguments], capture_output=True, text=True, check=True).stdout.strip()
        assert totp.match(seed, shown, seconds * SECOND, 0) == seconds // 30


@pytest.mark.parametrize("drift", [0, 1, -1, 7, -40, 40])
def test_p5_one_step_around_the_phones_own_time_is_taken(drift: int) -> None:
    """And no more: not two steps before or after it."""
    middle = totp.step_at(NOW) + drift
    assert len(set(codes_of(RFC, middle))) == 181, "codes that could be mistaken for one another"
    taken = [step - middle for step in range(middle - 60, middle + 61) if totp.match(RFC, hotp(RFC, step), NOW, drift) is not None]
    assert taken == [-1, 0, 1]
    for step in (middle - 1, middle, middle + 1):
        assert totp.match(RFC, hotp(RFC, step), NOW, drift) == step


@given(MOMENTS)
def test_p5_a_step_lasts_thirty_seconds(us: int) -> None:
    """To the microsecond."""
    step = totp.step_at(us)
    assert step * 30 * SECOND <= us < (step + 1) * 30 * SECOND


@given(SEEDS, MOMENTS, st.integers(-40, 40), st.integers(-5, 5))
def test_p5_what_is_matched_has_that_code_and_is_near(seed: bytes, us: int, drift: int, off: int) -> None:
    """Whatever the seed and the moment, 1970 included."""
    middle = totp.step_at(us) + drift
    code = hotp(seed, max(0, middle + off))
    found = totp.match(seed, code, us, drift)
    if found is None:
        assert abs(max(0, middle + off) - middle) > 1
    else:
        assert found >= 0 and abs(found - middle) <= 1 and hotp(seed, found) == code


def test_the_nearest_of_two_steps_with_the_same_code_is_meant(monkeypatch: pytest.MonkeyPatch) -> None:
    """One in a million has a neighbour with the same code."""
    middle = totp.step_at(NOW)
    monkeypatch.setattr(totp, "code_at", lambda _seed, _step: "000000")
    assert totp.match(RFC, "000000", NOW, 0) == middle
    assert totp.match(RFC, "000000", NOW, 3) == middle + 3
    assert totp.resync(RFC, "000000", "000000", NOW) == middle


@pytest.mark.parametrize("off", [-40, -39, -2, -1, 0, 1, 2, 39, 40])
def test_p5_two_codes_in_a_row_find_a_phone_up_to_twenty_minutes_off(off: int) -> None:
    """RFC 6238, 6: then its drift is known, and one code is enough the next time."""
    step = totp.step_at(NOW) + off
    assert totp.resync(RFC, hotp(RFC, step - 1), hotp(RFC, step), NOW) == step
    drift = totp.drift_of(step, NOW)
    assert drift == off
    later = NOW + 3600 * SECOND
    assert totp.match(RFC, hotp(RFC, totp.step_at(later) + off), later, drift) == totp.step_at(later) + off


@pytest.mark.parametrize("off", [-60, -42, -41, 41, 42, 60])
def test_p5_a_phone_that_is_further_off_is_not_followed(off: int) -> None:
    """Its clock has to be set first."""
    step = totp.step_at(NOW) + off
    assert totp.resync(RFC, hotp(RFC, step - 1), hotp(RFC, step), NOW) is None


@pytest.mark.parametrize("apart", [0, 2, 3, -1])
def test_p5_two_codes_that_do_not_follow_one_another_find_nothing(apart: int) -> None:
    """The same twice, one left out, or the wrong way round: somebody who saw codes, and has no phone that shows the next."""
    step = totp.step_at(NOW)
    assert totp.resync(RFC, hotp(RFC, step - apart), hotp(RFC, step), NOW) is None


def test_p5_both_codes_have_to_be_codes() -> None:
    """Twelve digits in one line are no two codes, nor are eleven and one."""
    step = totp.step_at(NOW)
    first, second = hotp(RFC, step - 1), hotp(RFC, step)
    for typed in ((first + second, ""), ("", first + second), (first + second[:1], second[1:]), ("", second), (first, ""), ("", "")):
        assert totp.resync(RFC, *typed, NOW) is None
    assert totp.resync(RFC, f"{first[:3]} {first[3:]}", f"{second[:3]}-{second[3:]}", NOW) == step


@pytest.mark.parametrize("us", [0, 15 * SECOND, 31 * SECOND, -1, -86_400 * SECOND])
def test_a_clock_at_or_before_1970_breaks_nothing(us: int) -> None:
    """A machine without a battery starts there."""
    assert totp.match(RFC, "000000", us, 0) is None
    assert totp.match(RFC, hotp(RFC, 0), us, -40) is None
    assert totp.resync(RFC, hotp(RFC, 0), hotp(RFC, 1), us) in {1, None}
    assert totp.match(RFC, hotp(RFC, 0), 0, 0) == 0


@given(st.integers(-(10**7), 10**7), MOMENTS)
def test_the_drift_never_passes_twenty_minutes(off: int, us: int) -> None:
    """In either direction."""
    assert totp.drift_of(totp.step_at(us) + off, us) == sorted((-40, off, 40))[1]


def test_codes_are_compared_in_constant_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each possible one, whether the code is the first of them, the last, none, or not a code at all."""
    compared: list[object] = []
    real = hmac.compare_digest

    def counted(one: str, other: str) -> bool:
        compared.append(one)
        return real(one, other)

    monkeypatch.setattr(hmac, "compare_digest", counted)
    step = totp.step_at(NOW)
    for code in (hotp(RFC, step), hotp(RFC, step + 1), "000000", "nothing"):
        compared.clear()
        totp.match(RFC, code, NOW, 0)
        assert len(compared) == 3
    for code in (hotp(RFC, step), "000000", ""):
        compared.clear()
        totp.resync(RFC, hotp(RFC, step - 1), code, NOW)
        assert len(compared) == 81


@given(st.text("0123456789", min_size=6, max_size=6), st.data())
def test_p5_a_code_is_forgiven_how_it_was_typed(code: str, data: st.DataObject) -> None:
    """Pasted with spaces, dashes or a line's end, or by an input method in full width."""
    typed = "".join(data.draw(st.sampled_from(BLANKS)) + data.draw(st.sampled_from([c, chr(ord(c) + 0xFEE0)])) for c in code)
    assert totp.normalised(typed + data.draw(st.sampled_from(BLANKS))) == code


@given(TEXTS)
def test_p5_what_is_meant_is_six_ascii_digits_or_nothing(typed: str) -> None:
    """Nothing in between, and saying it again changes nothing."""
    meant = totp.normalised(typed)
    assert meant == "" or (len(meant) == 6 and set(meant) <= set("0123456789"))
    assert totp.normalised(meant) == meant


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "      ",
        "12345",
        "1234567",
        "12345678",
        "12345a",
        "12345O",
        "+12345",
        "1_234.5",
        "12345\x00",
        "12345\x1b",
        "١٢٣٤٥٦",
        "१२३४५६",
        "𝟏𝟐𝟑𝟒𝟓𝟔",
        "①②③④⑤⑥",
        "²²²²²²",
        "12345٦",
        "一二三四五六",
        "12345\ud800",
        "123\u200b456",
        "7KQF-2M9X-0000-1111-ABCD-WXYZ",
        " " * 60 + "123456",
        "0" * 10_000_000,
        " " * 10_000_000,
    ],
)
def test_p5_what_cannot_be_a_code_opens_nothing(typed: str) -> None:
    """Five digits, seven, digits of other scripts, hostile text, megabytes: no error, and no."""
    assert totp.normalised(typed) == ""
    assert totp.match(RFC, typed, NOW, 0) is None
    assert totp.resync(RFC, typed, typed, NOW) is None


def test_p7_a_seed_follows_from_key_account_and_generation() -> None:
    """HMAC-SHA-256 over a label and the two numbers, eight bytes each, cut to 160 bits: another program could derive it."""
    said = b"shopstaff totp seed\0" + b"\0\0\0\0\0\0\0\x07" + b"\0\0\0\0\0\0\x01\0"
    assert totp.seed(KEY, 7, 256) == hmac.new(KEY, said, hashlib.sha256).digest()[:20]
    assert len(totp.seed(KEY, 7, 256)) == totp.SEED_BYTES == 20


NUMBERS = st.integers(0, 2**63 - 1)


@given(st.lists(st.tuples(st.binary(min_size=32, max_size=32), NUMBERS, NUMBERS), min_size=2, max_size=2, unique=True))
def test_p7_no_two_enrolments_share_a_seed(pair: list[tuple[bytes, int, int]]) -> None:
    """Another shop, another account or another enrolment: another seed, so swapping two people's rows lets neither in."""
    one, other = pair
    assert totp.seed(*one) != totp.seed(*other)


def test_p7_the_two_numbers_are_not_run_together() -> None:
    """Account 1, enrolment 12 is not account 11, enrolment 2, nor the other way round."""
    numbers = [(staff, generation) for staff in range(40) for generation in range(40)]
    assert len({totp.seed(KEY, *pair) for pair in numbers}) == len(numbers)


def test_p7_the_check_value_recognises_the_key_and_is_no_seed() -> None:
    """One byte of another key is another value; and what is kept of the key is none of the seeds."""
    value = totp.check_value(KEY)
    assert len(value) == 64 and set(value) <= set("0123456789abcdef")
    assert value == totp.check_value(bytes(range(32)))
    assert value != totp.check_value(bytes(range(1, 33)))
    assert not any(value.startswith(totp.seed(KEY, staff, 0).hex()) for staff in range(50))


@given(SEEDS)
def test_p6_the_secret_is_32_characters_in_groups_of_four(seed: bytes) -> None:
    """Base32 of RFC 4648 without padding; without its spaces it is the seed again."""
    shown = totp.grouped(totp.base32(seed))
    assert [len(group) for group in shown.split(" ")] == [4] * 8
    assert base64.b32decode(shown.replace(" ", "")) == seed


@given(
    SEEDS,
    st.from_regex(rf"[a-z][a-z0-9-]{{1,{SHOP_CODE_LIMIT - 1}}}", fullmatch=True),
    st.from_regex(rf"[a-z][a-z0-9._-]{{1,{LOGIN_LIMIT - 1}}}", fullmatch=True),
)
def test_p6_the_uri_says_shop_login_and_seed_and_nothing_more(seed: bytes, shop: str, login: str) -> None:
    """What an app assumes anyway would only make the picture larger than the terminal."""
    uri = totp.uri(seed, shop, login)
    parts = urlsplit(uri)
    assert (parts.scheme, parts.netloc, unquote(parts.path)) == ("otpauth", "totp", f"/{shop}:{login}")
    assert parse_qs(parts.query) == {"secret": [totp.base32(seed)], "issuer": [shop]}
    assert len(uri.encode()) <= 106


def test_p6_the_longest_uri_fits_the_picture() -> None:
    """106 bytes are what 23 rows of a QR code hold; longer names would not have been allowed."""
    uri = totp.uri(RFC, "s" * SHOP_CODE_LIMIT, "l" * LOGIN_LIMIT)
    assert len(uri.encode()) == 106


def test_importing_the_rule_loads_no_library() -> None:
    """It takes 40 ms, and few start-ups come to a code."""
    done = subprocess.run(
        [sys.executable, "-c", "import sys, models.rules.totp; print('pyotp' in sys.modules)"], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "False"


@settings(max_examples=20)
@given(SEEDS, MOMENTS)
def test_p5_resynchronising_finds_what_the_phone_shows(seed: bytes, us: int) -> None:
    """At any moment, for any seed: where it answers, both codes stand there."""
    step = max(1, totp.step_at(us) + 17)
    found = totp.resync(seed, hotp(seed, step - 1), hotp(seed, step), us)
    assert found is not None and (hotp(seed, found - 1), hotp(seed, found)) == (hotp(seed, step - 1), hotp(seed, step))
