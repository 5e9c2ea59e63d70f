"""One person in the access review: each role and extra with its source, its use and who confirmed it; to confirm or take away."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content

from models import clock
from models.catalogue import post_label, status_label
from models.errors import Refusal
from models.i18n import N_, _, ngettext
from models.operations import grants, review as operations
from models.queries import access, reach, review_lines, shop
from models.queries.access import Preview
from models.queries.last_use import UNUSED_DAYS
from models.queries.review import PERMISSION, GrantKey, PersonRow
from models.queries.review_lines import Given, Line, PersonReview
from models.rules.grants import AccessChange
from screens.base import DetailScreen, scheduled
from screens.dialogs.confirm import Confirm
from screens.dialogs.tell import Tell
from screens.home_rows import BETWEEN
from screens.review_rows import LINES, line_row, used
from screens.sections import load
from screens.widgets import words
from screens.widgets.list_view import ListSource, ListView
from screens.widgets.said import Said


class TickedList(ListView):
    """A list whose ticking the line of keys has no room for."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "tick", N_("Tick"), show=False, tooltip=N_("Tick several, to do it with all"))
    ]


class ReviewPersonScreen(DetailScreen):
    """The lines of a person.

    Args:
        staff_id: whose.
    """

    CSS_PATH = "review.tcss"
    AUTO_FOCUS = "#lines"
    SECTION = "audit"
    TAKES = PERMISSION
    ABOUT = N_(
        "Everything that was given to a person. c confirms that it is still right, t takes it away: what is ticked with space, or the line "
        "under the cursor. “Log cannot tell”: no program says when it is used."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("c", "confirm", N_("Confirm"), tooltip=N_("Confirm that it is still right; your name and the date are kept with it")),
        Binding("t", "take", N_("Take away"), tooltip=N_("Take it away, after looking at what is lost")),
        Binding("o", "profile", N_("Profile"), tooltip=N_("Open the person's profile")),
    ]
    NEEDS: ClassVar[dict[str, str]] = {"confirm": operations.PERMISSION, "take": grants.PERMISSION, "profile": "staff.view"}

    def __init__(self, staff_id: int) -> None:
        super().__init__()
        self._staff_id = staff_id
        self._review: PersonReview | None = None
        self._lines: dict[str, Line] = {}
        self._refusal: Refusal | None = None

    def heading(self) -> str:
        """Whose, and how much of it was confirmed lately."""
        if self._review is None:
            return _("Access review")
        row = self._review.row
        said = _("Access review · {name}").format(name=row.name)
        if not row.lines:
            return said
        done = ngettext("{confirmed} of {lines} confirmed", "{confirmed} of {lines} confirmed", row.lines)
        return f"{said} · {done.format(confirmed=row.confirmed, lines=row.lines)}"

    def compose_content(self) -> ComposeResult:
        """Who that is, the lines, and all about the one under the cursor."""
        yield Said(id="about")
        yield TickedList(*LINES, ticks=True, choose=N_("Gives"), empty=self._nothing, id="lines")
        yield Said(id="says")

    @property
    def lines(self) -> ListView:
        """The list."""
        return self.query_one("#lines", ListView)

    def _nothing(self) -> str:
        if self._review is not None and self._review.row.is_owner:
            return _("The owner holds everything, and nobody gave it: there is nothing to confirm. `esc` goes back.")
        return _("Nothing was given to this person: there is nothing to confirm. `esc` goes back.")

    def reload(self) -> None:
        """Read the lines again."""
        found = self.read(review_lines.person, self._staff_id)
        self._review, zone = found, shop.zone()
        self._lines = {f"{line.grant.kind}:{line.grant.id}": line for line in found.lines}
        self._refusal = self.read(reach.in_the_way, self._staff_id) if self.may("staff.view") else None
        self.query_one("#about", Said).update(_about(found.row, self._refusal if self.may(operations.PERMISSION) else None))
        self.query_one("#says").display = bool(found.lines)
        self.lines.show(ListSource([line_row(line, zone) for line in found.lines]))
        self.refresh_top()
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What reaches too far is shown and dimmed, and the line above the list says why."""
        if action in {"confirm", "take"} and super().check_action(action, parameters):
            return True if self._lines and self._refusal is None else None
        return super().check_action(action, parameters)

    @on(ListView.CursorMoved, "#lines")
    def _moved(self, event: ListView.CursorMoved) -> None:
        line = self._lines.get(str(event.key))
        self.query_one("#says", Said).update("" if line is None else _all_about(line, shop.zone()))

    @on(ListView.Chosen, "#lines")
    def _chosen(self, event: ListView.Chosen) -> None:
        line, zone = self._lines[str(event.key)], shop.zone()
        said = [_given_words(given, zone) for given in line.gives] or [_("There is nothing in this role.")]
        scheduled(self.app.push_screen(Tell(line.label, said)))

    def _chosen_lines(self) -> list[Line]:
        """What is ticked, or else the line under the cursor."""
        ticked = [self._lines[key] for key in self._lines if key in self.lines.ticked]
        current = self._lines.get(str(self.lines.key))
        return ticked or ([current] if current is not None else [])

    @work(exclusive=True, group="change")
    async def action_confirm(self) -> None:
        """Confirm what is ticked, or the line under the cursor."""
        wanted = self._chosen_lines()
        if not wanted:
            return
        with self.refusals_shown():
            done = await self.ask(operations.confirm, [line.grant for line in wanted])
            self.toast(confirmed_words(done.done))
        self._again()

    @work(exclusive=True, group="change")
    async def action_take(self) -> None:
        """Take away what is ticked, or the line under the cursor, if the person goes on after seeing what is lost."""
        wanted, found = self._chosen_lines(), self._review
        if not wanted or found is None:
            return
        change = AccessChange(
            take_roles=tuple(line.role_id for line in wanted if line.role_id is not None),
            take_extras=tuple(line.key for line in wanted if line.role_id is None),
        )
        with self.refusals_shown():
            preview = self.read(access.preview_change, self._staff_id, change)
            if await self.app.push_screen_wait(_question(found.row, wanted, preview)):
                await self.ask(grants.change, self._staff_id, change, version=found.version, seen=preview.seen)
                self.toast(_("Taken away from {name}.").format(name=found.row.name))
        self._again()

    def _again(self) -> None:
        with self.refusals_shown():
            self.lines.ticked = frozenset()
            self.reload()

    def action_profile(self) -> None:
        """Open the person's profile."""
        person: Any = load("screens.staff_detail:StaffDetailScreen")
        scheduled(self.app.push_screen(person(self._staff_id)))


