"""What the conversations and what was found in them have in common beside the reader: the line above, in which one looks for words."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType

from screens.chat_desk import ChatDesk
from screens.widgets.entry import Entry


class SearchingDesk(ChatDesk):
    """A desk with an `Entry` named "search" above its list."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("down", "leave_search", show=False)]

    @property
    def search_line(self) -> Entry:
        """Where words are typed."""
        return self.query_one("#search", Entry)

    def action_search(self) -> None:
        """Type what to look for."""
        self.remove_class("-reading")
        self.search_line.focus()

    def action_leave_search(self) -> None:
        """From the search to the list."""
        self.list.focus()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what does something now."""
        if self.is_mounted and action == "leave_search":
            return self.search_line.has_focus
        return super().check_action(action, parameters)
