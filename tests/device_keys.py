"""Public keys for tests, made by hand as OpenSSH writes them: no program runs, and the same name gives the same key.

Nobody has the private half of any: what stands in them was made up, and has only the form of a key.
"""

from __future__ import annotations

import hashlib
from base64 import b64encode
from typing import Final

from models import clock
from models.operations import devices
from models.rules import device_keys
from tests.factories import CONSOLE

ED25519: Final = "ssh-ed25519"
POINT: Final = {"nistp256": 65, "nistp384": 97, "nistp521": 133}
"""Bytes of a point of each curve, not compressed."""


def blob(*parts: bytes) -> bytes:
    """Strings with their lengths before them (RFC 4251, 5)."""
    return b"".join(len(part).to_bytes(4, "big") + part for part in parts)


def line(*parts: bytes, comment: str = "") -> str:
    """The line of a key whose first part is its type."""
    return " ".join(filter(None, (parts[0].decode(), b64encode(blob(*parts)).decode(), comment)))


def noise(name: str, size: int) -> bytes:
    """Bytes that look random, the same for the same name."""
    return hashlib.shake_256(name.encode()).digest(size)


def ed25519(whose: str) -> str:
    """An Ed25519 key, with the comment that ssh-keygen would write."""
    return line(ED25519.encode(), noise(whose, 32), comment=f"{whose}@example")


def sk_ed25519(whose: str = "") -> str:
    """An Ed25519 key that a token signs for."""
    return line(b"sk-ssh-ed25519@openssh.com", noise(whose, 32), b"ssh:")


def sk_ecdsa(whose: str = "") -> str:
    """An ECDSA key that a token signs for; its point is on no curve."""
    return line(b"sk-ecdsa-sha2-nistp256@openssh.com", b"nistp256", b"\x04" + noise(whose, POINT["nistp256"] - 1), b"ssh:")


def ecdsa(curve: str, whose: str = "") -> str:
    """An ECDSA key; its point is on no curve."""
    return line(f"ecdsa-sha2-{curve}".encode(), curve.encode(), b"\x04" + noise(whose, POINT[curve] - 1))


def rsa(bits: int, whose: str = "", exponent: bytes = b"\x01\x00\x01") -> str:
    """An RSA key with a modulus of `bits`, which nobody ever multiplied."""
    modulus = int.from_bytes(noise(whose, bits // 8 + 1), "big") % (1 << bits) | 1 | 1 << (bits - 1)
    return line(b"ssh-rsa", exponent, modulus.to_bytes(bits // 8 + 1, "big"))


PRIVATE: Final = "-----BEGIN OPENSSH PRIVATE KEY-----"
"""How the file begins that nobody should paste anywhere."""


def fingerprint(key: str) -> str:
    """What ssh calls a key."""
    return device_keys.parse("key", key).fingerprint


def enrolled(staff_id: int, name: str, *, days: int | None = None) -> str:
    """Enrol the Ed25519 key of that name for somebody, with an end so many days from now; its fingerprint."""
    key = ed25519(name)
    until = clock.now() + days * clock.DAY if days is not None else None
    devices.add(CONSOLE, staff_id, key, name=name, until=until)
    return fingerprint(key)
