"""Passwords: refused when they would be guessed, kept so that nobody can read them."""

from __future__ import annotations

import ast
import inspect
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from unicodedata import normalize

import argon2
import pytest
from hypothesis import given, settings, strategies as st
from zxcvbn import feedback
from zxcvbn.frequency_lists import FREQUENCY_LISTS
from zxcvbn.matching import RANKED_DICTIONARIES

from models import i18n
from models.errors import PasswordWeak
from models.rules import passwords
from models.rules.passwords import FLOOR, MAXIMUM, MINIMUM, Cost
from tests.hostile import REFUSED

GOOD = "correct horse battery"
CHEAP = Cost(memory=8, passes=1, lanes=1)
"""For tests that are not about the cost."""

ANYTHING = st.text(st.characters(codec=None, exclude_categories=()), max_size=40)


def refused(password: str, *known: str) -> bool:
    """Whether `check` says no."""
    with suppress(PasswordWeak):
        passwords.check(password, known)
        return False
    return True


def test_a_thousand_common_passwords_are_refused() -> None:
    """The thousand most common that are long enough to be refused for nothing but being common, and the thousand most common."""
    common = FREQUENCY_LISTS["passwords"]
    long = [password for password in common if len(password) >= MINIMUM]
    assert len(common[:1000]) == 1000
    assert [password for password in common[:1000] if not refused(password)] == []
    assert [password for password in long[:1000] if not refused(password)] == []


def test_a_thousand_common_passwords_are_refused_however_they_are_lengthened() -> None:
    """A year, a one, an exclamation mark or a repetition does not help a common password past the twelve characters."""
    common = FREQUENCY_LISTS["passwords"][:1000:10]
    for lengthened in ("{}2024", "{}{}", "{}1", "{}!", "123{}"):
        assert [password for password in common if not refused(lengthened.format(password, password))] == []


@pytest.mark.parametrize(
    "password",
    [
        "aaaaaaaaaaaaaaaa",
        "abcabcabcabcabc",
        "abcdefghijklmnop",
        "1234567890123456",
        "qwertyuiopasdf",
        "zxcvbnmasdfghjkl",
        "P@ssw0rd123456",
        "drowssaprowssap",
        "iloveyou1314520",
        "200001012000",
        "zhangwei1990",
        "5201314woaini",
        "woaini5201314",
        "            ",
    ],
)
def test_patterns_are_refused(password: str) -> None:
    """Rows of keys, runs, repetitions, dates, and words in disguise."""
    assert refused(password)


@pytest.mark.parametrize(
    "password",
    [
        GOOD,
        "竹外桃花三两枝春江水暖鸭先知",
        "tr0ub4dor&3 staple",
        "xkQ-pf8-Lm2-vbT",
        "lamp river otter",
        "Öl im Getriebe läuft",
        "a lamp for every otter, seven ferries to the island of unread letters, and on the roof a kettle that remembers the winter of 191",
    ],
)
def test_good_passwords_are_taken_whatever_they_are_made_of(password: str) -> None:
    """Words alone, Chinese alone, up to 128 characters: no rule asks for a digit or a capital."""
    assert len(password) >= MINIMUM
    passwords.check(password, [])


@pytest.mark.parametrize(
    ("password", "known"),
    [
        ("xiaodian2024", "xiaodian"),
        ("little-shop-2024", "Little Shop"),
        ("LittleShop!2024", "Little Shop"),
        ("Little.Shop.88", "little shop"),
        ("alicealicealice", "Alice"),
        ("alice_alice_123", "alice"),
        ("qinxiaoluqinxiaolu", "qinxiaolu"),
        ("Ouyang.Nana.1", "ouyang nana"),
        ("我的小店我的小店我的小店", "我的小店"),
        ("l1ttle5hop2025", "little shop"),
    ],
)
def test_what_a_colleague_would_try_is_refused(password: str, known: str) -> None:
    """Each would pass if the shop and its people were not known."""
    assert refused(password, "somebody", known)
    with pytest.raises(PasswordWeak, match="The names of people and of the shop are guessed first"):
        passwords.check(password, [known])


def test_the_shops_names_make_the_difference() -> None:
    """Known names are what refuses these, not their form."""
    for password, known in (("xiaodian2024", "xiaodian"), ("little-shop-2024", "Little Shop"), ("Ouyang.Nana.1", "ouyang nana")):
        assert passwords.strength(password, [known]).score < passwords.strength(password, []).score


