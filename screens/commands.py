"""The palette: whatever can be done here, found by typing its name."""

from __future__ import annotations

from collections.abc import Sequence

from textual.screen import Screen

from models.i18n import _
from screens.dialogs.choose import Option
from screens.sections import Section
from screens.widgets.key_bar import Hint, hints

SECTION = "section:"


def options(here: Sequence[Hint], sections: Sequence[Section]) -> list[Option]:
    """What the palette offers: first what the screen can do now, then where one may go."""
    offered = [
        Option(str(place), hint.label, hint.key, also=f"{hint.action} {hint.help}") for place, hint in enumerate(here) if hint.enabled
    ]
    offered += [
        Option(f"{SECTION}{section.name}", _("Go to {section}").format(section=_(section.title)), str(section.number), also=section.name)
        for section in sections
    ]
    return offered


def of_screen(screen: Screen[object]) -> list[Hint]:
    """What can be done on `screen` now: what the key bar shows, and what else has a sentence to it (a step of a cursor has none)."""
    shown = {hint.action for hint in hints(screen.active_bindings)}
    return [hint for hint in hints(screen.active_bindings, hidden=True) if hint.action != "palette" and (hint.action in shown or hint.help)]
