"""Passwords: which are good enough, and how they are kept.

Kept as argon2id in the PHC form, which the `argon2` program of any system verifies. Judged by length and by how soon they would be
guessed, with everything that a colleague knows counted as known; never by which kinds of characters they hold, and never by age
(NIST SP 800-63B 3.1.1.2).

Both `check` and the hashing work for a fraction of a second, on a hostile password for seconds: call them off the event loop.
"""

from __future__ import annotations

from collections.abc import Iterable
from threading import Lock
from typing import Final, NamedTuple
from unicodedata import normalize

from models.errors import PasswordWeak
from models.i18n import N_, _, pick
from models.rules import finding
from models.rules.password_cost import FLOOR, Cost, calibrate, hasher
from models.text import visible

__all__ = [
    "FLOOR",
    "GOOD_ENOUGH",
    "MAXIMUM",
    "MINIMUM",
    "Cost",
    "Strength",
    "calibrate",
    "check",
    "digest",
    "known",
    "needs_rehash",
    "strength",
    "verify",
]

MINIMUM: Final = 12
"""Characters after NFC that a password has at least; a shop may ask for more."""

MAXIMUM: Final = 128
"""Characters after NFC."""

GOOD_ENOUGH: Final = 3
"""The zxcvbn score, 0 to 4, from which a password is taken."""

_CUT: Final = 72  # characters that zxcvbn looks at; it takes time with the square of them


class Strength(NamedTuple):
    """How good a password is.

    Attributes:
        score: 0 to 4; taken from 3 on.
        advice: what would make it better, in the language in force; "" from 3 on.
    """

    score: int
    advice: str


def known(names: Iterable[str]) -> list[str]:
    """What somebody tries first who knows these `names`: each as it is written, and as it sounds.

    Slow the first time, as `finding.pinyin`.
    """
    return [word for name in names if name for word in (name, *finding.pinyin(name)) if word]


def check(password: str, known: Iterable[str], minimum: int = MINIMUM) -> None:
    """Refuse a password that would be guessed.

    Args:
        password: as typed.
        known: what a colleague would try: shop, names and logins, as the function of that name has them.
        minimum: characters that this shop asks for.

    Raises:
        PasswordWeak: it is shorter than `minimum` or longer than 128 characters, cannot be typed again, or would be guessed.
    """
    judged = _judge(password, known, minimum)
    if judged.reasons:
        raise PasswordWeak("password", judged.reasons[0], minimum=minimum, maximum=MAXIMUM)


def strength(password: str, known: Iterable[str], minimum: int = MINIMUM) -> Strength:
    """How good `password` is, for somebody who is still typing. Its score is 3 or more exactly when `check` would take it."""
    judged = _judge(password, known, minimum)
    return Strength(judged.score, pick(" ", "").join(_(reason).format(minimum=minimum, maximum=MAXIMUM) for reason in judged.reasons))


def digest(password: str, cost: Cost = FLOOR) -> str:
    """The PHC string that is kept of `password`, with a salt of its own.

    Raises:
        PasswordWeak: it is longer than 128 characters; nothing was hashed.
    """
    if (secret := _secret(password)) is None:
        raise PasswordWeak("password", _TOO_LONG, maximum=MAXIMUM)
    return hasher(cost).hash(secret)


def verify(phc: str | None, password: str, cost: Cost = FLOOR) -> bool:
    """Whether `password` is the one that `phc` was made of.

    Without a `phc`, or with a damaged one, it hashes all the same, at `cost`, and says no: a stranger learns nothing from the time that
    the answer takes. A password that is too long is refused before hashing whoever it is for.
    """
    from argon2.exceptions import VerificationError  # here, because only signing in needs it

    if (secret := _secret(password)) is None:
        return False
    if phc is not None:
        try:
            return hasher(cost).verify(phc, secret)
        except VerificationError:
            return False
        except ValueError:  # not in the form of a hash, or not in ASCII
            pass
    hasher(cost).hash(secret)
    return False


def needs_rehash(phc: str, cost: Cost = FLOOR) -> bool:
    """Whether `phc` was made at another cost than `cost`, or cannot be read."""
    try:
        return hasher(cost).check_needs_rehash(phc)
    except ValueError:  # not in the form of a hash
        return True


class _Judged(NamedTuple):
    score: int
    reasons: tuple[str, ...]
    """Marked sentences, the most telling first; none exactly when the password is good enough."""


_TOO_SHORT: Final = N_("At least {minimum} characters.")
_TOO_LONG: Final = N_("At most {maximum} characters.")
_UNTYPABLE: Final = N_("It holds a character that cannot be typed or seen.")
_KNOWN: Final = N_("The names of people and of the shop are guessed first.")
_GUESSED: Final = N_("This would be guessed too soon.")

