"""`shopstaff doctor --free`, `--index` and `--journal`: what only the operator does to how the data lies on the disk."""

from __future__ import annotations

import os
from typing import Final

from models import ballast, bare, disk
from models.i18n import N_, _
from models.operations import indexing, journaling
from tui.cli.console import Console
from tui.cli.faults import remark
from tui.cli.output import print_rows
from tui.cli.progress import percent
from tui.language import of_console, speak

_ROOM: Final = ("freed", "free")
_JOURNALS: Final = ("old", "new")
_INDEXED: Final = ("messages",)
_NOTHING: Final = N_("There is nothing to give back: it was given back already, or the disk never had {mib} MiB free.")
_NEXT: Final = N_(
    "Now make room where {home} lies, before anything else; “shopstaff doctor” says what takes most in it. The same is held back again a "
    "day from now, at the first start with {mib} MiB free."
)
_JOURNAL_NEXT: Final = N_("The shop's data is written with “{mode}” from now on. It is in the log.")


def free(console: Console) -> int:
    """Give back what is held for the day the disk is full. Opens nothing: on such a day that may not work."""
    home = console.home.absolute()
    speak(of_console(os.environ, lambda: bare.language(str(home))))
    freed = ballast.give_up(home)
    mib = (disk.LITTLE + ballast.BYTES) // (1024 * 1024)
    if not freed:
        remark(_(_NOTHING).format(mib=mib))
        return 0
    print_rows([{"freed": freed, "free": disk.free(str(home))}], _ROOM, as_json=console.asked.json)
    remark(_(_NEXT).format(home=home, mib=mib))
    return 0


def index(console: Console) -> int:
    """Make the index by which messages are found anew."""
    with console.shop() as actor, percent() as progress:
        messages = indexing.make_anew(actor, progress=progress)
    print_rows([{"messages": messages}], _INDEXED, as_json=console.asked.json)
    remark(_("All messages are found again. It is in the log."))
    return 0


def journal(console: Console) -> int:
    """Write with another journal from now on."""
    with console.shop() as actor:
        before = journaling.change(actor, console.asked.journal)
        print_rows([{"old": before, "new": console.asked.journal}], _JOURNALS, as_json=console.asked.json)
        remark(_(_JOURNAL_NEXT).format(mode=console.asked.journal))
    return 0
