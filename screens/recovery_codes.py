"""One's recovery codes: shown once, and in force once one of them was typed back."""

from __future__ import annotations

from typing import Final

from textual import events, on, work
from textual.app import ComposeResult
from textual.widgets import Static

from models.errors import DataUnusable, Invalid, SessionEnded, SessionLocked, ShopstaffError, SignInLocked, WrongProof
from models.i18n import N_, _
from models.operations import recovery
from models.rules import codes
from screens.base import DetailScreen, scheduled
from screens.dialogs.confirm import Confirm
from screens.widgets import words
from screens.widgets.field import Control, Field
from screens.widgets.form import Form
from screens.widgets.said import Said
from screens.widgets.verdict import Verdict

GAP: Final = 4
"""Cells between two columns of codes."""


class RecoveryCodesScreen(DetailScreen):
    """Makes new codes, and has one typed back so that they were written down. Answers whether they are in force.

    There is no way to put them into a file: the machine's disk is the one place where whoever steals the machine finds them.
    """

    ABOUT = N_(
        "In place of your phone, when it is lost or broken, each of these codes signs you in once. Keep them on paper, away from the phone "
        "and from this machine."
    )
    CSS_PATH = "entry.tcss"

    def __init__(self) -> None:
        super().__init__()
        self._made: tuple[str, ...] = ()
        self._busy = False

    def heading(self) -> str:
        """What this is."""
        return _("Your recovery codes")

    def compose_content(self) -> ComposeResult:
        """What they are for, the codes, and the field for one of them."""
        yield Static(
            words.plain(_("Write these down now: they are shown this once. Without your phone, each signs you in once.")), classes="said"
        )
        yield Said(classes="codes")
        yield Static(words.plain(_("They count once you have typed one of them here, read off your paper; it stays good.")), classes="said")
        yield Form(Field("code", _("One of them")), submit=N_("Done"))
        yield Verdict()

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes that are shown; none before they are made, or after one was typed back."""
        return self._made

    @property
    def form(self) -> Form:
        """The field for the code."""
        return self.query_one(Form)

    @property
    def verdict(self) -> Verdict:
        """The line below it."""
        return self.query_one(Verdict)

    def on_mount(self) -> None:
        """Make the codes, and type at once."""
        self.form.controls[0].focus_control()
        self._make()

    async def recompose(self) -> None:
        """In another language, with the same codes."""
        await super().recompose()
        self._show_codes()
        self.form.controls[0].focus_control()

    def on_resize(self, event: events.Resize) -> None:
        """In two columns where there is room."""
        self._show_codes(event.size.width)

    def _show_codes(self, width: int = 0) -> None:
        room = (width or self.size.width) - 2
        numbered = [f"{number}  {code}" for number, code in enumerate(self._made, 1)]
        if numbered and 2 * words.width(numbered[0]) + GAP <= room:
            half = (len(numbered) + 1) // 2
            right = [*numbered[half:], *[""] * (2 * half - len(numbered))]
            numbered = [f"{one}{' ' * GAP}{other}".rstrip() for one, other in zip(numbered[:half], right, strict=True)]
        self.query_one(".codes", Said).update(words.plain("\n".join(numbered), "bold"))

    @work(group="change")
    async def _make(self) -> None:
        self._busy = True
        try:
            with self.refusals_shown():
                try:
                    self._made = await self.ask(recovery.make)
                except (SessionEnded, SessionLocked):
                    raise
                except ShopstaffError:
                    scheduled(self.dismiss(False))
                    raise
                self._show_codes()
        finally:
            self._busy = False

    @on(Control.Changed)
    def _typed(self, event: Control.Changed) -> None:
        if event.value and not self._busy:
            self.verdict.clear()

    @on(Form.Submitted)
    def _submitted(self) -> None:
        code = self.form.text("code")
        if self._busy:
            return
        if not self._made:
            self._make()
            return
        if not code.strip():
            return
        if not codes.normalised(code):
            wrong = Invalid("code", N_("A recovery code has {length} letters and digits; this has another form."), length=codes.LENGTH)
            self.form.show(wrong)
            return
        self.form.controls[0].value = ""
        self._busy = True
        self._keep(code)

    @work(group="change", description="code")  # without one, it would be the arguments: the code
    async def _keep(self, code: str) -> None:
        self.verdict.wait(_("Looking …"))
        try:
            with self.refusals_shown():
                try:
                    await self.ask(recovery.keep, code)
                except WrongProof:
                    self.verdict.refuse(_("That is none of these codes. Look at what you wrote down."))
                except (SignInLocked, DataUnusable) as refused:
                    self.verdict.refuse(str(refused))
                else:
                    self._made = ()
                    self.toast(_("Your recovery codes count from now on."))
                    scheduled(self.dismiss(True))
        finally:
            self._busy = False

    def would_lose(self) -> str:
        """The codes."""
        return _("Leave without typing one back? Then none of these codes counts, and they are not shown again.") if self._made else ""

    @work(exclusive=True, group="dialog")
    async def action_back(self) -> None:
        """Do without these codes; asks."""
        if self._busy:
            return
        lost = self.would_lose()
        if not lost or await self.app.push_screen_wait(Confirm(lost, yes_label=_("Leave"))):
            scheduled(self.dismiss(False))
