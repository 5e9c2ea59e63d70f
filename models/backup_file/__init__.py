"""A backup as one file: a ZIP with the shop's database and a manifest that says what it is.

    little-shop-2026-11-22T030000Z.shopstaff.zip
        shop.db         the database, checked before it was put in
        manifest.json   whose it is, of when, how long its log is, and the SHA-256 of shop.db

The key file is in none of them. One that is being written has another name, `.….part`, until all of it is on the disk.
"""

from __future__ import annotations

from models.backup_file._manifest import DATABASE, FORMAT, MANIFEST, SUFFIX, Manifest, is_ours
from models.backup_file._reading import DAMAGED, NEWER, NO_BACKUP, SYSTEM, extract, manifest, unreadable
from models.backup_file._writing import MODE, PART, impossible, in_plain_words, put, sweep, sync, write

__all__ = [
    "DAMAGED",
    "DATABASE",
    "FORMAT",
    "MANIFEST",
    "MODE",
    "NEWER",
    "NO_BACKUP",
    "PART",
    "SUFFIX",
    "SYSTEM",
    "Manifest",
    "extract",
    "impossible",
    "in_plain_words",
    "is_ours",
    "manifest",
    "put",
    "sweep",
    "sync",
    "unreadable",
    "write",
]
