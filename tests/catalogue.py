"""Keeps the catalogues of translations under tui/locale.

    python -m tests.catalogue update     collect every marked sentence, drop those that are gone, compile
    python -m tests.catalogue check      say what is wrong with them; exit code 1 if anything is

Between the two, write the missing sentences into `shopstaff.po`. Neither dates nor line numbers are kept, so that a change to the
source that changes no sentence changes no catalogue. The compiled `.mo` is committed too: a machine that only runs Shopstaff has no Babel.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from models.i18n import LANGUAGES
from tests.source import ROOT, called, modules
from tui.language import DOMAIN

LOCALE: Final = ROOT / "tui" / "locale"
KEYWORDS: Final = {"_": 1, "N_": 1, "ngettext": 2}
"""What marks sentences, and how many of them each takes."""
TRANSLATED: Final = tuple(language for language in LANGUAGES if language != "en")

_KEPT: Final = ("Language", "Plural-Forms", "MIME-Version", "Content-Type", "Content-Transfer-Encoding")
_PLACEHOLDER: Final = re.compile(r"\{[^{}]*\}|%(?:\(\w+\))?[a-z]")

_CHINESE: Final = "\u3400-\u9fff"
_UNSEEMLY: Final = (
    (re.compile("您"), "says 您"),
    (re.compile("[!！]"), "has an exclamation mark"),
    (re.compile('"'), "has an ASCII quote: “ and ” are the quotes"),
    (re.compile(f"[{_CHINESE}”][,;:?()]|[,;?()][{_CHINESE}“]|[,;.?:](?:\\s|$)"), "has ASCII punctuation in Chinese"),
    (re.compile("，$|^[，。；：、]"), "begins or ends with a comma"),
)
"""What no Chinese sentence of ours has."""


class _Catalogue(Catalog):
    """A catalogue whose header says nothing that changes by itself."""

    @property
    def mime_headers(self) -> list[tuple[str, str]]:
        """The header's lines, without dates, addresses and tools."""
        return [(name, value) for name, value in super().mime_headers if name in _KEPT]

    @mime_headers.setter
    def mime_headers(self, headers: list[tuple[str, str]]) -> None:
        self._set_mime_headers(headers)


def po_file(language: str) -> Path:
    """Where the translations into `language` are written by people."""
    return LOCALE / language / "LC_MESSAGES" / f"{DOMAIN}.po"


def extracted() -> dict[str | tuple[str, ...], tuple[str, ...]]:
    """Every marked sentence of the source, and the files it stands in; a sentence with a plural is the pair of both forms."""
    found: dict[str | tuple[str, ...], dict[str, None]] = {}
    for module in modules():
        for message in _marked(module.tree):
            found.setdefault(message, {})[module.path] = None
    return {message: tuple(places) for message, places in found.items()}


def _marked(node: ast.AST) -> Iterator[str | tuple[str, ...]]:
    """What is marked in `node`, from its beginning to its end.

    Read from the syntax tree, because Babel's own extraction does not look into f-strings before Python 3.12.
    """
    if isinstance(node, ast.Call) and (number := KEYWORDS.get(called(node))):
        said = tuple(arg.value for arg in node.args[:number] if isinstance(arg, ast.Constant) and isinstance(arg.value, str))
        if len(said) == number:
            yield said[0] if number == 1 else said
    for child in ast.iter_child_nodes(node):
        yield from _marked(child)


def read(language: str) -> Catalog:
    """The catalogue as it is committed."""
    with po_file(language).open("rb") as file:
        return read_po(file, locale=language, domain=DOMAIN)


def compiled(catalogue: Catalog) -> bytes:
    """What `gettext` reads."""
    bare = _Catalogue(locale=catalogue.locale, domain=DOMAIN, charset="utf-8", fuzzy=False)
    for message in catalogue:
        if message.id and all(_strings(message)):
            bare.add(message.id, message.string)
    out = BytesIO()
    write_mo(out, bare)
    return out.getvalue()


def updated(language: str) -> tuple[bytes, bytes]:
    """What the written and the compiled catalogue should hold, by the source as it is now and the translations that are there."""
    known = read(language) if po_file(language).exists() else Catalog()
    fresh = _Catalogue(locale=language, domain=DOMAIN, charset="utf-8", fuzzy=False, header_comment="#")
    for message, places in extracted().items():
        old = known.get(message if isinstance(message, str) else message[0])
        translated = old.string if old is not None and old.id == message else None
        fresh.add(message, translated, locations=[(place, 0) for place in places])
    out = BytesIO()
    write_po(out, fresh, width=120, include_lineno=False, sort_by_file=False)
    return out.getvalue(), compiled(fresh)


def update() -> None:
    """Write every catalogue anew."""
    for language in TRANSLATED:
        path = po_file(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        po, mo = updated(language)
        path.write_bytes(po)
        path.with_suffix(".mo").write_bytes(mo)


def problems(language: str) -> Iterator[str]:
    """What is wrong with a catalogue, a line each."""
    catalogue = read(language)
    there = {message.id for message in catalogue if message.id}
    marked = extracted()
    for missing in marked.keys() - there:
        yield f"not in the catalogue: {missing!r} ({', '.join(marked[missing])})"
    for gone in there - marked.keys():
        yield f"no longer in the source: {gone!r}"
    for message in catalogue:
        if message.id:
            yield from (f"{what}: {message.id!r}" for what in _faults(message))
    if po_file(language).with_suffix(".mo").read_bytes() != compiled(catalogue):
        yield "the .mo is not that of the .po"


def _faults(message: Message) -> Iterator[str]:
    """What is wrong with one translation."""
    source = message.id if isinstance(message.id, str) else message.id[-1]
    if re.search('[!"]', source):
        yield "the source has an exclamation mark or an ASCII quote"
    strings = _strings(message)
    if not all(strings):
        yield "not translated"
        return
    if message.fuzzy:
        yield "fuzzy"
    if not re.search(r"\w", source):
        return  # what stands between the parts of a list
    for string in strings:
        if sorted(_PLACEHOLDER.findall(string)) != sorted(_PLACEHOLDER.findall(source)):
            yield f"other placeholders in {string!r}"
        if string.count("“") != string.count("”"):
            yield f"a quote that is not closed in {string!r}"
        if string.strip() != string and source.strip() == source:
            yield f"white space around {string!r}"
        yield from (f"{string!r} {what}" for pattern, what in _UNSEEMLY if pattern.search(string))


def _strings(message: Message) -> tuple[str, ...]:
    """The translation in each of its forms; an empty one where there is none."""
    return (message.string or "",) if isinstance(message.string, str | None) else tuple(message.string) or ("",)


def main(arguments: list[str]) -> int:
    """Do what the command line says; see the module's docstring."""
    match arguments:
        case ["update"]:
            update()
        case ["check"]:
            pass
        case _:
            print(__doc__)
            return 2
    wrong = [f"{language}: {problem}" for language in TRANSLATED for problem in problems(language)]
    for line in wrong:
        print(line)
    return int(bool(wrong) and arguments == ["check"])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