_ADVICE: Final = {
    "Use a few words, avoid common phrases.": N_("Several words that do not belong together are best."),
    "No need for symbols, digits, or uppercase letters.": N_("Length helps more than symbols, digits and capitals."),
    "Add another word or two. Uncommon words are better.": N_("Add another word or two, rare ones best."),
    "Straight rows of keys are easy to guess.": N_("A row of keys is guessed first."),
    "Short keyboard patterns are easy to guess.": N_("Patterns on the keyboard are guessed early."),
    "Use a longer keyboard pattern with more turns.": N_("Words are better than patterns on the keyboard."),
    'Repeats like "aaa" are easy to guess.': N_("One character over and over is easy to guess."),
    'Repeats like "abcabcabc" are only slightly harder to guess than "abc".': N_("Saying it again makes it hardly harder to guess."),
    "Avoid repeated words and characters.": N_("Leave out what repeats."),
    'Sequences like "abc" or "6543" are easy to guess.': N_("Sequences such as abc or 6543 are easy to guess."),
    "Avoid sequences.": N_("Leave out sequences."),
    "Recent years are easy to guess.": N_("A recent year is easy to guess."),
    "Avoid recent years.": N_("Leave out recent years."),
    "Avoid years that are associated with you.": N_("Leave out years that have to do with you."),
    "Dates are often easy to guess.": N_("Dates are easy to guess."),
    "Avoid dates and years that are associated with you.": N_("Leave out dates that have to do with you."),
    "This is a top-10 common password.": N_("This is one of the ten passwords that are used most."),
    "This is a top-100 common password.": N_("This is one of the hundred passwords that are used most."),
    "This is a very common password.": N_("Many people use this password."),
    "This is similar to a commonly used password.": N_("This is close to a password that many people use."),
    "A word by itself is easy to guess.": N_("One word alone is easy to guess."),
    "Names and surnames by themselves are easy to guess.": N_("A name alone is easy to guess."),
    "Common names and surnames are easy to guess.": N_("Common names are easy to guess."),
    "Capitalization doesn't help very much.": N_("A capital at the start hardly helps."),
    "All-uppercase is almost as easy to guess as all-lowercase.": N_("Capitals throughout hardly help."),
    "Reversed words aren't much harder to guess.": N_("A word backwards is hardly harder to guess."),
    "Predictable substitutions like '@' instead of 'a' don't help very much.": N_("Writing @ for a and the like hardly helps."),
}
"""zxcvbn's sentences and ours: its own know one language, and speak to somebody else."""

# What zxcvbn's lists, which come from elsewhere, lack of the first guesses here: phrases, numbers that sound like some, and names in
# pinyin that hundreds of thousands bear.
_FAMILIAR: Final = """
    woaini woaini520 woaini1314 woaini5201314 5201314woaini 5201314 1314520 520 1314 7758521 woaiwo woshishei nishishei wodemima mima
    zhanghao yonghu guanliyuan dianpu taobao tianmao zhifubao weixin kefu yunying zhangwei wangwei wangfang liwei lina zhangmin lijing
    wangjing liuwei wangxiuying zhangli lixiuying wangli zhangjing zhangxiuying liqiang wangmin limin wanglei liuyang wangyan wangyong
    lijun zhangyong lijie zhangjie zhanglei wangqiang lijuan zhangyan wangtao liming wangchao xiaoming zhangsan lisi wangwu
"""

_JOINTS: Final = str.maketrans("-_.·", "    ")

_one_at_a_time: Final = Lock()  # zxcvbn keeps the known words of a call in a table that all its callers share


def _judge(password: str, known: Iterable[str], minimum: int) -> _Judged:
    if len(password) > MAXIMUM * 4:  # NFC makes one character of four at most
        return _Judged(0, (_TOO_LONG,))
    password = normalize("NFC", password)
    if len(password) > MAXIMUM:
        return _Judged(0, (_TOO_LONG,))
    if visible(password) != password:
        return _Judged(0, (_UNTYPABLE,))
    if not password:
        return _Judged(0, (_TOO_SHORT,))
    score, reasons = _guessing(password[:_CUT], _words(known))
    if len(password) < minimum:
        return _Judged(min(score, GOOD_ENOUGH - 1), (_TOO_SHORT,))
    return _Judged(score, () if score >= GOOD_ENOUGH else reasons)


def _guessing(password: str, words: list[str]) -> tuple[int, tuple[str, ...]]:
    """The score by zxcvbn, and what it advises in our sentences."""
    from zxcvbn import zxcvbn  # here, because its lists take 70 ms to read
    from zxcvbn.matching import RANKED_DICTIONARIES  # here, because it is part of the same

    with _one_at_a_time:
        try:
            found = zxcvbn(password, user_inputs=[*words, *_FAMILIAR.split()], max_length=_CUT)
        finally:
            RANKED_DICTIONARIES.pop("user_inputs", None)  # names of people are not left lying in memory
    said = [found["feedback"]["warning"], *found["feedback"]["suggestions"]]
    reasons = [_ADVICE.get(sentence, _GUESSED) for sentence in said if sentence]
    parts = [part for match in found["sequence"] for part in (match, *match.get("base_matches", ()))]
    given = {part.get("matched_word") for part in parts if part.get("dictionary_name") == "user_inputs"}
    if given:
        reasons.insert(0, _KNOWN if given & set(words) else _ADVICE["This is similar to a commonly used password."])
    return found["score"], tuple(dict.fromkeys(reasons)) or (_GUESSED,)


def _words(known: Iterable[str]) -> list[str]:
    """Each of `known` in small letters: as it is, in its parts, and with the parts joined in the usual ways."""
    words: dict[str, None] = {}
    for name in known:
        whole = normalize("NFC", name).lower()
        parts = whole.translate(_JOINTS).split()
        words.update(dict.fromkeys([whole, *parts, *(joint.join(parts) for joint in ("", " ", "-", "_", "."))]))
    words.pop("", None)
    return list(words)


def _secret(password: str) -> bytes | None:
    """What is hashed of `password`; None when it is too long."""
    if len(password) > MAXIMUM * 4 or len(password := normalize("NFC", password)) > MAXIMUM:
        return None
    return password.encode("utf-8", "surrogatepass")
