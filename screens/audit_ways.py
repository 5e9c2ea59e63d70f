"""Ways into the log from elsewhere: the history of a thing, and what a person did. Read when they are needed."""

from __future__ import annotations

from typing import Any, Final

from textual.binding import Binding
from textual.screen import Screen

from models.i18n import N_
from models.queries.audit import Wanted
from screens.sections import load

VIEW: Final = "audit.view"
"""The permission without which nobody sees what others did."""

_SCREEN: Final = "screens.audit_of:EntriesOfScreen"


def history_key(key: str = "o", *, show: bool = True) -> Binding:
    """The key that shows the history of what is looked at; its action is `history`, which takes `VIEW`."""
    return Binding(key, "history", N_("History"), tooltip=N_("Show what was done to it, by whom and when"), show=show)


def of_thing(kind: str, thing_id: int, label: str) -> Screen[Any]:
    """All that was done to one thing.

    Args:
        kind: "staff", "role", "department", … as entries have it.
        label: what it is called; data is safe in it.
    """
    made: Any = load(_SCREEN)
    found: Screen[Any] = made(Wanted(kind=kind, thing_id=thing_id), label)
    return found


def by_person(login: str, called: str) -> Screen[Any]:
    """All that one person, or the operator at the machine, did.

    Args:
        called: the person's name; data is safe in it.
    """
    made: Any = load(_SCREEN)
    found: Screen[Any] = made(Wanted(by=login), called)
    return found
