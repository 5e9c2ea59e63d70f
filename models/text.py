"""What text from outside may contain, and how it is shown, compared and exported.

Everything that a person typed, pasted or imported passes `clean` or one of the special fields on its way in, and `visible` on
its way to a terminal. Two ends, because a file may have been written by somebody else.

Real names are to pass: rare ideographs of every extension, the middle dot of `迪丽热巴·迪力木拉提`, accents, other scripts, emoji. What is
refused is what cannot be seen, what steers a terminal and what is no character at all.
"""

from __future__ import annotations

import re
from typing import Final
from unicodedata import category, normalize

from models.errors import Invalid
from models.i18n import N_

REPLACEMENT: Final = "\ufffd"
"""Stands where something stood that may not be shown."""

MARKS: Final = 4
"""Most combining marks on one base: Tibetan and vocalised Hebrew need as many; more only serve to paint over other lines."""

LOGIN_LIMIT: Final = 18
SHOP_CODE_LIMIT: Final = 12
PHONE_LIMIT: Final = 20
EMAIL_LIMIT: Final = 120
NUMBER_LIMIT: Final = 20
"""Characters. The login's and the shop code's keep the URI of a TOTP picture under 106 bytes."""

# Text made of these alone is its own NFC and holds nothing to refuse: nearly every name, so that lists and imports stay fast.
_PLAIN: Final = re.compile("[ -~\u00b7\u3007\u3400-\u4dbf\u4e00-\u9fff\uff08\uff09]*")

_HAN: Final = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003fffd"
_EMOJI: Final = "\xa9\xae\u203c\u2049\u2122\u2139\u2190-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001faff"
_CONTROL: Final = (
    "\x00-\x09\x0b-\x1f\x7f-\x9f"  # C0 but the line feed, DEL, C1
    "\u2028\u2029"  # line and paragraph separator
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # direction
    "\xad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200d\u2060-\u2065\u206a-\u206f\u2800\u3164\uffa0"  # seen as nothing
    "\ufeff\ufff0-\ufffb"  # byte order mark, interlinear notes
    "\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd"  # signs that reach over what follows
    "\U00013430-\U0001345f\U0001bca0-\U0001bcaf\U0001d173-\U0001d17a"  # layout of hieroglyphs, shorthand and music
    "\ud800-\udfff"  # half of a pair
    "\ufdd0-\ufdef\ufffe\uffff"  # never characters
    + "".join(f"{chr(plane * 0x10000 + 0xFFFE)}{chr(plane * 0x10000 + 0xFFFF)}" for plane in range(1, 15))
    + "\U000e0000-\U000e00ff\U000e01f0-\U000effff"  # tags and what else is ignored
    "\U000f0000-\U0010ffff"  # private planes; the private area below is where GB18030 puts characters that Unicode lacked
    "\ufe03-\ufe0d"  # variants that stand for nothing
)
# A variation selector belongs to a character that has variants: anywhere else it only carries something that nobody sees.
_VARIATION: Final = f"(?<![{_HAN}])[\ufe00-\ufe02\U000e0100-\U000e01ef]|(?<![{_EMOJI}])[\ufe0e\ufe0f]"
_HOSTILE: Final = re.compile(f"[{_CONTROL}]|{_VARIATION}")
_HOSTILE_IN_LINE: Final = re.compile(f"[\n{_CONTROL}]|{_VARIATION}")
_SELECTORS: Final = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")

_BLANKS: Final = re.compile("[ \xa0\u1680\u2000-\u200a\u202f\u205f\u3000]+")
_BLANKS_AT_LINE_ENDS: Final = re.compile(" ?\n ?")

