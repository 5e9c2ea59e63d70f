"""A colleague stands in until a day, or takes over for good: who, what, until when, and what they will be able to do then."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from textual import on
from textual.app import ComposeResult
from textual.widgets import Static

from models import clock
from models.actor import Actor
from models.catalogue import LEFT
from models.i18n import N_, _
from models.operations import succession as operations
from models.queries import reach, shop, staff, succession
from models.queries.staff import Grant, StaffDetail, StaffFilter
from models.rules.grants import AccessChange
from screens.base import DetailScreen, scheduled
from screens.department_rows import PeopleSource
from screens.dialogs.choose import Choose, Option
from screens.dialogs.choose_person import ChoosePerson
from screens.leaving import conversations, day_hint, day_typed
from screens.staff_facts import given, grant_words
from screens.succession_preview import SuccessionPreviewScreen
from screens.widgets import words
from screens.widgets.fact_list import Fact, FactList
from screens.widgets.field import Choice, Control, Field
from screens.widgets.form import Form
from screens.widgets.list_view import ALWAYS, Column, ListSource, ListView, Row, Source

STAND_IN: Final = "stand in"
TAKE_OVER: Final = "take over"
STAYS: Final = ""
DAY: Final = "day"


async def begin(screen: DetailScreen, colleague: StaffDetail) -> None:
    """Ask whether somebody is to stand in or to take over, then who, and go on there; from a worker of `screen`."""
    ways = [Option(STAND_IN, _("Stand in until a day"), _("what you choose"))]
    if colleague.id != screen.actor.staff_id:  # nobody gives all of their own away, and what they are with it
        ways.append(Option(TAKE_OVER, _("Take over for good"), _("everything")))
    title = _("What is to become of what {name} holds?").format(name=colleague.name)
    if (way := await screen.app.push_screen_wait(Choose(title, ways))) is None:
        return

    def find(typed: str) -> Source:
        found: list[Source] = []
        with screen.refusals_shown():
            found.append(PeopleSource(screen.read(staff.listing, StaffFilter(query=typed)), more="department"))
        return found[0] if found else ListSource()

    title = _("Who stands in for {name}?") if way == STAND_IN else _("Who takes over from {name}?")
    picked = await screen.app.push_screen_wait(ChoosePerson(title.format(name=colleague.name), find))
    if picked == colleague.id:
        screen.toast(_("That is the same person."), bad=True)
    elif picked is not None:
        kind = StandInScreen if way == STAND_IN else ReplaceScreen
        scheduled(screen.app.push_screen(kind(colleague.id, int(picked))))


class SuccessionScreen(DetailScreen):
    """What both have in common: two people, and a preview that is confirmed.

    Args:
        colleague_id: whose roles and extras.
        successor_id: who is to have them.
    """

    SECTION = "staff"
    TAKES = operations.PERMISSION
    CSS_PATH = "leave.tcss"

    def __init__(self, colleague_id: int, successor_id: int) -> None:
        super().__init__()
        self._colleague_id = colleague_id
        self._successor_id = successor_id
        self._colleague: StaffDetail | None = None
        self._successor: StaffDetail | None = None

    @property
    def form(self) -> Form:
        """What is asked for."""
        return self.query_one(Form)

    def reload(self) -> None:
        """Read both again; what was typed and ticked stays."""
        self._colleague, self._successor = self.read(staff.detail, self._colleague_id), self.read(staff.detail, self._successor_id)
        if LEFT in {self._colleague.status, self._successor.status}:
            self._checked(made=True)
            return
        self.show_held(self.read(staff.grants, self._colleague_id))
        self.refresh_top()

    def show_held(self, grants: tuple[Grant, ...]) -> None:
        """Show what the colleague holds."""
        raise NotImplementedError

    def names(self, said: str) -> str:
        """A sentence with both names in it."""
        if self._colleague is None or self._successor is None:
            return ""
        return said.format(name=self._successor.name, colleague=self._colleague.name)

    def would_lose(self) -> str:
        """What was typed."""
        return _("Discard what was typed?") if self.form.is_changed else ""

    def check_first(self, wanted: Callable[[], AccessChange], act: Callable[..., None], done: str) -> None:
        """Show what would change; the act runs from there.

        Args:
            wanted: works out what changes for the successor, as things stand.
            act: takes the actor, and `version` and `seen` as the operation does.
            done: what is said afterwards.
        """
        scheduled(self.app.push_screen(SuccessionPreviewScreen(self._successor_id, wanted, act, self.heading(), done), self._checked))

    def _checked(self, made: bool | None) -> None:  # noqa: FBT001  Textual's
        """Close, once: who is replaced has left by then, which reading them again finds out as well."""
        if made and self.is_current:
            scheduled(self.dismiss(True))


class StandInScreen(SuccessionScreen):
    """Ticks what a colleague is to hold while somebody is away, until a day."""

    AUTO_FOCUS = "Entry"
    ABOUT = N_(
        "Space ticks what the colleague gets, until the day below. Whoever is away loses nothing. A preview comes before anything changes."
    )

    def compose_content(self) -> ComposeResult:
        """What is held, and until when."""
        columns = (Column("label", keep=ALWAYS, least=20), Column("said", keep=ALWAYS, least=24, flex=2))
        yield ListView(*columns, ticks=True, header=False, choose=N_("Check"), empty=_("Nothing was given to them that is still valid."))
        yield Form(Field("until", _("Until"), hint=day_hint("", shop.zone()), limit=20), submit=N_("Check"))

    def heading(self) -> str:
        """Who, for whom."""
        return self.names(_("{name} stands in for {colleague}"))

    @property
    def held(self) -> ListView:
        """The list."""
        return self.query_one(ListView)

    def show_held(self, grants: tuple[Grant, ...]) -> None:
        """All of it is ticked at first."""
        now, zone = clock.now(), shop.zone()
        live = [grant for grant in grants if grant.since <= now and (grant.until is None or grant.until >= now)]
        rows = [Row(_key(grant), (_label(grant), grant_words(grant, zone, now))) for grant in live]
        first = self.held.count == 0
        self.held.show(ListSource(tuple(rows)))
        if first:
            self.held.ticked = frozenset(row.key for row in rows)

    @on(Control.Changed)
    def _typed(self, event: Control.Changed) -> None:
        event.field.hint = day_hint(str(event.value), shop.zone())

    @on(Form.Submitted)
    @on(ListView.Chosen)
    def _check(self) -> None:
        with self.refusals_shown(self.form):
            ticked = [str(key) for key in self.held.ticked]
            roles = [int(key.removeprefix("role:")) for key in ticked if key.startswith("role:")]
            extras = [key.removeprefix("extra:") for key in ticked if key.startswith("extra:")]
            until = day_typed("until", self.form.text("until"), shop.zone())

            def wanted() -> AccessChange:
                return self.read(succession.stand_in, self._colleague_id, self._successor_id, roles, extras, until)

            if not ticked:
                self.toast(_("Tick something first."))
            elif wanted() == AccessChange():
                self.toast(self.names(_("{name} holds all of that as long already.")))
            else:
                self.check_first(wanted, self._act(roles, extras, until), self.names(_("{name} stands in for {colleague}.")))

    def _act(self, roles: list[int], extras: list[str], until: int) -> Callable[..., None]:
        def act(actor: Actor, **how: Any) -> None:
            operations.stand_in(actor, self._colleague_id, self._successor_id, roles, extras, until, **how)

        return act


class ReplaceScreen(SuccessionScreen):
    """Says what passes to a colleague for good, and whether the other one leaves."""

    AUTO_FOCUS = "Choice"
    ABOUT = N_(
        "Everything passes to the colleague with the same ends, departments to head as well; the other one loses it. A preview comes first."
    )

    def compose_content(self) -> ComposeResult:
        """What passes, and whether the other one leaves."""
        leaves = [(STAYS, _("stays, with nothing"))]
        if self.may(reach.OFFBOARD):
            leaves += [(operations.NOW, _("leaves today, at once")), (DAY, _("leaves at the end of a day"))]
        yield Static(classes="said")
        yield FactList(label=24)
        yield Form(
            Choice("leaves", _("The other one"), leaves, value=STAYS),
            Field("on", _("Last day"), hint=day_hint("", shop.zone()), limit=20),
            Field("reason", _("Reason"), limit=200, hint=_("For the log; may be empty.")),
            submit=N_("Check"),
        )

    def on_mount(self) -> None:
        """A day is asked for where one is meant."""
        self._fit()

    def heading(self) -> str:
        """Who, from whom."""
        return self.names(_("{name} takes over from {colleague}"))

    def show_held(self, grants: tuple[Grant, ...]) -> None:
        """What passes, and what does not."""
        said = self.names(_("{name} gets all of this for as long, and keeps what they hold themselves. {colleague} loses it."))
        self.query_one(".said", Static).update(words.plain(said))
        now = clock.now()
        live = tuple(grant for grant in grants if grant.until is None or grant.until >= now)
        facts = given(live, shop.zone(), is_owner=False)
        facts += [
            Fact(f"head:{place}", _("Head of"), (path,)) for place, path in enumerate(self.read(succession.heads, self._colleague_id))
        ]
        handed = self.read(succession.conversations, self._colleague_id)
        self.query_one(FactList).show_facts([*facts, *conversations(handed, shop.zone())])

    def _fit(self) -> None:
        leaves = self.form.text("leaves")
        for name, meant in (("on", leaves == DAY), ("reason", leaves != STAYS)):
            if (control := self.form.control_named(name)) is not None:
                control.display = meant

    @on(Control.Changed)
    def _changed(self, event: Control.Changed) -> None:
        if event.field.name == "leaves":
            self._fit()
        elif event.field.name == "on":
            event.field.hint = day_hint(str(event.value), shop.zone())

    @on(Form.Submitted)
    def _check(self) -> None:
        with self.refusals_shown(self.form):
            leaves = self.form.text("leaves")
            if leaves == DAY:
                leaves = clock.day(day_typed("on", self.form.text("on"), shop.zone()), shop.zone())
            act = self._act(leaves, self.form.text("reason"))
            self.check_first(self._wanted, act, self.names(_("{name} has taken over from {colleague}.")))

    def _wanted(self) -> AccessChange:
        return self.read(succession.replacement, self._colleague_id, self._successor_id)

    def _act(self, leaves: str, reason: str) -> Callable[..., None]:
        def act(actor: Actor, **how: Any) -> None:
            operations.replace(actor, self._colleague_id, self._successor_id, leaves=leaves, reason=reason, **how)

        return act


def _key(grant: Grant) -> str:
    return f"role:{grant.role_id}" if grant.kind == "role" else f"extra:{grant.key}"


def _label(grant: Grant) -> str:
    return grant.label if grant.kind == "role" else _("+ {permission}").format(permission=grant.label)
