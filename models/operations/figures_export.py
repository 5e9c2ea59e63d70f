"""Taking work figures out: recorded with how much, and of which days, before the first line is handed out."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from models import clock
from models.actor import Actor
from models.operations import exports, outbox
from models.queries import figures, figures_export
from models.queries.figures import Figures
from models.queries.figures_export import COLUMNS
from models.rules.figures import Period
from models.rules.handing_out import as_csv, as_json
from models.rules.progress import Asked, Progress, unasked, unheard


def taken(actor: Actor, period: Period, progress: Progress = unheard, cancelled: Asked = unasked) -> Figures:
    """Everybody's figures of a period, recorded as taken out.

    Raises:
        NotAllowed: it takes `data.staffperf.view`; that it was tried is in the log.
        Cancelled: it was stopped.
    """
    found = figures.gathered(actor, period, None, progress, cancelled)
    since, until = map(clock.rfc3339, figures.bounds(period))
    exports.record(actor, "figures", figures_export.count(found), {"since": since, "until": until})
    return found


def pieces(actor: Actor, form: str, period: Period, *, progress: Progress = unheard, cancelled: Asked = unasked) -> Iterator[str]:
    """The figures as a file of the form `form`, piece by piece; it is recorded when this returns.

    Args:
        form: "csv", "json" or "html".

    Raises:
        NotAllowed, Cancelled: as `taken`.
    """
    found = taken(actor, period, progress, cancelled)
    if form == "html":
        return figures_export.html(found)
    rows = figures_export.rows(found)
    return as_csv(rows, COLUMNS) if form == "csv" else as_json(rows)


def put_into_outbox(actor: Actor, form: str, period: Period, *, progress: Progress = unheard, cancelled: Asked = unasked) -> Path:
    """Write the figures into the outbox; recorded before a line is written.

    Returns:
        Where it is.

    Raises:
        NotAllowed, Cancelled: as `taken`.
        DiskFull, ShopReadOnly: no part of the file is left; that it was asked for stays in the log.
    """
    written = pieces(actor, form, period, progress=progress, cancelled=cancelled)
    return outbox.put("figures", form, chain(["\ufeff"], written) if form == "csv" else written)  # spreadsheets want the mark
