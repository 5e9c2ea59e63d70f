"""The audit log: every act has a name, the newest first."""

from __future__ import annotations

from typing import ClassVar, Final

from textual.binding import Binding, BindingType

from models.i18n import N_
from screens.audit_list import EntriesScreen
from screens.audit_ways import VIEW
from screens.base import scheduled
from screens.sections import load

ALL: Final = "audit.view.all"
"""The permission without which the log is seen in part, and cannot be verified."""


class AuditScreen(EntriesScreen):
    """Everything that was done, as far as one may see it."""

    SECTION = "audit"
    TAKES = VIEW
    ABOUT = N_("Who did what and when, the newest first. ▲ marks what is high-risk. Nobody can change or delete an entry.")
    NEEDS: ClassVar[dict[str, str]] = {**EntriesScreen.NEEDS, "verify": ALL, "review": ALL}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("w", "signed_in", N_("Who is in"), tooltip=N_("Show who is signed in now; end a session")),
        Binding("v", "verify", N_("Verify"), tooltip=N_("Find out whether every entry is as it was written")),
        Binding("r", "review", N_("Review"), tooltip=N_("Go through who can do what; confirm it, or take it away")),
        Binding("h", "high_risk", N_("High-risk"), tooltip=N_("Show the high-risk acts of the last 30 days, day by day")),
    ]

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
