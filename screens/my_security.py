"""My security: what protects one's own account, where it is open, and who came in with it or tried to."""

from __future__ import annotations

from typing import ClassVar, Final

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from models.i18n import N_, _, ngettext
from models.operations import security as operations, totp
from models.queries import devices, security, shop, sign_ins, standing
from models.queries.sign_ins import OpenSession
from screens import my_security_facts as facts
from screens.base import DetailScreen, scheduled
from screens.devices import DevicesScreen
from screens.dialogs.confirm import Confirm
from screens.my_security_facts import SESSION
from screens.my_security_password import ChangePasswordScreen
from screens.my_security_sign_ins import SignInsScreen
from screens.sections import load
from screens.widgets.fact_list import FactList, heading
from screens.widgets.list_view import ListView

_CHOOSE: Final = {
    facts.PASSWORD: N_("Change"),
    facts.FAILED: N_("Change the password"),
    facts.TOTP: N_("Set up"),
    facts.RECOVERY: N_("Make new ones"),
    facts.DEVICES: N_("Open"),
    facts.HISTORY: N_("Show all"),
}
"""What Enter does on each fact; on a session it ends that."""


LABEL: Final = 16
"""Cells of the labels: a moment, `2026-11-22 12:00`."""


class MySecurityScreen(DetailScreen):
    """What protects one's account, each with what can be done about it.

    Args:
        at: the fact to come to, by its key.
    """

    SECTION = "me"
    ABOUT = N_(
        "What protects your account, where you are signed in, and who came in with it or tried to. Enter changes what the cursor is on."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("p", "password", N_("Change the password"), show=False, tooltip=N_("Sets a new password; your other sessions end.")),
        Binding("t", "totp", N_("Set up phone codes"), show=False, tooltip=N_("Sets up phone codes, or moves them to a new phone.")),
        Binding("o", "turn_off", N_("Turn off"), tooltip=N_("Does without phone codes, where the shop does not ask for them.")),
        Binding("r", "recovery", N_("New recovery codes"), show=False, tooltip=N_("Makes new recovery codes; the old ones are void then.")),
        Binding("d", "devices", N_("Device keys"), show=False, tooltip=N_("The SSH keys that you come in with: enrols and revokes them.")),
        Binding("x", "end", N_("End it"), show=False),
        Binding("a", "end_others", N_("End other sessions"), tooltip=N_("Ends every session of yours but this one.")),
        Binding("h", "history", N_("All sign-ins"), show=False, tooltip=N_("Every sign-in of yours, and every one that was refused.")),
    ]

    def __init__(self, at: str = "") -> None:
        super().__init__()
        self._at = at
        self._sessions: dict[str, OpenSession] = {}
        self._has_totp = False
        self._may_do_without = False

    def heading(self) -> str:
        """What this is."""
        return _("My security")

    def compose_content(self) -> ComposeResult:
        """One list, part under part."""
        yield FactList(choose=_CHOOSE[facts.PASSWORD], label=LABEL)

    @property
    def facts(self) -> FactList:
        """Everything there is to know."""
        return self.query_one(FactList)

    @property
    def _others(self) -> list[OpenSession]:
        return [session for session in self._sessions.values() if not session.is_this]

    def reload(self) -> None:
        """Read everything again."""
        own, zone = self.read(security.own), shop.zone()
        open_now, failed, listing = self.read(sign_ins.open_sessions), self.read(sign_ins.failed), self.read(sign_ins.listing)
        self._sessions = {f"{SESSION}{session.id}": session for session in open_now}
        self._has_totp = own.totp_since is not None
        self._may_do_without = self._has_totp and (not own.totp_required or self.read(standing.of).is_owner)
        last = listing.window(0, facts.SHOWN)
        self.facts.show_facts(
            [
                heading(_("What protects your account"), "protection", part=True),
                *facts.protection(own, self.read(devices.own), self.read(sign_ins.sign_in_limits), zone, keys=True),
                *facts.open_now(open_now, zone),
                *facts.history(last, failed, self.actor.session_id, zone, total=listing.count()),
            ]
        )
        self._come_to()
        self.refresh_bindings()

    def _come_to(self) -> None:
        """Where the screen was opened at something; once there is a list to come to."""
        if self._at and self.facts.count:
            at, self._at = self._at, ""
            self.facts.select(f"{SESSION}{self.actor.session_id}" if at == facts.OPEN else at)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer only what there is something to do with."""
        if action == "turn_off":
            return self._may_do_without
        if action == "recovery":
            return self._has_totp
        if action == "end_others":
            return bool(self._others)
        if action == "end":
            return self._under_cursor is not None
        return super().check_action(action, parameters)

    @property
    def _under_cursor(self) -> OpenSession | None:
        """The session under the cursor, if it is another than this."""
        fact = self.facts.fact if self.is_mounted else None
        session = self._sessions.get(fact.key) if fact is not None else None
        return None if session is None or session.is_this else session

    @on(ListView.CursorMoved)
    def _moved(self) -> None:
        self._come_to()
        fact = self.facts.fact
        if fact is None:
            return
        label = N_("End it") if fact.key in self._sessions else _CHOOSE.get(fact.key, N_("Show all"))
        if fact.key == facts.TOTP and self._has_totp:
            label = N_("To a new phone")
        if self.facts.key_labels != (labels := {"choose": label}):
            self.facts.key_labels = labels
        self.refresh_bindings()

    @on(ListView.Chosen)
    async def _chosen(self) -> None:
        fact = self.facts.fact
        acts = {
            facts.PASSWORD: "password",
            facts.FAILED: "password",
            facts.TOTP: "totp",
            facts.RECOVERY: "recovery",
            facts.DEVICES: "devices",
            facts.HISTORY: "history",
        }
        if fact is not None and fact.opens:
            await self.run_action("end" if fact.key in self._sessions else acts[fact.key])

    # ---- what protects the account

    def action_password(self) -> None:
        """Set another password."""
        scheduled(self.app.push_screen(ChangePasswordScreen()))

    def action_totp(self) -> None:
        """Set up phone codes, or move them to a new phone; until that is done, nothing changes."""
        scheduled(self.app.push_screen(load("screens.enrol_totp:EnrolTotpScreen")()))

    def action_recovery(self) -> None:
        """Make new recovery codes; until one of them was typed back, the old ones stay."""
        scheduled(self.app.push_screen(load("screens.recovery_codes:RecoveryCodesScreen")()))

    def action_devices(self) -> None:
        """Show one's device keys."""
        if (staff_id := self.actor.staff_id) is not None:
            scheduled(self.app.push_screen(DevicesScreen(staff_id)))

    @work(exclusive=True, group="change")
    async def action_turn_off(self) -> None:
        """Do without phone codes, if the person is sure."""
        question = _("Turn off phone codes? Whoever knows your password can sign in as you then. Your recovery codes go with them.")
        if await self.app.push_screen_wait(Confirm(question, yes_label=_("Turn off"))):
            with self.refusals_shown():
                await self.ask(totp.turn_off)
                self.toast(_("Phone codes are off."))
            self._again()

    # ---- sessions

    @work(exclusive=True, group="change")
    async def action_end(self) -> None:
        """End the session under the cursor, if the person is sure."""
        if (session := self._under_cursor) is None:
            return
        question = _("End that session? It shows the sign-in screen at once.")
        if await self.app.push_screen_wait(Confirm(question, yes_label=_("End it"), detail=facts.session_words(session))):
            with self.refusals_shown():
                await self.ask(operations.end_session, session.id)
                self.toast(_("The session has ended."))
            self._again()

    @work(exclusive=True, group="change")
    async def action_end_others(self) -> None:
        """End every session but this one, if the person is sure."""
        others = self._others
        said = ngettext(
            "End your other session? It shows the sign-in screen at once.",
            "End your {n} other sessions? They show the sign-in screen at once.",
            len(others),
        )
        detail = [facts.session_words(session) for session in others]
        if await self.app.push_screen_wait(Confirm(said.format(n=len(others)), yes_label=_("End other sessions"), detail=detail)):
            with self.refusals_shown():
                ended = await self.ask(operations.end_others)
                self.toast(ngettext("{n} session has ended.", "{n} sessions have ended.", ended).format(n=ended))
            self._again()

    def action_history(self) -> None:
        """Show every sign-in and every refusal."""
        scheduled(self.app.push_screen(SignInsScreen()))

    def _again(self) -> None:
        """Show what has become of it."""
        with self.refusals_shown():
            self.reload()
