"""A list of facts: a mark, what it is about, and as many words about it as it takes.

Words that the column is too narrow for go on below, so that on a small terminal nothing is cut off.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import ClassVar, Final, NamedTuple

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content

from models.i18n import N_
from screens.widgets import words
from screens.widgets.list_view import ALWAYS, Column, Key, ListSource, ListView, Row

_CONTINUED: Final = "\x1f"  # between the key of a fact and the number of a line below it; no key has one


class Fact(NamedTuple):
    """A fact of a list, or the heading of some.

    Attributes:
        key: names it; unique within its list.
        label: what it is about; of a heading, all there is.
        said: the words about it; each text begins a line.
        mark: ✓, ✗, or a status.
        high_risk: whether ▲ stands beside it.
        opens: whether Enter does something on it.
        hotkey: the key that does the same from anywhere in the list, shown beside the label.
    """

    key: str
    label: str
    said: Sequence[str] = ()
    mark: str | Content = ""
    high_risk: bool = False
    dim: bool = False
    heading: bool = False
    opens: bool = False
    hotkey: str = ""


_PART: Final = "part:"

_WIDEST: Final = 25
"""Cells that the longest label may have: at 60 there is as much left for what is said."""


def heading(label: str, key: str, *, part: bool = False) -> Fact:
    """The line above some facts.

    Args:
        key: unique among the headings of the list.
        part: whether left and right stop there.
    """
    return Fact(f"{_PART if part else 'heading:'}{key}", label, heading=True)


def rows(facts: Iterable[Fact], cells: int) -> Iterator[Row]:
    """The rows that facts take where the last column is `cells` wide."""
    for fact in facts:
        if fact.heading:
            yield Row(fact.key, (fact.label,), heading=True)
            continue
        first, *more = [piece for text in fact.said for piece in words.wrap(text, cells)] or [""]
        beside: str | Content = words.plain(fact.hotkey, "bold $accent") if fact.hotkey else ""
        if fact.high_risk:
            beside = words.plain(words.HIGH_RISK, "$text-error")
        yield Row(fact.key, (fact.mark, fact.label, beside, first), dim=fact.dim)
        for place, piece in enumerate(more, 1):
            yield Row(f"{fact.key}{_CONTINUED}{place}", ("", "", "", piece), dim=fact.dim)


class FactList(ListView):
    """Facts under a cursor.

    Args:
        choose: the marked (`N_`) word for what Enter does on facts that open; "" where none do.
        empty: the sentence for when there are none.
        least: cells that the labels have at least.
        label: cells that they have where all of them are short, and more where one is longer; 0 for a third of what there is.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right", "part(1)", N_("Next part"), show=False),
        Binding("left", "part(-1)", N_("Part before"), show=False),
    ]

    def __init__(
        self, *, choose: str = "", empty: str | Callable[[], str] = "", least: int = 20, label: int = 0, id: str | None = None
    ) -> None:
        super().__init__(
            Column("mark", width=2, keep=ALWAYS),
            Column("label", N_("What"), width=label, keep=ALWAYS, least=least),
            Column("beside", width=1, keep=6),
            Column("said", N_("About it"), keep=ALWAYS, least=24, flex=2),
            header=False,
            choose=choose,
            empty=empty,
            id=id,
        )
        self._facts: Sequence[Fact] = ()
        self._label = label

    def on_resize(self, event: events.Resize) -> None:
        """Lay the words out for the new width."""
        event.prevent_default()  # the base class's, which is called here because it has to come first
        super().on_resize(event)
        self._lay_out()

    @property
    def facts(self) -> Sequence[Fact]:
        """What is shown."""
        return self._facts

    @property
    def fact(self) -> Fact | None:
        """The fact under the cursor."""
        return None if self.key is None else self.fact_of(self.key)

    def fact_of(self, key: Key) -> Fact | None:
        """The fact that the row with that key belongs to."""
        name = str(key).partition(_CONTINUED)[0]
        return next((fact for fact in self._facts if fact.key == name), None)

    @property
    def shows_end(self) -> bool:
        """Whether the last line is in view."""
        return self.size.height > 0 and self._rows.top + self._rows.page >= self.count

    def show_facts(self, facts: Iterable[Fact]) -> None:
        """Show other facts; the cursor stays on its own where that is still there."""
        self._facts = tuple(facts)
        if self._label:
            longest = max((words.width(fact.label) for fact in self._facts if not fact.heading), default=0)
            mark, label, *others = self.columns
            self.take_columns([mark, label._replace(width=max(self._label, min(longest, _WIDEST))), *others])
        self._lay_out()

    def _lay_out(self) -> None:
        self._fit()  # its size may be known before anybody tells of it
        said = len(self.columns) - 1
        if cells := dict(self._widths).get(said):
            self.show(ListSource(tuple(rows(self._facts, cells))))

    def action_part(self, step: int) -> None:
        """Go to the next part of the list, or back to the one before; its heading comes to the top."""
        places = [place for fact in self._facts if fact.key.startswith(_PART) and (place := self.source.position(fact.key)) is not None]
        wanted = sum(place < self.cursor for place in places) - 1 + step
        if 0 <= wanted < len(places):
            self._go(places[wanted] + 1, 1)
            self._rows.top = places[wanted]  # the heading, also where another one stands below it
            self._rows.into_view()
            self.refresh()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Enter is offered on facts that open."""
        if action == "choose" and (self.fact is None or not self.fact.opens):
            return False
        return super().check_action(action, parameters)
