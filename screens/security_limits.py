"""From where and when somebody may sign in: addresses and working hours. The owner's to say."""

from __future__ import annotations

from typing import Final

from textual import on, work
from textual.app import ComposeResult

from models.errors import NothingChanged, Wrong
from models.i18n import N_, _, pick
from models.operations import security as operations
from models.queries import shop
from models.queries.protection import Protected
from models.rules import limits
from screens.base import scheduled
from screens.dialogs.confirm import Confirm
from screens.form_screen import FormScreen
from screens.sections import OWNER
from screens.widgets.field import Control, Field
from screens.widgets.form import Form

FIELDS: Final = ("addresses", "hours")


class LimitsScreen(FormScreen):
    """Addresses and hours of one person.

    Args:
        person: whose, with the limits that hold now.
    """

    SECTION = "security"
    TAKES = OWNER
    ABOUT = N_("From where and when a person may sign in. It counts from the next sign-in on, and never at the shop's own terminal.")

    def __init__(self, person: Protected) -> None:
        super().__init__()
        self._person = person

    def heading(self) -> str:
        """Whose."""
        return _("Limits · {name} · {login}").format(name=self._person.name, login=self._person.login)

    def compose_content(self) -> ComposeResult:
        """Two lines, as the owner would write them."""
        yield Form(
            Field("addresses", _("Addresses"), value=self._person.addresses, hint=self._addresses_hint()),
            Field("hours", _("Hours"), value=self._person.hours, hint=self._hours_hint(self._person.hours)),
        )

    def _addresses_hint(self) -> str:
        here = self.actor.address
        yours = _("You are at {address} now.").format(address=here) if here else _("You are at the machine itself now.")
        return pick(" ", "").join(
            [
                _("Empty: from anywhere. Addresses and ranges, such as 203.0.113.7, 192.168.1.0/24, 2001:db8::/48."),
                yours,
                _("At the shop's own terminal none of this counts."),
            ]
        )

    @staticmethod
    def _hours_hint(typed: str) -> str:
        try:
            kept = limits.hours("hours", typed)
        except Wrong:
            kept = ""
        if kept:
            return _("{hours}, in the time zone {zone}").format(hours=limits.said_hours(kept), zone=shop.zone())
        said = _("Empty: at any time. Days and times, such as mon-fri 09:00-18:00, sat 10:00-14:00; in the time zone {zone}.")
        return said.format(zone=shop.zone())

    @on(Control.Changed)
    def _typed(self, event: Control.Changed) -> None:
        if event.field.name == "hours":
            event.field.hint = self._hours_hint(str(event.value))

    @on(Form.Submitted)
    @work(exclusive=True, group="change")
    async def _save(self, event: Form.Submitted) -> None:
        form, name = event.form, self._person.name
        with self.refusals_shown(form):
            limits.addresses("addresses", form.text("addresses"))
            limits.hours("hours", form.text("hours"))
            lifted = any(getattr(self._person, field) and not form.text(field).strip() for field in FIELDS)
            question = _("Let {name} sign in from more places, or at more hours, than now?").format(name=name)
            if lifted and not await self.app.push_screen_wait(Confirm(question, yes_label=_("Save"))):
                return
            try:
                await self.ask(operations.limit, self._person.id, addresses=form.text("addresses"), hours=form.text("hours"))
            except NothingChanged:
                scheduled(self.dismiss(None))
                return
            self.toast(_("Saved: it counts from {name}'s next sign-in on.").format(name=name))
            scheduled(self.dismiss(None))
