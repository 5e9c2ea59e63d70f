"""The log as data: one object an entry, as other programs and spreadsheets read it.

    {"seq", "at", "actor", "action", "object", "session", "address", "old", "new", "hash"}

The keys are a promise. `at` is RFC 3339 in UTC; `object` is `{"kind", "id", "label"}`, what the act was done to under the name that it had
then; `old` and `new` are objects, empty where nothing was told; `hash` is in hexadecimal. Nobody gets more than they may see on screen.

Read window by window, so that a million entries need the memory of a few thousand. Whoever hands it out records it first.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from html import escape
from typing import Any, Final

from models import clock, db, sqlite
from models.actor import Actor
from models.errors import Cancelled
from models.events import HIGH, PROGRAMS, risk_of, sentence
from models.i18n import _, language
from models.queries import audit, shop
from models.queries._reading import may_read
from models.queries.audit import Wanted
from models.queries.audit_changes import changes, values
from models.queries.audit_filters import Asked as Filter, between
from models.queries.audit_streams import Test
from models.rules.progress import Asked, Progress, unasked, unheard
from models.text import visible

Row = dict[str, Any]
"""One object of the export."""

PERMISSION: Final = "audit.export"

COLUMNS: Final = ("seq", "at", "actor", "action", "object", "session", "address", "old", "new", "hash")

WINDOW: Final = 5_000
"""Numbers that are looked at at once: some 20 ms."""

_FIELDS: Final = "seq, at, actor, action, object_kind, object_id, object_label, session, address, old, new, hash"
_ROWS: Final = "SELECT {fields} FROM audit_entry WHERE seq >= ? AND seq < ? AND {tests} ORDER BY seq"
_COUNT: Final = "SELECT count(*) FROM audit_entry WHERE seq >= ? AND seq < ? AND {tests}"
_THESE: Final = f"SELECT {_FIELDS} FROM {sqlite.each()} j CROSS JOIN audit_entry e ON e.seq = j.value ORDER BY seq DESC"  # noqa: S608  ours
_LANGUAGES: Final = {"en": "en", "zh": "zh-Hans"}

_STYLE: Final = """
@page { size: A4 landscape; margin: 12mm; }
body { font: 9pt/1.4 system-ui, sans-serif; color: #000; margin: 2em; }
h1 { font-size: 14pt; margin: 0; }
p { margin: 0 0 1em; color: #444; }
.high { font-weight: bold; }
table { border-collapse: collapse; width: 100%; }
thead { display: table-header-group; }
tr { break-inside: avoid; }
th, td { border-bottom: 1px solid #bbb; padding: 2pt 6pt 2pt 0; text-align: left; vertical-align: top; overflow-wrap: anywhere; }
@media print { body { margin: 0; } }
"""


class Selection:
    """The entries up to this moment that a filter lets through and somebody may take out, the oldest first.

    Attributes:
        count: how many there are.
    """

    def __init__(self, actor: Actor, wanted: Wanted, cancelled: Asked = unasked) -> None:
        """Count them.

        Raises:
            Cancelled: it was stopped.
            SessionEnded, SessionLocked, EnrolFirst: as every read.
        """
        seen = audit.sight(actor).actors
        self._actor = actor
        self._first, self._bound = between(wanted, None)
        asked = Filter(seen, wanted)
        if not asked.can_match:
            self._bound = self._first
        self._tests, self._terms = _all(asked.tests)
        counting = _COUNT.format(tests=self._tests)
        self.count: Final = sum(int(db.rows(counting, (*window, *self._terms))[0][0]) for window in self._windows(unheard, cancelled))

    def rows(self, progress: Progress = unheard, cancelled: Asked = unasked) -> Iterator[Row]:
        """The objects.

        Raises:
            Cancelled: it was stopped.
            NotAllowed, SessionEnded: it takes `audit.export`, to the end.
        """
        return (_row(fields) for fields in self._read(progress, cancelled))

    def html(self, progress: Progress = unheard, cancelled: Asked = unasked) -> Iterator[str]:
        """A page to print, piece by piece, on which nothing that a person typed is markup.

        Raises:
            Cancelled, NotAllowed, SessionEnded: as `rows`.
        """
        known, title = shop.current(), _said(_("Log"))
        name = _said(f"{known.name} ({known.code})")
        when = _said(f"{clock.minute(clock.now(), known.zone)} ({known.zone})")
        yield f'<!DOCTYPE html>\n<html lang="{_LANGUAGES[language()]}">\n<head>\n<meta charset="utf-8">\n'
        yield f"<title>{title} – {name}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<h1>{title}</h1>\n<p>{name} · {when}</p>\n"
        headings = (_("Entry"), _("When"), _("Who acted"), _("What was done"), _("From where"), _("Before → after"))
        yield f"<table>\n<thead><tr>{''.join(f'<th>{_said(heading)}</th>' for heading in headings)}</tr></thead>\n<tbody>\n"
        for fields in self._read(progress, cancelled):
            yield _printed(fields, known.zone)
        yield "</tbody>\n</table>\n</body>\n</html>\n"

    def _read(self, progress: Progress, cancelled: Asked) -> Iterator[tuple[Any, ...]]:
        reading = _ROWS.format(fields=_FIELDS, tests=self._tests)
        for window in self._windows(progress, cancelled):
            may_read(self._actor, PERMISSION)
            yield from db.rows(reading, (*window, *self._terms))

    def _windows(self, progress: Progress, cancelled: Asked) -> Iterator[tuple[int, int]]:
        total = max(self._bound - self._first, 0)
        for start in range(self._first, self._bound, WINDOW):
            if cancelled():
                raise Cancelled
            progress(start - self._first, total)
            yield start, min(start + WINDOW, self._bound)
        progress(total, total)


def newest(actor: Actor, wanted: Wanted, limit: int | None = None) -> Iterator[Row]:
    """The entries that a filter lets through and the actor may see, the newest first, at most `limit`.

    Raises:
        SessionEnded, SessionLocked, EnrolFirst: as every read.
    """
    before = None
    while limit is None or limit > 0:
        found = audit.numbers(actor, wanted, before, audit.PAGE if limit is None else min(limit, audit.PAGE))
        yield from (_row(fields) for fields in db.rows(_THESE, (json.dumps(found.seqs),)))
        if not found.reached:
            return
        before = found.reached
        limit = None if limit is None else limit - len(found.seqs)


def said(row: Row) -> str:
    """What an entry tells, as a sentence in the language in force."""
    label = row["object"]["label"]
    return sentence(row["action"], str(row["new"].get("act") or label) if row["action"] in PROGRAMS else label)


def risk(row: Row) -> str:
    """An entry's risk: "low", "medium" or "high"."""
    return risk_of(row["action"], row["object"]["label"])


def flat(rows: Iterable[Row]) -> Iterator[Row]:
    """The same with one value a cell: `object` as `kind:label`, values as JSON, nothing for none."""
    for row in rows:
        thing = row["object"]
        told = {key: json.dumps(row[key], ensure_ascii=False) if row[key] else "" for key in ("old", "new")}
        yield row | told | {"object": f"{thing['kind']}:{thing['label']}"}


def _all(tests: Sequence[Test]) -> tuple[str, tuple[object, ...]]:
    return " AND ".join(f"({test.sql})" for test in tests) or "1", tuple(term for test in tests for term in test.terms)


def _row(fields: tuple[Any, ...]) -> Row:
    seq, at, actor, action, kind, thing_id, label, session, address, old, new, digest = fields
    return {
        "seq": seq,
        "at": clock.rfc3339(at),
        "actor": actor,
        "action": action,
        "object": {"kind": kind, "id": thing_id, "label": label},
        "session": session,
        "address": address,
        "old": values(old),
        "new": values(new),
        "hash": digest.hex(),
    }


def _printed(fields: tuple[Any, ...], zone: str) -> str:
    """An entry as a row of the page."""
    row = _row(fields)
    high = risk(row) == HIGH
    what = f'<span class="high">▲ {_said(said(row))}</span>' if high else _said(said(row))
    told = "<br>".join(_said(_line(change.label, change.old, change.new)) for change in changes(row["action"], fields[9], fields[10]))
    cells = (str(row["seq"]), _said(clock.minute(fields[1], zone)), _said(row["actor"]), what, _said(row["address"]), told)
    return f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>\n"


def _line(label: str, old: str, new: str) -> str:
    """A change on one line."""
    return _("{what}: {old} → {new}").format(what=label, old=old, new=new) if old else _("{what}: {new}").format(what=label, new=new)


def _said(text: str) -> str:
    return escape(visible(text), quote=True)
