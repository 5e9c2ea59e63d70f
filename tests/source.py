"""The source as the tests of the house read it: every module, parsed once, with each node knowing where it stands."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

ROOT: Final = Path(__file__).parent.parent
PACKAGES: Final = ("models", "screens", "tui")

Function = ast.FunctionDef | ast.AsyncFunctionDef


class Module(NamedTuple):
    """One file of ours.

    Attributes:
        path: from the root of the repository.
        parents: what encloses each node.
    """

    path: str
    text: str
    tree: ast.Module
    parents: dict[ast.AST, ast.AST]

    @property
    def name(self) -> str:
        """As it is imported."""
        return self.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")

    @property
    def lines(self) -> list[str]:
        """The text, line by line; line 1 is at 0."""
        return self.text.splitlines()

    def enclosing(self, node: ast.AST) -> Iterator[ast.AST]:
        """What `node` stands in, from the inside out."""
        while node in self.parents:
            node = self.parents[node]
            yield node

    def function(self, node: ast.AST) -> Function | ast.Lambda | None:
        """The innermost function whose body, when called, runs `node`; None for what runs when the module is imported."""
        inner = node
        for outer in self.enclosing(node):
            if isinstance(outer, ast.Lambda):
                return outer
            if isinstance(outer, Function) and inner in outer.body:
                return outer
            inner = outer
        return None


def parsed(path: str, text: str) -> Module:
    """`text` as the module at `path`."""
    tree = ast.parse(text)
    return Module(path, text, tree, {child: parent for parent in ast.walk(tree) for child in ast.iter_child_nodes(parent)})


@cache
def modules(*folders: str) -> tuple[Module, ...]:
    """Every module below the `folders`, all of ours where none is named."""
    paths = sorted(path for folder in folders or PACKAGES for path in (ROOT / folder).rglob("*.py"))
    return tuple(parsed(path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")) for path in paths)


def called(node: ast.AST) -> str:
    """The last name of what a call calls: `notify` of `self.app.notify(…)`; "" for anything else."""
    if not isinstance(node, ast.Call):
        return ""
    function = node.func
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def calls(module: Module, *names: str) -> Iterator[ast.Call]:
    """Every call of one of the `names`."""
    return (node for node in ast.walk(module.tree) if isinstance(node, ast.Call) and called(node) in names)


def functions(module: Module) -> Iterator[Function]:
    """Every function and method."""
    return (node for node in ast.walk(module.tree) if isinstance(node, Function))


def at(module: Module, node: ast.AST) -> str:
    """Where `node` stands, as an editor opens it, and what it says."""
    line = getattr(node, "lineno", 1)
    return f"{module.path}:{line}: {module.lines[line - 1].strip() if module.lines else ''}"
