"""What somebody will be able to do: the list that is confirmed before it is made so."""

from __future__ import annotations

from typing import Final

from textual import events, on
from textual.app import ComposeResult
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Static

from models.i18n import N_, _
from models.queries import shop
from models.queries.access import Preview
from screens.preview_rows import rows, summary
from screens.widgets.list_view import ALWAYS, Column, ListSource, ListView


class _Lines(ListView):
    """The lines of a preview. Where the last column is narrow its words go on below, so nothing that is confirmed is cut off."""

    def __init__(self) -> None:
        super().__init__(
            Column("mark", width=2, keep=ALWAYS),
            Column("permission", N_("Permission"), keep=ALWAYS, least=20),
            Column("risk", width=1, keep=6),
            Column("source", N_("Where from"), keep=ALWAYS, least=24, flex=2),
            header=False,
            choose="",
            empty=lambda: _("Nothing but what everybody may: their own profile, access, security and entries."),
        )

    def on_resize(self, event: events.Resize) -> None:
        """Lay the words out for the new width."""
        event.prevent_default()  # the handler of the base class, which is called here because it has to come first
        super().on_resize(event)
        self.post_message(PreviewList.Resized())

    @property
    def cells(self) -> int:
        """How wide the last column is; 0 while it is not known."""
        return dict(self._widths).get(3, 0)

    @property
    def shows_end(self) -> bool:
        """Whether the last line is in view."""
        return self.size.height > 0 and self._rows.top + self._rows.page >= self.count


class PreviewList(Widget):
    """Everything that somebody will be able to do, area by area: where it comes from, what the post cuts, what is high-risk.

    Of a change it shows the difference: what is gained, lost, and stays. Whoever confirms it has seen its end: `ShownToTheEnd` says when.
    """

    DEFAULT_CSS = """
    PreviewList { height: 1fr; width: 1fr; layout: vertical; }
    PreviewList > Static { height: auto; width: 100%; padding: 0 1; }
    """

    class ShownToTheEnd(Message):
        """The last line of what is shown has been in view; once for each `show`.

        Attributes:
            preview: what was shown.
        """

        def __init__(self, preview: Preview) -> None:
            super().__init__()
            self.preview: Final = preview

    class Resized(Message):
        """There is another width to lay the lines out for."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._summary = Static("")
        self._lines = _Lines()
        self._shown: tuple[Preview, bool] | None = None
        self._ended = False

    def compose(self) -> ComposeResult:
        """The sum, and the lines."""
        yield self._summary
        yield self._lines

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
        self._lay_out()
        self._lines.action_edge(-1)

    @on(Resized)
    def _lay_out(self) -> None:
        if self._shown is None or not self._lines.cells:
            return
        preview, newcomer = self._shown
        self._lines.show(ListSource(rows(preview, newcomer=newcomer, zone=shop.zone(), cells=self._lines.cells)))

    @on(ListView.CursorMoved)
    def _moved(self, event: ListView.CursorMoved) -> None:
        event.stop()
        if self._shown is not None and not self._ended and self._lines.cells and self._lines.shows_end:
            self._ended = True
            self.post_message(self.ShownToTheEnd(self._shown[0]))
