"""The audit log: every act has a name, the newest first."""

from __future__ import annotations

from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from models.i18n import N_, _
from screens.audit_list import EntriesScreen
from screens.audit_ways import VIEW
from screens.base import scheduled
from screens.sections import load
from screens.widgets import words
from screens.widgets.said import Said

ALL: Final = "audit.view.all"
"""The permission without which the log is seen in part, and cannot be verified."""


class AuditScreen(EntriesScreen):
    """Everything that was done, as far as one may see it."""

    SECTION = "audit"
    TAKES = VIEW
    ABOUT = N_("Who did what and when, the newest first. ▲ marks what is high-risk. Nobody can change or delete an entry.")
    NEEDS: ClassVar[dict[str, str]] = {**EntriesScreen.NEEDS, "verify": ALL, "review": ALL}
    WAYS: ClassVar[tuple[Binding, ...]] = (
        Binding("w", "signed_in", N_("Who is in"), show=False, tooltip=N_("Show who is signed in now; end a session")),
        Binding("h", "high_risk", N_("High-risk"), show=False, tooltip=N_("Show the high-risk acts of the last 30 days, day by day")),
        Binding("r", "review", N_("Review"), show=False, tooltip=N_("Go through who can do what; confirm it, or take it away")),
        Binding("v", "verify", N_("Verify"), show=False, tooltip=N_("Find out whether every entry is as it was written")),
    )
    BINDINGS: ClassVar[list[BindingType]] = [*WAYS]

    def compose_content(self) -> ComposeResult:
        """Where one goes from here, above the list: the line at the bottom has no room for it on a small terminal."""
        yield Said(id="ways")
        yield from super().compose_content()

    def fetch(self) -> None:
        """Read the log, and what one may do beside reading it."""
        super().fetch()
        open_to = [f"{way.key} {_(way.description)}" for way in self.WAYS if self.check_action(way.action, ())]
        self.query_one("#ways", Said).update(words.plain("   ".join(open_to)))

    def action_verify(self) -> None:
        """Find out whether every entry is as it was written."""
        scheduled(self.app.push_screen(load("screens.verify_log:VerifyLogScreen")()))

    def action_high_risk(self) -> None:
        """Show the high-risk acts."""
        scheduled(self.app.push_screen(load("screens.high_risk:HighRiskScreen")()))

    def action_signed_in(self) -> None:
        """Show who is signed in now."""
        scheduled(self.app.push_screen(load("screens.signed_in:SignedInScreen")()))

    def action_review(self) -> None:
        """Go through who can do what."""
        scheduled(self.app.push_screen(load("screens.review:ReviewScreen")()))
