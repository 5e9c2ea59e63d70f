"""Verifying the log: whether every entry is as it was written, and whether it still has a past that somebody wrote down."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import ClassVar, Final

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content

from models.i18n import N_, _, ngettext
from models.operations import log
from models.queries import chain, damage, shop
from models.queries.chain import PERMISSION, Report
from models.queries.chain_words import answer, holds, known, whole
from screens.base import DetailScreen
from screens.dialogs.working import Outcome, Working
from screens.widgets import words
from screens.widgets.field import Field
from screens.widgets.form import Form
from screens.widgets.said import Said

FIELD: Final = "code"
"""The field of an older code, as models call it."""

_ABOUT: Final = N_(
    "Each entry carries a hash over itself and the entry before it, so that nothing can be changed, taken out, put in or moved without "
    "being found. Verifying reads them all."
)
_BLIND: Final = N_(
    "What it cannot see: whoever has this machine can write everything anew, what is kept beside it included. So write the code down from "
    "time to time, and keep it elsewhere."
)
_ACCEPT: Final = N_("Nothing can be changed until the operator at the machine goes on with it: “shopstaff audit accept”.")
_OWN: Final = N_("It agrees with what was kept of it beside the database.")


class VerifyLogScreen(DetailScreen):
    """What was found, the code to write down, and a field for one that was."""

    CSS_PATH = "verify_log.tcss"
    SECTION = "audit"
    TAKES = PERMISSION
    ABOUT = N_(
        "Whether every entry of the log is as it was written. Enter verifies; a code that you wrote down is compared, if you type it."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("pageup", "page(-1)", show=False),
        Binding("pagedown", "page(1)", show=False),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._report: Report | None = None

    def heading(self) -> str:
        """What this is."""
        return _("Verify the log")

    def compose_content(self) -> ComposeResult:
        """The words, then the field."""
        with VerticalScroll(id="told", can_focus=False):
            yield Said(id="result")
        yield Form(
            Field(FIELD, _("Older code"), hint=_("If you have one: does the log still have that past?"), limit=40),
            submit=N_("Verify"),
        )

    def reload(self) -> None:
        """Say what is known now."""
        self.query_one("#result", Said).update(words.join(*self._lines()))

    def action_page(self, pages: int) -> None:
        """Scroll what is said."""
        told = self.query_one("#told", VerticalScroll)
        told.scroll_relative(y=pages * max(1, told.size.height - 1), animate=False)

    @on(Form.Submitted)
    @work(exclusive=True, group="change")
    async def _verify(self, event: Form.Submitted) -> None:
        code = event.form.text(FIELD)
        with self.refusals_shown(event.form):
            chain.check_code(code)
            outcome: Outcome[Report] = await self.app.push_screen_wait(Working(_("Verifying the log"), self._run(code)))
            if outcome.refusal is not None:
                raise outcome.refusal
            self._report = outcome.result
            self.reload()
            self.query_one("#told", VerticalScroll).scroll_home(animate=False)

    def _run(self, code: str) -> Callable[[Callable[[int, int], object], Callable[[], bool]], Awaitable[Report]]:
        async def run(tell: Callable[[int, int], object], asked: Callable[[], bool]) -> Report:
            return await self.ask(log.verify, progress=tell, cancelled=asked, code=code)

        return run

    # ---- words

    def _lines(self) -> list[Content]:
        head = chain.head()
        if self._report is not None:
            lines = self._found(self._report)
        else:
            lines = [words.plain(_(_ABOUT)), *(words.plain(f"\n\n{words.MAY_NOT} {each}", "$text-error") for each in damage.known().found)]
        if damage.is_damaged():
            lines.append(words.plain(f"\n\n{_(_ACCEPT)}", "$text-error"))
        if head is not None:
            said = ngettext("The code of the log now, of {n:,} entry:", "The code of the log now, of {n:,} entries:", head.number)
            lines += [words.plain(f"\n\n{said.format(n=head.number)}\n"), words.plain(head.code, "bold $accent")]
        return [*lines, words.plain(f"\n\n{_(_BLIND)}", "$text-muted")]

    def _found(self, report: Report) -> list[Content]:
        """What verifying came to: a mark, a style and a sentence each."""
        tz = shop.zone()
        bad, good = (words.MAY_NOT, "$text-error"), (words.MAY, "$text-success")
        said = [(*bad, str(each)) for each in report.new]
        if report.untold:
            more = ngettext("{n:,} more place is damaged.", "{n:,} more places are damaged.", report.untold)
            said.append((*bad, more.format(n=report.untold)))
        said += [(words.HIGH_RISK, "$text-warning", known(each, tz)) for each in report.known]
        if not report.new and not report.known:
            said.append((*good, whole(report)))
        if report.anchors and not report.new:
            said.append((*good, _(_OWN)))
        if report.asked is not None:
            said.append((*(good if holds(report) else bad), answer(report)))
        return [words.plain(f"{mark} {sentence}\n", style) for mark, style, sentence in said]
