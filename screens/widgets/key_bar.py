"""The line of keys at the bottom.

It stands in place of Textual's Footer: that one rebuilds its widgets whenever the focus moves, this one changes its text, and only when
the text is another.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from textual.app import RenderResult
from textual.binding import ActiveBinding
from textual.content import Content
from textual.screen import Screen
from textual.widget import Widget

from models.i18n import N_, _
from screens.widgets import words

GAP: Final = "  "

ROOMY: Final = 72
"""Columns from which the keys on the right have their words, too."""

NAMES: Final[dict[str, str]] = {
    "enter": "enter",
    "space": N_("space"),
    "escape": "esc",
    "tab": "tab",
    "up": "↑",
    "down": "↓",
    "left": "←",
    "right": "→",
    "pageup": "pgup",
    "pagedown": "pgdn",
    "slash": "/",
    "colon": ":",
    "question_mark": "?",
    "plus": "+",
    "minus": "-",
    "full_stop": ".",
    "comma": ",",
    "equals_sign": "=",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
}
"""How keys are written; the ones that are not here are written as they are called."""


class Hint(NamedTuple):
    """A key and what it does now.

    Attributes:
        key: as it is written on the screen.
        label: in the language in force.
        action: what runs.
        enabled: False where it is shown but cannot be done now.
        help: a sentence about it; "" where the label says it all.
    """

    key: str
    label: str
    action: str
    enabled: bool
    help: str = ""


def key_name(key: str) -> str:
    """How `key`, as Textual calls it, is written."""
    *modifiers, last = key.split("+")
    return "+".join([*modifiers, _(NAMES[last]) if last in NAMES else last])


def hints(active: Mapping[str, ActiveBinding], *, hidden: bool = False) -> list[Hint]:
    """What can be done, in the order in which it is offered: first what the focused widget can, then its screen.

    Args:
        active: what Textual says can be pressed now.
        hidden: also what works but is not shown in the key bar.
    """
    found: list[Hint] = []
    seen: set[tuple[int, str]] = set()
    for node, binding, enabled, _tooltip in active.values():
        identity = (id(node), binding.action)
        if identity in seen or not binding.description or not (binding.show or hidden):
            continue
        seen.add(identity)
        own: Mapping[str, str] = getattr(node, "key_labels", {})
        label = own.get(binding.action, binding.description)
        if label:
            key = binding.key_display or key_name(binding.key)
            found.append(Hint(key, _(label), binding.action, enabled, _(binding.tooltip) if binding.tooltip else ""))
    return found


OFF: Final = "$text-disabled dim"
"""How what cannot be done now looks: fainter, by colour or, where there are no colours, by the terminal's own means."""


def fitted(offered: Iterable[Hint], fixed: Iterable[Hint], cells: int) -> Content:
    """One line of keys: `offered` from the left as far as they fit, `fixed` on the right, with their words where there is room."""
    offered, fixed = list(offered), list(fixed)
    right = _laid(fixed)
    if cells < ROOMY and offered:
        right = Content.assemble(*(f" {hint.key}" for hint in fixed), " ")
    room = cells - right.cell_length - 1
    left = Content(" ")
    for hint in offered:
        piece = _laid([hint])
        if left.cell_length + piece.cell_length > room:
            break
        left += piece
    return left.pad_right(max(0, cells - left.cell_length - right.cell_length)) + right


def _laid(row: Iterable[Hint]) -> Content:
    parts: list[Content] = []
    for hint in row:
        parts.append(words.plain(hint.key, "$accent bold" if hint.enabled else OFF))
        parts.append(words.plain(f" {hint.label}{GAP}", "" if hint.enabled else OFF))
    return Content.assemble(*parts)


class KeyBar(Widget):
    """The keys that do something now.

    Args:
        fixed: actions that stand on the right of it, whatever else there is.
    """

    DEFAULT_CSS = """
    KeyBar { dock: bottom; height: 1; width: 100%; background: $panel; color: $text-muted; }
    """

    def __init__(self, fixed: Iterable[str] = ()) -> None:
        super().__init__()
        self._fixed = tuple(fixed)
        self._line = Content("")
        self._pending = False

    def on_mount(self) -> None:
        """Follow what can be pressed."""
        self.screen.bindings_updated_signal.subscribe(self, self._bindings_changed, immediate=True)
        self._bindings_changed(self.screen)

    def on_resize(self) -> None:
        """Fit the keys to the new width."""
        self._bindings_changed(self.screen)

    def _bindings_changed(self, _screen: Screen[object]) -> None:
        # A change of focus says so twice, and mounting a screen many times: once everything is settled is often enough.
        if not self._pending:
            self._pending = True
            self.call_after_refresh(self._follow)

    def _follow(self) -> None:
        self._pending = False
        if not self.is_attached or not self.size.width:
            return
        offered = hints(self.screen.active_bindings)
        fixed = [hint for action in self._fixed for hint in offered if hint.action == action]
        line = fitted((hint for hint in offered if hint not in fixed), fixed, self.size.width)
        if not line.is_same(self._line):
            self._line = line
            self.refresh()

    def render(self) -> RenderResult:
        """The keys."""
        return self._line
