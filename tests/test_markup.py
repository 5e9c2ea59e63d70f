"""Data is never markup.

Textual parses every `str` that reaches a widget, a label, a title or a toast: `[@click=app.quit]` in a person's name would be a button,
and an unbalanced bracket ends the program. What was put together from data therefore reaches the screen only as `Content`
(`screens.widgets.words.plain` and `join`), or where markup is switched off.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from tests.source import Module, at, called, calls, modules, parsed

SINKS = {
    "Static": 0,
    "Label": 0,
    "Button": 0,
    "Checkbox": 0,
    "RadioButton": 0,
    "Option": 0,
    "Selection": 0,
    "TabPane": 0,
    "Collapsible": None,
    "update": 0,
    "notify": 0,
    "add_column": None,
    "add_row": None,
}
"""Calls that parse what they are given as markup, and which argument; None for all of them."""

TITLES = {"border_title", "border_subtitle", "tooltip", "title", "sub_title", "loading_text"}


def tainted(node: ast.expr | None, module: Module) -> bool:
    """Whether an expression is, or may be, a `str` that something was filled into."""
    parts: list[ast.expr] = []
    match node:
        case ast.JoinedStr():
            return any(isinstance(part, ast.FormattedValue) for part in node.values)
        case ast.Call(func=ast.Attribute(attr="format" | "join" | "format_map", value=value)):
            return not (isinstance(value, ast.Name) and value.id == "words")
        case ast.Call():
            return called(node) in {"str", "repr", "fit", "visible"}
        case ast.BinOp(op=ast.Mod()):
            return True
        case ast.BinOp():
            parts = [node.left, node.right]
        case ast.IfExp():
            parts = [node.body, node.orelse]
        case ast.BoolOp():
            parts = node.values
        case ast.Name():
            parts = list(_assigned(node, module))
        case _:
            pass
    return any(tainted(part, module) for part in parts) or (node is not None and _data(node))


def _data(node: ast.expr) -> bool:
    """Whether this is a field of something that was read: `row.name`, `self.person.nickname`."""
    return isinstance(node, ast.Attribute) and node.attr in {
        "address", "department", "detail", "email", "label", "login", "name", "nickname", "number", "phone", "reason", "shop", "value",
    }  # fmt: skip


def _assigned(name: ast.Name, module: Module) -> Iterator[ast.expr]:
    """What the function around gives to a name."""
    function = module.function(name)
    for node in ast.walk(function) if function else ():
        targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.NamedExpr | ast.AnnAssign) else []
        if any(isinstance(target, ast.Name) and target.id == name.id for target in targets):
            value = getattr(node, "value", None)
            if isinstance(value, ast.expr) and not any(inner is name for inner in ast.walk(value)):
                yield value


def parsed_data(module: Module) -> Iterator[str]:
    """Data on its way to a parser of markup."""
    ours = _own_names(module)
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call) and called(node) in SINKS.keys() - ours and not _switched_off(node):
            place = SINKS[called(node)]
            given = node.args if place is None else node.args[place : place + 1]
            named = [keyword.value for keyword in node.keywords if keyword.arg in {"content", "label", "message", "title", "tooltip"}]
            if any(tainted(value, module) for value in (*given, *named)):
                yield at(module, node)
        elif isinstance(node, ast.Assign) and _titled(node) and tainted(node.value, module):
            yield at(module, node)


def _own_names(module: Module) -> set[str]:
    """Names that mean something of ours here, as our own `Option`, which makes `Content` itself."""
    imported = (node for node in ast.walk(module.tree) if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("screens"))
    defined = (node.name for node in ast.walk(module.tree) if isinstance(node, ast.ClassDef))
    return {alias.name for node in imported for alias in node.names} | set(defined)


def _titled(assignment: ast.Assign) -> bool:
    return any(isinstance(target, ast.Attribute) and target.attr in TITLES for target in assignment.targets)


def _switched_off(call: ast.Call) -> bool:
    return any(
        keyword.arg == "markup" and isinstance(keyword.value, ast.Constant) and keyword.value.value is False for keyword in call.keywords
    )


def parsers(module: Module) -> Iterator[str]:
    """Calls that exist to parse markup, and toasts that do so unless told not to."""
    yield from (at(module, call) for call in calls(module, "from_markup", "render_markup", "visualize", "escape_markup"))
    yield from (at(module, call) for call in calls(module, "notify") if not _switched_off(call))


@pytest.mark.parametrize(
    "text",
    [
        'yield Static(f"Freeze {row.name}?")',
        'yield Static(_("Freeze {name}?").format(name=row.name))',
        'yield Label("Freeze %s?" % name)',
        'yield Label("Head: " + row.name)',
        "yield Label(row.name)",
        'yield Button(_("Freeze") if sure else f"Freeze {name}", id="freeze")',
        'self.query_one(Static).update(", ".join(names))',
        "self.head.update(content=str(person))",
        'self.border_title = _("Access of {name}").format(name=self.person.name)',
        'self.sub_title = f"{shop}"',
        'self.table.add_row("✓", row.login, _("active"))',
        'question = _("Freeze {name}?").format(name=row.name)\n    yield Static(question)',
        "if (name := row.name):\n        yield Label(name)",
        'yield Option(f"{role.label}", id=role.code)',
        'yield Static(f"[b]{title}[/b]", markup=True)',
    ],
)
def test_data_on_its_way_to_a_parser_is_found(text: str) -> None:
    """However it was put together, and also by way of a name."""
    assert list(parsed_data(parsed("screens/example.py", f"def compose(self, row):\n    {text}\n")))


@pytest.mark.parametrize(
    "text",
    [
        'yield Static(_("No staff yet."))',
        'yield Static("✓", classes="mark")',
        "yield Static(plain(row.name))",
        'yield Static(words.join(_("Head"), " ", row.name))',
        'yield Static(f"Freeze {row.name}?", markup=False)',
        'self.border_title = plain(_("Access of {name}").format(name=self.person.name))',
        "facts.update(more)",
        'name = plain(row.name)\n    yield Label(name, id=f"row-{row.id}")',
    ],
)
def test_content_and_our_own_words_may_pass(text: str) -> None:
    """`plain` and `join` make data harmless; a sentence of ours with nothing filled in is markup of ours."""
    assert not list(parsed_data(parsed("screens/example.py", f"def compose(self, row):\n    {text}\n")))


def test_no_screen_gives_data_to_a_parser_of_markup() -> None:
    """What hostile names do on every screen is tried out in the tests of the screens; this says where, before it happens."""
    assert [found for module in modules("screens", "tui") for found in parsed_data(module)] == []


def test_nothing_parses_markup_by_itself() -> None:
    """There is no markup of ours that a style could not say; and a toast says `markup=False`."""
    for text in ("Content.from_markup(line)", "self.app.notify(_('Saved.'))", "self.notify(line, markup=True)"):
        assert list(parsers(parsed("screens/example.py", text)))
    assert [found for module in modules("screens", "tui") for found in parsers(module)] == []
