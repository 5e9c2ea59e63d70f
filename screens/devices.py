"""The device keys of one person: one's own, or as whoever looks after it another's."""

from __future__ import annotations

from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from models import clock
from models.i18n import N_, _, ngettext
from models.operations import devices as operations
from models.operations.codes import RESET
from models.queries import devices as queries, protection, security, shop, sign_ins, standing
from models.queries.devices import DeviceRow
from screens import device_rows, my_security_facts
from screens.base import DetailScreen, scheduled
from screens.dialogs.confirm import Confirm
from screens.enrol_device import EnrolDeviceScreen
from screens.sections import OWNER
from screens.widgets.list_view import ListSource, ListView
from screens.widgets.said import Said


class DevicesScreen(DetailScreen):
    """Lists, enrols and revokes.

    Args:
        staff_id: whose.
        name: theirs, where it is another's.
    """

    CSS_PATH = "devices.tcss"
    SECTION = "me"
    AUTO_FOCUS = "ListView"
    ABOUT = N_(
        "The SSH keys of a person's devices: each lets that person, and nobody else, come to the sign-in screen over SSH. Compare the "
        "fingerprint with what “ssh-keygen -lf” says on the device."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "enrol", N_("Enrol"), tooltip=N_("Enrols the public key of another device.")),
        Binding("x", "revoke", N_("Revoke"), tooltip=N_("Ends a key for good, because the device was lost or given away.")),
    ]

    def __init__(self, staff_id: int, name: str = "") -> None:
        super().__init__()
        self._staff_id = staff_id
        self._whose = name
        self._devices: dict[int, DeviceRow] = {}
        self._most = 0
        self._enrolled: int | None = None

    @property
    def _own(self) -> bool:
        return self.desk.actor is not None and self.desk.actor.staff_id == self._staff_id

    def heading(self) -> str:
        """Whose, and how many of how many."""
        whose = _("Your device keys") if self._own else _("Device keys · {name}").format(name=self._whose)
        count = _("{count} of {most}").format(count=len(self._live), most=self._most)
        return f"{whose} · {count}" if self._devices else whose

    def compose_content(self) -> ComposeResult:
        """The keys, and all about the one under the cursor."""
        yield ListView(*device_rows.COLUMNS, choose="", empty=self._none)
        yield Said(id="says")

    def _none(self) -> str:
        if not self._may_enrol:
            return _("No device key is enrolled: `esc` goes back.")
        return _("No device key: `n` enrols one.")

    @property
    def keys(self) -> ListView:
        """The keys."""
        return self.query_one(ListView)

    @property
    def current(self) -> DeviceRow | None:
        """The key under the cursor."""
        key = self.keys.key if self.is_mounted else None
        return None if key is None else self._devices.get(int(key))

    @property
    def _live(self) -> list[DeviceRow]:
        now = clock.now()
        return [device for device in self._devices.values() if not device.has_ended(now)]

    @property
    def _may_enrol(self) -> bool:
        return self._own or self.may(OWNER)

    def reload(self) -> None:
        """Read the keys again."""
        found = self.read(queries.own) if self._own else self.read(queries.of, self._staff_id)
        self._devices = {device.id: device for device in found}
        self._most = security.policy().policy.devices_each
        zone, current = shop.zone(), self.actor.device if self._own else ""
        self.query_one("#says").display = bool(found)
        self.keys.show(ListSource([device_rows.row(device, zone, current) for device in found]))
        self._go_to_enrolled()
        self.refresh_top()
        self.refresh_bindings()

    @on(ListView.CursorMoved)
    def _moved(self) -> None:
        device = self.current
        self.query_one("#says", Said).update("" if device is None else device_rows.detail(device, shop.zone()))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Another's are enrolled by the owner alone, and revoked by whoever resets others."""
        if action == "enrol":
            return self._may_enrol
        if action == "revoke":
            return self.current is not None and (self._own or self.may(RESET))
        return super().check_action(action, parameters)

    # ---- changing

    def action_enrol(self) -> None:
        """Enrol another key, unless there are as many as there may be."""
        if len(self._live) >= self._most:
            said = _("The policy lets one account have {most} device keys. Revoke one first.")
            self.toast(said.format(most=self._most), bad=True)
            return
        scheduled(self.app.push_screen(EnrolDeviceScreen(self._staff_id, "" if self._own else self._whose), self._come_to))

    def _come_to(self, device_id: int | None) -> None:
        """Once the list is read again, or at once where it has been already, the cursor goes to the key that was enrolled."""
        self._enrolled = device_id
        self._go_to_enrolled()

    def _go_to_enrolled(self) -> None:
        if self._enrolled is not None and self.keys.select(self._enrolled):
            self._enrolled = None

    @work(exclusive=True, group="change")
    async def action_revoke(self) -> None:
        """Revoke the key under the cursor, if the person is sure."""
        if (device := self.current) is None:
            return
        with self.refusals_shown():
            question = _("Revoke “{name}”? It opens nothing from now on, and never again.").format(name=device.name)
            detail = self._follows_for_oneself(device) if self._own else self._follows_for_another(device)
            if not await self.app.push_screen_wait(Confirm(question, yes_label=_("Revoke"), detail=[device.fingerprint, *detail])):
                return
            await self.ask(operations.revoke, device.id)
            self.toast(_("“{name}” is revoked.").format(name=device.name))
        with self.refusals_shown():
            self.reload()

    def _follows_for_oneself(self, device: DeviceRow) -> list[str]:
        """What revoking one's own means, a line each: every session but this one ends, and this one, too, where the key opened it."""
        said = []
        if device.fingerprint == self.actor.device:
            said.append(_("You came in with this very key: you are signed out at once."))
        if others := [session for session in self.read(sign_ins.open_sessions) if not session.is_this]:
            said.append(ngettext("Your other session ends:", "Your {n} other sessions end:", len(others)).format(n=len(others)))
            said += [f"  {my_security_facts.session_words(session)}" for session in others]
        if self._is_needed(device) and not self.read(standing.of).is_owner:
            said.append(_("It is your only one, and the shop asks for one: without another you cannot sign in again."))
        return said

    def _follows_for_another(self, device: DeviceRow) -> list[str]:
        open_now = self.read(protection.of, self._staff_id).sessions
        said = [ngettext("{n} session of theirs ends.", "{n} sessions of theirs end.", open_now).format(n=open_now)] if open_now else []
        if self._is_needed(device):
            said.append(_("It is their only one, and the shop asks for one: without another they cannot sign in again."))
        return said

    def _is_needed(self, device: DeviceRow) -> bool:
        """Whether the policy asks for a device key, and there is no other."""
        return security.policy().policy.device_required and [each.id for each in self._live] == [device.id]
