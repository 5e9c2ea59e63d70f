"""Onboarding many from a file: which file."""

from __future__ import annotations

from typing import ClassVar, Final

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from models import clock
from models.i18n import N_, _
from models.queries import importing, inbox, shop
from models.rules.roster import COLUMNS, REQUIRED
from screens.base import DetailScreen, scheduled
from screens.import_staff_check import ImportCheckScreen
from screens.widgets import words
from screens.widgets.list_view import ALWAYS, Column, ListSource, ListView, Row

KILO: Final = 1000


class ImportScreen(DetailScreen):
    """The files in the inbox; one of them is checked next, or rows that are pasted."""

    CSS_PATH = "import_staff.tcss"
    AUTO_FOCUS = "#files"
    SECTION = "staff"
    TAKES = "staff.manage"
    ABOUT = N_("Onboards many people from a CSV file. Every row is checked first; nothing is imported before you have said so.")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("v", "paste", N_("Paste"), tooltip=N_("Paste the rows instead of choosing a file")),
        Binding("r", "refresh", N_("Look again"), tooltip=N_("Read again what lies in the inbox")),
    ]

    def heading(self) -> str:
        """What this is."""
        return _("Import staff · 1 of 2 · Choose a file")

    def compose_content(self) -> ComposeResult:
        """Where files go, what they hold, and the files."""
        yield Static(id="about")
        yield ListView(
            Column("name", N_("File"), keep=ALWAYS),
            Column("size", N_("Size"), width=9, align="right", keep=4),
            Column("changed", N_("Changed"), width=16, keep=3),
            choose=N_("Check"),
            empty=lambda: _("There is no CSV file in the inbox: `v` pastes rows, `r` looks again."),
            id="files",
        )

    def reload(self) -> None:
        """Look into the inbox again."""
        zone = shop.zone()
        rows = [Row(file.name, (file.name, size(file.size), clock.minute(file.changed_at, zone))) for file in self.read(inbox.files)]
        said = _("Put a CSV file into {folder}\nIts first line names the columns: {columns}\nOf these it has to have {required}.").format(
            folder=inbox.folder(), columns=", ".join(COLUMNS), required=", ".join(REQUIRED)
        )
        self.query_one("#about", Static).update(words.plain(said, "$text-muted"))
        self.query_one("#files", ListView).show(ListSource(rows))

    def action_refresh(self) -> None:
        """Look into the inbox again."""
        with self.refusals_shown():
            self.reload()

    @on(ListView.Chosen, "#files")
    @work(exclusive=True, group="change")
    async def _chosen(self, event: ListView.Chosen) -> None:
        with self.refusals_shown():
            name = str(event.key)
            roster, examination = await self.ask(importing.look, await self.ask(inbox.read, name))
            scheduled(self.app.push_screen(ImportCheckScreen(name, roster, examination), self._imported))

    def action_paste(self) -> None:
        """Paste rows."""
        from screens.import_staff_paste import ImportPasteScreen  # here, because what one types many lines into takes time to read

        scheduled(self.app.push_screen(ImportPasteScreen(), self._imported))

    def _imported(self, done: object) -> None:
        """Once the rows are imported there is nothing left to do here."""
        if done:
            scheduled(self.dismiss(True))


def size(count: int) -> str:
    """So many bytes, as people say it."""
    if count < KILO:
        return f"{count} B"
    return f"{count / KILO:.1f} kB" if count < KILO * KILO else f"{count / KILO / KILO:.1f} MB"
