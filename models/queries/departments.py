"""The department tree as it is shown. Reading it takes `staff.view`."""

from __future__ import annotations

from typing import NamedTuple

from models import db, text
from models.actor import Actor
from models.catalogue import PRESET_DEPARTMENTS, department_label
from models.errors import Unknown
from models.i18n import pick
from models.queries._reading import may_read
from models.rules.departments import SEPARATOR, Node, below, split, walk


class DepartmentRow(NamedTuple):
    """A department in the tree.

    Attributes:
        depth: 0 directly below the shop.
        own: people in it; `total`: with those below it. Who has left does not count.
        head: the head's name, "" for none.
        also: what a preset department that was never renamed is called in the other language; "" for every other.
    """

    id: int
    parent_id: int | None
    depth: int
    label: str
    own: int
    total: int
    head_id: int | None
    head: str
    version: int
    also: str


class Tree(NamedTuple):
    """The whole tree, in the order in which it is shown.

    Attributes:
        unplaced: people directly below the shop; `total`: everybody who has not left.
    """

    rows: tuple[DepartmentRow, ...]
    unplaced: int
    total: int


_DEPARTMENTS = """
    SELECT d.id, d.parent_id, d.position, d.preset, d.name, d.head_id, coalesce(h.name, ''), d.version
    FROM department d LEFT JOIN staff h ON h.id = d.head_id WHERE d.closed_at IS NULL
"""
# Everybody without those who left: each half is counted in an index, where to look at everybody's status takes six times as long.
_HEADCOUNT = """
    SELECT department_id, sum(people) FROM (
        SELECT department_id, count(*) AS people FROM staff GROUP BY department_id
        UNION ALL SELECT department_id, -count(*) FROM staff WHERE status = 'left' GROUP BY department_id
    ) GROUP BY department_id
"""


def tree(actor: Actor) -> Tree:
    """Every open department, parents before children.

    Raises:
        NotAllowed, SessionEnded: as every read.
    """
    may_read(actor, "staff.view")
    found = {row[0]: row for row in db.rows(_DEPARTMENTS)}
    own: dict[int | None, int] = dict(db.rows(_HEADCOUNT))
    order = list(walk(Node(row[0], row[1], row[2]) for row in found.values()))
    totals = {node.id: own.get(node.id, 0) for node, _depth in order}
    for node, _depth in reversed(order):
        if node.parent_id is not None:
            totals[node.parent_id] += totals[node.id]
    rows = []
    for node, depth in order:
        _id, parent_id, _position, preset, name, head_id, head, version = found[node.id]
        label = department_label(preset, name)
        also = other_label(preset, name)
        rows.append(DepartmentRow(node.id, parent_id, depth, label, own.get(node.id, 0), totals[node.id], head_id, head, version, also))
    return Tree(tuple(rows), own.get(None, 0), sum(own.values()))


class DepartmentDetail(NamedTuple):
    """One department, with its path from the shop down and who is in it directly."""

    row: DepartmentRow
    path: str
    children: tuple[DepartmentRow, ...]


def detail(actor: Actor, department_id: int) -> DepartmentDetail:
    """One open department.

    Raises:
        Unknown: there is none with that id.
    """
    rows = {row.id: row for row in tree(actor).rows}
    if department_id not in rows:
        raise Unknown("department", str(department_id))
    children = tuple(row for row in rows.values() if row.parent_id == department_id)
    return DepartmentDetail(rows[department_id], paths()[department_id], children)


def paths() -> dict[int, str]:
    """The path of every department, closed ones included, in the language in force: `客服部/夜班`."""
    found = {row[0]: row[1:] for row in db.rows("SELECT id, parent_id, preset, name FROM department")}

    def path(department_id: int) -> str:
        parent_id, preset, name = found[department_id]
        label = department_label(preset, name)
        return label if parent_id is None else f"{path(parent_id)}{SEPARATOR}{label}"

    return {department_id: path(department_id) for department_id in found}


def within(department_id: int) -> frozenset[int]:
    """A department and all below it."""
    parents: dict[int, int | None] = dict(db.rows("SELECT id, parent_id FROM department"))
    return below(parents, department_id)


def find(path: str) -> int:
    """The open department at `path`, its names in either language.

    Raises:
        Unknown: there is none.
    """
    known = places()
    parent: int | None = None
    for part in split(path):
        parent = known.get((parent, text.key(part)))
        if parent is None:
            raise Unknown("department", path)
    if parent is None:
        raise Unknown("department", path)
    return parent


def places() -> dict[tuple[int | None, str], int]:
    """Every open department's id by its parent and whatever it is called there, folded with `text.key`."""
    return {
        (parent_id, known): department_id
        for department_id, parent_id, _position, preset, name, *_rest in db.rows(_DEPARTMENTS)
        for known in keys(preset, name)
    }


def other_label(preset: str | None, name: str | None) -> str:
    """What a department is called in the language that is not in force; "" once it has a name of its own."""
    if name is not None:
        return ""
    return next((pick(one.label_zh, one.label_en) for one in PRESET_DEPARTMENTS if one.code == preset), "")


def keys(preset: str | None, name: str | None) -> frozenset[str]:
    """What a department is found by: its name, or its preset's labels in both languages while it has none."""
    if name is not None:
        return frozenset({text.key(name)})
    labels = next(((one.label_en, one.label_zh) for one in PRESET_DEPARTMENTS if one.code == preset), ())
    return frozenset(text.key(label) for label in labels)
