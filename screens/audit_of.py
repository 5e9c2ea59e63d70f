"""The log of one thing, or of one person: a list like the whole one, opened from wherever the thing or the person is shown."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType

from models.i18n import N_, _
from models.queries.audit import Wanted
from screens.audit_list import EntriesScreen
from screens.base import DetailScreen


class EntriesOfScreen(EntriesScreen, DetailScreen):
    """Entries about one thing, or by one person.

    Args:
        base: the thing, or who acted.
        called: what it, or the person, is called.
    """

    SECTION = "audit"
    ABOUT = N_("What was done to one thing, or by one person, the newest first, as far as you may see it.")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "clear", N_("Clear"), tooltip=N_("Take away what was searched for, or filtered")),
        Binding("escape", "back", N_("Back")),
    ]

    def __init__(self, base: Wanted, called: str) -> None:
        super().__init__(base)
        self._called = called

    @property
    def _is_own(self) -> bool:
        actor = self.desk.actor
        return actor is not None and self.base.by == actor.name

    def heading(self) -> str:
        """What it is about."""
        if self._is_own:
            return _("What you did")
        if self.base.by:
            return _("What {name} did").format(name=self._called)
        return _("History · {name}").format(name=self._called)

    def about(self) -> str:
        """How much of it the reader sees."""
        if self._is_own:
            return _("All of it")
        return {"all": _("All of it"), "department": _("As far as your department and below did it")}.get(self.reach, _("What you did"))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Esc goes back when there is nothing left to clear."""
        if action == "back" and super().check_action("clear", ()):
            return False
        return super().check_action(action, parameters)
