"""SSH public keys of people's devices: which are taken, and what they are called.

A key is one line of OpenSSH's (`ssh-ed25519 AAAA… comment`), or a file in the form of RFC 4716, which PuTTY writes. What is kept is its
type and the key itself; comment and options are somebody's words and stay out. It is looked at as bytes: no program runs on it.
"""

from __future__ import annotations

import binascii
import hashlib
import re
from base64 import b64decode, b64encode
from typing import Final, NamedTuple

from models.errors import Invalid
from models.i18n import N_

LONGEST: Final = 16_384
"""Characters that are looked at: the largest key that OpenSSH takes, RSA with 16,384 bits, has 2,800."""

SHOWN: Final = 40
"""So much of the name of a type that is not taken is repeated."""

RSA_BITS: Final = 3072
"""The least of an RSA key: as strong as 128 bits (NIST SP 800-57 part 1, table 2)."""

RSA_MOST: Final = 16_384
"""The most that OpenSSH takes, bits."""

_ED25519: Final = "ssh-ed25519"
_SK_ED25519: Final = "sk-ssh-ed25519@openssh.com"
_SK_ECDSA: Final = "sk-ecdsa-sha2-nistp256@openssh.com"
_RSA: Final = "ssh-rsa"
_CURVES: Final = {"nistp256": 256, "nistp384": 384, "nistp521": 521}
_ECDSA: Final = {f"ecdsa-sha2-{curve}": curve for curve in _CURVES} | {_SK_ECDSA: "nistp256"}
TYPES: Final = (_ED25519, *_ECDSA, _RSA, _SK_ED25519)
"""What is taken, by the names that OpenSSH gives."""

_PRIVATE: Final = re.compile(r"PRIVATE KEY|PuTTY-User-Key-File", re.IGNORECASE)
_RFC4716: Final = re.compile(r"\A---- BEGIN SSH2 PUBLIC KEY ----\s*\n(.*)\n---- END SSH2 PUBLIC KEY ----\Z", re.DOTALL)
_LINE: Final = re.compile(r"\A(\S+)[ \t]+(\S+)(?:[ \t]+[^\r\n]*)?\Z")

_NO_KEY: Final = N_("This is no SSH public key. One is a line that begins with ssh-ed25519, ecdsa-sha2-… or ssh-rsa.")
_NOT_WHOLE: Final = N_("This key is not whole. Copy it again, all of its one line.")
_IS_PRIVATE: Final = N_(
    "This is a private key. Nobody but its device should see it: make a new pair, and paste the file that ends in .pub."
)
_TOO_MANY: Final = N_("One key at a time, please.")
_UNKNOWN: Final = N_("Keys of the type {kind} are not taken. Make one with: ssh-keygen -t ed25519")
_WEAK: Final = N_("This RSA key has {bits} bits, and {least} are the least. Make a better one with: ssh-keygen -t ed25519")


FINGERPRINT: Final = re.compile(r"SHA256:[A-Za-z0-9+/]{43}")
"""What a fingerprint looks like, as ssh prints it."""


class DeviceKey(NamedTuple):
    """A public key: `kind` of `TYPES`, `blob` the key in Base64, `bits` its size as `ssh-keygen -l` gives it."""

    kind: str
    blob: str
    bits: int

    @property
    def line(self) -> str:
        """The key as `authorized_keys` has it, without options and comment."""
        return f"{self.kind} {self.blob}"

    @property
    def fingerprint(self) -> str:
        """`SHA256:` and 43 characters, as ssh prints it."""
        return "SHA256:" + b64encode(hashlib.sha256(b64decode(self.blob)).digest()).decode().rstrip("=")


def parse(field: str, text: str) -> DeviceKey:
    """The one key that `text` holds.

    Raises:
        Invalid: it is private, weak, of a type that is not taken, not whole, or more than one; it says which.
    """
    text = text.strip()
    if len(text) > LONGEST:
        raise Invalid(field, _NO_KEY)
    if _PRIVATE.search(text):
        raise Invalid(field, _IS_PRIVATE)
    named, blob = _named(field, text)
    try:
        parts = _parts(b64decode(blob, validate=True))
        kind = parts[0].decode("ascii")
    except (binascii.Error, ValueError, IndexError):
        raise Invalid(field, _NOT_WHOLE) from None
    if kind not in TYPES:
        raise Invalid(field, _UNKNOWN, kind=kind[:SHOWN] if kind.isprintable() else "?")
    if named not in ("", kind) or (bits := _bits(kind, parts[1:])) is None:
        raise Invalid(field, _NOT_WHOLE)
    if kind == _RSA and not RSA_BITS <= bits <= RSA_MOST:
        raise Invalid(field, _WEAK if bits < RSA_BITS else _NOT_WHOLE, bits=bits, least=RSA_BITS)
    return DeviceKey(kind, blob, bits)


def _named(field: str, text: str) -> tuple[str, str]:
    """The type that the line says it is ("" where the form says none), and the key in Base64."""
    if framed := _RFC4716.match(text):
        lines = [line.strip() for line in framed[1].splitlines()]
        while lines and (":" in lines[0] or lines[0].endswith("\\")):  # headers, some over two lines
            goes_on = lines.pop(0).endswith("\\")
            if goes_on and lines and ":" not in lines[0]:
                lines.pop(0)
        return "", "".join(lines)
    lines = [line.strip() for line in text.splitlines()]
    if sum(line.split(" ")[0] in TYPES for line in lines) > 1:
        raise Invalid(field, _TOO_MANY)
    found = _LINE.match("".join(lines))  # what was copied off a narrow window has breaks in it that the key has not
    if found is None:
        raise Invalid(field, _NO_KEY)
    return found[1], found[2]


def _parts(raw: bytes) -> list[bytes]:
    """The length-prefixed strings of a key (RFC 4251, 5).

    Raises:
        ValueError: it ends in the middle of one.
    """
    parts = []
    while raw:
        size = int.from_bytes(raw[:4], "big")
        if len(raw) < 4 + size:
            raise ValueError(size)
        parts.append(raw[4 : 4 + size])
        raw = raw[4 + size :]
    return parts


def _bits(kind: str, parts: list[bytes]) -> int | None:
    """The size of a key by its parts after the type; None when they are not those of that type."""
    if kind.startswith("sk-"):
        *parts, application = parts
        if not application:
            return None
    if kind in (_ED25519, _SK_ED25519):
        return 256 if [len(part) for part in parts] == [32] else None
    if kind == _RSA:
        return _rsa_bits(parts)
    curve = _ECDSA[kind]
    whole = len(parts) == 2 and parts[0] == curve.encode() and _is_point(parts[1], _CURVES[curve])
    return _CURVES[curve] if whole else None


def _is_point(raw: bytes, bits: int) -> bool:
    """Whether this is a point of a curve as OpenSSH writes it: both coordinates, not compressed (SEC 1, 2.3.3)."""
    return raw[:1] == b"\x04" and len(raw) == 1 + 2 * ((bits + 7) // 8)


def _rsa_bits(parts: list[bytes]) -> int | None:
    """The size of the modulus; None unless exponent and modulus are odd and positive, as those of every RSA key are."""
    if len(parts) != 2 or any(not part or part[0] & 0x80 for part in parts):
        return None
    exponent, modulus = (int.from_bytes(part, "big") for part in parts)
    return modulus.bit_length() if exponent % 2 and exponent > 1 and modulus % 2 else None
