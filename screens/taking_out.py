"""Taking data out of the shop: as what, how far it is, and where it lies."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from models.i18n import _
from screens.base import DeskScreen
from screens.dialogs.choose import Choose, Option
from screens.dialogs.tell import Tell
from screens.dialogs.working import Outcome, Working


async def take_out(screen: DeskScreen, title: str, doing: str, put: Callable[..., Path], *args: object) -> None:
    """Ask as what it is to be written, write it into the outbox, and say where it is. For a worker of `screen`.

    Args:
        title: of the question, already translated.
        doing: what is said while it is written, already translated.
        put: the operation: `put(actor, form, *args, progress=…, cancelled=…)`.
    """
    options = [
        Option("html", _("A page to print"), "HTML"),
        Option("csv", _("For a spreadsheet"), "CSV"),
        Option("json", _("For another program"), "JSON"),
    ]
    form = await screen.app.push_screen_wait(Choose(title, options, search=False))
    if form is None:
        return

    async def run(tell: Callable[[int, int], object], asked: Callable[[], bool]) -> Path:
        written: Any = await screen.ask(put, str(form), *args, progress=tell, cancelled=asked)
        return Path(written)

    outcome: Outcome[Path] = await screen.app.push_screen_wait(Working(doing, run))
    with screen.refusals_shown():
        if outcome.refusal is not None:
            raise outcome.refusal
    if outcome.result is not None:
        file = outcome.result
        lines = [file.name, _("in {folder}").format(folder=file.parent), "", _("Only this account of the machine can read it.")]
        await screen.app.push_screen_wait(Tell(_("Written"), lines))
