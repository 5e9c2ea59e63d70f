"""One out of several."""

from __future__ import annotations

from collections.abc import Sequence
from operator import itemgetter
from typing import Final, NamedTuple

from textual.app import ComposeResult
from textual.containers import Container
from textual.widgets import Static

from models.i18n import _
from models.text import key as folded
from screens.dialogs._picker import Picker
from screens.widgets import words
from screens.widgets.entry import Entry
from screens.widgets.list_view import ALWAYS, Column, Key, ListSource, ListView, Row

MANY: Final = 8
"""From so many options on there is a field to search them with."""


class Option(NamedTuple):
    """Something that can be chosen.

    Attributes:
        key: the answer.
        label: as it is shown; data is safe in it.
        hint: on the right: a key, a number of people.
        dim: shown with less weight.
        also: what else a search finds it by.
    """

    key: Key
    label: str
    hint: str = ""
    dim: bool = False
    also: str = ""


class Choose(Picker):
    """Lets somebody choose one of several. Answers its key, or None.

    Args:
        title: already translated.
        options: in the order in which they are shown.
        current: the key that the cursor starts on.
        search: whether there is a field to search with; None for where there are many.
        empty: the sentence for when there is nothing to choose from, or nothing found.
    """

    DEFAULT_CSS = """
    Choose Entry { margin-bottom: 0; }
    Choose ListView { height: auto; max-height: 14; }
    """

    def __init__(
        self, title: str, options: Sequence[Option], *, current: Key | None = None, search: bool | None = None, empty: str = ""
    ) -> None:
        super().__init__(title, current)
        self._options = options
        self._search = len(options) >= MANY if search is None else search
        self._empty = empty

    def compose(self) -> ComposeResult:
        """A title, a field where there are many, the options."""
        with Container(classes="box"):
            yield Static(words.plain(self._title), classes="title")
            if self._search:
                yield Entry(placeholder=_("Type to search"))
            hint_width = max((words.width(option.hint) for option in self._options), default=0)
            columns = [Column("label", keep=ALWAYS)]
            if hint_width:
                columns.append(Column("hint", width=min(hint_width, 24), align="right"))
            yield ListView(*columns, source=self.found(""), header=False, choose="", empty=self._empty or _("Nothing is called that."))

    def found(self, text: str) -> ListSource:
        """The options that have what was typed, those in which a word begins with it first."""
        wanted = folded(text).split()
        fitting: list[tuple[int, Row]] = []
        for option in self._options:
            said = f" {folded(f'{option.label} {option.hint} {option.also}')}"
            if all(word in said for word in wanted):
                # Where words begin with what was typed counts before where they only contain it.
                rank = sum(f" {word}" not in said for word in wanted)
                fitting.append((rank, Row(option.key, (option.label, option.hint), dim=option.dim)))
        return ListSource([row for _rank, row in sorted(fitting, key=itemgetter(0))])
