"""Taking the log out: recorded with how much, and of what, before the first entry is handed out."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from models import text
from models.actor import Actor
from models.clock import rfc3339_if
from models.operations import exports, outbox
from models.operations._journal import Values
from models.queries import audit_export
from models.queries.audit import Wanted
from models.queries.audit_export import COLUMNS, Selection
from models.rules.handing_out import as_csv, as_json
from models.rules.progress import Asked, Progress, unasked, unheard


def pieces(
    actor: Actor, form: str, wanted: Wanted | None = None, *, progress: Progress = unheard, cancelled: Asked = unasked
) -> Iterator[str]:
    """The log as a file of the form `form`, piece by piece; it is recorded when this returns.

    Args:
        form: "csv", "json" or "html".

    Raises:
        NotAllowed: it takes `audit.export`.
        Cancelled: it was stopped.
    """
    selection = taken(actor, wanted or Wanted(), cancelled)
    if form == "html":
        return selection.html(progress, cancelled)
    rows = selection.rows(progress, cancelled)
    return as_csv(audit_export.flat(rows), COLUMNS) if form == "csv" else as_json(rows)


def taken(actor: Actor, wanted: Wanted, cancelled: Asked = unasked) -> Selection:
    """The entries of a filter, recorded as taken out.

    Raises:
        NotAllowed, Cancelled: as `pieces`.
    """
    selection = Selection(actor, wanted, cancelled)
    exports.record(actor, "audit", selection.count, _told(wanted))
    return selection


def put_into_outbox(
    actor: Actor, form: str, wanted: Wanted | None = None, *, progress: Progress = unheard, cancelled: Asked = unasked
) -> Path:
    """Write the log into the outbox; recorded before a line of it is read.

    Returns:
        Where it is.

    Raises:
        NotAllowed: it takes `audit.export`.
        Cancelled, DiskFull, ShopReadOnly: no part of the file is left; that it was asked for stays in the log.
    """
    written = pieces(actor, form, wanted, progress=progress, cancelled=cancelled)
    return outbox.put("log", form, chain(["\ufeff"], written) if form == "csv" else written)  # spreadsheets want the mark


def _told(wanted: Wanted) -> Values:
    """The filter, as the log writes it; nothing of what was not asked for."""
    told = {
        "words": text.visible(wanted.words),
        "by": text.visible(wanted.by),
        "department": wanted.department_id,
        "area": wanted.area,
        "action": wanted.action,
        "risk": wanted.risk,
        "object": wanted.kind if wanted.thing_id is None else f"{wanted.kind}:{wanted.thing_id}",
        "since": rfc3339_if(wanted.since),
        "until": rfc3339_if(wanted.until),
    }
    return {key: value for key, value in told.items() if value not in {"", None}}
