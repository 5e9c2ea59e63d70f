"""A field for the public key of a device."""

from __future__ import annotations

from typing import Final

from textual import events, on
from textual.message import Message

from models.errors import Invalid
from models.queries.devices import size
from models.rules import device_keys
from models.rules.device_keys import DeviceKey
from screens.widgets.control import Control
from screens.widgets.entry import Entry
from screens.widgets.field import Field


class _KeyEntry(Entry):
    """A line that takes a key in whatever form it is pasted, put together from many lines where a narrow window or a mail broke it.

    Lines that are no key stay out, and it says why: what follows the first of a private key is not for the screen.
    """

    class Refused(Message):
        """What was pasted is no key.

        Attributes:
            because: why, already translated.
        """

        def __init__(self, because: str) -> None:
            super().__init__()
            self.because: Final = because

    def _on_paste(self, event: events.Paste) -> None:
        lines = event.text.splitlines()  # terminals end them by a carriage return
        if len(lines) <= 1:
            return
        event.prevent_default()
        event.stop()
        try:
            self.value = device_keys.parse("key", "\n".join(lines)).line
        except Invalid as refused:
            self.post_message(self.Refused(str(refused)))


class KeyField(Field):
    """A line to paste a public key into; below it stands which key that is, as ssh prints it.

    Args:
        hint: stands below while there is no key.
    """

    def __init__(self, name: str, label: str, *, value: str = "", hint: str = "", id: str | None = None) -> None:
        super().__init__(name, label, hint=key_words(value) or hint, id=id)
        self._none = hint
        self._entry = _KeyEntry(value)

    @on(Control.Changed)
    def _read(self) -> None:
        self.hint = key_words(self.value) or self._none

    @on(_KeyEntry.Refused)
    def _refused(self, event: _KeyEntry.Refused) -> None:
        event.stop()
        self.error = event.because


def key_words(text: str) -> str:
    """Type, size and fingerprint of the key in `text`; "" while it is none."""
    key = _key(text)
    return f"{size(key.kind, key.bits)} {key.fingerprint}" if key is not None else ""


def _key(text: str) -> DeviceKey | None:
    try:
        return device_keys.parse("key", text)
    except Invalid:
        return None
