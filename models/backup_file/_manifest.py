"""What a backup says of itself, and what it is called."""

from __future__ import annotations

import json
import re
from hashlib import sha256
from typing import Final, NamedTuple

from models import clock
from models.rules import anchor_codes

FORMAT: Final = 1
SUFFIX: Final = ".shopstaff.zip"
DATABASE: Final = "shop.db"
MANIFEST: Final = "manifest.json"

_NAME: Final = re.compile(r"[a-z0-9-]+-\d{4}-\d\d-\d\dT\d{6}Z(?:-\d+)?\.shopstaff\.zip", re.ASCII)

Hash = bytes
"""A SHA-256."""


class Manifest(NamedTuple):
    """What a backup says of itself.

    Attributes:
        format: of the file; a newer Shopstaff's may be higher.
        shop: the shop's name; likewise `code`.
        made_at: when the copy was begun, UTC microseconds.
        version: of the Shopstaff that made it.
        schema: the names of the migrations that the database has been through.
        entries: the number of the last entry of the log; 0 of an empty one.
        head: the hash of that entry.
        key_check: the check value of the key file that belongs to it.
        bytes: of `shop.db`, unpacked; likewise `sha256`, in hexadecimal.
        first: the hash of the first entry, by which a shop is told from another of the same name.
    """

    format: int
    shop: str
    code: str
    made_at: int
    version: str
    schema: tuple[str, ...]
    entries: int
    head: Hash | None
    key_check: str
    bytes: int
    sha256: str
    first: Hash | None = None

    @property
    def code_of_log(self) -> str:
        """The head of its log as a person writes it down, `audit verify --anchor` takes it; "" of an empty one."""
        return anchor_codes.code(self.entries, self.head) if self.head is not None else ""

    @property
    def name(self) -> str:
        """What the file is called where nobody chose another name."""
        return f"{self.stem}{SUFFIX}"

    @property
    def stem(self) -> str:
        """The name without its end: the shop's code and the moment."""
        return f"{self.code}-{clock.rfc3339(self.made_at)[:19].replace(':', '')}Z"

    def is_named(self, name: str) -> bool:
        """Whether a file of this name was named by us, for this."""
        return is_ours(name) and (name == self.name or name.startswith(f"{self.stem}-"))


def is_ours(name: str) -> bool:
    """Whether a file is called as we call backups."""
    return _NAME.fullmatch(name) is not None


def told(manifest: Manifest) -> str:
    told = manifest._asdict() | {
        "made_at": clock.rfc3339(manifest.made_at),
        "head": manifest.head.hex() if manifest.head is not None else None,
        "first": manifest.first.hex() if manifest.first is not None else None,
        "code_of_log": manifest.code_of_log,
    }
    return json.dumps(told, ensure_ascii=False, indent=2) + "\n"


def read(told: dict[str, object]) -> Manifest:
    """The manifest that `told` wrote.

    Raises:
        ValueError, TypeError, KeyError, AttributeError: it did not write this.
    """
    format_, entries, size, schema = told["format"], told["entries"], told["bytes"], told["schema"]
    words = tuple(told[name] for name in ("shop", "code", "version", "key_check", "sha256"))
    if not (_is_count(format_) and _is_count(entries) and _is_count(size) and isinstance(schema, list)):
        raise ValueError
    if not all(isinstance(word, str) for word in (*words, *schema, told["made_at"])):
        raise ValueError
    shop, code, version, key_check, digest = (str(word) for word in words)
    head, first = (_digest(told.get(name)) for name in ("head", "first"))
    made_at = clock.instant(str(told["made_at"]))
    return Manifest(
        int(str(format_)), shop, code, made_at, version, tuple(schema), int(str(entries)), head, key_check, int(str(size)), digest, first
    )


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _digest(value: object) -> bytes | None:
    if value is None:
        return None
    found = bytes.fromhex(str(value))
    if len(found) != sha256().digest_size:
        raise ValueError
    return found
