"""The security policy: what the owner asks of every account."""

from __future__ import annotations

from typing import Final

from textual import on, work
from textual.app import ComposeResult

from models.errors import Invalid, NothingChanged, Stale
from models.i18n import N_, _
from models.operations import policy as operations
from models.queries import posture, security
from models.queries.posture import Reach
from models.rules.policy import BOUNDS, Policy, checked
from models.text import half_width
from screens import policy_words
from screens.base import scheduled
from screens.dialogs.confirm import Confirm
from screens.form_screen import FormScreen
from screens.sections import OWNER
from screens.widgets.field import Choice, Control, Field, TickBox
from screens.widgets.form import Form

_DIGITS: Final = 4
"""The most characters of a number."""


class PolicyScreen(FormScreen):
    """Changes the policy. Before less is asked, or somebody is shut out, it says so and asks.

    Args:
        reach: whom a change would meet.
    """

    SECTION = "shop"
    TAKES = OWNER
    ABOUT = N_("What every account must do. Times apply at once, also to open sessions; the rest from the next sign-in.")

    def __init__(self, reach: Reach) -> None:
        super().__init__()
        self._version, self._policy = security.policy()
        self._reach = reach

    def heading(self) -> str:
        """What it is."""
        return _("Security policy")

    def compose_content(self) -> ComposeResult:
        """Every line of it, with what it means."""
        before, reach = self._policy, self._reach
        yield Form(
            Choice(
                "totp",
                _(policy_words.LABELS["totp"]),
                policy_words.totp_options,
                value=before.totp,
                hint=policy_words.totp_hint(before.totp, reach),
            ),
            TickBox(
                "device_required",
                _(policy_words.LABELS["device_required"]),
                value=before.device_required,
                hint=policy_words.device_hint(reach, required=before.device_required),
            ),
            *(
                Field(field, _(policy_words.LABELS[field]), value=str(getattr(before, field)), hint=policy_words.hint(field), limit=_DIGITS)
                for field in BOUNDS
            ),
        )

    @on(Control.Changed)
    def _changed(self, event: Control.Changed) -> None:
        """Say what it would mean."""
        if event.field.name == "totp":
            event.field.hint = policy_words.totp_hint(str(event.value), self._reach)
        elif event.field.name == "device_required":
            event.field.hint = policy_words.device_hint(self._reach, required=bool(event.value))

    def typed(self) -> Policy:
        """What stands in the fields.

        Raises:
            Invalid: a number is none, or out of its bounds.
        """
        values = self.form.values()
        numbers = {field: number(field, self.form.text(field)) for field in BOUNDS}
        return checked(Policy(totp=str(values["totp"]), device_required=bool(values["device_required"]), **numbers))

    @on(Form.Submitted)
    @work(exclusive=True, group="change")
    async def _save(self, event: Form.Submitted) -> None:
        with self.refusals_shown(event.form):
            wanted = self.typed()
            if not await self._is_sure(wanted):
                return
            try:
                await self.ask(operations.edit, self._version, wanted)
            except NothingChanged:
                scheduled(self.dismiss(None))
                return
            except Stale as stale:
                self._show_theirs(wanted)
                self.toast(str(stale), bad=True)
                return
            self.toast(_("Saved."))
            scheduled(self.dismiss(None))

    async def _is_sure(self, wanted: Policy) -> bool:
        """Whether the owner goes on, having read what follows; asked only where it protects less, or meets somebody."""
        ending = self.read(posture.sessions_ending, self._policy, wanted)
        follows = policy_words.consequences(self._policy, wanted, self._reach, ending)
        if not (follows.weaker or follows.stricter):
            return True
        question = _("Protect the shop's accounts less than now?") if follows.weaker else _("Ask this of everybody from now on?")
        sure = await self.app.push_screen_wait(Confirm(question, yes_label=_("Save"), detail=follows.said))
        return bool(sure)

    def _show_theirs(self, typed: Policy) -> None:
        """Show what was saved meanwhile: in the fields that were not touched, and beside the ones that were."""
        before = self._policy
        self._version, self._policy = security.policy()
        self._reach = self.read(posture.reach)
        for field in Policy._fields:
            control, theirs = self.form.control_named(field), getattr(self._policy, field)
            if isinstance(control, Control) and theirs != getattr(before, field):
                if getattr(typed, field) == getattr(before, field):
                    control.value = theirs
                elif getattr(typed, field) != theirs:
                    said = policy_words.value_words(field, self._policy)
                    control.hint = _("Meanwhile it was set to: {value}").format(value=said)


def number(field: str, typed: str) -> int:
    """The number that was typed, in any width.

    Raises:
        Invalid: it is none.
    """
    digits = half_width(typed).strip(" ")
    if not (digits.isascii() and digits.isdecimal()):
        least, most = BOUNDS[field]
        raise Invalid(field, N_("From {least} to {most}."), least=least, most=most)
    return int(digits)
