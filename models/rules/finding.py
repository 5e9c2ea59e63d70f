r"""Finding people: by login, name, number or telephone, and by pinyin or its initials.

What can be searched for is one text, worked out when a person is saved (`search_text`) and searched with
`LIKE '%' || needle || '%' ESCAPE '\'`. Both sides are folded alike: width, case, accents, spaces and the signs inside names and
numbers do not matter.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple
from unicodedata import category, normalize

from models.rules.surnames import LONGEST, READINGS
from models.text import key, visible

ESCAPE: Final = "\\"
"""What stands before a `%`, `_` or itself in a needle; LIKE has to be told."""

NEEDLE_LIMIT: Final = 100
"""Characters that are searched for; SQLite refuses patterns of more than 50,000 bytes."""

_BETWEEN_FIELDS: Final = "\n"  # white space is folded away in a needle, so that none matches across two fields
_HAN: Final = re.compile("[\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003fffd]+")
_APOSTROPHES: Final = re.compile("['`’‘\u02bc]")
_BETWEEN_WORDS: Final = re.compile("[\\s·•\u30fb\u2027+()./_,-]+")
_SPECIAL: Final = re.compile(r"[\\%_]")


class Pinyin(NamedTuple):
    """How a name sounds, without tones: `lilei` and `ll` for 李雷. ü is `v`, as it is typed."""

    full: str
    initials: str


def pinyin(name: str) -> Pinyin:
    """How `name` is read: surnames as surnames are, Latin words as they stand.

    Slow the first time (0.4 s: a dictionary is read), so it is asked when a person is saved, off the event loop.
    """
    syllables = list(_syllables(name))
    return Pinyin("".join(syllables), "".join(syllable[0] for syllable in syllables))


def search_text(login: str, name: str, nickname: str, number: str, phone: str, full: str, initials: str) -> str:
    """Everything a person is found by, folded, a line each. `full` and `initials` are `pinyin`'s, or what somebody made of them."""
    read = _folded(normalize("NFD", full.lower()).replace("u\u0308", "v"))
    fields = [*map(_folded, (login, name, nickname, number, phone, initials)), read]
    if "v" in read:
        fields += [read.replace("v", "u"), read.replace("v", "yu")]  # as people without a `v` in mind type it, and as passports do
    return _BETWEEN_FIELDS.join(dict.fromkeys(filter(None, fields)))


def needle(query: str) -> str:
    r"""What of `query` is looked for in `search_text`, escaped for LIKE with `\`; "" finds everybody."""
    query = visible(query[: NEEDLE_LIMIT * 4])
    wanted = _folded(query) or key(query)  # of nothing but signs, the signs: they find nobody, where "" would find everybody
    return _SPECIAL.sub(r"\\\g<0>", wanted[:NEEDLE_LIMIT])


def _folded(text: str) -> str:
    """`text` without what does not matter when people are looked for."""
    return _BETWEEN_WORDS.sub("", _bare(text))


def _bare(text: str) -> str:
    """`text` in small letters, without accents and apostrophes."""
    text = _APOSTROPHES.sub("", key(text))
    if text.isascii():
        return text
    return normalize("NFC", "".join(c for c in normalize("NFD", text) if category(c) != "Mn"))


def _syllables(name: str) -> Iterator[str]:
    """The syllables of the Chinese in `name` and the words of the rest, in order."""
    name = normalize("NFC", name)
    at_surname = True
    end = 0
    for run in _HAN.finditer(name):
        yield from _words(name[end : run.start()])
        yield from _read(run[0], at_surname=at_surname)
        at_surname = False
        end = run.end()
    yield from _words(name[end:])


def _words(text: str) -> Iterator[str]:
    for word in _BETWEEN_WORDS.split(_bare(text)):
        if letters := "".join(c for c in word if category(c)[0] in "LNM"):
            yield letters


def _read(han: str, *, at_surname: bool) -> Iterator[str]:
    from pypinyin import lazy_pinyin  # here, because its dictionaries take 0.4 s to read, and searching needs none

    if at_surname:
        for length in range(min(LONGEST, len(han)), 0, -1):
            if surname := READINGS.get(han[:length]):
                yield from surname
                han = han[length:]
                break
    if han:
        yield from lazy_pinyin(han)
