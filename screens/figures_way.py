"""The way to the work figures, from wherever one may come: they are read when somebody goes there."""

from __future__ import annotations

from typing import Any, Final

from textual.screen import Screen

from screens.plain import PlainScreen
from screens.sections import load

SEES_ALL: Final = "data.staffperf.view"

_ALL: Final = "screens.figures:FiguresScreen"
_OWN: Final = "screens.figures_days:MyFiguresScreen"


def figures_screen(screen: PlainScreen) -> Screen[Any]:
    """Everybody's figures for whoever may see them, else one's own."""
    return load(_ALL if screen.may(SEES_ALL) else _OWN)()
