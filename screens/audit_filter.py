"""Which entries the log's list shows: the form that says it, and the words in which the list repeats it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, ClassVar, Final
from zoneinfo import ZoneInfo

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from models import clock
from models.catalogue import risk_label
from models.errors import Invalid, Unknown
from models.events import AREAS, HIGH, LOW, MEDIUM, SENTENCES, actions_in, sentence
from models.i18n import N_, _
from models.queries import departments, shop, staff
from models.queries.audit import Wanted
from models.queries.staff import StaffFilter
from models.text import half_width
from screens.audit_rows import who
from screens.base import DetailScreen, scheduled
from screens.widgets.field import Choice, Control, Field
from screens.widgets.form import Form

NOTHING: Final = ""
"""The option that lets everything through."""

SOMETHING: Final = "…"
"""What stands for what an act was done to, where any will do."""

FIELDS: Final = ("by", "department_id", "area", "action", "risk", "since", "until")
"""What the form sets, in its order."""

_BACK: Final = re.compile(r"(\d{1,4})\s*[dD天日]", re.ASCII)
_CLOCK: Final = re.compile(r"(\d{1,2}):(\d{2})", re.ASCII)
_WRONG_TIME: Final = N_("A time looks like 2026-12-31 or 2026-12-31 14:05; 7d is seven days back.")


class FilterScreen(DetailScreen):
    """Says which entries to show. Answers another `Wanted`; None where nothing is to change.

    Args:
        wanted: what is filtered by now.
        fixed: the fields that stay as they are, because the list is about them.
    """

    SECTION = "audit"
    ABOUT = N_("Which entries the list shows. Everything that you fill in has to be true of an entry; what is empty lets all through.")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+n", "nothing", N_("Everything"), tooltip=N_("Take every filter away")),
    ]

    def __init__(self, wanted: Wanted, fixed: Sequence[str] = ()) -> None:
        super().__init__()
        self._wanted = wanted
        self._fixed = fixed
        self._zone = shop.zone()

    def heading(self) -> str:
        """What it is."""
        return _("Audit · Show only")

    def compose_content(self) -> ComposeResult:
        """A field for everything that can be filtered by."""
        wanted, zone = self._wanted, self._zone
        days = _("2026-12-31, 2026-12-31 14:05, or 7d for seven days back")
        found = {
            "by": Field("by", _("Who acted"), value=wanted.by, hint=_("login, name or part of it; console:… for an operator"), limit=80),
            "department_id": Choice("department_id", _("Department"), self._departments, value=wanted.department_id or NOTHING),
            "area": Choice("area", _("Area"), area_options, value=wanted.area),
            "action": Choice("action", _("What was done"), self._actions, value=wanted.action),
            "risk": Choice("risk", _("Risk"), risk_options, value=wanted.risk),
            "since": Field("since", _("Since"), value=typed(wanted.since, zone), hint=days, limit=20),
            "until": Field("until", _("Until"), value=typed(wanted.until, zone, end=True), limit=20),
        }
        yield Form(*(field for name, field in found.items() if name not in self._fixed), submit=N_("Show"))

    def _departments(self) -> list[tuple[str | int, str]]:
        tree = self.read(departments.tree)
        return [(NOTHING, _("any")), *((row.id, "  " * row.depth + row.label) for row in tree.rows)]

    def _actions(self) -> list[tuple[str | int, str]]:
        chosen = self.form.control_named("area")
        area = str(chosen.value or "") if chosen is not None else ""
        return [(NOTHING, _("any")), *((action, action_label(action)) for action in (actions_in(area) if area else SENTENCES))]

    @property
    def form(self) -> Form:
        """The fields."""
        return self.query_one(Form)

    def on_mount(self) -> None:
        """Begin with the first."""
        self.form.controls[0].focus_control()

    @on(Control.Changed)
    def _changed(self, event: Control.Changed) -> None:
        """An action of another area would let nothing through."""
        action = self.form.control_named("action")
        if event.field.name == "area" and action is not None and event.value and action.value not in actions_in(str(event.value)):
            action.value = NOTHING

    def action_nothing(self) -> None:
        """Take every filter away."""
        kept = {name: getattr(self._wanted, name) for name in ("words", "kind", "thing_id", *self._fixed)}
        scheduled(self.dismiss(Wanted(**kept)))

    @on(Form.Submitted)
    def _show(self, event: Form.Submitted) -> None:
        with self.refusals_shown(event.form):
            scheduled(self.dismiss(self._filled(event.form)))

    def _filled(self, form: Form) -> Wanted:
        """What was filled in.

        Raises:
            Invalid: a time is none, the end is before the beginning, or nobody or several are called that.
        """
        values: dict[str, Any] = {name: value for name, value in form.values().items() if name in FIELDS}
        if "by" in values:
            values["by"] = self._person(str(values["by"] or ""))
        for name in ("since", "until"):
            if name in values:
                values[name] = moment(name, str(values[name] or ""), self._zone, end=name == "until")
        wanted = self._wanted._replace(**values)
        if wanted.since is not None and wanted.until is not None and wanted.until < wanted.since:
            raise Invalid("until", N_("That is before the beginning."))
        return wanted._replace(department_id=wanted.department_id or None)

    def _person(self, typed: str) -> str:
        """The login of the one person whom somebody means."""
        text = typed.strip().casefold()
        if not text or ":" in text:
            return text
        try:
            staff.find(text)
        except Unknown:
            listing = self.read(staff.listing, StaffFilter(query=text))
            people = listing.window(0, 2)
            if not people:
                raise Invalid("by", N_("Nobody is called that.")) from None
            if len(people) > 1:
                raise Invalid("by", N_("{n} people are meant by that: type the login."), n=listing.count()) from None
            return people[0].login
        return text


def area_options() -> list[tuple[str | int, str]]:
    """The areas of the log."""
    return [(NOTHING, _("any")), *((area, _(label)) for area, label in AREAS.items())]


def risk_options() -> list[tuple[str | int, str]]:
    """The risks, the highest first."""
    return [(NOTHING, _("any")), *((risk, risk_label(risk)) for risk in (HIGH, MEDIUM, LOW))]


def action_label(action: str) -> str:
    """What was done, whatever it was done to."""
    return sentence(action, SOMETHING)


def moment(field: str, typed: str, zone: str, *, end: bool = False) -> int | None:
    """The moment that was typed, UTC microseconds: the first of a day, or of a minute; None where nothing was.

    Args:
        zone: the shop's time zone.
        end: the last moment in place of the first.

    Raises:
        Invalid: it is none.
    """
    text = half_width(typed).strip()
    if not text:
        return None
    if back := _BACK.fullmatch(text):
        text = clock.day(clock.now() - int(back[1]) * clock.DAY, zone)
    day, exact, hour = text.partition(" ")
    try:
        last = clock.end_of_day(day, zone)
        of = date.fromisoformat(clock.day(last, zone))
        if exact:
            at = datetime.combine(of, _minute(hour), tzinfo=ZoneInfo(zone))
            return int(at.timestamp()) * clock.SECOND + (clock.MINUTE - 1 if end else 0)
        return last if end else clock.end_of_day((of - timedelta(days=1)).isoformat(), zone) + 1
    except (Invalid, ValueError, OverflowError):  # the first day there is has none before it
        raise Invalid(field, _WRONG_TIME) from None


def _minute(text: str) -> time:
    """A time of the day, as 9:05.

    Raises:
        ValueError: it is none.
    """
    found = _CLOCK.fullmatch(text.strip())
    if found is None:
        raise ValueError(text)
    return time(int(found[1]), int(found[2]))


def typed(us: int | None, zone: str, *, end: bool = False) -> str:
    """A moment as one would type it: a day where it is the first, or the last, of it; "" for none."""
    if us is None:
        return ""
    day = clock.day(us, zone)
    whole = us == moment("", day, zone, end=end)
    return day if whole else clock.minute(us, zone)


def filter_words(wanted: Wanted, tree: Mapping[int, str], zone: str, fixed: Sequence[str] = ()) -> list[str]:
    """What is filtered by, in few words each; empty where nothing is.

    Args:
        tree: the departments' labels by id.
        fixed: fields that go without saying.
    """
    said = {
        "by": wanted.by and _("by {who}").format(who=who(wanted.by, "")),
        "department_id": wanted.department_id and _("in {department}").format(department=tree.get(wanted.department_id, "?")),
        "area": wanted.area and _(AREAS[wanted.area]),
        "action": wanted.action and action_label(wanted.action),
        "risk": wanted.risk and risk_label(wanted.risk),
        "since": wanted.since is not None and _("from {moment}").format(moment=typed(wanted.since, zone)),
        "until": wanted.until is not None and _("until {moment}").format(moment=typed(wanted.until, zone, end=True)),
    }
    return [str(words) for field, words in said.items() if words and field not in fixed]


def is_filtered(wanted: Wanted, base: Wanted) -> bool:
    """Whether anything is filtered out beyond what the list is about, the search apart."""
    return wanted._replace(words="") != base
