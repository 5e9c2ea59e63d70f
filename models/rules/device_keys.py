"""SSH public keys of people's devices: which are taken, and what they are called.

A key is one line of OpenSSH's (`ssh-ed25519 AAAA… comment`), or a file in the form of RFC 4716, which PuTTY writes. What is kept is its
type and the key itself. The comment is somebody's words and stays out; options in front of a key are refused, since a limit that somebody
believes to have set would not hold. It is looked at as bytes: no program runs on it.
"""

from __future__ import annotations

import hashlib
import re
from base64 import b64decode, b64encode
from typing import Final, NamedTuple

from models.errors import Invalid
from models.i18n import N_

LONGEST: Final = 16_384
"""Characters that are looked at: the largest key that OpenSSH takes, RSA with 16,384 bits, has 2,800."""

SHOWN: Final = 48
"""So much of the name of a type that is not taken is repeated."""

RSA_BITS: Final = 3072
"""The least of an RSA key: as strong as 128 bits (NIST SP 800-57 part 1, table 2)."""

RSA_MOST: Final = 16_384
"""The most that OpenSSH takes, bits."""

EXPONENT_BITS: Final = 64
"""The most of an RSA key's exponent: with a larger one OpenSSL verifies nothing (OPENSSL_RSA_MAX_PUBEXP_BITS)."""

_ED25519: Final = "ssh-ed25519"
_SK_ED25519: Final = "sk-ssh-ed25519@openssh.com"
_SK_ECDSA: Final = "sk-ecdsa-sha2-nistp256@openssh.com"
_RSA: Final = "ssh-rsa"
_CURVES: Final = {"nistp256": 256, "nistp384": 384, "nistp521": 521}
_ECDSA: Final = {f"ecdsa-sha2-{curve}": curve for curve in _CURVES} | {_SK_ECDSA: "nistp256"}
TYPES: Final = (_ED25519, *_ECDSA, _RSA, _SK_ED25519)
"""What is taken, by the names that OpenSSH gives."""

PIECES: Final = 200
"""Into so many pieces a key may be broken, as a narrow window does it or a mail that wraps its lines; the largest fits in 20 columns."""

_PRIVATE: Final = re.compile(r"(?:BEGIN|END) [A-Z0-9 ]*PRIVATE KEY|PuTTY-User-Key-File|Private-Lines:|\bb3BlbnNzaC1rZXktdj")
"""What private keys have in them: the first and last lines that programs write, and "openssh-key-v" in Base64 where those were left out."""
_RFC4716: Final = re.compile(r"\A---- BEGIN SSH2 PUBLIC KEY ----[^\S\n]*\n(.*)\n---- END SSH2 PUBLIC KEY ----\Z", re.DOTALL)
_NAMED: Final = re.compile(r"\A(?:ssh|ecdsa|sk)-[\w@.-]+\Z", re.ASCII)
_ONE_KEY: Final = re.compile(r"(?<!\S)(?:ssh|ecdsa|sk)-\S+\s+AAAA|BEGIN SSH2 PUBLIC KEY")
"""Where a key begins: one stands in the text for each."""

_NO_KEY: Final = N_("This is no SSH public key. One is a line that begins with ssh-ed25519, ecdsa-sha2-… or ssh-rsa.")
_NOT_FIRST: Final = N_("Leave out what stands in front of the key: it begins with ssh-ed25519, ecdsa-sha2-… or ssh-rsa.")
_NOT_WHOLE: Final = N_("This key is not whole. Copy it again, all of its one line.")
_IS_PRIVATE: Final = N_(
    "This is a private key. Nobody but its device should see it: make a new pair, and paste the file that ends in .pub."
)
_TOO_MANY: Final = N_("One key at a time, please.")
_UNKNOWN: Final = N_("Keys of the type {kind} are not taken. Make one with: ssh-keygen -t ed25519")
_WEAK: Final = N_("This RSA key has {bits} bits, and {least} are the least. Make a better one with: ssh-keygen -t ed25519")


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
        Invalid: it is private, weak, of a type that is not taken, not whole, has options, or is more than one; it says which.
    """
    text = text.removeprefix("\ufeff").strip()  # which editors of Windows write in front
    if len(text) > LONGEST:
        raise Invalid(field, _NO_KEY)
    if _PRIVATE.search(text):
        raise Invalid(field, _IS_PRIVATE)
    if len(_ONE_KEY.findall(text)) > 1:
        raise Invalid(field, _TOO_MANY)
    named, pieces = _pieces(field, text)
    for end in range(1, min(len(pieces), PIECES) + 1):  # no key is the beginning of another, so what follows the first is comment
        key = _key(field, named, "".join(pieces[:end]))
        if key is not None:
            return key
    if named and pieces and named not in TYPES:  # such as a certificate, which is put together in another way
        raise Invalid(field, _UNKNOWN, kind=named[:SHOWN])
    raise Invalid(field, _NOT_WHOLE)


def _pieces(field: str, text: str) -> tuple[str, list[str]]:
    """The type that the text says it is ("" where its form says none), and what the key in Base64 is put together from."""
    if framed := _RFC4716.match(text.replace("\r\n", "\n")):
        lines = framed[1].replace("\\\n", "").splitlines()  # a header goes on in the next line after a backslash
        return "", ["".join(line.strip() for line in lines if ":" not in line)]
    named, *pieces = text.split() or [""]
    folded = " ".join((named, *pieces))
    if _NAMED.match(named) is None:
        raise Invalid(field, _NOT_FIRST if any(f" {kind} " in folded for kind in TYPES) else _NO_KEY)
    return named, pieces


def _key(field: str, named: str, blob: str) -> DeviceKey | None:
    """The key in `blob`; None when it is not whole, or not of the type `named`.

    Raises:
        Invalid: it is weak, or of a type that is not taken.
    """
    try:
        raw = b64decode(blob, validate=True)
        kind, *parts = _parts(raw)
        called = kind.decode("ascii")
    except ValueError:  # also when it is no Base64, or there are no parts
        return None
    if b64encode(raw).decode() != blob or named not in ("", called) or not _NAMED.match(called):
        return None
    if called not in TYPES:
        raise Invalid(field, _UNKNOWN, kind=called[:SHOWN])
    bits = _bits(called, parts)
    if bits is None or bits > RSA_MOST:
        return None
    if called == _RSA and bits < RSA_BITS:
        raise Invalid(field, _WEAK, bits=bits, least=RSA_BITS)
    return DeviceKey(called, blob, bits)


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
    if kind.startswith("sk-") and (not parts or not parts.pop()):  # the application that the token signs for
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
    """The size of the modulus; None unless exponent and modulus are odd and positive, as those of every RSA key are.

    Neither may begin with more zeros than its sign takes (RFC 4251, 5): ssh would leave them out, and call the key by another fingerprint.
    """
    if len(parts) != 2 or any(not part or part[0] & 0x80 or (part[0] == 0 and not part[1:2] >= b"\x80") for part in parts):
        return None
    exponent, modulus = (int.from_bytes(part, "big") for part in parts)
    usable = exponent % 2 and 1 < exponent < 1 << EXPONENT_BITS and modulus % 2
    return modulus.bit_length() if usable else None
