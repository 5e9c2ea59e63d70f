"""The hash chain of the log: each entry's hash covers the hash before it and every field of its own.

Every field is length-prefixed, so that no two different entries read the same, and taken in column order. An entry that is
edited, deleted, inserted or moved breaks the chain at its place. A rewrite of the whole log by whoever has the machine does
not: that takes a head kept elsewhere (RFC 6962 discusses such logs). Tamper-evident, not tamper-proof.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from typing import Final

FIRST: Final = bytes(32)
"""What stands for the hash before the first entry."""


def link(previous: bytes, fields: Iterable[str | int | None]) -> bytes:
    """The hash of an entry with `fields` in column order, after an entry whose hash is `previous`.

    None, the empty text and 0 hash differently: each field carries its type and its length in bytes.
    """
    digest = sha256(previous)
    for field in fields:
        if field is None:
            digest.update(b"n0:")
            continue
        data = str(field).encode()
        digest.update(b"%s%d:" % (b"i" if isinstance(field, int) else b"t", len(data)))
        digest.update(data)
    return digest.digest()
