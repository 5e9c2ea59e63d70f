"""Work figures as data: one object a person and day, as other programs and spreadsheets read them.

    {"day", "login", "name", "department", "received", "answered", "first_answer", "unanswered"}

The keys are a promise. `day` is the shop's; `department` is a path, where the person belongs now, and null for none. `received` is how many
customers wrote to the person that day, `answered` how many of these were answered, then or later; `first_answer` is the median of how long
the first answers took, in seconds, null where there is none; `unanswered` is how many of these customers had the last word of that day, up
to the moment of asking. A day on which nobody wrote to a person is not in it. No customer is named. What is counted, and how, says
`models.rules.figures`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape
from typing import Any, Final

from models import clock
from models.i18n import _, language
from models.queries import shop
from models.queries.figures import Figures
from models.rules.figures import Counts, lasting
from models.text import visible

Row = dict[str, Any]
"""One object of the export."""

COLUMNS: Final = ("day", "login", "name", "department", "received", "answered", "first_answer", "unanswered")

_LANGUAGES: Final = {"en": "en", "zh": "zh-Hans"}

_STYLE: Final = """
@page { size: A4; margin: 14mm; }
body { font: 10pt/1.4 system-ui, sans-serif; color: #000; margin: 2em auto; max-width: 60em; }
h1 { font-size: 16pt; margin: 0; }
h2 { font-size: 13pt; margin: 1.6em 0 .4em; break-after: avoid; }
p { margin: 0 0 .5em; color: #444; }
table { border-collapse: collapse; width: 100%; }
thead { display: table-header-group; }
tr { break-inside: avoid; }
th { font-weight: normal; color: #444; }
th, td { border-bottom: .5pt solid #bbb; padding: 2pt 6pt 2pt 0; text-align: left; overflow-wrap: anywhere; }
.n { text-align: right; white-space: nowrap; }
.all td { border-top: 1pt solid #000; font-weight: bold; }
@media print { body { margin: 0; max-width: none; } }
"""


def count(found: Figures) -> int:
    """How many objects `rows` gives."""
    return sum(len(person.days) for person in found.people)


def rows(found: Figures) -> Iterator[Row]:
    """The objects, by day and login."""
    for day in found.period.days:
        for person in found.people:
            if day in person.days:
                counts = person.days[day]
                about = {"day": day, "login": person.login, "name": person.name, "department": person.department or None}
                took = counts.first_answer
                yield about | counts._asdict() | {"first_answer": None if took is None else round(took / clock.SECOND)}


def html(found: Figures) -> Iterator[str]:
    """A page to print, piece by piece, on which nothing that a person typed is markup: by person, by day, and by both."""
    known, title = shop.current(), _said(_("Work figures"))
    name = _said(f"{known.name} ({known.code})")
    when = _said(f"{clock.minute(clock.now(), known.zone)} ({known.zone})")
    yield f'<!DOCTYPE html>\n<html lang="{_LANGUAGES[language()]}">\n<head>\n<meta charset="utf-8">\n'
    yield f"<title>{title} – {name}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<h1>{title}</h1>\n<p>{name} · {when}</p>\n"
    yield f"<p>{_said(_('{since} to {until}').format(**found.period._asdict()))}</p>\n"
    for line in explained():
        yield f"<p>{_said(line)}</p>\n"
    yield f"<h2>{_said(_('By person'))}</h2>\n"
    whom = (_("Name"), _("Department"))
    people = ((f"{person.name} ({person.login})", person.department, person.counts) for person in found.people)
    yield from _table(whom, people, (_("All together"), "", found.total))
    yield f"<h2>{_said(_('By day'))}</h2>\n"
    yield from _table((_("Day"),), ((day, counts) for day, counts in found.daily.items()), (_("All together"), found.total))
    yield f"<h2>{_said(_('By person and day'))}</h2>\n"
    both = ((day, person.name, person.days[day]) for day in found.period.days for person in found.people if day in person.days)
    yield from _table((_("Day"), _("Name")), both)
    yield "</body>\n</html>\n"


def explained() -> tuple[str, ...]:
    """What is counted, in short, for whoever reads the figures."""
    return (
        _("Received: customers who wrote, each once a day. Together, whoever wrote to two people on one day counts once."),
        _("First answer: from a customer's first message of the day to the first answer by a person; in the middle (median)."),
        _("Unanswered: of these, whose last message of the day nobody has answered up to now."),
    )


def _table(about: Iterable[str], lines: Iterable[tuple[Any, ...]], last: tuple[Any, ...] = ()) -> Iterator[str]:
    """Rows of some words and, last, their counts."""
    numbers = (_("Received"), _("Answered"), _("First answer"), _("Unanswered"))
    headings = "".join(f"<th>{_said(each)}</th>" for each in about) + "".join(f'<th class="n">{_said(each)}</th>' for each in numbers)
    yield f"<table>\n<thead><tr>{headings}</tr></thead>\n<tbody>\n"
    for *words, counts in lines:
        yield f"<tr>{_cells(words, counts)}</tr>\n"
    if last:
        *words, counts = last
        yield f'<tr class="all">{_cells(words, counts)}</tr>\n'
    yield "</tbody>\n</table>\n"


def _cells(words: Iterable[str], counts: Counts) -> str:
    numbers = (f"{counts.received:,}", f"{counts.answered:,}", lasting(counts.first_answer), f"{counts.unanswered:,}")
    return "".join(f"<td>{_said(each)}</td>" for each in words) + "".join(f'<td class="n">{_said(each)}</td>' for each in numbers)


def _said(text: str) -> str:
    return escape(visible(text), quote=True)
