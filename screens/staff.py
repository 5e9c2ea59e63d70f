"""Staff: finding people, and what is done to one or to many of them at once."""

from __future__ import annotations

from typing import Any, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input

from models.catalogue import ACTIVE, FROZEN, INVITED
from models.i18n import N_, _, ngettext
from models.operations import staff as operations
from models.queries import departments, roles, shop, staff
from models.queries.staff import StaffFilter, StaffRow
from screens.base import DeskScreen, scheduled
from screens.department_rows import SHOP, places
from screens.dialogs.choose import Choose
from screens.dialogs.confirm import Confirm
from screens.dialogs.tell import Tell
from screens.leaving import FREEZE, UNFREEZE
from screens.sections import load
from screens.staff_detail import StaffDetailScreen
from screens.staff_filter import Filters, chosen, cleared, is_filtered
from screens.staff_rows import COLUMNS, StaffSource
from screens.widgets import words
from screens.widgets.entry import Entry
from screens.widgets.list_view import ListView
from screens.widgets.said import Said


class _People(ListView):
    """The people; the line of keys has no room for what every list can do."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "tick", N_("Tick"), show=False),
        Binding("s", "sort", N_("Sort"), show=False),
    ]


class StaffScreen(DeskScreen):
    """Everybody who works here, and what can be done about it."""

    CSS_PATH = "staff.tcss"
    AUTO_FOCUS = "#people"
    SECTION = "staff"
    ABOUT = N_("Everybody who works here. Type after / to find people by name, login, number, phone, pinyin or initials.")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "search", N_("Search"), tooltip=N_("Search by name, login, number, phone, pinyin or initials")),
        Binding("f", "filter", N_("Filter"), tooltip=N_("Show a department, post, role or status only")),
        Binding("n", "onboard", N_("Onboard"), tooltip=N_("Create an account for somebody new")),
        Binding("z", "freeze", N_("Freeze"), tooltip=N_("Shut the person out at once; unfreezing lets them back in")),
        Binding("z", "unfreeze", N_("Unfreeze"), tooltip=N_("Let the person back in")),
        Binding("m", "move", N_("Move"), tooltip=N_("Put whoever is ticked, or the person under the cursor, into another department")),
        Binding("i", "import", N_("Import"), tooltip=N_("Onboard many people from a file")),
        Binding("escape", "clear", N_("Clear"), tooltip=N_("Take away what was searched for, ticked, or filtered")),
        Binding("down", "to_list", show=False),
    ]
    NEEDS: ClassVar[dict[str, str]] = {
        "onboard": "staff.manage",
        "import": "staff.manage",
        "move": "staff.manage",
        "freeze": "staff.freeze",
        "unfreeze": "staff.freeze",
    }

    def __init__(self) -> None:
        super().__init__()
        self._wanted = StaffFilter()
        self._filters: Filters | None = None
        self._source: StaffSource | None = None

    def compose_content(self) -> ComposeResult:
        """What is searched for, what is filtered, and the people."""
        yield Entry(self._wanted.query, placeholder=_("/ name, login, number, phone, pinyin or initials"), id="search")
        yield Said(id="filters")
        yield _People(*COLUMNS, ticks=True, empty=self._nobody, sort=("login", "up"), id="people")

    @property
    def people(self) -> ListView:
        """The list."""
        return self.query_one("#people", ListView)

    @property
    def current(self) -> StaffRow | None:
        """The person under the cursor."""
        return self._source.person(self.people.key) if self._source else None

    def reload(self) -> None:
        """Read the people again, and what they can be filtered by."""
        self._filters = Filters(self.read(departments.tree), self.read(roles.listed))
        self._show()

    def _show(self) -> None:
        self._source = StaffSource(self.read(staff.listing, self._wanted), shop.zone())
        self.people.show(self._source, sort=(self._wanted.sort, "down" if self._wanted.descending else "up"))

    def _nobody(self) -> str:
        if self._wanted.query or is_filtered(self._wanted):
            return _("Nobody is found. `esc` clears what you look for.")
        return _("Nobody is here.")

    def _say_filters(self) -> None:
        said = self._filters.words(self._wanted) if self._filters else []
        count = self.people.count
        parts = [" · ".join(said) or _("Everybody who has not left"), ngettext("{n} person", "{n} people", count).format(n=count)]
        if ticked := len(self.people.ticked):
            parts.append(ngettext("{n} ticked", "{n} ticked", ticked).format(n=ticked))
        if count == 1 and not said and not self._wanted.query and self.may("staff.manage"):
            self.query_one("#filters", Said).update(words.with_keys(_("No staff yet: `n` onboards the first, `i` imports a file.")))
        else:
            self.query_one("#filters", Said).update(words.plain(" · ".join(parts), "$accent" if said else "", lines=False))

    # ---- where one comes to

    def arrive(self, **where: Any) -> None:
        """Come to a status, a department, a role, what is due, one person, or straight to onboarding."""
        fields = {field: where[field] for field in ("status", "department_id", "role_id", "due") if field in where}
        if fields or "staff_id" in where:
            self._wanted = cleared(self._wanted)._replace(query="", **fields)
            with self.prevent(Input.Changed):
                self.query_one("#search", Entry).value = ""
            with self.refusals_shown():
                self._show()
                self.people.action_edge(-1)
        if (staff_id := where.get("staff_id")) is not None:
            self.people.select(staff_id)
            scheduled(self.app.push_screen(StaffDetailScreen(staff_id)))
        elif where.get("onboard") and self.may("staff.manage"):
            self.action_onboard()

    # ---- finding

    def action_search(self) -> None:
        """Type what to look for."""
        self.query_one("#search", Entry).focus()

    def action_to_list(self) -> None:
        """From the search to what it found."""
        self.people.focus()

    @on(Input.Submitted, "#search")
    def _found(self) -> None:
        self.people.focus()

    @on(Input.Changed, "#search")
    def _searched(self, event: Input.Changed) -> None:
        if event.value == self._wanted.query:
            return
        self._wanted = self._wanted._replace(query=event.value)
        with self.refusals_shown():
            self._show()
            self.people.action_edge(-1)

    @on(ListView.SortAsked, "#people")
    def _sorted(self, event: ListView.SortAsked) -> None:
        column, way = event.sort
        self._wanted = self._wanted._replace(sort=column, descending=way == "down")
        with self.refusals_shown():
            self._show()

    @on(ListView.CursorMoved, "#people")
    @on(ListView.Ticked, "#people")
    def _moved(self) -> None:
        self._say_filters()
        self.refresh_bindings()

    @work(exclusive=True, group="change")
    async def action_filter(self) -> None:
        """Choose whom to show."""
        if self._filters is None:
            return
        picked = await self.app.push_screen_wait(Choose(_("Show only"), self._filters.options(self._wanted), search=True))
        if picked is not None:
            self._wanted = chosen(self._wanted, str(picked))
            with self.refusals_shown():
                self._show()

    def action_clear(self) -> None:
        """Take away what was searched for; then what was ticked; then what is filtered."""
        search = self.query_one("#search", Entry)
        if search.value:
            search.value = ""
        elif self.people.ticked:
            self.people.ticked = frozenset()
        else:
            self._wanted = cleared(self._wanted)
        self.people.focus()
        with self.refusals_shown():
            self._show()

    # ---- what goes

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what goes with the person under the cursor."""
        if action == "to_list":
            return self.focused is not self.people
        if action == "clear" and self.is_mounted:
            return bool(self._wanted.query or self.people.ticked or is_filtered(self._wanted) or self.focused is not self.people)
        if action in {"freeze", "unfreeze"}:
            row, actor = self.current if self.is_mounted else None, self.desk.actor
            fitting = {FROZEN} if action == "unfreeze" else {ACTIVE, INVITED}
            if row is None or row.status not in fitting or row.is_owner or actor is None or row.id == actor.staff_id:
                return False
        return super().check_action(action, parameters)

    @on(ListView.Chosen, "#people")
    def _opened(self, event: ListView.Chosen) -> None:
        scheduled(self.app.push_screen(StaffDetailScreen(int(event.key))))

    def action_onboard(self) -> None:
        """Create an account for somebody new."""
        scheduled(self.app.push_screen(load("screens.onboard:OnboardScreen")()))

    def action_import(self) -> None:
        """Onboard many people from a file."""
        scheduled(self.app.push_screen(load("screens.import_staff:ImportScreen")()))

    @work(exclusive=True, group="change")
    async def action_freeze(self) -> None:
        """Freeze the person under the cursor, if the user is sure."""
        if (row := self.current) is None:
            return
        question = _(FREEZE).format(name=row.name)
        if await self.app.push_screen_wait(Confirm(question, yes_label=_("Freeze"))):
            with self.refusals_shown():
                await self.ask(operations.freeze, row.id)
                self.toast(_("{name} is frozen.").format(name=row.name))
            self.reload()

    @work(exclusive=True, group="change")
    async def action_unfreeze(self) -> None:
        """Let the person under the cursor back in, if the user is sure."""
        if (row := self.current) is None:
            return
        question = _(UNFREEZE).format(name=row.name)
        if await self.app.push_screen_wait(Confirm(question, yes_label=_("Unfreeze"))):
            with self.refusals_shown():
                await self.ask(operations.unfreeze, row.id)
                self.toast(_("{name} is no longer frozen.").format(name=row.name))
            self.reload()

    @work(exclusive=True, group="change")
    async def action_move(self) -> None:
        """Put whoever is ticked, or the person under the cursor, into another department."""
        ticked = [int(key) for key in self.people.ticked]
        row = self.current
        if not ticked and row is None:
            return
        title = ngettext("Move {n} person to", "Move {n} people to", len(ticked)).format(n=len(ticked))
        if not ticked and row is not None:
            title = _("Move {name} to").format(name=row.name)
        options = places(shop.current().name, self.read(departments.tree), SHOP)
        picked = await self.app.push_screen_wait(Choose(title, options))
        if picked is None:
            return
        with self.refusals_shown():
            done = await self.ask(operations.move_many, ticked or [row.id if row else 0], int(picked) or None)
            self.people.ticked = frozenset()
            moved = ngettext("{n} person moved.", "{n} people moved.", done.done).format(n=done.done)
            if done.skipped:
                skipped = [_("{name}: {reason}").format(name=name, reason=reason) for name, reason in done.skipped]
                await self.app.push_screen_wait(Tell(f"{moved} {_('These were left out:')}", skipped))
            else:
                self.toast(moved)
        self.reload()
