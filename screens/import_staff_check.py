"""Onboarding many from a file: every row, what it would give or what is wrong with it; then the import, and what became of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import Static

from models.errors import RowsRefused, Stale
from models.i18n import N_, _, ngettext
from models.operations import importing as operations
from models.operations.importing import Delivered
from models.queries import importing
from models.queries.importing import Examination
from models.rules.roster import Roster
from screens import seat_words
from screens.base import DetailScreen, scheduled
from screens.dialogs.confirm import Confirm
from screens.dialogs.tell import Tell
from screens.dialogs.working import Outcome, Working
from screens.import_staff_rows import COLUMNS, FileSource, counts, departments, some, told
from screens.widgets import words
from screens.widgets.list_view import ListView


class ImportCheckScreen(DetailScreen):
    """Every row of a file before anything is imported. Answers True once it was.

    Args:
        name: the file's; data is safe in it.
        roster: what is in it.
        examination: what the shop says to it.
    """

    CSS_PATH = "import_staff.tcss"
    AUTO_FOCUS = "#rows"
    SECTION = "staff"
    TAKES = "staff.manage"
    ABOUT = N_("Every row of the file: ✓ can be imported, ✗ cannot, and why. i imports those that can, all at once or none.")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("i", "import", N_("Import"), tooltip=N_("Onboard everybody whose row can be used")),
        Binding("b", "bad_only", N_("Problems"), tooltip=N_("Show only the rows that cannot be used, or all")),
    ]
    NEEDS: ClassVar[dict[str, str]] = {"import": importing.PERMISSION}

    def __init__(self, name: str, roster: Roster, examination: Examination) -> None:
        super().__init__()
        self._file = name
        self._roster = roster
        self._examination = examination
        self._bad_only = False

    def heading(self) -> str:
        """Which file."""
        return _("Import staff · 2 of 2 · Check {file}").format(file=self._file)

    def compose_content(self) -> ComposeResult:
        """The sum, the rows, and everything about the row under the cursor."""
        yield Static(id="counts")
        yield ListView(*COLUMNS, choose=N_("Row"), empty=lambda: _("No row has a problem: `b` shows all."), id="rows")
        yield Static(id="problems")

    @property
    def rows(self) -> ListView:
        """The list."""
        return self.query_one("#rows", ListView)

    def reload(self) -> None:
        """Show what is known of the file."""
        first, *others = counts(self._examination, self._roster)
        lines = words.join(words.plain(first, "bold"), *(words.plain(f"\n{line}", "$text-muted") for line in others))
        full = seat_words.full_for(self)
        if full:
            lines = words.join(words.plain(f"{words.MAY_NOT} {full}\n", "$text-error"), lines)
        self.query_one("#counts", Static).update(lines)
        self.rows.show(FileSource(self._examination, bad_only=self._bad_only))
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Nothing can be imported where no row is good."""
        if action == "import" and not self._examination.good:
            return None if super().check_action(action, parameters) else False
        if action == "bad_only":
            return bool(self._examination.bad)
        return super().check_action(action, parameters)

    def action_bad_only(self) -> None:
        """Show only the rows with problems, or all."""
        self._bad_only = not self._bad_only
        self.reload()

    @on(ListView.CursorMoved, "#rows")
    def _moved(self, event: ListView.CursorMoved) -> None:
        problems = self._examination.rows[int(event.key)].row.problems if event.key is not None else []
        self.query_one("#problems", Static).update(words.plain("\n".join(some(problems)), "$text-error"))

    @on(ListView.Chosen, "#rows")
    def _chosen(self, event: ListView.Chosen) -> None:
        row = self._examination.rows[int(event.key)].row
        cells = [f"{column}: {cell[:400]}" for column, cell in row.raw.items() if cell.strip()]
        lines = [f"{words.MAY_NOT} {told(problem)}" for problem in row.problems]
        scheduled(self.app.push_screen(Tell(_("Line {line}").format(line=row.line), lines + cells)))

    @work(group="change")
    async def action_import(self) -> None:
        """Import the good rows, if the person goes on without the others."""
        if not await self.app.push_screen_wait(self._question()):
            return
        title = ngettext("Importing {n:,} person", "Importing {n:,} people", self._examination.good).format(n=self._examination.good)
        outcome: Outcome[Delivered] = await self.app.push_screen_wait(Working(title, self._run))
        with self.refusals_shown():
            if outcome.refusal is not None:
                if isinstance(outcome.refusal, RowsRefused | Stale):
                    await self._look_again()
                raise outcome.refusal
            if outcome.result is not None:
                scheduled(self.app.push_screen(ImportedScreen(outcome.result), lambda _closed: scheduled(self.dismiss(True))))

    async def _run(self, tell: Callable[[int, int], object], asked: Callable[[], bool]) -> Delivered:
        seen = self._examination
        return await self.ask(operations.run_into_outbox, self._roster, skip_bad=bool(seen.bad), seen=seen, progress=tell, cancelled=asked)

    async def _look_again(self) -> None:
        """Something changed since the rows were judged."""
        self._examination = await self.ask(importing.examine, self._roster)
        self.reload()

    def _question(self) -> Confirm:
        examination = self._examination
        lines = []
        if examination.bad:
            left_out = ngettext(
                "{n:,} row is left out. A file in the outbox says why.",
                "{n:,} rows are left out. A file in the outbox says why.",
                examination.bad,
            )
            lines.append(left_out.format(n=examination.bad))
        if examination.departments:
            lines.append(departments(examination))
        lines.append(_("Everybody’s activation code goes into a file in the outbox, once."))
        question = ngettext("Import {n:,} person?", "Import {n:,} people?", examination.good).format(n=examination.good)
        return Confirm(question, yes_label=_("Import"), detail=lines)


class ImportedScreen(DetailScreen):
    """What became of an import, and where its files are.

    Args:
        delivered: what became of it.
    """

    CSS_PATH = "import_staff.tcss"
    AUTO_FOCUS = "#done"
    SECTION = "staff"
    ABOUT = N_("What was imported, and where the files are.")

    def __init__(self, delivered: Delivered) -> None:
        super().__init__()
        self._delivered = delivered

    def heading(self) -> str:
        """What this is."""
        return _("Import staff · Done")

    def compose_content(self) -> ComposeResult:
        """The sum, and the files."""
        with VerticalScroll(id="done"):
            yield Static(words.plain("\n".join(self._lines())))

    def _lines(self) -> list[str]:
        imported, codes, rejects = self._delivered
        count = len(imported.codes)
        lines = [f"{words.MAY} " + ngettext("{n:,} person was onboarded.", "{n:,} people were onboarded.", count).format(n=count)]
        if imported.departments:
            added = ngettext("{n:,} department was added.", "{n:,} departments were added.", imported.departments)
            lines.append(f"{words.MAY} " + added.format(n=imported.departments))
        lines += ["", _("Activation codes: {file}").format(file=codes.name)]
        if rejects is not None:
            left_out = ngettext("{n:,} row left out: {file}", "{n:,} rows left out: {file}", len(imported.rejected))
            lines.append(left_out.format(n=len(imported.rejected), file=rejects.name))
        lines += [_("in {folder}").format(folder=codes.parent), ""]
        lines.append(_("The codes stand in that file and nowhere else. Hand each to its person, then delete the file."))
        if rejects is not None:
            lines.append(_("Correct the rows that were left out, put the file into the inbox, and import it."))
        return lines
