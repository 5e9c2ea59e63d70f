"""Taking the access review out: as what, how far it is, and where it lies."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from models.i18n import _
from models.operations import review as operations
from screens.base import DetailScreen
from screens.dialogs.choose import Choose, Option
from screens.dialogs.tell import Tell
from screens.dialogs.working import Outcome, Working


async def export(screen: DetailScreen) -> None:
    """Ask as what the review is to be written, write it into the outbox, and say where it is. For a worker of `screen`."""
    options = [
        Option("html", _("A page to print"), "HTML"),
        Option("csv", _("For a spreadsheet"), "CSV"),
        Option("json", _("For another program"), "JSON"),
    ]
    form = await screen.app.push_screen_wait(Choose(_("Export the access review"), options, search=False))
    if form is None:
        return

    async def run(tell: Callable[[int, int], object], asked: Callable[[], bool]) -> Path:
        return await screen.ask(operations.put_into_outbox, str(form), progress=tell, cancelled=asked)

    outcome: Outcome[Path] = await screen.app.push_screen_wait(Working(_("Writing the access review"), run))
    with screen.refusals_shown():
        if outcome.refusal is not None:
            raise outcome.refusal
    if outcome.result is not None:
        file = outcome.result
        lines = [file.name, _("in {folder}").format(folder=file.parent), "", _("Only this account of the machine can read it.")]
        await screen.app.push_screen_wait(Tell(_("Written"), lines))
