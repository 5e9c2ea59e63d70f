"""Choosing a time zone out of all that the machine knows."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Final

from textual import work
from textual.content import Content

from models import clock
from screens.dialogs.choose import Choose, Option
from screens.widgets import words
from screens.widgets.field import Choice

ALSO: Final = {
    "Asia/Shanghai": "Beijing China 北京 上海 中国",
    "Asia/Urumqi": "Xinjiang China 乌鲁木齐 新疆 中国",
    "Asia/Hong_Kong": "China 香港 中国",
    "Asia/Macau": "China 澳门 中国",
    "Asia/Taipei": "China 台北 台湾 中国",
    "Asia/Singapore": "新加坡",
    "Asia/Tokyo": "日本 东京",
    "Asia/Seoul": "韩国 首尔",
}
"""What else people search these zones by: the zones' own names know cities that stand for a country."""


@cache
def _zones() -> Sequence[tuple[str, str]]:
    """All there are; listing them means looking through some hundred files, so it is done once and only when asked for."""
    return [(name, name) for name in clock.zones()]


class ZoneChoice(Choice):
    """A time zone: Enter opens all of them, to be searched.

    Args:
        name: the field's name.
        label: already translated.
        value: the zone that is chosen at first.
    """

    def __init__(self, name: str, label: str, *, value: str, hint: str = "", id: str | None = None) -> None:
        super().__init__(name, label, _zones, value=value, hint=hint, id=id)

    def _value_line(self) -> Content:
        return words.plain(f" < {self.value} > ", self._look())

    @work(exclusive=True)
    async def action_open(self) -> None:
        """Choose from all of them."""
        options = [Option(name, label, also=ALSO.get(name, "")) for name, label in _zones()]
        picked = await self.app.push_screen_wait(Choose(self.label, options, current=self.value, search=True))
        if picked is not None:
            self.value = picked
            self.post_message(self.Done())
