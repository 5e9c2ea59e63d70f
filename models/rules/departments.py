"""The shape of the department tree: paths, depths, what lies below what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple

from models import text
from models.errors import Invalid
from models.i18n import N_

MAX_DEPTH: Final = 6
"""Levels of departments below the shop; a list at 60 columns still shows the sixth with a name beside it."""

NAME_LIMIT: Final = 30
"""Characters of a department's name; six levels of indentation leave room for it at 80 columns."""

SEPARATOR: Final = "/"


class Node(NamedTuple):
    """A department in its place."""

    id: int
    parent_id: int | None
    position: int


def name(field: str, value: str) -> str:
    """A department's name as it is kept.

    Args:
        field: the name that the error bears.

    Raises:
        Invalid: it cannot be used.
    """
    value = text.clean(field, value, limit=NAME_LIMIT, required=True)
    if SEPARATOR in value:
        raise Invalid(field, N_("“/” stands between departments in a path, so a name cannot have it."))
    return value


def split(path: str) -> tuple[str, ...]:
    """The names on a path, from the top down."""
    return tuple(part.strip() for part in path.split(SEPARATOR) if part.strip())


def walk(nodes: Iterable[Node]) -> Iterator[tuple[Node, int]]:
    """Every node with its depth (0 at the top), parents before children, siblings by position."""
    children: dict[int | None, list[Node]] = {}
    for node in nodes:
        children.setdefault(node.parent_id, []).append(node)
    for siblings in children.values():
        siblings.sort(key=lambda node: (node.position, node.id), reverse=True)
    pending = [(node, 0) for node in children.get(None, ())]
    while pending:
        node, depth = pending.pop()
        yield node, depth
        pending.extend((child, depth + 1) for child in children.get(node.id, ()))


def below(parents: Mapping[int, int | None], department_id: int) -> frozenset[int]:
    """`department_id` and every department below it; `parents` maps each department to its parent."""
    found = {department_id}
    grown = True
    while grown:
        more = {child for child, parent in parents.items() if parent in found} - found
        grown = bool(more)
        found |= more
    return frozenset(found)


def depth_of(parents: Mapping[int, int | None], department_id: int | None) -> int:
    """How many departments lie on the way from the shop down to `department_id`, itself included; 0 for the shop."""
    depth = 0
    while department_id is not None:
        depth += 1
        department_id = parents[department_id]
    return depth


def height_of(parents: Mapping[int, int | None], department_id: int) -> int:
    """How many levels `department_id` and what is below it take; 1 for a department without children."""
    top = depth_of(parents, department_id) - 1
    return max(depth_of(parents, inner) for inner in below(parents, department_id)) - top
