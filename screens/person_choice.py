"""A field for one person, found by typing."""

from __future__ import annotations

from collections.abc import Callable

from textual import work
from textual.content import Content

from models.i18n import N_, _
from screens.dialogs.choose_person import NOBODY, ChoosePerson
from screens.widgets import words
from screens.widgets.field import Choice
from screens.widgets.list_view import Source


class PersonChoice(Choice):
    """Who is meant: Enter finds them.

    Args:
        name: the field's name.
        label: already translated.
        find: the people that were meant by what was typed.
        called: what a person is called, by id.
        nobody: what stands there as long as nobody is chosen; marked (`N_`).
    """

    def __init__(
        self,
        name: str,
        label: str,
        find: Callable[[str], Source],
        called: Callable[[int], str],
        *,
        nobody: str = N_("nobody yet"),
        value: int | None = None,
        hint: str = "",
    ) -> None:
        super().__init__(name, label, (), value=value, hint=hint)
        self._find = find
        self._called = called
        self._nobody = nobody

    @property
    def person(self) -> str:
        """What the person is called that was chosen; "" for nobody."""
        return "" if self.chosen is None else self._called(int(self.chosen))

    def _value_line(self) -> Content:
        return words.plain(f" < {self.person or _(self._nobody)} > ", self._look())

    @work(exclusive=True)
    async def action_open(self) -> None:
        """Choose from everybody."""
        picked = await self.app.push_screen_wait(ChoosePerson(self.label, self._find, current=self.chosen))
        if picked is not None:
            self.chosen = None if picked == NOBODY else int(picked)
            self.post_message(self.Done())