_FULL_WIDTH: Final = {full: full - 0xFEE0 for full in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_DASHES: Final = {0x2010: "-", 0x2011: "-", 0x2012: "-", 0x2013: "-", 0x2212: "-"}

_LOGIN: Final = re.compile(r"[a-z][a-z0-9._-]{1,17}")
_SHOP_CODE: Final = re.compile(r"[a-z][a-z0-9-]{1,11}")
_PHONE: Final = re.compile(r"[0-9+() -]{5,20}")
_EMAIL: Final = re.compile(r"""[^\s@,;:<>()\[\]\\"']+@(?:[^\s@,;:<>()\[\]\\"'.]+\.)+[^\s@,;:<>()\[\]\\"'.]{2,}""")
_FORMULA: Final = re.compile("'*\\s*[=+\\-@\t\r\uff1d\uff0b\uff0d\uff20\ufe66\ufe62\ufe63\ufe6b]")


def clean(field: str, value: str, *, limit: int, required: bool = False, lines: bool = False) -> str:
    """What is kept of something typed: NFC, stripped, every run of white space one space.

    Args:
        field: the name that the error bears.
        value: as typed, pasted or read from a file.
        limit: most characters that may remain.
        required: whether nothing is too little.
        lines: whether line feeds may stay (a CR before one goes); otherwise the text is one line.

    Raises:
        Invalid: something in it cannot be seen or is no text (4-security.md, text from outside), it is too long, or missing.
    """
    if len(value) > limit * 8 + 256:  # before any work is spent on it; composing and folding never gain more
        raise _too_long(field, limit, len(value))
    if not _PLAIN.fullmatch(value):
        value = normalize("NFC", value.replace("\r\n", "\n") if lines else value)
        _refuse_hostile(field, value, lines=lines)
    value = _BLANKS.sub(" ", value)
    if lines:
        value = _BLANKS_AT_LINE_ENDS.sub("\n", value)
    value = value.strip(" \n")
    if not value.isascii():
        _refuse_stacks(field, value)
    if len(value) > limit:
        raise _too_long(field, limit, len(value))
    if required and not value:
        raise Invalid(field, N_("Something has to stand here."))
    return value


def visible(value: str, *, lines: bool = False) -> str:
    """`value` as it may be shown: whatever `clean` refuses, and is there anyway, becomes `�`.

    With `lines`, line feeds stay.
    """
    if _PLAIN.fullmatch(value):
        return value
    value = (_HOSTILE if lines else _HOSTILE_IN_LINE).sub(REPLACEMENT, value)
    if value.isascii():
        return value
    shown = list(value)
    for place in _overstacked(value):
        shown[place] = REPLACEMENT
    return "".join(shown)


def key(value: str) -> str:
    """What two names have in common that people would call the same: width, case, accents' spelling, white space and variants aside."""
    if value.isascii():
        folded = value.casefold()
    else:
        folded = normalize("NFKC", normalize("NFKC", normalize("NFD", _SELECTORS.sub("", value)).casefold()).casefold())
    return " ".join(folded.split())


def csv_cell(value: str) -> str:
    """`value` as a cell that no spreadsheet takes for a formula: one that starts like a formula gets a `'` in front."""
    return f"'{value}" if _FORMULA.match(value) else value


def csv_value(cell: str) -> str:
    """What `csv_cell` made the cell of."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell, 1) else cell


def login(field: str, value: str) -> str:
    """A login: a letter, then letters, digits, `.`, `_` or `-`; 2 to 18 characters; capitals become small.

    Raises:
        Invalid: it is not one.
    """
    return _ascii_name(field, value, _LOGIN, N_("2 to 18 of a–z, 0–9, “.”, “_” and “-”, a letter first."))


def shop_code(field: str, value: str) -> str:
    """A shop's short code: a letter, then letters, digits or `-`; 2 to 12 characters; capitals become small.

    Raises:
        Invalid: it is not one.
    """
    return _ascii_name(field, value, _SHOP_CODE, N_("2 to 12 of a–z, 0–9 and “-”, a letter first."))


def phone(field: str, value: str) -> str:
    """A telephone number as people write it, 5 to 20 characters, or "".

    Raises:
        Invalid: it is not one.
    """
    value = clean(field, value, limit=PHONE_LIMIT * 2).translate(_FULL_WIDTH).translate(_DASHES)
    if value and (not _PHONE.fullmatch(value) or sum(map(str.isdecimal, value)) < 5):
        raise Invalid(field, N_("5 to 20 digits; “+”, “-”, spaces and brackets may stand between them."))
    return value


def email(field: str, value: str) -> str:
    """An e-mail address of at most 120 characters, or "". Whether anybody reads it is not known.

    Raises:
        Invalid: it is not one.
    """
    value = clean(field, value, limit=EMAIL_LIMIT).translate(_FULL_WIDTH)
    if value and not _EMAIL.fullmatch(value):
        raise Invalid(field, N_("An e-mail address looks like name@example.com."))
    return value


def number(field: str, value: str) -> str:
    """A staff number of at most 20 letters, digits, `-`, `.` and `/`, or "".

    Raises:
        Invalid: it is not one.
    """
    value = clean(field, value, limit=NUMBER_LIMIT).translate(_FULL_WIDTH)
    if value and not (all(c.isalpha() or c in "0123456789-./" for c in value) and any(map(str.isalnum, value))):
        raise Invalid(field, N_("Letters, digits, “-”, “.” and “/” only."))
    return value


def _ascii_name(field: str, value: str, form: re.Pattern[str], reason: str) -> str:
    value = _BLANKS.sub(" ", value).strip(" ").translate(_FULL_WIDTH)
    if not value:
        raise Invalid(field, N_("Something has to stand here."))
    # ASCII before case: the Kelvin sign and the long s fold to k and s, and would be two spellings of one login.
    if not value.isascii() or not form.fullmatch(value := value.lower()):
        raise Invalid(field, reason)
    return value


def _refuse_hostile(field: str, value: str, *, lines: bool) -> None:
    if found := (_HOSTILE if lines else _HOSTILE_IN_LINE).search(value):
        if found[0] in "\r\n":
            raise Invalid(field, N_("One line only."))
        raise _hostile(field, value, found.start())
    if (place := value.find(REPLACEMENT)) >= 0:
        raise _hostile(field, value, place)


def _refuse_stacks(field: str, value: str) -> None:
    if places := _overstacked(value):
        raise _hostile(field, value, places[0])


def _overstacked(value: str) -> list[int]:
    """Where combining marks stand that have no base in their line, or are one more than `MARKS` on it."""
    found: list[int] = []
    room = 0
    for place, character in enumerate(value):
        if character < "\u0300":
            room = 0 if character == "\n" else MARKS
        elif category(character)[0] != "M" or _SELECTORS.match(character):
            room = MARKS
        elif room:
            room -= 1
        else:
            found.append(place)
    return found


def _hostile(field: str, value: str, place: int) -> Invalid:
    reason = N_("Character {place} ({code}) cannot be seen or is no text. Take it out.")
    return Invalid(field, reason, place=place + 1, code=f"U+{ord(value[place]):04X}")


def _too_long(field: str, limit: int, length: int) -> Invalid:
    return Invalid(field, N_("At most {limit} characters; these are {length}."), limit=limit, length=length)
