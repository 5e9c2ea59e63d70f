"""An export as a page to print: one file that needs nothing else, and on which nothing that a person typed is markup."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import Final

from models import clock
from models.i18n import _, language
from models.queries import shop
from tui.cli.output import Row, Write
from tui.cli.words import heading, told

_LANGUAGES: Final = {"en": "en", "zh": "zh-Hans"}

_STYLE: Final = """
@page { size: A4 landscape; margin: 12mm; }
body { font: 10pt/1.4 system-ui, sans-serif; color: #000; margin: 2em; }
h1 { font-size: 14pt; margin: 0; }
p { margin: 0 0 1em; color: #444; }
table { border-collapse: collapse; width: 100%; }
thead { display: table-header-group; }
tr { break-inside: avoid; }
th, td { border-bottom: 1px solid #bbb; padding: 2pt 6pt 2pt 0; text-align: left; vertical-align: top; overflow-wrap: anywhere; }
@media print { body { margin: 0; } }
"""


def write_page(title: str, rows: Iterable[Row], columns: Sequence[str], write: Write) -> None:
    """Write the page, row by row.

    Args:
        title: marked (`N_`).
    """
    known = shop.current()
    when = f"{clock.minute(clock.now(), known.zone)} ({known.zone})"
    name = f"{known.name} ({known.code})"
    write(f'<!DOCTYPE html>\n<html lang="{_LANGUAGES[language()]}">\n<head>\n<meta charset="utf-8">\n')
    write(f"<title>{_said(_(title))} – {_said(name)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n")
    write(f"<h1>{_said(_(title))}</h1>\n<p>{_said(name)} · {_said(when)}</p>\n<table>\n<thead><tr>")
    write("".join(f"<th>{_said(heading(column, columns))}</th>" for column in columns))
    write("</tr></thead>\n<tbody>\n")
    for row in rows:
        write(f"<tr>{''.join(f'<td>{_said(told(column, row[column]))}</td>' for column in columns)}</tr>\n")
    write("</tbody>\n</table>\n</body>\n</html>\n")


def _said(text: str) -> str:
    return escape(text, quote=True)
