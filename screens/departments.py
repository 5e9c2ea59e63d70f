"""The department tree: the shop on top, and beside it who leads the department under the cursor and who is in it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.content import Content

from models.i18n import N_, _
from models.operations import departments as operations
from models.queries import departments as queries, shop, staff
from models.queries.departments import DepartmentRow, Tree
from models.queries.staff import StaffFilter
from screens import audit_ways
from screens.base import DeskScreen, scheduled
from screens.department_closing import close
from screens.department_rows import SHOP, PeopleSource, headcount, headcount_of_shop, targets, tree_rows
from screens.dialogs.choose import Choose
from screens.dialogs.choose_person import NOBODY, ChoosePerson
from screens.dialogs.naming import name_it
from screens.sections import load
from screens.widgets import words
from screens.widgets.list_view import ALWAYS, Column, ListSource, ListView, Source
from screens.widgets.said import Said

MANAGE = operations.PERMISSION


class DepartmentsScreen(DeskScreen):
    """The tree, and what can be done about it."""

    SECTION = "departments"
    CSS_PATH = "departments.tcss"
    HORIZONTAL_BREAKPOINTS = [(0, "-slim"), (72, "-narrow"), (100, "-wide")]
    ABOUT = N_("The shop's departments, who leads them, and who is in them.")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "new", N_("New"), tooltip=N_("Adds a department below the one under the cursor.")),
        Binding("e", "rename", N_("Rename")),
        Binding("m", "move", N_("Move"), tooltip=N_("Puts it, with all below it, under another.")),
        Binding("d", "close", N_("Close"), tooltip=N_("Closes it; offers to move what is still in it.")),
        Binding("h", "head", N_("Head"), tooltip=N_("Says who leads it. That alone grants nothing.")),
        Binding("left_square_bracket,shift+up", "reorder(-1)", N_("Up"), tooltip=N_("Moves it up among its neighbours.")),
        Binding("right_square_bracket,shift+down", "reorder(1)", N_("Down"), tooltip=N_("Moves it down among its neighbours.")),
        audit_ways.history_key(),
        Binding("left", "shut", N_("Fold"), tooltip=N_("Hides what is below, or goes to the one above."), show=False),
        Binding("right", "unfold", N_("Unfold"), tooltip=N_("Shows what is below, or goes there."), show=False),
    ]
    NEEDS: ClassVar[dict[str, str]] = {
        **dict.fromkeys(("new", "rename", "move", "close", "head", "reorder"), MANAGE),
        "history": audit_ways.VIEW,
    }

    def __init__(self) -> None:
        super().__init__()
        self._shop = ""
        self._tree = Tree((), 0, 0)
        self._shut: set[int] = set()
        self._order = asyncio.Lock()

    def compose_content(self) -> ComposeResult:
        """The tree, and what is under its cursor."""
        with Container(id="split"):
            yield ListView(
                Column("name", keep=ALWAYS),
                Column("people", width=5, align="right", keep=ALWAYS),
                header=False,
                choose=N_("Staff"),
                id="tree",
            )
            with Container(id="about"):
                yield Said(id="what")
                yield ListView(
                    Column("mark", width=1, keep=ALWAYS),
                    Column("login", width=9, keep=ALWAYS),
                    Column("name", least=13, keep=ALWAYS),
                    Column("roles", least=10),
                    header=False,
                    empty=lambda: _("Nobody is directly in here: `4` opens the staff, to onboard or move somebody."),
                    id="people",
                )

    @property
    def tree_list(self) -> ListView:
        """The tree."""
        return self.query_one("#tree", ListView)

    @property
    def people(self) -> ListView:
        """Who is directly in the department under the cursor."""
        return self.query_one("#people", ListView)

    @property
    def department(self) -> DepartmentRow | None:
        """The department under the cursor; None on the shop's line."""
        return self._row(self.tree_list.key)

    def _row(self, key: object) -> DepartmentRow | None:
        return next((row for row in self._tree.rows if row.id == key), None)

    # ---- showing

    def on_mount(self) -> None:
        """The tree is what keys go to."""
        self.tree_list.focus()

    def reload(self) -> None:
        """Read the tree again."""
        self._shop = shop.current().name
        self._tree = self.read(queries.tree)
        self._shut &= {row.id for row in self._tree.rows}
        self._lay_out()

    def _lay_out(self) -> None:
        self.tree_list.show(ListSource(tree_rows(self._shop, self._tree, self._shut)))

    def arrive(self, **where: object) -> None:
        """Point at a department: `department_id`."""
        self.point_at(where.get("department_id"))

    def point_at(self, key: object) -> None:
        """Put the cursor on a department, unfolding what hides it."""
        above = self._row(key)
        while above is not None and (above := self._row(above.parent_id)) is not None:
            self._shut.discard(above.id)
        self._lay_out()
        if isinstance(key, int):
            self.tree_list.select(key)

    @on(ListView.CursorMoved, "#tree")
    def _show_department(self) -> None:
        with self.refusals_shown():
            row = self.department
            self.query_one("#what", Said).update(self._about(row))
            self.people.show(PeopleSource(self.read(staff.listing, StaffFilter(department_id=row.id if row else None, own=True))))
        self.refresh_bindings()

    def _about(self, row: DepartmentRow | None) -> Content:
        labels = [_("Head"), _("People"), _("In")]
        room = max(map(words.width, labels)) + 2
        if row is None:
            return words.join(words.plain(self._shop, "bold"), "\n", words.fit(labels[1], room), headcount_of_shop(self._tree))
        above = self._row(row.parent_id)
        parts: list[str | Content] = [words.plain(row.label, "bold"), f" · {row.also}\n" if row.also else "\n"]
        if above is not None:
            parts += [words.fit(labels[2], room), above.label, "\n"]
        parts += [words.fit(labels[0], room), row.head or words.LEFT, "\n", words.fit(labels[1], room), headcount(row, self._tree)]
        return words.join(*parts)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """On the shop's own line only a new department can be asked for."""
        allowed = super().check_action(action, parameters)
        if allowed and action in self.NEEDS and action != "new" and self.department is None:
            return None
        return allowed

    def action_history(self) -> None:
        """Show what was done to the department under the cursor."""
        if (row := self.department) is not None:
            scheduled(self.app.push_screen(audit_ways.of_thing("department", row.id, row.label)))

    @on(ListView.Chosen, "#tree")
    def _open(self, event: ListView.Chosen) -> None:
        self.desk.go("staff", department_id=None if event.key == SHOP else event.key)

    @on(ListView.Chosen, "#people")
    def _open_person(self, event: ListView.Chosen) -> None:
        person: Any = load("screens.staff_detail:StaffDetailScreen")
        scheduled(self.app.push_screen(person(event.key)))

    # ---- folding

    def action_shut(self) -> None:
        """Hide what is below; where nothing is, go up."""
        row = self.department
        if row is None or not self.tree_list.has_focus:
            return
        if row.id not in self._shut and any(child.parent_id == row.id for child in self._tree.rows):
            self._shut.add(row.id)
            self._lay_out()
        else:
            self.tree_list.select(SHOP if row.parent_id is None else row.parent_id)

    def action_unfold(self) -> None:
        """Show what is below; where it is shown, go there."""
        if not self.tree_list.has_focus:
            return
        key = self.tree_list.key
        if key in self._shut:
            self._shut.discard(int(key))
            self._lay_out()
        elif any((row.parent_id or SHOP) == key for row in self._tree.rows):
            self.tree_list.action_step(1)

    # ---- changing

    @work(exclusive=True, group="change")
    async def action_new(self) -> None:
        """Add a department below the one under the cursor."""
        row = self.department
        parent_id, place = (row.id, row.label) if row else (None, self._shop)

        def begin() -> tuple[str, Callable[[str], Awaitable[int]]]:
            return _("New department in {place}").format(place=place), lambda name: self.ask(operations.add, name, parent_id)

        with self.refusals_shown():
            added = await name_it(self.app, begin, limit=operations.NAME_LIMIT)
            if added is not None:
                self.reload()
                self.point_at(added)

    @work(exclusive=True, group="change")
    async def action_rename(self) -> None:
        """Give the department under the cursor another name."""
        if (chosen := self.department) is None:
            return

        def begin() -> tuple[str, Callable[[str], Awaitable[None]]] | None:
            self.reload()
            if (row := self._row(chosen.id)) is None:
                return None
            title = _("Rename {department}").format(department=row.label)
            return title, lambda name: self.ask(operations.rename, row.id, row.version, name)

        with self.refusals_shown():
            await name_it(self.app, begin, value=chosen.label, limit=operations.NAME_LIMIT)
        self.reload()

    @work(exclusive=True, group="change")
    async def action_move(self) -> None:
        """Put the department under the cursor elsewhere in the tree."""
        if (row := self.department) is None:
            return
        title = _("Move {department} to").format(department=row.label)
        options = targets(self._shop, self._tree, row)
        target = await self.app.push_screen_wait(Choose(title, options, current=SHOP if row.parent_id is None else row.parent_id))
        if target is None or target == (row.parent_id or SHOP):
            return
        with self.refusals_shown():
            await self.ask(operations.move, row.id, row.version, int(target) or None)
        self.reload()
        self.point_at(row.id)

    @work(group="order")
    async def action_reorder(self, step: int) -> None:
        """Move the department under the cursor among its neighbours; held down, one place after the other."""
        if (row := self.department) is None:
            return
        async with self._order:
            among = [each.id for each in self._tree.rows if each.parent_id == row.parent_id]
            if row.id not in among or not 0 <= among.index(row.id) + step < len(among):
                return
            with self.refusals_shown():
                await self.ask(operations.reorder, row.id, step)
            self.reload()

    @work(exclusive=True, group="change")
    async def action_head(self) -> None:
        """Say who leads the department under the cursor, or that nobody does."""
        if (row := self.department) is None:
            return
        title = _("Who leads {department}?").format(department=row.label)
        head = await self.app.push_screen_wait(ChoosePerson(title, self._find_person, current=row.head_id or NOBODY))
        if head is None or head == (row.head_id or NOBODY):
            return
        with self.refusals_shown():
            await self.ask(operations.set_head, row.id, row.version, int(head) or None)
        self.reload()

    def _find_person(self, typed: str) -> Source:
        found: list[Source] = []
        with self.refusals_shown():
            nobody = "" if typed else _("nobody")
            found.append(PeopleSource(self.read(staff.listing, StaffFilter(query=typed)), nobody=nobody, more="department"))
        return found[0] if found else ListSource()

    @work(exclusive=True, group="change")
    async def action_close(self) -> None:
        """Close the department under the cursor."""
        if (row := self.department) is None:
            return
        with self.refusals_shown():
            await close(self, self._shop, self._tree, row)
        self.reload()
