"""Closing a department: who is in the way, and where they could go."""

from __future__ import annotations

from typing import Final

from models.errors import Refusal
from models.i18n import _, ngettext
from models.operations import departments, staff
from models.queries import staff as people
from models.queries.departments import DepartmentRow, Tree
from models.queries.staff import StaffFilter, StaffRow
from screens.base import DeskScreen
from screens.department_rows import SHOP, places
from screens.dialogs.choose import Choose
from screens.dialogs.confirm import Confirm
from screens.dialogs.tell import Tell

MOVES_PEOPLE: Final = "staff.manage"
"""What moving people takes; the tree alone takes less."""

AT_ONCE: Final = 100
"""People who are moved in one transaction: others get a turn to write in between."""


async def close(screen: DeskScreen, shop: str, tree: Tree, department: DepartmentRow) -> None:
    """Ask, move out whoever is in the way if that is wanted, and close.

    Raises:
        Refusal: closing was refused; what was moved until then stays moved.
    """
    inside = [row for row in tree.rows if row.parent_id == department.id]
    found = screen.read(people.listing, StaffFilter(department_id=department.id, own=True))
    there = found.window(0, found.count())
    if not inside and not there:
        question = _("Close {department}? It is empty.").format(department=department.label)
        if await screen.app.push_screen_wait(Confirm(question, yes_label=_("Close"))):
            await screen.ask(departments.close, department.id, department.version)
            screen.toast(_("Closed."))
        return
    if there and not screen.may(MOVES_PEOPLE):
        said = _("{department} is not empty, and moving people is not yours to do. Still inside:").format(department=department.label)
        await screen.app.push_screen_wait(Tell(said, _named(inside, there)))
        return
    question = _("{department} is not empty. Move everything in it elsewhere, then close it?").format(department=department.label)
    if not await screen.app.push_screen_wait(Confirm(question, yes_label=_("Move"), detail=_named(inside, there))):
        return
    where = Choose(_("Move to"), places(shop, tree, department.id), current=department.parent_id or SHOP)
    target = await screen.app.push_screen_wait(where)
    if target is not None:
        await _empty_and_close(screen, department, inside, there, int(target) or None)


async def _empty_and_close(
    screen: DeskScreen, department: DepartmentRow, inside: list[DepartmentRow], there: list[StaffRow], target: int | None
) -> None:
    moved, skipped = 0, []
    for child in inside:
        try:
            await screen.ask(departments.move, child.id, child.version, target)
            moved += 1
        except Refusal as refusal:
            skipped.append((child.label, str(refusal)))
    for start in range(0, len(there), AT_ONCE):
        some = [person.id for person in there[start : start + AT_ONCE]]
        bulk = await screen.ask(staff.move_many, some, target)
        moved += bulk.done
        skipped += bulk.skipped
    if skipped:
        said = ngettext(
            "{count} was moved; these were not, so it stays open:", "{count} were moved; these were not, so it stays open:", moved
        )
        lines = [f"{who}: {why}" for who, why in skipped]
        await screen.app.push_screen_wait(Tell(said.format(count=moved), lines))
        return
    await screen.ask(departments.close, department.id, department.version)
    screen.toast(ngettext("{count} moved, and closed.", "{count} moved, and closed.", moved).format(count=moved))


def _named(inside: list[DepartmentRow], there: list[StaffRow]) -> list[str]:
    """Who and what is in the way, a line each."""
    lines = [
        ngettext("{department}, with {count} person", "{department}, with {count} people", row.total).format(
            department=row.label, count=row.total
        )
        for row in inside
    ]
    return lines + [f"{person.name}  {person.login}" for person in there]
