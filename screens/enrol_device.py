"""Enrolling the public key of a device: pasted, or out of a file of the inbox; checked before anything is kept."""

from __future__ import annotations

from contextlib import suppress
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from models import clock
from models.errors import Wrong
from models.i18n import N_, _
from models.operations import devices as operations
from models.queries import inbox, shop
from models.queries.devices import size
from models.rules import device_keys
from models.rules.device_keys import DeviceKey
from screens import until
from screens.base import DetailScreen, scheduled
from screens.dialogs.choose import Choose, Option
from screens.dialogs.confirm import Confirm
from screens.widgets import words
from screens.widgets.field import Control, Field
from screens.widgets.form import Form
from screens.widgets.key_field import KeyField


class EnrolDeviceScreen(DetailScreen):
    """Asks for a name, the key and an end. Answers the id of the key once it is enrolled.

    Args:
        staff_id: whose.
        name: theirs, where it is another's.
    """

    CSS_PATH = "devices.tcss"
    SECTION = "me"
    AUTO_FOCUS = "Form Entry"
    ABOUT = N_(
        "Enrols the public key of a device: the line in the file that ends in .pub, which “ssh-keygen -t ed25519” makes. The other file, "
        "without .pub, is private: it stays on the device."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+o", "choose_file", N_("File"), tooltip=N_("Reads a file that ends in .pub out of the inbox.")),
    ]

    def __init__(self, staff_id: int, name: str = "") -> None:
        super().__init__()
        self._staff_id = staff_id
        self._whose = name

    def heading(self) -> str:
        """For whom."""
        return _("Enrol a device key · {name}").format(name=self._whose) if self._whose else _("Enrol a device key")

    def compose_content(self) -> ComposeResult:
        """What is to be brought along, and the fields."""
        said = _("On the device, “ssh-keygen -t ed25519” makes a key. Paste what is in the file that ends in .pub.")
        yield Static(words.plain(said, "$text-muted"), id="about")
        hint = _("One line that begins with ssh-ed25519, ecdsa-sha2-… or ssh-rsa; ctrl+o takes it from a file.")
        yield Form(
            Field("name", _("Device"), hint=_("What the device is called, such as “laptop”."), limit=operations.NAME_LIMIT),
            KeyField("key", _("Public key"), hint=hint),
            Field("until", _("Until"), hint=self._until_hint("")),
            submit=N_("Check"),
        )

    @property
    def form(self) -> Form:
        """The fields."""
        return self.query_one(Form)

    def would_lose(self) -> str:
        """What was typed."""
        return _("Discard what was typed?") if self.form.is_changed else ""

    @staticmethod
    def _until_hint(typed: str) -> str:
        zone = shop.zone()
        try:
            end = until.parsed(typed, zone)
        except Wrong:
            end = None
        if end is None:
            return _("2026-12-31, or +30d from today; empty for no end")
        return _("{day} ({distance})").format(day=clock.day(end, zone), distance=clock.distance(end))

    @on(Control.Changed)
    def _typed(self, event: Control.Changed) -> None:
        if event.field.name == "until":
            event.field.hint = self._until_hint(str(event.value))
        elif event.field.name == "name" and (control := self.form.control_named("key")) is not None:
            with suppress(Wrong):  # a key is what one comes to paste, and the name is asked for first
                control.value = device_keys.parse("key", str(event.value)).line
                event.field.value = ""

    @on(Form.Submitted)
    @work(exclusive=True, group="change")
    async def _submitted(self, event: Form.Submitted) -> None:
        form = event.form
        with self.refusals_shown(form):
            name = operations.checked_name(form.text("name"))
            key = device_keys.parse("key", form.text("key"))
            end = until.parsed(form.text("until"), shop.zone())
            if not await self.app.push_screen_wait(Confirm(self._question(name), yes_label=_("Enrol"), detail=self._detail(key, end))):
                return
            enrolled = await self.ask(operations.add, self._staff_id, key.line, name=name, until=end)
            self.toast(_("“{name}” is enrolled.").format(name=name))
            scheduled(self.dismiss(enrolled))

    def _question(self, name: str) -> str:
        if self._whose:
            said = _("Enrol “{device}” for {name}? With it and their password they come in over SSH.")
            return said.format(device=name, name=self._whose)
        return _("Enrol “{device}”? With it and your password you come in over SSH.").format(device=name)

    @staticmethod
    def _detail(key: DeviceKey, end: int | None) -> list[str]:
        """What there is to compare, and until when it is good."""
        said = [size(key.kind, key.bits), key.fingerprint, _("Compare this with what “ssh-keygen -lf” says of the file on the device.")]
        if end is None:
            return [*said, _("Without end")]
        return [*said, _("Ends {day} ({distance})").format(day=clock.day(end, shop.zone()), distance=clock.distance(end))]

    @work(exclusive=True, group="change")
    async def action_choose_file(self) -> None:
        """Take the key from a file of the inbox."""
        with self.refusals_shown():
            files = self.read(inbox.keys)
            if not files:
                self.toast(_("No file that ends in .pub lies in {folder}").format(folder=inbox.folder()), bad=True)
                return
            zone = shop.zone()
            options = [Option(file.name, file.name, clock.minute(file.changed_at, zone)) for file in files]
            picked = await self.app.push_screen_wait(Choose(_("Which file?"), options))
            if picked is not None:
                self._take(str(picked), device_keys.parse("key", self.read(inbox.key, str(picked))))

    def _take(self, file: str, key: DeviceKey) -> None:
        """Put the key into its field, and into that of the name, where there is none yet, the file's if it says something of a device."""
        self.form.clear()
        for field, value in (("key", key.line), ("name", operations.name_of_file(file))):
            control = self.form.control_named(field)
            if control is not None and (field == "key" or not control.value):
                control.value = value
        if (control := self.form.control_named("until" if self.form.text("name") else "name")) is not None:
            control.focus_control()
