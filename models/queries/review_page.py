"""The access review as a page to print: one file that needs nothing else, for an owner to hand to an accountant.

Who can do what, the riskiest first, with where it comes from and until when; what was found; who confirmed what. Nothing that a person
typed is markup on it. It is written piece by piece, so that ten thousand people need the memory of a few hundred.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape
from typing import Final

from models import clock
from models.actor import Actor
from models.catalogue import permissions, post_label, status_label
from models.i18n import _, language, ngettext
from models.queries import review, review_findings, review_unused, shop, staff
from models.queries.review import CONFIRMED_DAYS, PersonRow, Wanted
from models.queries.review_export import persons
from models.queries.review_findings import ENDING, SEPARATION, UNCONFIRMED, UNUSED, Finding, FoundRow
from models.queries.review_lines import Line
from models.rules.progress import Asked, Progress, unasked, unheard
from models.text import visible

MOST: Final = 500
"""So many lines of a finding are printed; a longer list is one for a spreadsheet."""

_WINDOW: Final = 250
_LANGUAGES: Final = {"en": "en", "zh": "zh-Hans"}

_STYLE: Final = """
@page { size: A4; margin: 14mm; }
body { font: 9.5pt/1.4 system-ui, sans-serif; color: #000; margin: 2em auto; max-width: 60em; }
h1 { font-size: 16pt; margin: 0; }
h2 { font-size: 13pt; margin: 1.6em 0 .4em; border-bottom: 1.5pt solid #000; break-after: avoid; }
h3 { font-size: 10.5pt; margin: 1.2em 0 .2em; break-after: avoid; }
p { margin: 0 0 .5em; }
.about, .none { color: #444; }
.high { font-weight: bold; }
table { border-collapse: collapse; width: 100%; margin-bottom: .6em; }
thead { display: table-header-group; }
tr { break-inside: avoid; }
th { font-weight: normal; color: #444; }
th, td { border-bottom: .5pt solid #bbb; padding: 2pt 6pt 2pt 0; text-align: left; vertical-align: top; overflow-wrap: anywhere; }
.person p { break-after: avoid; }
#people, #sign { break-before: page; }
.line { border-bottom: .5pt solid #000; display: inline-block; width: 16em; height: 2.4em; }
@media print { body { margin: 0; max-width: none; } }
"""


def html(actor: Actor, progress: Progress = unheard, cancelled: Asked = unasked) -> Iterator[str]:
    """The page, piece by piece.

    Raises:
        Cancelled: it was stopped.
        NotAllowed, SessionEnded: as every read; it takes `audit.view.all`.
    """
    known, now = shop.current(), clock.now()
    zone, name = known.zone, f"{known.name} ({known.code})"
    coverage = review.coverage(actor)
    lines = [
        _("{shop} · {when} ({zone})").format(shop=name, when=clock.minute(now, zone), zone=zone),
        _("Made by {name}.").format(name=_maker(actor)),
        _confirmed(coverage.confirmed, coverage.lines),
    ]
    yield f'<!DOCTYPE html>\n<html lang="{_LANGUAGES[language()]}">\n<head>\n<meta charset="utf-8">\n'
    yield f"<title>{_said(_('Access review'))} – {_said(name)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
    yield f"<h1>{_said(_('Access review'))}</h1>\n{''.join(f'<p>{_said(line)}</p>' for line in lines)}\n"
    yield from _findings(actor, zone, progress, cancelled)
    yield from _high_risk(actor)
    yield from _people(actor, zone, progress, cancelled)
    yield f'<section id="sign"><h2>{_said(_("Reviewed"))}</h2>\n<p>{_said(_("What this review tells was checked and is right."))}</p>\n'
    blanks = "".join(f'<p>{_said(label)}<br><span class="line"></span></p>' for label in (_("Name"), _("Date"), _("Signature")))
    yield f"{blanks}</section>\n</body>\n</html>\n"


def _maker(actor: Actor) -> str:
    """Whoever makes the page: name and login, or the operator at the machine as the log calls them."""
    return actor.name if actor.staff_id is None else f"{staff.detail(actor, actor.staff_id).name} ({actor.name})"


def _confirmed(confirmed: int, lines: int) -> str:
    said = ngettext(
        "{confirmed} of {lines} line confirmed in the last {days} days.",
        "{confirmed} of {lines} lines confirmed in the last {days} days.",
        lines,
    )
    return said.format(confirmed=f"{confirmed:,}", lines=f"{lines:,}", days=CONFIRMED_DAYS)


# ---- findings


def _findings(actor: Actor, zone: str, progress: Progress, cancelled: Asked) -> Iterator[str]:
    found = {each.kind: each for each in (*review_findings.findings(actor), review_unused.unused(actor, progress, cancelled))}
    yield f"<h2>{_said(_('Findings'))}</h2>\n"
    shown = [found[kind] for kind in review_findings.LABELS if kind in found and found[kind].count()]
    if not shown:
        yield f'<p class="none">{_said(_("Nothing was found."))}</p>\n'
    for each in shown:
        yield f"<h3>{_said(_(review_findings.LABELS[each.kind]))} · {each.count():,}</h3>\n"
        rows = ([_person(row), _marked(row.label, high=row.found.high), _said(_when(each.kind, row, zone))] for row in _rows(each))
        yield from _table((_("Name"), _("What"), _("When")), rows)
        if each.count() > MOST:
            more = ngettext("… and {n:,} more.", "… and {n:,} more.", each.count() - MOST).format(n=each.count() - MOST)
            yield f'<p class="none">{_said(more)}</p>\n'


def _rows(found: Finding) -> Iterator[FoundRow]:
    for start in range(0, min(found.count(), MOST), _WINDOW):
        yield from found.window(start, min(_WINDOW, MOST - start))


def _person(row: FoundRow) -> str:
    return _said(f"{row.name} ({row.login})") if row.login else ""


def _when(kind: str, row: FoundRow, zone: str) -> str:
    at = row.found.at
    if kind == UNUSED:
        return _("never, as far as the log knows") if at is None else _("last used {day}").format(day=clock.day(at, zone))
    if at is None:
        return ""
    said = {ENDING: _("ends {day}"), SEPARATION: _("until {day}"), UNCONFIRMED: _("given or confirmed {day}")}[kind]
    return said.format(day=clock.day(at, zone))


# ---- who can do what


def _high_risk(actor: Actor) -> Iterator[str]:
    """Each high-risk permission, with everybody who may."""
    yield f"<h2>{_said(_('High-risk permissions'))}</h2>\n"
    yield from _table((_("Permission"), _("Who may")), _who_may(actor))


def _who_may(actor: Actor) -> Iterator[list[str]]:
    for row in review.by_permission(actor):
        if not permissions()[row.code].high_risk:
            continue
        holders = review.holders(actor, row.code)
        names = _(", ").join(f"{name} ({login})" for login, name in holders.names())
        about = f'{_marked(row.label, high=True)}<br><span class="about">{_said(permissions()[row.code].consequence)}</span>'
        yield [about, _said(_("{total}: {places}").format(total=f"{row.people:,}", places=names))]


def _people(actor: Actor, zone: str, progress: Progress, cancelled: Asked) -> Iterator[str]:
    yield f'<section id="people"><h2>{_said(_("By person"))}</h2>\n'
    headings = (_("Given"), _("Lets do"), _("Since, by"), _("Until"), _("Last used"), _("Confirmed"))
    for person, lines in persons(actor, Wanted(), progress, cancelled):
        yield f'<section class="person"><h3>{_said(f"{person.name} ({person.login})")}</h3>\n{_about(person)}'
        if lines:
            yield from _table(headings, (_line(line, zone) for line in lines))
        yield "</section>\n"
    yield "</section>\n"


def _about(person: PersonRow) -> str:
    if person.is_owner:
        return f'<p class="high">▲ {_said(_("The owner: holds every permission."))}</p>\n'
    high = ngettext("{n} high-risk", "{n} high-risk", person.high).format(n=person.high)
    count = ngettext("{n} permission", "{n} permissions", person.permissions).format(n=person.permissions)
    facts = [person.department or _("in no department"), post_label(person.post), status_label(person.status), count]
    mark = f' · <span class="high">▲ {_said(high)}</span>' if person.high else ""
    return f'<p class="about">{_said(" · ".join(facts))}{mark}</p>\n'


def _line(line: Line, zone: str) -> list[str]:
    kind = _("role") if line.role_id is not None else _("extra")
    given = f'{_said(line.label)} <span class="about">{_said(kind)}</span>'
    if line.stands_for:
        given += f"<br>{_said(_('stands in for {login}').format(login=line.stands_for))}"
    confirmed = "" if line.confirmed_at is None else f"{_said(clock.day(line.confirmed_at, zone))}<br>{_said(line.confirmed_by)}"
    return [
        given,
        ", ".join(_marked(each.label, high=each.high) for each in line.gives if not each.cut),
        f"{_said(clock.day(line.since, zone))}<br>{_said(line.by)}",
        "" if line.until is None else _said(clock.day(line.until, zone)),
        _said(used_words(line, zone)),
        confirmed,
    ]


def used_words(line: Line, zone: str) -> str:
    """When a line was last used, as far as the log knows."""
    if line.used_at is not None:
        return clock.day(line.used_at, zone)
    return _("never seen") if line.is_told_of else _("the log cannot tell")


# ---- paper


def _table(headings: Iterable[str], rows: Iterable[list[str]]) -> Iterator[str]:
    yield f"<table>\n<thead><tr>{''.join(f'<th>{_said(heading)}</th>' for heading in headings)}</tr></thead>\n<tbody>\n"
    for row in rows:
        yield f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>\n"
    yield "</tbody>\n</table>\n"


def _marked(label: str, *, high: bool) -> str:
    return f'<span class="high">▲ {_said(label)}</span>' if high else _said(label)


def _said(text: str) -> str:
    return escape(visible(text), quote=True)
