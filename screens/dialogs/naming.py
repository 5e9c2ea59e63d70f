"""Asking for a name until it can be used."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from textual.app import App

from models.errors import Cancelled, Stale, Wrong
from models.i18n import _
from screens.dialogs.ask import Ask

T = TypeVar("T")

Begin = Callable[[], tuple[str, Callable[[str], Awaitable[T]]] | None]
"""What the dialog says at the top and what is done with the name, as things stand when it opens; None when the thing is gone."""


async def name_it(app: App[object], begin: Begin[T], *, value: str = "", limit: int = 0, yes_label: str = "") -> T | None:
    """Ask for a name and use it; what cannot be used is said below it, and what was typed stays.

    Where somebody else changed the thing meanwhile, that is said likewise, over the thing as it is then.

    Args:
        value: what stands in the field at first.

    Returns:
        What using it gave; None where it was given up.

    Raises:
        Refusal: anything else than the name was in the way.
    """
    error = ""
    while (begun := begin()) is not None:
        title, use = begun
        asked = Ask(title, label=_("Its name"), name="name", value=value, limit=limit, error=error, yes_label=yes_label)
        typed = await app.push_screen_wait(asked)
        if typed is None:
            return None
        try:
            return await use(typed)
        except Cancelled:  # nothing is wrong with the name: what it takes beside it was not given
            value, error = typed, ""
        except (Wrong, Stale) as refusal:
            value, error = typed, str(refusal)
    return None
