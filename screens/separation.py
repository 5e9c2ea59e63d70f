"""Permissions that no one person may hold together: the owner's list of them, and who holds both all the same."""

from __future__ import annotations

from typing import Any, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from models import clock
from models.catalogue import area_label, permission_label, permissions
from models.errors import Unknown
from models.i18n import N_, _, ngettext
from models.operations import separation as operations
from models.queries import separation as queries, shop
from models.queries.separation import SeparationRow
from models.rules.separation import FOREVER, cannot_be_apart
from screens.base import DetailScreen, scheduled
from screens.dialogs.ask import Ask
from screens.dialogs.choose import Choose, Option
from screens.dialogs.confirm import Confirm
from screens.sections import OWNER, load
from screens.separation_words import impact_words, sources
from screens.widgets import words
from screens.widgets.list_view import ALWAYS, Column, ListSource, ListView, Row


class SeparationScreen(DetailScreen):
    """What is kept apart, why, since when, and how many hold both all the same."""

    DEFAULT_CSS = """
    SeparationScreen #reason { height: auto; min-height: 3; max-height: 8; width: 100%; padding: 0 1; border-top: solid $panel; }
    """
    SECTION = "roles"
    TAKES = OWNER
    AUTO_FOCUS = "#pairs"
    ABOUT = N_("Pairs of permissions that nobody may be given together. Whoever held both before keeps them until you take one away.")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "new", N_("New"), tooltip=N_("Keeps two more permissions apart")),
        Binding("x", "withdraw", N_("Withdraw"), tooltip=N_("Lets the two be given together again")),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._rows: dict[object, SeparationRow] = {}

    def heading(self) -> str:
        """What this is."""
        return _("Kept apart")

    def compose_content(self) -> ComposeResult:
        """The list, and the reason for the pair under the cursor."""
        yield ListView(
            Column("one", N_("Permission"), least=14, keep=ALWAYS),
            Column("other", N_("Kept apart from"), least=14, keep=ALWAYS),
            Column("people", N_("Hold both"), width=9, align="right", keep=8),
            Column("since", N_("Since"), width=10, keep=4),
            Column("by", N_("Declared by"), width=12, keep=3),
            choose=N_("Holders"),
            empty=lambda: _(
                "Nothing is kept apart yet: `n` does, as “Approve refunds” from “View bills”, so that nobody can pay and book."
            ),
            id="pairs",
        )
        yield Static(id="reason")

    @property
    def pairs(self) -> ListView:
        """The list."""
        return self.query_one("#pairs", ListView)

    @property
    def pair(self) -> SeparationRow | None:
        """The pair under the cursor."""
        return self._rows.get(self.pairs.key)

    def reload(self) -> None:
        """Read them again."""
        self._rows = {row.id: row for row in self.read(queries.listed)}
        zone = shop.zone()
        self.pairs.show(ListSource([_row(row, zone) for row in self._rows.values()]))
        self.refresh_bindings()

    @on(ListView.CursorMoved, "#pairs")
    def _moved(self) -> None:
        row = self.pair
        said = "" if row is None else row.reason or _("No reason was given.")
        self.query_one("#reason", Static).update(words.plain(said, "$text-muted"))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Without a pair there is nothing to withdraw."""
        if action == "withdraw" and not self._rows:
            return False
        return super().check_action(action, parameters)

    @on(ListView.Chosen, "#pairs")
    def _open(self, event: ListView.Chosen) -> None:
        scheduled(self.app.push_screen(ViolationsScreen(int(event.key))))

    # ---- changing

    @work(exclusive=True, group="change")
    async def action_new(self) -> None:
        """Choose two, say why, see who holds both now, and keep them apart."""
        with self.refusals_shown():
            one = await self._choose(_("Which permission?"), None)
            other = await self._choose(_("Kept apart from which?"), one) if one else None
            if one is None or other is None:
                return
            labels = {"one": permission_label(one), "other": permission_label(other)}
            title = _("Keep “{one}” and “{other}” apart: why?").format(**labels)
            hint = _("For whoever is refused one of them; may stay empty.")
            reason = await self.app.push_screen_wait(Ask(title, label=_("Reason"), name="reason", limit=operations.REASON_LIMIT, hint=hint))
            if reason is None:
                return
            impact = await self.ask(queries.impact, one, other)
            question = _("Keep “{one}” and “{other}” apart from now on?").format(**labels)
            if not await self.app.push_screen_wait(Confirm(question, yes_label=_("Keep apart"), detail=impact_words(impact))):
                return
            declared = await self.ask(operations.declare, one, other, reason=reason)
            self.reload()
            self.pairs.select(declared)
            self.toast(_("Kept apart."))

    async def _choose(self, title: str, but: str | None) -> str | None:
        """One of what can be given; of the second, what can be kept apart from the first and is not yet."""
        taken = {code for row in self._rows.values() for code in (row.one, row.other) if but in (row.one, row.other)}
        options = [
            Option(each.code, each.label, area_label(each.area), also=each.code)
            for each in permissions().values()
            if not each.owner_only and each.code not in taken and not (but and cannot_be_apart(but, each.code))
        ]
        picked = await self.app.push_screen_wait(Choose(title, options, search=True))
        return None if picked is None else str(picked)

    @work(exclusive=True, group="change")
    async def action_withdraw(self) -> None:
        """Let the two under the cursor be given together again."""
        if (row := self.pair) is None:
            return
        question = _("Let “{one}” and “{other}” be given together again?").format(
            one=permission_label(row.one), other=permission_label(row.other)
        )
        detail = _("Nobody is given anything now; from now on both can be given to one person.")
        if await self.app.push_screen_wait(Confirm(question, yes_label=_("Withdraw"), detail=detail)):
            with self.refusals_shown():
                await self.ask(operations.withdraw, row.id)
                self.toast(_("Withdrawn."))
            self.reload()


def _row(row: SeparationRow, zone: str) -> Row:
    people = words.plain(str(row.people), "$text-warning") if row.people else "0"
    cells = (permission_label(row.one), permission_label(row.other), people, clock.day(row.declared_at, zone), row.declared_by)
    return Row(row.id, cells)


class ViolationsScreen(DetailScreen):
    """Who holds both of two permissions that are kept apart, and through what.

    Args:
        separation_id: the pair.
    """

    DEFAULT_CSS = """
    ViolationsScreen #through { height: 5; width: 100%; padding: 0 1; border-top: solid $panel; }
    """
    SECTION = "roles"
    TAKES = queries.PERMISSION
    AUTO_FOCUS = "#people"
    ABOUT = N_("Who held both before they were kept apart. Enter opens the person, where one of the two can be taken away.")

    def __init__(self, separation_id: int) -> None:
        super().__init__()
        self._separation_id = separation_id
        self._row: SeparationRow | None = None

    def heading(self) -> str:
        """Which two, and how many hold both."""
        if self._row is None:
            return ""
        count = ngettext("{count} person holds both", "{count} people hold both", self._row.people).format(count=self._row.people)
        return f"{permission_label(self._row.one)} · {permission_label(self._row.other)} · {count}"

    def compose_content(self) -> ComposeResult:
        """The list, and through what the person under the cursor holds both."""
        yield ListView(
            Column("mark", width=1, keep=ALWAYS),
            Column("login", N_("Login"), width=12, keep=ALWAYS),
            Column("name", N_("Name"), least=10, keep=ALWAYS),
            Column("until", N_("Until"), width=24, keep=2),
            empty=lambda: _("Nobody holds both: `esc` goes back."),
            id="people",
        )
        yield Static(id="through")

    def reload(self) -> None:
        """Read them again."""
        try:
            self._row, people = self.read(queries.holders, self._separation_id)
        except Unknown:
            scheduled(self.dismiss(None))  # somebody withdrew it
            raise
        zone = shop.zone()
        rows = [_person(who.staff_id, who.status, who.login, who.name, who.last, zone) for who in people]
        self.query_one("#people", ListView).show(ListSource(rows))
        self.refresh_top()

    @on(ListView.CursorMoved, "#people")
    def _moved(self, event: ListView.CursorMoved) -> None:
        said = ""
        if event.key is not None and self._row is not None:
            pair, zone = queries.pair_of(self._row), shop.zone()
            found = zip(pair, self.read(queries.through, int(event.key), *pair), strict=True)
            said = "\n".join(_("{what}: {new}").format(what=permission_label(code), new=sources(through, zone)) for code, through in found)
        self.query_one("#through", Static).update(words.plain(said, "$text-muted"))

    @on(ListView.Chosen, "#people")
    def _open(self, event: ListView.Chosen) -> None:
        person: Any = load("screens.staff_detail:StaffDetailScreen")
        scheduled(self.app.push_screen(person(event.key)))


def _person(staff_id: int, status: str, login: str, name: str, last: int, zone: str) -> Row:
    until = "" if last == FOREVER else f"{clock.day(last, zone)} ({clock.distance(last)})"
    return Row(staff_id, (words.STATUS_MARKS[status], login, name, until))
