"""What text from outside may contain, and how it is shown, compared and exported.

Everything that a person typed, pasted or imported passes `clean` or one of the special fields on its way in, and `visible` on
its way to a terminal. Two ends, because a file may have been written by somebody else.

Real names are to pass: rare ideographs of every extension, the middle dot of `迪丽热巴·迪力木拉提`, accents, other scripts, emoji. What is
refused is what cannot be seen, what steers a terminal and what is no character at all.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final
from unicodedata import category, normalize

from models.errors import Invalid
from models.i18n import N_

REPLACEMENT: Final = "\ufffd"
"""Stands where something stood that may not be shown."""

MARKS: Final = 4
"""Most combining marks on one base: Tibetan and vocalised Hebrew need as many; more only serve to paint over other lines."""

NAME_LIMIT: Final = 40
"""Characters of a shop's, a person's or a role's name; as many fit beside a label at 80 columns, double-width ones included."""

LOGIN_LIMIT: Final = 18
SHOP_CODE_LIMIT: Final = 12
PHONE_LIMIT: Final = 20
EMAIL_LIMIT: Final = 120
NUMBER_LIMIT: Final = 20
"""Characters. The login's and the shop code's keep the URI of a TOTP picture under 106 bytes."""

# Patterns are text here and compiled when first used (`re` keeps them): the large ones take a millisecond each, which a command that
# reads no names should not pay.
_PLAIN: Final = "[ -~\u00b7\u3007\u3400-\u4dbf\u4e00-\u9fff\uff08\uff09]*"  # its own NFC and nothing to refuse: nearly every name
_HAN: Final = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003fffd"
_EMOJI: Final = "\xa9\xae\u203c\u2049\u2122\u2139\u2190-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001faff"
# The private area of the first plane may stay: GB18030 has characters there that Unicode lacked, and people are called by them.
_REFUSED: Final = (
    "\x00-\x09\x0b-\x1f\x7f-\x9f"  # C0 but the line feed, DEL, C1
    "\u2028\u2029"  # line and paragraph separator
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # direction
    "\xad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200d\u2060-\u2065\u206a-\u206f\u2800\u3164\uffa0"  # seen as nothing
    "\ufeff\ufff0-\ufffc"  # byte order mark, notes between lines, place of an object
    "\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd"  # signs that reach over what follows
    "\U00013430-\U0001345f\U0001bca0-\U0001bcaf\U0001d173-\U0001d17a"  # layout of hieroglyphs, shorthand and music
    "\ud800-\udfff"  # half of a pair
    "\ufdd0-\ufdef\ufffe\uffff"  # never characters; as are the last two of each plane
    "\U0001fffe\U0001ffff\U0002fffe\U0002ffff\U0003fffe-\U000dffff"  # and the planes that stand empty
    "\U000e0000-\U000e00ff\U000e01f0-\U0010ffff"  # tags and what else is to be ignored; the planes for private use
    "\ufe03-\ufe0d"  # variants of nothing
)
# A variation selector belongs to a character that has variants: anywhere else it only carries something that nobody sees.
_VARIATION: Final = f"(?<![{_HAN}])[\ufe00-\ufe02\U000e0100-\U000e01ef]|(?<![{_EMOJI}])[\ufe0e\ufe0f]"
_SELECTORS: Final = "[\ufe00-\ufe0f\U000e0100-\U000e01ef]"
_BLANKS: Final = "[ \xa0\u1680\u2000-\u200a\u202f\u205f\u3000]+"

