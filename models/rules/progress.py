"""How far along something is that takes longer than a blink, and whether it is to stop: what whoever does it is handed."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[int, int], object]
"""Told how much is done, and of how much."""

Asked = Callable[[], bool]
"""Whether somebody stopped it."""


def unheard(_done: int, _total: int) -> None:
    """Nobody asks how far it is."""


def unasked() -> bool:
    """Nobody asks to stop."""
    return False
