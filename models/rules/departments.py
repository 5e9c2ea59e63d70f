"""The shape of the department tree: paths, depths, what lies below what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple

MAX_DEPTH: Final = 6
"""Levels of departments below the shop; a list at 60 columns still shows the sixth with a name beside it."""

SEPARATOR: Final = "/"


class Node(NamedTuple):
    """A department in its place."""

    id: int
    parent_id: int | None
    position: int


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