_LONG: Final = 200  # characters, blanks at the ends included: what is longer is neither a login nor a code
_FULL_WIDTH: Final = {full: full - 0xFEE0 for full in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_DASHES: Final = dict.fromkeys((0x2010, 0x2011, 0x2012, 0x2013, 0x2212), "-")

_LOGIN: Final = f"[a-z][a-z0-9._-]{{1,{LOGIN_LIMIT - 1}}}"
_SHOP_CODE: Final = f"[a-z][a-z0-9-]{{1,{SHOP_CODE_LIMIT - 1}}}"
_PHONE: Final = f"[0-9+() -]{{5,{PHONE_LIMIT}}}"
_EMAIL: Final = r"""[^\s@,;:<>()\[\]\\"']+@(?:[^\s@,;:<>()\[\]\\"'.]+\.)+[^\s@,;:<>()\[\]\\"'.]{2,}"""
_FORMULA: Final = "'*\\s*[=+\\-@\t\r\uff1d\uff0b\uff0d\uff20\ufe66\ufe62\ufe63\ufe6b]"


def clean(field: str, value: str, *, limit: int, required: bool = False, lines: bool = False) -> str:
    """What is kept of something typed: NFC, stripped, every run of white space one space.

    Args:
        field: the name that the error bears.
        value: as typed, pasted or read from a file.
        limit: most characters that may remain.
        required: whether nothing is too little.
        lines: whether line feeds may stay (a CR before one goes); otherwise the text is one line.

    Raises:
        Invalid: something in it cannot be seen or is no text, it is too long, or missing.
    """
    if len(value) > limit * 8 + 256:  # before any work is spent on it; composing and folding never gain more
        raise _too_long(field, limit, len(value))
    if not _is_plain(value):
        value = normalize("NFC", value.replace("\r\n", "\n") if lines else value)
        _refuse_hostile(field, value, lines=lines)
    value = re.sub(_BLANKS, " ", value)
    if lines:
        value = re.sub(" ?\n ?", "\n", value)
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
    if _is_plain(value):
        return value
    value = _hostile(lines=lines).sub(REPLACEMENT, value)
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
        folded = normalize("NFKC", normalize("NFKC", normalize("NFD", re.sub(_SELECTORS, "", value)).casefold()).casefold())
    return " ".join(folded.split())


def half_width(value: str) -> str:
    """`value` with full-width letters, digits and signs, as Chinese input methods write them, as the ASCII that was meant."""
    return value if value.isascii() else value.translate(_FULL_WIDTH)


def csv_cell(value: str) -> str:
    """`value` as a cell that no spreadsheet takes for a formula: one that starts like a formula gets a `'` in front."""
    return f"'{value}" if re.match(_FORMULA, value) else value


def csv_value(cell: str) -> str:
    """What `csv_cell` made the cell of."""
    return cell[1:] if cell.startswith("'") and re.match(_FORMULA, cell[1:]) else cell


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
    value = half_width(clean(field, value, limit=PHONE_LIMIT * 2)).translate(_DASHES)
    if value and (not re.fullmatch(_PHONE, value) or sum(map(str.isdecimal, value)) < 5):
        raise Invalid(field, N_("5 to 20 digits; “+”, “-”, spaces and brackets may stand between them."))
    return value


def email(field: str, value: str) -> str:
    """An e-mail address of at most 120 characters, or "". Whether anybody reads it is not known.

    Raises:
        Invalid: it is not one.
    """
    value = half_width(clean(field, value, limit=EMAIL_LIMIT))
    if value and not re.fullmatch(_EMAIL, value):
        raise Invalid(field, N_("An e-mail address looks like name@example.com."))
    return value


def number(field: str, value: str) -> str:
    """A staff number of at most 20 letters, digits, `-`, `.` and `/`, or "".

    Raises:
        Invalid: it is not one.
    """
    value = half_width(clean(field, value, limit=NUMBER_LIMIT))
    if value and not (all(c.isalpha() or c in "0123456789-./" for c in value) and any(map(str.isalnum, value))):
        raise Invalid(field, N_("Letters, digits, “-”, “.” and “/” only."))
    return value


def _is_plain(value: str) -> bool:
    return (value.isascii() and value.isprintable()) or re.fullmatch(_PLAIN, value) is not None


@cache
def _hostile(*, lines: bool) -> re.Pattern[str]:
    """What is refused wherever it stands; a line feed, too, unless there may be `lines`."""
    return re.compile(f"[{'' if lines else chr(10)}{_REFUSED}]|{_VARIATION}")


def _ascii_name(field: str, value: str, form: str, reason: str) -> str:
    if len(value) > _LONG:
        raise Invalid(field, reason)
    value = half_width(re.sub(_BLANKS, " ", value)).strip(" ")
    if not value:
        raise Invalid(field, N_("Something has to stand here."))
    # ASCII before case: the Kelvin sign and the long s fold to k and s, and would be two spellings of one login.
    if not value.isascii() or not re.fullmatch(form, value := value.lower()):
        raise Invalid(field, reason)
    return value


def _refuse_hostile(field: str, value: str, *, lines: bool) -> None:
    if found := _hostile(lines=lines).search(value):
        if found[0] in "\r\n":
            raise Invalid(field, N_("One line only."))
        raise _unseen(field, value, found.start())
    if (place := value.find(REPLACEMENT)) >= 0:  # something was lost on the way here
        raise _unseen(field, value, place)


def _refuse_stacks(field: str, value: str) -> None:
    if places := _overstacked(value):
        raise _unseen(field, value, places[0])


def _overstacked(value: str) -> list[int]:
    """Where combining marks stand that have no base in their line, or are one more than `MARKS` on it."""
    found: list[int] = []
    room = 0
    for place, character in enumerate(value):
        if character < "\u0300":
            room = 0 if character == "\n" else MARKS
        elif category(character)[0] != "M" or re.match(_SELECTORS, character):
            room = MARKS
        elif room:
            room -= 1
        else:
            found.append(place)
    return found


def _unseen(field: str, value: str, place: int) -> Invalid:
    reason = N_("Character {place} ({code}) cannot be seen or is no text. Take it out.")
    return Invalid(field, reason, place=place + 1, code=f"U+{ord(value[place]):04X}")


def _too_long(field: str, limit: int, length: int) -> Invalid:
    return Invalid(field, N_("At most {limit} characters; these are {length}."), limit=limit, length=length)