def test_twelve_characters_are_enough_and_eleven_are_not() -> None:
    """However good the eleven are."""
    good = "xkQ-pf8-Lm2v"
    assert len(good) == MINIMUM
    passwords.check(good, [])
    with pytest.raises(PasswordWeak, match="At least 12 characters"):
        passwords.check(good[:-1], [])
    with pytest.raises(PasswordWeak, match="At least 12 characters") as weak:
        passwords.check("", [])
    assert weak.value.field == "password"


@pytest.mark.parametrize("minimum", [13, 20, 64])
def test_p13_a_shop_may_ask_for_longer_passwords(minimum: int) -> None:
    """`check` and `strength` agree on it, and say how many."""
    long = GOOD * 4
    passwords.check(long[:minimum], [], minimum)
    taken = passwords.strength(long[:minimum], [], minimum)
    assert taken.score >= passwords.GOOD_ENOUGH and taken.advice == ""
    with pytest.raises(PasswordWeak, match=f"At least {minimum} characters"):
        passwords.check(long[: minimum - 1], [], minimum)
    assert passwords.strength(long[: minimum - 1], [], minimum) == (2, f"At least {minimum} characters.")


def test_lengths_are_counted_after_nfc() -> None:
    """Twelve accents that compose are twelve characters, not twenty-four."""
    word = "e\u0301ôüñçåïöãìòú"
    assert len(normalize("NFC", word)) == 12
    passwords.check(word, [])
    with pytest.raises(PasswordWeak, match="At least 12"):
        passwords.check("e\u0301" * 6, [])
    passwords.check(normalize("NFD", (GOOD + "é" * 128)[:128]), [])


def test_a_password_that_is_too_long_is_refused_before_any_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """129 characters and ten million alike: nothing is judged, nothing is hashed."""
    monkeypatch.setattr(passwords, "_guessing", lambda *_: pytest.fail("it was judged"))
    monkeypatch.setattr(passwords, "hasher", lambda *_: pytest.fail("it was hashed"))
    started = time.perf_counter()
    for password in ("x" * (MAXIMUM + 1), "x" * 10_000_000, "e\u0301" * (MAXIMUM + 1)):
        with pytest.raises(PasswordWeak, match="At most 128 characters"):
            passwords.check(password, [])
        with pytest.raises(PasswordWeak, match="At most 128 characters"):
            passwords.digest(password)
        assert not passwords.verify("$argon2id$whatever", password)
        assert not passwords.verify(None, password)
        assert passwords.strength(password, []).score == 0
    assert time.perf_counter() - started < 0.5


@pytest.mark.parametrize("payload", REFUSED.values(), ids=REFUSED)
def test_a_password_holds_nothing_that_cannot_be_typed_again(payload: str) -> None:
    """What came in by a paste that nobody could see would lock its owner out."""
    password = GOOD + payload.replace("\ufffd", "\x00") + GOOD
    if "\u0301alice" not in payload:  # a mark that finds a base is an accent, and can be typed
        assert refused(password)
    assert not passwords.verify(passwords.digest(GOOD, CHEAP), password)


def test_spaces_and_case_are_part_of_a_password() -> None:
    """What was typed is what counts: nothing is stripped or folded but NFC."""
    phc = passwords.digest(GOOD, CHEAP)
    assert passwords.verify(phc, GOOD)
    for other in (f"{GOOD} ", f" {GOOD}", GOOD.upper(), GOOD.replace(" ", ""), "", GOOD + "x"):
        assert not passwords.verify(phc, other)


def test_one_password_typed_on_two_keyboards_is_one() -> None:
    """Some systems decompose what others compose."""
    phc = passwords.digest("crème correct horse", CHEAP)
    assert passwords.verify(phc, "cre\u0300me correct horse")


def test_what_is_kept_is_argon2id_at_the_floor() -> None:
    """19 MiB, two passes, one lane, 16 bytes of salt, 32 of hash: read from the stored string itself."""
    phc = passwords.digest(GOOD)
    read = argon2.extract_parameters(phc)
    assert phc.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert (read.memory_cost, read.time_cost, read.parallelism) == (19 * 1024, 2, 1)
    assert (read.salt_len, read.hash_len, read.type) == (16, 32, argon2.Type.ID)
    assert GOOD not in phc


