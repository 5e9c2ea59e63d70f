"""The languages that one can choose."""

from __future__ import annotations

from typing import Final

from models.i18n import Language

LANGUAGE_NAMES: Final[tuple[tuple[Language, str], ...]] = (("en", "English"), ("zh", "简体中文"))
"""Each in its own words, for whoever can read only that."""


def language_name(language: str) -> str:
    """What a language is called in itself."""
    return dict[str, str](LANGUAGE_NAMES)[language]
