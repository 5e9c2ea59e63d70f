"""One entry of the log: what was done, by whom, when, from where, and what it changed."""

from __future__ import annotations

from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from models import clock
from models.actor import Actor
from models.catalogue import permissions, risk_label
from models.errors import Unknown
from models.events import HIGH, PROGRAMS, USES
from models.i18n import N_, _
from models.queries import audit, shop, staff
from models.queries.audit import Change, EntryDetail
from screens import audit_ways
from screens.audit_rows import Step, moment_to_second, risk_mark, who_in_full
from screens.base import DetailScreen, scheduled
from screens.dialogs.why import WhyDialog
from screens.widgets import words
from screens.widgets.fact_list import Fact, FactList, heading

NOTHING: Final = "–"
"""Stands for what was not there before, or is no longer."""

ARROW: Final = "→"

ROOM: Final = 40
"""Cells that old and new take beside each other; what is longer stands below each other."""


class EntryScreen(DetailScreen):
    """An entry, opened.

    Args:
        seq: its number.
        step: leads to the neighbours in the list it was opened from, whose cursor comes along.
    """

    SECTION = "audit"
    AUTO_FOCUS = "FactList"
    ABOUT = N_("One entry of the log: what was done, by whom, when and from where, and what it changed.")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "step(1)", N_("Next entry"), tooltip=N_("Show the entry below this one in the list")),
        Binding("p", "step(-1)", N_("Entry before"), tooltip=N_("Show the entry above this one in the list")),
        Binding("o", "same_thing", N_("Its history"), tooltip=N_("Show all that was done to the same person, role or department")),
        Binding("b", "same_person", N_("By them"), tooltip=N_("Show all that the same person did")),
        Binding("w", "why", N_("Why?"), tooltip=N_("Say whether who did it may do so now, and why")),
    ]

    def __init__(self, seq: int, step: Step) -> None:
        super().__init__()
        self._seq = seq
        self._step = step
        self._detail: EntryDetail | None = None
        self._staff_id: int | None = None

    def heading(self) -> str:
        """Which entry."""
        return _("Entry {seq}").format(seq=f"{self._seq:,}")

    def compose_content(self) -> ComposeResult:
        """One list of everything."""
        yield FactList(label=14)

    def reload(self) -> None:
        """Read it, and who acted."""
        detail = self.read(audit.entry, self._seq)
        self._detail = detail
        try:
            self._staff_id = staff.find(detail.row.actor) if detail.row.actor else None
        except Unknown:  # an operator at the machine
            self._staff_id = None
        self.query_one(FactList).show_facts([*_what(detail, shop.zone()), *_changes(detail.changes)])
        self.refresh_top()
        self.refresh_bindings()

    @property
    def _code(self) -> str:
        """The permission that the act took; "" where it took none."""
        row = self._detail.row if self._detail else None
        if row is None:
            return ""
        code = row.label if row.action in PROGRAMS else USES.get(row.action, USES.get(row.label, ""))
        return code if code in permissions() else ""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what this entry leads to."""
        row = self._detail.row if self._detail else None
        if action == "same_thing":
            return row is not None and row.thing_id is not None
        if action == "same_person":
            return row is not None and bool(row.actor)
        if action == "why":
            return bool(self._code) and self._staff_id is not None
        return super().check_action(action, parameters)

    def action_step(self, by: int) -> None:
        """Show the neighbour in the list; at its end, say so."""
        with self.refusals_shown():
            neighbour = self._step(self._seq, by)
            if neighbour is None:
                self.toast(_("This is the last one.") if by > 0 else _("This is the first one."))
                return
            before, self._seq = self._seq, neighbour
            try:
                self.reload()
            except BaseException:
                self._seq = before
                raise
            self.query_one(FactList).action_edge(-1)

    def action_same_thing(self) -> None:
        """Show all that was done to the same thing."""
        if self._detail is not None and self._detail.row.thing_id is not None:
            row = self._detail.row
            scheduled(self.app.push_screen(audit_ways.of_thing(row.kind, self._detail.row.thing_id, row.label)))

    def action_same_person(self) -> None:
        """Show all that the same person did."""
        if self._detail is not None:
            row = self._detail.row
            scheduled(self.app.push_screen(audit_ways.by_person(row.actor, row.name or row.actor)))

    def action_why(self) -> None:
        """Say whether whoever did it may do so now."""
        if self._staff_id is not None and (code := self._code):
            scheduled(self.app.push_screen(WhyDialog(self._staff_id, code)))


def _what(detail: EntryDetail, zone: str) -> list[Fact]:
    """Everything about an entry but what it changed."""
    row, now = detail.row, clock.now()
    when = _("{moment} ({distance})").format(
        moment=moment_to_second(row.at, zone),
        distance=clock.distance(row.at, max(now, row.at + 1)),  # what was recorded this very moment is past
    )
    outside = Actor(row.actor).is_console
    address = detail.address or (_("the machine itself") if row.actor else NOTHING)
    session = str(detail.session) if detail.session is not None else _("none: at the command line") if outside else NOTHING
    return [
        Fact("what", _("What was done"), (row.sentence,), mark=risk_mark(row.risk)),
        Fact("who", _("Who acted"), (who_in_full(row.actor, row.name),)),
        Fact("when", _("When"), (when,)),
        Fact("from", _("From where"), (address,)),
        Fact("device", _("Device key"), (detail.device or NOTHING,)),
        Fact("session", _("Session"), (session,)),
        Fact("risk", _("Risk"), (risk_label(row.risk),), high_risk=row.risk == HIGH),
        Fact("number", _("Entry number"), (_("{seq}, code {code}").format(seq=f"{row.seq:,}", code=detail.code),)),
    ]


def _changes(changes: tuple[Change, ...]) -> list[Fact]:
    """What an act changed, or said: what was before, and what is after."""
    if not changes:
        return []
    compares = any(change.old for change in changes)
    facts = [heading(_("Before → after") if compares else _("What it says"), "changes", part=True)]
    for place, change in enumerate(changes):
        facts.append(Fact(f"change:{place}", change.label, _both(change) if compares else (change.new or NOTHING,)))
    return facts


def _both(change: Change) -> tuple[str, ...]:
    old, new = change.old or NOTHING, change.new or NOTHING
    if words.width(old) + words.width(new) <= ROOM:
        return (f"{old} {ARROW} {new}",)
    return (old, f"{ARROW} {new}")