def test_every_hash_has_a_salt_of_its_own() -> None:
    """Two people with one password cannot be told by what is kept."""
    assert len({passwords.digest(GOOD, CHEAP) for _ in range(20)}) == 20


def test_a_hash_is_made_anew_when_the_cost_has_changed() -> None:
    """Whichever part of it; and one that cannot be read is made anew, too."""
    phc = passwords.digest(GOOD)
    assert not passwords.needs_rehash(phc)
    for cost in (FLOOR._replace(memory=32_768), FLOOR._replace(passes=3), FLOOR._replace(lanes=2), FLOOR._replace(length=64)):
        assert passwords.needs_rehash(phc, cost)
    assert passwords.needs_rehash(passwords.digest(GOOD, CHEAP))
    assert passwords.needs_rehash("damaged")
    assert passwords.needs_rehash("")


def test_a_calibrated_cost_is_used() -> None:
    """The floor is only where calibration starts."""
    cost = FLOOR._replace(memory=20_480, passes=3)
    phc = passwords.digest(GOOD, cost)
    assert "$m=20480,t=3,p=1$" in phc
    assert passwords.verify(phc, GOOD, cost)
    assert passwords.verify(phc, GOOD), "what was kept at another cost still opens"
    assert not passwords.needs_rehash(phc, cost)


class Hashed:
    """Counts how often argon2 runs, and at what cost."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.costs: list[tuple[int, int]] = []
        low_level = sys.modules["argon2._password_hasher"]
        for name in ("hash_secret", "verify_secret"):
            monkeypatch.setattr(low_level, name, self._counting(getattr(low_level, name)))

    def _counting(self, real: object) -> object:
        def counted(*args: object, **kwargs: object) -> object:
            if "time_cost" in kwargs:
                self.costs.append((int(str(kwargs["memory_cost"])), int(str(kwargs["time_cost"]))))
            else:
                self.costs.append((-1, -1))
            assert callable(real)
            return real(*args, **kwargs)

        return counted


def test_every_way_to_a_no_hashes_exactly_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """An unknown login, a wrong password and a damaged hash cost the same, so a stranger cannot tell them apart."""
    phc = passwords.digest(GOOD)
    hashed = Hashed(monkeypatch)
    for kept, password, answer in (
        (phc, GOOD, True),
        (phc, "wrong", False),
        (None, GOOD, False),
        ("damaged", GOOD, False),
        ("", "", False),
    ):
        hashed.costs.clear()
        assert passwords.verify(kept, password) is answer
        assert len(hashed.costs) == 1


def test_the_hash_for_nobody_costs_what_a_real_one_costs(monkeypatch: pytest.MonkeyPatch) -> None:
    """After a calibration, too."""
    hashed = Hashed(monkeypatch)
    cost = FLOOR._replace(memory=24_576, passes=3)
    assert not passwords.verify(None, GOOD, cost)
    assert hashed.costs == [(24_576, 3)]


@pytest.mark.parametrize(
    "phc",
    [
        "",
        "x",
        "$argon2id$",
        "$argon2id$v=19$m=19456,t=2,p=1$AAAA$AAAA",
        "$2b$12$abcdefghijklmnopqrstuv",
        "$argon2id$v=19$m=1,t=0,p=0$YQ$YQ",
        "é",
    ],
)
def test_a_damaged_hash_opens_for_nobody(phc: str) -> None:
    """And is no crash."""
    for password in ("", GOOD, phc):
        assert not passwords.verify(phc, password)


@given(ANYTHING, ANYTHING)
@settings(deadline=None)
def test_only_the_same_text_opens(one: str, other: str) -> None:
    """Whatever it is made of."""
    phc = passwords.digest(one, CHEAP)
    assert passwords.verify(phc, one)
    assert passwords.verify(phc, other) == (normalize("NFC", one) == normalize("NFC", other))


@given(ANYTHING, st.lists(ANYTHING, max_size=3))
@settings(deadline=None)
def test_the_meter_agrees_with_the_rule(password: str, known: list[str]) -> None:
    """Three or more is shown exactly when the password would be taken, and there is advice exactly when it would not."""
    judged = passwords.strength(password, known)
    assert 0 <= judged.score <= 4
    assert (judged.score >= 3) == (not refused(password, *known))
    assert (judged.advice == "") == (judged.score >= 3)


def test_names_are_known_as_they_are_written_and_as_they_sound() -> None:
    """A password is typed on a keyboard that has no Chinese, so 小店 is tried as xiaodian."""
    assert passwords.known(["小店", "", "bob"]) == ["小店", "xiaodian", "xd", "bob", "bob", "b"]


def test_three_of_four_is_enough() -> None:
    """And a short password is shown below it, however good it is."""
    assert passwords.strength("li19880808lei", []) == (3, "")
    assert passwords.strength("kettle88roof", []).score == 3
    assert passwords.strength("xkQ-pf8-Lm2", []) == (2, "At least 12 characters.")


def spoken_by_zxcvbn() -> set[str]:
    """Every sentence that its feedback can give: the arguments of `_()` in its source."""
    tree = ast.parse(inspect.getsource(feedback))
    marked = (
        node.args[0] for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "_"
    )
    return {str(ast.literal_eval(sentence)) for sentence in marked}


def test_every_sentence_of_zxcvbn_has_one_of_ours() -> None:
    """A new version with a new sentence fails here, before somebody reads it in the wrong language."""
    spoken = spoken_by_zxcvbn()
    assert len(spoken) > 20
    assert spoken - set(passwords._ADVICE) == set()
    assert set(passwords._ADVICE) - spoken == set(), "sentences that it no longer says"
    assert len(set(passwords._ADVICE.values())) == len(passwords._ADVICE)
    assert not set(passwords._ADVICE.values()) & spoken


def test_a_sentence_that_is_not_known_yet_is_not_passed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """It becomes the general one."""
    monkeypatch.setattr(passwords, "_ADVICE", {})
    with pytest.raises(PasswordWeak, match="This would be guessed too soon"):
        passwords.check("password12345", [])
    assert passwords.strength("password12345", []).advice == "This would be guessed too soon."


def test_advice_is_in_the_language_in_force() -> None:
    """Also that of an error which was raised in another."""

    class Chinese:
        def gettext(self, message: str, /) -> str:
            return {"At least {minimum} characters.": "至少 {minimum} 个字符。"}[message]

        def ngettext(self, msgid1: str, msgid2: str, n: int, /) -> str:
            raise AssertionError(msgid1, msgid2, n)

    with pytest.raises(PasswordWeak) as weak:
        passwords.check("short", [])
    i18n.install("zh", Chinese())
    try:
        assert str(weak.value) == "至少 12 个字符。"
        assert passwords.strength("short", []).advice == "至少 12 个字符。"
    finally:
        i18n.install("en")


def test_nobodys_names_stay_behind() -> None:
    """The library keeps the known words of a call in a table of its own; they are taken out again."""
    passwords.check(GOOD, ["secret-project"])
    assert "user_inputs" not in RANKED_DICTIONARIES


def test_two_people_at_once_are_judged_by_their_own_names() -> None:
    """The library's table of known words is shared by all its callers."""
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda n: refused("xiaodian2024", "xiaodian" if n % 2 else "unrelated"), range(400)))
    assert answers == [bool(n % 2) for n in range(400)]


