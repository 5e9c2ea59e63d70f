"""Backups: when the last good one was made and where, which ones there are, and one now."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from typing import ClassVar, Final

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content

from models import clock
from models.i18n import N_, _
from models.operations import backup as operations
from models.operations.backup import Made
from models.queries import backups
from models.queries.backups import Listed, Status
from models.queries.shop import zone
from models.rules.progress import Asked, Progress
from screens.base import DetailScreen
from screens.dialogs.working import Outcome, Working
from screens.sections import OWNER
from screens.widgets import words
from screens.widgets.list_view import ALWAYS, Column, ListSource, ListView, Row
from screens.widgets.said import Said

_BAD, _WARN, _GOOD = (words.MAY_NOT, "$text-error"), (words.HIGH_RISK, "$text-warning"), (words.MAY, "$text-success")

_BESIDE: Final = 4
"""Cells left and right of what is told: its padding."""

_NEVER: Final = N_("There is no backup yet.")
_LAST: Final = N_("The last good backup: {moment} ({distance}), {where}")
_OVERDUE: Final = N_("It is time for another: make one every day, onto a stick or another disk. docs/recovery.md says how.")
_FAILED: Final = N_("The last attempt, {moment}, failed: {why}")
_KEY: Final = N_(
    "The key file, without which nobody's phone codes work, is in no backup and was never copied. At the machine, onto another stick "
    "than the backups: shopstaff backup --key FILE"
)
_KEY_COPIED: Final = N_("The key file, which is in no backup, was copied.")


class BackupScreen(DetailScreen):
    """How things stand, then what lies in the data folder's `backups`."""

    CSS_PATH = "backup.tcss"
    SECTION = "shop"
    TAKES = OWNER
    ABOUT = N_(
        "Backups of the whole shop, the log included, each whole by itself. Of those in the data folder the newest of 7 days, 4 weeks and "
        "12 months stay. What breaks this machine takes them along: have them made onto a stick or another disk, too."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "make", N_("Back up now"), tooltip=N_("Makes a backup while everybody goes on working.")),
    ]

    def heading(self) -> str:
        """What this is."""
        return _("Backups")

    def compose_content(self) -> ComposeResult:
        """The words, then the list."""
        yield Said(id="status")
        yield ListView(
            Column("mark", width=1, keep=ALWAYS),
            Column("made", N_("Made"), width=16, keep=ALWAYS),
            Column("entries", N_("Entries"), width=10, align="right", keep=2),
            Column("size", N_("MiB"), width=8, align="right", keep=3),
            Column("file", N_("File"), keep=4),
            choose="",
            empty=lambda: _("No backups in the data folder: `n` makes the first."),
            id="backups",
        )

    def reload(self) -> None:
        """Look again."""
        self._tell()
        tz = zone()
        rows = [_row(each, tz) for each in self.read(backups.listing)]
        self.query_one("#backups", ListView).show(ListSource(rows))

    @on(events.Resize)
    def _tell(self) -> None:
        """Say how things stand, in lines as long as the screen is wide now."""
        with self.refusals_shown():
            told = _told(self.read(backups.status), zone(), self.app.size.width - _BESIDE)
            self.query_one("#status", Said).update(words.join(*told))

    @work(exclusive=True, group="change")
    async def action_make(self) -> None:
        """Make one now."""
        with self.refusals_shown():
            outcome: Outcome[Made] = await self.app.push_screen_wait(Working(_("Making a backup"), self._run()))
            self.reload()
            if outcome.refusal is not None:
                raise outcome.refusal
            if outcome.result is not None:
                self.query_one("#backups", ListView).select(outcome.result.file.name)
                self.toast(_("Made, and found whole: {file}").format(file=outcome.result.file.name))

    def _run(self) -> Callable[[Progress, Asked], Awaitable[Made]]:
        async def run(tell: Progress, asked: Asked) -> Made:
            return await self.ask(operations.make, progress=tell, cancelled=asked)

        return run


def _told(status: Status, tz: str, cells: int) -> list[Content]:
    """How things stand, each a mark and a sentence, whose lines begin below each other."""
    told = []
    for n, (mark, style, said) in enumerate(_lines(status, tz)):
        lines = "\n  ".join(words.wrap(said, cells - 2))
        told.append(words.plain(("\n" if n else "") + f"{mark} {lines}", style))
    return told


def _lines(status: Status, tz: str) -> Iterator[tuple[str, str, str]]:
    last = status.last
    if last is None:
        yield *_WARN, _(_NEVER)
    else:
        said = _(_LAST).format(moment=clock.minute(last.at, tz), distance=clock.distance(last.at), where=last.where)
        yield *(_WARN if status.is_overdue else _GOOD), said
    if status.failed is not None:
        yield *_BAD, _(_FAILED).format(moment=clock.minute(status.failed.at, tz), why=status.failed)
    if status.is_overdue:
        yield *_WARN, _(_OVERDUE)
    yield (*_GOOD, _(_KEY_COPIED)) if status.key_copied else (*_WARN, _(_KEY))


def _row(listed: Listed, tz: str) -> Row:
    found, name = listed.manifest, listed.file.name
    size = f"{listed.size / 1024 / 1024:,.1f}"
    if found is None:
        why = _("cannot be used")
        return Row(name, (words.plain(words.MAY_NOT, "$text-error"), words.plain(why, "$text-error"), "", size, name))
    made = clock.minute(found.made_at, tz)
    return Row(name, (words.plain(words.MAY, "$text-success"), made, f"{found.entries:,}", size, name))