def _about(row: PersonRow, refusal: Refusal | None) -> Content:
    count = ngettext("{n} permission", "{n} permissions", row.permissions).format(n=row.permissions)
    facts = [row.login, row.department or _("in no department"), post_label(row.post), status_label(row.status), count]
    facts += [f"{words.HIGH_RISK} {row.high}"] if row.high else []
    said = words.plain(BETWEEN.join(facts))
    return said if refusal is None or row.is_owner else words.join(said, "\n", words.plain(str(refusal), "$text-warning"))


def _all_about(line: Line, zone: str) -> Content:
    """Where a line comes from, and what of it was let lie."""
    since = _("Given by {by} on {day}").format(by=line.by, day=clock.day(line.since, zone))
    facts = [since]
    if line.until is not None:
        facts.append(_("until {day} ({distance})").format(day=clock.day(line.until, zone), distance=clock.distance(line.until)))
    if line.stands_for:
        facts.append(_("stands in for {login}").format(login=line.stands_for))
    if line.confirmed_at is not None:
        facts.append(_("confirmed by {by} on {day}").format(by=line.confirmed_by, day=clock.day(line.confirmed_at, zone)))
    high = [f"{words.HIGH_RISK} {given.label}" for given in line.gives if given.high and not given.cut]
    lies = [given.label for given in line.unused(clock.now())]
    said = words.plain(BETWEEN.join(facts))
    if high:
        said = words.join(said, "\n", words.plain(BETWEEN.join(high), "$text-error"))
    if lies:
        unused = _("Not used for {days} days: {permissions}").format(days=UNUSED_DAYS, permissions=BETWEEN.join(lies))
        said = words.join(said, "\n", words.plain(unused, "$text-warning"))
    return said


def _given_words(given: Given, zone: str) -> str:
    mark = words.HIGH_RISK if given.high else " "
    if given.cut:
        return f"{mark} {given.label} · {_('the post bars it')}"
    return f"{mark} {given.label} · {used(given.use, zone).plain}"


def _question(row: PersonRow, wanted: Sequence[Line], preview: Preview) -> Confirm:
    what = BETWEEN.join(line.label for line in wanted)
    lost = [f"− {words.HIGH_RISK if line.permission.high_risk else ' '} {line.permission.label}" for line in preview.lines if line.lost]
    detail = lost or [_("Nothing is lost: other grants give the same.")]
    return Confirm(_("Take {what} from {name}?").format(what=what, name=row.name), yes_label=_("Take away"), detail=detail)


def confirmed_words(done: int) -> str:
    """How many lines were confirmed."""
    return ngettext("{n} line is confirmed.", "{n} lines are confirmed.", done).format(n=done)


def key_of(row_key: object) -> GrantKey:
    """The line that a row stands for."""
    kind, _colon, grant_id = str(row_key).partition(":")
    return GrantKey(kind, int(grant_id))
