"""One out of several."""

from __future__ import annotations

from collections.abc import Sequence
from operator import itemgetter
from typing import ClassVar, Final, NamedTuple

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.widgets import Input, Static

from models.i18n import N_, _
from models.text import key as folded
from screens.dialogs._dialog import Dialog, scheduled
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


class Choose(Dialog[Key | None]):
    """Lets somebody choose one of several. Answers its key, or None.

    Args:
        title: already translated.
        options: in the order in which they are shown.
        current: the key that the cursor starts on.
        search: whether there is a field to search with; None for where there are many.
        empty: the sentence for when there is nothing to choose from, or nothing found.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "move(1)", show=False),
        Binding("up", "move(-1)", show=False),
        Binding("pagedown", "page(1)", show=False),
        Binding("pageup", "page(-1)", show=False),
        Binding("enter", "take", N_("Choose"), show=False),
    ]

    DEFAULT_CSS = """
    Choose Entry { margin-bottom: 0; }
    Choose ListView { height: auto; max-height: 14; }
    """

    def __init__(
        self, title: str, options: Sequence[Option], *, current: Key | None = None, search: bool | None = None, empty: str = ""
    ) -> None:
        super().__init__()
        self._title = title
        self._options = options
        self._current = current
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
            yield ListView(*columns, source=self._found(""), header=False, choose="", empty=self._empty or _("Nothing is called that."))

    @property
    def shown(self) -> ListView:
        """The options that are shown."""
        return self.query_one(ListView)

    def on_mount(self) -> None:
        """Start on what is chosen now."""
        if self._current is not None:
            self.shown.select(self._current)
        self.query_one(Entry if self._search else ListView).focus()

    def _found(self, text: str) -> ListSource:
        wanted = folded(text).split()
        found: list[tuple[int, Row]] = []
        for option in self._options:
            said = f" {folded(f'{option.label} {option.hint} {option.also}')}"
            if all(word in said for word in wanted):
                # Where words begin with what was typed counts before where they only contain it.
                found.append((sum(f" {word}" not in said for word in wanted), Row(option.key, (option.label, option.hint), dim=option.dim)))
        return ListSource([row for _rank, row in sorted(found, key=itemgetter(0))])

    @on(Input.Changed)
    def _searched(self, event: Input.Changed) -> None:
        self.shown.show(self._found(event.value))
        self.shown.action_edge(-1)

    @on(Input.Submitted)
    def action_take(self) -> None:
        """Answer with what is under the cursor."""
        if (key := self.shown.key) is not None:
            scheduled(self.dismiss(key))

    @on(ListView.Chosen)
    def _chosen(self, event: ListView.Chosen) -> None:
        scheduled(self.dismiss(event.key))

    def action_move(self, rows: int) -> None:
        """Move the cursor while the focus stays in the search field."""
        self.shown.action_step(rows)

    def action_page(self, pages: int) -> None:
        """The same by what fits on the screen."""
        self.shown.action_page(pages)
