"""Public keys for tests. Nobody has the private half of any: what stands in them was made up, and has only the form of a key."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from typing import Final


def _line(kind: str, *parts: bytes) -> str:
    raw = b"".join(len(part).to_bytes(4, "big") + part for part in (kind.encode(), *parts))
    return f"{kind} {b64encode(raw).decode()}"


def ed25519(whose: str) -> str:
    """A line of OpenSSH's with an Ed25519 key, always the same for one `whose`, with the comment that ssh-keygen would write."""
    return f"{_line('ssh-ed25519', hashlib.sha256(whose.encode()).digest())} {whose}@example"


def rsa(bits: int) -> str:
    """A line of OpenSSH's with an RSA key of that size."""
    modulus = (1 << (bits - 1)) | 1
    return _line("ssh-rsa", b"\x01\x00\x01", b"\0" + modulus.to_bytes(bits // 8, "big"))


PRIVATE: Final = "-----BEGIN OPENSSH PRIVATE KEY-----"
"""How the file begins that nobody should paste anywhere."""
