"""`shopstaff backup`: a backup of the shop, which ones there are, and a copy of the key file."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from models import clock
from models.actor import Actor
from models.i18n import N_, _
from models.operations import backup as operations, key_copies
from models.queries import backups
from tui.cli.console import Console
from tui.cli.faults import UsageError, remark
from tui.cli.output import Row, print_rows
from tui.cli.progress import percent
from tui.doctor.finding import FINE, WRONG

_MADE: Final = ("file", "entries", "anchor")
_LISTED: Final = ("verdict", "file", "at", "entries", "mib", "found")
_KEY: Final = ("file",)

_ALONE: Final = N_("--key copies the key file, and --list lists: each goes without the other, and --key without a place for a backup.")
_NO_PLACE: Final = N_("That is no place for a file.")
KEY_TODO: Final = N_(
    "The key file is not in it. Without it nobody's phone codes work after a restore: copy it once, onto another stick than the "
    "backups, with “shopstaff backup --key FILE”."
)


def backup(console: Console) -> int:
    """Make a backup, list those there are, or copy the key file."""
    asked = console.asked
    if asked.key is not None and (asked.list or asked.target is not None):
        raise UsageError(_ALONE)
    with console.shop() as actor:
        if asked.key is not None:
            _copy_key(actor, console)
        elif asked.list:
            _list(actor, console)
        else:
            _make(actor, console)
    return 0


def _make(actor: Actor, console: Console) -> None:
    target = _path(console.asked.target) if console.asked.target is not None else None
    with percent() as progress:
        made = operations.make(actor, target, progress=progress)
    told = made.manifest
    row = {
        "file": str(made.file),
        "at": clock.rfc3339(told.made_at),
        "entries": told.entries,
        "anchor": told.code_of_log,
        "bytes": made.file.stat().st_size,
        "key_copied": made.key_copied,
    }
    print_rows([row], _MADE, as_json=console.asked.json)
    if not made.key_copied:
        remark(_(KEY_TODO))


def _list(actor: Actor, console: Console) -> None:
    folder = _path(console.asked.target) if console.asked.target is not None else None
    rows = [_row(each) for each in backups.listing(actor, folder)]
    print_rows(rows, _LISTED, as_json=console.asked.json)


def _row(listed: backups.Listed) -> Row:
    found = listed.manifest
    return {
        "verdict": FINE if found is not None else WRONG,
        "file": str(listed.file),
        "at": clock.rfc3339(found.made_at) if found is not None else None,
        "entries": found.entries if found is not None else None,
        "mib": f"{listed.size / 1024 / 1024:.1f}",
        "bytes": listed.size,
        "shop": found.shop if found is not None else None,
        "code": found.code if found is not None else None,
        "version": found.version if found is not None else None,
        "anchor": found.code_of_log if found is not None else None,
        "found": str(listed.trouble) if listed.trouble is not None else "",
    }


def _copy_key(actor: Actor, console: Console) -> None:
    file = key_copies.copy_key(actor, _path(console.asked.key))
    print_rows([{"file": str(file)}], _KEY, as_json=console.asked.json)
    remark(_("Whoever has this file and a backup has everything: keep them apart, and this one where nobody else comes."))


def _path(typed: str) -> Path:
    if not typed or "\0" in typed:
        raise UsageError(_NO_PLACE)
    return Path(typed)
