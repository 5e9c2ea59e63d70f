"""Colours: one accent, light, dark, and one made of the terminal's own sixteen."""

from __future__ import annotations

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

THEMES: Final = (DARK, LIGHT)
