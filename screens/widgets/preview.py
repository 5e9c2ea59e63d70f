"""What somebody will be able to do: the list that is confirmed before it is made so."""

from __future__ import annotations

from typing import Final

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Static

from models.i18n import N_, _
from models.queries import shop
from models.queries.access import Preview
from screens.preview_rows import facts, summary
from screens.separation_words import clash_words
from screens.widgets import words
from screens.widgets.fact_list import FactList
from screens.widgets.list_view import ListView

_MORE: Final = N_("More below. What is not shown to the end cannot be confirmed.")


class PreviewList(Widget):
    """Everything that somebody will be able to do, area by area: where it comes from, what the post cuts, what is high-risk.

    Of a change it shows the difference: what is gained, lost, and stays. Whoever confirms it has seen its end: `ShownToTheEnd` says when.
    What brings together two permissions that are kept apart cannot be confirmed: its end is never shown.

    Args:
        beside: what else is confirmed with it, said above the list; nothing where it is empty.
    """

    DEFAULT_CSS = """
    PreviewList { height: 1fr; width: 1fr; layout: vertical; }
    PreviewList > Static { height: auto; width: 100%; padding: 0 1; }
    PreviewList > .clashes { max-height: 8; }
    PreviewList > .more { height: 1; }
    """

    class ShownToTheEnd(Message):
        """The last line of what is shown has been in view; once for each `show`.

        Attributes:
            preview: what was shown.
        """

        def __init__(self, preview: Preview) -> None:
            super().__init__()
            self.preview: Final = preview

    def __init__(self, beside: Content | None = None, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._summary = Static("")
        self._beside = Static(beside or "", classes="beside")
        self._beside.display = bool(beside)
        self._clashes = Static("", classes="clashes")
        self._clashes.display = False
        self._lines = FactList(empty=lambda: _("Nothing but what everybody may: their own profile, access, security and entries."))
        self._more = Static("", classes="more")
        self._shown: tuple[Preview, bool] | None = None
        self._ended = False

    def compose(self) -> ComposeResult:
        """The sum, the lines, and whether there are more."""
        yield self._summary
        yield self._beside
        yield self._clashes
        yield self._lines
        yield self._more

    @property
    def lines(self) -> ListView:
        """The lines, to give them the focus."""
        return self._lines

    @property
    def preview(self) -> Preview | None:
        """What is shown."""
        return self._shown[0] if self._shown else None

    @property
    def shown_to_the_end(self) -> bool:
        """Whether the end of what is shown has been in view."""
        return self._ended

    def show(self, preview: Preview, *, newcomer: bool) -> None:
        """Show what somebody will be able to do, from the beginning; its end has to be shown anew.

        Args:
            newcomer: whether they could do nothing before, so that there is no difference to show.
        """
        self._shown = (preview, newcomer)
        self._ended = False
        self._summary.update(summary(preview, newcomer=newcomer))
        said = N_("This cannot be confirmed: esc goes back.") if preview.barred else _MORE
        self._more.update(words.plain(_(said), "$text-warning"))
        self._clashes.update(clash_words(preview.clashes, shop.zone()))
        self._clashes.display = bool(preview.clashes)
        self._lines.show_facts(facts(preview, newcomer=newcomer, zone=shop.zone()))
        self._lines.action_edge(-1)

    @on(ListView.CursorMoved)
    def _moved(self, event: ListView.CursorMoved) -> None:
        event.stop()
        if self._shown is not None and not self._shown[0].barred and not self._ended and self._lines.shows_end:
            self._ended = True
            self._more.update("")
            self.post_message(self.ShownToTheEnd(self._shown[0]))
