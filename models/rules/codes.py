"""One-time codes: typed by hand once, kept only as a digest.

A code is 24 characters of Crockford's Base32, 120 bits, in groups of four: `7KQF-2M9X-…`. The alphabet has no I, L, O or U, so that what
is read off paper or over the telephone has one spelling. A code carries so many random bits that a plain SHA-256 of it tells nobody
anything; nothing slower is needed.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from base64 import b32encode
from typing import Final

from models.text import half_width

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's Base32."""

LENGTH: Final = 24
"""Characters of a code, five bits each."""

GROUP: Final = 4

_CROCKFORD: Final = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", ALPHABET)  # from the Base32 of RFC 4648
_READ_AS: Final = str.maketrans("OIL", "011")
BETWEEN: Final = dict.fromkeys(map(ord, " \t\r\n\xa0\u2002\u2003\u2009\u202f\u3000-_\u2010\u2011\u2012\u2013\u2014\u2015\u2212\uff0d"))
"""White space and dashes, as people and programs put them between groups."""


def new() -> str:
    """A new code of 120 random bits, in groups of four."""
    return grouped(written(secrets.token_bytes(LENGTH * 5 // 8)))


def grouped(text: str) -> str:
    """`text` in groups of four with dashes between, as a code is shown."""
    return "-".join(text[start : start + GROUP] for start in range(0, len(text), GROUP))


def normalised(text: str) -> str:
    """What somebody meant by `text`: in any case, width and grouping, `O` for `0`, `I` or `L` for `1`.

    "" when it cannot be a code, whatever its letters.
    """
    meant = letters(text)
    return meant if len(meant) == LENGTH else ""


def letters(text: str) -> str:
    """The characters of `ALPHABET` that somebody meant by `text`, as `normalised` reads them, however many; "" where some are no such."""
    if len(text) > LENGTH * 4:
        return ""
    text = half_width(text.translate(BETWEEN))
    if not text.isascii():  # before `upper`, which makes an S of a long s
        return ""
    text = text.upper().translate(_READ_AS)
    return text if not text.strip(ALPHABET) else ""


def written(data: bytes) -> str:
    """`data`, five bytes or several times five, in `ALPHABET`."""
    return b32encode(data).decode().translate(_CROCKFORD)


def digest(code: str) -> bytes:
    """SHA-256 of what was meant by `code`: this is kept, the code is not. Nothing matches the digest of what is no code."""
    return hashlib.sha256(normalised(code).encode()).digest()


def matches(code: str, digest: bytes) -> bool:
    """Whether `digest` is that of what was meant by `code`. Takes as long for a wrong code as for a nearly right one."""
    meant = normalised(code)
    return hmac.compare_digest(hashlib.sha256(meant.encode()).digest(), digest) and meant != ""
