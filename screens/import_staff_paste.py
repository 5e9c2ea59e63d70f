"""Pasting the rows of people to onboard."""

from __future__ import annotations

from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static, TextArea

from models.errors import Wrong
from models.i18n import N_, _
from models.queries import importing
from models.rules.roster import COLUMNS
from screens.base import DetailScreen, scheduled
from screens.import_staff_check import ImportCheckScreen
from screens.widgets import words


class ImportPasteScreen(DetailScreen):
    """A field of many lines, checked where it stands: what is wrong with it loses nothing. Answers True once the rows are imported."""

    CSS_PATH = "import_staff.tcss"
    AUTO_FOCUS = "TextArea"
    SECTION = "staff"
    TAKES = "staff.manage"
    ABOUT = N_("Paste the rows of a CSV file or of a spreadsheet; the first line names the columns.")
    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+s", "check", N_("Check"), priority=True)]

    def heading(self) -> str:
        """What this is."""
        return _("Import staff · 1 of 2 · Paste rows")

    def compose_content(self) -> ComposeResult:
        """What the first line has to say, the field, and what is wrong."""
        yield Static(words.plain(",".join(COLUMNS), "$text-muted"), id="about")
        field = TextArea(soft_wrap=False, tab_behavior="focus", show_line_numbers=False)
        field.cursor_blink = False
        yield field
        yield Static(id="wrong")

    def would_lose(self) -> str:
        """What was pasted."""
        return _("Discard what was pasted?") if self.query_one(TextArea).text.strip() else ""

    @work(exclusive=True, group="change")
    async def action_check(self) -> None:
        """Show the rows."""
        line = self.query_one("#wrong", Static)
        line.update("")
        with self.refusals_shown():
            try:
                roster, examination = await self.ask(importing.look, self.query_one(TextArea).text.encode("utf-8", "replace"))
            except Wrong as wrong:
                line.update(words.plain(f"{words.MAY_NOT} {wrong}"))
                return
            scheduled(self.app.push_screen(ImportCheckScreen(_("what was pasted"), roster, examination), self._imported))

    def _imported(self, done: object) -> None:
        """Once the rows are imported there is nothing left to do here."""
        if done:
            scheduled(self.dismiss(True))