def test_another_program_verifies_a_hash() -> None:
    """The `argon2` of any system computes the same from the same salt."""
    program = shutil.which("argon2")
    if program is None:
        pytest.skip("no `argon2` on this machine")
    salt = "sixteen bytes ok"
    theirs = subprocess.run(
        [program, salt, "-id", "-t", "2", "-k", "19456", "-p", "1", "-l", "32", "-e"],
        input=GOOD,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    assert passwords.verify(theirs, GOOD)
    assert not passwords.verify(theirs, GOOD + "x")
    assert not passwords.needs_rehash(theirs)


MEMORY = """
import models.rules.passwords as passwords
def resident():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))
passwords.digest("x", passwords.Cost(8, 1, 1))
before = resident()
for _ in range(3):
    passwords.digest("correct horse battery")
print(resident() - before)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
def test_the_memory_of_a_hash_goes_back() -> None:
    """19 MiB are taken each time; in a process that stays for hours they must not stay."""
    done = subprocess.run([sys.executable, "-c", MEMORY], capture_output=True, text=True, check=True)
    assert int(done.stdout) < 8 * 1024


def test_importing_the_rules_loads_neither_hashing_nor_lists() -> None:
    """They take 3 and 70 ms, and most commands need neither."""
    script = "import sys, models.rules.passwords; print([m for m in ('argon2', 'zxcvbn', 'ctypes') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
