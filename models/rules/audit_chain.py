"""The hash chain of the log: each entry's hash covers the hash before it and every field of its own.

Every field is length-prefixed, so that no two different entries read the same, and taken in column order. An entry that is
edited, deleted, inserted or moved breaks the chain at its place. A rewrite of the whole log by whoever has the machine does
not: that takes a head kept elsewhere (RFC 6962 discusses such logs). Tamper-evident, not tamper-proof.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from typing import Final

Field = str | bytes | int | None
"""A field of an entry; bytes are text as the database holds it."""

FIRST: Final = bytes(32)
"""What stands for the hash before the first entry."""

KEPT_PIECES: Final = 20_000
"""Fields that `Pieces` keeps: a few MB, and more than a shop has people, devices and kinds of acts."""


def link(previous: bytes, fields: Iterable[Field]) -> bytes:
    """The hash of an entry with `fields` in column order, after an entry whose hash is `previous`.

    None, the empty text and 0 hash differently: each field carries its type and its length in bytes.
    """
    return sha256(previous + b"".join(map(piece, fields))).digest()


def piece(field: Field) -> bytes:
    """A field as it stands in what is hashed."""
    if field is None:
        return b"n0:"
    if isinstance(field, bytes):
        return b"t%d:%b" % (len(field), field)
    data = str(field).encode()
    return b"%s%d:%b" % (b"i" if isinstance(field, int) else b"t", len(data), data)


class Pieces(dict[Field, bytes]):
    """`piece` of fields that come again and again, kept: names, kinds of acts, addresses."""

    def __missing__(self, field: Field) -> bytes:
        if len(self) >= KEPT_PIECES:
            self.clear()
        made = self[field] = piece(field)
        return made
