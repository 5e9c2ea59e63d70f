"""The department tree: adding, renaming, moving, ordering, heading and closing. All of it takes `org.department.manage`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from models import catalogue, db, text
from models.actor import Actor
from models.errors import DepartmentInside, DepartmentOccupied, Invalid, NothingChanged, Taken, Unknown, WrongStatus
from models.i18n import N_
from models.operations._journal import Journal, Thing
from models.operations._operation import operation, save
from models.queries.departments import places
from models.rules import departments as rules
from models.rules.departments import MAX_DEPTH, below, depth_of, height_of
from models.tables import Department, Staff

NAME_LIMIT: Final = rules.NAME_LIMIT
PERMISSION: Final = "org.department.manage"


def add(actor: Actor, name: str, parent_id: int | None = None) -> int:
    """Add a department below `parent_id`, or directly below the shop.

    Returns:
        Its id.

    Raises:
        Invalid: the name cannot be used, or the tree would be deeper than `MAX_DEPTH`.
        Taken: a sibling has that name.
        Unknown: there is no such parent.
    """
    with operation(actor, PERMISSION, "department.add") as journal:
        name = rules.name("name", name)
        if parent_id is not None:
            _open(journal, parent_id)
        if depth_of(_parents(), parent_id) >= MAX_DEPTH:
            raise Invalid("parent", N_("Departments go {levels} levels deep."), levels=MAX_DEPTH)
        _refuse_taken(name, parent_id)
        return _put(journal, name, parent_id, _last_position(parent_id) + 1)


def rename(actor: Actor, department_id: int, version: int, name: str) -> None:
    """Give a department another name.

    Raises:
        Invalid, Taken, Unknown, Stale: as elsewhere.
    """
    name = rules.name("name", name)
    with operation(actor, PERMISSION, "department.rename") as journal:
        department = _open(journal, department_id)
        old = _label(department)
        if name == old:  # a preset's own label counts as leaving it, or the other language would lose its own
            raise NothingChanged
        _refuse_taken(name, department.parent_id, but=department_id)
        save(Department, department_id, version, old, name=name)
        journal.record("department.rename", Thing("department", department_id, name), old={"name": old}, new={"name": name})


def move(actor: Actor, department_id: int, version: int, parent_id: int | None) -> None:
    """Put a department, with all below it, under another or directly below the shop, as the last there.

    Raises:
        DepartmentInside: the new parent lies inside it.
        Invalid: the tree would be deeper than `MAX_DEPTH`.
        Taken: a new sibling has its name.
    """
    with operation(actor, PERMISSION, "department.move") as journal:
        department = _open(journal, department_id)
        if parent_id is not None:
            _open(journal, parent_id)
            journal.subject = _thing(department)
        if parent_id == department.parent_id:
            raise NothingChanged
        parents = _parents()
        if parent_id in below(parents, department_id):
            raise DepartmentInside
        if depth_of(parents, parent_id) + height_of(parents, department_id) > MAX_DEPTH:
            raise Invalid("parent", N_("Departments go {levels} levels deep."), levels=MAX_DEPTH)
        for label in _labels(department):
            _refuse_taken(label, parent_id, but=department_id)
        save(Department, department_id, version, _label(department), parent=parent_id, position=_last_position(parent_id) + 1)
        journal.record("department.move", _thing(department), old={"parent": department.parent_id}, new={"parent": parent_id})


def reorder(actor: Actor, department_id: int, step: int) -> None:
    """Move a department one place up (`step` -1) or down (1) among its siblings.

    Raises:
        NothingChanged: it is the first or the last already.
    """
    with operation(actor, PERMISSION, "department.reorder") as journal:
        department = _open(journal, department_id)
        siblings = list(
            Department.select()
            .where(_same_parent(department.parent_id), Department.closed_at.is_null())
            .order_by(Department.position, Department.id)
        )
        place = [sibling.id for sibling in siblings].index(department_id)
        target = place + step
        if not 0 <= target < len(siblings):
            raise NothingChanged
        siblings.insert(target, siblings.pop(place))
        for position, sibling in enumerate(siblings):
            if sibling.position != position:
                save(Department, sibling.id, None, _label(sibling), position=position)
        journal.record("department.reorder", _thing(department), old={"place": place + 1}, new={"place": target + 1})


def set_head(actor: Actor, department_id: int, version: int, staff_id: int | None) -> None:
    """Say who leads a department, or with None that nobody does. Being head grants nothing by itself.

    Raises:
        Unknown: there is no such person.
        WrongStatus: the person has left.
    """
    with operation(actor, PERMISSION, "department.head") as journal:
        department = _open(journal, department_id)
        head = None
        if staff_id is not None:
            head = Staff.get_or_none(Staff.id == staff_id)
            if head is None:
                raise Unknown("staff", str(staff_id))
            if head.status == catalogue.LEFT:
                raise WrongStatus(head.login, head.status)
        if staff_id == department.head_id:
            raise NothingChanged
        before = Staff.get_or_none(Staff.id == department.head_id)
        save(Department, department_id, version, _label(department), head=staff_id)
        journal.record(
            "department.head",
            _thing(department),
            old={"head": before.login if before else None},
            new={"head": head.login if head else None},
        )


def pass_on(journal: Journal, staff: Any, successor: Any | None) -> list[str]:
    """Have somebody else, or nobody, lead what `staff` leads, inside an operation that is open; what those departments are called."""
    led = list(Department.select().where(Department.head == staff.id).order_by(Department.id))
    for department in led:
        save(Department, department.id, None, _label(department), head=successor.id if successor is not None else None)
        head = successor.login if successor is not None else None
        journal.record("department.head", _thing(department), old={"head": staff.login}, new={"head": head})
    return [_label(department) for department in led]


def close(actor: Actor, department_id: int, version: int) -> None:
    """Close a department that nobody is in any more.

    Raises:
        DepartmentOccupied: people or departments are still inside; it names them.
    """
    with operation(actor, PERMISSION, "department.close") as journal:
        department = _open(journal, department_id)
        people = [
            name
            for (name,) in db.rows(
                "SELECT name FROM staff WHERE department_id = ? AND status <> 'left' ORDER BY name, id", (department_id,)
            )
        ]
        inside = [_label(child) for child in Department.select().where(_same_parent(department_id), Department.closed_at.is_null())]
        if people or inside:
            raise DepartmentOccupied(tuple(people), tuple(inside))
        save(Department, department_id, version, _label(department), closed_at=journal.now)
        journal.record("department.close", _thing(department))


def at_paths(journal: Journal, paths: Iterable[tuple[str, ...]]) -> dict[tuple[str, ...], int]:
    """The departments at `paths`, each the names from the top down; those that are missing are added, once.

    The tree is read once and kept up to date in memory: a file may name thousands.

    Raises:
        Invalid: a name cannot be used or a path is too deep.
    """
    known = places()
    last: dict[int | None, int] = {}
    found = {}
    for path in dict.fromkeys(paths):
        if len(path) > MAX_DEPTH:
            raise Invalid("department", N_("Departments go {levels} levels deep."), levels=MAX_DEPTH)
        parent_id: int | None = None
        for part in path:
            place = (parent_id, text.key(part))
            if place not in known:
                last[parent_id] = last[parent_id] + 1 if parent_id in last else _last_position(parent_id) + 1
                known[place] = _put(journal, rules.name("department", part), parent_id, last[parent_id])
            parent_id = known[place]
        if parent_id is not None:
            found[path] = parent_id
    return found


def _put(journal: Journal, name: str, parent_id: int | None, position: int) -> int:
    department_id = int(Department.insert(parent=parent_id, name=name, position=position).execute())
    journal.record("department.add", Thing("department", department_id, name), new={"parent": parent_id})
    return department_id


def _open(journal: Journal, department_id: int) -> Any:
    department = Department.get_or_none(Department.id == department_id, Department.closed_at.is_null())
    if department is None:
        raise Unknown("department", str(department_id))
    journal.subject = _thing(department)
    return department


def _thing(department: Any) -> Thing:
    return Thing("department", department.id, _label(department))


def _label(department: Any) -> str:
    return catalogue.department_label(department.preset, department.name)


def _labels(department: Any) -> tuple[str, ...]:
    """Everything that the department is called, in any language."""
    if department.name is not None:
        return (department.name,)
    return next(((preset.label_en, preset.label_zh) for preset in catalogue.PRESET_DEPARTMENTS if preset.code == department.preset), ())


def _same_parent(parent_id: int | None) -> Any:
    return Department.parent.is_null() if parent_id is None else Department.parent == parent_id


def _refuse_taken(name: str, parent_id: int | None, but: int | None = None) -> None:
    wanted = text.key(name)
    for sibling in Department.select().where(_same_parent(parent_id), Department.closed_at.is_null()):
        if sibling.id != but and wanted in {text.key(label) for label in _labels(sibling)}:
            raise Taken("name", name)


def _parents() -> dict[int, int | None]:
    return dict(db.rows("SELECT id, parent_id FROM department WHERE closed_at IS NULL"))


def _last_position(parent_id: int | None) -> int:
    row = db.row("SELECT coalesce(max(position), -1) FROM department WHERE coalesce(parent_id, 0) = coalesce(?, 0)", (parent_id,))
    return int(row[0]) if row else -1
