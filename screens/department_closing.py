"""Closing a department: who is in the way, and where they could go."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from models.errors import NothingChanged, Refusal, Wrong
from models.i18n import _, ngettext
from models.operations import departments, staff
from models.queries import handing_over, staff as people
from models.queries.departments import DepartmentRow, Tree
from models.queries.staff import StaffFilter, StaffRow
from screens.base import DeskScreen
from screens.department_rows import SHOP, places
from screens.dialogs.choose import Choose
from screens.dialogs.confirm import Confirm
from screens.dialogs.tell import Tell
from screens.dialogs.working import Outcome, Working
from screens.widgets import words

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
    left = screen.read(handing_over.left_in, department.id)
    if not inside and not there:
        question = _("Close {department}? It is empty.").format(department=department.label)
        if await screen.app.push_screen_wait(Confirm(question, yes_label=_("Close"), detail=_staying(tree, department, len(left)))):
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
        goes_along = left if screen.may(MOVES_PEOPLE) else ()
        await _empty_and_close(screen, department, Emptying(screen, inside, there, goes_along, int(target) or None))


def _staying(tree: Tree, department: DepartmentRow, left: int) -> list[str]:
    """Who reads afterwards what was written by those who left; they keep their place, and it the department it was in."""
    if not left:
        return []
    above = next((row.label for row in tree.rows if row.id == department.parent_id), "")
    said = ngettext(
        "What {n} who has left wrote to customers is read then by whoever reads that of {department}.",
        "What {n} who have left wrote to customers is read then by whoever reads that of {department}.",
        left,
    )
    return [said.format(n=left, department=above or _("the whole shop"))]


async def _empty_and_close(screen: DeskScreen, department: DepartmentRow, emptying: Emptying) -> None:
    if emptying.people > AT_ONCE:
        outcome: Outcome[None] = await screen.app.push_screen_wait(Working(_("Moving people"), emptying.run))
        if outcome.refusal is not None:
            raise outcome.refusal
    else:
        await emptying.run(lambda _done, _total: None, lambda: False)
    moved, skipped = emptying.moved, emptying.skipped
    if skipped:
        said = ngettext(
            "{count} was moved; these were not, so it stays open:", "{count} were moved; these were not, so it stays open:", moved
        )
        lines = [f"{who}: {why}" for who, why in skipped]
        await screen.app.push_screen_wait(Tell(said.format(count=moved), words.capped(lines)))
    elif emptying.stopped:
        screen.toast(ngettext("Stopped: {count} was moved.", "Stopped: {count} were moved.", moved).format(count=moved))
    else:
        await screen.ask(departments.close, department.id, department.version)
        screen.toast(ngettext("{count} moved, and closed.", "{count} moved, and closed.", moved).format(count=moved))


class Emptying:
    """Moves what is in a department elsewhere, as far as that goes.

    Also those who have left: whoever reads the others' conversations there is to read theirs.

    Attributes:
        moved: how many departments and people were.
        skipped: who was not, and why.
        stopped: whether it was asked to stop before the end.
    """

    def __init__(
        self, screen: DeskScreen, inside: list[DepartmentRow], there: list[StaffRow], left: Sequence[int], target: int | None
    ) -> None:
        self._screen, self._inside, self._target = screen, inside, target
        self._there, self._left = [person.id for person in there], list(left)
        self.moved = 0
        self.skipped: list[tuple[str, str]] = []
        self.stopped = False

    @property
    def people(self) -> int:
        """How many people there are to be moved."""
        return len(self._there) + len(self._left)

    async def run(self, tell: Callable[[int, int], object], asked: Callable[[], bool]) -> None:
        """Departments first, then people, some at once."""
        for child in self._inside:
            await self._move_department(child)
        for those, counts in ((self._there, True), (self._left, False)):
            for start in range(0, len(those), AT_ONCE):
                if asked():
                    self.stopped = True
                    return
                done = await self._move_people(those[start : start + AT_ONCE])
                self.moved += done if counts else 0
                tell(start + AT_ONCE + (0 if counts else len(self._there)), self.people)

    async def _move_department(self, child: DepartmentRow) -> None:
        try:
            await self._screen.ask(departments.move, child.id, child.version, self._target)
            self.moved += 1
        except (Refusal, Wrong) as refusal:
            self.skipped.append((child.label, str(refusal)))

    async def _move_people(self, those: list[int]) -> int:
        try:
            bulk = await self._screen.ask(staff.move_many, those, self._target)
        except NothingChanged:
            return 0  # somebody else has moved them there
        self.skipped += bulk.skipped
        return bulk.done


def _named(inside: list[DepartmentRow], there: list[StaffRow]) -> list[str]:
    """Who and what is in the way, a line each."""
    lines = [
        ngettext("{department}, with {count} person", "{department}, with {count} people", row.total).format(
            department=row.label, count=row.total
        )
        for row in inside
    ]
    return words.capped(lines + [f"{person.name}  {person.login}" for person in there])
