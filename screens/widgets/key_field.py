"""A field for the public key of a device."""

from __future__ import annotations

from textual import events, on

from models.errors import Invalid
from models.queries.devices import size
from models.rules import device_keys
from models.rules.device_keys import DeviceKey
from screens.widgets.control import Control
from screens.widgets.entry import Entry
from screens.widgets.field import Field


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


class _KeyEntry(Entry):
    """A line that takes a key in whatever form it is pasted, put together from many lines where a narrow window or a mail broke it.

    Of anything else it takes the first line, as every field does: what follows the first of a private key is not for the screen.
    """

    def _on_paste(self, event: events.Paste) -> None:
        key = _key(event.text)
        if key is not None and len(event.text.split("\n")) > 1:
            event.prevent_default()
            event.stop()
            self.replace(key.line, *self.selection)


def key_words(text: str) -> str:
    """Type, size and fingerprint of the key in `text`; "" while it is none."""
    key = _key(text)
    return f"{size(key.kind, key.bits)} {key.fingerprint}" if key is not None else ""


def _key(text: str) -> DeviceKey | None:
    try:
        return device_keys.parse("key", text)
    except Invalid:
        return None
