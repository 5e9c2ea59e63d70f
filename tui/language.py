"""Which language is spoken: the person's choice, else the shop's, else the environment's.

On the command line it is the environment's, else the shop's. The source is English; every other language is a catalogue under
`locale/`, in gettext's binary form. `python -m tests.catalogue`
keeps the catalogues.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Final

from models import i18n
from models.i18n import Language

if TYPE_CHECKING:
    from gettext import GNUTranslations

DOMAIN: Final = "shopstaff"
"""What gettext calls the set of our messages: the name of the catalogue's file."""

LOCALE: Final = __file__.rpartition("/")[0] + "/locale"
"""The folder of the catalogues; a plain string, because pathlib alone costs more than all that is done here."""


def choose(person: str | None, shop: str | None, environ: Mapping[str, str]) -> Language:
    """The language for somebody who chose `person`, in a shop that chose `shop`; either may be None, or not known here."""
    return i18n.known_language(person) or i18n.known_language(shop) or of_environment(environ)


def of_environment(environ: Mapping[str, str]) -> Language:
    """The first language of ours that the environment asks for, as gettext reads it; English where it asks for none.

    LC_ALL counts before LC_MESSAGES and that before LANG; LANGUAGE is a list (`zh_CN:en`) that counts before all of them, unless they
    ask for no language at all (`C`, `POSIX`).
    """
    return _asked(environ) or "en"


def of_console(environ: Mapping[str, str], shop: Callable[[], str | None]) -> Language:
    """The language of the command line: what the environment asks for, else the shop's.

    Whoever is at the console is nobody who could have chosen a language in the shop, but may well have set up their terminal.

    Args:
        shop: finds out the shop's language; only called where the environment asks for none.
    """
    return _asked(environ) or i18n.known_language(shop()) or "en"


def _asked(environ: Mapping[str, str]) -> Language | None:
    """The first language of ours that the environment asks for; None where it asks for none."""
    locale = next((value for name in ("LC_ALL", "LC_MESSAGES", "LANG") if (value := environ.get(name))), "")
    if _subtag(locale) in {"c", "posix"}:
        return None
    asked = [*environ.get("LANGUAGE", "").split(":"), locale]
    return next((language for one in asked if (language := i18n.known_language(_subtag(one)))), None)


def speak(language: Language) -> None:
    """Say everything in `language` from now on."""
    i18n.install(language, None if language == "en" else _catalogue(language))


def _subtag(locale: str) -> str:
    """The language of a locale's name: `zh` of `zh_CN.UTF-8@pinyin`."""
    return locale.replace("-", "_").replace(".", "_").replace("@", "_").partition("_")[0].casefold()


@cache
def _catalogue(language: Language) -> GNUTranslations:
    from gettext import GNUTranslations  # here, because English needs none of it

    with open(f"{LOCALE}/{language}/LC_MESSAGES/{DOMAIN}.mo", "rb") as file:  # noqa: PTH123  pathlib is not worth importing for this
        return GNUTranslations(file)
