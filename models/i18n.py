"""The translation in force.

`models` says things to people (refusals, sentences of the log, labels of permissions) without knowing where catalogues are
kept: whoever starts the program installs a translation here, and everything said from then on is said in its language.

    _("Not allowed")      translate now
    N_("Not allowed")     mark for extraction, translate later
    ngettext(one, many, n)
"""

from __future__ import annotations

from typing import Final, Literal, Protocol

Language = Literal["en", "zh"]
"""A language that Shopstaff speaks completely."""

LANGUAGES: Final[tuple[Language, ...]] = ("en", "zh")


class Translation(Protocol):
    """What is needed of `gettext.NullTranslations`; a protocol, so that the fast paths need not import gettext."""

    def gettext(self, message: str, /) -> str:
        """The message in the language of the catalogue."""

    def ngettext(self, msgid1: str, msgid2: str, n: int, /) -> str:
        """Likewise, in the plural form that `n` asks for."""


class _Untranslated:
    """English, the language of the source."""

    def gettext(self, message: str, /) -> str:
        return message

    def ngettext(self, msgid1: str, msgid2: str, n: int, /) -> str:
        return msgid1 if n == 1 else msgid2


class _InForce:
    language: Language = "en"
    translation: Translation = _Untranslated()


def install(language: Language, translation: Translation | None = None) -> None:
    """Say everything in `language` from now on; without a translation, the source's own words."""
    _InForce.language = language
    _InForce.translation = translation if translation is not None else _Untranslated()


def language() -> Language:
    """The language in force."""
    return _InForce.language


def pick(english: str, chinese: str) -> str:
    """Whichever of two data texts is in the language in force."""
    return chinese if _InForce.language == "zh" else english


def known_language(value: str | None) -> Language | None:
    """`value` when it is a language of ours, else None."""
    return value if value in LANGUAGES else None


def _(message: str) -> str:
    """Translate `message`."""
    return _InForce.translation.gettext(message)


def N_(message: str) -> str:  # noqa: N802  the name that gettext's tools look for
    """Mark `message` for extraction and return it as it is."""
    return message


def ngettext(one: str, many: str, n: int) -> str:
    """Translate with the plural form that `n` asks for."""
    return _InForce.translation.ngettext(one, many, n)
