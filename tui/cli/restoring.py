"""`shopstaff restore`: a backup takes the place of the shop's data, after it was shown what changes by it."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from models import bare, clock
from models.errors import Cancelled
from models.i18n import N_, _, ngettext
from models.operations import restoring
from models.operations.restoring import Restored
from models.queries import shop as shop_queries
from models.queries.restoring import LOOK, MUST, Preview
from models.text import visible
from tui.cli.console import Console
from tui.cli.faults import UsageError, remark
from tui.cli.output import print_rows
from tui.cli.progress import percent
from tui.language import of_console, speak

_ALL: Final = ("part", "change", "who", "what", "number", "said")
_SHORT: Final = ("part", "said")
"""What a terminal shows of it; other programs get all."""

_ONE_KEY: Final = N_("--key and --new-key: it is one or the other.")
_ASK: Final = N_("This needs a yes: type the shop's code at a terminal, or say --yes.")
_PROMPT: Final = N_("To restore it, type the shop's code, {code}: ")
_BACKUP: Final = N_("{shop} ({code}), made on {when} by Shopstaff {version}; {entries:,} entries, code of the log {log}")
_DRY: Final = N_("Nothing was changed: that is what would happen.")
_DONE: Final = N_("Restored. Everybody signs in anew; recovery codes and one-time codes from before are void.")
_KEPT: Final = N_("What was there lies in {kept}. Remove it once nobody needs it any more: it holds everybody's data.")
_NEW_KEY: Final = N_("The key file is a new one. Copy it to a stick of its own now: shopstaff backup --key FILE")
_NEXT: Final = N_("Make a backup now: shopstaff backup")


def restore(console: Console) -> int:
    """Show what would change, ask, and do it.

    Returns:
        0.

    Raises:
        UsageError: the options contradict each other; nobody is there to say yes.
        Cancelled: they said something else.
        DataUnusable: the backup, the key or the data folder cannot be used; nothing was changed.
    """
    asked = console.asked
    if asked.key is not None and asked.new_key:
        raise UsageError(_ONE_KEY)
    if not (asked.dry_run or asked.yes or sys.stdin.isatty()):
        raise UsageError(_ASK)
    home = console.home.absolute()
    speak(of_console(os.environ, lambda: bare.language(str(home))))
    key = Path(asked.key) if asked.key is not None else None
    with (
        percent() as progress,
        restoring.prepare(console.actor, home, Path(asked.file), key=key, new_key=asked.new_key, progress=progress) as prepared,
    ):
        speak(of_console(os.environ, lambda: shop_queries.current().language))
        progress(100, 100)
        _clear()
        _show(prepared.preview, shop_queries.zone(), as_json=asked.json)
        if asked.dry_run:
            remark(_(_DRY))
            return 0
        if not asked.yes:
            _confirm(prepared.preview.manifest.code)
        done = prepared.apply(progress)
    _tell(done)
    return 0


def _clear() -> None:
    """Take away how far it is, which the table would stand behind."""
    if sys.stderr.isatty():
        print("\r\x1b[K", end="", file=sys.stderr, flush=True)


def _show(preview: Preview, tz: str, *, as_json: bool) -> None:
    columns = _SHORT if sys.stdout.isatty() else _ALL
    print_rows(list(_rows(preview, tz)), columns, as_json=as_json)


def _rows(preview: Preview, tz: str) -> Iterator[dict[str, Any]]:
    manifest = preview.manifest
    said = _(_BACKUP).format(
        shop=manifest.shop,
        code=manifest.code,
        when=f"{clock.minute(manifest.made_at, tz)} ({clock.distance(manifest.made_at)})",
        version=manifest.version,
        entries=manifest.entries,
        log=manifest.code_of_log,
    )
    yield {
        "part": "backup",
        "change": "made",
        "who": manifest.code,
        "what": manifest.code_of_log,
        "number": manifest.entries,
        "said": said,
        "at": clock.rfc3339(manifest.made_at),
        "version": manifest.version,
    }
    if preview.gap is not None:
        missing = {"part": "lost", "change": "entries", "who": "", "what": f"{preview.gap.first}-{preview.gap.last}"}
        yield {**missing, "number": preview.gap.last - preview.gap.first + 1, "said": str(preview.gap)}
    for line in preview.lines:
        yield {
            "part": line.part,
            "change": line.kind,
            "who": line.who,
            "what": line.what,
            "number": line.number,
            "said": str(line),
        }


def _confirm(code: str) -> None:
    print(_(_PROMPT).format(code=visible(code)), end="", file=sys.stderr, flush=True)
    if sys.stdin.readline().strip().casefold() != code.casefold():
        raise Cancelled


def _tell(done: Restored) -> None:
    remark(_(_DONE))
    if done.kept is not None:
        remark(_(_KEPT).format(kept=done.kept))
    look, must = len(done.preview.of(LOOK)), len(done.preview.of(MUST))
    if look:
        remark(ngettext("{n:,} thing above is for you to look at.", "{n:,} things above are for you to look at.", look).format(n=look))
    if must:
        remark(ngettext("{n:,} person above has something to do.", "{n:,} people above have something to do.", must).format(n=must))
    if done.preview.is_new_key:
        remark(_(_NEW_KEY))
    remark(_(_NEXT))
