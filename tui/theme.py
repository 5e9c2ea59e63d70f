"""Colours: one accent, light, dark, and one made of the terminal's own sixteen.

Marks and words carry every meaning; colour only helps. The bar under the cursor is reversed, so it is seen without any.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from textual.theme import Theme

DARK: Final = Theme(
    name="shopstaff-dark",
    primary="#5FA8D3",
    accent="#5FA8D3",
    foreground="#D8DCE2",
    background="#16191D",
    surface="#1F2329",
    panel="#272C34",
    success="#7FBF7F",
    warning="#E5B567",
    error="#E06C75",
    dark=True,
)

LIGHT: Final = Theme(
    name="shopstaff-light",
    primary="#0B5FA5",
    accent="#0B5FA5",
    foreground="#20242A",
    background="#FAFAF8",
    surface="#F0F0EC",
    panel="#E4E4DF",
    success="#2E7D32",
    warning="#8A5A00",
    error="#B3261E",
    dark=False,
)

PLAIN: Final = Theme(
    name="shopstaff-plain",
    ansi=True,
    primary="ansi_cyan",
    accent="ansi_cyan",
    foreground="ansi_default",
    background="ansi_default",
    surface="ansi_default",
    panel="ansi_default",
    boost="ansi_default",
    success="ansi_green",
    warning="ansi_yellow",
    error="ansi_red",
    variables={
        "ansi-background": "ansi_default",
        "ansi-foreground": "ansi_default",
        "text-error": "ansi_red",
        "text-warning": "ansi_yellow",
        "text-success": "ansi_green",
        "text-accent": "ansi_cyan",
    },
)
"""The terminal's own colours on its own background: for terminals with sixteen of them, and for whoever wants none (`NO_COLOR`)."""

THEMES: Final = (DARK, LIGHT, PLAIN)


def is_plain(environ: Mapping[str, str]) -> bool:
    """Whether the terminal has no more than sixteen colours, or none are wanted."""
    if "NO_COLOR" in environ:
        return True
    many = environ.get("COLORTERM", "").strip().casefold() in {"truecolor", "24bit"}
    return not many and "256color" not in environ.get("TERM", "") and "kitty" not in environ.get("TERM", "")
